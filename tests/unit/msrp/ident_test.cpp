// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// ident_test.cpp - identifiers: the form, and making them from random octets.
#include <algorithm>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <msrp/ident.hpp>
#include <msrp/parse_ident.hpp>

#include "support/catch.hpp"

namespace {

void good(std::string_view text) {
    CAPTURE(text);
    auto const by_hand = msrp::read_ident(text);
    auto const by_grammar = msrp::parse_ident(text);
    REQUIRE(by_hand);
    REQUIRE(by_grammar);
    CHECK(by_hand->data() == text.data());
    CHECK(by_hand->size() == text.size());
    CHECK(*by_hand == *by_grammar);
}
void bad(std::string_view text, std::uint64_t at) {
    CAPTURE(text);
    auto const by_hand = msrp::read_ident(text);
    REQUIRE_FALSE(by_hand);
    CHECK(by_hand.error().code == msrp::error::bad_ident);
    CHECK(by_hand.error().offset == at);
    auto const by_grammar = msrp::parse_ident(text);
    REQUIRE_FALSE(by_grammar);
    CHECK(by_grammar.error() == by_hand.error());
}

/// A linear congruential generator: deterministic, good enough to see all digits.
struct lcg {
    std::uint64_t state = 1;
    void operator()(std::span<unsigned char> out) {
        for (auto& o : out) {
            state = state * 6364136223846793005U + 1442695040888963407U;
            o = static_cast<unsigned char>(state >> 56U);
        }
    }
};

}  // namespace

TEST_CASE("FRM-7.1-1 ident: 4 to 32 octets, the first alphanumeric", "[ident]") {
    good("a7k2");
    good("0.-+");
    good("Z%=.-+aA09");
    good(std::string(32, 'x'));
    bad("", 0);
    bad("a", 1);
    bad("a7k", 3);
    bad(std::string(33, 'x'), 32);
    bad(std::string(5000, 'x'), 32);
    for (char const first : {'.', '-', '+', '%', '='}) bad(std::string(1, first) + "abc", 0);
    bad("ab c", 2);
    bad("abcd ", 4);
    bad("abcd\r", 4);
    bad("abcd_", 4);
    bad("abc\xC3\xA9", 3);
    bad(std::string_view("abc\0d", 5), 3);
}

TEST_CASE("FRM-7.1-1 ident: exactly the octets of the grammar", "[ident]") {
    for (int c = 0; c < 256; ++c) {
        bool const alphanumeric =
            (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        bool const later = alphanumeric || std::string_view(".-+%=").find(static_cast<char>(c)) !=
                                               std::string_view::npos;
        std::string text = "abcd";
        text[2] = static_cast<char>(c);
        if (later && c != 0)
            good(text);
        else
            bad(text, 2);
        text = "abcd";
        text[0] = static_cast<char>(c);
        if (alphanumeric)
            good(text);
        else
            bad(text, 0);
    }
}

TEST_CASE("FRM-7.1-1 HDR-7.1.1-2 URI-14.1-1 ident: made ones are random enough", "[ident]") {
    lcg random;
    std::set<std::string> seen;
    std::set<char> digits;
    for (int i = 0; i < 200; ++i) {
        auto const id = msrp::make_ident<msrp::made_message_id>(random);
        good(id.view());
        CHECK(id.view().size() == 22);  // 22 * log2(62) = 130 bits
        seen.emplace(id.view());
        digits.insert(id.view().begin(), id.view().end());
    }
    CHECK(seen.size() == 200);
    CHECK(digits.size() == 62);
    CHECK(msrp::make_ident<msrp::made_transaction_id>(random).view().size() == 12);  // 71 bits
    CHECK(msrp::make_ident<msrp::made_session_id>(random).view().size() == 22);
}

TEST_CASE("ident: no octet of the source is used twice, and none beyond 61 counts", "[ident]") {
    unsigned char next = 0;
    auto counting = [&](std::span<unsigned char> out) {
        for (auto& o : out) o = next++;
    };
    auto const id = msrp::make_ident<msrp::made_session_id>(counting);
    CHECK(id.view() == "0123456789ABCDEFGHIJKL");
    next = 60;
    CHECK(msrp::make_ident<msrp::made_transaction_id>(counting).view() == "yz0123456789");
}

TEST_CASE("ident: a broken source does not hang", "[ident]") {
    auto all_ones = [](std::span<unsigned char> out) { std::fill(out.begin(), out.end(), 0xFF); };
    good(msrp::make_ident<msrp::made_message_id>(all_ones).view());
}

TEST_CASE("FRM-7.1-1 ident: each octet in each place of each size", "[ident]") {
    for (std::size_t size = 0; size <= 40; ++size) {
        for (std::size_t at = 0; at < size; ++at)
            for (int c = 0; c < 256; ++c) {
                // Its own memory, so that looking past it is seen.
                std::vector<char> octets(size, "aZ09"[at % 4]);
                octets[at] = static_cast<char>(c);
                std::string_view const text(octets.data(), size);
                bool const plain = wire::alphanum.contains(octets[at]);
                bool const fits = plain || (at != 0 && msrp::ident_char.contains(octets[at]));
                bool const good = fits && size >= 4 && size <= 32;
                REQUIRE(msrp::is_ident(text) == good);
                auto const read = msrp::read_ident(text);
                REQUIRE(read.has_value() == good);
                if (good) REQUIRE(*read == text);
                if (!fits && at < 32)
                    REQUIRE(read.error().offset == at);
                else if (!good)
                    REQUIRE(read.error().offset == std::min<std::size_t>(size, 32));
            }
    }
    CHECK_FALSE(msrp::is_ident({}));
}
