// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// cema_pairs.cpp - two endpoints and a middlebox, chosen by a few octets, negotiate again and
// again: never two actives, never msrp-cema in a fallback, and a plan leads to the peer.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

#include "unit/cema/pairs.hpp"

namespace {

using namespace cema_test::pairs;  // NOLINT: made for tests

situation situation_of(unsigned octet) {
    return {static_cast<kind>(octet & 3U), (octet & 4U) != 0, (octet & 8U) != 0};
}

/// Octets: offerer, answerer, middlebox and TLS, then one for each later exchange.
void play(std::uint8_t const* data, std::size_t size) {
    auto const print_o = cema_test::some_fingerprint(0x0A);
    auto const print_a = cema_test::some_fingerprint(0x0B);
    situation const o = situation_of(data[0]);
    situation const a = situation_of(data[1]);
    bool const tls = (data[2] & 8U) != 0;
    box between{static_cast<middlebox>((data[2] & 7U) % 5U), cema_test::some_fingerprint(0x0C)};
    auto const alice = make(o, offerer_end, tls, print_o);
    auto const bob = make(a, answerer_end, tls, print_a);
    auto const out = run(*alice, *bob, between);
    auto const first = judge(out, *alice, *bob, o, a, between, tls, print_o, print_a);
    if (first == verdict::refused || first == verdict::rejected) return;
    for (std::size_t i = 3; i < size && i < 12; ++i) {
        bool const alice_offers = (data[i] & 1U) != 0;
        bool const moves = (data[i] & 2U) != 0;  // the offerer of this exchange, to a new URI
        auto& from = alice_offers ? *alice : *bob;
        auto& to = alice_offers ? *bob : *alice;
        auto const& who = alice_offers ? o : a;
        auto const& print = alice_offers ? print_o : print_a;
        if (moves) {
            auto const& e = alice_offers ? offerer_end : answerer_end;
            std::string const scheme = tls ? "msrps" : "msrp";
            std::string const own = scheme + "://" + e.own_ip + ":" + std::to_string(e.own_port) +
                                    "/new" + std::to_string(i) + ";tcp";
            std::string const relay = scheme + e.relay;
            cema::local_situation local;
            local.uri = own;
            local.use_path = who.relay ? std::string_view(relay) : std::string_view();
            local.can_be_passive = who.can_be_passive;
            local.tls = tls;
            local.fingerprints = {&print, 1};
            from.move_to(local);
        }
        auto const later = run(from, to, between);
        must(!later.second_offer_had_cema, "no msrp-cema in a fallback offer");
        if (!later.planned) return;  // with its reasons
        auto const& pf = *from.plan();
        auto const& pt = *to.plan();
        must(pf.local_role != pt.local_role, "one active, one passive");
        bool const changed = moves && between.what != middlebox::b2bua;
        must(!(changed && (pf.keeps_connection || (pt.keeps_connection && later.offers == 1))),
             "a new URI is a new connection");
        must(!(moves && pf.keeps_connection), "whoever moves knows it");
        if (between.what != middlebox::b2bua)
            must(pf.remote_path.back().text == pt.local_path.text() &&
                     pt.remote_path.back().text == pf.local_path.text(),
                 "addressed by their own URIs");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    if (size < 3) return 0;
    try {
        play(data, size);
    } catch (std::exception const& e) {
        std::fprintf(stderr, "broken: %s\n", e.what());
        std::abort();
    }
    return 0;
}
