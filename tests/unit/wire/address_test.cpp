// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// address_test.cpp - IP addresses: read, compared by value, written by RFC 5952.
#include <algorithm>
#include <array>
#include <compare>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <wire/address.hpp>

#include "support/catch.hpp"

namespace {

std::string canonical(std::string_view text) {
    auto const a = wire::parse_ip(text);
    return a ? std::string(wire::ip_text(*a).view()) : "refused";
}

}  // namespace

TEST_CASE("URI-6-2 address: IPv4 is four octets without leading zeros", "[wire]") {
    CHECK(canonical("0.0.0.0") == "0.0.0.0");
    CHECK(canonical("192.0.2.255") == "192.0.2.255");
    CHECK(canonical("10.20.30.4") == "10.20.30.4");
    for (auto const* bad : {"", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.04", "1.2.3.1000",
                            "01.2.3.4", "1.2.3.", ".1.2.3", "1..2.3", "1.2.3.4 ", " 1.2.3.4",
                            "1.2.3.0x4", "+1.2.3.4", "1,2.3.4"}) {
        CAPTURE(bad);
        CHECK_FALSE(wire::parse_ipv4(bad));
    }
}

TEST_CASE("URI-6-2 address: IPv6 in all its forms", "[wire]") {
    CHECK(canonical("::") == "::");
    CHECK(canonical("::1") == "::1");
    CHECK(canonical("1::") == "1::");
    CHECK(canonical("1:2:3:4:5:6:7:8") == "1:2:3:4:5:6:7:8");
    CHECK(canonical("1:2:3:4:5:6:7::") == "1:2:3:4:5:6:7:0");
    CHECK(canonical("::2:3:4:5:6:7:8") == "0:2:3:4:5:6:7:8");
    CHECK(canonical("1::8") == "1::8");
    CHECK(canonical("1:2:3:4:5:6:192.0.2.1") == "1:2:3:4:5:6:c000:201");
    CHECK(canonical("::1.2.3.4") == "::102:304");
    CHECK(canonical("1:2::3.4.5.6") == "1:2::304:506");
    for (auto const* bad : {"",
                            ":",
                            ":::",
                            "1",
                            "1:",
                            ":1",
                            "1:2:3:4:5:6:7",
                            "1:2:3:4:5:6:7:8:9",
                            "1::2::3",
                            "::1:2:3:4:5:6:7:8",
                            "1:2:3:4:5:6:7:8::",
                            "12345::",
                            "g::",
                            "::1%lo",
                            "1:2:3:4:5:6:7:",
                            "::1.2.3",
                            "::1.2.3.256",
                            "1.2.3.4::",
                            "1:2:3:4:5:6:7:1.2.3.4",
                            "::1.2.3.4:5",
                            "[::1]",
                            "1:2:3:4:5:6:7:8:1.2.3.4",
                            ":1::",
                            "::1:"}) {
        CAPTURE(bad);
        CHECK_FALSE(wire::parse_ipv6(bad));
    }
}

TEST_CASE("RFC 5952 address: the canonical form", "[wire]") {
    CHECK(canonical("2001:0DB8:0000:0000:0008:0800:200C:417A") == "2001:db8::8:800:200c:417a");
    CHECK(canonical("2001:db8::1:0:0:1") == "2001:db8::1:0:0:1");        // first of equal runs
    CHECK(canonical("2001:db8:0:0:1:0:0:0") == "2001:db8:0:0:1::");      // the longest run
    CHECK(canonical("2001:db8:0:1:1:1:1:1") == "2001:db8:0:1:1:1:1:1");  // never one group
    CHECK(canonical("0:0:1:0:0:0:1:0") == "0:0:1::1:0");
    CHECK(canonical("ABCD:EF01::") == "abcd:ef01::");
    CHECK(canonical("::ffff:c000:0201") == "::ffff:192.0.2.1");
    CHECK(canonical("0:0:0:0:0:ffff:0.0.0.0") == "::ffff:0.0.0.0");
    CHECK(canonical("::fffe:c000:201") == "::fffe:c000:201");
    CHECK(canonical("1::ffff:1:2") == "1::ffff:1:2");
}

TEST_CASE("RFC 5952 address: every pattern of zero groups reads back", "[wire]") {
    for (unsigned mask = 0; mask < 256; ++mask) {
        std::array<std::uint8_t, 16> octets{};
        for (unsigned i = 0; i < 8; ++i)
            if ((mask >> i & 1U) != 0) octets[2 * i + 1] = static_cast<std::uint8_t>(i + 1);
        auto const address = wire::ip_address::v6(octets);
        wire::ip_text const text(address);
        CAPTURE(text.view());
        REQUIRE(wire::parse_ipv6(text.view()));
        CHECK(*wire::parse_ipv6(text.view()) == address);
    }
}

TEST_CASE("URI-6.1-2 CEMA-4.4-1 address: compared by value", "[wire]") {
    CHECK(wire::parse_ip("2001:DB8::0:1") == wire::parse_ip("2001:db8:0:0::1"));
    CHECK(wire::parse_ip("::1") != wire::parse_ip("::2"));
    CHECK(wire::parse_ip("192.0.2.1") != wire::parse_ip("::ffff:192.0.2.1"));
    CHECK(wire::parse_ip("0.0.0.0") != wire::parse_ip("::"));
    wire::endpoint const a{*wire::parse_ip("::1"), 2855};
    wire::endpoint const b{*wire::parse_ip("0::0:1"), 2855};
    CHECK(a == b);
    CHECK(a != wire::endpoint{b.address, 2856});
    CHECK(a < wire::endpoint{b.address, 2856});
}

TEST_CASE("address: families", "[wire]") {
    wire::ip_address const none;
    CHECK_FALSE(none.is_v4());
    CHECK_FALSE(none.is_v6());
    CHECK(wire::ip_text(none).view().empty());
    CHECK(wire::parse_ip("1.2.3.4")->is_v4());
    CHECK(wire::parse_ip("::")->is_v6());
    CHECK(wire::parse_ip("::")->is_unspecified());
    CHECK(wire::parse_ip("0.0.0.0")->is_unspecified());
    CHECK_FALSE(wire::parse_ip("::1")->is_unspecified());
    CHECK(wire::ip_address::v4({1, 2, 3, 4}) == wire::parse_ip("1.2.3.4"));
}

TEST_CASE("address: ports", "[wire]") {
    CHECK(wire::parse_port("0") == std::uint16_t{0});
    CHECK(wire::parse_port("65535") == std::uint16_t{65535});
    CHECK(wire::parse_port("002855") == std::uint16_t{2855});
    CHECK_FALSE(wire::parse_port("65536"));
    CHECK_FALSE(wire::parse_port("18446744073709551616"));
    CHECK_FALSE(wire::parse_port(""));
    CHECK_FALSE(wire::parse_port("-1"));
    CHECK_FALSE(wire::parse_port("80 "));
}

TEST_CASE("CEMA-4.4-1 address: ordered by family, then by octets", "[wire]") {
    auto const v4 = *wire::parse_ip("255.0.0.1");
    auto const v6 = *wire::parse_ip("::1");
    CHECK(v4 < v6);
    CHECK(v4 > *wire::parse_ip("254.255.255.255"));
    CHECK(v6 < *wire::parse_ip("1::"));
    CHECK(std::is_eq(v6 <=> v6));
    CHECK(wire::endpoint{v4, 9} != wire::endpoint{v6, 9});
    CHECK(wire::endpoint{v4, 9} < wire::endpoint{v6, 8});
    CHECK(wire::endpoint{v4, 8} < wire::endpoint{v4, 9});
    CHECK_FALSE(wire::parse_ipv6("::.1.2.3"));
    CHECK_FALSE(wire::parse_ipv6("1:2:3:4:5:6:.1.2.3"));
}

namespace {

/// The same texts, octet by octet.
template <class Reader>
std::optional<wire::ip_address> step_by_step(std::string_view text) {
    Reader reader;
    for (char const c : text) reader.step(c);
    return reader.finish();
}
void same_both_ways(std::string_view text) {
    if (wire::parse_ipv4(text) != step_by_step<wire::ipv4_reader>(text)) FAIL("IPv4: " << text);
    if (wire::parse_ipv6(text) != step_by_step<wire::ipv6_reader>(text)) FAIL("IPv6: " << text);
}

}  // namespace

TEST_CASE("addresses are read at once as they are octet by octet", "[wire]") {
    std::string text;
    std::size_t good = 0;
    // Every text of up to 8 of these octets, then addresses with octets put in, out and changed.
    constexpr std::string_view octets = ":1.0f";
    for (std::size_t size = 0; size <= 8; ++size) {
        std::vector<std::size_t> which(size, 0);
        for (bool more = true; more;) {
            text.clear();
            for (auto const i : which) text += octets[i];
            same_both_ways(text);
            good += wire::parse_ip(text) ? 1U : 0U;
            more = false;
            for (auto& i : which) {
                i = (i + 1) % octets.size();
                more = i != 0;
                if (more) break;
            }
        }
    }
    CHECK(good > 1000);
    std::mt19937 dice(8866);
    constexpr std::string_view any = "0123456789abcdefABCDEF:.:.:g/ %\0";
    for (std::string_view const start :
         {"203.0.113.255", "1:22:333:4444:5:6:7:8", "::ffff:198.51.100.7", "2001:db8::a:b",
          "1:2:3:4:5:6:192.0.2.1", "255.255.255.255", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8"})
        for (int round = 0; round < 20000; ++round) {
            text = start;
            for (auto edits = dice() % 4; edits != 0; --edits) {
                auto const at = dice() % (text.size() + 1);
                char const c = any[dice() % any.size()];
                if (dice() % 3 == 0)
                    text.insert(at, 1, c);
                else if (at < text.size() && dice() % 2 == 0)
                    text.erase(at, 1);
                else if (at < text.size())
                    text[at] = c;
            }
            same_both_ways(text);
        }
}
