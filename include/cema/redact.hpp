// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// redact.hpp - a text with the session-ids of its MSRP-URIs blotted out, for logs.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include <msrp/redact.hpp>

namespace cema::inline v0 {

/// A copy of a text (a description, or anything else) as `msrp::session_id_redactor` shows it.
template <class Allocator = std::allocator<char>>
[[nodiscard]] std::basic_string<char, std::char_traits<char>, Allocator> redact_session_ids(
    std::string_view text, Allocator const& allocator = Allocator()) {
    std::basic_string<char, std::char_traits<char>, Allocator> out(allocator);
    out.reserve(text.size());
    msrp::session_id_redactor redact;
    redact(text, [&out](std::string_view shown) { out.append(shown); });
    return out;
}

}  // namespace cema::inline v0
