// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// byte_pump.hpp - carries octets both ways between two connections, without looking at them.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

#include <asio/awaitable.hpp>
#include <asio/buffer.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>
#include <asio/write.hpp>
#include <msrp/transport/detail/into.hpp>
#include <msrp/transport/error.hpp>

// g++ 12 believes that Asio's coroutine frames are freed by the wrong function.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif

namespace msrp::inline v0::transport {

struct byte_pump_options {
    std::size_t buffer_size = 256 * 1024;  ///< octets held for each direction, at most
    /// Without an octet in either direction for so long, both connections are closed; zero: never.
    std::chrono::steady_clock::duration idle_timeout = std::chrono::minutes(10);
};

/// What went through one direction.
struct byte_pump_flow {
    std::uint64_t octets = 0;
    /// A copy of the first octets, for whoever wants to know what kind of stream it was.
    std::array<unsigned char, 5> first{};
    std::size_t first_size = 0;
    std::error_code error{};  ///< none: the sender ended the stream and the end was passed on
};

struct byte_pump_result {
    byte_pump_flow from_a;
    byte_pump_flow from_b;
};

namespace detail {

struct byte_pump_state {
    using socket = ::asio::ip::tcp::socket;
    byte_pump_state(socket&& x, socket&& y, byte_pump_options const& o)
        : a(std::move(x)), b(std::move(y)), options(o), timer(a.get_executor()) {}

    void close() {
        std::error_code ignored;
        a.close(ignored);
        b.close(ignored);
    }

    socket a;
    socket b;
    byte_pump_options options;
    byte_pump_result result;
    /// Closes on silence; then tells that both directions are done.
    ::asio::steady_timer timer;
    bool idle = false;
    int running = 2;
};

inline ::asio::awaitable<void> pump_one_way(std::shared_ptr<byte_pump_state> s,
                                            ::asio::ip::tcp::socket& from,
                                            ::asio::ip::tcp::socket& to, byte_pump_flow& flow) {
    std::vector<unsigned char> memory(s->options.buffer_size);
    std::error_code ec;
    for (;;) {
        auto const n = co_await from.async_read_some(::asio::buffer(memory), into(ec));
        if (ec) break;
        for (std::size_t i = 0; i < n && flow.first_size < flow.first.size(); ++i)
            flow.first[flow.first_size++] = memory[i];
        s->idle = false;
        co_await ::asio::async_write(to, ::asio::buffer(memory.data(), n), into(ec));
        if (ec) break;
        s->idle = false;
        flow.octets += n;
    }
    if (ec == ::asio::error::eof) {
        // Half-close: the other direction may have much to say yet.
        to.shutdown(::asio::socket_base::shutdown_send, flow.error);
    } else {
        flow.error = ec;
        s->close();
    }
    if (--s->running == 0) s->timer.cancel();
}

/// Two ticks without an octet are silence: no timer is touched for each read.
inline ::asio::awaitable<void> watch_pump(std::shared_ptr<byte_pump_state> s) {
    auto const limit = s->options.idle_timeout;
    while (s->running != 0) {
        std::error_code ec;
        s->idle = true;
        if (limit > limit.zero())
            s->timer.expires_after(limit);
        else
            s->timer.expires_at(std::chrono::steady_clock::time_point::max());
        co_await s->timer.async_wait(detail::into(ec));
        if (!ec && s->idle && s->running != 0) s->close();
    }
}

}  // namespace detail

/// Pumps until both directions ended: the end of one is passed on (half-close) while the other goes
/// on; an error in one closes both. Memory is bounded by the two buffers. Cancelling the coroutine
/// closes both connections.
/// @param a, b connected sockets on one executor (a strand, or one thread); taken over.
[[nodiscard]] inline ::asio::awaitable<byte_pump_result> byte_pump(::asio::ip::tcp::socket a,
                                                                   ::asio::ip::tcp::socket b,
                                                                   byte_pump_options options = {}) {
    auto const s = std::make_shared<detail::byte_pump_state>(std::move(a), std::move(b), options);
    std::error_code ignored;
    s->a.set_option(::asio::ip::tcp::no_delay(true), ignored);
    s->b.set_option(::asio::ip::tcp::no_delay(true), ignored);
    struct closer {
        detail::byte_pump_state& state;
        ~closer() { state.close(); }
    } const on_exit{*s};
    auto const executor = s->a.get_executor();
    ::asio::co_spawn(executor, detail::pump_one_way(s, s->a, s->b, s->result.from_a),
                     ::asio::detached);
    ::asio::co_spawn(executor, detail::pump_one_way(s, s->b, s->a, s->result.from_b),
                     ::asio::detached);
    co_await detail::watch_pump(s);
    co_return s->result;
}

}  // namespace msrp::inline v0::transport

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif
