// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include <wire/keyed_hash.hpp>

#include "support/catch.hpp"

TEST_CASE("the values are those of SipHash-1-3 (T19)", "[keyed_hash]") {
    // As CPython 3.11 hashes bytes with PYTHONHASHSEED=0, both halves of the key being zero.
    constexpr wire::keyed_hash zero;
    static_assert(zero("a") == 0x407448D2B89B1813U);
    CHECK(zero("abcdefg") == 0x6DB12AAE9070F506U);
    CHECK(zero("abcdefgh") == 0x3F7B849C0B8E35EAU);
    CHECK(zero("4kx92jmq0v8szp3ht61wlbc5") == 0xEADA8F3C04478FB9U);
    std::string all;
    for (char c = 1; c < 64; ++c) all += c;
    CHECK(zero(all) == 0x6BAFE9F92616651BU);
}

TEST_CASE("the key and each octet change the value", "[keyed_hash]") {
    std::set<std::uint64_t> seen;
    std::string text(24, 'x');
    for (std::uint64_t key = 0; key < 8; ++key) {
        seen.insert(wire::keyed_hash(key, 0)(text));
        seen.insert(wire::keyed_hash(0, key + 1)(text));
    }
    CHECK(seen.size() == 16);
    wire::keyed_hash const h(1, 2);
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto other = text;
        other[i] = 'y';
        seen.insert(h(other));
        seen.insert(h(std::string_view(text).substr(0, i)));
    }
    CHECK(seen.size() == 16 + 48);
}
