// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// sink.hpp - append text to memory of a fixed size; what does not fit is noticed, never written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include <wire/decimal.hpp>

namespace wire::inline v0 {

/// Appends to the caller's memory. Once something did not fit it writes nothing more and
/// `overflowed()` is true; `needed()` still counts, so a caller can size a second try.
class sink {
   public:
    explicit sink(std::span<char> memory) noexcept
        : data_(memory.data()), capacity_(memory.size()) {}

    sink& operator<<(std::string_view text) noexcept {
        if (text.size() <= capacity_ - size_ && needed_ == size_) {
            if (!text.empty()) std::memcpy(data_ + size_, text.data(), text.size());
            size_ += text.size();
        }
        needed_ += text.size();
        return *this;
    }
    sink& operator<<(char c) noexcept { return *this << std::string_view(&c, 1); }
    sink& operator<<(std::uint64_t value) noexcept { return *this << decimal(value).view(); }

    /// What was written; lives as long as the memory.
    [[nodiscard]] std::string_view view() const noexcept { return {data_, size_}; }
    [[nodiscard]] bool overflowed() const noexcept { return needed_ != size_; }
    /// Octets that all appends together want.
    [[nodiscard]] std::size_t needed() const noexcept { return needed_; }

   private:
    char* data_;
    std::size_t capacity_;
    std::size_t size_ = 0;
    std::size_t needed_ = 0;
};

}  // namespace wire::inline v0
