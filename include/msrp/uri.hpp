// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// uri.hpp - MSRP-URI: read it into views, compare it, write its normal form.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include <msrp/error.hpp>
#include <wire/address.hpp>
#include <wire/charset.hpp>
#include <wire/decimal.hpp>
#include <wire/result.hpp>
#include <wire/sink.hpp>

namespace msrp::inline v0 {

/// `token` of RFC 4975, section 9.
inline constexpr wire::charset token_char =
    wire::charset("!") | wire::charset::range(0x23, 0x27) | wire::charset::range(0x2A, 0x2B) |
    wire::charset::range(0x2D, 0x2E) | wire::digit | wire::upper_alpha |
    wire::charset::range(0x5E, 0x7E);
/// `session-id = 1*( unreserved / "+" / "=" / "/" )`; no percent-encoding.
inline constexpr wire::charset session_id_char = wire::unreserved | wire::charset("+=/");

enum class uri_scheme : std::uint8_t {
    msrp,
    msrps,  ///< the next connection is TLS (URI-6-3)
};

enum class host_kind : std::uint8_t { name, ipv4, ipv6, ip_future };

/// An MSRP-URI as views into the text that was read; they live as long as that text.
///
/// `MSRP-URI = msrp-scheme "://" authority ["/" session-id] ";" transport *( ";" URI-parameter )`
struct uri {
    std::string_view text{};  ///< all of it, as written
    uri_scheme scheme = uri_scheme::msrp;
    std::string_view userinfo{};  ///< without the "@"; see `has_userinfo`
    std::string_view host{};      ///< as written; an IP literal without its brackets
    host_kind kind = host_kind::name;
    wire::ip_address ip{};                ///< of ipv4 and ipv6
    std::string_view port_text{};         ///< as written, without the ":"
    std::optional<std::uint16_t> port{};  ///< nothing where absent (or empty)
    std::string_view session_id{};        ///< without the "/"; empty where absent (URI-6-5)
    std::string_view transport{};
    std::string_view parameters{};  ///< all behind the transport, each with its ";"
    bool has_userinfo = false;

    [[nodiscard]] bool is_secure() const noexcept { return scheme == uri_scheme::msrps; }
    [[nodiscard]] bool has_session_id() const noexcept { return !session_id.empty(); }
    /// The numeric address and port, where both stand in the URI.
    [[nodiscard]] std::optional<wire::endpoint> numeric() const noexcept {
        if ((kind != host_kind::ipv4 && kind != host_kind::ipv6) || !port) return std::nullopt;
        return wire::endpoint{ip, *port};
    }
};

namespace detail {

/// Reads one MSRP-URI and keeps the furthest octet that any reading of it reached.
class uri_reader {
   public:
    explicit uri_reader(std::string_view text) noexcept : text_(text) {}

    [[nodiscard]] wire::result<uri> read() noexcept {
        // RFC 3986 allows ";" in the authority. A "/" can only begin the session-id, so with one all
        // before it is the authority; without one the first ";" ends it.
        if (!scheme()) return failed(error::bad_uri, furthest_);
        std::size_t const authority = at_;
        if (!rest(authority, true) && !rest(authority, false))
            return failed(error::bad_uri, furthest_);
        out_.text = text_;
        std::uint32_t port = 0;
        for (char const& c : out_.port_text) {
            port = port * 10 + static_cast<std::uint32_t>(c - '0');
            if (port > 65535)
                return failed(error::bad_port, static_cast<std::size_t>(&c - text_.data()));
        }
        if (!out_.port_text.empty()) {
            out_.port = static_cast<std::uint16_t>(port);
        } else if (out_.kind != host_kind::name) {
            return failed(error::ip_without_port, port_at_);
        }
        return out_;
    }

   private:
    // RFC 3986, 3.2.1 and 3.2.2, but for pct-encoded.
    static constexpr wire::charset userinfo_char =
        wire::unreserved | wire::sub_delims | wire::charset(":");
    static constexpr wire::charset name_char = wire::unreserved | wire::sub_delims;
    static constexpr wire::charset short_name_char = name_char - wire::charset(";");
    static constexpr wire::charset ip_char = wire::hexdig | wire::charset(":.");

    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t furthest_ = 0;
    std::size_t port_at_ = 0;  // where a port, or its ":", would stand
    uri out_{};

    [[nodiscard]] static wire::failure failed(error why, std::size_t at) noexcept {
        return {make_error_code(why), at, {}};
    }
    void reach(std::size_t at) noexcept { furthest_ = std::max(furthest_, at); }
    [[nodiscard]] bool next_is(char c) const noexcept {
        return at_ < text_.size() && text_[at_] == c;
    }
    bool octet(char c) noexcept {
        reach(at_);
        if (!next_is(c)) return false;
        ++at_;
        return true;
    }
    std::string_view run(wire::charset const& set) noexcept {
        auto const matched = text_.substr(at_, set.span(text_.substr(at_)));
        at_ += matched.size();
        reach(at_);
        return matched;
    }
    /// `*( set / pct-encoded )`; false at a "%" without its two digits.
    bool encoded(wire::charset const& set) noexcept {
        for (;;) {
            run(set);
            if (!next_is('%')) return true;
            for (std::size_t i = 1; i <= 2; ++i) {
                reach(at_ + i);
                if (at_ + i >= text_.size() || !wire::hexdig.contains(text_[at_ + i])) return false;
            }
            at_ += 3;
        }
    }

    bool scheme() noexcept {
        constexpr std::string_view name = "msrp";
        for (char const c : name) {
            reach(at_);
            if (at_ == text_.size() || wire::to_lower(text_[at_]) != c) return false;
            ++at_;
        }
        if (next_is('s') || next_is('S')) {
            out_.scheme = uri_scheme::msrps;
            ++at_;
        }
        return octet(':') && octet('/') && octet('/');
    }

    /// All behind the "://", with a session-id or without.
    bool rest(std::size_t authority, bool with_session) noexcept {
        auto const scheme = out_.scheme;
        out_ = uri{};
        out_.scheme = scheme;
        at_ = authority;
        if (encoded(userinfo_char) && octet('@')) {
            out_.userinfo = text_.substr(authority, at_ - 1 - authority);
            out_.has_userinfo = true;
        } else {
            at_ = authority;
        }
        if (!(next_is('[') ? literal() : name(with_session ? name_char : short_name_char)))
            return false;
        port_at_ = at_;
        if (octet(':')) {
            port_at_ = at_;
            out_.port_text = run(wire::digit);
        }
        if (with_session) {
            if (!octet('/')) return false;
            out_.session_id = run(session_id_char);
            if (out_.session_id.empty()) return false;
        }
        return parameters();
    }

    bool name(wire::charset const& set) noexcept {
        std::size_t const from = at_;
        if (!encoded(set) || at_ == from) return false;
        out_.host = text_.substr(from, at_ - from);
        if (auto const v4 = wire::parse_ipv4(out_.host)) {
            out_.kind = host_kind::ipv4;
            out_.ip = *v4;
        }
        return true;
    }

    /// `"[" ( IPv6address / IPvFuture ) "]"` (RFC 3986, 3.2.2).
    bool literal() noexcept {
        std::size_t const from = ++at_;
        if (next_is('v') || next_is('V')) {
            ++at_;
            if (run(wire::hexdig).empty() || !octet('.') || run(userinfo_char).empty())
                return false;
            out_.kind = host_kind::ip_future;
        } else {
            run(ip_char);
            auto const v6 = wire::parse_ipv6(text_.substr(from, at_ - from));
            if (!v6) return false;
            out_.kind = host_kind::ipv6;
            out_.ip = *v6;
        }
        out_.host = text_.substr(from, at_ - from);
        return octet(']');
    }

    /// `";" transport *( ";" token [ "=" token ] )`, up to the end of the text.
    bool parameters() noexcept {
        if (!octet(';')) return false;
        out_.transport = run(wire::alphanum);
        if (out_.transport.empty()) return false;
        out_.parameters = text_.substr(at_);
        while (at_ < text_.size()) {
            if (!octet(';') || run(token_char).empty()) return false;
            if (octet('=') && run(token_char).empty()) return false;
        }
        return true;
    }
};

}  // namespace detail

/// Reads an MSRP-URI, the whole of `text` (URI-6-1, URI-6-2, URI-7977-1). Any transport and any
/// parameter is read and kept. Two things the grammar would let through are refused, since they name
/// nothing one could reach: an empty host and a port above 65535. Where there is no session-id, the
/// first ";" ends the host. Linear, no allocation. `parse_uri` is the same by its grammar.
/// @return views into `text`, or
///         `bad_uri` at the first octet at which the text cannot go on (a malformed IPv6 address: at
///         the first octet that none could hold, else where it would have to end);
///         where the whole text follows the grammar, `ip_without_port` at the octet where ":" or a
///         digit was wanted, and `bad_port` at the digit that makes the port too large.
[[nodiscard]] inline wire::result<uri> read_uri(std::string_view text) noexcept {
    return detail::uri_reader(text).read();
}

namespace detail {

/// Calls `put(char)` for each octet of a host in its normal form: lower case, percent-encoded
/// unreserved octets decoded, other encodings with upper-case digits.
template <class Put>
constexpr void normal_name(std::string_view host, Put&& put) {
    for (std::size_t i = 0; i < host.size(); ++i) {
        if (host[i] != '%' || i + 2 >= host.size()) {
            put(wire::to_lower(host[i]));
            continue;
        }
        int const value = wire::hex_value(host[i + 1]) * 16 + wire::hex_value(host[i + 2]);
        char const c = static_cast<char>(value);
        if (wire::unreserved.contains(c)) {
            put(wire::to_lower(c));
        } else {
            put('%');
            put("0123456789ABCDEF"[value >> 4]);
            put("0123456789ABCDEF"[value & 15]);
        }
        i += 2;
    }
}

/// Takes the octets of a normal name one by one.
class normal_name_cursor {
   public:
    explicit normal_name_cursor(std::string_view host) noexcept : rest_(host) {}
    /// The next octet, -1 at the end.
    [[nodiscard]] int next() noexcept {
        if (pending_at_ < pending_size_) return pending_[pending_at_++];
        if (rest_.empty()) return -1;
        pending_size_ = pending_at_ = 0;
        std::size_t const n = rest_[0] == '%' && rest_.size() > 2 ? 3 : 1;
        normal_name(rest_.substr(0, n), [&](char c) { pending_[pending_size_++] = c; });
        rest_.remove_prefix(n);
        return pending_[pending_at_++];
    }

   private:
    std::string_view rest_;
    char pending_[3]{};
    std::size_t pending_at_ = 0;
    std::size_t pending_size_ = 0;
};

[[nodiscard]] inline bool same_name(std::string_view a, std::string_view b) noexcept {
    normal_name_cursor x(a);
    normal_name_cursor y(b);
    for (;;) {
        int const c = x.next();
        if (c != y.next()) return false;
        if (c == -1) return true;
    }
}

}  // namespace detail

/// Whether two hosts are one: numeric addresses by value, names by their normal form; a name is
/// never an address, for comparing asks no DNS (URI-6.1-2, URI-6.1-6).
[[nodiscard]] inline bool same_host(uri const& a, uri const& b) noexcept {
    if (a.kind != b.kind) return false;
    if (a.kind == host_kind::ipv4 || a.kind == host_kind::ipv6) return a.ip == b.ip;
    return detail::same_name(a.host, b.host);
}

/// Comparison of RFC 4975, 6.1 (URI-6.1-1 to -6): scheme, host, port, session-id (case-sensitive,
/// absent never equals present) and transport. Userinfo and other parameters do not count. Linear.
[[nodiscard]] inline bool equivalent(uri const& a, uri const& b) noexcept {
    return a.scheme == b.scheme && same_host(a, b) && a.port == b.port &&
           a.session_id == b.session_id && wire::iequals(a.transport, b.transport);
}

/// Appends the normal form: scheme, host and transport in lower case, percent-encoded unreserved
/// octets of the host decoded, IPv6 as RFC 5952; userinfo, port, session-id and parameters as they
/// are. Equivalent URIs that agree in those have the same normal form.
inline wire::sink& write_normal(wire::sink& out, uri const& u) noexcept {
    out << (u.is_secure() ? "msrps://" : "msrp://");
    if (u.has_userinfo) out << u.userinfo << '@';
    switch (u.kind) {
        case host_kind::ipv4: out << wire::ip_text(u.ip).view(); break;
        case host_kind::ipv6: out << '[' << wire::ip_text(u.ip).view() << ']'; break;
        case host_kind::name: detail::normal_name(u.host, [&](char c) { out << c; }); break;
        case host_kind::ip_future:
            out << '[';
            detail::normal_name(u.host, [&](char c) { out << c; });
            out << ']';
            break;
    }
    if (u.port_text.data() != nullptr) out << ':' << u.port_text;
    if (u.has_session_id()) out << '/' << u.session_id;
    out << ';';
    detail::normal_name(u.transport, [&](char c) { out << c; });
    return out << u.parameters;
}

}  // namespace msrp::inline v0
