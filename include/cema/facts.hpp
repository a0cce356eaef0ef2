// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// facts.hpp - all that a decision of RFC 6714 depends on, as plain values.
#pragma once

#include <cstdint>

namespace cema::inline v0 {

/// a=setup of an offer. An unknown value and holdconn count as absent (ALT-4.2.1-1).
enum class offered_setup : std::uint8_t { absent, active, passive, actpass };

/// What an offerer knows when the answer is there (RFC 6714, section 4.2). A "mismatch" is a c=/m=
/// address and port that is that of none of the compared path URIs (section 4.4); "relay used"
/// means more than one URI in the path (section 21 #7 of the requirements).
struct offerer_facts {
    bool media_rejected = false;  ///< the m= line of the answer has port zero
    bool offered_cema = true;     ///< a=msrp-cema stood in the offer; not so in a fallback offer
    bool offered_active = false;  ///< the offer said setup:active: we cannot be connected to
    bool own_relay = false;
    bool answer_cema = false;    ///< a=msrp-cema stands in the answer
    bool mismatch = false;       ///< of the answer
    bool peer_relay = false;     ///< of the answer
    bool answer_active = false;  ///< setup:active in the answer: we would be passive
    /// Policy: from an own relay use the c/m-line of an answer as the RFC's letter has it, past the
    /// own relay (section 21 #8).
    bool literal_own_relay = false;

    friend constexpr bool operator==(offerer_facts const&, offerer_facts const&) = default;
};

/// What an answerer knows when the offer is there (RFC 6714, section 4.3).
struct answerer_facts {
    bool media_rejected = false;  ///< the m= line of the offer has port zero
    bool offer_cema = false;      ///< a=msrp-cema stands in the offer
    bool mismatch = false;        ///< of the offer
    bool own_relay = false;
    bool peer_relay = false;  ///< of the offer
    offered_setup setup = offered_setup::absent;
    /// The role wanted where the offer leaves the choice (actpass): passive, else active.
    bool choose_passive = false;
    /// Policy: reject rather than be passive without a relay.
    bool refuse_passive = false;
    /// Policy: msrp-cema in the answer only if it stood in the offer (CEMA-4.3-3).
    bool cema_only_if_offered = false;
    /// No mismatch, yet the c/m-line is not that of the topmost of several URIs: it is an address
    /// behind the offerer's relay, as RFC 4975, 8.1, has it and RFC 6714 has not (section 21 #6).
    bool cm_behind_relay = false;

    friend constexpr bool operator==(answerer_facts const&, answerer_facts const&) = default;
};

}  // namespace cema::inline v0
