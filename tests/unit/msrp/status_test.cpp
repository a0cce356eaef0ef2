// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// status_test.cpp - Status, and the classes of response codes.
#include <array>
#include <string_view>
#include <utility>

#include <msrp/chunk_serializer.hpp>
#include <msrp/parse_report_status.hpp>
#include <msrp/path.hpp>
#include <msrp/status.hpp>

#include "support/catch.hpp"

namespace {

using msrp::error;

msrp::report_status good(std::string_view text, bool loose = false) {
    CAPTURE(text);
    auto const by_hand = msrp::read_status(text, loose);
    auto const by_grammar = msrp::parse_report_status(text, loose);
    REQUIRE(by_hand);
    REQUIRE(by_grammar);
    CHECK(*by_hand == *by_grammar);
    return *by_hand;
}
void bad(std::string_view text, error why, std::uint64_t at, bool loose = false) {
    CAPTURE(text);
    auto const by_hand = msrp::read_status(text, loose);
    auto const by_grammar = msrp::parse_report_status(text, loose);
    REQUIRE_FALSE(by_hand);
    REQUIRE_FALSE(by_grammar);
    CHECK(by_hand.error().code == why);
    CHECK(by_hand.error().offset == at);
    CHECK(by_grammar.error() == by_hand.error());
}

}  // namespace

TEST_CASE("RPT-7.1.3-1 RPT-7.3.2-1 status: namespace, code, comment", "[status]") {
    auto const bare = good("000 200");
    CHECK(bare.name_space == 0);
    CHECK(bare.code == 200);
    CHECK_FALSE(bare.comment);
    CHECK(good("000 481 no such session").comment == "no such session");
    CHECK(good("000 200 ").comment == "");
    CHECK(good("000 200  two ").comment == " two ");
    CHECK(good("999 000").name_space == 999);
    CHECK(good("000 413 zu gro\xC3\x9F").comment == "zu gro\xC3\x9F");
}

TEST_CASE("status: nothing but the grammar", "[status]") {
    bad("", error::bad_status, 0);
    bad("00", error::bad_status, 2);
    bad("000", error::bad_status, 3);
    bad("0000 200", error::bad_status, 3);
    bad("000  200", error::bad_status, 4);
    bad("000 20", error::bad_status, 6);
    bad("000 2000", error::bad_status, 7);
    bad("000 200\tOK", error::bad_status, 7);
    bad("000 +20", error::bad_status, 4);
    bad("200 OK", error::bad_status, 4);
}

TEST_CASE("FRM-9-2 T8 status: a comment is UTF-8 text", "[status]") {
    bad("000 200 a\rb", error::bad_utf8, 9);
    bad("000 200 \x7F", error::bad_utf8, 8);
    bad("000 200 \xC3", error::bad_utf8, 9);
    bad("000 200 \xC3(", error::bad_utf8, 9);
    bad("000 200 \xED\xA0\x80", error::bad_utf8, 9);
    bad("000 200 \xC0\x80", error::bad_utf8, 8);
    CHECK(good("000 200 \xC0\x80", true).comment == "\xC0\x80");
    CHECK(good("000 200 \xED\xA0\x80 \xFC\x80\x80\x80\x80\x80", true).comment);
    bad("000 200 \xFE", error::bad_utf8, 8, true);
    bad("000 200 \xF8\x80\x80\x80", error::bad_utf8, 12, true);
}

TEST_CASE("status: unknown codes count by their class", "[status]") {
    CHECK(msrp::is_success(msrp::status_code::ok));
    CHECK(msrp::is_success(299));
    CHECK_FALSE(msrp::is_success(199));
    CHECK_FALSE(msrp::is_success(300));
    CHECK_FALSE(msrp::is_success(msrp::status_code::no_such_session));
    CHECK_FALSE(msrp::is_success(999));
}

TEST_CASE("status: equal only where all of it is", "[status]") {
    msrp::report_status const a{0, 200, "ok"};
    CHECK(a == msrp::report_status{0, 200, "ok"});
    CHECK_FALSE(a == msrp::report_status{1, 200, "ok"});
    CHECK_FALSE(a == msrp::report_status{0, 201, "ok"});
    CHECK_FALSE(a == msrp::report_status{0, 200, "no"});
    CHECK_FALSE(a == msrp::report_status{0, 200, {}});
}

TEST_CASE("status: written with its comment, or without", "[status]") {
    auto const path = *msrp::read_path("msrp://h.example:7/s;tcp");
    for (auto const& [status, line] :
         {std::pair<msrp::report_status, std::string_view>{{0, 200, {}}, "Status: 000 200\r\n"},
          {{7, 481, "gone"}, "Status: 007 481 gone\r\n"}}) {
        std::array<char, 256> memory;
        msrp::head_writer out(memory);
        REQUIRE(out.request("k3k3", "REPORT", path, path));
        REQUIRE(out.status(status));
        auto const text = std::string_view(memory.data(), out.needed());
        CHECK(text.ends_with(line));
        auto const value = text.substr(text.find("Status: ") + 8, line.size() - 10);
        REQUIRE(msrp::read_status(value));
        CHECK(*msrp::read_status(value) == status);
    }
}
