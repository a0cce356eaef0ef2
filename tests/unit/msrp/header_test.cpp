// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// header_test.cpp - a chunk's header fields: walked, looked up, decoded when asked.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <msrp/header.hpp>
#include <msrp/message.hpp>

#include "support/catch.hpp"

namespace {

using msrp::error;
using msrp::field;

/// A request around some header lines, and its text.
struct request {
    std::string text;
    msrp::message m{};
    explicit request(std::string_view lines, msrp::leniency const& lenient = {}) {
        text =
            "MSRP q1w2 AUTH\r\nTo-Path: msrp://relay.example:9;tcp\r\n"
            "From-Path: msrp://client.example:8/f00d;tcp\r\n";
        text.append(lines).append("-------q1w2$\r\n");
        REQUIRE(msrp::parse_message(text, m, {}, lenient).status == msrp::parse_status::event);
    }
    msrp::header_view const& headers() const { return m.begin.headers; }
};

void refused(wire::failure const& got, error why, std::uint64_t at, std::string_view name) {
    CHECK(got.code == why);
    CHECK(got.offset == at);
    CHECK(got.field == name);
}

}  // namespace

TEST_CASE("header: fields are walked in the order of arrival (FRM-7.1-2)", "[header]") {
    request const r("X-One: 1\r\nExpires: 60\r\nX-One: 2\r\n");
    std::vector<std::string> seen;
    for (auto at = r.headers().begin(); at != r.headers().end();) {
        auto const before = at++;
        seen.push_back(std::string((*before).name) + '=' + std::string((*before).value));
    }
    CHECK(seen == std::vector<std::string>{"To-Path=msrp://relay.example:9;tcp",
                                           "From-Path=msrp://client.example:8/f00d;tcp", "X-One=1",
                                           "Expires=60", "X-One=2"});
    CHECK(r.headers().size() == 5);
}

TEST_CASE("header: look-ups are for known fields (T10)", "[header]") {
    request const r("X-One: 1\r\nX-One: 2\r\nExpires: 60\r\nExpires: 70\r\n");
    CHECK(r.headers().has(field::expires));
    CHECK(r.headers().is_repeated(field::expires));
    CHECK_FALSE(r.headers().is_repeated(field::to_path));
    for (field const unknown : {field::other, field::other_mime}) {
        CHECK_FALSE(r.headers().has(unknown));
        CHECK_FALSE(r.headers().is_repeated(unknown));
        refused(r.headers().raw(unknown).error(), error::field_absent, 0, "");
    }
    refused(r.headers().seconds(field::expires).error(), error::field_repeated, 0, "Expires");
}

TEST_CASE("RLY-4.6-1 T5 header: seconds are exact to 2^64-1, refused beyond", "[header]") {
    request const r(
        "Expires: 18446744073709551615\r\nMin-Expires: 18446744073709551616\r\n"
        "Max-Expires: 12s\r\n");
    auto const whole = r.headers().seconds(field::expires);
    REQUIRE(whole);
    CHECK(*whole == 18446744073709551615U);
    refused(r.headers().seconds(field::min_expires).error(), error::number_too_large, 19,
            "Min-Expires");
    refused(r.headers().seconds(field::max_expires).error(), error::bad_number, 2, "Max-Expires");
}

TEST_CASE("header: Use-Path is a path, read when asked", "[header]") {
    request const r("Use-Path: msrps://r1.example:1/a;tcp msrps://r2.example:2/b;tcp\r\n");
    auto const path = r.headers().use_path();
    REQUIRE(path);
    CHECK(path->size() == 2);
    CHECK(path->front().session_id == "a");
    CHECK(path->back().host == "r2.example");

    request const none("");
    refused(none.headers().use_path().error(), error::field_absent, 0, "Use-Path");
    constexpr std::string_view two = "Use-Path: msrp://h:1/a;tcp  msrp://h:2/b;tcp\r\n";
    request const strict(two);
    refused(strict.headers().use_path().error(), error::bad_uri, 17, "Use-Path");
    msrp::leniency lenient;
    lenient.several_blanks = true;
    request const loose(two, lenient);
    REQUIRE(loose.headers().use_path());
    CHECK(loose.headers().use_path()->back().port == 2);
    constexpr std::string_view bare = "Use-Path: msrps://2001:db8::9:443/r;tcp\r\n";
    request const brackets(bare);
    refused(brackets.headers().use_path().error(), error::bad_uri, 23, "Use-Path");
    lenient = {};
    lenient.ipv6_without_brackets = true;  // RFC 8873 example
    request const no_brackets(bare, lenient);
    REQUIRE(no_brackets.headers().use_path());
    CHECK(no_brackets.headers().use_path()->front().host == "2001:db8::9");
}

TEST_CASE("header: a value of blanks alone is empty where blanks may be several", "[header]") {
    msrp::leniency lenient;
    lenient.several_blanks = true;
    request const r("X-None:    \r\nX-Some:   a b\r\n", lenient);
    auto at = r.headers().begin();
    ++at;
    ++at;
    CHECK((*at).value.empty());
    ++at;
    CHECK((*at).value == "a b");
}

TEST_CASE("FRM-7.1-2 header: an empty line where From-Path should stand is none", "[header]") {
    // With room for one header field only, too: what is wrong is the field, not the number.
    for (std::size_t const most : {std::size_t{1}, std::size_t{64}}) {
        msrp::limits limits;
        limits.max_header_fields = most;
        msrp::message m;
        std::string const text = "MSRP q1w2 SEND\r\nTo-Path: msrp://h.example:9/a;tcp\r\n\r\n";
        auto const got = msrp::parse_message(text, m, limits);
        REQUIRE(got.status == msrp::parse_status::error);
        CHECK(got.error.code == error::expected_from_path);
        CHECK(got.error.offset == text.size() - 2);
    }
}

TEST_CASE("TRX-7.1.1-1 header: report values, wrong at the first octet that fits none",
          "[header]") {
    using msrp::report_value;
    struct row {
        std::string_view value;
        std::uint64_t success_at;
        std::uint64_t failure_at;
    };
    for (auto const& [value, success_at, failure_at] :
         {row{"yess", 3, 3}, row{"ye", 2, 2}, row{"noo", 2, 2}, row{"Partia", 0, 6},
          row{"partial!", 0, 7}, row{"", 0, 0}, row{"x", 0, 0}}) {
        CAPTURE(value);
        request const r("Success-Report: " + std::string(value) +
                        "\r\nFailure-Report: " + std::string(value) + "\r\n");
        refused(r.headers().success_report().error(), error::bad_report_value, success_at,
                "Success-Report");
        refused(r.headers().failure_report().error(), error::bad_report_value, failure_at,
                "Failure-Report");
    }
    request const r("Success-Report: YES\r\nFailure-Report: Partial\r\n");
    CHECK(*r.headers().success_report() == report_value::yes);
    CHECK(*r.headers().failure_report() == report_value::partial);
}
