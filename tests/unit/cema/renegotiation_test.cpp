// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// renegotiation_test.cpp - further offers in mid-session, as transcripts of both sides.
#include <array>
#include <cema/negotiator.hpp>
#include <memory_resource>
#include <string>

#include "support.hpp"
#include "support/catch.hpp"

namespace {

using cema::negotiator;
using cema::role;
using cema::status;
using cema::target_kind;
using cema_test::cites;
using cema_test::has;
using cema_test::line;
using cema_test::text;

constexpr auto alice_uri = "msrp://192.0.2.1:7001/alice1;tcp";
constexpr auto bob_uri = "msrp://192.0.2.2:7002/bob1;tcp";

negotiator make(cema::local_situation const& local) {
    auto n = negotiator::make(local);
    REQUIRE(n);
    return std::move(*n);
}
status taken(wire::result<status> const& r) {
    INFO(r.error().code.message());
    REQUIRE(r);
    return *r;
}

/// One exchange between two endpoints, to the end.
struct transcript {
    std::string offer, answer;
};
template <class A, class B>
transcript exchange(A& from, B& to) {
    transcript t;
    auto const written = from.make_offer(from.next_numbers());
    REQUIRE(written);
    t.offer = *written;
    REQUIRE(taken(to.on_offer(t.offer, to.next_numbers())) == status::answer_ready);
    t.answer = to.local_description();
    REQUIRE(taken(from.on_answer(t.answer)) == status::plan);
    CHECK(from.plan()->local_role != to.plan()->local_role);
    CHECK(from.plan()->remote_path.back().text == to.plan()->local_path.text());
    CHECK(to.plan()->remote_path.back().text == from.plan()->local_path.text());
    return t;
}

}  // namespace

TEST_CASE("section 21 #5 unchanged paths keep the connection, whoever offers again") {
    for (int bits = 0; bits < 16; ++bits) {
        bool const alice_reachable = (bits & 1) != 0;
        bool const bob_reachable = (bits & 2) != 0;
        bool const alice_relay = (bits & 4) != 0;
        bool const bob_relay = (bits & 8) != 0;
        INFO("alice " << alice_reachable << alice_relay << ", bob " << bob_reachable << bob_relay);
        auto alice = make({.uri = alice_uri,
                           .use_path = alice_relay ? "msrp://198.51.100.1:2855/r1;tcp" : "",
                           .can_be_passive = alice_reachable});
        auto bob = make({.uri = bob_uri,
                         .use_path = bob_relay ? "msrp://198.51.100.2:2855/r2;tcp" : "",
                         .can_be_passive = bob_reachable});
        auto const first = exchange(alice, bob);
        CHECK_FALSE(alice.plan()->keeps_connection);
        CHECK_FALSE(bob.plan()->keeps_connection);
        auto const alice_role = alice.plan()->local_role;
        auto const target = alice.plan()->target;
        for (int again = 0; again < 3; ++again) {
            INFO("again " << again);
            auto const next = again == 1 ? exchange(bob, alice) : exchange(alice, bob);
            CHECK(alice.plan()->keeps_connection);
            CHECK(bob.plan()->keeps_connection);
            CHECK(alice.plan()->local_role == alice_role);
            CHECK(alice.plan()->target == target);
            CHECK(cites(alice.plan()->reasons, "RFC 4975", "8.4"));
            // The paths are repeated to the letter, whichever way they go.
            auto const path_of_alice = line(again == 1 ? next.answer : next.offer, "a=path:");
            auto const path_of_bob = line(again == 1 ? next.offer : next.answer, "a=path:");
            CHECK(path_of_alice == line(first.offer, "a=path:"));
            CHECK(path_of_bob == line(first.answer, "a=path:"));
        }
    }
}

TEST_CASE(
    "section 21 #5 a new session URI: a new connection, by the offerer unless setup says else") {
    auto alice = make({.uri = alice_uri});
    auto bob = make({.uri = bob_uri});
    exchange(alice, bob);
    CHECK(alice.plan()->local_role == role::active);
    // Bob moves: he offers from another URI.
    REQUIRE(bob.set_local({.uri = "msrp://198.51.100.20:7010/bob2;tcp"}));
    auto t = exchange(bob, alice);
    CHECK(has(t.offer, "a=path:msrp://198.51.100.20:7010/bob2;tcp"));
    CHECK(has(t.offer, "a=msrp-cema"));
    CHECK_FALSE(alice.plan()->keeps_connection);
    CHECK_FALSE(bob.plan()->keeps_connection);
    CHECK(bob.plan()->local_role == role::active);
    CHECK(bob.plan()->host == "192.0.2.1");
    exchange(alice, bob);
    CHECK(alice.plan()->keeps_connection);
    // Alice moves as the answerer.
    REQUIRE(alice.set_local({.uri = "msrp://192.0.2.1:7005/alice2;tcp", .can_be_passive = false}));
    t = exchange(bob, alice);
    CHECK(has(t.answer, "a=setup:active"));
    CHECK(has(t.answer, "a=path:msrp://192.0.2.1:9/alice2;tcp"));
    CHECK_FALSE(bob.plan()->keeps_connection);
    CHECK(alice.plan()->local_role == role::active);
    CHECK(alice.plan()->host == "198.51.100.20");
    // The same situation once more is no change.
    REQUIRE(alice.set_local({.uri = "msrp://192.0.2.1:7005/alice2;tcp", .can_be_passive = false}));
    exchange(bob, alice);
    CHECK(alice.plan()->keeps_connection);
    // A relay is a change.
    REQUIRE(alice.set_local({.uri = "msrp://192.0.2.1:7005/alice2;tcp",
                             .use_path = "msrp://198.51.100.1:2855/r1;tcp"}));
    exchange(alice, bob);
    CHECK_FALSE(alice.plan()->keeps_connection);
    CHECK(bob.plan()->host == "198.51.100.1");
}

TEST_CASE("ALT-4.2.1-1 holdconn counts as absent, in mid-session, too") {
    auto alice = make({.uri = alice_uri});
    REQUIRE(alice.make_offer({1, 1}));
    REQUIRE(taken(alice.on_answer(text{.setup = "passive", .cema = true}.str())) == status::plan);
    REQUIRE(taken(alice.on_offer(text{.setup = "holdconn", .cema = true}.str(), {1, 2})) ==
            status::answer_ready);
    CHECK(alice.facts_as_answerer().setup == cema::offered_setup::absent);
    CHECK(alice.plan()->keeps_connection);
    CHECK(alice.plan()->local_role == role::active);
    CHECK(line(alice.local_description(), "a=setup:") == "a=setup:passive");
    // From another URI: the offerer connects.
    REQUIRE(
        taken(alice.on_offer(
            text{.path = "msrp://192.0.2.2:7002/bob9;tcp", .setup = "holdconn", .cema = true}.str(),
            {1, 3})) == status::answer_ready);
    CHECK_FALSE(alice.plan()->keeps_connection);
    CHECK(alice.plan()->local_role == role::passive);
}

TEST_CASE("what else ends a connection: another port 9, TLS, fingerprints, msrp-cema") {
    // Bob was active behind port 9; now he is to be connected to.
    auto bob = make({.uri = bob_uri, .can_be_passive = false});
    text offer{.c = "192.0.2.1", .port = 7001, .path = alice_uri, .setup = "actpass", .cema = true};
    REQUIRE(taken(bob.on_offer(offer.str(), {1, 1})) == status::answer_ready);
    CHECK(has(bob.local_description(), "a=path:msrp://192.0.2.2:9/bob1;tcp"));
    offer.setup = "active";
    REQUIRE(taken(bob.on_offer(offer.str(), {1, 2})) == status::answer_ready);
    CHECK(has(bob.local_description(), "a=path:msrp://192.0.2.2:7002/bob1;tcp"));
    CHECK_FALSE(bob.plan()->keeps_connection);
    CHECK(bob.plan()->local_role == role::passive);
    offer.cema = false;
    REQUIRE(taken(bob.on_offer(offer.str(), {1, 3})) == status::answer_ready);
    CHECK_FALSE(bob.plan()->keeps_connection);

    auto const print = cema_test::some_fingerprint(1);
    auto const with = [](std::uint8_t octet) {
        return text{
            .path = "msrps://192.0.2.1:7001/alice1;tcp",
            .setup = "actpass",
            .cema = true,
            .tls = true,
            .more = "a=fingerprint:" +
                    std::string(sdp::fingerprint_text(cema_test::some_fingerprint(octet)).view()) +
                    "\r\n"}
            .str();
    };
    auto carol =
        make({.uri = "msrps://192.0.2.3:7003/carol;tcp", .tls = true, .fingerprints = {&print, 1}});
    REQUIRE(taken(carol.on_offer(with(5), {1, 1})) == status::answer_ready);
    REQUIRE(taken(carol.on_offer(with(5), {1, 2})) == status::answer_ready);
    CHECK(carol.plan()->keeps_connection);
    REQUIRE(taken(carol.on_offer(with(6), {1, 3})) == status::answer_ready);
    CHECK_FALSE(carol.plan()->keeps_connection);
    // She answered without TLS, and goes on without it.
    REQUIRE(taken(carol.on_offer(text{.setup = "actpass"}.str(), {1, 4})) == status::answer_ready);
    CHECK_FALSE(carol.plan()->keeps_connection);
    auto const again = carol.make_offer(carol.next_numbers());
    REQUIRE(again);
    CHECK(has(*again, "m=message 7003 TCP/MSRP *"));
    CHECK(carol.on_answer(with(5)).error().code == cema::error::answer_does_not_fit);
    REQUIRE(taken(carol.on_answer(text{.setup = "active"}.str())) == status::plan);
    CHECK(carol.plan()->keeps_connection);
    CHECK(carol.plan()->local_role == role::passive);
}

TEST_CASE("what was agreed stays where an exchange fails, and ends with port zero") {
    auto alice = make({.uri = alice_uri});
    auto bob = make({.uri = bob_uri});
    exchange(alice, bob);
    // Glare: the offer is taken back.
    REQUIRE(alice.make_offer(alice.next_numbers()));
    CHECK(alice.set_local({.uri = alice_uri}).error().code == cema::error::wrong_order);
    alice.abandon();
    CHECK(alice.plan() == nullptr);
    exchange(bob, alice);
    CHECK(alice.plan()->keeps_connection);
    // An offer that cannot be accepted.
    REQUIRE(taken(bob.on_offer(text{.c = "203.0.113.5", .path = "msrp://192.0.2.9:1/x;tcp"}.str(),
                               bob.next_numbers())) == status::rejected);
    bob.abandon();  // a 488 went out
    CHECK(bob.local_description().empty());
    exchange(alice, bob);
    CHECK(bob.plan()->keeps_connection);
    CHECK(alice.set_local({.uri = "nonsense"}).error().code == msrp::error_condition::syntax);
    // The media ends, and begins anew.
    REQUIRE(taken(bob.on_offer(text{.port = 0}.str(), bob.next_numbers())) == status::rejected);
    exchange(alice, bob);
    CHECK_FALSE(bob.plan()->keeps_connection);
    CHECK(alice.plan()->keeps_connection);  // she was not told
    REQUIRE(alice.make_offer(alice.next_numbers()));
    REQUIRE(taken(alice.on_answer(text{.port = 0}.str())) == status::rejected);
    bob.reset();
    exchange(alice, bob);
    CHECK_FALSE(alice.plan()->keeps_connection);
}

TEST_CASE("SDP-3264-1 an answer with port zero ends the session on both sides") {
    auto const mismatch = text{.c = "203.0.113.5", .path = std::string(alice_uri)}.str();
    for (bool const answered : {true, false}) {
        CAPTURE(answered);
        auto alice = make({.uri = alice_uri});
        auto bob = make({.uri = bob_uri});
        exchange(alice, bob);
        // On its way the next offer loses msrp-cema, and its c= line becomes another one.
        REQUIRE(alice.make_offer(alice.next_numbers()));
        REQUIRE(taken(bob.on_offer(mismatch, bob.next_numbers())) == status::rejected);
        if (answered) {
            CHECK(line(bob.local_description(), "m=").starts_with("m=message 0 "));
            REQUIRE(taken(alice.on_answer(bob.local_description())) == status::rejected);
        } else {
            alice.abandon();
            bob.abandon();
        }
        exchange(alice, bob);
        CHECK(alice.plan()->keeps_connection == !answered);
        CHECK(bob.plan()->keeps_connection == !answered);
        // Whoever offers next.
        REQUIRE(bob.make_offer(bob.next_numbers()));
        REQUIRE(taken(alice.on_offer(mismatch, alice.next_numbers())) == status::rejected);
        if (answered) {
            REQUIRE(taken(bob.on_answer(alice.local_description())) == status::rejected);
        } else {
            alice.abandon();
            bob.abandon();
        }
        exchange(alice, bob);
        CHECK(alice.plan()->keeps_connection == !answered);
        CHECK(bob.plan()->keeps_connection == !answered);
    }
}

TEST_CASE("URI-7977-1 nobody connects by TCP to a URI of another transport") {
    auto const path = "msrp://192.0.2.2:7002/bob1;ws";
    for (bool const cema : {true, false}) {
        CAPTURE(cema);
        auto alice = make({.uri = alice_uri});
        REQUIRE(alice.make_offer({1, 1}));
        REQUIRE(
            taken(alice.on_answer(text{.path = path, .setup = "passive", .cema = cema}.str())) ==
            status::rejected);
        CHECK(alice.plan() == nullptr);
        CHECK(cites(alice.reasons(), "RFC 4975", "6"));
        auto bob = make({.uri = bob_uri});
        REQUIRE(taken(bob.on_offer(text{.path = path, .setup = "passive", .cema = cema}.str(),
                                   {1, 1})) == status::rejected);
        CHECK(cites(bob.reasons(), "RFC 4975", "6"));
        // Who is connected to need not mind; nor who has a relay do it.
        REQUIRE(taken(bob.on_offer(text{.path = path, .setup = "active", .cema = cema}.str(),
                                   {1, 2})) == status::answer_ready);
        auto relayed = make({.uri = alice_uri, .use_path = "msrp://192.0.2.9:2855;tcp"});
        REQUIRE(taken(relayed.on_offer(text{.path = path, .setup = "active"}.str(), {1, 1})) ==
                status::answer_ready);
        CHECK(relayed.plan()->target == target_kind::own_relay);
    }
}

TEST_CASE("SDP-8.2-1 a peer whose URI is of no session is refused") {
    for (auto const* const path :
         {"msrp://192.0.2.2:7002;tcp", "msrp://192.0.2.3:2855/r;tcp msrp://192.0.2.2:7002;tcp"}) {
        CAPTURE(path);
        auto alice = make({.uri = alice_uri});
        REQUIRE(alice.make_offer({1, 1}));
        REQUIRE(taken(alice.on_answer(text{.path = path, .cema = true}.str())) == status::rejected);
        CHECK(cites(alice.reasons(), "RFC 4975", "8.2"));
        auto bob = make({.uri = bob_uri});
        REQUIRE(taken(bob.on_offer(text{.path = path, .cema = true}.str(), {1, 1})) ==
                status::rejected);
        CHECK(cites(bob.reasons(), "RFC 4975", "8.2"));
    }
}

TEST_CASE("CEMA-00-8 what fell back is likely a B2BUA's in mid-session, too") {
    auto alice = make({.uri = alice_uri});
    text const answer{.c = "203.0.113.5", .setup = "active"};
    REQUIRE(alice.make_offer({1, 1}));
    REQUIRE(taken(alice.on_answer(answer.str())) == status::new_offer);
    REQUIRE(alice.make_offer(alice.next_numbers()));
    REQUIRE(taken(alice.on_answer(answer.str())) == status::plan);
    CHECK(alice.plan()->b2bua_likely);
    auto other = answer;
    for (auto const* const uri :
         {"msrp://192.0.2.2:7002/bob2;tcp", "msrp://192.0.2.2:7002/bob3;tcp"}) {
        other.path = uri;
        REQUIRE(alice.make_offer(alice.next_numbers()));
        REQUIRE(taken(alice.on_answer(other.str())) == status::plan);
        CHECK_FALSE(alice.plan()->keeps_connection);
        CHECK(alice.plan()->b2bua_likely);
    }
    other.path = "msrp://192.0.2.2:7002/bob4;tcp";
    other.c = "192.0.2.2";
    other.setup = "actpass";
    REQUIRE(taken(alice.on_offer(other.str(), alice.next_numbers())) == status::answer_ready);
    CHECK(alice.plan()->b2bua_likely);
    other.path = "msrp://192.0.2.2:7002/bob5;tcp";
    other.cema = true;  // it came through
    REQUIRE(taken(alice.on_offer(other.str(), alice.next_numbers())) == status::answer_ready);
    CHECK_FALSE(alice.plan()->b2bua_likely);
}

TEST_CASE("CEMA-4.2-3 the second offer: the same dialog or a new one, by its numbers") {
    auto alice = make({.uri = alice_uri});
    REQUIRE(alice.make_offer({40, 7}));
    REQUIRE(taken(alice.on_answer(text{.c = "203.0.113.5", .setup = "active"}.str())) ==
            status::new_offer);
    CHECK(alice.next_numbers() == cema::origin_numbers{40, 8});
    auto copy = alice;
    auto const same = alice.make_offer(alice.next_numbers());
    REQUIRE(same);
    CHECK(line(*same, "o=").starts_with("o=- 40 8 "));
    auto const other = copy.make_offer({99, 1});
    REQUIRE(other);
    CHECK(line(*other, "o=").starts_with("o=- 99 1 "));
    // In a new dialog it may come from a new session URI.
    REQUIRE(taken(alice.on_answer(text{.c = "203.0.113.5"}.str())) == status::plan);
    CHECK(alice.plan()->b2bua_likely);
    CHECK(cites(alice.plan()->reasons, "RFC 6714", "4.2", "B2BUA"));
    auto dave = make({.uri = alice_uri});
    REQUIRE(dave.make_offer({1, 1}));
    REQUIRE(taken(dave.on_answer(text{.c = "203.0.113.5", .setup = "active"}.str())) ==
            status::new_offer);
    REQUIRE(dave.set_local({.uri = "msrp://192.0.2.1:7002/dave2;tcp"}));
    auto const moved = dave.make_offer({2, 1});
    REQUIRE(moved);
    CHECK_FALSE(has(*moved, "a=msrp-cema"));
    CHECK(has(*moved, "a=path:msrp://192.0.2.1:7002/dave2;tcp"));
}

TEST_CASE("ALT-4.2.2-1 reachability is asked for where it matters and there alone") {
    struct question {
        int asked = 0;
        bool answer = false;
    } q;
    cema::local_situation local{.uri = alice_uri, .can_be_passive = true};
    local.ask_can_be_passive = {[](void* context) {
                                    auto& it = *static_cast<question*>(context);
                                    ++it.asked;
                                    return it.answer;
                                },
                                &q};
    auto n = make(local);
    auto const offer = n.make_offer({1, 1});
    REQUIRE(offer);
    CHECK(has(*offer, "a=setup:active"));
    CHECK(q.asked == 1);
    n.reset();
    REQUIRE(taken(n.on_offer(text{.setup = "active", .cema = true}.str(), {1, 1})) ==
            status::answer_ready);
    CHECK(q.asked == 1);
    n.reset();
    q.answer = true;
    REQUIRE(taken(n.on_offer(text{.setup = "actpass", .cema = true}.str(), {1, 1})) ==
            status::answer_ready);
    CHECK(has(n.local_description(), "a=setup:passive"));
    CHECK(q.asked == 2);
    local.use_path = "msrp://198.51.100.1:2855/r1;tcp";
    REQUIRE(n.set_local(local));
    n.reset();
    REQUIRE(n.make_offer({1, 1}));
    CHECK(q.asked == 2);
}

TEST_CASE("CON-7.3-1 matching by the session-id alone is asked for by name") {
    auto n = make({.uri = alice_uri, .match_session_id_only = true});
    REQUIRE(taken(n.on_offer(text{.cema = true}.str(), {1, 1})) == status::answer_ready);
    CHECK(n.plan()->session_match == cema::session_match::session_id_only);
    auto m = make({.uri = alice_uri});
    REQUIRE(taken(m.on_offer(text{.cema = true}.str(), {1, 1})) == status::answer_ready);
    CHECK(m.plan()->session_match == cema::session_match::whole_uri);
}

TEST_CASE("in mid-session, too, all memory comes from the allocator") {
    std::array<std::byte, 131072> memory{};
    std::pmr::monotonic_buffer_resource pool(memory.data(), memory.size(),
                                             std::pmr::null_memory_resource());
    auto* const before = std::pmr::set_default_resource(std::pmr::null_memory_resource());
    {
        auto n = cema::pmr::negotiator::make(
            {.uri = "msrp://192.0.2.1:7001/a.session.id.that.is.rather.long;tcp"}, &pool);
        CHECK(n.has_value());
        char const* const peer =
            "v=0\r\no=- 5 1 IN IP4 192.0.2.2\r\ns=-\r\nc=IN IP4 192.0.2.2\r\nt=0 0\r\n"
            "m=message 7002 TCP/MSRP *\r\na=accept-types:*\r\na=setup:actpass\r\na=msrp-cema\r\n"
            "a=path:msrp://192.0.2.2:7002/another.session.id.that.is.long;tcp\r\n";
        if (n)
            for (int i = 0; i < 3; ++i) {
                CHECK(n->make_offer(n->next_numbers()).has_value());
                CHECK(n->on_answer(peer).value_or(status::rejected) == status::plan);
                CHECK(n->on_offer(peer, {1, 9}).value_or(status::rejected) == status::answer_ready);
                CHECK(n->plan()->keeps_connection);
            }
    }
    std::pmr::set_default_resource(before);
}
