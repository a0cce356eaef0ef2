// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// session_pair_test.cpp - two sessions joined in memory: random splits, interruption, loss, size.
#include <algorithm>
#include <array>
#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <memory_resource>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include <msrp/reassembler.hpp>
#include <msrp/session.hpp>

#include "support/catch.hpp"
#include "support/session_rig.hpp"

namespace {

using namespace std::chrono_literals;
using msrp::report_value;
using support::seeded_random;

/// Gives a string in random pieces, now and then none.
class moody_source final : public msrp::body_source {
   public:
    moody_source(std::string_view body, std::uint64_t seed) : rest_(body), random_(seed) {}
    msrp::body_piece next(std::size_t at_most) override {
        if (random_.below(4) == 0) return {{}, msrp::body_state::wait};
        auto const n = std::min({rest_.size(), at_most, std::size_t{1} + random_.below(9000)});
        auto const piece = rest_.substr(0, n);
        rest_.remove_prefix(n);
        bool const last = rest_.empty() && random_.below(2) == 0;
        if (n == 0) return {{}, msrp::body_state::last};
        return {piece, last ? msrp::body_state::last : msrp::body_state::more};
    }

   private:
    std::string_view rest_;
    seeded_random random_;
};

struct sent_message {
    std::string body;
    std::unique_ptr<moody_source> source;
    report_value success = report_value::no;
    report_value failure = report_value::yes;
    msrp::message_handle handle{};
    std::string id;
    bool aborted = false;
    int done = 0;
    std::error_code outcome;
    int confirmed = 0;  ///< reports that made it fully confirmed
};
struct got_message {
    msrp::reassembler assembler;
    int begun = 0;
    std::vector<msrp::message_fate> ends;
    std::string body;
};

/// One end: its session, what it sent, what it got.
struct side {
    support::rig r;
    msrp::connection_id c{};
    std::deque<sent_message> sent;
    std::map<std::string, got_message> got;
    std::string wire;   ///< octets under way to the other side
    std::string piece;  ///< octets read last: events show them in place
    bool ended = false;

    side(msrp::session_options const& o, std::uint64_t seed, std::string_view local,
         std::string_view remote)
        : r(o, seed, local, remote) {}

    void send(seeded_random& random) {
        auto& m = sent.emplace_back();
        m.body.resize(random.below(8) == 0 ? 20'000 + random.below(60'000) : random.below(6000));
        for (auto& octet : m.body) octet = "\r\n-abc"[random.below(6)];
        m.success = random.below(2) == 0 ? report_value::yes : report_value::no;
        m.failure = std::array{report_value::yes, report_value::yes, report_value::no,
                               report_value::partial}[random.below(4)];
        msrp::outgoing_message out{.content_type = "text/plain", .body = m.body};
        if (random.below(2) == 0) {
            m.source = std::make_unique<moody_source>(m.body, random.next());
            out.body = {};
            out.source = m.source.get();
            if (random.below(2) == 0) out.total = m.body.size();
        }
        out.success_report = m.success;
        out.failure_report = m.failure;
        m.id = "m" + std::to_string(100'000 + sent.size()) + std::string(support::ann.substr(7, 1));
        out.message_id = m.id;
        auto const h = r.s.send(out, r.now);
        if (h)
            m.handle = *h;
        else
            sent.pop_back();
    }

    sent_message& find(msrp::message_handle h) {
        for (auto& m : sent)
            if (m.handle == h) return m;
        FAIL("an event about no message of ours");
        return sent.front();
    }

    void drain() {
        while (auto const e = r.s.poll_event()) {
            if (auto const* b = std::get_if<msrp::message_begin>(&*e)) {
                auto& m = got[std::string(b->message_id.view())];
                REQUIRE(++m.begun == 1);
            } else if (auto const* d = std::get_if<msrp::message_data>(&*e)) {
                auto& m = got[std::string(d->message_id.view())];
                REQUIRE(m.ends.empty());
                REQUIRE(!m.assembler.add(d->position, d->octets));
                for (auto f = m.assembler.front(); !f.empty(); f = m.assembler.front()) {
                    m.body += f;
                    m.assembler.pop(f.size());
                }
            } else if (auto const* end = std::get_if<msrp::message_end>(&*e)) {
                auto& m = got[std::string(end->message_id.view())];
                m.ends.push_back(end->fate);
                REQUIRE(m.ends.size() == 1);
                if (end->fate == msrp::message_fate::complete) REQUIRE(end->size == m.body.size());
            } else if (auto const* s = std::get_if<msrp::message_sent>(&*e)) {
                auto& m = find(s->handle);
                REQUIRE(++m.done == 1);
                m.outcome = s->outcome;
            } else if (auto const* p = std::get_if<msrp::report_received>(&*e)) {
                auto& m = find(p->handle);
                REQUIRE(m.success == report_value::yes);
                REQUIRE(p->status == 200);
                if (p->fully_confirmed) REQUIRE(++m.confirmed == 1);
            } else if (std::holds_alternative<msrp::session_ended>(*e)) {
                ended = true;
            } else if (std::holds_alternative<msrp::session_bound>(*e)) {
                continue;
            } else {
                FAIL("unexpected: " << support::describe(*e));
            }
        }
    }

    /// Writes some of what there is.
    bool write(seeded_random& random) {
        std::size_t size = 0;
        for (auto const v : r.s.poll_output(c)) size += v.size();
        if (size == 0) return false;
        std::size_t n = random.below(3) == 0 ? size : 1 + random.below(size);
        std::size_t left = n;
        for (auto const v : r.s.poll_output(c)) {
            wire += v.substr(0, left);
            left -= std::min(left, v.size());
        }
        REQUIRE(!r.s.written(c, n, r.now));
        drain();
        return true;
    }
    /// Reads some of what the other side wrote.
    bool read(side& other, seeded_random& random) {
        if (other.wire.empty()) return false;
        if (!r.s.can_receive(c)) {
            drain();
            return false;
        }
        auto const n =
            std::min(other.wire.size(), 1 + random.below(random.below(3) == 0 ? 9 : 9000));
        piece = other.wire.substr(0, n);
        other.wire.erase(0, n);
        REQUIRE(!r.s.receive(c, piece, r.now));
        drain();
        return true;
    }
    void resume_all() {
        for (auto& m : sent)
            if (m.source && m.done == 0) static_cast<void>(r.s.resume(m.handle, r.now));
    }
};

void check_delivery(side& from, side& to) {
    for (auto& m : from.sent) {
        INFO(m.id);
        REQUIRE(m.done == 1);
        auto const at = to.got.find(m.id);
        if (!m.outcome) {
            // Nothing acknowledged is lost.
            REQUIRE(at != to.got.end());
            REQUIRE(at->second.ends == std::vector{msrp::message_fate::complete});
            REQUIRE(at->second.body == m.body);
            if (m.success == report_value::yes) REQUIRE(m.confirmed == 1);
        } else if (at != to.got.end()) {
            REQUIRE(m.body.starts_with(at->second.body));
            REQUIRE(at->second.ends.size() == 1);
        }
        if (m.success == report_value::no) REQUIRE(m.confirmed == 0);
    }
}

}  // namespace

TEST_CASE(
    "two sessions deliver everything once, whatever the splits "
    "(CHK-7.1.1-8, RPT-7.1.3-1, TRX-7.2-1)",
    "[session][pair]") {
    for (std::uint64_t seed = 1; seed <= 150; ++seed) {
        INFO("seed " << seed);
        seeded_random random(seed);
        msrp::session_options o;
        o.block_size = 1 + random.below(9000);
        o.max_transactions = 2 + random.below(20);
        o.max_control_octets = random.below(2) == 0 ? 128 * 1024 : 1;
        side a(o, seed * 2, support::ann, support::bob);
        side b(o, seed * 2 + 1, support::bob, support::ann);
        a.c = a.r.up(msrp::connection_role::active);
        b.c = b.r.up(msrp::connection_role::passive);
        std::size_t const wanted = random.below(30);
        int idle = 0;
        for (int step = 0; idle < 60; ++step) {
            REQUIRE(step < 200'000);  // no deadlock
            bool moved = false;
            auto& one = random.below(2) == 0 ? a : b;
            auto& two = &one == &a ? b : a;
            switch (random.below(6)) {
                case 0:
                    if (one.sent.size() < wanted) {
                        one.send(random);
                        moved = true;
                    }
                    break;
                case 1:
                    if (!one.sent.empty() && random.below(40) == 0) {
                        auto& m = one.sent[random.below(one.sent.size())];
                        if (!one.r.s.abort(m.handle, one.r.now)) m.aborted = true;
                        one.drain();
                        moved = true;
                    }
                    one.resume_all();
                    break;
                case 2:
                case 3: moved = one.write(random); break;
                default: moved = one.read(two, random); break;
            }
            idle = moved ? 0 : idle + 1;
            if (idle == 40) {  // is it really all?
                for (auto* s : {&a, &b}) {
                    s->resume_all();
                    s->drain();
                    if (s->write(random) || s->r.s.outgoing() != 0) idle = 0;
                }
                if (a.read(b, random) || b.read(a, random)) idle = 0;
            }
        }
        for (auto* s : {&a, &b}) {
            for (auto const& m : s->sent) {
                bool const canceled = m.outcome == std::errc::operation_canceled;
                REQUIRE((!m.outcome || (canceled && m.aborted)));
            }
            REQUIRE(!s->r.s.deadline());  // no state left behind
        }
        check_delivery(a, b);
        check_delivery(b, a);
    }
}

TEST_CASE("a connection lost anywhere leaves nothing in the dark (CON-5.4-6)", "[session][pair]") {
    for (std::uint64_t seed = 1; seed <= 150; ++seed) {
        INFO("seed " << seed);
        seeded_random random(seed);
        msrp::session_options o;
        o.block_size = 3000;
        side a(o, seed * 2, support::ann, support::bob);
        side b(o, seed * 2 + 1, support::bob, support::ann);
        a.c = a.r.up(msrp::connection_role::active);
        b.c = b.r.up(msrp::connection_role::passive);
        for (int i = 0; i < 6; ++i) (i % 2 == 0 ? a : b).send(random);
        for (std::size_t steps = random.below(400); steps != 0; --steps) {
            auto& one = random.below(2) == 0 ? a : b;
            auto& two = &one == &a ? b : a;
            if (random.below(2) == 0)
                one.write(random);
            else
                one.read(two, random);
            one.resume_all();
        }
        for (auto* s : {&a, &b}) {
            bool const bound = s->r.s.bound_to().has_value();
            REQUIRE(!s->r.s.connection_lost(s->c, s->r.now));
            REQUIRE(s->r.s.ended() == bound);
            if (!bound) s->r.s.close(s->r.now);  // never bound: another connection might come
            while (auto const e = s->r.s.poll_event()) {
                if (auto const* m = std::get_if<msrp::message_sent>(&*e)) {
                    REQUIRE(m->outcome ==
                            (bound ? msrp::error::connection_lost : msrp::error::session_closed));
                    ++s->find(m->handle).done;
                    s->find(m->handle).outcome = m->outcome;
                } else if (auto const* end = std::get_if<msrp::message_end>(&*e)) {
                    s->got[std::string(end->message_id.view())].ends.push_back(end->fate);
                } else if (std::holds_alternative<msrp::session_ended>(*e)) {
                    REQUIRE(!s->ended);
                    s->ended = true;
                }
            }
            REQUIRE(s->ended);
            REQUIRE(s->r.s.outgoing() == 0);
            REQUIRE(!s->r.s.deadline());
            for (auto const& m : s->sent) REQUIRE(m.done == 1);
        }
        for (auto* s : {&a, &b}) {
            for (auto const& m : s->sent) {
                auto const& other = (s == &a ? b : a).got;
                auto const at = other.find(m.id);
                // Acknowledged chunk by chunk (Failure-Report yes) means: it is there.
                if (!m.outcome && m.failure == report_value::yes) {
                    REQUIRE(at != other.end());
                    REQUIRE(at->second.body == m.body);
                }
                if (at != other.end()) REQUIRE(at->second.ends.size() == 1);
            }
        }
    }
}

namespace {

/// Counts allocations.
class counting_resource final : public std::pmr::memory_resource {
   public:
    std::size_t allocations = 0;
    std::size_t in_use = 0;
    std::size_t peak = 0;

   private:
    void* do_allocate(std::size_t n, std::size_t align) override {
        ++allocations;
        in_use += n;
        peak = std::max(peak, in_use);
        return std::pmr::new_delete_resource()->allocate(n, align);
    }
    void do_deallocate(void* p, std::size_t n, std::size_t align) override {
        in_use -= n;
        std::pmr::new_delete_resource()->deallocate(p, n, align);
    }
    [[nodiscard]] bool do_is_equal(memory_resource const& other) const noexcept override {
        return this == &other;
    }
};

using pmr_session = msrp::pmr::session<seeded_random>;

/// The same block again and again, up to a size.
class endless_source final : public msrp::body_source {
   public:
    endless_source(std::string_view block, std::uint64_t size) : block_(block), left_(size) {}
    msrp::body_piece next(std::size_t) override {
        auto const n = std::min<std::uint64_t>(left_, block_.size());
        left_ -= n;
        return {block_.substr(0, static_cast<std::size_t>(n)),
                left_ == 0 ? msrp::body_state::last : msrp::body_state::more};
    }

   private:
    std::string_view block_;
    std::uint64_t left_;
};

constexpr msrp::session_time now{std::chrono::hours(1)};

/// Moves what `from` has to write to `to`, piece by piece as it lies in memory; calls `f` with each
/// event of `to`. @return whether there was anything.
template <class F>
bool move_octets(pmr_session& from, pmr_session& to, F&& f) {
    auto const c = msrp::connection_id{1};
    std::size_t size = 0;
    for (auto const v : from.poll_output(c)) {
        size += v.size();
        REQUIRE(!to.receive(c, v, now));
        while (auto const e = to.poll_event()) f(*e);
    }
    REQUIRE(!from.written(c, size, now));
    return size != 0;
}

}  // namespace

TEST_CASE("messages in a steady state allocate nothing (T13)", "[session][pair]") {
    counting_resource memory;
    auto const ann = *msrp::read_path(support::ann);
    auto const bob = *msrp::read_path(support::bob);
    pmr_session a({}, ann, bob, seeded_random(1), &memory);
    pmr_session b({}, bob, ann, seeded_random(2), &memory);
    REQUIRE(a.connection_up(msrp::connection_role::active, now).has_value());
    REQUIRE(b.connection_up(msrp::connection_role::passive, now).has_value());
    std::string const body(5000, 'x');
    std::size_t done = 0;
    auto const round = [&] {
        REQUIRE(
            a.send(
                 {.content_type = "text/plain", .body = body, .success_report = report_value::yes},
                 now)
                .has_value());
        bool more = true;
        while (more) {
            more = move_octets(a, b, [](msrp::session_event const&) {});
            more |= move_octets(b, a, [](msrp::session_event const&) {});
            while (auto const e = a.poll_event())
                if (std::holds_alternative<msrp::message_sent>(*e)) ++done;
        }
    };
    for (int i = 0; i < 200; ++i) round();  // fills what is remembered of messages past
    auto const before = memory.allocations;
    for (int i = 0; i < 1000; ++i) round();
    CHECK(memory.allocations == before);
    CHECK(a.counters().messages_sent == 1200);
    CHECK(b.counters().messages_received == 1200);
    CHECK(a.counters().reports_received == 1200);
}

namespace {

/// Has no memory for one allocation, and for those after it.
class failing_resource final : public std::pmr::memory_resource {
   public:
    explicit failing_resource(std::size_t left) : left_(left) {}
    std::size_t in_use = 0;

   private:
    void* do_allocate(std::size_t n, std::size_t align) override {
        if (left_ == 0) throw std::bad_alloc();
        --left_;
        in_use += n;
        return std::pmr::new_delete_resource()->allocate(n, align);
    }
    void do_deallocate(void* p, std::size_t n, std::size_t align) override {
        in_use -= n;
        std::pmr::new_delete_resource()->deallocate(p, n, align);
    }
    [[nodiscard]] bool do_is_equal(memory_resource const& other) const noexcept override {
        return this == &other;
    }
    std::size_t left_;
};

/// One message there and back; whether the memory sufficed.
bool exchange(std::size_t allocations) {
    failing_resource memory(allocations);
    bool done = false;
    try {
        auto const ann = *msrp::read_path(support::ann);
        auto const bob = *msrp::read_path(support::bob);
        pmr_session a({}, ann, bob, seeded_random(1), &memory);
        pmr_session b({}, bob, ann, seeded_random(2), &memory);
        static_cast<void>(a.connection_up(msrp::connection_role::active, now).has_value());
        static_cast<void>(b.connection_up(msrp::connection_role::passive, now).has_value());
        for (auto* s : {&a, &b})
            static_cast<void>(s->send({.content_type = "application/octet-stream",
                                       .body = "hello",
                                       .success_report = report_value::yes},
                                      now)
                                  .has_value());
        for (bool more = true; more;) {
            more = move_octets(a, b, [](msrp::session_event const&) {});
            more |= move_octets(b, a, [](msrp::session_event const&) {});
        }
        done = a.counters().reports_received == 1 && b.counters().reports_received == 1;
        if (!done) FAIL("a failed allocation went unnoticed");
    } catch (std::bad_alloc const&) {
        done = false;
    }
    if (memory.in_use != 0) FAIL("memory was not given back");
    return done;
}

}  // namespace

TEST_CASE("memory that runs out anywhere throws, and nothing is lost of it (T22)",
          "[session][pair]") {
    std::size_t allocations = 0;
    while (!exchange(allocations)) {
        ++allocations;
        REQUIRE(allocations < 500);
    }
    CHECK(allocations > 20);
}

TEST_CASE("more than 4 GiB pass parser and session in constant memory (T5, CHK-14.5-1)",
          "[session][pair][slow]") {
    constexpr std::uint64_t size = (std::uint64_t{1} << 32) + 123'456'789;
    counting_resource memory;
    auto const ann = *msrp::read_path(support::ann);
    auto const bob = *msrp::read_path(support::bob);
    msrp::session_options o;
    o.block_size = 256 * 1024;
    pmr_session a(o, ann, bob, seeded_random(1), &memory);
    pmr_session b(o, bob, ann, seeded_random(2), &memory);
    REQUIRE(a.connection_up(msrp::connection_role::active, now).has_value());
    REQUIRE(b.connection_up(msrp::connection_role::passive, now).has_value());
    std::string block(o.block_size, ' ');
    seeded_random random(3);
    for (auto& octet : block) octet = static_cast<char>(random.next() & 0xFFU);
    endless_source source(block, size);
    auto const handle = a.send({.content_type = "application/octet-stream",
                                .source = &source,
                                .total = size,
                                .success_report = report_value::yes},
                               now);
    REQUIRE(handle.has_value());
    std::uint64_t next = 1;
    bool whole = false;
    bool right = true;
    int ticks = 0;
    std::error_code outcome = std::make_error_code(std::errc::timed_out);
    bool confirmed = false;
    for (bool more = true; more;) {
        more = move_octets(a, b, [&](msrp::session_event const& e) {
            if (auto const* d = std::get_if<msrp::message_data>(&e)) {
                right = right && d->position == next;
                // Where in the block are we? Compare there.
                auto const at = static_cast<std::size_t>((next - 1) % block.size());
                right = right && at + d->octets.size() <= block.size() &&
                        std::string_view(block).substr(at, d->octets.size()) == d->octets;
                next += d->octets.size();
            } else if (auto const* end = std::get_if<msrp::message_end>(&e)) {
                whole = end->fate == msrp::message_fate::complete && end->size == size;
            }
        });
        // Now and then the other side says something: chunks are interrupted, also beyond 2^32.
        if (++ticks % 4096 == 0)
            REQUIRE(
                b.send({.content_type = "text/plain", .body = "still there?"}, now).has_value());
        more |= move_octets(b, a, [&](msrp::session_event const& e) {
            if (auto const* s = std::get_if<msrp::message_sent>(&e)) outcome = s->outcome;
            if (auto const* p = std::get_if<msrp::report_received>(&e))
                confirmed = p->fully_confirmed;
        });
    }
    CHECK(right);
    CHECK(whole);
    CHECK(next == size + 1);
    CHECK(a.counters().interrupted >= 4);
    CHECK(a.counters().octets_written > size);
    CHECK(memory.peak < 512 * 1024);
    CHECK(!outcome);
    CHECK(confirmed);
}
