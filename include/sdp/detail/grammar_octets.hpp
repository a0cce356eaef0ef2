// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// grammar_octets.hpp - what the X3 grammars are made of: single octets, which tell how far they
// got.
#pragma once

// Single headers: <boost/spirit/home/x3.hpp> costs a third more to compile.
#include <boost/spirit/home/x3/core/parse.hpp>
#include <boost/spirit/home/x3/core/parser.hpp>
#include <boost/spirit/home/x3/directive/with.hpp>
#include <boost/spirit/home/x3/operator/alternative.hpp>
#include <boost/spirit/home/x3/operator/and_predicate.hpp>
#include <boost/spirit/home/x3/operator/kleene.hpp>
#include <boost/spirit/home/x3/operator/not_predicate.hpp>
#include <boost/spirit/home/x3/operator/optional.hpp>
#include <boost/spirit/home/x3/operator/plus.hpp>
#include <boost/spirit/home/x3/operator/sequence.hpp>
#include <boost/spirit/home/x3/support/context.hpp>
#include <boost/spirit/home/x3/support/unused.hpp>
#include <cstddef>

#include <wire/charset.hpp>

namespace sdp::inline v0::detail::grammar {

namespace x3 = boost::spirit::x3;

/// What a parse leaves behind. Only octet parsers fail by themselves, so the furthest octet at
/// which one failed is the first at which the text cannot be continued: the offset convention of
/// all readers, with no exceptions and no second pass.
struct trace {
    char const* furthest = nullptr;
    char const* origin = nullptr;
    char const* name = nullptr;
    char const* media = nullptr;  ///< the first m= line
    std::size_t media_count = 0;

    void reach(char const* at) noexcept {
        if (furthest == nullptr || at > furthest) furthest = at;
    }
};
struct trace_tag;

/// One octet of a set. A template over the set, so that the rules below are constants.
template <wire::charset const& Set>
struct octet_of : x3::parser<octet_of<Set>> {
    using attribute_type = x3::unused_type;
    static bool const has_attribute = false;
    template <class Iterator, class Context, class RContext, class Attribute>
    bool parse(Iterator& first, Iterator const& last, Context const& context, RContext&,
               Attribute&) const {
        if (first != last && Set.contains(*first)) {
            ++first;
            return true;
        }
        x3::get<trace_tag>(context).get().reach(first);
        return false;
    }
};
/// One octet; case counts.
template <char C>
struct octet_is : x3::parser<octet_is<C>> {
    using attribute_type = x3::unused_type;
    static bool const has_attribute = false;
    template <class Iterator, class Context, class RContext, class Attribute>
    bool parse(Iterator& first, Iterator const& last, Context const& context, RContext&,
               Attribute&) const {
        if (first != last && *first == C) {
            ++first;
            return true;
        }
        x3::get<trace_tag>(context).get().reach(first);
        return false;
    }
};
/// The text's end.
struct text_end : x3::parser<text_end> {
    using attribute_type = x3::unused_type;
    static bool const has_attribute = false;
    template <class Iterator, class Context, class RContext, class Attribute>
    bool parse(Iterator& first, Iterator const& last, Context const& context, RContext&,
               Attribute&) const {
        if (first == last) return true;
        x3::get<trace_tag>(context).get().reach(first);
        return false;
    }
};
inline constexpr octet_of<wire::digit> digit{};
inline constexpr octet_of<wire::hexdig> hex{};
inline constexpr octet_is<' '> sp{};

// CRLF; RFC 8866, section 5 has LF accepted too (SDP-8866-1: always).
inline constexpr auto line_end = -octet_is<'\r'>{} >> octet_is<'\n'>{};

}  // namespace sdp::inline v0::detail::grammar
