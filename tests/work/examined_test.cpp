// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// examined_test.cpp - how many octets the parsers look at: at most twice those fed, and one vector
// for each piece. A program of its own, since it defines the hook.
#include "work/examined.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <msrp/chunk_parser.hpp>
#include <msrp/chunk_puller.hpp>
#include <msrp/message.hpp>

#include "support/catch.hpp"

namespace {

constexpr std::uint64_t vector_size = 64;

/// By default, and with all that makes the readers look elsewhere.
std::vector<msrp::leniency> leniencies() {
    msrp::leniency all{.several_blanks = true,
                       .stray_crlf = true,
                       .body_in_response = true,
                       .empty_body_without_crlf = true,
                       .fail_at_end_line_without_crlf = true,
                       .ipv6_without_brackets = true,
                       .loose_utf8 = true};
    return {msrp::strict, {.fail_at_end_line_without_crlf = true}, all};
}

std::string head(std::string_view start, std::string_view to, std::string_view from) {
    return std::string(start) + "\r\nTo-Path: " + std::string(to) +
           "\r\nFrom-Path: " + std::string(from) + "\r\n";
}

/// Heads with every kind of host, bodies of every kind, and streams that break.
std::vector<std::string> streams() {
    std::vector<std::string> all;
    std::vector<std::string> const uris = {
        "msrp://a.example:1/x;tcp",
        "msrps://us;er:x@[2001:db8::192.0.2.7]:65535/abcdefghijklmnop/q;tcp;p=1;q",
        "msrp://192.0.2.77:9/x;tcp",
        "msrp://h%41h.example;ws;x=y",
        "msrp://2001:db8:1:2:3:4:5:6:2855/s;tcp",
        "msrp://u@::192.0.2.1:9;tcp;a=b",
        "msrp://[1:2:3:4:5:6:7:8]:2855;tcp msrps://[::1]:1/s;tcp msrp://10.20.30.40:5/t;tcp"};
    std::string many;
    for (auto const& to : uris) {
        for (auto const& from : uris) {
            auto const h = head("MSRP tid.1 SEND", to, from);
            std::string fields =
                "Message-ID: abcd.efgh\r\nByte-Range: 1-*/18446744073709551615\r\n"
                "Success-Report: yes\r\nFailure-Report: partial\r\nX-Unknown: \xC3\xA4\r\n"
                "Content-Disposition: render\r\nContent-Foo: bar\r\nA: \r\n";
            all.push_back(h + fields +
                          "Content-Type: text/plain\r\n\r\nhello\r\n-------tid.1$\r\n");
            all.push_back(h + "-------tid.1$\r\n");
            many += all.back() + all[all.size() - 2];
        }
    }
    all.push_back(many);
    auto const h = head("MSRP tid.1 SEND", uris[0], uris[0]) + "Content-Type: a/b\r\n\r\n";
    auto const body = [&](std::string const& octets) {
        all.push_back(h + octets + "\r\n-------tid.1$\r\n");
    };
    auto const times = [](std::string_view text, std::size_t n) {
        std::string out;
        while (n-- != 0) out += text;
        return out;
    };
    body(std::string(5000, 'x'));
    body(std::string(5000, '-'));
    body(times("\r\n", 2500));
    body(times("\r", 5000));
    body(times("\r\n-", 2000));
    body(times("\r\n-------tid.", 500));
    body(times("\r\n-------tid.1$\r", 300));
    all.push_back(head("MSRP tid.1 200 OK", uris[1], uris[2]) + "-------tid.1$\r\n");
    // Long paths of URIs that no short cut knows, and of those that it does; and wrong ones.
    for (std::string const uri :
         {"msrp://host.example.org:2855/s;tcp;a=b", "msrp://10.0.0.1:1/s;tcp;a",
          "msrp://1234567@h:1/s;tcp", "msrp://h:1/s;ws", "msrp://a;b/s;tcp", "msrp://::1:9/s;tcp",
          "msrp://2001:db8:1:2:3:4:5:6:2855;tcp", "msrp://dead:1/s;tcp",
          "msrp://2001:db8:1:2:3:4:5:6:7;tcp:x@h:1/s;tcp",
          "msrp://host.example.org:2855/session;tcp", "msrp://[::1]:9/s;tcp"}) {
        std::string path = uri;
        for (int i = 1; i < 60; ++i) path += ' ' + uri;
        std::string several;
        for (int i = 0; i < 50; ++i)
            several += head("MSRP tid.1 SEND", uri, uri) + "-------tid.1$\r\n";
        all.push_back(several);
        all.push_back(head("MSRP tid.1 SEND", path, path) + "-------tid.1$\r\n");
        all.push_back(head("MSRP tid.1 SEND", path + " x", path) + "-------tid.1$\r\n");
        all.push_back(head("MSRP tid.1 SEND", path + " " + path, path) + "-------tid.1$\r\n");
    }
    std::string const good = head("MSRP tid.1 SEND", uris[0], uris[0]);
    all.push_back(good + std::string(8000, 'x') + "\r\n-------tid.1$\r\n");
    all.push_back(good + "X: " + std::string(4000, 'x') + "\xFF\r\n-------tid.1$\r\n");
    all.push_back(good + "X: " + std::string(4000, 'x') + "\x01\r\n-------tid.1$\r\n");
    all.push_back("MSRP tid.1 200 " + std::string(1000, 'x') + "\x01\r\n");
    all.push_back("MSRP tid.1 " + std::string(1000, 'X') + "x\r\n");
    all.push_back("MSRP tid.1 " + std::string(1000, 'X') + "\r\n" + good.substr(17) +
                  "-------tid.1$\r\n");
    all.push_back("MSRP tid.1 SEND\r\nTo-Path: msrp://[1::2::3]:1/x;tcp\r\n");
    // A CR in the midst of a line of every kind, or none before its LF.
    std::string const far(7000, 'x');
    for (std::string const lost : {"\ry\r\n", "\n", "\r\r\n", "\ry"}) {
        all.push_back("MSRP tid.1 200 " + far.substr(0, 900) + lost);
        all.push_back("MSRP tid.1 " + std::string(900, 'X') + lost);
        all.push_back("MSRP tid.1 SEND\r\nTo-Path: msrp://h:1/" + far + ";tcp" + lost);
        all.push_back("MSRP tid.1 SEND\r\nTo-Path: msrp://h:1/s;tcp;p=" + far + lost);
        all.push_back("MSRP tid.1 SEND\r\nTo-Path: msrp://" + far + ":99999;tcp" + lost);
        all.push_back(good + "X: " + far + lost);
        all.push_back(good + far + lost);
        all.push_back(good + "-------tid.1$" + lost);
    }
    // Ports that may turn out to be none, as far as the line is known.
    all.push_back("MSRP tid.1 SEND\r\nTo-Path: msrp://h:99999;tcp" + std::string(8300, 'x'));
    all.push_back("MSRP tid.1 SEND\r\nTo-Path: msrp://u@1.2.3.4;tcp" + std::string(8300, 'x'));
    all.push_back("MSRP tid.1 SEND\r\nTo-Path: msrp://h:99999;tcp;" + std::string(8300, ';'));
    // Small messages in which the short cuts fail.
    for (std::string const start : {"MSRP abcd FOO", "MSRP abcd 200", "MSRP a.b.c.d SEND"}) {
        for (std::string const field : {"", "A: \r\n", "Content: \r\n", "Content-Foo: b\r\n",
                                        "status: 000 200\r\n", "Statuses: 1\r\nX: y\r\n"}) {
            auto const one = head(start, "msrp://a;tcp", "msrp://u@a;t") + field + "-------" +
                             start.substr(5, start.find(' ', 5) - 5) + "$\r\n";
            std::string several;
            for (int i = 0; i < 60; ++i) several += one;
            all.push_back(several);
        }
    }
    all.push_back("MSRP tid.1 SEND\r\n" + std::string(9000, 'x'));
    all.push_back(head("MSRP tid.1 SEND", uris[0], uris[0]) + "X: " + std::string(9000, 'x'));
    return all;
}

}  // namespace

TEST_CASE("octets are looked at twice at most, pushed in pieces of any size",
          "[examined][T3][T15]") {
    auto const lenient = GENERATE(from_range(leniencies()));
    for (auto const& stream : streams()) {
        for (std::size_t const size : {1UL, 2UL, 7UL, 64UL, 1448UL, 65536UL}) {
            msrp::chunk_parser parser({}, lenient);
            msrp::chunk_event event;
            support::examined = 0;
            std::uint64_t fed = 0;
            std::uint64_t pieces = 0;
            for (std::size_t at = 0; at < stream.size(); at += size) {
                auto const piece = std::string_view(stream).substr(at, size);
                if (parser.feed(piece)) break;
                ++pieces;
                fed += piece.size();
                while (parser.poll(event) == msrp::parse_status::event) {
                }
                INFO(stream.substr(0, 200) << " in pieces of " << size << " at " << at);
                REQUIRE(support::examined <= 2 * fed + vector_size * pieces);
            }
            // And not by the vectors alone: whole streams without an error come close to twice.
            if (size == 65536 && !parser.error().code)
                CHECK(support::examined <= 2 * fed + vector_size);
        }
    }
}

TEST_CASE("octets are looked at twice at most, pulled from a buffer that grows",
          "[examined][T15]") {
    auto const lenient = GENERATE(from_range(leniencies()));
    for (auto const& stream : streams()) {
        for (std::size_t const step : {1UL, 64UL, 65536UL}) {
            msrp::chunk_puller puller({}, lenient);
            msrp::chunk_event event;
            support::examined = 0;
            std::size_t front = 0;
            std::size_t back = 0;
            std::uint64_t pieces = 0;
            for (;;) {
                auto const got =
                    puller.next(std::string_view(stream).substr(front, back - front), event);
                front += got.used;
                if (got.status == msrp::parse_status::error) break;
                if (got.status == msrp::parse_status::event) continue;
                if (back == stream.size()) break;
                back = std::min(back + step, stream.size());
                ++pieces;
            }
            INFO(stream.substr(0, 200) << " grown by " << step);
            CHECK(support::examined <= 2 * back + vector_size * pieces);
        }
    }
}

TEST_CASE("octets are looked at twice at most, read as whole messages", "[examined][T15]") {
    auto const lenient = GENERATE(from_range(leniencies()));
    for (auto const& stream : streams()) {
        std::string_view rest = stream;
        while (!rest.empty()) {
            msrp::message m;
            support::examined = 0;
            auto const got = msrp::parse_message(rest, m, msrp::default_limits, lenient);
            INFO(rest.substr(0, 200) << " of " << rest.size());
            bool const whole = got.status == msrp::parse_status::event;
            auto const read = whole ? m.size : rest.size();
            CHECK(support::examined <= 2 * read + vector_size);
            if (!whole) break;
            rest.remove_prefix(m.size);
        }
    }
}
