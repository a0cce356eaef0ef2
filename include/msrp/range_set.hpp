// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// range_set.hpp - which octets of a message are there: a bounded set of ranges, merged.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <memory_resource>
#include <system_error>
#include <vector>

#include <msrp/error.hpp>

namespace msrp::inline v0 {

/// Octets `first` to `last` of a message, both included, counted from 1 (CHK-7.1.1-2).
struct octet_range {
    std::uint64_t first = 1;
    std::uint64_t last = 0;
    friend bool operator==(octet_range const&, octet_range const&) = default;
};

/// A set of octet positions 1 to 2^64-1, kept as few separate ranges as possible. The number of
/// ranges is bounded, whatever comes in whichever order (T14, CHK-14.5-1): memory grows with the
/// holes there are, never with a size that somebody claims.
template <class Allocator = std::allocator<char>>
class basic_range_set {
   public:
    using allocator_type = Allocator;

    /// @param max_ranges separate ranges at most; at least 1.
    explicit basic_range_set(std::size_t max_ranges = 64, Allocator const& allocator = Allocator())
        : ranges_(range_allocator(allocator)), max_ranges_(std::max<std::size_t>(max_ranges, 1)) {}

    /// Adds octets `first` to `last`. In order it is O(1), else O(log n) to find the place and O(n)
    /// to make room, n = ranges; allocates when the number of ranges passes all before.
    /// @return `bad_byte_range` for first = 0 or last < first; `too_many_ranges` where one more
    ///         separate range would be needed. After an error the set is as it was.
    std::error_code insert(std::uint64_t first, std::uint64_t last) {
        if (first == 0 || last < first) return make_error_code(error::bad_byte_range);
        if (!ranges_.empty() && ranges_.back().last == first - 1) {  // the next in order
            octets_ += last - first + 1;
            ranges_.back().last = last;
            return {};
        }
        // [from, to): the ranges that the new one touches or overlaps.
        auto const from =
            std::lower_bound(ranges_.begin(), ranges_.end(), first,
                             [](octet_range const& r, std::uint64_t x) { return r.last < x - 1; });
        auto to = from;
        std::uint64_t merged = 0;
        octet_range sum{first, last};
        for (; to != ranges_.end() && to->first - 1 <= last; ++to) {
            sum.first = std::min(sum.first, to->first);
            sum.last = std::max(sum.last, to->last);
            merged += to->last - to->first + 1;
        }
        if (from == to) {
            if (ranges_.size() >= max_ranges_) return make_error_code(error::too_many_ranges);
            ranges_.insert(from, sum);
        } else {
            *from = sum;
            ranges_.erase(from + 1, to);
        }
        octets_ += sum.last - sum.first + 1 - merged;
        return {};
    }

    /// Takes octets `first` to `last` out, if they are there; nothing for an empty range. Where
    /// that would need one more separate range than there may be, what stands behind them goes,
    /// too: the set never claims more than it should. O(log n) to find the place and O(n) to close
    /// the gap.
    void remove(std::uint64_t first, std::uint64_t last) {
        if (last < first) return;
        auto const from =
            std::lower_bound(ranges_.begin(), ranges_.end(), first,
                             [](octet_range const& r, std::uint64_t x) { return r.last < x; });
        if (from == ranges_.end() || from->first > last) return;
        if (from->first < first && from->last > last) {  // out of the middle
            auto const behind = octet_range{last + 1, from->last};
            octets_ -= from->last - first + 1;
            from->last = first - 1;
            if (ranges_.size() >= max_ranges_) return;
            ranges_.insert(from + 1, behind);
            octets_ += behind.last - behind.first + 1;
            return;
        }
        auto gone = from;
        if (from->first < first) {
            octets_ -= from->last - first + 1;
            from->last = first - 1;
            ++gone;
        }
        auto to = gone;
        for (; to != ranges_.end() && to->last <= last; ++to) octets_ -= to->last - to->first + 1;
        if (to != ranges_.end() && to->first <= last) {
            octets_ -= last - to->first + 1;
            to->first = last + 1;
        }
        ranges_.erase(gone, to);
    }

    /// Whether all octets `first` to `last` are there; an empty range (last < first) always is.
    /// O(log n).
    [[nodiscard]] bool covers(std::uint64_t first, std::uint64_t last) const noexcept {
        if (last < first) return true;
        auto const at =
            std::lower_bound(ranges_.begin(), ranges_.end(), first,
                             [](octet_range const& r, std::uint64_t x) { return r.last < x; });
        return at != ranges_.end() && at->first <= first && last <= at->last;
    }

    /// Whether any of the octets `first` to `last` is there. O(log n).
    [[nodiscard]] bool intersects(std::uint64_t first, std::uint64_t last) const noexcept {
        auto const at =
            std::lower_bound(ranges_.begin(), ranges_.end(), first,
                             [](octet_range const& r, std::uint64_t x) { return r.last < x; });
        return at != ranges_.end() && at->first <= last;
    }

    /// How many octets are there in all.
    [[nodiscard]] std::uint64_t octets() const noexcept { return octets_; }
    /// The highest position that is there, 0 where none is.
    [[nodiscard]] std::uint64_t last() const noexcept {
        return ranges_.empty() ? 0 : ranges_.back().last;
    }
    /// The first position from `from` on that is not there; 0 where all up to 2^64-1 are. O(log n).
    [[nodiscard]] std::uint64_t first_missing(std::uint64_t from = 1) const noexcept {
        auto const at =
            std::lower_bound(ranges_.begin(), ranges_.end(), from,
                             [](octet_range const& r, std::uint64_t x) { return r.last < x; });
        return at != ranges_.end() && at->first <= from ? at->last + 1 : from;
    }

    [[nodiscard]] bool empty() const noexcept { return ranges_.empty(); }
    /// How many separate ranges.
    [[nodiscard]] std::size_t size() const noexcept { return ranges_.size(); }
    /// The ranges in rising order; views until the set changes.
    [[nodiscard]] octet_range const* begin() const noexcept { return ranges_.data(); }
    [[nodiscard]] octet_range const* end() const noexcept {
        return ranges_.data() + ranges_.size();
    }

    /// Empties the set; it keeps its memory.
    void clear() noexcept {
        ranges_.clear();
        octets_ = 0;
    }

    [[nodiscard]] Allocator get_allocator() const { return Allocator(ranges_.get_allocator()); }

   private:
    using range_allocator =
        typename std::allocator_traits<Allocator>::template rebind_alloc<octet_range>;
    std::vector<octet_range, range_allocator> ranges_;
    std::size_t max_ranges_;
    std::uint64_t octets_ = 0;
};

using range_set = basic_range_set<>;
namespace pmr {
using range_set = basic_range_set<std::pmr::polymorphic_allocator<char>>;
}

}  // namespace msrp::inline v0
