// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// charset_test.cpp - sets of octets.
#include <string>

#include <wire/charset.hpp>

#include "support/catch.hpp"

namespace {

std::string members(wire::charset const& set) {
    std::string all;
    for (int c = 0; c < 256; ++c)
        if (set.contains(static_cast<char>(c))) all += static_cast<char>(c);
    return all;
}

}  // namespace

TEST_CASE("charset: strings, ranges, union and difference", "[wire]") {
    CHECK(members(wire::charset("cab")) == "abc");
    CHECK(members(wire::charset::range('0', '9')) == "0123456789");
    CHECK(members(wire::charset::range('x', 'z') | wire::charset("!")) == "!xyz");
    CHECK(members(wire::charset::range('a', 'e') - wire::charset("bd")) == "ace");
    CHECK(members(wire::charset()).empty());
    CHECK(members(wire::charset::range(0, 255)).size() == 256);
    CHECK(wire::charset(std::string_view("\0", 1)).contains('\0'));
    CHECK(wire::charset("\x80\xFF").contains('\xFF'));
    static_assert(wire::charset("a").contains('a'));
}

TEST_CASE("charset: span is the longest prefix of members", "[wire]") {
    CHECK(wire::digit.span("") == 0);
    CHECK(wire::digit.span("a1") == 0);
    CHECK(wire::digit.span("12a3") == 2);
    CHECK(wire::digit.span("123") == 3);
}

TEST_CASE("charset: the sets of RFC 5234 and RFC 3986", "[wire]") {
    CHECK(members(wire::digit) == "0123456789");
    CHECK(members(wire::hexdig) == "0123456789ABCDEFabcdef");
    CHECK(members(wire::alpha).size() == 52);
    CHECK(members(wire::alphanum).size() == 62);
    CHECK(members(wire::unreserved - wire::alphanum) == "-._~");
    CHECK(members(wire::sub_delims) == "!$&'()*+,;=");
}

TEST_CASE("charset: case is folded for ASCII letters only", "[wire]") {
    CHECK(wire::to_lower('A') == 'a');
    CHECK(wire::to_lower('Z') == 'z');
    CHECK(wire::to_lower('@') == '@');
    CHECK(wire::to_lower('[') == '[');
    CHECK(wire::to_lower('\xC4') == '\xC4');
    CHECK(wire::iequals("", ""));
    CHECK(wire::iequals("To-Path", "tO-pATH"));
    CHECK_FALSE(wire::iequals("To-Path", "To-Pat"));
    CHECK_FALSE(wire::iequals("[", "{"));
    CHECK_FALSE(wire::iequals("\xC3\x84", "\xC3\xA4"));
}

TEST_CASE("charset: hexadecimal digits have values, other octets none", "[wire]") {
    CHECK(wire::hex_value('0') == 0);
    CHECK(wire::hex_value('9') == 9);
    CHECK(wire::hex_value('a') == 10);
    CHECK(wire::hex_value('F') == 15);
    CHECK(wire::hex_value('g') == -1);
    CHECK(wire::hex_value('/') == -1);
    CHECK(wire::hex_value(':') == -1);
    CHECK(wire::hex_value('\xB1') == -1);
}
