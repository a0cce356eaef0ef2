// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// decision_test.cpp - every combination of facts against properties written from RFC 6714's text.
#include <cema/decision.hpp>
#include <cema/decision_draft00.hpp>
#include <string>
#include <vector>

#include "expected.hpp"
#include "support/catch.hpp"

namespace {

using cema::answerer_action;
using cema::answerer_facts;
using cema::decided_role;
using cema::offered_setup;
using cema::offerer_action;
using cema::offerer_facts;
using cema_test::all_answerer_facts;
using cema_test::all_offerer_facts;
using cema_test::cited;
using cema_test::show;

template <class Decide, class Expected>
void offerer_by_the_text(Decide decide, Expected expected) {
    for (auto const& f : all_offerer_facts()) {
        INFO(show(f));
        cema::offerer_decision const d = decide(f);
        auto const e = expected(f);
        CHECK(d.action == e.action);
        CHECK(d.role == e.role);
        CHECK(d.illegal_answer == e.flag);
        CHECK(cited(d.why) == e.why);
        CHECK(cited(d.also) == e.also);
        bool const active =
            d.action == offerer_action::use_cm_line || d.action == offerer_action::use_path;
        CHECK((d.role == decided_role::active) == active);
        CHECK((d.role == decided_role::passive) == (d.action == offerer_action::wait));
    }
}
template <class Decide, class Expected>
void answerer_by_the_text(Decide decide, Expected expected) {
    for (auto const& f : all_answerer_facts()) {
        INFO(show(f));
        cema::answerer_decision const d = decide(f);
        auto const e = expected(f);
        CHECK(d.action == e.action);
        CHECK(d.role == e.role);
        CHECK(d.by_path == e.flag);
        CHECK(cited(d.why) == e.why);
        CHECK(cited(d.also) == e.also);
    }
}

}  // namespace

TEST_CASE("CEMA-4.2-3 CEMA-4.2-4 CEMA-4.2-5 offerer: every combination by the text") {
    offerer_by_the_text(cema::offerer_decide, cema_test::rfc6714_offerer);
}
TEST_CASE("CEMA-4.3-1 CEMA-4.3-2 CEMA-4.3-3 answerer: every combination by the text") {
    answerer_by_the_text(cema::answerer_decide, cema_test::rfc6714_answerer);
}
TEST_CASE("draft-00 4.2 CEMA-00-3 #5 offerer: every combination by the draft's text") {
    offerer_by_the_text(cema::draft00_offerer_decide, cema_test::draft00_offerer);
}
TEST_CASE("draft-00 4.3 CEMA-00-7 answerer: every combination by the draft's text") {
    answerer_by_the_text(cema::draft00_answerer_decide, cema_test::draft00_answerer);
}
TEST_CASE("RFC 4975 an answerer without CEMA: every combination") {
    answerer_by_the_text(cema::plain_answerer_decide, cema_test::plain_answerer);
}

TEST_CASE("section 14 the profiles differ in the rows named there and in no other") {
    for (auto const& f : all_offerer_facts()) {
        INFO(show(f));
        auto const rfc = cema::offerer_decide(f);
        auto const draft = cema::draft00_offerer_decide(f);
        // Row 3: the draft re-offers where the peer has a relay and no mismatch, and connects to
        // the c/m-line where we have one and there is a mismatch.
        bool const plain = f.offered_cema && !f.media_rejected && !cema_test::counts_as_cema(f);
        bool const row_3 =
            plain && ((f.peer_relay && !f.mismatch) ||
                      (f.own_relay && !f.peer_relay && f.mismatch && !f.answer_active));
        if (row_3) {
            CHECK(rfc.action != draft.action);
        } else {
            CHECK(rfc.action == draft.action);
            CHECK(rfc.role == draft.role);
            CHECK(rfc.illegal_answer == draft.illegal_answer);
        }
    }
    for (auto const& f : all_answerer_facts()) {
        INFO(show(f));
        auto const rfc = cema::answerer_decide(f);
        auto const draft = cema::draft00_answerer_decide(f);
        bool const row_7 =
            !f.media_rejected && !f.offer_cema && f.mismatch && !cema_test::refused_by_policy(f);
        if (row_7) {
            CHECK(rfc.action == answerer_action::reject);
            CHECK(draft.action != answerer_action::reject);
            if (cema_test::offerer_is_active(f))
                CHECK(draft.action == answerer_action::fallback_answer);
        } else {
            CHECK(rfc.action == draft.action);
            CHECK(rfc.role == draft.role);
        }
        CHECK_FALSE(draft.by_path);
    }
}

TEST_CASE("SDP-4145-1 never both active, by every pair of tables that can meet") {
    // The answerer's role stands in its answer as setup; the offerer's follows from it.
    for (auto const& f : all_answerer_facts())
        for (auto const& d : {cema::answerer_decide(f), cema::draft00_answerer_decide(f),
                              cema::plain_answerer_decide(f)}) {
            if (d.action == answerer_action::reject) continue;
            offerer_facts o;
            o.offered_cema = f.offer_cema;
            o.offered_active = f.setup == offered_setup::active;
            o.answer_cema = d.action == answerer_action::answer_with_cema;
            o.answer_active = d.role == decided_role::active;
            o.own_relay = f.peer_relay;
            o.peer_relay = f.own_relay;
            for (bool const mismatch : {false, true}) {
                o.mismatch = mismatch;
                for (auto const& e : {cema::offerer_decide(o), cema::draft00_offerer_decide(o)}) {
                    INFO(show(f) << " / " << show(o));
                    CHECK(e.action != offerer_action::unusable_answer);
                    if (e.role == decided_role::active) CHECK(d.role == decided_role::passive);
                    if (e.role == decided_role::passive) CHECK(d.role == decided_role::active);
                }
            }
        }
}

TEST_CASE("SDP-4145-1 ALT-4.2.2-3 offerer: never both sides active and never both passive") {
    for (auto const& f : all_offerer_facts()) {
        INFO(show(f));
        for (auto const& d : {cema::offerer_decide(f), cema::draft00_offerer_decide(f)}) {
            if (d.role == decided_role::active) CHECK_FALSE(f.answer_active);
            if (d.role == decided_role::passive) {
                CHECK(f.answer_active);
                CHECK_FALSE(f.offered_active);
            }
        }
    }
}

TEST_CASE("CEMA-4.2-3 a new offer follows only an offer with msrp-cema") {
    for (auto const& f : all_offerer_facts())
        if (!f.offered_cema)
            for (auto const& d : {cema::offerer_decide(f), cema::draft00_offerer_decide(f)})
                CHECK(d.action != offerer_action::new_offer_without_cema);
}

TEST_CASE(
    "ALT-4.5-1 section 21 #8 an answer with msrp-cema leads past an own relay by policy only") {
    for (auto const& f : all_offerer_facts()) {
        INFO(show(f));
        if (f.own_relay && f.answer_cema && !f.literal_own_relay)
            for (auto const& d : {cema::offerer_decide(f), cema::draft00_offerer_decide(f)})
                CHECK(d.action != offerer_action::use_cm_line);
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
        for (auto const& d : {cema::answerer_decide(f), cema::draft00_answerer_decide(f)})
            if (f.own_relay && d.action == answerer_action::answer_with_cema)
                CHECK(d.role == decided_role::passive);
    }
}

TEST_CASE("ALT-4.2.2-3 answerer: the role fits the offer") {
    for (auto const& f : all_answerer_facts()) {
        for (auto const& d : {cema::answerer_decide(f), cema::draft00_answerer_decide(f),
                              cema::plain_answerer_decide(f)}) {
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
    static_assert(cema::draft00_offerer_decide({}).action == offerer_action::use_cm_line);
    for (auto const& rows : {cema::offerer_rows(), cema::draft00_offerer_rows()})
        for (auto const& row : rows) CHECK_FALSE(to_text(row.decision.action).empty());
    for (auto const& rows :
         {cema::answerer_rows(), cema::draft00_answerer_rows(), cema::plain_answerer_rows()})
        for (auto const& row : rows) CHECK_FALSE(to_text(row.decision.action).empty());
    // Without a row that matches: give up.
    CHECK(cema::decide_by(std::span<cema::offerer_row const>(), {}).action ==
          offerer_action::unusable_answer);
    CHECK(cema::decide_by(std::span<cema::answerer_row const>(), {}).action ==
          answerer_action::reject);
}
