// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// offer_answer_transcripts_test.cpp - runs tests/transcripts/offer_answer.md: offers and answers
// between two machines, and what comes of them on either side.
#include <array>
#include <cstddef>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sdp/offer_answer.hpp>
#include <sdp/parser.hpp>

#include "support/catch.hpp"

namespace {

struct step {
    std::string what;                ///< "offer by A", "rollback", ...
    std::vector<std::string> lines;  ///< of the description
    std::string outcome;
};
struct transcript {
    std::string title;
    std::vector<std::string> leniencies;
    std::vector<step> steps;
};

std::vector<transcript> read_transcripts() {
    std::ifstream in(MSRPKIT_SOURCE_DIR "/tests/transcripts/offer_answer.md");
    REQUIRE(in.is_open());
    std::vector<transcript> all;
    bool in_block = false;
    for (std::string line; std::getline(in, line);) {
        INFO(line);
        if (in_block) {
            if (line == "```")
                in_block = false;
            else
                all.back().steps.back().lines.push_back(line);
        } else if (line.rfind("## ", 0) == 0) {
            all.push_back({line.substr(3), {}, {}});
        } else if (line.rfind("Leniency: ", 0) == 0) {
            all.back().leniencies.push_back(line.substr(10));
        } else if (line.rfind("```", 0) == 0 || line.rfind("Step: ", 0) == 0) {
            in_block = line[0] == '`';
            if (!all.back().steps.empty()) REQUIRE_FALSE(all.back().steps.back().outcome.empty());
            all.back().steps.push_back({line.substr(in_block ? 3 : 6), {}, {}});
        } else if (line.rfind("Outcome: ", 0) == 0) {
            REQUIRE(all.back().steps.back().outcome.empty());
            all.back().steps.back().outcome = line.substr(9);
        }
    }
    REQUIRE_FALSE(in_block);
    return all;
}

std::string description_text(std::vector<std::string> const& lines) {
    REQUIRE_FALSE(lines.empty());
    std::string out;
    bool const whole = lines[0] == "v=0";
    if (!whole) out = "v=0\r\n";
    for (std::size_t i = 0; i < lines.size(); ++i) {
        out += lines[i] + "\r\n";
        if (i == 0 && !whole)
            out += "s=-\r\nc=" + lines[0].substr(lines[0].find(" IN ") + 1) + "\r\nt=0 0\r\n";
    }
    return out;
}

/// One side: its machine, the token it was given last, and what should be agreed.
class party {
   public:
    explicit party(sdp::answer_leniency lenient) : machine_(lenient) {}

    std::string offer(sdp::description const& d, bool ours) {
        auto const r = ours ? machine_.send_offer(d) : machine_.receive_offer(d);
        if (!r) return said(r.error(), d.text());
        token_ = *r;
        offered_ = {std::string(d.text()), ours};
        CHECK(machine_.pending_offer()->text() == d.text());
        return checked("pending");
    }
    std::string answer(sdp::description const& d, bool ours) {
        REQUIRE(token_);
        auto const r =
            ours ? machine_.send_answer(*token_, d) : machine_.receive_answer(*token_, d);
        if (!r) return said(r.error(), d.text());
        (ours ? local_ : remote_) = std::string(d.text());
        (ours ? remote_ : local_) = offered_->first;
        offered_.reset();
        return checked("agreed");
    }
    std::string rollback() { return taken_back(machine_.rollback(*token_)); }
    std::string forget() { return taken_back(machine_.forget(*token_)); }
    bool pending() const { return machine_.pending(); }

   private:
    std::string taken_back(wire::result<void> const& r) {
        if (!r) return said(r.error(), {});
        offered_.reset();
        return checked("as before");
    }
    std::string said(wire::failure const& f, std::string_view text) {
        auto out = checked(std::string(sdp::name_of(f.code)));
        if (f.code == sdp::error_condition::misuse) return out;
        auto const rest = text.substr(static_cast<std::size_t>(f.offset));
        if (rest.empty()) return out + " at the end";
        return out + " at " + std::string(rest.substr(0, rest.find('\r')));
    }
    /// What is agreed and pending is what should be.
    std::string checked(std::string outcome) {
        auto const same = [](std::optional<sdp::description_view> const& is,
                             std::optional<std::string> const& wanted) {
            return is ? wanted && is->text() == *wanted : !wanted;
        };
        CHECK(same(machine_.local(), local_));
        CHECK(same(machine_.remote(), remote_));
        CHECK(machine_.pending() == offered_.has_value());
        if (offered_) CHECK(same(machine_.pending_offer(), offered_->first));
        return outcome;
    }

    sdp::offer_answer machine_;
    std::optional<sdp::offer_token> token_;
    std::optional<std::pair<std::string, bool>> offered_;
    std::optional<std::string> local_;
    std::optional<std::string> remote_;
};

class session {
   public:
    explicit session(transcript const& t) {
        sdp::answer_leniency lenient;
        for (auto const& name : t.leniencies) {
            if (name == "tls_added") {
                lenient.tls_added = true;
            } else if (name == "holdconn_is_absent") {
                lenient.holdconn_is_absent = true;
            } else if (name == "same_origin") {
                lenient.same_origin = true;
            } else {
                REQUIRE(name == "missing_time");
                reading_.missing_time = true;
            }
        }
        parties_.emplace_back(lenient);
        parties_.emplace_back(lenient);
    }
    /// @return the outcome.
    std::string run(step const& s) {
        auto const& what = s.what;
        char const who = what.back();
        std::size_t const by = who == 'B' ? 1 : 0;
        if (!s.lines.empty()) {
            auto d = sdp::description::parse(description_text(s.lines), {}, reading_);
            REQUIRE(d);
            REQUIRE((who == 'A' || who == 'B'));
            auto const kind = what.substr(0, what.size() - 1);
            auto& sender = parties_[by];
            auto& receiver = parties_[1 - by];
            std::array<std::string, 2> out;
            if (kind == "offer by " || kind == "offer sent by ") {
                sent_[by] = std::string(d->text());
                out[by] = sender.offer(*d, true);
                if (kind == "offer sent by ") return out[by];
                out[1 - by] = receiver.offer(*d, false);
            } else {
                REQUIRE(kind == "answer by ");
                sent_[by] = std::string(d->text());
                answerer_ = by;
                out[by] = sender.answer(*d, true);
                out[1 - by] = receiver.answer(*d, false);
            }
            return both(out);
        }
        if (what == "offer of A arrives" || what == "offer of B arrives") {
            std::size_t const from = what[9] == 'B' ? 1 : 0;
            return parties_[1 - from].offer(parsed(sent_[from]), false);
        }
        if (what == "A forgets its offer" || what == "B forgets its offer")
            return parties_[what[0] == 'B' ? 1 : 0].forget();
        if (what == "rollback by A" || what == "rollback by B") return parties_[by].rollback();
        if (what == "rollback" || what == "rollback again") {
            std::array<std::string, 2> out;
            for (std::size_t i = 0; i < 2; ++i)
                if (what != "rollback" || parties_[i].pending()) out[i] = parties_[i].rollback();
            for (std::size_t i = 0; i < 2; ++i)
                if (out[i].empty()) out[i] = out[1 - i];
            return both(out);
        }
        REQUIRE(what == "the same answer again");
        auto const d = parsed(sent_[answerer_]);
        std::array<std::string, 2> out;
        out[answerer_] = parties_[answerer_].answer(d, true);
        out[1 - answerer_] = parties_[1 - answerer_].answer(d, false);
        return both(out);
    }

   private:
    static std::string both(std::array<std::string, 2> const& out) {
        return out[0] == out[1] ? out[0] : "by A: " + out[0] + ", by B: " + out[1];
    }
    sdp::description parsed(std::string const& text) const {
        auto d = sdp::description::parse(text, {}, reading_);
        REQUIRE(d);
        return *std::move(d);
    }
    std::vector<party> parties_;
    std::array<std::string, 2> sent_;
    std::size_t answerer_ = 0;
    sdp::leniency reading_{};
};

}  // namespace

TEST_CASE("SDP-3264-1 SDP-3264-2 SDP-4145-1 transcripts of offers and answers", "[transcripts]") {
    auto const all = read_transcripts();
    CHECK(all.size() >= 25);
    std::size_t answers = 0;
    for (auto const& t : all) {
        INFO(t.title);
        REQUIRE_FALSE(t.steps.empty());
        session both(t);
        std::size_t number = 0;
        for (auto const& s : t.steps) {
            INFO("step " << ++number << ": " << s.what);
            CHECK(both.run(s) == s.outcome);
            if (s.what.rfind("answer", 0) == 0) ++answers;
        }
    }
    CHECK(answers >= 25);
}
