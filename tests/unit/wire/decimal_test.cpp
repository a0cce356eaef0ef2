// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// decimal_test.cpp - decimal digits to 64 bits and back (T5, T6).
#include <cstdint>
#include <limits>
#include <string>
#include <system_error>

#include <wire/decimal.hpp>

#include "support/catch.hpp"

namespace {

constexpr auto top = std::numeric_limits<std::uint64_t>::max();

void refused(std::string_view text, std::errc why, std::uint64_t at) {
    CAPTURE(text);
    auto const r = wire::parse_decimal(text);
    REQUIRE_FALSE(r);
    CHECK(r.error().code == why);
    CHECK(r.error().offset == at);
}

}  // namespace

TEST_CASE("CHK-14.5-1 T5 decimal: exact up to 2^64-1, refused beyond", "[wire]") {
    CHECK(*wire::parse_decimal("0") == 0);
    CHECK(*wire::parse_decimal("4294967295") == 4294967295U);
    CHECK(*wire::parse_decimal("4294967296") == 4294967296U);
    CHECK(*wire::parse_decimal("9223372036854775808") == 9223372036854775808U);
    CHECK(*wire::parse_decimal("18446744073709551615") == top);
    CHECK(*wire::parse_decimal("000018446744073709551615") == top);
    CHECK(*wire::parse_decimal(std::string(5000, '0') + "7") == 7);
    refused("18446744073709551616", std::errc::result_out_of_range, 19);
    refused("18446744073709551620", std::errc::result_out_of_range, 19);
    refused("184467440737095516150", std::errc::result_out_of_range, 20);
    refused("99999999999999999999x", std::errc::result_out_of_range, 19);
    refused(std::string(5000, '9'), std::errc::result_out_of_range, 19);
}

TEST_CASE("T6 decimal: digits only", "[wire]") {
    refused("", std::errc::invalid_argument, 0);
    refused("+1", std::errc::invalid_argument, 0);
    refused("-1", std::errc::invalid_argument, 0);
    refused(" 1", std::errc::invalid_argument, 0);
    refused("1 ", std::errc::invalid_argument, 1);
    refused("1_0", std::errc::invalid_argument, 1);
    refused("0x10", std::errc::invalid_argument, 1);
    refused("1e3", std::errc::invalid_argument, 1);
    refused("\xD9\xA1", std::errc::invalid_argument, 0);      // an Arabic-Indic one
    refused("\xEF\xBC\x91", std::errc::invalid_argument, 0);  // a full-width one
    refused(std::string("1\0", 2), std::errc::invalid_argument, 1);
}

TEST_CASE("decimal: writes what it reads", "[wire]") {
    for (std::uint64_t const v : {std::uint64_t{0}, std::uint64_t{9}, std::uint64_t{10},
                                  std::uint64_t{1} << 32, top - 1, top}) {
        wire::decimal const text(v);
        CHECK(text.view() == std::to_string(v));
        CHECK(*wire::parse_decimal(text.view()) == v);
    }
}
