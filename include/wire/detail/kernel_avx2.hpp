// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// kernel_avx2.hpp - scans by vectors of 32 octets, for x86-64 with AVX2.
#pragma once

#include <wire/detail/kernel_swar.hpp>

#if defined(MSRPKIT_KERNEL_X86)

namespace wire::inline v0::detail::avx2 {

// The compiler's own vectors and builtins: <immintrin.h> would cost users of g++ 0.34 s each time.
using octets = char __attribute__((vector_size(32)));
using unsigned_octets = unsigned char __attribute__((vector_size(32)));
#define MSRPKIT_AVX2 [[gnu::target("avx2,bmi,bmi2,popcnt")]]

MSRPKIT_AVX2 MSRPKIT_ALWAYS_INLINE octets load(char const* from) noexcept {
    octets v;
    std::memcpy(&v, from, sizeof v);
    return v;
}
MSRPKIT_AVX2 MSRPKIT_ALWAYS_INLINE octets all(char c) noexcept { return octets{} + c; }
MSRPKIT_AVX2 MSRPKIT_ALWAYS_INLINE octets equal(octets a, octets b) noexcept {
    return reinterpret_cast<octets>(a == b);
}
/// Octets of a comparison to bits, the first one lowest.
MSRPKIT_AVX2 MSRPKIT_ALWAYS_INLINE std::uint32_t bits(octets v) noexcept {
    return static_cast<std::uint32_t>(__builtin_ia32_pmovmskb256(v));
}
MSRPKIT_AVX2 MSRPKIT_ALWAYS_INLINE std::uint64_t bits(octets low, octets high) noexcept {
    return std::uint64_t{bits(high)} << 32U | bits(low);
}
MSRPKIT_AVX2 MSRPKIT_ALWAYS_INLINE bool any(octets v) noexcept { return bits(v) != 0; }
/// Where both CR and the anchor stand.
MSRPKIT_AVX2 MSRPKIT_ALWAYS_INLINE octets anchored(char const* p, octets cr,
                                                   octets anchor) noexcept {
    return equal(load(p), cr) & equal(load(p + marker::anchor_at), anchor);
}

MSRPKIT_AVX2 inline std::size_t find_marker(char const* text, std::size_t size,
                                            marker const& m) noexcept {
    if (size < 8 + 32) return find_marker_swar(text, size, m);
    octets const cr = all('\r');
    octets const anchor = all(m.anchor());
    octets const first = all(m.first());
    octets const last = all(m.last());
    std::size_t const starts = size - 8;  // where both anchors can be asked for
    std::size_t i = 0;
    if (size >= 256) {
        // From here on every first load is aligned: half as many cross a cache line.
        auto const at = confirm(text, size, 0, bits(anchored(text, cr, anchor)), m);
        if (at != size) return at;
        i = 32 - (reinterpret_cast<std::uintptr_t>(text) & 31U);
    }
    for (; i + 128 + m.size <= size; i += 128) {
        auto const* const p = text + i;
        octets a = anchored(p, cr, anchor);
        octets b = anchored(p + 32, cr, anchor);
        octets c = anchored(p + 64, cr, anchor);
        octets d = anchored(p + 96, cr, anchor);
        if (!any((a | b) | (c | d))) continue;
        // Only here the id is asked for: its last octet, then its first.
        auto const* q = p + m.size - 1;
        a &= equal(load(q), last);
        b &= equal(load(q + 32), last);
        c &= equal(load(q + 64), last);
        d &= equal(load(q + 96), last);
        if (!any((a | b) | (c | d))) continue;
        q = p + marker::id_at;
        a &= equal(load(q), first);
        b &= equal(load(q + 32), first);
        c &= equal(load(q + 64), first);
        d &= equal(load(q + 96), first);
        if (!any((a | b) | (c | d))) continue;
        auto at = confirm(text, size, i, bits(a, b), m);
        if (at == size) at = confirm(text, size, i + 64, bits(c, d), m);
        if (at != size) return at;
    }
    while (i < starts) {
        // The last vector overlaps the one before it.
        if (i + 32 > starts) i = starts - 32;
        auto const at = confirm(text, size, i, bits(anchored(text + i, cr, anchor)), m);
        if (at != size) return at;
        i += 32;
    }
    return find_marker_end(text, size, m);
}

/// Controls but TAB, CR and LF; and 0x7F.
MSRPKIT_AVX2 MSRPKIT_ALWAYS_INLINE octets controls(octets v) noexcept {
    // Looked up by the low half of an octet below 0x80: itself, if it is one of these four.
    constexpr octets special = {1, 0, 0, 0, 0, 0, 0, 0, 0, '\t', '\n', 0, 0, '\r', 0, 0x7F,
                                1, 0, 0, 0, 0, 0, 0, 0, 0, '\t', '\n', 0, 0, '\r', 0, 0x7F};
    auto const low = reinterpret_cast<octets>(reinterpret_cast<unsigned_octets>(v) < 0x20);
    return low ^ equal(__builtin_ia32_pshufb256(special, v), v);
}
MSRPKIT_AVX2 MSRPKIT_ALWAYS_INLINE line_bits lines_of(char const* p) noexcept {
    octets const a = load(p);
    octets const b = load(p + 32);
    return {bits(equal(a, all('\n')), equal(b, all('\n'))),
            bits(equal(a, all('\r')), equal(b, all('\r'))),
            bits(equal(a, all('-')), equal(b, all('-'))), bits(controls(a), controls(b)),
            bits(a, b)};
}

/// The block at `at`, or what there is of it.
/// @param size 64 or more.
MSRPKIT_AVX2 MSRPKIT_ALWAYS_INLINE line_bits lines_of(char const* text, std::size_t size,
                                                      std::size_t at) noexcept {
    if (size - at >= 64) return lines_of(text + at);
    // The octets before, looked at again, are shifted out.
    return lines_of(text + size - 64).from(64 - (size - at));
}
MSRPKIT_AVX2 [[gnu::noinline]] inline bool add_next(line_index& index, char const* text,
                                                    std::size_t size, std::uint32_t* ends,
                                                    std::size_t capacity) noexcept {
    auto const bits = lines_of(text, size, index.scanned);
    return add_block(index, text, bits, std::min<std::size_t>(size - index.scanned, 64), ends,
                     capacity);
}
/// `stray` and `high` of the octets scanned from `from` on, exactly.
MSRPKIT_AVX2 [[gnu::noinline]] inline void judge(line_index& index, char const* text,
                                                 std::size_t size, std::size_t from) noexcept {
    for (; from < index.scanned; from += 64)
        judge_block(index, text, from, lines_of(text, size, from));
}

/// What decides whether octets are plain lines that go on.
struct look {
    octets lf;
    octets closing;  ///< LF that CR or '-' follows
    /// Above `plain_span`: none of 0x20 to 0x7E, CR before LF, LF behind CR.
    unsigned_octets odd;
};
MSRPKIT_AVX2 MSRPKIT_ALWAYS_INLINE look look_at(char const* p) noexcept {
    octets const v = load(p);
    octets const next = load(p + 1);
    octets const lf = equal(v, all('\n'));
    octets const next_lf = equal(next, all('\n'));
    // An LF before an LF stays odd.
    octets const off =
        reinterpret_cast<octets>(reinterpret_cast<unsigned_octets>(v) - 0x20) & ~(lf ^ next_lf);
    // CR and '-' differ in one bit.
    return {lf, lf & equal(next | all(0x20), all('-')),
            reinterpret_cast<unsigned_octets>(off | (equal(v, all('\r')) ^ next_lf))};
}
MSRPKIT_AVX2 MSRPKIT_ALWAYS_INLINE unsigned_octets larger(unsigned_octets a,
                                                          unsigned_octets b) noexcept {
    return a > b ? a : b;
}
MSRPKIT_AVX2 MSRPKIT_ALWAYS_INLINE octets beyond(unsigned_octets odd) noexcept {
    // Only the highest bit of each octet counts.
    return reinterpret_cast<octets>((odd + (0x7F - plain_span)) | odd);
}

/// Blocks while there is nothing in them but lines going on; and one in which the head ends.
MSRPKIT_AVX2 MSRPKIT_ALWAYS_INLINE run_end run_lines(line_index& index, char const* text,
                                                     std::size_t size, std::uint32_t* ends,
                                                     std::size_t capacity) noexcept {
    if (!resume(index, text)) return {true, index.scanned};
    line_run run(index, text, size, ends, capacity);
    unsigned_octets odd{};
    while (run.more()) {
        look const a = look_at(run.block());
        look const b = look_at(run.block() + 32);
        std::uint64_t const lf = bits(a.lf, b.lf);
        if (!run.put(lf)) break;
        if (any(a.closing | b.closing)) [[unlikely]] {
            return run.close(index, ends, lf, bits(a.closing, b.closing),
                             bits(beyond(a.odd), beyond(b.odd)), any(beyond(odd)));
        }
        odd = larger(odd, larger(a.odd, b.odd));
        run.take(lf);
    }
    if (auto const shift = run.overlap(size, ends, capacity); shift != 0) {
        look const a = look_at(text + size - 65);
        look const b = look_at(text + size - 33);
        std::uint64_t const lf = bits(a.lf, b.lf) >> shift;
        std::uint64_t const closing = bits(a.closing, b.closing) >> shift;
        if (closing != 0 && run.put(lf))
            return run.close(index, ends, lf, closing, bits(beyond(a.odd), beyond(b.odd)) >> shift,
                             any(beyond(odd)));
    }
    return run.finish(index, ends, false, any(beyond(odd)));
}

/// What a first run leaves to do.
/// @param judged octets of which `stray` and `high` are known.
MSRPKIT_AVX2 [[gnu::noinline]] inline void go_on(line_index& index, char const* text,
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
MSRPKIT_AVX2 inline void index_lines(line_index& index, char const* text, std::size_t size,
                                     std::uint32_t* ends, std::size_t capacity) noexcept {
    if (size < 64) return index_lines_swar(index, text, size, ends, capacity);
    auto const first = run_lines(index, text, size, ends, capacity);
    if (!first.closed) return go_on(index, text, size, ends, capacity, first.judged);
    if (first.judged != index.scanned) [[unlikely]]
        judge(index, text, size, first.judged);
}

}  // namespace wire::inline v0::detail::avx2

#undef MSRPKIT_AVX2
#endif
