// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// mutants.cpp - flips each entry of each decision table in turn and asks whether the tests' own
// reading of the documents (expected.hpp) notices. Built and run by scripts/mutate_decisions.
//
// A mutant that decides every combination of facts as the table does, to the last reason, is no
// other table: that is found by trying all combinations, and proves that nothing could notice it.
#include <array>
#include <cema/decision.hpp>
#include <cema/decision_draft00.hpp>
#include <cema/route.hpp>
#include <cstddef>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "expected.hpp"

namespace {

using cema::want;

struct totals {
    std::size_t mutants = 0, caught = 0, equal = 0, survived = 0;
};

constexpr std::array wants{want::no, want::yes, want::any};
std::string_view name(want w) { return w == want::no ? "no" : w == want::yes ? "yes" : "any"; }
cema::setup_set set_of(unsigned bits) {
    using cema::offered_setup;
    std::vector<offered_setup> in;
    for (unsigned i = 0; i < 4; ++i)
        if ((bits >> i & 1U) != 0) in.push_back(static_cast<offered_setup>(i));
    if (in.empty()) return cema::setup_set{};
    auto const at = [&in](std::size_t i) { return in[i % in.size()]; };
    return cema::setup_set{at(0), at(1), at(2), at(3)};
}

/// Calls `f(what)` once for each way to change one entry of `row`, which is then so changed.
template <class Row, class F>
void each_mutant_of_decision(Row& row, F&& f) {
    auto& d = row.decision;
    auto const kept = d;
    for (unsigned a = 0; a < 8; ++a) {
        auto const other = static_cast<decltype(d.action)>(a);
        if (to_text(other).empty() || other == kept.action) continue;
        d.action = other;
        f("action: " + std::string(to_text(other)));
        d = kept;
    }
    for (unsigned r = 0; r < 3; ++r) {
        auto const other = static_cast<cema::decided_role>(r);
        if (other == kept.role) continue;
        d.role = other;
        f("role: " + std::to_string(r));
        d = kept;
    }
    std::swap(d.why, d.also);
    f("the reasons change places");
    d = kept;
    if constexpr (requires { d.illegal_answer; }) {
        d.illegal_answer = !d.illegal_answer;
        f("illegal answer");
    } else {
        d.by_path = !d.by_path;
        f("by the path");
    }
    d = kept;
}
template <class F>
void each_mutant_of(want& entry, std::string const& column, F&& f) {
    auto const kept = entry;
    for (want const w : wants) {
        if (w == kept) continue;
        entry = w;
        f(column + ": " + std::string(name(kept)) + " -> " + std::string(name(w)));
    }
    entry = kept;
}
template <class F>
void each_mutant(cema::offerer_row& r, F&& f) {
    each_mutant_of(r.media_rejected, "port zero", f);
    each_mutant_of(r.offered_cema, "offered cema", f);
    each_mutant_of(r.offered_active, "offered active", f);
    each_mutant_of(r.own_relay, "own relay", f);
    each_mutant_of(r.answer_cema, "answer cema", f);
    each_mutant_of(r.mismatch, "mismatch", f);
    each_mutant_of(r.peer_relay, "peer relay", f);
    each_mutant_of(r.answer_active, "answer active", f);
    each_mutant_of(r.literal_own_relay, "literal", f);
    each_mutant_of_decision(r, f);
}
template <class F>
void each_mutant(cema::answerer_row& r, F&& f) {
    each_mutant_of(r.media_rejected, "port zero", f);
    each_mutant_of(r.offer_cema, "offer cema", f);
    each_mutant_of(r.mismatch, "mismatch", f);
    each_mutant_of(r.own_relay, "own relay", f);
    each_mutant_of(r.peer_relay, "peer relay", f);
    auto const kept = r.setup;
    unsigned bits = 0;
    for (unsigned i = 0; i < 4; ++i)
        if (kept.contains(static_cast<cema::offered_setup>(i))) bits |= 1U << i;
    for (unsigned i = 0; i < 4; ++i) {
        r.setup = set_of(bits ^ 1U << i);
        f("setup: value " + std::to_string(i));
    }
    r.setup = kept;
    each_mutant_of(r.choose_passive, "choose passive", f);
    each_mutant_of(r.refuse_passive, "refuse passive", f);
    each_mutant_of(r.cema_only_if_offered, "only if offered", f);
    each_mutant_of(r.cm_behind_relay, "behind relay", f);
    each_mutant_of_decision(r, f);
}

template <class F>
void each_mutant(cema::route_row& r, F&& f) {
    each_mutant_of(r.own_reachable, "own reachable", f);
    each_mutant_of(r.own_relay, "own relay", f);
    each_mutant_of(r.peer_reachable, "peer reachable", f);
    each_mutant_of(r.peer_relay, "peer relay", f);
    each_mutant_of(r.peer_can_connect, "peer can connect", f);
    each_mutant_of(r.peer_cema, "peer cema", f);
    each_mutant_of(r.middlebox, "middlebox", f);
    auto const kept = r.choice;
    for (auto const way : {cema::route::none, cema::route::direct, cema::route::setup,
                           cema::route::cema, cema::route::relay}) {
        if (way == kept.way) continue;
        r.choice.way = way;
        f("way: " + std::string(to_text(way)));
    }
    r.choice = kept;
    for (auto const& other : cema::route_rows()) {
        if (other.choice.why == kept.why) continue;
        r.choice.why = other.choice.why;
        f("reason: " + cema_test::cited(other.choice.why));
    }
    r.choice = kept;
}

template <class Row, class Facts, class Expected>
totals mutate(char const* table, std::span<Row const> original, std::vector<Facts> const& all,
              Expected expected) {
    totals t;
    std::vector<decltype(expected(all[0]))> demanded;
    std::vector<decltype(cema::decide_by(original, all[0]))> decided;
    for (auto const& f : all) {
        demanded.push_back(expected(f));
        decided.push_back(cema::decide_by(original, f));
        if (!cema_test::meets(decided.back(), demanded.back())) {
            std::printf("%s: the table itself does not do what is expected: %s\n", table,
                        cema_test::show(f).c_str());
            ++t.survived;
        }
    }
    std::vector<Row> rows(original.begin(), original.end());
    for (std::size_t i = 0; i < rows.size(); ++i)
        each_mutant(rows[i], [&](std::string const& what) {
            ++t.mutants;
            bool other = false;
            for (std::size_t k = 0; k < all.size(); ++k) {
                auto const d = cema::decide_by(std::span<Row const>(rows), all[k]);
                if (!cema_test::meets(d, demanded[k])) {
                    ++t.caught;
                    return;
                }
                other = other || !(d == decided[k]);
            }
            if (other) {
                ++t.survived;
                std::printf("SURVIVES %s, row %zu, %s\n", table, i + 1, what.c_str());
            } else {
                ++t.equal;
                std::printf("equal    %s, row %zu, %s\n", table, i + 1, what.c_str());
            }
        });
    std::printf("table    %s: %zu rows, %zu mutants, %zu caught, %zu equal, %zu survived\n", table,
                rows.size(), t.mutants, t.caught, t.equal, t.survived);
    return t;
}

}  // namespace

int main() {
    auto const o = cema_test::all_offerer_facts();
    auto const a = cema_test::all_answerer_facts();
    auto const r = cema_test::all_route_facts();
    std::size_t survived = 0;
    for (auto const& t :
         {mutate("rfc6714 offerer", cema::offerer_rows(), o, cema_test::rfc6714_offerer),
          mutate("rfc6714 answerer", cema::answerer_rows(), a, cema_test::rfc6714_answerer),
          mutate("draft00 offerer", cema::draft00_offerer_rows(), o, cema_test::draft00_offerer),
          mutate("draft00 answerer", cema::draft00_answerer_rows(), a, cema_test::draft00_answerer),
          mutate("rfc6135 answerer", cema::plain_answerer_rows(), a, cema_test::plain_answerer),
          mutate("routes", cema::route_rows(), r, cema_test::expected_route)})
        survived += t.survived;
    return survived == 0 ? 0 : 1;
}
