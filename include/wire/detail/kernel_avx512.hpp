// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// kernel_avx512.hpp - scans by vectors of 64 octets, for x86-64 with AVX-512.
#pragma once

#include <wire/detail/kernel_swar.hpp>

#if defined(MSRPKIT_KERNEL_X86)

namespace wire::inline v0::detail::avx512 {

// The compiler's own vectors and builtins: <immintrin.h> would cost users of g++ 0.34 s each time.
using octets = char __attribute__((vector_size(64)));
using words = std::uint64_t __attribute__((vector_size(64)));
#define MSRPKIT_AVX512 [[gnu::target("avx512f,avx512bw,avx512vl,avx2,bmi,bmi2,popcnt")]]

MSRPKIT_AVX512 MSRPKIT_ALWAYS_INLINE octets load(char const* from) noexcept {
    octets v;
    std::memcpy(&v, from, sizeof v);
    return v;
}
MSRPKIT_AVX512 MSRPKIT_ALWAYS_INLINE octets all(char c) noexcept { return octets{} + c; }
inline constexpr std::uint64_t every_bit = ~std::uint64_t{0};
/// Bits of the octets that are the same, the first one lowest; of those in `among`.
MSRPKIT_AVX512 MSRPKIT_ALWAYS_INLINE std::uint64_t equal(octets a, octets b,
                                                         std::uint64_t among = every_bit) noexcept {
    return __builtin_ia32_cmpb512_mask(a, b, 0, among);
}
MSRPKIT_AVX512 MSRPKIT_ALWAYS_INLINE std::uint64_t differ(octets a, octets b,
                                                          std::uint64_t among) noexcept {
    return __builtin_ia32_cmpb512_mask(a, b, 4, among);
}
/// Where both CR and the anchor stand.
MSRPKIT_AVX512 MSRPKIT_ALWAYS_INLINE std::uint64_t anchored(char const* p, octets cr,
                                                            octets anchor) noexcept {
    return equal(load(p + marker::anchor_at), anchor, equal(load(p), cr));
}
/// The octets that stand 8 behind those of `a`, with which `b` goes on.
MSRPKIT_AVX512 MSRPKIT_ALWAYS_INLINE octets behind_anchor(octets a, octets b) noexcept {
    static_assert(marker::anchor_at == 8);
    return reinterpret_cast<octets>(__builtin_shufflevector(
        reinterpret_cast<words>(a), reinterpret_cast<words>(b), 1, 2, 3, 4, 5, 6, 7, 8));
}

MSRPKIT_AVX512 inline std::size_t find_marker(char const* text, std::size_t size,
                                              marker const& m) noexcept {
    if (size < 8 + 64) return find_marker_swar(text, size, m);
    octets const cr = all('\r');
    octets const anchor = all(m.anchor());
    octets const first = all(m.first());
    octets const last = all(m.last());
    std::size_t const starts = size - 8;  // where both anchors can be asked for
    std::size_t i = 0;
    std::size_t const ahead = std::max<std::size_t>(192, 128 + m.size);
    if (size >= 64 + ahead) {
        // Only aligned loads from here on: no line of the cache is asked for twice.
        auto at = confirm(text, size, 0, anchored(text, cr, anchor), m);
        if (at != size) return at;
        i = 64 - (reinterpret_cast<std::uintptr_t>(text) & 63U);
        octets next = load(text + i);
        for (; i + ahead <= size; i += 128) {
            auto const* const p = text + i;
            octets const a = next;
            octets const b = load(p + 64);
            next = load(p + 128);
            std::uint64_t low = equal(behind_anchor(a, b), anchor, equal(a, cr));
            std::uint64_t high = equal(behind_anchor(b, next), anchor, equal(b, cr));
            if ((low | high) == 0) continue;
            // Only here the id is asked for: its last octet, then its first.
            auto const* q = p + m.size - 1;
            low = equal(load(q), last, low);
            high = equal(load(q + 64), last, high);
            if ((low | high) == 0) continue;
            q = p + marker::id_at;
            low = equal(load(q), first, low);
            high = equal(load(q + 64), first, high);
            if ((low | high) == 0) continue;
            at = confirm(text, size, i, low, m);
            if (at == size) at = confirm(text, size, i + 64, high, m);
            if (at != size) return at;
        }
    }
    while (i < starts) {
        // The last vector overlaps the one before it.
        if (i + 64 > starts) i = starts - 64;
        auto const at = confirm(text, size, i, anchored(text + i, cr, anchor), m);
        if (at != size) return at;
        i += 64;
    }
    return find_marker_end(text, size, m);
}

/// Controls but TAB, CR and LF; and 0x7F.
MSRPKIT_AVX512 MSRPKIT_ALWAYS_INLINE std::uint64_t controls(octets v) noexcept {
    std::uint64_t const low = __builtin_ia32_ucmpb512_mask(v, all(0x20), 1, every_bit);
    std::uint64_t const no_tab = differ(v, all('\t'), low);
    return differ(v, all('\n'), differ(v, all('\r'), no_tab)) | equal(v, all(0x7F));
}
MSRPKIT_AVX512 MSRPKIT_ALWAYS_INLINE std::uint64_t negative(octets v) noexcept {
    return __builtin_ia32_cvtb2mask512(v);
}
MSRPKIT_AVX512 MSRPKIT_ALWAYS_INLINE line_bits lines_of(char const* p) noexcept {
    octets const v = load(p);
    return {equal(v, all('\n')), equal(v, all('\r')), equal(v, all('-')), controls(v), negative(v)};
}

MSRPKIT_AVX512 inline void index_lines(line_index& index, char const* text, std::size_t size,
                                       std::uint32_t* ends, std::size_t capacity) noexcept {
    if (size < 64) return index_lines_swar(index, text, size, ends, capacity);
    for (bool more = true; more && size - index.scanned >= 64;) {
        line_run run(index, text, size, ends, capacity);
        auto step = line_run::step::crowded;
        std::uint64_t control = 0;
        octets high{};
        while (run.more()) {
            octets const v = load(run.block());
            std::uint64_t const lf = equal(v, all('\n'));
            std::uint64_t const cr = equal(v, all('\r'));
            std::uint64_t const closer = cr | equal(v, all('-'));
            step = run.take(lf, cr, closer);
            if (step != line_run::step::plain) break;
            control |= controls(v);
            high |= v;
        }
        bool any_control = control != 0;
        bool any_high = negative(high) != 0;
        if (step == line_run::step::closed) {
            auto const last = lines_of(run.block());
            any_control |= (last.control & run.mask()) != 0;
            any_high |= (last.high & run.mask()) != 0;
        }
        run.store(index, ends, any_control, any_high);
        if (step == line_run::step::closed) return;
        if (size - index.scanned >= 64)
            more = add_block(index, text, lines_of(text + index.scanned), 64, ends, capacity);
    }
    std::size_t const rest = size - index.scanned;
    if (rest == 0 || rest >= 64 || index.count == capacity) return;
    // The octets before, looked at again, are shifted out.
    add_block(index, text, lines_of(text + size - 64).from(64 - rest), rest, ends, capacity);
}

}  // namespace wire::inline v0::detail::avx512

#undef MSRPKIT_AVX512
#endif
