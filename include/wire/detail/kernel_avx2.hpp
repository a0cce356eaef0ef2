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

MSRPKIT_AVX2 inline void index_lines(line_index& index, char const* text, std::size_t size,
                                     std::uint32_t* ends, std::size_t capacity) noexcept {
    if (size < 64) return index_lines_swar(index, text, size, ends, capacity);
    for (bool more = true; more && size - index.scanned >= 64;) {
        line_run run(index, text, size, ends, capacity);
        auto step = line_run::step::crowded;
        octets control{};
        octets high{};
        while (run.more()) {
            octets const a = load(run.block());
            octets const b = load(run.block() + 32);
            octets const cr_a = equal(a, all('\r'));
            octets const cr_b = equal(b, all('\r'));
            std::uint64_t const lf = bits(equal(a, all('\n')), equal(b, all('\n')));
            std::uint64_t const cr = bits(cr_a, cr_b);
            std::uint64_t const closer = bits(cr_a | equal(a, all('-')), cr_b | equal(b, all('-')));
            step = run.take(lf, cr, closer);
            if (step != line_run::step::plain) break;
            control |= controls(a) | controls(b);
            high |= a | b;
        }
        bool any_control = any(control);
        bool any_high = any(high);
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

}  // namespace wire::inline v0::detail::avx2

#undef MSRPKIT_AVX2
#endif
