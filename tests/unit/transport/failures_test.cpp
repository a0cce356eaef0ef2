// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// failures_test.cpp - what runs out (descriptors), is given up at an odd moment, or is not there.
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <msrp/transport/beast_buffer.hpp>
#include <msrp/transport/byte_pump.hpp>
#include <msrp/transport/connect.hpp>
#include <msrp/transport/detail/unsent_limit.hpp>
#include <msrp/transport/error.hpp>

#include "driver_rig.hpp"

namespace transport = msrp::transport;
using loop::awaitable;
using loop::tcp;
using loop::use_awaitable;
using rig::connected;
using rig::listening;
using rig::path_of;
using rig::side;
using rig::uri;
using namespace std::chrono_literals;

namespace {

// g++ 12 destroys braced temporaries of a co_await expression twice.
transport::peer_check const anyone{};
std::string const no_name;

// A sanitizer needs a pipe to look at an object's type, and takes it for a wrong one without.
#if defined(__SANITIZE_ADDRESS__)
constexpr bool sanitized = true;
#elif defined(__has_feature)
constexpr bool sanitized =
    __has_feature(address_sanitizer) || __has_feature(undefined_behavior_sanitizer);
#else
constexpr bool sanitized = false;
#endif

/// As long as it lives, the process gets no further descriptor.
class no_descriptors {
   public:
    no_descriptors() {
        REQUIRE(getrlimit(RLIMIT_NOFILE, &before_) == 0);
        int const next = dup(0);  // the lowest that is free
        REQUIRE(next >= 0);
        close(next);
        rlimit none = before_;
        none.rlim_cur = static_cast<rlim_t>(next);
        REQUIRE(setrlimit(RLIMIT_NOFILE, &none) == 0);
    }
    no_descriptors(no_descriptors const&) = delete;
    no_descriptors& operator=(no_descriptors const&) = delete;
    ~no_descriptors() { setrlimit(RLIMIT_NOFILE, &before_); }

   private:
    rlimit before_{};
};

/// Waits until it is so, 5 s at most.
template <class Condition>
awaitable<bool> until(asio::io_context& io, Condition is) {
    for (int i = 0; i < 5000 && !is(); ++i) co_await loop::wait(io, 1ms);
    co_return is();
}

}  // namespace

TEST_CASE("error: each code of the transport has a text of its own", "[error]") {
    std::set<std::string> texts;
    int n = 0;
    for (int i = 1; i <= static_cast<int>(transport::error::closed); ++i, ++n)
        texts.insert(make_error_code(static_cast<transport::error>(i)).message());
    CHECK(texts.size() == static_cast<std::size_t>(n));
    auto const unknown = std::error_code(99, transport::error_category()).message();
    CHECK(unknown == "unknown transport error");
    CHECK_FALSE(texts.contains(unknown));
    CHECK(std::string(transport::error_category().name()) == "msrp.transport");
}

// --- no descriptor is left ---

TEST_CASE("serve: without a descriptor it waits, and lets in who waited (T17)", "[descriptors]") {
    if (sanitized) {
        WARN("skipped: a sanitizer needs descriptors");
        return;
    }
    loop::run([](asio::io_context& io) -> awaitable<void> {
        side b(io);
        listening l(io, b);
        auto first = co_await connected(io, l.port);
        bool const one = co_await until(io, [&] { return b.ready.size() == 1; });
        CHECK(one);
        tcp::socket second(io);
        second.open(tcp::v4());
        bool ended = false;
        {
            no_descriptors const none;
            co_await second.async_connect(loop::loopback(static_cast<unsigned short>(l.port)),
                                          use_awaitable);
            co_await loop::wait(io, 150ms);
            ended = l.done;
        }
        CHECK_FALSE(ended);
        CHECK(l.ends.empty());
        CHECK(b.ready.size() == 1);
        bool const two = co_await until(io, [&] { return b.ready.size() == 2; });
        CHECK(two);
        // The one that was in all the time was not touched.
        auto const answer =
            co_await rig::ask(first, rig::hello("hello0", uri("bB", l.port), uri("aA", 1)));
        CHECK(answer.starts_with("MSRP hello0 481"));
        first.close();
        second.close();
        co_await l.close(io);
        CHECK(l.why == asio::error::operation_aborted);
    });
}

TEST_CASE("serve: closed, and cancelled, while it waits for a descriptor", "[descriptors]") {
    if (sanitized) {
        WARN("skipped: a sanitizer needs descriptors");
        return;
    }
    for (bool const cancels : {true, false})
        loop::run([&](asio::io_context& io) -> awaitable<void> {
            side b(io);
            auto listener = transport::acceptor::listen(io.get_executor(), loop::loopback());
            asio::cancellation_signal stop;
            bool done = false;
            std::error_code why;
            tcp::socket waits(io);
            waits.open(tcp::v4());
            std::optional<no_descriptors> none(std::in_place);
            transport::async_serve(*listener, b.drive, nullptr, {},
                                   asio::bind_cancellation_slot(
                                       stop.slot(), [&](std::exception_ptr, std::error_code ec) {
                                           done = true;
                                           why = ec;
                                       }));
            co_await waits.async_connect(listener->local(), use_awaitable);
            co_await loop::wait(io, 30ms);
            bool const too_early = done;
            if (cancels)
                stop.emit(asio::cancellation_type::terminal);
            else
                listener->close();
            bool const ended = co_await until(io, [&] { return done; });
            none.reset();
            CHECK_FALSE(too_early);
            CHECK(ended);
            CHECK(why == asio::error::operation_aborted);
        });
}

TEST_CASE("acceptor, connect: without a descriptor they say so", "[descriptors]") {
    if (sanitized) {
        WARN("skipped: a sanitizer needs descriptors");
        return;
    }
    loop::run([](asio::io_context& io) -> awaitable<void> {
        auto listener = transport::acceptor::listen(io.get_executor(), loop::loopback());
        REQUIRE(listener);
        transport::connect_target target;
        target.host = "127.0.0.1";
        target.port = listener->local().port();
        {
            std::optional<no_descriptors> none(std::in_place);
            auto const no = transport::acceptor::listen(io.get_executor(), loop::loopback());
            auto const made = co_await transport::connect(io.get_executor(), target, nullptr);
            none.reset();
            CHECK(no.error().code == asio::error::no_descriptors);
            CHECK(no.error().field == "listen");
            CHECK(made.error().code == asio::error::no_descriptors);
            CHECK(made.error().field == "connect");
        }
        auto const other = transport::acceptor::listen(io.get_executor(), listener->local());
        CHECK(other.error().code == asio::error::address_in_use);
        listener->close();
        auto const late = co_await listener->accept(5s);
        CHECK(late.error().code == asio::error::operation_aborted);
        CHECK(late.error().field == "accept");
    });
}

// --- connect ---

TEST_CASE("connect: cancelled when the connection was made already, no TLS is begun", "[connect]") {
    loop::run([](asio::io_context& io) -> awaitable<void> {
        auto listener = transport::acceptor::listen(io.get_executor(), loop::loopback());
        auto const own = transport::certificate::make();
        auto context = transport::tls_context::make(*own);
        asio::cancellation_signal stop;
        transport::connect_options options;
        options.allow = [&](tcp::endpoint const&) {
            stop.emit(asio::cancellation_type::terminal);  // nothing is awaited: it is noted only
            return true;
        };
        transport::connect_target target;
        target.host = "127.0.0.1";
        target.tls = true;
        std::error_code ended;
        bool done = false;
        auto const run = [&]() -> awaitable<void> {
            co_await asio::this_coro::throw_if_cancelled(false);
            auto const nowhere =
                co_await transport::connect(io.get_executor(), target, &*context, options);
            CHECK(nowhere.error().code == transport::error::no_target);  // no port
            target.port = listener->local().port();
            auto const made =
                co_await transport::connect(io.get_executor(), target, &*context, options);
            ended = made.error().code;
            CHECK(made.error().field == "connect");
        };
        asio::co_spawn(
            io, run(),
            asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr) { done = true; }));
        auto accepted = co_await listener->accept(5s);
        CHECK(accepted.has_value());
        auto const words = co_await rig::read_all(*accepted);
        CHECK(words == "");
        CHECK(done);
        CHECK(ended == asio::error::operation_aborted);
    });
}

TEST_CASE("driver: no port is the default port; a name server that throws ends the session",
          "[driver]") {
    loop::run([](asio::io_context& io) -> awaitable<void> {
        std::uint16_t asked = 0;
        transport::driver_options options;
        options.connect.allow = [&](tcp::endpoint const& e) {
            asked = e.port();
            return false;
        };
        options.connect.resolve =
            [](auto, std::string) -> awaitable<wire::result<transport::address_list>> {
            throw std::runtime_error("the table is gone");
            co_return transport::address_list{};
        };
        side a(io, options);
        transport::session_trust const none;
        std::error_code ec;
        std::string const a_uri = uri("aA", 1);
        std::string const plain = uri("bB", 7001);
        auto const to = [&](std::string const& remote) {
            return msrp::session_parameters{.local = path_of(a_uri), .remote = path_of(remote)};
        };
        auto first = to(plain);
        first.target = msrp::connect_target{"127.0.0.1", 0, false, "tcp"};
        co_await a.drive.async_open(first, none, asio::redirect_error(use_awaitable, ec));
        CHECK(ec == transport::error::address_refused);
        CHECK(asked == 2855);  // URI-15.4-1
        std::string const named = "msrp://b.example:7001/cC0123456789abcdef;tcp";
        auto const second = to(named);
        co_await a.drive.async_open(second, none, asio::redirect_error(use_awaitable, ec));
        CHECK(ec == asio::error::operation_aborted);
        co_await rig::shut(a);
    });
}

// --- given up while a connection is being made ---

namespace {

transport::resolve_function never_answers() {
    return [](auto executor, std::string) -> awaitable<wire::result<transport::address_list>> {
        asio::steady_timer never(executor, std::chrono::steady_clock::time_point::max());
        std::error_code ec;
        co_await never.async_wait(asio::redirect_error(use_awaitable, ec));
        co_return wire::failure{ec, 0, "host"};
    };
}

}  // namespace

TEST_CASE("driver: a connection that two sessions wait for is given up by its number, and by all",
          "[driver]") {
    for (bool const by_number : {true, false})
        loop::run([&](asio::io_context& io) -> awaitable<void> {
            transport::driver_options options;
            options.connect.resolve = never_answers();
            side a(io, options);
            std::string const one = uri("aA", 1);
            std::string const two = uri("cC", 1);
            std::string const there = uri("bB", 7001, false, "b.example");
            std::string const there_too = uri("dD", 7001, false, "b.example");
            auto const s1 = a.drive.open({.local = path_of(one), .remote = path_of(there)});
            auto const s2 = a.drive.open({.local = path_of(two), .remote = path_of(there_too)});
            CHECK((s1 && s2));
            auto const c = a.drive.endpoint().connection_of(*s1);
            CHECK(c);
            CHECK(a.drive.endpoint().connection_of(*s2) == c);
            co_await loop::wait(io, 5ms);
            a.drive.close_now(msrp::connection_id{12345});  // no such: nothing
            if (by_number)
                a.drive.close_now(*c);
            else
                a.drive.close_now();
            bool const over =
                co_await until(io, [&] { return a.of[*s1].ended && a.of[*s2].ended; });
            CHECK(over);
            CHECK(a.ends == std::vector<std::error_code>{transport::error::closed});
            CHECK(a.drive.endpoint().connections() == 0);
        });
}

TEST_CASE("driver: closed by the veto hook, in the middle of connecting", "[driver]") {
    loop::run([](asio::io_context& io) -> awaitable<void> {
        tcp::acceptor there(io, loop::loopback());
        side* me = nullptr;
        transport::driver_options options;
        options.connect.allow = [&](tcp::endpoint const&) {
            me->drive.close_now();
            return true;
        };
        side a(io, options);
        me = &a;
        std::string const here = uri("aA", 1);
        std::string const far = uri("bB", there.local_endpoint().port());
        auto const s = a.drive.open({.local = path_of(here), .remote = path_of(far)});
        bool const over = co_await until(io, [&] { return a.of[*s].ended; });
        CHECK(over);
        CHECK(a.ends == std::vector<std::error_code>{transport::error::closed});
        CHECK(a.drive.connections() == 0);
    });
}

// --- closed from within the hooks ---

TEST_CASE("driver: a connection closed as soon as it is ready; one that is ending takes no session",
          "[driver]") {
    loop::run([](asio::io_context& io) -> awaitable<void> {
        auto [mine, theirs] = co_await loop::socket_pair(io);
        side a(io);
        a.on_ready = [&](msrp::connection_id id, transport::stream&) { a.drive.close_now(id); };
        std::error_code ec;
        co_await a.drive.async_run(transport::stream(std::move(mine)),
                                   asio::redirect_error(use_awaitable, ec));
        CHECK(ec == transport::error::closed);
        CHECK(a.drive.connections() == 0);
        auto const words = co_await rig::read_all(theirs);
        CHECK(words == "");

        a.on_ready = {};
        auto [again, peer] = co_await loop::socket_pair(io);
        std::string const here = uri("aA", 1);
        std::string const far = uri("bB", 2);
        auto const s = a.drive.open({.local = path_of(here),
                                     .remote = path_of(far),
                                     .role = msrp::connection_role::passive});
        std::error_code refused;
        a.on_end = [&](msrp::connection_id id, std::error_code) {
            refused = a.drive.attach(*s, id);
        };
        auto const id = a.drive.adopt(transport::stream(std::move(again)));
        CHECK(a.drive.attach(*s, msrp::connection_id{12345}) == msrp::error::no_such_connection);
        CHECK(a.drive.attach(msrp::session_handle{12345}, *id) == msrp::error::no_such_session);
        a.drive.close_now(*id);
        bool const over = co_await until(io, [&] { return a.drive.connections() == 0; });
        CHECK(over);
        CHECK(refused == msrp::error::no_such_connection);
        CHECK_FALSE(a.drive.close(*s));
        peer.close();
    });
}

TEST_CASE("driver: the application's own filter of binds is asked, too (CON-5.4-5)", "[driver]") {
    for (bool const allows : {true, false})
        loop::run([&](asio::io_context& io) -> awaitable<void> {
            transport::driver_options options;
            if (!allows)
                options.endpoint.binds.allows = [](void*, msrp::session_handle,
                                                   msrp::connection_id) { return false; };
            side b(io, options);
            listening l(io, b);
            std::string const b_uri = uri("bB", l.port);
            std::string const a_uri = uri("aA", 1);
            auto const s = b.drive.open({.local = path_of(b_uri),
                                         .remote = path_of(a_uri),
                                         .role = msrp::connection_role::passive});
            auto peer = co_await connected(io, l.port);
            auto const answer = co_await rig::ask(peer, rig::hello("hello0", b_uri, a_uri));
            CHECK(answer.starts_with("MSRP hello0 200") == allows);
            CHECK(b.of[*s].bound == allows);
            peer.close();
            co_await l.close(io);
        });
}

// --- time ---

TEST_CASE("driver: sessions for which nobody comes; the handler of one closes the other (T17)",
          "[times]") {
    loop::run([](asio::io_context& io) -> awaitable<void> {
        transport::driver_options options;
        options.open_timeout = 40ms;
        options.idle_timeout = 0ms;
        side b(io, options);
        auto [mine, theirs] = co_await loop::socket_pair(io);
        auto const c = b.drive.adopt(transport::stream(std::move(mine)));
        CHECK(c);
        std::vector<std::string> texts;
        for (auto const* const id : {"bB", "cC", "dD"}) texts.push_back(uri(id, 1));
        std::string const far = uri("aA", 2);
        transport::session_trust const none;
        auto const passive = [&](std::string const& here) {
            return msrp::session_parameters{.local = path_of(here),
                                            .remote = path_of(far),
                                            .role = msrp::connection_role::passive};
        };
        auto const keeps = b.drive.open(passive(texts[0]));  // nobody waits for this one
        rig::opening one(io.get_executor());
        rig::opening two(io.get_executor());
        b.drive.async_open(passive(texts[1]), none, one.handler());
        b.drive.async_open(passive(texts[2]), none, two.handler());
        b.on_event = [&](msrp::endpoint_event const& e) {
            if (!std::holds_alternative<msrp::session_ended>(e.what)) return;
            b.on_event = {};
            std::vector<msrp::session_handle> all;
            for (auto const& [s, h] : b.of)
                if (s != *keeps) all.push_back(s);
            for (auto i = 1U; i < 16; ++i)
                if (msrp::session_handle{i} != *keeps) (void)b.drive.close(msrp::session_handle{i});
        };
        auto const first = co_await one.join();
        auto const second = co_await two.join();
        CHECK((first == transport::error::timed_out || second == transport::error::timed_out));
        CHECK(one.calls == 1);
        CHECK(two.calls == 1);
        CHECK_FALSE(b.of[*keeps].ended);
        CHECK(b.drive.connections() == 1);  // idle, and its time-out is off
        theirs.close();
        co_await rig::shut(b);
    });
}

TEST_CASE("stream: a TLS peer that does not answer our end is left after the limit (T17)",
          "[times]") {
    loop::run([](asio::io_context& io) -> awaitable<void> {
        auto const own = transport::certificate::make();
        auto context = transport::tls_context::make(*own);
        auto [a, b] = co_await loop::socket_pair(io);
        transport::tls_stream client(std::move(a), context->context());
        transport::tls_stream server(std::move(b), context->context());
        loop::started<std::error_code> other(
            io, transport::handshake(server, asio::ssl::stream_base::server, anyone, no_name, 5s));
        auto const shaken = co_await transport::handshake(client, asio::ssl::stream_base::client,
                                                          anyone, no_name, 5s);
        CHECK_FALSE(shaken);
        auto const heard = co_await other.join();
        CHECK_FALSE(heard);
        transport::stream s(std::move(client));
        auto const ec = co_await transport::shutdown_output(s, 30ms);
        CHECK(ec == transport::error::timed_out);
        CHECK_FALSE(s.socket().is_open());
    });
}

TEST_CASE("byte_pump: no idle time-out: silence ends nothing", "[times]") {
    loop::run([](asio::io_context& io) -> awaitable<void> {
        auto [a, pump_a] = co_await loop::socket_pair(io);
        auto [b, pump_b] = co_await loop::socket_pair(io);
        transport::byte_pump_options options;
        options.idle_timeout = 0s;
        loop::started<transport::byte_pump_result> pump(
            io, transport::byte_pump(std::move(pump_a), std::move(pump_b), options));
        co_await loop::wait(io, 60ms);
        CHECK_FALSE(pump.done());
        co_await asio::async_write(a, asio::buffer("hello", 5), use_awaitable);
        a.close();
        auto const heard = co_await rig::read_all(b);
        CHECK(heard == "hello");
        b.close();
        auto const result = co_await pump.join();
        CHECK(result.from_a.octets == 5);
        CHECK_FALSE(result.from_a.error);
    });
}

// --- the driver is destroyed with handlers that are queued already ---

TEST_CASE("driver: destroyed when its timers have fired, and its calls are posted", "[driver]") {
    using plain = transport::endpoint_driver<rig::random_octets,
                                             std::function<void(msrp::endpoint_event const&)>>;
    asio::io_context io(1);
    tcp::acceptor acceptor(io, loop::loopback());
    auto const pair = [&] {
        tcp::socket s(io);
        s.connect(acceptor.local_endpoint());
        return std::pair{transport::stream(std::move(s)), acceptor.accept()};
    };
    transport::driver_options options;
    options.open_timeout = 40ms;
    options.endpoint.each.bind_timeout = 20ms;
    options.connect.resolve = never_answers();
    std::string const here = uri("aA", 1);
    std::string const too = uri("cC", 1);
    std::string const also = uri("eE", 1);
    std::string const far = uri("bB", 7001, false, "b.example");
    std::optional<plain> d;
    std::function<void(msrp::endpoint_event const&)> handler;
    d.emplace(
        io.get_executor(), rig::random_octets{},
        [&](msrp::endpoint_event const& e) {
            if (handler) handler(e);
        },
        options);
    auto [first, first_peer] = pair();
    auto [second, second_peer] = pair();
    auto const passive = [&](std::string const& local) {
        return msrp::session_parameters{.local = path_of(local),
                                        .remote = path_of(far),
                                        .role = msrp::connection_role::passive};
    };
    // One operation of each kind, cancelled, a connection given up, one taken in the handler: all
    // of it is posted, and finds no driver.
    rig::opening opens(io.get_executor());
    rig::sending sends(io.get_executor());
    rig::running runs(io.get_executor());
    rig::running shuts(io.get_executor());
    auto const active = d->open({.local = path_of(here), .remote = path_of(far)});
    REQUIRE(active);
    d->async_open(passive(too), {}, opens.stoppable());
    msrp::outgoing_message const m{.content_type = "text/plain", .body = "hello"};
    d->async_send(*active, m, sends.stoppable());
    d->async_run(std::move(first), runs.stoppable());
    auto const closes = d->open(passive(also));
    bool adopted = false;
    handler = [&](msrp::endpoint_event const&) {
        if (!std::exchange(adopted, true)) CHECK(d->adopt(std::move(second)));
    };
    CHECK_FALSE(d->close(*closes));
    CHECK(adopted);
    d->async_shut_down(20ms, shuts.stoppable());
    auto const c = d->endpoint().connection_of(*active);
    if (c) d->close_now(*c);
    asio::steady_timer end(io, 5ms);
    bool destroyed = false;
    SECTION("by what runs before its timers, all of them late") {
        end.async_wait([&](std::error_code) {
            d.reset();
            destroyed = true;
        });
        io.poll();
        std::this_thread::sleep_for(60ms);
    }
    SECTION("before anything ran") {
        opens.stop();
        sends.stop();
        runs.stop();
        shuts.stop();
        d.reset();
        destroyed = true;
        end.cancel();
    }
    io.run_for(5s);
    CHECK(destroyed);
    CHECK(io.stopped());
    for (auto* const peer : {&first_peer, &second_peer}) {
        std::error_code ec;
        char octet = 0;
        peer->read_some(asio::buffer(&octet, 1), ec);
        CHECK(ec);  // closed
    }
}

TEST_CASE("driver: the io_context is destroyed, and the handler that waits owns the driver",
          "[driver]") {
    auto const alive = std::make_shared<int>(0);
    {
        asio::io_context io(1);
        auto a = std::make_shared<side>(io);
        std::string const here = uri("aA", 1);
        std::string const far = uri("bB", 2);
        a->drive.async_open({.local = path_of(here),
                             .remote = path_of(far),
                             .role = msrp::connection_role::passive},
                            {},
                            [a, alive](std::error_code, msrp::session_handle) { CHECK(false); });
        a.reset();
        io.run_for(5ms);
        CHECK(alive.use_count() == 2);
    }
    CHECK(alive.use_count() == 1);
}

// --- small ones ---

TEST_CASE("beast_buffer: nothing to read, no room wanted: no pieces", "[buffer]") {
    transport::flat_buffer buffer(16);
    int pieces = 0;
    transport::for_each_piece(buffer, [&](std::string_view) { ++pieces; });
    CHECK(pieces == 0);
    CHECK(transport::prepare(buffer, 0).size() == 0);
    CHECK(transport::prepare(buffer, 64).begin()->size() == 16);
}

#if defined(TCP_NOTSENT_LOWAT)
TEST_CASE("unsent_limit: zero and what the system cannot count leave its own limit", "[stream]") {
    asio::io_context io;
    tcp::socket s(io);
    s.open(tcp::v4());
    auto const limit = [&] {
        unsigned octets = 0;
        socklen_t size = sizeof octets;
        CHECK(getsockopt(s.native_handle(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &octets, &size) == 0);
        return octets;
    };
    auto const before = limit();
    transport::detail::limit_unsent(s, 0);
    CHECK(limit() == before);
    transport::detail::limit_unsent(s, std::size_t{1} << 40);
    CHECK(limit() == before);
    transport::detail::limit_unsent(s, 65536);
    CHECK(limit() == 65536);
}
#endif
