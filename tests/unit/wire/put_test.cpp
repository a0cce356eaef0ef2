// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// put_test.cpp - pieces of text written where there is room, and nothing beside it.
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <wire/put.hpp>

#include "support/catch.hpp"

namespace {

/// What a piece writes into memory of just its room: writing past it is seen by ASan.
template <class Piece>
std::string written(Piece const& piece) {
    std::vector<char> memory(wire::room_of(piece));
    char* const end = wire::put(memory.data(), piece);
    return {memory.data(), end};
}

}  // namespace

TEST_CASE("T7 put: texts of every size", "[wire]") {
    std::string text;
    for (std::size_t size = 0; size < 600; ++size) {
        // A text of its own, so that reading past it is seen too.
        std::vector<char> const exact(text.begin(), text.end());
        REQUIRE(written(std::string_view(exact.data(), exact.size())) == text);
        text += static_cast<char>('!' + size % 90);
    }
    CHECK(written("MSRP ") == "MSRP ");
    CHECK(written('x') == "x");
}

TEST_CASE("T7 put: the digits of every kind of number", "[wire]") {
    constexpr auto top = std::numeric_limits<std::uint64_t>::max();
    auto const check = [](std::uint64_t n) { REQUIRE(written(n) == std::to_string(n)); };
    for (std::uint64_t n = 0; n < 20000; ++n) check(n);
    for (std::uint64_t n = 0; n < 100'000'000; n += 9973) check(n);
    std::uint64_t power = 1;
    for (int digits = 1; digits <= 20; ++digits) {
        for (std::uint64_t factor = 1; factor < 10 && factor <= top / power; ++factor)
            for (std::uint64_t by = 0; by < 3; ++by)
                for (auto const n : {factor * power - by, factor * power + by}) check(n);
        if (digits < 20) power *= 10;
    }
    check(top);
    check(top - 1);
    std::uint64_t n = 1;
    for (int i = 0; i < 20000; ++i) {
        n = n * 6364136223846793005U + 1442695040888963407U;
        check(n >> (i % 64));
    }
}
