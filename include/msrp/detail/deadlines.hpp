// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// deadlines.hpp - all points of time that an endpoint waits for, the next one first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <msrp/session_options.hpp>

namespace msrp::inline v0::detail {

/// What can wait for a time; a base of the objects that do.
struct timer {
    enum class kind : std::uint8_t { transaction, report, incoming, connection };
    static constexpr auto off = std::numeric_limits<std::uint32_t>::max();

    explicit timer(kind k) noexcept : what(k) {}
    timer(timer const&) = delete;
    timer& operator=(timer const&) = delete;
    [[nodiscard]] bool runs() const noexcept { return place != off; }

    std::uint32_t place = off;  ///< in the heap
    kind what;

   protected:
    ~timer() = default;
};

/// A heap of timers. What does not wait is not in it, so idle sessions cost nothing. Setting and
/// stopping one of n is O(log n).
template <class Allocator>
class deadlines {
   public:
    explicit deadlines(Allocator const& allocator) : heap_(entry_allocator(allocator)) {}

    [[nodiscard]] std::optional<session_time> next() const noexcept {
        return heap_.empty() ? std::nullopt : std::optional(heap_.front().time);
    }
    [[nodiscard]] std::size_t size() const noexcept { return heap_.size(); }

    /// Makes room for one more, so that `set` cannot fail.
    void reserve_one() {
        if (heap_.size() == heap_.capacity()) heap_.reserve(2 * heap_.size() + 16);
    }
    /// Starts a timer, or sets another time.
    void set(timer& t, session_time time) {
        if (!t.runs()) {
            heap_.push_back({time, &t});
            t.place = static_cast<std::uint32_t>(heap_.size() - 1);
        } else {
            heap_[t.place].time = time;
        }
        down(up(t.place));
    }
    void stop(timer& t) noexcept {
        if (!t.runs()) return;
        std::size_t const at = t.place;
        t.place = timer::off;
        entry const last = heap_.back();
        heap_.pop_back();
        if (at == heap_.size()) return;
        put(at, last);
        down(up(at));
    }
    /// Takes out a timer whose time has come; nullptr where none has.
    [[nodiscard]] timer* take(session_time now) noexcept {
        if (heap_.empty() || heap_.front().time > now) return nullptr;
        auto* const first = heap_.front().what;
        stop(*first);
        return first;
    }

   private:
    struct entry {
        session_time time;
        timer* what;
    };
    using entry_allocator = typename std::allocator_traits<Allocator>::template rebind_alloc<entry>;

    void put(std::size_t at, entry const& e) noexcept {
        heap_[at] = e;
        e.what->place = static_cast<std::uint32_t>(at);
    }
    void exchange(std::size_t a, std::size_t b) noexcept {
        entry const e = heap_[a];
        put(a, heap_[b]);
        put(b, e);
    }
    std::size_t up(std::size_t at) noexcept {
        for (; at != 0 && heap_[at].time < heap_[(at - 1) / 2].time; at = (at - 1) / 2)
            exchange(at, (at - 1) / 2);
        return at;
    }
    void down(std::size_t at) noexcept {
        for (;;) {
            std::size_t child = 2 * at + 1;
            if (child >= heap_.size()) return;
            if (child + 1 < heap_.size() && heap_[child + 1].time < heap_[child].time) ++child;
            if (heap_[at].time <= heap_[child].time) return;
            exchange(at, child);
            at = child;
        }
    }

    std::vector<entry, entry_allocator> heap_;
};

}  // namespace msrp::inline v0::detail
