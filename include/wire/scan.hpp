// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// scan.hpp - split a text at a delimiter.
#pragma once

#include <string_view>

namespace wire::inline v0 {

/// What stands before and after the first `delimiter`; all of it before, and nothing after, where
/// there is none. Views into `text`.
struct split_text {
    std::string_view before;
    std::string_view after;
    bool found;
};
[[nodiscard]] constexpr split_text split_at(std::string_view text, char delimiter) noexcept {
    auto const at = text.find(delimiter);
    if (at == std::string_view::npos) return {text, {}, false};
    return {text.substr(0, at), text.substr(at + 1), true};
}

/// Calls `f(piece)` for each piece of `text` between single `delimiter`s, in order (an empty text
/// has one empty piece), until `f` returns false. Linear.
template <class F>
constexpr void for_each_piece(std::string_view text, char delimiter, F&& f) {
    for (;;) {
        auto const parts = split_at(text, delimiter);
        if (!f(parts.before) || !parts.found) return;
        text = parts.after;
    }
}

}  // namespace wire::inline v0
