// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// utf8.hpp - how far a text is printable UTF-8.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

namespace wire::inline v0 {

/// How far a text is `utf8text`.
struct utf8_scan {
    std::size_t size;  ///< the first octet that may not stand there; the text's size where cut off
    bool whole;        ///< all of it is
    bool between;      ///< what is before `size` does not stop within a character
};

namespace detail {

/// Whether 8 octets are all %x20-7E.
[[nodiscard]] inline bool are_printable(char const* octets) noexcept {
    constexpr std::uint64_t each = 0x0101010101010101U;
    constexpr std::uint64_t high = each * 0x80;
    std::uint64_t w = 0;
    std::memcpy(&w, octets, sizeof w);
    // Where no octet has its high bit no sum carries into the next one.
    return ((w | (w + each)) & high) == 0 && ((w + each * (0x80 - 0x20)) & high) == high;
}

}  // namespace detail

/// Looks for the first octet that `utf8text` (RFC 4975, section 9: HTAB, %x20-7E, UTF-8) does not
/// allow. UTF-8 as RFC 3629 has it; with `loose`, every form that RFC 4975's UTF8-NONASCII lets
/// through: overlong, surrogates, 5 and 6 octets. Linear.
[[nodiscard]] constexpr utf8_scan scan_utf8text(std::string_view text,
                                                bool loose = false) noexcept {
    std::size_t i = 0;
    while (i < text.size()) {
        if (!std::is_constant_evaluated() && text.size() - i >= 8 &&
            detail::are_printable(text.data() + i)) {
            i += 8;
            continue;
        }
        auto const c = static_cast<unsigned char>(text[i]);
        if (c < 0x80) {
            if ((c < 0x20 && c != '\t') || c == 0x7F) return {i, false, true};
            ++i;
            continue;
        }
        std::size_t tail = 0;
        unsigned low = 0x80;  // bounds of the second octet
        unsigned high = 0xBF;
        if (c >= 0xC2 && c <= 0xDF) {
            tail = 1;
        } else if (c >= 0xE0 && c <= 0xEF) {
            tail = 2;
            if (c == 0xE0) low = 0xA0;
            if (c == 0xED) high = 0x9F;
        } else if (c >= 0xF0 && c <= 0xF4) {
            tail = 3;
            if (c == 0xF0) low = 0x90;
            if (c == 0xF4) high = 0x8F;
        }
        if (loose) {
            low = 0x80;
            high = 0xBF;
            if (c >= 0xC0 && c <= 0xC1) tail = 1;
            if (c >= 0xF5 && c <= 0xF7) tail = 3;
            if (c >= 0xF8 && c <= 0xFB) tail = 4;
            if (c >= 0xFC && c <= 0xFD) tail = 5;
        }
        if (tail == 0) return {i, false, true};
        for (std::size_t k = 1; k <= tail; ++k) {
            if (i + k >= text.size()) return {text.size(), false, false};
            auto const d = static_cast<unsigned char>(text[i + k]);
            if (d < (k == 1 ? low : 0x80U) || d > (k == 1 ? high : 0xBFU))
                return {i + k, false, false};
        }
        i += tail + 1;
    }
    return {i, true, true};
}

}  // namespace wire::inline v0
