// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// examined.hpp - counts the octets that parsers look at. To be included before any other header.
#pragma once

#include <cstdint>
#include <type_traits>

namespace support {
inline std::uint64_t examined = 0;

constexpr void count_examined(std::uint64_t octets) noexcept {
    if (!std::is_constant_evaluated()) examined += octets;
}
}  // namespace support

#define MSRPKIT_EXAMINED(octets) ::support::count_examined(static_cast<std::uint64_t>(octets))
