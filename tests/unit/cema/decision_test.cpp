// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// decision_test.cpp - every combination of facts against properties written from RFC 6714's text.
#include <cema/decision.hpp>
#include <string>
#include <vector>

#include "support/catch.hpp"

namespace {

using cema::answerer_action;
using cema::answerer_facts;
using cema::decided_role;
using cema::offered_setup;
using cema::offerer_action;
using cema::offerer_facts;

std::vector<offerer_facts> all_offerer_facts() {
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

std::vector<answerer_facts> all_answerer_facts() {
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

std::string show(offerer_facts const& f) {
    auto const bit = [](char const* name, bool b) { return std::string(b ? "" : "no ") + name; };
    return bit("rejected, ", f.media_rejected) + bit("offered cema, ", f.offered_cema) +
           bit("offered active, ", f.offered_active) + bit("own relay, ", f.own_relay) +
           bit("answer cema, ", f.answer_cema) + bit("mismatch, ", f.mismatch) +
           bit("peer relay, ", f.peer_relay) + bit("answer active, ", f.answer_active) +
           bit("literal", f.literal_own_relay);
}
std::string show(answerer_facts const& f) {
    auto const bit = [](char const* name, bool b) { return std::string(b ? "" : "no ") + name; };
    return bit("rejected, ", f.media_rejected) + bit("offer cema, ", f.offer_cema) +
           bit("mismatch, ", f.mismatch) + bit("own relay, ", f.own_relay) +
           bit("peer relay, ", f.peer_relay) + "setup " +
           std::to_string(static_cast<int>(f.setup)) + bit(", choose passive", f.choose_passive) +
           bit(", refuse passive", f.refuse_passive) +
           bit(", only if offered", f.cema_only_if_offered) +
           bit(", c/m behind relay", f.cm_behind_relay);
}

/// The answer counts as one with msrp-cema: 4.3 item 1 forbids it where both use relays.
bool counts_as_cema(offerer_facts const& f) {
    return f.answer_cema && !(f.own_relay && f.peer_relay);
}
/// 4.2: "if any one or more of the criteria below are met".
bool criterion_1(offerer_facts const& f) { return f.mismatch && f.answer_active; }
bool criterion_2(offerer_facts const& f) { return f.own_relay && f.mismatch && !f.answer_active; }
bool criterion_3(offerer_facts const& f) { return f.peer_relay && f.mismatch && !f.answer_active; }

/// 4.2 read from top to bottom, with section 21 #8 of the requirements where it has a gap.
offerer_action expected(offerer_facts const& f) {
    if (f.media_rejected) return offerer_action::media_rejected;
    bool const plain_answer = !counts_as_cema(f);
    if (f.offered_cema && plain_answer && (criterion_1(f) || criterion_2(f) || criterion_3(f)))
        return offerer_action::new_offer_without_cema;
    if (f.answer_active)
        return f.offered_active ? offerer_action::unusable_answer : offerer_action::wait;
    if (!f.offered_cema) return offerer_action::use_path;
    if (plain_answer && f.peer_relay) return offerer_action::use_path;  // no middlebox
    if (f.own_relay && f.answer_cema && !f.literal_own_relay) {
        if (!f.mismatch) return offerer_action::use_path;
        return offerer_action::new_offer_without_cema;
    }
    return offerer_action::use_cm_line;
}

}  // namespace

TEST_CASE("CEMA-4.2-3 CEMA-4.2-4 CEMA-4.2-5 offerer: every combination by the text") {
    for (auto const& f : all_offerer_facts()) {
        INFO(show(f));
        auto const d = cema::offerer_decide(f);
        CHECK(d.action == expected(f));
        bool const active =
            d.action == offerer_action::use_cm_line || d.action == offerer_action::use_path;
        bool const passive = d.action == offerer_action::wait;
        CHECK((d.role == decided_role::active) == active);
        CHECK((d.role == decided_role::passive) == passive);
        CHECK_FALSE(d.why.document.empty());
        CHECK_FALSE(d.why.text.empty());
    }
}

TEST_CASE("SDP-4145-1 ALT-4.2.2-3 offerer: never both sides active and never both passive") {
    for (auto const& f : all_offerer_facts()) {
        INFO(show(f));
        auto const d = cema::offerer_decide(f);
        if (d.role == decided_role::active) CHECK_FALSE(f.answer_active);
        if (d.role == decided_role::passive) {
            CHECK(f.answer_active);
            CHECK_FALSE(f.offered_active);
        }
    }
}

TEST_CASE("CEMA-4.2-3 a new offer follows only an offer with msrp-cema") {
    for (auto const& f : all_offerer_facts())
        if (!f.offered_cema)
            CHECK(cema::offerer_decide(f).action != offerer_action::new_offer_without_cema);
}

TEST_CASE(
    "ALT-4.5-1 section 21 #8 an answer with msrp-cema leads past an own relay by policy only") {
    for (auto const& f : all_offerer_facts()) {
        INFO(show(f));
        if (f.own_relay && f.answer_cema && !f.literal_own_relay)
            CHECK(cema::offerer_decide(f).action != offerer_action::use_cm_line);
    }
    offerer_facts f;
    f.own_relay = f.answer_cema = true;
    CHECK(cema::offerer_decide(f).action == offerer_action::use_path);
    f.mismatch = true;
    CHECK(cema::offerer_decide(f).action == offerer_action::new_offer_without_cema);
    f.literal_own_relay = true;
    CHECK(cema::offerer_decide(f).action == offerer_action::use_cm_line);
}

TEST_CASE("CEMA-4.3-2 an illegal msrp-cema in the answer is read as absent and found") {
    for (auto const& f : all_offerer_facts()) {
        if (f.media_rejected || !f.offered_cema || !f.answer_cema || !f.own_relay ||
            !f.peer_relay || (f.offered_active && f.answer_active && !f.mismatch))
            continue;
        INFO(show(f));
        auto without = f;
        without.answer_cema = false;
        auto const d = cema::offerer_decide(f);
        CHECK(d.illegal_answer);
        CHECK(d.action == cema::offerer_decide(without).action);
        CHECK(d.role == cema::offerer_decide(without).role);
    }
}

TEST_CASE("CEMA-4.2-5 the table for an active offerer, row by row") {
    struct row {
        bool answer_cema, mismatch, own, peer;
        offerer_action action;
    };
    using a = offerer_action;
    for (auto const& r : {
             row{true, false, false, false, a::use_cm_line},
             row{true, true, false, false, a::use_cm_line},
             row{true, false, false, true, a::use_cm_line},
             row{true, true, false, true, a::use_cm_line},
             row{false, false, false, true, a::use_path},
             row{false, false, true, true, a::use_path},
             row{false, false, false, false, a::use_cm_line},
             row{false, false, true, false, a::use_cm_line},
             row{false, true, true, false, a::new_offer_without_cema},
             row{false, true, true, true, a::new_offer_without_cema},
             row{false, true, false, true, a::new_offer_without_cema},
             row{false, true, false, false, a::use_cm_line},
         }) {
        offerer_facts f;
        f.answer_cema = r.answer_cema;
        f.mismatch = r.mismatch;
        f.own_relay = r.own;
        f.peer_relay = r.peer;
        INFO(show(f));
        CHECK(cema::offerer_decide(f).action == r.action);
    }
}

namespace {

/// 4.3 read from top to bottom, with the policies and section 21 #8.
struct expectation {
    answerer_action action;
    decided_role role;
};
expectation expected(answerer_facts const& f) {
    if (f.media_rejected) return {answerer_action::reject, decided_role::none};
    if (!f.offer_cema && f.mismatch) return {answerer_action::reject, decided_role::none};
    bool const offerer_is_active =
        f.setup == offered_setup::absent || f.setup == offered_setup::active;
    if (offerer_is_active && f.refuse_passive && !f.own_relay)
        return {answerer_action::reject, decided_role::none};
    bool const fallback = (f.own_relay && f.peer_relay) || (f.peer_relay && offerer_is_active) ||
                          (f.own_relay && f.setup == offered_setup::passive) ||
                          (f.cema_only_if_offered && !f.offer_cema);
    auto role = f.choose_passive ? decided_role::passive : decided_role::active;
    if (offerer_is_active) role = decided_role::passive;
    if (f.setup == offered_setup::passive) role = decided_role::active;
    if (!fallback && f.setup == offered_setup::actpass) {
        if (f.own_relay) role = decided_role::passive;
        if (f.peer_relay) role = decided_role::active;
    }
    return {fallback ? answerer_action::fallback_answer : answerer_action::answer_with_cema, role};
}

}  // namespace

TEST_CASE("CEMA-4.3-1 CEMA-4.3-2 CEMA-4.3-3 answerer: every combination by the text") {
    for (auto const& f : all_answerer_facts()) {
        INFO(show(f));
        auto const d = cema::answerer_decide(f);
        auto const e = expected(f);
        CHECK(d.action == e.action);
        CHECK(d.role == e.role);
        CHECK_FALSE(d.why.document.empty());
        CHECK_FALSE(d.why.text.empty());
    }
}

TEST_CASE("CEMA-4.3-4 CON-8.2-1 the path is used with msrp-cema only toward an offerer without") {
    for (auto const& f : all_answerer_facts()) {
        auto const d = cema::answerer_decide(f);
        INFO(show(f));
        bool const wanted = d.action == answerer_action::answer_with_cema &&
                            d.role == decided_role::active && !f.offer_cema && f.peer_relay &&
                            f.cm_behind_relay;
        CHECK(d.by_path == wanted);
    }
}

TEST_CASE("CEMA-4.3-3 answerer on a relay with msrp-cema is passive always") {
    for (auto const& f : all_answerer_facts()) {
        auto const d = cema::answerer_decide(f);
        if (f.own_relay && d.action == answerer_action::answer_with_cema)
            CHECK(d.role == decided_role::passive);
    }
}

TEST_CASE("ALT-4.2.2-3 answerer: the role fits the offer") {
    for (auto const& f : all_answerer_facts()) {
        for (auto const& d : {cema::answerer_decide(f), cema::plain_answerer_decide(f)}) {
            INFO(show(f));
            if (d.action == answerer_action::reject) {
                CHECK(d.role == decided_role::none);
                continue;
            }
            REQUIRE(d.role != decided_role::none);
            if (f.setup == offered_setup::absent || f.setup == offered_setup::active)
                CHECK(d.role == decided_role::passive);
            if (f.setup == offered_setup::passive) CHECK(d.role == decided_role::active);
            if (f.refuse_passive && !f.own_relay && !f.choose_passive)
                CHECK(d.role == decided_role::active);
        }
    }
}

TEST_CASE(
    "RFC 4975 an answerer without CEMA never answers with it and never looks at the c/m-line") {
    for (auto const& f : all_answerer_facts()) {
        INFO(show(f));
        auto const d = cema::plain_answerer_decide(f);
        CHECK(d.action != answerer_action::answer_with_cema);
        auto other = f;
        other.mismatch = !f.mismatch;
        CHECK(cema::plain_answerer_decide(other) == d);
        bool const must_refuse =
            f.refuse_passive && !f.own_relay &&
            (f.setup == offered_setup::absent || f.setup == offered_setup::active);
        CHECK((d.action == answerer_action::reject) == (f.media_rejected || must_refuse));
    }
}

TEST_CASE("the tables are constant expressions with a text for every outcome") {
    static_assert(cema::offerer_decide({}).action == offerer_action::use_cm_line);
    static_assert(cema::answerer_decide({}).action == answerer_action::answer_with_cema);
    for (auto const& row : cema::offerer_rows()) CHECK_FALSE(to_text(row.decision.action).empty());
    for (auto const& row : cema::answerer_rows()) CHECK_FALSE(to_text(row.decision.action).empty());
}
