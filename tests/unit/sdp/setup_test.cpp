// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// setup_test.cpp - sdp/setup.hpp: a=setup, its defaults, the pairs and the level that counts.
#include <sdp/setup.hpp>

#include <array>
#include <string>

#include <sdp/parser.hpp>

#include "support/catch.hpp"

using sdp::setup;

TEST_CASE("SDP-4145-1 roles are read and written; any case; nothing else") {
    for (auto const s : {setup::active, setup::passive, setup::actpass, setup::holdconn})
        CHECK(sdp::parse_setup(sdp::to_text(s)) == s);
    CHECK(sdp::parse_setup("ActPass") == setup::actpass);
    for (auto const* bad : {"", "activ", "active ", " active", "actives"})
        CHECK(sdp::parse_setup(bad) == std::nullopt);
}

TEST_CASE("SDP-4145-1 the default is active in an offer and passive in an answer") {
    CHECK(sdp::offered_setup(std::nullopt) == setup::active);
    CHECK(sdp::answered_setup(std::nullopt) == setup::passive);
    for (auto const s : {setup::active, setup::passive, setup::actpass}) {
        CHECK(sdp::offered_setup(s) == s);
        CHECK(sdp::answered_setup(s) == s);
    }
}

TEST_CASE("ALT-4.2.1-1 holdconn received counts as absent") {
    CHECK(sdp::offered_setup(setup::holdconn) == setup::active);
    CHECK(sdp::answered_setup(setup::holdconn) == setup::passive);
}

TEST_CASE("SDP-4145-1 the pairs of RFC 4145") {
    constexpr std::array all{setup::active, setup::passive, setup::actpass, setup::holdconn};
    // Rows: offer; columns: answer active, passive, actpass, holdconn.
    constexpr bool fits[4][4] = {{false, true, false, true},
                                 {true, false, false, true},
                                 {true, true, false, true},
                                 {false, false, false, true}};
    for (std::size_t o = 0; o < 4; ++o)
        for (std::size_t a = 0; a < 4; ++a) CHECK(sdp::setup_fits(all[o], all[a]) == fits[o][a]);
}

TEST_CASE("SDP-4145-1 a=setup at media level wins over the session's") {
    std::string const text =
        "v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nc=IN IP4 h\r\nt=0 0\r\na=setup:passive\r\n"
        "m=a 9 b c\r\na=setup:active\r\nm=a 9 b c\r\nm=a 9 b c\r\na=setup:nonsense\r\n";
    auto const d = *sdp::parse(text);
    CHECK(sdp::received_setup(*d.media(0)) == setup::active);
    CHECK(sdp::received_setup(*d.media(1)) == setup::passive);
    CHECK(sdp::received_setup(*d.media(2)) == std::nullopt);
}
