// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// parse_uri.hpp - MSRP-URI by its grammar: the definition that `read_uri` is held equal to.
#pragma once

#include <string_view>
#include <utility>

#include <msrp/detail/grammar_uri.hpp>
#include <msrp/error.hpp>
#include <msrp/uri.hpp>
#include <wire/result.hpp>

namespace msrp::inline v0 {

/// Parses an MSRP-URI, the whole of `text` (URI-6-1, URI-6-2, URI-7977-1). Linear, no allocation.
/// @param options as for `read_uri`.
/// @return exactly what `read_uri` returns: views into `text`, or the same code at the same offset.
[[nodiscard]] inline wire::result<uri> parse_uri(std::string_view text,
                                                 uri_options options = {}) noexcept {
    wire::result<uri> out(std::in_place);  // filled where it stands: it is long
    detail::grammar::quick_frame<uri> f{text, *out};
    f.allow.ipv6_without_brackets = options.ipv6_without_brackets;
    if (!run_grammar(detail::grammar::one_uri, f)) out = detail::grammar::why_no_uri(text, options);
    return out;
}

}  // namespace msrp::inline v0
