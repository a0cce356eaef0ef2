// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// contact_test.cpp - how many octets of u=, e= and p= are looked at: a few times those there are.
#include "work/examined.hpp"

#include <initializer_list>
#include <string>
#include <string_view>

#include <sdp/parser.hpp>

#include "support/catch.hpp"

namespace {

std::string times(std::string_view part, std::size_t octets) {
    std::string out;
    while (out.size() + part.size() <= octets) out += part;
    return out;
}

}  // namespace

TEST_CASE("T26 u= e= and p= of 64 KiB are read in linear time") {
    constexpr std::size_t size = 64 * 1024 - 100;
    sdp::limits limit;
    limit.max_line = limit.max_text;
    for (std::string_view const start :
         {"u=",     "u=//",       "u=//a@", "u=//[", "u=a:",  "u=?",  "u=#",
          "e=",     "e=a@b",      "e=a@b ", "e=\"",  "e=a@[", "e=(",  "e=a (",
          "e=a  <", "e=a  <a@b ", "p=",     "p=1",   "p=1 (", "p=a<", "p=a<1"}) {
        for (std::string_view const part :
             {"a",   "1",    " ",  "(",  ")", "(a)", " (a)",     " (a) ", " (\\)",
              "\\a", "\\\\", "a ", " <", "<", ">",   "a.",       "@",     "a@b ",
              "\"",  ":",    "::", "1:", "[", "]",   "%41",      "%",     "/",
              "//",  "/a",   "?",  "#",  "-", "+",   "\xC3\xA9", "\t(",   "(a) (\xC3\xA9) "}) {
            auto const text = "v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\n" + std::string(start) +
                              times(part, size) + "\r\nt=0 0\r\n";
            CAPTURE(start, part);
            REQUIRE(text.size() <= limit.max_text);
            support::examined = 0;
            auto const d = sdp::parse(text, limit);
            CHECK(support::examined > 0);
            CHECK(support::examined <= 6 * text.size());
            if (!d) CHECK(d.error().code == sdp::error_condition::syntax);
        }
    }
}
