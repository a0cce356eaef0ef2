// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// grammar_values.hpp - what the X3 grammars of attribute values share: literals in any case,
// numbers with a top, values kept while parsing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <string_view>

#include <sdp/detail/grammar.hpp>
#include <sdp/detail/values.hpp>
#include <sdp/error.hpp>
#include <wire/charset.hpp>
#include <wire/result.hpp>

namespace sdp::inline v0::detail::grammar {

/// Where the values go that a rule keeps; any struct with a member `large_at`.
struct values_tag;
struct kept_values {
    char const* large_at = nullptr;  ///< the digit that made a number too large
};

/// The letters of a literal.
template <std::size_t Size>
struct letters {
    char text[Size]{};
    consteval letters(char const (&from)[Size]) noexcept {  // NOLINT
        for (std::size_t i = 0; i < Size; ++i) text[i] = from[i];
    }
};
/// A literal of RFC 5234: case does not count. @tparam Word in lower case.
template <letters Word>
struct word : x3::parser<word<Word>> {
    using attribute_type = x3::unused_type;
    static bool const has_attribute = false;
    template <class Iterator, class Context, class RContext, class Attribute>
    bool parse(Iterator& first, Iterator const& last, Context const& context, RContext&,
               Attribute&) const {
        auto at = first;
        for (char const c : std::string_view(Word.text, sizeof Word.text - 1)) {
            if (at == last || wire::to_lower(*at) != c) {
                x3::get<trace_tag>(context).get().reach(at);
                return false;
            }
            ++at;
        }
        first = at;
        return true;
    }
};
/// `1*DIGIT`, at most `Most`, up to `Top`; fails at the digit that passes it. `Keep` is a function
/// object `(values, number)`.
template <std::uint64_t Top, std::size_t Most, class Keep>
struct number : x3::parser<number<Top, Most, Keep>> {
    using attribute_type = x3::unused_type;
    static bool const has_attribute = false;
    template <class Iterator, class Context, class RContext, class Attribute>
    bool parse(Iterator& first, Iterator const& last, Context const& context, RContext&,
               Attribute&) const {
        auto& values = x3::get<values_tag>(context).get();
        std::uint64_t value = 0;
        std::size_t count = 0;
        auto at = first;
        for (; at != last && count != Most && wire::digit.contains(*at); ++at, ++count) {
            if (!add_digit(value, *at, Top)) {
                x3::get<trace_tag>(context).get().reach(at);
                values.large_at = at;
                return false;
            }
        }
        x3::get<trace_tag>(context).get().reach(at);
        if (count == 0) return false;
        first = at;
        Keep{}(values, value);
        return true;
    }
};
/// `integer = POS-DIGIT *DIGIT` (RFC 8866), up to `Top`.
template <std::uint64_t Top, class Keep>
inline constexpr auto integer_to = &non_zero >> number<Top, std::size_t(-1), Keep>{};
/// `"0" / integer`, up to `Top`.
template <class Keep>
struct keep_zero {
    template <class Values>
    void operator()(Values& values, std::string_view) const noexcept {
        Keep{}(values, 0);
    }
};

/// What a parser reads, kept by `Keep`, a function object `(values, text)`.
template <class Keep, class Subject>
struct kept : x3::unary_parser<Subject, kept<Keep, Subject>> {
    using base = x3::unary_parser<Subject, kept<Keep, Subject>>;
    using attribute_type = x3::unused_type;
    static bool const has_attribute = false;
    constexpr explicit kept(Subject const& part) noexcept : base(part) {}
    template <class Iterator, class Context, class RContext, class Attribute>
    bool parse(Iterator& first, Iterator const& last, Context const& context, RContext& rcontext,
               Attribute& attribute) const {
        auto const start = first;
        if (!this->subject.parse(first, last, context, rcontext, attribute)) return false;
        Keep{}(x3::get<values_tag>(context).get(),
               std::string_view(start, static_cast<std::size_t>(first - start)));
        return true;
    }
};
template <class Keep, class Subject>
[[nodiscard]] consteval kept<Keep, Subject> keep_text(Subject const& subject) noexcept {
    return kept<Keep, Subject>(subject);
}
template <std::uint64_t Top, class Keep>
inline constexpr auto zero_or_integer_to =
    keep_text<keep_zero<Keep>>(octet_is<'0'>{}) | integer_to<Top, Keep>;

// DQUOTE (RFC 5234)
inline constexpr octet_is<'"'> dquote{};

/// Parses the whole of a value. @return success, or where it cannot go on: `number_too_large` at a
/// digit, else `why`.
template <class Rule, class Values>
[[nodiscard]] wire::result<void> parse_value(std::string_view text, Rule const& rule,
                                             Values& values, error why,
                                             std::string_view field) noexcept {
    char const* first = text.data();
    char const* const begin = first;
    char const* const last = first + text.size();
    trace t;
    auto const whole = x3::with<values_tag>(
        std::ref(values))[x3::with<trace_tag>(std::ref(t))[rule >> text_end{}]];
    if (x3::parse(first, last, whole)) return {};
    bool const large = values.large_at != nullptr && values.large_at == t.furthest;
    return wire::failure{make_error_code(large ? error::number_too_large : why),
                         static_cast<std::size_t>(t.furthest - begin), field};
}

}  // namespace sdp::inline v0::detail::grammar
