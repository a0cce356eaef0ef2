// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// endpoint_sim_test.cpp - endpoints in a simulated network, seed by seed.
//
// MSRPKIT_SIM_SEEDS=n runs n seeds, MSRPKIT_SIM_SEED=n that one (what a failure prints).
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <variant>

#include "support/catch.hpp"
#include "support/endpoint_rig.hpp"
#include "support/endpoint_sim.hpp"

namespace {

using support::sim::world;

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MSRPKIT_SIM_SLOW
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(MSRPKIT_SIM_SLOW)
constexpr std::uint64_t usual_seeds = 60;
#else
constexpr std::uint64_t usual_seeds = 300;
#endif

std::uint64_t number_of(char const* name, std::uint64_t otherwise) {
    char const* const text = std::getenv(name);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

}  // namespace

TEST_CASE(
    "whatever the network does, nothing acknowledged is lost, nothing is reported twice, nothing "
    "waits for ever, and nothing is left (TRX-7.2-1, TRX-7.1.4-1, RPT-7.1.3-1, RPT-7.1.1-1, "
    "CHK-7.1.1-7, CHK-7.3.1-1, CHK-7.3.1-2, CHK-5.4-1, CON-5.4-1, CON-5.4-6, FRM-7.1-1, T13, T18)",
    "[endpoint][sim]") {
    auto first = number_of("MSRPKIT_SIM_SEED", 0);
    auto last = first;
    if (first == 0) {
        first = 1;
        last = number_of("MSRPKIT_SIM_SEEDS", usual_seeds);
    }
    world::figures sum;
    for (auto seed = first; seed <= last; ++seed) {
        INFO("replay with MSRPKIT_SIM_SEED=" << seed);
        auto const weather = support::sim::forecast(seed);
        world w(seed, weather);
        try {
            w.round(seed);
            if (seed % 4 == 0 && !weather.shuts_down) w.repeat(seed);
        } catch (support::sim::broken const& what) {
            FAIL(what.what());
        }
        auto const& d = w.done();
        sum.steps += d.steps;
        sum.messages += d.messages;
        sum.delivered += d.delivered;
        sum.resent += d.resent;
        sum.lost += d.lost;
        sum.failed += d.failed;
        sum.octets += d.octets;
        sum.connections += d.connections;
        sum.reports += d.reports;
        sum.refused += d.refused;
    }
    INFO("messages " << sum.messages << ", delivered " << sum.delivered << ", sent again "
                     << sum.resent << ", failed " << sum.failed << ", refused " << sum.refused
                     << ", reports " << sum.reports << ", connections " << sum.connections
                     << ", lost " << sum.lost << ", octets " << sum.octets << ", steps "
                     << sum.steps);
    if (last - first < 20) return;
    // The seeds do what they are for.
    CHECK(sum.delivered > sum.messages / 2);
    CHECK(sum.resent > 0);
    CHECK(sum.lost > 0);
    CHECK(sum.failed > 0);
    CHECK(sum.refused > 0);
    CHECK(sum.reports > 0);
}

TEST_CASE("sessions on one connection take turns, chunk by chunk (CHK-7.1.1-7)",
          "[endpoint][sim]") {
    for (int const sessions : {2, 5, 30}) {
        INFO(sessions << " sessions");
        support::endpoint_rig r;
        auto const body = std::string_view(support::sim::all_bodies()).substr(0, 300'000);
        std::map<std::string, int, std::less<>> chunks;  // by From-Path
        for (int n = 1; n <= sessions; ++n) {
            chunks[support::ours(n)] = 0;
            REQUIRE(r.e.send(r.active(n),
                             {.content_type = "text/plain",
                              .body = body,
                              .failure_report = msrp::report_value::no},
                             r.now));
        }
        r.connects();
        auto const all = r.output(msrp::connection_id{1});
        msrp::chunk_parser reader;
        REQUIRE_FALSE(reader.feed(all));
        msrp::chunk_event event;
        while (reader.poll(event) == msrp::parse_status::event) {
            auto const* const b = std::get_if<msrp::chunk_begin>(&event);
            if (b == nullptr || !b->has_body) continue;
            ++chunks.find(b->headers.from_path().text())->second;
            int least = 1000;
            int most = 0;
            for (auto const& [from, n] : chunks) {
                least = std::min(least, n);
                most = std::max(most, n);
            }
            REQUIRE(most - least <= 1);  // nobody twice before everybody once
        }
        for (auto const& [from, n] : chunks) REQUIRE(n > 3);
    }
}
