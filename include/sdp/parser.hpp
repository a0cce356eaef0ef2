// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// parser.hpp - text to description.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <sdp/description.hpp>
#include <sdp/limits.hpp>
#include <wire/result.hpp>

namespace sdp::inline v0 {

/// Reads a session description (RFC 8866, sections 5 and 9; SDP-8866-1): every line against its
/// production, and the order of lines. LF is read as line end like CRLF. An unknown type letter
/// refuses; an unknown attribute, or a known one with a malformed value, never does.
///
/// Taken as text, not looked into: s= and i= (not empty), k= (anything: it is to be discarded).
///
/// @param text whole description; the result holds views into it.
/// @param limit sizes in octets and counts; passing one is a failure of condition `limit`.
/// @param lenient departures to read; all off by default.
/// @return the description, or a failure: its offset is that of the first octet at which the text
///         cannot be continued to a description (the text's size where it stops too early), its
///         field the line's type (`"m="`).
/// Linear, no allocation.
[[nodiscard]] inline wire::result<description_view> parse(std::string_view text,
                                                          limits const& limit = {},
                                                          leniency const& lenient = {}) noexcept {
    return description_view::read(text, limit, lenient);
}

/// The number of the line, from 1, in which an offset lies: to show a failure to a person. Linear.
[[nodiscard]] inline std::size_t line_number_at(std::string_view text,
                                                std::uint64_t offset) noexcept {
    auto const before =
        text.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(offset, text.size())));
    return 1 + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
}

}  // namespace sdp::inline v0
