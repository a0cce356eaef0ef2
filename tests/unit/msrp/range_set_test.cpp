// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// range_set_test.cpp - ranges merge, stay bounded, agree with a plain set of positions.
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory_resource>
#include <new>
#include <set>
#include <vector>

#include <msrp/range_set.hpp>

#include "support/catch.hpp"
#include "support/session_rig.hpp"

namespace {
constexpr auto top = std::numeric_limits<std::uint64_t>::max();

std::vector<msrp::octet_range> ranges_of(msrp::range_set const& set) {
    return {set.begin(), set.end()};
}
}  // namespace

TEST_CASE("ranges merge where they touch or overlap (RPT-7.1.3-2)", "[range_set]") {
    msrp::range_set set;
    CHECK(!set.insert(11, 20));
    CHECK(!set.insert(31, 40));
    CHECK(ranges_of(set) == std::vector<msrp::octet_range>{{11, 20}, {31, 40}});
    CHECK(set.first_missing() == 1);
    CHECK(set.first_missing(11) == 21);
    CHECK(!set.insert(21, 30));
    CHECK(ranges_of(set) == std::vector<msrp::octet_range>{{11, 40}});
    CHECK(!set.insert(15, 16));
    CHECK(!set.insert(1, 10));
    CHECK(!set.insert(39, 50));
    CHECK(ranges_of(set) == std::vector<msrp::octet_range>{{1, 50}});
    CHECK(set.octets() == 50);
    CHECK(set.covers(1, 50));
    CHECK(!set.covers(1, 51));
    CHECK(set.covers(5, 4));
    CHECK(set.last() == 50);
    set.clear();
    CHECK(set.empty());
    CHECK(set.octets() == 0);
}

TEST_CASE("the ends of the 64-bit numbers are exact (CHK-14.5-1, T5)", "[range_set]") {
    msrp::range_set set;
    CHECK(!set.insert(top, top));
    CHECK(set.first_missing(top) == 0);
    CHECK(!set.insert(1, 1));
    CHECK(set.size() == 2);
    CHECK(!set.insert(2, top - 1));
    CHECK(set.size() == 1);
    CHECK(set.octets() == top);
    CHECK(set.covers(1, top));
    CHECK(set.insert(0, 5) == msrp::error::bad_byte_range);
    CHECK(set.insert(7, 6) == msrp::error::bad_byte_range);
}

TEST_CASE("the number of ranges is bounded (T14)", "[range_set]") {
    msrp::range_set set(3);
    CHECK(!set.insert(10, 10));
    CHECK(!set.insert(20, 20));
    CHECK(!set.insert(30, 30));
    CHECK(set.insert(40, 40) == msrp::error::too_many_ranges);
    CHECK(set.size() == 3);
    CHECK(set.octets() == 3);
    CHECK(!set.insert(11, 19));  // closing a hole is always possible
    CHECK(set.size() == 2);
    CHECK(!set.insert(40, 40));
}

TEST_CASE("any order gives what a set of positions gives (T14)", "[range_set]") {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        support::seeded_random random(seed);
        msrp::range_set set(100);
        std::set<std::uint64_t> naive;
        for (int i = 0; i < 60; ++i) {
            std::uint64_t const first = 1 + random.below(100);
            std::uint64_t const last = first + random.below(9);
            REQUIRE(!set.insert(first, last));
            for (auto p = first; p <= last; ++p) naive.insert(p);
            REQUIRE(set.octets() == naive.size());
        }
        std::uint64_t before = 0;
        for (auto const& r : set) {
            REQUIRE(r.first <= r.last);
            REQUIRE((before == 0 || r.first > before + 1));
            before = r.last;
        }
        for (std::uint64_t p = 1; p <= 110; ++p) {
            REQUIRE(set.covers(p, p) == naive.contains(p));
            REQUIRE(set.intersects(p, p + 1) == (naive.contains(p) || naive.contains(p + 1)));
            auto missing = p;
            while (naive.contains(missing)) ++missing;
            REQUIRE(set.first_missing(p) == missing);
        }
    }
}

TEST_CASE("what is taken out is gone, and nothing else (RPT-7.3.2-2)", "[range_set]") {
    support::seeded_random random(23);
    for (int round = 0; round < 300; ++round) {
        auto const most = static_cast<std::size_t>(1 + random.below(20));
        msrp::range_set set(most);
        std::set<std::uint64_t> naive;
        for (int i = 0; i < 40; ++i) {
            auto const first = 1 + random.below(100);
            auto const last = first + random.below(30) - 1;  // may be empty
            if (random.below(3) != 0) {
                if (last < first || set.insert(first, last)) continue;
                for (auto p = first; p <= last; ++p) naive.insert(p);
            } else {
                auto const before = set.size();
                bool const splits = first <= last && first > 1 && naive.contains(first - 1) &&
                                    naive.contains(last + 1) && set.covers(first - 1, last + 1);
                set.remove(first, last);
                for (auto p = first; p <= last; ++p) naive.erase(p);
                // No room for another range: what stands behind went, too.
                if (splits && before == most)
                    for (auto p = last + 1; naive.contains(p); ++p) naive.erase(p);
            }
            REQUIRE(set.octets() == naive.size());
            REQUIRE(set.size() <= most);
            for (std::uint64_t p = 1; p <= 140; ++p) REQUIRE(set.covers(p, p) == naive.contains(p));
            for (auto const& r : set) REQUIRE(r.first <= r.last);
        }
    }
    msrp::range_set all(1);
    CHECK_FALSE(all.insert(1, top));
    all.remove(top, top);
    CHECK(ranges_of(all) == std::vector<msrp::octet_range>{{1, top - 1}});
    all.remove(5, 4);
    all.remove(1, 1);
    CHECK(ranges_of(all) == std::vector<msrp::octet_range>{{2, top - 1}});
    all.remove(10, 10);
    CHECK(ranges_of(all) == std::vector<msrp::octet_range>{{2, 9}});
    all.remove(1, top);
    CHECK(all.empty());
    CHECK(all.octets() == 0);
    all.remove(1, top);
}

TEST_CASE("a range set lives in its allocator and survives its failing (T14)", "[range_set]") {
    std::array<std::byte, 64> memory;
    std::pmr::monotonic_buffer_resource pool(memory.data(), memory.size(),
                                             std::pmr::null_memory_resource());
    msrp::pmr::range_set set(100, &pool);
    CHECK(set.get_allocator().resource() == &pool);
    CHECK(!set.insert(10, 19));
    CHECK(!set.insert(30, 39));  // 16 and 32 octets: the next step of 64 is more than there is
    CHECK_THROWS_AS(set.insert(50, 59), std::bad_alloc);
    CHECK(set.size() == 2);
    CHECK(set.octets() == 20);
    CHECK(set.last() == 39);
    CHECK(!set.insert(20, 29));  // needs no memory
    CHECK(set.size() == 1);
    CHECK(set.octets() == 30);
}

TEST_CASE("ranges are equal where both ends are", "[range_set]") {
    msrp::octet_range const a{1, 9};
    CHECK(a == msrp::octet_range{1, 9});
    CHECK_FALSE(a == msrp::octet_range{2, 9});
    CHECK_FALSE(a == msrp::octet_range{1, 8});
}
