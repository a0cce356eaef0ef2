// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// connection_test.cpp - sdp/connection.hpp: the c= line and its multicast suffixes.
#include <sdp/connection.hpp>

#include "support/catch.hpp"

TEST_CASE("RFC 8866 5.7 the c= value is split and numeric addresses are read") {
    auto const v4 = *sdp::read_connection("IN IP4 198.51.100.7");
    CHECK(v4.net_type == "IN");
    CHECK(v4.address_type == "IP4");
    CHECK(v4.address == "198.51.100.7");
    CHECK(v4.ip == wire::parse_ip("198.51.100.7"));
    CHECK_FALSE(v4.ttl);
    CHECK(sdp::read_connection("IN IP6 2001:DB8::1")->ip == wire::parse_ip("2001:db8:0::1"));
    CHECK(sdp::read_connection("IN IP4 host.example")->ip == std::nullopt);
    // A family that disagrees gives no address to connect to.
    CHECK(sdp::read_connection("IN IP4 2001:db8::1")->ip == std::nullopt);
    CHECK(sdp::read_connection("IN IP6 192.0.2.1")->ip == std::nullopt);
    CHECK(sdp::read_connection("ATM NSAP 47.0091")->address == "47.0091");
    CHECK(sdp::read_connection("ATM IP4 192.0.2.1")->ip == std::nullopt);
}

TEST_CASE("RFC 8866 5.7 multicast suffixes are taken off where they are ones") {
    auto const a = *sdp::read_connection("IN IP4 233.252.0.1/127");
    CHECK(a.address == "233.252.0.1");
    CHECK(a.ttl == 127);
    CHECK_FALSE(a.address_count);
    CHECK(sdp::read_connection("IN IP4 233.252.0.1/0/4294967295")->address_count == 4294967295U);
    auto const b = *sdp::read_connection("IN IP6 ff15::101/3");
    CHECK(b.ip == wire::parse_ip("ff15::101"));
    CHECK(b.address_count == 3U);
    for (auto const* odd : {"IN IP4 233.252.0.1/256", "IN IP4 233.252.0.1/", "IN IP4 1.2.3.4/1/0",
                            "IN IP4 1.2.3.4/1/4294967296", "IN IP6 ff15::1/0", "IN IP6 ff15::1/1/1",
                            "IN X 1.2.3.4/1", "IN IP4 /1", "IN IP6 /1"}) {
        CAPTURE(odd);
        auto const c = *sdp::read_connection(odd);
        CHECK(c.address.find('/') != std::string_view::npos);
        CHECK_FALSE(c.ip);
        CHECK_FALSE(c.ttl);
        CHECK_FALSE(c.address_count);
    }
}

TEST_CASE("SDP-8866-2 the address type written twice is read only when told so") {
    auto const stops = [](std::string_view text, bool lenient) {
        auto const c = sdp::read_connection(text, lenient);
        CHECK_FALSE(c);
        CHECK(c.error().code == sdp::error::bad_connection);
        return c.error().offset;
    };
    CHECK(sdp::read_connection("IN IP6 IP6 2001:db8::1", true)->ip ==
          wire::parse_ip("2001:db8::1"));
    CHECK(stops("IN IP6 IP6 2001:db8::1", false) == 10);
    // A host may have that name, and another word there is none.
    CHECK(sdp::read_connection("IN IP6 IP6", true)->address == "IP6");
    CHECK(stops("IN IP6 IP6 ", true) == 11);
    CHECK(stops("IN IP6 IP4 192.0.2.1", true) == 10);
    CHECK(stops("IN IP6 IP6 IP6 2001:db8::1", true) == 14);
}
