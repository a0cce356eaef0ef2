// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// line.hpp - the lines of a checked description, one after the other.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include <sdp/detail/walk.hpp>
#include <wire/detail/kernel_sse2.hpp>
#include <wire/kernel.hpp>

namespace sdp::inline v0 {

namespace detail {

/// `text.substr(from, size)` where that is known to fit.
[[nodiscard]] MSRPKIT_ALWAYS_INLINE std::string_view part_of(std::string_view text,
                                                             std::size_t from,
                                                             std::size_t size) noexcept {
    return {text.data() + from, size};
}
[[nodiscard]] MSRPKIT_ALWAYS_INLINE std::string_view part_of(std::string_view text,
                                                             std::size_t from) noexcept {
    return part_of(text, from, text.size() - from);
}

/// Where an octet is first in a text, its size where it is not there. Made for what is near: lines
/// and names are short.
[[nodiscard]] MSRPKIT_ALWAYS_INLINE std::size_t find_near(std::string_view text, char c) noexcept {
#if defined(MSRPKIT_KERNEL_X86)
    namespace k = wire::detail::sse2;
    std::size_t i = 0;
    for (; text.size() - i >= 16; i += 16)
        if (auto const found = k::bits(k::equal(k::load(text.data() + i), k::all(c))); found != 0)
            return i + static_cast<std::size_t>(std::countr_zero(found));
    while (i != text.size() && text[i] != c) ++i;
    return i;
#else
    return std::min(text.find(c), text.size());
#endif
}

/// Whether a text is this one: its size is compared first, and known.
template <std::size_t N>
[[nodiscard]] MSRPKIT_ALWAYS_INLINE bool is_text(std::string_view text,
                                                 char const (&literal)[N]) noexcept {
    return text.size() == N - 1 && std::memcmp(text.data(), literal, N - 1) == 0;
}

}  // namespace detail

/// One line, `type "=" value` (RFC 8866, section 5), as a view into the text it was read from.
struct line {
    char type = '\0';
    std::string_view value{};  ///< without the line end
    std::size_t offset = 0;    ///< of the type letter, in octets from the description's start
    std::size_t number = 0;    ///< of the line, from 1

    friend bool operator==(line const&, line const&) = default;
};

/// Lines of a checked text, in order. Only descriptions make one. Each step costs the length of
/// the line; nothing is stored. Lives as long as the text.
class line_range {
   public:
    class iterator : public detail::walk<iterator, line> {
       public:
        iterator() noexcept = default;
        iterator(std::string_view rest, std::size_t offset, std::size_t number) noexcept
            : rest_(rest), offset_(offset), number_(number) {
            find_end();
        }
        [[nodiscard]] line operator*() const noexcept {
            auto value = detail::part_of(rest_, 2, end_ - 2);
            if (value.ends_with('\r')) value.remove_suffix(1);
            return {rest_[0], value, offset_, number_};
        }
        /// Of the line it is at.
        [[nodiscard]] char type() const noexcept { return rest_[0]; }
        iterator& operator++() noexcept {
            auto const next = std::min(end_ + 1, rest_.size());
            rest_.remove_prefix(next);
            offset_ += next;
            ++number_;
            find_end();
            return *this;
        }
        friend bool operator==(iterator const& a, iterator const& b) noexcept {
            return a.rest_.size() == b.rest_.size();
        }

       private:
        void find_end() noexcept { end_ = detail::find_near(rest_, '\n'); }
        std::string_view rest_{};
        std::size_t end_ = 0;
        std::size_t offset_ = 0;
        std::size_t number_ = 0;
    };

    line_range() noexcept = default;
    /// @param text whole lines that a parser has accepted.
    line_range(std::string_view text, std::size_t offset, std::size_t number) noexcept
        : text_(text), offset_(offset), number_(number) {}
    [[nodiscard]] iterator begin() const noexcept { return {text_, offset_, number_}; }
    [[nodiscard]] iterator end() const noexcept { return {}; }
    /// All these lines, with their line ends.
    [[nodiscard]] std::string_view text() const noexcept { return text_; }
    [[nodiscard]] std::size_t offset() const noexcept { return offset_; }
    [[nodiscard]] std::size_t first_number() const noexcept { return number_; }

   private:
    std::string_view text_{};
    std::size_t offset_ = 0;
    std::size_t number_ = 1;
};

namespace detail {

/// Where a line is; `number` is 0 where there is none.
struct place {
    std::uint32_t offset = 0;
    std::uint32_t number = 0;
    friend bool operator==(place const&, place const&) = default;
};

/// The lines of the session level that each media description asks for, found once: so nobody walks
/// the session level for them, but for the second and further fingerprints.
struct session_index {
    place connection{};
    place setup{};
    place direction{};
    place fingerprint{};                  ///< the first a=fingerprint
    std::uint32_t fingerprint_count = 0;  ///< the others are looked for behind it

    friend bool operator==(session_index const&, session_index const&) = default;

    /// Takes note of one checked line of the session level, which has one c= at most; of attributes
    /// the first of a kind counts.
    void add(char type, std::string_view value, place where) noexcept {
        if (type == 'c') connection = where;
        if (type != 'a' || std::string_view("sfri").find(value[0]) == std::string_view::npos)
            return;
        auto const is = [value](std::string_view name) {
            return value.size() >= name.size() && part_of(value, 0, name.size()) == name &&
                   (value.size() == name.size() || value[name.size()] == ':');
        };
        if (is("setup")) {
            if (setup.number == 0) setup = where;
        } else if (is("fingerprint")) {
            if (fingerprint_count++ == 0) fingerprint = where;
        } else if (value == "sendrecv" || value == "sendonly" || value == "recvonly" ||
                   value == "inactive") {
            if (direction.number == 0) direction = where;
        }
    }
};

}  // namespace detail

}  // namespace sdp::inline v0
