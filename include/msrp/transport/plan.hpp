// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// plan.hpp - a connect plan of the negotiation in the transport's terms.
#pragma once

#include <string_view>

#include <cema/connect_plan.hpp>
#include <msrp/endpoint_options.hpp>
#include <msrp/session_options.hpp>
#include <msrp/transport/connect.hpp>
#include <msrp/transport/endpoint_driver.hpp>
#include <msrp/transport/tls.hpp>

namespace msrp::inline v0::transport {

/// How the peer's certificate is judged under a plan, as TLS client or as server. What this
/// transport cannot check (pre-shared keys, a certificate from a management service) gives a check
/// that no certificate passes: the application puts its own in its place.
template <class Allocator>
[[nodiscard]] peer_check check_of(cema::basic_connect_plan<Allocator> const& plan) {
    switch (plan.identity) {
        case cema::identity_check::fingerprint:
        case cema::identity_check::sips: return peer_check::by_fingerprint(plan.fingerprints);
        case cema::identity_check::name: {
            auto check = peer_check::by_name(std::string_view(plan.identity_name));
            check.certificate_required = plan.connects();  // TLS-5.4-2
            return check;
        }
        case cema::identity_check::psk:
        case cema::identity_check::certificate_service: return peer_check::by_fingerprint({});
        case cema::identity_check::none: break;
    }
    return {};
}

/// Where to connect under a plan; without a host where the plan says to wait. SNI names the host
/// that the certificate is for, not the middlebox (CEMA-4.1-1).
template <class Allocator>
[[nodiscard]] connect_target target_of(cema::basic_connect_plan<Allocator> const& plan) {
    connect_target out;
    out.host = plan.host;
    out.port = plan.port;
    out.tls = plan.tls;
    out.check = check_of(plan);
    out.server_name = plan.identity_name;
    return out;
}

/// What a plan asks of its session: the options with that put in.
template <class Allocator>
[[nodiscard]] session_options options_of(cema::basic_connect_plan<Allocator> const& plan,
                                         session_options options = {}) {
    options.match_session_id_only = plan.session_match == cema::session_match::session_id_only;
    return options;
}

/// Who sends the first SEND under a plan.
template <class Allocator>
[[nodiscard]] connection_role role_of(cema::basic_connect_plan<Allocator> const& plan) noexcept {
    return plan.local_role == cema::role::active ? connection_role::active
                                                 : connection_role::passive;
}

/// The session that a plan is for, to be opened by a driver. Views of the plan.
template <class Allocator>
[[nodiscard]] session_parameters parameters_of(cema::basic_connect_plan<Allocator> const& plan) {
    session_parameters out{plan.local_path.view(), plan.remote_path.view()};
    out.role = role_of(plan);
    if (plan.connects())
        out.target = msrp::connect_target{std::string_view(plan.host), plan.port, plan.tls, "tcp"};
    return out;
}

/// Whom that session expects.
template <class Allocator>
[[nodiscard]] session_trust trust_of(cema::basic_connect_plan<Allocator> const& plan) {
    return {check_of(plan), std::string(plan.identity_name)};
}

}  // namespace msrp::inline v0::transport
