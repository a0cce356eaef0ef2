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
#define MSRPKIT_AVX512 [[gnu::target("avx512f,avx512bw,avx512vl,avx512vbmi2,avx2,bmi,bmi2,popcnt")]]

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

/// The block at `at`, or what there is of it.
/// @param size 64 or more.
MSRPKIT_AVX512 MSRPKIT_ALWAYS_INLINE line_bits lines_of(char const* text, std::size_t size,
                                                        std::size_t at) noexcept {
    if (size - at >= 64) return lines_of(text + at);
    // The octets before, looked at again, are shifted out.
    return lines_of(text + size - 64).from(64 - (size - at));
}
MSRPKIT_AVX512 [[gnu::noinline]] inline bool add_next(line_index& index, char const* text,
                                                      std::size_t size, std::uint32_t* ends,
                                                      std::size_t capacity) noexcept {
    auto const bits = lines_of(text, size, index.scanned);
    return add_block(index, text, bits, std::min<std::size_t>(size - index.scanned, 64), ends,
                     capacity);
}
/// `stray` and `high` of the octets scanned from `from` on, exactly.
MSRPKIT_AVX512 [[gnu::noinline]] inline void judge(line_index& index, char const* text,
                                                   std::size_t size, std::size_t from) noexcept {
    for (; from < index.scanned; from += 64)
        judge_block(index, text, from, lines_of(text, size, from));
}

using few_octets = char __attribute__((vector_size(16)));
using few_ends = std::uint32_t __attribute__((vector_size(16)));
inline constexpr octets places = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,
                                  16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
                                  32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47,
                                  48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63};
/// As `line_run::put`, by packing the places of the bits.
MSRPKIT_AVX512 MSRPKIT_ALWAYS_INLINE bool put(line_run const& run, std::uint64_t lf) noexcept {
    octets const there = __builtin_ia32_compressqi512_mask(places, octets{}, lf);
    few_octets few;
    std::memcpy(&few, &there, sizeof few);
    few = __builtin_shufflevector(few, few_octets{}, 0, 16, 16, 16, 1, 16, 16, 16, 2, 16, 16, 16, 3,
                                  16, 16, 16);
    few_ends const ends =
        reinterpret_cast<few_ends>(few) + static_cast<std::uint32_t>(run.scanned());
    std::memcpy(run.out(), &ends, sizeof ends);
    return static_cast<std::size_t>(std::popcount(lf)) <= line_run::room;
}

MSRPKIT_AVX512 MSRPKIT_ALWAYS_INLINE octets less_blank(octets v) noexcept {
    using unsigned_octets = unsigned char __attribute__((vector_size(64)));
    return reinterpret_cast<octets>(reinterpret_cast<unsigned_octets>(v) - 0x20);
}

/// What decides whether octets are plain lines that go on.
struct look {
    std::uint64_t lf;
    std::uint64_t closing;  ///< LF that CR or '-' follows
    std::uint64_t odd;      ///< none of 0x20 to 0x7E, CR before LF, LF behind CR
};
MSRPKIT_AVX512 MSRPKIT_ALWAYS_INLINE look look_at(char const* p) noexcept {
    octets v = load(p);
    octets next = load(p + 1);
    // Or g++ loads them again for each use, and most loads cross a line of the cache.
    __asm__("" : "+v"(v), "+v"(next));
    std::uint64_t const lf = equal(v, all('\n'));
    std::uint64_t const next_lf = equal(next, all('\n'));
    std::uint64_t const off =
        __builtin_ia32_ucmpb512_mask(less_blank(v), all(plain_span), 6, every_bit);
    // CR and '-' differ in one bit.
    return {lf, equal(next | all(0x20), all('-'), lf),
            (off & ~(lf | next_lf)) | differ(v, all('\r'), next_lf)};
}

/// Blocks while there is nothing in them but lines going on; and one in which the head ends.
MSRPKIT_AVX512 MSRPKIT_ALWAYS_INLINE run_end run_lines(line_index& index, char const* text,
                                                       std::size_t size, std::uint32_t* ends,
                                                       std::size_t capacity) noexcept {
    if (!resume(index, text)) return {true, index.scanned};
    line_run run(index, text, size, ends, capacity);
    std::uint64_t odd = 0;
    while (run.more()) {
        look const a = look_at(run.block());
        if (!put(run, a.lf)) break;
        if (a.closing != 0) [[unlikely]]
            return run.close(index, ends, a.lf, a.closing, a.odd, odd != 0);
        odd |= a.odd;
        run.take(a.lf);
    }
    if (auto const shift = run.overlap(size, ends, capacity); shift != 0) {
        look const a = look_at(text + size - 65);
        std::uint64_t const lf = a.lf >> shift;
        std::uint64_t const closing = a.closing >> shift;
        if (closing != 0 && put(run, lf))
            return run.close(index, ends, lf, closing, a.odd >> shift, odd != 0);
    }
    return run.finish(index, ends, false, odd != 0);
}

/// What a first run leaves to do.
/// @param judged octets of which `stray` and `high` are known.
MSRPKIT_AVX512 [[gnu::noinline]] inline void go_on(line_index& index, char const* text,
                                                   std::size_t size, std::uint32_t* ends,
                                                   std::size_t capacity,
                                                   std::size_t judged) noexcept {
    for (auto next = run_end{false, judged};;) {
        if (next.judged != index.scanned) judge(index, text, size, next.judged);
        if (next.closed || index.scanned == size || !add_next(index, text, size, ends, capacity) ||
            index.scanned == size)
            return;
        next = run_lines(index, text, size, ends, capacity);
    }
}
MSRPKIT_AVX512 inline void index_lines(line_index& index, char const* text, std::size_t size,
                                       std::uint32_t* ends, std::size_t capacity) noexcept {
    if (size < 64) return index_lines_swar(index, text, size, ends, capacity);
    auto const first = run_lines(index, text, size, ends, capacity);
    if (!first.closed) return go_on(index, text, size, ends, capacity, first.judged);
    if (first.judged != index.scanned) [[unlikely]]
        judge(index, text, size, first.judged);
}

}  // namespace wire::inline v0::detail::avx512

#undef MSRPKIT_AVX512
#endif
