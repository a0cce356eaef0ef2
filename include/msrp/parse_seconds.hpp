// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// parse_seconds.hpp - Expires, Min-Expires and Max-Expires by their grammar.
#pragma once

#include <cstdint>
#include <string_view>

#include <msrp/detail/grammar_fields.hpp>
#include <msrp/error.hpp>
#include <wire/result.hpp>

namespace msrp::inline v0 {

/// Parses `1*DIGIT` seconds, the whole of `text` (RLY-4.6-1, T5, T6). Linear, no allocation.
/// @return the seconds, exact up to 2^64-1, as `header_view::seconds` gives them; `bad_number`
/// where
///         a digit was wanted, `number_too_large` at the digit that passes 2^64-1.
[[nodiscard]] inline wire::result<std::uint64_t> parse_seconds(std::string_view text) noexcept {
    detail::grammar::frame<detail::grammar::seconds_value> f(text, error::bad_number);
    if (!run_grammar(detail::grammar::seconds_text, f)) return f.failed();
    return f.value.seconds;
}

}  // namespace msrp::inline v0
