// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// parse_description.hpp - text to description by the X3 grammar, which is the definition.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

#include <sdp/description.hpp>
#include <sdp/detail/grammar.hpp>
#include <sdp/detail/reader.hpp>
#include <sdp/error.hpp>
#include <sdp/limits.hpp>
#include <wire/result.hpp>

namespace sdp::inline v0 {

namespace detail {

/// The limits, line by line, whatever the lines say.
[[nodiscard]] inline wire::result<void> check_limits(std::string_view text,
                                                     limits const& limit) noexcept {
    auto const failed = [](error why, std::size_t at) {
        return wire::failure{make_error_code(why), at, {}};
    };
    if (text.size() > limit.max_text) return failed(error::text_too_long, limit.max_text);
    if (text.size() > max_text_ever) return failed(error::text_too_long, max_text_ever);
    std::size_t lines = 0;
    std::size_t media = 0;
    for (std::size_t at = 0; at < text.size();) {
        auto const l = cut(text, at, true);
        if (++lines > limit.max_lines) return failed(error::too_many_lines, at);
        if (l.content.size() > limit.max_line)
            return failed(error::line_too_long, at + limit.max_line);
        if (l.content.starts_with('m') && ++media > limit.max_media)
            return failed(error::too_many_media, at);
        at = l.next;
    }
    return {};
}

}  // namespace detail

/// As `sdp::parse` without leniencies, by the Spirit X3 grammar of `sdp/detail/grammar.hpp`: the
/// normative definition of what a description is. Slower, dearer to compile and without an error
/// code of its own for each line: use it to check `sdp::parse`, or where a grammar is wanted. It
/// agrees with `sdp::parse` on verdict, description and offset (but limits are checked first, over
/// the whole text); a fuzz target holds them together.
///
/// Needs RTTI (X3's own demand); no exceptions, no allocation. Linear.
[[nodiscard]] inline wire::result<description_view> parse_description(
    std::string_view text, limits const& limit = {}) noexcept;

inline wire::result<description_view> parse_description(std::string_view text,
                                                        limits const& limit) noexcept {
    namespace x3 = boost::spirit::x3;
    namespace grammar = detail::grammar;
    if (auto good = detail::check_limits(text, limit); !good) return good.error();
    char const* first = text.data();
    char const* const begin = first;
    char const* const last = first + text.size();
    grammar::trace t;
    auto const rule = x3::with<grammar::trace_tag>(std::ref(t))[grammar::session_description];
    if (!x3::parse(first, last, rule)) {
        auto const at = t.furthest == nullptr ? 0 : static_cast<std::size_t>(t.furthest - begin);
        return wire::failure{make_error_code(error::not_in_grammar), at, {}};
    }
    auto const offset = [begin](char const* p) { return static_cast<std::size_t>(p - begin); };
    detail::layout parts;
    parts.origin_at = offset(t.origin);
    parts.name_at = offset(t.name);
    parts.media_count = t.media_count;
    parts.media_at = t.media_count == 0 ? text.size() : offset(t.media);
    auto const session = text.substr(0, parts.media_at);
    parts.media_line =
        1 + static_cast<std::size_t>(std::count(session.begin(), session.end(), '\n'));
    for (line const l : line_range(session, 0, 1))
        parts.session.add(
            l.type, l.value,
            {static_cast<std::uint32_t>(l.offset), static_cast<std::uint32_t>(l.number)});
    return description_view(text, parts, {});
}

}  // namespace sdp::inline v0
