// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// parse_digest.hpp - WWW-Authenticate, Authorization and Authentication-Info by their grammar.
#pragma once

#include <string_view>

#include <msrp/detail/grammar_digest.hpp>
#include <msrp/digest_view.hpp>
#include <msrp/error.hpp>
#include <msrp/limits.hpp>
#include <wire/result.hpp>

namespace msrp::inline v0 {

namespace detail {

template <class Grammar>
[[nodiscard]] wire::result<digest_view> parse_digest(Grammar const& grammar, digest_kind kind,
                                                     std::string_view text,
                                                     leniency const& lenient) noexcept {
    detail::grammar::frame<detail::grammar::digest_value> f(text, error::bad_authentication);
    f.allow = lenient;
    if (!run_grammar(grammar, f)) return f.failed();
    return digest_view{kind, f.value.scheme, parameter_list(f.value.parameters, ',')};
}

}  // namespace detail

/// Parses the value of WWW-Authenticate, the whole of `text` (RFC 4976, section 7; RLY-9.1-3,
/// RLY-9.1-4, T12): quoted where the grammar quotes and nowhere else, no parameter twice, at most
/// 32 of them; unknown ones are kept. Which must be there, `digest_view::missing` tells. Linear, no
/// allocation.
/// @return views into `text`; `bad_authentication` at the first octet at which it cannot go on; for
///         a second parameter of a name, at its "=".
[[nodiscard]] inline wire::result<digest_view> parse_www_authenticate(
    std::string_view text, leniency const& lenient = {}) noexcept {
    return detail::parse_digest(detail::grammar::challenge_text, digest_kind::challenge, text,
                                lenient);
}

/// Parses the value of Authorization, as `parse_www_authenticate` does. `response` has 32
/// lower-case hexadecimal digits, under the leniency `sha256_response` also 64; `uri`, which RFC
/// 4976 forgot, is read where quoted.
[[nodiscard]] inline wire::result<digest_view> parse_authorization(
    std::string_view text, leniency const& lenient = {}) noexcept {
    return detail::parse_digest(detail::grammar::credentials_text, digest_kind::credentials, text,
                                lenient);
}

/// Parses the value of Authentication-Info, as `parse_www_authenticate` does. It has no scheme, no
/// other parameters than those of the grammar, and no blanks; behind a comma they are read under
/// the leniency `blanks_in_authentication_info`.
[[nodiscard]] inline wire::result<digest_view> parse_authentication_info(
    std::string_view text, leniency const& lenient = {}) noexcept {
    return detail::parse_digest(detail::grammar::authentication_info_text, digest_kind::info, text,
                                lenient);
}

}  // namespace msrp::inline v0
