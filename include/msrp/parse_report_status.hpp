// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// parse_report_status.hpp - Status by its grammar: the definition that `read_status` is held to.
#pragma once

#include <string_view>

#include <msrp/detail/grammar_fields.hpp>
#include <msrp/error.hpp>
#include <msrp/status.hpp>
#include <wire/result.hpp>

namespace msrp::inline v0 {

/// Parses a Status value, the whole of `text` (RPT-7.1.2-1). Linear, no allocation.
/// @return exactly what `read_status` returns; the comment is a view into `text`.
[[nodiscard]] inline wire::result<report_status> parse_report_status(
    std::string_view text, bool loose_utf8 = false) noexcept {
    detail::grammar::frame<report_status> f(text, error::bad_status);
    f.allow.loose_utf8 = loose_utf8;
    if (!run_grammar(detail::grammar::status_text, f)) return f.failed();
    return f.value;
}

}  // namespace msrp::inline v0
