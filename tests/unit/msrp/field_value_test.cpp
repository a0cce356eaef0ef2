// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// field_value_test.cpp - the readers without X3 against the grammars; what each field may hold.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <msrp/field_value.hpp>
#include <msrp/parse_digest.hpp>
#include <msrp/parse_media_type.hpp>
#include <msrp/parse_mime.hpp>
#include <msrp/parse_nickname.hpp>

#include "support/catch.hpp"

namespace {

using msrp::error;
using msrp::field;

constexpr std::string_view hex32 = "0123456789abcdef0123456789abcdef";

/// Good values and values that break off or go wrong somewhere.
std::vector<std::string> texts() {
    std::vector<std::string> good = {
        "text/plain",
        "Message/CPIM;charset=\"a\\\"\\\\\xC3\xA4\";flowed;b={|}",
        "text/plain ;\ta = \"x\" ; b",
        "attachment ; filename = \"b\\,ild\" ;size=12; creation-date=\"d\";read-date=\"\";x=y",
        "inline;sizes=x;modification-date=\"m\"",
        "<a.\"b c\".d@[x\\]y].e>",
        "<part1.k3@media.example>",
        "\"K\xC3\xA4the \\\"the \\\\ cat\\\"\"",
        "\"\"",
        std::string("Digest realm=\"r, \\\"1\\\"\", nonce=\"n\", opaque=\"\", stale=TRUE, ") +
            "algorithm=MD5, qop=\"auth,x\", note=\"a=b\", z=1",
        "digest username=\"u\", realm=\"r\", nonce=\"n\", uri=\"x\", response=\"" +
            std::string(hex32) + "\", cnonce=\"c\", opaque=\"o\", qop=auth, nc=0000001a, z=\"y\"",
        "Digest response=\"" + std::string(hex32) + std::string(hex32) + "\"",
        "nextnonce=\"n\",qop=auth,   rspauth=\"00ff\", cnonce=\"c\", nc=00000001",
        "nextnonce=\"n\",qop=auth,rspauth=\"00ff\",cnonce=\"c\",nc=00000001",
    };
    std::vector<std::string> all = good;
    // Cut at each octet; each octet replaced.
    for (auto const& text : good) {
        for (std::size_t n = 0; n < text.size(); ++n) {
            all.push_back(text.substr(0, n));
            for (char const c : {'\n', ' ', '"', '\\', '=', ',', ';', 'x', '1', '\xC3', '\xFC'}) {
                auto changed = text;
                changed[n] = c;
                all.push_back(changed);
            }
        }
    }
    for (std::size_t n : {31U, 33U, 63U, 65U})
        all.push_back("Digest response=\"" + std::string(n, 'a') + '"');
    for (int count : {31, 32, 33}) {
        std::string list = "Digest p0=x";
        for (int i = 1; i < count; ++i) list += ", p" + std::to_string(i) + "=x";
        all.push_back(list);
        all.push_back(list + ", P1=x");
        all.push_back(list + ", !");
    }
    for (std::string const tail :
         {"n", "nn", "nnn", "\\\"", "\\x", "\xC3\xA4", "\xE2\x82\xAC", "\xC3(", "\xC0\x80"})
        for (std::size_t n : {1020U, 1021U, 1022U, 1023U})
            all.push_back('"' + std::string(n, 'n') + tail + '"');
    return all;
}

bool same(std::string_view a, std::string_view b) {
    return a.data() == b.data() && a.size() == b.size();
}
template <class T, class Same>
bool equal(wire::result<T> const& a, wire::result<T> const& b, Same same_value) {
    return a.error() == b.error() && a.has_value() == b.has_value() && (!a || same_value(*a, *b));
}

void refused(field f, std::string_view value, error code, std::uint64_t at) {
    CAPTURE(msrp::canonical_name(f), value.size(), value);
    auto const name = msrp::canonical_name(f);
    CHECK(msrp::check_field_value(f, value).error() ==
          wire::failure{msrp::make_error_code(code), at, name.empty() ? "header" : name});
}

}  // namespace

TEST_CASE("T10 HDR-7.1.1-1 CHAT-7.1-1 RLY-9.1-3 RLY-9.1-4 the readers and the grammars agree",
          "[field_value][grammar]") {
    std::size_t passed = 0;
    auto const count = [&passed](bool good) {
        if (good) ++passed;
        return good;
    };
    for (unsigned bits = 0; bits < 16; ++bits) {
        msrp::leniency lenient;
        lenient.loose_utf8 = (bits & 1U) != 0;
        lenient.blanks_in_media_type = (bits & 2U) != 0;
        lenient.blanks_in_authentication_info = (bits & 4U) != 0;
        lenient.sha256_response = (bits & 8U) != 0;
        for (auto const& text : texts()) {
            CAPTURE(text, bits);
            auto const type = msrp::read_media_type(text, lenient);
            count(type.has_value());
            REQUIRE(equal(type, msrp::parse_media_type(text, lenient),
                          [](auto const& a, auto const& b) {
                              return same(a.type, b.type) && same(a.subtype, b.subtype) &&
                                     same(a.parameters.text(), b.parameters.text());
                          }));
            auto const disposition = msrp::read_content_disposition(text, lenient);
            count(disposition.has_value());
            REQUIRE(equal(disposition, msrp::parse_content_disposition(text, lenient),
                          [](auto const& a, auto const& b) {
                              return same(a.type, b.type) &&
                                     same(a.parameters.text(), b.parameters.text());
                          }));
            auto const id = msrp::read_content_id(text, lenient);
            count(id.has_value());
            REQUIRE(
                equal(id, msrp::parse_content_id(text, lenient), [](auto const& a, auto const& b) {
                    return same(a.id, b.id) && same(a.local_part, b.local_part) &&
                           same(a.domain, b.domain);
                }));
            REQUIRE(equal(msrp::read_content_description(text, lenient),
                          msrp::parse_content_description(text, lenient), same));
            auto const nickname = msrp::read_nickname(text, lenient);
            count(nickname.has_value());
            REQUIRE(equal(nickname, msrp::parse_nickname(text, lenient),
                          [](auto const& a, auto const& b) { return same(a.raw(), b.raw()); }));
            auto const same_digest = [](auto const& a, auto const& b) {
                return a.kind == b.kind && a.scheme == b.scheme &&
                       same(a.parameters.text(), b.parameters.text());
            };
            auto const challenge = msrp::read_digest(msrp::digest_kind::challenge, text, lenient);
            count(challenge.has_value());
            REQUIRE(equal(challenge, msrp::parse_www_authenticate(text, lenient), same_digest));
            auto const credentials =
                msrp::read_digest(msrp::digest_kind::credentials, text, lenient);
            count(credentials.has_value());
            REQUIRE(equal(credentials, msrp::parse_authorization(text, lenient), same_digest));
            auto const info = msrp::read_digest(msrp::digest_kind::info, text, lenient);
            count(info.has_value());
            REQUIRE(equal(info, msrp::parse_authentication_info(text, lenient), same_digest));
        }
    }
    CHECK(passed > 1000);  // the texts are not all bad
}

TEST_CASE("T8 T10 a known field holds what its grammar allows", "[field_value]") {
    struct {
        field f;
        std::string_view value;
    } const cases[] = {
        {field::to_path, "msrp://a:1/x;tcp msrp://b:2/y;tcp"},
        {field::from_path, "msrps://a.example/x;tcp"},
        {field::use_path, "msrp://a:1/x;tcp"},
        {field::message_id, "a.-+%=1"},
        {field::success_report, "YES"},
        {field::failure_report, "Partial"},
        {field::byte_range, "18446744073709551615-*/*"},
        {field::status, "000 200"},
        {field::www_authenticate, "Digest realm=\"r\""},
        {field::authorization, "Digest username=\"u\""},
        {field::authentication_info, "qop=auth"},
        {field::expires, "18446744073709551615"},
        {field::min_expires, "0"},
        {field::max_expires, "007"},
        {field::use_nickname, "\"n\""},
        {field::content_type, "a/b;c"},
        {field::content_id, "<a@b>"},
        {field::content_description, ""},
        {field::content_disposition, "render"},
        {field::other_mime, "a\t\xC3\xA4 \""},
        {field::other, ""},
    };
    for (auto const& c : cases) {
        CAPTURE(c.value);
        CHECK(msrp::check_field_value(c.f, c.value));
        // No field holds an octet that would end its line.
        for (char const octet : {'\r', '\n', '\0', '\x7F'}) {
            std::string const behind = std::string(c.value) + octet;
            CHECK_FALSE(msrp::check_field_value(c.f, behind));
            CHECK(msrp::check_field_value(c.f, behind).error().offset == c.value.size());
        }
    }
    refused(field::to_path, "msrp://a:1/x", error::bad_uri, 12);
    refused(field::from_path, "", error::bad_uri, 0);
    refused(field::use_path, "msrp://127.0.0.1/x;tcp", error::ip_without_port, 16);
    refused(field::message_id, "abc", error::bad_ident, 3);
    refused(field::success_report, "partial", error::bad_report_value, 0);
    refused(field::failure_report, "partly", error::bad_report_value, 4);
    refused(field::byte_range, "7-3/9", error::bad_byte_range, 5);
    refused(field::status, "0 200", error::bad_status, 1);
    refused(field::www_authenticate, "Digest qop=auth", error::bad_authentication, 11);
    refused(field::authorization, "Digest nc=1", error::bad_authentication, 11);
    refused(field::authentication_info, "cnx", error::bad_authentication, 2);
    refused(field::authentication_info, "qop=auth, nc=1", error::bad_authentication, 9);
    refused(field::authorization, "Digest response=\"" + std::string(64, 'a') + '"',
            error::bad_authentication, 49);
    refused(field::expires, "", error::bad_number, 0);
    refused(field::min_expires, "1 ", error::bad_number, 1);
    refused(field::max_expires, "18446744073709551616", error::number_too_large, 19);
    refused(field::use_nickname, "\"n", error::bad_nickname, 2);
    refused(field::content_type, "a/b; c", error::bad_content_type, 4);
    refused(field::content_id, "<a>", error::bad_mime_field, 2);
    refused(field::content_description, "\xED\xA0\x80", error::bad_mime_field, 1);
    refused(field::content_disposition, "a;size=x", error::bad_mime_field, 7);
    refused(field::other_mime, "a\nb", error::bad_utf8, 1);
    refused(field::other, "\xC3", error::bad_utf8, 1);
}
