// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// decision_draft00.hpp - the tables of draft-ietf-simple-msrp-cema-00: facts to decision.
#pragma once

#include <array>
#include <span>
#include <string_view>

#include <cema/decision.hpp>
#include <cema/facts.hpp>
#include <cema/reason.hpp>

namespace cema::inline v0 {

/// The draft's name, as it stands in reasons.
inline constexpr std::string_view draft00_name = "draft-ietf-simple-msrp-cema-00";

namespace detail::draft00 {

inline constexpr std::string_view doc = draft00_name;
inline constexpr reason not_accepted{doc, "4.2", "acceptance",
                                     "The port of the m= line is zero, so it is not accepted."};
inline constexpr reason mismatch_passive{
    doc, "4.2", "1",
    "No msrp-cema in the answer, its c/m-line is not of the topmost path URI, and setup:active "
    "makes us passive."};
inline constexpr reason peer_relay{
    doc, "4.2", "2", "No msrp-cema in the answer, and several path URIs: the peer is on a relay."};
inline constexpr reason illegal_cema{
    doc, "4.3", "1",
    "Both endpoints use relays, so msrp-cema in the answer is illegal; it is read as absent."};
inline constexpr reason passive_waits{doc, "4.2", "last paragraph",
                                      "The answer says setup:active, so the peer connects."};
inline constexpr reason active_uses_cm_line{doc, "4.2", "last paragraph",
                                            "No check asks for a fallback and we are active."};
inline constexpr reason past_own_relay{
    doc, "4.2", "own relay",
    "The draft does not look at our own relay: the connection goes past it, and messages by the "
    "relay's path cannot arrive."};
inline constexpr reason active_on_relay{
    doc, "4.4", "", "An endpoint on a relay has to be passive to use CEMA, and we are active."};
inline constexpr reason only_a_b2bua{
    doc, "4.2", "new offer",
    "The c/m-line is not of the topmost path URI: only a middlebox that is a B2BUA could help."};

/// Section 4.2. The first row that matches decides. N no, Y yes, o any.
// clang-format off
inline constexpr std::array offerer_table{
    // rejected / offered cema / offered active / O / answer cema / mismatch / A / answer active /
    // literal
    offerer_row{Y, o, o, o, o, o, o, o, o,
        {oa::media_rejected, none, false, not_accepted, port_zero}},
    // Check 1.
    offerer_row{N, Y, o, o, N, Y, o, Y, o,
        {oa::new_offer_without_cema, none, false, mismatch_passive, {}}},
    // Check 2, for an illegal answer, too (4.3 item 1 demands a fallback of the answerer).
    offerer_row{N, Y, o, Y, Y, o, Y, o, o,
        {oa::new_offer_without_cema, none, true, illegal_cema, peer_relay}},
    offerer_row{N, Y, o, o, N, o, Y, o, o,
        {oa::new_offer_without_cema, none, false, peer_relay, {}}},
    // RFC 4145, 4.1: no answer to setup:active.
    offerer_row{N, o, Y, o, o, o, o, Y, o, {oa::unusable_answer, none, true, both_active, {}}},
    // After a fallback offer.
    offerer_row{N, N, o, o, o, o, o, Y, o, {oa::wait, passive, false, setup_active_waits, {}}},
    offerer_row{N, N, o, Y, o, o, o, N, o,
        {oa::use_path, active, false, plain_offer, relay_first}},
    offerer_row{N, N, o, N, o, o, o, N, o, {oa::use_path, active, false, plain_offer, {}}},
    // All other cases.
    offerer_row{N, Y, o, o, o, o, o, Y, o, {oa::wait, passive, false, passive_waits, {}}},
    offerer_row{N, Y, o, N, o, o, o, N, o,
        {oa::use_cm_line, active, false, active_uses_cm_line, {}}},
    // Own relay, no msrp-cema in the answer: the draft has no check for it.
    offerer_row{N, Y, o, Y, N, o, N, N, o,
        {oa::use_cm_line, active, false, active_uses_cm_line, past_own_relay}},
    // Section 21 #8: the letter would lead past the own relay here, too.
    offerer_row{N, Y, o, Y, Y, o, N, N, Y,
        {oa::use_cm_line, active, false, active_uses_cm_line, literal_policy}},
    offerer_row{N, Y, o, Y, Y, N, N, N, N,
        {oa::use_path, active, false, active_on_relay, relay_first}},
    offerer_row{N, Y, o, Y, Y, Y, N, N, N,
        {oa::new_offer_without_cema, none, false, active_on_relay, only_a_b2bua}},
};
// clang-format on

inline constexpr reason both_relays{doc, "4.3", "1", "Both endpoints use relays."};
inline constexpr reason relay_offerer_active{doc, "4.3", "2",
                                             "The offerer uses a relay and will be active."};
inline constexpr reason relay_answerer_active{
    doc, "4.3", "3", "We use a relay and the offer does not let us be passive."};
inline constexpr reason mismatch_without_cema{
    doc, "4.3", "4",
    "No msrp-cema in the offer, its c/m-line is not of the topmost path URI, and the offerer will "
    "be active."};
inline constexpr reason all_other_cases{doc, "4.3", "all other cases",
                                        "No criterion for a fallback is met."};
inline constexpr reason relay_passive{
    doc, "4.3", "3 of the answer",
    "An answerer on a relay is passive, its relay's address in the c/m-line."};
inline constexpr reason relay_offerer_passive{
    doc, "4.4", "", "The offerer uses a relay and has to be passive to use CEMA."};

inline constexpr setup_set offerer_not_active{offered_setup::passive, offered_setup::actpass};
inline constexpr reason perhaps_behind_relay{
    doc, "4.3", "c/m-line",
    "The offerer has a relay and no msrp-cema, and its c/m-line is not the relay's: without a "
    "middlebox nobody waits there."};

/// Section 4.3. The first row that matches decides. N no, Y yes, o any. The fact "c/m-line behind
/// the relay" does not exist in the draft: only the topmost URI is compared.
// clang-format off
inline constexpr std::array answerer_table{
    // rejected / offer cema / mismatch / own relay / peer relay / setup / choose / refuse / only /
    // c/m-line behind the relay
    answerer_row{Y, o, o, o, o, any_setup, o, o, o, o, {aa::reject, none, port_zero, {}}},
    answerer_row{N, o, o, N, o, offerer_active, o, Y, o, o,
        {aa::reject, none, refused_passive, {}}},
    // Criterion 1
    answerer_row{N, o, o, Y, Y, offerer_active, o, o, o, o,
        {aa::fallback_answer, passive, both_relays, offer_active}},
    answerer_row{N, o, o, Y, Y, offerer_passive, o, o, o, o,
        {aa::fallback_answer, active, both_relays, offer_passive}},
    answerer_row{N, o, o, Y, Y, actpass, Y, o, o, o,
        {aa::fallback_answer, passive, both_relays, chosen_passive}},
    answerer_row{N, o, o, Y, Y, actpass, N, o, o, o,
        {aa::fallback_answer, active, both_relays, chosen_active}},
    // Criteria 2, 3 and 4
    answerer_row{N, o, o, N, Y, offerer_active, o, N, o, o,
        {aa::fallback_answer, passive, relay_offerer_active, offer_active}},
    answerer_row{N, o, o, Y, N, offerer_passive, o, o, o, o,
        {aa::fallback_answer, active, relay_answerer_active, offer_passive}},
    answerer_row{N, N, Y, o, N, offerer_active, o, o, o, o,
        {aa::fallback_answer, passive, mismatch_without_cema, offer_active}},
    // Section 21 #9, the policy's side.
    answerer_row{N, N, o, o, o, offerer_active, o, o, Y, o,
        {aa::fallback_answer, passive, only_if_offered, offer_active}},
    answerer_row{N, N, o, o, o, offerer_passive, o, o, Y, o,
        {aa::fallback_answer, active, only_if_offered, offer_passive}},
    answerer_row{N, N, o, o, o, actpass, Y, o, Y, o,
        {aa::fallback_answer, passive, only_if_offered, chosen_passive}},
    answerer_row{N, N, o, o, o, actpass, N, o, Y, o,
        {aa::fallback_answer, active, only_if_offered, chosen_active}},
    // All other cases
    answerer_row{N, o, o, Y, N, offerer_active, o, o, o, o,
        {aa::answer_with_cema, passive, all_other_cases, relay_passive}},
    answerer_row{N, o, o, Y, N, actpass, o, o, o, o,
        {aa::answer_with_cema, passive, all_other_cases, relay_passive}},
    answerer_row{N, o, o, N, N, offerer_active, o, N, o, o,
        {aa::answer_with_cema, passive, all_other_cases, offer_active}},
    // By the letter the c/m-line; RFC 6714 would reject, or go by the path.
    answerer_row{N, N, Y, N, Y, offerer_not_active, o, o, o, o,
        {aa::answer_with_cema, active, all_other_cases, perhaps_behind_relay}},
    answerer_row{N, o, o, N, o, offerer_passive, o, o, o, o,
        {aa::answer_with_cema, active, all_other_cases, offer_passive}},
    // Section 21 #8: so that the offerer on a relay need not be active.
    answerer_row{N, o, o, N, Y, actpass, o, o, o, o,
        {aa::answer_with_cema, active, all_other_cases, relay_offerer_passive}},
    answerer_row{N, o, o, N, N, actpass, Y, o, o, o,
        {aa::answer_with_cema, passive, all_other_cases, chosen_passive}},
    answerer_row{N, o, o, N, N, actpass, N, o, o, o,
        {aa::answer_with_cema, active, all_other_cases, chosen_active}},
};
// clang-format on

static_assert(complete_without_dead_rows(offerer_table));
static_assert(complete_without_dead_rows(answerer_table));

}  // namespace detail::draft00

/// The rows by which `draft00_offerer_decide` goes, in order: for documents and tests.
[[nodiscard]] constexpr std::span<offerer_row const> draft00_offerer_rows() noexcept {
    return detail::draft00::offerer_table;
}
/// The rows by which `draft00_answerer_decide` goes, in order.
[[nodiscard]] constexpr std::span<answerer_row const> draft00_answerer_rows() noexcept {
    return detail::draft00::answerer_table;
}

/// The draft's section 4.2, where it differs from RFC 6714 in the checks (CEMA-00-3 of the
/// requirements); section 21 #8 as there. Constant time.
[[nodiscard]] constexpr offerer_decision draft00_offerer_decide(
    offerer_facts const& facts) noexcept {
    return decide_by(draft00_offerer_rows(), facts);
}
/// The draft's section 4.3, where it differs from RFC 6714 in what happens to an offer without
/// msrp-cema and with a mismatch (CEMA-00-7). Constant time.
[[nodiscard]] constexpr answerer_decision draft00_answerer_decide(
    answerer_facts const& facts) noexcept {
    return decide_by(draft00_answerer_rows(), facts);
}

}  // namespace cema::inline v0
