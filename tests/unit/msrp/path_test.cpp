// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// path_test.cpp - a list of MSRP-URIs: reader, grammar, the owning kind.
#include <array>
#include <memory_resource>
#include <string>
#include <string_view>
#include <vector>

#include <msrp/parse_path.hpp>
#include <msrp/path.hpp>

#include "support/catch.hpp"

namespace {

using msrp::error;

wire::result<msrp::path_view> read(std::string_view text, msrp::path_options const& options = {}) {
    auto const by_hand = msrp::read_path(text, options);
    auto const by_grammar = msrp::parse_path(text, options);
    REQUIRE(by_hand.has_value() == by_grammar.has_value());
    CHECK(by_hand.error() == by_grammar.error());
    if (by_hand) {
        CHECK(by_hand->text() == by_grammar->text());
        CHECK(by_hand->size() == by_grammar->size());
    }
    return by_hand;
}
void bad(std::string_view text, error why, std::uint64_t at,
         msrp::path_options const& options = {}) {
    CAPTURE(text);
    auto const r = read(text, options);
    REQUIRE_FALSE(r);
    CHECK(r.error().code == why);
    CHECK(r.error().offset == at);
}

}  // namespace

TEST_CASE("FRM-7.1-2 CON-8.2-1 path: one URI or more, one SP between them", "[path]") {
    auto const one = read("msrp://a:1/s;tcp");
    REQUIRE(one);
    CHECK(one->size() == 1);
    CHECK(one->front().host == "a");
    CHECK(one->back().host == "a");
    auto const three = read("msrps://r1:9/x;tcp msrps://r2:9/y;tcp;p msrp://b:2/z;tcp");
    REQUIRE(three);
    CHECK(three->size() == 3);
    CHECK(three->front().host == "r1");
    CHECK(three->back().host == "b");
    std::vector<std::string> hosts;
    for (auto const u : *three) hosts.emplace_back(u.host);
    CHECK(hosts == std::vector<std::string>{"r1", "r2", "b"});
    auto i = three->begin();
    CHECK((*i++).host == "r1");
    CHECK((*i).host == "r2");
}

TEST_CASE("FRM-9-3 path: what is wrong, and where", "[path]") {
    bad("", error::bad_uri, 0);
    bad(" msrp://a:1/s;tcp", error::bad_uri, 0);
    bad("msrp://a:1/s;tcp ", error::bad_uri, 17);
    bad("msrp://a:1/s;tcp  msrp://b:1/s;tcp", error::bad_uri, 17);
    bad("msrp://a:1/s;tcp\tmsrp://b:1/s;tcp", error::bad_uri, 16);
    bad("msrp://a:1/s;tcp,msrp://b:1/s;tcp", error::bad_uri, 16);
    bad("msrp://a:1/s;tcp msrp://b:1/s", error::bad_uri, 29);
    bad("msrp://a:1/s msrp://b:1/s;tcp", error::bad_uri, 12);
    // A value out of range counts before what is wrong in a later URI.
    bad("msrp://1.2.3.4/s;tcp msrp:", error::ip_without_port, 14);
    bad("msrp://a:1/s;tcp msrp://[::1]/s;tcp x", error::ip_without_port, 29);
    bad("msrp://a:1/s;tcp msrp://b:70000/s;tcp", error::bad_port, 30);
}

TEST_CASE("T16 path: the number of URIs is limited, on both sides", "[path]") {
    std::string const two = "msrp://a:1/s;tcp msrp://b:1/s;tcp";
    CHECK(read(two, {2}));
    bad(two, error::path_too_long, 17, {1});
    bad(two, error::path_too_long, 0, {0});
    bad("msrp://a:1/s;tcp ", error::path_too_long, 17, {1});
}

TEST_CASE("FRM-9-3 path: several blanks only under the leniency", "[path]") {
    std::string const text = "msrp://a:1/s;tcp  msrp://b:1/s;tcp    msrp://c:1/s;tcp";
    msrp::path_options const several{.several_blanks = true};
    auto const r = read(text, several);
    REQUIRE(r);
    CHECK(r->size() == 3);
    std::string hosts;
    for (auto const u : *r) hosts += u.host;
    CHECK(hosts == "abc");
    CHECK(r->back().host == "c");
    bad(text, error::bad_uri, 17);
    bad("msrp://a:1/s;tcp  ", error::bad_uri, 18, several);
    bad("  msrp://a:1/s;tcp", error::bad_uri, 0, several);
}

TEST_CASE("RFC 8873 example: IPv6 without brackets in a path only under the leniency", "[path]") {
    std::string const text = "msrp://2001:db8::5:2855/s;tcp msrp://b:1/t;tcp msrp://::1:7;ws;p";
    bad(text, error::bad_uri, 23);
    msrp::path_options const lenient{.ipv6_without_brackets = true};
    auto const r = read(text, lenient);
    REQUIRE(r);
    CHECK(r->size() == 3);
    CHECK(r->front().host == "2001:db8::5");
    CHECK(r->front().port == 2855);
    CHECK(r->back().host == "::1");
    std::string hosts;
    for (auto const u : *r) hosts += std::string(u.host) + ' ';
    CHECK(hosts == "2001:db8::5 b ::1 ");
    auto const owned = msrp::path::parse(text, lenient);
    REQUIRE(owned);
    CHECK(owned->back().port == 7);
    CHECK_FALSE(msrp::path::parse(text));
    // Both leniencies at once, and errors of a URI behind a good one.
    bad("msrp://::1:7/s;tcp  msrp://::1:7/s;tcp", error::bad_uri, 19, lenient);
    CHECK(read("msrp://::1:7/s;tcp  msrp://::1:7/s;tcp", {9, true, true}));
    bad("msrp://::1:7/s;tcp msrp://::1/s;tcp", error::bad_uri, 29, lenient);
    bad("msrp://::1:7/s;tcp msrp://::1:65536/s;tcp", error::bad_port, 34, lenient);
    bad("msrp://::1:7/s;tcp msrp://::1:7/s;tcp", error::path_too_long, 19, {1, false, true});
}

TEST_CASE("RLY-5.1-3 path: the owning kind", "[path]") {
    std::string source = "msrp://a:1/s;tcp";
    auto owned = *msrp::path::parse(source);
    source.assign(source.size(), '#');
    CHECK(owned.text() == "msrp://a:1/s;tcp");
    owned.append(*msrp::read_path("msrp://b:1/s;tcp msrp://c:1/s;tcp"));
    CHECK(owned.size() == 3);
    CHECK(owned.back().host == "c");
    CHECK(owned.front().host == "a");
    CHECK(read(owned.text())->size() == 3);
    std::string hosts;
    for (auto const u : owned) hosts += u.host;
    CHECK(hosts == "abc");
    auto const wrong = msrp::path::parse("msrp://a");
    REQUIRE_FALSE(wrong);
    CHECK(wrong.error().code == error::bad_uri);
    CHECK(wrong.error().offset == 8);
}

TEST_CASE("CON-8.2-1 path: its first and its last URI as paths", "[path]") {
    auto const three = read("msrps://r1:9/x;tcp msrps://r2:9/y;tcp;p msrp://b:2/z;tcp");
    REQUIRE(three);
    CHECK(three->front_path().text() == "msrps://r1:9/x;tcp");
    CHECK(three->back_path().text() == "msrp://b:2/z;tcp");
    CHECK(three->front_path().size() == 1);
    CHECK(three->back_path().size() == 1);
    auto const one = read("msrp://a:1/s;tcp");
    REQUIRE(one);
    CHECK(one->front_path().text() == one->text());
    CHECK(one->back_path().text() == one->text());
    for (bool const lenient : {false, true}) {
        auto const r = msrp::read_path(one->text(), {.ipv6_without_brackets = lenient});
        REQUIRE(r);
        CHECK(r->front_path().is_plain() == !lenient);
        CHECK(r->back_path().is_plain() == !lenient);
    }
}

TEST_CASE("path: takes another path's text into its own memory", "[path]") {
    auto to = *msrp::path::parse("msrps://relay.example:9/someidentifier;tcp msrp://b:2/z;tcp");
    auto const* const memory = to.text().data();
    auto const from = *msrp::read_path("msrp://u@a:1/s;tcp");
    to.assign(from);
    CHECK(to.text() == "msrp://u@a:1/s;tcp");
    CHECK(to.text().data() == memory);
    CHECK(to.size() == 1);
    CHECK_FALSE(to.view().is_plain());
    to.assign(*msrp::read_path("msrp://a:1/s;tcp msrp://b:2/z;tcp"));
    CHECK(to.size() == 2);
    CHECK(to.view().is_plain());
}

TEST_CASE("path: takes a polymorphic allocator", "[path]") {
    std::array<std::byte, 1024> memory;
    std::pmr::monotonic_buffer_resource pool(memory.data(), memory.size(),
                                             std::pmr::null_memory_resource());
    std::string const text = "msrp://a-host-with-a-name-that-no-small-string-holds:1/s;tcp";
    auto const owned = *msrp::pmr::path::parse(text, &pool);
    CHECK(owned.text() == text);
    CHECK(owned.get_allocator().resource() == &pool);
}
