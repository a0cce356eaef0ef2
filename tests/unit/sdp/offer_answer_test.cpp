// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// offer_answer_test.cpp - sdp/offer_answer.hpp: what may answer what, and the one pending offer.
#include <sdp/offer_answer.hpp>

#include <string>
#include <string_view>

#include <sdp/parser.hpp>

#include "support/catch.hpp"

namespace {

using sdp::error;

std::string text(std::string_view origin, std::string_view media, std::string_view time = "0 0") {
    return "v=0\r\no=" + std::string(origin) +
           " IN IP4 h\r\ns=-\r\nc=IN IP4 h\r\nt=" + std::string(time) + "\r\n" + std::string(media);
}
sdp::description made(std::string_view origin, std::string_view media) {
    return *sdp::description::parse(text(origin, media));
}
std::error_code answered(std::string_view offer, std::string_view answer) {
    auto const o = made("a 1 1", offer);
    auto const a = made("b 2 2", answer);
    return sdp::check_answer(o, a).error().code;
}
std::error_code const good{};

}  // namespace

TEST_CASE("SDP-3264-1 an answer has the same m= lines in the same order") {
    CHECK(answered("m=message 9 TCP/MSRP *\r\n", "m=message 8 TCP/MSRP *\r\n") == good);
    CHECK(answered("m=message 9 TCP/MSRP *\r\n", "m=message 0 TCP/MSRP *\r\n") == good);
    CHECK(answered("m=message 9 TCP/MSRP *\r\n", "") == error::answer_media_count);
    CHECK(answered("", "m=message 9 TCP/MSRP *\r\n") == error::answer_media_count);
    CHECK(answered("m=a 1 x y\r\nm=b 2 x y\r\n", "m=b 1 x y\r\nm=a 2 x y\r\n") ==
          error::answer_media_type);
    CHECK(answered("m=a 0 x y\r\n", "m=a 1 x y\r\n") == error::answer_revives_media);
    CHECK(answered("m=a 0 x y\r\n", "m=a 0 x y\r\n") == good);
    auto const o = *sdp::description::parse(text("a 1 1", ""));
    auto const a = *sdp::description::parse(text("b 1 1", "", "3900000000 0"));
    CHECK(sdp::check_answer(o, a).error().code == error::answer_time);
}

TEST_CASE("section 21 16 an answer of another proto is refused unless it rejects") {
    CHECK(answered("m=message 9 TCP/MSRP *\r\n", "m=message 9 TCP/TLS/MSRP *\r\n") ==
          error::answer_proto);
    CHECK(answered("m=message 9 TCP/MSRP *\r\n", "m=message 0 TCP/TLS/MSRP *\r\n") == good);
}

TEST_CASE("SDP-3264-1 directions fit") {
    CHECK(answered("m=a 1 x y\r\na=sendonly\r\n", "m=a 1 x y\r\na=recvonly\r\n") == good);
    CHECK(answered("m=a 1 x y\r\na=sendonly\r\n", "m=a 1 x y\r\n") == error::answer_direction);
    CHECK(answered("m=a 1 x y\r\na=sendonly\r\n", "m=a 0 x y\r\n") == good);
}

TEST_CASE("SDP-4145-1 a=setup fits, with the defaults and holdconn as absent") {
    auto const pair = [](std::string const& o, std::string const& a) {
        auto const media = [](std::string const& s) {
            return "m=a 1 x y\r\n" + (s.empty() ? s : "a=setup:" + s + "\r\n");
        };
        return answered(media(o), media(a));
    };
    CHECK(pair("", "") == good);
    CHECK(pair("actpass", "active") == good);
    CHECK(pair("actpass", "passive") == good);
    CHECK(pair("actpass", "") == good);
    CHECK(pair("actpass", "actpass") == error::answer_setup);
    CHECK(pair("active", "active") == error::answer_setup);
    CHECK(pair("active", "") == good);
    CHECK(pair("passive", "") == error::answer_setup);
    CHECK(pair("", "active") == error::answer_setup);
    CHECK(pair("holdconn", "passive") == good);
    CHECK(pair("active", "holdconn") == good);
}

TEST_CASE("SDP-3264-2 SDP-8.4-1 the version of o= follows what changed") {
    auto const update = [](std::string_view before, std::string_view after) {
        auto const b = made(before, "m=a 1 x y\r\n");
        auto const a = made(after, "m=a 2 x y\r\n");
        return sdp::check_update(b, a).error().code;
    };
    CHECK(update("a 1 1", "a 1 2") == good);
    CHECK(update("a 1 199", "a 1 200") == good);
    CHECK(update("a 1 999", "a 1 1000") == good);
    CHECK(update("a 1 0", "a 1 1") == good);
    CHECK(update("a 1 007", "a 1 8") == good);
    CHECK(update("a 1 99999999999999999999999", "a 1 100000000000000000000000") == good);
    for (auto const* bad : {"a 1 1", "a 1 3", "a 1 0", "a 1 12", "b 1 2", "a 2 2"})
        CHECK(update("a 1 1", bad) == error::bad_origin_change);
    CHECK(update("a 1 19", "a 1 30") == error::bad_origin_change);
    CHECK(update("a 1 99", "a 1 1000") == error::bad_origin_change);
    auto const same = made("a 1 1", "m=a 1 x y\r\n");
    CHECK(sdp::check_update(same, same));
    CHECK(sdp::check_update(same, made("a 1 2", "")).error().code == error::answer_media_count);
}

TEST_CASE("SDP-3264-1 an offer is answered once, by its token") {
    sdp::offer_answer session;
    auto const offer = made("a 1 1", "m=a 1 x y\r\n");
    auto const answer = made("b 9 1", "m=a 2 x y\r\n");
    auto const token = session.send_offer(offer);
    REQUIRE(token);
    CHECK(session.pending_offer()->text() == offer.text());
    CHECK(session.send_offer(offer).error().code == error::offer_pending);
    CHECK(session.receive_offer(offer).error().code == error::offer_pending);
    CHECK(session.send_answer(*token, answer).error().code == error::stale_offer);
    CHECK(session.receive_answer(*token, made("b 9 1", "")).error().code ==
          error::answer_media_count);
    CHECK_FALSE(session.local());
    REQUIRE(session.receive_answer(*token, answer));
    CHECK(session.local()->text() == offer.text());
    CHECK(session.remote()->text() == answer.text());
    CHECK_FALSE(session.pending());
    CHECK(session.receive_answer(*token, answer).error().code == error::stale_offer);
    CHECK(session.rollback(*token).error().code == error::stale_offer);

    // The peer re-offers; its o= goes on, ours answers.
    CHECK(session.receive_offer(made("b 9 5", "m=a 3 x y\r\n")).error().code ==
          error::bad_origin_change);
    auto const second = session.receive_offer(made("b 9 2", "m=a 3 x y\r\n"));
    REQUIRE(second);
    CHECK(session.send_answer(*second, made("a 1 7", "m=a 1 x y\r\n")).error().code ==
          error::bad_origin_change);
    REQUIRE(session.send_answer(*second, offer));  // nothing changed: the same o=
    CHECK(session.remote()->media(0)->port() == 3);
}

TEST_CASE("RFC 3264 8 a refused re-offer leaves what was agreed") {
    sdp::offer_answer session;
    auto const offer = made("a 1 1", "m=a 1 x y\r\n");
    auto const first = *session.send_offer(offer);
    REQUIRE(session.receive_answer(first, made("b 9 1", "m=a 2 x y\r\n")));
    auto const second = session.send_offer(made("a 1 2", "m=a 5 x y\r\n"));
    REQUIRE(second);
    CHECK(session.rollback(first).error().code == error::stale_offer);
    REQUIRE(session.rollback(*second));
    CHECK(session.local()->media(0)->port() == 1);
    CHECK(session.receive_answer(*second, made("b 9 1", "m=a 2 x y\r\n")).error().code ==
          error::stale_offer);
}

TEST_CASE("SDP-3264-1 media is rejected by port zero") {
    auto answer = made("b 1 1", "m=a 7 x y\r\na=z\r\n");
    REQUIRE(sdp::reject_media(answer, 0));
    CHECK(answer.text() == text("b 1 1", "m=a 0 x y\r\na=z\r\n"));
    CHECK(sdp::reject_media(answer, 1).error().code == error::no_such_media);
}
