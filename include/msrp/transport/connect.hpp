// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// connect.hpp - carries out a connect plan: resolves the name, tries the addresses, starts TLS.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <asio/awaitable.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/ssl/stream.hpp>
#include <msrp/transport/detail/into.hpp>
#include <msrp/transport/detail/time_limit.hpp>
#include <msrp/transport/error.hpp>
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
    /// CON-14.5-1, T28: asked before each attempt; false skips the address. Empty: all are allowed.
    std::function<bool(tcp::endpoint const&)> allow{};
};

namespace detail {

[[nodiscard]] inline ::asio::awaitable<wire::result<std::vector<tcp::endpoint>>> resolve(
    tcp::socket::executor_type executor, std::string host, std::uint16_t port,
    connect_options const& options) {
    std::vector<tcp::endpoint> found;
    std::error_code ec;
    if (auto const numeric = ::asio::ip::make_address(host, ec); !ec) {
        found.emplace_back(numeric, port);
        co_return found;
    }
    tcp::resolver resolver(executor);
    time_limit const timer(executor, options.resolve_timeout, [&resolver] { resolver.cancel(); });
    auto const list = co_await resolver.async_resolve(host, std::to_string(port), into(ec));
    if (timer.expired()) co_return make_error_code(error::timed_out);
    if (ec == ::asio::error::operation_aborted) co_return ec;
    for (auto const& one : list) {
        if (found.size() == options.max_addresses) break;
        found.push_back(one.endpoint());
    }
    if (found.empty())
        co_return wire::failure{ec ? ec : make_error_code(error::no_address), 0, "host"};
    co_return found;
}

}  // namespace detail

/// Connects. A name is resolved by the system's resolver (A and AAAA; never SRV: URI-6.2-1), for
/// which Asio keeps a thread of its own; numeric addresses need none. TLS starts as client.
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
    auto const addresses = co_await detail::resolve(executor, target.host, target.port, options);
    if (!addresses) co_return addresses.error();

    std::error_code last = error::address_refused;
    for (auto const& address : *addresses) {
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

        tls_stream tls(std::move(socket), context->context());
        auto const ec =
            co_await handshake(tls, ::asio::ssl::stream_base::client, target.check,
                               target.server_name.empty() ? target.host : target.server_name,
                               options.handshake_timeout);
        if (ec) co_return wire::failure{ec, 0, "tls"};
        co_return stream(std::move(tls));
    }
    co_return wire::failure{last, 0, "connect"};
}

}  // namespace msrp::inline v0::transport

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif
