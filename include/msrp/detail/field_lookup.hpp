// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// field_lookup.hpp - which known header field a line begins with, by a perfect hash of its name.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <msrp/detail/octets.hpp>
#include <msrp/header.hpp>
#include <wire/detail/kernel_sse2.hpp>
#include <wire/kernel.hpp>

namespace msrp::inline v0::detail {

inline constexpr std::uint64_t lower_case = 0x2020202020202020U;

/// A known name as numbers: its first eight octets, its last eight, eight in its midst, in lower
/// case; the masks say which of them count.
struct alignas(64) name_words {
    std::uint64_t first = 0;
    std::uint64_t first_mask = 0;
    std::uint64_t middle = 0;
    std::uint64_t last = 0;
    std::uint64_t last_mask = 0;
    std::uint8_t size = 0;
    field id = field::other;
};

[[nodiscard]] constexpr name_words words_of(field f) noexcept {
    auto const name = canonical_name(f);
    name_words w;
    w.id = f;
    w.size = static_cast<std::uint8_t>(name.size());
    std::array<char, 8> front{};
    for (std::size_t i = 0; i < 8 && i < name.size(); ++i) front[i] = name[i];
    w.first_mask = name.size() < 8 ? (std::uint64_t{1} << 8 * name.size()) - 1 : ~std::uint64_t{0};
    w.first = (load_octets(front.data()) | lower_case) & w.first_mask;
    if (name.size() > 8) {
        w.last_mask = ~std::uint64_t{0};
        w.last = load_octets(name.data() + name.size() - 8) | lower_case;
    }
    if (name.size() > 16) {
        w.middle = load_octets(name.data() + 8) | lower_case;
    }
    return w;
}

/// A place of 16 for each beginning of six octets that a known name has; a multiplier found by
/// trying.
[[nodiscard]] constexpr std::size_t name_place(std::uint64_t first_octets) noexcept {
    return static_cast<std::size_t>(
        ((first_octets | lower_case) & 0xFFFFFFFFFFFFU) * 0x7279513BD7FD5619U >> 60U);
}
/// Content-Type stands for all four of its kind.
inline constexpr auto name_table = [] {
    std::array<name_words, 16> table{};
    for (std::size_t i = 0; i <= static_cast<std::size_t>(field::content_type); ++i) {
        auto const f = static_cast<field>(i);
        table[name_place(words_of(f).first)] = words_of(f);
    }
    return table;
}();
inline constexpr std::array<name_words, 3> more_content_names = {
    words_of(field::content_id), words_of(field::content_description),
    words_of(field::content_disposition)};
static_assert(
    [] {
        for (auto const& w : name_table)
            if (w.id == field::other) return false;
        return true;
    }(),
    "each beginning has a place of its own");

/// The known field that a line begins with, its name, ":" and SP; else `other` and 0. For lines
/// without control octets: then CR does not turn into "-" with its case.
/// @param line of which eight octets before and 32 behind its first one may be looked at.
[[nodiscard]] MSRPKIT_ALWAYS_INLINE header_name lookup_field(char const* line) noexcept {
    std::uint64_t const first = load_octets(line) | lower_case;
    auto const* w = &name_table[name_place(first)];
    if (w->id == field::content_type) {
        char const c = wire::to_lower(line[8]);
        if (c == 'i') w = &more_content_names[0];
        if (c == 'd') w = &more_content_names[wire::to_lower(line[9]) == 'e' ? 1 : 2];
    }
    std::size_t const size = w->size;
    std::uint64_t const last = load_octets(line + size - 8) | lower_case;
    // No branch that depends on which name it is, but for the longest.
    std::uint64_t const wrong = ((first & w->first_mask) ^ w->first) |
                                ((last & w->last_mask) ^ w->last) |
                                static_cast<std::uint64_t>(line[size] ^ ':') |
                                static_cast<std::uint64_t>(line[size + 1] ^ ' ');
    if (wrong != 0 || (size > 16 && (load_octets(line + 8) | lower_case) != w->middle))
        return {field::other, 0};
    MSRPKIT_EXAMINED(size + 2);
    return {w->id, size};
}

/// Where the value begins of a line that begins with "To-Path: " or "From-Path: "; else 0. For
/// lines without control octets, of which 11 octets may be looked at.
[[nodiscard]] MSRPKIT_ALWAYS_INLINE std::size_t is_path_name(char const* line, bool to) noexcept {
    constexpr std::uint64_t to_path = words_of(field::to_path).first | std::uint64_t{':'} << 56U;
    constexpr name_words from_path = words_of(field::from_path);
    std::uint64_t const first = load_octets(line) | lower_case;
    MSRPKIT_EXAMINED(to ? 9 : 11);
    if (to) return first == to_path && line[7] == ':' && line[8] == ' ' ? 9 : 0;
    bool const from = first == from_path.first &&
                      (load_octets(line + 1) | lower_case) == from_path.last && line[9] == ':' &&
                      line[10] == ' ';
    return from ? 11 : 0;
}

/// How many of the first 16 octets are letters and digits before one is not.
[[nodiscard]] MSRPKIT_ALWAYS_INLINE std::size_t alnum_run(char const* p) noexcept {
#if defined(MSRPKIT_KERNEL_X86)
    // SSE2 is part of x86-64: no kernel to choose.
    namespace sse2 = wire::detail::sse2;
    using octets = sse2::octets;
    auto const below = [](octets x, unsigned char most) {
        return reinterpret_cast<octets>(reinterpret_cast<sse2::unsigned_octets>(x) < most);
    };
    octets const v = sse2::load(p);
    octets const alnum =
        below((v | sse2::all(0x20)) - sse2::all('a'), 26) | below(v - sse2::all('0'), 10);
    return static_cast<std::size_t>(std::countr_one(sse2::bits(alnum)));
#else
    static_cast<void>(p);
    return 0;
#endif
}

}  // namespace msrp::inline v0::detail
