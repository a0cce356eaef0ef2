// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// strands_test.cpp - many endpoints, each in a strand of its own, over the threads of one
// io_context.
#include <array>
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <asio/strand.hpp>
#include <msrp/transport/endpoint_driver.hpp>

#include "driver_rig.hpp"

using namespace rig;

namespace {

constexpr int messages = 200;

/// An endpoint in a strand, which listens, answers to one other, and sends to it.
struct member {
    member(asio::io_context& io, transport::tls_context* with)
        : strand(asio::make_strand(io)), context(with), own(strand, {}, with) {}

    asio::strand<asio::io_context::executor_type> strand;
    transport::tls_context* context;
    side own;
    std::optional<transport::acceptor> acceptor;
    std::string uri_text;
    msrp::session_handle session{};
    int confirmed = 0;
    std::string error;
};

/// Sends one after the other, each when the one before is confirmed.
awaitable<void> send_all(member& m) {
    std::string const text(700, 't');
    for (int i = 0; i < messages; ++i) {
        std::error_code ec;
        msrp::outgoing_message const message{.content_type = "text/plain", .body = text};
        (void)co_await m.own.drive.async_send(m.session, message,
                                              asio::redirect_error(use_awaitable, ec));
        if (!ec) ++m.confirmed;
    }
}

awaitable<void> lead(member& m, std::string to, transport::session_trust whom) {
    std::error_code ec;
    m.session = co_await m.own.drive.async_open(
        {.local = *msrp::read_path(m.uri_text), .remote = *msrp::read_path(to)}, whom,
        asio::redirect_error(use_awaitable, ec));
    if (ec) m.error = ec.message();
    co_await send_all(m);
}
awaitable<void> follow(member& m, std::string from, transport::session_trust whom) {
    std::error_code ec;
    m.session = co_await m.own.drive.async_open({.local = *msrp::read_path(m.uri_text),
                                                 .remote = *msrp::read_path(from),
                                                 .role = msrp::connection_role::passive},
                                                whom, asio::redirect_error(use_awaitable, ec));
    if (ec) m.error = ec.message();
    co_await send_all(m);
}
awaitable<void> stop(member& m) {
    std::error_code ec;
    co_await m.own.drive.async_shut_down(10s, asio::redirect_error(use_awaitable, ec));
    if (m.acceptor) m.acceptor->close();
    if (ec) m.error = "shut down: " + ec.message();
}

/// Runs `body` in four threads, to its end.
void run_threads(asio::io_context& io) {
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) threads.emplace_back([&io] { io.run_for(60s); });
    for (auto& t : threads) t.join();
    REQUIRE(io.stopped());
    io.restart();
}

void exchange(bool secure) {
    constexpr std::size_t pairs = 8;
    identity one;  // both share a TLS context: that of one program with many endpoints
    asio::io_context io(4);
    std::vector<std::unique_ptr<member>> all;
    for (std::size_t i = 0; i < 2 * pairs; ++i)
        all.push_back(std::make_unique<member>(io, secure ? &one.context : nullptr));
    std::atomic<int> done = 0;
    auto const trust = secure ? one.trust() : transport::session_trust();
    for (std::size_t i = 0; i < pairs; ++i) {
        auto& a = *all[2 * i];
        auto& b = *all[2 * i + 1];
        auto listens = transport::acceptor::listen(b.strand, loop::loopback());
        REQUIRE(listens);
        b.acceptor.emplace(std::move(*listens));
        a.uri_text = uri("a" + std::to_string(i), 1, secure);
        b.uri_text = uri("b" + std::to_string(i), b.acceptor->local().port(), secure);
        asio::post(b.strand, [&b] {
            transport::async_serve(*b.acceptor, b.own.drive, b.context, {},
                                   [](std::exception_ptr, std::error_code) {});
        });
        auto const end = [&done](std::exception_ptr) { ++done; };
        asio::co_spawn(b.strand, follow(b, a.uri_text, trust), end);
        asio::co_spawn(a.strand, lead(a, b.uri_text, trust), end);
    }
    asio::steady_timer look(io);
    // When all have sent all they shut down.
    auto const wait = [&]() -> awaitable<void> {
        while (done != 2 * static_cast<int>(pairs)) {
            look.expires_after(5ms);
            co_await look.async_wait(use_awaitable);
        }
        for (auto const& m : all) asio::co_spawn(m->strand, stop(*m), [](std::exception_ptr) {});
    };
    asio::co_spawn(io, wait(), [](std::exception_ptr) {});
    run_threads(io);
    for (auto const& m : all) {
        CHECK(m->error == "");
        CHECK(m->confirmed == messages);
        CHECK(m->own.of[m->session].complete == messages);
        CHECK(m->own.drive.connections() == 0);
    }
}

}  // namespace

TEST_CASE("strands: many endpoints on four threads, over TCP", "[strands]") { exchange(false); }

TEST_CASE("strands: the same over TLS, with one context for all", "[strands]") { exchange(true); }
