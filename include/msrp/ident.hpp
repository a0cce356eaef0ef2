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
#include <cstring>
#include <span>
#include <string_view>

#include <msrp/error.hpp>
#include <wire/charset.hpp>
#include <wire/detail/kernel_sse2.hpp>
#include <wire/kernel.hpp>
#include <wire/result.hpp>

namespace msrp::inline v0 {

/// `ident-char` of RFC 4975, section 9.
inline constexpr wire::charset ident_char = wire::alphanum | wire::charset(".-+%=");
inline constexpr std::size_t ident_min = 4;
inline constexpr std::size_t ident_max = 32;

namespace detail {

/// Whether all octets of four words are letters and digits.
[[nodiscard]] MSRPKIT_ALWAYS_INLINE bool are_alphanum(std::uint64_t a, std::uint64_t b,
                                                      std::uint64_t c, std::uint64_t d) noexcept {
#if defined(MSRPKIT_KERNEL_X86)
    // SSE2 is part of x86-64: no kernel to choose.
    namespace sse2 = wire::detail::sse2;
    using words = std::uint64_t __attribute__((vector_size(16)));
    auto const below = [](sse2::octets x, unsigned char most) {
        return reinterpret_cast<sse2::octets>(reinterpret_cast<sse2::unsigned_octets>(x) < most);
    };
    auto const marks = [&](words w) {
        auto const v = reinterpret_cast<sse2::octets>(w);
        return below((v | sse2::all(0x20)) - sse2::all('a'), 26) | below(v - sse2::all('0'), 10);
    };
    return sse2::bits(marks(words{a, b}) & marks(words{c, d})) == 0xFFFFU;
#else
    constexpr std::uint64_t each = 0x0101010101010101U;
    constexpr std::uint64_t high = each * 0x80;
    // The high bit of each octet that is `first` or above; where no octet is 0x80 or above no sum
    // carries into the next one, and else the outcome is no anyway.
    auto const from = [](std::uint64_t w, unsigned first) { return w + each * (0x80 - first); };
    auto const marks = [&](std::uint64_t w) {
        std::uint64_t const lower = w | each * 0x20;
        return ((from(lower, 'a') & ~from(lower, 'z' + 1)) | (from(w, '0') & ~from(w, '9' + 1))) &
               ~w & high;
    };
    return (marks(a) & marks(b) & marks(c) & marks(d)) == high;
#endif
}

/// Whether a text is an `ident` of letters and digits alone, as most are.
[[nodiscard]] MSRPKIT_ALWAYS_INLINE bool is_plain_ident(std::string_view text) noexcept {
    std::size_t const n = text.size();
    if (n < ident_min || n > ident_max) return false;
    auto const load = [&text]<class Word>(Word word, std::size_t at) -> std::uint64_t {
        std::memcpy(&word, text.data() + at, sizeof word);
        return word;
    };
    if (n < 8) {
        std::uint64_t const word = load(std::uint32_t{}, 0) | load(std::uint32_t{}, n - 4) << 32U;
        return are_alphanum(word, word, word, word);
    }
    // Words that overlap, rather than a branch on a size that is seldom the same.
    auto const word = [&](std::size_t at) { return load(std::uint64_t{}, at); };
    return are_alphanum(word(0), word(n > 16 ? 8 : 0), word(n > 16 ? n - 16 : 0), word(n - 8));
}

}  // namespace detail

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

namespace detail {
MSRPKIT_COLD inline bool is_any_ident(std::string_view text) noexcept {
    return read_ident(text).has_value();
}
}  // namespace detail

/// Whether `read_ident` reads a text.
[[nodiscard]] MSRPKIT_ALWAYS_INLINE bool is_ident(std::string_view text) noexcept {
    return detail::is_plain_ident(text) || detail::is_any_ident(text);
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
