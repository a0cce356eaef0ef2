// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// octet_classes.hpp - of 64 octets at once, which belong to a word, which are "/" and which digits.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include <wire/charset.hpp>
#include <wire/detail/kernel_avx2.hpp>
#include <wire/detail/kernel_avx512.hpp>
#include <wire/detail/kernel_neon.hpp>
#include <wire/detail/kernel_sse2.hpp>
#include <wire/kernel.hpp>

namespace wire::inline v0 {

/// One bit an octet, the first octet in the lowest bit.
struct octet_classes {
    std::uint64_t breaks;  ///< no letter, digit, nor one of "-._~+=/"
    std::uint64_t slash;   ///< "/"
    std::uint64_t digit;
};

namespace detail {

inline constexpr charset word_octet = unreserved | charset("+=/");

/// Where a set of ASCII octets has at most 8 different rows in the table of 16 by 16, an octet is
/// in it if the entries of its low and its high half have a bit in common.
struct half_tables {
    std::array<char, 32> low{};   ///< twice the same, for vectors of 32 octets
    std::array<char, 32> high{};  ///< 0 from 8 on: what is not ASCII is in no set
};
[[nodiscard]] constexpr half_tables halves_of(charset const& set) noexcept {
    half_tables t;
    for (std::size_t row = 0; row < 8; ++row) {
        unsigned const bit = 1U << row;
        for (std::size_t i = 0; i < 32; i += 16) {
            t.high[i + row] = static_cast<char>(static_cast<unsigned char>(bit));
            for (std::size_t column = 0; column < 16; ++column)
                if (set.contains(static_cast<char>(row * 16 + column)))
                    t.low[i + column] = static_cast<char>(static_cast<unsigned char>(
                        static_cast<unsigned char>(t.low[i + column]) | bit));
        }
    }
    return t;
}

/// For words: rows 2 to 7, which are all they have, take the bits 0 to 5; digits have bit 6 too,
/// and "/" has bit 7.
inline constexpr half_tables word_halves = [] {
    half_tables t;
    auto const set = [](char& entry, unsigned bit) {
        entry = static_cast<char>(
            static_cast<unsigned char>(static_cast<unsigned char>(entry) | 1U << bit));
    };
    auto const add = [&](char c, unsigned bit) {
        auto const octet = static_cast<unsigned char>(c);
        for (std::size_t i = 0; i < 32; i += 16) {
            set(t.low[i + octet % 16], bit);
            set(t.high[i + octet / 16], bit);
        }
    };
    for (unsigned c = 0x20; c < 0x80; ++c)
        if (word_octet.contains(static_cast<char>(c))) add(static_cast<char>(c), c / 16 - 2);
    for (char c = '0'; c <= '9'; ++c) add(c, 6);
    add('/', 7);
    return t;
}();

// For vectors without a table look-up.
#define MSRPKIT_WORD_OCTETS(octets, unsigned_octets, v)                                         \
    (reinterpret_cast<octets>(reinterpret_cast<unsigned_octets>(((v) | all(0x20)) - all('a')) < \
                              26) |                                                             \
     reinterpret_cast<octets>(reinterpret_cast<unsigned_octets>((v) - all('0')) < 10) |         \
     reinterpret_cast<octets>(reinterpret_cast<unsigned_octets>((v) - all('-')) < 3) |          \
     (equal(v, all('_')) | equal(v, all('~')) | equal(v, all('+')) | equal(v, all('='))))

#if defined(MSRPKIT_KERNEL_X86)
namespace avx2 {
[[gnu::target("avx2,bmi,bmi2,popcnt")]] MSRPKIT_ALWAYS_INLINE octets
word_bits(octets v, octets low, octets high) noexcept {
    using shorts = unsigned short __attribute__((vector_size(32)));
    octets const upper = reinterpret_cast<octets>(reinterpret_cast<shorts>(v) >> 4U) & all(0xF);
    // For an octet of 0x80 and above the first look-up is 0.
    return __builtin_ia32_pshufb256(low, v) & __builtin_ia32_pshufb256(high, upper);
}
[[gnu::target("avx2,bmi,bmi2,popcnt")]] MSRPKIT_ALWAYS_INLINE octets
word_breaks(octets v, octets low, octets high) noexcept {
    return equal(word_bits(v, low, high), octets{});
}
[[gnu::target("avx2,bmi,bmi2,popcnt")]] MSRPKIT_ALWAYS_INLINE octets twice(octets v) noexcept {
    auto const u = reinterpret_cast<unsigned_octets>(v);
    return reinterpret_cast<octets>(u + u);
}
[[gnu::target("avx2,bmi,bmi2,popcnt")]] MSRPKIT_ALWAYS_INLINE octet_classes
classify(char const* p) noexcept {
    octets const low = load(word_halves.low.data());
    octets const high = load(word_halves.high.data());
    octets const a = word_bits(load(p), low, high);
    octets const b = word_bits(load(p + 32), low, high);
    // `bits` takes the highest bit of each octet.
    return {bits(equal(a, octets{}), equal(b, octets{})), bits(a, b), bits(twice(a), twice(b))};
}
}  // namespace avx2
namespace sse2 {
MSRPKIT_ALWAYS_INLINE octet_classes classify(char const* p) noexcept {
    octet_classes c{};
    for (unsigned i = 0; i < 64; i += 16) {
        octets const v = load(p + i);
        c.breaks |= (bits(MSRPKIT_WORD_OCTETS(octets, unsigned_octets, v)) ^ 0xFFFFU) << i;
        c.slash |= bits(equal(v, all('/'))) << i;
        c.digit |=
            bits(reinterpret_cast<octets>(reinterpret_cast<unsigned_octets>(v - all('0')) < 10))
            << i;
    }
    return c;
}
}  // namespace sse2
#elif defined(MSRPKIT_KERNEL_NEON)
namespace neon {
MSRPKIT_ALWAYS_INLINE octets digits(octets v) noexcept {
    return reinterpret_cast<octets>((v - all('0')) < 10);
}
MSRPKIT_ALWAYS_INLINE octet_classes classify(char const* p) noexcept {
    octets const a = load(p);
    octets const b = load(p + 16);
    octets const c = load(p + 32);
    octets const d = load(p + 48);
    return {~bits(MSRPKIT_WORD_OCTETS(octets, octets, a), MSRPKIT_WORD_OCTETS(octets, octets, b),
                  MSRPKIT_WORD_OCTETS(octets, octets, c), MSRPKIT_WORD_OCTETS(octets, octets, d)),
            bits(equal(a, all('/')), equal(b, all('/')), equal(c, all('/')), equal(d, all('/'))),
            bits(digits(a), digits(b), digits(c), digits(d))};
}
}  // namespace neon
#endif
#undef MSRPKIT_WORD_OCTETS

/// Whether this kernel has a `classify`; by words of 8 octets it would not be worth its while.
[[nodiscard]] constexpr bool can_classify(kernel k) noexcept { return k != kernel::swar; }

}  // namespace detail

}  // namespace wire::inline v0
