// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// parse_mime_test.cpp - Content-Type and the other MIME fields, and nicknames, by their grammars.
#include <string>
#include <string_view>

#include <msrp/parse_media_type.hpp>
#include <msrp/parse_mime.hpp>
#include <msrp/parse_nickname.hpp>

#include "support/catch.hpp"

namespace {

using msrp::error;

template <class T>
void refused(wire::result<T> const& r, error why, std::uint64_t at) {
    REQUIRE_FALSE(r);
    CHECK(r.error().code == why);
    CHECK(r.error().offset == at);
}
void bad_type(std::string_view text, std::uint64_t at, msrp::leniency const& lenient = {}) {
    CAPTURE(text);
    refused(msrp::parse_media_type(text, lenient), error::bad_content_type, at);
}
void bad_disposition(std::string_view text, std::uint64_t at) {
    CAPTURE(text);
    refused(msrp::parse_content_disposition(text), error::bad_mime_field, at);
}
void bad_id(std::string_view text, std::uint64_t at) {
    CAPTURE(text);
    refused(msrp::parse_content_id(text), error::bad_mime_field, at);
}
void bad_nickname(std::string_view text, std::uint64_t at) {
    CAPTURE(text.size());
    refused(msrp::parse_nickname(text), error::bad_nickname, at);
}

}  // namespace

TEST_CASE("FRM-7.1-3 parse_media_type: type, subtype, parameters", "[grammar]") {
    auto const bare = msrp::parse_media_type("Message/CPIM");
    REQUIRE(bare);
    CHECK(bare->is("message", "cpim"));
    CHECK_FALSE(bare->is("message", "imdn+xml"));
    CHECK(bare->parameters.empty());
    std::string const text = R"(multipart/mixed;boundary="a;b=\"c\\";x={|}~;flowed)";
    auto const r = msrp::parse_media_type(text);
    REQUIRE(r);
    CHECK(r->is("multipart", "mixed"));
    CHECK(r->parameters.find("Boundary")->value == R"(a;b="c\)");
    CHECK(r->parameters.find("boundary")->quoted);
    CHECK(r->parameters.find("x")->value == "{|}~");
    CHECK_FALSE(r->parameters.find("flowed")->has_value);
    CHECK(r->parameters.text().data() + r->parameters.text().size() == text.data() + text.size());
    CHECK(msrp::parse_media_type("a/b;c=\"\"")->parameters.find("c")->value.empty());
}

TEST_CASE("FRM-7.1-3 T8 parse_media_type: nothing but the grammar", "[grammar]") {
    bad_type("", 0);
    bad_type("text", 4);
    bad_type("text/", 5);
    bad_type("/plain", 0);
    bad_type("text/plain/x", 10);
    bad_type("text/*x;", 8);
    bad_type("te xt/plain", 2);
    bad_type("text/plain;", 11);
    bad_type("text/plain;=x", 11);
    bad_type("text/plain;a=", 13);
    bad_type("text/plain;a=b=c", 14);
    bad_type("text/plain;a=\"b", 15);
    bad_type("text/plain;a=\"b\\c\"", 16);
    bad_type("text/plain;a=\"b\"c", 16);
    bad_type("text/plain;a=\"\n\"", 14);
    bad_type("text/plain;a=\"\xC3\"", 15);
    bad_type("text/plain;a=\xC3\xA9", 13);
    bad_type("text/plain; a=b", 11);
    bad_type("text/plain ;a=b", 10);
    bad_type("text/plain ", 10);
}

TEST_CASE("parse_media_type: leniencies, both ways", "[grammar]") {
    msrp::leniency lenient;
    lenient.blanks_in_media_type = true;
    auto const r = msrp::parse_media_type("text/plain ;\t charset = \"x\" ; b=c", lenient);
    REQUIRE(r);
    CHECK(r->parameters.find("charset")->value == "x");
    CHECK(r->parameters.find("b")->value == "c");
    bad_type("text /plain", 4, lenient);
    bad_type("text/plain; ", 12, lenient);
    bad_type("text/plain;a= b", 13);
    bad_type("text/plain;a=\"\xC0\x80\"", 14);
    lenient = {};
    lenient.loose_utf8 = true;
    CHECK(msrp::parse_media_type("text/plain;a=\"\xC0\x80\"", lenient));
}

TEST_CASE("HDR-7.1.1-1 parse_content_disposition", "[grammar]") {
    CHECK(msrp::parse_content_disposition("render")->type == "render");
    auto const r = msrp::parse_content_disposition(
        "attachment; filename=\"b\\\"ild \xC3\xA4.jpg\"; size=1931; "
        "creation-date=\"Tue, 03 Mar 2026 10:00:00 +0100\" ;x-y = z");
    REQUIRE(r);
    CHECK(r->type == "attachment");
    CHECK(r->parameters.find("filename")->value == "b\"ild \xC3\xA4.jpg");
    CHECK(r->parameters.find("SIZE")->value == "1931");
    CHECK(r->parameters.find("creation-date")->quoted);
    CHECK(r->parameters.find("x-y")->value == "z");
    CHECK(msrp::parse_content_disposition("inline;sizes=x;filename=a.b"));
    bad_disposition("", 0);
    bad_disposition("attachment;", 11);
    bad_disposition("attachment;filename", 19);
    bad_disposition("attachment;filename=", 20);
    bad_disposition("attachment;filename=a b", 22);
    bad_disposition("attachment;size=big", 16);
    bad_disposition("attachment;size=\"5\"", 16);
    bad_disposition("attachment;read-date=now", 21);
    bad_disposition("attachment;filename=\"a", 22);
    bad_disposition("attachment;filename=\"a\\\r\"", 23);
}

TEST_CASE("FRM-7.1-2 parse_content_id", "[grammar]") {
    auto const r = msrp::parse_content_id("<part1.k3@media.example>");
    REQUIRE(r);
    CHECK(r->id == "part1.k3@media.example");
    CHECK(r->local_part == "part1.k3");
    CHECK(r->domain == "media.example");
    CHECK(msrp::parse_content_id("<\"a b\\@\".c@[10.0.0.1]>")->domain == "[10.0.0.1]");
    CHECK(msrp::parse_content_id("<a@b.[c\\]].d>"));
    bad_id("", 0);
    bad_id("a@b", 0);
    bad_id("<a>", 2);
    bad_id("<@b>", 1);
    bad_id("<a@>", 3);
    bad_id("<a@b", 4);
    bad_id("<a@b> ", 5);
    bad_id("<a..b@c>", 3);
    bad_id("<a b@c>", 2);
    bad_id("<a@b@c>", 4);
    bad_id("<\"a@c>", 6);
    bad_id("<a@[b>", 6);
}

TEST_CASE("FRM-7.1-2 parse_content_description: any text", "[grammar]") {
    CHECK(*msrp::parse_content_description("") == "");
    CHECK(*msrp::parse_content_description("a (chart)\t\xC3\xBC") == "a (chart)\t\xC3\xBC");
    refused(msrp::parse_content_description("a\nb"), error::bad_mime_field, 1);
    refused(msrp::parse_content_description("a\xC3"), error::bad_mime_field, 2);
}

TEST_CASE("CHAT-7.1-1 parse_nickname: quoted, decoded when asked", "[grammar]") {
    auto const r = msrp::parse_nickname("\"K\xC3\xA4the \\\"the \\\\ cat\\\"\"");
    REQUIRE(r);
    CHECK(*r == "K\xC3\xA4the \"the \\ cat\"");
    bad_nickname("", 0);
    bad_nickname("cat", 0);
    bad_nickname("\"", 1);
    bad_nickname("\"cat", 4);
    bad_nickname("\"cat\" ", 5);
    bad_nickname("\"c\"t\"", 3);
    bad_nickname("\"c\\t\"", 3);
    bad_nickname("\"c\rt\"", 2);
    bad_nickname("\"\xC3(\"", 2);
    bad_nickname("'cat'", 0);
}

TEST_CASE("CHAT-7.3-1 parse_nickname: the empty one removes", "[grammar]") {
    auto const r = msrp::parse_nickname("\"\"");
    REQUIRE(r);
    CHECK(r->empty());
}

TEST_CASE("CHAT-7.1-1 T16 parse_nickname: 1023 octets at most, on both sides", "[grammar]") {
    std::string const most(1023, 'n');
    CHECK(msrp::parse_nickname('"' + most + '"')->size() == 1023);
    bad_nickname('"' + most + "n\"", 1024);
    bad_nickname('"' + most + "nnnn\"", 1024);
    bad_nickname('"' + most + "\\\"\"", 1024);
    std::string const less(1022, 'n');
    CHECK(msrp::parse_nickname('"' + less + "\\\\\"")->size() == 1023);
    bad_nickname('"' + less + "\xC3\xA4\"", 1023);
    std::string escapes;
    for (int i = 0; i < 1023; ++i) escapes += "\\\"";
    CHECK(msrp::parse_nickname('"' + escapes + '"')->size() == 1023);
    bad_nickname('"' + escapes + "x\"", 2047);
}

TEST_CASE("mime: a media type is its type and its subtype, in any case") {
    auto const type = msrp::parse_media_type("Text/Plain;charset=utf-8");
    REQUIRE(type);
    CHECK(type->is("text", "plain"));
    CHECK_FALSE(type->is("text", "html"));
    CHECK_FALSE(type->is("image", "plain"));
}
