// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// connection_test.cpp - sessions over loopback TCP and TLS: messages, ends, time-outs,
// cancellation.
#include <msrp/transport/connection.hpp>

#include <openssl/rand.h>

#include <functional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/read.hpp>
#include <asio/use_future.hpp>
#include <asio/write.hpp>
#include <msrp/path.hpp>
#include <msrp/session.hpp>
#include <msrp/transport/certificate.hpp>
#include <msrp/transport/serve.hpp>
#include <msrp/transport/tls.hpp>

#include "loop.hpp"

namespace transport = msrp::transport;
using loop::awaitable;
using loop::tcp;
using loop::use_awaitable;
using namespace std::chrono_literals;

namespace {

struct random_octets {
    void operator()(std::span<unsigned char> out) const {
        REQUIRE(RAND_bytes(out.data(), static_cast<int>(out.size())) == 1);
    }
};
using session = msrp::basic_session<random_octets>;
using driver = transport::session_driver<session, std::function<void(msrp::session_event const&)>>;

msrp::path path_of(std::string_view text) {
    auto p = msrp::path::parse(text);
    REQUIRE(p);
    return *p;
}

/// One endpoint: a session, its driver, and what it was told.
struct endpoint {
    endpoint(asio::io_context& io, std::string_view local, std::string_view remote,
             msrp::session_options const& session_options = {},
             transport::connection_options const& options = {})
        : machine(session_options, path_of(local), path_of(remote), random_octets{}),
          drive(
              io.get_executor(), machine, [this](msrp::session_event const& e) { hear(e); },
              options) {}

    void hear(msrp::session_event const& event) {
        if (auto const* const d = std::get_if<msrp::message_data>(&event)) {
            octets += d->octets;
        } else if (auto const* const e = std::get_if<msrp::message_end>(&event)) {
            if (e->fate == msrp::message_fate::complete) ++complete;
        } else if (auto const* const s = std::get_if<msrp::message_sent>(&event)) {
            ++sent;
            outcome = s->outcome;
        } else if (std::holds_alternative<msrp::session_bound>(event)) {
            bound = true;
        } else if (std::holds_alternative<msrp::report_received>(event)) {
            ++reports;
        } else if (auto const* const x = std::get_if<msrp::session_ended>(&event)) {
            ended = true;
            end_reason = x->reason;
        } else if (std::holds_alternative<msrp::protocol_error>(event)) {
            protocol_error = true;
        }
        if (on_event) on_event(event);
    }

    session machine;
    driver drive;
    std::string octets;
    int complete = 0;
    int sent = 0;
    int reports = 0;
    bool bound = false;
    bool ended = false;
    bool protocol_error = false;
    std::error_code outcome;
    std::error_code end_reason;
    std::function<void(msrp::session_event const&)> on_event;
};

constexpr auto a_uri = "msrp://127.0.0.1:7001/aAbBcCdDeEfF0123456789;tcp";
constexpr auto b_uri = "msrp://127.0.0.1:7002/bBcCdDeEfFgG0123456789;tcp";

auto now() { return std::chrono::steady_clock::now(); }

/// Sends `size` octets from a to b, then a closes; both must end in order.
template <class MakeStreams>
void exchange(std::size_t size, MakeStreams make_streams) {
    loop::run([&](asio::io_context& io) -> awaitable<void> {
        endpoint a(io, a_uri, b_uri);
        endpoint b(io, b_uri, a_uri);
        auto [left, right] = co_await make_streams(io);
        std::string body(size, '\0');
        for (std::size_t i = 0; i < size; ++i) body[i] = static_cast<char>(i * 7 + i / 251);
        a.on_event = [&a](msrp::session_event const&) {
            if (a.sent == 1 && a.reports == 1) a.machine.close(now());
        };
        loop::started<std::error_code> run_a(
            io, a.drive.async_run(std::move(left), msrp::connection_role::active));
        loop::started<std::error_code> run_b(
            io, b.drive.async_run(std::move(right), msrp::connection_role::passive));
        auto const sent = a.machine.send({.content_type = "application/octet-stream",
                                          .body = body,
                                          .success_report = msrp::report_value::yes},
                                         now());
        CHECK(sent.has_value());
        a.drive.update();
        auto const ended_a = co_await run_a.join();
        auto const ended_b = co_await run_b.join();
        CHECK_FALSE(ended_a);
        CHECK(ended_b == asio::error::eof);
        CHECK(a.bound);
        CHECK(b.bound);
        CHECK_FALSE(a.outcome);
        CHECK(a.reports == 1);
        CHECK(b.complete == 1);
        CHECK(b.octets == body);
        CHECK(a.ended);
        CHECK(b.ended);
        CHECK(a.drive.connections() == 0);
    });
}

struct tls_pair {
    transport::certificate a = std::move(*transport::certificate::make());
    transport::certificate b = std::move(*transport::certificate::make());
    transport::tls_context a_context = std::move(*transport::tls_context::make(a));
    transport::tls_context b_context = std::move(*transport::tls_context::make(b));
    static transport::peer_check expect(transport::certificate const& c) {
        sdp::fingerprint_set set;
        set.add(*c.fingerprint());
        return transport::peer_check::by_fingerprint(set);
    }
    awaitable<std::pair<transport::stream, transport::stream>> connect(asio::io_context& io) {
        auto [left, right] = co_await loop::socket_pair(io);
        std::optional<transport::stream> other;
        auto welcome = [&](tcp::socket s) -> awaitable<int> {
            auto ready = co_await transport::welcome(std::move(s), &b_context, expect(a));
            if (ready) other.emplace(std::move(*ready));
            co_return 0;
        };
        loop::started<int> server(io, welcome(std::move(right)));
        transport::tls_stream tls(std::move(left), a_context.context());
        auto const ec =
            co_await transport::handshake(tls, asio::ssl::stream_base::client, expect(b), {}, 5s);
        REQUIRE_FALSE(ec);
        co_await server.join();
        REQUIRE(other);
        co_return std::pair(transport::stream(std::move(tls)), std::move(*other));
    }
};

/// Reads what comes until the end of the stream.
awaitable<std::string> read_all(tcp::socket& s) {
    std::string out;
    std::string piece(8192, '\0');
    for (;;) {
        std::error_code ec;
        auto const n = co_await s.async_read_some(asio::buffer(piece),
                                                  asio::redirect_error(use_awaitable, ec));
        if (ec) co_return out;
        out.append(piece, 0, n);
    }
}

}  // namespace

TEST_CASE("connection: a message over TCP, acknowledged and reported (CON-5.4-3, CON-5.4-4)",
          "[connection]") {
    for (std::size_t const size : {std::size_t{1}, std::size_t{3000}, std::size_t{5'000'000}})
        exchange(size, [](asio::io_context& io) { return loop::socket_pair(io); });
}

TEST_CASE("connection: the same over TLS (TLS-14.4-1)", "[connection]") {
    for (std::size_t const size : {std::size_t{1}, std::size_t{3'000'000}}) {
        tls_pair tls;
        exchange(size, [&](asio::io_context& io) { return tls.connect(io); });
    }
}

TEST_CASE("connection: the peer's end is the session's end, in order (CON-5.4-6)", "[connection]") {
    loop::run([](asio::io_context& io) -> awaitable<void> {
        endpoint a(io, a_uri, b_uri);
        auto [left, right] = co_await loop::socket_pair(io);
        loop::started<std::error_code> run(
            io, a.drive.async_run(std::move(left), msrp::connection_role::active));
        char octet = 0;
        co_await asio::async_read(right, asio::buffer(&octet, 1), use_awaitable);
        CHECK(octet == 'M');
        right.shutdown(tcp::socket::shutdown_send);
        auto const ended = co_await run.join();
        CHECK(ended == asio::error::eof);
        CHECK(a.ended);
        auto const rest = co_await read_all(right);
        CHECK(rest.ends_with("$\r\n"));  // what was begun was finished
    });
}

TEST_CASE("connection: octets that are no MSRP close it", "[connection]") {
    loop::run([](asio::io_context& io) -> awaitable<void> {
        endpoint b(io, b_uri, a_uri);
        auto [left, right] = co_await loop::socket_pair(io);
        loop::started<std::error_code> run(
            io, b.drive.async_run(std::move(right), msrp::connection_role::passive));
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

TEST_CASE("connection: a passive connection that sends nothing is closed (T17)", "[connection]") {
    loop::run([](asio::io_context& io) -> awaitable<void> {
        msrp::session_options options;
        options.bind_timeout = 60ms;
        endpoint b(io, b_uri, a_uri, options);
        auto [left, right] = co_await loop::socket_pair(io);
        loop::started<std::error_code> run(
            io, b.drive.async_run(std::move(right), msrp::connection_role::passive));
        auto const begin = now();
        auto const answer = co_await read_all(left);
        CHECK(answer == "");
        CHECK(now() - begin >= 50ms);
        left.close();
        auto const ended = co_await run.join();
        CHECK(ended);
        CHECK_FALSE(b.bound);
    });
}

TEST_CASE("connection: no response in time is told (TMR-1)", "[connection]") {
    loop::run([](asio::io_context& io) -> awaitable<void> {
        msrp::session_options options;
        options.response_timeout = 60ms;
        endpoint a(io, a_uri, b_uri, options);
        auto [left, right] = co_await loop::socket_pair(io);
        a.on_event = [&a](msrp::session_event const& e) {
            if (std::holds_alternative<msrp::message_sent>(e)) a.machine.close(now());
        };
        loop::started<std::error_code> run(
            io, a.drive.async_run(std::move(left), msrp::connection_role::active));
        CHECK(a.machine.send({.content_type = "text/plain", .body = "hello"}, now()).has_value());
        a.drive.update();
        auto const text = co_await read_all(right);
        CHECK(text.find("hello") != std::string::npos);
        right.close();
        co_await run.join();
        CHECK(a.outcome);
        CHECK(a.ended);
    });
}

TEST_CASE("connection: a peer that takes nothing is given up (T17)", "[connection]") {
    loop::run([](asio::io_context& io) -> awaitable<void> {
        endpoint a(io, a_uri, b_uri, {}, {.write_timeout = 80ms});
        auto [left, right] = co_await loop::socket_pair(io);
        std::string const body(64 << 20, 'x');
        loop::started<std::error_code> run(
            io, a.drive.async_run(std::move(left), msrp::connection_role::active));
        auto const message = a.machine.send({.content_type = "text/plain", .body = body}, now());
        CHECK(message.has_value());
        a.drive.update();
        auto const ended = co_await run.join();
        CHECK(ended == transport::error::timed_out);
        CHECK(a.sent == 1);
        CHECK(a.outcome);
        right.close();
    });
}

TEST_CASE("connection: silence is ended by the idle time-out", "[connection]") {
    loop::run([](asio::io_context& io) -> awaitable<void> {
        endpoint b(io, b_uri, a_uri, {}, {.idle_timeout = 60ms});
        auto [left, right] = co_await loop::socket_pair(io);
        loop::started<std::error_code> run(
            io, b.drive.async_run(std::move(right), msrp::connection_role::passive));
        auto const ended = co_await run.join();
        CHECK(ended == transport::error::timed_out);
        left.close();
    });
}

TEST_CASE("connection: a peer that never ends its side is left after the close time-out",
          "[connection]") {
    loop::run([](asio::io_context& io) -> awaitable<void> {
        endpoint a(io, a_uri, b_uri, {}, {.close_timeout = 60ms});
        auto [left, right] = co_await loop::socket_pair(io);
        loop::started<std::error_code> run(
            io, a.drive.async_run(std::move(left), msrp::connection_role::active));
        co_await loop::wait(io, 10ms);
        auto const begin = now();
        a.machine.close(now());
        a.drive.update();
        co_await run.join();
        CHECK(now() - begin < 5s);
        CHECK(a.ended);
        right.close();
    });
}

TEST_CASE("connection: cancelled at once, at rest and while writing", "[connection]") {
    for (bool const busy : {false, true})
        for (auto const delay : {0ms, 5ms}) {
            loop::run([&](asio::io_context& io) -> awaitable<void> {
                endpoint a(io, a_uri, b_uri);
                auto [left, right] = co_await loop::socket_pair(io);
                std::string const body(32 << 20, 'x');
                asio::cancellation_signal stop;
                bool done = false;
                std::error_code ended;
                a.drive.async_run(std::move(left), msrp::connection_role::active,
                                  asio::bind_cancellation_slot(
                                      stop.slot(), [&](std::exception_ptr, std::error_code ec) {
                                          done = true;
                                          ended = ec;
                                      }));
                if (busy) {
                    (void)a.machine.send({.content_type = "text/plain", .body = body}, now());
                    a.drive.update();
                }
                if (delay != 0ms) co_await loop::wait(io, delay);
                stop.emit(asio::cancellation_type::terminal);
                for (int i = 0; i < 200 && !done; ++i) co_await loop::wait(io, 1ms);
                CHECK(done);
                CHECK(ended);
                CHECK(a.drive.connections() == 0);
                right.close();
            });
        }
}

TEST_CASE("connection: other completion tokens: a future", "[connection]") {
    asio::io_context io(1);
    endpoint a(io, a_uri, b_uri);
    tcp::acceptor acceptor(io, loop::loopback());
    tcp::socket left(io);
    left.connect(acceptor.local_endpoint());
    auto right = acceptor.accept();
    auto result =
        a.drive.async_run(std::move(left), msrp::connection_role::active, asio::use_future);
    right.shutdown(tcp::socket::shutdown_send);
    io.run_for(20s);
    REQUIRE(result.wait_for(0s) == std::future_status::ready);
    CHECK(result.get() == asio::error::eof);
}

TEST_CASE("serve: the session takes the first connection that binds; a second gets 506 (T20)",
          "[serve]") {
    loop::run([](asio::io_context& io) -> awaitable<void> {
        endpoint b(io, b_uri, a_uri);
        auto listener = transport::acceptor::listen(io.get_executor(), loop::loopback());
        CHECK(listener.has_value());
        loop::started<std::error_code> serving(
            io, transport::async_serve(*listener, b.drive, nullptr, {}));
        tcp::socket first(io);
        tcp::socket second(io);
        co_await first.async_connect(listener->local(), use_awaitable);
        co_await second.async_connect(listener->local(), use_awaitable);
        auto const hello = [](std::string_view id) {
            return "MSRP " + std::string(id) + " SEND\r\nTo-Path: " + b_uri +
                   "\r\nFrom-Path: " + a_uri + "\r\nMessage-ID: m" + std::string(id) +
                   "\r\nByte-Range: 1-0/0\r\n-------" + std::string(id) + "$\r\n";
        };
        std::string text = hello("first0");
        co_await asio::async_write(first, asio::buffer(text), use_awaitable);
        std::string answer(200, '\0');
        auto n = co_await first.async_read_some(asio::buffer(answer), use_awaitable);
        CHECK(answer.substr(0, n).starts_with("MSRP first0 200"));
        text = hello("second0");
        co_await asio::async_write(second, asio::buffer(text), use_awaitable);
        n = co_await second.async_read_some(asio::buffer(answer), use_awaitable);
        CHECK(answer.substr(0, n).starts_with("MSRP second0 506"));
        listener->close();
        first.close();
        second.close();
        auto const why = co_await serving.join();
        CHECK(why == asio::error::operation_aborted);
    });
}

TEST_CASE("serve: slow handshakes are closed and do not hold up others (T17)", "[serve]") {
    loop::run([](asio::io_context& io) -> awaitable<void> {
        tls_pair tls;
        endpoint a(io, a_uri, b_uri);
        endpoint b(io, b_uri, a_uri);
        auto listener = transport::acceptor::listen(io.get_executor(), loop::loopback());
        CHECK(listener.has_value());
        std::vector<std::error_code> ends;
        int ready = 0;
        transport::serve_options options;
        options.handshake_timeout = 100ms;
        options.max_connections = 3;
        options.check = tls_pair::expect(tls.a);
        options.on_ready = [&](transport::stream&) { ++ready; };
        options.on_end = [&](std::error_code ec, tcp::endpoint const&) { ends.push_back(ec); };
        loop::started<std::error_code> serving(
            io, transport::async_serve(*listener, b.drive, &tls.b_context, options));
        tcp::socket slow1(io);
        tcp::socket slow2(io);
        co_await slow1.async_connect(listener->local(), use_awaitable);
        co_await slow2.async_connect(listener->local(), use_awaitable);

        tcp::socket s(io);
        co_await s.async_connect(listener->local(), use_awaitable);
        transport::tls_stream client(std::move(s), tls.a_context.context());
        auto const ec = co_await transport::handshake(client, asio::ssl::stream_base::client,
                                                      tls_pair::expect(tls.b), {}, 5s);
        CHECK_FALSE(ec);
        tcp::socket one_too_many(io);
        co_await one_too_many.async_connect(listener->local(), use_awaitable);
        auto const refused = co_await read_all(one_too_many);
        CHECK(refused == "");

        a.on_event = [&a](msrp::session_event const& e) {
            if (std::holds_alternative<msrp::session_bound>(e)) a.machine.close(now());
        };
        auto const ended = co_await a.drive.async_run(transport::stream(std::move(client)),
                                                      msrp::connection_role::active);
        CHECK_FALSE(ended);
        auto const nothing = co_await read_all(slow1);
        CHECK(nothing == "");
        co_await loop::wait(io, 50ms);
        listener->close();
        co_await serving.join();
        CHECK(ready == 1);
        CHECK(b.bound);
        CHECK(std::count(ends.begin(), ends.end(), make_error_code(transport::error::timed_out)) ==
              2);
        CHECK(std::count(ends.begin(), ends.end(),
                         make_error_code(transport::error::too_many_connections)) == 1);
    });
}

TEST_CASE("serve: cancelled with a handshake under way and a session running", "[serve]") {
    loop::run([](asio::io_context& io) -> awaitable<void> {
        tls_pair tls;
        endpoint b(io, b_uri, a_uri);
        auto listener = transport::acceptor::listen(io.get_executor(), loop::loopback());
        CHECK(listener.has_value());
        asio::cancellation_signal stop;
        bool done = false;
        transport::serve_options options;
        options.check = tls_pair::expect(tls.a);
        transport::async_serve(
            *listener, b.drive, &tls.b_context, options,
            asio::bind_cancellation_slot(
                stop.slot(), [&](std::exception_ptr, std::error_code) { done = true; }));
        tcp::socket slow(io);
        co_await slow.async_connect(listener->local(), use_awaitable);
        tcp::socket s(io);
        co_await s.async_connect(listener->local(), use_awaitable);
        transport::tls_stream client(std::move(s), tls.a_context.context());
        auto const ec = co_await transport::handshake(client, asio::ssl::stream_base::client,
                                                      tls_pair::expect(tls.b), {}, 5s);
        CHECK_FALSE(ec);
        for (int i = 0; i < 500 && b.drive.connections() == 0; ++i) co_await loop::wait(io, 1ms);
        CHECK(b.drive.connections() == 1);
        stop.emit(asio::cancellation_type::terminal);
        for (int i = 0; i < 500 && !done; ++i) co_await loop::wait(io, 1ms);
        CHECK(done);
        CHECK(b.drive.connections() == 0);
        transport::close_now(client);
    });
}
