// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// contact.hpp - the hand-written readers of u=, e= and p=.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

#include <sdp/detail/fields.hpp>
#include <sdp/error.hpp>
#include <wire/address.hpp>
#include <wire/charset.hpp>
#include <wire/result.hpp>

namespace sdp::inline v0::detail {

// RFC 3986, appendix A, but for "%", which begins pct-encoded.
inline constexpr wire::charset scheme_char = wire::alphanum | wire::charset("+-.");
inline constexpr wire::charset reg_name_char = wire::unreserved | wire::sub_delims;
inline constexpr wire::charset userinfo_char = reg_name_char | wire::charset(":");
inline constexpr wire::charset nc_char = reg_name_char | wire::charset("@");
inline constexpr wire::charset path_char = nc_char | wire::charset(":/");
inline constexpr wire::charset query_char = path_char | wire::charset("?");
inline constexpr wire::charset ipv6_char = wire::hexdig | wire::charset(":.");

// RFC 5322, 3.2 and 3.4.1. A line of SDP cannot be folded: FWS is WSP.
inline constexpr wire::charset wsp = wire::charset(" \t");
inline constexpr wire::charset atext = wire::alphanum | wire::charset("!#$%&'*+-/=?^_`{|}~");
inline constexpr wire::charset vchar = wire::charset::range(0x21, 0x7E);
inline constexpr wire::charset behind_backslash = vchar | wsp;
inline constexpr wire::charset qtext = vchar - wire::charset("\"\\");
inline constexpr wire::charset ctext = vchar - wire::charset("()\\");
inline constexpr wire::charset dtext = vchar - wire::charset("[]\\");
inline constexpr wire::charset qtext_wsp = qtext | wsp;
inline constexpr wire::charset ctext_wsp = ctext | wsp;
inline constexpr wire::charset dtext_wsp = dtext | wsp;

// RFC 8866, section 9.
inline constexpr wire::charset email_safe =
    wire::charset::range(0x01, 0xFF) - wire::charset("\r\n()<>");
inline constexpr wire::charset phone_char = wire::digit | wire::charset(" -");

// Each reader below stops at the first octet that does not fit, as `cursor` does.

/// `*( octet / pct-encoded )`
inline bool read_encoded(cursor& in, wire::charset const& octets) noexcept {
    for (;;) {
        if (in.octet('%')) {
            if (!in.one_of(wire::hexdig) || !in.one_of(wire::hexdig)) return false;
        } else if (!in.some(octets)) {
            return true;
        }
    }
}
/// `IP-literal = "[" ( IPv6address / IPvFuture ) "]"`, from its "[" on.
inline bool read_ip_literal(cursor& in) noexcept {
    in.octet('[');
    if (in.octet('v') || in.octet('V'))
        return in.some(wire::hexdig) && in.octet('.') && in.some(userinfo_char) && in.octet(']');
    wire::ipv6_reader ip;
    while (in.next_in(ipv6_char) && ip.step(in.peek())) in.one_of(ipv6_char);
    return ip.finish() && in.octet(']');
}
/// `authority = [ userinfo "@" ] host [ ":" port ]`
inline bool read_authority(cursor& in) noexcept {
    if (!in.next_is('[')) {
        auto const start = in.at();
        if (!read_encoded(in, userinfo_char)) return false;
        if (!in.octet('@')) {
            // So it was no userinfo. What is not host and port either, only an "@" could mend.
            auto const text = in.from(start);
            auto const port = text.substr(std::min(text.find(':'), text.size()));
            return port.empty() || wire::digit.span(port.substr(1)) == port.size() - 1;
        }
    }
    if (in.next_is('[') ? !read_ip_literal(in) : !read_encoded(in, reg_name_char)) return false;
    if (in.octet(':')) in.some(wire::digit);
    return true;
}
/// `URI-reference` (RFC 8866, 5.5; RFC 3986, 4.1). Empty is one.
inline wire::result<void> check_uri(std::string_view value) noexcept {
    cursor in(value);
    cursor scheme(value);
    bool absolute = scheme.one_of(wire::alpha);
    scheme.some(scheme_char);
    absolute = absolute && scheme.octet(':');
    if (absolute) in = scheme;
    auto const path = [&] {
        if (value.substr(in.at()).starts_with("//")) {
            in.octet('/');
            in.octet('/');
            if (!read_authority(in)) return false;
            return !in.next_is('/') || read_encoded(in, path_char);
        }
        // In a relative reference no ":" stands before the first "/".
        if (!absolute && !read_encoded(in, nc_char)) return false;
        return (!absolute && !in.next_is('/')) || read_encoded(in, path_char);
    };
    bool good = path();
    if (good && in.octet('?')) good = read_encoded(in, query_char);
    if (good && in.octet('#')) good = read_encoded(in, query_char);
    if (good && in.done()) return {};
    return in.fail(error::bad_uri, "u=");
}

/// `*( octet / quoted-pair )`
inline bool read_quotable(cursor& in, wire::charset const& octets) noexcept {
    for (;;) {
        if (in.octet('\\')) {
            if (!in.one_of(behind_backslash)) return false;
        } else if (!in.some(octets)) {
            return true;
        }
    }
}
/// `comment`, from its "(" on. Comments within it are counted, so that none costs stack.
inline bool read_comment(cursor& in) noexcept {
    std::size_t depth = 0;
    for (;;) {
        if (in.octet('('))
            ++depth;
        else if (!in.octet(')'))
            return false;
        else if (--depth == 0)
            return true;
        if (!read_quotable(in, ctext_wsp)) return false;
    }
}
/// `[CFWS]`
inline bool read_cfws(cursor& in) noexcept {
    for (;;) {
        if (in.next_is('(')) {
            if (!read_comment(in)) return false;
        } else if (!in.some(wsp)) {
            return true;
        }
    }
}
/// `dot-atom-text`
inline bool read_dot_atom(cursor& in) noexcept {
    do {
        if (!in.some(atext)) return false;
    } while (in.octet('.'));
    return true;
}
/// `addr-spec = local-part "@" domain` (RFC 5322, 3.4.1), without the CFWS at its end.
inline bool read_addr_spec(cursor& in) noexcept {
    if (!read_cfws(in)) return false;
    bool const local =
        in.octet('"') ? read_quotable(in, qtext_wsp) && in.octet('"') : read_dot_atom(in);
    if (!local || !read_cfws(in) || !in.octet('@') || !read_cfws(in)) return false;
    if (!in.octet('[')) return read_dot_atom(in);
    in.some(dtext_wsp);
    return in.octet(']');
}
/// `email-address` (RFC 8866, 5.6): an address-and-comment, a dispname-and-address or an addr-spec.
/// They overlap: any one that fits the whole value will do.
inline wire::result<void> check_email(std::string_view value) noexcept {
    cursor in(value);
    // The last comment of an address-and-comment takes octets that CFWS does not: each "(" behind a
    // blank may begin it.
    cursor last(value);
    bool good = read_addr_spec(in);
    while (good && !in.done()) {
        if (in.next_is('(')) {
            if (value[in.at() - 1] == ' ') {
                last = in;
                if (last.octet('(') && last.some(email_safe) && last.octet(')') && last.done())
                    return {};
            }
            good = read_comment(in);
        } else {
            good = in.some(wsp);
        }
    }
    if (good) return {};
    cursor named(value);
    if (named.some(email_safe) && named.at() > 1 && value[named.at() - 1] == ' ' &&
        named.octet('<') && read_addr_spec(named) && read_cfws(named) && named.octet('>') &&
        named.done())
        return {};
    return wire::failure{make_error_code(error::bad_email),
                         std::max({in.at(), last.at(), named.at()}), "e="};
}

/// `phone = ["+"] DIGIT 1*(SP / "-" / DIGIT)`
inline bool read_phone(cursor& in) noexcept {
    in.octet('+');
    return in.one_of(wire::digit) && in.some(phone_char);
}
/// `phone-number` (RFC 8866, 5.6): a phone, one with a comment behind it or a name before it. Any
/// one that fits the whole value will do.
inline wire::result<void> check_phone(std::string_view value) noexcept {
    cursor in(value);
    bool good = read_phone(in);
    if (good && in.octet('(')) good = in.some(email_safe) && in.octet(')');
    if (good && in.done()) return {};
    cursor named(value);
    if (named.some(email_safe) && named.octet('<') && read_phone(named) && named.octet('>') &&
        named.done())
        return {};
    return wire::failure{make_error_code(error::bad_phone), std::max(in.at(), named.at()), "p="};
}

}  // namespace sdp::inline v0::detail
