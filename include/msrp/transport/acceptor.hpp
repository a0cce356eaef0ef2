// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// acceptor.hpp - the passive side: listens, accepts, does the TLS handshake as server.
#pragma once

#include <chrono>
#include <system_error>
#include <utility>

#include <asio/awaitable.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/ssl/stream.hpp>
#include <asio/this_coro.hpp>
#include <msrp/transport/detail/into.hpp>
#include <msrp/transport/detail/time_limit.hpp>
#include <msrp/transport/error.hpp>
#include <msrp/transport/stream.hpp>
#include <msrp/transport/tls.hpp>
#include <wire/result.hpp>

// g++ 12 believes that Asio's coroutine frames are freed by the wrong function.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif

namespace msrp::inline v0::transport {

/// A listening socket. Whom an accepted connection belongs to is settled by its first request
/// (CON-5.4-5), in the session that it is handed to.
class acceptor {
   public:
    /// Listens. @param local port 0: the system chooses a free one. @return the system's error.
    [[nodiscard]] static wire::result<acceptor> listen(tcp::socket::executor_type executor,
                                                       tcp::endpoint const& local) {
        std::error_code ec;
        tcp::acceptor a(executor);
        a.open(local.protocol(), ec);
        if (!ec) a.set_option(tcp::acceptor::reuse_address(true), ec);
        if (!ec) a.bind(local, ec);
        if (!ec) a.listen(::asio::socket_base::max_listen_connections, ec);
        if (ec) return wire::failure{ec, 0, "listen"};
        return acceptor(std::move(a));
    }

    /// Where it listens, with the port chosen.
    [[nodiscard]] tcp::endpoint local() const {
        std::error_code ec;
        return acceptor_.local_endpoint(ec);
    }
    /// Stops listening; a pending `accept`, and any later one, ends with `operation_aborted`.
    void close() {
        std::error_code ignored;
        acceptor_.close(ignored);
    }

    /// The next TCP connection, in the executor of the coroutine that waits.
    /// @param limit `timed_out` when none comes for so long, and listening stops; zero: waits
    ///        forever.
    [[nodiscard]] ::asio::awaitable<wire::result<tcp::socket>> accept(
        std::chrono::steady_clock::duration limit) {
        std::error_code ec;
        auto const executor = co_await ::asio::this_coro::executor;
        detail::time_limit const timer(executor, limit, [this] { close(); });
        tcp::socket socket(executor);
        do {  // a connection that its client gave up while it waited is no fault of the listener
            co_await acceptor_.async_accept(socket, detail::into(ec));
        } while (ec == ::asio::error::connection_aborted);
        if (ec && !acceptor_.is_open()) ec = ::asio::error::operation_aborted;  // or closed before
        if (timer.expired()) ec = error::timed_out;
        if (ec) co_return wire::failure{ec, 0, "accept"};
        std::error_code ignored;
        socket.set_option(tcp::no_delay(true), ignored);
        co_return std::move(socket);
    }

   private:
    explicit acceptor(tcp::acceptor&& a) : acceptor_(std::move(a)) {}
    tcp::acceptor acceptor_;
};

/// Makes an accepted connection ready for a session: with TLS, does the handshake as server. On any
/// error, the connection is closed.
/// @param context our side of TLS; null: plain TCP. Outlives the stream.
/// @param limit of the handshake (T17: 30 s).
/// @return the stream, or as `handshake`.
[[nodiscard]] inline ::asio::awaitable<wire::result<stream>> welcome(
    tcp::socket socket, tls_context* context, peer_check check,
    std::chrono::steady_clock::duration limit = std::chrono::seconds(30)) {
    if (context == nullptr) co_return stream(std::move(socket));
    tls_stream tls(std::move(socket), context->context());
    auto const ec =
        co_await handshake(tls, ::asio::ssl::stream_base::server, std::move(check), {}, limit);
    if (ec) co_return wire::failure{ec, 0, "tls"};
    co_return stream(std::move(tls));
}

}  // namespace msrp::inline v0::transport

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif
