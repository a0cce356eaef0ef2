// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// negotiator_test.cpp - offerer and answerer: descriptions in and out, plans.
#include <array>
#include <cema/negotiator.hpp>
#include <memory_resource>
#include <string>

#include "support.hpp"
#include "support/catch.hpp"

namespace {

using cema::error;
using cema::identity_check;
using cema::offerer_action;
using cema::role;
using cema::status;
using cema::target_kind;
using cema_test::cites;
using cema_test::has;
using cema_test::line;
using cema_test::text;

constexpr auto own_uri = "msrp://192.0.2.1:7001/alice1;tcp";

struct literal : cema::rfc6714 {
    static constexpr bool literal_own_relay = true;
};
struct careful : cema::rfc6714 {
    static constexpr bool cema_only_if_offered = true;
};

cema::negotiator make(cema::local_situation const& local) {
    auto n = cema::negotiator::make(local);
    REQUIRE(n);
    return std::move(*n);
}
cema::negotiator offering(cema::local_situation const& local) {
    auto n = make(local);
    REQUIRE(n.make_offer({1, 1}));
    return n;
}
status taken(wire::result<status> const& r) {
    INFO(r.error().code.message());
    REQUIRE(r);
    return *r;
}
wire::ip_address ip(std::string_view t) { return *wire::parse_ip(t); }

}  // namespace

TEST_CASE("CEMA-4.2-1 CEMA-4.2-2 SDP-8.1-2 the first offer of a reachable endpoint") {
    auto n = make({.uri = own_uri, .can_be_passive = true});
    auto const offer = n.make_offer({11, 22});
    REQUIRE(offer);
    CHECK(cema_test::parsed(*offer));
    CHECK(has(*offer, "a=msrp-cema"));
    CHECK(has(*offer, "a=setup:actpass"));
    CHECK(has(*offer, "c=IN IP4 192.0.2.1"));
    CHECK(has(*offer, "m=message 7001 TCP/MSRP *"));
    CHECK(has(*offer, "a=path:msrp://192.0.2.1:7001/alice1;tcp"));
    CHECK(line(*offer, "o=").find(" 11 22 IN IP4 ") != std::string::npos);
    CHECK(n.local_description() == *offer);
}

TEST_CASE("ALT-4.2.2-1 ALT-4.2.2-2 an unreachable endpoint offers setup:active and port 9 twice") {
    auto n = make({.uri = own_uri, .can_be_passive = false});
    auto const offer = n.make_offer({1, 1});
    REQUIRE(offer);
    CHECK(has(*offer, "a=setup:active"));
    CHECK(has(*offer, "m=message 9 TCP/MSRP *"));
    CHECK(has(*offer, "a=path:msrp://192.0.2.1:9/alice1;tcp"));
    // The session is then known by that URI.
    REQUIRE(taken(n.on_answer(text{.setup = "passive", .cema = true}.str())) == status::plan);
    CHECK(n.plan()->local_path.text() == "msrp://192.0.2.1:9/alice1;tcp");
}

TEST_CASE("CEMA-4.2-2 RLY-5.1-3 on a relay the offer carries the relay's address and actpass") {
    auto n = make({.uri = own_uri,
                   .use_path = "msrp://relay1.example:2855/r1;tcp msrp://198.51.100.9:2856/r2;tcp",
                   .can_be_passive = false});
    auto const offer = n.make_offer({1, 1});
    REQUIRE(offer);
    CHECK(has(*offer,
              "a=path:msrp://198.51.100.9:2856/r2;tcp msrp://relay1.example:2855/r1;tcp "
              "msrp://192.0.2.1:7001/alice1;tcp"));
    CHECK(has(*offer, "c=IN IP4 198.51.100.9"));
    CHECK(has(*offer, "m=message 2856 TCP/MSRP *"));
    CHECK(has(*offer, "a=setup:actpass"));
}

TEST_CASE(
    "CEMA-4.2-5 CEMA-4.1-1 answer with msrp-cema: connect to the c/m-line, address the path") {
    auto n = offering({.uri = own_uri});
    REQUIRE(taken(n.on_answer(
                text{.c = "203.0.113.5", .port = 5000, .setup = "passive", .cema = true}.str())) ==
            status::plan);
    auto const& p = *n.plan();
    CHECK(p.local_role == role::active);
    CHECK(p.target == target_kind::cm_line);
    CHECK(p.host == "203.0.113.5");
    CHECK(p.port == 5000);
    CHECK(p.endpoint() == wire::endpoint{ip("203.0.113.5"), 5000});
    CHECK(p.cema);
    CHECK(p.remote_path.text() == "msrp://192.0.2.2:7002/bob1;tcp");
    CHECK(p.local_path.text() == own_uri);
    CHECK(cites(p.reasons, "RFC 6714", "4.2", "last paragraph"));
    CHECK(n.names().empty());
}

TEST_CASE("CEMA-4.2-5 answer with msrp-cema and setup:active: wait") {
    auto n = offering({.uri = own_uri});
    REQUIRE(taken(n.on_answer(text{.c = "203.0.113.5", .setup = "active", .cema = true}.str())) ==
            status::plan);
    CHECK(n.plan()->local_role == role::passive);
    CHECK(n.plan()->target == target_kind::none);
    CHECK(n.plan()->host.empty());
    CHECK_FALSE(n.plan()->connects());
}

TEST_CASE("CEMA-4.2-5 answer without msrp-cema through a middlebox, peer passive: the c/m-line") {
    for (std::string const setup : {"", "passive", "holdconn"}) {
        auto n = offering({.uri = own_uri});
        REQUIRE(taken(n.on_answer(text{.c = "203.0.113.5", .port = 5000, .setup = setup}.str())) ==
                status::plan);
        CHECK(n.plan()->target == target_kind::cm_line);
        CHECK(n.plan()->host == "203.0.113.5");
        CHECK_FALSE(n.plan()->cema);
    }
}

TEST_CASE("CEMA-4.2-3 item 1: mismatch and setup:active: a second offer without msrp-cema") {
    auto n = offering({.uri = own_uri});
    REQUIRE(taken(n.on_answer(text{.c = "203.0.113.5", .setup = "active"}.str())) ==
            status::new_offer);
    CHECK(n.plan() == nullptr);
    CHECK(n.decision_as_offerer()->action == offerer_action::new_offer_without_cema);
    CHECK(cites(n.reasons(), "RFC 6714", "4.2", "1"));
    CHECK(n.on_answer("").error().code == error::wrong_order);
    auto const again = n.make_offer({1, 2});
    REQUIRE(again);
    CHECK_FALSE(has(*again, "a=msrp-cema"));
    CHECK(has(*again, "a=setup:actpass"));
    CHECK(has(*again, "m=message 7001 TCP/MSRP *"));
    // Plain RFC 4975 from now on: by the path, whatever the c/m-line says.
    REQUIRE(taken(n.on_answer(text{.c = "203.0.113.5", .setup = "passive"}.str())) == status::plan);
    CHECK(n.plan()->target == target_kind::path);
    CHECK(n.plan()->host == "192.0.2.2");
    CHECK(n.plan()->port == 7002);
}

TEST_CASE("CEMA-4.2-3 item 2 and the fallback offer of an endpoint on a relay") {
    auto n = offering({.uri = own_uri, .use_path = "msrp://198.51.100.9:2855/r1;tcp"});
    REQUIRE(taken(n.on_answer(text{.c = "203.0.113.5"}.str())) == status::new_offer);
    CHECK(cites(n.reasons(), "RFC 6714", "4.2", "2"));
    auto const again = n.make_offer({1, 2});
    REQUIRE(again);
    // Section 21 #6: without CEMA the own address, and the relay in the path alone.
    CHECK(has(*again, "c=IN IP4 192.0.2.1"));
    CHECK(has(*again, "m=message 7001 TCP/MSRP *"));
    CHECK(has(*again, "a=path:msrp://198.51.100.9:2855/r1;tcp msrp://192.0.2.1:7001/alice1;tcp"));
    REQUIRE(taken(n.on_answer(text{}.str())) == status::plan);
    CHECK(n.plan()->target == target_kind::own_relay);
    CHECK(n.plan()->host == "198.51.100.9");
    CHECK(n.plan()->remote_path.text() ==
          "msrp://198.51.100.9:2855/r1;tcp msrp://192.0.2.2:7002/bob1;tcp");
    CHECK(n.plan()->local_path.text() == own_uri);
}

TEST_CASE("CEMA-4.2-3 item 3 and CEMA-4.2-4: an answerer on a relay without CEMA") {
    auto const path = "msrp://198.51.100.7:2855/q;tcp msrp://192.0.2.2:7002/bob1;tcp";
    auto n = offering({.uri = own_uri});
    REQUIRE(taken(n.on_answer(text{.c = "203.0.113.5", .path = path}.str())) == status::new_offer);
    CHECK(cites(n.reasons(), "RFC 6714", "4.2", "3"));

    // The c/m-line is that of one of the URIs: no middlebox, no new offer, by the path.
    auto m = offering({.uri = own_uri});
    REQUIRE(taken(m.on_answer(text{.path = path}.str())) == status::plan);
    CHECK(m.plan()->target == target_kind::path);
    CHECK(m.plan()->host == "198.51.100.7");
    CHECK(m.plan()->remote_path.text() == path);
}

TEST_CASE("ALT-4.5-1 with an own relay also the passive side connects to it") {
    auto n = offering({.uri = own_uri, .use_path = "msrp://198.51.100.9:2855/r1;tcp"});
    REQUIRE(taken(n.on_answer(text{.setup = "active", .cema = true}.str())) == status::plan);
    CHECK(n.plan()->local_role == role::passive);
    CHECK(n.plan()->target == target_kind::own_relay);
    CHECK(n.plan()->connects());
    CHECK(n.plan()->port == 2855);
}

TEST_CASE("section 21 #8 answer with msrp-cema and setup:passive to an offerer on a relay") {
    auto n = offering({.uri = own_uri, .use_path = "msrp://198.51.100.9:2855/r1;tcp"});
    REQUIRE(taken(n.on_answer(text{.setup = "passive", .cema = true}.str())) == status::plan);
    CHECK(n.plan()->target == target_kind::own_relay);
    auto m = offering({.uri = own_uri, .use_path = "msrp://198.51.100.9:2855/r1;tcp"});
    CHECK(taken(m.on_answer(text{.c = "203.0.113.5", .setup = "passive", .cema = true}.str())) ==
          status::new_offer);

    auto l = cema::basic_negotiator<literal>::make(
        {.uri = own_uri, .use_path = "msrp://198.51.100.9:2855/r1;tcp"});
    REQUIRE(l);
    REQUIRE(l->make_offer({1, 1}));
    REQUIRE(taken(l->on_answer(text{.c = "203.0.113.5", .setup = "passive", .cema = true}.str())) ==
            status::plan);
    CHECK(l->plan()->target == target_kind::cm_line);
    CHECK(l->plan()->remote_path.text() == "msrp://192.0.2.2:7002/bob1;tcp");
}

TEST_CASE("SDP-3264-1 a rejected answer and an answer that contradicts the offer") {
    auto n = offering({.uri = own_uri});
    CHECK(taken(n.on_answer(text{.port = 0}.str())) == status::rejected);
    CHECK(cites(n.reasons(), "RFC 3264", "6"));
    auto m = offering({.uri = own_uri, .can_be_passive = false});
    CHECK(taken(m.on_answer(text{.setup = "active", .cema = true}.str())) == status::rejected);
    CHECK(cites(m.reasons(), "RFC 4145", "4.1"));
    CHECK(m.plan() == nullptr);
}

TEST_CASE("CEMA-4.3-1 an offer without msrp-cema and with a mismatch is rejected by port zero") {
    auto n = make({.uri = own_uri});
    REQUIRE(taken(n.on_offer(text{.c = "203.0.113.5", .setup = "actpass"}.str(), {3, 4})) ==
            status::rejected);
    CHECK(cites(n.reasons(), "RFC 6714", "4.3", "first paragraph"));
    CHECK(has(n.local_description(), "m=message 0 TCP/MSRP *"));
    CHECK(cema_test::parsed(n.local_description()));
    CHECK(n.plan() == nullptr);
}

TEST_CASE("CEMA-4.3-3 CEMA-4.3-4 answers to an offer with msrp-cema") {
    auto n = make({.uri = own_uri, .can_be_passive = true});
    text offer{.c = "203.0.113.5", .port = 5000, .setup = "actpass", .cema = true};
    REQUIRE(taken(n.on_offer(offer.str(), {3, 4})) == status::answer_ready);
    CHECK(has(n.local_description(), "a=msrp-cema"));
    CHECK(has(n.local_description(), "a=setup:passive"));
    CHECK(has(n.local_description(), "m=message 7001 TCP/MSRP *"));
    CHECK(n.plan()->local_role == role::passive);
    CHECK(n.plan()->target == target_kind::none);

    auto a = make({.uri = own_uri, .can_be_passive = false});
    REQUIRE(taken(a.on_offer(offer.str(), {3, 4})) == status::answer_ready);
    CHECK(has(a.local_description(), "a=setup:active"));
    CHECK(has(a.local_description(), "m=message 9 TCP/MSRP *"));
    CHECK(has(a.local_description(), "a=path:msrp://192.0.2.1:9/alice1;tcp"));
    CHECK(a.plan()->target == target_kind::cm_line);
    CHECK(a.plan()->host == "203.0.113.5");
    CHECK(a.plan()->port == 5000);
    CHECK(a.plan()->remote_path.text() == "msrp://192.0.2.2:7002/bob1;tcp");
}

TEST_CASE("CEMA-4.3-3 section 21 #9 msrp-cema also answers an offer without, unless by policy") {
    auto n = make({.uri = own_uri});
    REQUIRE(taken(n.on_offer(text{}.str(), {3, 4})) == status::answer_ready);
    CHECK(has(n.local_description(), "a=msrp-cema"));
    auto c = cema::basic_negotiator<careful>::make({.uri = own_uri});
    REQUIRE(c);
    REQUIRE(taken(c->on_offer(text{}.str(), {3, 4})) == status::answer_ready);
    CHECK_FALSE(has(c->local_description(), "a=msrp-cema"));
    CHECK(has(c->local_description(), "a=setup:passive"));
}

TEST_CASE("CEMA-4.3-3 an answerer on a relay: passive, relay's address in the c/m-line") {
    auto n = make({.uri = own_uri, .use_path = "msrp://198.51.100.9:2855/r1;tcp"});
    REQUIRE(taken(n.on_offer(text{.setup = "actpass", .cema = true}.str(), {3, 4})) ==
            status::answer_ready);
    CHECK(has(n.local_description(), "a=setup:passive"));
    CHECK(has(n.local_description(), "c=IN IP4 198.51.100.9"));
    CHECK(has(n.local_description(), "m=message 2855 TCP/MSRP *"));
    CHECK(n.plan()->target == target_kind::own_relay);
    CHECK(n.plan()->local_role == role::passive);
}

TEST_CASE("CEMA-4.3-2 fallback answers carry no msrp-cema and the own c/m-line") {
    auto const peer_path = "msrp://198.51.100.7:2855/q;tcp msrp://192.0.2.2:7002/bob1;tcp";
    // 1: both on relays.
    auto n = make({.uri = own_uri, .use_path = "msrp://198.51.100.9:2855/r1;tcp"});
    REQUIRE(taken(n.on_offer(text{.path = peer_path, .setup = "actpass", .cema = true}.str(),
                             {3, 4})) == status::answer_ready);
    CHECK_FALSE(has(n.local_description(), "a=msrp-cema"));
    CHECK(has(n.local_description(), "c=IN IP4 192.0.2.1"));
    CHECK(cites(n.reasons(), "RFC 6714", "4.3", "1"));
    // 2: the offerer on a relay becomes active.
    auto m = make({.uri = own_uri});
    REQUIRE(taken(m.on_offer(text{.path = peer_path, .cema = true}.str(), {3, 4})) ==
            status::answer_ready);
    CHECK_FALSE(has(m.local_description(), "a=msrp-cema"));
    CHECK(m.plan()->local_role == role::passive);
    // 3: we are on a relay and may not be passive.
    auto o = make({.uri = own_uri, .use_path = "msrp://198.51.100.9:2855/r1;tcp"});
    REQUIRE(taken(o.on_offer(text{.setup = "passive", .cema = true}.str(), {3, 4})) ==
            status::answer_ready);
    CHECK_FALSE(has(o.local_description(), "a=msrp-cema"));
    CHECK(has(o.local_description(), "a=setup:active"));
    CHECK(o.plan()->target == target_kind::own_relay);
    CHECK(o.plan()->remote_path.size() == 2);
}

TEST_CASE("SDP-3264-1 the answer has the offer's m= lines and times, others with port zero") {
    auto n = make({.uri = own_uri});
    std::string const offer =
        "v=0\r\no=- 5 1 IN IP4 192.0.2.2\r\ns=-\r\nc=IN IP4 192.0.2.2\r\nt=3034423619 "
        "3042462419\r\nr=604800 3600 0 90000\r\nm=audio 4000 RTP/AVP 0 8\r\nm=message 7002 "
        "TCP/MSRP "
        "*\r\na=accept-types:*\r\na=path:msrp://192.0.2.2:7002/bob1;tcp\r\na=sendonly\r\nm=message "
        "7003 TCP/MSRP *\r\na=accept-types:*\r\na=path:msrp://192.0.2.2:7003/bob2;tcp\r\n";
    REQUIRE(taken(n.on_offer(offer, {3, 4})) == status::answer_ready);
    auto const d = cema_test::parsed(n.local_description());
    REQUIRE(d);
    REQUIRE(d->view().media_count() == 3);
    CHECK(d->view().media(0)->rejected());
    CHECK(d->view().media(0)->formats() == "0 8");
    CHECK_FALSE(d->view().media(1)->rejected());
    CHECK(d->view().media(2)->rejected());
    CHECK(has(n.local_description(), "t=3034423619 3042462419"));
    CHECK(has(n.local_description(), "r=604800 3600 0 90000"));
    CHECK(has(n.local_description(), "a=recvonly"));
}

TEST_CASE("SDP-3264-1 an offered port zero is rejected") {
    auto n = make({.uri = own_uri});
    CHECK(taken(n.on_offer(text{.port = 0, .cema = true}.str(), {3, 4})) == status::rejected);
    CHECK(cites(n.reasons(), "RFC 3264", "6"));
}

TEST_CASE("CEMA-4.4-1 names are asked for only where they decide, and results may be late") {
    text answer{.c = "203.0.113.5", .path = "msrp://Bob.example:7002/bob1;tcp", .setup = "active"};
    auto n = offering({.uri = own_uri});
    REQUIRE(taken(n.on_answer(answer.str())) == status::resolve);
    REQUIRE(n.names().size() == 1);
    CHECK(n.names()[0] == "bob.example");
    CHECK(n.resolved("eve.example", {}).error().code == error::unknown_name);
    CHECK(n.make_offer({1, 2}).error().code == error::wrong_order);

    SECTION("a record matches") {
        std::array const records{ip("198.51.100.1"), ip("203.0.113.5")};
        answer.port = 7002;
        CHECK(taken(n.resolved("BOB.example", records)) == status::plan);
        CHECK(n.plan()->local_role == role::passive);
        CHECK_FALSE(n.facts_as_offerer().mismatch);
    }
    SECTION("none matches") {
        std::array const records{ip("198.51.100.1")};
        CHECK(taken(n.resolved("bob.example", records)) == status::new_offer);
        CHECK(n.facts_as_offerer().mismatch);
    }
    SECTION("DNS knows nothing") {
        CHECK(taken(n.resolved("bob.example", {})) == status::new_offer);
        CHECK(n.resolved("bob.example", {}).error().code == error::wrong_order);
    }
    SECTION("no DNS by policy") {
        auto m = cema::basic_negotiator<cema::rfc6714, cema::no_names>::make({.uri = own_uri});
        REQUIRE(m);
        REQUIRE(m->make_offer({1, 1}));
        CHECK(taken(m->on_answer(answer.str())) == status::new_offer);
    }
    SECTION("with msrp-cema nobody is asked") {
        auto m = offering({.uri = own_uri});
        answer.cema = true;
        CHECK(taken(m.on_answer(answer.str())) == status::plan);
    }
}

TEST_CASE("CEMA-4.4-1 several names, c= included, are resolved one by one") {
    auto n = make({.uri = own_uri});
    text const offer{.c = "cm.example",
                     .path = "msrp://r.example:7002/r;tcp msrp://bob.example:7002/b;tcp",
                     .setup = "actpass"};
    REQUIRE(taken(n.on_offer(offer.str(), {3, 4})) == status::resolve);
    REQUIRE(n.names().size() == 3);
    std::array const one{ip("198.51.100.1")};
    std::array const two{ip("198.51.100.2"), ip("198.51.100.1")};
    CHECK(taken(n.resolved("r.example", {})) == status::resolve);
    CHECK(n.names().size() == 2);
    CHECK(taken(n.resolved("cm.example", one)) == status::resolve);
    CHECK(taken(n.resolved("bob.example", two)) == status::answer_ready);
    // 21 #8: the offerer uses a relay and leaves us the choice, so we are active. It knows no CEMA
    // and said the address behind its relay, so we connect to the relay.
    CHECK(n.plan()->local_role == role::active);
    CHECK(n.plan()->target == target_kind::path);
    CHECK(n.plan()->host == "r.example");
    CHECK_FALSE(n.plan()->ip);
    CHECK(has(n.local_description(), "a=msrp-cema"));
    CHECK(cites(n.reasons(), "RFC 4975", "8.2"));
}

TEST_CASE("CEMA-4.4-1 the topmost URI may turn out to fit as well as the one that does") {
    // No msrp-cema: behind the offerer's relay, or at it?
    text const offer{.path = "msrp://r.example:7002/r;tcp msrp://192.0.2.2:7002/b;tcp",
                     .setup = "actpass"};
    for (bool const at_relay : {false, true}) {
        auto n = make({.uri = own_uri});
        REQUIRE(taken(n.on_offer(offer.str(), {3, 4})) == status::resolve);
        REQUIRE(n.names().size() == 1);
        std::array const address{ip(at_relay ? "192.0.2.2" : "198.51.100.1")};
        CHECK(taken(n.resolved("r.example", address)) == status::answer_ready);
        CHECK(n.names().empty());
        CHECK(n.plan()->target == (at_relay ? target_kind::cm_line : target_kind::path));
    }
    // Where nothing hangs on it, nobody is asked.
    auto n = make({.uri = own_uri});
    auto with_cema = offer;
    with_cema.cema = true;
    CHECK(taken(n.on_offer(with_cema.str(), {3, 4})) == status::answer_ready);
    auto m = make({.uri = own_uri});
    auto active = offer;
    active.setup = "active";
    CHECK(taken(m.on_offer(active.str(), {3, 4})) == status::answer_ready);
}

TEST_CASE("CEMA-4.4-1 threat T28 no more names are asked for than the policy allows") {
    std::string path;
    for (int i = 0; i < 40; ++i) path += "msrp://n" + std::to_string(i) + ".example:7002/x;tcp ";
    path += "msrp://bob.example:7002/b;tcp";
    auto n = make({.uri = own_uri});
    REQUIRE(taken(n.on_offer(text{.c = "203.0.113.5", .path = path}.str(), {3, 4})) ==
            status::resolve);
    CHECK(n.names().size() == cema::ask_names::max_names);
    std::size_t asked = 0;
    auto s = status::resolve;
    while (s == status::resolve) {
        ++asked;
        s = taken(n.resolved(std::string(n.names()[0]), {}));
    }
    CHECK(asked == cema::ask_names::max_names);
    CHECK(s == status::rejected);
}

TEST_CASE("section 21 #23 setup:active with port 9 and a real port in the path is no mismatch") {
    auto n = offering({.uri = own_uri});
    CHECK(taken(n.on_answer(text{.port = 9, .setup = "active"}.str())) == status::plan);
    CHECK(n.plan()->local_role == role::passive);
}

TEST_CASE("TLS-14.4-1 TLS-5.4-1 TLS-6135-1 the identity check") {
    auto const mine = cema_test::some_fingerprint(0x11);
    auto const theirs = cema_test::some_fingerprint(0xAB);
    std::string const line_of_theirs =
        "a=fingerprint:" + std::string(sdp::fingerprint_text(theirs).view()) + "\r\n";
    cema::local_situation const local{
        .uri = "msrps://192.0.2.1:7001/alice1;tcp", .tls = true, .fingerprints = {&mine, 1}};
    text answer{.c = "203.0.113.5",
                .path = "msrps://bob.example:7002/bob1;tcp",
                .setup = "passive",
                .cema = true,
                .tls = true,
                .more = line_of_theirs};
    SECTION("fingerprint, both ways") {
        auto n = offering(local);
        CHECK(has(n.local_description(),
                  "a=fingerprint:" + std::string(sdp::fingerprint_text(mine).view())));
        CHECK(has(n.local_description(), "m=message 7001 TCP/TLS/MSRP *"));
        REQUIRE(taken(n.on_answer(answer.str())) == status::plan);
        CHECK(n.plan()->tls);
        CHECK(n.plan()->identity == identity_check::fingerprint);
        CHECK(n.plan()->fingerprints.matches(theirs.digest()));
        CHECK_FALSE(n.plan()->fingerprints.matches(mine.digest()));
        // The name stays that of the path, not of the c/m-line (CEMA-4.1-1).
        CHECK(n.plan()->identity_name == "bob.example");
        CHECK(cites(n.plan()->reasons, "RFC 6714", "7.7"));
    }
    SECTION("name, where there is no fingerprint") {
        answer.more.clear();
        auto n = offering(local);
        REQUIRE(taken(n.on_answer(answer.str())) == status::plan);
        CHECK(n.plan()->identity == identity_check::name);
        CHECK(n.plan()->identity_name == "bob.example");
        CHECK(n.plan()->fingerprints.empty());
    }
    SECTION("name, where the other end is the peer's relay") {
        answer.path = "msrps://relay.example:2855/q;tcp msrps://bob.example:7002/bob1;tcp";
        auto n = offering(local);
        REQUIRE(taken(n.on_answer(answer.str())) == status::plan);
        CHECK(n.plan()->identity == identity_check::name);
        CHECK(n.plan()->identity_name == "relay.example");
    }
    SECTION("TLS-8122-2 only unusable fingerprints: refused, not unchecked") {
        answer.more = "a=fingerprint:md5 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF\r\n";
        auto n = offering(local);
        CHECK(taken(n.on_answer(answer.str())) == status::rejected);
        CHECK(cites(n.reasons(), "RFC 8122", "5"));
    }
    SECTION("own relay: the relay's name, and no own fingerprint in the offer") {
        auto l = local;
        l.use_path = "msrps://relay.home.example:2855/r;tcp";
        auto n = offering(l);
        CHECK(line(n.local_description(), "a=fingerprint").empty());
        answer.setup = "active";
        REQUIRE(taken(n.on_answer(answer.str())) == status::plan);
        CHECK(n.plan()->identity == identity_check::name);
        CHECK(n.plan()->identity_name == "relay.home.example");
    }
    SECTION("the passive answerer checks the client's certificate by fingerprint, too") {
        auto n = make(local);
        answer.setup = "active";
        REQUIRE(taken(n.on_offer(answer.str(), {3, 4})) == status::answer_ready);
        CHECK(n.plan()->local_role == role::passive);
        CHECK(n.plan()->identity == identity_check::fingerprint);
    }
}

TEST_CASE("SDP-8.2-2 threat T25 scheme and proto must agree, in what is read and what is written") {
    auto n = offering({.uri = own_uri});
    CHECK(n.on_answer(text{.tls = true}.str()).error().code == error::answer_does_not_fit);
    CHECK(taken(n.on_answer(text{.path = "msrps://192.0.2.2:7002/b;tcp", .cema = true}.str())) ==
          status::rejected);
    CHECK(n.plan() == nullptr);
    CHECK(cema::negotiator::make({.uri = own_uri, .tls = true}).error().code ==
          error::bad_own_scheme);
}

TEST_CASE(
    "SDP-8.2-2 an endpoint with TLS answers an offer without in its scheme, or by policy not") {
    cema::local_situation const local{.uri = "msrps://192.0.2.1:7001/alice1;tcp", .tls = true};
    auto n = make(local);
    REQUIRE(taken(n.on_offer(text{.setup = "actpass", .cema = true}.str(), {3, 4})) ==
            status::answer_ready);
    CHECK(has(n.local_description(), "m=message 7001 TCP/MSRP *"));
    CHECK(has(n.local_description(), "a=path:msrp://192.0.2.1:7001/alice1;tcp"));
    CHECK(n.plan()->local_path.text() == "msrp://192.0.2.1:7001/alice1;tcp");
    CHECK_FALSE(n.plan()->tls);
    CHECK(cites(n.plan()->reasons, "RFC 6714", "7.2"));

    using strict = cema::basic_negotiator<cema::rfc6714, cema::ask_names, cema::prefer_passive,
                                          cema::tls_required>;
    auto s = strict::make(local);
    REQUIRE(s);
    CHECK(taken(s->on_offer(text{.setup = "actpass", .cema = true}.str(), {3, 4})) ==
          status::rejected);
    CHECK(cites(s->reasons(), "local policy", "", "require_tls"));
    CHECK(strict::make({.uri = own_uri}).error().code == error::tls_required);

    auto plain = make({.uri = own_uri});
    CHECK(taken(plain.on_offer(
              text{.path = "msrps://192.0.2.2:7002/b;tcp", .setup = "actpass", .tls = true}.str(),
              {3, 4})) == status::rejected);
    auto relay = make({.uri = "msrps://192.0.2.1:7001/alice1;tcp",
                       .use_path = "msrps://198.51.100.9:2855/r1;tcp",
                       .tls = true});
    CHECK(taken(relay.on_offer(text{.setup = "actpass", .cema = true}.str(), {3, 4})) ==
          status::rejected);
}

TEST_CASE("ALT-4.2.2-3 role preferences") {
    using eager = cema::basic_negotiator<cema::rfc6714, cema::ask_names, cema::prefer_active>;
    auto e = eager::make({.uri = own_uri, .can_be_passive = true});
    REQUIRE(e);
    REQUIRE(taken(e->on_offer(text{.setup = "actpass", .cema = true}.str(), {3, 4})) ==
            status::answer_ready);
    CHECK(e->plan()->local_role == role::active);

    using never = cema::basic_negotiator<cema::rfc6714, cema::ask_names, cema::refuse_passive>;
    auto n = never::make({.uri = own_uri, .can_be_passive = true});
    REQUIRE(n);
    CHECK(taken(n->on_offer(text{.setup = "active", .cema = true}.str(), {3, 4})) ==
          status::rejected);
    auto const offer = n->make_offer({1, 1});
    REQUIRE(offer);
    CHECK(has(*offer, "a=setup:active"));
}

TEST_CASE("RFC 4975 RFC 6135 endpoints without CEMA") {
    auto p = cema::basic_negotiator<cema::rfc4975>::make({.uri = own_uri});
    REQUIRE(p);
    auto const offer = p->make_offer({1, 1});
    REQUIRE(offer);
    CHECK(line(*offer, "a=setup").empty());
    CHECK_FALSE(has(*offer, "a=msrp-cema"));
    REQUIRE(taken(p->on_answer(text{.c = "203.0.113.5", .cema = true}.str())) == status::plan);
    CHECK(p->plan()->target == target_kind::path);
    CHECK(p->plan()->host == "192.0.2.2");
    CHECK_FALSE(p->plan()->cema);
    p->reset();
    REQUIRE(taken(p->on_offer(text{.c = "203.0.113.5", .setup = "actpass", .cema = true}.str(),
                              {3, 4})) == status::answer_ready);
    CHECK(line(p->local_description(), "a=setup").empty());
    CHECK_FALSE(has(p->local_description(), "a=msrp-cema"));
    CHECK(p->plan()->local_role == role::passive);

    auto c = cema::basic_negotiator<cema::rfc6135>::make({.uri = own_uri, .can_be_passive = false});
    REQUIRE(c);
    REQUIRE(taken(c->on_offer(text{.c = "203.0.113.5", .setup = "actpass", .cema = true}.str(),
                              {3, 4})) == status::answer_ready);
    CHECK(has(c->local_description(), "a=setup:active"));
    CHECK_FALSE(has(c->local_description(), "a=msrp-cema"));
    CHECK(c->plan()->target == target_kind::path);
}

TEST_CASE("misuse and texts of no use are errors, and change nothing") {
    using cema::negotiator;
    CHECK(negotiator::make({.uri = ""}).error().code == msrp::error_condition::syntax);
    CHECK(negotiator::make({.uri = "msrp://a.example/s;tcp"}).error().code == error::bad_own_uri);
    CHECK(negotiator::make({.uri = "msrp://192.0.2.1:7001;tcp"}).error().code ==
          error::bad_own_uri);
    CHECK(negotiator::make({.uri = own_uri, .use_path = "x"}).error().code ==
          msrp::error_condition::syntax);
    CHECK(negotiator::make({.uri = own_uri, .use_path = "msrp://r.example/t;tcp"}).error().code ==
          error::bad_own_relay);
    CHECK(negotiator::make({.uri = own_uri, .accept_types = "a\r\nb"}).error().code ==
          sdp::error_condition::misuse);

    auto n = make({.uri = own_uri});
    CHECK(n.on_answer(text{}.str()).error().code == error::wrong_order);
    CHECK(n.resolved("a", {}).error().code == cema::error_condition::misuse);
    CHECK(n.on_offer("v=0\r\n", {1, 1}).error().code == sdp::error_condition::syntax);
    CHECK(
        n.on_offer("v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n", {1, 1})
            .error()
            .code == error::no_message_media);
    REQUIRE(n.make_offer({1, 1}));
    CHECK(n.make_offer({1, 1}).error().code == error::wrong_order);
    CHECK(n.on_offer(text{}.str(), {1, 1}).error().code == error::wrong_order);
    CHECK(n.on_answer("nonsense").error().code == sdp::error_condition::syntax);
    CHECK(n.on_answer(text{.more = "m=audio 4000 RTP/AVP 0\r\n"}.str()).error().code ==
          error::answer_does_not_fit);
    CHECK(taken(n.on_answer(text{}.str())) == status::plan);
    n.reset();
    CHECK(n.plan() == nullptr);
    CHECK(n.local_description().empty());
    CHECK(n.make_offer({1, 2}));
}

TEST_CASE("after a fallback a later offer is without CEMA, until something new begins") {
    auto n = offering({.uri = own_uri});
    REQUIRE(taken(n.on_answer(text{.c = "203.0.113.5", .setup = "active"}.str())) ==
            status::new_offer);
    REQUIRE(n.make_offer({1, 2}));
    REQUIRE(taken(n.on_answer(text{}.str())) == status::plan);
    auto const next = n.make_offer(n.next_numbers());
    REQUIRE(next);
    CHECK(line(*next, "o=").starts_with("o=- 1 3 "));
    CHECK_FALSE(has(*next, "a=msrp-cema"));
    REQUIRE(taken(n.on_answer(text{}.str())) == status::plan);
    REQUIRE(n.set_local({.uri = "msrp://192.0.2.1:7001/alice2;tcp"}));
    auto const other = n.make_offer({1, 4});
    REQUIRE(other);
    CHECK(has(*other, "a=msrp-cema"));
    n.reset();
    auto const first = n.make_offer({9, 1});
    REQUIRE(first);
    CHECK(has(*first, "a=msrp-cema"));
}

TEST_CASE("SDP-8.2-2 unusable media of an offer is rejected with the media's own reason") {
    auto n = make({.uri = own_uri});
    REQUIRE(taken(n.on_offer(text{.path = "rubbish", .cema = true}.str(), {3, 4})) ==
            status::rejected);
    CHECK(cites(n.reasons(), "RFC 4975", "8"));
    CHECK_FALSE(n.reasons().front().text.empty());
    CHECK(has(n.local_description(), "m=message 0 TCP/MSRP *"));
}

TEST_CASE("IPv6 addresses stand without brackets in c= and in the plan") {
    auto n = make({.uri = "msrp://[2001:db8::1]:7001/alice1;tcp"});
    auto const offer = n.make_offer({1, 1});
    REQUIRE(offer);
    CHECK(has(*offer, "c=IN IP6 2001:db8::1"));
    REQUIRE(taken(n.on_answer(
                text{.c = "2001:db8::5", .path = "msrp://[2001:db8::2]:7002/b;tcp", .cema = true}
                    .str())) == status::plan);
    CHECK(n.plan()->host == "2001:db8::5");
    CHECK(n.plan()->ip == ip("2001:db8::5"));
    auto m = make({.uri = "msrp://[2001:db8::1]:7001/alice1;tcp"});
    REQUIRE(taken(m.on_offer(
                text{.c = "2001:db8:0::2", .path = "msrp://[2001:db8::2]:7002/b;tcp"}.str(),
                {1, 1})) == status::answer_ready);
    CHECK(line(m.local_description(), "o=") == "o=- 1 1 IN IP6 2001:db8::1");
}

TEST_CASE("all memory comes from the allocator") {
    std::array<std::byte, 65536> memory{};
    std::pmr::monotonic_buffer_resource pool(memory.data(), memory.size(),
                                             std::pmr::null_memory_resource());
    auto* const before = std::pmr::set_default_resource(std::pmr::null_memory_resource());
    {
        auto n = cema::pmr::negotiator::make(
            {.uri = own_uri, .use_path = "msrp://198.51.100.9:2855/relay1;tcp"}, &pool);
        CHECK(n.has_value());
        if (n) {
            CHECK(n->make_offer({1, 1}).has_value());
            auto s = n->on_answer(
                "v=0\r\no=- 5 1 IN IP4 192.0.2.2\r\ns=-\r\nc=IN IP4 203.0.113.5\r\nt=0 0\r\n"
                "m=message 7002 TCP/MSRP *\r\na=accept-types:*\r\na=setup:active\r\n"
                "a=path:msrp://a.very.long.name.of.a.host.example:7002/bob1;tcp\r\n");
            CHECK(s.value_or(status::plan) == status::resolve);
            s = n->resolved("a.very.long.name.of.a.host.example", {});
            CHECK(s.value_or(status::plan) == status::new_offer);
            CHECK(n->make_offer({1, 2}).has_value());
        }
    }
    std::pmr::set_default_resource(before);
}
