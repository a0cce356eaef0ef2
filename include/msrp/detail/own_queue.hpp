// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// own_queue.hpp - a queue through the objects themselves: nothing is allocated, none is in it
// twice.
#pragma once

#include <utility>

namespace msrp::inline v0::detail {

/// A place in one queue; objects have one for each queue that they may be in.
template <class T>
struct queue_place {
    T* next = nullptr;
    T* before = nullptr;
    bool taken = false;
};

/// First in, first out; each call O(1). @tparam Place the member of T that is its place in this
/// queue.
template <class T, queue_place<T> T::* Place>
class own_queue {
   public:
    [[nodiscard]] bool empty() const noexcept { return first_ == nullptr; }
    [[nodiscard]] T* front() const noexcept { return first_; }
    [[nodiscard]] T* back() const noexcept { return last_; }
    [[nodiscard]] static T* after(T const& x) noexcept { return (x.*Place).next; }

    /// Nothing where it is in already.
    void push(T& x) noexcept {
        auto& place = x.*Place;
        if (std::exchange(place.taken, true)) return;
        place.next = nullptr;
        place.before = last_;
        (last_ == nullptr ? first_ : (last_->*Place).next) = &x;
        last_ = &x;
    }
    /// @return nullptr where it is empty.
    T* pop() noexcept {
        auto* const x = first_;
        if (x != nullptr) erase(*x);
        return x;
    }
    /// Nothing where it is not in.
    void erase(T& x) noexcept {
        auto& place = x.*Place;
        if (!std::exchange(place.taken, false)) return;
        (place.before == nullptr ? first_ : (place.before->*Place).next) = place.next;
        (place.next == nullptr ? last_ : (place.next->*Place).before) = place.before;
    }

   private:
    T* first_ = nullptr;
    T* last_ = nullptr;
};

}  // namespace msrp::inline v0::detail
