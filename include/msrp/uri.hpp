// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// uri.hpp - MSRP-URI: read it into views, compare it, write its normal form.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

#include <msrp/error.hpp>
#include <wire/address.hpp>
#include <wire/charset.hpp>
#include <wire/decimal.hpp>
#include <wire/examined.hpp>
#include <wire/result.hpp>
#include <wire/sink.hpp>

namespace msrp::inline v0 {

/// `token` of RFC 4975, section 9.
inline constexpr wire::charset token_char = wire::charset("!") | wire::charset::range(0x23, 0x27) |
                                            wire::charset::range(0x2A, 0x2B) |
                                            wire::charset::range(0x2D, 0x2E) | wire::digit |
                                            wire::upper_alpha | wire::charset::range(0x5E, 0x7E);
/// `session-id = 1*( unreserved / "+" / "=" / "/" )`; no percent-encoding.
inline constexpr wire::charset session_id_char = wire::unreserved | wire::charset("+=/");

enum class uri_scheme : std::uint8_t {
    msrp,
    msrps,  ///< the next connection is TLS (URI-6-3)
};

enum class host_kind : std::uint8_t { name, ipv4, ipv6, ip_future };

/// Which departures from the grammar of a URI are read; see `leniency`.
struct uri_options {
    bool ipv6_without_brackets = false;
};

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

/// Calls `put(char)` for each octet of a host in its normal form: lower case, percent-encoded
/// unreserved octets decoded, other encodings with lower-case digits.
template <class Put>
constexpr void normal_name(std::string_view host, Put&& put) {
    for (std::size_t i = 0; i < host.size(); ++i) {
        bool const encoded = host[i] == '%' && i + 2 < host.size();
        int const high = encoded ? wire::hex_value(host[i + 1]) : -1;
        int const low = encoded ? wire::hex_value(host[i + 2]) : -1;
        if (high < 0 || low < 0) {
            put(wire::to_lower(host[i]));
            continue;
        }
        int const value = high * 16 + low;
        char const c = static_cast<char>(value);
        if (wire::unreserved.contains(c)) {
            put(wire::to_lower(c));
        } else {
            put('%');
            put("0123456789abcdef"[value >> 4]);
            put("0123456789abcdef"[value & 15]);
        }
        i += 2;
    }
}

/// What an octet may be in an MSRP-URI.
enum uri_octet : std::uint8_t {
    in_name = 1,        ///< unreserved / sub-delims but ";": of reg-name and userinfo
    in_token = 2,       ///< of a URI-parameter
    in_session_id = 4,  ///< `session_id_char`
    is_alphanum = 8,    ///< of a transport
    is_digit = 16,
    is_hexdig = 32,
};
inline constexpr auto uri_octets = [] {
    std::array<std::uint8_t, 256> table{};
    auto const mark = [&](wire::charset const& set, uri_octet bit) {
        for (std::size_t i = 0; i < 256; ++i)
            if (set.contains(static_cast<char>(i)))
                table[i] = static_cast<std::uint8_t>(table[i] | bit);
    };
    mark((wire::unreserved | wire::sub_delims) - wire::charset(";"), in_name);
    mark(token_char, in_token);
    mark(session_id_char, in_session_id);
    mark(wire::alphanum, is_alphanum);
    mark(wire::digit, is_digit);
    mark(wire::hexdig, is_hexdig);
    return table;
}();

/// Follows `IPv6address ":" 1*DIGIT`, without brackets, octet by octet. At each ":" behind a whole
/// address the port may begin, while the address may go on as well: both ways are followed.
class bare_ipv6_reader {
   public:
    static constexpr std::size_t none = std::string_view::npos;

    /// @param i where `c` stands. After the first octet that does not fit it takes no more.
    void step(char c, std::size_t i) noexcept {
        if (stop_ != none) return;
        bool const digit = wire::digit.contains(c);
        if (c == ':') {
            auto const whole = address_alive_ ? address_.finish() : std::nullopt;
            port_alive_ = whole.has_value();
            if (whole) ip_ = *whole;
            colon_ = i;
            port_ = 0;
            over_ = none;
        } else if (!digit) {
            port_alive_ = false;
        } else if (port_alive_ && over_ == none) {
            port_ = port_ * 10 + static_cast<std::uint32_t>(c - '0');
            if (port_ > 65535) over_ = i;
        }
        address_alive_ = address_alive_ && address_.step(c);
        if (!address_alive_ && !port_alive_) stop_ = i;
    }
    /// Whether address and port can end before `i`, the octet that comes next.
    [[nodiscard]] bool may_end(std::size_t i) const noexcept {
        return port_alive_ && colon_ + 1 != i;
    }
    /// The first octet that did not fit.
    [[nodiscard]] std::size_t stop() const noexcept { return stop_; }
    /// What was read, where it could end before the last octet.
    [[nodiscard]] wire::ip_address const& ip() const noexcept { return ip_; }
    [[nodiscard]] std::size_t colon() const noexcept { return colon_; }
    [[nodiscard]] std::uint32_t port() const noexcept { return port_; }
    /// The digit that makes the port too large.
    [[nodiscard]] std::size_t over() const noexcept { return over_; }

   private:
    wire::ipv6_reader address_{};
    bool address_alive_ = true;
    bool port_alive_ = false;  // an address before `colon_`, and nothing but digits behind it
    std::size_t stop_ = none;
    std::size_t colon_ = none;  // the last
    wire::ip_address ip_{};
    std::uint32_t port_ = 0;
    std::size_t over_ = none;
};

/// Reads one MSRP-URI at the front of a text, each octet once, up to the first octet that cannot
/// belong to it.
///
/// RFC 3986 allows ";" in userinfo and in names, so what a ";" means is known only behind it: at a
/// "@" all before was userinfo, at a "/" it was the authority, else the first ";" began the
/// transport. The reader follows these ways at once; `stop` is where the last of them ended.
class uri_reader {
   public:
    explicit uri_reader(std::string_view text) noexcept : text_(text), out_(own_.emplace()) {}
    /// @param out a new one, to be filled where it stands: it is long.
    uri_reader(std::string_view text, uri& out) noexcept : text_(text), out_(out) {}
    uri_reader(uri_reader const&) = delete;
    uri_reader& operator=(uri_reader const&) = delete;

    /// @return whether a URI ends at `stop()`.
    [[nodiscard]] bool read() noexcept {
        bool const whole = scheme() && (at('[') ? literal() && behind_host() : authority<false>());
        MSRPKIT_EXAMINED(stop_);
        return whole;
    }
    /// The same, by leniency `ipv6_without_brackets`: the host may be an IPv6 address without
    /// brackets. No text is a URI both ways, and none is read twice: with it, there are two colons
    /// or more in the host.
    [[nodiscard, gnu::noinline]] bool read_leniently() noexcept {
        bool const whole = scheme() && (at('[') ? literal() && behind_host() : authority<true>());
        MSRPKIT_EXAMINED(stop_);
        return whole;
    }
    [[nodiscard]] std::size_t stop() const noexcept { return stop_; }
    /// Whether the text, were it longer, might turn out to be read in another way: all of it may be
    /// userinfo or, without a port, a host's name with ";" in it.
    [[nodiscard]] bool open() const noexcept { return open_; }
    /// Whether what was read, once `read` said true, is good though the grammar is not enough.
    [[nodiscard]] bool good() noexcept { return port_is_good(); }
    /// Completes what was read, once `read` said true.
    /// @return false where the grammar is not enough.
    [[nodiscard]] bool finish() noexcept {
        if (!port_is_good()) return false;
        if (!out_.port_text.empty()) out_.port = static_cast<std::uint16_t>(port_);
        out_.text = part(0, stop_);
        return true;
    }
    /// Why and where `read` or `finish` said false; or, where something follows what it read, that.
    [[nodiscard]] wire::failure failed() const noexcept {
        return {make_error_code(why_), stop_, {}};
    }

   private:
    static constexpr std::size_t none = std::string_view::npos;
    static constexpr std::size_t longest_ipv6 = 45;  // with an IPv4 address at its end

    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t stop_ = 0;
    std::size_t port_at_ = 0;  // where a port, or its ":", would stand
    std::size_t over_ = none;  // the digit that makes the port too large
    std::uint32_t port_ = 0;
    error why_ = error::bad_uri;
    bool open_ = false;
    std::optional<uri> own_{};
    uri& out_;

    [[nodiscard]] std::string_view part(std::size_t from, std::size_t size) const noexcept {
        return {text_.data() + from, size};
    }
    [[nodiscard]] bool at(char c) const noexcept { return at_ < text_.size() && text_[at_] == c; }
    [[nodiscard]] unsigned kind(std::size_t i) const noexcept {
        return uri_octets[static_cast<unsigned char>(text_[i])];
    }
    bool stopped(std::size_t at) noexcept {
        stop_ = std::max(stop_, at);
        return false;
    }
    bool refuse(error why, std::size_t at) noexcept {
        why_ = why;
        stop_ = at;
        return false;
    }
    /// URI-6-2, and the range of a TCP port, once it is sure what is host and port.
    bool port_is_good() noexcept {
        if (over_ != none) return refuse(error::bad_port, over_);
        if (out_.kind != host_kind::name && out_.port_text.empty())
            return refuse(error::ip_without_port, port_at_);
        return true;
    }
    bool octet(char c) noexcept {
        if (!at(c)) return stopped(at_);
        ++at_;
        return true;
    }
    [[nodiscard]] std::size_t run_end(std::size_t from, uri_octet set) const noexcept {
        char const* at = text_.data() + from;
        char const* const end = text_.data() + text_.size();
        while (at != end && (uri_octets[static_cast<unsigned char>(*at)] & set) != 0) ++at;
        return static_cast<std::size_t>(at - text_.data());
    }
    std::string_view run(uri_octet set) noexcept {
        std::size_t const from = at_;
        at_ = run_end(at_, set);
        return part(from, at_ - from);
    }
    void port_digit(std::size_t i) noexcept {
        if (over_ != none) return;
        port_ = port_ * 10 + static_cast<std::uint32_t>(text_[i] - '0');
        if (port_ > 65535) over_ = i;
    }

    bool scheme() noexcept {
        if (text_.starts_with("msrp://")) {
            at_ = 7;
            return true;
        }
        constexpr std::string_view name = "msrp";
        for (char const c : name) {
            if (at_ == text_.size() || wire::to_lower(text_[at_]) != c) return stopped(at_);
            ++at_;
        }
        if (at('s') || at('S')) {
            out_.scheme = uri_scheme::msrps;
            ++at_;
        }
        return octet(':') && octet('/') && octet('/');
    }

    /// `"[" ( IPv6address / IPvFuture ) "]"` (RFC 3986, 3.2.2).
    bool literal() noexcept {
        std::size_t const from = ++at_;
        if (at('v') || at('V')) {
            ++at_;
            if (run(is_hexdig).empty() || !octet('.')) return stopped(at_);
            std::size_t const rest = at_;
            while (at_ < text_.size() &&
                   ((kind(at_) & in_name) != 0 || text_[at_] == ':' || text_[at_] == ';'))
                ++at_;
            if (at_ == rest) return stopped(at_);
            out_.kind = host_kind::ip_future;
        } else {
            auto const inside = text_.substr(at_, longest_ipv6 + 1);
            auto const size = std::min(inside.find(']'), longest_ipv6);
            auto ip = wire::parse_ipv6(inside.substr(0, size));
            if (ip) at_ += size;
            if (!ip || !at(']')) {  // where it goes wrong
                wire::ipv6_reader v6;
                at_ = from;
                while (at_ < text_.size() && text_[at_] != ']' && v6.step(text_[at_])) ++at_;
                return stopped(at_);
            }
            out_.kind = host_kind::ipv6;
            out_.ip = *ip;
        }
        out_.host = part(from, at_ - from);
        return octet(']');
    }

    /// `[ ":" *DIGIT ] [ "/" session-id ] ";" transport ...` behind a literal.
    bool behind_host() noexcept {
        port_at_ = at_;
        if (at(':')) {
            port_at_ = ++at_;
            for (; at_ < text_.size() && (kind(at_) & is_digit) != 0; ++at_) port_digit(at_);
            out_.port_text = part(port_at_, at_ - port_at_);
        }
        if ((over_ != none || at('/') || at(';')) && !port_is_good()) return false;
        return at('/') ? session() : parameters();
    }

    bool session() noexcept {
        ++at_;
        out_.session_id = run(in_session_id);
        if (out_.session_id.empty()) return stopped(at_);
        return parameters();
    }

    /// Follows `";" transport *( ";" token [ "=" token ] )`, octet by octet.
    struct parameter_reader {
        enum state : std::uint8_t {
            off,
            separator,
            transport_at,
            transport,
            name_at,
            name,
            value_at,
            value
        };
        state now = off;
        std::size_t transport_end = 0;

        /// @return false where the octet does not fit.
        bool step(char c, unsigned kind, std::size_t i) noexcept {
            bool const token = (kind & in_token) != 0;
            switch (now) {
                case off: return false;
                case separator: now = transport_at; return c == ';';
                case transport_at:
                case transport:
                    if ((kind & is_alphanum) != 0) {
                        now = transport;
                        return true;
                    }
                    transport_end = i;
                    if (now == transport_at || c != ';') return false;
                    now = name_at;
                    return true;
                case name_at: now = name; return token;
                case value_at: now = value; return token;
                case name:
                    if (c == '=') {
                        now = value_at;
                        return true;
                    }
                    [[fallthrough]];
                case value:
                    if (c == ';') {
                        now = name_at;
                        return true;
                    }
                    return token;
            }
            return false;
        }
        [[nodiscard]] bool may_end() const noexcept {
            return now == transport || now == name || now == value;
        }
    };

    /// Notes the parameters that began at `from` and end at `at_`.
    bool parameters_end(parameter_reader const& reader, std::size_t from) noexcept {
        std::size_t const end =
            reader.now == parameter_reader::transport ? at_ : reader.transport_end;
        out_.transport = part(from + 1, end - from - 1);
        out_.parameters = part(end, at_ - end);
        stop_ = at_;
        return true;
    }
    bool parameters() noexcept {
        std::size_t const from = at_;
        if (at(';')) {
            // As most are: a transport, and nothing behind it.
            std::size_t const end = run_end(at_ + 1, is_alphanum);
            if (end != at_ + 1 && (end == text_.size() || text_[end] != ';')) {
                out_.transport = part(at_ + 1, end - at_ - 1);
                out_.parameters = part(end, 0);
                at_ = stop_ = end;
                return true;
            }
        }
        parameter_reader reader;
        reader.now = parameter_reader::separator;
        bool may_end = false;
        for (; at_ < text_.size(); ++at_) {
            may_end = reader.may_end();
            auto const before = reader.now;
            if (!reader.step(text_[at_], kind(at_), at_)) {
                reader.now = before;
                stop_ = at_;
                return may_end && parameters_end(reader, from);
            }
        }
        stop_ = at_;
        return reader.may_end() && parameters_end(reader, from);
    }

    /// Whether at `from` there is `";" transport`, and then the text's or a path's next blank.
    [[nodiscard]] bool only_transport(std::size_t from) const noexcept {
        std::size_t const end = run_end(from + 1, is_alphanum);
        return end != from + 1 && (end == text_.size() || text_[end] == ' ');
    }

    struct no_bare_host {};
    struct may_be_bare_host {
        bare_ipv6_reader reader{};
        bool found = false;  ///< a ";" ended it
    };
    template <bool Bare>
    using bare_host = std::conditional_t<Bare, may_be_bare_host, no_bare_host>;

    /// A host that is no literal, and all behind it; userinfo before it.
    /// @tparam Bare the host may be an IPv6 address without brackets.
    template <bool Bare>
    bool authority() noexcept {
        std::size_t const first = at_;
        std::size_t from = first;    // of the host
        std::size_t colon = none;    // the first
        std::size_t semi = none;     // the first
        std::size_t no_port = none;  // the first octet behind `colon` that is no digit
        unsigned encoded = 0;        // hexadecimal digits that a "%" still wants
        char high = 0;
        wire::ipv4_reader v4;
        std::optional<wire::ip_address> ip;
        parameter_reader reader;
        std::size_t reader_end = none;  // where the parameters ended, or went wrong
        bool reader_good = false;
        bool alive = true;  // this may still be authority
        [[maybe_unused]] bare_host<Bare> bare;

        if constexpr (!Bare) {
            // As most are: a userinfo perhaps, a host, a port, a "/" or a transport and the end,
            // and nothing in them that only what is behind explains.
            auto const name = [&] {
                at_ = run_end(from, in_name);
                if (at_ == from) return;
                wire::ipv4_reader here;  // in registers
                for (char const c : part(from, at_ - from))
                    if (!here.step(c)) break;  // it stays bad
                v4 = here;
            };
            name();
            if (at('@')) {
                out_.userinfo = part(first, at_ - first);
                out_.has_userinfo = true;
                from = ++at_;
                v4 = {};
                if (at('[')) return literal() && behind_host();
                name();
            }
            if (at(':')) {
                colon = at_++;
                ip = v4.finish();
                for (; at_ < text_.size() && (kind(at_) & is_digit) != 0; ++at_) port_digit(at_);
            }
            if (std::min(colon, at_) != from && (at('/') || (at(';') && only_transport(at_)))) {
                host(from, std::min(colon, at_), colon == none ? v4.finish() : ip);
                set_port(colon, at_);
                if (at('/')) return port_is_good() && session();
                bool const whole = parameters();
                open_ = stop_ == text_.size() && (!out_.has_userinfo || colon == none);
                return whole;
            }
        }

        for (; alive || (reader.now != parameter_reader::off && reader_end == none); ++at_) {
            bool const end = at_ == text_.size();
            if (end) open_ = alive && (!out_.has_userinfo || colon == none);
            char const c = end ? '\0' : text_[at_];
            unsigned const k = end ? 0 : kind(at_);
            if (reader.now != parameter_reader::off && reader_end == none) {
                bool const may_end = reader.may_end();
                auto const before = reader.now;
                if (end || !reader.step(c, k, at_)) {
                    reader.now = before;
                    reader_end = at_;
                    reader_good = may_end;
                }
            }
            if (!alive) {
                if (reader_end != none) break;
                continue;
            }
            [[maybe_unused]] bool bare_ends = false;
            if constexpr (Bare) {
                bare_ends = bare.reader.may_end(at_);
                bare.reader.step(c, at_);
            }
            bool const in_port = colon != none && no_port == none;
            if (in_port && (k & is_digit) == 0) no_port = at_;
            if (encoded != 0) {  // at the end, `c` and `k` fit nothing below
                alive = (k & is_hexdig) != 0;
                if (alive && --encoded == 0) {
                    v4.step(static_cast<char>(wire::hex_value(high) * 16 + wire::hex_value(c)));
                } else {
                    high = c;
                }
            } else if ((k & in_name) != 0) {
                if (colon == none) {
                    v4.step(c);
                } else if (no_port == none) {
                    port_digit(at_);
                }
            } else if (c == '%') {
                encoded = 2;
            } else if (c == ':') {
                if (colon == none) {
                    colon = at_;
                    if (semi == none) ip = v4.finish();
                }
            } else if (c == ';') {
                if (semi == none) {
                    semi = at_;
                    if (colon == none) ip = v4.finish();
                    // The transport may begin here, if what is before can be host and port.
                    if (at_ != from && colon != from && (colon == none || no_port == at_))
                        reader.now = parameter_reader::transport_at;
                    if constexpr (Bare) {
                        if (bare_ends) {
                            bare.found = true;
                            reader.now = parameter_reader::transport_at;
                        }
                    }
                }
            } else if (c == '@' && !out_.has_userinfo) {
                out_.userinfo = part(first, at_ - first);
                out_.has_userinfo = true;
                from = at_ + 1;
                colon = semi = no_port = reader_end = over_ = none;
                port_ = 0;
                v4 = {};
                ip.reset();
                reader = {};
                if constexpr (Bare) bare = {};
                if (from < text_.size() && text_[from] == '[') {
                    ++at_;
                    return literal() && behind_host();
                }
            } else {
                alive = false;
            }
            if (!alive) {
                // The authority may end at a "/": then a ";" in it was part of a name.
                std::size_t const name_end = std::min(colon, at_);
                if constexpr (Bare) {
                    if (bare_ends && c == '/') {
                        take(bare.reader, from, at_);
                        return port_is_good() && session();
                    }
                }
                if (encoded != 0 || c != '/' || name_end == from ||
                    (colon != none && no_port != at_)) {
                    stopped(out_.has_userinfo ? host_stop(from, colon, no_port, at_) : at_);
                    if constexpr (Bare) stopped(bare.reader.stop());
                    if (reader.now == parameter_reader::off || reader_end != none) break;
                    continue;
                }
                if (semi < name_end) ip.reset();
                if (colon == none && semi == none) ip = v4.finish();
                host(from, name_end, ip);
                set_port(colon, at_);
                return port_is_good() && session();
            }
        }
        stopped(reader_end == none ? 0 : reader_end);
        if (!reader_good || reader_end != stop_) return false;
        if constexpr (Bare) {
            if (bare.found) {
                take(bare.reader, from, semi);
                at_ = stop_;
                return parameters_end(reader, semi);
            }
        }
        std::size_t const name_end = std::min(colon, semi);
        host(from, name_end, ip);
        set_port(colon < semi ? colon : none, semi);
        at_ = stop_;
        return parameters_end(reader, semi);
    }

    /// Where a host, in which ";" may stand, and its port could not go on.
    static std::size_t host_stop(std::size_t from, std::size_t colon, std::size_t no_port,
                                 std::size_t at) noexcept {
        if (colon == from) return from;
        return colon == none ? at : std::min(no_port, at);
    }
    void host(std::size_t from, std::size_t end,
              std::optional<wire::ip_address> const& ip) noexcept {
        out_.host = part(from, end - from);
        if (!ip) return;
        out_.kind = host_kind::ipv4;
        out_.ip = *ip;
    }
    void take(bare_ipv6_reader const& bare, std::size_t from, std::size_t end) noexcept {
        out_.host = part(from, bare.colon() - from);
        out_.kind = host_kind::ipv6;
        out_.ip = bare.ip();
        set_port(bare.colon(), end);
        port_ = bare.port();
        over_ = bare.over();
    }
    void set_port(std::size_t colon, std::size_t end) noexcept {
        port_at_ = end;
        if (colon == none) {
            port_ = 0;
            over_ = none;
            return;
        }
        port_at_ = colon + 1;
        out_.port_text = part(colon + 1, end - colon - 1);
    }
};

/// Does what `read_uri` does, with all options.
/// @param out has a value; it is written anew.
[[gnu::noinline]] inline void read_uri_leniently(std::string_view text,
                                                 wire::result<uri>& out) noexcept {
    *out = {};
    uri_reader reader(text, *out);
    if (!reader.read_leniently() || reader.stop() != text.size() || !reader.finish())
        out = reader.failed();
}

}  // namespace detail

/// Reads an MSRP-URI, the whole of `text` (URI-6-1, URI-6-2, URI-7977-1). Any transport and any
/// parameter is read and kept. Two things the grammar would let through are refused, since they
/// name nothing one could reach: an empty host and a port above 65535. Where there is no
/// session-id, the first ";" ends the host. Linear, no allocation. `parse_uri` is the same by its
/// grammar.
/// @param options with `ipv6_without_brackets` (the example of RFC 8873 has such a URI) a text that
///        is none by the grammar may have an IPv6 address without brackets as its host, and then
///        has a port, the digits behind the last colon: all is as if it stood in brackets, but
///        for `host` and `text`.
/// @return views into `text`, or `bad_uri` at the first octet at which the text cannot go on. Once
///         it is sure what is host and port (behind an IP literal, at the "/" of a session-id, else
///         at the text's end): `ip_without_port` at the octet where ":" or a digit was wanted, and
///         `bad_port` at the digit that makes the port too large.
[[nodiscard]] inline wire::result<uri> read_uri(std::string_view text,
                                                uri_options options = {}) noexcept {
    wire::result<uri> out(std::in_place);
    detail::uri_reader reader(text, *out);
    if (!reader.read() || reader.stop() != text.size() || !reader.finish()) {
        if (options.ipv6_without_brackets)
            detail::read_uri_leniently(text, out);
        else
            out = reader.failed();
    }
    return out;  // the one return: made where the caller wants it
}

namespace detail {

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
    bool const literal = u.kind == host_kind::ipv6 || u.kind == host_kind::ip_future;
    if (literal) out << '[';
    if (u.kind == host_kind::ipv4 || u.kind == host_kind::ipv6)
        out << wire::ip_text(u.ip).view();
    else
        detail::normal_name(u.host, [&](char c) { out << c; });
    if (literal) out << ']';
    if (u.port_text.data() != nullptr) out << ':' << u.port_text;
    if (u.has_session_id()) out << '/' << u.session_id;
    out << ';';
    detail::normal_name(u.transport, [&](char c) { out << c; });
    return out << u.parameters;
}

}  // namespace msrp::inline v0
