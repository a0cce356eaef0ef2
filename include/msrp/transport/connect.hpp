// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// connect.hpp - carries out a connect plan: resolves the name, tries the addresses, starts TLS.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include <asio/awaitable.hpp>
#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/cancellation_type.hpp>
#include <asio/co_spawn.hpp>
#include <asio/ip/address.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/ssl/stream.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <msrp/transport/detail/into.hpp>
#include <msrp/transport/detail/time_limit.hpp>
#include <msrp/transport/error.hpp>
#include <msrp/transport/resolver.hpp>
#include <msrp/transport/stream.hpp>
#include <msrp/transport/tls.hpp>
#include <wire/address.hpp>
#include <wire/result.hpp>

// g++ 12 believes that Asio's coroutine frames are freed by the wrong function.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif

namespace msrp::inline v0::transport {

/// Where to connect, and whom to expect there. `target_of` in plan.hpp makes one of a
/// `cema::connect_plan`.
struct connect_target {
    std::string host{};  ///< a name, or a numeric address without brackets
    std::uint16_t port = 0;
    bool tls = false;
    peer_check check{};         ///< of TLS
    std::string server_name{};  ///< for SNI; empty: the host
};

struct connect_options {
    std::chrono::steady_clock::duration resolve_timeout = std::chrono::seconds(10);
    std::chrono::steady_clock::duration connect_timeout = std::chrono::seconds(10);  ///< an address
    std::chrono::steady_clock::duration handshake_timeout = std::chrono::seconds(30);
    std::size_t max_addresses = 8;  ///< tried at most, in the resolver's order (URI-6.2-2)
    /// How names become addresses; empty: the system's resolver.
    resolve_function resolve{};
    /// CON-14.5-1, T28: asked before each attempt; false skips the address. Empty: all are allowed.
    std::function<bool(tcp::endpoint const&)> allow{};
};

namespace detail {

/// A lookup under way, for which nobody may be waiting any more.
struct lookup {
    explicit lookup(tcp::socket::executor_type const& executor) : ended(executor) {}
    ::asio::steady_timer ended;
    ::asio::cancellation_signal stop{};
    std::optional<wire::result<address_list>> found{};
    std::exception_ptr thrown{};
    bool done = false;
};
inline ::asio::awaitable<void> look_up(std::shared_ptr<lookup> l, resolve_function how,
                                       tcp::socket::executor_type executor, std::string host) {
    l->found.emplace(co_await how(executor, std::move(host)));
}

[[nodiscard]] inline ::asio::awaitable<wire::result<address_list>> resolve(
    tcp::socket::executor_type executor, std::string host, connect_options const& options) {
    std::error_code ec;
    if (auto const numeric = ::asio::ip::make_address(host, ec); !ec)
        co_return address_list(1, numeric);
    auto const l = std::make_shared<lookup>(executor);
    // As far off as a timer can be, where there is no limit.
    if (options.resolve_timeout > options.resolve_timeout.zero())
        l->ended.expires_after(options.resolve_timeout);
    else
        l->ended.expires_at(std::chrono::steady_clock::time_point::max());
    auto work = look_up(l, options.resolve ? options.resolve : resolve_function(system_resolve),
                        executor, std::move(host));
    ::asio::co_spawn(executor, std::move(work),
                     ::asio::bind_cancellation_slot(l->stop.slot(), [l](std::exception_ptr e) {
                         l->thrown = e;
                         l->done = true;
                         l->ended.cancel();
                     }));
    if (!l->done) co_await l->ended.async_wait(into(ec));
    if (l->thrown) std::rethrow_exception(l->thrown);
    if (!l->found) {  // not waited for: the system's resolver cannot be stopped
        l->stop.emit(::asio::cancellation_type::terminal);
        co_return wire::failure{ec ? ec : make_error_code(error::timed_out), 0, "host"};
    }
    if (!*l->found) co_return wire::failure{l->found->error().code, 0, "host"};
    auto list = *std::move(*l->found);
    if (list.empty()) co_return wire::failure{make_error_code(error::no_address), 0, "host"};
    if (list.size() > options.max_addresses) list.resize(options.max_addresses);
    co_return list;
}

}  // namespace detail

/// Connects. A name is resolved by `options.resolve` (A and AAAA; never SRV: URI-6.2-1), without
/// one by the system's resolver, for which Asio keeps a thread of its own; numeric addresses need
/// none. TLS starts as client, and resumes what `context` has for this host and port (see
/// `tls_options`).
///
/// A failed TLS handshake ends the attempts: another address would not make the peer another one.
/// @param target best a named object: g++ 12 destroys a braced temporary in a co_await twice.
/// @param context our side of TLS; outlives the stream. Needed where `target.tls`.
/// @return the connected stream; else the last address's error, `no_target`, `no_address`,
///         `address_refused`, `timed_out`, or as `handshake`. `field` says which step: "host",
///         "connect" or "tls".
[[nodiscard]] inline ::asio::awaitable<wire::result<stream>> connect(
    tcp::socket::executor_type executor, connect_target target, tls_context* context,
    connect_options options = {}) {
    if (target.host.empty() || target.port == 0)
        co_return wire::failure{make_error_code(error::no_target), 0, "host"};
    if (target.tls && context == nullptr)
        co_return wire::failure{make_error_code(error::certificate_unusable), 0, "tls"};
    auto const addresses = co_await detail::resolve(executor, target.host, options);
    if (!addresses) co_return addresses.error();

    std::error_code last = error::address_refused;
    for (auto const& one : *addresses) {
        tcp::endpoint const address(one, target.port);
        if (options.allow && !options.allow(address)) continue;
        tcp::socket socket(executor);
        {
            detail::time_limit const timer(executor, options.connect_timeout, [&socket] {
                std::error_code ignored;
                socket.close(ignored);
            });
            co_await socket.async_connect(address, detail::into(last));
            if (timer.expired()) last = error::timed_out;
        }
        if (last == ::asio::error::operation_aborted) break;
        if (last) continue;
        std::error_code ignored;
        socket.set_option(tcp::no_delay(true), ignored);
        if (!target.tls) co_return stream(std::move(socket));
        // Whoever cancelled, too late for the connection, need not keep the context any longer.
        auto const state = co_await ::asio::this_coro::cancellation_state;
        if (state.cancelled() != ::asio::cancellation_type::none) {
            last = ::asio::error::operation_aborted;
            break;
        }

        tls_stream tls(std::move(socket), context->context());
        auto const ec = co_await handshake(
            tls, ::asio::ssl::stream_base::client, target.check,
            target.server_name.empty() ? target.host : target.server_name,
            options.handshake_timeout, target.host + ':' + std::to_string(target.port));
        if (ec) co_return wire::failure{ec, 0, "tls"};
        co_return stream(std::move(tls));
    }
    co_return wire::failure{last, 0, "connect"};
}

}  // namespace msrp::inline v0::transport

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif
