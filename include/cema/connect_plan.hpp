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
    /// Pre-shared keys that both sides support (draft-ietf-simple-msrp-cema-00, 6.2). Carried out
    /// by the application's own TLS: certificates prove nothing here.
    psk,
    /// The certificate that a management service gives for the peer's SIP AoR (RFC 6072; RFC 6714,
    /// 7.5). The application fetches it and compares.
    certificate_service,
    /// As `fingerprint`, and trusted only because SIPS protects every hop of the signalling
    /// (draft-ietf-simple-msrp-cema-00, 6.2, 2).
    sips,
};

/// What protects the SDP on its way. Only the caller knows.
enum class signalling_protection : std::uint8_t {
    none,        ///< nothing, or nothing is known
    hop_by_hop,  ///< each hop, as SIPS does: every proxy can read and change
    end_to_end,  ///< the peer's SDP cannot be changed unseen
};

/// May the peer's fingerprint be trusted (CEMA-7.7-1)? A thing to show to the user.
enum class fingerprint_trust : std::uint8_t {
    not_used,     ///< the check is by other means, or there is none
    unprotected,  ///< whoever can change the SDP can take the peer's place
    each_hop,     ///< only a proxy on the way could
    end_to_end,   ///< nobody could
};

/// The security levels of RFC 6714, 7.6.
enum class security_level : std::uint8_t {
    independent = 1,  ///< does not rely on the signalling: a B2BUA in the middle would be found
    signalling = 2,   ///< relies on the signalling: a B2BUA that changes it is not found
    unprotected = 3,  ///< no TLS: anybody on the way can read and change, at any time
};
[[nodiscard]] constexpr security_level level_of(identity_check c) noexcept {
    switch (c) {
        case identity_check::name:
        case identity_check::psk:
        case identity_check::certificate_service: return security_level::independent;
        case identity_check::fingerprint:
        case identity_check::sips: return security_level::signalling;
        case identity_check::none: break;
    }
    return security_level::unprotected;
}

/// What a To-Path is compared with to find out whether a request belongs to the session.
enum class session_match : std::uint8_t {
    whole_uri,        ///< the own URI (CON-7.3-1)
    session_id_only,  ///< its session-id alone: see `local_situation::match_session_id_only`
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
        case identity_check::psk: return "psk";
        case identity_check::certificate_service: return "certificate-service";
        case identity_check::sips: return "sips";
    }
    return {};
}
[[nodiscard]] constexpr std::string_view to_text(signalling_protection p) noexcept {
    switch (p) {
        case signalling_protection::none: return "none";
        case signalling_protection::hop_by_hop: return "hop by hop";
        case signalling_protection::end_to_end: return "end to end";
    }
    return {};
}
[[nodiscard]] constexpr std::string_view to_text(fingerprint_trust t) noexcept {
    switch (t) {
        case fingerprint_trust::not_used: return "not used";
        case fingerprint_trust::unprotected: return "unprotected";
        case fingerprint_trust::each_hop: return "each hop";
        case fingerprint_trust::end_to_end: return "end to end";
    }
    return {};
}

/// How to get to the peer. Where to connect (`host`, `port`) is not whom to address: To-Path,
/// From-Path, the session's URIs and the TLS name stay those of the paths (CEMA-4.1-1).
///
/// To carry it out: if `target` is not `none`, open a TCP connection to `host`:`port` (as TLS
/// client if `tls`); if it is `none`, accept one at the own URI's address (as TLS server if `tls`).
/// Check the peer's certificate by `identity`. Make a session of `local_path` and `remote_path`
/// (with the option of `session_match`); if `local_role` is active send a SEND at once. If
/// `keeps_connection`, do none of that: the connection and the session of the plan before go on.
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

    /// A copy whose memory comes from another allocator.
    basic_connect_plan(basic_connect_plan const& other, Allocator const& allocator)
        : local_role(other.local_role),
          target(other.target),
          host(other.host, allocator),
          ip(other.ip),
          port(other.port),
          tls(other.tls),
          cema(other.cema),
          identity(other.identity),
          fingerprints(other.fingerprints),
          trust(other.trust),
          possible_downgrade(other.possible_downgrade),
          b2bua_likely(other.b2bua_likely),
          keeps_connection(other.keeps_connection),
          session_match(other.session_match),
          identity_name(other.identity_name, allocator),
          local_path(other.local_path.view(), allocator),
          remote_path(other.remote_path.view(), allocator),
          reasons(other.reasons) {}

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
    /// The peer's; not empty if `identity` is `fingerprint` or `sips`.
    sdp::fingerprint_set fingerprints{};
    fingerprint_trust trust = fingerprint_trust::not_used;
    /// The peer is without msrp-cema, or without TLS though we have it, and nothing protects the
    /// signalling: somebody on the way may have taken it out.
    bool possible_downgrade = false;
    /// The offer was a fallback: there is a middlebox, and it has to be an MSRP B2BUA. Its operator
    /// can read what is sent; see `peer_is_not_wanted`.
    bool b2bua_likely = false;
    /// The paths of both sides are what was agreed before: the connection that stands, or was being
    /// made, stays (section 21 #5).
    bool keeps_connection = false;
    /// `msrp::session_options::match_session_id_only` for the session of this plan.
    cema::session_match session_match = session_match::whole_uri;
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
