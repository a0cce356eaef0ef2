// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// parse_start_line.hpp - the first line of a request or response by its grammar.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <msrp/detail/grammar_fields.hpp>
#include <msrp/error.hpp>
#include <msrp/method.hpp>
#include <wire/result.hpp>

namespace msrp::inline v0 {

/// A start line as views into the text that was parsed.
struct start_line_view {
    std::string_view transaction_id{};
    msrp::method method = msrp::method::none;   ///< none: a response
    std::string_view method_name{};             ///< empty in a response
    std::uint16_t status = 0;                   ///< 0 in a request
    std::optional<std::string_view> comment{};  ///< of a response; may be there and empty
};

/// Parses a request or response line without its CRLF, the whole of `text` (FRM-7.1-1, FRM-9-2,
/// T11). Linear, no allocation.
/// @return views into `text`, the same that the chunk parser takes; `bad_start_line`,
///         `bad_transaction_id` or, in the comment, `bad_utf8`; `field` is "start-line".
[[nodiscard]] inline wire::result<start_line_view> parse_start_line(
    std::string_view text, bool loose_utf8 = false) noexcept {
    detail::grammar::frame<start_line_view> f(text, error::bad_start_line);
    f.allow.loose_utf8 = loose_utf8;
    if (!run_grammar(detail::grammar::start_line_text<start_line_view>, f))
        return f.failed().at(0, "start-line");
    if (!f.value.method_name.empty()) f.value.method = method_of(f.value.method_name);
    return f.value;
}

}  // namespace msrp::inline v0
