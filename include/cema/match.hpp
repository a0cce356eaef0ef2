// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// match.hpp - is the c/m-line's address that of a path URI? (RFC 6714, section 4.4)
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include <msrp/uri.hpp>
#include <wire/address.hpp>
#include <wire/charset.hpp>
#include <wire/sink.hpp>

namespace cema::inline v0 {

/// Which URIs of a path are compared.
enum class comparison_scope : std::uint8_t {
    any_uri,  ///< RFC 6714: "the path attribute(s)", that is any URI (section 21 #6, #7)
    topmost,  ///< the leftmost URI only (draft-ietf-simple-msrp-cema-00)
};

/// The port that says "I will not be connected to" (RFC 4145, 4; SDP-4145-2).
inline constexpr std::uint16_t discard_port = 9;

/// A host as it is compared and looked up: a numeric address, or a name in its normal form (lower
/// case, percent-encoded unreserved octets decoded), held inside the object.
class host_value {
   public:
    static constexpr std::size_t max_name = 255;  ///< octets of a domain name (RFC 1035, 2.3.4)

    /// Of a c= line. @param address without brackets.
    explicit host_value(std::string_view address) noexcept {
        if (auto const ip = wire::parse_ip(address)) {
            set(*ip);
        } else if (address.size() <= max_name) {  // no percent-encoding in SDP
            for (char const c : address) text_[size_++] = wire::to_lower(c);
        }
    }
    /// Of an MSRP-URI.
    explicit host_value(msrp::uri const& u) noexcept {
        if (u.kind == msrp::host_kind::ipv4 || u.kind == msrp::host_kind::ipv6) {
            set(u.ip);
        } else if (u.kind == msrp::host_kind::name) {
            set_encoded(u.host);
        }
    }

    [[nodiscard]] std::optional<wire::ip_address> const& ip() const noexcept { return ip_; }
    /// The name; empty where the host is numeric, or nothing that DNS could know. Lives as long as
    /// this object.
    [[nodiscard]] std::string_view name() const noexcept {
        return ip_ ? std::string_view{} : std::string_view{text_, size_};
    }

   private:
    void set(wire::ip_address const& ip) noexcept {
        ip_ = ip;
        size_ = 0;
    }
    // Of a host that a URI reader has checked: what is an address, encoded or not, is no name.
    void set_encoded(std::string_view name) noexcept {
        if (name.size() > 3 * max_name) return;
        wire::sink out{std::span<char>(text_)};
        msrp::detail::normal_name(name, [&](char c) { out << c; });
        if (!out.overflowed()) size_ = out.needed();
    }
    std::optional<wire::ip_address> ip_{};
    std::size_t size_ = 0;
    char text_[max_name]{};
};

/// What a c= and m= line say together.
struct cm_line {
    host_value host;
    std::uint16_t port = 0;
    /// setup:active stands beside it. With port 9 in the m= line only addresses are compared, for
    /// that port is no port (section 21 #23).
    bool active = false;

    [[nodiscard]] bool port_counts() const noexcept { return !active || port != discard_port; }
};

/// Compares a c/m-line with path URIs (CEMA-4.4-1): equal address and equal port. Numeric addresses
/// are compared by value, so all texts of one IPv6 address are equal (RFC 5952). Of a name, every
/// address that `lookup` gives is tried and one that fits suffices; a name without addresses fits
/// nothing. A URI without a port fits nothing.
/// @param for_each_uri `for_each_uri(f)` calls `f(msrp::uri const&)` for each URI from the left
///        until it returns false (as `msrp::sdp_media::for_each_uri`).
/// @param lookup `lookup(name)` gives the addresses known for a name in normal form, as something
///        that converts to `std::span<wire::ip_address const>`.
/// Linear in the path, times the addresses of the names. No allocation of its own.
template <class ForEachUri, class Lookup>
[[nodiscard]] bool address_matches(cm_line const& cm, ForEachUri&& for_each_uri, Lookup&& lookup,
                                   comparison_scope scope = comparison_scope::any_uri) {
    auto const same_address = [&](host_value const& a, host_value const& b) {
        auto const each = [&](host_value const& h, auto&& f) {
            if (h.ip()) return f(*h.ip());
            if (h.name().empty()) return false;
            for (wire::ip_address const& ip : std::span<wire::ip_address const>(lookup(h.name())))
                if (f(ip)) return true;
            return false;
        };
        return each(a, [&](wire::ip_address const& x) {
            return each(b, [&](wire::ip_address const& y) { return x == y; });
        });
    };
    bool found = false;
    for_each_uri([&](msrp::uri const& u) {
        bool const port_fits = u.port && (!cm.port_counts() || *u.port == cm.port);
        found = port_fits && same_address(cm.host, host_value(u));
        return !found && scope == comparison_scope::any_uri;
    });
    return found;
}

/// Calls `f(name)` with each name, in normal form, whose addresses `address_matches` may ask for;
/// a name may come twice. The view lives during the call.
template <class ForEachUri, class F>
void for_each_name(cm_line const& cm, ForEachUri&& for_each_uri, F&& f,
                   comparison_scope scope = comparison_scope::any_uri) {
    if (!cm.host.name().empty()) f(cm.host.name());
    for_each_uri([&](msrp::uri const& u) {
        if (u.port && (!cm.port_counts() || *u.port == cm.port)) {
            host_value const host(u);
            if (!host.name().empty()) f(host.name());
        }
        return scope == comparison_scope::any_uri;
    });
}

}  // namespace cema::inline v0
