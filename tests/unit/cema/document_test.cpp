// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// document_test.cpp - the tables in docs/cema.md are those of the code.
#include <cema/decision.hpp>
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

std::string offerer_table() {
    std::string out =
        "| # | port zero | offered cema | offered active | own relay | answer cema | mismatch | "
        "peer "
        "relay | answer active | literal | action | role | because |\n"
        "|---|---|---|---|---|---|---|---|---|---|---|---|---|\n";
    int n = 0;
    for (auto const& r : cema::offerer_rows()) {
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
std::string answerer_table() {
    std::string out =
        "| # | port zero | offer cema | mismatch | own relay | peer relay | setup | choose passive "
        "| "
        "refuse passive | only if offered | behind relay | action | role | because |\n"
        "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n";
    int n = 0;
    for (auto const& r : cema::answerer_rows()) {
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

}  // namespace

#ifdef MSRPKIT_SOURCE_DIR
TEST_CASE("docs/cema.md holds the decision tables of the code") {
    std::ifstream file(MSRPKIT_SOURCE_DIR "/docs/cema.md", std::ios::binary);
    std::string const text{std::istreambuf_iterator<char>(file), {}};
    REQUIRE_FALSE(text.empty());
    for (auto const& table : {offerer_table(), answerer_table()}) {
        INFO("put this into docs/cema.md:\n" << table);
        CHECK(text.find(table) != std::string::npos);
    }
}
#else
#error "MSRPKIT_SOURCE_DIR must name the folder of the project"
#endif
