// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// result_test.cpp - a value or a failure.
#include <memory>
#include <string>
#include <system_error>
#include <type_traits>

#include <wire/config.hpp>
#include <wire/result.hpp>

#include "support/catch.hpp"

namespace {

wire::failure const lost{std::make_error_code(std::errc::invalid_argument), 7, "To-Path"};

}  // namespace

TEST_CASE("result: a value", "[wire]") {
    wire::result<std::string> r(std::string("x"));
    REQUIRE(r);
    CHECK(r.has_value());
    CHECK(*r == "x");
    CHECK(r->size() == 1);
    CHECK(r.value_or("y") == "x");
    CHECK(r.error() == wire::failure{});
    *r = "z";
    CHECK(std::as_const(r).value() == "z");
    CHECK(*std::as_const(r) == "z");
    CHECK(std::as_const(r)->size() == 1);
}

TEST_CASE("result: a failure", "[wire]") {
    wire::result<std::string> const r(lost);
    REQUIRE_FALSE(r);
    CHECK(r.error() == lost);
    CHECK(r.value_or("y") == "y");
    wire::result<int> const by_code(std::make_error_code(std::errc::timed_out));
    REQUIRE_FALSE(by_code);
    CHECK(by_code.error().code == std::errc::timed_out);
    CHECK(by_code.error().offset == 0);
    CHECK(by_code.error().field.empty());
}

TEST_CASE("result: holds what can only be moved", "[wire]") {
    wire::result<std::unique_ptr<int>> r(std::make_unique<int>(3));
    REQUIRE(r);
    auto const taken = *std::move(r);
    CHECK(*taken == 3);
}

TEST_CASE("result: of nothing", "[wire]") {
    wire::result<void> const good;
    CHECK(good);
    CHECK(good.has_value());
    CHECK(good.error() == wire::failure{});
    wire::result<void> const bad(lost);
    REQUIRE_FALSE(bad);
    CHECK(bad.error() == lost);
    wire::result<void> const by_code(std::make_error_code(std::errc::timed_out));
    CHECK_FALSE(by_code.has_value());
    CHECK(by_code.error().code == std::errc::timed_out);
}

TEST_CASE("result: is no bool and no value by accident", "[wire]") {
    static_assert(!std::is_convertible_v<wire::result<int>, bool>);
    static_assert(!std::is_convertible_v<wire::result<int>, int>);
    static_assert(!std::is_default_constructible_v<wire::result<int>>);
    SUCCEED();
}

TEST_CASE("failure: seen from a text that begins earlier", "[wire]") {
    CHECK(lost.at(10) == wire::failure{lost.code, 17, "To-Path"});
    CHECK(lost.at(10, "header") == wire::failure{lost.code, 17, "header"});
}

TEST_CASE("config: the version agrees with itself", "[wire]") {
    CHECK(std::to_string(wire::version.major_number) + "." +
              std::to_string(wire::version.minor_number) + "." +
              std::to_string(wire::version.patch_number) ==
          MSRPKIT_VERSION_STRING);
}

TEST_CASE("result: failures are equal where code, offset and field are", "[wire]") {
    auto other = lost;
    CHECK(other == lost);
    other.code = std::make_error_code(std::errc::timed_out);
    CHECK_FALSE(other == lost);
    CHECK_FALSE(lost.at(1) == lost);
    CHECK(lost.at(1).offset == lost.offset + 1);
    CHECK_FALSE(lost.at(0, "From-Path") == lost);
}
