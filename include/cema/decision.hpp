// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// decision.hpp - the tables of RFC 6714: facts to decision. Nothing else decides.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <cema/facts.hpp>
#include <cema/reason.hpp>

namespace cema::inline v0 {

/// What an offerer does after the answer.
enum class offerer_action : std::uint8_t {
    use_cm_line,             ///< active: connect to the answer's c/m-line
    use_path,                ///< active: plain RFC 4975 / 4976: by the path, own relay first
    wait,                    ///< passive: the peer connects
    new_offer_without_cema,  ///< this answer is of no use: offer again, plain RFC 4975 / 4976
    media_rejected,          ///< the answerer said no
    unusable_answer,         ///< the answer contradicts the offer: give up
};

/// What an answerer does with the offer.
enum class answerer_action : std::uint8_t {
    answer_with_cema,  ///< msrp-cema in the answer; if active, connect to the offer's c/m-line
    fallback_answer,   ///< plain RFC 4975 / 4976, without msrp-cema; if active, connect by the path
    reject,            ///< port zero in the answer, or 488 for the whole request
};

/// The role that follows from a decision.
enum class decided_role : std::uint8_t { none, active, passive };

[[nodiscard]] constexpr std::string_view to_text(offerer_action a) noexcept {
    switch (a) {
        case offerer_action::use_cm_line: return "connect to the c/m-line";
        case offerer_action::use_path: return "connect by the path";
        case offerer_action::wait: return "wait";
        case offerer_action::new_offer_without_cema: return "new offer without msrp-cema";
        case offerer_action::media_rejected: return "media rejected";
        case offerer_action::unusable_answer: return "unusable answer";
    }
    return {};
}
[[nodiscard]] constexpr std::string_view to_text(answerer_action a) noexcept {
    switch (a) {
        case answerer_action::answer_with_cema: return "answer with msrp-cema";
        case answerer_action::fallback_answer: return "answer by plain RFC 4975";
        case answerer_action::reject: return "reject";
    }
    return {};
}

/// A column of a table: what a fact must be for the row to match.
enum class want : std::uint8_t { no, yes, any };
[[nodiscard]] constexpr bool matches(want w, bool fact) noexcept {
    return w == want::any || (w == want::yes) == fact;
}

/// A column for a=setup of the offer: a set of values.
class setup_set {
   public:
    template <class... Setup>
    constexpr explicit setup_set(Setup... members) noexcept
        : bits_(static_cast<std::uint8_t>((0U | ... | bit(members)))) {}
    [[nodiscard]] constexpr bool contains(offered_setup s) const noexcept {
        return (bits_ & bit(s)) != 0;
    }

   private:
    static constexpr unsigned bit(offered_setup s) noexcept {
        return 1U << static_cast<unsigned>(s);
    }
    std::uint8_t bits_;
};

struct offerer_decision {
    offerer_action action = offerer_action::unusable_answer;
    decided_role role = decided_role::none;
    /// The answer broke the RFC and was read as if it had not: a finding for logs.
    bool illegal_answer = false;
    reason why{};
    reason also{};  ///< a second reason; its text is empty where there is none

    friend constexpr bool operator==(offerer_decision const&, offerer_decision const&) = default;
};

/// One row of the offerer's table; columns in the order of `offerer_facts`.
struct offerer_row {
    want media_rejected, offered_cema, offered_active, own_relay, answer_cema, mismatch, peer_relay,
        answer_active, literal_own_relay;
    offerer_decision decision;

    [[nodiscard]] constexpr bool matches(offerer_facts const& f) const noexcept {
        using cema::matches;
        return matches(media_rejected, f.media_rejected) && matches(offered_cema, f.offered_cema) &&
               matches(offered_active, f.offered_active) && matches(own_relay, f.own_relay) &&
               matches(answer_cema, f.answer_cema) && matches(mismatch, f.mismatch) &&
               matches(peer_relay, f.peer_relay) && matches(answer_active, f.answer_active) &&
               matches(literal_own_relay, f.literal_own_relay);
    }
};

struct answerer_decision {
    answerer_action action = answerer_action::reject;
    decided_role role = decided_role::none;
    reason why{};
    reason also{};  ///< a second reason; its text is empty where there is none
    /// Active, answered with msrp-cema, and yet to connect by the path.
    bool by_path = false;

    friend constexpr bool operator==(answerer_decision const&, answerer_decision const&) = default;
};

/// One row of an answerer's table; columns in the order of `answerer_facts`.
struct answerer_row {
    want media_rejected, offer_cema, mismatch, own_relay, peer_relay;
    setup_set setup;
    want choose_passive, refuse_passive, cema_only_if_offered, cm_behind_relay;
    answerer_decision decision;

    [[nodiscard]] constexpr bool matches(answerer_facts const& f) const noexcept {
        using cema::matches;
        return matches(media_rejected, f.media_rejected) && matches(offer_cema, f.offer_cema) &&
               matches(mismatch, f.mismatch) && matches(own_relay, f.own_relay) &&
               matches(peer_relay, f.peer_relay) && setup.contains(f.setup) &&
               matches(choose_passive, f.choose_passive) &&
               matches(refuse_passive, f.refuse_passive) &&
               matches(cema_only_if_offered, f.cema_only_if_offered) &&
               matches(cm_behind_relay, f.cm_behind_relay);
    }
};

namespace detail {

inline constexpr want N = want::no;
inline constexpr want Y = want::yes;
inline constexpr want o = want::any;
inline constexpr setup_set any_setup{offered_setup::absent, offered_setup::active,
                                     offered_setup::passive, offered_setup::actpass};
/// The offerer will be active: by default or by setup:active.
inline constexpr setup_set offerer_active{offered_setup::absent, offered_setup::active};
inline constexpr setup_set offerer_passive{offered_setup::passive};
inline constexpr setup_set actpass{offered_setup::actpass};

inline constexpr reason port_zero{"RFC 3264", "6", "", "The port of the m= line is zero."};
inline constexpr reason both_active{
    "RFC 4145", "4.1", "",
    "Offer and answer both say setup:active, so nobody would accept the connection."};
inline constexpr reason illegal_cema{
    "RFC 6714", "4.3", "1",
    "Both endpoints use relays, so msrp-cema in the answer is illegal; it is read as absent."};
inline constexpr reason relay_first{"RFC 6135", "4.5", "",
                                    "An endpoint on a relay always connects to its relay."};
inline constexpr reason plain_offer{
    "RFC 4975", "8.2", "",
    "The offer had no msrp-cema, so the active endpoint connects by the path."};
inline constexpr reason mismatch_passive{
    "RFC 6714", "4.2", "1",
    "No msrp-cema in the answer, its c/m-line is of no path URI, and setup:active makes us "
    "passive."};
inline constexpr reason mismatch_own_relay{
    "RFC 6714", "4.2", "2",
    "No msrp-cema in the answer, its c/m-line is of no path URI, and we would be active on a "
    "relay."};
inline constexpr reason mismatch_peer_relay{
    "RFC 6714", "4.2", "3",
    "No msrp-cema in the answer, its c/m-line is of no path URI, and the peer is on a relay."};
inline constexpr reason no_middlebox{
    "RFC 6714", "4.2", "no middlebox",
    "The peer is on a relay and its c/m-line is of a path URI, so there is no middlebox: plain "
    "RFC 4975."};
inline constexpr reason active_uses_cm_line{
    "RFC 6714", "4.2", "last paragraph", "No criterion for a fallback is met and we are active."};
inline constexpr reason passive_waits{"RFC 6714", "4.2", "last paragraph",
                                      "The answer says setup:active, so the peer connects."};
inline constexpr reason active_on_relay{"RFC 6714", "4.1", "3",
                                        "An active endpoint on a relay cannot use CEMA."};

inline constexpr reason setup_active_waits{"RFC 6135", "4.2.2", "",
                                           "The answer says setup:active, so the peer connects."};
inline constexpr reason literal_policy{"local policy", "", "literal_own_relay",
                                       "The c/m-line is used by the letter, past the own relay."};

using oa = offerer_action;
using enum decided_role;

/// RFC 6714, section 4.2. The first row that matches decides. N no, Y yes, o any.
// clang-format off
inline constexpr std::array offerer_table{
    // rejected / offered cema / offered active / O / answer cema / mismatch / A / answer active /
    // literal
    offerer_row{Y, o, o, o, o, o, o, o, o, {oa::media_rejected, none, false, port_zero, {}}},
    // CEMA-4.2-3 (1) goes before all that concerns roles.
    offerer_row{N, Y, o, o, N, Y, o, Y, o,
        {oa::new_offer_without_cema, none, false, mismatch_passive, {}}},
    // The illegal answer (4.3 item 1 demands a fallback of the answerer).
    offerer_row{N, Y, o, Y, Y, Y, Y, Y, o,
        {oa::new_offer_without_cema, none, true, illegal_cema, mismatch_passive}},
    offerer_row{N, Y, o, Y, Y, Y, Y, N, o,
        {oa::new_offer_without_cema, none, true, illegal_cema, mismatch_own_relay}},
    // RFC 4145, 4.1: no answer to setup:active.
    offerer_row{N, o, Y, o, o, o, o, Y, o, {oa::unusable_answer, none, true, both_active, {}}},
    offerer_row{N, Y, o, Y, Y, N, Y, Y, o, {oa::wait, passive, true, illegal_cema, no_middlebox}},
    offerer_row{N, Y, o, Y, Y, N, Y, N, o,
        {oa::use_path, active, true, illegal_cema, no_middlebox}},
    // After a fallback offer, or one of an endpoint without CEMA.
    offerer_row{N, N, o, o, o, o, o, Y, o, {oa::wait, passive, false, setup_active_waits, {}}},
    offerer_row{N, N, o, Y, o, o, o, N, o,
        {oa::use_path, active, false, plain_offer, relay_first}},
    offerer_row{N, N, o, N, o, o, o, N, o, {oa::use_path, active, false, plain_offer, {}}},
    // Answer with msrp-cema.
    offerer_row{N, Y, o, o, Y, o, o, Y, o, {oa::wait, passive, false, passive_waits, {}}},
    offerer_row{N, Y, o, N, Y, o, o, N, o,
        {oa::use_cm_line, active, false, active_uses_cm_line, {}}},
    // Section 21 #8: the RFC has no step for it.
    offerer_row{N, Y, o, Y, Y, o, N, N, Y,
        {oa::use_cm_line, active, false, active_uses_cm_line, literal_policy}},
    offerer_row{N, Y, o, Y, Y, N, N, N, N,
        {oa::use_path, active, false, active_on_relay, relay_first}},
    offerer_row{N, Y, o, Y, Y, Y, N, N, N,
        {oa::new_offer_without_cema, none, false, active_on_relay,
         {"RFC 6714", "4.2", "2",
          "The c/m-line is of no path URI: only a middlebox that is a B2BUA could help."}}},
    // Answer without msrp-cema: CEMA-4.2-3 (2) and (3), then CEMA-4.2-4, then CEMA-4.2-5.
    offerer_row{N, Y, o, Y, N, Y, o, N, o,
        {oa::new_offer_without_cema, none, false, mismatch_own_relay, {}}},
    offerer_row{N, Y, o, N, N, Y, Y, N, o,
        {oa::new_offer_without_cema, none, false, mismatch_peer_relay, {}}},
    offerer_row{N, Y, o, o, N, N, Y, Y, o, {oa::wait, passive, false, no_middlebox, {}}},
    offerer_row{N, Y, o, Y, N, N, Y, N, o,
        {oa::use_path, active, false, no_middlebox, relay_first}},
    offerer_row{N, Y, o, N, N, N, Y, N, o, {oa::use_path, active, false, no_middlebox, {}}},
    offerer_row{N, Y, o, o, N, N, N, Y, o, {oa::wait, passive, false, passive_waits, {}}},
    // Also from an own relay (then there is no mismatch): the RFC says MUST, and the address is that
    // of a path URI.
    offerer_row{N, Y, o, o, N, o, N, N, o,
        {oa::use_cm_line, active, false, active_uses_cm_line, {}}},
};
// clang-format on

inline constexpr reason offer_active{"RFC 6135", "4.2.2", "",
                                     "The offerer will be active, by default or by setup:active."};
inline constexpr reason offer_passive{
    "RFC 6135", "4.2.2", "",
    "The offer says setup:passive, which it may not; we can only be active."};
inline constexpr reason chosen_passive{"RFC 6135", "4.2.2", "",
                                       "The offer says setup:actpass and we chose to be passive."};
inline constexpr reason chosen_active{"RFC 6135", "4.2.2", "",
                                      "The offer says setup:actpass and we chose to be active."};
inline constexpr reason refused_passive{
    "local policy", "", "refuse_passive",
    "The offer leaves us only the passive role, which we refuse."};
inline constexpr reason both_relays{"RFC 6714", "4.3", "1", "Both endpoints use relays."};
inline constexpr reason relay_offerer_active{"RFC 6714", "4.3", "2",
                                             "The offerer uses a relay and will be active."};
inline constexpr reason relay_answerer_active{
    "RFC 6714", "4.3", "3", "We use a relay and the offer does not let us be passive."};
inline constexpr reason only_if_offered{"local policy", "", "cema_only_if_offered",
                                        "The offer has no msrp-cema, so neither has the answer."};
inline constexpr reason all_other_cases{"RFC 6714", "4.3", "all other cases",
                                        "No criterion for a fallback is met."};
inline constexpr reason relay_passive{
    "RFC 6714", "4.3", "3 of the answer",
    "An answerer on a relay is passive, its relay's address in the c/m-line."};

inline constexpr reason behind_relay{
    "RFC 4975", "8.2", "",
    "The offerer knows no CEMA and its c/m-line is an address behind its relay, so the connection "
    "goes by the path."};

using aa = answerer_action;

/// RFC 6714, section 4.3. The first row that matches decides. N no, Y yes, o any.
// clang-format off
inline constexpr std::array answerer_table{
    // rejected / offer cema / mismatch / own relay / peer relay / setup / choose / refuse / only /
    // c/m-line behind the relay
    answerer_row{Y, o, o, o, o, any_setup, o, o, o, o, {aa::reject, none, port_zero, {}}},
    // CEMA-4.3-1
    answerer_row{N, N, Y, o, o, any_setup, o, o, o, o,
        {aa::reject, none,
         {"RFC 6714", "4.3", "first paragraph",
          "No msrp-cema in the offer and its c/m-line is of no path URI: a middlebox without "
          "CEMA changed it."}, {}}},
    answerer_row{N, o, o, N, o, offerer_active, o, Y, o, o,
        {aa::reject, none, refused_passive, {}}},
    // CEMA-4.3-2 (1)
    answerer_row{N, o, o, Y, Y, offerer_active, o, o, o, o,
        {aa::fallback_answer, passive, both_relays, offer_active}},
    answerer_row{N, o, o, Y, Y, offerer_passive, o, o, o, o,
        {aa::fallback_answer, active, both_relays, offer_passive}},
    answerer_row{N, o, o, Y, Y, actpass, Y, o, o, o,
        {aa::fallback_answer, passive, both_relays, chosen_passive}},
    answerer_row{N, o, o, Y, Y, actpass, N, o, o, o,
        {aa::fallback_answer, active, both_relays, chosen_active}},
    // CEMA-4.3-2 (2) and (3)
    answerer_row{N, o, o, N, Y, offerer_active, o, N, o, o,
        {aa::fallback_answer, passive, relay_offerer_active, offer_active}},
    answerer_row{N, o, o, Y, N, offerer_passive, o, o, o, o,
        {aa::fallback_answer, active, relay_answerer_active, offer_passive}},
    // Section 21 #9, the policy's side.
    answerer_row{N, N, N, o, o, offerer_active, o, o, Y, o,
        {aa::fallback_answer, passive, only_if_offered, offer_active}},
    answerer_row{N, N, N, o, o, offerer_passive, o, o, Y, o,
        {aa::fallback_answer, active, only_if_offered, offer_passive}},
    answerer_row{N, N, N, o, o, actpass, Y, o, Y, o,
        {aa::fallback_answer, passive, only_if_offered, chosen_passive}},
    answerer_row{N, N, N, o, o, actpass, N, o, Y, o,
        {aa::fallback_answer, active, only_if_offered, chosen_active}},
    // CEMA-4.3-3
    answerer_row{N, o, o, Y, N, offerer_active, o, o, o, o,
        {aa::answer_with_cema, passive, all_other_cases, relay_passive}},
    answerer_row{N, o, o, Y, N, actpass, o, o, o, o,
        {aa::answer_with_cema, passive, all_other_cases, relay_passive}},
    answerer_row{N, o, o, N, N, offerer_active, o, N, o, o,
        {aa::answer_with_cema, passive, all_other_cases, offer_active}},
    // The letter (CEMA-4.3-4) would lead past the relay at which such an offerer waits.
    answerer_row{N, N, N, N, Y, offerer_passive, o, o, N, Y,
        {aa::answer_with_cema, active, offer_passive, behind_relay, true}},
    answerer_row{N, N, N, N, Y, actpass, o, o, N, Y,
        {aa::answer_with_cema, active, all_other_cases, behind_relay, true}},
    answerer_row{N, o, o, N, o, offerer_passive, o, o, o, o,
        {aa::answer_with_cema, active, all_other_cases, offer_passive}},
    // Section 21 #8: so that the offerer on a relay need not be active.
    answerer_row{N, o, o, N, Y, actpass, o, o, o, o,
        {aa::answer_with_cema, active, all_other_cases,
         {"RFC 6714", "4.1", "3",
          "The offerer uses a relay and could not use CEMA if it were active."}}},
    answerer_row{N, o, o, N, N, actpass, Y, o, o, o,
        {aa::answer_with_cema, passive, all_other_cases, chosen_passive}},
    answerer_row{N, o, o, N, N, actpass, N, o, o, o,
        {aa::answer_with_cema, active, all_other_cases, chosen_active}},
};
// clang-format on

inline constexpr reason no_cema_here{"RFC 4975", "8", "", "This endpoint does not use CEMA."};

/// An endpoint that knows RFC 6135 but not CEMA.
// clang-format off
inline constexpr std::array plain_answerer_table{
    answerer_row{Y, o, o, o, o, any_setup, o, o, o, o, {aa::reject, none, port_zero, {}}},
    answerer_row{N, o, o, N, o, offerer_active, o, Y, o, o,
        {aa::reject, none, refused_passive, {}}},
    answerer_row{N, o, o, o, o, offerer_active, o, o, o, o,
        {aa::fallback_answer, passive, no_cema_here, offer_active}},
    answerer_row{N, o, o, o, o, offerer_passive, o, o, o, o,
        {aa::fallback_answer, active, no_cema_here, offer_passive}},
    answerer_row{N, o, o, o, o, actpass, Y, o, o, o,
        {aa::fallback_answer, passive, no_cema_here, chosen_passive}},
    answerer_row{N, o, o, o, o, actpass, N, o, o, o,
        {aa::fallback_answer, active, no_cema_here, chosen_active}},
};
// clang-format on

/// The index of the first row that matches; `table.size()` if none does.
template <class Row, class Facts>
[[nodiscard]] constexpr std::size_t first_match(std::span<Row const> table,
                                                Facts const& facts) noexcept {
    std::size_t i = 0;
    while (i < table.size() && !table[i].matches(facts)) ++i;
    return i;
}

/// Calls `f` with each combination of an offerer's facts.
template <class F>
consteval void for_each_offerer_facts(F&& f) {
    for (unsigned n = 0; n < 512; ++n) {
        auto const bit = [n](unsigned i) { return (n >> i & 1U) != 0; };
        f(offerer_facts{bit(0), bit(1), bit(2), bit(3), bit(4), bit(5), bit(6), bit(7), bit(8)});
    }
}
/// Calls `f` with each combination of an answerer's facts.
template <class F>
consteval void for_each_answerer_facts(F&& f) {
    for (unsigned n = 0; n < 2048; ++n) {
        auto const bit = [n](unsigned i) { return (n >> i & 1U) != 0; };
        f(answerer_facts{bit(0), bit(1), bit(2), bit(3), bit(4),
                         static_cast<offered_setup>(n >> 5U & 3U), bit(7), bit(8), bit(9),
                         bit(10)});
    }
}

/// Every combination of facts has a row, and every row is the first for some combination.
template <class Row, std::size_t Size>
[[nodiscard]] consteval bool complete_without_dead_rows(std::array<Row, Size> const& table) {
    std::array<bool, Size + 1> hit{};
    auto const visit = [&](auto const& facts) consteval {
        hit[first_match(std::span<Row const>(table), facts)] = true;
    };
    if constexpr (requires { table[0].offered_cema; }) {
        for_each_offerer_facts(visit);
    } else {
        for_each_answerer_facts(visit);
    }
    for (std::size_t i = 0; i < Size; ++i)
        if (!hit[i]) return false;
    return !hit[Size];
}
static_assert(complete_without_dead_rows(offerer_table));
static_assert(complete_without_dead_rows(answerer_table));
static_assert(complete_without_dead_rows(plain_answerer_table));

}  // namespace detail

/// The rows by which `offerer_decide` goes, in order: for documents and tests.
[[nodiscard]] constexpr std::span<offerer_row const> offerer_rows() noexcept {
    return detail::offerer_table;
}
/// The rows by which `answerer_decide` goes, in order.
[[nodiscard]] constexpr std::span<answerer_row const> answerer_rows() noexcept {
    return detail::answerer_table;
}

/// The rows by which `plain_answerer_decide` goes, in order.
[[nodiscard]] constexpr std::span<answerer_row const> plain_answerer_rows() noexcept {
    return detail::plain_answerer_table;
}

/// The decision of the first row that matches; where none does, the one that gives up. Linear.
[[nodiscard]] constexpr offerer_decision decide_by(std::span<offerer_row const> table,
                                                   offerer_facts const& facts) noexcept {
    auto const i = detail::first_match(table, facts);
    return i < table.size() ? table[i].decision : offerer_decision{};
}
[[nodiscard]] constexpr answerer_decision decide_by(std::span<answerer_row const> table,
                                                    answerer_facts const& facts) noexcept {
    auto const i = detail::first_match(table, facts);
    return i < table.size() ? table[i].decision : answerer_decision{};
}

/// RFC 6714, section 4.2 (CEMA-4.2-3 to -5; section 21 #8). Constant time.
[[nodiscard]] constexpr offerer_decision offerer_decide(offerer_facts const& facts) noexcept {
    return decide_by(offerer_rows(), facts);
}
/// RFC 6714, section 4.3 (CEMA-4.3-1 to -4; section 21 #8, #9). Constant time.
[[nodiscard]] constexpr answerer_decision answerer_decide(answerer_facts const& facts) noexcept {
    return decide_by(answerer_rows(), facts);
}
/// An answerer without CEMA (RFC 4975 with RFC 6135). Constant time.
[[nodiscard]] constexpr answerer_decision plain_answerer_decide(
    answerer_facts const& facts) noexcept {
    return decide_by(plain_answerer_rows(), facts);
}

}  // namespace cema::inline v0
