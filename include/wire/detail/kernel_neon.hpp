// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// kernel_neon.hpp - scans by vectors of 16 octets, for arm64.
#pragma once

#include <wire/detail/kernel_swar.hpp>

#if defined(MSRPKIT_KERNEL_NEON)

namespace wire::inline v0::detail::neon {

// The compiler's own vectors: <arm_neon.h> would cost users 0.15 s each time.
using octets = unsigned char __attribute__((vector_size(16)));
using halves = std::uint64_t __attribute__((vector_size(16)));

MSRPKIT_ALWAYS_INLINE octets load(char const* from) noexcept {
    octets v;
    std::memcpy(&v, from, sizeof v);
    return v;
}
MSRPKIT_ALWAYS_INLINE octets all(char c) noexcept {
    return octets{} + static_cast<unsigned char>(c);
}
MSRPKIT_ALWAYS_INLINE octets equal(octets a, octets b) noexcept {
    return reinterpret_cast<octets>(a == b);
}
MSRPKIT_ALWAYS_INLINE bool any(octets v) noexcept {
    auto const h = reinterpret_cast<halves>(v);
    return (h[0] | h[1]) != 0;
}
/// The sums of neighbours.
MSRPKIT_ALWAYS_INLINE octets pairs(octets a, octets b) noexcept {
    return __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28,
                                   30) +
           __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
}
/// Octets of four comparisons to bits, the first one lowest.
MSRPKIT_ALWAYS_INLINE std::uint64_t bits(octets a, octets b, octets c, octets d) noexcept {
    octets const bit = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    octets const quarters = pairs(pairs(a & bit, b & bit), pairs(c & bit, d & bit));
    return reinterpret_cast<halves>(pairs(quarters, quarters))[0];
}
/// Where both CR and the anchor stand.
MSRPKIT_ALWAYS_INLINE octets anchored(char const* p, octets cr, octets anchor) noexcept {
    return equal(load(p), cr) & equal(load(p + marker::anchor_at), anchor);
}

inline std::size_t find_marker(char const* text, std::size_t size, marker const& m) noexcept {
    if (size < 8 + 16) return find_marker_swar(text, size, m);
    octets const cr = all('\r');
    octets const anchor = all(m.anchor());
    octets const first = all(m.first());
    octets const last = all(m.last());
    std::size_t const starts = size - 8;  // where both anchors can be asked for
    std::size_t i = 0;
    for (; i + 64 + m.size <= size; i += 64) {
        auto const* const p = text + i;
        octets a = anchored(p, cr, anchor);
        octets b = anchored(p + 16, cr, anchor);
        octets c = anchored(p + 32, cr, anchor);
        octets d = anchored(p + 48, cr, anchor);
        if (!any((a | b) | (c | d))) continue;
        // Only here the id is asked for: its last octet, then its first.
        auto const* q = p + m.size - 1;
        a &= equal(load(q), last);
        b &= equal(load(q + 16), last);
        c &= equal(load(q + 32), last);
        d &= equal(load(q + 48), last);
        if (!any((a | b) | (c | d))) continue;
        q = p + marker::id_at;
        a &= equal(load(q), first);
        b &= equal(load(q + 16), first);
        c &= equal(load(q + 32), first);
        d &= equal(load(q + 48), first);
        if (!any((a | b) | (c | d))) continue;
        auto const at = confirm(text, size, i, bits(a, b, c, d), m);
        if (at != size) return at;
    }
    while (i < starts) {
        // The last vector overlaps the one before it.
        if (i + 16 > starts) i = starts - 16;
        octets const a = anchored(text + i, cr, anchor);
        if (any(a)) {
            auto const at = confirm(text, size, i, bits(a, octets{}, octets{}, octets{}), m);
            if (at != size) return at;
        }
        i += 16;
    }
    return find_marker_end(text, size, m);
}

/// Controls but TAB, CR and LF; and 0x7F.
MSRPKIT_ALWAYS_INLINE octets controls(octets v) noexcept {
    auto const low = reinterpret_cast<octets>(v < 0x20);
    auto const fine = equal(v, all('\t')) | equal(v, all('\n')) | equal(v, all('\r'));
    return (low & ~fine) | equal(v, all('\x7F'));
}
MSRPKIT_ALWAYS_INLINE octets negative(octets v) noexcept {
    return reinterpret_cast<octets>(v > 0x7F);
}
MSRPKIT_ALWAYS_INLINE std::uint64_t bits_equal(octets const (&v)[4], octets to) noexcept {
    return bits(equal(v[0], to), equal(v[1], to), equal(v[2], to), equal(v[3], to));
}
MSRPKIT_ALWAYS_INLINE line_bits lines_of(char const* p) noexcept {
    octets const v[4] = {load(p), load(p + 16), load(p + 32), load(p + 48)};
    return {bits_equal(v, all('\n')), bits_equal(v, all('\r')), bits_equal(v, all('-')),
            bits(controls(v[0]), controls(v[1]), controls(v[2]), controls(v[3])),
            bits(negative(v[0]), negative(v[1]), negative(v[2]), negative(v[3]))};
}

inline void index_lines(line_index& index, char const* text, std::size_t size, std::uint32_t* ends,
                        std::size_t capacity) noexcept {
    if (size < 64) return index_lines_swar(index, text, size, ends, capacity);
    for (bool more = true; more && size - index.scanned >= 64;) {
        line_run run(index, text, size, ends, capacity);
        auto step = line_run::step::crowded;
        octets control{};
        octets high{};
        while (run.more()) {
            octets const v[4] = {load(run.block()), load(run.block() + 16), load(run.block() + 32),
                                 load(run.block() + 48)};
            std::uint64_t const lf = bits_equal(v, all('\n'));
            std::uint64_t const cr = bits_equal(v, all('\r'));
            std::uint64_t const closer = cr | bits_equal(v, all('-'));
            step = run.take(lf, cr, closer);
            if (step != line_run::step::plain) break;
            control |= (controls(v[0]) | controls(v[1])) | (controls(v[2]) | controls(v[3]));
            high |= (v[0] | v[1]) | (v[2] | v[3]);
        }
        bool any_control = any(control);
        bool any_high = any(high & all('\x80'));
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

}  // namespace wire::inline v0::detail::neon

#endif
