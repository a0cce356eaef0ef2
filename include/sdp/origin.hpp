// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// origin.hpp - the o= line: who made the session, and which version of it this is.
#pragma once

#include <cstddef>
#include <string_view>

#include <sdp/detail/fields.hpp>
#include <wire/result.hpp>

namespace sdp::inline v0 {

/// `username SP sess-id SP sess-version SP nettype SP addrtype SP unicast-address` (RFC 8866, 5.2),
/// as views into the text. The numbers have no upper bound, so they stay text.
struct origin {
    std::string_view username{};
    std::string_view session_id{};
    std::string_view session_version{};
    std::string_view net_type{};
    std::string_view address_type{};
    std::string_view address{};

    /// The same session: all but the version are equal (RFC 8866, 5.2).
    [[nodiscard]] bool same_session(origin const& other) const noexcept {
        return username == other.username && session_id == other.session_id &&
               net_type == other.net_type && address_type == other.address_type &&
               address == other.address;
    }
    friend bool operator==(origin const&, origin const&) = default;
};

/// Reads the value of an o= line. Linear, no allocation.
/// @return views of `value`; `bad_origin`.
[[nodiscard]] inline wire::result<origin> read_origin(std::string_view value) noexcept {
    using detail::non_ws;
    using detail::token_char;
    detail::cursor in(value);
    origin o;
    if (!in.some(non_ws, o.username) || !in.octet(' ') || !in.some(wire::digit, o.session_id) ||
        !in.octet(' ') || !in.some(wire::digit, o.session_version) || !in.octet(' ') ||
        !in.some(token_char, o.net_type) || !in.octet(' ') ||
        !in.some(token_char, o.address_type) || !in.octet(' ') || !in.some(non_ws, o.address) ||
        !in.done())
        return in.fail(error::bad_origin, "o=");
    return o;
}

}  // namespace sdp::inline v0
