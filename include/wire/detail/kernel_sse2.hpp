// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// kernel_sse2.hpp - scans by vectors of 16 octets, for any x86-64.
#pragma once

#include <wire/detail/kernel_swar.hpp>

#if defined(MSRPKIT_KERNEL_X86)

namespace wire::inline v0::detail::sse2 {

// The compiler's own vectors and builtins: <immintrin.h> would cost users of g++ 0.34 s each time.
using octets = char __attribute__((vector_size(16)));
using unsigned_octets = unsigned char __attribute__((vector_size(16)));

MSRPKIT_ALWAYS_INLINE octets load(char const* from) noexcept {
    octets v;
    std::memcpy(&v, from, sizeof v);
    return v;
}
MSRPKIT_ALWAYS_INLINE octets all(char c) noexcept { return octets{} + c; }
MSRPKIT_ALWAYS_INLINE octets equal(octets a, octets b) noexcept {
    return reinterpret_cast<octets>(a == b);
}
/// Octets of a comparison to bits, the first one lowest.
MSRPKIT_ALWAYS_INLINE std::uint64_t bits(octets v) noexcept {
    return static_cast<std::uint32_t>(__builtin_ia32_pmovmskb128(v));
}
MSRPKIT_ALWAYS_INLINE std::uint64_t bits(octets a, octets b, octets c, octets d) noexcept {
    return (bits(d) << 48U | bits(c) << 32U) | (bits(b) << 16U | bits(a));
}
MSRPKIT_ALWAYS_INLINE bool any(octets v) noexcept { return bits(v) != 0; }
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
    if (size >= 128) {
        // From here on every first load is aligned: half as many cross a cache line.
        auto const at = confirm(text, size, 0, bits(anchored(text, cr, anchor)), m);
        if (at != size) return at;
        i = 16 - (reinterpret_cast<std::uintptr_t>(text) & 15U);
    }
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
        auto const at = confirm(text, size, i, bits(anchored(text + i, cr, anchor)), m);
        if (at != size) return at;
        i += 16;
    }
    return find_marker_end(text, size, m);
}

/// Controls but TAB, CR and LF; and 0x7F.
MSRPKIT_ALWAYS_INLINE octets controls(octets v) noexcept {
    auto const low = reinterpret_cast<octets>(reinterpret_cast<unsigned_octets>(v) < 0x20);
    auto const fine = equal(v, all('\t')) | equal(v, all('\n')) | equal(v, all('\r'));
    return (low & ~fine) | equal(v, all(0x7F));
}
MSRPKIT_ALWAYS_INLINE std::uint64_t bits_equal(octets const (&v)[4], octets to) noexcept {
    return bits(equal(v[0], to), equal(v[1], to), equal(v[2], to), equal(v[3], to));
}
MSRPKIT_ALWAYS_INLINE line_bits lines_of(char const* p) noexcept {
    octets const v[4] = {load(p), load(p + 16), load(p + 32), load(p + 48)};
    return {bits_equal(v, all('\n')), bits_equal(v, all('\r')), bits_equal(v, all('-')),
            bits(controls(v[0]), controls(v[1]), controls(v[2]), controls(v[3])),
            bits(v[0], v[1], v[2], v[3])};
}

/// The block at `at`, or what there is of it.
/// @param size 64 or more.
MSRPKIT_ALWAYS_INLINE line_bits lines_of(char const* text, std::size_t size,
                                         std::size_t at) noexcept {
    if (size - at >= 64) return lines_of(text + at);
    // The octets before, looked at again, are shifted out.
    return lines_of(text + size - 64).from(64 - (size - at));
}
[[gnu::noinline]] inline bool add_next(line_index& index, char const* text, std::size_t size,
                                       std::uint32_t* ends, std::size_t capacity) noexcept {
    auto const bits = lines_of(text, size, index.scanned);
    return add_block(index, text, bits, std::min<std::size_t>(size - index.scanned, 64), ends,
                     capacity);
}
/// `stray` and `high` of the octets scanned from `from` on, exactly.
[[gnu::noinline]] inline void judge(line_index& index, char const* text, std::size_t size,
                                    std::size_t from) noexcept {
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
MSRPKIT_ALWAYS_INLINE look look_at(char const* p) noexcept {
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
MSRPKIT_ALWAYS_INLINE unsigned_octets larger(unsigned_octets a, unsigned_octets b) noexcept {
    return a > b ? a : b;
}
MSRPKIT_ALWAYS_INLINE octets beyond(unsigned_octets odd) noexcept {
    // Only the highest bit of each octet counts.
    return reinterpret_cast<octets>((odd + (0x7F - plain_span)) | odd);
}

/// Blocks while there is nothing in them but lines going on; and one in which the head ends.
MSRPKIT_ALWAYS_INLINE run_end run_lines(line_index& index, char const* text, std::size_t size,
                                        std::uint32_t* ends, std::size_t capacity) noexcept {
    if (!resume(index, text)) return {true, index.scanned};
    line_run run(index, text, size, ends, capacity);
    unsigned_octets odd{};
    while (run.more()) {
        look const a = look_at(run.block());
        look const b = look_at(run.block() + 16);
        look const c = look_at(run.block() + 32);
        look const d = look_at(run.block() + 48);
        std::uint64_t const lf = bits(a.lf, b.lf, c.lf, d.lf);
        if (!run.put(lf)) break;
        if (any((a.closing | b.closing) | (c.closing | d.closing))) [[unlikely]] {
            return run.close(index, ends, lf, bits(a.closing, b.closing, c.closing, d.closing),
                             bits(beyond(a.odd), beyond(b.odd), beyond(c.odd), beyond(d.odd)),
                             any(beyond(odd)));
        }
        odd = larger(odd, larger(larger(a.odd, b.odd), larger(c.odd, d.odd)));
        run.take(lf);
    }
    if (auto const shift = run.overlap(size, ends, capacity); shift != 0) {
        auto const* const p = text + size - 65;
        look const a = look_at(p);
        look const b = look_at(p + 16);
        look const c = look_at(p + 32);
        look const d = look_at(p + 48);
        std::uint64_t const lf = bits(a.lf, b.lf, c.lf, d.lf) >> shift;
        std::uint64_t const closing = bits(a.closing, b.closing, c.closing, d.closing) >> shift;
        if (closing != 0 && run.put(lf))
            return run.close(
                index, ends, lf, closing,
                bits(beyond(a.odd), beyond(b.odd), beyond(c.odd), beyond(d.odd)) >> shift,
                any(beyond(odd)));
    }
    return run.finish(index, ends, false, any(beyond(odd)));
}

/// What a first run leaves to do.
/// @param judged octets of which `stray` and `high` are known.
[[gnu::noinline]] inline void go_on(line_index& index, char const* text, std::size_t size,
                                    std::uint32_t* ends, std::size_t capacity,
                                    std::size_t judged) noexcept {
    for (auto next = run_end{false, judged};;) {
        if (next.judged != index.scanned) judge(index, text, size, next.judged);
        if (next.closed || index.scanned == size || !add_next(index, text, size, ends, capacity) ||
            index.scanned == size)
            return;
        next = run_lines(index, text, size, ends, capacity);
    }
}
inline void index_lines(line_index& index, char const* text, std::size_t size, std::uint32_t* ends,
                        std::size_t capacity) noexcept {
    if (size < 64) return index_lines_swar(index, text, size, ends, capacity);
    auto const first = run_lines(index, text, size, ends, capacity);
    if (!first.closed) return go_on(index, text, size, ends, capacity, first.judged);
    if (first.judged != index.scanned) [[unlikely]]
        judge(index, text, size, first.judged);
}

}  // namespace wire::inline v0::detail::sse2

#endif
