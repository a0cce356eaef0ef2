// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// attribute.hpp - an a= line as name and value, and the a= lines of one level.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>

#include <sdp/detail/walk.hpp>
#include <sdp/line.hpp>

namespace sdp::inline v0 {

/// `a=name` or `a=name:value` (RFC 8866, 5.13), as views into the text.
struct attribute {
    std::string_view name{};   ///< a token; compare it as it is, case counts (RFC 8866, section 5)
    std::string_view value{};  ///< behind the first colon; empty where there is none
    bool has_value = false;    ///< there is a colon
    std::size_t offset = 0;    ///< of the line, in octets from the description's start
    std::size_t value_offset = 0;  ///< of the value, counted as `offset`
    std::size_t line_number = 0;   ///< from 1
};

namespace detail {

/// @param colon where the value's first colon is; its size where it has none.
[[nodiscard]] MSRPKIT_ALWAYS_INLINE attribute split_attribute(line const& l, std::size_t colon,
                                                              bool skip_blanks) noexcept {
    attribute a;
    a.offset = l.offset;
    a.line_number = l.number;
    a.name = std::string_view(l.value.data(), colon);
    a.has_value = colon != l.value.size();
    if (a.has_value) {
        a.value = std::string_view(l.value.data() + colon + 1, l.value.size() - colon - 1);
        while (skip_blanks && a.value.starts_with(' ')) a.value.remove_prefix(1);
    }
    a.value_offset = l.offset + 2 + (l.value.size() - a.value.size());
    return a;
}

}  // namespace detail

/// An a= line of a checked text as an attribute.
/// @param skip_blanks the leniency `blank_after_colon`.
[[nodiscard]] inline attribute as_attribute(line const& l, bool skip_blanks = false) noexcept {
    return detail::split_attribute(l, std::min(l.value.find(':'), l.value.size()), skip_blanks);
}

/// The a= lines among some lines, in order. Lives as long as the text.
class attribute_range {
   public:
    class iterator : public detail::walk<iterator, attribute> {
       public:
        iterator() noexcept = default;
        iterator(line_range::iterator at, bool skip_blanks) noexcept
            : at_(at), skip_blanks_(skip_blanks) {
            settle();
        }
        [[nodiscard]] attribute operator*() const noexcept {
            line const l = *at_;
            return detail::split_attribute(l, detail::find_near(l.value, ':'), skip_blanks_);
        }
        iterator& operator++() noexcept {
            ++at_;
            settle();
            return *this;
        }
        friend bool operator==(iterator const& a, iterator const& b) noexcept {
            return a.at_ == b.at_;
        }

       private:
        void settle() noexcept {
            while (at_ != line_range::iterator{} && at_.type() != 'a') ++at_;
        }
        line_range::iterator at_{};
        bool skip_blanks_ = false;
    };

    /// @param skip_blanks the leniency `blank_after_colon`.
    explicit attribute_range(line_range lines = {}, bool skip_blanks = false) noexcept
        : lines_(lines), skip_blanks_(skip_blanks) {}
    [[nodiscard]] iterator begin() const noexcept { return {lines_.begin(), skip_blanks_}; }
    [[nodiscard]] iterator end() const noexcept { return {}; }

    /// Calls `f(attribute)` for each, in order: quicker than to walk them. Linear.
    template <class F>
    void for_each(F&& f) const {
        auto const text = lines_.text();
        auto number = lines_.first_number();
        for (std::size_t at = 0; at < text.size(); ++number) {
            std::string_view const rest(text.data() + at, text.size() - at);
            auto const end = detail::find_near(rest, '\n');
            if (rest[0] == 'a') {
                auto const size = end - (rest[end - 1] == '\r' ? 1 : 0);
                std::string_view const value(rest.data() + 2, size - 2);
                // Looked for beyond the line, which may be short.
                auto const room = std::min(std::max<std::size_t>(size, 16), rest.size()) - 2;
                auto const colon = detail::find_near(std::string_view(value.data(), room), ':');
                f(detail::split_attribute({'a', value, lines_.offset() + at, number},
                                          std::min(colon, value.size()), skip_blanks_));
            }
            at += end + 1;
        }
    }
    /// The first attribute of a name; nothing where there is none. Linear.
    [[nodiscard]] std::optional<attribute> find(std::string_view name) const noexcept {
        for (attribute const a : *this)
            if (a.name == name) return a;
        return std::nullopt;
    }
    [[nodiscard]] bool contains(std::string_view name) const noexcept {
        return find(name).has_value();
    }

   private:
    line_range lines_{};
    bool skip_blanks_ = false;
};

}  // namespace sdp::inline v0
