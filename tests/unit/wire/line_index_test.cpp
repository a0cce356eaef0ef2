// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// line_index_test.cpp - every kernel against an index made octet by octet, whole and in pieces.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <wire/line_index.hpp>

#include "support/catch.hpp"
#include "support/naive_scan.hpp"
#include "support/octet_blocks.hpp"

namespace {

std::string const head =
    "MSRP f2a9 SEND\r\nTo-Path: msrp://ann.example.org:9321/bar7;tcp\r\n"
    "From-Path: msrp://bob.example.net:8145/foo9;tcp\r\nMessage-ID: 4711-x\r\n"
    "Byte-Range: 1-5/5\r\nSuccess-Report: yes\r\nContent-Type: text/plain\r\n";
std::string const body = "\r\n\xE2\x82\xAC\x01\r\r\n\n-------f2a9$\r\n";

struct outcome {
    wire::line_index index{};
    std::vector<std::uint32_t> ends{};
};

/// An index over pieces: `cuts` are the sizes of what is known, growing. The array is exactly as
/// large as is said, and each text a heap block of its own.
outcome indexed(std::string_view text, std::vector<std::size_t> const& cuts, std::size_t capacity,
                wire::kernel k, std::size_t lead = 0) {
    outcome out;
    support::exact_array<std::uint32_t> ends(capacity);
    for (auto const cut : cuts) {
        support::exact_copy const known(text.substr(0, cut), lead);
        wire::index_lines(out.index, known.view(), ends.data(), capacity, k);
    }
    out.ends.assign(ends.data(), ends.data() + out.index.count);
    return out;
}

void agree(std::string_view text, std::vector<std::size_t> const& cuts, std::size_t capacity,
           std::size_t lead = 0) {
    auto const expected = support::naive_index(text.substr(0, cuts.back()), capacity);
    for (auto const k : support::available_kernels()) {
        auto const seen = indexed(text, cuts, capacity, k, lead);
        if (support::same(seen.index, expected.index) && seen.ends == expected.ends) continue;
        auto const& got = seen.index;
        CAPTURE(wire::name_of(k), cuts, capacity, lead, std::string(text), got.stray, got.high,
                got.ended);
        REQUIRE(got.scanned == expected.index.scanned);
        REQUIRE(seen.ends == expected.ends);
        REQUIRE(support::same(got, expected.index));
        FAIL("same, yet not the same");
    }
}

/// Octets that matter, more or less like a head.
std::string random_text(std::mt19937& random, std::size_t size, unsigned kind) {
    constexpr std::string_view odd{"\r\n-\t\0\x1F\x20\x7F\x80\xFF~a", 12};
    std::string text(size, 'x');
    for (char& c : text) {
        if (kind == 0) c = odd[random() % odd.size()];
        if (kind == 1) c = static_cast<char>(' ' + random() % 95);
        if (kind == 2 && random() % 50 == 0) c = odd[random() % odd.size()];
        if (kind == 3) c = "\r\nx"[random() % 3];
    }
    if (kind == 1 || kind == 2)
        for (std::size_t at = random() % 40; at + 2 < size; at += 2 + random() % 70) {
            text[at] = '\r';
            text[at + 1] = '\n';
        }
    return text;
}

}  // namespace

TEST_CASE("line_index: the lines of a head, and nothing of what follows", "[wire]") {
    for (auto const k : support::available_kernels()) {
        CAPTURE(wire::name_of(k));
        for (auto const& rest : {body, std::string("-------f2a9$\r\n")}) {
            auto const text = head + rest;
            auto const seen = indexed(text, {text.size()}, 64, k);
            CHECK(seen.index.ended);
            CHECK(seen.index.scanned == head.size());
            CHECK(seen.index.count == 7);
            CHECK_FALSE(seen.index.stray);
            CHECK_FALSE(seen.index.high);
            CHECK(seen.ends.front() == 15);
            CHECK(seen.ends.back() == head.size() - 1);
        }
        // Unknown yet whether the head ends: its last LF is the last octet.
        auto const open = indexed(head, {head.size()}, 64, k);
        CHECK_FALSE(open.index.ended);
        CHECK(open.index.scanned == head.size());
        CHECK(open.index.count == 7);
    }
    std::uint32_t ends[8];
    wire::line_index index;
    wire::index_lines(index, head + body, ends, 8);
    CHECK((index.ended && index.count == 7));
}

TEST_CASE("line_index: what is stray and what is high", "[wire]") {
    struct sample {
        std::string_view text;
        bool stray;
        bool high;
    };
    using namespace std::string_view_literals;
    for (std::size_t lead = 0; lead < 130; ++lead) {
        for (auto const& s :
             {sample{"a\r\nb"sv, false, false}, sample{"a\nb"sv, true, false},
              sample{"a\rb"sv, true, false}, sample{"a\r\r\nb"sv, true, false},
              sample{"a\tb"sv, false, false}, sample{"a\0b"sv, true, false},
              sample{"a\x1F"sv, true, false}, sample{"a\x7F"sv, true, false},
              sample{"a\x80"sv, false, true}, sample{"\xFF\r\n"sv, false, true},
              sample{"a\r"sv, false, false}, sample{"\r\n\r\n\x80\x01"sv, false, false},
              sample{"\r\n-\n\x80"sv, false, false}, sample{"~ !"sv, false, false}}) {
            auto const text = std::string(lead, 'x') + std::string(s.text);
            for (auto const k : support::available_kernels()) {
                auto const seen = indexed(text, {text.size()}, 8, k);
                CAPTURE(wire::name_of(k), lead, std::string(s.text));
                if (seen.index.stray != s.stray) FAIL("stray");
                if (seen.index.high != s.high) FAIL("high");
            }
        }
    }
}

TEST_CASE("line_index: every octet in every place of a block", "[wire]") {
    for (unsigned octet = 0; octet < 256; ++octet) {
        for (std::size_t at = 0; at < 140; ++at) {
            std::string text(140, 'x');
            text[at] = static_cast<char>(octet);
            agree(text, {text.size()}, 8);
        }
    }
}

TEST_CASE("line_index: every size, alignment and split of a head", "[wire]") {
    auto const text = head + body;
    for (std::size_t size = 0; size <= text.size(); ++size) {
        agree(text, {size}, 64, size % 64);
        agree(text, {size, text.size()}, 64, size % 64);
        agree(text, {size / 2, size, text.size(), text.size()}, 64);
    }
    std::vector<std::size_t> each;
    for (std::size_t size = 0; size <= text.size(); ++size) each.push_back(size);
    agree(text, each, 64);
    for (std::size_t lead = 0; lead < 64; ++lead) agree(text, {text.size()}, 64, lead);
}

TEST_CASE("line_index: a full array stops it; it goes on with another", "[wire]") {
    auto const text = head + body;
    for (std::size_t capacity = 0; capacity <= 8; ++capacity) agree(text, {text.size()}, capacity);
    agree(std::string(300, '\n'), {300}, 7);
    for (auto const k : support::available_kernels()) {
        CAPTURE(wire::name_of(k));
        for (std::size_t capacity = 1; capacity <= 6; ++capacity) {
            wire::line_index index;
            std::vector<std::uint32_t> all;
            support::exact_array<std::uint32_t> ends(capacity);
            for (int rounds = 0; !index.ended && rounds < 10; ++rounds) {
                wire::index_lines(index, text, ends.data(), capacity, k);
                all.insert(all.end(), ends.data(), ends.data() + index.count);
                CHECK(index.ended == (index.scanned == head.size()));
                index.count = 0;
            }
            CHECK(all == support::naive_index(text, 64).ends);
            CHECK_FALSE((index.stray || index.high));
        }
    }
}

TEST_CASE("line_index: random texts, whole and in pieces", "[wire]") {
    std::mt19937 random(4976);
    for (unsigned round = 0; round < 30000; ++round) {
        auto const text = random_text(random, random() % 400, round % 4);
        std::vector<std::size_t> cuts;
        for (auto i = random() % 5; i != 0; --i) cuts.push_back(random() % (text.size() + 1));
        cuts.push_back(text.size());
        std::sort(cuts.begin(), cuts.end());
        agree(text, cuts, random() % 3 == 0 ? random() % 12 : 64, random() % 64);
    }
}

#if defined(MSRPKIT_TEST_GUARD_PAGES)
TEST_CASE("line_index: reads nothing beyond a page's ends", "[wire]") {
    support::guarded_pages pages;
    std::mt19937 random(7);
    for (std::size_t size = 0; size <= 400; ++size) {
        auto const text = random_text(random, size, size % 4);
        auto const expected = support::naive_index(text, 64);
        for (auto const k : support::available_kernels()) {
            CAPTURE(wire::name_of(k), size);
            std::uint32_t ends[64];
            wire::line_index first;
            wire::index_lines(first, pages.first(text), ends, 64, k);
            if (!support::same(first, expected.index)) FAIL("first");
            wire::line_index last;
            wire::index_lines(last, pages.last(text), ends, 64, k);
            if (!support::same(last, expected.index)) FAIL("last");
        }
    }
}
#endif
