// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// grammar_chatroom.hpp - the normative grammar of a=chatroom: RFC 7701, section 8, as Spirit X3
// rules. No errata.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include <sdp/chatroom.hpp>
#include <sdp/detail/grammar_values.hpp>

namespace sdp::inline v0::detail::grammar {

struct chatroom_values : kept_values {
    chatroom room{};
    std::array<std::string_view, 32> tokens{};
    std::size_t count = 0;
};

// chat-token = nicknames-token / private-msg-token / ext-token
// nicknames-token = "nickname"; private-msg-token = "private-messages"
// ext-token = private-token / standard-token ; both are tokens of RFC 3261, as are the names
struct keep_chat_token {
    void operator()(chatroom_values& v, std::string_view text) const noexcept {
        bool const nickname = wire::iequals(text, "nickname") || wire::iequals(text, "nicknames");
        bool const messages = wire::iequals(text, "private-messages");
        v.room.nickname = v.room.nickname || nickname;
        v.room.private_messages = v.room.private_messages || messages;
        v.room.extensions += nickname || messages ? 0U : 1U;
        if (v.count == v.tokens.size()) return;
        for (std::size_t i = 0; i < v.count; ++i)
            if (wire::iequals(v.tokens[i], text)) v.room.repeated = true;
        v.tokens[v.count++] = text;
    }
};
inline constexpr auto chat_token = keep_text<keep_chat_token>(+octet_of<sip_token_char>{});
// chatroom-attr = chatroom-label [":" chat-token *(SP chat-token)]
inline constexpr auto chatroom_value = chat_token >> *(sp >> chat_token);

}  // namespace sdp::inline v0::detail::grammar
