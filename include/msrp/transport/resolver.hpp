// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// resolver.hpp - how names become addresses: the policy that `connect` takes, and the system's.
#pragma once

#include <functional>
#include <string>
#include <system_error>
#include <vector>

#include <asio/awaitable.hpp>
#include <asio/ip/address.hpp>
#include <asio/ip/tcp.hpp>
#include <msrp/transport/detail/into.hpp>
#include <wire/result.hpp>

// g++ 12 believes that Asio's coroutine frames are freed by the wrong function.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif

namespace msrp::inline v0::transport {

/// In the order in which they are tried (URI-6.2-2).
using address_list = std::vector<::asio::ip::address>;

/// A policy: the addresses of a host name (A and AAAA, never SRV: URI-6.2-1). Called in the
/// executor given, for names only: numeric addresses need none. Its time limit is the caller's: a
/// lookup that takes too long, or is no longer wanted, is cancelled (cancellation type terminal),
/// and not waited for; what it refers to must outlive it. Without addresses, `no_address` is said.
///
///     options.resolve = [](auto, std::string host) -> asio::awaitable<wire::result<address_list>>
///     {
///         if (host == "relay.example") co_return
///         address_list{asio::ip::make_address("192.0.2.7")}; co_return address_list{};
///     };
using resolve_function = std::function<::asio::awaitable<wire::result<address_list>>(
    ::asio::ip::tcp::socket::executor_type, std::string host)>;

/// The system's resolver, for which Asio keeps a thread of its own. A lookup under way in it cannot
/// be ended: the io_context has work until the system gives up.
/// @return the system's order; `field` "host" on errors.
[[nodiscard]] inline ::asio::awaitable<wire::result<address_list>> system_resolve(
    ::asio::ip::tcp::socket::executor_type executor, std::string host) {
    std::error_code ec;
    ::asio::ip::tcp::resolver resolver(executor);
    auto const list = co_await resolver.async_resolve(host, "", detail::into(ec));
    if (ec) co_return wire::failure{ec, 0, "host"};
    address_list out;
    for (auto const& one : list) out.push_back(one.endpoint().address());
    co_return out;
}

}  // namespace msrp::inline v0::transport

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif
