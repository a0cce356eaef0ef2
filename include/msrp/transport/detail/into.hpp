// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// into.hpp - the completion token used inside: await, and put the error into a variable.
#pragma once

#include <system_error>

#include <asio/redirect_error.hpp>
#include <asio/use_awaitable.hpp>

namespace msrp::inline v0::transport::detail {

/// `co_await operation(into(ec))`: nothing is thrown for an error of the operation.
[[nodiscard]] inline auto into(std::error_code& ec) noexcept {
    return ::asio::redirect_error(::asio::use_awaitable, ec);
}

}  // namespace msrp::inline v0::transport::detail
