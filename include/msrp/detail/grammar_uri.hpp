// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// grammar_uri.hpp - the grammar of MSRP-URI and of a path of them.
#pragma once

#include <cstddef>
#include <limits>
#include <string_view>

#include <msrp/detail/grammar.hpp>
#include <msrp/detail/grammar_text.hpp>
#include <msrp/uri.hpp>
#include <wire/address.hpp>
#include <wire/charset.hpp>

namespace msrp::inline v0::detail::grammar {

/// The IPv4 address that a name is once its percent-encoded unreserved octets are decoded: then it
/// is compared, and needs a port, as one.
[[nodiscard]] constexpr std::optional<wire::ip_address> decoded_ipv4(
    std::string_view host) noexcept {
    char text[15]{};
    std::size_t size = 0;
    bool fits = true;
    normal_name(host, [&](char c) {
        fits = fits && size < sizeof text;
        if (fits) text[size++] = c;
    });
    if (!fits) return std::nullopt;
    return wire::parse_ipv4(std::string_view(text, size));
}

/// A path, or the one URI of a text.
struct path_value : uri {
    std::size_t count = 0;
    std::size_t max_uris = std::numeric_limits<std::size_t>::max();
};

inline constexpr wire::charset userinfo_set =
    wire::unreserved | wire::sub_delims | wire::charset(":");
inline constexpr wire::charset name_set = wire::unreserved | wire::sub_delims;
inline constexpr wire::charset short_name_set = name_set - wire::charset(";");
inline constexpr wire::charset letter_s = wire::charset("sS");
inline constexpr wire::charset letter_v = wire::charset("vV");
inline constexpr wire::charset zero_to_five = wire::charset::range('0', '5');
inline constexpr wire::charset zero_to_four = wire::charset::range('0', '4');
inline constexpr wire::charset one_to_nine = wire::charset::range('1', '9');

// RFC 3986, 3.2.2:
//   dec-octet   = DIGIT / %x31-39 DIGIT / "1" 2DIGIT / "2" %x30-34 DIGIT / "25" %x30-35
//   IPv4address = dec-octet "." dec-octet "." dec-octet "." dec-octet
// The longest alternative first: a PEG does not come back for it.
inline constexpr auto dec_octet = (exactly<"25"> >> one<zero_to_five>) |
                                  (octet<'2'> >> one<zero_to_four> >> one<wire::digit>) |
                                  (octet<'1'> >> one<wire::digit> >> one<wire::digit>) |
                                  (one<one_to_nine> >> one<wire::digit>) | one<wire::digit>;
inline constexpr auto ipv4_address =
    dec_octet >> octet<'.'> >> dec_octet >> octet<'.'> >> dec_octet >> octet<'.'> >> dec_octet;

// RFC 3986, 3.2.2:
//   h16         = 1*4HEXDIG
//   ls32        = ( h16 ":" h16 ) / IPv4address
//   IPv6address = 6( h16 ":" ) ls32 / "::" 5( h16 ":" ) ls32 / [ h16 ] "::" 4( h16 ":" ) ls32
//               / [ *1( h16 ":" ) h16 ] "::" 3( h16 ":" ) ls32 / ... / [ *6( h16 ":" ) h16 ] "::"
// Each alternative must reach the "]", lest a shorter one hide a longer.
inline constexpr auto h16 = from_to<wire::hexdig, 1, 4>;
inline constexpr auto h16_colon = h16 >> octet<':'>;
inline constexpr auto ls32 = ipv4_address | (h16 >> octet<':'> >> h16);
/// `[ *N( h16 ":" ) h16 ]`; the look-ahead leaves the "::" alone.
template <std::size_t N>
inline constexpr auto leading = -(times<0, N>[h16_colon >> !octet<':'>] >> h16);
inline constexpr auto colons = octet<':'> >> octet<':'>;
inline constexpr auto close = &octet<']'>;
inline constexpr auto ipv6_address =
    (times<6>[h16_colon] >> ls32 >> close) |                    //
    (colons >> times<5>[h16_colon] >> ls32 >> close) |          //
    (-h16 >> colons >> times<4>[h16_colon] >> ls32 >> close) |  //
    (leading<1> >> colons >> times<3>[h16_colon] >> ls32 >> close) |
    (leading<2> >> colons >> times<2>[h16_colon] >> ls32 >> close) |
    (leading<3> >> colons >> h16_colon >> ls32 >> close) |  //
    (leading<4> >> colons >> ls32 >> close) |               //
    (leading<5> >> colons >> h16 >> close) |                //
    (leading<6> >> colons >> close);

template <host_kind Kind>
struct set_host {
    template <class Frame>
    bool operator()(Frame& f, std::string_view matched) const {
        f.value.host = matched;
        f.value.kind = Kind;
        if constexpr (Kind == host_kind::ipv4 || Kind == host_kind::ipv6) {
            auto const ip = wire::parse_ip(matched);
            if (!ip) return false;
            f.value.ip = *ip;
        } else if constexpr (Kind == host_kind::name) {
            if (auto const ip = decoded_ipv4(matched)) {  // "127.0.0.%31"
                f.value.kind = host_kind::ipv4;
                f.value.ip = *ip;
            }
        }
        return true;
    }
};

//   pct-encoded = "%" HEXDIG HEXDIG
//   IPvFuture   = "v" 1*HEXDIG "." 1*( unreserved / sub-delims / ":" )
//   IP-literal  = "[" ( IPv6address / IPvFuture  ) "]"
inline constexpr auto pct_encoded = octet<'%'> >> one<wire::hexdig> >> one<wire::hexdig>;
inline constexpr auto ipv_future =
    one<letter_v> >> some<wire::hexdig> >> octet<'.'> >> some<userinfo_set>;
inline constexpr auto ip_literal = octet<'['> >> (then<set_host<host_kind::ip_future>>[ipv_future] |
                                                  then<set_host<host_kind::ipv6>>[ipv6_address]) >>
                                   octet<']'>;

//   reg-name = *( unreserved / pct-encoded / sub-delims )      host = IP-literal / IPv4address / ..
// Here it is `1*`: an empty host names nothing (URI-6-2 aside, RFC 3986 leaves that to the scheme).
// `Set` says whether the name may hold ";", see `uri_text`.
template <wire::charset const& Set>
inline constexpr auto reg_name = +(some<Set> | pct_encoded);
template <wire::charset const& Set>
inline constexpr auto host =
    ip_literal | then<set_host<host_kind::ipv4>>[ipv4_address >> !(one<Set> | octet<'%'>)] |
    then<set_host<host_kind::name>>[reg_name<Set>];

/// URI-6-2, and the range of a TCP port: looked at once it is sure what is host and port.
struct check_port {
    template <class Frame>
    bool operator()(Frame& f, char const*) const {
        uri& u = f.value;
        unsigned long port = 0;
        for (char const& c : u.port_text) {
            port = port * 10 + static_cast<unsigned long>(c - '0');
            if (port > 65535) return f.refuse(error::bad_port, &c);
        }
        if (!u.port_text.empty()) {
            u.port = static_cast<std::uint16_t>(port);
        } else if (u.kind != host_kind::name) {
            char const* at = u.port_text.data();  // behind the ":"
            if (at == nullptr) {
                at = u.host.data() + u.host.size();
                if (u.kind != host_kind::ipv4) ++at;  // the "]"
            }
            return f.refuse(error::ip_without_port, at);
        }
        return true;
    }
};
/// The same behind a literal, which can be nothing else; while a port may still come, all is well.
struct check_literal {
    template <class Frame>
    bool operator()(Frame& f, char const* at) const {
        uri const& u = f.value;
        if (u.kind != host_kind::ipv6 && u.kind != host_kind::ip_future) return true;
        bool const ends = at != f.text.data() + f.text.size() && (*at == '/' || *at == ';');
        return (u.port_text.empty() && !ends) || check_port{}(f, at);
    }
};

//   authority = [ userinfo "@" ] host [ ":" port ]             port = *DIGIT
//   userinfo  = *( unreserved / pct-encoded / sub-delims / ":" )
struct set_userinfo {
    template <class Frame>
    bool operator()(Frame& f, std::string_view matched) const {
        f.value.userinfo = matched.substr(0, matched.size() - 1);
        f.value.has_userinfo = true;
        return true;
    }
};
inline constexpr auto userinfo = *(some<userinfo_set> | pct_encoded);
template <wire::charset const& Set>
inline constexpr auto authority =
    -then<set_userinfo>[userinfo >> octet<'@'>] >> host<Set> >>
    -(octet<':'> >> keep<&uri::port_text>[any<wire::digit>]) >> call<check_literal>;

// RFC 4975, 9:
//   session-id    = 1*( unreserved / "+" / "=" / "/" )         (URI-6.1-4: may hold "/")
//   transport     = "tcp" / 1*ALPHANUM                         (URI-7977-1: "ws", "dc", any)
//   URI-parameter = token ["=" token]
inline constexpr auto session_id = keep<&uri::session_id>[some<session_id_char>];
inline constexpr auto uri_parameter = token >> -(octet<'='> >> token);
inline constexpr auto transport_and_parameters =
    octet<';'> >> keep<&uri::transport>[some<wire::alphanum>] >>
    keep<&uri::parameters>[*(octet<';'> >> uri_parameter)];

struct set_secure {
    template <class Frame>
    bool operator()(Frame& f, std::string_view) const {
        f.value.scheme = uri_scheme::msrps;
        return true;
    }
};
/// What a reading before this one may have left behind is taken back.
struct new_uri {
    template <class Frame>
    bool operator()(Frame& f, char const*) const {
        static_cast<uri&>(f.value) = uri{};
        return true;
    }
};
struct new_authority {
    template <class Frame>
    bool operator()(Frame& f, char const*) const {
        auto const scheme = f.value.scheme;
        static_cast<uri&>(f.value) = uri{};
        f.value.scheme = scheme;
        return true;
    }
};

// RFC 4975, 9:
//   MSRP-URI    = msrp-scheme "://" authority ["/" session-id] ";" transport *( ";" URI-parameter )
//   msrp-scheme = "msrp" / "msrps"
// reg-name may hold ";", which makes this ambiguous. With a session-id, its "/" ends the authority
// and all before it belongs there; without one, the first ";" ends it.
inline constexpr auto uri_text = call<new_uri> >> word<"msrp"> >>
                                 -then<set_secure>[one<letter_s>] >> exactly<"://"> >>
                                 ((call<new_authority> >> authority<name_set> >> octet<'/'> >>
                                   call<check_port> >> session_id >> transport_and_parameters) |
                                  (call<new_authority> >> authority<short_name_set> >>
                                   transport_and_parameters));

inline constexpr auto one_uri = keep<&uri::text>[uri_text] >> end >> call<check_port>;

/// Counts a URI, at its first octet.
struct count_uri {
    template <class Frame>
    bool operator()(Frame& f, char const* at) const {
        if (f.value.count == f.value.max_uris) return f.refuse(error::path_too_long, at);
        ++f.value.count;
        return true;
    }
};
// RFC 4975, 9: MSRP-URI *( SP MSRP-URI ), of To-Path, From-Path and Use-Path
inline constexpr auto path_uri = call<count_uri> >> keep<&uri::text>[uri_text] >>
                                 &(octet<' '> | end) >> call<check_port>;
inline constexpr auto several_sp = allowed<&leniency::several_blanks> >> *octet<' '>;
inline constexpr auto path_text = path_uri >> *(octet<' '> >> -several_sp >> path_uri) >> end;

}  // namespace msrp::inline v0::detail::grammar
