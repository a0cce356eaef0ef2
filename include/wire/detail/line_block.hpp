// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// line_block.hpp - what is known of the lines of a text, and how 64 octets add to it.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>

#include <wire/kernel.hpp>

namespace wire::inline v0 {

/// What `index_lines` has found so far. Offsets only: the text may move between calls.
struct line_index {
    std::size_t scanned = 0;  ///< octets done with; all else here is about these
    std::size_t count = 0;    ///< line ends written to the array
    /// Some LF has no CR before it, some CR no LF behind it, or there is a control octet other than
    /// TAB, CR and LF, or 0x7F. A CR that is the last octet scanned is no stray yet.
    bool stray = false;
    bool high = false;   ///< some octet is 0x80 or above
    bool ended = false;  ///< the last octet scanned is an LF, and behind it stands CR or '-'
};

namespace detail {

/// One bit an octet of a block, the first octet in the lowest bit; no bit beyond its octets.
struct line_bits {
    std::uint64_t lf;
    std::uint64_t cr;
    std::uint64_t hyphen;
    std::uint64_t control;  ///< control octets but TAB, CR and LF; 0x7F
    std::uint64_t high;

    /// The octets from `n` on, below 64.
    [[nodiscard]] line_bits from(std::size_t n) const noexcept {
        return {lf >> n, cr >> n, hyphen >> n, control >> n, high >> n};
    }
};

/// What the last octet before a block is: 1 or 0.
struct line_carry {
    std::uint64_t cr;
    std::uint64_t lf;
};
[[nodiscard]] inline line_carry carry_of(line_index const& index, char const* text) noexcept {
    if (index.scanned == 0) return {0, 0};
    char const last = text[index.scanned - 1];
    return {last == '\r' ? 1U : 0U, last == '\n' ? 1U : 0U};
}

/// A quick scan by blocks of 64 octets: what it knows apart from the index, so that it lives in
/// registers. It takes blocks while there is nothing in them but lines going on.
class line_run {
   public:
    enum class step : std::uint8_t {
        plain,   ///< taken; `control` and `high` of all its octets count
        closed,  ///< the head ended; `control` and `high` under `mask` count
        crowded  ///< not taken: it has more ends than are written at once
    };

    MSRPKIT_ALWAYS_INLINE line_run(line_index const& index, char const* text, std::size_t size,
                                   std::uint32_t* ends, std::size_t capacity) noexcept
        : text_(text + index.scanned),
          out_(ends + index.count),
          base_(index.scanned),
          // They leave room for one end: the array is never full here.
          blocks_(std::min((size - index.scanned) / 64, (capacity - index.count - 1) / at_once)),
          carry_(carry_of(index, text)) {}

    /// Whether there is another block, and room for its ends.
    [[nodiscard]] MSRPKIT_ALWAYS_INLINE bool more() const noexcept { return blocks_ != 0; }
    [[nodiscard]] MSRPKIT_ALWAYS_INLINE char const* block() const noexcept { return text_; }
    [[nodiscard]] MSRPKIT_ALWAYS_INLINE std::uint64_t mask() const noexcept { return mask_; }

    /// @param closer CR and '-'.
    MSRPKIT_ALWAYS_INLINE step take(std::uint64_t lf, std::uint64_t cr,
                                    std::uint64_t closer) noexcept {
        auto const found = static_cast<std::size_t>(std::popcount(lf));
        if (found > at_once) return step::crowded;
        // All at once, whether or not they are there: no branch depends on the text.
        std::uint64_t rest = lf;
        for (std::size_t i = 0; i < at_once; ++i, rest &= rest - 1)
            out_[i] = static_cast<std::uint32_t>(base_) +
                      static_cast<std::uint32_t>(std::countr_zero(rest));
        std::uint64_t const unpaired = (cr << 1U | carry_.cr) ^ lf;
        std::uint64_t const closing = (lf << 1U | carry_.lf) & closer;
        if (closing != 0) {
            mask_ = (closing & (~closing + 1)) - 1;
            unpaired_ |= unpaired & mask_;
            out_ += std::popcount(lf & mask_);
            base_ += static_cast<std::size_t>(std::countr_zero(closing));
            return step::closed;
        }
        unpaired_ |= unpaired;
        carry_ = {cr >> 63U, lf >> 63U};
        out_ += found;
        base_ += 64;
        text_ += 64;
        --blocks_;
        return step::plain;
    }

    MSRPKIT_ALWAYS_INLINE void store(line_index& index, std::uint32_t const* ends, bool control,
                                     bool high) const noexcept {
        index.scanned = base_;
        index.count = static_cast<std::size_t>(out_ - ends);
        index.stray |= unpaired_ != 0 || control;
        index.high |= high;
    }

   private:
    static constexpr std::size_t at_once = 3;

    char const* text_;
    std::uint32_t* out_;
    std::size_t base_;
    std::size_t blocks_;
    line_carry carry_;
    std::uint64_t unpaired_ = 0;  ///< CR without LF or LF without CR
    std::uint64_t mask_ = 0;
};

/// Adds a block that begins at `index.scanned`. All but `ended`; there is room for one end at
/// least.
/// @param size its octets, 1 to 64.
/// @return whether to go on behind it: the head has not ended and the array is not full.
inline bool add_block(line_index& index, char const* text, line_bits const& bits, std::size_t size,
                      std::uint32_t* ends, std::size_t capacity) noexcept {
    auto const carry = carry_of(index, text);
    // First octets of a line that ends the head.
    std::uint64_t const closing = (bits.lf << 1U | carry.lf) & (bits.cr | bits.hyphen);
    std::uint64_t const wrong = ((bits.cr << 1U | carry.cr) ^ bits.lf) | bits.control;
    // What stands behind the head is no business of the index: the bits from there on go.
    std::uint64_t mask = closing != 0 ? (closing & (~closing + 1)) - 1 : ~std::uint64_t{0};
    mask &= ~std::uint64_t{0} >> (64 - size);
    std::uint64_t lf = bits.lf & mask;
    bool full = false;
    for (; lf != 0 && !full; lf &= lf - 1) {
        ends[index.count++] = static_cast<std::uint32_t>(
            index.scanned + static_cast<std::size_t>(std::countr_zero(lf)));
        full = index.count == capacity;
        if (full) mask &= lf ^ (lf - 1);
    }
    index.stray |= (wrong & mask) != 0;
    index.high |= (bits.high & mask) != 0;
    if (closing != 0 || full) {
        index.scanned += static_cast<std::size_t>(std::countr_one(mask));
        return false;
    }
    index.scanned += size;
    return true;
}

}  // namespace detail

}  // namespace wire::inline v0
