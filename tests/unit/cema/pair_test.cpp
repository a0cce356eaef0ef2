// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// pair_test.cpp - each offerer with each answerer through each kind of middlebox, run to the end.
#include <stdexcept>
#include <string>

#include "pairs.hpp"
#include "support/catch.hpp"

using namespace cema_test::pairs;

TEST_CASE(
    "CEMA-4.2-3 CEMA-4.2-5 CEMA-4.3-4 CEMA-00-8 pairs agree who connects and reach each other") {
    auto const print_o = cema_test::some_fingerprint(0x0A);
    auto const print_a = cema_test::some_fingerprint(0x0B);
    auto const print_b = cema_test::some_fingerprint(0x0C);
    // By addresses, names, IPv6 and two relays (SDP-8.1-2, CEMA-4.4-1); as written, and restyled.
    std::size_t const where = GENERATE(0U, 1U, 2U, 3U);
    unsigned const style = GENERATE(0U, 63U);
    end const& end_o = offerer_ends[where];
    end const& end_a = answerer_ends[where];
    int all = 0, reached = 0, refused = 0, rejected = 0, warned = 0, re_offered = 0;
    for (auto m : {middlebox::none, middlebox::anchor, middlebox::b2bua, middlebox::strips,
                   middlebox::ignorant})
        for (auto o_kind : {kind::cema, kind::draft00, kind::rfc6135, kind::rfc4975})
            for (auto a_kind : {kind::cema, kind::draft00, kind::rfc6135, kind::rfc4975})
                for (int bits = 0; bits < 32; ++bits) {
                    situation const o{o_kind, (bits & 1) != 0, (bits & 2) != 0};
                    situation const a{a_kind, (bits & 4) != 0, (bits & 8) != 0};
                    bool const tls = (bits & 16) != 0;
                    INFO("offerer " << int(o_kind) << (o.relay ? " relay" : "")
                                    << (o.can_be_passive ? " reachable" : "") << ", answerer "
                                    << int(a_kind) << (a.relay ? " relay" : "")
                                    << (a.can_be_passive ? " reachable" : "") << ", middlebox "
                                    << int(m) << (tls ? ", tls" : "") << ", place " << where
                                    << ", style " << style);
                    box between{m, print_b};
                    between.offer_style = between.answer_style = style;
                    auto const offerer = make(o, end_o, tls, print_o);
                    auto const answerer = make(a, end_a, tls, print_a);
                    std::string broken;
                    try {
                        auto const out = run(*offerer, *answerer, between);
                        if (out.offers == 2) ++re_offered;
                        switch (judge(out, *offerer, *answerer, o, a, between, tls, print_o,
                                      print_a, end_o, end_a)) {
                            case verdict::reached: ++reached; break;
                            case verdict::refused: ++refused; break;
                            case verdict::rejected: ++rejected; break;
                            case verdict::warned: ++warned; break;
                        }
                    } catch (std::logic_error const& e) {
                        broken = e.what();
                    }
                    CHECK(broken == "");
                    ++all;
                }
    CHECK(all == 2560);
    CHECK(reached + refused + rejected + warned == all);
    CHECK(reached > 1500);
    CHECK(refused > 0);
    CHECK(rejected > 0);
    CHECK(warned > 0);
    CHECK(re_offered > 0);
}
