// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// parse_digest_test.cpp - the Digest header fields of RFC 4976 by their grammar.
#include <string>
#include <string_view>

#include <msrp/parse_digest.hpp>

#include "support/catch.hpp"

namespace {

using parser = wire::result<msrp::digest_view> (*)(std::string_view, msrp::leniency const&);

constexpr std::string_view hex32 = "0123456789abcdef0123456789abcdef";

msrp::digest_view good(parser parse, std::string_view text, msrp::leniency const& lenient = {}) {
    CAPTURE(text);
    auto const r = parse(text, lenient);
    CAPTURE(r.error().offset);
    REQUIRE(r);
    return *r;
}
void bad(parser parse, std::string_view text, std::uint64_t at,
         msrp::leniency const& lenient = {}) {
    CAPTURE(text);
    auto const r = parse(text, lenient);
    REQUIRE_FALSE(r);
    CHECK(r.error().code == msrp::error::bad_authentication);
    CHECK(r.error().offset == at);
}
void bad_challenge(std::string_view text, std::uint64_t at) {
    bad(msrp::parse_www_authenticate, text, at);
}
void bad_credentials(std::string_view text, std::uint64_t at) {
    bad(msrp::parse_authorization, text, at);
}
void bad_info(std::string_view text, std::uint64_t at) {
    bad(msrp::parse_authentication_info, text, at);
}

}  // namespace

TEST_CASE("RLY-9.1-3 parse_digest: a challenge", "[grammar]") {
    std::string const text =
        "Digest realm=\"relay, \\\"one\\\"\", nonce=\"k3v9+/=\", qop=\"auth,auth-int\", "
        "opaque=\"\", stale=TRUE, algorithm=SHA-256, domain=x, note=\"a=b\"";
    auto const d = good(msrp::parse_www_authenticate, text);
    CHECK(d.kind == msrp::digest_kind::challenge);
    CHECK(d.scheme == "Digest");
    CHECK(d.parameters.find("realm")->value == "relay, \"one\"");
    CHECK(d.parameters.find("nonce")->value == "k3v9+/=");
    CHECK(d.parameters.find("qop")->value == "auth,auth-int");
    CHECK(d.parameters.find("opaque")->value.empty());
    CHECK(d.parameters.find("stale")->value == "TRUE");
    CHECK_FALSE(d.parameters.find("algorithm")->quoted);
    CHECK(d.parameters.find("domain")->value == "x");
    CHECK(d.parameters.find("note")->value == "a=b");
    CHECK(d.missing().empty());
    std::string order;
    for (auto const& p : d.parameters) order += std::string(p.name) + ' ';
    CHECK(order == "realm nonce qop opaque stale algorithm domain note ");
    CHECK(good(msrp::parse_www_authenticate, "digest REALM=\"r\"").missing() == "nonce");
}

TEST_CASE("RLY-9.1-1 RLY-9.1-3 RLY-9.1-4 parse_digest: credentials", "[grammar]") {
    auto const text =
        "Digest username=\"ana\", realm=\"r\", nonce=\"n\", "
        "uri=\"msrps://r.example;tcp\", response=\"" +
        std::string(hex32) +
        "\", cnonce=\"c\", qop=auth, nc=0000001a, opaque=\"o\", algorithm=MD5, z=y";
    auto const d = good(msrp::parse_authorization, text);
    CHECK(d.kind == msrp::digest_kind::credentials);
    CHECK(d.missing().empty());
    CHECK(d.parameters.find("uri")->value == "msrps://r.example;tcp");
    CHECK(d.parameters.find("response")->value == hex32);
    CHECK(d.parameters.find("nc")->value == "0000001a");
    CHECK(d.parameters.find("z")->value == "y");
    auto const few = "Digest response=\"" + std::string(hex32) + "\"";
    CHECK(good(msrp::parse_authorization, few).missing() == "username");
}

TEST_CASE("RLY-9.1-4 parse_digest: 64 digits of SHA-256 under a leniency", "[grammar]") {
    auto const digits = [](std::size_t n) {
        return "Digest algorithm=SHA-256, response=\"" + std::string(n, 'a') + "\"";
    };
    std::size_t const at = digits(0).size() - 1;  // where the digits begin
    msrp::leniency lenient;
    lenient.sha256_response = true;
    auto const sha256 = digits(64);
    bad_credentials(sha256, at + 32);
    auto const d = good(msrp::parse_authorization, sha256, lenient);
    CHECK(d.parameters.find("response")->value.size() == 64);
    for (auto const& allow : {msrp::strict, lenient}) {
        CHECK(good(msrp::parse_authorization, digits(32), allow).parameters.find("response"));
        bad(msrp::parse_authorization, digits(31), at + 31, allow);
    }
    bad(msrp::parse_authorization, digits(33), at + 33, lenient);
    bad(msrp::parse_authorization, digits(63), at + 63, lenient);
    bad(msrp::parse_authorization, digits(65), at + 64, lenient);
    bad(msrp::parse_authorization, "Digest response=\"A\"", 17, lenient);
    // No other leniency reads it.
    lenient = {true, true, true, true, true, true, true, false};
    bad(msrp::parse_authorization, sha256, at + 32, lenient);
}

TEST_CASE("RLY-9.1-4 parse_digest: blanks in Authentication-Info under a leniency", "[grammar]") {
    msrp::leniency lenient;
    lenient.blanks_in_authentication_info = true;
    for (std::string_view const text :
         {"nextnonce=\"a\", qop=auth", "nextnonce=\"a\",  qop=auth"}) {
        bad_info(text, 14);
        auto const d = good(msrp::parse_authentication_info, text, lenient);
        CHECK(d.parameters.find("nextnonce")->value == "a");
        CHECK(d.parameters.find("qop")->value == "auth");
    }
    good(msrp::parse_authentication_info, "nextnonce=\"a\",qop=auth", lenient);
    bad(msrp::parse_authentication_info, " qop=auth", 0, lenient);
    bad(msrp::parse_authentication_info, "qop=auth ,nc=00000001", 8, lenient);
    bad(msrp::parse_authentication_info, "qop=auth, ", 10, lenient);
    bad(msrp::parse_authentication_info, "qop=auth,\tnc=00000001", 9, lenient);
    // The other fields keep their one blank.
    bad(msrp::parse_authorization, "Digest a=b,  c=d", 12, lenient);
    bad(msrp::parse_authorization, "Digest a=b,c=d", 11, lenient);
    bad(msrp::parse_www_authenticate, "Digest a=b,  c=d", 12, lenient);
    // No other leniency reads them.
    lenient = {true, true, true, true, true, true, false, true};
    bad(msrp::parse_authentication_info, "qop=auth, nc=00000001", 9, lenient);
}

TEST_CASE("RLY-9.1-2 parse_digest: Authentication-Info", "[grammar]") {
    auto const text =
        "nextnonce=\"n2\",rspauth=\"" + std::string(hex32) + "\",cnonce=\"c\",nc=00000001,qop=auth";
    auto const d = good(msrp::parse_authentication_info, text);
    CHECK(d.kind == msrp::digest_kind::info);
    CHECK(d.scheme.empty());
    CHECK(d.missing().empty());
    CHECK(d.parameters.find("nextnonce")->value == "n2");
    CHECK(d.parameters.find("qop")->value == "auth");
    CHECK(good(msrp::parse_authentication_info, "qop=auth").missing() == "rspauth");
    bad_info("Digest qop=auth", 0);
    bad_info("qop=\"auth\"", 4);
    bad_info("qop=auth,opaque=\"o\"", 9);  // not one of the five
    bad_info("qop=auth,", 9);
    bad_info("qop=auth ,nc=00000001", 8);
    bad_info("rspauth=\"ABC\"", 9);
    bad_info("", 0);
}

TEST_CASE("E1277 E1278 parse_digest: scheme, separators, no empty parameter", "[grammar]") {
    bad_challenge("", 0);
    bad_challenge("Basic realm=\"r\"", 0);
    bad_challenge("Digest", 6);
    bad_challenge("Digest ", 7);
    bad_challenge("Digest  realm=\"r\"", 7);
    bad_challenge("Digest realm=\"r\",", 17);
    bad_challenge("Digest realm=\"r\", ", 18);
    bad_challenge("Digest realm=\"r\",nonce=\"n\"", 17);
    bad_challenge("Digest realm=\"r\",  nonce=\"n\"", 18);
    bad_challenge("Digest realm=\"r\", , nonce=\"n\"", 18);
    bad_challenge("Digest realm=\"r\" nonce=\"n\"", 16);
    bad_challenge("Digest x", 8);
    bad_challenge("Digest x=", 9);
    bad_challenge("Digest =x", 7);
}

TEST_CASE("RLY-9.1-3 T12 parse_digest: quoted and unquoted as the grammar says", "[grammar]") {
    bad_challenge("Digest realm=r", 13);
    bad_challenge("Digest nonce=n", 13);
    bad_challenge("Digest opaque=o", 14);
    bad_challenge("Digest qop=auth", 11);
    bad_challenge("Digest qop=\"\"", 12);
    bad_challenge("Digest qop=\"auth,\"", 17);
    bad_challenge("Digest qop=\"auth, x\"", 17);
    bad_challenge("Digest stale=\"true\"", 13);
    bad_challenge("Digest stale=maybe", 13);
    bad_challenge("Digest stale=truer", 17);
    bad_challenge("Digest algorithm=\"MD5\"", 17);
    bad_challenge("Digest realm=\"r", 15);
    bad_challenge("Digest realm=\"r\\", 16);
    bad_challenge("Digest realm=\"r\\x\"", 16);
    bad_challenge("Digest realm=\"\n\"", 14);
    bad_credentials("Digest username=ana", 16);
    bad_credentials("Digest uri=x", 11);
    bad_credentials("Digest qop=\"auth\"", 11);
    bad_credentials("Digest nc=\"00000001\"", 10);
    bad_credentials("Digest nc=0000001", 17);
    bad_credentials("Digest nc=000000001", 18);
    bad_credentials("Digest nc=0000000A", 17);
    bad_credentials("Digest response=" + std::string(hex32), 16);
    bad_credentials("Digest response=\"" + std::string(hex32.substr(1)) + "\"", 48);
    bad_credentials("Digest response=\"" + std::string(hex32) + "0\"", 49);
    bad_credentials("Digest response=\"ABCDEF\"", 17);
    // What has no rule of its own may be either.
    good(msrp::parse_authorization, "Digest stale=\"x\", ncx=1, realmx=y");
    good(msrp::parse_www_authenticate, "Digest username=ana, nc=\"1\"");
}

TEST_CASE("T10 T12 parse_digest: a parameter stands once", "[grammar]") {
    bad_challenge("Digest realm=\"a\", realm=\"a\"", 23);
    bad_challenge("Digest realm=\"a\", REALM=\"b\"", 23);
    bad_challenge("Digest x=1, y=2, X=3", 18);
    bad_credentials("Digest nc=00000001, nonce=\"n\", nc=00000002", 33);
    bad_info("qop=auth,qop=auth", 12);
}

TEST_CASE("T16 parse_digest: 32 parameters, on both sides", "[grammar]") {
    std::string text = "Digest p0=x";
    for (int i = 1; i < 32; ++i) text += ", p" + std::to_string(i) + "=x";
    good(msrp::parse_www_authenticate, text);
    bad_challenge(text + ", p32=x", text.size() + 2);
}
