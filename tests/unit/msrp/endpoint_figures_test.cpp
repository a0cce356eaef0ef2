// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// What an endpoint costs: memory of idle sessions, ticks, allocations, and what a flood leaves.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <memory_resource>
#include <string>
#include <string_view>
#include <vector>

#include <msrp/endpoint.hpp>

#include "support/catch.hpp"
#include "support/endpoint_rig.hpp"

using msrp::connection_role;
using support::answers;
using support::counting_memory;
using support::ours;
using support::response;
using support::theirs;

namespace {

using pmr_endpoint = msrp::pmr::endpoint<support::seeded_random>;
using pmr_rig = support::basic_endpoint_rig<pmr_endpoint>;

/// One message each way, acknowledged.
void talk(pmr_rig& r, int n, msrp::connection_id c) {
    static_cast<void>(*r.e.send(msrp::session_handle{static_cast<std::uint64_t>(n)},
                                {.content_type = "text/plain", .body = "hello"}, r.now));
    r.feed(c, answers(r.output(c)));
    r.feed(c, support::send("tid" + std::to_string(n), "Message-ID: m123\r\n", "hello", '$',
                            ours(n), theirs(n)));
    r.output(c);
}

}  // namespace

TEST_CASE("10,000 idle sessions over 100 connections: at most 1 KiB each, a tick costs nothing",
          "[endpoint][figures]") {
    counting_memory memory;
    {
        pmr_rig r(msrp::endpoint_options{}, std::pmr::polymorphic_allocator<char>(&memory));
        int const sessions = 10'000;
        std::size_t texts = 0;
        for (int n = 1; n <= sessions; ++n) {
            auto const host = "h" + std::to_string(n % 100) + ".example:2855";
            texts += ours(n).size() + 1 + theirs(n, host).size() + 1;
            r.active(n, host);
        }
        r.connects();
        REQUIRE(r.e.connections() == 100);
        for (unsigned c = 1; c <= 100; ++c)
            r.feed(msrp::connection_id{c}, answers(r.output(msrp::connection_id{c})));
        REQUIRE(r.e.transactions() == 0);
        for (int n = 1; n <= sessions; ++n)
            talk(r, n, *r.e.connection_of(msrp::session_handle{static_cast<std::uint64_t>(n)}));
        CHECK(r.e.counters().messages_sent == 10'000);
        CHECK(r.e.counters().messages_received == 10'000);
        auto const each = (memory.live - texts) / 10'000;
        INFO("octets for each idle session: " << each);
        CHECK(each <= 1024);
        // Nothing waits: there is no deadline, and nothing for a tick to look at.
        CHECK(r.e.timers() == 0);
        CHECK_FALSE(r.e.deadline());
    }
    CHECK(memory.live == 0);
}

TEST_CASE("in steady state a message costs no allocation", "[endpoint][figures]") {
    counting_memory memory;
    pmr_rig r(msrp::endpoint_options{}, std::pmr::polymorphic_allocator<char>(&memory));
    r.active(1);
    r.connects();
    auto const c = msrp::connection_id{1};
    r.feed(c, answers(r.output(c)));
    for (int i = 0; i < 200; ++i) talk(r, 1, c);
    auto const before = memory.allocations;
    auto const in_use = memory.live;
    for (int i = 0; i < 1000; ++i) {
        talk(r, 1, c);
        static_cast<void>(*r.e.send(msrp::session_handle{1},
                                    {.content_type = "text/plain",
                                     .body = "reported",
                                     .success_report = msrp::report_value::yes},
                                    r.now));
        auto const text = r.output(c);
        r.feed(c, answers(text));
        r.feed(c, support::request("tid9", "REPORT",
                                   "Message-ID: " + support::value_of(text, "Message-ID") +
                                       "\r\nByte-Range: 1-8/8\r\nStatus: 000 200 OK\r\n",
                                   ours(1), theirs(1)));
    }
    CHECK(memory.allocations == before);
    CHECK(memory.live == in_use);
    CHECK(r.e.counters().reports_received == 1000);
}

TEST_CASE("a million unknown responses and REPORTs leave no state (T18)", "[endpoint][figures]") {
    counting_memory memory;
    pmr_rig r(msrp::endpoint_options{}, std::pmr::polymorphic_allocator<char>(&memory));
    r.active(1);
    r.connects();
    auto const c = msrp::connection_id{1};
    r.feed(c, answers(r.output(c)));
    talk(r, 1, c);
    auto const before = memory.live;
    std::string text;
    for (int i = 0; i < 1000; ++i) {
        auto const id = "no" + std::to_string(i) + "x";
        text += response(id, i % 2 == 0 ? "200" : "481");
        text += support::request(id, "REPORT", "Message-ID: " + id + "\r\nStatus: 000 200 OK\r\n",
                                 ours(1), theirs(1));
        text += support::request(id, "REPORT", "Message-ID: " + id + "\r\nStatus: 000 408 x\r\n",
                                 ours(7), theirs(1));
        text += response("z" + id, "200");
    }
    for (int i = 0; i < 250; ++i) CHECK(r.feed(c, text).empty());
    CHECK(r.e.counters().ignored == 1'000'000);
    CHECK(memory.live == before);
    CHECK(r.e.timers() == 0);
    CHECK(r.output(c).empty());
}

TEST_CASE("a large message costs the same beside sessions that have nothing to say (CHK-7.1.1-7)",
          "[endpoint][figures]") {
    // Each of them sent something and now waits for the response.
    auto const cost = [](int idle) {
        msrp::endpoint_options o;
        o.each.block_size = 2048;
        support::endpoint_rig r(o);
        for (int n = 1; n <= idle + 1; ++n) r.active(n);
        r.connects();
        auto const c = msrp::connection_id{1};
        r.feed(c, answers(r.output(c)));
        std::string const body(std::size_t{8} << 20, 'b');
        for (int n = 1; n <= idle; ++n)
            static_cast<void>(*r.e.send(msrp::session_handle{static_cast<std::uint64_t>(n)},
                                        {.content_type = "text/plain", .body = "hello"}, r.now));
        static_cast<void>(*r.e.send(msrp::session_handle{static_cast<std::uint64_t>(idle) + 1},
                                    {.content_type = "text/plain", .body = body}, r.now));
        std::size_t size = 0;
        while (size < 2 * static_cast<std::size_t>(idle) * 100) size += r.block(c).size();
        auto const begin = std::clock();
        for (std::size_t n = 1; n != 0; size += n) n = r.block(c).size();
        auto const took = std::clock() - begin;
        REQUIRE(size > body.size());
        return took;
    };
    auto const best = [&](int idle) {
        auto least = cost(idle);
        for (int i = 0; i < 2; ++i) least = std::min(least, cost(idle));
        return least;
    };
    CHECK(best(5000) <= 3 * best(1) + CLOCKS_PER_SEC / 100);
}

TEST_CASE("ids made to collide cost no more than others (T19)", "[endpoint][figures]") {
    // All of one length, equal but for a few octets in the middle, as for a weak hash.
    auto const cost = [](bool colliding) {
        msrp::endpoint_options o;
        o.max_sessions = 100'000;
        support::endpoint_rig r(o);
        int const n = 100'000;
        std::vector<std::string> uris;
        support::seeded_random random(3);
        for (int i = 0; i < n; ++i) {
            std::string id(24, 'A');
            if (colliding) {
                // Aa and BB are the classic pair of equal hashes.
                for (std::size_t bit = 0; bit < 12; ++bit)
                    id.replace(2 * bit, 2,
                               (static_cast<unsigned>(i) >> bit & 1U) != 0 ? "Aa" : "BB");
                id += std::to_string(i >> 12);
            } else {
                for (auto& c : id) c = static_cast<char>('a' + random.below(26));
            }
            uris.push_back("msrp://ann.example.org:9321/" + id + ";tcp");
        }
        for (auto const& u : uris)
            REQUIRE(r.try_open(connection_role::passive, u, theirs(1)).has_value());
        auto const c = r.accepted();
        std::string text;
        for (auto const& u : uris)
            text += support::send("aaaa", "Message-ID: m123\r\nFailure-Report: no\r\n", "x", '$', u,
                                  theirs(1));
        auto const begin = std::clock();
        REQUIRE_FALSE(r.e.receive(c, text, r.now));
        while (r.e.poll_event()) {
        }
        auto const took = std::clock() - begin;
        REQUIRE(r.e.counters().messages_received == 100'000);
        return took;
    };
    auto best = [&](bool colliding) {
        auto least = cost(colliding);
        for (int i = 0; i < 2; ++i) least = std::min(least, cost(colliding));
        return least;
    };
    CHECK(best(true) <= 3 * best(false) + CLOCKS_PER_SEC / 100);
}
