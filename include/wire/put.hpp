// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// put.hpp - write short pieces of text where there is known to be room for them.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include <wire/kernel.hpp>
#include <wire/result.hpp>

// A piece is anything with two functions: `room_of(piece)`, the octets that must be free, and
// `put(to, piece)`, which writes it there and returns where its text ends. Behind the text, within
// that room, anything may be left. A layer adds pieces of its own in the namespace of their type.
namespace wire::inline v0 {

[[nodiscard]] constexpr std::size_t room_of(std::string_view text) noexcept { return text.size(); }
/// A string literal, without its NUL.
template <std::size_t Size>
[[nodiscard]] constexpr std::size_t room_of(char const (&)[Size]) noexcept {
    return Size - 1;
}
[[nodiscard]] constexpr std::size_t room_of(char) noexcept { return 1; }
/// Decimal digits.
[[nodiscard]] constexpr std::size_t room_of(std::uint64_t) noexcept { return 20; }

namespace detail {

template <std::size_t Size>
MSRPKIT_ALWAYS_INLINE void copy(char* to, char const* from, std::size_t at) noexcept {
    std::memcpy(to + at, from + at, Size);
}

/// The 8 decimal digits of a number below 10^8, 0 to 9 each, the first one in the lowest octet.
[[nodiscard]] MSRPKIT_ALWAYS_INLINE constexpr std::uint64_t eight_digits(
    std::uint64_t value) noexcept {
    // Halves of 4 digits, quarters of 2, octets of 1. Each step divides all parts at once, by a
    // multiplication that is exact for numbers so small, and sets quotient q and remainder apart:
    // q + (x - 100 q << 16) is (x << 16) - (100 << 16) q + q.
    auto const small = static_cast<std::uint32_t>(value);
    std::uint64_t x = small / 10000 | std::uint64_t{small % 10000} << 32U;
    std::uint64_t const hundreds = (x * 10486 >> 20U) & 0x0000007F0000007FU;
    x = (x << 16U) - ((100U << 16U) - 1) * hundreds;
    std::uint64_t const tens = (x * 103 >> 10U) & 0x000F000F000F000FU;
    return (x << 8U) - ((10U << 8U) - 1) * tens;
}
inline constexpr std::uint64_t all_zeros = 0x3030303030303030U;  // "00000000"
inline constexpr std::uint64_t eight_digits_end = 100'000'000;

/// The lowest octet first.
MSRPKIT_ALWAYS_INLINE void store_word(char* to, std::uint64_t word) noexcept {
    if constexpr (std::endian::native == std::endian::little) {
        std::memcpy(to, &word, sizeof word);
    } else {
        for (unsigned i = 0; i < 8; ++i)
            to[i] = static_cast<char>(static_cast<unsigned char>(word >> 8 * i));
    }
}
/// Without leading zeros; writes 8 octets.
MSRPKIT_ALWAYS_INLINE char* put_small(char* to, std::uint64_t value) noexcept {
    std::uint64_t const digits = eight_digits(value);
    // The last digit stands, be it 0.
    auto const zeros =
        static_cast<unsigned>(std::countr_zero(digits | std::uint64_t{1} << 56U)) & ~7U;
    store_word(to, (digits | all_zeros) >> zeros);
    return to + (8 - zeros / 8);
}
/// Numbers of 9 digits and more.
MSRPKIT_COLD inline char* put_large(char* to, std::uint64_t value) noexcept {
    std::uint64_t const high = value / eight_digits_end;
    to = high < eight_digits_end ? put_small(to, high) : put_large(to, high);
    store_word(to, eight_digits(value % eight_digits_end) | all_zeros);
    return to + 8;
}

}  // namespace detail

MSRPKIT_ALWAYS_INLINE char* put(char* to, std::string_view text) noexcept {
    char const* const from = text.data();
    std::size_t const n = text.size();
    // Copies of fixed sizes, which overlap, cost less than one of any size; and up to 32 octets
    // there is no branch on a size that is seldom the same.
    if (n >= 8 && n <= 32) {
        detail::copy<8>(to, from, 0);
        detail::copy<8>(to, from, n > 16 ? 8 : 0);
        detail::copy<8>(to, from, n > 16 ? n - 16 : 0);
        detail::copy<8>(to, from, n - 8);
    } else if (n > 256) {
        std::memcpy(to, from, n);
    } else if (n > 32) {
        for (std::size_t i = 0; i + 32 < n; i += 32) detail::copy<32>(to, from, i);
        detail::copy<32>(to, from, n - 32);
    } else if (n >= 4) {
        detail::copy<4>(to, from, 0);
        detail::copy<4>(to, from, n - 4);
    } else if (n != 0) {
        detail::copy<1>(to, from, 0);
        detail::copy<1>(to, from, n / 2);
        detail::copy<1>(to, from, n - 1);
    }
    return to + n;
}
template <std::size_t Size>
MSRPKIT_ALWAYS_INLINE char* put(char* to, char const (&literal)[Size]) noexcept {
    std::memcpy(to, literal, Size - 1);
    return to + Size - 1;
}
MSRPKIT_ALWAYS_INLINE char* put(char* to, char c) noexcept {
    *to = c;
    return to + 1;
}
MSRPKIT_ALWAYS_INLINE char* put(char* to, std::uint64_t value) noexcept {
    if (value >= detail::eight_digits_end) [[unlikely]]
        return detail::put_large(to, value);
    return detail::put_small(to, value);
}

}  // namespace wire::inline v0
