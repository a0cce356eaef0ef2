// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// parse_mime.hpp - Content-ID, Content-Description and Content-Disposition by their grammar.
#pragma once

#include <string_view>

#include <msrp/detail/grammar_mime.hpp>
#include <msrp/error.hpp>
#include <msrp/limits.hpp>
#include <msrp/mime.hpp>
#include <wire/result.hpp>

namespace msrp::inline v0 {

/// Parses the value of Content-ID, the whole of `text` (RFC 2045, section 7). Linear, no
/// allocation.
/// @return views into `text`; `bad_mime_field` at the first octet at which it cannot go on.
[[nodiscard]] inline wire::result<content_id> parse_content_id(
    std::string_view text, leniency const& lenient = {}) noexcept {
    detail::grammar::frame<content_id> f(text, error::bad_mime_field);
    f.allow = lenient;
    if (!run_grammar(detail::grammar::content_id_text, f)) return f.failed();
    return f.value;
}

/// Parses the value of Content-Description, the whole of `text` (RFC 2045, section 8): any text.
/// @return `text`; `bad_mime_field` at the first octet at which it cannot go on.
[[nodiscard]] inline wire::result<std::string_view> parse_content_description(
    std::string_view text, leniency const& lenient = {}) noexcept {
    detail::grammar::frame<content_id> f(text, error::bad_mime_field);
    f.allow = lenient;
    if (!run_grammar(detail::grammar::content_description_text, f)) return f.failed();
    return text;
}

/// Parses the value of Content-Disposition, the whole of `text` (HDR-7.1.1-1, RFC 2183, section 2).
/// Blanks round ";" and "=" are MIME's own. Linear, no allocation.
/// @return views into `text`; `bad_mime_field` at the first octet at which it cannot go on.
[[nodiscard]] inline wire::result<content_disposition> parse_content_disposition(
    std::string_view text, leniency const& lenient = {}) noexcept {
    detail::grammar::frame<content_disposition> f(text, error::bad_mime_field);
    f.allow = lenient;
    if (!run_grammar(detail::grammar::content_disposition_text, f)) return f.failed();
    return f.value;
}

}  // namespace msrp::inline v0
