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

/// A port of one to five digits and "/" behind it, the first octets of eight; how many digits, or
/// 0.
MSRPKIT_ALWAYS_INLINE std::size_t plain_port_size(char const* p) noexcept {
    std::uint64_t const text = load_octets(p);
    constexpr std::uint64_t each = 0x0101010101010101U;
    // The top bit of each octet that is no digit; no sum is above 0xFF.
    std::uint64_t const low7 = text & ~(each << 7U);
    std::uint64_t const above = low7 + (0x80 - ':') * each;    // ":" and what is behind it
    std::uint64_t const reached = low7 + (0x80 - '0') * each;  // "0" and what is behind it
    std::uint64_t const other = (above | ~reached | text) & each << 7U;
    auto const size = static_cast<std::size_t>(std::countr_zero(other)) / 8;
    bool const fits = size - 1 < 5 && p[size] == '/';
    // Five digits are above 65535 where they are behind "65535" in the order of texts.
    return fits && !(size == 5 && swapped(text) >> 24U > 0x3635353335) ? size : 0;
}

/// What `plain_uri_size` returns.
/// @param c of the 64 octets from `p` on; the URI ends before `most`.
/// @param host where the host begins.
MSRPKIT_ALWAYS_INLINE std::size_t walk_plain_uri(wire::octet_classes const& c, char const* p,
                                                 std::size_t host, std::size_t most) noexcept {
    // The next octet of a set; 64 or more where there is none.
    auto const next = [](std::uint64_t set, std::size_t from) {
        return from + static_cast<std::size_t>(std::countr_zero(set >> from));
    };
    std::size_t const colon = next(c.breaks, host);
    if (colon > 64 - 9 || colon == host || p[colon] != ':' || next(c.slash, host) < colon) return 0;
    std::size_t const digits = plain_port_size(p + colon + 1);
    if (digits == 0) return 0;
    std::size_t const session = colon + 1 + digits + 1;
    std::size_t const semicolon = next(c.breaks, session);
    std::size_t const size = semicolon + 4;
    if (semicolon == session || size > most || size > 64 || p[semicolon] != ';') return 0;
    // Other transports and parameters are for the reader.
    return p[semicolon + 1] == 't' && p[semicolon + 2] == 'c' && p[semicolon + 3] == 'p' ? size : 0;
}

#if defined(MSRPKIT_KERNEL_X86)
[[gnu::target("avx2,bmi,bmi2,popcnt")]] inline std::size_t plain_uri_size_avx2(
    char const* p, std::size_t host, std::size_t most) noexcept {
    return walk_plain_uri(wire::detail::avx2::classify(p), p, host, most);
}
#endif

/// The length of the URI at the front of a text, if it is as most are: a name or an IPv4 address, a
/// port, a session-id, "tcp", in 64 octets; 0 where `uri_reader` has to look. What follows it is
/// the caller's to see.
/// @param end of what may be looked at, `text` and more.
[[nodiscard]] MSRPKIT_ALWAYS_INLINE std::size_t plain_uri_size(std::string_view text,
                                                               char const* end,
                                                               wire::kernel k) noexcept {
    std::size_t const most = text.size();
    if (most < 16 || !wire::detail::can_classify(k)) return 0;
    char const* p = text.data();
    // Without a branch: either scheme is as likely.
    std::uint64_t const front = load_octets(p);
    bool const open = front << 8U == 0x2F2F3A7072736D00;  // "msrp://", the first octet lowest
    bool const secure = front == 0x2F2F3A737072736D;      // "msrps://"
    if (!(open | secure)) return 0;
    [[maybe_unused]] std::size_t const host = secure ? 8 : 7;
    char copy[64];
    if (end - p < 64) {
        std::memset(copy, 0, sizeof copy);
        std::memcpy(copy, p, std::min<std::size_t>(most, 64));
        p = copy;
    }
#if defined(MSRPKIT_KERNEL_X86)
    if (k != wire::kernel::sse2) return plain_uri_size_avx2(p, host, most);
    return walk_plain_uri(wire::detail::sse2::classify(p), p, host, most);
#elif defined(MSRPKIT_KERNEL_NEON)
    return walk_plain_uri(wire::detail::neon::classify(p), p, host, most);
#else
    return 0;
#endif
}

}  // namespace msrp::inline v0::detail
