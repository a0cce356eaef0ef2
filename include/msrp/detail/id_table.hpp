// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// id_table.hpp - finds objects by a number, in constant time and without an allocation for each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace msrp::inline v0::detail {

/// Pointers to objects by 64-bit keys: open addressing, linear probing, at most two thirds full.
/// Keys are counters or (keyed) hashes, so nobody else can choose many that meet in one place
/// (T19). Several objects may have one key. Memory follows the most objects there ever were.
/// @tparam KeyOf `KeyOf{}(object)` is the key of an object; it stays while the object is in.
template <class T, class KeyOf, class Allocator>
class id_table {
   public:
    explicit id_table(Allocator const& allocator) : places_(place_allocator(allocator)) {}

    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    /// Makes room for one more; the only call that allocates.
    void reserve_one() {
        if (3 * (size_ + 1) <= 2 * places_.size()) return;
        decltype(places_) old(places_.empty() ? 16 : 2 * places_.size(), nullptr,
                              places_.get_allocator());
        std::swap(old, places_);
        for (auto* const p : old)
            if (p != nullptr) put(*p);
    }
    /// @pre `reserve_one` was called since the last `insert`.
    void insert(T& value) noexcept {
        put(value);
        ++size_;
    }
    /// @return the object with this key of which `is_it(object)` holds, or nullptr.
    template <class Predicate>
    [[nodiscard]] T* find(std::uint64_t key, Predicate&& is_it) const {
        if (places_.empty()) return nullptr;
        for (auto at = home(key); places_[at] != nullptr; at = next(at))
            if (KeyOf{}(*places_[at]) == key && is_it(std::as_const(*places_[at])))
                return places_[at];
        return nullptr;
    }
    [[nodiscard]] T* find(std::uint64_t key) const {
        return find(key, [](T const&) { return true; });
    }
    void erase(T const& value) noexcept {
        if (places_.empty()) return;
        auto hole = home(KeyOf{}(value));
        for (; places_[hole] != &value; hole = next(hole))
            if (places_[hole] == nullptr) return;
        // What stands behind moves up, unless that would be before its home.
        for (auto at = next(hole); places_[at] != nullptr; at = next(at)) {
            auto const distance = [this](std::size_t from, std::size_t to) {
                return (to - from) & (places_.size() - 1);
            };
            if (distance(home(KeyOf{}(*places_[at])), at) < distance(hole, at)) continue;
            places_[hole] = places_[at];
            hole = at;
        }
        places_[hole] = nullptr;
        --size_;
    }

   private:
    using place_allocator = typename std::allocator_traits<Allocator>::template rebind_alloc<T*>;

    [[nodiscard]] std::size_t home(std::uint64_t key) const noexcept {
        return static_cast<std::size_t>((key * 0x9E3779B97F4A7C15U) >> 32U) & (places_.size() - 1);
    }
    [[nodiscard]] std::size_t next(std::size_t at) const noexcept {
        return (at + 1) & (places_.size() - 1);
    }
    void put(T& value) noexcept {
        auto at = home(KeyOf{}(value));
        while (places_[at] != nullptr) at = next(at);
        places_[at] = &value;
    }

    std::vector<T*, place_allocator> places_;
    std::size_t size_ = 0;
};

}  // namespace msrp::inline v0::detail
