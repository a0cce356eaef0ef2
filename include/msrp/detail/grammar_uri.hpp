// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// grammar_uri.hpp - the grammar of MSRP-URI and of a path of them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
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
inline constexpr wire::charset in_more_than_ipv4 = short_name_set | wire::charset("%@");
inline constexpr wire::charset letter_s = wire::charset("sS");
inline constexpr wire::charset letter_v = wire::charset("vV");

// RFC 3986, 3.2.2:
//   dec-octet   = DIGIT / %x31-39 DIGIT / "1" 2DIGIT / "2" %x30-34 DIGIT / "25" %x30-35
//   IPv4address = dec-octet "." dec-octet "." dec-octet "." dec-octet
/// The longest alternative that fits: a PEG does not come back for it. Each is put behind those
/// before it in `number`.
struct dec_octet_leaf : leaf<dec_octet_leaf> {
    template <class Context, class RContext, class Attribute>
    [[gnu::always_inline]] bool parse(char const*& first, char const* const& last,
                                      Context const& context, RContext&, Attribute&) const {
        auto& f = frame_of(context);
        char const* at = first;
        std::uint32_t value = 0;
        do {
            if (at == last || !wire::digit.contains(*at)) break;
            std::uint32_t const more = value * 10 + static_cast<std::uint32_t>(*at - '0');
            if (more > 255) break;
            value = more;
            ++at;
        } while (value != 0 && at - first < 3);
        f.looked_at(at);
        if (at == first) return false;
        first = at;
        f.number = f.number << 8 | value;
        return true;
    }
};
inline constexpr dec_octet_leaf dec_octet{};
inline constexpr auto ipv4_address =
    dec_octet >> octet<'.'> >> dec_octet >> octet<'.'> >> dec_octet >> octet<'.'> >> dec_octet;

// RFC 3986, 3.2.2:
//   h16         = 1*4HEXDIG
//   ls32        = ( h16 ":" h16 ) / IPv4address
//   IPv6address = 6( h16 ":" ) ls32 / "::" 5( h16 ":" ) ls32 / [ h16 ] "::" 4( h16 ":" ) ls32
//               / [ *1( h16 ":" ) h16 ] "::" 3( h16 ":" ) ls32 / ... / [ *6( h16 ":" ) h16 ] "::"
// Here by how many groups stand before, so that nothing is read twice: 8 in all, with a "::" at
// most 7; an IPv4address is the last two of them.
struct groups_tag;
struct ipv6_groups {
    std::array<std::uint16_t, 8> of{};
    std::size_t count = 8;
    std::size_t gap = 8;  ///< before which group "::" stood

    [[nodiscard]] wire::ip_address address() const noexcept {
        std::array<std::uint8_t, 16> out{};
        for (std::size_t i = 0; i < count; ++i) {
            std::size_t const to = i < gap ? i : 8 - count + i;
            out[2 * to] = static_cast<std::uint8_t>(of[i] >> 8);
            out[2 * to + 1] = static_cast<std::uint8_t>(of[i] & 0xFF);
        }
        return wire::ip_address::v6(out);
    }
};
/// The group `N`.
template <std::size_t N>
struct h16_leaf : leaf<h16_leaf<N>> {
    template <class Context, class RContext, class Attribute>
    bool parse(char const*& first, char const* const& last, Context const& context, RContext&,
               Attribute&) const {
        char const* at = first;
        unsigned value = 0;
        for (; at != last && at - first < 4 && wire::hexdig.contains(*at); ++at) {
            auto const c = static_cast<unsigned char>(*at);
            value = value << 4 | ((c & 0xFU) + (c >> 6) * 9U);  // the letters are 0x41 and 0x61 on
        }
        frame_of(context).looked_at(at);
        if (at == first) return false;
        x3::get<groups_tag>(context).of[N] = static_cast<std::uint16_t>(value);
        first = at;
        return true;
    }
};
/// The second ":" of the "::" behind `N` groups.
template <std::size_t N>
struct gap_leaf : leaf<gap_leaf<N>> {
    template <class Context, class RContext, class Attribute>
    bool parse(char const*& first, char const* const& last, Context const& context, RContext&,
               Attribute&) const {
        x3::get<groups_tag>(context).gap = N;
        return octet<':'>.parse(first, last, context, x3::unused, x3::unused);
    }
};
/// What stands behind an address.
enum class closed_by : std::uint8_t {
    bracket,  ///< "]"
    port,     ///< ":" 1*DIGIT, and then "/" or ";": the last ":" of an address without brackets
};
/// Before that, behind `N` groups.
template <std::size_t N, closed_by By>
struct close_leaf : leaf<close_leaf<N, By>> {
    template <class Context, class RContext, class Attribute>
    bool parse(char const*& first, char const* const& last, Context const& context, RContext&,
               Attribute&) const {
        x3::get<groups_tag>(context).count = N;
        auto& f = frame_of(context);
        f.looked_at(first);
        if constexpr (By == closed_by::bracket) {
            return first != last && *first == ']';
        } else {
            if (first == last || *first != ':') return false;
            char const* at = first + 1;
            while (at != last && wire::digit.contains(*at)) ++at;
            f.looked_at(at);
            return at - first > 1 && at != last && (*at == '/' || *at == ';');
        }
    }
};
/// The groups `N` and `N + 1` are the `IPv4address` that was read.
template <std::size_t N>
struct two_groups_leaf : leaf<two_groups_leaf<N>> {
    template <class Context, class RContext, class Attribute>
    bool parse(char const*&, char const* const&, Context const& context, RContext&,
               Attribute&) const {
        auto& groups = x3::get<groups_tag>(context);
        groups.of[N] = static_cast<std::uint16_t>(frame_of(context).number >> 16);
        groups.of[N + 1] = static_cast<std::uint16_t>(frame_of(context).number & 0xFFFF);
        return true;
    }
};
template <std::size_t N>
inline constexpr h16_leaf<N> h16{};
template <std::size_t N>
inline constexpr gap_leaf<N> gap{};
template <std::size_t N, closed_by By>
inline constexpr close_leaf<N, By> close{};
template <std::size_t N, closed_by By>
inline constexpr auto ipv4_to_close = ipv4_address >> two_groups_leaf<N>{} >> close<N + 2, By>;
inline constexpr auto colon = octet<':'>;

/// Behind a "::" and `N` groups in all: another one or more.
template <std::size_t N, closed_by By>
[[nodiscard]] constexpr auto groups_to_close() {
    if constexpr (N == 6)
        return h16<N> >> close<7, By>;
    else
        return (h16<N> >> (close<N + 1, By> | (colon >> groups_to_close<N + 1, By>()))) |
               ipv4_to_close<N, By>;
}
/// Behind `N` groups, each with its ":".
template <std::size_t N, closed_by By>
[[nodiscard]] constexpr auto groups_from() {
    if constexpr (N == 6)
        return (h16<6> >> colon >> ((gap<7> >> close<7, By>) | (h16<7> >> close<8, By>))) |
               ipv4_to_close<6, By>;
    else
        return h16<N> >> colon >>
               ((gap<N + 1> >> (close<N + 1, By> | groups_to_close<N + 1, By>())) |
                groups_from<N + 1, By>());
}
template <closed_by By>
inline constexpr auto ipv6_groups_text =
    groups_from<0, By>() | (colon >> gap<0> >> (close<0, By> | groups_to_close<0, By>()));

/// Gives the subject groups to fill, and the URI the address that they make.
template <class Subject>
struct ipv6_directive : directive<Subject, ipv6_directive<Subject>> {
    using directive<Subject, ipv6_directive<Subject>>::directive;
    template <class Context, class RContext, class Attribute>
    bool parse(char const*& first, char const* const& last, Context const& context, RContext&,
               Attribute&) const {
        ipv6_groups groups;
        char const* const from = first;
        if (!this->subject.parse(first, last, x3::make_context<groups_tag>(groups, context),
                                 x3::unused, x3::unused))
            return false;
        uri& u = frame_of(context).value;
        u.host = std::string_view(from, static_cast<std::size_t>(first - from));
        u.kind = host_kind::ipv6;
        u.ip = groups.address();
        return true;
    }
};
inline constexpr directive_maker<ipv6_directive> with_groups{};
template <closed_by By>
inline constexpr auto ipv6_address = with_groups[ipv6_groups_text<By>];

struct set_ip_future {
    template <class Frame>
    bool operator()(Frame& f, std::string_view matched) const {
        f.value.host = matched;
        f.value.kind = host_kind::ip_future;
        return true;
    }
};
struct set_ipv4 {
    template <class Frame>
    bool operator()(Frame& f, std::string_view matched) const {
        f.value.host = matched;
        f.value.kind = host_kind::ipv4;
        f.value.ip = wire::ip_address::v4({static_cast<std::uint8_t>(f.number >> 24),
                                           static_cast<std::uint8_t>(f.number >> 16 & 0xFF),
                                           static_cast<std::uint8_t>(f.number >> 8 & 0xFF),
                                           static_cast<std::uint8_t>(f.number & 0xFF)});
        return true;
    }
};
struct set_name {
    template <class Frame>
    bool operator()(Frame& f, std::string_view matched) const {
        f.value.host = matched;
        if (matched.find('%') == std::string_view::npos) return true;
        if (auto const ip = decoded_ipv4(matched)) {  // "127.0.0.%31"
            f.value.kind = host_kind::ipv4;
            f.value.ip = *ip;
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
inline constexpr auto ip_literal =
    octet<'['> >> apart[then<set_ip_future>[ipv_future] | ipv6_address<closed_by::bracket>] >>
    octet<']'>;

//   reg-name = *( unreserved / pct-encoded / sub-delims )      host = IP-literal / IPv4address / ..
// Here it is `1*`: an empty host names nothing (URI-6-2 aside, RFC 3986 leaves that to the scheme).
// `Set` says whether the name may hold ";", see `uri_text`.
template <wire::charset const& Set>
inline constexpr auto reg_name = +(some<Set> | pct_encoded);
template <wire::charset const& Set>
inline constexpr auto host =  // but for IP-literal
    then<set_ipv4>[ipv4_address >> !(one<Set> | octet<'%'>)] | then<set_name>[reg_name<Set>];

/// `*DIGIT`, and what the digits mean unless that is too much for a port.
struct port_leaf : leaf<port_leaf> {
    template <class Context, class RContext, class Attribute>
    [[gnu::always_inline]] bool parse(char const*& first, char const* const& last,
                                      Context const& context, RContext&, Attribute&) const {
        auto& f = frame_of(context);
        std::uint32_t port = 0;
        char const* at = first;
        for (; at != last && wire::digit.contains(*at); ++at)
            if (port <= 65535) port = port * 10 + static_cast<std::uint32_t>(*at - '0');
        f.looked_at(at);
        f.value.port_text = std::string_view(first, static_cast<std::size_t>(at - first));
        if (at != first && port <= 65535) f.value.port = static_cast<std::uint16_t>(port);
        first = at;
        return true;
    }
};
inline constexpr port_leaf port_digits{};

/// URI-6-2, and the range of a TCP port: looked at once it is sure what is host and port.
struct check_port {
    template <class Frame>
    bool operator()(Frame& f, char const*) const {
        uri const& u = f.value;
        if (u.port || (u.kind == host_kind::name && u.port_text.empty())) return true;
        if constexpr (Frame::takes_notes) {
            std::uint32_t port = 0;
            for (char const& c : u.port_text) {
                port = port * 10 + static_cast<std::uint32_t>(c - '0');
                if (port > 65535) return f.refuse(error::bad_port, &c);
            }
        }
        char const* at = u.port_text.data();  // behind the ":"
        if (at == nullptr) {
            at = u.host.data() + u.host.size();
            if (u.kind != host_kind::ipv4) ++at;  // the "]"
        }
        return f.refuse(error::ip_without_port, at);
    }
};
/// The same behind a literal, which can be nothing else; while a port may still come, all is well.
struct check_literal {
    template <class Frame>
    bool operator()(Frame& f, char const* at) const {
        bool const ends = at != f.text.data() + f.text.size() && (*at == '/' || *at == ';');
        return (f.value.port_text.empty() && !ends) || check_port{}(f, at);
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
inline constexpr auto port = -(octet<':'> >> port_digits);
inline constexpr auto literal_and_port = ip_literal >> port >> call<check_literal>;
// Leniency, as the example of RFC 8873 has it: IPv6address ":" 1*DIGIT without brackets.
inline constexpr auto bare_ipv6_and_port =
    ipv6_address<closed_by::port> >> octet<':'> >> port_digits;
inline constexpr auto userinfo = *(some<userinfo_set> | pct_encoded);
inline constexpr auto userinfo_and_at = -then<set_userinfo>[userinfo >> octet<'@'>];
template <wire::charset const& Set>
inline constexpr auto authority = userinfo_and_at >> (literal_and_port | (host<Set> >> port));

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
inline constexpr auto with_session =
    octet<'/'> >> call<check_port> >> session_id >> transport_and_parameters;
inline constexpr auto any_uri =
    (call<new_authority> >> authority<name_set> >> with_session) |
    (call<new_authority> >> authority<short_name_set> >> transport_and_parameters) |
    (allowed<&leniency::ipv6_without_brackets> >> call<new_authority> >> userinfo_and_at >>
     bare_ipv6_and_port >> (with_session | transport_and_parameters));

// As most are: neither ";" nor "%" in the authority, so that nothing is read twice. It is a part of
// the above, tried first; `close_uri` makes sure that the above would read no more than this does.
struct host_was_userinfo {
    template <class Frame>
    bool operator()(Frame& f, char const*) const {
        f.value.userinfo = f.value.host;
        f.value.has_userinfo = true;
        return true;
    }
};
inline constexpr auto usual_name = keep<&uri::host>[some<short_name_set>];
inline constexpr auto usual_ipv4 =
    then<set_ipv4>[inlined[ipv4_address >> !one<in_more_than_ipv4>]] >> port;
inline constexpr auto close_uri = &(octet<' '> | end);
inline constexpr auto usual_authority =
    literal_and_port | usual_ipv4 |
    (usual_name >> ((octet<'@'> >> call<host_was_userinfo> >>
                     (literal_and_port | usual_ipv4 | (usual_name >> port))) |
                    port));
inline constexpr auto usual_uri = usual_authority >>
                                  (with_session | (transport_and_parameters >> close_uri));

inline constexpr auto uri_text = inlined[word<"msrp"> >> -then<set_secure>[one<letter_s>] >>
                                         exactly<"://"> >> (usual_uri | apart[any_uri])];

inline constexpr auto one_uri = inlined[keep<&uri::text>[uri_text] >> end >> call<check_port>];

/// Why and where `text`, which `one_uri` refused, is none.
[[nodiscard, gnu::noinline]] inline wire::failure why_no_uri(std::string_view text,
                                                             uri_options options) noexcept {
    frame<uri> f(text, error::bad_uri);
    f.allow.ipv6_without_brackets = options.ipv6_without_brackets;
    (void)run_grammar(one_uri, f);
    return f.failed();
}

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
inline constexpr auto path_uri =
    call<new_uri> >> call<count_uri> >> keep<&uri::text>[uri_text] >> close_uri >> call<check_port>;
inline constexpr auto several_sp = allowed<&leniency::several_blanks> >> *octet<' '>;
inline constexpr auto path_text = path_uri >> *(octet<' '> >> -several_sp >> path_uri) >> end;

}  // namespace msrp::inline v0::detail::grammar
