// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// stream.hpp - one stream type for TCP and for TLS over TCP, and how streams are shut down.
#pragma once

#include <openssl/ssl.h>

#include <chrono>
#include <memory>
#include <system_error>
#include <utility>
#include <variant>

#include <asio/awaitable.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/ssl/stream.hpp>
#include <asio/use_awaitable.hpp>
#include <msrp/transport/detail/into.hpp>
#include <msrp/transport/detail/time_limit.hpp>
#include <msrp/transport/error.hpp>

// g++ 12 believes that Asio's coroutine frames are freed by the wrong function.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif

namespace msrp::inline v0::transport {

using tcp = ::asio::ip::tcp;
using tls_stream = ::asio::ssl::stream<tcp::socket>;

/// A connected TCP socket, or TLS over one: what `connect` and `acceptor` give. An AsyncStream of
/// Asio. Move-only; not to be moved while an operation is under way.
class stream {
   public:
    using executor_type = tcp::socket::executor_type;
    using lowest_layer_type = tcp::socket::lowest_layer_type;

    explicit stream(tcp::socket&& s) : layer_(std::move(s)) {}
    explicit stream(tls_stream&& s) : layer_(std::move(s)) {}

    [[nodiscard]] bool is_tls() const noexcept { return layer_.index() == 1; }
    /// OpenSSL's object; null over plain TCP. Owned by the stream.
    [[nodiscard]] SSL* ssl() noexcept {
        auto* const s = std::get_if<1>(&layer_);
        return s != nullptr ? s->native_handle() : nullptr;
    }
    [[nodiscard]] tls_stream* tls() noexcept { return std::get_if<1>(&layer_); }
    [[nodiscard]] tcp::socket& socket() noexcept {
        auto* const s = std::get_if<1>(&layer_);
        return s != nullptr ? s->next_layer() : std::get<0>(layer_);
    }
    [[nodiscard]] lowest_layer_type& lowest_layer() noexcept { return socket(); }
    [[nodiscard]] executor_type get_executor() noexcept { return socket().get_executor(); }

    /// As Asio's AsyncReadStream demands.
    template <class Buffers, class Token>
    auto async_read_some(Buffers const& buffers, Token&& token) {
        if (auto* const s = std::get_if<1>(&layer_))
            return s->async_read_some(buffers, std::forward<Token>(token));
        return std::get_if<0>(&layer_)->async_read_some(buffers, std::forward<Token>(token));
    }
    /// As Asio's AsyncWriteStream demands.
    template <class Buffers, class Token>
    auto async_write_some(Buffers const& buffers, Token&& token) {
        if (auto* const s = std::get_if<1>(&layer_))
            return s->async_write_some(buffers, std::forward<Token>(token));
        return std::get_if<0>(&layer_)->async_write_some(buffers, std::forward<Token>(token));
    }

   private:
    std::variant<tcp::socket, tls_stream> layer_;
};

/// Closes at once; what is under way ends with `operation_aborted`.
template <class Stream>
void close_now(Stream& s) {
    std::error_code ignored;
    s.lowest_layer().close(ignored);
}

/// Says that nothing more will be sent: TLS close_notify (and waits for the peer's), or the end of
/// the TCP stream. The peer's last octets can still be read.
/// @param limit of the wait, after which the connection is closed; zero: none.
template <class Stream>
[[nodiscard]] ::asio::awaitable<std::error_code> shutdown_output(
    Stream& s, std::chrono::steady_clock::duration limit) {
    std::error_code ec;
    if constexpr (requires { s.async_shutdown(::asio::use_awaitable); }) {
        detail::time_limit const timer(s.get_executor(), limit, [&s] { close_now(s); });
        co_await s.async_shutdown(detail::into(ec));
        if (timer.expired()) co_return make_error_code(error::timed_out);
    } else {
        s.lowest_layer().shutdown(::asio::socket_base::shutdown_send, ec);
    }
    co_return ec;
}
[[nodiscard]] inline ::asio::awaitable<std::error_code> shutdown_output(
    stream& s, std::chrono::steady_clock::duration limit) {
    if (auto* const tls = s.tls()) co_return co_await shutdown_output(*tls, limit);
    co_return co_await shutdown_output(s.socket(), limit);
}

}  // namespace msrp::inline v0::transport

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif
