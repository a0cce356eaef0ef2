// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// openssl_random_test.cpp - the random source never gives the same octets out twice.
#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <msrp/ident.hpp>
#include <msrp/transport/openssl_random.hpp>

#include "support/catch.hpp"

using msrp::transport::openssl_random;
static_assert(msrp::random_source<openssl_random>);

namespace {

std::vector<unsigned char> draw(openssl_random& random, std::size_t size) {
    std::vector<unsigned char> out(size);
    random(out);
    return out;
}

}  // namespace

TEST_CASE("openssl_random fills every octet, across its pools") {
    openssl_random random;
    for (std::size_t const size : {0U, 1U, 15U, 1007U, 1025U, 5000U}) {
        // Of 40 draws, no place is always zero: it would be by a chance of 2^-320.
        std::vector<unsigned char> seen(size);
        for (int i = 0; i < 40; ++i) {
            auto const octets = draw(random, size);
            for (std::size_t at = 0; at < size; ++at) seen[at] |= octets[at];
        }
        CHECK(std::count(seen.begin(), seen.end(), 0) == 0);
    }
}

TEST_CASE("openssl_random: copies, moved and assigned ones do not repeat their origin") {
    openssl_random a;
    (void)draw(a, 1);  // a pool is there
    openssl_random b(a);
    openssl_random c;
    (void)draw(c, 1);
    auto const from_a = draw(a, 32);
    CHECK(draw(b, 32) != from_a);
    c = a;
    openssl_random d(std::move(b));
    auto const next = draw(a, 32);
    CHECK(draw(c, 32) != next);
    CHECK(draw(d, 32) != next);
}

TEST_CASE("openssl_random: identifiers differ") {
    openssl_random random;
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i)
        seen.emplace(msrp::make_ident<msrp::made_session_id>(random).view());
    CHECK(seen.size() == 1000);
}
