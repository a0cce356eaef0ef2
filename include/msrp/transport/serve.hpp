// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// serve.hpp - accepts connections for an endpoint: each gets its handshake and its chance to bind.
#pragma once

#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <list>
#include <memory>
#include <system_error>
#include <utility>

#include <asio/awaitable.hpp>
#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/co_spawn.hpp>
#include <asio/error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#include <msrp/transport/acceptor.hpp>
#include <msrp/transport/detail/into.hpp>
#include <msrp/transport/error.hpp>
#include <msrp/transport/tls.hpp>

// g++ 12 believes that Asio's coroutine frames are freed by the wrong function.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif

namespace msrp::inline v0::transport {

struct serve_options {
    /// T17: a connection that does not finish its handshake in time is closed.
    std::chrono::steady_clock::duration handshake_timeout = std::chrono::seconds(30);
    /// Without any connection for so long, listening ends with `timed_out`; zero: never.
    std::chrono::steady_clock::duration accept_timeout =
        std::chrono::steady_clock::duration::zero();
    std::size_t max_connections = 4;  ///< at once, handshakes included; others are closed
    /// In the handshake. None where several sessions wait behind one port: each of them compares
    /// the certificate with its own trust when the first request names it.
    peer_check check{};
    /// Told of each connection that is ready, before it is given to the driver. May be empty.
    std::function<void(stream&)> on_ready{};
    /// Told why a connection was not let in, or how it ended. May be empty.
    std::function<void(std::error_code, tcp::endpoint const&)> on_end{};
};

namespace detail {

template <class Driver>
class server {
   public:
    server(acceptor& a, Driver& d, tls_context* c, serve_options o)
        : acceptor_(a),
          driver_(d),
          context_(c),
          options_(std::move(o)),
          joined_(d.get_executor()) {}

    ::asio::awaitable<std::error_code> run() {
        co_await ::asio::this_coro::throw_if_cancelled(false);
        std::error_code why;
        for (;;) {
            auto socket = co_await acceptor_.accept(options_.accept_timeout);
            if (!socket && is_passing(socket.error().code)) {
                std::error_code ignored;
                joined_.expires_after(std::chrono::milliseconds(100));
                co_await joined_.async_wait(into(ignored));
                auto const state = co_await ::asio::this_coro::cancellation_state;
                if (state.cancelled() == ::asio::cancellation_type::none) continue;
                why = ::asio::error::operation_aborted;
                break;
            }
            if (!socket) {
                why = socket.error().code;
                break;
            }
            reap();
            if (running_.size() >= options_.max_connections) {
                tell(error::too_many_connections, remote_of(*socket));
                continue;  // closes it
            }
            running_.emplace_front();
            auto const at = running_.begin();
            ::asio::co_spawn(
                driver_.get_executor(), one(std::move(*socket), *at),
                ::asio::bind_cancellation_slot(at->signal.slot(), [this, at](std::exception_ptr) {
                    at->done = true;
                    joined_.cancel();
                }));
        }
        auto const state = co_await ::asio::this_coro::cancellation_state;
        bool const cancelled = state.cancelled() != ::asio::cancellation_type::none;
        for (auto& c : running_)
            if (cancelled || !c.ready) c.signal.emit(::asio::cancellation_type::terminal);
        for (reap(); !running_.empty(); reap()) {
            std::error_code ignored;
            joined_.expires_at(std::chrono::steady_clock::time_point::max());
            co_await joined_.async_wait(into(ignored));
        }
        co_return why;
    }

   private:
    struct entry {
        ::asio::cancellation_signal signal;
        bool ready = false;
        bool done = false;
    };
    /// What others leave free again: no reason to stop listening.
    static bool is_passing(std::error_code ec) {
        // By number: Asio's codes of the system do not equal conditions of std::errc.
        return ec == ::asio::error::no_descriptors || ec == ::asio::error::no_buffer_space ||
               ec == ::asio::error::no_memory ||
               ec == std::error_code(static_cast<int>(std::errc::too_many_files_open_in_system),
                                     ::asio::error::get_system_category());
    }
    void reap() {
        running_.remove_if([](entry const& e) { return e.done; });
    }

    static tcp::endpoint remote_of(tcp::socket const& s) {
        std::error_code ignored;
        return s.remote_endpoint(ignored);
    }
    void tell(std::error_code ec, tcp::endpoint const& who) {
        if (options_.on_end) options_.on_end(ec, who);
    }
    ::asio::awaitable<void> one(tcp::socket socket, entry& me) {
        co_await ::asio::this_coro::throw_if_cancelled(false);
        auto const who = remote_of(socket);
        auto ready = co_await welcome(std::move(socket), context_, options_.check,
                                      options_.handshake_timeout);
        if (!ready) {
            tell(ready.error().code, who);
            co_return;
        }
        me.ready = true;
        if (options_.on_ready) options_.on_ready(*ready);
        std::error_code ended;
        co_await driver_.async_run(std::move(*ready), into(ended));
        tell(ended, who);
    }

    acceptor& acceptor_;
    Driver& driver_;
    tls_context* context_;
    serve_options options_;
    ::asio::steady_timer joined_;
    std::list<entry> running_{};
};

template <class Driver>
::asio::awaitable<std::error_code> serve_all(acceptor& a, Driver& d, tls_context* c,
                                             serve_options o) {
    server<Driver> s(a, d, c, std::move(o));
    co_return co_await s.run();
}

}  // namespace detail

/// Accepts connections and gives them to the driver, until the acceptor is closed (then connections
/// that are ready run on, and are waited for) or the operation is cancelled (then all are closed).
/// To which session one belongs is settled by the first request (CON-5.4-5); one that sends nothing
/// is closed by the endpoint (`bind_timeout`, T17). While the process has no descriptor left for
/// another connection it tries again ten times a second.
/// @param a, driver, context outlive the operation; context null: plain TCP. The acceptor is
/// touched
///        from the driver's executor only.
/// @return why listening ended: `operation_aborted` after `acceptor::close`, `timed_out`, ...
template <class Driver, class Token = ::asio::use_awaitable_t<>>
auto async_serve(acceptor& a, Driver& driver, tls_context* context, serve_options options,
                 Token&& token = {}) {
    return ::asio::co_spawn(driver.get_executor(),
                            detail::serve_all(a, driver, context, std::move(options)),
                            std::forward<Token>(token));
}

}  // namespace msrp::inline v0::transport

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif
