// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// unsent_limit.hpp - how much of what was written the system may keep unsent: what is urgent waits
// behind it.
#pragma once

#include <cstddef>
#include <limits>
#include <system_error>

#include <asio/ip/tcp.hpp>

namespace msrp::inline v0::transport::detail {

#if defined(TCP_NOTSENT_LOWAT)
/// TCP_NOTSENT_LOWAT as Asio's SettableSocketOption.
struct unsent_limit {
    int octets;
    template <class Protocol>
    [[nodiscard]] int level(Protocol const&) const noexcept {
        return IPPROTO_TCP;
    }
    template <class Protocol>
    [[nodiscard]] int name(Protocol const&) const noexcept {
        return TCP_NOTSENT_LOWAT;
    }
    template <class Protocol>
    [[nodiscard]] void const* data(Protocol const&) const noexcept {
        return &octets;
    }
    template <class Protocol>
    [[nodiscard]] std::size_t size(Protocol const&) const noexcept {
        return sizeof octets;
    }
};
#endif

/// Does nothing where the system has no such option, or `octets` is 0.
inline void limit_unsent([[maybe_unused]] ::asio::ip::tcp::socket& s,
                         [[maybe_unused]] std::size_t octets) {
#if defined(TCP_NOTSENT_LOWAT)
    if (octets == 0 || octets > std::size_t{std::numeric_limits<int>::max()}) return;
    std::error_code ignored;
    s.set_option(unsent_limit{static_cast<int>(octets)}, ignored);
#endif
}

}  // namespace msrp::inline v0::transport::detail
