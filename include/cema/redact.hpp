// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// redact.hpp - a text with the session-ids of its MSRP-URIs blotted out, for logs.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include <wire/charset.hpp>

namespace cema::inline v0 {

/// Copies a text (a description, or anything else) and puts one `*` in place of what stands as
/// session-id in each `msrp://` or `msrps://` URI, wherever it is and however malformed its rest:
/// all between the authority's "/" and the next ";", blank or line end. Linear.
template <class Allocator = std::allocator<char>>
[[nodiscard]] std::basic_string<char, std::char_traits<char>, Allocator> redact_session_ids(
    std::string_view text, Allocator const& allocator = Allocator()) {
    auto const ends = [](char c, bool with_slash) {
        return c == ';' || c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\0' ||
               (with_slash && c == '/');
    };
    std::basic_string<char, std::char_traits<char>, Allocator> out(allocator);
    out.reserve(text.size());
    std::size_t copied = 0;
    for (auto at = text.find("://"); at != std::string_view::npos; at = text.find("://", at)) {
        auto const before = text.substr(0, at);
        auto const is = [before](std::string_view scheme) {
            return before.size() >= scheme.size() &&
                   wire::iequals(before.substr(before.size() - scheme.size()), scheme);
        };
        at += 3;
        if (!is("msrp") && !is("msrps")) continue;
        while (at < text.size() && !ends(text[at], true)) ++at;
        if (at == text.size() || text[at] != '/') continue;
        out.append(text.substr(copied, ++at - copied));
        while (at < text.size() && !ends(text[at], false)) ++at;
        out.append(1, '*');
        copied = at;
    }
    out.append(text.substr(copied));
    return out;
}

}  // namespace cema::inline v0
