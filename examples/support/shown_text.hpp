// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// shown_text.hpp - a text of the peer's made fit for a terminal.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <wire/utf8.hpp>

namespace program {

namespace detail {

/// Octets of a character at the beginning that steers a terminal or turns the direction of writing
/// (C1, U+200B to 200F, U+2028 to 202E, U+2060 to 206F); 0: none.
inline std::size_t steering(std::string_view s) {
    auto const at = [&](std::size_t i) { return static_cast<unsigned char>(s[i]); };
    if (s.size() >= 2 && at(0) == 0xC2 && at(1) < 0xA0) return 2;
    if (s.size() < 3 || at(0) != 0xE2) return 0;
    if (at(1) == 0x80 && ((at(2) >= 0x8B && at(2) <= 0x8F) || (at(2) >= 0xA8 && at(2) <= 0xAE)))
        return 3;
    return at(1) == 0x81 && at(2) >= 0xA0 && at(2) <= 0xAF ? 3 : 0;
}

}  // namespace detail

/// The first octets of UTF-8, at most `size` of them; no character is cut.
inline std::string_view first_of(std::string_view text, std::size_t size) {
    auto const is_tail = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80; };
    size = std::min(size, text.size());
    while (size != 0 && size < text.size() && is_tail(text[size])) --size;
    return text.substr(0, size);
}

/// UTF-8 without anything that steers a terminal: a "?" stands in its place. Lines are kept apart,
/// each further one behind `indent`; blank lines at the end go.
inline std::string shown_text(std::string_view text, std::string_view indent = "    ") {
    while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
    std::string out;
    while (!text.empty()) {
        auto const good = text.substr(0, wire::scan_utf8text(text).size);
        for (std::size_t i = 0; i < good.size();) {
            auto const n = detail::steering(good.substr(i));
            out += n != 0 ? '?' : good[i];
            i += n != 0 ? n : 1;
        }
        text.remove_prefix(good.size());
        if (text.empty()) break;
        if (text.starts_with("\r\n")) text.remove_prefix(1);
        if (text.starts_with('\n'))
            out.append("\n").append(indent);
        else
            out += '?';
        text.remove_prefix(1);
    }
    return out;
}

}  // namespace program
