// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// plain_uri.hpp - is an MSRP-URI as most are? Seen from bitmaps of its 64 octets, in a few steps.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include <msrp/detail/octets.hpp>
#include <wire/kernel.hpp>
#include <wire/octet_classes.hpp>

namespace msrp::inline v0::detail {

/// The eight octets of a number in the other order.
MSRPKIT_ALWAYS_INLINE std::uint64_t swapped(std::uint64_t n) noexcept {
#if defined(__GNUC__)
    return __builtin_bswap64(n);
#else
    std::uint64_t out = 0;
    for (int i = 0; i < 64; i += 8) out = out << 8U | (n >> i & 0xFFU);
    return out;
#endif
}

/// What `plain_uri_size` returns. The branches depend on what is unusual only: not on the scheme,
/// nor on how long host, port and session-id are.
/// @param c of the 64 octets from `p` on.
/// @param most the URI ends before it; not above 64.
MSRPKIT_ALWAYS_INLINE std::size_t walk_plain_uri(wire::octet_classes const& c, char const* p,
                                                 std::size_t most) noexcept {
    // The next octet of a set; 64 or more where there is none.
    auto const next = [](std::uint64_t set, std::size_t from) {
        return from + static_cast<std::size_t>(std::countr_zero(set >> from));
    };
    std::size_t const secure = p[4] == 's' ? 1 : 0;
    std::size_t const host = 7 + secure;
    if (std::memcmp(p, "msrp", 4) != 0 ||
        (load_octets(p + secure) >> 32U & 0xFFFFFFU) != 0x2F2F3A)  // "://", its first octet lowest
        return 0;
    std::size_t const colon = next(c.breaks, host);
    std::size_t const slash = next(c.slash, host);
    if (colon == host || slash - (colon + 2) > 4 || p[colon] != ':' ||
        next(~c.digit, colon + 1) != slash)
        return 0;
    // Five digits are above 65535 where they are behind "65535" in the order of texts; the last
    // octet is the lowest here.
    std::size_t const before = 64 - 8 * (slash - colon - 1);
    std::uint64_t const port = swapped(load_octets(p + slash - 8)) << before >> before;
    std::size_t const semicolon = next(c.breaks, slash);
    std::size_t const size = semicolon + 4;
    // Other transports and parameters are for the reader.
    if (port > 0x3635353335 || semicolon == slash + 1 || size > most ||
        std::memcmp(p + semicolon, ";tcp", 4) != 0)
        return 0;
    return size;
}

/// Of two texts.
struct plain_sizes {
    std::size_t first;
    std::size_t second;  ///< 0 also where the first one is not all of its text
};

#if defined(MSRPKIT_KERNEL_X86)
[[gnu::target("avx2,bmi,bmi2,popcnt")]] inline std::size_t plain_uri_size_avx2(
    char const* p, std::size_t most) noexcept {
    return walk_plain_uri(wire::detail::avx2::classify(p), p, most);
}
[[gnu::target("avx2,bmi,bmi2,popcnt")]] inline plain_sizes plain_uri_sizes_avx2(
    char const* a, std::size_t a_size, char const* b, std::size_t b_size) noexcept {
    auto const first = walk_plain_uri(wire::detail::avx2::classify(a), a, a_size);
    if (first != a_size) return {first, 0};
    return {first, walk_plain_uri(wire::detail::avx2::classify(b), b, b_size)};
}
#endif

/// The length of the URI at the front of a text, if it is as most are: a name or an IPv4 address, a
/// port, a session-id, "tcp", in 64 octets; 0 where `uri_reader` has to look. What follows it is
/// the caller's to see.
/// @param end of what may be looked at, `text` and more.
[[nodiscard]] MSRPKIT_ALWAYS_INLINE std::size_t plain_uri_size(std::string_view text,
                                                               char const* end,
                                                               wire::kernel k) noexcept {
    std::size_t const most = std::min<std::size_t>(text.size(), 64);
    if (most < 16 || !wire::detail::can_classify(k)) return 0;
    char const* p = text.data();
    char copy[64];
    if (end - p < 64) {
        std::memset(copy, 0, sizeof copy);
        std::memcpy(copy, p, most);
        p = copy;
    }
#if defined(MSRPKIT_KERNEL_X86)
    if (k != wire::kernel::sse2) return plain_uri_size_avx2(p, most);
    return walk_plain_uri(wire::detail::sse2::classify(p), p, most);
#elif defined(MSRPKIT_KERNEL_NEON)
    return walk_plain_uri(wire::detail::neon::classify(p), p, most);
#else
    return 0;
#endif
}

/// The same for two texts, the second one only if the first is such a URI and nothing else.
/// @param a 64 octets from its first on may be looked at; of `b` too.
/// @param a_size as `b_size`, 1 to 64.
/// @param k that `can_classify`.
[[nodiscard]] MSRPKIT_ALWAYS_INLINE plain_sizes plain_uri_sizes(char const* a, std::size_t a_size,
                                                                char const* b, std::size_t b_size,
                                                                wire::kernel k) noexcept {
#if defined(MSRPKIT_KERNEL_X86)
    if (k != wire::kernel::sse2) return plain_uri_sizes_avx2(a, a_size, b, b_size);
#endif
    std::size_t const first = plain_uri_size({a, a_size}, a + 64, k);
    return {first, first != a_size ? 0 : plain_uri_size({b, b_size}, b + 64, k)};
}

}  // namespace msrp::inline v0::detail
