// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// grammar_file.hpp - the normative grammar of the file attributes: RFC 5547, section 6, as Spirit
// X3 rules. Erratum 3190 is about the examples only.
#pragma once

#include <cstdint>
#include <limits>
#include <string_view>

#include <sdp/detail/grammar_values.hpp>
#include <sdp/file.hpp>

namespace sdp::inline v0::detail::grammar {

struct selector_values : kept_values {
    selector_parts parts{};
};
struct range_values : kept_values {
    file_range range{};
};
struct date_values : kept_values {
    file_date date{};
};
struct text_value : kept_values {
    std::string_view text{};
};
struct keep_whole {
    void operator()(text_value& v, std::string_view text) const noexcept { v.text = text; }
};

inline constexpr std::uint64_t max_64 = std::numeric_limits<std::uint64_t>::max();
inline constexpr octet_of<filename_char> filename_octet{};
inline constexpr octet_of<upper_hex> uhex{};

// filename-selector = "name:" DQUOTE filename-string DQUOTE
// filename-string = 1*(filename-char/percent-encoded)
// percent-encoded = "%" HEXDIG HEXDIG
struct keep_name {
    void operator()(selector_values& v, std::string_view text) const noexcept {
        v.parts.repeated = v.parts.repeated || v.parts.name;
        if (!v.parts.name) v.parts.name = text;
    }
};
inline constexpr auto filename_string = +(filename_octet | pct_encoded);
inline constexpr auto filename_selector = word<"name:">{} >> dquote >>
                                          keep_text<keep_name>(filename_string) >> dquote;
// filesize-selector = "size:" filesize-value ; filesize-value = integer
struct keep_size {
    void operator()(selector_values& v, std::uint64_t size) const noexcept {
        v.parts.repeated = v.parts.repeated || v.parts.size;
        if (!v.parts.size) v.parts.size = size;
    }
};
inline constexpr auto filesize_selector = word<"size:">{} >> integer_to<max_64, keep_size>;
// filetype-selector = "type:" type "/" subtype *(";" ft-parameter)
// ft-parameter = attribute "=" DQUOTE value-string DQUOTE ; attribute as in RFC 2045
// type, subtype and attribute are tokens of RFC 2045, whose octets are those of SDP's token
struct keep_type {
    void operator()(selector_values& v, std::string_view text) const noexcept {
        v.parts.repeated = v.parts.repeated || v.parts.type;
        if (!v.parts.type) v.parts.type = text;
    }
};
inline constexpr auto ft_parameter =
    token >> octet_is<'='>{} >> dquote >> filename_string >> dquote;
inline constexpr auto file_type = token >> octet_is<'/'>{} >> token >>
                                  *(octet_is<';'>{} >> ft_parameter);
inline constexpr auto filetype_selector = word<"type:">{} >> keep_text<keep_type>(file_type);
// hash-selector = "hash:" hash-algorithm ":" hash-value ; hash-algorithm = token
// hash-value = 2HEXDIG *(":" 2HEXDIG) ; each byte in upper-case hex, as the comment has it
struct keep_hash {
    void operator()(selector_values& v, std::string_view) const noexcept { ++v.parts.hashes; }
};
inline constexpr auto hash_value = uhex >> uhex >> *(octet_is<':'>{} >> uhex >> uhex);
inline constexpr auto hash_selector = word<"hash:">{} >> token >> octet_is<':'>{} >>
                                      keep_text<keep_hash>(hash_value);
// selector = filename-selector / filesize-selector / filetype-selector / hash-selector
inline constexpr auto selector =
    filename_selector | filesize_selector | filetype_selector | hash_selector;
// file-selector-attr = "file-selector" [":" selector *(SP selector)]
inline constexpr auto file_selector_value = selector >> *(sp >> selector);

// file-tr-id-value = token; file-disp-value = token
inline constexpr auto file_token_value = keep_text<keep_whole>(token);

// date-time (RFC 5322, section 3.3) with numeric zone; FWS = 1*WSP, as a line cannot be folded; no
// CFWS but WSP behind the zone
inline constexpr octet_of<blank> wsp{};
inline constexpr auto fws = +wsp;
inline constexpr auto day_name = word<"mon">{} | word<"tue">{} | word<"wed">{} | word<"thu">{} |
                                 word<"fri">{} | word<"sat">{} | word<"sun">{};
inline constexpr auto month = word<"jan">{} | word<"feb">{} | word<"mar">{} | word<"apr">{} |
                              word<"may">{} | word<"jun">{} | word<"jul">{} | word<"aug">{} |
                              word<"sep">{} | word<"oct">{} | word<"nov">{} | word<"dec">{};
// day = ([FWS] 1*2DIGIT FWS), 1 to 31
inline constexpr auto day = (octet_is<'0'>{} >> non_zero) | (octet_of<one_or_2>{} >> -digit) |
                            (octet_is<'3'>{} >> -octet_of<up_to_1>{}) | octet_of<from_4>{};
// year = (FWS 4*DIGIT FWS)
inline constexpr auto year = digit >> digit >> digit >> digit >> *digit;
// time-of-day = hour ":" minute [ ":" second ] ; 00:00:00 to 23:59:60
inline constexpr auto below_60 = octet_of<up_to_5>{} >> digit;
inline constexpr auto hour =
    (octet_is<'2'>{} >> octet_of<up_to_3>{}) | (octet_of<up_to_1>{} >> digit);
inline constexpr auto second = below_60 | (octet_is<'6'>{} >> octet_is<'0'>{});
inline constexpr auto time_of_day = hour >> octet_is<':'>{} >> below_60 >>
                                    -(octet_is<':'>{} >> second);
// zone = (FWS ( "+" / "-" ) 4DIGIT), minutes below 60
inline constexpr auto zone = fws >> octet_of<sign>{} >> digit >> digit >> below_60;
inline constexpr auto rfc5322_date_time = *wsp >> -(day_name >> octet_is<','>{} >> *wsp) >> day
                                          >> fws >> month >> fws >> year >> fws >> time_of_day
                                          >> zone >> *wsp;

// c-date-param = "creation:" DQUOTE date-time DQUOTE; likewise m- and r-
struct keep_creation {
    void operator()(date_values& v, std::string_view text) const noexcept {
        v.date.creation = text;
    }
};
struct keep_modification {
    void operator()(date_values& v, std::string_view text) const noexcept {
        v.date.modification = text;
    }
};
struct keep_read {
    void operator()(date_values& v, std::string_view text) const noexcept { v.date.read = text; }
};
inline constexpr auto c_date = word<"creation:\"">{} >>
                               keep_text<keep_creation>(rfc5322_date_time) >> dquote;
inline constexpr auto m_date = word<"modification:\"">{} >>
                               keep_text<keep_modification>(rfc5322_date_time) >> dquote;
inline constexpr auto r_date = word<"read:\"">{} >>
                               keep_text<keep_read>(rfc5322_date_time) >> dquote;
// file-date-attr = "file-date:" date-param *(SP date-param) ; not more than one of each (section 6)
template <class A, class B>
[[nodiscard]] consteval auto either_or_both(A const& a, B const& b) {
    return -(sp >> ((a >> -(sp >> b)) | (b >> -(sp >> a))));
}
inline constexpr auto file_date_value = (c_date >> either_or_both(m_date, r_date)) |
                                        (m_date >> either_or_both(c_date, r_date)) |
                                        (r_date >> either_or_both(c_date, m_date));

// file-icon-value = cid-url (RFC 2392) = "cid" ":" content-id ; an addr-spec, URL-encoded
inline constexpr auto cid_part = +(octet_of<cid_char>{} | pct_encoded);
inline constexpr auto file_icon_value = word<"cid:">{} >>
                                        keep_text<keep_whole>(cid_part >> octet_is<'@'>{} >>
                                                              cid_part);

/// `integer` from the start of the range; fails at the first digit with which no number that is
/// large enough can begin.
struct stop_offset : x3::parser<stop_offset> {
    using attribute_type = x3::unused_type;
    static bool const has_attribute = false;
    template <class Iterator, class Context, class RContext, class Attribute>
    bool parse(Iterator& first, Iterator const& last, Context const& context, RContext&,
               Attribute&) const {
        range_values& values = x3::get<values_tag>(context).get();
        std::uint64_t stop = 0;
        auto at = first;
        for (; at != last && wire::digit.contains(*at); ++at) {
            bool const fits = add_digit(stop, *at, max_64);
            if (!fits) values.large_at = at;
            if (!fits || !can_reach(stop, values.range.start)) break;
        }
        x3::get<trace_tag>(context).get().reach(at);
        if (at == first || (at != last && wire::digit.contains(*at)) || stop < values.range.start)
            return false;
        values.range.stop = stop;
        first = at;
        return true;
    }
};
// file-range-attr = "file-range:" start-offset "-" stop-offset ; start-offset = integer
// stop-offset = integer / "*" ; not before the start
struct keep_start {
    void operator()(range_values& v, std::uint64_t start) const noexcept { v.range.start = start; }
};
inline constexpr auto file_range_value = integer_to<max_64, keep_start> >> octet_is<'-'>{} >>
                                         (octet_is<'*'>{} | (&non_zero >> stop_offset{}));

}  // namespace sdp::inline v0::detail::grammar
