// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// parse_byte_range.hpp - Byte-Range by its grammar: the definition that `read_byte_range` is held
// to.
#pragma once

#include <string_view>

#include <msrp/byte_range.hpp>
#include <msrp/detail/grammar_fields.hpp>
#include <msrp/error.hpp>
#include <wire/result.hpp>

namespace msrp::inline v0 {

/// Parses a Byte-Range value, the whole of `text` (CHK-7.1.1-3, T5, T6). Linear, no allocation.
/// @return exactly what `read_byte_range` returns.
[[nodiscard]] inline wire::result<byte_range> parse_byte_range(std::string_view text) noexcept {
    detail::grammar::frame<byte_range> f(text, error::bad_byte_range);
    if (!run_grammar(detail::grammar::byte_range_text, f)) return f.failed();
    return f.value;
}

}  // namespace msrp::inline v0
