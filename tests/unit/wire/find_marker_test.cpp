// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// find_marker_test.cpp - every kernel against a search octet by octet, on texts made to deceive it.
#include <cstddef>
#include <random>
#include <string>
#include <string_view>

#include <wire/find_marker.hpp>

#include "support/catch.hpp"
#include "support/naive_scan.hpp"
#include "support/octet_blocks.hpp"

namespace {

std::string marker_of(std::string_view id) { return "\r\n-------" + std::string(id); }
constexpr std::string_view long_id = "a786hjs2.kfje+93=x%Zz-0dkd93kdkw";

/// All kernels give the naive search's answer; text and marker end where their heap blocks end.
void agree(std::string_view text, std::string_view marker, std::size_t lead = 0) {
    auto const expected = support::naive_find(text, marker);
    support::exact_copy const t(text, lead);
    support::exact_copy const m(marker);
    for (auto const k : support::available_kernels()) {
        auto const found = wire::find_marker(t.view(), m.view(), k);
        if (found == expected) continue;
        CAPTURE(wire::name_of(k), text.size(), lead, marker, std::string(text));
        REQUIRE(found == expected);
    }
}

std::string repeated(std::string_view piece, std::size_t size) {
    std::string out;
    while (out.size() < size) out += piece;
    out.resize(size);
    return out;
}

}  // namespace

TEST_CASE("find_marker: whole, cut off, absent", "[wire]") {
    auto const m = marker_of("tid1");
    for (auto const k : support::available_kernels()) {
        CAPTURE(wire::name_of(k));
        CHECK(wire::find_marker("", m, k) == 0);
        CHECK(wire::find_marker(m, m, k) == 0);
        CHECK(wire::find_marker("body" + m + "$\r\n", m, k) == 4);
        CHECK(wire::find_marker("body\r\n---", m, k) == 4);    // may become one
        CHECK(wire::find_marker("body\r", m, k) == 4);         // so may this
        CHECK(wire::find_marker("body\r\n---x", m, k) == 10);  // this may not
        CHECK(wire::find_marker("\r\n---" + m, m, k) == 5);    // a CR begins it anew
        CHECK(wire::find_marker(m + m, m, k) == 0);            // the first of two
        CHECK(wire::find_marker("\r" + m + "\r", m, k) == 1);  // whole before cut off
        CHECK(wire::find_marker(std::string(500, '-'), m, k) == 500);
    }
    CHECK(wire::find_marker("body" + m, m) == 4);
}

TEST_CASE("FRM-7.1-8 find_marker: every place, every size, every length of the id", "[wire]") {
    for (std::size_t n : {4U, 5U, 7U, 8U, 13U, 31U, 32U}) {
        auto const m = marker_of(long_id.substr(0, n));
        for (std::size_t size = 0; size <= 300; ++size) {
            // At `at` the marker begins; it may be cut off by the end of the text.
            for (std::size_t at = 0; at <= size; at += size < 100 ? 1U : 3U) {
                auto text = std::string(at, 'x') + m + std::string(size, '\r');
                text.resize(size);
                agree(text, m);
            }
        }
    }
}

TEST_CASE("find_marker: every alignment and size of plain and deceitful texts", "[wire]") {
    auto const m = marker_of(long_id.substr(0, 12));
    for (std::string_view const piece : {"x", "-", "\r\n", "\r\n-", "\r\r\r\r\r\r\r\r--------"}) {
        auto const all = repeated(piece, 300);
        for (std::size_t lead = 0; lead < 64; ++lead)
            for (std::size_t size = 0; size <= 300; size += lead % 8 == 1 ? 1U : 7U)
                agree(std::string_view(all).substr(0, size), m, lead);
    }
}

TEST_CASE("find_marker: every place at every alignment", "[wire]") {
    auto const m = marker_of(long_id.substr(0, 12));
    // Behind the fast path's first and later blocks, and in what is left over.
    for (std::size_t lead = 0; lead < 64; ++lead)
        for (std::size_t at = 0; at < 420; ++at)
            agree(std::string(at, 'x') + m + std::string(430 - at, '-'), m, lead);
}

TEST_CASE("find_marker: near misses in every octet, in any place", "[wire]") {
    for (std::size_t n : {4U, 9U, 32U}) {
        auto const m = marker_of(long_id.substr(0, n));
        for (std::size_t wrong = 0; wrong < m.size(); ++wrong) {
            for (char const c : {'\r', '\n', '-', 'a', '\0', '\xFF'}) {
                if (m[wrong] == c) continue;
                auto miss = m;
                miss[wrong] = c;
                for (std::size_t lead : {0U, 3U, 57U, 120U, 130U}) {
                    agree(std::string(lead, 'x') + repeated(miss, 200), m);
                    agree(std::string(lead, 'x') + repeated(miss, 5 * m.size()) + m + "$\r\n", m);
                }
            }
        }
    }
}

TEST_CASE("find_marker: random octets out of those that matter", "[wire]") {
    std::mt19937 random(20260);
    for (int round = 0; round < 20000; ++round) {
        auto const m = marker_of(long_id.substr(random() % 16, 4 + random() % 13));
        std::string_view const alphabet =
            round % 2 == 0 ? std::string_view("\r\n-a7") : std::string_view("\r-");
        std::string text(random() % 700, 'x');
        for (char& c : text) c = alphabet[random() % alphabet.size()];
        // Beginnings of the marker, and at times all of it.
        for (auto i = random() % 6; i != 0 && text.size() > 50; --i) {
            auto const piece = m.substr(0, 1 + random() % m.size());
            text.replace(random() % (text.size() - piece.size() + 1), piece.size(), piece);
        }
        agree(text, m, random() % 64);
    }
}

TEST_CASE("find_marker: long bodies, with the marker behind them", "[wire]") {
    auto const m = marker_of(long_id);
    auto miss = m;
    miss.back() = '!';
    for (auto const& piece : {std::string("-"), std::string("\r\n"), std::string("\r\n-"), miss}) {
        auto const body = repeated(piece, 100'003);
        for (auto const k : support::available_kernels()) {
            CAPTURE(wire::name_of(k), piece);
            auto const expected = support::naive_find(body, m);
            CHECK(wire::find_marker(body, m, k) == expected);
            CHECK(wire::find_marker(body + "x" + m, m, k) == body.size() + 1);
        }
    }
}

#if defined(MSRPKIT_TEST_GUARD_PAGES)
TEST_CASE("find_marker: reads nothing beyond a page's ends", "[wire]") {
    support::guarded_pages pages;
    auto const m = marker_of("tid0");
    for (std::size_t size = 0; size <= 400; ++size) {
        std::string const bodies[] = {std::string(size, 'x'), repeated("\r\n-", size),
                                      repeated(m.substr(0, m.size() - 1) + "x", size)};
        for (auto const& body : bodies) {
            auto const expected = support::naive_find(body, m);
            for (auto const k : support::available_kernels()) {
                CAPTURE(wire::name_of(k), size);
                if (wire::find_marker(pages.first(body), m, k) != expected) FAIL("first");
                if (wire::find_marker(pages.last(body), m, k) != expected) FAIL("last");
            }
        }
    }
}
#endif
