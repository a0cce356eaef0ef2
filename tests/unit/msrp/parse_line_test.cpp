// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// parse_line_test.cpp - start lines, header lines, seconds and report requests by their grammars.
#include <string>
#include <string_view>

#include <msrp/parse_header_line.hpp>
#include <msrp/parse_report.hpp>
#include <msrp/parse_seconds.hpp>
#include <msrp/parse_start_line.hpp>

#include "support/catch.hpp"

namespace {

using msrp::error;
using msrp::report_value;

template <class T>
void refused(wire::result<T> const& r, error why, std::uint64_t at, std::string_view field = {}) {
    REQUIRE_FALSE(r);
    CHECK(r.error().code == why);
    CHECK(r.error().offset == at);
    CHECK(r.error().field == field);
}
void bad_start(std::string_view text, error why, std::uint64_t at) {
    CAPTURE(text);
    refused(msrp::parse_start_line(text), why, at, "start-line");
}
void bad_line(std::string_view text, error why, std::uint64_t at,
              std::string_view field = "header") {
    CAPTURE(text);
    refused(msrp::parse_header_line(text), why, at, field);
}

}  // namespace

TEST_CASE("FRM-9-2 parse_start_line: requests", "[grammar]") {
    auto const r = msrp::parse_start_line("MSRP t7k2m9q4 SEND");
    REQUIRE(r);
    CHECK(r->transaction_id == "t7k2m9q4");
    CHECK(r->method == msrp::method::SEND);
    CHECK(r->method_name == "SEND");
    CHECK(r->status == 0);
    CHECK_FALSE(r->comment);
    CHECK(msrp::parse_start_line("MSRP t7k2 REPORT")->method == msrp::method::REPORT);
    CHECK(msrp::parse_start_line("MSRP t7k2 AUTH")->method == msrp::method::AUTH);
    CHECK(msrp::parse_start_line("MSRP t7k2 NICKNAME")->method == msrp::method::NICKNAME);
    auto const other = msrp::parse_start_line("MSRP t7k2 SENDX");
    REQUIRE(other);
    CHECK(other->method == msrp::method::other);
    CHECK(other->method_name == "SENDX");
}

TEST_CASE("T11 parse_start_line: responses, with and without a comment", "[grammar]") {
    auto const bare = msrp::parse_start_line("MSRP t7k2 200");
    REQUIRE(bare);
    CHECK(bare->method == msrp::method::none);
    CHECK(bare->method_name.empty());
    CHECK(bare->status == 200);
    CHECK_FALSE(bare->comment);
    CHECK(msrp::parse_start_line("MSRP t7k2 200 ")->comment == "");
    CHECK(msrp::parse_start_line("MSRP t7k2 423 Too short \xE2\x82\xAC")->comment ==
          "Too short \xE2\x82\xAC");
    CHECK(msrp::parse_start_line("MSRP t7k2 200 \xC0\x80", true));
}

TEST_CASE("FRM-7.1-1 FRM-9-2 parse_start_line: nothing but the grammar", "[grammar]") {
    bad_start("", error::bad_start_line, 0);
    bad_start("MSR", error::bad_start_line, 3);
    bad_start("msrp t7k2 SEND", error::bad_start_line, 0);
    bad_start("MSRP  t7k2 SEND", error::bad_transaction_id, 5);
    bad_start("MSRP t7k SEND", error::bad_transaction_id, 8);
    bad_start("MSRP .7k2 SEND", error::bad_transaction_id, 5);
    bad_start("MSRP t7k2", error::bad_transaction_id, 9);
    bad_start("MSRP " + std::string(33, 'x') + " SEND", error::bad_transaction_id, 37);
    bad_start("MSRP t7k2 ", error::bad_start_line, 10);
    bad_start("MSRP t7k2 send", error::bad_start_line, 10);
    bad_start("MSRP t7k2 SEND ", error::bad_start_line, 14);
    bad_start("MSRP t7k2 SEND1", error::bad_start_line, 14);
    bad_start("MSRP t7k2 20", error::bad_start_line, 12);
    bad_start("MSRP t7k2 2000", error::bad_start_line, 13);
    bad_start("MSRP t7k2 200OK", error::bad_start_line, 13);
    bad_start("MSRP t7k2 200 O\nK", error::bad_utf8, 15);
    bad_start("MSRP t7k2 200 \xC0\x80", error::bad_utf8, 14);
}

TEST_CASE("FRM-9-2 T11 parse_header_line: names in any case, spelling kept", "[grammar]") {
    auto const r = msrp::parse_header_line("byte-RANGE: 1-2/3");
    REQUIRE(r);
    CHECK(r->id == msrp::field::byte_range);
    CHECK(r->name == "byte-RANGE");
    CHECK(r->value == "1-2/3");
    CHECK(msrp::parse_header_line("X!$%&'*+: v")->id == msrp::field::other);
    CHECK(msrp::parse_header_line("X: ")->value.empty());
    CHECK(msrp::parse_header_line("X: a: b\t ")->value == "a: b\t ");
    CHECK(msrp::parse_header_line("Content-Language: da")->id == msrp::field::other_mime);
}

TEST_CASE("FRM-9-3 T8 T9 parse_header_line: nothing but the grammar", "[grammar]") {
    bad_line("", error::bad_header_line, 0);
    bad_line(" X: folded", error::bad_header_line, 0);
    bad_line("1X: a", error::bad_header_line, 0);  // E1282: the first is a letter
    bad_line("X", error::bad_header_line, 1);
    bad_line("X : a", error::bad_header_line, 1);
    bad_line("X[: a", error::bad_header_line, 1);
    bad_line("X:", error::bad_header_line, 2);
    bad_line("X:a", error::bad_header_line, 2);
    bad_line("X:\ta", error::bad_header_line, 2);
    bad_line("X: a\nb", error::bad_utf8, 4);
    bad_line("X: a\rb", error::bad_utf8, 4);
    bad_line(std::string_view("X: a\0", 5), error::bad_utf8, 4);
    bad_line("Status: \xFF", error::bad_utf8, 8, "Status");
    bad_line("expires:1", error::bad_header_line, 8, "Expires");
}

TEST_CASE("FRM-9-3 parse_header_line: leniencies, both ways", "[grammar]") {
    CHECK(msrp::parse_header_line("X:   a")->value == "  a");
    msrp::leniency lenient;
    lenient.several_blanks = true;
    CHECK(msrp::parse_header_line("X:   a", lenient)->value == "a");
    refused(msrp::parse_header_line("X:", lenient), error::bad_header_line, 2, "header");
    refused(msrp::parse_header_line("X:  \n", lenient), error::bad_utf8, 4, "header");
    lenient = {};
    lenient.loose_utf8 = true;
    CHECK(msrp::parse_header_line("X: \xC0\x80", lenient));
    bad_line("X: \xC0\x80", error::bad_utf8, 3);
}

TEST_CASE("RLY-4.6-1 T5 T6 parse_seconds: digits, exact up to 2^64-1", "[grammar]") {
    CHECK(*msrp::parse_seconds("0") == 0);
    CHECK(*msrp::parse_seconds("1800") == 1800);
    CHECK(*msrp::parse_seconds("18446744073709551615") == 18446744073709551615U);
    refused(msrp::parse_seconds("18446744073709551616"), error::number_too_large, 19);
    refused(msrp::parse_seconds(""), error::bad_number, 0);
    refused(msrp::parse_seconds("+5"), error::bad_number, 0);
    refused(msrp::parse_seconds("5s"), error::bad_number, 1);
    refused(msrp::parse_seconds("soon"), error::bad_number, 0);
}

TEST_CASE("TRX-7.1.1-1 parse_report: yes, no, partial", "[grammar]") {
    CHECK(*msrp::parse_success_report("yes") == report_value::yes);
    CHECK(*msrp::parse_success_report("NO") == report_value::no);
    CHECK(*msrp::parse_failure_report("Yes") == report_value::yes);
    CHECK(*msrp::parse_failure_report("nO") == report_value::no);
    CHECK(*msrp::parse_failure_report("paRtial") == report_value::partial);
    refused(msrp::parse_success_report("partial"), error::bad_report_value, 0);
    refused(msrp::parse_success_report(""), error::bad_report_value, 0);
    refused(msrp::parse_success_report("ye"), error::bad_report_value, 2);
    refused(msrp::parse_success_report("yess"), error::bad_report_value, 3);
    refused(msrp::parse_success_report("no "), error::bad_report_value, 2);
    refused(msrp::parse_failure_report("part"), error::bad_report_value, 4);
    refused(msrp::parse_failure_report("partially"), error::bad_report_value, 7);
}
