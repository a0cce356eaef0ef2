// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// memory_transport_test.cpp - connect plans carried out without a socket: what a plan says is
// enough for any transport.
#include "memory_transport.hpp"

#include <cema/negotiator.hpp>
#include <string>
#include <string_view>

#include "support/catch.hpp"

namespace {

using namespace cema_test::memory;

cema::negotiator make(cema::local_situation const& local) { return *cema::negotiator::make(local); }

/// Offer and answer; `pass` is what happens on the way.
template <class Pass>
void negotiate(cema::negotiator& alice, cema::negotiator& bob, Pass&& pass) {
    auto const offer = pass(*alice.make_offer({1, 1}), true);
    REQUIRE(*bob.on_offer(offer, {2, 1}) == cema::status::answer_ready);
    REQUIRE(*alice.on_answer(pass(bob.local_description(), false)) == cema::status::plan);
}
std::string untouched(std::string_view text, bool) { return std::string(text); }

constexpr std::string_view alice_uri = "msrp://192.0.2.1:7001/alice1;tcp";
constexpr std::string_view bob_uri = "msrp://192.0.2.2:7002/bob1;tcp";

}  // namespace

TEST_CASE("CEMA-4.2-5 ALT-4.2.2-4 plans carried out in memory: no middlebox, either side active") {
    for (bool const bob_reachable : {false, true}) {
        network net;
        middlebox none{net};
        auto alice = make({.uri = alice_uri, .can_be_passive = true});
        auto bob = make({.uri = bob_uri, .can_be_passive = bob_reachable});
        negotiate(alice, bob, untouched);
        CHECK((alice.plan()->local_role == role::active) == bob_reachable);
        auto const [a, b] = carry_out(net, *alice.plan(), *bob.plan(), none);
        CHECK(delivered(a, "of bob"));
        CHECK(delivered(b, "of alice"));
    }
}

TEST_CASE("CEMA-4.1-1 CEMA-4.3-4 plans carried out in memory: through an anchor") {
    for (bool const bob_reachable : {false, true}) {
        network net;
        middlebox box{net};
        auto alice = make({.uri = alice_uri, .can_be_passive = !bob_reachable});
        auto bob = make({.uri = bob_uri, .can_be_passive = bob_reachable});
        negotiate(alice, bob, [&box](auto text, bool offer) { return box.pass(text, offer); });
        auto const& active = bob_reachable ? *alice.plan() : *bob.plan();
        CHECK(active.target == target_kind::cm_line);
        CHECK(active.host == "203.0.113.1");
        auto const [a, b] = carry_out(net, *alice.plan(), *bob.plan(), box);
        CHECK(delivered(a, "of bob"));
        CHECK(delivered(b, "of alice"));
        CHECK(box.moved > 500);
    }
}

TEST_CASE("CEMA-4.1-1 plans carried out in memory: paths rewritten on the way, by session-id") {
    for (bool const by_session_id : {false, true}) {
        network net;
        middlebox box{net, true};
        auto alice = make(
            {.uri = alice_uri, .can_be_passive = true, .match_session_id_only = by_session_id});
        auto bob =
            make({.uri = bob_uri, .can_be_passive = true, .match_session_id_only = by_session_id});
        negotiate(alice, bob, [&box](auto text, bool offer) { return box.pass(text, offer); });
        auto const [a, b] = carry_out(net, *alice.plan(), *bob.plan(), box);
        CHECK(delivered(a, "of bob") == by_session_id);
        CHECK(delivered(b, "of alice") == by_session_id);
        // Without the option Bob is not who is addressed: he takes nothing.
        CHECK((b.find("begin ") != std::string::npos) == by_session_id);
    }
}

TEST_CASE("ALT-4.5-1 RLY-5.1-3 plans carried out in memory: by the own relay") {
    network net;
    relay between{"msrp://198.51.100.1:2855/r1;tcp"};
    net.listeners[network::place("198.51.100.1", 2855)] = [&between](cable& c) {
        between.lines.push_back(&c);
    };
    auto alice = make({.uri = alice_uri, .use_path = between.uri});
    auto bob = make({.uri = bob_uri, .can_be_passive = true});
    negotiate(alice, bob, untouched);
    CHECK(alice.plan()->target == target_kind::own_relay);
    CHECK(alice.plan()->local_role == role::passive);
    CHECK(bob.plan()->target == target_kind::cm_line);
    auto const [a, b] = carry_out(net, *alice.plan(), *bob.plan(), between);
    CHECK(delivered(a, "of bob"));
    CHECK(delivered(b, "of alice"));
    CHECK_FALSE(between.astray);
}
