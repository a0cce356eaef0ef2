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
#include <wire/charset.hpp>
#include <wire/detail/kernel_sse2.hpp>
#include <wire/examined.hpp>
#include <wire/kernel.hpp>
#include <wire/result.hpp>

namespace msrp::inline v0::detail {

inline constexpr std::uint64_t lower_case = 0x2020202020202020U;

/// A known name as numbers: its first eight octets, its last eight, eight in its midst, in lower
/// case.
struct name_words {
    std::uint64_t first = 0;
    std::uint64_t middle = 0;
    std::uint64_t last = 0;
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
    w.first = load_octets(front.data()) | lower_case;
    if (name.size() < 8) w.first &= (std::uint64_t{1} << 8 * name.size()) - 1;
    if (name.size() > 8) {
        w.last = load_octets(name.data() + name.size() - 8) | lower_case;
    }
    if (name.size() > 16) {
        w.middle = load_octets(name.data() + 8) | lower_case;
    }
    return w;
}

/// A place of 16 for each beginning of six octets that a known name has. The multiplier, found by
/// trying, has no low bits, so the last two of the eight octets do not count.
[[nodiscard]] constexpr std::size_t name_place(std::uint64_t first_octets) noexcept {
    return static_cast<std::size_t>((first_octets | lower_case) * 0xD77AF0FEB66B0000U >> 60U);
}

/// How a line begins that has a known name of up to 14 octets: the name, ":" and SP as two words of
/// eight octets under masks that leave out the case of letters and what stands behind.
struct alignas(64) name_entry {
    std::uint64_t mask[2] = {0, 0};
    std::uint64_t text[2] = {1, 0};  ///< of a longer name: nothing is this
    std::uint32_t value_at = 0;      ///< behind the name, ":" and SP
    std::uint32_t bit = 0;           ///< of the field
    field id = field::other;

    /// Whether a line begins so. @param line of which 16 octets may be looked at.
    [[nodiscard]] MSRPKIT_ALWAYS_INLINE bool begins(char const* line) const noexcept {
        return (((load_octets(line) & mask[0]) ^ text[0]) |
                ((load_octets(line + 8) & mask[1]) ^ text[1])) == 0;
    }
};
[[nodiscard]] constexpr name_entry entry_of(field f) noexcept {
    auto const name = canonical_name(f);
    name_entry e;
    e.id = f;
    e.value_at = static_cast<std::uint32_t>(name.size() + 2);
    e.bit = 1U << header_index::bit(f);
    if (name.size() > 14) return e;
    std::array<char, 16> mask{};
    std::array<char, 16> text{};
    for (std::size_t i = 0; i < name.size() + 2; ++i) {
        char const c = i < name.size() ? name[i] : i == name.size() ? ':' : ' ';
        mask[i] = static_cast<char>(wire::alpha.contains(c) ? 0xDF : 0xFF);
        text[i] = static_cast<char>(c & mask[i]);
    }
    for (std::size_t i = 0; i < 2; ++i) {
        e.mask[i] = load_octets(mask.data() + 8 * i);
        e.text[i] = load_octets(text.data() + 8 * i);
    }
    return e;
}
/// Content-Type stands for all four of its kind.
inline constexpr auto name_table = [] {
    std::array<name_entry, 16> table{};
    for (std::size_t i = 0; i <= static_cast<std::size_t>(field::content_type); ++i) {
        auto const f = static_cast<field>(i);
        table[name_place(words_of(f).first)] = entry_of(f);
    }
    return table;
}();
static_assert(
    [] {
        for (auto const& e : name_table)
            if (e.id == field::other) return false;
        return true;
    }(),
    "each beginning has a place of its own");

/// Names that are longer, or that another one has the place of.
inline constexpr std::array<name_words, 5> more_names = {
    words_of(field::www_authenticate), words_of(field::authentication_info),
    words_of(field::content_id), words_of(field::content_description),
    words_of(field::content_disposition)};

/// What `lookup_field` returns of a name that is one of `more_names` or none.
/// @param guess by its first six octets.
[[nodiscard]] MSRPKIT_COLD inline header_name lookup_more(char const* line, field guess) noexcept {
    name_words const* w = nullptr;
    if (guess == field::www_authenticate) w = &more_names[0];
    if (guess == field::authentication_info) w = &more_names[1];
    if (guess == field::content_type) {
        char const c = wire::to_lower(line[8]);
        if (c == 'i') w = &more_names[2];
        if (c == 'd') w = &more_names[wire::to_lower(line[9]) == 'e' ? 3 : 4];
    }
    if (w == nullptr) return {field::other, 0};
    std::size_t const size = w->size;
    if ((load_octets(line) | lower_case) != w->first ||
        (load_octets(line + size - 8) | lower_case) != w->last ||
        (size > 16 && (load_octets(line + 8) | lower_case) != w->middle) || line[size] != ':' ||
        line[size + 1] != ' ')
        return {field::other, 0};
    MSRPKIT_EXAMINED(size + 2);
    return {w->id, size};
}

/// Octets that `lookup_field` looks at in vain, at most: 16, eight at a name's end, two behind it.
inline constexpr std::size_t lookup_cost = 16 + 8 + 2;

/// The one known field that a line can begin with, but for `more_names`.
[[nodiscard]] MSRPKIT_ALWAYS_INLINE name_entry const& entry_for(char const* line) noexcept {
    return name_table[name_place(load_octets(line))];
}
/// The known field that a line begins with, its name, ":" and SP; else `other` and 0. For lines
/// without control octets: then CR does not turn into "-" with its case.
/// @param line of which 32 octets may be looked at.
[[nodiscard]] MSRPKIT_ALWAYS_INLINE header_name lookup_field(char const* line) noexcept {
    // No branch that depends on which name it is, but for those that are seldom seen.
    auto const& e = entry_for(line);
    if (!e.begins(line)) [[unlikely]]
        return lookup_more(line, e.id);
    MSRPKIT_EXAMINED(e.value_at);
    return {e.id, e.value_at - 2};
}

/// Whether two lines begin with "To-Path: " and "From-Path: ". For lines without control octets, of
/// which 11 octets may be looked at.
[[nodiscard]] MSRPKIT_ALWAYS_INLINE bool are_path_names(char const* to, char const* from) noexcept {
    MSRPKIT_EXAMINED(9 + 11);
    constexpr auto lower = [](std::string_view octets) {
        return load_octets(octets.data()) | lower_case;
    };
    return (load_octets(to) | lower_case) == lower("To-Path:") && to[8] == ' ' &&
           (load_octets(from) | lower_case) == lower("From-Path: ") &&
           (load_octets(from + 3) | lower_case) == lower("m-Path: ");
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
