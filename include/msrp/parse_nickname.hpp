// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// parse_nickname.hpp - Use-Nickname by its grammar.
#pragma once

#include <string_view>

#include <msrp/detail/grammar_mime.hpp>
#include <msrp/error.hpp>
#include <msrp/escaped_text.hpp>
#include <msrp/limits.hpp>
#include <wire/result.hpp>

namespace msrp::inline v0 {

/// Parses the value of Use-Nickname, the whole of `text` (CHAT-7.1-1): a quoted nickname of 1 to
/// 1023 octets, or `""`, which removes it (CHAT-7.3-1). Linear, no allocation.
/// @return the nickname as a view into `text`, escapes undone when asked; `bad_nickname` at the
/// first
///         octet at which it cannot go on, or that is one too many.
[[nodiscard]] inline wire::result<escaped_text> parse_nickname(
    std::string_view text, leniency const& lenient = {}) noexcept {
    detail::grammar::frame<detail::grammar::nickname_value> f(text, error::bad_nickname);
    f.allow = lenient;
    if (!run_grammar(detail::grammar::nickname_text, f)) return f.failed();
    return escaped_text(f.value.raw);
}

}  // namespace msrp::inline v0
