// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// direction_test.cpp - sdp/direction.hpp: the direction that applies and the ones that may answer.
#include <sdp/direction.hpp>

#include <array>
#include <string>

#include <sdp/parser.hpp>

#include "support/catch.hpp"

using sdp::direction;

TEST_CASE("RFC 8866 6.7 direction attributes are names without a value") {
    for (auto const d :
         {direction::sendrecv, direction::sendonly, direction::recvonly, direction::inactive})
        CHECK(sdp::parse_direction(sdp::to_text(d)) == d);
    CHECK(sdp::parse_direction("SendOnly") == std::nullopt);
    CHECK(sdp::reversed(direction::sendonly) == direction::recvonly);
    CHECK(sdp::reversed(direction::recvonly) == direction::sendonly);
    CHECK(sdp::reversed(direction::sendrecv) == direction::sendrecv);
    CHECK(sdp::reversed(direction::inactive) == direction::inactive);
    for (auto const d :
         {direction::sendrecv, direction::sendonly, direction::recvonly, direction::inactive}) {
        CHECK(sdp::sends(d) == (d == direction::sendrecv || d == direction::sendonly));
        CHECK(sdp::receives(d) == sdp::sends(sdp::reversed(d)));
    }
}

TEST_CASE("RFC 8866 6.7 media level wins over session level, the default is sendrecv") {
    std::string const head = "v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nc=IN IP4 h\r\nt=0 0\r\n";
    std::string const text = head +
                             "a=inactive\r\nm=a 9 b c\r\na=sendonly\r\nm=a 9 b c\r\n"
                             "m=a 9 b c\r\na=recvonly:x\r\n";
    auto const d = *sdp::parse(text);
    CHECK(sdp::effective_direction(*d.media(0)) == direction::sendonly);
    CHECK(sdp::effective_direction(*d.media(1)) == direction::inactive);
    CHECK(sdp::effective_direction(*d.media(2)) == direction::inactive);
    std::string const plain = head + "m=a 9 b c\r\n";
    CHECK(sdp::effective_direction(*sdp::parse(plain)->media(0)) == direction::sendrecv);
}

TEST_CASE("SDP-3264-1 what may answer what") {
    constexpr std::array all{direction::inactive, direction::sendonly, direction::recvonly,
                             direction::sendrecv};
    // Rows: offer; columns: answer inactive, sendonly, recvonly, sendrecv (RFC 3264, 6.1).
    constexpr bool fits[4][4] = {{true, false, false, false},
                                 {true, false, true, false},
                                 {true, true, false, false},
                                 {true, true, true, true}};
    for (std::size_t o = 0; o < 4; ++o)
        for (std::size_t a = 0; a < 4; ++a)
            CHECK(sdp::direction_fits(all[o], all[a]) == fits[o][a]);
}
