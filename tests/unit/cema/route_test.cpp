// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// route_test.cpp - every combination of what is known against the goal: less than one relay.
#include <array>
#include <cema/route.hpp>
#include <vector>

#include "expected.hpp"
#include "support.hpp"
#include "support/catch.hpp"

namespace {

using cema::route;
using cema::route_facts;
using cema_test::text;

route_facts of(text const& t, bool offers, std::vector<cema::own_address> const& own = {}) {
    auto const d = cema_test::parsed(t.str());
    REQUIRE(d);
    auto const media = msrp::sdp_media::read(*d->view().media(0));
    REQUIRE(media.usable());
    return cema::route_facts_of(own, false, media, false, offers);
}

}  // namespace

TEST_CASE("routes: every combination, by what each way needs") {
    for (auto const& f : cema_test::all_route_facts()) {
        INFO(cema_test::show(f));
        auto const c = cema::plan_route(f);
        CHECK(cema_test::meets(c, cema_test::expected_route(f)));
        CHECK_FALSE(c.why.document.empty());
        CHECK_FALSE(c.why.text.empty());
        bool const somebody_listens = f.peer_reachable || (f.own_reachable && f.peer_can_connect);
        switch (c.way) {
            case route::cema:  // CEMA-4.2-5: one CEMA side, a middlebox, somebody who listens
                CHECK(f.middlebox);
                CHECK(somebody_listens);
                if (!f.peer_cema) CHECK((f.peer_reachable && !f.peer_relay));
                break;
            case route::direct: CHECK(f.peer_reachable); break;
            case route::setup:  // ALT-4.2.2-1
                CHECK_FALSE(f.peer_reachable);
                CHECK(f.own_reachable);
                CHECK(f.peer_can_connect);
                break;
            case route::relay:  // the last way out
                CHECK_FALSE(somebody_listens);
                CHECK(f.own_relay);
                CHECK(f.peer_can_connect);
                break;
            case route::none:
                CHECK_FALSE(somebody_listens);
                CHECK((!f.own_relay || !f.peer_can_connect));
                break;
        }
        // A relay is used only where nothing else leads to the peer.
        bool const nothing_else = !somebody_listens && f.own_relay && f.peer_can_connect;
        CHECK((c.way == route::relay) == nothing_else);
        // Where CEMA can be used, it is.
        bool const cema = f.middlebox && ((f.peer_reachable && (f.peer_cema || !f.peer_relay)) ||
                                          (!f.peer_reachable && !f.peer_relay && f.peer_cema &&
                                           f.own_reachable && f.peer_can_connect));
        CHECK((c.way == route::cema) == cema);
        if (!f.middlebox && f.peer_reachable) CHECK(c.way == route::direct);
    }
}

TEST_CASE("routes: what stands in the peer's description") {
    auto const v4 = cema::own_address{*wire::parse_ip("192.0.2.1"), true};
    auto const v6 = cema::own_address{*wire::parse_ip("2001:db8::1"), true};
    auto const closed = cema::own_address{*wire::parse_ip("192.0.2.1"), false};

    auto f = of({}, false, {v6, closed});
    CHECK_FALSE(f.own_reachable);  // the peer is an IPv4 one
    CHECK(f.peer_reachable);
    CHECK_FALSE(f.peer_relay);
    CHECK_FALSE(f.peer_can_connect);  // an answer without setup: the offerer is active
    CHECK_FALSE(f.peer_cema);
    CHECK(cema::plan_route(f).way == route::direct);
    CHECK(of({}, true).peer_can_connect);
    CHECK(of({.setup = "passive"}, false).peer_can_connect);
    CHECK_FALSE(of({.setup = "holdconn"}, false).peer_can_connect);

    f = of({.port = 9, .path = "msrp://192.0.2.2:9/b;tcp", .setup = "active"}, true, {v4});
    CHECK(f.own_reachable);
    CHECK_FALSE(f.peer_reachable);
    CHECK(cema::plan_route(f).way == route::setup);
    f = of({.port = 9, .path = "msrp://192.0.2.2:9/b;tcp"}, true);
    CHECK_FALSE(f.peer_reachable);
    f.own_relay = true;
    CHECK(cema::plan_route(f).way == route::relay);
    f.own_relay = false;
    CHECK(cema::plan_route(f).way == route::none);

    f = of({.path = "msrp://198.51.100.7:2855/q;tcp msrp://192.0.2.2:7002/b;tcp",
            .setup = "active",
            .cema = true},
           false, {v6, v4});
    CHECK(f.own_reachable);
    CHECK(f.peer_relay);
    CHECK(f.peer_reachable);
    CHECK(f.peer_cema);
    f.middlebox = true;
    CHECK(cema::plan_route(f).way == route::cema);
    CHECK(of({.c = "peer.example"}, false, {v6}).own_reachable);  // a name may be either
}

TEST_CASE("routes have texts") {
    for (auto r : {route::none, route::direct, route::setup, route::cema, route::relay})
        CHECK_FALSE(to_text(r).empty());
    CHECK(to_text(static_cast<route>(9)).empty());
    CHECK(cema::decide_by(std::span<cema::route_row const>(), route_facts{}).way == route::none);
    CHECK(cema::route_rows().size() == 10);
}
