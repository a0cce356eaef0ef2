// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// parse_media_type.hpp - Content-Type by its grammar.
#pragma once

#include <string_view>

#include <msrp/detail/grammar_mime.hpp>
#include <msrp/error.hpp>
#include <msrp/limits.hpp>
#include <msrp/mime.hpp>
#include <wire/result.hpp>

namespace msrp::inline v0 {

/// Parses the value of Content-Type, the whole of `text` (RFC 4975, section 9). Linear, no
/// allocation.
/// @param lenient `blanks_in_media_type` and `loose_utf8` count here.
/// @return views into `text`; `bad_content_type` at the first octet at which it cannot go on.
[[nodiscard]] inline wire::result<media_type> parse_media_type(
    std::string_view text, leniency const& lenient = {}) noexcept {
    detail::grammar::frame<media_type> f(text, error::bad_content_type);
    f.allow = lenient;
    if (!run_grammar(detail::grammar::media_type_text, f)) return f.failed();
    return f.value;
}

}  // namespace msrp::inline v0
