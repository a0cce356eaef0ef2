// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// grammar_mime.hpp - the grammar of the MIME header fields and of Use-Nickname.
#pragma once

#include <cstddef>
#include <string_view>

#include <msrp/detail/grammar.hpp>
#include <msrp/detail/grammar_text.hpp>
#include <msrp/limits.hpp>
#include <msrp/mime.hpp>
#include <wire/charset.hpp>

namespace msrp::inline v0::detail::grammar {

inline constexpr wire::charset blank_set = wire::charset(" \t");

/// Puts what matched into a member that is a list of parameters.
template <auto Member, char Separator>
struct set_parameters {
    template <class Frame>
    bool operator()(Frame& f, std::string_view matched) const {
        f.value.*Member = parameter_list(matched, Separator);
        return true;
    }
};

// RFC 4975, 9: media-type = type "/" subtype *( ";" gen-param )    type = token    subtype = token
//              gen-param = pname [ "=" pval ]    pname = token    pval  = token / quoted-string
// No blanks; MIME's own grammar has them, so they are read under a leniency.
inline constexpr auto lenient_blanks =
    -(allowed<&leniency::blanks_in_media_type> >> any<blank_set>);
inline constexpr auto gen_param = token >> -(lenient_blanks >> octet<'='> >> lenient_blanks >>
                                             (token | quoted_string));
inline constexpr auto media_type_text =
    keep<&media_type::type>[token] >> octet<'/'> >> keep<&media_type::subtype>[token] >>
    then<set_parameters<&media_type::parameters, ';'>>[*(lenient_blanks >> octet<';'> >>
                                                         lenient_blanks >> gen_param)] >>
    end;

// RFC 822, 3.3, on one line and without comments; UTF-8 in quotes as everywhere in MSRP:
//   quoted-string = <"> *(qtext/quoted-pair) <">    qtext = any CHAR but <">, "\" and CR
//   quoted-pair = "\" CHAR
inline constexpr wire::charset atom_set =
    wire::charset::range(0x21, 0x7E) - wire::charset("()<>@,;:\\\".[]");
inline constexpr wire::charset dtext_set = text_set - wire::charset("[]\\");
inline constexpr auto quoted_pair = octet<'\\'> >> one<text_set>;
inline constexpr auto mail_quoted_string =
    octet<'"'> >> *(some<qdtext_set> | quoted_pair | utf8_nonascii) >> octet<'"'>;

// RFC 2183, 2: disposition := "Content-Disposition" ":" disposition-type *(";" disposition-parm)
//              disposition-type := "inline" / "attachment" / extension-token
//              disposition-parm := filename-parm / creation-date-parm / modification-date-parm
//                                / read-date-parm / size-parm / parameter
//              filename-parm := "filename" "=" value    value := token / quoted-string (RFC 2045)
//              ..-date-parm := "..-date" "=" quoted-date-time    quoted-date-time := quoted-string
//              size-parm := "size" "=" 1*DIGIT
// Blanks may stand between the tokens, as in all of RFC 822. What a date says is not looked at.
inline constexpr auto blanks = any<blank_set>;
inline constexpr auto equals = blanks >> octet<'='> >> blanks;
inline constexpr auto date_name =
    word<"creation-date"> | word<"modification-date"> | word<"read-date">;
inline constexpr auto disposition_parm =
    (date_name >> equals >> mail_quoted_string) | (word<"size"> >> equals >> some<wire::digit>) |
    (!((date_name | word<"size">) >> equals) >> token >> equals >> (token | mail_quoted_string));
inline constexpr auto content_disposition_text =
    keep<&content_disposition::type>[token] >>
    then<set_parameters<&content_disposition::parameters, ';'>>[*(blanks >> octet<';'> >> blanks >>
                                                                  disposition_parm)] >>
    end;

// RFC 2045, 7: id := "Content-ID" ":" msg-id
// RFC 822, 6.1: msg-id = "<" addr-spec ">"    addr-spec = local-part "@" domain
//               local-part = word *("." word)    word = atom / quoted-string
//               domain = sub-domain *("." sub-domain)    sub-domain = atom / domain-literal
//               domain-literal = "[" *(dtext / quoted-pair) "]"
inline constexpr auto mail_word = some<atom_set> | mail_quoted_string;
inline constexpr auto local_part = mail_word >> *(octet<'.'> >> mail_word);
inline constexpr auto domain_literal = octet<'['> >> *(some<dtext_set> | quoted_pair) >> octet<']'>;
inline constexpr auto sub_domain = some<atom_set> | domain_literal;
inline constexpr auto domain = sub_domain >> *(octet<'.'> >> sub_domain);
inline constexpr auto content_id_text =
    octet<'<'> >> keep<&content_id::id>[keep<&content_id::local_part>[local_part] >> octet<'@'> >>
                                        keep<&content_id::domain>[domain]] >>
    octet<'>'> >> end;

// RFC 2045, 8: description := "Content-Description" ":" *text
// text of RFC 822 is ASCII; MSRP's header text is UTF-8, and so is this.
inline constexpr auto content_description_text = *(some<text_set> | utf8_nonascii) >> end;

// RFC 7701, 7.1: Use-Nickname = "Use-Nickname:" SP nickname
//                nickname = DQUOTE 1*1023(qdtext / qd-esc) DQUOTE
// The text beside it counts octets, at most 1023, and those of the nickname, not of its escapes:
// the stricter of the two. None at all removes the nickname (7.3, CHAT-7.3-1).
inline constexpr std::size_t nickname_max = 1023;
struct nickname_value {
    std::string_view raw{};
    std::size_t size = 0;
};
/// Adds the octets that matched, each of which is one of the nickname.
struct count_each {
    template <class Frame>
    bool operator()(Frame& f, std::string_view matched) const {
        if (matched.size() > nickname_max - f.value.size)
            return f.refuse(error::bad_nickname, matched.data() + (nickname_max - f.value.size));
        f.value.size += matched.size();
        return true;
    }
};
/// Adds what stands for one thing: an escape, or the octets of a character.
template <bool Escape>
struct count_whole {
    template <class Frame>
    bool operator()(Frame& f, std::string_view matched) const {
        std::size_t const n = Escape ? 1 : matched.size();
        if (n > nickname_max - f.value.size) return f.refuse(error::bad_nickname, matched.data());
        f.value.size += n;
        return true;
    }
};
inline constexpr auto nickname_text =
    octet<'"'> >> keep<&nickname_value::raw>[*(then<count_each>[some<qdtext_set>] |
                                               then<count_whole<true>>[qd_esc] |
                                               then<count_whole<false>>[utf8_nonascii])] >>
    octet<'"'> >> end;

}  // namespace msrp::inline v0::detail::grammar
