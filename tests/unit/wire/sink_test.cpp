// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// sink_test.cpp - writing into memory of a fixed size.
#include <array>
#include <cstdint>
#include <span>

#include <wire/sink.hpp>

#include "support/catch.hpp"

TEST_CASE("sink: appends text, octets and numbers", "[wire]") {
    std::array<char, 32> memory{};
    wire::sink out(memory);
    CHECK(out.view().empty());
    out << "1-" << std::uint64_t{18446744073709551615U} << '/' << '*' << "";
    CHECK(out.view() == "1-18446744073709551615/*");
    CHECK_FALSE(out.overflowed());
    CHECK(out.needed() == 24);
}

TEST_CASE("T7 sink: what does not fit is never written, and noticed", "[wire]") {
    std::array<char, 6> memory{'.', '.', '.', '.', '.', '.'};
    wire::sink out{std::span<char>(memory).first(4)};
    out << "ab";
    out << "cde";
    CHECK(out.overflowed());
    CHECK(out.view() == "ab");
    out << 'f';  // would fit; what stands there must stay a prefix of the whole
    CHECK(out.view() == "ab");
    CHECK(out.needed() == 6);
    CHECK(memory[2] == '.');
    CHECK(memory[4] == '.');

    wire::sink exact{std::span<char>(memory).first(2)};
    exact << "xy";
    CHECK_FALSE(exact.overflowed());
    CHECK(exact.view() == "xy");

    wire::sink none{std::span<char>{}};
    none << "";
    CHECK_FALSE(none.overflowed());
    none << 'x';
    CHECK(none.overflowed());
    CHECK(none.needed() == 1);
}
