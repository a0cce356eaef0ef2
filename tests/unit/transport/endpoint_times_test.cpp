// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// endpoint_times_test.cpp - an endpoint's time-outs for real, with short times; back-pressure; what
// idle connections cost.
#include <malloc.h>
#include <sys/resource.h>

#include <algorithm>
#include <string>
#include <vector>

#include <msrp/transport/endpoint_driver.hpp>

#include "driver_rig.hpp"

using namespace rig;

namespace {

/// A passive session of b, and a raw connection to it that b was given.
struct raw_peer {
    explicit raw_peer(asio::io_context& io, transport::driver_options const& options)
        : b(io, options), run(io.get_executor()), socket(io) {}
    awaitable<void> connect(asio::io_context& io) {
        auto [left, right] = co_await loop::socket_pair(io);
        socket = std::move(left);
        s = *b.drive.open({.local = path_of(b_uri),
                           .remote = path_of(a_uri),
                           .role = msrp::connection_role::passive});
        b.drive.async_run(transport::stream(std::move(right)), run.handler());
    }
    std::string a_uri = uri("aA", 1);
    std::string b_uri = uri("bB", 2);
    side b;
    running run;
    tcp::socket socket;
    msrp::session_handle s{};
};

/// The time that `body(p)` takes with such a peer.
template <class Body>
auto timed(transport::driver_options const& options, Body body) {
    auto const begin = now();
    loop::run([&](asio::io_context& io) -> awaitable<void> {
        raw_peer p(io, options);
        co_await p.connect(io);
        co_await body(io, p);
        p.b.drive.close_now();
        p.socket.close();
    });
    return now() - begin;
}

awaitable<std::error_code> opens(side& a, std::string const& own, std::string const& to,
                                 transport::session_trust const& whom) {
    std::error_code ec;
    (void)co_await a.drive.async_open({.local = path_of(own), .remote = path_of(to)}, whom,
                                      asio::redirect_error(use_awaitable, ec));
    co_return ec;
}

}  // namespace

TEST_CASE("times: a connection that sends nothing is closed, or an octet at a time (T17)",
          "[times]") {
    for (bool const dribbles : {false, true}) {
        transport::driver_options options;
        options.endpoint.each.bind_timeout = 120ms;
        options.close_timeout = 200ms;
        auto const took =
            timed(options, [dribbles](asio::io_context& io, raw_peer& p) -> awaitable<void> {
                auto const text = hello("first0", p.b_uri, p.a_uri);
                for (std::size_t i = 0; dribbles && i < text.size() && p.run.calls == 0; ++i) {
                    std::error_code ec;
                    co_await asio::async_write(p.socket, asio::buffer(&text[i], 1),
                                               asio::redirect_error(use_awaitable, ec));
                    co_await loop::wait(io, 10ms);
                }
                auto const answer = co_await read_all(p.socket);
                CHECK(answer == "");
                p.socket.close();
                auto const ec = co_await p.run.join();
                CHECK(ec == msrp::error::timed_out);
                CHECK_FALSE(p.b.of[p.s].bound);
                CHECK_FALSE(p.b.of[p.s].ended);
            });
        CHECK(took >= 100ms);
        CHECK(took < 5s);
    }
}

TEST_CASE("times: no response in time is told (TMR-1)", "[times]") {
    transport::driver_options options;
    options.endpoint.each.response_timeout = 60ms;
    options.endpoint.idle_timeout = 0ms;
    loop::run([&](asio::io_context& io) -> awaitable<void> {
        side a(io, options);
        auto [left, right] = co_await loop::socket_pair(io);
        auto const id = a.drive.adopt(transport::stream(std::move(left)));
        auto const a_uri = uri("aA", 1);
        auto const b_uri = uri("bB", 2);
        sending sent(io.get_executor());
        opening opened(io.get_executor());
        a.drive.async_open({.local = path_of(a_uri), .remote = path_of(b_uri), .connection = *id},
                           {}, opened.handler());
        auto const own = msrp::session_handle{1};
        a.drive.async_send(own, {.content_type = "text/plain", .body = "hello"}, sent.handler());
        auto const text = co_await read_all(right);
        CHECK(text.find("hello") != std::string::npos);
        right.close();
        co_await sent.join();
        co_await opened.join();
        CHECK(sent.error == msrp::error::timed_out);
        CHECK(opened.error == msrp::error::timed_out);
        CHECK(a.of[own].ended);
        co_await shut(a);
    });
}

TEST_CASE("times: a peer that takes nothing is given up (T17)", "[times]") {
    transport::driver_options options;
    options.write_timeout = 80ms;
    loop::run([&](asio::io_context& io) -> awaitable<void> {
        side a(io, options);
        auto [left, right] = co_await loop::socket_pair(io);
        auto const id = a.drive.adopt(transport::stream(std::move(left)));
        auto const a_uri = uri("aA", 1);
        auto const b_uri = uri("bB", 2);
        auto const s =
            a.drive.open({.local = path_of(a_uri), .remote = path_of(b_uri), .connection = *id});
        auto const body = body_of(32 << 20);
        sending sent(io.get_executor());
        a.drive.async_send(*s, {.content_type = "text/plain", .body = body}, sent.handler());
        co_await sent.join();
        CHECK(sent.error == msrp::error::connection_lost);
        CHECK(sent.sent.octets > 0);
        CHECK(a.ends == std::vector{make_error_code(transport::error::timed_out)});
        right.close();
    });
}

TEST_CASE("times: a peer that asks and does not read is held back, then closed (T17)", "[times]") {
    for (bool const reads_late : {true, false}) {
        transport::driver_options options;
        options.endpoint.each.max_control_octets = 32 * 1024;
        options.write_timeout = reads_late ? 5s : 200ms;
        timed(options, [reads_late](asio::io_context& io, raw_peer& p) -> awaitable<void> {
            p.socket.set_option(asio::socket_base::send_buffer_size(16 * 1024));
            std::error_code ec;
            std::string all;
            for (int i = 0; i < 80'000; ++i)
                all += hello("q" + std::to_string(100'000 + i), p.b_uri, p.a_uri);
            running asked(io.get_executor());
            asio::async_write(
                p.socket, asio::buffer(all),
                [done = asked.handler()](std::error_code e, std::size_t) { done(e); });
            co_await loop::wait(io, 100ms);
            auto const taken = p.b.drive.endpoint().counters().octets_received;
            CHECK(taken < all.size());
            CHECK(asked.calls == 0);  // it is held back
            if (reads_late) {
                auto const answers = co_await read_until(p.socket, "MSRP q179999 200");
                CHECK(std::count(answers.begin(), answers.end(), '$') >= 79'999);
                co_await asked.join();
                CHECK_FALSE(asked.error);
            } else {
                ec = co_await p.run.join();
                CHECK(ec == transport::error::timed_out);
                co_await asked.join();
                CHECK(asked.error);
                CHECK(p.b.drive.endpoint().counters().octets_received < all.size());
            }
        });
    }
}

TEST_CASE("times: silence is ended by the idle time-out", "[times]") {
    transport::driver_options options;
    options.idle_timeout = 60ms;
    auto const took = timed(options, [](asio::io_context&, raw_peer& p) -> awaitable<void> {
        auto const answer = co_await ask(p.socket, hello("first0", p.b_uri, p.a_uri));
        CHECK(answer.starts_with("MSRP first0 200"));
        auto const ec = co_await p.run.join();
        CHECK(ec == transport::error::timed_out);
        CHECK(p.b.of[p.s].ended);
    });
    CHECK(took >= 50ms);
}

TEST_CASE("times: a peer that never ends its side is left after the close time-out", "[times]") {
    auto options = short_lived();
    options.close_timeout = 60ms;
    auto const took = timed(options, [](asio::io_context&, raw_peer& p) -> awaitable<void> {
        auto const answer = co_await ask(p.socket, hello("first0", p.b_uri, p.a_uri));
        CHECK_FALSE(p.b.drive.close(p.s));
        auto const ec = co_await p.run.join();
        CHECK_FALSE(ec);  // by us, in order
        CHECK(p.b.of[p.s].ended);
    });
    CHECK(took >= 50ms);
    CHECK(took < 5s);
}

TEST_CASE("times: TLS: a peer that does not answer our end, one that goes on sending", "[times]") {
    for (bool const sends : {false, true})
        loop::run([sends](asio::io_context& io) -> awaitable<void> {
            identity a_is;
            identity b_is;
            auto options = short_lived();
            options.close_timeout = sends ? 2s : 60ms;
            side b(io, options, &b_is.context);
            listening l(io, b, &b_is.context);
            auto const a_uri = uri("aA", 1, true);
            auto const b_uri = uri("bB", l.port, true);
            auto const s = b.drive.open({.local = path_of(b_uri),
                                         .remote = path_of(a_uri),
                                         .role = msrp::connection_role::passive},
                                        a_is.trust());
            auto socket = co_await connected(io, l.port);
            transport::tls_stream tls(std::move(socket), a_is.context.context());
            transport::peer_check const any;
            auto ec =
                co_await transport::handshake(tls, asio::ssl::stream_base::client, any, {}, 5s);
            CHECK_FALSE(ec);
            auto answer = co_await ask(tls, hello("first0", b_uri, a_uri));
            CHECK(answer.starts_with("MSRP first0 200"));
            auto const begin = now();
            CHECK_FALSE(b.drive.close(*s));
            for (int i = 0; i < 1000 && b.ends.empty(); ++i) co_await loop::wait(io, 1ms);
            if (sends) {
                // Its last words, in many records, on their way when our end came.
                std::string const words(1 << 20, 'x');
                co_await asio::async_write(tls, asio::buffer(words),
                                           asio::redirect_error(use_awaitable, ec));
                CHECK_FALSE(ec);
                char octet = 0;
                co_await tls.async_read_some(asio::buffer(&octet, 1),
                                             asio::redirect_error(use_awaitable, ec));
                CHECK(ec == asio::error::eof);  // told in order, not cut off
                co_await tls.async_shutdown(asio::redirect_error(use_awaitable, ec));
            }
            for (int i = 0; i < 3000 && b.drive.connections() != 0; ++i)
                co_await loop::wait(io, 1ms);
            CHECK(b.drive.connections() == 0);
            CHECK(b.ends == std::vector{std::error_code{}});
            if (!sends) CHECK(now() - begin >= 50ms);
            CHECK(now() - begin < 1500ms);
            transport::close_now(tls);
            co_await l.close(io);
        });
}

TEST_CASE("times: connecting: nobody answers, nobody shakes hands (T17)", "[times]") {
    loop::run([](asio::io_context& io) -> awaitable<void> {
        identity a_is;
        transport::driver_options options;
        options.connect.connect_timeout = 100ms;
        options.connect.handshake_timeout = 100ms;
        side a(io, options, &a_is.context);
        // A queue of one place: further connections are not answered at all.
        tcp::acceptor full(io);
        full.open(tcp::v4());
        full.bind(loop::loopback());
        full.listen(0);
        std::vector<tcp::socket> crowd;
        for (int i = 0; i < 4; ++i) {
            crowd.emplace_back(io);
            crowd.back().async_connect(full.local_endpoint(), [](std::error_code) {});
        }
        co_await loop::wait(io, 10ms);
        tcp::acceptor silent(io, loop::loopback());
        auto const whom = a_is.trust();
        auto const own = uri("aA", 1, true);
        for (auto const* const at : {&full, &silent}) {
            auto const to = uri("bB", at->local_endpoint().port(), true);
            auto const begin = now();
            auto const ec = co_await opens(a, own, to, whom);
            CHECK(ec == transport::error::timed_out);
            CHECK(now() - begin >= 90ms);
        }
        crowd.clear();
        co_await shut(a);
    });
}

TEST_CASE("times: a passive session for which nobody comes", "[times]") {
    loop::run([](asio::io_context& io) -> awaitable<void> {
        transport::driver_options options;
        options.open_timeout = 80ms;
        side b(io, options);
        auto const a_uri = uri("aA", 1);
        auto const b_uri = uri("bB", 2);
        opening opened(io.get_executor());
        auto const begin = now();
        b.drive.async_open({.local = path_of(b_uri),
                            .remote = path_of(a_uri),
                            .role = msrp::connection_role::passive},
                           {}, opened.handler());
        co_await opened.join();
        CHECK(opened.error == transport::error::timed_out);
        CHECK(now() - begin >= 80ms);
        CHECK(b.of[opened.session].ended);
        CHECK(b.drive.endpoint().sessions() == 0);
    });
}

TEST_CASE("times: all of them off", "[times]") {
    transport::driver_options options;
    options.write_timeout = options.idle_timeout = options.close_timeout = 0s;
    options.open_timeout = 0s;
    timed(options, [](asio::io_context&, raw_peer& p) -> awaitable<void> {
        auto const answer = co_await ask(p.socket, hello("first0", p.b_uri, p.a_uri));
        CHECK(answer.starts_with("MSRP first0 200"));
        p.socket.shutdown(tcp::socket::shutdown_send);
        auto const ec = co_await p.run.join();
        CHECK(ec == asio::error::eof);
    });
}

TEST_CASE("times: two thousand idle connections: memory, and no timer for each", "[times]") {
    rlimit files{};
    getrlimit(RLIMIT_NOFILE, &files);
    auto const before = files;
    files.rlim_cur = std::min<rlim_t>(files.rlim_max, 8192);
    setrlimit(RLIMIT_NOFILE, &files);
    std::size_t const n = files.rlim_cur >= 4200 ? 2000 : (files.rlim_cur - 100) / 2;
    loop::run(
        [n](asio::io_context& io) -> awaitable<void> {
            transport::driver_options options;
            options.endpoint.each.max_connections = 4096;
            side b(io, options);
            tcp::acceptor acceptor(io, loop::loopback());
            std::vector<tcp::socket> peers;
            std::vector<tcp::socket> ours;
            for (std::size_t i = 0; i < n; ++i) {
                peers.emplace_back(io);
                peers.back().connect(acceptor.local_endpoint());
                ours.push_back(acceptor.accept());
            }
            auto const used = [] {
                auto const m = mallinfo2();
                return m.uordblks + m.hblkhd;
            };
            auto const at_first = used();
            auto const a_uri = uri("aA", 1);
            for (std::size_t i = 0; i < n; ++i) {
                auto const own = uri("b" + std::to_string(i), 2);
                CHECK(b.drive.open({.local = path_of(own),
                                    .remote = path_of(a_uri),
                                    .role = msrp::connection_role::passive}));
                CHECK(b.drive.adopt(transport::stream(std::move(ours[i]))));
                auto const answer =
                    co_await ask(peers[i], hello("h" + std::to_string(100'000 + i), own, a_uri));
                CHECK(answer.find(" 200 ") != std::string::npos);
            }
            auto const at_last = used();
            CHECK(b.drive.connections() == n);
            CHECK(b.drive.endpoint().timers() == 0);
            if (at_last != at_first) {  // sanitizers count elsewhere
                auto const each = (at_last - at_first) / n;
                WARN("octets for each of " << n << " idle connections with a session: " << each);
                CHECK(each <= 12 * 1024);
            }
            // Some of them were busy for a while: their buffers go back.
            for (std::size_t k = 0; k < 8; ++k) {
                auto const own = uri("b" + std::to_string(k), 2);
                std::string many;
                for (int i = 0; i < 5000; ++i)
                    many += hello("m" + std::to_string(100'000 + i), own, a_uri);
                running asked(io.get_executor());
                asio::async_write(
                    peers[k], asio::buffer(many),
                    [done = asked.handler()](std::error_code e, std::size_t) { done(e); });
                (void)co_await read_until(peers[k], "MSRP m104999 200");
                co_await asked.join();
                for (int i = 0; i < 8; ++i)
                    (void)co_await ask(peers[k],
                                       hello("e" + std::to_string(100'000 + i), own, a_uri));
            }
            auto const after = used();
            if (at_last != at_first) CHECK(after < at_last + 512 * 1024);
            b.drive.close_now();
            CHECK(b.drive.connections() == n);  // reads are still under way
        },
        60s);
    setrlimit(RLIMIT_NOFILE, &before);
}
