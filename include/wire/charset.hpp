// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// charset.hpp - sets of octets, made at compile time, asked with one look-up.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace wire::inline v0 {

/// A set of octets. Literal; made from strings and ranges, united with `|`, taken away with `-`.
class charset {
   public:
    constexpr charset() noexcept = default;
    constexpr explicit charset(std::string_view members) noexcept {
        for (char c : members) member_[index(c)] = true;
    }

    /// All octets from `first` to `last`, both included.
    [[nodiscard]] static constexpr charset range(unsigned char first, unsigned char last) noexcept {
        charset s;
        for (unsigned c = first; c <= last; ++c) s.member_[c] = true;
        return s;
    }

    [[nodiscard]] constexpr bool contains(char c) const noexcept { return member_[index(c)]; }

    /// The length of the longest prefix of `text` made of members only. Linear.
    [[nodiscard]] constexpr std::size_t span(std::string_view text) const noexcept {
        std::size_t n = 0;
        while (n < text.size() && contains(text[n])) ++n;
        return n;
    }

    friend constexpr charset operator|(charset a, charset const& b) noexcept {
        for (std::size_t i = 0; i < 256; ++i) a.member_[i] = a.member_[i] || b.member_[i];
        return a;
    }
    friend constexpr charset operator-(charset a, charset const& b) noexcept {
        for (std::size_t i = 0; i < 256; ++i) a.member_[i] = a.member_[i] && !b.member_[i];
        return a;
    }

   private:
    static constexpr std::size_t index(char c) noexcept { return static_cast<unsigned char>(c); }
    std::array<bool, 256> member_{};
};

/// Core sets of RFC 5234, appendix B.1, and RFC 3986, section 2.
inline constexpr charset digit = charset::range('0', '9');
inline constexpr charset upper_alpha = charset::range('A', 'Z');
inline constexpr charset alpha = upper_alpha | charset::range('a', 'z');
inline constexpr charset alphanum = alpha | digit;
inline constexpr charset hexdig = digit | charset("ABCDEFabcdef");
inline constexpr charset unreserved = alphanum | charset("-._~");
inline constexpr charset sub_delims = charset("!$&'()*+,;=");

[[nodiscard]] constexpr char to_lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Equal but for the case of the ASCII letters. Linear.
[[nodiscard]] constexpr bool iequals(std::string_view a, std::string_view b) noexcept {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (to_lower(a[i]) != to_lower(b[i])) return false;
    return true;
}

/// The value of one hexadecimal digit, -1 for any other octet.
[[nodiscard]] constexpr int hex_value(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

}  // namespace wire::inline v0
