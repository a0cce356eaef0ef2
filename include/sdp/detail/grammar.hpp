// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// grammar.hpp - the normative grammar of a description: RFC 8866, section 9, as Spirit X3 rules.
#pragma once

#include <cstdint>

#include <sdp/detail/fields.hpp>
#include <sdp/detail/grammar_contact.hpp>
#include <sdp/detail/grammar_octets.hpp>
#include <wire/charset.hpp>

namespace sdp::inline v0::detail::grammar {

/// `1*DIGIT` up to 65535; fails at the digit that passes it.
struct up_to_65535 : x3::parser<up_to_65535> {
    using attribute_type = x3::unused_type;
    static bool const has_attribute = false;
    template <class Iterator, class Context, class RContext, class Attribute>
    bool parse(Iterator& first, Iterator const& last, Context const& context, RContext&,
               Attribute&) const {
        std::uint32_t value = 0;
        auto at = first;
        for (; at != last && wire::digit.contains(*at); ++at) {
            value = value * 10 + static_cast<std::uint32_t>(*at - '0');
            if (value > 65535) {
                x3::get<trace_tag>(context).get().reach(at);
                return false;
            }
        }
        x3::get<trace_tag>(context).get().reach(at);
        if (at == first) return false;
        first = at;
        return true;
    }
};
/// Keeps where a line began; stands right behind its `type "="`.
template <char Type>
struct keep : x3::parser<keep<Type>> {
    using attribute_type = x3::unused_type;
    static bool const has_attribute = false;
    template <class Iterator, class Context, class RContext, class Attribute>
    bool parse(Iterator& first, Iterator const&, Context const& context, RContext&,
               Attribute&) const {
        trace& t = x3::get<trace_tag>(context).get();
        if constexpr (Type == 'o') t.origin = first - 2;
        if constexpr (Type == 's') t.name = first - 2;
        if constexpr (Type == 'm') {
            if (t.media_count++ == 0) t.media = first - 2;
        }
        return true;
    }
};

// Octets.
inline constexpr wire::charset byte_set = wire::charset::range(0x01, 0xFF) - wire::charset("\r\n");
inline constexpr octet_of<pos_digit> non_zero{};
inline constexpr octet_of<token_char> token_octet{};
inline constexpr octet_of<non_ws> visible{};
inline constexpr octet_of<byte_set> byte{};
inline constexpr octet_of<time_unit> fixed_len_time_unit{};

// type "="
template <char Type>
inline constexpr auto line_type = octet_is<Type>{} >> octet_is<'='>{};

// token = 1*(token-char); non-ws-string = 1*(VCHAR/%x80-FF)
inline constexpr auto token = +token_octet;
inline constexpr auto non_ws_string = +visible;
// byte-string = 1*(%x01-09/%x0B-0C/%x0E-FF); text = byte-string
inline constexpr auto byte_string = +byte;
// integer = POS-DIGIT *DIGIT
inline constexpr auto integer = non_zero >> *digit;

// version-field = "v=" 1*DIGIT CRLF ; this memo describes version 0: only "0"
inline constexpr auto version_field = line_type<'v'> >> octet_is<'0'>{} >> line_end;
// origin-field = "o=" username SP sess-id SP sess-version SP nettype SP addrtype SP
//                unicast-address CRLF ; the address is at least extn-addr = non-ws-string
inline constexpr auto origin_field = line_type<'o'> >> keep<'o'>{} >> non_ws_string >> sp >>
                                     +digit >> sp >> +digit >> sp >> token >> sp >> token >> sp >>
                                     non_ws_string >> line_end;
// session-name-field = "s=" text CRLF
inline constexpr auto session_name_field = line_type<'s'> >> keep<'s'>{} >> byte_string >> line_end;
// information-field = "i=" text CRLF
inline constexpr auto information_field = line_type<'i'> >> byte_string >> line_end;
// uri-field = "u=" uri CRLF
inline constexpr auto uri_field = line_type<'u'> >> uri_reference >> line_end;
// email-field = "e=" email-address CRLF
inline constexpr auto email_field = line_type<'e'> >> email_address_and_end;
// phone-field = "p=" phone-number CRLF
inline constexpr auto phone_field = line_type<'p'> >> phone_number_and_end;
// connection-field = "c=" nettype SP addrtype SP connection-address CRLF ; extn-addr, as in o=
inline constexpr auto connection_field =
    line_type<'c'> >> token >> sp >> token >> sp >> non_ws_string >> line_end;
// bandwidth-field = "b=" bwtype ":" bandwidth CRLF
inline constexpr auto bandwidth_field =
    line_type<'b'> >> token >> octet_is<':'>{} >> +digit >> line_end;

// time = POS-DIGIT 9*DIGIT
inline constexpr auto time = non_zero >> digit >> digit >> digit >> digit >> digit >> digit >>
                             digit >> digit >> digit >> *digit;
// start-time = time / "0"; stop-time = time / "0"
inline constexpr auto start_time = octet_is<'0'>{} | time;
// typed-time = 1*DIGIT [fixed-len-time-unit]
inline constexpr auto typed_time = +digit >> -fixed_len_time_unit;
// repeat-interval = POS-DIGIT *DIGIT [fixed-len-time-unit]
inline constexpr auto repeat_interval = integer >> -fixed_len_time_unit;
// time-field = "t=" start-time SP stop-time CRLF
inline constexpr auto time_field = line_type<'t'> >> start_time >> sp >> start_time >> line_end;
// repeat-field = "r=" repeat-interval SP typed-time 1*(SP typed-time) CRLF
inline constexpr auto repeat_field = line_type<'r'> >> repeat_interval >> sp >> typed_time >>
                                     +(sp >> typed_time) >> line_end;
// zone-field = "z=" time SP ["-"] typed-time *(SP time SP ["-"] typed-time) CRLF
inline constexpr auto adjustment = time >> sp >> -octet_is<'-'>{} >> typed_time;
inline constexpr auto zone_field = line_type<'z'> >> adjustment >> *(sp >> adjustment) >> line_end;
// time-description = time-field [repeat-description]
// repeat-description = 1*repeat-field [zone-field]
inline constexpr auto time_description = time_field >> -(+repeat_field >> -zone_field);

// key-field = "k=" key-type CRLF ; to be discarded (RFC 8866, 5.12), so anything
inline constexpr auto key_field = line_type<'k'> >> *byte >> line_end;
// attribute-field = "a=" attribute-name [":" attribute-value] CRLF ; an empty value is let through:
// a malformed value never refuses the description
inline constexpr auto attribute_field = line_type<'a'> >> token >>
                                        -(octet_is<':'>{} >> *byte) >> line_end;

// proto = token *("/" token)
inline constexpr auto proto = token >> *(octet_is<'/'>{} >> token);
// media-field = "m=" media SP port ["/" integer] SP proto 1*(SP fmt) CRLF
// port = 1*DIGIT ; at most 65535, as is the number of ports
inline constexpr auto media_field = line_type<'m'> >> keep<'m'>{} >> token >> sp >> up_to_65535{} >>
                                    -(octet_is<'/'>{} >> &non_zero >> up_to_65535{}) >> sp >> proto
                                    >> +(sp >> token) >> line_end;

// media-description = media-field [information-field] *connection-field *bandwidth-field
// [key-field]
//                     *attribute-field
inline constexpr auto media_rest = *bandwidth_field >> -key_field >> *attribute_field;
inline constexpr auto media_description =
    media_field >> -information_field >> *connection_field >> media_rest;
// Without a c= line at session level every media description has one of its own (RFC 8866, 5.7).
inline constexpr auto connected_media_description =
    media_field >> -information_field >> +connection_field >> media_rest;

// session-description = version-field origin-field session-name-field [information-field]
//                       [uri-field] *email-field *phone-field [connection-field] *bandwidth-field
//                       1*time-description [key-field] *attribute-field *media-description
inline constexpr auto session_head = version_field >> origin_field >> session_name_field >>
                                     -information_field >> -uri_field >> *email_field >>
                                     *phone_field;
inline constexpr auto session_tail =
    *bandwidth_field >> +time_description >> -key_field >> *attribute_field;
inline constexpr auto session_description = session_head >>
                                            ((connection_field >> session_tail >>
                                              *media_description) |
                                             (session_tail >> *connected_media_description)) >>
                                            text_end{};

}  // namespace sdp::inline v0::detail::grammar
