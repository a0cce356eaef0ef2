// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// token_map.hpp - of a text that is not long: where lines and tokens end, as bitmaps.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <wire/charset.hpp>
#include <wire/kernel.hpp>
#include <wire/octet_classes.hpp>

namespace wire::inline v0 {

/// Octets of a token in SDP and in MSRP (RFC 8866, section 9; RFC 4975, section 9).
inline constexpr charset token_octet = alphanum | charset("!#$%&'*+-.^_`{|}~");

namespace detail {

/// Of 64 octets, one bit an octet, the first octet in the lowest bit.
struct token_bits {
    std::uint64_t lf;
    std::uint64_t cr;
    std::uint64_t nul;     ///< not 0 where there is any
    std::uint64_t breaks;  ///< no `token-char`

    [[nodiscard]] MSRPKIT_ALWAYS_INLINE token_bits from(std::size_t n) const noexcept {
        return {lf >> n, cr >> n, nul, breaks >> n};
    }
};

}  // namespace detail

/// The bitmaps of a text; not set to anything before `read`.
class token_map {
   public:
    static constexpr std::size_t min_text = 64;
    static constexpr std::size_t max_text = 4096;
    using bitmap = std::array<std::uint64_t, max_text / 64 + 1>;  // a word of 0 at the end
    bitmap lf;
    bitmap breaks;

    /// @param text `min_text` to `max_text` octets.
    /// @return false where there is NUL, a CR that stands not before LF, or no such kernel: then
    ///         nothing else may be asked.
    [[nodiscard]] bool read(std::string_view text, kernel k = best_kernel()) noexcept;

    /// The 64 bits from `at` on.
    [[nodiscard]] MSRPKIT_ALWAYS_INLINE static std::uint64_t window(bitmap const& of,
                                                                    std::size_t at) noexcept {
        auto const word = at / 64;
        auto const shift = at % 64;
        return of[word] >> shift | of[word + 1] << 1U << (63 - shift);
    }
    /// The first bit from `at` on, where there is one.
    [[nodiscard]] MSRPKIT_ALWAYS_INLINE static std::size_t next(bitmap const& of,
                                                                std::size_t at) noexcept {
        auto word = at / 64;
        auto const bits = of[word] >> at % 64;
        if (bits != 0) return at + static_cast<std::size_t>(std::countr_zero(bits));
        while (of[++word] == 0) {
        }
        return word * 64 + static_cast<std::size_t>(std::countr_zero(of[word]));
    }

    /// Adds 64 octets.
    MSRPKIT_ALWAYS_INLINE void put(detail::token_bits const& b) noexcept {
        lf[word_] = b.lf;
        breaks[word_] = b.breaks;
        ++word_;
        wrong_ |= b.nul | ((b.cr << 1U | after_cr_) & ~b.lf);
        after_cr_ = b.cr >> 63U;
    }

   private:
    std::size_t word_;
    std::uint64_t wrong_;
    std::uint64_t after_cr_;
};

namespace detail {

inline constexpr half_tables token_halves = halves_of(token_octet);

/// The octets before the last, broken block are looked at again with it, and shifted out.
#define MSRPKIT_MAP_OCTETS(text, map, look)                                          \
    std::size_t const whole = (text).size() / 64;                                    \
    for (std::size_t i = 0; i < whole; ++i) (map).put(look((text).data() + 64 * i)); \
    if (std::size_t const rest = (text).size() % 64; rest != 0)                      \
    (map).put(look((text).data() + (text).size() - 64).from(64 - rest))

// Of vectors without a table look-up: "!", "#" to "'", "*", "+", "-", ".", digits, letters, "^",
// "_", "`" and "{" to "~".
#define MSRPKIT_TOKEN_OCTETS(octets, unsigned_octets, v)                                \
    (reinterpret_cast<octets>(reinterpret_cast<unsigned_octets>((v) - all('^')) < 33) | \
     reinterpret_cast<octets>(reinterpret_cast<unsigned_octets>((v) - all('A')) < 26) | \
     reinterpret_cast<octets>(reinterpret_cast<unsigned_octets>((v) - all('0')) < 10) | \
     reinterpret_cast<octets>(reinterpret_cast<unsigned_octets>((v) - all('#')) < 5) |  \
     reinterpret_cast<octets>(reinterpret_cast<unsigned_octets>((v) - all('*')) < 2) |  \
     reinterpret_cast<octets>(reinterpret_cast<unsigned_octets>((v) - all('-')) < 2) |  \
     equal(v, all('!')))

#if defined(MSRPKIT_KERNEL_X86)
#define MSRPKIT_AVX2 [[gnu::target("avx2,bmi,bmi2,popcnt")]]
MSRPKIT_AVX2 MSRPKIT_ALWAYS_INLINE token_bits tokens_avx2(char const* p) noexcept {
    using avx2::all, avx2::bits, avx2::equal, avx2::load, avx2::octets, avx2::word_breaks;
    octets const a = load(p);
    octets const b = load(p + 32);
    octets const low = load(token_halves.low.data());
    octets const high = load(token_halves.high.data());
    return {bits(equal(a, all('\n')), equal(b, all('\n'))),
            bits(equal(a, all('\r')), equal(b, all('\r'))),
            bits(equal(a, octets{}) | equal(b, octets{})),
            bits(word_breaks(a, low, high), word_breaks(b, low, high))};
}
MSRPKIT_AVX2 inline void map_avx2(std::string_view text, token_map& map) noexcept {
    MSRPKIT_MAP_OCTETS(text, map, tokens_avx2);
}
#undef MSRPKIT_AVX2
MSRPKIT_ALWAYS_INLINE token_bits tokens_sse2(char const* p) noexcept {
    using sse2::all, sse2::bits, sse2::equal, sse2::load, sse2::octets, sse2::unsigned_octets;
    token_bits out{};
    for (unsigned i = 0; i < 64; i += 16) {
        octets const v = load(p + i);
        out.lf |= bits(equal(v, all('\n'))) << i;
        out.cr |= bits(equal(v, all('\r'))) << i;
        out.nul |= bits(equal(v, octets{}));
        out.breaks |= (bits(MSRPKIT_TOKEN_OCTETS(octets, unsigned_octets, v)) ^ 0xFFFFU) << i;
    }
    return out;
}
inline void map_sse2(std::string_view text, token_map& map) noexcept {
    MSRPKIT_MAP_OCTETS(text, map, tokens_sse2);
}
#elif defined(MSRPKIT_KERNEL_NEON)
MSRPKIT_ALWAYS_INLINE token_bits tokens_neon(char const* p) noexcept {
    using neon::all, neon::bits, neon::equal, neon::load, neon::octets;
    octets const a = load(p);
    octets const b = load(p + 16);
    octets const c = load(p + 32);
    octets const d = load(p + 48);
    return {
        bits(equal(a, all('\n')), equal(b, all('\n')), equal(c, all('\n')), equal(d, all('\n'))),
        bits(equal(a, all('\r')), equal(b, all('\r')), equal(c, all('\r')), equal(d, all('\r'))),
        bits(equal(a, octets{}), equal(b, octets{}), equal(c, octets{}), equal(d, octets{})),
        ~bits(MSRPKIT_TOKEN_OCTETS(octets, octets, a), MSRPKIT_TOKEN_OCTETS(octets, octets, b),
              MSRPKIT_TOKEN_OCTETS(octets, octets, c), MSRPKIT_TOKEN_OCTETS(octets, octets, d))};
}
inline void map_neon(std::string_view text, token_map& map) noexcept {
    MSRPKIT_MAP_OCTETS(text, map, tokens_neon);
}
#endif
#undef MSRPKIT_TOKEN_OCTETS
#undef MSRPKIT_MAP_OCTETS

}  // namespace detail

inline bool token_map::read([[maybe_unused]] std::string_view text, kernel k) noexcept {
    word_ = 0;
    wrong_ = after_cr_ = 0;
    switch (k) {
#if defined(MSRPKIT_KERNEL_X86)
        case kernel::avx512:
        case kernel::avx2: detail::map_avx2(text, *this); break;
        case kernel::sse2: detail::map_sse2(text, *this); break;
#elif defined(MSRPKIT_KERNEL_NEON)
        case kernel::neon: detail::map_neon(text, *this); break;
#endif
        default: return false;
    }
    lf[word_] = breaks[word_] = 0;
    return (wrong_ | after_cr_) == 0;
}

#if defined(MSRPKIT_KERNEL_X86)
namespace detail {
[[gnu::target("avx2,bmi,bmi2,popcnt")]] inline std::uint64_t token_breaks_avx2(
    char const* p) noexcept {
    return tokens_avx2(p).breaks;
}
}  // namespace detail
#endif

/// Which octets are no `token_octet`, one bit an octet, the first octet in the lowest bit; beyond
/// the text's end all are none.
/// @param text 64 octets at most.
/// @return false where there is no such kernel.
[[nodiscard]] inline bool token_breaks(std::string_view text,
                                       [[maybe_unused]] std::uint64_t& breaks,
                                       kernel k = best_kernel()) noexcept {
    if (!detail::can_classify(k)) return false;
    char copy[64]{};
    text.copy(copy, sizeof copy);  // no octets: no address either, and none is asked for
#if defined(MSRPKIT_KERNEL_X86)
    breaks = k == kernel::sse2 ? detail::tokens_sse2(copy).breaks : detail::token_breaks_avx2(copy);
#elif defined(MSRPKIT_KERNEL_NEON)
    breaks = detail::tokens_neon(copy).breaks;
#endif
    return true;
}

}  // namespace wire::inline v0
