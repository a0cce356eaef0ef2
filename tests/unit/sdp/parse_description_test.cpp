// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// parse_description_test.cpp - sdp/parse_description.hpp: the X3 grammar says what sdp::parse says.
#include <sdp/parse_description.hpp>

#include <string>
#include <string_view>

#include <sdp/parser.hpp>

#include "support/catch.hpp"

namespace {

constexpr std::string_view whole =
    "v=0\r\no=u 12 9 IN IP6 2001:db8::5\r\ns=n\r\ni=w\r\nu=h:/%20?q\r\ne=a@h\r\np=+1 2\r\n"
    "c=IN IP6 2001:db8::5\r\nb=CT:12\r\nt=3900000000 0\r\nr=7d 1h 0 25h\n"
    "z=3900000001 -1h 3900000002 0\r\nt=0 0\r\nk=x\r\na=t:x y\r\nm=v 50/2 RTP/AVP 31 96\r\ni=t\r\n"
    "c=IN IP4 233.252.0.9/127\r\nc=IN IP4 h\r\nb=AS:64\r\nk=\r\na=r\r\nm=a 0 b *\r\n";

void same(std::string_view text) {
    auto const hand = sdp::parse(text);
    auto const grammar = sdp::parse_description(text);
    CAPTURE(std::string(text));
    REQUIRE(hand.has_value() == grammar.has_value());
    if (!hand) {
        REQUIRE(hand.error().offset == grammar.error().offset);
        REQUIRE(grammar.error().code == sdp::error::not_in_grammar);
        return;
    }
    REQUIRE(hand->origin() == grammar->origin());
    REQUIRE(hand->session_name() == grammar->session_name());
    REQUIRE(hand->media_count() == grammar->media_count());
    REQUIRE(hand->session_lines().text().size() == grammar->session_lines().text().size());
    for (std::size_t i = 0; i < hand->media_count(); ++i)
        REQUIRE(hand->media(i)->line_number() == grammar->media(i)->line_number());
}

}  // namespace

TEST_CASE("SDP-8866-1 both readers agree on every prefix of a description") {
    REQUIRE(sdp::parse(whole));
    for (std::size_t n = 0; n <= whole.size(); ++n) same(whole.substr(0, n));
}

TEST_CASE("SDP-8866-1 both readers agree with any octet changed or left out") {
    std::string text(whole);
    for (std::size_t i = 0; i < text.size(); ++i) {
        for (char const c : {'\0', '\r', '\n', ' ', '0', 'a', 'm', ':', '/', '=', '\xFF'}) {
            text[i] = c;
            same(text);
        }
        text = whole;
        text.erase(i, 1);
        same(text);
        text = whole;
    }
}

TEST_CASE("SDP-8866-1 both readers agree with any line left out or doubled") {
    for (std::size_t at = 0; at < whole.size();) {
        auto const end = whole.find('\n', at) + 1;
        std::string text(whole);
        same(text.erase(at, end - at));
        text = whole;
        same(text.insert(at, whole.substr(at, end - at)));
        at = end;
    }
}

TEST_CASE("T26 the grammar keeps the limits") {
    auto const code = [](std::string_view text, sdp::limits const& limit) {
        return sdp::parse_description(text, limit).error().code;
    };
    auto const limits = [](std::size_t sdp::limits::* name, std::size_t value) {
        sdp::limits l;
        l.*name = value;
        return l;
    };
    CHECK(code(whole, {}) == std::error_code{});
    CHECK(code(whole, limits(&sdp::limits::max_text, whole.size())) == std::error_code{});
    CHECK(code(whole, limits(&sdp::limits::max_text, whole.size() - 1)) ==
          sdp::error::text_too_long);
    CHECK(code(whole, limits(&sdp::limits::max_lines, 23)) == std::error_code{});
    CHECK(code(whole, limits(&sdp::limits::max_lines, 22)) == sdp::error::too_many_lines);
    CHECK(code(whole, limits(&sdp::limits::max_line, 31)) == std::error_code{});
    CHECK(code(whole, limits(&sdp::limits::max_line, 28)) == sdp::error::line_too_long);
    CHECK(code(whole, limits(&sdp::limits::max_media, 2)) == std::error_code{});
    CHECK(code(whole, limits(&sdp::limits::max_media, 1)) == sdp::error::too_many_media);
}
