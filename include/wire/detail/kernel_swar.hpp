// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// kernel_swar.hpp - scans by words of 8 octets; and the parts that all kernels share.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include <wire/detail/line_block.hpp>
#include <wire/kernel.hpp>

namespace wire::inline v0::detail {

/// 8 octets, the first one lowest on any machine.
MSRPKIT_ALWAYS_INLINE std::uint64_t load_word(char const* from) noexcept {
    std::uint64_t word = 0;
    if constexpr (std::endian::native == std::endian::little) {
        std::memcpy(&word, from, sizeof word);
    } else {
        for (unsigned i = 0; i < 8; ++i)
            word |= std::uint64_t{static_cast<unsigned char>(from[i])} << 8 * i;
    }
    return word;
}
inline constexpr std::uint64_t every_octet = 0x0101010101010101U;
inline constexpr std::uint64_t every_high_bit = 0x8080808080808080U;
inline constexpr std::uint64_t every_low_bits = 0x7F7F7F7F7F7F7F7FU;

MSRPKIT_ALWAYS_INLINE constexpr std::uint64_t repeat(char c) noexcept {
    return every_octet * static_cast<unsigned char>(c);
}
/// The high bit of each octet that is 0; exact up to the first of them, above it a 1 may count too.
MSRPKIT_ALWAYS_INLINE constexpr std::uint64_t zero_octets(std::uint64_t word) noexcept {
    return (word - every_octet) & ~word & every_high_bit;
}
/// The index of the lowest octet that is marked in a word that is not 0.
MSRPKIT_ALWAYS_INLINE constexpr std::size_t first_octet(std::uint64_t marks) noexcept {
    return static_cast<std::size_t>(std::countr_zero(marks)) / 8;
}

/// Whether `size` octets are the same.
/// @param size 8 or more.
MSRPKIT_ALWAYS_INLINE bool same_octets(char const* a, char const* b, std::size_t size) noexcept {
    for (std::size_t i = 0; i + 8 < size; i += 8)
        if (load_word(a + i) != load_word(b + i)) return false;
    return load_word(a + size - 8) == load_word(b + size - 8);
}

/// A needle: begins with CR, holds no other; at least 10 octets. The octets asked for first are CR
/// and the anchor 8 octets behind it: far enough apart that one text rarely has both.
struct marker {
    static constexpr std::size_t anchor_at = 8;
    static constexpr std::size_t id_at = 9;

    char const* data;
    std::size_t size;

    [[nodiscard]] char anchor() const noexcept { return data[anchor_at]; }
    [[nodiscard]] char first() const noexcept { return data[id_at]; }
    [[nodiscard]] char last() const noexcept { return data[size - 1]; }
};

/// Whether the text from `at`, 8 octets or more, begins with the marker or ends within it.
MSRPKIT_ALWAYS_INLINE bool fits(char const* text, std::size_t size, std::size_t at,
                                marker const& m) noexcept {
    return same_octets(text + at, m.data, std::min(m.size, size - at));
}

/// The first of some starts (bits, counted from `from`) where the marker is, whole or cut off by
/// the end of the text; `size` where there is none.
MSRPKIT_ALWAYS_INLINE std::size_t confirm(char const* text, std::size_t size, std::size_t from,
                                          std::uint64_t starts, marker const& m) noexcept {
    for (; starts != 0; starts &= starts - 1) {
        std::size_t const at = from + static_cast<std::size_t>(std::countr_zero(starts));
        if (fits(text, size, at, m)) return at;
    }
    return size;
}

/// The last step: a marker may begin in the last 8 octets; with the last CR, since it holds one.
inline std::size_t find_marker_end(char const* text, std::size_t size, marker const& m) noexcept {
    if (size >= 8 && zero_octets(load_word(text + size - 8) ^ repeat('\r')) == 0) return size;
    for (std::size_t n = 1; n <= 8 && n <= size; ++n) {
        if (text[size - n] != '\r') continue;
        return std::memcmp(text + size - n, m.data, n) == 0 ? size - n : size;
    }
    return size;
}

inline std::size_t find_marker_swar(char const* text, std::size_t size, marker const& m) noexcept {
    std::uint64_t const cr = repeat('\r');
    std::uint64_t const anchor = repeat(m.anchor());
    std::size_t const starts = size < 8 ? 0 : size - 8;  // where both anchors can be asked for
    std::size_t i = 0;
    if (size >= 32 + m.size) {
        std::uint64_t const first = repeat(m.first());
        std::uint64_t const last = repeat(m.last());
        std::uint64_t next = load_word(text);
        for (; i + 32 + m.size <= size; i += 32) {
            auto const* const p = text + i;
            std::uint64_t const w1 = load_word(p + 8);
            std::uint64_t const w2 = load_word(p + 16);
            std::uint64_t const w3 = load_word(p + 24);
            std::uint64_t const w4 = load_word(p + 32);
            std::uint64_t const unlike[] = {(next ^ cr) | (w1 ^ anchor), (w1 ^ cr) | (w2 ^ anchor),
                                            (w2 ^ cr) | (w3 ^ anchor), (w3 ^ cr) | (w4 ^ anchor)};
            next = w4;
            if ((zero_octets(unlike[0]) | zero_octets(unlike[1]) | zero_octets(unlike[2]) |
                 zero_octets(unlike[3])) == 0)
                continue;
            for (std::size_t k = 0; k < 4; ++k) {
                std::size_t const at = i + 8 * k;
                std::uint64_t marks =
                    zero_octets(unlike[k] | (load_word(text + at + marker::id_at) ^ first) |
                                (load_word(text + at + m.size - 1) ^ last));
                for (; marks != 0; marks &= marks - 1)
                    if (fits(text, size, at + first_octet(marks), m))
                        return at + first_octet(marks);
            }
        }
    }
    for (; i + 8 <= starts; i += 8) {
        std::uint64_t marks =
            zero_octets((load_word(text + i) ^ cr) | (load_word(text + i + 8) ^ anchor));
        for (; marks != 0; marks &= marks - 1)
            if (fits(text, size, i + first_octet(marks), m)) return i + first_octet(marks);
    }
    for (; i < starts; ++i)
        if (text[i] == '\r' && text[i + marker::anchor_at] == m.anchor() && fits(text, size, i, m))
            return i;
    return find_marker_end(text, size, m);
}

/// Line by line rather than by bitmaps: few words of a head hold a control octet at all.
inline void index_lines_swar(line_index& index, char const* text, std::size_t size,
                             std::uint32_t* ends, std::size_t capacity) noexcept {
    auto at = index;
    std::size_t i = at.scanned;
    bool closed = false;
    // One control octet; whether to go on behind it.
    auto const control = [&](std::size_t where) {
        char const c = text[where];
        char const before = where == 0 ? '\0' : text[where - 1];
        if (c == '\n') {
            at.stray |= before != '\r';
            ends[at.count++] = static_cast<std::uint32_t>(where);
            return !(at.count == capacity ||
                     (where + 1 < size && (text[where + 1] == '\r' || text[where + 1] == '-')));
        }
        if (c == '\r') {
            at.stray |= where + 1 < size && text[where + 1] != '\n';
        } else {
            at.stray |= c != '\t';
        }
        return true;
    };
    if (i != 0) {
        char const before = text[i - 1];
        closed = before == '\n' && (text[i] == '\r' || text[i] == '-');
        if (!closed) at.stray |= before == '\r' && text[i] != '\n';
    }
    while (!closed && i < size) {
        std::size_t n = std::min<std::size_t>(8, size - i);
        std::uint64_t word = 0;
        if (n == 8) {
            word = load_word(text + i);
        } else {
            for (std::size_t k = n; k-- > 0;)
                word = word << 8U | static_cast<unsigned char>(text[i + k]);
            word |= repeat(' ') << 8 * n;
        }
        std::uint64_t const low = word & every_low_bits;
        std::uint64_t marks =
            (~(low + repeat(0x60)) | (low + every_octet)) & ~word & every_high_bit;
        for (; marks != 0; marks &= marks - 1) {
            auto const k = first_octet(marks);
            if (control(i + k)) continue;
            closed = true;
            n = k + 1;
            word &= ~(~std::uint64_t{0} << 8 * k);
            break;
        }
        at.high |= (word & every_high_bit) != 0;
        i += n;
    }
    at.scanned = i;
    index = at;
}

}  // namespace wire::inline v0::detail
