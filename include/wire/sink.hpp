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
#include <wire/put.hpp>
#include <wire/result.hpp>

namespace wire::inline v0 {

/// Appends to the caller's memory. Once something did not fit it writes nothing more and
/// `overflowed()` is true; `needed()` still counts, so a caller can size a second try.
class sink {
   public:
    explicit sink(std::span<char> memory) noexcept
        : begin_(memory.data()), at_(begin_), end_(begin_ + memory.size()) {}

    sink& operator<<(std::string_view text) noexcept {
        if (text.size() <= room()) {
            if (!text.empty()) std::memcpy(at_, text.data(), text.size());
            at_ += text.size();
        } else {
            missing_ += text.size();
            end_ = at_;
        }
        return *this;
    }
    sink& operator<<(char c) noexcept { return *this << std::string_view(&c, 1); }
    sink& operator<<(std::uint64_t value) noexcept { return *this << decimal(value).view(); }

    /// Appends pieces (see put.hpp) one behind the other, as `<<` does, with one look at the room
    /// that is left. What is free behind them may be written to.
    /// @return whether all fitted.
    template <class... Pieces>
    MSRPKIT_ALWAYS_INLINE bool append(Pieces const&... pieces) noexcept {
        if ((room_of(pieces) + ...) > room()) [[unlikely]]
            return append_each(pieces...);
        char* at = at_;
        ((at = put(at, pieces)), ...);
        at_ = at;
        return true;
    }

    /// What was written; lives as long as the memory.
    [[nodiscard]] std::string_view view() const noexcept {
        return {begin_, static_cast<std::size_t>(at_ - begin_)};
    }
    [[nodiscard]] bool overflowed() const noexcept { return missing_ != 0; }
    /// Octets that all appends together want.
    [[nodiscard]] std::size_t needed() const noexcept { return view().size() + missing_; }

   private:
    template <class... Pieces>
    MSRPKIT_COLD bool append_each(Pieces const&... pieces) noexcept {
        static_cast<void>((*this << ... << pieces));
        return !overflowed();
    }
    [[nodiscard]] std::size_t room() const noexcept { return static_cast<std::size_t>(end_ - at_); }

    char* begin_;
    char* at_;
    char* end_;  ///< `at_` once something did not fit
    std::size_t missing_ = 0;
};

}  // namespace wire::inline v0
