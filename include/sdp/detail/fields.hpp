// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// fields.hpp - octet sets and a small left-to-right reader for the fields of one line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <sdp/error.hpp>
#include <wire/charset.hpp>
#include <wire/examined.hpp>
#include <wire/result.hpp>

namespace sdp::inline v0::detail {

/// `token-char` (RFC 8866, section 9).
inline constexpr wire::charset token_char = wire::alphanum | wire::charset("!#$%&'*+-.^_`{|}~");
/// `non-ws-string` is one or more of these: VCHAR / %x80-FF.
inline constexpr wire::charset non_ws =
    wire::charset::range(0x21, 0x7E) | wire::charset::range(0x80, 0xFF);
inline constexpr wire::charset pos_digit = wire::charset::range('1', '9');
inline constexpr wire::charset time_unit = wire::charset("dhms");

[[nodiscard]] constexpr bool is_token(std::string_view text) noexcept {
    return !text.empty() && token_char.span(text) == text.size();
}
/// `byte-string`, or nothing: no NUL, CR or LF.
[[nodiscard]] constexpr bool is_byte_text(std::string_view text) noexcept {
    for (char const c : text)
        if (c == '\0' || c == '\r' || c == '\n') return false;
    return true;
}

/// `non-ws-string`
[[nodiscard]] constexpr bool is_non_ws(std::string_view text) noexcept {
    return !text.empty() && non_ws.span(text) == text.size();
}
/// `piece *(separator piece)`, each piece a token: `proto` with "/", the list of formats with " ".
[[nodiscard]] constexpr bool are_tokens(std::string_view text, char separator) noexcept {
    for (;;) {
        auto const end = text.find(separator);
        if (!is_token(text.substr(0, end))) return false;
        if (end == std::string_view::npos) return true;
        text.remove_prefix(end + 1);
    }
}
/// A number of o= that may be written: it fits a signed number of 64 bits (RFC 3264, section 5).
inline constexpr std::uint64_t max_origin_number = 0x7FFF'FFFF'FFFF'FFFF;
[[nodiscard]] constexpr bool is_origin_number(std::string_view digits) noexcept {
    if (digits.empty() || wire::digit.span(digits) != digits.size()) return false;
    while (digits.starts_with('0')) digits.remove_prefix(1);
    constexpr std::string_view most = "9223372036854775807";
    return digits.size() < most.size() || (digits.size() == most.size() && digits <= most);
}

/// Reads fields from the left. Each step returns false where the text cannot go on; `at()` is then
/// the first octet that does not fit.
class cursor {
   public:
    explicit constexpr cursor(std::string_view text) noexcept : text_(text) {}

    [[nodiscard]] constexpr std::size_t at() const noexcept { return at_; }
    [[nodiscard]] constexpr bool done() const noexcept { return at_ == text_.size(); }
    [[nodiscard]] constexpr bool next_is(char c) const noexcept {
        MSRPKIT_EXAMINED(1);
        return at_ < text_.size() && text_[at_] == c;
    }
    [[nodiscard]] constexpr bool next_in(wire::charset const& set) const noexcept {
        MSRPKIT_EXAMINED(1);
        return at_ < text_.size() && set.contains(text_[at_]);
    }
    /// The next octet; only where there is one.
    [[nodiscard]] constexpr char peek() const noexcept { return text_[at_]; }
    [[nodiscard]] constexpr std::string_view from(std::size_t start) const noexcept {
        return {text_.data() + start, at_ - start};  // it is within
    }

    constexpr bool octet(char c) noexcept {
        if (!next_is(c)) return false;
        ++at_;
        return true;
    }
    constexpr bool one_of(wire::charset const& set) noexcept {
        if (!next_in(set)) return false;
        ++at_;
        return true;
    }
    /// `1*set`
    constexpr bool some(wire::charset const& set, std::string_view& out) noexcept {
        auto const start = at_;
        at_ += set.span({text_.data() + at_, text_.size() - at_});
        MSRPKIT_EXAMINED(at_ - start + 1);
        out = from(start);
        return at_ != start;
    }
    constexpr bool some(wire::charset const& set) noexcept {
        std::string_view ignored;
        return some(set, ignored);
    }
    /// `1*DIGIT` of a value up to `top`; stops at the digit that makes it larger.
    constexpr bool number(std::uint32_t top, std::uint32_t& out, bool& too_large) noexcept {
        std::uint64_t value = 0;
        auto const start = at_;
        for (; next_in(wire::digit); ++at_) {
            value = value * 10 + static_cast<std::uint64_t>(text_[at_] - '0');
            if (value > top) {
                too_large = true;
                return false;
            }
        }
        out = static_cast<std::uint32_t>(value);
        return at_ != start;
    }

    [[nodiscard]] wire::failure fail(error why, std::string_view field) const noexcept {
        return {make_error_code(why), at_, field};
    }

   private:
    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace sdp::inline v0::detail
