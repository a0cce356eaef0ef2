// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// find_marker.hpp - find a CR, a line end and a dashed id behind it, whole or cut off by the end.
#pragma once

#include <cstddef>
#include <string_view>

#include <wire/detail/kernel_avx2.hpp>
#include <wire/detail/kernel_avx512.hpp>
#include <wire/detail/kernel_neon.hpp>
#include <wire/detail/kernel_sse2.hpp>
#include <wire/detail/kernel_swar.hpp>
#include <wire/kernel.hpp>

namespace wire::inline v0 {

/// Finds a marker such as CR LF, seven hyphens and a transaction id (RFC 4975, 7.1).
///
/// Linear for every text, also for one made to look like the marker. Reads no octet outside of
/// `text`, nor one outside of `marker`; allocates nothing.
///
/// @param text of any size.
/// @param marker 10 octets or more; the first one is CR and no other is. Fast where the octet at
///        offset 8 is rare behind a CR, and those at offset 9 and at the end vary with the marker.
/// @param k a kernel that is `available`.
/// @return the least `i` with the whole marker at `i`; if there is none, the least `i` with
///         `text.substr(i)` a beginning of the marker (then `i + marker.size() > text.size()`, and
///         it may be whole once more of the text is known); else `text.size()`.
[[nodiscard]] inline std::size_t find_marker(std::string_view text, std::string_view marker,
                                             kernel k = best_kernel()) noexcept {
    detail::marker const m{marker.data(), marker.size()};
    switch (k) {
#if defined(MSRPKIT_KERNEL_X86)
        case kernel::avx512: return detail::avx512::find_marker(text.data(), text.size(), m);
        case kernel::avx2: return detail::avx2::find_marker(text.data(), text.size(), m);
        case kernel::sse2: return detail::sse2::find_marker(text.data(), text.size(), m);
#elif defined(MSRPKIT_KERNEL_NEON)
        case kernel::neon: return detail::neon::find_marker(text.data(), text.size(), m);
#endif
        default: return detail::find_marker_swar(text.data(), text.size(), m);
    }
}

}  // namespace wire::inline v0
