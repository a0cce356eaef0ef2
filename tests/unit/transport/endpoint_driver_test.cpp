// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// endpoint_driver_test.cpp - endpoints over loopback TCP and TLS: messages, connections, ends.
#include <msrp/transport/endpoint_driver.hpp>

#include <algorithm>
#include <string>

#include "driver_rig.hpp"

using namespace rig;

namespace {

/// Sends `size` octets from a to b over a pair of streams, then a closes; both end in order.
template <class MakeStreams>
void exchange(std::size_t size, bool secure, transport::session_trust const& a_trusts,
              transport::session_trust const& b_trusts, MakeStreams make_streams) {
    loop::run([&](asio::io_context& io) -> awaitable<void> {
        side a(io, short_lived());
        side b(io, short_lived());
        auto const a_uri = uri("aA", 7001, secure);
        auto const b_uri = uri("bB", 7002, secure);
        auto [left, right] = co_await make_streams(io);
        auto const body = body_of(size);
        running run_a(io.get_executor());
        running run_b(io.get_executor());
        auto const s_b = b.drive.open({.local = path_of(b_uri),
                                       .remote = path_of(a_uri),
                                       .role = msrp::connection_role::passive},
                                      b_trusts);
        b.drive.async_run(transport::stream(std::move(right)), run_b.handler());
        a.drive.async_run(transport::stream(std::move(left)), run_a.handler());
        CHECK(a.ready.size() == 1);
        auto const s_a = a.drive.open(
            {.local = path_of(a_uri), .remote = path_of(b_uri), .connection = a.ready.front()},
            a_trusts);
        CHECK((s_a && s_b));
        a.on_event = [&](msrp::endpoint_event const&) {
            auto const& h = a.of[*s_a];
            if (h.sent == 1 && h.reports == 1) (void)a.drive.close(*s_a);
        };
        CHECK(a.drive.send(*s_a, {.content_type = "application/octet-stream",
                                  .body = body,
                                  .success_report = msrp::report_value::yes}));
        auto const ended_a = co_await run_a.join();
        auto const ended_b = co_await run_b.join();
        CHECK_FALSE(ended_a);
        CHECK(ended_b == asio::error::eof);
        auto const& at_a = a.of[*s_a];
        auto const& at_b = b.of[*s_b];
        CHECK(at_a.bound);
        CHECK(at_b.bound);
        CHECK(at_a.sent == 1);
        CHECK_FALSE(at_a.outcome);
        CHECK(at_a.reports == 1);
        CHECK(at_b.complete == 1);
        CHECK(at_b.octets == body);
        CHECK(at_a.ended);
        CHECK_FALSE(at_a.end_reason);
        CHECK(at_b.ended);
        CHECK(a.drive.connections() == 0);
        CHECK(b.drive.connections() == 0);
    });
}

/// Two endpoints of which one connects to the other.
struct pair {
    explicit pair(asio::io_context& io, bool with_tls, transport::driver_options const& a_options,
                  transport::driver_options const& b_options, tcp::endpoint at = loop::loopback())
        : secure(with_tls),
          a(io, a_options, &a_is.context),
          b(io, b_options, &b_is.context),
          listens(io, b, with_tls ? &b_is.context : nullptr, {}, at) {}
    pair(asio::io_context& io, bool with_tls) : pair(io, with_tls, {}, {}) {}

    /// Both sides of a session; completes when a's is bound.
    awaitable<std::pair<msrp::session_handle, msrp::session_handle>> open(
        std::string_view id, std::string_view host = "127.0.0.1") {
        auto const a_uri = uri("a" + std::string(id), 1, secure, host);
        auto const b_uri = uri("b" + std::string(id), listens.port, secure, host);
        auto const at_b = b.drive.open({.local = path_of(b_uri),
                                        .remote = path_of(a_uri),
                                        .role = msrp::connection_role::passive},
                                       a_is.trust());
        CHECK(at_b);
        std::error_code ec;
        auto const at_a =
            co_await a.drive.async_open({.local = path_of(a_uri), .remote = path_of(b_uri)},
                                        b_is.trust(), asio::redirect_error(use_awaitable, ec));
        CHECK_FALSE(ec);
        co_return std::pair(at_a, *at_b);
    }
    awaitable<void> end(asio::io_context& io) {
        co_await shut(a);
        co_await shut(b);
        co_await listens.close(io);
    }

    bool secure;
    identity a_is;
    identity b_is;
    side a;
    side b;
    listening listens;
};

}  // namespace

TEST_CASE("driver: a message over TCP, acknowledged and reported (CON-5.4-3, CON-5.4-4)",
          "[driver]") {
    for (std::size_t const size : {std::size_t{1}, std::size_t{3000}, std::size_t{5'000'000}})
        exchange(size, false, {}, {}, [](asio::io_context& io) { return loop::socket_pair(io); });
}

TEST_CASE("driver: the same over TLS (TLS-14.4-1)", "[driver]") {
    identity a;
    identity b;
    auto const connect =
        [&](asio::io_context& io) -> awaitable<std::pair<transport::stream, transport::stream>> {
        auto [left, right] = co_await loop::socket_pair(io);
        std::optional<transport::stream> other;
        auto welcome = [&](tcp::socket s) -> awaitable<int> {
            auto ready = co_await transport::welcome(std::move(s), &b.context, a.trust().check);
            if (ready) other.emplace(std::move(*ready));
            co_return 0;
        };
        loop::started<int> server(io, welcome(std::move(right)));
        transport::tls_stream tls(std::move(left), a.context.context());
        auto const ec = co_await transport::handshake(tls, asio::ssl::stream_base::client,
                                                      b.trust().check, {}, 5s);
        REQUIRE_FALSE(ec);
        co_await server.join();
        REQUIRE(other);
        co_return std::pair(transport::stream(std::move(tls)), std::move(*other));
    };
    for (std::size_t const size : {std::size_t{1}, std::size_t{3'000'000}})
        exchange(size, true, b.trust(), a.trust(), connect);
}

TEST_CASE("driver: the peer's end is the session's end, in order (CON-5.4-6)", "[driver]") {
    loop::run([](asio::io_context& io) -> awaitable<void> {
        side a(io);
        auto [left, right] = co_await loop::socket_pair(io);
        running run(io.get_executor());
        a.drive.async_run(transport::stream(std::move(left)), run.handler());
        auto const a_uri = uri("aA", 1);
        auto const b_uri = uri("bB", 2);
        auto const s = a.drive.open(
            {.local = path_of(a_uri), .remote = path_of(b_uri), .connection = a.ready.front()});
        char octet = 0;
        co_await asio::async_read(right, asio::buffer(&octet, 1), use_awaitable);
        CHECK(octet == 'M');
        right.shutdown(tcp::socket::shutdown_send);
        auto const ended = co_await run.join();
        CHECK(ended == asio::error::eof);
        CHECK(a.of[*s].ended);
        CHECK(a.ends == std::vector<std::error_code>{asio::error::eof});
        auto const rest = co_await read_all(right);
        CHECK(rest.ends_with("$\r\n"));  // what was begun was finished
    });
}

TEST_CASE("driver: the peer ends its side while we write: that write is finished", "[driver]") {
    loop::run([](asio::io_context& io) -> awaitable<void> {
        side a(io);
        auto [left, right] = co_await loop::socket_pair(io);
        running run(io.get_executor());
        a.drive.async_run(transport::stream(std::move(left)), run.handler());
        auto const a_uri = uri("aA", 1);
        auto const b_uri = uri("bB", 2);
        auto const s = a.drive.open(
            {.local = path_of(a_uri), .remote = path_of(b_uri), .connection = a.ready.front()});
        auto const body = body_of(32 << 20);
        CHECK(a.drive.send(*s, {.content_type = "text/plain", .body = body}));
        auto const got = co_await read_until(right, "Byte-Range: 1-*");  // it writes without end
        co_await loop::wait(io, 30ms);
        right.shutdown(tcp::socket::shutdown_send);
        co_await loop::wait(io, 30ms);
        CHECK(run.calls == 0);
        CHECK(a.ends.empty());
        auto const rest = co_await read_all(right);
        CHECK(rest.size() > got.size());
        auto const ended = co_await run.join();
        CHECK(ended == asio::error::eof);
        CHECK(a.of[*s].outcome == msrp::error::connection_lost);
    });
}

TEST_CASE("driver: octets that are no MSRP close it", "[driver]") {
    loop::run([](asio::io_context& io) -> awaitable<void> {
        side b(io);
        auto [left, right] = co_await loop::socket_pair(io);
        running run(io.get_executor());
        b.drive.async_run(transport::stream(std::move(right)), run.handler());
        std::string const text = "GET / HTTP/1.1\r\n\r\n";
        co_await asio::async_write(left, asio::buffer(text), use_awaitable);
        auto const answer = co_await read_all(left);
        CHECK(answer == "");
        left.close();
        auto const ended = co_await run.join();
        CHECK(ended);
        CHECK(b.protocol_error);
    });
}

TEST_CASE("driver: an endpoint connects by itself, over TCP and TLS, both ways (CON-5.4-2)",
          "[driver]") {
    for (bool const secure : {false, true})
        loop::run([secure](asio::io_context& io) -> awaitable<void> {
            pair p(io, secure);
            auto const [at_a, at_b] = co_await p.open("one");
            auto const there = body_of(300'000);
            auto const back = body_of(200'000);
            sending one(io.get_executor());
            sending two(io.get_executor());
            p.a.drive.async_send(at_a, {.content_type = "text/plain", .body = there},
                                 one.handler());
            p.b.drive.async_send(at_b, {.content_type = "text/plain", .body = back}, two.handler());
            co_await one.join();
            co_await two.join();
            CHECK_FALSE(one.error);
            CHECK_FALSE(two.error);
            CHECK(one.sent.status == 200);
            CHECK(one.sent.octets == there.size());
            CHECK(p.b.of[at_b].octets == there);
            CHECK(p.a.of[at_a].octets == back);
            co_await p.end(io);
            CHECK(p.a.ends == std::vector{std::error_code{}});
            CHECK(p.b.ends == std::vector<std::error_code>{asio::error::eof});
        });
}

TEST_CASE("driver: a name is resolved; IPv6 (URI-6.2-1)", "[driver]") {
    loop::run([](asio::io_context& io) -> awaitable<void> {
        pair p(io, true);
        auto const [at_a, at_b] = co_await p.open("name", "localhost");
        CHECK(p.b.of[at_b].bound);
        CHECK(p.a.of[at_a].bound);
        co_await p.end(io);
    });
    loop::run([](asio::io_context& io) -> awaitable<void> {
        auto const at = tcp::endpoint(asio::ip::address_v6::loopback(), 0);
        std::error_code ec;
        tcp::acceptor probe(io);
        probe.open(at.protocol(), ec);
        if (!ec) probe.bind(at, ec);
        if (ec) {
            WARN("no ::1 here: skipped");
            co_return;
        }
        pair p(io, false, {}, {}, at);
        auto const [at_a, at_b] = co_await p.open("six", "[::1]");
        CHECK(p.b.of[at_b].bound);
        co_await p.end(io);
    });
}

TEST_CASE("driver: where nobody listens, or may be connected to: the error is told (CON-14.5-1)",
          "[driver]") {
    loop::run([](asio::io_context& io) -> awaitable<void> {
        unsigned port = 0;
        {
            tcp::acceptor gone(io, loop::loopback());
            port = gone.local_endpoint().port();
        }
        transport::driver_options options;
        options.connect.allow = [](tcp::endpoint const& to) {
            return to.address() != asio::ip::make_address("127.0.0.2");
        };
        side a(io, options);
        auto const a_uri = uri("aA", 1);
        auto const at = std::to_string(port);
        std::vector<std::pair<std::string, std::error_code>> const expected{
            {uri("bB", port), asio::error::connection_refused},
            {uri("bB", port, false, "127.0.0.2"), transport::error::address_refused},
            {"msrp://127.0.0.1:" + at + "/bBcD0123456789;sctp",
             std::make_error_code(std::errc::protocol_not_supported)}};
        for (auto const& [remote, why] : expected) {
            std::error_code ec;
            (void)co_await a.drive.async_open({.local = path_of(a_uri), .remote = path_of(remote)},
                                              {}, asio::redirect_error(use_awaitable, ec));
            CHECK(ec == why);
        }
        CHECK(a.ends.size() == 3);
        CHECK(a.drive.endpoint().sessions() == 0);
        CHECK(a.drive.endpoint().connections() == 0);
        co_await shut(a);
    });
}

TEST_CASE("driver: opened, closed and shut down by the handler itself", "[driver]") {
    // All of it before the driver has asked for the connection.
    loop::run([](asio::io_context& io) -> awaitable<void> {
        pair p(io, false);
        auto const [at_a, at_b] = co_await p.open("one");
        auto const a2 = uri("a2", 1);
        auto const b2 = uri("b2", 9, false, "127.0.0.9");  // nobody is asked to connect there
        running stopped(io.get_executor());
        opening other(io.get_executor());
        p.a.on_event = [&, first = true](msrp::endpoint_event const& e) mutable {
            if (!std::holds_alternative<msrp::message_sent>(e.what) || !std::exchange(first, false))
                return;
            p.a.drive.async_open({.local = path_of(a2), .remote = path_of(b2)}, {},
                                 other.handler());
            p.a.drive.async_shut_down(5s, stopped.handler());
        };
        auto const begin = now();
        std::error_code ec;
        co_await p.a.drive.async_send(at_a, {.content_type = "text/plain", .body = "x"},
                                      asio::redirect_error(use_awaitable, ec));
        CHECK_FALSE(ec);
        ec = co_await stopped.join();
        CHECK_FALSE(ec);
        ec = co_await other.join();
        CHECK(ec == msrp::error::session_closed);
        CHECK(now() - begin < 3s);
        CHECK(p.b.of[at_b].ended);
        co_await p.end(io);
    });
    // A connection that the handler hands over is read from.
    loop::run([](asio::io_context& io) -> awaitable<void> {
        side b(io);
        auto const a_uri = uri("aA", 1);
        auto const b_uri = uri("bB", 2);
        auto const c_uri = uri("cC", 2);
        for (auto const* const own : {&b_uri, &c_uri})
            CHECK(b.drive.open({.local = path_of(*own),
                                .remote = path_of(a_uri),
                                .role = msrp::connection_role::passive}));
        auto [left, right] = co_await loop::socket_pair(io);
        auto [left2, right2] = co_await loop::socket_pair(io);
        b.on_event = [&b, &other = right2](msrp::endpoint_event const& e) {
            if (std::holds_alternative<msrp::session_bound>(e.what) && b.ready.size() == 1)
                CHECK(b.drive.adopt(transport::stream(std::move(other))));
        };
        CHECK(b.drive.adopt(transport::stream(std::move(right))));
        auto answer = co_await ask(left, hello("first0", b_uri, a_uri));
        CHECK(answer.starts_with("MSRP first0 200"));
        answer = co_await ask(left2, hello("other0", c_uri, a_uri));
        CHECK(answer.starts_with("MSRP other0 200"));
        b.drive.close_now();
    });
}

TEST_CASE("driver: a connection of another executor is refused, one too many, and after the end",
          "[driver]") {
    loop::run([](asio::io_context& io) -> awaitable<void> {
        transport::driver_options options;
        options.endpoint.each.max_connections = 1;
        side a(asio::make_strand(io), options);
        auto [left, right] = co_await loop::socket_pair(io);
        CHECK(a.drive.adopt(transport::stream(std::move(left))).error().code ==
              std::errc::invalid_argument);
        auto answer = co_await read_all(right);
        CHECK(answer == "");

        side b(io, options);
        auto [left2, right2] = co_await loop::socket_pair(io);
        auto [left3, right3] = co_await loop::socket_pair(io);
        CHECK(b.drive.adopt(transport::stream(std::move(left2))));
        CHECK(b.drive.adopt(transport::stream(std::move(left3))).error().code ==
              msrp::error::too_many_connections);
        answer = co_await read_all(right3);
        CHECK(answer == "");
        running stopped(io.get_executor());
        b.drive.async_shut_down(5s, stopped.handler());
        answer = co_await read_all(right2);
        right2.close();
        co_await stopped.join();
        auto [left4, right4] = co_await loop::socket_pair(io);
        running run(io.get_executor());
        b.drive.async_run(transport::stream(std::move(left4)), run.handler());
        auto const ec = co_await run.join();
        CHECK(ec == msrp::error::session_closed);
        answer = co_await read_all(right4);
        CHECK(answer == "");
    });
}

TEST_CASE("serve: the session takes the first connection that binds; a second gets 506 (T20)",
          "[serve]") {
    loop::run([](asio::io_context& io) -> awaitable<void> {
        side b(io);
        listening l(io, b);
        auto const a_uri = uri("aA", 1);
        auto const b_uri = uri("bB", l.port);
        auto const c_uri = uri("cC", l.port);
        auto const s_b = b.drive.open({.local = path_of(b_uri),
                                       .remote = path_of(a_uri),
                                       .role = msrp::connection_role::passive});
        auto const s_c = b.drive.open({.local = path_of(c_uri),
                                       .remote = path_of(a_uri),
                                       .role = msrp::connection_role::passive});
        auto first = co_await connected(io, l.port);
        auto second = co_await connected(io, l.port);
        auto third = co_await connected(io, l.port);
        // CON-5.4-5: which session it is, its first request says.
        auto answer = co_await ask(second, hello("second0", c_uri, a_uri));
        CHECK(answer.starts_with("MSRP second0 200"));
        CHECK(b.of[*s_c].bound);
        CHECK_FALSE(b.of[*s_b].bound);
        answer = co_await ask(first, hello("first0", b_uri, a_uri));
        CHECK(answer.starts_with("MSRP first0 200"));
        CHECK(b.of[*s_b].bound);
        CHECK(b.drive.endpoint().connection_of(*s_b) != b.drive.endpoint().connection_of(*s_c));
        answer = co_await ask(third, hello("third0", b_uri, a_uri));
        CHECK(answer.starts_with("MSRP third0 506"));
        answer = co_await ask(third, hello("third1", uri("dD", l.port), a_uri));
        CHECK(answer.starts_with("MSRP third1 481"));
        first.close();
        second.close();
        third.close();
        co_await l.close(io);
        CHECK(l.why == asio::error::operation_aborted);
        CHECK(b.drive.connections() == 0);
    });
}

TEST_CASE("serve: slow handshakes are closed and do not hold up others (T17)", "[serve]") {
    loop::run([](asio::io_context& io) -> awaitable<void> {
        identity a_is;
        identity b_is;
        side a(io, short_lived(), &a_is.context);
        side b(io, short_lived(), &b_is.context);
        auto listener = transport::acceptor::listen(io.get_executor(), loop::loopback());
        auto const port = listener->local().port();
        std::vector<std::error_code> ends;
        int ready = 0;
        transport::serve_options options;
        options.handshake_timeout = 150ms;
        options.max_connections = 3;
        options.check = a_is.trust().check;
        options.on_ready = [&](transport::stream&) { ++ready; };
        options.on_end = [&](std::error_code ec, tcp::endpoint const&) { ends.push_back(ec); };
        loop::started<std::error_code> serving(
            io, transport::async_serve(*listener, b.drive, &b_is.context, options));
        auto slow1 = co_await connected(io, port);
        auto slow2 = co_await connected(io, port);
        auto const a_uri = uri("aA", 1, true);
        auto const b_uri = uri("bB", port, true);
        auto const s_b = b.drive.open({.local = path_of(b_uri),
                                       .remote = path_of(a_uri),
                                       .role = msrp::connection_role::passive},
                                      a_is.trust());
        std::error_code ec;
        auto const s_a =
            co_await a.drive.async_open({.local = path_of(a_uri), .remote = path_of(b_uri)},
                                        b_is.trust(), asio::redirect_error(use_awaitable, ec));
        CHECK_FALSE(ec);
        auto one_too_many = co_await connected(io, port);
        auto const refused = co_await read_all(one_too_many);
        CHECK(refused == "");
        CHECK_FALSE(a.drive.close(s_a));
        auto const nothing = co_await read_all(slow1);
        CHECK(nothing == "");
        co_await loop::wait(io, 50ms);
        listener->close();
        co_await serving.join();
        CHECK(ready == 1);
        CHECK(b.of[*s_b].bound);
        CHECK(std::count(ends.begin(), ends.end(), make_error_code(transport::error::timed_out)) ==
              2);
        CHECK(std::count(ends.begin(), ends.end(),
                         make_error_code(transport::error::too_many_connections)) == 1);
        co_await shut(a);
    });
}

TEST_CASE("serve: cancelled with a handshake under way and a session running", "[serve]") {
    loop::run([](asio::io_context& io) -> awaitable<void> {
        identity a_is;
        identity b_is;
        side a(io, {}, &a_is.context);
        side b(io, {}, &b_is.context);
        auto listener = transport::acceptor::listen(io.get_executor(), loop::loopback());
        auto const port = listener->local().port();
        asio::cancellation_signal stop;
        bool done = false;
        transport::async_serve(
            *listener, b.drive, &b_is.context, {},
            asio::bind_cancellation_slot(
                stop.slot(), [&](std::exception_ptr, std::error_code) { done = true; }));
        auto slow = co_await connected(io, port);
        auto const a_uri = uri("aA", 1, true);
        auto const b_uri = uri("bB", port, true);
        CHECK(b.drive.open({.local = path_of(b_uri),
                            .remote = path_of(a_uri),
                            .role = msrp::connection_role::passive},
                           a_is.trust()));
        std::error_code ec;
        auto const s_a =
            co_await a.drive.async_open({.local = path_of(a_uri), .remote = path_of(b_uri)},
                                        b_is.trust(), asio::redirect_error(use_awaitable, ec));
        CHECK_FALSE(ec);
        CHECK(b.drive.connections() == 1);
        stop.emit(asio::cancellation_type::terminal);
        for (int i = 0; i < 500 && !done; ++i) co_await loop::wait(io, 1ms);
        CHECK(done);
        CHECK(b.drive.connections() == 0);
        for (int i = 0; i < 500 && !a.of[s_a].ended; ++i) co_await loop::wait(io, 1ms);
        CHECK(a.of[s_a].ended);
    });
}
