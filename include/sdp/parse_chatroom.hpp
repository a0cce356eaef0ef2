// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// parse_chatroom.hpp - a=chatroom by the X3 grammar, which is the definition.
#pragma once

#include <string_view>

#include <sdp/chatroom.hpp>
#include <sdp/detail/grammar_chatroom.hpp>
#include <sdp/error.hpp>
#include <wire/result.hpp>

namespace sdp::inline v0 {

/// As `read_chatroom`, value and failure; a fuzz target holds them together. Needs RTTI (X3's own
/// demand), throws and allocates nothing.
[[nodiscard]] inline wire::result<chatroom> parse_chatroom(std::string_view value) noexcept {
    detail::grammar::chatroom_values values;
    values.room.text = value;
    if (auto const good = detail::grammar::parse_value(value, detail::grammar::chatroom_value,
                                                       values, error::bad_chatroom, "a=chatroom");
        !good)
        return good.error();
    return values.room;
}

}  // namespace sdp::inline v0
