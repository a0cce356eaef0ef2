// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// policies.hpp - what a user may replace in the negotiator, with the defaults.
#pragma once

#include <concepts>
#include <cstddef>
#include <string_view>

#include <cema/connect_plan.hpp>
#include <cema/decision.hpp>
#include <cema/facts.hpp>
#include <cema/match.hpp>

namespace cema::inline v0 {

// Profile: which document decides. To change one thing, derive and hide it:
// `struct mine : cema::rfc6714 { static constexpr bool literal_own_relay = true; };`

/// RFC 6714. The default profile.
struct rfc6714 {
    static constexpr std::string_view name = "RFC 6714";
    /// Put a=msrp-cema into the first offer.
    static constexpr bool offers_cema = true;
    /// Put a=setup into offers and answers (ALT-4.2.1-1).
    static constexpr bool writes_setup = true;
    /// Which path URIs a c/m-line is compared with (CEMA-4.4-1).
    static constexpr comparison_scope scope = comparison_scope::any_uri;
    /// See `offerer_facts::literal_own_relay`.
    static constexpr bool literal_own_relay = false;
    /// See `answerer_facts::cema_only_if_offered`.
    static constexpr bool cema_only_if_offered = false;
    [[nodiscard]] static constexpr offerer_decision offerer(offerer_facts const& f) noexcept {
        return offerer_decide(f);
    }
    [[nodiscard]] static constexpr answerer_decision answerer(answerer_facts const& f) noexcept {
        return answerer_decide(f);
    }
};

/// An endpoint that negotiates roles (RFC 6135) and knows no CEMA.
struct rfc6135 : rfc6714 {
    static constexpr std::string_view name = "RFC 6135";
    static constexpr bool offers_cema = false;
    [[nodiscard]] static constexpr answerer_decision answerer(answerer_facts const& f) noexcept {
        return plain_answerer_decide(f);
    }
};

/// An endpoint that knows RFC 4975 alone: no a=setup, the offerer connects, by the path.
struct rfc4975 : rfc6714 {
    static constexpr std::string_view name = "RFC 4975";
    static constexpr bool offers_cema = false;
    static constexpr bool writes_setup = false;
    [[nodiscard]] static constexpr offerer_decision offerer(offerer_facts f) noexcept {
        f.answer_active = false;
        return offerer_decide(f);
    }
    [[nodiscard]] static constexpr answerer_decision answerer(answerer_facts f) noexcept {
        f.setup = offered_setup::absent;
        return plain_answerer_decide(f);
    }
};

template <class T>
concept profile_policy = requires(offerer_facts const& o, answerer_facts const& a) {
    { T::name } -> std::convertible_to<std::string_view>;
    { T::offers_cema } -> std::convertible_to<bool>;
    { T::writes_setup } -> std::convertible_to<bool>;
    { T::scope } -> std::convertible_to<comparison_scope>;
    { T::literal_own_relay } -> std::convertible_to<bool>;
    { T::cema_only_if_offered } -> std::convertible_to<bool>;
    { T::offerer(o) } -> std::same_as<offerer_decision>;
    { T::answerer(a) } -> std::same_as<answerer_decision>;
};

// Resolver: what happens to names in c= lines and path URIs.

/// The negotiator asks for their addresses by `status::resolve`. The default.
struct ask_names {
    /// Names asked for in one description at most; further ones match nothing (threat T28).
    static constexpr std::size_t max_names = 8;
};
/// Names are never asked for and match nothing: for networks where SDP holds numbers only.
struct no_names {
    static constexpr std::size_t max_names = 0;
};
template <class T>
concept resolver_policy = requires {
    { T::max_names } -> std::convertible_to<std::size_t>;
};

// Role: who connects, where the other side leaves the choice.

/// Passive if reachable, else active (RFC 6135, 4.2.2: SHOULD). The default.
struct prefer_passive {
    static constexpr bool refuses_passive = false;
    [[nodiscard]] static constexpr bool choose_passive(bool can_be_passive) noexcept {
        return can_be_passive;
    }
};
/// Active where the offer leaves the choice (RFC 6135, 4.2.2: MAY).
struct prefer_active {
    static constexpr bool refuses_passive = false;
    [[nodiscard]] static constexpr bool choose_passive(bool) noexcept { return false; }
};
/// Never passive but on a relay: offers setup:active, rejects an offer that wants us passive.
struct refuse_passive {
    static constexpr bool refuses_passive = true;
    [[nodiscard]] static constexpr bool choose_passive(bool) noexcept { return false; }
};
template <class T>
concept role_policy = requires {
    { T::refuses_passive } -> std::convertible_to<bool>;
    { T::choose_passive(true) } -> std::same_as<bool>;
};

// Security: is TLS demanded, and how is the peer's certificate checked.

struct security_facts {
    bool tls = false;
    bool own_relay = false;         ///< we use a relay
    bool peer_relay = false;        ///< it is, or may be, the peer's relay
    bool peer_fingerprint = false;  ///< the peer's description has a usable fingerprint
};
/// TLS as the descriptions say; a fingerprint where there is one, else the name. With a relay on
/// either side only the name can be checked (TLS-6135-1). The default.
struct tls_as_offered {
    static constexpr bool require_tls = false;
    [[nodiscard]] static constexpr identity_check identity(security_facts const& f) noexcept {
        if (!f.tls) return identity_check::none;
        if (f.own_relay || f.peer_relay || !f.peer_fingerprint) return identity_check::name;
        return identity_check::fingerprint;
    }
};
/// As `tls_as_offered`, but nothing without TLS.
struct tls_required : tls_as_offered {
    static constexpr bool require_tls = true;
};
template <class T>
concept security_policy = requires(security_facts const& f) {
    { T::require_tls } -> std::convertible_to<bool>;
    { T::identity(f) } -> std::same_as<identity_check>;
};

}  // namespace cema::inline v0
