// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// line_index.hpp - find the line ends of a header section and whether its octets are sound.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <wire/detail/kernel_avx2.hpp>
#include <wire/detail/kernel_avx512.hpp>
#include <wire/detail/kernel_neon.hpp>
#include <wire/detail/kernel_sse2.hpp>
#include <wire/detail/kernel_swar.hpp>
#include <wire/detail/line_block.hpp>
#include <wire/kernel.hpp>

namespace wire::inline v0 {

/// Goes on with an index over a text of which more and more becomes known.
///
/// It stops behind the first LF that a CR or '-' follows (`ended`: the empty line or the end-line
/// of a header section comes next); at the end of what is known; or behind the LF that fills the
/// array (`count == capacity`). Call it again with more text, or with a larger or emptied array
/// (`count = 0`). How the text is cut makes no difference to the outcome. What stands at offset 0
/// ends nothing, as no LF is before it.
///
/// Linear: of octets scanned by an earlier call at most 63 are looked at again. Looks at no more
/// than 64 octets behind those it scans, and at none outside of `text`; allocates nothing.
///
/// @param index `{}` at first; `index.scanned` is at most `text.size()`.
/// @param text the whole text from its first octet on; it may have moved since the last call. Only
///        the first 2^32-1 octets are looked at.
/// @param ends where the offset of each LF goes: elements `index.count` and up. Those beyond the
///        new `index.count` may be written too and mean nothing.
/// @param capacity elements of `ends`.
/// @param k a kernel that is `available`.
inline void index_lines(line_index& index, std::string_view text, std::uint32_t* ends,
                        std::size_t capacity, kernel k = best_kernel()) noexcept {
    auto const* const data = text.data();
    std::size_t const size = std::min<std::size_t>(text.size(), 0xFFFFFFFFU);
    if (index.ended || index.scanned >= size) return;
    if (index.count < capacity) {
        switch (k) {
#if defined(MSRPKIT_KERNEL_X86)
            case kernel::avx512:
                detail::avx512::index_lines(index, data, size, ends, capacity);
                break;
            case kernel::avx2: detail::avx2::index_lines(index, data, size, ends, capacity); break;
            case kernel::sse2: detail::sse2::index_lines(index, data, size, ends, capacity); break;
#elif defined(MSRPKIT_KERNEL_NEON)
            case kernel::neon: detail::neon::index_lines(index, data, size, ends, capacity); break;
#endif
            default: detail::index_lines_swar(index, data, size, ends, capacity);
        }
    }
    if (index.ended) return;
    std::size_t const at = index.scanned;
    index.ended =
        at != 0 && at < size && data[at - 1] == '\n' && (data[at] == '\r' || data[at] == '-');
}

}  // namespace wire::inline v0
