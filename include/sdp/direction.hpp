// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// direction.hpp - sendrecv, sendonly, recvonly, inactive: what applies, and what may answer what.
#pragma once

#include <optional>
#include <string_view>

#include <sdp/attribute.hpp>
#include <sdp/media.hpp>

namespace sdp::inline v0 {

/// The direction attributes (RFC 8866, 6.7), seen from whoever wrote them.
enum class direction : unsigned char { inactive = 0, sendonly = 1, recvonly = 2, sendrecv = 3 };

/// The direction an attribute name stands for; nothing for any other name.
[[nodiscard]] constexpr std::optional<direction> parse_direction(std::string_view name) noexcept {
    if (name == "sendrecv") return direction::sendrecv;
    if (name == "sendonly") return direction::sendonly;
    if (name == "recvonly") return direction::recvonly;
    if (name == "inactive") return direction::inactive;
    return std::nullopt;
}
[[nodiscard]] constexpr std::string_view to_text(direction d) noexcept {
    switch (d) {
        case direction::sendrecv: return "sendrecv";
        case direction::sendonly: return "sendonly";
        case direction::recvonly: return "recvonly";
        case direction::inactive: return "inactive";
    }
    return {};
}
[[nodiscard]] constexpr bool sends(direction d) noexcept {
    return (static_cast<unsigned>(d) & 1U) != 0;
}
[[nodiscard]] constexpr bool receives(direction d) noexcept {
    return (static_cast<unsigned>(d) & 2U) != 0;
}
/// The same flow seen from the other side.
[[nodiscard]] constexpr direction reversed(direction d) noexcept {
    auto const bits = static_cast<unsigned>(d);
    return static_cast<direction>((bits & 1U) << 1U | bits >> 1U);
}
/// May `answer` answer `offer`? It sends only what the offer receives, and receives only what the
/// offer sends (RFC 3264, 6.1).
[[nodiscard]] constexpr bool direction_fits(direction offer, direction answer) noexcept {
    auto const most = static_cast<unsigned>(reversed(offer));
    return (static_cast<unsigned>(answer) & ~most) == 0;
}

/// The first direction attribute of a level; nothing where there is none.
[[nodiscard]] inline std::optional<direction> find_direction(
    attribute_range const& attributes) noexcept {
    for (attribute const a : attributes) {
        if (a.has_value) continue;
        if (auto const d = parse_direction(a.name)) return d;
    }
    return std::nullopt;
}
/// The direction that applies: the media description's, else the session's, else sendrecv.
[[nodiscard]] inline direction effective_direction(media_view const& media) noexcept {
    if (auto const own = find_direction(media.attributes())) return *own;
    auto const session = media.session_direction();
    return session ? parse_direction(session->name).value_or(direction::sendrecv)
                   : direction::sendrecv;
}

}  // namespace sdp::inline v0
