// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// accept_types_test.cpp - msrp/accept_types.hpp: the list of media types, matching and preference.
#include <msrp/accept_types.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "support/catch.hpp"

TEST_CASE("SDP-8.6-1 entries are type with subtype, type with star, or star") {
    auto const list = msrp::read_accept_types(
        "message/cpim text/plain;charset=utf-8;x=\"a b\\\"\\\\\" image/* *");
    REQUIRE(list);
    CHECK(list->size() == 4);
    std::vector<std::string_view> types;
    std::vector<std::string_view> parameters;
    list->for_each([&](msrp::accepted_type const& t) {
        types.push_back(t.type);
        parameters.push_back(t.parameters);
        return types.size() != 4 || !t.subtype.empty() || t.is_any();
    });
    CHECK(types == std::vector<std::string_view>{"message", "text", "image", "*"});
    CHECK(parameters[1] == ";charset=utf-8;x=\"a b\\\"\\\\\"");
    CHECK(list->front().text == "message/cpim");
}

TEST_CASE("SDP-8.6-1 what is no list is refused where it goes wrong") {
    struct row {
        std::string_view text;
        std::size_t at;
    };
    for (auto const& [text, at] :
         {row{"", 0}, row{" text/plain", 0}, row{"text", 4}, row{"text/", 5}, row{"/plain", 0},
          row{"text/plain ", 11}, row{"text/plain  a/b", 11}, row{"text/plain;", 11},
          row{"text/plain;a", 12}, row{"text/plain;a=", 13}, row{"text/plain;a=\"x", 15},
          row{"text/plain;a=\"\\x\"", 15}, row{"text/plain; a=b", 11}, row{"*;a=b", 1},
          row{"text/plain,a/b", 10}, row{"a/b;c=\"\xFF\"", 7}}) {
        CAPTURE(text);
        auto const list = msrp::read_accept_types(text);
        REQUIRE_FALSE(list);
        CHECK(list.error().offset == at);
        CHECK(list.error().code == msrp::error::bad_content_type);
    }
}

TEST_CASE("SDP-8.6-2 SDP-8.6-4 a type is accepted whatever its case and parameters") {
    auto const list = *msrp::read_accept_types("text/plain;charset=utf-8 image/*");
    CHECK(list.accepts("text/plain"));
    CHECK(list.accepts("TEXT/Plain"));
    CHECK(list.accepts("text/plain;charset=iso-8859-1"));
    CHECK(list.accepts("image/png"));
    CHECK_FALSE(list.accepts("text/html"));
    CHECK_FALSE(list.accepts("text/plainer"));
    CHECK_FALSE(list.accepts("text"));
    CHECK_FALSE(list.accepts("image/"));
    CHECK_FALSE(list.accepts("/png"));
    CHECK_FALSE(list.accepts(""));
    CHECK(msrp::read_accept_types("*")->accepts("a/b"));
    CHECK_FALSE(msrp::read_accept_types("*/b")->accepts("a/b"));  // "*" is a token there
}

TEST_CASE("SDP-8.6-4 explicit entries are preferred to wildcards, then the order counts") {
    auto const list = *msrp::read_accept_types("* text/* text/html image/png");
    CHECK(*list.preference("text/html") < *list.preference("image/png"));
    CHECK(*list.preference("image/png") < *list.preference("audio/x"));
    CHECK(*list.preference("audio/x") == *list.preference("text/plain"));  // both by "*", first
    CHECK_FALSE(msrp::read_accept_types("a/b")->preference("a/c"));
}

TEST_CASE("CPIM-13-2 message/cpim listed first asks to wrap everything") {
    CHECK(msrp::read_accept_types("Message/CPIM text/plain")->wants_cpim());
    CHECK_FALSE(msrp::read_accept_types("text/plain message/cpim")->wants_cpim());
    CHECK_FALSE(msrp::read_accept_types("*")->wants_cpim());
}

TEST_CASE("SDP-8.6-1 walking a list stops where the caller says, the text is kept") {
    std::string const text = "text/plain image/png *";
    auto const list = msrp::read_accept_types(text);
    REQUIRE(list);
    CHECK(list->text().data() == text.data());
    CHECK(list->text().size() == text.size());
    int seen = 0;
    list->for_each([&](msrp::accepted_type const& t) {
        ++seen;
        return t.type != "image";
    });
    CHECK(seen == 2);
}

TEST_CASE("SDP-8.6-1 a list that stops behind a backslash is refused there") {
    auto const list = msrp::read_accept_types("a/b;c=\"d\\");
    REQUIRE_FALSE(list);
    CHECK(list.error().offset == 9);
}

TEST_CASE("CPIM-13-2 only message/cpim asks to wrap, no other message type") {
    CHECK_FALSE(msrp::read_accept_types("message/external-body")->wants_cpim());
}

TEST_CASE("SDP-8.6-1 a plain list is read as the grammar's reader does, also near what is right") {
    auto const exact = [](std::string_view text, std::size_t& count) {
        msrp::detail::accepted_type_reader in(text);
        msrp::accepted_type entry;
        count = 0;
        do {
            if (!in.read(entry)) return false;
            ++count;
            if (in.done()) return true;
        } while (in.octet(' '));
        return false;
    };
    auto const same = [&](std::string_view text) {
        std::size_t count = 0;
        bool const good = exact(text, count);
        auto const got = msrp::read_accept_types(text);
        if (got.has_value() != good) return false;
        if (!good) return true;
        msrp::detail::accepted_type_reader in(text);
        std::size_t seen = 0;
        bool equal = got->size() == count;
        got->for_each([&](msrp::accepted_type const& e) {
            msrp::accepted_type want;
            equal = equal && in.read(want) && e.text == want.text && e.type == want.type &&
                    e.subtype == want.subtype && e.parameters == want.parameters &&
                    e.text.data() == want.text.data();
            ++seen;
            return in.octet(' ');
        });
        return equal && seen == count;
    };
    for (std::string const& text :
         {std::string("message/cpim text/plain * text/*"), std::string("*"),
          std::string("text/plain;charset=\"a b\" */x application/im-iscomposing+xml"),
          "text/" + std::string(59, 'p'), "text/" + std::string(60, 'p'),
          "text/plain " + std::string(50, 'a') + "/b c/d"}) {
        CHECK(same(text));
        for (std::size_t i = 0; i < text.size(); ++i) {
            for (int c = 0; c < 256; ++c) {
                auto changed = text;
                changed[i] = static_cast<char>(c);
                if (!same(changed)) FAIL_CHECK(changed);
                changed = text;
                changed.insert(i, 1, static_cast<char>(c));
                if (!same(changed)) FAIL_CHECK(changed);
            }
            auto shorter = text;
            if (!same(shorter.erase(i, 1))) FAIL_CHECK(shorter);
        }
    }
    for (int c = 0; c < 256; ++c)
        CHECK(msrp::token_char.contains(static_cast<char>(c)) ==
              wire::token_octet.contains(static_cast<char>(c)));
}
