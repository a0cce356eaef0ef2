// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// kernels.cpp - every scan kernel of layer wire against a search octet by octet.
//
// An input: an octet for the length of the id, one for the size of the array and how octets are
// read, one for the cuts, then the text. Where the second octet says so, an octet from 0xD0 on
// stands for a beginning of the marker, so that near misses are cheap to find.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include <wire/find_marker.hpp>
#include <wire/line_index.hpp>

#include "support/naive_scan.hpp"
#include "support/octet_blocks.hpp"

namespace {

std::vector<wire::kernel> const& kernels() {
    static auto const all = support::available_kernels();
    return all;
}

void demand(bool condition, char const* what, wire::kernel k) {
    if (condition) return;
    std::fprintf(stderr, "%s: %s\n", std::string(wire::name_of(k)).c_str(), what);
    std::abort();
}

void find(std::string_view text, std::string_view marker) {
    support::exact_copy const t(text);
    support::exact_copy const m(marker);
    auto const expected = support::naive_find(text, marker);
    for (auto const k : kernels())
        demand(wire::find_marker(t.view(), m.view(), k) == expected, "find_marker", k);
}

/// What all of the text has to say, known at once or bit by bit.
void index(std::string_view text, std::size_t step, std::size_t capacity) {
    auto const expected = support::naive_index(text, capacity);
    // The elements of each array end where its part of the heap block ends: a guard is behind it.
    constexpr std::uint32_t guard = 0xABADCAFE;
    std::size_t const width = capacity + 1;
    support::exact_array<std::uint32_t> ends(kernels().size() * width);
    std::array<wire::line_index, std::size(wire::all_kernels)> indexes{};
    for (std::size_t i = 0; i < kernels().size(); ++i) ends.data()[i * width + capacity] = guard;
    for (std::size_t known = step;; known += step) {
        support::exact_copy const piece(text.substr(0, known));
        for (std::size_t i = 0; i < kernels().size(); ++i)
            wire::index_lines(indexes[i], piece.view(), ends.data() + i * width, capacity,
                              kernels()[i]);
        if (known >= text.size()) break;
    }
    for (std::size_t i = 0; i < kernels().size(); ++i) {
        auto const* const seen = ends.data() + i * width;
        demand(support::same(indexes[i], expected.index), "index_lines", kernels()[i]);
        demand(
            std::equal(expected.ends.begin(), expected.ends.end(), seen) && seen[capacity] == guard,
            "index_lines, ends", kernels()[i]);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    if (size < 3) return 0;
    constexpr std::string_view id = "a786hjs2.kfje+93=x%Zz-0dkd93kdkw";
    auto const marker = "\r\n-------" + std::string(id.substr(0, 4 + data[0] % 29));
    std::size_t const capacity = data[1] % 64;
    bool const expand = (data[1] & 64) != 0;
    std::string text;
    text.reserve(1000);
    for (auto const c : std::string_view(reinterpret_cast<char const*>(data) + 3, size - 3)) {
        auto const octet = static_cast<unsigned char>(c);
        if (expand && octet >= 0xD0) {
            text += marker.substr(0, octet - 0xD0U);
        } else {
            text += c;
        }
        if (text.size() > 400) break;
    }
    find(text, marker);
    // At once, or in at most eight pieces.
    index(text,
          data[2] == 0 ? text.size() + 1 : std::max<std::size_t>(data[2], text.size() / 8 + 1),
          capacity);
    return 0;
}
