// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// byte_pump.hpp - carries octets both ways between two connections, without looking at them.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <system_error>
#include <utility>

#include <asio/awaitable.hpp>
#include <asio/buffer.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>
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
    /// Without an octet in either direction for so long, or when a side takes none of what waits
    /// for it for so long, both connections are closed; told up to a quarter later; zero: never.
    std::chrono::steady_clock::duration idle_timeout = std::chrono::minutes(10);
    /// When one side was lost: how long the other may take to fetch what was read before and to
    /// close. What it still says is thrown away, for a close on unread octets would take from it
    /// what is on its way.
    std::chrono::steady_clock::duration linger_timeout = std::chrono::seconds(5);
};

/// What went through one direction.
struct byte_pump_flow {
    std::uint64_t octets = 0;  ///< handed to the receiver's system
    /// A copy of the first octets, for whoever wants to know what kind of stream it was.
    std::array<unsigned char, 5> first{};
    std::size_t first_size = 0;
    /// None: the sender ended the stream and the end was passed on. `error::timed_out`: see
    /// `idle_timeout`. Else the system's, from reading or writing.
    std::error_code error{};
};

struct byte_pump_result {
    byte_pump_flow from_a;
    byte_pump_flow from_b;
};

namespace detail {

struct byte_pump_direction {
    ::asio::ip::tcp::socket& from;
    ::asio::ip::tcp::socket& to;
    byte_pump_flow& flow;
    bool from_lost = false;  ///< writing to `from`, in the other direction, has failed
    bool writing = false;
    bool moved = false;  ///< an octet, since the last tick
    int stuck = 0;       ///< ticks in one write without an octet
    bool done = false;
};

struct byte_pump_state {
    using socket = ::asio::ip::tcp::socket;
    byte_pump_state(socket&& x, socket&& y, byte_pump_options const& o)
        : a(std::move(x)), b(std::move(y)), options(o), timer(a.get_executor()) {}
    byte_pump_state(byte_pump_state const&) = delete;
    byte_pump_state& operator=(byte_pump_state const&) = delete;

    void close() {
        std::error_code ignored;
        a.close(ignored);
        b.close(ignored);
    }
    void linger() {
        if (linger_end == never)
            linger_end = std::chrono::steady_clock::now() + options.linger_timeout;
        timer.cancel();
    }
    [[nodiscard]] bool done() const { return ways[0].done && ways[1].done; }

    /// Called four times in each idle time-out: no timer is touched for each read.
    void tick() {
        bool silent = true;
        bool stuck = false;
        for (auto& w : ways) {
            w.stuck = w.writing && !w.moved ? w.stuck + 1 : 0;
            stuck = stuck || w.stuck == 4;
            silent = silent && !w.moved;
            w.moved = false;
        }
        quiet = silent ? quiet + 1 : 0;
        if (!stuck && quiet != 4) return;
        timed_out = true;
        close();
    }

    static constexpr auto never = std::chrono::steady_clock::time_point::max();
    socket a;
    socket b;
    byte_pump_options options;
    byte_pump_result result;
    std::array<byte_pump_direction, 2> ways{byte_pump_direction{a, b, result.from_a},
                                            byte_pump_direction{b, a, result.from_b}};
    /// Ticks; and is cancelled to tell that there is news.
    ::asio::steady_timer timer;
    std::chrono::steady_clock::time_point linger_end = never;
    int quiet = 0;
    bool timed_out = false;
};

inline ::asio::awaitable<void> pump_one_way(std::shared_ptr<byte_pump_state> s,
                                            byte_pump_direction& way, byte_pump_direction& back) {
    auto const size = std::max<std::size_t>(s->options.buffer_size, 1);
    // Not written to before use: a session that moves little touches few pages.
    auto const memory = std::make_unique_for_overwrite<unsigned char[]>(size);
    std::error_code ec;
    for (;;) {
        auto const n =
            co_await way.from.async_read_some(::asio::buffer(memory.get(), size), into(ec));
        if (ec) break;
        way.moved = true;
        auto& flow = way.flow;
        for (std::size_t i = 0; i < n && flow.first_size < flow.first.size(); ++i)
            flow.first[flow.first_size++] = memory[i];
        for (std::size_t at = 0; at < n && !flow.error;) {
            way.writing = true;
            auto const k = co_await way.to.async_write_some(
                ::asio::buffer(memory.get() + at, n - at), into(flow.error));
            way.writing = false;
            way.moved = true;
            at += k;
            flow.octets += k;
            if (!flow.error) continue;
            if (s->timed_out) flow.error = error::timed_out;
            // The receiver is lost. What it said before may still be on its way back, so the
            // sender's connection stays: from now on its octets are thrown away.
            back.from_lost = true;
            if (back.done) s->linger();
        }
    }
    bool const ended = ec == ::asio::error::eof && !way.from_lost;
    if (auto& error = way.flow.error; !error) {
        // Half-close: the other direction may have much to say yet.
        way.to.shutdown(::asio::socket_base::shutdown_send, error);
        if (s->timed_out)
            error = make_error_code(transport::error::timed_out);
        else if (!ended)  // the system tells a reset once only, and to a writer if there is one
            error = ec == ::asio::error::eof ? ::asio::error::connection_reset : ec;
    }
    way.done = true;
    if (s->done())
        s->timer.cancel();
    else if (!ended)
        s->linger();
}

inline ::asio::awaitable<void> watch_pump(std::shared_ptr<byte_pump_state> s) {
    using time = std::chrono::steady_clock;
    auto const limit = s->options.idle_timeout;
    auto const period = std::max<time::duration>(limit / 4, std::chrono::milliseconds(1));
    auto next = limit > limit.zero() ? time::now() + period : s->never;
    while (!s->done()) {
        std::error_code ec;
        s->timer.expires_at(std::min(next, s->linger_end));
        co_await s->timer.async_wait(detail::into(ec));
        auto const now = time::now();
        if (now >= s->linger_end) {
            s->close();
            s->linger_end = s->never;
        }
        if (now < next) continue;
        next = now + period;
        if (!s->done()) s->tick();
    }
}

}  // namespace detail

/// Pumps until both directions ended. The end of one is passed on (half-close) while the other goes
/// on. When one side is lost (a reset), what it said before is delivered, then the other side gets
/// the end of the stream and `linger_timeout` to close. A side that does not read holds the other
/// one back: memory is bounded by the two buffers. Cancelling the coroutine closes both
/// connections.
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
    ::asio::co_spawn(executor, detail::pump_one_way(s, s->ways[0], s->ways[1]), ::asio::detached);
    ::asio::co_spawn(executor, detail::pump_one_way(s, s->ways[1], s->ways[0]), ::asio::detached);
    co_await detail::watch_pump(s);
    co_return s->result;
}

}  // namespace msrp::inline v0::transport

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif
