// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// pair_test.cpp - each offerer with each answerer, with and without an anchor, run to the end.
#include <cema/anchor.hpp>
#include <cema/negotiator.hpp>
#include <optional>
#include <string>

#include "support.hpp"
#include "support/catch.hpp"

namespace {

using cema::role;
using cema::status;
using cema::target_kind;

enum class kind { cema, rfc6135, rfc4975 };

struct situation {
    kind what;
    bool relay;
    bool can_be_passive;
};

constexpr std::string_view anchor_address = "203.0.113.1";
constexpr std::uint16_t anchor_to_answerer = 5001;  // stands in the offer passed on
constexpr std::uint16_t anchor_to_offerer = 5002;   // stands in the answer passed on

struct end {
    std::string own, relay;        // URIs
    std::string own_ip, relay_ip;  // numeric
    std::uint16_t own_port, relay_port;
};
end const offerer_end{"://192.0.2.1:7001/alice1;tcp",
                      "://198.51.100.1:2855/r1;tcp",
                      "192.0.2.1",
                      "198.51.100.1",
                      7001,
                      2855};
end const answerer_end{"://192.0.2.2:7002/bob1;tcp",
                       "://198.51.100.2:2856/r2;tcp",
                       "192.0.2.2",
                       "198.51.100.2",
                       7002,
                       2856};

struct side_plan {
    cema::connect_plan plan;
    bool relay;
};

/// What came of one negotiation.
struct outcome {
    std::optional<side_plan> offerer;
    std::optional<side_plan> answerer;
    bool refused_by_anchor = false;
    bool rejected_by_answerer = false;
    int offers = 0;
    bool second_offer_had_cema = false;
    bool explained = false;  // whoever ended it had a reason
};

template <class Profile>
auto make(situation const& s, end const& e, bool tls, sdp::fingerprint const& f) {
    std::string const scheme = tls ? "msrps" : "msrp";
    std::string const own = scheme + e.own;
    std::string const relay = scheme + e.relay;
    auto n = cema::basic_negotiator<Profile>::make({.uri = own,
                                                    .use_path = s.relay ? relay : "",
                                                    .can_be_passive = s.can_be_passive,
                                                    .tls = tls,
                                                    .fingerprints = {&f, 1}});
    REQUIRE(n);
    return std::move(*n);
}

template <class Offerer, class Answerer>
outcome run(Offerer& offerer, Answerer& answerer, bool with_anchor, cema::anchor& anchor,
            bool offerer_relay, bool answerer_relay) {
    outcome out;
    auto const ip = *wire::parse_ip(anchor_address);
    for (;;) {
        auto const written = offerer.make_offer({1, static_cast<std::uint64_t>(++out.offers)});
        REQUIRE(written);
        std::string offer(*written);
        if (out.offers > 1) out.second_offer_had_cema = cema_test::has(offer, "a=msrp-cema");
        REQUIRE(out.offers <= 2);
        if (with_anchor) {
            auto const done = anchor.on_offer(offer, {ip, anchor_to_answerer});
            REQUIRE(done);
            if (*done == cema::anchor_action::refused) {
                out.refused_by_anchor = true;
                out.explained = !anchor.why().text.empty();
                return out;
            }
            offer = anchor.text();
        }
        answerer.reset();
        auto const judged = answerer.on_offer(offer, {2, static_cast<std::uint64_t>(out.offers)});
        REQUIRE(judged);
        if (*judged == status::rejected) {
            out.rejected_by_answerer = true;
            out.explained = !answerer.reasons().empty();
        } else {
            REQUIRE(*judged == status::answer_ready);
        }
        std::string answer(answerer.local_description());
        if (with_anchor) {
            auto const done = anchor.on_answer(answer, {ip, anchor_to_offerer});
            REQUIRE(done);
            answer = anchor.text();
        }
        auto const end = offerer.on_answer(answer);
        REQUIRE(end);
        if (out.rejected_by_answerer) {
            CHECK(*end == status::rejected);
            return out;
        }
        if (*end == status::new_offer) continue;
        REQUIRE(*end == status::plan);
        out.offerer = side_plan{*offerer.plan(), offerer_relay};
        out.answerer = side_plan{*answerer.plan(), answerer_relay};
        return out;
    }
}

/// Follows the connection that the active side causes to where it ends. @return whether that is the
/// passive side, or a relay that the passive side is connected to.
bool arrives(side_plan const& active, side_plan const& passive, end const& from, end const& to,
             cema::anchor const* anchor, bool active_is_offerer) {
    std::string host(active.plan.host);
    auto port = active.plan.port;
    if (active.plan.target == target_kind::own_relay) {
        if (host != from.relay_ip || port != from.relay_port) return false;
        // The relay goes on to the next URI of To-Path.
        auto hop = active.plan.remote_path.begin();
        ++hop;
        host = std::string((*hop).host);
        port = *(*hop).port;
    }
    bool through_anchor = false;
    if (host == anchor_address) {
        if (anchor == nullptr) return false;
        if (port != (active_is_offerer ? anchor_to_offerer : anchor_to_answerer)) return false;
        auto const& next = active_is_offerer ? anchor->answerer() : anchor->offerer();
        if (anchor->answerer_opens() == active_is_offerer) return false;
        host = next.host;
        port = next.port;
        through_anchor = true;
    }
    if (anchor != nullptr && !through_anchor)
        return false;  // its network lets nothing else through
    if (host == to.relay_ip && port == to.relay_port)
        return passive.relay && passive.plan.target == target_kind::own_relay;
    return host == to.own_ip && port == to.own_port && passive.plan.target == target_kind::none;
}

template <class F>
void with_profile(kind k, F&& f) {
    switch (k) {
        case kind::cema: f(cema::rfc6714{}); break;
        case kind::rfc6135: f(cema::rfc6135{}); break;
        case kind::rfc4975: f(cema::rfc4975{}); break;
    }
}

/// Which pairs can work through an anchor that is no B2BUA; from RFC 6714, 4.1 to 4.3, by thought.
bool possible_through_anchor(situation const& o, situation const& a) {
    if (o.what != kind::cema) return false;  // the anchor would have to be a B2BUA
    if (a.what == kind::cema) return !(o.relay && a.relay);
    if (o.relay || a.relay) return false;
    bool const offerer_reachable = o.can_be_passive;
    bool const answerer_passive = a.what == kind::rfc4975 || a.can_be_passive || !offerer_reachable;
    return answerer_passive;
}

}  // namespace

TEST_CASE("CEMA-4.2-3 CEMA-4.2-5 CEMA-4.3-4 pairs agree who connects and reach each other") {
    auto const fingerprint_o = cema_test::some_fingerprint(0x0A);
    auto const fingerprint_a = cema_test::some_fingerprint(0x0B);
    int reached = 0;
    int refused = 0;
    for (auto o_kind : {kind::cema, kind::rfc6135, kind::rfc4975})
        for (auto a_kind : {kind::cema, kind::rfc6135, kind::rfc4975})
            for (int bits = 0; bits < 64; ++bits) {
                situation const o{o_kind, (bits & 1) != 0, (bits & 2) != 0};
                situation const a{a_kind, (bits & 4) != 0, (bits & 8) != 0};
                bool const with_anchor = (bits & 16) != 0;
                bool const tls = (bits & 32) != 0;
                INFO("offerer " << int(o_kind) << (o.relay ? " relay" : "")
                                << (o.can_be_passive ? " reachable" : "") << ", answerer "
                                << int(a_kind) << (a.relay ? " relay" : "")
                                << (a.can_be_passive ? " reachable" : "")
                                << (with_anchor ? ", anchor" : "") << (tls ? ", tls" : ""));
                cema::anchor anchor;
                outcome out;
                with_profile(o_kind, [&](auto op) {
                    with_profile(a_kind, [&](auto ap) {
                        auto offerer = make<decltype(op)>(o, offerer_end, tls, fingerprint_o);
                        auto answerer = make<decltype(ap)>(a, answerer_end, tls, fingerprint_a);
                        out = run(offerer, answerer, with_anchor, anchor, o.relay, a.relay);
                    });
                });
                CHECK_FALSE(out.second_offer_had_cema);
                if (with_anchor && !possible_through_anchor(o, a)) {
                    CHECK(out.refused_by_anchor);
                    CHECK(out.explained);
                    ++refused;
                    continue;
                }
                CHECK(out.offers == 1);
                REQUIRE(out.offerer);
                REQUIRE(out.answerer);
                auto const& po = out.offerer->plan;
                auto const& pa = out.answerer->plan;
                CHECK(po.local_role != pa.local_role);
                bool const offerer_active = po.local_role == role::active;
                auto const* box = with_anchor ? &anchor : nullptr;
                CHECK((offerer_active ? arrives(*out.offerer, *out.answerer, offerer_end,
                                                answerer_end, box, true)
                                      : arrives(*out.answerer, *out.offerer, answerer_end,
                                                offerer_end, box, false)));
                // CEMA-4.1-1: each addresses the URI by which the other knows itself.
                CHECK(po.remote_path.back().text == pa.local_path.text());
                CHECK(pa.remote_path.back().text == po.local_path.text());
                CHECK(po.tls == tls);
                CHECK(pa.tls == tls);
                // TLS-14.4-1: peer to peer by fingerprint, in both directions or in none.
                bool const peer_to_peer = tls && !o.relay && !a.relay;
                CHECK((po.identity == cema::identity_check::fingerprint) == peer_to_peer);
                CHECK((pa.identity == cema::identity_check::fingerprint) == peer_to_peer);
                if (peer_to_peer) {
                    CHECK(po.fingerprints.matches(fingerprint_a.digest()));
                    CHECK(pa.fingerprints.matches(fingerprint_o.digest()));
                }
                CHECK_FALSE(po.reasons.empty());
                CHECK_FALSE(pa.reasons.empty());
                ++reached;
            }
    CHECK(reached + refused == 576);
    CHECK(refused > 0);
}

TEST_CASE("CEMA-4.3-1 a middlebox that strips msrp-cema and rewrites is found out") {
    auto const f = cema_test::some_fingerprint();
    auto offerer = make<cema::rfc6714>({kind::cema, false, true}, offerer_end, false, f);
    auto answerer = make<cema::rfc6714>({kind::cema, false, true}, answerer_end, false, f);
    auto const offer = offerer.make_offer({1, 1});
    REQUIRE(offer);
    auto const d = sdp::parse(*offer);
    REQUIRE(d);
    auto text = *cema::rewrite_cm_line(*d, 0, {*wire::parse_ip(anchor_address), 5001});
    text.erase(text.find("a=msrp-cema\r\n"), 13);
    auto const s = answerer.on_offer(text, {2, 1});
    REQUIRE(s);
    CHECK(*s == status::rejected);
    auto const r = offerer.on_answer(answerer.local_description());
    REQUIRE(r);
    CHECK(*r == status::rejected);
}
