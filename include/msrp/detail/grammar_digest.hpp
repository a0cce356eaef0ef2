// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// grammar_digest.hpp - the grammar of WWW-Authenticate, Authorization and Authentication-Info.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include <msrp/detail/grammar.hpp>
#include <msrp/detail/grammar_text.hpp>
#include <wire/charset.hpp>

namespace msrp::inline v0::detail::grammar {

/// A bound on the parameters of one field keeps the search for duplicates linear.
inline constexpr std::size_t max_digest_parameters = 32;
struct digest_value {
    std::string_view scheme{};
    std::string_view parameters{};
    std::array<std::string_view, max_digest_parameters> names{};
    std::size_t count = 0;
};

/// A parameter may stand once (T10, T12): refused where its "=" makes it a second one.
struct claim_name {
    template <class Frame>
    bool operator()(Frame& f, std::string_view name) const {
        auto& v = f.value;
        if (v.count == v.names.size()) return f.refuse(error::bad_authentication, name.data());
        for (std::size_t i = 0; i < v.count; ++i)
            if (wire::iequals(v.names[i], name))
                return f.refuse(error::bad_authentication, name.data() + name.size());
        v.names[v.count++] = name;
        return true;
    }
};
template <word_text Name>
inline constexpr auto named = then<claim_name>[word<Name> >> &octet<'='>] >> octet<'='>;

// RFC 4976, 7, with errata 1277 and 1278 (no empty parameters):
//   realm = "realm=" realm-value           realm-value = quoted-string
//   nonce = "nonce=" nonce-value           nonce-value = quoted-string
//   opaque = "opaque=" quoted-string       username = "username=" quoted-string
//   cnonce = "cnonce=" nonce-value         nextnonce = "nextnonce=" nonce-value
//   stale = "stale=" ( "true" / "false" )  algorithm = "algorithm=" ( "MD5" / token )
//   qop-options = "qop=" DQUOTE qop-list DQUOTE    qop-list = qop-value *( "," qop-value )
//   message-qop = "qop=" qop-value         qop-value = "auth" / token
//   nonce-count = "nc=" nc-value           nc-value = 8LHEX    LHEX = DIGIT / %x61-66
//   response = "response=" request-digest  request-digest = DQUOTE 32LHEX DQUOTE
//   response-auth = "rspauth=" response-digest    response-digest = DQUOTE *LHEX DQUOTE
//   auth-param = token "=" ( token / quoted-string )
// RLY-9.1-4: uri, which the RFC forgot, is quoted; 64 LHEX, of SHA-256, are read under a leniency.
inline constexpr wire::charset lhex_set = wire::digit | wire::charset::range('a', 'f');
inline constexpr auto realm = named<"realm"> >> quoted_string;
inline constexpr auto nonce = named<"nonce"> >> quoted_string;
inline constexpr auto opaque = named<"opaque"> >> quoted_string;
inline constexpr auto username = named<"username"> >> quoted_string;
inline constexpr auto cnonce = named<"cnonce"> >> quoted_string;
inline constexpr auto nextnonce = named<"nextnonce"> >> quoted_string;
inline constexpr auto digest_uri = named<"uri"> >> quoted_string;
inline constexpr auto stale = named<"stale"> >> (word<"true"> | word<"false">);
inline constexpr auto algorithm = named<"algorithm"> >> token;
inline constexpr auto qop_options = named<"qop"> >> octet<'"'> >> token >>
                                    *(octet<','> >> token) >> octet<'"'>;
inline constexpr auto message_qop = named<"qop"> >> token;
inline constexpr auto nonce_count = named<"nc"> >> from_to<lhex_set, 8, 8>;
inline constexpr auto response = named<"response"> >> octet<'"'> >>
                                 (allowed<&leniency::sha256_response> >> from_to<lhex_set, 64, 64> |
                                  from_to<lhex_set, 32, 32>) >>
                                 octet<'"'>;
inline constexpr auto response_auth = named<"rspauth"> >> octet<'"'> >> any<lhex_set> >> octet<'"'>;
inline constexpr auto auth_param = then<claim_name>[token >> &octet<'='>] >> octet<'='> >>
                                   (token | quoted_string);

// A parameter with a rule of its own is no auth-param: else `realm=x` would be one.
inline constexpr auto challenge_name = (word<"realm"> | word<"nonce"> | word<"opaque"> |
                                        word<"stale"> | word<"algorithm"> | word<"qop">) >>
                                       octet<'='>;
inline constexpr auto credentials_name =
    (word<"username"> | word<"realm"> | word<"nonce"> | word<"response"> | word<"algorithm"> |
     word<"cnonce"> | word<"opaque"> | word<"qop"> | word<"nc"> | word<"uri">) >>
    octet<'='>;

// digest-param = ( realm / nonce / opaque / stale / algorithm / qop-options / auth-param )
inline constexpr auto digest_param =
    realm | nonce | opaque | stale | algorithm | qop_options | (!challenge_name >> auth_param);
// digest-response = ( username / realm / nonce / response / algorithm / cnonce / opaque
//                     / message-qop / nonce-count / auth-param )
inline constexpr auto digest_response = username | realm | nonce | response | algorithm | cnonce |
                                        opaque | message_qop | nonce_count | digest_uri |
                                        (!credentials_name >> auth_param);
// ainfo = nextnonce / message-qop / response-auth / cnonce / nonce-count
inline constexpr auto ainfo = nextnonce | message_qop | response_auth | cnonce | nonce_count;

// WWW-Authenticate = "WWW-Authenticate:" SP "Digest" SP digest-param *("," SP digest-param)
// credentials = "Digest" SP digest-response *( "," SP digest-response)
inline constexpr auto digest_scheme = keep<&digest_value::scheme>[word<"Digest">] >> octet<' '>;
inline constexpr auto challenge_text =
    digest_scheme >>
    keep<&digest_value::parameters>[digest_param >> *(octet<','> >> octet<' '> >> digest_param)] >>
    end;
inline constexpr auto credentials_text =
    digest_scheme >>
    keep<&digest_value::parameters>[digest_response >>
                                    *(octet<','> >> octet<' '> >> digest_response)] >>
    end;
// Authentication-Info = "Authentication-Info:" SP ainfo *("," ainfo)
// The RFC's own examples have a blank behind the comma: read under a leniency.
inline constexpr auto info_blanks =
    -(allowed<&leniency::blanks_in_authentication_info> >> *octet<' '>);
inline constexpr auto authentication_info_text =
    keep<&digest_value::parameters>[ainfo >> *(octet<','> >> info_blanks >> ainfo)] >> end;

}  // namespace msrp::inline v0::detail::grammar
