// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// loop.hpp - runs coroutines on an io_context for a test, and makes connected sockets.
#pragma once

#include <chrono>
#include <exception>
#include <optional>
#include <system_error>
#include <utility>

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>

#include "support/catch.hpp"

// g++ 12 believes that Asio's coroutine frames are freed by the wrong function; the warning points
// at the test, so it cannot be silenced in Asio.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif

namespace loop {

using asio::awaitable;
using asio::use_awaitable;
using tcp = asio::ip::tcp;
using namespace std::chrono_literals;

inline tcp::endpoint loopback(unsigned short port = 0) {
    return {asio::ip::address_v4::loopback(), port};
}

/// Runs `body(io)` to its end, and all that it left behind; a test that hangs fails.
template <class Body>
void run(Body&& body, std::chrono::seconds limit = 30s) {
    asio::io_context io(1);
    std::exception_ptr thrown;
    bool done = false;
    asio::co_spawn(io, body(io), [&](std::exception_ptr e) {
        thrown = e;
        done = true;
    });
    io.run_for(limit);
    REQUIRE(done);
    if (thrown) std::rethrow_exception(thrown);
    REQUIRE(io.stopped());  // nothing is left that still waits
}

/// Two ends of one TCP connection over loopback.
inline awaitable<std::pair<tcp::socket, tcp::socket>> socket_pair(asio::io_context& io) {
    tcp::acceptor acceptor(io, loopback());
    tcp::socket a(io);
    tcp::socket b(io);
    a.connect(acceptor.local_endpoint());
    b = co_await acceptor.async_accept(use_awaitable);
    co_return std::pair{std::move(a), std::move(b)};
}

inline awaitable<void> wait(asio::io_context& io, std::chrono::milliseconds time) {
    asio::steady_timer timer(io, time);
    co_await timer.async_wait(use_awaitable);
}

/// Starts a coroutine; `join` gives its result.
template <class T>
class started {
   public:
    started(asio::io_context& io, awaitable<T> what) : timer_(io) {
        timer_.expires_at(std::chrono::steady_clock::time_point::max());
        asio::co_spawn(io, std::move(what), [this](std::exception_ptr e, T value) {
            thrown_ = e;
            value_.emplace(std::move(value));
            timer_.cancel();
        });
    }
    awaitable<T> join() {
        if (!value_) {
            std::error_code ignored;
            co_await timer_.async_wait(asio::redirect_error(use_awaitable, ignored));
        }
        if (thrown_) std::rethrow_exception(thrown_);
        co_return std::move(*value_);
    }
    [[nodiscard]] bool done() const { return value_.has_value(); }

   private:
    asio::steady_timer timer_;
    std::exception_ptr thrown_;
    std::optional<T> value_;
};

}  // namespace loop
