// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// connect_plan.hpp - the outcome of a negotiation: who connects, to where, and how TLS is checked.
#pragma once

#include <cstdint>
#include <memory>
#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <cema/reason.hpp>
#include <msrp/path.hpp>
#include <sdp/fingerprint.hpp>
#include <wire/address.hpp>

namespace cema::inline v0 {

/// The negotiated role of this endpoint (RFC 6135).
enum class role : std::uint8_t {
    active,   ///< sends the first SEND, at once (ALT-4.2.2-4)
    passive,  ///< sends nothing until the first request has bound the session (CON-5.4-4)
};

/// What `host` and `port` of a plan were taken from.
enum class target_kind : std::uint8_t {
    none,       ///< connect nowhere: listen, the peer (or its relay) will come
    cm_line,    ///< c= address and m= port of the peer's description (CEMA-4.2-5, CEMA-4.3-4)
    path,       ///< leftmost URI of the peer's path (RFC 4975; CON-8.2-1)
    own_relay,  ///< nearest own relay, whatever the role is (ALT-4.5-1)
};

/// What proves, over TLS, that the other end of the connection is the right one.
enum class identity_check : std::uint8_t {
    none,         ///< there is no TLS
    fingerprint,  ///< the certificate matches one of `fingerprints` (TLS-14.4-1); in both
                  ///< directions
    /// A valid chain and a SubjectAltName equal to `identity_name` (TLS-5.4-1). On the passive side
    /// it applies if the client shows a certificate; else the first request's session identifies it
    /// (TLS-5.4-2).
    name,
};

[[nodiscard]] constexpr std::string_view to_text(role r) noexcept {
    return r == role::active ? "active" : "passive";
}
[[nodiscard]] constexpr std::string_view to_text(target_kind t) noexcept {
    switch (t) {
        case target_kind::none: return "none";
        case target_kind::cm_line: return "c/m-line";
        case target_kind::path: return "path";
        case target_kind::own_relay: return "own-relay";
    }
    return {};
}
[[nodiscard]] constexpr std::string_view to_text(identity_check c) noexcept {
    switch (c) {
        case identity_check::none: return "none";
        case identity_check::fingerprint: return "fingerprint";
        case identity_check::name: return "name";
    }
    return {};
}

/// How to get to the peer. Where to connect (`host`, `port`) is not whom to address: To-Path,
/// From-Path, the session's URIs and the TLS name stay those of the paths (CEMA-4.1-1).
///
/// To carry it out: if `target` is not `none`, open a TCP connection to `host`:`port` (as TLS
/// client if `tls`); if it is `none`, accept one at the own URI's address (as TLS server if `tls`).
/// Check the peer's certificate by `identity`. Make a session of `local_path` and `remote_path`; if
/// `local_role` is active send a SEND at once.
///
/// Owns all it holds, but for the texts of `reasons` (static storage).
template <class Allocator = std::allocator<char>>
struct basic_connect_plan {
    using allocator_type = Allocator;
    using string_type = std::basic_string<char, std::char_traits<char>, Allocator>;
    using path_type = msrp::basic_path<Allocator>;

    basic_connect_plan(path_type local, path_type remote)
        : host(local.get_allocator()),
          identity_name(local.get_allocator()),
          local_path(std::move(local)),
          remote_path(std::move(remote)) {}

    /// Does this endpoint open the TCP connection (and act as TLS client)? With an own relay also a
    /// passive endpoint does: it connects to its relay (ALT-4.5-1).
    [[nodiscard]] bool connects() const noexcept { return target != target_kind::none; }
    /// `host` and `port` as a value, where the host is numeric.
    [[nodiscard]] std::optional<wire::endpoint> endpoint() const noexcept {
        if (!ip) return std::nullopt;
        return wire::endpoint{*ip, port};
    }

    role local_role = role::passive;
    target_kind target = target_kind::none;
    /// A name (resolve it; RFC 4975, 6.2) or a numeric address without brackets; empty if `target`
    /// is `none`.
    string_type host;
    std::optional<wire::ip_address> ip{};  ///< where `host` is numeric
    std::uint16_t port = 0;                ///< 0 if `target` is `none`
    bool tls = false;                      ///< the connection is TLS
    bool cema = false;                     ///< both sides use CEMA
    identity_check identity = identity_check::none;
    sdp::fingerprint_set fingerprints{};  ///< the peer's; not empty if `identity` is `fingerprint`
    /// The host of the path URI that the other end of the connection answers for; set if `tls`.
    /// Percent-encoding is as in the URI. Numeric addresses stand without brackets.
    string_type identity_name;
    /// From-Path of own requests, and the only To-Path under which requests may arrive: the own
    /// session URI alone (CON-7.3-1, RLY-5.1-3), as the peer knows it (its port may be 9).
    path_type local_path;
    /// To-Path of own requests: the peer's a=path; through an own relay the Use-Path before it.
    path_type remote_path;
    reason_list reasons{};
};

using connect_plan = basic_connect_plan<>;
namespace pmr {
using connect_plan = basic_connect_plan<std::pmr::polymorphic_allocator<char>>;
}

}  // namespace cema::inline v0
