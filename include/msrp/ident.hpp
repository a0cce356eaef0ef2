// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// ident.hpp - transaction ids, Message-IDs and session-ids: check them, and make them from given
// random octets.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <msrp/error.hpp>
#include <wire/charset.hpp>
#include <wire/result.hpp>

namespace msrp::inline v0 {

/// `ident-char` of RFC 4975, section 9.
inline constexpr wire::charset ident_char = wire::alphanum | wire::charset(".-+%=");
inline constexpr std::size_t ident_min = 4;
inline constexpr std::size_t ident_max = 32;

/// Reads `ident = ALPHANUM 3*31ident-char`, the whole of `text`. Linear.
/// @return the text; `bad_ident` at the first octet that cannot stand there.
[[nodiscard]] inline wire::result<std::string_view> read_ident(std::string_view text) noexcept {
    std::size_t n = 0;
    if (!text.empty() && wire::alphanum.contains(text[0]))
        n = ident_char.span(text.substr(0, ident_max));
    if (n != text.size() || n < ident_min)
        return wire::failure{make_error_code(error::bad_ident), n, {}};
    return text;
}

/// A source of random octets: `r(span)` fills the span. Identifiers are only as secret as it is:
/// give it a cryptographic one. The core never makes its own.
template <class R>
concept random_source = std::invocable<R&, std::span<unsigned char>>;

/// An identifier made here, held inside the object.
template <std::size_t Size>
class made_ident {
   public:
    /// Lives as long as this object.
    [[nodiscard]] constexpr std::string_view view() const noexcept {
        return {text_.data(), text_.size()};
    }
    friend bool operator==(made_ident const&, made_ident const&) = default;
    std::array<char, Size>& octets() noexcept { return text_; }

   private:
    std::array<char, Size> text_{};
};

namespace detail {

/// Fills `out` with base-62 digits, each drawn without bias from six bits of the source (draws of
/// 62 and 63 are thrown away). After 64 rounds with nothing usable, a broken source, it takes what
/// it gets rather than go on for ever.
template <random_source R>
void base62(R& random, std::span<char> out) {
    constexpr std::string_view digits =
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    std::array<unsigned char, 32> pool{};
    std::size_t done = 0;
    for (int round = 0; done < out.size(); ++round) {
        random(std::span<unsigned char>(pool));
        for (unsigned char const octet : pool) {
            unsigned const six = octet & 0x3FU;
            if (six >= 62 && round < 64) continue;
            out[done] = digits[six % 62];
            if (++done == out.size()) break;
        }
    }
}

}  // namespace detail

/// FRM-7.1-1: at least 64 random bits; 12 base-62 digits hold 71.
using made_transaction_id = made_ident<12>;
/// HDR-7.1.1-2: 22 base-62 digits hold 130 random bits.
using made_message_id = made_ident<22>;
/// URI-14.1-1: at least 80 random bits; 22 base-62 digits hold 130.
using made_session_id = made_ident<22>;

/// Makes one of the identifiers above, e.g. `make_ident<msrp::made_message_id>(random)`.
template <class Ident, random_source R>
[[nodiscard]] Ident make_ident(R& random) {
    Ident id;
    detail::base62(random, id.octets());
    return id;
}

}  // namespace msrp::inline v0
