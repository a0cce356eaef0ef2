// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// parse_path.hpp - a list of MSRP-URIs by its grammar: the definition that `read_path` is held to.
#pragma once

#include <string_view>

#include <msrp/detail/grammar_uri.hpp>
#include <msrp/error.hpp>
#include <msrp/path.hpp>
#include <wire/result.hpp>

namespace msrp::inline v0 {

/// Parses the value of To-Path, From-Path or Use-Path, the whole of `text`. Linear, no allocation.
/// @param options as for `read_path`.
/// @return exactly what `read_path` returns: a view of `text`, or the same code at the same offset.
[[nodiscard]] inline wire::result<path_view> parse_path(std::string_view text,
                                                        path_options const& options = {}) noexcept {
    detail::grammar::frame<detail::grammar::path_value> f(text, error::bad_uri);
    f.value.max_uris = options.max_uris;
    f.allow.several_blanks = options.several_blanks;
    f.allow.ipv6_without_brackets = options.ipv6_without_brackets;
    if (!run_grammar(detail::grammar::path_text, f)) return f.failed();
    return path_view(text, f.value.count);
}

}  // namespace msrp::inline v0
