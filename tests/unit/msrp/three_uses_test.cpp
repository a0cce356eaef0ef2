// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// three_uses_test.cpp - push, pull and whole-message parsing say the same of every stream.
#include <string>
#include <string_view>

#include <msrp/message.hpp>

#include "support/catch.hpp"
#include "support/three_uses.hpp"

namespace {

constexpr std::string_view paths =
    "To-Path: msrp://bob.example.net:8145/foo9;tcp\r\n"
    "From-Path: msrp://ann.example.org:9321/bar7;tcp\r\n";

void check(std::string const& stream, msrp::limits const& limits = {},
           msrp::leniency const& lenient = {}) {
    INFO(stream);
    auto const push = support::log_in_pieces(stream, 0, limits, lenient);
    CHECK(support::log_by_message(stream, limits, lenient) == push);
    for (std::size_t step = 1; step < 70; step = step * 2 + 1)
        CHECK(support::log_by_pull(stream, step, limits, lenient) == push);
    for (std::size_t end = 0; end < stream.size(); ++end) {
        INFO("cut off at " << end);
        auto const part = stream.substr(0, end);
        auto const pushed = support::log_in_pieces(part, 0, limits, lenient);
        CHECK(support::log_by_message(part, limits, lenient) == pushed);
        CHECK(support::log_by_pull(part, 1, limits, lenient) == pushed);
        CHECK(support::log_by_pull(part, end + 1, limits, lenient) == pushed);
    }
}

}  // namespace

TEST_CASE("three uses, one answer", "[three_uses]") {
    std::string const head = "MSRP abcd SEND\r\n" + std::string(paths);
    auto const body = [&](std::string const& octets) {
        return head + "Content-Type: a/b\r\n\r\n" + octets + "\r\n-------abcd+\r\n";
    };
    check(head + "-------abcd$\r\n" + head + "-------abcd$\r\n");
    check(body("hello") + body("") + body("\r\n-------abcX\r\n-------ab\r\n") + body("x"));
    check("MSRP abcd 200 OK\r\n" + std::string(paths) + "-------abcd$\r\n" + body("y"));
    check(head + "Foo:x\r\n-------abcd$\r\n");
    check(head + "\r\nhello\r\n-------abcd$\r\n");
    check("HELLO");
    msrp::limits small;
    small.max_non_send_body = 5;
    small.max_header_line = 60;
    std::string const report =
        "MSRP abcd REPORT\r\n" + std::string(paths) + "Content-Type: a/b\r\n\r\n";
    check(report + "12345\r\n-------abcd$\r\n", small);
    check(report + "123456\r\n-------abcd$\r\n", small);
    check(report + "\r\n-----\r\n-------abcd$\r\n", small);
    check(head + "Foo: " + std::string(60, 'x') + "\r\n", small);
    msrp::leniency lenient;
    lenient.stray_crlf = lenient.body_in_response = lenient.empty_body_without_crlf = true;
    check("\r\n\r\n" + head + "-------abcd$\r\n\r\n", {}, lenient);
    check("MSRP abcd 200 OK\r\n" + std::string(paths) + "\r\njunk\r\n-------abcd$\r\n" + body("z"),
          {}, lenient);
    check(head + "Content-Type: a/b\r\n\r\n-------abcd$\r\n" + body("-------abcd"), {}, lenient);
}
