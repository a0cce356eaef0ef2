// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// utf8_test.cpp - how far a text is printable UTF-8.
#include <string>

#include <wire/utf8.hpp>

#include "support/catch.hpp"

namespace {

void good(std::string_view text, bool loose = false) {
    auto const r = wire::scan_utf8text(text, loose);
    CHECK(r.whole);
    CHECK(r.size == text.size());
}
void bad(std::string_view text, std::size_t at, bool loose = false) {
    auto const r = wire::scan_utf8text(text, loose);
    CHECK_FALSE(r.whole);
    CHECK(r.size == at);
}

}  // namespace

TEST_CASE("FRM-9-2 utf8: text of RFC 4975 with RFC 3629's UTF-8", "[wire]") {
    good("");
    good("plain\ttext ~");
    good("\xC2\x80 \xDF\xBF");
    good("\xE0\xA0\x80 \xED\x9F\xBF \xEE\x80\x80 \xEF\xBF\xBF");
    good("\xF0\x90\x80\x80 \xF4\x8F\xBF\xBF");
}

TEST_CASE("T8 utf8: no control octet but HTAB", "[wire]") {
    for (int c = 0; c < 0x80; ++c) {
        std::string const text{'a', static_cast<char>(c)};
        CAPTURE(c);
        if ((c < 0x20 && c != 9) || c == 0x7F)
            bad(text, 1);
        else
            good(text);
    }
}

TEST_CASE("utf8: ill-formed sequences, at the first octet that cannot be", "[wire]") {
    bad("a\x80", 1);     // continuation without a lead
    bad("\xC0\x80", 0);  // overlong
    bad("\xC1\xBF", 0);
    bad("\xE0\x9F\xBF", 1);
    bad("\xF0\x8F\xBF\xBF", 1);
    bad("\xED\xA0\x80", 1);      // a surrogate
    bad("\xF4\x90\x80\x80", 1);  // above U+10FFFF
    bad("\xF5\x80\x80\x80", 0);
    bad("\xF8\x88\x80\x80\x80", 0);
    bad("\xFE", 0);
    bad("\xFF", 0);
    bad("\xC3", 1);  // cut off
    bad("\xE2\x82", 2);
    bad("\xE2\x82"
        "a",
        2);
    bad("\xF0\x9F\x98", 3);
    bad("\xF0\x9F\x98\xC3\xA9", 3);
}

TEST_CASE("utf8: the loose forms of RFC 4975's UTF8-NONASCII", "[wire]") {
    good("\xC0\x80", true);
    good("\xE0\x80\x80 \xED\xA0\x80", true);
    good("\xF4\x90\x80\x80 \xF7\xBF\xBF\xBF", true);
    good("\xF8\x80\x80\x80\x80 \xFC\x80\x80\x80\x80\x80", true);
    bad("\xFE\x80", 0, true);
    bad("\x80", 0, true);
    bad("\xFC\x80\x80\x80\x80", 5, true);
    bad("a\n", 1, true);
}

TEST_CASE("T8 utf8: each octet in each place of a long text", "[wire]") {
    for (std::size_t size = 1; size <= 26; ++size)
        for (std::size_t at = 0; at < size; ++at)
            for (int c = 0; c < 256; ++c) {
                std::string text(size, 'a');
                text[at] = static_cast<char>(c);
                bool const allowed = (c >= 0x20 && c < 0x7F) || c == '\t';
                // A lead octet may stand, but not what follows it.
                bool const lead = c >= 0xC2 && c <= 0xF4;
                auto const r = wire::scan_utf8text(text);
                REQUIRE(r.whole == allowed);
                REQUIRE(r.size == (allowed ? size : lead ? at + 1 : at));
            }
    static_assert(wire::scan_utf8text("text of more than eight\n").size == 23);
    std::string mixed = "eight of";
    for (std::size_t i = 0; i < 20; ++i) mixed += "\xD0\xB6\xE2\x82\xAC" + std::string(i % 11, 'b');
    good(mixed);
}
