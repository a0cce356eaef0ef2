// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// escaped_text_test.cpp - quoted-strings undone and made; parameter lists walked.
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include <msrp/escaped_text.hpp>
#include <msrp/parameter.hpp>
#include <wire/sink.hpp>

#include "support/catch.hpp"

namespace {

std::string decoded(msrp::escaped_text const& text) {
    std::array<char, 256> memory;
    wire::sink out(memory);
    out << text;
    return std::string(out.view());
}
std::string walked(msrp::parameter_list const& list) {
    std::string out;
    for (auto const& p : list) {
        out += p.name;
        if (p.has_value) out += p.quoted ? "=Q" : "=";
        out += decoded(p.value);
        out += '|';
    }
    return out;
}

}  // namespace

TEST_CASE("T12 escaped_text: a backslash says that the next octet is meant", "[escaped_text]") {
    msrp::escaped_text const text(R"(a\"b\\c)");
    CHECK(text.raw() == R"(a\"b\\c)");
    CHECK(decoded(text) == R"(a"b\c)");
    CHECK(text.size() == 5);
    CHECK(text == R"(a"b\c)");
    CHECK_FALSE(text == R"(a"b\)");
    CHECK_FALSE(text == R"(a"b\cd)");
    CHECK_FALSE(text == R"(a"b\d)");
    CHECK(msrp::escaped_text{}.empty());
    CHECK(msrp::escaped_text{} == "");
    CHECK(decoded(msrp::escaped_text("tail\\")) == "tail\\");  // never behind its end
}

TEST_CASE("T8 write_quoted: escapes, and refuses what no quoted-string can hold",
          "[escaped_text]") {
    std::array<char, 32> memory;
    wire::sink out(memory);
    REQUIRE(msrp::write_quoted(out, "a\"b\\\t\xC3\xA9"));
    CHECK(out.view() == "\"a\\\"b\\\\\t\xC3\xA9\"");
    for (std::string_view const wrong :
         {std::string_view("ab\rc"), std::string_view("ab\nc"), std::string_view("ab\0c", 4),
          std::string_view("ab\x7F"), std::string_view("ab\xFF")}) {
        wire::sink other(memory);
        auto const r = msrp::write_quoted(other, wrong);
        REQUIRE_FALSE(r);
        CHECK(r.error().code == msrp::error::illegal_octet);
        CHECK(r.error().offset == 2);
        CHECK(other.needed() == 0);
    }
}

TEST_CASE("T12 parameter: lists are walked in order", "[parameter]") {
    CHECK(walked({R"(;a=b;C="x;\"y";flag)", ';'}) == R"(a=b|C=Qx;"y|flag|)");
    CHECK(walked({R"(a="p,q", b=c,d="")", ','}) == "a=Qp,q|b=c|d=Q|");
    CHECK(walked({" ; a = b ;c", ';'}) == "a=b|c|");
    CHECK(walked({"", ';'}).empty());
    CHECK(msrp::parameter_list{}.empty());
}

TEST_CASE("T10 parameter: found in any case, the first of a name", "[parameter]") {
    constexpr msrp::parameter_list list(";Charset=utf-8;charset=x", ';');
    static_assert(!list.empty());
    REQUIRE(list.find("CHARSET"));
    CHECK(list.find("CHARSET")->value == "utf-8");
    CHECK_FALSE(list.find("char"));
}

TEST_CASE("parameter: what no grammar checked does not run away", "[parameter]") {
    for (std::string_view const text :
         {";a=\"", ";a=\"\\", ";a=\"b\\\"", ";;;", ";=", ";a==b", "\"", ";a=b c=d", ";a\"b\""}) {
        CAPTURE(text);
        std::size_t count = 0;
        for (auto const& p : msrp::parameter_list(text, ';')) {
            CHECK(p.name.size() + p.value.raw().size() <= text.size());
            REQUIRE(++count <= text.size());
        }
    }
}

TEST_CASE("parameter: an iterator can be kept while another goes on", "[parameter]") {
    msrp::parameter_list const list(";a=1;b=2", ';');
    auto at = list.begin();
    auto const first = at++;
    CHECK(first->name == "a");
    CHECK((*first).value == "1");
    CHECK(at->name == "b");
    CHECK(at != first);
    CHECK(++at == list.end());
    // As long as another, yet behind another name.
    CHECK(msrp::parameter_list(";a", ';').begin() == msrp::parameter_list(";b", ';').begin());
    CHECK(msrp::parameter_list(";a;b", ';').begin() != msrp::parameter_list(";b", ';').begin());
}

TEST_CASE("parameter: a value that is missing is empty", "[parameter]") {
    auto const p = msrp::parameter_list(";a=", ';').find("a");
    REQUIRE(p);
    CHECK(p->has_value);
    CHECK_FALSE(p->quoted);
    CHECK(p->value.empty());
}

TEST_CASE("T12 escaped_text: one octet that differs makes it another text", "[escaped_text]") {
    msrp::escaped_text const text("a\\\"bc");
    CHECK(text == "a\"bc");
    CHECK_FALSE(text == "x\"bc");
    CHECK_FALSE(text == "a\"bx");
    CHECK_FALSE(text == "a\"b");
    CHECK_FALSE(text == "a\"bcd");
}
