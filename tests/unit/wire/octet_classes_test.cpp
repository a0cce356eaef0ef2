// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// octet_classes_test.cpp - every kernel classes 64 octets as looking at each of them does.
#include <array>
#include <cstdint>
#include <random>

#include <wire/octet_classes.hpp>

#include "support/catch.hpp"

namespace {

wire::octet_classes naive(std::array<char, 64> const& octets) {
    wire::octet_classes c{};
    for (std::size_t i = 0; i < 64; ++i) {
        std::uint64_t const bit = std::uint64_t{1} << i;
        if (!wire::detail::word_octet.contains(octets[i])) c.breaks |= bit;
        if (octets[i] == '/') c.slash |= bit;
        if (wire::digit.contains(octets[i])) c.digit |= bit;
    }
    return c;
}

#if defined(MSRPKIT_KERNEL_X86)
[[gnu::target("avx2,bmi,bmi2,popcnt")]] wire::octet_classes by_avx2(char const* p) {
    return wire::detail::avx2::classify(p);
}
#endif

void check(std::array<char, 64> const& octets) {
    [[maybe_unused]] auto const want = naive(octets);
#if defined(MSRPKIT_KERNEL_X86)
    auto const sse2 = wire::detail::sse2::classify(octets.data());
    REQUIRE(sse2.breaks == want.breaks);
    REQUIRE(sse2.slash == want.slash);
    REQUIRE(sse2.digit == want.digit);
    if (wire::available(wire::kernel::avx2)) {
        auto const avx2 = by_avx2(octets.data());
        REQUIRE(avx2.breaks == want.breaks);
        REQUIRE(avx2.slash == want.slash);
        REQUIRE(avx2.digit == want.digit);
    }
#elif defined(MSRPKIT_KERNEL_NEON)
    auto const neon = wire::detail::neon::classify(octets.data());
    REQUIRE(neon.breaks == want.breaks);
    REQUIRE(neon.slash == want.slash);
    REQUIRE(neon.digit == want.digit);
#endif
}

}  // namespace

TEST_CASE("every octet at every place is classed", "[octet_classes]") {
    for (int c = 0; c < 256; ++c) {
        std::array<char, 64> octets;
        octets.fill(static_cast<char>(c));
        check(octets);
        for (std::size_t i = 0; i < 64; ++i) {
            octets.fill('a');
            octets[i] = static_cast<char>(c);
            check(octets);
        }
    }
    std::mt19937 random(64);
    for (int round = 0; round < 2000; ++round) {
        std::array<char, 64> octets;
        for (char& c : octets) c = static_cast<char>(random());
        check(octets);
    }
}

TEST_CASE("the tables by halves of an octet hold the set", "[octet_classes]") {
    auto const check_tables = [](wire::detail::half_tables const& tables) {
        for (unsigned c = 0; c < 128; ++c) {
            int const both = tables.low[c & 15U] & tables.high[c >> 4U];
            REQUIRE((both != 0) == wire::detail::word_octet.contains(static_cast<char>(c)));
        }
        CHECK(tables.low[3] == tables.low[19]);
        CHECK(tables.high[3] == tables.high[19]);
    };
    check_tables(wire::detail::halves_of(wire::detail::word_octet));
    auto const& tables = wire::detail::word_halves;
    check_tables(tables);
    for (unsigned c = 0; c < 128; ++c) {
        int const both = tables.low[c & 15U] & tables.high[c >> 4U];
        REQUIRE(((both & 0x40) != 0) == wire::digit.contains(static_cast<char>(c)));
        REQUIRE(((both & 0x80) != 0) == (c == '/'));
    }
    CHECK(wire::detail::can_classify(wire::best_kernel()) ==
          (wire::best_kernel() != wire::kernel::swar));
}
