// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// sink_test.cpp - writing into memory of a fixed size.
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

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

TEST_CASE("T7 sink: pieces appended at once end as pieces appended one by one", "[wire]") {
    constexpr std::string_view text = "a value of some length, and more of it";
    auto const top = std::uint64_t{18446744073709551615U};
    for (std::uint64_t const number : {std::uint64_t{7}, top}) {
        std::vector<char> wide(200);
        wire::sink whole(wide);
        whole << "Name: " << text << ' ' << number << "\r\n";
        for (std::size_t size = 0; size < whole.needed() + 25; ++size) {
            CAPTURE(size, number);
            // Memory of just that size: writing past it is seen by ASan.
            std::vector<char> one(size);
            std::vector<char> two(size);
            wire::sink each(one);
            each << "Name: " << text << ' ' << number << "\r\n";
            wire::sink all(two);
            CHECK(all.append("Name: ", text, ' ', number, "\r\n") == (size >= whole.needed()));
            CHECK(all.view() == each.view());
            CHECK(all.needed() == whole.needed());
            CHECK(all.overflowed() == (size < whole.needed()));
            // What would fit is not written behind what did not.
            bool const more = all.append('x');
            each << 'x';
            CHECK(more == (size > whole.needed()));
            CHECK(all.view() == each.view());
            CHECK(all.needed() == each.needed());
        }
    }
}
