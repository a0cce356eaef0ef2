// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// naive_scan.hpp - the scans of layer wire, octet by octet as their documentation says: a
// reference.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include <wire/line_index.hpp>

namespace support {

/// The documented result of `wire::find_marker`.
inline std::size_t naive_find(std::string_view text, std::string_view marker) {
    auto const first = [&](auto&& good) {
        for (std::size_t i = 0; i < text.size(); ++i)
            if (text[i] == marker[0] && good(text.substr(i))) return i;
        return text.size();
    };
    auto const whole = first([&](std::string_view rest) { return rest.starts_with(marker); });
    if (whole != text.size()) return whole;
    return first([&](std::string_view rest) { return marker.starts_with(rest); });
}

struct naive_lines {
    wire::line_index index{};
    std::vector<std::uint32_t> ends{};
};

/// The documented result of one call of `wire::index_lines` with an index that is `{}`.
inline naive_lines naive_index(std::string_view text, std::size_t capacity) {
    naive_lines out;
    auto& index = out.index;
    out.ends.reserve(std::min(capacity, text.size()));
    // Whether a line that ends the head begins at `at`.
    auto const closing = [&](std::size_t at) {
        return at != 0 && at < text.size() && text[at - 1] == '\n' &&
               (text[at] == '\r' || text[at] == '-');
    };
    while (index.scanned < text.size() && out.ends.size() < capacity && !closing(index.scanned)) {
        if (text[index.scanned] == '\n')
            out.ends.push_back(static_cast<std::uint32_t>(index.scanned));
        ++index.scanned;
    }
    index.count = out.ends.size();
    index.ended = closing(index.scanned);
    for (std::size_t i = 0; i < index.scanned; ++i) {
        auto const c = static_cast<unsigned char>(text[i]);
        if (c == '\n' && (i == 0 || text[i - 1] != '\r')) index.stray = true;
        if (c == '\r' && i + 1 < index.scanned && text[i + 1] != '\n') index.stray = true;
        if ((c < 0x20 && c != '\t' && c != '\r' && c != '\n') || c == 0x7F) index.stray = true;
        if (c >= 0x80) index.high = true;
    }
    return out;
}

inline bool same(wire::line_index const& a, wire::line_index const& b) {
    return a.scanned == b.scanned && a.count == b.count && a.stray == b.stray && a.high == b.high &&
           a.ended == b.ended;
}

}  // namespace support
