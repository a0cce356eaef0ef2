// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// byte_range.hpp - the value of Byte-Range, exact to 2^64-1.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include <msrp/error.hpp>
#include <wire/charset.hpp>
#include <wire/decimal.hpp>
#include <wire/result.hpp>
#include <wire/sink.hpp>

namespace msrp::inline v0 {

/// `range-start "-" range-end "/" total` (RFC 4975, 7.1.1 and 9). Octets count from 1
/// (CHK-7.1.1-2). It says where a chunk's body stands in its message; it never says how long the
/// body is (T1).
struct byte_range {
    std::uint64_t start = 1;
    std::optional<std::uint64_t> end{};    ///< nothing: "*", unknown or interruptible
    std::optional<std::uint64_t> total{};  ///< nothing: "*", unknown
    friend bool operator==(byte_range const&, byte_range const&) = default;
};

// g++ 12 at -O2 believes that *r.end is read where there is none.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
/// Whether a range can be true of any chunk: it starts at 1 or later; its end is not before the
/// octet before its start (`1-0/0` is the empty message, CHK-7.1.1-4); nothing passes the total.
[[nodiscard]] constexpr bool is_sensible(byte_range const& r) noexcept {
    if (r.start == 0) return false;
    if (r.end && *r.end < r.start - 1) return false;
    if (r.total && r.end && *r.end > *r.total) return false;
    return !(r.total && r.start - 1 > *r.total);
}
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

/// Reads a Byte-Range value, the whole of `text` (CHK-7.1.1-3, T5, T6). Linear, no allocation.
/// @return the range; `bad_byte_range` where it is malformed, or at its end where it is senseless
///         (`0-5/5`, `7-3/9`, `1-9/5`); `number_too_large` at the digit that passes 2^64-1.
[[nodiscard]] inline wire::result<byte_range> read_byte_range(std::string_view text) noexcept {
    byte_range r;
    std::size_t at = 0;
    wire::failure why{};
    auto const fail = [&](error e, std::size_t where) {
        why = {make_error_code(e), where, {}};
        return false;
    };
    auto const number = [&](std::uint64_t& out) {
        std::size_t const n = wire::digit.span(text.substr(at));
        if (n == 0) return fail(error::bad_byte_range, at);
        auto const value = wire::parse_decimal(text.substr(at, n));
        if (!value)
            return fail(error::number_too_large,
                        at + static_cast<std::size_t>(value.error().offset));
        out = *value;
        at += n;
        return true;
    };
    auto const number_or_star = [&](std::optional<std::uint64_t>& out) {
        if (at < text.size() && text[at] == '*') {
            ++at;
            return true;
        }
        std::uint64_t value = 0;
        if (!number(value)) return false;
        out = value;
        return true;
    };
    auto const octet = [&](char c) {
        if (at >= text.size() || text[at] != c) return fail(error::bad_byte_range, at);
        ++at;
        return true;
    };
    if (!number(r.start) || !octet('-') || !number_or_star(r.end) || !octet('/') ||
        !number_or_star(r.total))
        return why;
    if (at != text.size() || !is_sensible(r)) {
        static_cast<void>(fail(error::bad_byte_range, at));
        return why;
    }
    return r;
}

/// Appends the value as RFC 4975 writes it.
inline wire::sink& operator<<(wire::sink& out, byte_range const& r) noexcept {
    out << r.start << '-';
    r.end ? out << *r.end : out << '*';
    out << '/';
    return r.total ? out << *r.total : out << '*';
}

}  // namespace msrp::inline v0
