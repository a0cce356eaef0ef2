// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// kernel_test.cpp - which kernels there are, and which one is chosen.
#include <iostream>
#include <set>
#include <string>
#include <string_view>

#include <wire/kernel.hpp>

#include "support/catch.hpp"
#include "support/octet_blocks.hpp"

TEST_CASE("kernel: each has a name of its own", "[wire]") {
    std::set<std::string_view> names;
    for (auto const k : wire::all_kernels) names.insert(wire::name_of(k));
    CHECK(names == std::set<std::string_view>{"swar", "sse2", "avx2", "avx512", "neon"});
    CHECK(wire::name_of(wire::kernel::avx2) == "avx2");
    CHECK(wire::name_of(wire::kernel::swar) == "swar");
}

TEST_CASE("kernel: the best one is available, and swar always is", "[wire]") {
    auto const best = wire::best_kernel();
    CHECK(wire::available(best));
    CHECK(wire::best_kernel() == best);
    CHECK(wire::available(wire::kernel::swar));
    std::string names;
    for (auto const k : support::available_kernels()) names += " " + std::string(wire::name_of(k));
    // In the log: what the tests of this run compare.
    std::cout << "kernels:" << names << "; chosen: " << wire::name_of(best) << '\n';

#if defined(MSRPKIT_NO_SIMD)
    CHECK(support::available_kernels().size() == 1);
#elif defined(__x86_64__) && defined(__GNUC__) && !defined(_WIN32)
    CHECK(wire::available(wire::kernel::sse2));
    CHECK_FALSE(wire::available(wire::kernel::neon));
    CHECK(best != wire::kernel::swar);
    if (wire::available(wire::kernel::avx2)) CHECK(best != wire::kernel::sse2);
    if (wire::available(wire::kernel::avx512)) CHECK(wire::available(wire::kernel::avx2));
#elif defined(__aarch64__) && defined(__GNUC__) && !defined(__AARCH64EB__) && !defined(_WIN32)
    CHECK(best == wire::kernel::neon);
    CHECK(support::available_kernels().size() == 2);
#else
    CHECK(best == wire::kernel::swar);
#endif
}
