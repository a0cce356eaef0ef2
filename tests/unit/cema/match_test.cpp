// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// match_test.cpp - c/m-line against path URIs.
#include <cema/match.hpp>
#include <map>
#include <msrp/path.hpp>
#include <string>
#include <vector>

#include "support/catch.hpp"

namespace {

using dns = std::map<std::string, std::vector<wire::ip_address>, std::less<>>;

wire::ip_address ip(std::string_view text) { return *wire::parse_ip(text); }

struct question {
    std::string_view c;
    std::uint16_t port;
    std::string_view path;
    bool active = false;
    cema::comparison_scope scope = cema::comparison_scope::any_uri;
};

bool matches(question const& q, dns const& names = {}) {
    auto const path = *msrp::path::parse(q.path);
    auto const uris = [&path](auto&& f) {
        for (msrp::uri const u : path)
            if (!f(u)) return;
    };
    auto const lookup = [&names](std::string_view name) -> std::span<wire::ip_address const> {
        auto const at = names.find(name);
        if (at == names.end()) return {};
        return at->second;
    };
    return cema::address_matches({cema::host_value(q.c), q.port, q.active}, uris, lookup, q.scope);
}

std::vector<std::string> asked(question const& q) {
    auto const path = *msrp::path::parse(q.path);
    std::vector<std::string> out;
    cema::for_each_name(
        {cema::host_value(q.c), q.port, q.active},
        [&path](auto&& f) {
            for (msrp::uri const u : path)
                if (!f(u)) return;
        },
        [&out](std::string_view name) { out.emplace_back(name); }, q.scope);
    return out;
}

}  // namespace

TEST_CASE("CEMA-4.4-1 address and port both count") {
    CHECK(matches({"192.0.2.1", 7000, "msrp://192.0.2.1:7000/s;tcp"}));
    CHECK_FALSE(matches({"192.0.2.1", 7001, "msrp://192.0.2.1:7000/s;tcp"}));
    CHECK_FALSE(matches({"192.0.2.2", 7000, "msrp://192.0.2.1:7000/s;tcp"}));
    CHECK_FALSE(matches({"::ffff:192.0.2.1", 7000, "msrp://192.0.2.1:7000/s;tcp"}));
}

TEST_CASE("CEMA-4.4-1 IPv6 addresses are compared by value") {
    CHECK(matches({"2001:DB8:0:0:0:0:0:7", 7000, "msrp://[2001:db8::7]:7000/s;tcp"}));
    CHECK(matches({"2001:db8::0007", 7000, "msrp://[2001:db8:0::7]:7000/s;tcp"}));
    CHECK_FALSE(matches({"2001:db8::8", 7000, "msrp://[2001:db8::7]:7000/s;tcp"}));
}

TEST_CASE("CEMA-4.4-1 section 21 #6 any URI of the path, or the topmost by policy") {
    auto const path = "msrp://192.0.2.9:2855/r;tcp msrp://192.0.2.1:7000/s;tcp";
    CHECK(matches({"192.0.2.1", 7000, path}));
    CHECK(matches({"192.0.2.9", 2855, path}));
    CHECK_FALSE(matches({"192.0.2.9", 7000, path}));
    auto const top = cema::comparison_scope::topmost;
    CHECK(matches({"192.0.2.9", 2855, path, false, top}));
    CHECK_FALSE(matches({"192.0.2.1", 7000, path, false, top}));
}

TEST_CASE("CEMA-4.4-1 names: any record that fits suffices") {
    dns const names{{"alice.example", {ip("198.51.100.1"), ip("192.0.2.1"), ip("2001:db8::1")}},
                    {"other.example", {ip("192.0.2.77"), ip("192.0.2.1")}},
                    {"empty.example", {}}};
    CHECK(matches({"192.0.2.1", 7000, "msrp://alice.example:7000/s;tcp"}, names));
    CHECK(matches({"2001:db8:0::1", 7000, "msrp://alice.example:7000/s;tcp"}, names));
    CHECK_FALSE(matches({"192.0.2.2", 7000, "msrp://alice.example:7000/s;tcp"}, names));
    CHECK(matches({"other.example", 7000, "msrp://alice.example:7000/s;tcp"}, names));
    CHECK(matches({"ALICE.example", 7000, "msrp://198.51.100.1:7000/s;tcp"}, names));
    // What DNS does not know matches nothing, not even itself.
    CHECK_FALSE(matches({"nobody.example", 7000, "msrp://nobody.example:7000/s;tcp"}, names));
    CHECK_FALSE(matches({"empty.example", 7000, "msrp://empty.example:7000/s;tcp"}, names));
}

TEST_CASE("CEMA-4.4-1 percent-encoding of the host is undone") {
    dns const names{{"alice.example", {ip("192.0.2.1")}}};
    CHECK(matches({"192.0.2.1", 7000, "msrp://%61LICE.example:7000/s;tcp"}, names));
    CHECK(matches({"192.0.2.1", 7000, "msrp://192.0.2.%31:7000/s;tcp"}));
}

TEST_CASE("CEMA-4.4-1 a URI without a port fits nothing") {
    dns const names{{"alice.example", {ip("192.0.2.1")}}};
    CHECK_FALSE(matches({"192.0.2.1", 2855, "msrp://alice.example/s;tcp"}, names));
}

TEST_CASE("section 21 #23 port 9 with setup:active compares addresses only") {
    auto const real = "msrp://192.0.2.1:7000/s;tcp";
    auto const nine = "msrp://192.0.2.1:9/s;tcp";
    CHECK(matches({"192.0.2.1", 9, real, true}));
    CHECK(matches({"192.0.2.1", 9, nine, true}));
    CHECK_FALSE(matches({"192.0.2.2", 9, real, true}));
    CHECK_FALSE(matches({"192.0.2.1", 9, real, false}));    // no setup:active
    CHECK_FALSE(matches({"192.0.2.1", 7001, real, true}));  // another port than 9 counts
    CHECK_FALSE(matches({"192.0.2.1", 7001, nine, true}));  // a middlebox wrote its own port
}

TEST_CASE("CEMA-4.4-1 only names that can decide are asked for") {
    using v = std::vector<std::string>;
    CHECK(asked({"192.0.2.1", 7000, "msrp://192.0.2.2:7000/s;tcp"}).empty());
    CHECK(asked({"192.0.2.1", 7000, "msrp://B.example:7000/s;tcp"}) == v{"b.example"});
    CHECK(asked({"a.example", 7000, "msrp://b.example:7001/s;tcp"}) == v{"a.example"});
    CHECK(asked({"192.0.2.1", 7000, "msrp://b.example:7000/r;tcp msrp://c.example:7000/s;tcp"}) ==
          v{"b.example", "c.example"});
    CHECK(asked({"192.0.2.1", 7000, "msrp://b.example:7000/r;tcp msrp://c.example:7000/s;tcp",
                 false, cema::comparison_scope::topmost}) == v{"b.example"});
}

TEST_CASE("a host too long for DNS matches nothing") {
    std::string const name(300, 'a');
    auto const path = "msrp://" + name + ":7000/s;tcp";
    CHECK_FALSE(matches({"192.0.2.1", 7000, path}));
    CHECK(asked({"192.0.2.1", 7000, path}).empty());
    CHECK(cema::host_value("50%").name() == "50%");
    std::string const longer(4000, 'b');
    CHECK(cema::host_value(longer).name().empty());
}
