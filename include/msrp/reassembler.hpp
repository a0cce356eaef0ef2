// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// reassembler.hpp - put a message together from octets that come in any order, in bounded memory.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <memory_resource>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include <msrp/error.hpp>
#include <msrp/range_set.hpp>

namespace msrp::inline v0 {

/// Collects one message (CHK-7.3.1-1 to -3). Where octets overlap, what came last wins. They can be
/// taken out from the front as they become whole, so a message in order needs no more than a page
/// of memory, whatever its size; what is out of order is held in pages up to `max_octets`. No
/// memory follows from a claimed size or position: a page is made for octets that did come (T13,
/// T14).
///
///     assembler.add(data.position, data.octets);
///     for (auto front = assembler.front(); !front.empty(); front = assembler.front()) {
///         use(front);
///         assembler.pop(front.size());
///     }
template <class Allocator = std::allocator<char>>
class basic_reassembler {
   public:
    using allocator_type = Allocator;
    static constexpr std::size_t page_size = 4096;

    /// @param max_octets memory for octets at most, counted in whole pages; at least one page.
    /// @param max_ranges separate ranges at most (`basic_range_set`).
    explicit basic_reassembler(std::size_t max_octets = std::size_t{16} << 20,
                               std::size_t max_ranges = 1024,
                               Allocator const& allocator = Allocator())
        : received_(max_ranges, allocator),
          pages_(page_allocator(allocator)),
          spare_(page_allocator(allocator)),
          max_pages_(std::max<std::size_t>(max_octets / page_size, 1)) {}
    basic_reassembler(basic_reassembler&&) = default;
    basic_reassembler& operator=(basic_reassembler&&) = default;

    /// Takes octets of the message. Those before `taken()` are gone already and are left out.
    /// O(octets + pages x log pages).
    /// @param position of the first octet, from 1.
    /// @return `bad_byte_range` where a position would be 0 or above 2^64-1, or behind the end that
    ///         is known; `buffer_full`, `too_many_ranges`. After an error nothing was taken, nor
    ///         where the allocator throws.
    std::error_code add(std::uint64_t position, std::string_view octets) {
        if (octets.empty()) return {};
        if (position == 0 ||
            octets.size() - 1 > std::numeric_limits<std::uint64_t>::max() - position)
            return make_error_code(error::bad_byte_range);
        std::uint64_t const last = position + (octets.size() - 1);
        if (total_ && last > *total_) return make_error_code(error::bad_byte_range);
        if (last <= taken_) return {};
        if (position <= taken_) {
            octets.remove_prefix(static_cast<std::size_t>(taken_ + 1 - position));
            position = taken_ + 1;
        }
        std::uint64_t const first_page = (position - 1) / page_size;
        std::uint64_t const last_page = (last - 1) / page_size;
        std::size_t there = 0;
        for (auto p = pages_.lower_bound(first_page); p != pages_.end() && p->first <= last_page;
             ++p)
            ++there;
        if (last_page - first_page + 1 - there > max_pages_ - pages_.size())
            return make_error_code(error::buffer_full);
        // All that can fail or throw comes before the first octet is copied.
        undo_pages undo{*this, first_page, last_page};
        for (std::uint64_t n = first_page; n <= last_page; ++n) make_page(n);
        if (auto const failed = received_.insert(position, last)) return failed;
        undo.kept = true;
        auto at = static_cast<std::size_t>((position - 1) % page_size);
        for (auto to = pages_.find(first_page); !octets.empty(); ++to, at = 0) {
            std::size_t const count = std::min(octets.size(), page_size - at);
            std::memcpy(to->second.octets + at, octets.data(), count);
            octets.remove_prefix(count);
        }
        return {};
    }

    /// The total size is known now: the chunk with "$" ended there (CHK-7.3.1-2).
    /// @return `bad_byte_range` where octets behind it came, or another end was known.
    std::error_code finish(std::uint64_t size) {
        if ((total_ && *total_ != size) || received_.last() > size)
            return make_error_code(error::bad_byte_range);
        total_ = size;
        return {};
    }

    /// Whether the size is known and all octets came.
    [[nodiscard]] bool complete() const noexcept {
        return total_ && (*total_ == 0 || received_.covers(1, *total_));
    }
    /// The size, once `finish` told it.
    [[nodiscard]] std::optional<std::uint64_t> total() const noexcept { return total_; }
    /// Which octets came, those taken out included.
    [[nodiscard]] basic_range_set<Allocator> const& received() const noexcept { return received_; }
    /// Octets taken out at the front.
    [[nodiscard]] std::uint64_t taken() const noexcept { return taken_; }
    /// Memory for octets now in use.
    [[nodiscard]] std::size_t held() const noexcept { return pages_.size() * page_size; }

    /// The next octets in order that are there, in one piece; empty where the next is missing. A
    /// view until `add`, `pop` or `clear`.
    [[nodiscard]] std::string_view front() const noexcept { return piece(taken_ + 1); }

    /// Octets from `position` (from 1) on, in one piece, empty where the first is missing or was
    /// taken out. A view until `add`, `pop` or `clear`. O(log n).
    [[nodiscard]] std::string_view piece(std::uint64_t position) const noexcept {
        if (position <= taken_) return {};
        std::uint64_t const n = (position - 1) / page_size;
        auto const found = pages_.find(n);
        if (found == pages_.end()) return {};
        auto const at = static_cast<std::size_t>((position - 1) % page_size);
        std::uint64_t const there =
            received_.first_missing(position) - position;  // may wrap to all
        if (there == 0) return {};
        auto const count = std::min<std::uint64_t>(there, page_size - at);
        return std::string_view(found->second.octets + at, static_cast<std::size_t>(count));
    }

    /// Takes out the first `count` octets, at most those that are there in order; gives their pages
    /// back. One freed page is kept and used again, so that a message in order allocates once.
    void pop(std::uint64_t count) {
        std::uint64_t const there = received_.first_missing(taken_ + 1) - (taken_ + 1);
        taken_ += std::min(count, there);
        while (!pages_.empty() && pages_.begin()->first < taken_ / page_size) {
            spare_.clear();
            spare_.insert(pages_.extract(pages_.begin()));
        }
    }

    /// Begin another message; the memory is given back.
    void clear() {
        received_.clear();
        pages_.clear();
        spare_.clear();
        total_.reset();
        taken_ = 0;
    }

    [[nodiscard]] Allocator get_allocator() const { return received_.get_allocator(); }

   private:
    struct page {
        page() noexcept {}  // NOLINT: left unset; only octets that came are ever shown
        char octets[page_size];
    };
    using page_allocator = typename std::allocator_traits<Allocator>::template rebind_alloc<
        std::pair<std::uint64_t const, page>>;
    using page_map = std::map<std::uint64_t, page, std::less<>, page_allocator>;

    /// Gives the pages without octets back, unless all went well.
    struct undo_pages {
        basic_reassembler& self;
        std::uint64_t first;
        std::uint64_t last;
        bool kept = false;
        undo_pages(basic_reassembler& r, std::uint64_t from, std::uint64_t to) noexcept
            : self(r), first(from), last(to) {}
        undo_pages(undo_pages const&) = delete;
        undo_pages& operator=(undo_pages const&) = delete;
        ~undo_pages() {
            if (kept) return;
            for (std::uint64_t n = first; n <= last; ++n) {
                std::uint64_t const before = n * page_size;  // the last page ends one octet early
                std::uint64_t const size = std::min<std::uint64_t>(
                    page_size, std::numeric_limits<std::uint64_t>::max() - before);
                if (!self.received_.intersects(before + 1, before + size)) self.pages_.erase(n);
            }
        }
    };

    void make_page(std::uint64_t n) {
        if (pages_.contains(n)) return;
        if (spare_.empty()) {
            pages_.try_emplace(n);
        } else {
            auto node = spare_.extract(spare_.begin());
            node.key() = n;
            pages_.insert(std::move(node));
        }
    }

    basic_range_set<Allocator> received_;
    page_map pages_;
    page_map spare_;  // one page or none; no node_type: libc++ cannot assign one of a pmr map
    std::size_t max_pages_;
    std::optional<std::uint64_t> total_{};
    std::uint64_t taken_ = 0;
};

using reassembler = basic_reassembler<>;
namespace pmr {
using reassembler = basic_reassembler<std::pmr::polymorphic_allocator<char>>;
}

}  // namespace msrp::inline v0
