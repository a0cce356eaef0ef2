// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// percentiles.hpp - times counted in classes of 1.6 % width: percentiles of any number of them in
// 30 KiB.
#pragma once

#include <algorithm>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace examples {

class percentiles {
   public:
    void add(std::chrono::steady_clock::duration time) {
        auto const ns = std::chrono::duration_cast<std::chrono::nanoseconds>(time).count();
        auto const value = static_cast<std::uint64_t>(std::max<std::int64_t>(ns, 0));
        ++classes_[class_of(value)];
        ++count_;
        most_ = std::max(most_, value);
    }
    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
    [[nodiscard]] double max_us() const noexcept { return static_cast<double>(most_) / 1e3; }
    /// The least time, in microseconds, that `share` (0 to 1) of all do not exceed; rounded up to
    /// the end of its class.
    [[nodiscard]] double us(double share) const {
        auto const wanted = static_cast<std::uint64_t>(share * static_cast<double>(count_));
        std::uint64_t seen = 0;
        for (std::size_t i = 0; i < classes_.size(); ++i) {
            seen += classes_[i];
            if (seen > wanted || (seen == wanted && seen == count_ && seen != 0))
                return std::min(static_cast<double>(end_of(i)) / 1e3, max_us());
        }
        return max_us();
    }

   private:
    static constexpr unsigned bits = 6;  ///< classes in each power of two: 2^6

    static std::size_t class_of(std::uint64_t value) noexcept {
        if (value < (1U << bits)) return value;
        auto const power = static_cast<unsigned>(std::bit_width(value)) - 1;
        auto const step = (value >> (power - bits)) - (1U << bits);
        return ((power - bits + 1) << bits) + step;
    }
    /// The largest value of a class.
    static std::uint64_t end_of(std::size_t i) noexcept {
        if (i < (1U << bits)) return i;
        auto const shift = (i >> bits) - 1;
        return (((std::uint64_t{1} << bits) + (i & ((1U << bits) - 1)) + 1) << shift) - 1;
    }

    std::vector<std::uint64_t> classes_ = std::vector<std::uint64_t>((64 - bits + 1) << bits);
    std::uint64_t count_ = 0;
    std::uint64_t most_ = 0;
};

}  // namespace examples
