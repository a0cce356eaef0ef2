// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// parse_file.hpp - the file attributes of RFC 5547 by the X3 grammar, which is the definition.
#pragma once

#include <string_view>

#include <sdp/detail/grammar_file.hpp>
#include <sdp/error.hpp>
#include <sdp/file.hpp>
#include <wire/result.hpp>

namespace sdp::inline v0 {

// Each gives what its reader in file.hpp (`read_file_selector` and so on) gives, value and failure;
// a fuzz target holds them together. They need RTTI (X3's own demand), throw and allocate nothing.

[[nodiscard]] inline wire::result<file_selector> parse_file_selector(
    std::string_view value) noexcept {
    detail::grammar::selector_values values;
    values.parts.text = value;
    if (auto const good =
            detail::grammar::parse_value(value, detail::grammar::file_selector_value, values,
                                         error::bad_file_attribute, "a=file-selector");
        !good)
        return good.error();
    return file_selector(values.parts);
}
[[nodiscard]] inline wire::result<file_date> parse_file_date(std::string_view value) noexcept {
    detail::grammar::date_values values;
    if (auto const good =
            detail::grammar::parse_value(value, detail::grammar::file_date_value, values,
                                         error::bad_file_attribute, "a=file-date");
        !good)
        return good.error();
    return values.date;
}
[[nodiscard]] inline wire::result<file_range> parse_file_range(std::string_view value) noexcept {
    detail::grammar::range_values values;
    if (auto const good =
            detail::grammar::parse_value(value, detail::grammar::file_range_value, values,
                                         error::bad_file_attribute, "a=file-range");
        !good)
        return good.error();
    return values.range;
}
[[nodiscard]] inline wire::result<percent_text> parse_file_icon(std::string_view value) noexcept {
    detail::grammar::text_value values;
    if (auto const good =
            detail::grammar::parse_value(value, detail::grammar::file_icon_value, values,
                                         error::bad_file_attribute, "a=file-icon");
        !good)
        return good.error();
    return percent_text(values.text);
}
[[nodiscard]] inline wire::result<std::string_view> parse_file_token(
    std::string_view value, std::string_view field) noexcept {
    detail::grammar::text_value values;
    if (auto const good = detail::grammar::parse_value(value, detail::grammar::file_token_value,
                                                       values, error::bad_file_attribute, field);
        !good)
        return good.error();
    return values.text;
}

}  // namespace sdp::inline v0
