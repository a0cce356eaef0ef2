// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// The same scripts again and again, with something going wrong at each step in turn.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory_resource>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <msrp/endpoint.hpp>
#include <msrp/range_set.hpp>

#include "support/catch.hpp"
#include "support/session_rig.hpp"

using msrp::connection_role;

namespace {

/// Memory that fails at the n-th allocation from now, and counts what is not given back.
class failing_memory final : public std::pmr::memory_resource {
   public:
    std::size_t until_failure = 0;  ///< 0: never
    std::size_t in_use = 0;

   private:
    void* do_allocate(std::size_t size, std::size_t align) override {
        if (until_failure != 0 && --until_failure == 0) throw std::bad_alloc();
        auto* const p = std::pmr::new_delete_resource()->allocate(size, align);
        in_use += size;
        return p;
    }
    void do_deallocate(void* p, std::size_t size, std::size_t align) override {
        in_use -= size;
        std::pmr::new_delete_resource()->deallocate(p, size, align);
    }
    bool do_is_equal(memory_resource const& o) const noexcept override { return this == &o; }
};

using endpoint = msrp::pmr::endpoint<support::seeded_random>;

enum class trouble : std::uint8_t { none, loss, garbage, silence, long_wait, close, shut_down };

class slow_source final : public msrp::body_source {
   public:
    msrp::body_piece next(std::size_t) override {
        if (++calls_ % 3 == 0) return {{}, msrp::body_state::wait};
        return {"a piece of it, not the last",
                calls_ > 20 ? msrp::body_state::last : msrp::body_state::more};
    }

   private:
    int calls_ = 0;
};

/// Two endpoints with a wire between them; each thing done is a step, before which trouble may
/// come.
class stage {
   public:
    stage(trouble what, std::size_t at, failing_memory& memory)
        : what_(what),
          at_(at),
          a(options(), support::seeded_random(1), &memory),
          b(options(), support::seeded_random(2), &memory) {}

    static msrp::endpoint_options options() {
        msrp::endpoint_options o;
        o.each.block_size = 700;
        o.each.batch_size = 1;
        o.each.report_every = 1000;
        return o;
    }
    static std::string uri(char who, int n) {
        return std::string("msrp://") + who + ".example:2855/" + who + std::to_string(n) + ";tcp";
    }
    msrp::session_handle open(int n) {
        step();
        auto const ours = uri('a', n);
        auto const theirs = uri('b', n);
        auto const t = b.open({.local = *msrp::read_path(theirs),
                               .remote = *msrp::read_path(ours),
                               .role = connection_role::passive},
                              now);
        auto const s = a.open({.local = *msrp::read_path(ours),
                               .remote = *msrp::read_path(theirs),
                               .role = connection_role::active},
                              now);
        static_cast<void>(t);
        while (auto const c = a.poll_connect()) {
            auto const other = b.accepted(now);
            if (other && !a.connected(c->connection, now)) {
                wires.push_back({c->connection, *other});
            } else {
                static_cast<void>(a.connection_lost(c->connection, now));
                if (other) static_cast<void>(b.connection_lost(*other, now));
            }
        }
        return s ? *s : msrp::session_handle{};
    }
    void send(msrp::session_handle s, msrp::outgoing_message const& m) {
        step();
        if (auto const h = a.send(s, m, now)) ++sent_[static_cast<std::uint64_t>(*h)];
    }
    void back(int n, msrp::outgoing_message const& m) {
        step();
        static_cast<void>(b.send(msrp::session_handle{static_cast<std::uint64_t>(n)}, m, now));
    }
    void close(msrp::session_handle s) {
        step();
        static_cast<void>(a.close(s, now));
    }
    void refuse(int n, std::string_view id) {
        step();
        static_cast<void>(
            b.refuse(msrp::session_handle{static_cast<std::uint64_t>(n)}, id, 413, now));
    }
    /// One write from each side to the other.
    void exchange() {
        for (std::size_t i = 0; i < wires.size(); ++i) {
            auto w = wires[i];
            move(a, w.at_a, b, w.at_b);
            move(b, w.at_b, a, w.at_a);
        }
        drain();
    }
    void run(int rounds) {
        for (int i = 0; i < rounds; ++i) exchange();
    }
    /// All comes to its end.
    void finish() {
        quiet_ = false;
        what_ = trouble::none;
        run(60);
        for (int i = 0; i < 20; ++i) pass_deadlines();
        a.shut_down(now);
        b.shut_down(now);
        run(20);
        while (!wires.empty()) lose(0);
        drain();
    }
    void check_nothing_left() {
        for (auto* const e : {&a, &b}) {
            CHECK(e->sessions() == 0);
            CHECK(e->connections() == 0);
            CHECK(e->timers() == 0);
            CHECK(e->transactions() == 0);
        }
        for (auto const& [handle, open] : sent_) {
            INFO("message " << handle);
            CHECK(open == 0);  // one message_sent for each
        }
    }
    std::size_t steps = 0;
    slow_source source;

    struct wire {
        msrp::connection_id at_a, at_b;
    };

   private:
    void step() {
        if (++steps != at_) return;
        switch (what_) {
            case trouble::none: break;
            case trouble::loss:
                if (!wires.empty()) lose(0);
                break;
            case trouble::garbage:
                if (!wires.empty()) {
                    drain();
                    static_cast<void>(b.receive(wires[0].at_b, "\r\nnot MSRP\r\n", now));
                    drain();
                }
                break;
            case trouble::silence: quiet_ = true; break;
            case trouble::long_wait: pass_deadlines(); break;
            case trouble::close: static_cast<void>(b.close(msrp::session_handle{1}, now)); break;
            case trouble::shut_down: b.shut_down(now); break;
        }
    }
    void pass_deadlines() {
        for (auto* const e : {&a, &b})
            if (auto const d = e->deadline()) {
                now = std::max(now, *d);
                e->handle_timeout(now);
            }
        drain();
    }
    void move(endpoint& from, msrp::connection_id out, endpoint& to, msrp::connection_id in) {
        step();
        std::string octets;
        for (auto const v : from.poll_output(out)) octets += v;
        if (octets.empty() || !to.can_receive(in)) return;
        static_cast<void>(from.written(out, octets.size(), now));
        if (quiet_) return;  // octets vanish; nobody hears of it
        static_cast<void>(to.receive(in, octets, now));
        drain();
    }
    void lose(std::size_t i) {
        auto const w = wires[i];
        wires.erase(wires.begin() + static_cast<std::ptrdiff_t>(i));
        static_cast<void>(a.connection_lost(w.at_a, now));
        static_cast<void>(b.connection_lost(w.at_b, now));
        drain();
    }
    void drain() {
        for (bool again = true; again;) {
            again = false;
            for (auto* const e : {&a, &b})
                while (auto const event = e->poll_event()) {
                    if (auto const* done = std::get_if<msrp::message_sent>(&event->what);
                        done != nullptr && e == &a)
                        --sent_[static_cast<std::uint64_t>(done->handle)];
                    if (auto const* gone = std::get_if<msrp::close_connection>(&event->what)) {
                        auto const at =
                            std::find_if(wires.begin(), wires.end(), [&](wire const& w) {
                                return (e == &a ? w.at_a : w.at_b) == gone->connection;
                            });
                        if (at == wires.end()) continue;
                        auto const w = *at;
                        wires.erase(at);
                        static_cast<void>(a.connection_lost(w.at_a, now));
                        static_cast<void>(b.connection_lost(w.at_b, now));
                        again = true;
                    }
                }
        }
    }

    trouble what_;
    std::size_t at_;
    bool quiet_ = false;
    std::map<std::uint64_t, int> sent_;

   public:
    msrp::session_time now{std::chrono::hours(1)};
    endpoint a;
    endpoint b;
    std::vector<wire> wires;
};

std::string const big(5000, 'b');
struct script {
    char const* name;
    void (*play)(stage&);
};
constexpr std::array scripts{
    script{"one session, messages both ways",
           [](stage& s) {
               auto const one = s.open(1);
               s.send(one, {.content_type = "a/b", .body = "small"});
               s.run(3);
               s.back(1, {.content_type = "a/b", .body = big});
               s.send(
                   one,
                   {.content_type = "a/b", .body = big, .success_report = msrp::report_value::yes});
               s.run(12);
               s.close(one);
               s.run(3);
           }},
    script{"three sessions share a connection",
           [](stage& s) {
               auto const one = s.open(1);
               auto const two = s.open(2);
               s.run(2);
               s.send(one, {.content_type = "a/b", .body = big});
               s.send(two, {.content_type = "a/b", .body = big});
               s.send(two, {.content_type = "a/b",
                            .body = "no answer",
                            .failure_report = msrp::report_value::no});
               s.run(6);
               auto const three = s.open(3);
               s.send(three, {.content_type = "a/b",
                              .body = "partial",
                              .success_report = msrp::report_value::yes,
                              .failure_report = msrp::report_value::partial});
               s.close(one);
               s.run(8);
               s.close(two);
               s.run(4);
               s.close(three);
               s.run(2);
           }},
    script{"refused under way and afterwards",
           [](stage& s) {
               auto const one = s.open(1);
               s.send(one, {.content_type = "a/b", .body = big, .message_id = "first1"});
               s.send(one, {.content_type = "a/b", .body = "short", .message_id = "second"});
               s.run(3);
               s.refuse(1, "first1");
               s.run(5);
               s.refuse(1, "second");
               s.run(3);
               s.send(one, {.content_type = "a/b", .body = "again", .message_id = "third3"});
               s.run(3);
           }},
    script{"a source that waits",
           [](stage& s) {
               auto const one = s.open(1);
               s.send(one, {.content_type = "a/b", .source = &s.source});
               for (std::uint64_t i = 0; i < 12; ++i) {
                   static_cast<void>(s.a.resume(msrp::message_handle{1}, s.now));
                   s.run(1);
               }
           }},
};

}  // namespace

TEST_CASE("trouble at every step: each message has one end, nothing is left (CON-5.4-6)",
          "[endpoint][injection]") {
    for (auto const& s : scripts)
        for (auto const what : {trouble::none, trouble::loss, trouble::garbage, trouble::silence,
                                trouble::long_wait, trouble::close, trouble::shut_down}) {
            std::size_t steps = 0;
            {
                failing_memory memory;
                stage st(trouble::none, 0, memory);
                s.play(st);
                steps = st.steps;
            }
            CHECK(steps > 20);
            for (std::size_t at = 1; at <= steps; ++at) {
                INFO(s.name << ", trouble " << static_cast<int>(what) << " at step " << at);
                failing_memory memory;
                {
                    stage st(what, at, memory);
                    s.play(st);
                    st.finish();
                    st.check_nothing_left();
                }
                CHECK(memory.in_use == 0);
            }
        }
}

TEST_CASE("allocation fails at every point: the endpoint can be destroyed, nothing leaks",
          "[endpoint][injection]") {
    for (auto const& s : scripts) {
        std::size_t failures = 0;
        for (std::size_t n = 1;; ++n) {
            failing_memory memory;
            bool failed = false;
            memory.until_failure = n;
            try {
                stage st(trouble::none, 0, memory);
                s.play(st);
                st.finish();
            } catch (std::bad_alloc const&) {
                failed = true;
            }
            REQUIRE(memory.in_use == 0);
            if (!failed) break;
            ++failures;
        }
        CHECK(failures > 20);
    }
}
