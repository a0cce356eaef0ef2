// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// reason.hpp - why a decision is what it is: document, section, item, one sentence.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace cema::inline v0 {

/// Why. All texts are in static storage.
struct reason {
    std::string_view document{};  ///< "RFC 6714", "local policy", ...
    std::string_view section{};   ///< "4.2"; may be empty
    std::string_view item{};      ///< "1", "last paragraph"; may be empty
    std::string_view text{};      ///< one sentence for a person

    friend constexpr bool operator==(reason const&, reason const&) = default;
};

/// A few reasons, the decisive one first. No allocation; what is beyond `capacity` is dropped.
class reason_list {
   public:
    static constexpr std::size_t capacity = 12;
    constexpr void add(reason const& why) noexcept {
        if (!why.text.empty() && size_ < capacity) items_[size_++] = why;
    }
    [[nodiscard]] constexpr reason const* begin() const noexcept { return items_.data(); }
    [[nodiscard]] constexpr reason const* end() const noexcept { return items_.data() + size_; }
    [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }
    [[nodiscard]] constexpr bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] constexpr reason const& front() const noexcept { return items_[0]; }

   private:
    std::array<reason, capacity> items_{};
    std::size_t size_ = 0;
};

}  // namespace cema::inline v0
