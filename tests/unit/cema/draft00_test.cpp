// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// draft00_test.cpp - the profile of draft-ietf-simple-msrp-cema-00, in descriptions, section by
// section.
#include <cema/negotiator.hpp>
#include <string>

#include "support.hpp"
#include "support/catch.hpp"

namespace {

using cema::identity_check;
using cema::role;
using cema::status;
using cema::target_kind;
using cema_test::cites;
using cema_test::has;
using cema_test::text;

constexpr auto own = "msrp://192.0.2.1:7001/alice1;tcp";
constexpr auto own_tls = "msrps://192.0.2.1:7001/alice1;tcp";
constexpr auto own_relay = "msrp://198.51.100.9:2855/r1;tcp";
constexpr auto peer_path = "msrp://198.51.100.7:2855/q;tcp msrp://192.0.2.2:7002/bob1;tcp";
constexpr auto draft = cema::draft00_name;

/// Without the demand for TLS, to look at the tables alone.
using loose = cema::basic_negotiator<cema::draft00, cema::ask_names, cema::prefer_passive,
                                     cema::tls_as_offered>;
using strict = cema::basic_negotiator<cema::draft00>;
using excepting = cema::basic_negotiator<cema::draft00, cema::ask_names, cema::prefer_passive,
                                         cema::tls_mandatory_but_for_old_peers>;

template <class Negotiator>
Negotiator make(cema::local_situation const& local) {
    auto n = Negotiator::make(local);
    REQUIRE(n);
    return std::move(*n);
}
template <class Negotiator = loose>
Negotiator offering(cema::local_situation const& local) {
    auto n = make<Negotiator>(local);
    REQUIRE(n.make_offer({1, 1}));
    return n;
}
status taken(wire::result<status> const& r) {
    INFO(r.error().code.message());
    REQUIRE(r);
    return *r;
}
text tls_text(bool cema) {
    return {.path = "msrps://192.0.2.2:7002/bob1;tcp",
            .setup = "passive",
            .cema = cema,
            .tls = true,
            .more = "a=fingerprint:" +
                    std::string(sdp::fingerprint_text(cema_test::some_fingerprint()).view()) +
                    "\r\n"};
}

}  // namespace

TEST_CASE("draft-00 4.2 offers are those of RFC 6714") {
    auto n = make<loose>({.uri = own});
    auto const offer = n.make_offer({1, 1});
    REQUIRE(offer);
    CHECK(has(*offer, "a=msrp-cema"));
    CHECK(has(*offer, "a=setup:actpass"));
    auto r = make<loose>({.uri = own, .use_path = own_relay, .can_be_passive = false});
    auto const by_relay = r.make_offer({1, 1});
    REQUIRE(by_relay);
    CHECK(has(*by_relay, "c=IN IP4 198.51.100.9"));
    CHECK(has(*by_relay, "m=message 2855 TCP/MSRP *"));
    CHECK(has(*by_relay, "a=setup:actpass"));
}

TEST_CASE("draft-00 4.2 check 1 CEMA-00-3: mismatch and setup:active") {
    auto n = offering({.uri = own});
    REQUIRE(taken(n.on_answer(text{.c = "203.0.113.5", .setup = "active"}.str())) ==
            status::new_offer);
    CHECK(cites(n.reasons(), draft, "4.2", "1"));
    auto const again = n.make_offer(n.next_numbers());
    REQUIRE(again);
    CHECK_FALSE(has(*again, "a=msrp-cema"));
    REQUIRE(taken(n.on_answer(text{.setup = "active"}.str())) == status::plan);
    CHECK(n.plan()->b2bua_likely);
    CHECK(cites(n.plan()->reasons, draft, "4.2", "B2BUA"));
}

TEST_CASE("draft-00 4.2 check 2 CEMA-00-3: an answerer on a relay, mismatch or not") {
    for (std::string const setup : {"", "passive", "active"}) {
        auto n = offering({.uri = own});
        CHECK(taken(n.on_answer(
                  text{.c = "198.51.100.7", .port = 2855, .path = peer_path, .setup = setup}
                      .str())) == status::new_offer);
        CHECK(cites(n.reasons(), draft, "4.2", "2"));
    }
}

TEST_CASE("draft-00 4.2 the own relay is not looked at: the c/m-line, and a word about it") {
    auto n = offering({.uri = own, .use_path = own_relay});
    REQUIRE(taken(n.on_answer(text{.c = "203.0.113.5", .port = 5000}.str())) == status::plan);
    CHECK(n.plan()->target == target_kind::cm_line);
    CHECK(n.plan()->host == "203.0.113.5");
    CHECK(cites(n.plan()->reasons, draft, "4.2", "own relay"));
}

TEST_CASE("CEMA-00-5 the draft compares the topmost URI alone") {
    // The c/m-line is that of the second URI: no mismatch by RFC 6714.
    text const offer{.path = peer_path, .setup = "active"};
    auto n = offering({.uri = own});
    CHECK(taken(n.on_answer(offer.str())) == status::new_offer);
    CHECK(n.facts_as_offerer().mismatch);
    auto r = cema::negotiator::make({.uri = own});
    REQUIRE(r);
    REQUIRE(r->make_offer({1, 1}));
    CHECK(taken(r->on_answer(offer.str())) == status::plan);
    CHECK_FALSE(r->facts_as_offerer().mismatch);
}

TEST_CASE("CEMA-00-7 an offer without msrp-cema and with a mismatch is answered") {
    for (std::string const setup : {"", "active"}) {
        auto n = make<loose>({.uri = own});
        REQUIRE(taken(n.on_offer(text{.c = "203.0.113.5", .setup = setup}.str(), {3, 4})) ==
                status::answer_ready);
        CHECK_FALSE(has(n.local_description(), "a=msrp-cema"));
        CHECK(has(n.local_description(), "a=setup:passive"));
        CHECK(n.plan()->local_role == role::passive);
        CHECK(cites(n.reasons(), draft, "4.3", "4"));
        CHECK(n.plan()->possible_downgrade);
    }
    auto n = make<loose>({.uri = own, .can_be_passive = false});
    REQUIRE(taken(n.on_offer(text{.c = "203.0.113.5", .port = 5000, .setup = "actpass"}.str(),
                             {3, 4})) == status::answer_ready);
    CHECK(has(n.local_description(), "a=msrp-cema"));
    CHECK(n.plan()->target == target_kind::cm_line);
    CHECK(n.plan()->host == "203.0.113.5");
}

TEST_CASE("draft-00 4.3 criteria 1 to 3 and port zero") {
    auto n = make<loose>({.uri = own, .use_path = own_relay});
    REQUIRE(taken(n.on_offer(text{.path = peer_path, .setup = "actpass", .cema = true}.str(),
                             {3, 4})) == status::answer_ready);
    CHECK(cites(n.reasons(), draft, "4.3", "1"));
    CHECK_FALSE(has(n.local_description(), "a=msrp-cema"));
    auto m = make<loose>({.uri = own});
    REQUIRE(taken(m.on_offer(text{.path = peer_path}.str(), {3, 4})) == status::answer_ready);
    CHECK(cites(m.reasons(), draft, "4.3", "2"));
    auto o = make<loose>({.uri = own, .use_path = own_relay});
    REQUIRE(taken(o.on_offer(text{.setup = "passive", .cema = true}.str(), {3, 4})) ==
            status::answer_ready);
    CHECK(cites(o.reasons(), draft, "4.3", "3"));
    CHECK(taken(m.on_offer(text{.port = 0, .cema = true}.str(), {3, 5})) == status::rejected);
}

TEST_CASE("draft-00 6.1 6.3 CEMA-00-1: TLS is demanded by default") {
    CHECK(strict::make({.uri = own}).error().code == cema::error::tls_required);
    auto n = make<strict>({.uri = own_tls, .tls = true});
    REQUIRE(taken(n.on_offer(text{.setup = "actpass", .cema = true}.str(), {3, 4})) ==
            status::rejected);
    CHECK(cites(n.reasons(), draft, "6.1"));
    CHECK(has(n.local_description(), "m=message 0 TCP/MSRP *"));
    REQUIRE(taken(n.on_offer(text{.setup = "actpass"}.str(), {3, 5})) == status::rejected);
    auto o = offering<strict>({.uri = own_tls, .tls = true});
    REQUIRE(taken(o.on_answer(tls_text(true).str())) == status::plan);
    CHECK(o.plan()->tls);
    CHECK(o.plan()->identity == identity_check::fingerprint);
    CHECK(cites(o.plan()->reasons, draft, "6.2"));
    CHECK_FALSE(cites(o.plan()->reasons, draft, "6.1"));
}

TEST_CASE("draft-00 6.1 a policy without the demand: the breach is a reason, not a refusal") {
    auto n = offering({.uri = own});
    REQUIRE(taken(n.on_answer(text{.setup = "passive", .cema = true}.str())) == status::plan);
    CHECK_FALSE(n.plan()->tls);
    CHECK(cites(n.plan()->reasons, draft, "6.1"));
    CHECK_FALSE(cites(n.plan()->reasons, draft, "6.4", "downgrade"));
    auto a = make<loose>({.uri = own});
    REQUIRE(taken(a.on_offer(text{.setup = "actpass"}.str(), {3, 4})) == status::answer_ready);
    CHECK(cites(a.plan()->reasons, draft, "6.1"));
    CHECK(cites(a.plan()->reasons, draft, "6.4"));
}

TEST_CASE("draft-00 6.4 CEMA-00-2: the exception, toward a peer without msrp-cema alone") {
    auto n = make<excepting>({.uri = own_tls, .tls = true});
    REQUIRE(taken(n.on_offer(text{.setup = "actpass"}.str(), {3, 4})) == status::answer_ready);
    CHECK_FALSE(n.plan()->tls);
    CHECK(cites(n.plan()->reasons, draft, "6.4"));
    CHECK_FALSE(cites(n.plan()->reasons, draft, "6.1"));
    CHECK(n.plan()->possible_downgrade);
    CHECK(cites(n.plan()->reasons, draft, "6.4", "downgrade"));
    n.reset();
    REQUIRE(taken(n.on_offer(text{.setup = "actpass", .cema = true}.str(), {3, 5})) ==
            status::rejected);
    CHECK(cites(n.reasons(), draft, "6.1"));
    // As offerer: known to have no TLS, the peer gets an offer without it, and without msrp-cema.
    auto o = make<excepting>({.uri = own});
    auto const offer = o.make_offer({1, 1});
    REQUIRE(offer);
    CHECK_FALSE(has(*offer, "a=msrp-cema"));
    CHECK(has(*offer, "m=message 7001 TCP/MSRP *"));
    REQUIRE(taken(o.on_answer(text{.setup = "passive"}.str())) == status::plan);
    CHECK(cites(o.plan()->reasons, draft, "6.4"));
    auto p = make<excepting>({.uri = own});
    REQUIRE(p.make_offer({1, 1}));
    CHECK(taken(p.on_answer(text{.setup = "passive", .cema = true}.str())) == status::rejected);
}

TEST_CASE("CEMA-4.2-6 draft-00 4.2 CEMA-00-9: the B2BUA is not the peer wanted") {
    auto n = offering({.uri = own});
    CHECK(n.peer_is_not_wanted().error().code == cema::error::wrong_order);
    REQUIRE(taken(n.on_answer(text{.cema = true}.str())) == status::plan);
    CHECK_FALSE(n.plan()->b2bua_likely);
    CHECK(taken(n.peer_is_not_wanted()) == status::rejected);
    CHECK(n.plan() == nullptr);
    CHECK(cites(n.reasons(), draft, "4.2", "B2BUA"));
    CHECK(n.make_offer({1, 2}));
    auto r = cema::negotiator::make({.uri = own});
    REQUIRE(r);
    REQUIRE(taken(r->on_offer(text{.cema = true}.str(), {1, 1})) == status::answer_ready);
    CHECK(taken(r->peer_is_not_wanted()) == status::rejected);
    CHECK(cites(r->reasons(), "RFC 6714", "4.2", "B2BUA"));
}
