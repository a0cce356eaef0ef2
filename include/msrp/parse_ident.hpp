// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// parse_ident.hpp - ident by its grammar: the definition that `read_ident` is held to.
#pragma once

#include <string_view>

#include <msrp/detail/grammar_fields.hpp>
#include <msrp/error.hpp>
#include <msrp/ident.hpp>
#include <wire/result.hpp>

namespace msrp::inline v0 {

/// Parses a Message-ID or transaction id, the whole of `text` (FRM-7.1-1). Linear, no allocation.
/// @return exactly what `read_ident` returns: the text, or `bad_ident` at the same offset.
[[nodiscard]] inline wire::result<std::string_view> parse_ident(std::string_view text) noexcept {
    struct nothing {};
    detail::grammar::frame<nothing> f(text, error::bad_ident);
    if (!run_grammar(detail::grammar::ident_text, f)) return f.failed();
    return text;
}

}  // namespace msrp::inline v0
