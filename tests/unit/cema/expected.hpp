// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// expected.hpp - what the documents demand for each combination of facts, written from their texts
// and not from the tables: for the tests of the tables and of their mutants.
#pragma once

#include <cema/decision.hpp>
#include <cema/decision_draft00.hpp>
#include <cema/route.hpp>
#include <string>
#include <vector>

namespace cema_test {

using cema::answerer_action;
using cema::answerer_facts;
using cema::decided_role;
using cema::offered_setup;
using cema::offerer_action;
using cema::offerer_facts;

inline std::vector<offerer_facts> all_offerer_facts() {
    std::vector<offerer_facts> all;
    for (bool rejected : {false, true})
        for (bool offered : {false, true})
            for (bool offered_active : {false, true})
                for (bool own : {false, true})
                    for (bool answer : {false, true})
                        for (bool mismatch : {false, true})
                            for (bool peer : {false, true})
                                for (bool active : {false, true})
                                    for (bool literal : {false, true})
                                        all.push_back({rejected, offered, offered_active, own,
                                                       answer, mismatch, peer, active, literal});
    return all;
}

inline std::vector<answerer_facts> all_answerer_facts() {
    std::vector<answerer_facts> all;
    for (bool rejected : {false, true})
        for (bool cema : {false, true})
            for (bool mismatch : {false, true})
                for (bool own : {false, true})
                    for (bool peer : {false, true})
                        for (auto setup : {offered_setup::absent, offered_setup::active,
                                           offered_setup::passive, offered_setup::actpass})
                            for (bool choose : {false, true})
                                for (bool refuse : {false, true})
                                    for (bool only : {false, true})
                                        for (bool behind : {false, true})
                                            all.push_back({rejected, cema, mismatch, own, peer,
                                                           setup, choose, refuse, only, behind});
    return all;
}

inline std::vector<cema::route_facts> all_route_facts() {
    std::vector<cema::route_facts> all;
    for (unsigned n = 0; n < 128; ++n) {
        auto const bit = [n](unsigned i) { return (n >> i & 1U) != 0; };
        all.push_back({bit(0), bit(1), bit(2), bit(3), bit(4), bit(5), bit(6)});
    }
    return all;
}

inline std::string show(cema::route_facts const& f) {
    auto const bit = [](char const* name, bool b) { return std::string(b ? "" : "no ") + name; };
    return bit("own reachable, ", f.own_reachable) + bit("own relay, ", f.own_relay) +
           bit("peer reachable, ", f.peer_reachable) + bit("peer relay, ", f.peer_relay) +
           bit("peer can connect, ", f.peer_can_connect) + bit("peer cema, ", f.peer_cema) +
           bit("middlebox", f.middlebox);
}
inline std::string show(offerer_facts const& f) {
    auto const bit = [](char const* name, bool b) { return std::string(b ? "" : "no ") + name; };
    return bit("rejected, ", f.media_rejected) + bit("offered cema, ", f.offered_cema) +
           bit("offered active, ", f.offered_active) + bit("own relay, ", f.own_relay) +
           bit("answer cema, ", f.answer_cema) + bit("mismatch, ", f.mismatch) +
           bit("peer relay, ", f.peer_relay) + bit("answer active, ", f.answer_active) +
           bit("literal", f.literal_own_relay);
}
inline std::string show(answerer_facts const& f) {
    auto const bit = [](char const* name, bool b) { return std::string(b ? "" : "no ") + name; };
    return bit("rejected, ", f.media_rejected) + bit("offer cema, ", f.offer_cema) +
           bit("mismatch, ", f.mismatch) + bit("own relay, ", f.own_relay) +
           bit("peer relay, ", f.peer_relay) + "setup " +
           std::to_string(static_cast<int>(f.setup)) + bit(", choose passive", f.choose_passive) +
           bit(", refuse passive", f.refuse_passive) +
           bit(", only if offered", f.cema_only_if_offered) +
           bit(", c/m behind relay", f.cm_behind_relay);
}

/// "document|section|item"
inline std::string cited(cema::reason const& r) {
    if (r.text.empty()) return {};
    return std::string(r.document) + "|" + std::string(r.section) + "|" + std::string(r.item);
}

template <class Action>
struct expectation {
    Action action;
    decided_role role = decided_role::none;
    std::string why;
    std::string also{};
    bool flag = false;  ///< offerer: an illegal answer; answerer: connect by the path
};
using offerer_expectation = expectation<offerer_action>;
using answerer_expectation = expectation<answerer_action>;

inline bool meets(cema::offerer_decision const& d, offerer_expectation const& e) {
    return d.action == e.action && d.role == e.role && cited(d.why) == e.why &&
           cited(d.also) == e.also && d.illegal_answer == e.flag;
}
inline bool meets(cema::answerer_decision const& d, answerer_expectation const& e) {
    return d.action == e.action && d.role == e.role && cited(d.why) == e.why &&
           cited(d.also) == e.also && d.by_path == e.flag;
}

/// An answer with msrp-cema between two relays: 4.3 item 1 of both documents forbids it.
inline bool illegal(offerer_facts const& f) {
    return f.offered_cema && f.answer_cema && f.own_relay && f.peer_relay;
}
inline bool counts_as_cema(offerer_facts const& f) { return f.answer_cema && !illegal(f); }

// What both documents leave to others: no CEMA in the offer, and the contradiction of two actives.

inline constexpr auto by_setup = "RFC 6135|4.2.2|";
inline constexpr auto by_own_relay = "RFC 6135|4.5|";
inline offerer_expectation both_active() {
    return {offerer_action::unusable_answer, decided_role::none, "RFC 4145|4.1|", "", true};
}
inline offerer_expectation after_plain_offer(offerer_facts const& f) {
    if (f.answer_active) return {offerer_action::wait, decided_role::passive, by_setup};
    return {offerer_action::use_path, decided_role::active, "RFC 4975|8.2|",
            f.own_relay ? by_own_relay : ""};
}

/// RFC 6714, 4.2, read from top to bottom; section 21 #8 of the requirements where it has a gap.
inline offerer_expectation rfc6714_offerer(offerer_facts const& f) {
    using a = offerer_action;
    using enum decided_role;
    std::string const doc = "RFC 6714|";
    if (f.media_rejected) return {a::media_rejected, none, "RFC 3264|6|"};
    if (!f.offered_cema)
        return f.answer_active && f.offered_active ? both_active() : after_plain_offer(f);
    if (!counts_as_cema(f) && f.mismatch) {  // "any one or more of the criteria"
        std::string criterion;
        if (f.answer_active) {
            criterion = doc + "4.2|1";
        } else if (f.own_relay) {
            criterion = doc + "4.2|2";
        } else if (f.peer_relay) {
            criterion = doc + "4.2|3";
        }
        if (!criterion.empty())
            return illegal(f) ? offerer_expectation{a::new_offer_without_cema, none, doc + "4.3|1",
                                                    criterion, true}
                              : offerer_expectation{a::new_offer_without_cema, none, criterion};
    }
    if (f.answer_active && f.offered_active) return both_active();
    auto const last = doc + "4.2|last paragraph";
    if (!counts_as_cema(f) && f.peer_relay) {  // no middlebox
        auto const because = doc + "4.2|no middlebox";
        auto const action = f.answer_active ? a::wait : a::use_path;
        auto const role = f.answer_active ? passive : active;
        if (illegal(f)) return {action, role, doc + "4.3|1", because, true};
        return {action, role, because, !f.answer_active && f.own_relay ? by_own_relay : ""};
    }
    if (f.answer_active) return {a::wait, passive, last};
    if (f.own_relay && f.answer_cema) {  // 21 #8
        if (f.literal_own_relay)
            return {a::use_cm_line, active, last, "local policy||literal_own_relay"};
        if (f.mismatch) return {a::new_offer_without_cema, none, doc + "4.1|3", doc + "4.2|2"};
        return {a::use_path, active, doc + "4.1|3", by_own_relay};
    }
    return {a::use_cm_line, active, last};
}

/// The draft's 4.2: two checks of an answer without msrp-cema; 21 #8 as in the RFC.
inline offerer_expectation draft00_offerer(offerer_facts const& f) {
    using a = offerer_action;
    using enum decided_role;
    std::string const doc = std::string(cema::draft00_name) + "|";
    if (f.media_rejected) return {a::media_rejected, none, doc + "4.2|acceptance", "RFC 3264|6|"};
    if (!f.offered_cema)
        return f.answer_active && f.offered_active ? both_active() : after_plain_offer(f);
    if (illegal(f)) return {a::new_offer_without_cema, none, doc + "4.3|1", doc + "4.2|2", true};
    if (!f.answer_cema && f.mismatch && f.answer_active)
        return {a::new_offer_without_cema, none, doc + "4.2|1"};
    if (!f.answer_cema && f.peer_relay) return {a::new_offer_without_cema, none, doc + "4.2|2"};
    if (f.answer_active && f.offered_active) return both_active();
    auto const last = doc + "4.2|last paragraph";
    if (f.answer_active) return {a::wait, passive, last};
    if (f.own_relay && f.answer_cema) {
        if (f.literal_own_relay)
            return {a::use_cm_line, active, last, "local policy||literal_own_relay"};
        if (f.mismatch)
            return {a::new_offer_without_cema, none, doc + "4.4|", doc + "4.2|new offer"};
        return {a::use_path, active, doc + "4.4|", by_own_relay};
    }
    return {a::use_cm_line, active, last, f.own_relay ? doc + "4.2|own relay" : ""};
}

inline bool offerer_is_active(answerer_facts const& f) {
    return f.setup == offered_setup::absent || f.setup == offered_setup::active;
}
/// RFC 6135, 4.2.2: what the offer leaves, and what we choose.
inline decided_role role_by_setup(answerer_facts const& f) {
    if (offerer_is_active(f)) return decided_role::passive;
    if (f.setup == offered_setup::passive) return decided_role::active;
    return f.choose_passive ? decided_role::passive : decided_role::active;
}
/// Criteria 1 to 3 of 4.3, which are the same in both documents; 0: none.
inline int relay_criterion(answerer_facts const& f) {
    if (f.own_relay && f.peer_relay) return 1;
    if (f.peer_relay && offerer_is_active(f)) return 2;
    if (f.own_relay && f.setup == offered_setup::passive) return 3;
    return 0;
}
inline bool refused_by_policy(answerer_facts const& f) {
    return offerer_is_active(f) && f.refuse_passive && !f.own_relay;
}

/// What an answer with msrp-cema says of roles, in both documents.
inline answerer_expectation with_cema(answerer_facts const& f, std::string const& why,
                                      std::string const& on_relay,
                                      std::string const& relay_passive) {
    using a = answerer_action;
    if (f.own_relay) return {a::answer_with_cema, decided_role::passive, why, on_relay};
    if (f.setup == offered_setup::actpass && f.peer_relay)
        return {a::answer_with_cema, decided_role::active, why, relay_passive};
    return {a::answer_with_cema, role_by_setup(f), why, by_setup};
}

/// RFC 6714, 4.3, read from top to bottom, with the policies and section 21 #8 and #9.
inline answerer_expectation rfc6714_answerer(answerer_facts const& f) {
    using a = answerer_action;
    using enum decided_role;
    std::string const doc = "RFC 6714|4.3|";
    if (f.media_rejected) return {a::reject, none, "RFC 3264|6|"};
    if (!f.offer_cema && f.mismatch) return {a::reject, none, doc + "first paragraph"};
    if (refused_by_policy(f)) return {a::reject, none, "local policy||refuse_passive"};
    if (int const n = relay_criterion(f); n != 0)
        return {a::fallback_answer, role_by_setup(f), doc + std::to_string(n), by_setup};
    if (f.cema_only_if_offered && !f.offer_cema)
        return {a::fallback_answer, role_by_setup(f), "local policy||cema_only_if_offered",
                by_setup};
    auto const others = doc + "all other cases";
    // An offerer without CEMA waits at its relay, the first URI of its path.
    if (!f.offer_cema && f.peer_relay && f.cm_behind_relay && !f.own_relay)
        return {a::answer_with_cema, active, f.setup == offered_setup::passive ? by_setup : others,
                "RFC 4975|8.2|", true};
    return with_cema(f, others, doc + "3 of the answer", "RFC 6714|4.1|3");
}

/// The draft's 4.3: never rejects, has a fourth criterion, and compares the topmost URI only.
inline answerer_expectation draft00_answerer(answerer_facts const& f) {
    using a = answerer_action;
    using enum decided_role;
    std::string const doc = std::string(cema::draft00_name) + "|";
    if (f.media_rejected) return {a::reject, none, "RFC 3264|6|"};
    if (refused_by_policy(f)) return {a::reject, none, "local policy||refuse_passive"};
    int n = relay_criterion(f);
    if (n == 0 && !f.offer_cema && f.mismatch && offerer_is_active(f)) n = 4;
    if (n != 0)
        return {a::fallback_answer, role_by_setup(f), doc + "4.3|" + std::to_string(n), by_setup};
    if (f.cema_only_if_offered && !f.offer_cema)
        return {a::fallback_answer, role_by_setup(f), "local policy||cema_only_if_offered",
                by_setup};
    if (!f.offer_cema && f.mismatch && f.peer_relay)  // the letter leads to where nobody may be
        return {a::answer_with_cema, active, doc + "4.3|all other cases", doc + "4.3|c/m-line"};
    return with_cema(f, doc + "4.3|all other cases", doc + "4.3|3 of the answer", doc + "4.4|");
}

/// An endpoint that knows RFC 4975 and 6135 alone.
inline answerer_expectation plain_answerer(answerer_facts const& f) {
    if (f.media_rejected) return {answerer_action::reject, decided_role::none, "RFC 3264|6|"};
    if (refused_by_policy(f))
        return {answerer_action::reject, decided_role::none, "local policy||refuse_passive"};
    return {answerer_action::fallback_answer, role_by_setup(f), "RFC 4975|8|", by_setup};
}

struct route_expectation {
    cema::route way;
    std::string why;
};
inline bool meets(cema::route_choice const& c, route_expectation const& e) {
    return c.way == e.way && cited(c.why) == e.why;
}

/// With less than one relay, by what each document needs.
inline route_expectation expected_route(cema::route_facts const& f) {
    using cema::route;
    bool const we_accept = f.own_reachable && f.peer_can_connect;
    if (!f.peer_reachable && !we_accept) {  // one of both has to accept the connection
        if (f.own_relay && f.peer_can_connect) return {route::relay, "RFC 4976|5.1|"};
        return {route::none, "RFC 4976|1|"};
    }
    if (!f.peer_reachable) {
        // The peer is active: on a relay it could not use CEMA (6714, 4.1).
        if (f.middlebox && f.peer_cema && !f.peer_relay) return {route::cema, "RFC 6714|4.1|"};
        return {route::setup, "RFC 6135|4.2.2|"};
    }
    if (!f.middlebox) return {route::direct, f.peer_relay ? "RFC 4976|5.2|" : "RFC 4975|8.5|"};
    if (f.peer_cema) return {route::cema, "RFC 6714|4.1|"};
    if (f.peer_relay) return {route::direct, "RFC 6714|4.2|B2BUA"};
    return {route::cema, "RFC 6714|4.2|last paragraph"};
}

}  // namespace cema_test
