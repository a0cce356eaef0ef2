// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// policies.hpp - what a user may replace in the negotiator, with the defaults.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include <cema/connect_plan.hpp>
#include <cema/decision.hpp>
#include <cema/decision_draft00.hpp>
#include <cema/facts.hpp>
#include <cema/match.hpp>
#include <cema/reason.hpp>
#include <msrp/sdp_media.hpp>

namespace cema::inline v0 {

// Security: is TLS demanded, and how is the peer's certificate checked.

/// What the choice of the identity check goes by.
struct security_facts {
    bool tls = false;
    bool own_relay = false;         ///< the other end of the connection is our own relay
    bool peer_relay = false;        ///< it is, or may be, the peer's relay
    bool peer_fingerprint = false;  ///< the peer's description has a usable fingerprint
    bool name = false;              ///< the URI of the other end has a host name, no number
    /// What `Authentication::common` says: a further mechanism that both sides support.
    std::optional<identity_check> common{};
    signalling_protection signalling = signalling_protection::none;
    bool trust_sips = false;  ///< the policy's member of this name
};

/// TLS as the descriptions say; a fingerprint where there is one, else the name. With a relay on
/// either side only the name can be checked (TLS-6135-1). A common further mechanism goes before
/// the fingerprint, for it does not rely on the signalling (RFC 6714, 7.6). Without TLS, which is
/// recommended from end to end, the plan says so (CEMA-7.2-1). The default of `rfc6714`.
struct tls_as_offered {
    /// Nothing without TLS.
    static constexpr bool require_tls = false;
    /// Where TLS is required: yet without it toward a peer without msrp-cema.
    static constexpr bool plain_toward_old_peers = false;
    /// Where SIPS protects each hop of the signalling: trust a fingerprint for that
    /// (draft-ietf-simple-msrp-cema-00, 6.2, 2). The check is then called `sips`.
    static constexpr bool trust_sips = false;
    /// Give up rather than use a fingerprint that nothing protects (CEMA-7.7-1: SHOULD NOT).
    static constexpr bool require_trusted_fingerprint = false;

    [[nodiscard]] static constexpr identity_check identity(security_facts const& f) noexcept {
        if (!f.tls) return identity_check::none;
        if (f.own_relay || f.peer_relay) return identity_check::name;
        if (!f.peer_fingerprint && f.name) return identity_check::name;
        if (f.common) return *f.common;
        if (!f.peer_fingerprint) return identity_check::name;
        return f.trust_sips && f.signalling == signalling_protection::hop_by_hop
                   ? identity_check::sips
                   : identity_check::fingerprint;
    }
};
/// As `tls_as_offered`, but nothing without TLS.
struct tls_required : tls_as_offered {
    static constexpr bool require_tls = true;
};
/// draft-ietf-simple-msrp-cema-00, section 6: TLS always. The order of checks is that of 6.2: the
/// name where it can be used, a common mechanism, the fingerprint (CEMA-00-1, CEMA-00-11). Who
/// gives out a fingerprint shows a certificate of its own making, which no name proves: the name
/// can be used where there is none, or at a relay. The default of `draft00`.
struct tls_mandatory : tls_required {};
/// The one exception of the draft's 6.4: plain TCP toward a peer without msrp-cema (CEMA-00-2).
/// Whoever strips msrp-cema from a description can bring it about: let the user decide, and protect
/// the signalling.
struct tls_mandatory_but_for_old_peers : tls_mandatory {
    static constexpr bool plain_toward_old_peers = true;
};
template <class T>
concept security_policy = requires(security_facts const& f) {
    { T::require_tls } -> std::convertible_to<bool>;
    { T::plain_toward_old_peers } -> std::convertible_to<bool>;
    { T::trust_sips } -> std::convertible_to<bool>;
    { T::require_trusted_fingerprint } -> std::convertible_to<bool>;
    { T::identity(f) } -> std::same_as<identity_check>;
};

// Authentication: further mechanisms beside the name and the fingerprint (RFC 6072, MIKEY-TICKET).
// The negotiator holds an object of it: `negotiator.authentication()`.

/// There is none. The default.
struct no_other_mechanism {
    /// Calls `f(name, value)` for each attribute that an offer or an answer with TLS must carry:
    /// the information elements of all mechanisms supported (draft-ietf-simple-msrp-cema-00, 6.2).
    template <class F>
    void attributes(F&&) const noexcept {}
    /// By what the peer's description says: `psk` or `certificate_service` if both sides support
    /// it, else nothing.
    [[nodiscard]] std::optional<identity_check> common(msrp::sdp_media const&) const noexcept {
        return std::nullopt;
    }
};
template <class T>
concept authentication_policy = std::copyable<T> && std::default_initializable<T> &&
                                requires(T const t, msrp::sdp_media const& m) {
                                    t.attributes([](std::string_view, std::string_view) {});
                                    { t.common(m) } -> std::same_as<std::optional<identity_check>>;
                                };

// Observer: sees what the negotiator goes by, for logs. The negotiator holds an object of it:
// `negotiator.observer()`.

/// Which text an observer is shown.
enum class description_kind : std::uint8_t { local, remote };

/// Nobody looks. The default; costs nothing.
struct no_observer {
    /// Show texts with their session-ids. Whoever knows a session-id may take the session over, so
    /// by default they are shown as `*`.
    static constexpr bool wants_session_ids = false;
    /// A description was written, or taken. Lives during the call.
    void description(description_kind, std::string_view) const noexcept {}
    /// A table was asked for the last time in a step.
    void decided(offerer_facts const&, offerer_decision const&) const noexcept {}
    void decided(answerer_facts const&, answerer_decision const&) const noexcept {}
    /// A step ended; the text is that of `to_text(status)`.
    void stepped(std::string_view, reason_list const&) const noexcept {}
};
template <class T>
concept observer_policy =
    std::copyable<T> && std::default_initializable<T> &&
    requires(T t, offerer_facts const& of, offerer_decision const& od, answerer_facts const& af,
             answerer_decision const& ad, reason_list const& r) {
        { T::wants_session_ids } -> std::convertible_to<bool>;
        t.description(description_kind::local, std::string_view());
        t.decided(of, od);
        t.decided(af, ad);
        t.stepped(std::string_view(), r);
    };

// Profile: which document decides. To change one thing, derive and hide it:
// `struct mine : cema::rfc6714 { static constexpr bool literal_own_relay = true; };`

/// RFC 6714. The default profile.
struct rfc6714 {
    static constexpr std::string_view name = "RFC 6714";
    /// The security policy that goes with it unless another is named.
    using security = tls_as_offered;
    /// The document demands TLS: a connection without it is at least mentioned.
    static constexpr bool demands_tls = false;
    /// Put a=msrp-cema into the first offer.
    static constexpr bool offers_cema = true;
    /// Put a=setup into offers and answers (ALT-4.2.1-1), as whoever does CEMA must (CEMA-4.5-1).
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

/// draft-ietf-simple-msrp-cema-00 of August 2011, the predecessor of RFC 6714. Otherwise than
/// there: TLS is mandatory, the offerer makes other checks, the topmost path URI alone is compared,
/// and an offer without msrp-cema and with a mismatch may be answered (requirements, section 14).
struct draft00 : rfc6714 {
    static constexpr std::string_view name = draft00_name;
    using security = tls_mandatory;
    static constexpr bool demands_tls = true;
    static constexpr comparison_scope scope = comparison_scope::topmost;  // CEMA-00-5
    [[nodiscard]] static constexpr offerer_decision offerer(offerer_facts const& f) noexcept {
        return draft00_offerer_decide(f);
    }
    [[nodiscard]] static constexpr answerer_decision answerer(answerer_facts const& f) noexcept {
        return draft00_answerer_decide(f);
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
    requires security_policy<typename T::security>;
    { T::name } -> std::convertible_to<std::string_view>;
    { T::demands_tls } -> std::convertible_to<bool>;
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

}  // namespace cema::inline v0
