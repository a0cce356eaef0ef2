// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// scan.hpp - find a delimiter in a text that grows, never looking twice at the same octet.
#pragma once

#include <cstddef>
#include <string_view>

namespace wire::inline v0 {

/// Finds the next LF in a text of which more and more becomes known. It remembers where it stopped:
/// the octets looked at are those of the text, once each.
class line_scanner {
   public:
    /// Begin anew at the start of a text.
    void reset() noexcept { seen_ = 0; }

    /// Octets already looked at.
    [[nodiscard]] std::size_t seen() const noexcept { return seen_; }

    /// @param text the whole text known so far; it begins where it began at the last call.
    /// @return the position of the first LF, `npos` where there is none yet. After a hit, cut the
    ///         line off and call `reset`. Linear over all calls together.
    [[nodiscard]] std::size_t find(std::string_view text) noexcept {
        auto const at = text.find('\n', seen_);
        seen_ = at == std::string_view::npos ? text.size() : at;
        return at;
    }

   private:
    std::size_t seen_ = 0;
};

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
