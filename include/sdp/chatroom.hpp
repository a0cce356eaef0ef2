// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// chatroom.hpp - a=chatroom: what a chat room or a client of it can do (RFC 7701, section 8).
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include <sdp/attribute.hpp>
#include <sdp/detail/fields.hpp>
#include <sdp/detail/values.hpp>
#include <sdp/error.hpp>
#include <wire/charset.hpp>
#include <wire/result.hpp>

namespace sdp::inline v0 {

/// The value of a=chatroom (CHAT-8-1), a view into the text. It declares, it does not negotiate: an
/// answer may have it whatever the offer said, and where it is absent later it is off again.
struct chatroom {
    std::string_view text{};        ///< all tokens, as sent; empty where there are none
    bool nickname = false;          ///< `nickname`, or `nicknames` as parts of the RFC spell it
    bool private_messages = false;  ///< `private-messages`
    std::size_t extensions = 0;     ///< further tokens
    bool repeated = false;          ///< a token stood twice; looked for among the first 32

    /// Calls `f(std::string_view)` for each token in order, until it returns false. Linear.
    template <class F>
    constexpr void for_each_token(F&& f) const {
        for (auto rest = text; !rest.empty();) {
            auto const end = rest.find(' ');
            if (!f(rest.substr(0, end)) || end == std::string_view::npos) return;
            rest.remove_prefix(end + 1);
        }
    }
    friend constexpr bool operator==(chatroom const&, chatroom const&) = default;
};

/// Reads `chat-token *(SP chat-token)`, tokens of RFC 3261; names in any case. Linear, no
/// allocation.
/// @return a view of `value`; `bad_chatroom`.
[[nodiscard]] inline wire::result<chatroom> read_chatroom(std::string_view value) noexcept {
    constexpr std::size_t compared = 32;
    detail::cursor in(value);
    chatroom out;
    out.text = value;
    std::size_t count = 0;
    do {
        std::string_view token;
        if (!in.some(detail::sip_token_char, token))
            return in.fail(error::bad_chatroom, "a=chatroom");
        if (count != 0 && count < compared && !out.repeated) {
            auto left = count;
            out.for_each_token([&](std::string_view before) {
                out.repeated = wire::iequals(before, token);
                return --left != 0 && !out.repeated;
            });
        }
        ++count;
        if (wire::iequals(token, "nickname") || wire::iequals(token, "nicknames"))
            out.nickname = true;
        else if (wire::iequals(token, "private-messages"))
            out.private_messages = true;
        else
            ++out.extensions;
    } while (in.octet(' '));
    if (!in.done()) return in.fail(error::bad_chatroom, "a=chatroom");
    return out;
}
/// `a=chatroom` alone is a chat room without nicknames and private messages.
[[nodiscard]] inline wire::result<chatroom> read_chatroom(attribute const& a) noexcept {
    if (!a.has_value) return chatroom{};
    return read_chatroom(a.value);
}

/// The tokens for a=chatroom: nothing, `nickname`, `private-messages` or both.
[[nodiscard]] constexpr std::string_view chatroom_tokens(bool nickname,
                                                         bool private_messages) noexcept {
    if (nickname && private_messages) return "nickname private-messages";
    return nickname ? "nickname" : private_messages ? "private-messages" : "";
}

}  // namespace sdp::inline v0
