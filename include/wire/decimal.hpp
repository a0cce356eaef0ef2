// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// decimal.hpp - decimal digits to an exact 64-bit value, and back.
#pragma once

#include <charconv>
#include <cstdint>
#include <limits>
#include <string_view>
#include <system_error>

#include <wire/charset.hpp>
#include <wire/result.hpp>

namespace wire::inline v0 {

/// Reads `1*DIGIT`, the whole of `text` (RFC 5234). No sign, no blank, no other script's digits;
/// leading zeros are read. Up to 2^64-1 exact, beyond it `result_out_of_range` at the digit that
/// made it too large (threats T5, T6).
/// @return the value; `invalid_argument` where a digit was wanted.
[[nodiscard]] inline result<std::uint64_t> parse_decimal(std::string_view text) noexcept {
    constexpr auto top = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t value = 0;
    std::size_t i = 0;
    for (; i < text.size() && digit.contains(text[i]); ++i) {
        auto const d = static_cast<std::uint64_t>(text[i] - '0');
        if (value > (top - d) / 10)
            return failure{std::make_error_code(std::errc::result_out_of_range), i, {}};
        value = value * 10 + d;
    }
    if (i != text.size() || i == 0)
        return failure{std::make_error_code(std::errc::invalid_argument), i, {}};
    return value;
}

/// The decimal digits of a value, without leading zeros, held inside the object.
class decimal {
   public:
    explicit decimal(std::uint64_t value) noexcept {
        size_ =
            static_cast<std::size_t>(std::to_chars(text_, text_ + sizeof text_, value).ptr - text_);
    }
    /// Lives as long as this object.
    [[nodiscard]] std::string_view view() const noexcept { return {text_, size_}; }

   private:
    char text_[20];
    std::size_t size_;
};

}  // namespace wire::inline v0
