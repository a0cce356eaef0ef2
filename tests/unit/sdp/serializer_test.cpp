// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// serializer_test.cpp - sdp/serializer.hpp: octets as read, CRLF form, the writer and its refusals.
#include <sdp/serializer.hpp>

#include <array>
#include <string>
#include <string_view>

#include <sdp/parser.hpp>

#include "support/catch.hpp"

namespace {
constexpr std::string_view mixed =
    "v=0\no=- 1 1 IN IP4 h\r\ns=-\nc=IN IP4 h\r\nt=0 0\nm=a 9 b c\r\na=x: y \n";
}

TEST_CASE("a description is written back octet by octet") {
    std::array<char, 256> memory;
    auto const n = sdp::serialize(*sdp::parse(mixed), memory);
    REQUIRE(n);
    CHECK(std::string_view(memory.data(), *n) == mixed);
    auto const small = sdp::serialize(*sdp::parse(mixed), std::span(memory).first(10));
    CHECK(small.error().code == sdp::error::buffer_too_small);
    CHECK(small.error().offset == mixed.size());
}

TEST_CASE("SDP-8866-1 CRLF out") {
    std::array<char, 256> memory;
    auto const n = sdp::serialize(*sdp::parse(mixed), memory, sdp::line_ends::crlf);
    std::string want(mixed);
    for (std::size_t at = 0; (at = want.find('\n', at)) != std::string::npos; at += 2)
        if (want[at - 1] != '\r')
            want.insert(at, 1, '\r');  // not "\r": g++ 12 -O2 warns of nothing
        else
            --at;
    CHECK(std::string_view(memory.data(), *n) == want);
}

TEST_CASE("the writer makes a description line by line") {
    sdp::description_writer out;
    out.session({"-", "5", "6", "IN", "IP6", "2001:db8::1"})
        .connection("2001:db8::1")
        .unbounded_time()
        .attribute("tool", "t: 1")
        .media("message", 9, "TCP/MSRP", "*")
        .attribute("msrp-cema");
    auto const d = out.finish();
    REQUIRE(d);
    CHECK(d->text() ==
          "v=0\r\no=- 5 6 IN IP6 2001:db8::1\r\ns=-\r\nc=IN IP6 2001:db8::1\r\nt=0 0\r\n"
          "a=tool:t: 1\r\nm=message 9 TCP/MSRP *\r\na=msrp-cema\r\n");
}

TEST_CASE("T8 the writer refuses what a line may not hold, and stays refused") {
    using namespace std::string_view_literals;
    struct row {
        void (*write)(sdp::description_writer&);
        std::string_view field;
    };
    for (auto const& [write, field] :
         {row{[](auto& w) { w.session({"a b", "1", "1", "IN", "IP4", "h"}); }, "o="},
          row{[](auto& w) { w.session({"-", "x", "1", "IN", "IP4", "h"}); }, "o="},
          row{[](auto& w) { w.session({"-", "1", "1", "IN", "IP4", "h"}, "a\r\nm=x"); }, "s="},
          row{[](auto& w) { w.connection("h\r\na=x"); }, "c="},
          row{[](auto& w) { w.attribute("x", "a\0b"sv); }, "a="},
          row{[](auto& w) { w.attribute("x", "a\nb"); }, "a="},
          row{[](auto& w) { w.attribute("x", ""); }, "a="},
          row{[](auto& w) { w.attribute("x y", "z"); }, "a="},
          row{[](auto& w) { w.media("message", 1, "TCP MSRP", ""); }, "m="},
          row{[](auto& w) { w.line('q', {"x"}); }, ""}}) {
        sdp::description_writer out;
        write(out);
        CHECK(out.lines().error().code == sdp::error::illegal_value);
        CHECK(out.lines().error().field == field);
        out.attribute("good");
        CHECK(out.finish().error().code == sdp::error::illegal_value);
        CHECK(out.finish().error().field == field);
    }
    sdp::description_writer unordered;
    unordered.unbounded_time();
    CHECK(unordered.finish().error().code == sdp::error::misplaced_line);
}
