// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// document_test.cpp - the tables in docs/cema.md are those of the code.
#include <cema/decision.hpp>
#include <cema/decision_draft00.hpp>
#include <cema/route.hpp>
#include <fstream>
#include <iterator>
#include <string>

#include "support/catch.hpp"

namespace {

char const* cell(cema::want w) {
    return w == cema::want::yes ? " yes |" : w == cema::want::no ? " no |" : " |";
}
std::string setups(cema::setup_set const& s) {
    using cema::offered_setup;
    std::string out;
    int count = 0;
    for (auto const& [value, name] :
         {std::pair{offered_setup::absent, "absent"}, std::pair{offered_setup::active, "active"},
          std::pair{offered_setup::passive, "passive"},
          std::pair{offered_setup::actpass, "actpass"}}) {
        if (!s.contains(value)) continue;
        out += (out.empty() ? "" : ", ") + std::string(name);
        ++count;
    }
    return count == 4 ? " |" : " " + out + " |";
}
std::string because(cema::reason const& r) {
    std::string out(r.document);
    for (auto const part : {r.section, r.item})
        if (!part.empty()) out += ", " + std::string(part);
    return out;
}
std::string role(cema::decided_role r) {
    return r == cema::decided_role::active    ? " active |"
           : r == cema::decided_role::passive ? " passive |"
                                              : " |";
}

std::string offerer_table(std::span<cema::offerer_row const> rows) {
    std::string out =
        "| # | port zero | offered cema | offered active | own relay | answer cema | mismatch | "
        "peer "
        "relay | answer active | literal | action | role | because |\n"
        "|---|---|---|---|---|---|---|---|---|---|---|---|---|\n";
    int n = 0;
    for (auto const& r : rows) {
        out += "| " + std::to_string(++n) + " |";
        for (auto w :
             {r.media_rejected, r.offered_cema, r.offered_active, r.own_relay, r.answer_cema,
              r.mismatch, r.peer_relay, r.answer_active, r.literal_own_relay})
            out += cell(w);
        out += " " + std::string(to_text(r.decision.action)) + " |" + role(r.decision.role) + " " +
               because(r.decision.why) + " |\n";
    }
    return out;
}
std::string answerer_table(std::span<cema::answerer_row const> rows) {
    std::string out =
        "| # | port zero | offer cema | mismatch | own relay | peer relay | setup | choose passive "
        "| "
        "refuse passive | only if offered | behind relay | action | role | because |\n"
        "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n";
    int n = 0;
    for (auto const& r : rows) {
        out += "| " + std::to_string(++n) + " |";
        for (auto w : {r.media_rejected, r.offer_cema, r.mismatch, r.own_relay, r.peer_relay})
            out += cell(w);
        out += setups(r.setup);
        for (auto w :
             {r.choose_passive, r.refuse_passive, r.cema_only_if_offered, r.cm_behind_relay})
            out += cell(w);
        out += " " + std::string(to_text(r.decision.action)) +
               (r.decision.by_path ? ", connect by the path |" : " |") + role(r.decision.role) +
               " " + because(r.decision.why) + " |\n";
    }
    return out;
}

std::string yes(bool b) { return b ? " yes |" : " no |"; }
std::string outcome(cema::offerer_decision const& d) {
    return " " + std::string(to_text(d.action)) + (d.illegal_answer ? " (illegal answer) |" : " |");
}
std::string outcome(cema::answerer_decision const& d) {
    return " " + std::string(to_text(d.action)) + (d.by_path ? ", connect by the path" : "") +
           (d.role == cema::decided_role::none ? " |" : "," + role(d.role));
}
std::string marked(bool same) { return same ? " |" : " differs |"; }

/// An offerer that sent msrp-cema and setup:actpass: both profiles for each answer.
std::string offerers_side_by_side() {
    std::string out =
        "| own relay | answer cema | mismatch | peer relay | answer active | RFC 6714 | draft-00 | "
        "|\n|---|---|---|---|---|---|---|---|\n";
    for (unsigned n = 0; n < 32; ++n) {
        auto const bit = [n](unsigned i) { return (n >> (4 - i) & 1U) != 0; };
        cema::offerer_facts f;
        f.own_relay = bit(0);
        f.answer_cema = bit(1);
        f.mismatch = bit(2);
        f.peer_relay = bit(3);
        f.answer_active = bit(4);
        auto const rfc = cema::offerer_decide(f);
        auto const draft = cema::draft00_offerer_decide(f);
        out += "|" + yes(bit(0)) + yes(bit(1)) + yes(bit(2)) + yes(bit(3)) + yes(bit(4)) +
               outcome(rfc) + outcome(draft) + marked(outcome(rfc) == outcome(draft)) + "\n";
    }
    return out;
}
/// An answerer with the default policies that can be connected to: both profiles for each offer.
std::string answerers_side_by_side() {
    std::string out =
        "| offer cema | mismatch | own relay | peer relay | setup | RFC 6714 | draft-00 | |\n"
        "|---|---|---|---|---|---|---|---|\n";
    for (unsigned n = 0; n < 16; ++n)
        for (auto const& [setup, name] :
             {std::pair{cema::offered_setup::active, " absent, active |"},
              std::pair{cema::offered_setup::passive, " passive |"},
              std::pair{cema::offered_setup::actpass, " actpass |"}}) {
            auto const bit = [n](unsigned i) { return (n >> (3 - i) & 1U) != 0; };
            cema::answerer_facts f;
            f.offer_cema = bit(0);
            f.mismatch = bit(1);
            f.own_relay = bit(2);
            f.peer_relay = bit(3);
            f.setup = setup;
            f.choose_passive = true;
            auto const rfc = cema::answerer_decide(f);
            auto const draft = cema::draft00_answerer_decide(f);
            out += "|" + yes(bit(0)) + yes(bit(1)) + yes(bit(2)) + yes(bit(3)) + name +
                   outcome(rfc) + outcome(draft) + marked(outcome(rfc) == outcome(draft)) + "\n";
        }
    return out;
}
std::string routes() {
    std::string out =
        "| # | own reachable | own relay | peer reachable | peer relay | peer can connect | peer "
        "cema | middlebox | route | because |\n|---|---|---|---|---|---|---|---|---|---|\n";
    int n = 0;
    for (auto const& r : cema::route_rows()) {
        out += "| " + std::to_string(++n) + " |";
        for (auto w : {r.own_reachable, r.own_relay, r.peer_reachable, r.peer_relay,
                       r.peer_can_connect, r.peer_cema, r.middlebox})
            out += cell(w);
        out += " " + std::string(to_text(r.choice.way)) + " | " + because(r.choice.why) + " |\n";
    }
    return out;
}

}  // namespace

#ifdef MSRPKIT_SOURCE_DIR
TEST_CASE("docs/cema.md holds the decision tables of the code") {
    std::ifstream file(MSRPKIT_SOURCE_DIR "/docs/cema.md", std::ios::binary);
    std::string const text{std::istreambuf_iterator<char>(file), {}};
    REQUIRE_FALSE(text.empty());
    for (auto const& table :
         {offerers_side_by_side(), answerers_side_by_side(), offerer_table(cema::offerer_rows()),
          answerer_table(cema::answerer_rows()), offerer_table(cema::draft00_offerer_rows()),
          answerer_table(cema::draft00_answerer_rows()), routes()}) {
        INFO("put this into docs/cema.md:\n" << table << "end of it");
        CHECK(text.find(table) != std::string::npos);
    }
}
#else
#error "MSRPKIT_SOURCE_DIR must name the folder of the project"
#endif
