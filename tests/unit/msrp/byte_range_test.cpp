// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// byte_range_test.cpp - Byte-Range: exact, sensible or refused.
#include <array>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include <msrp/byte_range.hpp>
#include <msrp/parse_byte_range.hpp>
#include <wire/sink.hpp>

#include "support/catch.hpp"

namespace {

using msrp::error;
constexpr auto top = std::numeric_limits<std::uint64_t>::max();

msrp::byte_range good(std::string_view text) {
    CAPTURE(text);
    auto const by_hand = msrp::read_byte_range(text);
    auto const by_grammar = msrp::parse_byte_range(text);
    REQUIRE(by_hand);
    REQUIRE(by_grammar);
    CHECK(*by_hand == *by_grammar);
    return *by_hand;
}
void bad(std::string_view text, error why, std::uint64_t at) {
    CAPTURE(text);
    auto const by_hand = msrp::read_byte_range(text);
    auto const by_grammar = msrp::parse_byte_range(text);
    REQUIRE_FALSE(by_hand);
    REQUIRE_FALSE(by_grammar);
    CHECK(by_hand.error().code == why);
    CHECK(by_hand.error().offset == at);
    CHECK(by_grammar.error() == by_hand.error());
}
std::string written(msrp::byte_range const& r) {
    std::array<char, 64> memory;
    wire::sink out(memory);
    out << r;
    return std::string(out.view());
}

}  // namespace

TEST_CASE("CHK-7.1.1-3 byte_range: start, end or a star, total or a star", "[byte_range]") {
    CHECK(good("1-7/9") == msrp::byte_range{1, 7, 9});
    CHECK(good("5-*/9") == msrp::byte_range{5, std::nullopt, 9});
    CHECK(good("5-9/*") == msrp::byte_range{5, 9, std::nullopt});
    CHECK(good("1-*/*") == msrp::byte_range{});
    CHECK(good("007-0009/010") == msrp::byte_range{7, 9, 10});
}

TEST_CASE("CHK-7.1.1-2 CHK-14.5-1 byte_range: senseless ones are refused at their end",
          "[byte_range]") {
    bad("0-5/5", error::bad_byte_range, 5);
    bad("0-*/*", error::bad_byte_range, 5);
    bad("7-3/9", error::bad_byte_range, 5);
    bad("7-5/9", error::bad_byte_range, 5);
    bad("1-9/5", error::bad_byte_range, 5);
    bad("7-*/5", error::bad_byte_range, 5);
    CHECK(good("7-6/9").end == 6U);   // an empty chunk in the middle
    CHECK(good("6-*/5").start == 6);  // an empty chunk at the end
    CHECK(good("6-5/5").start == 6);
}

TEST_CASE("CHK-7.1.1-4 byte_range: the empty message", "[byte_range]") {
    CHECK(good("1-0/0") == msrp::byte_range{1, 0, 0});
    CHECK(good("1-*/0") == msrp::byte_range{1, std::nullopt, 0});
    bad("2-1/0", error::bad_byte_range, 5);
}

TEST_CASE("T5 byte_range: exact up to 2^64-1, refused beyond", "[byte_range]") {
    CHECK(good("4294967297-8589934592/9223372036854775808") ==
          msrp::byte_range{4294967297U, 8589934592U, 9223372036854775808U});
    CHECK(good("18446744073709551615-18446744073709551615/18446744073709551615") ==
          msrp::byte_range{top, top, top});
    bad("18446744073709551616-*/*", error::number_too_large, 19);
    bad("1-18446744073709551616/*", error::number_too_large, 21);
    bad("1-*/18446744073709551616", error::number_too_large, 23);
    bad("1-*/99999999999999999999x", error::number_too_large, 23);
    bad("99999999999999999999", error::number_too_large, 19);
}

TEST_CASE("T6 byte_range: nothing but the grammar", "[byte_range]") {
    bad("", error::bad_byte_range, 0);
    bad("*-1/1", error::bad_byte_range, 0);
    bad("+1-1/1", error::bad_byte_range, 0);
    bad("-1-1/1", error::bad_byte_range, 0);
    bad(" 1-1/1", error::bad_byte_range, 0);
    bad("1", error::bad_byte_range, 1);
    bad("1 -1/1", error::bad_byte_range, 1);
    bad("1-", error::bad_byte_range, 2);
    bad("1-/1", error::bad_byte_range, 2);
    bad("1-1", error::bad_byte_range, 3);
    bad("1-1/", error::bad_byte_range, 4);
    bad("1-**/1", error::bad_byte_range, 3);
    bad("1-1/1 ", error::bad_byte_range, 5);
    bad("1-1/1/1", error::bad_byte_range, 5);
    bad("1-1/*1", error::bad_byte_range, 5);
    bad("1-1_0/20", error::bad_byte_range, 3);
    bad("bytes 1-1/1", error::bad_byte_range, 0);
    bad("1-\xD9\xA1/2", error::bad_byte_range, 2);
}

TEST_CASE("CHK-7.1.1-3 byte_range: written and read back", "[byte_range]") {
    CHECK(written({}) == "1-*/*");
    for (std::optional<std::uint64_t> const end : {std::optional<std::uint64_t>{}, {7}, {top}})
        for (std::optional<std::uint64_t> const total : {std::optional<std::uint64_t>{}, {top}}) {
            msrp::byte_range const r{3, end, total};
            CHECK(good(written(r)) == r);
        }
}

TEST_CASE("byte_range: equal only where all of it is") {
    msrp::byte_range const a{1, 7, 9};
    CHECK(a == msrp::byte_range{1, 7, 9});
    CHECK_FALSE(a == msrp::byte_range{2, 7, 9});
    CHECK_FALSE(a == msrp::byte_range{1, 8, 9});
    CHECK_FALSE(a == msrp::byte_range{1, 7, {}});
}
