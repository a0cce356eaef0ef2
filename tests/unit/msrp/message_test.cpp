// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// message_test.cpp - a whole message in one call, and the pull parser that does it.
#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <msrp/chunk_parser.hpp>
#include <msrp/chunk_puller.hpp>
#include <msrp/message.hpp>
#include <msrp/path.hpp>

#include "support/catch.hpp"

namespace {

using msrp::error;
using msrp::parse_status;

std::string const request =
    "MSRP k3k3 SEND\r\nTo-Path: msrp://to.example:7777/one;tcp\r\n"
    "From-Path: msrp://from.example:8888/two;tcp\r\nMessage-ID: m100\r\n"
    "Content-Type: text/plain\r\n\r\nhello\r\n-------k3k3$\r\n";
std::string const response =
    "MSRP k3k3 200 fine\r\nTo-Path: msrp://from.example:8888/two;tcp\r\n"
    "From-Path: msrp://to.example:7777/one;tcp\r\n-------k3k3$\r\n";

}  // namespace

TEST_CASE("message: request and response are told apart, the size counts all", "[message]") {
    msrp::message m;
    std::string const two = request + response;
    REQUIRE(msrp::parse_message(two, m).status == parse_status::event);
    CHECK(m.is_request());
    CHECK(m.size == request.size());
    CHECK(m.body == "hello");
    CHECK(m.begin.has_body);
    REQUIRE(msrp::parse_message(std::string_view(two).substr(m.size), m).status ==
            parse_status::event);
    CHECK_FALSE(m.is_request());
    CHECK(m.size == response.size());
    CHECK(m.begin.status == 200);
    REQUIRE(m.begin.comment);
    CHECK(*m.begin.comment == "fine");
    CHECK_FALSE(m.begin.has_body);
}

TEST_CASE("message: paths of every length up to a vector's, and what is none (FRM-7.1-2)",
          "[message]") {
    // As long as the quick reader of both paths looks at, shorter, longer, and two URIs in one.
    std::string const uri = "msrp://h:1/s;tcp";
    std::string const behind = "Message-ID: m100\r\nContent-Type: text/plain\r\n\r\n" +
                               std::string(100, 'x') + "\r\n-------k3k3$\r\n";
    std::vector<std::string> values = {
        "", " ", uri + " ", uri + " " + uri, uri + " x", uri + "x", uri + " msrps://[::1]:9/s;tcp"};
    for (std::size_t n = 1; n < uri.size(); ++n) values.push_back(uri.substr(0, n));
    for (std::size_t n = 40; n < 60; ++n)
        for (std::string const end : {";tcp", ";ws", "tcp;", ""})
            values.push_back("msrps://h:1/" + std::string(n, 's') + end);
    for (auto const& to : values) {
        for (auto const& from : values) {
            bool const good = msrp::read_path(to).has_value() && msrp::read_path(from).has_value();
            std::string const head = "MSRP k3k3 SEND\r\nTo-Path: " + to + "\r\nFrom-Path: ";
            std::string const text = head + from + "\r\n" + behind;
            INFO(text);
            msrp::message m;
            auto const got = msrp::parse_message(text, m);
            REQUIRE(got.status == (good ? parse_status::event : parse_status::error));
            if (good) {
                CHECK(m.begin.headers.to_path().text() == to);
                CHECK(m.begin.headers.from_path().text() == from);
                CHECK(m.begin.headers.to_path().size() == msrp::read_path(to)->size());
                CHECK(m.begin.headers.from_path().size() == msrp::read_path(from)->size());
                CHECK(m.size == text.size());
            } else if (auto const why = msrp::read_path(to); !why) {
                CHECK(got.error.code == why.error().code);
                CHECK(got.error.offset == head.find("To-Path: ") + 9 + why.error().offset);
            } else {
                CHECK(got.error.code == msrp::read_path(from).error().code);
                CHECK(got.error.offset == head.size() + msrp::read_path(from).error().offset);
            }
        }
    }
}

TEST_CASE(
    "message: a path is known to be plain, but for userinfo and bare IPv6 addresses (URI-6-2)",
    "[message]") {
    msrp::leniency lenient;
    lenient.ipv6_without_brackets = true;
    auto const text = [](std::string const& to, std::string const& from) {
        return "MSRP k3k3 SEND\r\nTo-Path: " + to + "\r\nFrom-Path: " + from +
               "\r\nMessage-ID: m100\r\n-------k3k3$\r\n";
    };
    std::string const plain = "msrp://h.example:1/s;tcp";
    std::string const user = "msrp://u@h.example:1/s;tcp";
    for (auto const& [to, from] : {std::pair{plain, plain}, std::pair{plain, user},
                                   std::pair{user, plain}, std::pair{plain, plain + " " + user}}) {
        auto const all = text(to, from);
        INFO(all);
        msrp::message m;
        REQUIRE(msrp::parse_message(all, m).status == parse_status::event);
        CHECK(m.begin.headers.to_path().is_plain() == (to == plain));
        CHECK(m.begin.headers.from_path().is_plain() == (from == plain));
        REQUIRE(msrp::parse_message(all, m, {}, lenient).status == parse_status::event);
        CHECK_FALSE(m.begin.headers.to_path().is_plain());
        CHECK_FALSE(m.begin.headers.from_path().is_plain());
    }
}

TEST_CASE("message: a part of one needs more, wherever it stops", "[message]") {
    for (std::size_t n = 0; n < request.size(); ++n) {
        CAPTURE(n);
        msrp::message m;
        m.size = 77;
        auto const part = std::string_view(request).substr(0, n);
        for (bool const last : {false, true}) {
            auto const got = msrp::parse_message(part, m, {}, {}, last);
            CHECK(got.status == parse_status::need_more);
            CHECK(got.error == wire::failure{});
            CHECK(m.size == 77);
        }
    }
}

TEST_CASE("message: a hopeless last line is an error only where nothing follows", "[message]") {
    msrp::message m;
    CHECK(msrp::parse_message("MSRQ", m).status == parse_status::need_more);
    auto const got = msrp::parse_message("MSRQ", m, {}, {}, true);
    REQUIRE(got.status == parse_status::error);
    CHECK(got.error.code == error::bad_start_line);
    CHECK(got.error.offset == 3);
}

TEST_CASE("chunk_puller: an error is sticky until reset, offsets count the stream",
          "[chunk_puller]") {
    msrp::chunk_puller puller;
    msrp::chunk_event event;
    std::string const stream = response + "NONSENSE\r\n";
    std::string_view rest = stream;
    auto got = puller.next(rest, event);
    while (got.status == parse_status::event) {
        rest.remove_prefix(got.used);
        got = puller.next(rest, event);
    }
    REQUIRE(got.status == parse_status::error);
    CHECK(puller.error().code == error::bad_start_line);
    CHECK(puller.error().offset == response.size());
    CHECK(puller.offset() == response.size());
    CHECK(puller.next(request, event).status == parse_status::error);
    CHECK(puller.next(request, event).used == 0);
    CHECK(puller.finish({}) == msrp::stream_end::error);

    puller.reset();
    CHECK(puller.error() == wire::failure{});
    CHECK(puller.offset() == 0);
    CHECK(puller.finish({}) == msrp::stream_end::boundary);
    got = puller.next(request, event);
    REQUIRE(got.status == parse_status::event);
    REQUIRE(std::holds_alternative<msrp::chunk_begin>(event));
    CHECK(std::get<msrp::chunk_begin>(event).offset == 0);
    CHECK(std::get<msrp::chunk_begin>(event).transaction_id == "k3k3");
    CHECK(puller.finish(std::string_view(request).substr(got.used)) ==
          msrp::stream_end::incomplete);
}

TEST_CASE("T16 chunk_parser: a line too long for the memory is refused, however it comes",
          "[chunk_parser]") {
    msrp::limits limits;
    limits.max_header_block = 100;
    std::string const line = "MSRP k3k3 SEND\r\nTo-Path: " + std::string(400, 'x') + "\r\n";
    for (std::size_t first = 0; first < 40; ++first) {
        CAPTURE(first);
        msrp::chunk_parser parser(limits);
        msrp::chunk_event event;
        auto const text = std::string_view(line);
        static_cast<void>(parser.feed(text.substr(0, first)));
        if (parser.poll(event) != parse_status::error) {
            static_cast<void>(parser.feed(text.substr(first)));
            REQUIRE(parser.poll(event) == parse_status::error);
        }
        msrp::message m;
        auto const whole = msrp::parse_message(line, m, limits);
        REQUIRE(whole.status == parse_status::error);
        CHECK(parser.error() == whole.error);
        CHECK(whole.error.code == error::bad_uri);
        CHECK(whole.error.offset == 25);
    }
}

TEST_CASE("chunk_parser: a boundary is where nothing of the next message has come",
          "[chunk_parser]") {
    msrp::chunk_parser parser;
    msrp::chunk_event event;
    CHECK(parser.at_boundary());
    std::string const two = response + response;
    REQUIRE_FALSE(parser.feed(two));
    CHECK_FALSE(parser.at_boundary());
    int ends = 0;
    while (ends < 2) {
        REQUIRE(parser.poll(event) == parse_status::event);
        if (!std::holds_alternative<msrp::chunk_end>(event)) continue;
        ++ends;
        CHECK(parser.at_boundary() == (ends == 2));  // before the parser said need_more, too
    }
    CHECK(parser.poll(event) == parse_status::need_more);
    CHECK(parser.at_boundary());
    REQUIRE_FALSE(parser.feed("M"));
    CHECK(parser.poll(event) == parse_status::need_more);
    CHECK_FALSE(parser.at_boundary());
}
