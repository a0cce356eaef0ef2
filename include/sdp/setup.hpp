// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// setup.hpp - a=setup: which side opens the connection, with the default and the pairs allowed.
#pragma once

#include <optional>
#include <string_view>

#include <sdp/description.hpp>
#include <sdp/media.hpp>
#include <wire/charset.hpp>

namespace sdp::inline v0 {

/// `role` (RFC 4145, section 4).
enum class setup : unsigned char { active, passive, actpass, holdconn };

/// Reads the value of a=setup; nothing for any other text. The letters' case does not count, as for
/// every literal of RFC 5234.
[[nodiscard]] constexpr std::optional<setup> parse_setup(std::string_view value) noexcept {
    if (wire::iequals(value, "active")) return setup::active;
    if (wire::iequals(value, "passive")) return setup::passive;
    if (wire::iequals(value, "actpass")) return setup::actpass;
    if (wire::iequals(value, "holdconn")) return setup::holdconn;
    return std::nullopt;
}
[[nodiscard]] constexpr std::string_view to_text(setup role) noexcept {
    switch (role) {
        case setup::active: return "active";
        case setup::passive: return "passive";
        case setup::actpass: return "actpass";
        case setup::holdconn: return "holdconn";
    }
    return {};
}

/// What was received: the media description's a=setup, else the session's (an unknown value of its
/// own hides it); nothing where there is none or the value is unknown. holdconn is told as it is.
/// Linear in the lines of the media description, no allocation; never fails.
[[nodiscard]] inline std::optional<setup> received_setup(media_view const& media) noexcept {
    auto a = media.attributes().find("setup");
    if (!a) a = media.session_setup();
    return a ? parse_setup(a->value) : std::nullopt;
}

/// The role of an offer, by the default where it is absent: the offerer is active (SDP-4145-1).
/// holdconn counts as absent, as MSRP has it (ALT-4.2.1-1).
[[nodiscard]] constexpr setup offered_setup(std::optional<setup> received) noexcept {
    return received.value_or(setup::holdconn) == setup::holdconn ? setup::active : *received;
}
/// The role of an answer, by the default where it is absent: the answerer is passive (SDP-4145-1).
/// holdconn counts as absent, as MSRP has it (ALT-4.2.1-1).
[[nodiscard]] constexpr setup answered_setup(std::optional<setup> received) noexcept {
    return received.value_or(setup::holdconn) == setup::holdconn ? setup::passive : *received;
}

/// The pairs of RFC 4145, 4.1, on what stands in the descriptions: active with passive or holdconn,
/// passive with active or holdconn, actpass with active, passive or holdconn, holdconn with
/// holdconn.
[[nodiscard]] constexpr bool setup_fits(setup offer, setup answer) noexcept {
    if (answer == setup::holdconn) return true;
    switch (offer) {
        case setup::active: return answer == setup::passive;
        case setup::passive: return answer == setup::active;
        case setup::actpass: return answer != setup::actpass;
        case setup::holdconn: return false;
    }
    return false;
}

}  // namespace sdp::inline v0
