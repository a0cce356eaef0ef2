// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// endpoint_operations_test.cpp - an endpoint's operations on Asio: completion tokens, cancellation,
// destruction at any moment, transfers that are cut and gone on with.
#include <algorithm>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include <asio/bind_executor.hpp>
#include <asio/experimental/deferred.hpp>
#include <asio/use_future.hpp>
#include <msrp/transport/endpoint_driver.hpp>

#include "driver_rig.hpp"

using namespace rig;

namespace {

auto const token = [](std::error_code& ec) { return asio::redirect_error(use_awaitable, ec); };

/// A passive session that nobody comes for.
msrp::session_handle waiting_session(side& s, std::string const& own, std::string const& from) {
    auto const made = s.drive.open(
        {.local = path_of(own), .remote = path_of(from), .role = msrp::connection_role::passive});
    REQUIRE(made);
    return *made;
}

/// Connects, greets, sends both ways, closes; all by callbacks, so that it can be stopped anywhere.
class script {
   public:
    explicit script(bool secure) : secure_(secure) {}
    /// @return handlers that ran; `stop_at` of them at most, then `destroy` is called.
    template <class Destroy>
    int run(int stop_at, Destroy destroy) {
        asio::io_context io(1);
        a.emplace(io, short_lived(), &a_is_.context);
        b.emplace(io, short_lived(), &b_is_.context);
        tcp::acceptor acceptor(io, loop::loopback());
        asio::co_spawn(io, accept(acceptor), [](std::exception_ptr) {});
        auto const a_uri = uri("aA", 1, secure_);
        auto const b_uri = uri("bB", acceptor.local_endpoint().port(), secure_);
        auto const body = body_of(100'000);
        completed_ = 0;
        b->drive.async_open({.local = path_of(b_uri),
                             .remote = path_of(a_uri),
                             .role = msrp::connection_role::passive},
                            a_is_.trust(), [&](std::error_code ec, msrp::session_handle s) {
                                ++completed_;
                                if (ec || !b) return;
                                b->drive.async_send(s, {.content_type = "text/plain", .body = body},
                                                    [this](auto&&...) { ++completed_; });
                            });
        a->drive.async_open({.local = path_of(a_uri), .remote = path_of(b_uri)}, b_is_.trust(),
                            [&](std::error_code ec, msrp::session_handle s) {
                                ++completed_;
                                if (ec || !a) return;
                                a->drive.async_send(s, {.content_type = "text/plain", .body = body},
                                                    [this](auto&&...) {
                                                        ++completed_;
                                                        end();
                                                    });
                            });
        int n = 0;
        while (n != stop_at && completed_ < 5 && io.run_one_for(5s) != 0) ++n;
        destroy(*this);
        acceptor.close();
        io.run_for(100ms);
        a.reset();
        b.reset();
        io.poll();
        return n;
    }
    [[nodiscard]] int completed() const { return completed_; }
    std::optional<side> a;
    std::optional<side> b;

   private:
    void end() {
        if (!a) return;
        a->drive.async_shut_down(5s, [this](std::error_code) { ++completed_; });
    }
    awaitable<void> accept(tcp::acceptor& acceptor) {
        auto socket = co_await acceptor.async_accept(use_awaitable);
        auto const check = a_is_.trust().check;
        auto ready = co_await transport::welcome(std::move(socket),
                                                 secure_ ? &b_is_.context : nullptr, check);
        if (ready && b) (void)b->drive.adopt(std::move(*ready));
    }
    bool secure_;
    int completed_ = 0;
    identity a_is_;
    identity b_is_;
};

}  // namespace

TEST_CASE("operations: futures, for each of them", "[operations]") {
    asio::io_context io(1);
    side a(io, short_lived());
    side b(io, short_lived());
    auto [left, right] = std::pair(tcp::socket(io), tcp::socket(io));
    {
        tcp::acceptor acceptor(io, loop::loopback());
        left.connect(acceptor.local_endpoint());
        right = acceptor.accept();
    }
    auto const a_uri = uri("aA", 1);
    auto const b_uri = uri("bB", 2);
    auto opened_b = b.drive.async_open(
        {.local = path_of(b_uri), .remote = path_of(a_uri), .role = msrp::connection_role::passive},
        {}, asio::use_future);
    auto ran_a = a.drive.async_run(transport::stream(std::move(left)), asio::use_future);
    auto ran_b = b.drive.async_run(transport::stream(std::move(right)), asio::use_future);
    auto opened_a = a.drive.async_open(
        {.local = path_of(a_uri), .remote = path_of(b_uri), .connection = a.ready.front()}, {},
        asio::use_future);
    auto const until = [&](auto& f) {
        while (f.wait_for(0s) != std::future_status::ready && io.run_one_for(5s) != 0) continue;
        REQUIRE(f.wait_for(0s) == std::future_status::ready);
    };
    until(opened_a);
    until(opened_b);
    auto const s = opened_a.get();
    CHECK(b.of[opened_b.get()].bound);
    auto sent =
        a.drive.async_send(s, {.content_type = "text/plain", .body = "hello"}, asio::use_future);
    until(sent);
    CHECK(sent.get().octets == 5);
    auto shut_a = a.drive.async_shut_down(5s, asio::use_future);
    until(shut_a);
    shut_a.get();
    until(ran_a);
    ran_a.get();
    until(ran_b);
    CHECK_THROWS_AS(ran_b.get(), std::system_error);  // the peer's end
}

TEST_CASE("operations: awaited, an error is thrown; deferred; in an executor of the handler's",
          "[operations]") {
    asio::io_context elsewhere(1);
    int there = 0;
    loop::run([&](asio::io_context& io) -> awaitable<void> {
        side a(io);
        unsigned port = 0;
        {
            tcp::acceptor gone(io, loop::loopback());
            port = gone.local_endpoint().port();
        }
        auto const a_uri = uri("aA", 1);
        auto const b_uri = uri("bB", port);
        transport::session_trust const whom;
        msrp::session_parameters const p{.local = path_of(a_uri), .remote = path_of(b_uri)};
        std::error_code thrown;
        try {
            (void)co_await a.drive.async_open(p, whom);
        } catch (std::system_error const& e) {
            thrown = e.code();
        }
        CHECK(thrown == asio::error::connection_refused);

        auto later = a.drive.async_open(p, whom, asio::experimental::deferred);
        CHECK(a.drive.endpoint().sessions() == 0);  // nothing has begun
        std::error_code ec;
        (void)co_await std::move(later)(token(ec));
        CHECK(ec == asio::error::connection_refused);

        a.drive.async_open(p, whom,
                           asio::bind_executor(elsewhere.get_executor(),
                                               [&](std::error_code e, msrp::session_handle) {
                                                   CHECK(e == asio::error::connection_refused);
                                                   ++there;
                                               }));
        for (int i = 0; i < 500 && a.ends.size() != 3; ++i) co_await loop::wait(io, 1ms);
        CHECK(there == 0);
        CHECK(elsewhere.run() == 1);  // it did not run dry before
        CHECK(there == 1);

        // What is wrong from the start comes in the same way.
        opening bad(io.get_executor());
        auto const no_id = std::string("msrp://127.0.0.1:1;tcp");
        a.drive.async_open({.local = path_of(no_id), .remote = path_of(b_uri)}, whom,
                           bad.handler());
        CHECK(bad.calls == 0);
        co_await bad.join();
        CHECK(bad.error == msrp::error::bad_uri);
        sending lost(io.get_executor());
        a.drive.async_send(msrp::session_handle{99}, {.content_type = "text/plain", .body = "x"},
                           lost.handler());
        CHECK(lost.calls == 0);
        co_await lost.join();
        CHECK(lost.error == msrp::error::no_such_session);
    });
}

TEST_CASE("operations: async_open cancelled, while it connects and while it waits",
          "[operations]") {
    loop::run([](asio::io_context& io) -> awaitable<void> {
        identity a_is;
        side a(io, {}, &a_is.context);
        tcp::acceptor silent(io, loop::loopback());  // the kernel connects, nobody shakes hands
        auto const a_uri = uri("aA", 1, true);
        auto const b_uri = uri("bB", silent.local_endpoint().port(), true);
        auto const c_uri = uri("cC", 1, true);
        opening connects(io.get_executor());
        opening waits(io.get_executor());
        a.drive.async_open({.local = path_of(a_uri), .remote = path_of(b_uri)}, a_is.trust(),
                           connects.stoppable());
        a.drive.async_open({.local = path_of(c_uri),
                            .remote = path_of(b_uri),
                            .role = msrp::connection_role::passive},
                           a_is.trust(), waits.stoppable());
        co_await loop::wait(io, 10ms);
        CHECK(connects.calls == 0);
        connects.stop();
        co_await connects.join();
        CHECK(connects.error == msrp::error::session_closed);
        CHECK(waits.calls == 0);
        waits.stop();
        co_await waits.join();
        CHECK(waits.error == msrp::error::session_closed);
        CHECK(a.drive.endpoint().sessions() == 0);
        CHECK(a.drive.endpoint().connections() == 1);  // it is still being made, for others
        co_await shut(a, 200ms);
        CHECK(a.drive.endpoint().connections() == 0);
        co_await loop::wait(io, 5ms);
        CHECK(connects.calls == 1);
        CHECK(waits.calls == 1);
    });
}

TEST_CASE("operations: async_send cancelled, queued and half written (CHK-7.3.1-4)",
          "[operations]") {
    loop::run([](asio::io_context& io) -> awaitable<void> {
        side a(io);
        auto const a_uri = uri("aA", 1);
        auto const b_uri = uri("bB", 2);
        auto const c_uri = uri("cC", 3);
        auto const unbound = waiting_session(a, c_uri, b_uri);
        sending queued(io.get_executor());
        a.drive.async_send(unbound, {.content_type = "text/plain", .body = "hello"},
                           queued.stoppable());
        co_await loop::wait(io, 1ms);
        queued.stop();
        co_await queued.join();
        CHECK(queued.error == std::errc::operation_canceled);
        CHECK(queued.sent.octets == 0);

        auto [left, right] = co_await loop::socket_pair(io);
        auto const id = a.drive.adopt(transport::stream(std::move(left)));
        auto const s =
            a.drive.open({.local = path_of(a_uri), .remote = path_of(b_uri), .connection = *id});
        auto const body = body_of(32 << 20);
        sending half(io.get_executor());
        a.drive.async_send(*s, {.content_type = "text/plain", .body = body}, half.stoppable());
        co_await loop::wait(io, 10ms);
        CHECK(half.calls == 0);
        half.stop();
        co_await loop::wait(io, 5ms);
        auto const text = co_await read_until(right, "#\r\n");
        CHECK(text.ends_with("#\r\n"));
        CHECK(text.size() < body.size());
        co_await half.join();
        CHECK(half.error == std::errc::operation_canceled);
        CHECK(half.sent.octets > 0);
        CHECK(half.sent.octets < body.size());
        co_await loop::wait(io, 5ms);
        CHECK(half.calls == 1);
        CHECK(queued.calls == 1);
        a.drive.close_now();
        right.close();
    });
}

TEST_CASE("operations: async_run cancelled, at rest and while writing", "[operations]") {
    for (bool const busy : {false, true})
        for (auto const delay : {0ms, 5ms})
            loop::run([&](asio::io_context& io) -> awaitable<void> {
                side a(io);
                auto [left, right] = co_await loop::socket_pair(io);
                auto const body = body_of(32 << 20);
                running run(io.get_executor());
                a.drive.async_run(transport::stream(std::move(left)), run.stoppable());
                auto const a_uri = uri("aA", 1);
                auto const b_uri = uri("bB", 2);
                auto const s = a.drive.open({.local = path_of(a_uri),
                                             .remote = path_of(b_uri),
                                             .connection = a.ready.front()});
                if (busy) CHECK(a.drive.send(*s, {.content_type = "text/plain", .body = body}));
                if (delay != 0ms) co_await loop::wait(io, delay);
                run.stop();
                auto const ec = co_await run.join();
                CHECK(ec == transport::error::closed);
                CHECK(run.calls == 1);
                CHECK(a.drive.connections() == 0);
                CHECK(a.of[*s].ended);
                CHECK(a.of[*s].sent == (busy ? 1 : 0));
                right.close();
            });
}

TEST_CASE("operations: async_shut_down cancelled, too late, twice", "[operations]") {
    loop::run([](asio::io_context& io) -> awaitable<void> {
        for (bool const cancels : {true, false}) {
            side a(io);
            auto [left, right] = co_await loop::socket_pair(io);  // its end never comes
            CHECK(a.drive.adopt(transport::stream(std::move(left))));
            running one(io.get_executor());
            running two(io.get_executor());
            a.drive.async_shut_down(5s, one.stoppable());
            a.drive.async_shut_down(cancels ? 5s : 20ms, two.handler());
            co_await loop::wait(io, 5ms);
            CHECK(one.calls == 0);
            if (cancels) one.stop();
            co_await one.join();
            co_await two.join();
            auto const why = cancels ? std::error_code(asio::error::operation_aborted)
                                     : make_error_code(transport::error::timed_out);
            CHECK(one.error == why);
            CHECK(two.error == why);
            CHECK(a.drive.connections() == 0);
            right.close();
            co_await shut(a);  // nothing is left to be done
        }
    });
}

TEST_CASE("operations: the driver is destroyed at any point, with all under way", "[operations]") {
    for (bool const secure : {false, true}) {
        script s(secure);
        auto const all = s.run(-1, [](script&) {});
        CHECK(s.completed() == 5);
        REQUIRE(all > 20);
        auto const step = std::max(1, all / 40);
        for (int n = 0; n < all; n += step) {
            s.run(n, [](script& x) { x.a.reset(); });
            s.run(n, [](script& x) { x.b.reset(); });
            s.run(n, [](script& x) {
                x.a.reset();
                x.b.reset();
            });
        }
    }
}

TEST_CASE("operations: the io_context is destroyed with coroutines that wait for their own driver",
          "[operations]") {
    auto const alive = std::make_shared<int>(0);
    auto const waits = [](asio::io_context& io, int what, std::shared_ptr<int>) -> awaitable<void> {
        side a(io);
        tcp::socket s(io);
        tcp::acceptor acceptor(io, loop::loopback());
        co_await s.async_connect(acceptor.local_endpoint(), use_awaitable);
        auto const a_uri = uri("aA", 1);
        auto const b_uri = uri("bB", acceptor.local_endpoint().port());
        transport::session_trust const none;
        msrp::session_parameters const active{.local = path_of(a_uri), .remote = path_of(b_uri)};
        if (what == 0) (void)co_await a.drive.async_open(active, none);
        if (what == 1) co_await a.drive.async_run(transport::stream(std::move(s)));
        if (what == 2) {
            auto const h = a.drive.open(active, none);
            msrp::outgoing_message const m{.content_type = "text/plain", .body = "hello"};
            (void)co_await a.drive.async_send(*h, m);
        }
        if (what == 3) {
            CHECK(a.drive.adopt(transport::stream(std::move(s))));
            co_await a.drive.async_shut_down(5s);
        }
        CHECK(false);
    };
    for (int what = 0; what < 4; ++what) {
        {
            asio::io_context io(1);
            asio::co_spawn(io, waits(io, what, alive), [](std::exception_ptr) { CHECK(false); });
            io.run_for(10ms);
            CHECK(alive.use_count() == 2);
        }
        CHECK(alive.use_count() == 1);
    }
}

TEST_CASE(
    "operations: a transfer cut anywhere loses nothing acknowledged, and is gone on with "
    "(CON-5.4-6)",
    "[operations]") {
    auto const body = body_of(1'000'000);
    int cut = 0;
    int confirmed_something = 0;
    for (int n = 1; n <= 60; n += 2)
        loop::run([&](asio::io_context& io) -> awaitable<void> {
            transport::driver_options options;
            options.endpoint.each.max_chunk_size = 20'000;
            side a(io, options);
            side b(io);
            listening l(io, b);
            auto const open = [&](char const* id)
                -> awaitable<std::pair<msrp::session_handle, msrp::session_handle>> {
                auto const a_uri = uri(std::string("a") + id, 1);
                auto const b_uri = uri(std::string("b") + id, l.port);
                auto const at_b = waiting_session(b, b_uri, a_uri);
                std::error_code ec;
                transport::session_trust const none;
                auto const at_a = co_await a.drive.async_open(
                    {.local = path_of(a_uri), .remote = path_of(b_uri)}, none, token(ec));
                CHECK_FALSE(ec);
                co_return std::pair(at_a, at_b);
            };
            auto const [a1, b1] = co_await open("one");
            int events = 0;
            auto const count = [&](side& of) {
                return [&, n](msrp::endpoint_event const&) {
                    if (++events == n) of.drive.close_now();
                };
            };
            b.on_event = count(n % 4 == 1 ? a : b);  // either side cuts
            a.on_event = b.on_event;
            msrp::outgoing_message m{
                .content_type = "text/plain", .body = body, .message_id = "theMessage"};
            std::error_code ec;
            auto const first = co_await a.drive.async_send(a1, m, token(ec));
            for (int i = 0; i < 1000 && b.drive.connections() != 0 && ec; ++i)
                co_await loop::wait(io, 1ms);
            a.on_event = nullptr;
            b.on_event = nullptr;
            auto& got = b.of[b1];
            if (ec) {
                ++cut;
                CHECK(got.ended);
                std::vector<msrp::octet_range> has = got.received;
                auto total = got.total;
                if (got.complete != 0) {
                    has = {{1, body.size()}};
                    total = body.size();
                }
                // What the sender believes, the receiver has.
                for (auto const& r : first.confirmed) {
                    ++confirmed_something;
                    CHECK(std::any_of(has.begin(), has.end(), [&](msrp::octet_range const& h) {
                        return h.first <= r.first && r.last <= h.last;
                    }));
                }
                auto const [a2, b2] = co_await open("two");
                b.of[b2].octets = got.octets;
                if (!has.empty())
                    CHECK_FALSE(b.drive.endpoint().expect(b2, "theMessage", has, total, now()));
                m.confirmed = first.confirmed;
                auto const before = a.drive.endpoint().counters().octets_written;
                auto const second = co_await a.drive.async_send(a2, m, token(ec));
                CHECK_FALSE(ec);
                std::uint64_t known = 0;
                for (auto const& r : first.confirmed) known += r.last - r.first + 1;
                CHECK(second.octets == body.size());  // those are counted, but not sent again
                CHECK(a.drive.endpoint().counters().octets_written - before <
                      (body.size() - known) * 21 / 20 + 4096);
                CHECK(b.of[b2].octets == body);
                CHECK(b.of[b2].complete + got.complete == 1);
            } else {
                CHECK(got.octets == body);
            }
            co_await shut(a);
            co_await shut(b);
            co_await l.close(io);
        });
    CHECK(cut > 20);
    CHECK(confirmed_something > 5);
}
