// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// grammar_text.hpp - the grammar of text: token, UTF-8, quoted-string.
#pragma once

#include <msrp/detail/grammar.hpp>
#include <msrp/limits.hpp>
#include <msrp/uri.hpp>
#include <wire/charset.hpp>

namespace msrp::inline v0::detail::grammar {

inline constexpr wire::charset utf8_cont = wire::charset::range(0x80, 0xBF);
inline constexpr wire::charset utf8_2 = wire::charset::range(0xC2, 0xDF);
inline constexpr wire::charset utf8_3 =
    wire::charset::range(0xE1, 0xEC) | wire::charset::range(0xEE, 0xEF);
inline constexpr wire::charset utf8_4 = wire::charset::range(0xF1, 0xF3);
inline constexpr wire::charset after_e0 = wire::charset::range(0xA0, 0xBF);
inline constexpr wire::charset after_ed = wire::charset::range(0x80, 0x9F);
inline constexpr wire::charset after_f0 = wire::charset::range(0x90, 0xBF);
inline constexpr wire::charset after_f4 = wire::charset::range(0x80, 0x8F);
inline constexpr wire::charset loose_2 = wire::charset::range(0xC0, 0xDF);
inline constexpr wire::charset loose_3 = wire::charset::range(0xE0, 0xEF);
inline constexpr wire::charset loose_4 = wire::charset::range(0xF0, 0xF7);
inline constexpr wire::charset loose_5 = wire::charset::range(0xF8, 0xFB);
inline constexpr wire::charset loose_6 = wire::charset::range(0xFC, 0xFD);

// RFC 3629, 4: UTF8-2 = %xC2-DF UTF8-tail
//              UTF8-3 = %xE0 %xA0-BF UTF8-tail / %xE1-EC 2( UTF8-tail ) /
//                       %xED %x80-9F UTF8-tail / %xEE-EF 2( UTF8-tail )
//              UTF8-4 = %xF0 %x90-BF 2( UTF8-tail ) / %xF1-F3 3( UTF8-tail ) /
//                       %xF4 %x80-8F 2( UTF8-tail )
inline constexpr auto cont = one<utf8_cont>;
inline constexpr auto strict_nonascii =
    (one<utf8_2> >> cont) | (octet<'\xE0'> >> one<after_e0> >> cont) |
    (one<utf8_3> >> cont >> cont) | (octet<'\xED'> >> one<after_ed> >> cont) |
    (octet<'\xF0'> >> one<after_f0> >> cont >> cont) | (one<utf8_4> >> cont >> cont >> cont) |
    (octet<'\xF4'> >> one<after_f4> >> cont >> cont);
// RFC 4975, 9: UTF8-NONASCII = %xC0-DF 1UTF8-CONT / %xE0-EF 2UTF8-CONT / %xF0-F7 3UTF8-CONT
//                            / %xF8-Fb 4UTF8-CONT / %xFC-FD 5UTF8-CONT
// Overlong forms, surrogates, 5 and 6 octets are no UTF-8 since RFC 3629: a leniency.
inline constexpr auto loose_nonascii =
    (one<loose_2> >> cont) | (one<loose_3> >> times<2>[cont]) | (one<loose_4> >> times<3>[cont]) |
    (one<loose_5> >> times<4>[cont]) | (one<loose_6> >> times<5>[cont]);
inline constexpr auto utf8_nonascii =
    strict_nonascii | (allowed<&leniency::loose_utf8> >> loose_nonascii);

// RFC 4975, 9: utf8text = *(HTAB / %x20-7E / UTF8-NONASCII)
inline constexpr wire::charset text_set = wire::charset("\t") | wire::charset::range(0x20, 0x7E);
inline constexpr auto utf8text = failing_with<error::bad_utf8>[*(some<text_set> | utf8_nonascii)];

// RFC 4975, 9: quoted-string = DQUOTE *(qdtext / qd-esc) DQUOTE
//              qdtext = SP / HTAB / %x21 / %x23-5B / %x5D-7E / UTF8-NONASCII
//              qd-esc = (BACKSLASH BACKSLASH) / (BACKSLASH DQUOTE)
inline constexpr wire::charset qdtext_set = text_set - wire::charset("\"\\");
inline constexpr wire::charset qd_esc_set = wire::charset("\"\\");
inline constexpr auto qd_esc = octet<'\\'> >> one<qd_esc_set>;
inline constexpr auto quoted_string = octet<'"'> >>
                                      *(some<qdtext_set> | qd_esc | utf8_nonascii) >> octet<'"'>;

// RFC 4975, 9: token = 1*(%x21 / %x23-27 / %x2A-2B / %x2D-2E / %x30-39 / %x41-5A / %x5E-7E)
// which is the token of RFC 2045, 5.1 too.
inline constexpr auto token = some<token_char>;

}  // namespace msrp::inline v0::detail::grammar
