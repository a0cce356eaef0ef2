// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// cema_pairs.cpp - two endpoints and a middlebox, chosen by a few octets, negotiate again and
// again, by descriptions that are restyled on their way: never two actives, never msrp-cema in a
// fallback, and a plan leads to the peer.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <span>
#include <string>

#include "unit/cema/pairs.hpp"

namespace {

using namespace cema_test::pairs;  // NOLINT: made for tests

constexpr std::size_t max_later = 3;  // exchanges behind the first

/// Of one side: two octets, and what follows from them.
struct side {
    situation what;
    end where;
    sdp::fingerprint print;

    side(unsigned octet, std::array<end, 4> const& ends, std::uint8_t filler)
        : what{static_cast<kind>(octet & 3U), (octet & 4U) != 0, (octet & 8U) != 0},
          where(ends[octet >> 4U & 3U]),
          print(cema_test::some_fingerprint(filler)) {}
};

/// Takes octets from the front; 0 where there are none left.
struct octets {
    std::span<std::uint8_t const> rest;
    unsigned next() {
        if (rest.empty()) return 0;
        unsigned const out = rest.front();
        rest = rest.subspan(1);
        return out;
    }
};

/// One exchange of a session that stands. Its octet: who offers, whether it moves to another URI
/// and there changes its use of a relay or its reachability, whether an offer is given up first.
/// @return is there a plan?
bool later_exchange(party& alice, party& bob, side& of_alice, side& of_bob, box& between, bool tls,
                    unsigned octet, std::size_t number) {
    bool const alice_offers = (octet & 1U) != 0;
    bool const moves = (octet & 2U) != 0;
    auto& from = alice_offers ? alice : bob;
    auto& to = alice_offers ? bob : alice;
    auto& of_from = alice_offers ? of_alice : of_bob;
    auto const& of_to = alice_offers ? of_bob : of_alice;
    if (moves) {
        of_from.where.session = "new" + std::to_string(number);
        if ((octet & 4U) != 0) of_from.what.relay = !of_from.what.relay;
        if ((octet & 8U) != 0) of_from.what.can_be_passive = !of_from.what.can_be_passive;
        from.move_to(situation_texts(of_from.what, of_from.where, tls, of_from.print).local);
    }
    if ((octet & 16U) != 0) {  // answered by 491: as if it had not been
        must(!from.offer(from.next()).empty(), "an offer");
        from.abandon();
    }
    between.offer_style ^= octet >> 5U;
    auto const out = run(from, to, between);
    must(!out.second_offer_had_cema, "no msrp-cema in a fallback offer");
    if (!out.planned) return false;  // with its reasons
    auto const& pf = *from.plan();
    auto const& pt = *to.plan();
    must(pf.local_role != pt.local_role, "one active, one passive");
    bool const b2bua = between.what == middlebox::b2bua;
    bool const changed = moves && !b2bua;
    must(!(changed && (pf.keeps_connection || (pt.keeps_connection && out.offers == 1))),
         "a new URI is a new connection");
    must(!(moves && pf.keeps_connection), "whoever moves knows it");
    must(b2bua || (pf.remote_path.back().text == pt.local_path.text() &&
                   pt.remote_path.back().text == pf.local_path.text()),
         "addressed by their own URIs");
    bool const known = between.what == middlebox::ignorant || between.what == middlebox::strips;
    if (known || pf.keeps_connection || pt.keeps_connection ||
        draft_looks_behind_relay(of_from.what, of_to.what, between.what))
        return true;
    bool const there =
        pf.local_role == role::active
            ? arrives(pf, pt, of_from.where, of_to.where, of_to.what.relay, between, true)
            : arrives(pt, pf, of_to.where, of_from.where, of_from.what.relay, between, false);
    must(there, "the active side reaches the passive one");
    return true;
}

/// Octets: offerer, answerer, middlebox and TLS, styles of offer and answer; then one for each
/// later exchange.
void play(octets in) {
    side alice(in.next(), offerer_ends, 0x0A);
    side bob(in.next(), answerer_ends, 0x0B);
    unsigned const third = in.next();
    bool const tls = (third & 8U) != 0;
    box between{static_cast<middlebox>((third & 7U) % 5U), cema_test::some_fingerprint(0x0C)};
    between.offer_style = in.next();
    between.answer_style = in.next();
    auto const a = make(alice.what, alice.where, tls, alice.print);
    auto const b = make(bob.what, bob.where, tls, bob.print);
    auto const out = run(*a, *b, between);
    auto const first = judge(out, *a, *b, alice.what, bob.what, between, tls, alice.print,
                             bob.print, alice.where, bob.where);
    if (first == verdict::refused || first == verdict::rejected) return;
    for (std::size_t i = 0; i < max_later && !in.rest.empty(); ++i)
        if (!later_exchange(*a, *b, alice, bob, between, tls, in.next(), i)) return;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    try {
        play({{data, size}});
    } catch (std::exception const& e) {
        std::fprintf(stderr, "broken: %s\n", e.what());
        std::abort();
    }
    return 0;
}
