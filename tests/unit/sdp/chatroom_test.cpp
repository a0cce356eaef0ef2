// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// chatroom_test.cpp - sdp/chatroom.hpp: a=chatroom of RFC 7701.
#include <sdp/chatroom.hpp>

#include <string>
#include <string_view>
#include <vector>

#include <sdp/parse_chatroom.hpp>

#include "support/catch.hpp"

namespace {

using std::operator""sv;

sdp::chatroom room(std::string_view value) {
    CAPTURE(value);
    auto const read = sdp::read_chatroom(value);
    auto const parsed = sdp::parse_chatroom(value);
    REQUIRE(read);
    REQUIRE(parsed);
    CHECK(*read == *parsed);
    return *read;
}
std::size_t stops(std::string_view value) {
    CAPTURE(value);
    auto const read = sdp::read_chatroom(value);
    CHECK_FALSE(read);
    CHECK(read.error() == sdp::parse_chatroom(value).error());
    CHECK(read.error().code == sdp::error::bad_chatroom);
    CHECK(read.error().field == "a=chatroom");
    return static_cast<std::size_t>(read.error().offset);
}

}  // namespace

TEST_CASE("CHAT-8-1 chatroom tokens are read, nicknames as nickname, in any case") {
    auto const both = room("nickname private-messages org.example.poll x~1");
    CHECK(both.nickname);
    CHECK(both.private_messages);
    CHECK(both.extensions == 2);
    CHECK_FALSE(both.repeated);
    CHECK(room("nicknames").nickname);
    CHECK(room("NickName").nickname);
    CHECK(room("Private-Messages").private_messages);
    CHECK_FALSE(room("private-messages").nickname);
    std::vector<std::string_view> tokens;
    both.for_each_token([&](std::string_view t) {
        tokens.push_back(t);
        return tokens.size() < 3;
    });
    CHECK(tokens == std::vector{"nickname"sv, "private-messages"sv, "org.example.poll"sv});
    CHECK_FALSE(room("nickname nicknames").repeated);
    CHECK(room("a nickname A").repeated);
    CHECK(room("a a b b").repeated);
    CHECK_FALSE(room("private-messages") == room("nickname"));
    CHECK(room("nickname nickname").nickname);
}

TEST_CASE("CHAT-8-1 a=chatroom alone is one without anything") {
    sdp::attribute a{"chatroom", "", false, 0, 0, 1};
    CHECK(*sdp::read_chatroom(a) == sdp::chatroom{});
    std::size_t tokens = 0;
    sdp::chatroom{}.for_each_token([&](std::string_view) { return ++tokens != 0; });
    CHECK(tokens == 0);
    a.has_value = true;
    CHECK_FALSE(sdp::read_chatroom(a));
    a.value = "nickname";
    CHECK(sdp::read_chatroom(a)->nickname);
}

TEST_CASE("CHAT-8-1 malformed chatroom values are refused where they go wrong") {
    CHECK(stops("") == 0);
    CHECK(stops(" nickname") == 0);
    CHECK(stops("nickname ") == 9);
    CHECK(stops("nickname  a") == 9);
    CHECK(stops("a,b") == 1);
    CHECK(stops("a#") == 1);  // in SDP's token, not in SIP's
}

TEST_CASE("CHAT-8-1 T26 repeated tokens are looked for among the first 32") {
    std::string text;
    for (int i = 1; i < 32; ++i) text += "t" + std::to_string(i) + " ";
    CHECK(room(text + "t1").repeated);
    CHECK_FALSE(room(text + "t32 t1").repeated);
    CHECK(room(text + "t32 t1").extensions == 33);
}

TEST_CASE("CHAT-8-1 values are compared whole") {
    auto const same = room("nickname private-messages x");
    CHECK(same == room("nickname private-messages x"));
    for (auto const* other : {"nickname private-messages y", "x-ckname private-messages x",
                              "nickname", "nickname private-messages x x"})
        CHECK_FALSE(same == room(other));
    auto const differs = [&](auto&& change) {
        auto copy = same;
        change(copy);
        return !(copy == same);
    };
    CHECK(differs([](auto& c) { c.nickname = false; }));
    CHECK(differs([](auto& c) { c.private_messages = false; }));
    CHECK(differs([](auto& c) { ++c.extensions; }));
    CHECK(differs([](auto& c) { c.repeated = true; }));
}

TEST_CASE("CHAT-8-1 the tokens to write") {
    CHECK(sdp::chatroom_tokens(false, false).empty());
    CHECK(sdp::chatroom_tokens(true, false) == "nickname");
    CHECK(sdp::chatroom_tokens(false, true) == "private-messages");
    auto const both = room(sdp::chatroom_tokens(true, true));
    CHECK(both.nickname);
    CHECK(both.private_messages);
}
