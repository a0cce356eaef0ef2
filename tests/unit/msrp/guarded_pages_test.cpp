// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// guarded_pages_test.cpp - parsers read no octet before or behind the text they are given: beside
// it are pages that nobody may read.
#include <algorithm>
#include <cstddef>
#include <msrp/chunk_parser.hpp>
#include <msrp/chunker.hpp>
#include <msrp/message.hpp>
#include <msrp/path.hpp>
#include <msrp/sdp_media.hpp>
#include <msrp/uri.hpp>
#include <sdp/parser.hpp>
#include <string>
#include <string_view>

#include "support/catch.hpp"
#include "support/octet_blocks.hpp"

#if defined(MSRPKIT_TEST_GUARD_PAGES)

namespace {

std::string const path =
    "msrps://relay.example.com:2855/kjh4;tcp msrp://[2001:db8::1:2]:65535/a.b-c;tcp";
std::string const send =
    "MSRP a1b2c3d4 SEND\r\nTo-Path: " + path +
    "\r\nFrom-Path: msrp://bob.example.com:7654/jshA7weztas;tcp\r\nMessage-ID: 8822.xyz\r\n"
    "Byte-Range: 1-25/25\r\nSuccess-Report: yes\r\nX-Other: \xC3\xA9\r\n"
    "Content-Type: text/plain\r\n\r\nsome text, 25 octets of it\r\n-------a1b2c3d4$\r\n";
std::string const response =
    "MSRP a1b2c3d4 200 OK\r\nTo-Path: msrp://b.example:1/s;tcp\r\nFrom-Path: "
    "msrp://a.example:2/t;tcp\r\n-------a1b2c3d4$\r\n";
std::string const description =
    "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
    "m=message 7654 TCP/TLS/MSRP *\r\na=accept-types:message/cpim text/plain\r\na=path:" +
    path + "\r\na=setup:actpass\r\na=max-size:12345\r\n";

/// Calls `f` with a text at either end of what may be read.
template <class F>
void at_both_ends(support::guarded_pages& pages, std::string_view text, F&& f) {
    f(pages.first(text));
    f(pages.last(text));
}

}  // namespace

TEST_CASE("no URI and no path is read beyond its text", "[guarded]") {
    support::guarded_pages pages;
    for (std::size_t from = 0; from <= path.size(); ++from)
        for (std::size_t size = 0; from + size <= path.size(); ++size)
            at_both_ends(pages, std::string_view(path).substr(from, size), [](auto text) {
                auto const uri = msrp::read_uri(text);
                auto const whole = msrp::read_path(text);
                if (uri) REQUIRE(whole);
            });
}

TEST_CASE("no body to be sent is read beyond its octets (FRM-7.1-7)", "[guarded]") {
    support::guarded_pages pages;
    std::string const text = "-------a1b2";
    msrp::end_line_guard guard;
    guard.start("a1b2");
    for (std::size_t size = 0; size <= 250; ++size) {
        at_both_ends(pages, std::string(size, 'x'),
                     [&](auto body) { REQUIRE(guard.safe(body) == size); });
        at_both_ends(pages, std::string(size, '-'),
                     [&](auto body) { REQUIRE(guard.safe(body) == size); });
        for (std::size_t cut = 1; cut <= text.size(); ++cut)
            at_both_ends(pages, std::string(size, 'x') + text.substr(0, cut), [&](auto body) {
                REQUIRE(guard.safe(body) == (cut == text.size() ? size + 1 : size + cut));
            });
    }
}

TEST_CASE("no message is read beyond its text, whole, cut or broken", "[guarded]") {
    support::guarded_pages pages;
    msrp::message message;
    for (std::string const& all : {send, response}) {
        for (std::size_t size = 0; size <= all.size(); ++size) {
            at_both_ends(pages, std::string_view(all).substr(0, size), [&](auto text) {
                auto const done = msrp::parse_message(text, message);
                CHECK((done.status == msrp::parse_status::event) == (size == all.size()));
            });
            if (size == all.size()) continue;
            auto broken = all;
            for (char const c : {'\r', '\n', '\0', ':', ' ', '-'}) {
                broken[size] = c;
                at_both_ends(pages, broken, [&](auto text) {
                    static_cast<void>(msrp::parse_message(text, message));
                });
            }
        }
    }
}

TEST_CASE("no piece is read beyond its end", "[guarded]") {
    support::guarded_pages pages;
    std::string const stream = send + response + send;
    for (std::size_t piece = 1; piece < 200; ++piece) {
        msrp::chunk_parser parser;
        msrp::chunk_event event;
        std::size_t events = 0;
        for (std::size_t at = 0; at < stream.size(); at += piece) {
            auto const part = std::string_view(stream).substr(at, piece);
            REQUIRE_FALSE(parser.feed(piece % 2 == 0 ? pages.first(part) : pages.last(part)));
            while (parser.poll(event) == msrp::parse_status::event) ++events;
        }
        CHECK(parser.at_boundary());
        CHECK(events >= 8);
    }
}

TEST_CASE("no description is read beyond its text", "[guarded]") {
    support::guarded_pages pages;
    std::size_t good = 0;
    for (std::size_t size = 0; size <= description.size(); ++size)
        at_both_ends(pages, std::string_view(description).substr(0, size), [&](auto text) {
            auto const d = sdp::parse(text);
            if (!d) return;
            auto const media = msrp::find_sdp_media(*d);
            good += media && media->usable() ? 1U : 0U;
        });
    CHECK(good >= 2);
}

#else

TEST_CASE("texts between pages that nobody may read") { WARN("skipped: this machine has no mmap"); }

#endif
