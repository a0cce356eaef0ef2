// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <list>
#include <map>
#include <memory>
#include <vector>

#include <msrp/detail/deadlines.hpp>
#include <msrp/detail/id_table.hpp>
#include <msrp/detail/own_queue.hpp>

#include "support/catch.hpp"
#include "support/session_rig.hpp"

namespace {

struct object {
    std::uint64_t key;
    int number;
};
struct key_of {
    std::uint64_t operator()(object const& o) const noexcept { return o.key; }
};
using table = msrp::detail::id_table<object, key_of, std::allocator<char>>;

struct in_line {
    int number;
    msrp::detail::queue_place<in_line> place{};
};

struct one_timer : msrp::detail::timer {
    one_timer() : timer(kind::report) {}
};

}  // namespace

TEST_CASE("a table finds what a map finds, whatever was put in and out (T19)", "[endpoint]") {
    support::seeded_random random(5);
    for (std::uint64_t const keys :
         {std::uint64_t{7}, std::uint64_t{1000}, std::uint64_t{1} << 60}) {
        table t{std::allocator<char>()};
        CHECK(t.find(1) == nullptr);
        t.erase(object{1, 1});
        std::list<object> there;
        for (int i = 0; i < 5000; ++i) {
            if (there.size() < 300 && random.below(5) < 3) {
                there.push_back({random.next() % keys, i});
                t.reserve_one();
                t.insert(there.back());
            } else if (!there.empty()) {
                auto at = std::next(there.begin(),
                                    static_cast<std::ptrdiff_t>(random.below(there.size())));
                t.erase(*at);
                there.erase(at);
            }
            REQUIRE(t.size() == there.size());
        }
        for (auto& o : there)
            CHECK(t.find(o.key, [&](object const& x) { return x.number == o.number; }) == &o);
        object const stranger{there.front().key, -1};
        t.erase(stranger);
        CHECK(t.size() == there.size());
        CHECK(t.find(keys + 1) == nullptr);
    }
}

TEST_CASE("a queue holds what a list holds, whatever was pushed, popped and taken out",
          "[endpoint]") {
    support::seeded_random random(3);
    std::vector<in_line> all(20);
    for (std::size_t i = 0; i < all.size(); ++i) all[i].number = static_cast<int>(i);
    msrp::detail::own_queue<in_line, &in_line::place> q;
    std::list<in_line*> there;
    for (int i = 0; i < 20'000; ++i) {
        auto& x = all[random.below(all.size())];
        auto const at = std::find(there.begin(), there.end(), &x);
        switch (random.below(4)) {
            case 0: {
                auto* const got = q.pop();
                REQUIRE(got == (there.empty() ? nullptr : there.front()));
                if (got != nullptr) there.pop_front();
                break;
            }
            case 1:
                q.erase(x);
                if (at != there.end()) there.erase(at);
                break;
            default:
                q.push(x);
                if (at == there.end()) there.push_back(&x);
        }
        REQUIRE(q.empty() == there.empty());
        REQUIRE(q.back() == (there.empty() ? nullptr : there.back()));
        auto* now = q.front();
        for (auto* const expected : there) {
            REQUIRE(now == expected);
            now = q.after(*now);
        }
        REQUIRE(now == nullptr);
    }
}

TEST_CASE("timers come in the order of their times, whatever was set and stopped", "[endpoint]") {
    using std::chrono::milliseconds;
    msrp::session_time const zero{};
    support::seeded_random random(9);
    msrp::detail::deadlines<std::allocator<char>> d{std::allocator<char>()};
    std::vector<std::unique_ptr<one_timer>> timers;
    for (int i = 0; i < 200; ++i) timers.push_back(std::make_unique<one_timer>());
    std::map<one_timer*, msrp::session_time> set;
    CHECK_FALSE(d.next());
    CHECK(d.take(zero + std::chrono::hours(1)) == nullptr);
    for (int i = 0; i < 20'000; ++i) {
        auto* const t = timers[random.below(timers.size())].get();
        switch (random.below(4)) {
            case 0:
                d.stop(*t);
                set.erase(t);
                break;
            case 1: {
                auto const now = zero + milliseconds(random.below(1000));
                auto* const got = static_cast<one_timer*>(d.take(now));
                auto const least = std::min_element(
                    set.begin(), set.end(),
                    [](auto const& a, auto const& b) { return a.second < b.second; });
                REQUIRE((got == nullptr) == (least == set.end() || least->second > now));
                if (got != nullptr) {
                    REQUIRE(set.at(got) == least->second);
                    set.erase(got);
                }
                break;
            }
            default: {
                auto const time = zero + milliseconds(random.below(1000));
                d.reserve_one();
                d.set(*t, time);
                set[t] = time;
            }
        }
        REQUIRE(d.size() == set.size());
        for (auto const& [timer, time] : set) REQUIRE(timer->runs());
    }
}
