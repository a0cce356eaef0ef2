// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// octets.hpp - eight octets as one number, the same on every machine.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include <wire/kernel.hpp>

namespace msrp::inline v0::detail {

/// Eight octets, the first one lowest.
[[nodiscard]] MSRPKIT_ALWAYS_INLINE constexpr std::uint64_t load_octets(char const* p) noexcept {
    if (std::endian::native == std::endian::little && !std::is_constant_evaluated()) {
        std::uint64_t n = 0;
        std::memcpy(&n, p, sizeof n);
        return n;
    }
    std::uint64_t n = 0;
    for (int i = 0; i < 8; ++i)
        n |= static_cast<std::uint64_t>(static_cast<unsigned char>(p[i])) << (8 * i);
    return n;
}

}  // namespace msrp::inline v0::detail
