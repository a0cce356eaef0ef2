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
    sdp::description_writer first;
    first.media("a b", 1, "c", "d").attribute("");
    CHECK(first.lines().error().field == "m=");  // the first one counts
    sdp::description_writer unordered;
    unordered.unbounded_time();
    CHECK(unordered.finish().error().code == sdp::error::misplaced_line);
}

TEST_CASE("T8 no field that is written becomes several") {
    using namespace std::string_view_literals;
    // o= six fields, the name of s=, c=, of m= media proto formats, a=name, a=name:value.
    using fields = std::array<std::string, 13>;
    fields const plain{"-",           "1", "2",   "IN",  "IP4", "h.example", "-",
                       "2001:db8::5", "m", "p/q", "* x", "n",   "v"};
    auto const written = [](fields const& f) {
        sdp::description_writer out;
        out.session({f[0], f[1], f[2], f[3], f[4], f[5]}, f[6])
            .connection(f[7])
            .unbounded_time()
            .media(f[8], 7000, f[9], f[10])
            .attribute(f[11])
            .attribute(f[11], f[12]);
        return out.finish();
    };
    CHECK(written(plain));
    constexpr std::array<std::string_view, 13> line{
        "o=", "o=", "o=", "o=", "o=", "o=", "s=", "c=", "m=", "m=", "m=", "a=", "a="};
    // What each may hold of these; everything else is refused, wherever it stands.
    auto const separators = "\0\r\n\t /:;,=[]()<>@?\\\"\x7F\x80"sv;
    constexpr auto visible = "/:;,=[]()<>@?\\\"\x80"sv;
    constexpr auto text = "\t /:;,=[]()<>@?\\\"\x7F\x80"sv;
    std::array<std::string_view, 13> const allowed{visible, "", "",  "",  "", "",  text,
                                                   "",      "", "/", " ", "", text};
    for (std::size_t i = 0; i < plain.size(); ++i) {
        fields empty = plain;
        empty[i].clear();
        CHECK(written(empty).error().code == sdp::error::illegal_value);
        CHECK(written(empty).error().field == line[i]);
        for (char const c : separators) {
            CAPTURE(i, static_cast<int>(c));
            auto const& old = plain[i];
            fields inside = plain;
            inside[i] = old + c + old;
            // "2001:db8::5/2001..." and the like are no addresses, but ":" in one may be.
            bool const good = allowed[i].find(c) != std::string_view::npos;
            auto const d = written(inside);
            CHECK(bool(d) == good);
            if (d) {
                auto const v = d->view();
                auto const m = *v.media(0);
                CHECK(v.origin().username == inside[0]);
                CHECK(v.session_name() == inside[6]);
                CHECK(m.proto() == inside[9]);
                CHECK(m.formats() == inside[10]);
                CHECK((*++m.attributes().begin()).value == inside[12]);
            } else {
                CHECK(d.error().code == sdp::error::illegal_value);
                CHECK(d.error().field == line[i]);
            }
            if (i == 6 || i == 12 || good) continue;
            for (auto const& at_an_end : {c + old, old + c}) {
                fields f = plain;
                f[i] = at_an_end;
                CHECK(written(f).error().code == sdp::error::illegal_value);
                CHECK(written(f).error().field == line[i]);
            }
        }
    }
    auto const field = [](auto&& write) {
        sdp::description_writer out;
        write(out);
        return out.lines() ? std::string_view("good") : out.lines().error().field;
    };
    CHECK(field([](auto& w) { w.media("audio 1 X", 7000, "TCP", "*"); }) == "m=");
    CHECK(field([](auto& w) { w.media("audio", 1, "TCP/MSRP 5", "*"); }) == "m=");
    CHECK(field([](auto& w) { w.media("audio", 1, "TCP//MSRP", "*"); }) == "m=");
    CHECK(field([](auto& w) { w.media("audio", 1, "TCP/", "*"); }) == "m=");
    CHECK(field([](auto& w) { w.media("audio", 1, "TCP", "*  5"); }) == "m=");
    CHECK(field([](auto& w) { w.media("audio", 1, "TCP", "5 "); }) == "m=");
    CHECK(field([](auto& w) { w.attribute("path:x"); }) == "a=");
    CHECK(field([](auto& w) { w.line('a', {"x", ":"}); }) == "a=");
    CHECK(field([](auto& w) { w.line('a', {"x", ":", "y"}); }) == "good");
}

TEST_CASE("SDP-8866-1 addresses are written without brackets") {
    auto const good = [](auto&& write) {
        sdp::description_writer out;
        write(out);
        return bool(out.lines());
    };
    auto const origin = [&](std::string_view type, std::string_view address) {
        return good([&](auto& w) { w.session({"-", "1", "1", "IN", type, address}); });
    };
    auto const connection = [&](std::string_view address) {
        return good([&](auto& w) { w.connection(address); });
    };
    CHECK(origin("IP6", "2001:db8::5"));
    CHECK(origin("IP6", "h.example"));
    CHECK(origin("IP4", "192.0.2.5"));
    CHECK_FALSE(origin("IP6", "[2001:db8::5]"));
    CHECK_FALSE(origin("IP4", "[2001:db8::5]"));
    CHECK_FALSE(origin("IP4", "2001:db8::5"));
    CHECK_FALSE(origin("IP6", "192.0.2.5"));
    CHECK_FALSE(origin("IP4", "233.252.0.1/127"));  // unicast-address
    CHECK_FALSE(origin("IP4", "h:1"));
    CHECK(connection("2001:db8::5"));
    CHECK(connection("ff15::101/3"));
    CHECK_FALSE(connection("[2001:db8::5]"));
    CHECK_FALSE(connection("h:1"));
    CHECK_FALSE(good([](auto& w) { w.line('c', {"IN IP4 [2001:db8::5]"}); }));
    CHECK_FALSE(good([](auto& w) { w.line('o', {"- 1 1 IN IP6 [::1]"}); }));
    CHECK(good([](auto& w) { w.line('c', {"TN RFC2543 [::1]"}); }));
}

TEST_CASE("SDP-3264-2 the numbers of o= that are written fit a signed number of 64 bits") {
    auto const good = [](std::string_view id, std::string_view version) {
        sdp::description_writer out;
        out.session({"-", id, version, "IN", "IP4", "h"});
        return bool(out.lines());
    };
    CHECK(good("0", "9223372036854775807"));
    CHECK(good("0009223372036854775807", "00000000000000000000000"));
    for (auto const* bad : {"9223372036854775808", "18446744073709551615", "10000000000000000000",
                            "", "-1", "+1", "1x"}) {
        CHECK_FALSE(good(bad, "1"));
        CHECK_FALSE(good("1", bad));
    }
}
