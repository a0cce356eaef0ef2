// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// anchor_test.cpp - the middlebox changes the c= address and the m= port, and not one octet more.
#include <cema/anchor.hpp>
#include <string>

#include "support.hpp"
#include "support/catch.hpp"

namespace {

using cema::anchor_action;
using cema_test::has;
using cema_test::text;

wire::endpoint at(std::string_view ip, std::uint16_t port) { return {*wire::parse_ip(ip), port}; }

std::string rewritten(std::string_view sdp, std::size_t index, wire::endpoint const& own) {
    auto const d = sdp::parse(sdp);
    REQUIRE(d);
    auto const r = cema::rewrite_cm_line(*d, index, own);
    INFO(r.error().code.message());
    REQUIRE(r);
    REQUIRE(sdp::parse(*r));
    return *r;
}
std::string replaced(std::string s, std::string_view from, std::string_view to) {
    auto const i = s.find(from);
    REQUIRE(i != std::string::npos);
    REQUIRE(s.find(from, i + 1) == std::string::npos);
    return s.replace(i, from.size(), to);
}

}  // namespace

TEST_CASE("CEMA-6.2-1 only c= and the port of m= change: c= at session level") {
    auto const in =
        text{.setup = "actpass", .cema = true, .more = "a=x-unknown: keep  me\r\n"}.str();
    auto const out = rewritten(in, 0, at("203.0.113.1", 5001));
    auto want = replaced(in, "\r\nc=IN IP4 192.0.2.2\r\n", "\r\nc=IN IP4 203.0.113.1\r\n");
    want = replaced(want, "m=message 7002 ", "m=message 5001 ");
    CHECK(out == want);
}

TEST_CASE("CEMA-6.2-1 c= at media level, LF line ends, further m= lines, address types") {
    std::string const in =
        "v=0\no=- 1 1 IN IP4 10.0.0.1\ns=-\nc=IN IP4 10.0.0.1\nt=0 0\n"
        "m=audio 4000 RTP/AVP 0\na=rtpmap:0 PCMU/8000\n"
        "m=message 7002 TCP/MSRP *\ni=a title\nc=IN IP4 "
        "10.0.0.2\na=path:msrp://10.0.0.2:7002/b;tcp\n"
        "m=video 4002 RTP/AVP 31\nc=IN IP4 10.0.0.3\n";
    auto want = replaced(in, "c=IN IP4 10.0.0.2", "c=IN IP6 2001:db8::1");
    want = replaced(want, "m=message 7002 ", "m=message 5001 ");
    CHECK(rewritten(in, 1, at("2001:db8:0:0::1", 5001)) == want);
}

TEST_CASE("CEMA-6.2-1 a shared session c= is left to the other media") {
    std::string const in =
        "v=0\r\no=- 1 1 IN IP6 2001:db8::9\r\ns=-\r\nc=IN IP6 2001:db8::9\r\nt=0 0\r\n"
        "m=message 7002 TCP/MSRP *\r\ni=a title\r\na=msrp-cema\r\nm=audio 4000 RTP/AVP 0\r\n";
    auto want = replaced(in, "i=a title\r\n", "i=a title\r\nc=IN IP4 203.0.113.1\r\n");
    want = replaced(want, "m=message 7002 ", "m=message 5001 ");
    CHECK(rewritten(in, 0, at("203.0.113.1", 5001)) == want);
    auto const last = rewritten(
        "v=0\no=- 1 1 IN IP4 10.0.0.1\ns=-\nc=IN IP4 10.0.0.1\nt=0 0\n"
        "m=audio 1 RTP/AVP 0\nm=message 2 TCP/MSRP *\n",
        1, at("203.0.113.1", 5001));
    CHECK(last ==
          "v=0\no=- 1 1 IN IP4 10.0.0.1\ns=-\nc=IN IP4 10.0.0.1\nt=0 0\nm=audio 1 RTP/AVP 0\n"
          "m=message 5001 TCP/MSRP *\nc=IN IP4 203.0.113.1\n");
}

TEST_CASE("CEMA-6.2-1 an offer with msrp-cema is rewritten, and so is any answer to it") {
    cema::anchor a;
    auto const offer = text{.c = "10.0.0.1", .port = 9, .setup = "active", .cema = true}.str();
    CHECK(a.on_offer(offer, at("203.0.113.1", 5001)).value_or(anchor_action::refused) ==
          anchor_action::rewritten);
    CHECK(has(a.text(), "c=IN IP4 203.0.113.1"));
    CHECK(has(a.text(), "m=message 5001 TCP/MSRP *"));
    CHECK(has(a.text(), "a=path:msrp://192.0.2.2:7002/bob1;tcp"));
    CHECK(a.offerer().host == "10.0.0.1");
    CHECK(a.offerer().port == 9);
    CHECK(a.why().document == "RFC 6714");

    // Demo scenario 3: an answerer without CEMA.
    auto const answer = text{.c = "10.0.0.2", .port = 7005}.str();
    CHECK(a.on_answer(answer, at("203.0.113.1", 5002)).value_or(anchor_action::refused) ==
          anchor_action::rewritten);
    CHECK(has(a.text(), "c=IN IP4 203.0.113.1"));
    CHECK(has(a.text(), "m=message 5002 TCP/MSRP *"));
    CHECK(a.answerer().ip == wire::parse_ip("10.0.0.2"));
    CHECK(a.answerer().port == 7005);
    CHECK_FALSE(a.answerer_opens());
    CHECK(a.on_answer(answer, at("203.0.113.1", 5002)).error().code == cema::error::wrong_order);
}

TEST_CASE("SDP-4145-1 the anchor knows who opens the connection") {
    cema::anchor a;
    auto const offer = text{.setup = "actpass", .cema = true}.str();
    REQUIRE(a.on_offer(offer, at("203.0.113.1", 5001)));
    REQUIRE(a.on_answer(text{.port = 9, .setup = "active", .cema = true}.str(),
                        at("203.0.113.1", 5002)));
    CHECK(a.answerer_opens());
    REQUIRE(a.on_offer(offer, at("203.0.113.1", 5001)));
    CHECK_FALSE(a.answerer_opens());
}

TEST_CASE("CEMA-6.2-1 an offer without msrp-cema would need a B2BUA: refused") {
    cema::anchor a;
    CHECK(a.on_offer(text{.setup = "actpass"}.str(), at("203.0.113.1", 5001))
              .value_or(anchor_action::rewritten) == anchor_action::refused);
    CHECK(a.why().section == "6.2");
    CHECK(a.text().empty());
    CHECK(a.on_answer(text{}.str(), at("203.0.113.1", 5002)).error().code ==
          cema::error::wrong_order);
}

TEST_CASE("SDP-3264-1 rejected media passes unchanged") {
    cema::anchor a;
    auto const zero = text{.port = 0, .cema = true}.str();
    CHECK(a.on_offer(zero, at("203.0.113.1", 5001)).value_or(anchor_action::refused) ==
          anchor_action::unchanged);
    CHECK(a.text() == zero);
    REQUIRE(a.on_offer(text{.cema = true}.str(), at("203.0.113.1", 5001)));
    CHECK(a.on_answer(zero, at("203.0.113.1", 5002)).value_or(anchor_action::refused) ==
          anchor_action::unchanged);
    CHECK(a.text() == zero);
}

TEST_CASE("the anchor's errors") {
    cema::anchor a;
    auto const offer = text{.cema = true}.str();
    CHECK(a.on_offer(offer, {}).error().code == cema::error::anchor_address);
    CHECK(a.on_offer(offer, at("203.0.113.1", 0)).error().code == cema::error::anchor_address);
    CHECK(a.on_offer("x", at("203.0.113.1", 1)).error().code == sdp::error_condition::syntax);
    CHECK(a.on_offer("v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=-\r\nt=0 0\r\n", at("203.0.113.1", 1))
              .error()
              .code == cema::error::no_message_media);
    REQUIRE(a.on_offer(offer, at("203.0.113.1", 5001)));
    CHECK(a.on_answer("v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=-\r\nt=0 0\r\n", at("203.0.113.1", 1))
              .error()
              .code == cema::error::answer_does_not_fit);
    CHECK(cema::rewrite_cm_line(*sdp::parse(offer), 1, at("203.0.113.1", 1)).error().code ==
          cema::error::no_message_media);
}

TEST_CASE("CEMA-6.2-1 between IPv4 and IPv6, both ways, in offer and answer") {
    cema::anchor a;
    auto const v6 = text{.c = "2001:db8::7",
                         .path = "msrp://[2001:db8::7]:7002/b;tcp",
                         .setup = "actpass",
                         .cema = true}
                        .str();
    REQUIRE(a.on_offer(v6, at("203.0.113.1", 5001)).value_or(anchor_action::refused) ==
            anchor_action::rewritten);
    CHECK(has(a.text(), "c=IN IP4 203.0.113.1"));
    CHECK(has(a.text(), "a=path:msrp://[2001:db8::7]:7002/b;tcp"));
    CHECK(a.offerer().ip == wire::parse_ip("2001:db8::7"));
    auto const v4 = text{.setup = "passive", .cema = true}.str();
    REQUIRE(a.on_answer(v4, at("2001:db8::1", 5002)).value_or(anchor_action::refused) ==
            anchor_action::rewritten);
    CHECK(has(a.text(), "c=IN IP6 2001:db8::1"));
    CHECK(has(a.text(), "m=message 5002 TCP/MSRP *"));
    CHECK(a.answerer().ip == wire::parse_ip("192.0.2.2"));
    auto const d = cema_test::parsed(a.text());
    REQUIRE(d);
    CHECK(d->view().media(0)->effective_connection()->ip == wire::parse_ip("2001:db8::1"));
}

TEST_CASE("CEMA-6.2-1 msrp-cema is never passed on where a B2BUA would be needed") {
    // After a fallback the second offer of the same session is without it: refused, nothing to
    // pass.
    cema::anchor a;
    REQUIRE(a.on_offer(text{.setup = "actpass", .cema = true}.str(), at("203.0.113.1", 5001)));
    REQUIRE(a.on_answer(text{.setup = "active"}.str(), at("203.0.113.1", 5002)));
    REQUIRE(a.on_offer(text{.setup = "actpass"}.str(), at("203.0.113.1", 5001))
                .value_or(anchor_action::rewritten) == anchor_action::refused);
    CHECK(a.text().empty());
    CHECK(a.why().text.find("B2BUA") != std::string_view::npos);
    // An answer is let through with what it says, and gets nothing that it did not say.
    REQUIRE(a.on_offer(text{.setup = "actpass", .cema = true}.str(), at("203.0.113.1", 5001)));
    REQUIRE(a.on_answer(text{.setup = "passive"}.str(), at("203.0.113.1", 5002)));
    CHECK_FALSE(has(a.text(), "a=msrp-cema"));
}
