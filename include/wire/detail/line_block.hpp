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

/// Before a run: what the octets on both sides of `index.scanned` are to each other.
/// @return whether to go on: no LF before it and CR or '-' behind it.
[[nodiscard]] MSRPKIT_ALWAYS_INLINE bool resume(line_index& index, char const* text) noexcept {
    auto const carry = carry_of(index, text);
    char const next = text[index.scanned];
    if (carry.lf != 0 && (next == '\r' || next == '-')) return false;
    index.stray |= (carry.cr != 0) != (next == '\n');
    return true;
}

/// How a run ended.
struct run_end {
    bool closed;         ///< the head has ended
    std::size_t judged;  ///< `stray` and `high` are known of the octets before this one
};

/// A quick scan by blocks of 64 octets: what it knows apart from the index, so that it lives in
/// registers. The kernel looks at each octet together with the one behind it, so no block depends
/// on the one before it. Of octets that are not plain, which are rare, it only knows that there are
/// some; they are judged afterwards.
class line_run {
   public:
    /// Ends of a block that are written at most, whether or not there are as many.
    static constexpr std::size_t room = 4;

    MSRPKIT_ALWAYS_INLINE line_run(line_index const& index, char const* text, std::size_t size,
                                   std::uint32_t* ends, std::size_t capacity) noexcept
        : text_(text), out_(ends + index.count), base_(index.scanned), stop_(base_) {
        // They leave an octet, and room for one end: the array is never full here.
        stop_ += std::min((size - base_ - 1) / 64, (capacity - index.count - 1) / room) * 64;
    }

    /// Whether there is another block, and room for its ends.
    [[nodiscard]] MSRPKIT_ALWAYS_INLINE bool more() const noexcept { return base_ != stop_; }
    [[nodiscard]] MSRPKIT_ALWAYS_INLINE char const* block() const noexcept { return text_ + base_; }
    [[nodiscard]] MSRPKIT_ALWAYS_INLINE std::size_t scanned() const noexcept { return base_; }
    [[nodiscard]] MSRPKIT_ALWAYS_INLINE std::uint32_t* out() const noexcept { return out_; }

    /// Writes the ends of the block, which is not taken by that.
    /// @return false if there are more than are written at once.
    [[nodiscard]] MSRPKIT_ALWAYS_INLINE bool put(std::uint64_t lf) const noexcept {
        // All at once, whether or not they are there: no branch depends on the text.
        for (std::size_t i = 0; i < at_once; ++i, lf &= lf - 1)
            out_[i] = static_cast<std::uint32_t>(base_) +
                      static_cast<std::uint32_t>(std::countr_zero(lf));
        return lf == 0;
    }
    /// Takes the block.
    MSRPKIT_ALWAYS_INLINE void take(std::uint64_t lf) noexcept {
        out_ += std::popcount(lf);
        base_ += 64;
    }
    /// How many octets before the last block, which is not whole, are looked at again with it; 0
    /// if it cannot be looked at like the others. (Its last octet has none behind it.)
    [[nodiscard]] MSRPKIT_ALWAYS_INLINE std::size_t overlap(std::size_t size,
                                                            std::uint32_t const* ends,
                                                            std::size_t capacity) const noexcept {
        std::size_t const rest = size - base_;
        auto const left = capacity - static_cast<std::size_t>(out_ - ends);
        return size > 64 && rest > 1 && rest <= 64 && left > room ? 65 - rest : 0;
    }
    /// Takes the block up to the first LF that ends the head.
    /// @param closing those LF, one at least.
    /// @param odd octets that are more than plain.
    /// @param doubt whether there were such before.
    [[nodiscard]] MSRPKIT_ALWAYS_INLINE run_end close(line_index& index, std::uint32_t const* ends,
                                                      std::uint64_t lf, std::uint64_t closing,
                                                      std::uint64_t odd, bool doubt) noexcept {
        std::uint64_t const taken = closing ^ (closing - 1);
        out_ += std::popcount(lf & taken);
        base_ += static_cast<std::size_t>(std::popcount(taken));
        return finish(index, ends, true, doubt || (odd & taken) != 0);
    }

    /// @param doubt whether some octet taken is more than plain.
    MSRPKIT_ALWAYS_INLINE run_end finish(line_index& index, std::uint32_t const* ends, bool closed,
                                         bool doubt) const noexcept {
        std::size_t const from = index.scanned;
        index.scanned = base_;
        index.count = static_cast<std::size_t>(out_ - ends);
        index.ended = closed;
        return {closed, doubt ? from : base_};
    }

   private:
    static constexpr std::size_t at_once = 3;  // less than `room`, by which dividing is cheap

    char const* text_;
    std::uint32_t* out_;
    std::size_t base_;
    std::size_t stop_;
};

/// What an octet may be away from 0x20 to be plain.
inline constexpr char plain_span = 0x7E - 0x20;

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

/// `stray` and `high` of the octets from `from` to `index.scanned`, of which `bits` are the first
/// ones'.
MSRPKIT_ALWAYS_INLINE void judge_block(line_index& index, char const* text, std::size_t from,
                                       line_bits const& bits) noexcept {
    std::uint64_t const before = from != 0 && text[from - 1] == '\r' ? 1 : 0;
    std::uint64_t const wrong = ((bits.cr << 1U | before) ^ bits.lf) | bits.control;
    std::size_t const size = std::min<std::size_t>(index.scanned - from, 64);
    std::uint64_t const mask = ~std::uint64_t{0} >> (64 - size);
    index.stray |= (wrong & mask) != 0;
    index.high |= (bits.high & mask) != 0;
}

}  // namespace detail

}  // namespace wire::inline v0
