// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// parse_header_line.hpp - one header line by its grammar: name, colon, blank, text.
#pragma once

#include <string_view>

#include <msrp/detail/grammar_fields.hpp>
#include <msrp/error.hpp>
#include <msrp/header.hpp>
#include <msrp/limits.hpp>
#include <wire/result.hpp>

namespace msrp::inline v0 {

/// Parses a header line without its CRLF, the whole of `text` (FRM-9-2, FRM-9-3, T8, T9, T11): its
/// form only, whatever the field. Linear, no allocation.
/// @return views into `text`, the same that the chunk parser takes; `bad_header_line` or, in the
///         value, `bad_utf8`; `field` is the field's canonical name or "header".
[[nodiscard]] inline wire::result<header_field> parse_header_line(
    std::string_view text, leniency const& lenient = {}) noexcept {
    detail::grammar::frame<header_field> f(text, error::bad_header_line);
    f.value.id = field::other;
    f.allow = lenient;
    if (run_grammar(detail::grammar::header_line_text, f)) return f.value;
    auto const name = canonical_name(f.value.id);
    return f.failed().at(0, name.empty() ? "header" : name);
}

}  // namespace msrp::inline v0
