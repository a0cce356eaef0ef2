// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// offer_answer_test.cpp - sdp/offer_answer.hpp: what may answer what, and the one pending offer.
#include <sdp/offer_answer.hpp>

#include <array>
#include <cstddef>
#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <sdp/parser.hpp>

#include "support/catch.hpp"

namespace {

using sdp::error;

std::string text(std::string_view origin, std::string_view media, std::string_view time = "0 0") {
    return "v=0\r\no=" + std::string(origin) +
           " IN IP4 h\r\ns=-\r\nc=IN IP4 h\r\nt=" + std::string(time) + "\r\n" + std::string(media);
}
sdp::description made(std::string_view origin, std::string_view media) {
    auto d = sdp::description::parse(text(origin, media));
    REQUIRE(d);
    return *std::move(d);
}
std::error_code answered(std::string_view offer, std::string_view answer) {
    auto const o = made("a 1 1", offer);
    auto const a = made("b 2 2", answer);
    return sdp::check_answer(o, a).error().code;
}
std::error_code const good{};

/// The line that a failure is about, as it stands there; empty at the end of the text.
std::string line_of(std::string_view whole, wire::failure const& f) {
    auto const rest = whole.substr(static_cast<std::size_t>(f.offset));
    return std::string(rest.substr(0, rest.find('\r')));
}
/// The same of an answer that does not fit.
std::string wrong_line(std::string_view offer, std::string_view answer) {
    auto const o = made("a 1 1", offer);
    auto const a = made("b 2 2", answer);
    auto const r = sdp::check_answer(o, a);
    REQUIRE_FALSE(r);
    return line_of(a.text(), r.error());
}
std::string one(int port) { return "m=a " + std::to_string(port) + " x y\r\n"; }
/// A session of ours ("a 1") with the peer ("b 9") in which version 1 of either is agreed.
sdp::offer_answer agreed_session() {
    sdp::offer_answer session;
    auto const token = session.send_offer(made("a 1 1", one(1)));
    REQUIRE(session.receive_answer(*token, made("b 9 1", one(2))));
    return session;
}

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

TEST_CASE("SDP-4145-1 ALT-4.2.1-1 a=setup fits, with the defaults and either rule of holdconn") {
    sdp::answer_leniency msrp;
    auto const pair = [&msrp](std::string const& o, std::string const& a) {
        auto const media = [](std::string const& s) {
            return "m=a 1 x y\r\n" + (s.empty() ? s : "a=setup:" + s + "\r\n");
        };
        auto const offer = made("a 1 1", media(o));
        auto const answer = made("b 2 2", media(a));
        return sdp::check_answer(offer, answer, msrp).error().code;
    };
    CHECK(pair("holdconn", "holdconn") == good);
    for (auto const* other : {"", "active", "passive", "actpass", "nonsense"})
        CHECK(pair("holdconn", other) == error::answer_setup);
    for (auto const* offered : {"", "active", "passive", "actpass"})
        CHECK(pair(offered, "holdconn") == good);
    msrp.holdconn_is_absent = true;
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
    CHECK(pair("passive", "holdconn") == good);
    CHECK(pair("holdconn", "holdconn") == good);
    CHECK(pair("holdconn", "") == good);
    CHECK(pair("holdconn", "active") == error::answer_setup);
    CHECK(pair("holdconn", "actpass") == error::answer_setup);
    CHECK(pair("", "actpass") == error::answer_setup);
    CHECK(pair("passive", "active") == good);
    CHECK(pair("passive", "actpass") == error::answer_setup);
    CHECK(pair("PASSIVE", "Active") == good);
    CHECK(pair("nonsense", "passive") == good);  // unknown counts as absent
    CHECK(pair("passive", "nonsense") == error::answer_setup);
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
    CHECK(sdp::check_update(same, made("a 1 2", "")).error().code == error::media_vanished);
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

TEST_CASE("SDP-3264-1 a failure names the line of the answer that it is about") {
    CHECK(wrong_line("m=a 1 x y\r\n", "m=a 1 x y\r\nm=b 2 x y\r\nm=c 3 x y\r\n") == "m=b 2 x y");
    CHECK(wrong_line("m=a 1 x y\r\nm=b 2 x y\r\n", "m=a 1 x y\r\n").empty());
    CHECK(wrong_line("m=a 1 x y\r\nm=b 2 x y\r\n", "m=a 1 x y\r\nm=c 2 x y\r\n") == "m=c 2 x y");
    CHECK(wrong_line("m=a 1 x y\r\n", "m=a 1 z y\r\n") == "m=a 1 z y");
    CHECK(wrong_line("m=a 0 x y\r\n", "m=a 1 x y\r\n") == "m=a 1 x y");
    CHECK(wrong_line("m=a 1 x y\r\na=sendonly\r\n", "m=a 1 x y\r\na=q\r\na=sendrecv\r\n") ==
          "a=sendrecv");
    CHECK(wrong_line("m=a 1 x y\r\na=sendonly\r\n", "m=a 1 x y\r\na=recvonly:1\r\n") ==
          "m=a 1 x y");
    CHECK(wrong_line("m=a 1 x y\r\na=sendonly\r\n", "a=sendonly\r\nm=a 1 x y\r\n") == "a=sendonly");
    CHECK(wrong_line("m=a 1 x y\r\na=setup:passive\r\n", "m=a 1 x y\r\na=setup:passive\r\n") ==
          "a=setup:passive");
    CHECK(wrong_line("m=a 1 x y\r\na=setup:passive\r\n", "m=a 1 x y\r\na=q\r\n") == "m=a 1 x y");
    CHECK(wrong_line("m=a 1 x y\r\n", "a=setup:active\r\nm=a 1 x y\r\n") == "a=setup:active");
    auto const before = made("a 1 1", "");
    auto const after = made("a 1 3", "");
    CHECK(line_of(after.text(), sdp::check_update(before, after).error()) == "o=a 1 3 IN IP4 h");
}

TEST_CASE("SDP-3264-1 t= of an answer with its r= and z= lines is that of the offer") {
    auto const timed = [](std::string_view times, sdp::leniency lenient = {}) {
        return *sdp::description::parse(
            "v=0\r\no=a 1 1 IN IP4 h\r\ns=-\r\nc=IN IP4 h\r\n" + std::string(times) + "a=x\r\n", {},
            lenient);
    };
    sdp::leniency none;
    none.missing_time = true;
    auto const wrong = [](auto const& o, auto const& a) -> std::string {
        auto const r = sdp::check_answer(o, a, {.same_origin = true});
        if (r) return "fits";
        CHECK(r.error().code == error::answer_time);
        return line_of(a.text(), r.error());
    };
    auto const plain = timed("t=0 0\r\n");
    auto const repeated = timed("t=3900000000 3900003600\r\nr=7d 1h 0\r\n");
    auto const twice = timed("t=3900000000 3900003600\r\nr=7d 1h 0\r\nt=0 0\r\n");
    CHECK(wrong(plain, plain) == "fits");
    CHECK(wrong(repeated, repeated) == "fits");
    CHECK(wrong(repeated, timed("t=3900000000 3900003600\nr=7d 1h 0\n")) == "fits");
    CHECK(wrong(plain, repeated) == "t=3900000000 3900003600");
    CHECK(wrong(repeated, twice) == "t=0 0");
    CHECK(wrong(twice, repeated) == "r=7d 1h 0");
    CHECK(wrong(repeated, timed("t=3900000000 3900003600\r\nr=7d 2h 0\r\n")) == "r=7d 2h 0");
    CHECK(wrong(repeated, timed("t=3900000000 3900003600\r\nt=0 3900003600\r\n")) ==
          "t=0 3900003600");
    // No t= line, which only the leniency reads, is a session without bounds.
    CHECK(wrong(plain, timed("", none)) == "fits");
    CHECK(wrong(timed("", none), plain) == "fits");
    CHECK(wrong(timed("", none), timed("", none)) == "fits");
    CHECK(wrong(repeated, timed("", none)) == "v=0");
    CHECK(wrong(timed("", none), repeated) == "t=3900000000 3900003600");
}

TEST_CASE("SDP-3264-1 o= of an answer is not that of the offer unless the rest is, too") {
    auto const offer = made("a 1 1", one(1));
    auto const code = [&](sdp::description const& answer, sdp::answer_leniency lenient = {}) {
        return sdp::check_answer(offer, answer, lenient).error().code;
    };
    auto const other = made("a 1 1", one(2));
    CHECK(code(other) == error::answer_origin);
    CHECK(sdp::check_answer(offer, other).error().field == "o=");
    CHECK(line_of(other.text(), sdp::check_answer(offer, other).error()) == "o=a 1 1 IN IP4 h");
    CHECK(code(other, {.same_origin = true}) == good);
    CHECK(code(made("a 1 1", one(1) + "a=x\r\n")) == error::answer_origin);
    CHECK(code(made("a 1 2", one(2))) == good);
    CHECK(code(made("a 01 1", one(2))) == good);
    CHECK(code(offer) == good);
    CHECK(code(made("a 1 1", "m=a 1 x y\n")) == good);  // the same but for a line's end
    // Whatever the leniency, our own answer is another one.
    sdp::offer_answer machine({.same_origin = true});
    auto const token = machine.receive_offer(offer);
    CHECK(machine.send_answer(*token, other).error().code == error::answer_origin);
    REQUIRE(machine.rollback(*token));
    auto const ours = machine.send_offer(offer);
    CHECK(machine.receive_answer(*ours, other));
}

TEST_CASE("SDP-3264-1 formats of an answer are of the offer where they mean something") {
    auto const message = [](std::string_view formats) {
        return "m=message 1 x " + std::string(formats) + "\r\n";
    };
    CHECK(answered(message("*"), message("*")) == good);
    CHECK(answered(message("*"), message("-")) == error::answer_formats);
    CHECK(answered(message("* a"), message("b a")) == good);
    CHECK(answered(message("* a"), message("b c")) == error::answer_formats);
    CHECK(answered(message("*"), "m=message 0 x -\r\n") == good);
    CHECK(wrong_line(message("*"), message("-")) == "m=message 1 x -");
    // Payload types are names within one description.
    CHECK(answered("m=audio 1 RTP/AVP 96\r\n", "m=audio 2 RTP/AVP 97\r\n") == good);
    auto const many = [](char name, std::size_t count) {
        std::string out;
        for (std::size_t i = 0; i < count; ++i)
            out += (i == 0 ? "" : " ") + (name + std::to_string(i));
        return out;
    };
    CHECK(answered(message(many('a', 32)), message(many('b', 32))) == error::answer_formats);
    CHECK(answered(message(many('a', 33)), message(many('b', 32))) == good);
    CHECK(answered(message(many('a', 32)), message(many('b', 33))) == good);
    CHECK(answered(message(many('a', 32)), message(many('b', 31) + " a31")) == good);
}

TEST_CASE("SDP-3264-1 multicast is answered by the same address and port, unicast by unicast") {
    auto const at = [](std::string_view connection, std::string_view port = "8",
                       std::string_view formats = "1 2") {
        return "m=a " + std::string(port) + " x " + std::string(formats) +
               "\r\nc=" + std::string(connection) + "\r\n";
    };
    auto const group = at("IN IP4 233.252.0.9/127");
    CHECK(answered(group, group) == good);
    CHECK(answered(group, at("IN IP4 233.252.0.9/127/1")) == good);
    CHECK(answered(group, at("in ip4 233.252.0.9/127")) == error::answer_address);
    CHECK(answered(group, at("IN IP4 233.252.0.9/127", "8/1")) == good);
    CHECK(answered(group, at("IN IP4 233.252.0.9/127", "8", "2")) == good);
    CHECK(answered(group, at("IN IP4 233.252.0.9/127", "8", "2 3")) == error::answer_formats);
    for (auto const& [answer, line] :
         {std::pair{at("IN IP4 233.252.0.8/127"), "c=IN IP4 233.252.0.8/127"},
          std::pair{at("IN IP4 233.252.0.9/126"), "c=IN IP4 233.252.0.9/126"},
          std::pair{at("IN IP4 233.252.0.9/127/2"), "c=IN IP4 233.252.0.9/127/2"},
          std::pair{at("IN IP4 203.0.113.9"), "c=IN IP4 203.0.113.9"},
          std::pair{at("IN IP6 ff1e::9"), "c=IN IP6 ff1e::9"},
          std::pair{at("IN IP4 233.252.0.9/127", "9"), "m=a 9 x 1 2"},
          std::pair{at("IN IP4 233.252.0.9/127", "8/2"), "m=a 8/2 x 1 2"}}) {
        CAPTURE(answer);
        CHECK(answered(group, answer) == error::answer_address);
        CHECK(wrong_line(group, answer) == line);
        CHECK(answered(answer, group) == error::answer_address);
    }
    CHECK(answered(at("IN IP6 FF1E::9/3"), at("IN IP6 ff1e:0::9/3")) == good);
    CHECK(answered(at("IN IP4 g.example/127"), at("IN IP4 G.example/127")) == good);
    CHECK(answered(at("IN IP4 g.example/127"), at("IN IP4 f.example/127")) ==
          error::answer_address);
    CHECK(answered(at("IN IP4 g.example/127"), at("IN IP6 g.example")) == error::answer_address);
    // c= of the session; and none at all, by leniency.
    CHECK(answered("m=a 8 x 1\r\n", group) == error::answer_address);
    CHECK(wrong_line(group, "m=a 8 x 1\r\n") == "c=IN IP4 h");
    sdp::leniency none;
    none.missing_connection = true;
    auto const bare = sdp::description::parse(
        "v=0\r\no=b 2 2 IN IP4 h\r\ns=-\r\nt=0 0\r\nm=a 8 x 1\r\n", {}, none);
    REQUIRE(bare);
    auto const refused = sdp::check_answer(made("a 1 1", group), *bare);
    CHECK(refused.error().code == error::answer_address);
    CHECK(line_of(bare->text(), refused.error()) == "m=a 8 x 1");
    CHECK(sdp::check_answer(*bare, made("a 1 1", "m=a 8 x 1\r\n")));
}

TEST_CASE("section 21 16 TLS in the answer to an offer without is read by leniency only") {
    auto const with = [](std::string_view o, std::string_view a, bool lenient) {
        auto const offer = made("a 1 1", "m=message 9 " + std::string(o) + " *\r\n");
        auto const answer = made("b 2 2", "m=message 9 " + std::string(a) + " *\r\n");
        return sdp::check_answer(offer, answer, {lenient}).error().code;
    };
    CHECK(with("TCP/MSRP", "TCP/TLS/MSRP", false) == error::answer_proto);
    CHECK(with("TCP/MSRP", "TCP/TLS/MSRP", true) == good);
    CHECK(with("TCP/MSRP", "tcp/tls/msrp", true) == good);
    CHECK(with("TCP/MSRP", "tcp/msrp", false) == good);  // case does not count
    CHECK(with("TCP/TLS/MSRP", "TCP/MSRP", true) == error::answer_proto);
    CHECK(with("TCP/MSRP", "TCP/TLS/MSRPX", true) == error::answer_proto);
    CHECK(with("TCP/MSRP", "TCP/WS/MSRP", true) == error::answer_proto);
    CHECK(with("UDP/MSRP", "TCP/TLS/MSRP", true) == error::answer_proto);

    // The machine lets the peer do so, never this side.
    auto const offer = made("a 1 1", "m=message 9 TCP/MSRP *\r\n");
    auto const answer = made("b 1 1", "m=message 9 TCP/TLS/MSRP *\r\n");
    sdp::offer_answer ours({.tls_added = true});
    REQUIRE(ours.receive_answer(*ours.send_offer(offer), answer));
    sdp::offer_answer theirs({.tls_added = true});
    auto const token = theirs.receive_offer(offer);
    CHECK(theirs.send_answer(*token, answer).error().code == error::answer_proto);
}

TEST_CASE("RFC 3264 6.2 directions of multicast are equal") {
    auto const pair = [](std::string_view c, std::string_view o, std::string_view a) {
        auto const media = [&](std::string_view d) {
            return "m=audio 9 RTP/AVP 0\r\nc=IN " + std::string(c) + "\r\na=" + std::string(d) +
                   "\r\n";
        };
        return answered(media(o), media(a));
    };
    for (auto const* group : {"IP4 233.252.0.1/127", "IP4 239.255.255.255/1", "IP4 224.0.0.0/0",
                              "IP6 ff02::1", "IP4 group.example/15"}) {
        INFO(group);
        CHECK(pair(group, "recvonly", "recvonly") == good);
        CHECK(pair(group, "recvonly", "sendonly") == error::answer_direction);
    }
    for (auto const* host : {"IP4 223.255.255.255", "IP4 240.0.0.1", "IP6 fe80::1", "IP4 host"}) {
        INFO(host);
        CHECK(pair(host, "recvonly", "recvonly") == error::answer_direction);
        CHECK(pair(host, "recvonly", "sendonly") == good);
    }
}

TEST_CASE("SDP-3264-2 a slot is used again, also for another media type; none goes away") {
    auto session = agreed_session();
    auto const two = session.send_offer(made("a 1 2", one(1) + "m=message 7 TCP/MSRP *\r\n"));
    REQUIRE(two);
    REQUIRE(session.receive_answer(*two, made("b 9 2", one(2) + "m=message 0 TCP/MSRP *\r\n")));
    // The peer rejected the second slot; whoever offers next may put something else there.
    CHECK(session.receive_offer(made("b 9 3", one(2))).error().code == error::media_vanished);
    auto const other = session.receive_offer(made("b 9 3", one(2) + "m=video 8 RTP/AVP 31\r\n"));
    REQUIRE(other);
    CHECK(session.send_answer(*other, made("a 1 3", one(1) + "m=message 7 TCP/MSRP *\r\n"))
              .error()
              .code == error::answer_media_type);
    REQUIRE(session.send_answer(*other, made("a 1 3", one(1) + "m=video 7 RTP/AVP 31\r\n")));
    CHECK(session.remote()->media(1)->media() == "video");
    // Also one that is in use (RFC 3264, 8.3.3).
    CHECK(session.send_offer(made("a 1 4", "m=z 1 x y\r\nm=video 7 RTP/AVP 31\r\n")));
}

TEST_CASE("SDP-8.4-1 SDP-3264-2 the same description may be sent again, an older one may not") {
    auto session = agreed_session();
    auto const same = session.send_offer(made("a 1 1", one(1)));
    REQUIRE(same);
    CHECK(session.receive_answer(*same, made("b 9 1", one(4))).error().code ==
          error::bad_origin_change);
    CHECK(session.receive_answer(*same, made("b 8 2", one(4))).error().code ==
          error::bad_origin_change);
    CHECK(session.pending());
    REQUIRE(session.receive_answer(*same, made("b 9 2", one(4))));  // it may change all the same
    auto const again = session.send_offer(made("a 1 1", one(1)));
    REQUIRE(again);
    // The peer's description of the round before is no longer one that may come.
    CHECK(session.receive_answer(*again, made("b 9 1", one(2))).error().code ==
          error::bad_origin_change);
    REQUIRE(session.receive_answer(*again, made("b 9 2", one(4))));
}

TEST_CASE("SDP-3264-2 leading zeros and any number of digits in the version") {
    auto const follows = [](std::string before, std::string after) {
        return sdp::check_update(made("a 1 " + before, ""), made("a 1 " + after, "")).has_value();
    };
    CHECK(follows("0", "1"));
    CHECK(follows("000", "0001"));
    CHECK(follows("09", "10"));
    CHECK(follows("9", "00010"));
    CHECK_FALSE(follows("000", "00"));
    CHECK_FALSE(follows("10", "1"));
    CHECK_FALSE(follows("1", "10"));
    CHECK_FALSE(follows("9", "20"));
    CHECK_FALSE(follows("18446744073709551615", "0"));
    CHECK(follows("18446744073709551615", "18446744073709551616"));
    std::string const nines(2000, '9');
    std::string const zeros(2000, '0');
    CHECK(follows(nines, "1" + zeros));
    CHECK(follows(zeros + nines, "1" + zeros));
    CHECK_FALSE(follows(nines, "1" + zeros + "0"));
    CHECK_FALSE(follows(nines, "0" + nines));
    // Another spelling of the same version is no other version, and not the same octets.
    CHECK_FALSE(follows("1", "01"));
}

TEST_CASE("SDP-3264-2 own versions count from the offer that the peer has seen and refused") {
    auto session = agreed_session();
    auto const refused = made("a 1 2", one(5) + one(6));
    REQUIRE(session.rollback(*session.send_offer(refused)));
    CHECK(session.send_offer(made("a 1 2", one(7))).error().code == error::bad_origin_change);
    CHECK(session.send_offer(made("a 1 4", one(7))).error().code == error::bad_origin_change);
    // The m= line that the refused offer added is not there.
    CHECK(session.send_offer(made("a 1 3", "")).error().code == error::media_vanished);
    for (auto const& next : {made("a 1 3", one(7)), refused, made("a 1 1", one(1))}) {
        auto const token = session.send_offer(next);
        REQUIRE(token);
        REQUIRE(session.forget(*token));
    }
    // As an answer too, and then nothing is left of the refused one.
    auto const theirs = session.receive_offer(made("b 9 2", one(2)));
    CHECK(session.send_answer(*theirs, made("a 1 2", one(7))).error().code ==
          error::bad_origin_change);
    REQUIRE(session.send_answer(*theirs, made("a 1 1", one(1))));
    CHECK(session.send_offer(made("a 1 3", one(7))).error().code == error::bad_origin_change);
    CHECK(session.send_offer(made("a 1 2", one(7))));
}

TEST_CASE("SDP-3264-2 the peer's versions count from the refused offer or from the agreed one") {
    auto const refused = made("b 9 2", one(5) + one(6));
    for (auto const& next : {made("b 9 3", one(7)), made("b 9 2", one(7)), refused,
                             made("b 9 1", one(2)), made("b 9 3", one(5) + one(6))}) {
        INFO(next.text());
        auto session = agreed_session();
        REQUIRE(session.rollback(*session.receive_offer(refused)));
        CHECK(session.receive_offer(made("b 9 4", one(7))).error().code ==
              error::bad_origin_change);
        CHECK(session.receive_offer(made("b 9 3", "")).error().code == error::media_vanished);
        auto const token = session.receive_offer(next);
        REQUIRE(token);
        REQUIRE(session.rollback(*token));
        // In an answer too.
        auto const ours = session.send_offer(made("a 1 1", one(1)));
        REQUIRE(session.receive_answer(*ours, made("b 9 1", one(2))));
        CHECK(session.receive_offer(made("b 9 3", one(7))).error().code ==
              error::bad_origin_change);
    }
}

TEST_CASE("RFC 3264 4 a refused first offer leaves no session, and no version to count from") {
    sdp::offer_answer session;
    REQUIRE(session.rollback(*session.send_offer(made("a 1 1", one(1)))));
    CHECK_FALSE(session.local());
    CHECK_FALSE(session.pending_offer());
    REQUIRE(session.rollback(*session.receive_offer(made("b 9 7", one(1)))));
    REQUIRE(session.rollback(*session.receive_offer(made("b 9 1", ""))));
    auto const token = session.send_offer(made("a 1 1", one(2)));
    REQUIRE(session.receive_answer(*token, made("b 9 1", one(2))));
    CHECK(session.local()->media(0)->port() == 2);
}

TEST_CASE("RFC 3264 4 glare leaves what is pending, and the peer may count from its offer") {
    for (auto const& next : {made("b 9 2", one(7)), made("b 9 3", one(8)), made("b 9 2", one(8))}) {
        INFO(next.text());
        auto session = agreed_session();
        auto const ours = session.send_offer(made("a 1 2", one(3)));
        CHECK(session.receive_offer(made("b 9 2", one(7))).error().code == error::offer_pending);
        CHECK(session.receive_offer(made("b 9 9", one(7))).error().code == error::offer_pending);
        CHECK(session.pending_offer()->media(0)->port() == 3);
        CHECK(session.remote()->media(0)->port() == 2);
        REQUIRE(session.rollback(*ours));
        CHECK(session.receive_offer(made("b 9 4", one(7))).error().code ==
              error::bad_origin_change);
        CHECK(session.receive_offer(next));
    }
    // The other way there is nothing that was sent.
    auto session = agreed_session();
    auto const theirs = session.receive_offer(made("b 9 2", one(7)));
    CHECK(session.send_offer(made("a 1 2", one(3))).error().code == error::offer_pending);
    CHECK(session.receive_offer(made("b 9 3", one(3))).error().code == error::offer_pending);
    REQUIRE(session.rollback(*theirs));
    CHECK(session.send_offer(made("a 1 3", one(3))).error().code == error::bad_origin_change);
    CHECK(session.send_offer(made("a 1 2", one(3))));
    // Nor before a session is there.
    sdp::offer_answer fresh;
    REQUIRE(fresh.send_offer(made("a 1 1", one(1))));
    CHECK(fresh.receive_offer(made("b 9 1", one(1))).error().code == error::offer_pending);
    CHECK_FALSE(fresh.remote());
}

TEST_CASE("SDP-3264-2 an offer that was never sent is forgotten with its version") {
    auto session = agreed_session();
    auto const ours = session.send_offer(made("a 1 2", one(3)));
    REQUIRE(session.forget(*ours));
    CHECK(session.forget(*ours).error().code == error::stale_offer);
    CHECK(session.send_offer(made("a 1 3", one(3))).error().code == error::bad_origin_change);
    auto const theirs = session.receive_offer(made("b 9 2", one(3)));
    CHECK(session.forget(*theirs).error().code == error::stale_offer);  // it was seen
    CHECK(session.pending());
    REQUIRE(session.rollback(*theirs));
    CHECK(session.send_offer(made("a 1 2", one(3))));
}

TEST_CASE("SDP-3264-1 a token of another session is stale, whatever its place and number") {
    auto const offer = made("a 1 1", one(1));
    auto const answer = made("b 9 1", one(2));
    sdp::offer_answer first;
    sdp::offer_answer second;
    auto const of_first = *first.send_offer(offer);
    auto const of_second = *second.send_offer(offer);
    CHECK_FALSE(of_first == of_second);
    CHECK(second.receive_answer(of_first, answer).error().code == error::stale_offer);
    CHECK(first.rollback(of_second).error().code == error::stale_offer);
    CHECK(second.forget(of_first).error().code == error::stale_offer);
    // Nor is one of a session that ended, in another one made in its place.
    std::optional<sdp::offer_answer> place(std::in_place);
    auto const ended = *place->send_offer(offer);
    place.emplace();
    REQUIRE(place->send_offer(offer));
    CHECK(place->receive_answer(ended, answer).error().code == error::stale_offer);
    CHECK(place->pending());
    // Nor the token of an offer taken back, for the same offer made again.
    REQUIRE(first.rollback(of_first));
    auto const again = *first.send_offer(offer);
    CHECK(first.receive_answer(of_first, answer).error().code == error::stale_offer);
    REQUIRE(first.receive_answer(again, answer));
    CHECK(first.receive_answer(again, answer).error().code == error::stale_offer);
}

TEST_CASE("SDP-3264-1 a session moves with its tokens and is never copied") {
    static_assert(!std::is_copy_constructible_v<sdp::offer_answer>);
    static_assert(!std::is_copy_assignable_v<sdp::offer_answer>);
    static_assert(!std::is_move_assignable_v<sdp::offer_answer>);
    static_assert(std::is_nothrow_move_constructible_v<sdp::offer_answer>);
    static_assert(std::is_nothrow_move_constructible_v<sdp::pmr::offer_answer>);
    auto from = agreed_session();
    auto const token = *from.send_offer(made("a 1 2", one(3)));
    sdp::offer_answer to(std::move(from));
    CHECK_FALSE(from.pending());  // NOLINT: as new
    CHECK_FALSE(from.local());
    CHECK_FALSE(from.remote());
    CHECK(from.receive_answer(token, made("b 9 1", one(2))).error().code == error::stale_offer);
    CHECK(from.send_offer(made("x 7 7", one(3))));
    REQUIRE(to.receive_answer(token, made("b 9 1", one(2))));
    CHECK(to.local()->media(0)->port() == 3);
}

TEST_CASE("SDP-3264-1 descriptions of the session itself may be handed back to it") {
    auto session = agreed_session();
    auto const again = session.send_offer(*session.local());
    REQUIRE(session.receive_answer(*again, *session.remote()));
    auto const theirs = session.receive_offer(*session.remote());
    REQUIRE(theirs);
    CHECK(session.send_answer(*theirs, *session.pending_offer()).error().code ==
          error::bad_origin_change);
    REQUIRE(session.send_answer(*theirs, *session.local()));
    // An answer of the same octets as its offer (RFC 3264, 6: o= differs where anything does).
    sdp::offer_answer mirror;
    auto const token = mirror.send_offer(made("a 1 1", one(1)));
    REQUIRE(mirror.receive_answer(*token, *mirror.pending_offer()));
    CHECK(mirror.remote()->text() == mirror.local()->text());
}

TEST_CASE("SDP-3264-1 all memory of a session comes from its allocator") {
    std::array<std::byte, 65536> room{};
    std::pmr::monotonic_buffer_resource memory(room.data(), room.size(),
                                               std::pmr::null_memory_resource());
    auto* const before = std::pmr::set_default_resource(std::pmr::null_memory_resource());
    {
        sdp::pmr::offer_answer from({}, &memory);
        auto const token = from.send_offer(made("a 1 1", one(1)));
        REQUIRE(from.receive_answer(*token, made("b 9 1", one(2))));
        REQUIRE(from.rollback(*from.receive_offer(made("b 9 2", one(3)))));
        sdp::pmr::offer_answer to(std::move(from));
        auto const next = to.send_offer(made("a 1 2", one(1)));
        REQUIRE(to.receive_answer(*next, made("b 9 3", one(2))));
        CHECK(to.remote()->origin().session_version == "3");
    }
    std::pmr::set_default_resource(before);
}
