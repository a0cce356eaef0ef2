// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// values.hpp - steps that the readers of attribute values share, and the octets those are made of.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

#include <sdp/detail/fields.hpp>
#include <wire/charset.hpp>

namespace sdp::inline v0::detail {

/// `filename-char` (RFC 5547, section 6).
inline constexpr wire::charset filename_char =
    wire::charset::range(0x01, 0xFF) - wire::charset("\r\n\"%");
/// `quoted-char` (RFC 8864, section 5.1.1).
inline constexpr wire::charset quoted_char =
    wire::charset::range(0x20, 0x7E) - wire::charset("\"%");
/// `uric` of RFC 2396 without its "%" and "@": what a cid-url (RFC 2392) has around its "@".
inline constexpr wire::charset cid_char =
    wire::unreserved | wire::sub_delims | wire::charset(":/?");
/// `WSP` (RFC 5234); FWS (RFC 5322) is one or more, as a line of SDP cannot be folded.
inline constexpr wire::charset blank = wire::charset(" \t");
/// `token` (RFC 3261, section 25.1).
inline constexpr wire::charset sip_token_char = wire::alphanum | wire::charset("-.!%*_+`'~");
/// `byte-string` (RFC 8866, section 9) is one or more of these.
inline constexpr wire::charset value_octet =
    wire::charset::range(0x01, 0xFF) - wire::charset("\r\n");
inline constexpr wire::charset upper_hex = wire::digit | wire::charset::range('A', 'F');

[[nodiscard]] constexpr char to_upper(char c) noexcept {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

/// A literal of RFC 5234: case does not count. @param word in lower case.
constexpr bool literal(cursor& in, std::string_view word) noexcept {
    for (char const c : word)
        if (!in.octet(c) && !in.octet(to_upper(c))) return false;
    return true;
}
constexpr bool begins_with(cursor const& in, char lower) noexcept {
    return in.next_is(lower) || in.next_is(to_upper(lower));
}
/// `DQUOTE *(plain / "%" HEXDIG HEXDIG) DQUOTE`, with at least `least` of them.
/// @param out what is between the quotes.
constexpr bool quoted(cursor& in, wire::charset const& plain, std::size_t least,
                      std::string_view& out) noexcept {
    if (!in.octet('"')) return false;
    auto const start = in.at();
    for (;;) {
        in.some(plain);
        if (!in.octet('%')) break;
        if (!in.one_of(wire::hexdig) || !in.one_of(wire::hexdig)) return false;
    }
    out = in.from(start);
    return out.size() >= least && in.octet('"');
}
/// One more digit of a number up to `top`. @return whether it fits.
constexpr bool add_digit(std::uint64_t& value, char digit, std::uint64_t top) noexcept {
    auto const d = static_cast<std::uint64_t>(digit - '0');
    if (value > top / 10 || value * 10 > top - d) return false;
    value = value * 10 + d;
    return true;
}
/// Digits of a number up to `top`, at most `most` of them; stops at the digit that makes it larger.
constexpr bool digits(cursor& in, std::uint64_t top, std::size_t most, std::uint64_t& out,
                      bool& too_large) noexcept {
    out = 0;
    auto const start = in.at();
    while (in.at() - start < most && in.next_in(wire::digit)) {
        if (!add_digit(out, in.peek(), top)) {
            too_large = true;
            return false;
        }
        in.octet(in.peek());
    }
    return in.at() != start;
}
/// `integer = POS-DIGIT *DIGIT` (RFC 8866, section 9), up to `top`.
constexpr bool integer(cursor& in, std::uint64_t& out, bool& too_large,
                       std::uint64_t top = std::numeric_limits<std::uint64_t>::max()) noexcept {
    return in.next_in(pos_digit) && digits(in, top, std::size_t(-1), out, too_large);
}

/// Can these digits, or more behind them, be a number from `least` to 2^64-1?
[[nodiscard]] constexpr bool can_reach(std::uint64_t value, std::uint64_t least) noexcept {
    constexpr auto top = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t low = value;
    std::uint64_t high = value;
    while (high < least) {
        if (!add_digit(low, '0', top)) return false;
        if (!add_digit(high, '9', top)) high = top;
    }
    return true;
}

}  // namespace sdp::inline v0::detail
