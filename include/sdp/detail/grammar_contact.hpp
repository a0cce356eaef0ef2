// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// grammar_contact.hpp - the grammar of u=, e= and p=: RFC 8866, section 9, with URI-reference of
// RFC 3986 and addr-spec of RFC 5322.
#pragma once

#include <cstddef>

#include <sdp/detail/contact.hpp>
#include <sdp/detail/grammar_octets.hpp>
#include <wire/charset.hpp>

namespace sdp::inline v0::detail::grammar {

// RFC 3986, appendix A.

// pct-encoded = "%" HEXDIG HEXDIG
inline constexpr auto pct_encoded = octet_is<'%'>{} >> hex >> hex;
template <wire::charset const& Set>
inline constexpr auto encoded = octet_of<Set>{} | pct_encoded;

//   dec-octet   = DIGIT / %x31-39 DIGIT / "1" 2DIGIT / "2" %x30-34 DIGIT / "25" %x30-35
//   IPv4address = dec-octet "." dec-octet "." dec-octet "." dec-octet
/// The longest first: a PEG does not come back for it.
inline constexpr wire::charset zero_to_four = wire::charset("01234");
inline constexpr wire::charset zero_to_five = wire::charset("012345");
inline constexpr auto dec_octet = (octet_is<'2'>{} >> octet_is<'5'>{} >> octet_of<zero_to_five>{}) |
                                  (octet_is<'2'>{} >> octet_of<zero_to_four>{} >> digit) |
                                  (octet_is<'1'>{} >> digit >> digit) |
                                  (octet_of<pos_digit>{} >> digit) | digit;
inline constexpr octet_is<'.'> dot{};
inline constexpr octet_is<':'> colon{};
inline constexpr auto ipv4_address =
    dec_octet >> dot >> dec_octet >> dot >> dec_octet >> dot >> dec_octet;

//   h16         = 1*4HEXDIG
//   ls32        = ( h16 ":" h16 ) / IPv4address
//   IPv6address = 6( h16 ":" ) ls32 / "::" 5( h16 ":" ) ls32 / [ h16 ] "::" 4( h16 ":" ) ls32
//               / [ *1( h16 ":" ) h16 ] "::" 3( h16 ":" ) ls32 / ... / [ *6( h16 ":" ) h16 ] "::"
// Here, with the "]" behind it, by how many groups stand before, so that nothing is read twice: 8
// in all, with a "::" at most 7; an IPv4address is the last two of them.
inline constexpr auto h16 = hex >> -(hex >> -(hex >> -hex));
inline constexpr octet_is<']'> close{};
/// Behind a "::" and `N` groups in all: another one or more.
template <std::size_t N>
[[nodiscard]] constexpr auto groups_to_close() noexcept {
    if constexpr (N == 6)
        return h16 >> close;
    else
        return (h16 >> (close | (colon >> groups_to_close<N + 1>()))) | (ipv4_address >> close);
}
/// Behind `N` groups, each with its ":".
template <std::size_t N>
[[nodiscard]] constexpr auto groups_from() noexcept {
    if constexpr (N == 6)
        return (h16 >> colon >> ((colon >> close) | (h16 >> close))) | (ipv4_address >> close);
    else
        return h16 >> colon >>
               ((colon >> (close | groups_to_close<N + 1>())) | groups_from<N + 1>());
}
inline constexpr auto ipv6_to_close =
    groups_from<0>() | (colon >> colon >> (close | groups_to_close<0>()));

// IPvFuture = "v" 1*HEXDIG "." 1*( unreserved / sub-delims / ":" )
inline constexpr auto ip_future =
    (octet_is<'v'>{} | octet_is<'V'>{}) >> +hex >> dot >> +octet_of<userinfo_char>{};
// IP-literal = "[" ( IPv6address / IPvFuture ) "]"
inline constexpr auto ip_literal = octet_is<'['>{} >> (ipv6_to_close | (ip_future >> close));
// host = IP-literal / IPv4address / reg-name ; an IPv4address is a reg-name too
inline constexpr auto host = ip_literal | *encoded<reg_name_char>;
// authority = [ userinfo "@" ] host [ ":" port ]
inline constexpr auto authority = -(*encoded<userinfo_char> >> octet_is<'@'>{}) >> host >>
                                  -(colon >> *digit);

// pchar = unreserved / pct-encoded / sub-delims / ":" / "@"; segment = *pchar
inline constexpr wire::charset pchar_set = path_char - wire::charset("/");
inline constexpr octet_is<'/'> slash{};
inline constexpr auto pchar = encoded<pchar_set>;
inline constexpr auto path_abempty = *(slash >> *pchar);
// path-absolute = "/" [ segment-nz *( "/" segment ) ]
inline constexpr auto path_absolute = slash >> -(+pchar >> path_abempty);
// path-rootless = segment-nz *( "/" segment ); path-noscheme = segment-nz-nc *( "/" segment )
inline constexpr auto path_rootless = +pchar >> path_abempty;
inline constexpr auto path_noscheme = +encoded<nc_char> >> path_abempty;
// hier-part     = "//" authority path-abempty / path-absolute / path-rootless / path-empty
// relative-part = "//" authority path-abempty / path-absolute / path-noscheme / path-empty
inline constexpr auto net_path = slash >> slash >> authority >> path_abempty;
inline constexpr auto hier_part = net_path | path_absolute | -path_rootless;
inline constexpr auto relative_part = net_path | path_absolute | -path_noscheme;
// scheme = ALPHA *( ALPHA / DIGIT / "+" / "-" / "." )
inline constexpr auto scheme = octet_of<wire::alpha>{} >> *octet_of<scheme_char>{};
// query = *( pchar / "/" / "?" ); fragment = *( pchar / "/" / "?" )
inline constexpr auto query = *encoded<query_char>;
// URI-reference = URI / relative-ref, both with [ "?" query ] [ "#" fragment ]
inline constexpr auto uri_reference = ((scheme >> colon >> hier_part) | relative_part) >>
                                      -(octet_is<'?'>{} >> query) >> -(octet_is<'#'>{} >> query);

// RFC 5322, 3.2 and 3.4.1, without what begins with "obs-". No folding: FWS = 1*WSP.

// quoted-pair = "\" (VCHAR / WSP)
inline constexpr auto quoted_pair = octet_is<'\\'>{} >> octet_of<behind_backslash>{};
// ccontent = ctext / quoted-pair / comment; comment = "(" *([FWS] ccontent) [FWS] ")"
/// Counts where the grammar calls itself: a peer's "(" would be stack.
struct comment_parser : x3::parser<comment_parser> {
    using attribute_type = x3::unused_type;
    static bool const has_attribute = false;
    template <class Iterator, class Context, class RContext, class Attribute>
    bool parse(Iterator& first, Iterator const& last, Context const& context, RContext& rcontext,
               Attribute& attribute) const {
        static constexpr auto open = octet_is<'('>{};
        static constexpr auto shut = octet_is<')'>{};
        static constexpr auto text = octet_of<ctext_wsp>{} | quoted_pair;
        auto at = first;
        std::size_t depth = 0;
        do {
            if (open.parse(at, last, context, rcontext, attribute))
                ++depth;
            else if (depth != 0 && shut.parse(at, last, context, rcontext, attribute))
                --depth;
            else if (depth == 0 || !text.parse(at, last, context, rcontext, attribute))
                return false;
        } while (depth != 0);
        first = at;
        return true;
    }
};
inline constexpr comment_parser comment{};
// CFWS = (1*([FWS] comment) [FWS]) / FWS
inline constexpr auto blank_or_comment = octet_of<wsp>{} | comment;
inline constexpr auto cfws = *blank_or_comment;
// dot-atom-text = 1*atext *("." 1*atext)
inline constexpr auto dot_atom_text = +octet_of<atext>{} >> *(dot >> +octet_of<atext>{});
// quoted-string = [CFWS] DQUOTE *([FWS] qcontent) [FWS] DQUOTE [CFWS]
inline constexpr auto quoted_local_part = octet_is<'"'>{} >>
                                          *(octet_of<qtext_wsp>{} | quoted_pair) >> octet_is<'"'>{};
// domain-literal = [CFWS] "[" *([FWS] dtext) [FWS] "]" [CFWS]
inline constexpr auto domain_literal = octet_is<'['>{} >> *octet_of<dtext_wsp>{} >> close;
// addr-spec = local-part "@" domain ; the CFWS at its end stands apart
inline constexpr auto addr_spec = cfws >> (quoted_local_part | dot_atom_text) >> cfws
                                  >> octet_is<'@'>{} >> cfws >> (domain_literal | dot_atom_text);

// RFC 8866, section 9. Alternatives overlap and a PEG does not come back to one, so each goes on to
// the line's end.

inline constexpr octet_of<email_safe> safe{};
inline constexpr octet_is<'<'> less{};
inline constexpr octet_is<'>'> greater{};
// "(" 1*email-safe ")"
inline constexpr auto safe_comment = octet_is<'('>{} >> +safe >> octet_is<')'>{};
// address-and-comment = addr-spec 1*SP "(" 1*email-safe ")" ; CFWS takes neither its last SP nor
// its comment
inline constexpr auto last_comment = sp >> safe_comment >> line_end;
inline constexpr auto address_and_comment = addr_spec >>
                                            *(!last_comment >> blank_or_comment) >> last_comment;
// dispname-and-address = 1*email-safe 1*SP "<" addr-spec ">" ; email-safe takes all SP but the last
inline constexpr auto dispname = safe >> *(!(sp >> less) >> safe) >> sp;
inline constexpr auto dispname_and_address =
    dispname >> less >> addr_spec >> cfws >> greater >> line_end;
// email-address = address-and-comment / dispname-and-address / addr-spec
inline constexpr auto email_address_and_end =
    address_and_comment | dispname_and_address | (addr_spec >> cfws >> line_end);

// phone = ["+"] DIGIT 1*(SP / "-" / DIGIT)
inline constexpr auto phone = -octet_is<'+'>{} >> digit >> +octet_of<phone_char>{};
// phone-number = phone *SP "(" 1*email-safe ")" / 1*email-safe "<" phone ">" / phone ; phone takes
// the *SP
inline constexpr auto phone_number_and_end = (phone >> safe_comment >> line_end) |
                                             (+safe >> less >> phone >> greater >> line_end) |
                                             (phone >> line_end);

}  // namespace sdp::inline v0::detail::grammar
