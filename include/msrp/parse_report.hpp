// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// parse_report.hpp - Success-Report and Failure-Report by their grammar.
#pragma once

#include <string_view>

#include <msrp/detail/grammar_fields.hpp>
#include <msrp/error.hpp>
#include <msrp/header.hpp>
#include <wire/result.hpp>

namespace msrp::inline v0 {

/// Parses `"yes" / "no"` in any case, the whole of `text` (TRX-7.1.1-1).
/// @return as `header_view::success_report`; `bad_report_value` at the octet that fits neither.
[[nodiscard]] inline wire::result<report_value> parse_success_report(
    std::string_view text) noexcept {
    detail::grammar::frame<detail::grammar::report_request> f(text, error::bad_report_value);
    if (!run_grammar(detail::grammar::success_report_text, f)) return f.failed();
    return f.value.value;
}

/// Parses `"yes" / "no" / "partial"` in any case, the whole of `text` (TRX-7.1.1-1).
/// @return as `header_view::failure_report`; `bad_report_value` at the octet that fits none.
[[nodiscard]] inline wire::result<report_value> parse_failure_report(
    std::string_view text) noexcept {
    detail::grammar::frame<detail::grammar::report_request> f(text, error::bad_report_value);
    if (!run_grammar(detail::grammar::failure_report_text, f)) return f.failed();
    return f.value.value;
}

}  // namespace msrp::inline v0
