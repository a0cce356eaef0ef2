// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// attribute.hpp - an a= line as name and value, and the a= lines of one level.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

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

/// An a= line of a checked text as an attribute.
/// @param skip_blanks the leniency `blank_after_colon`.
[[nodiscard]] inline attribute as_attribute(line const& l, bool skip_blanks = false) noexcept {
    attribute a;
    a.offset = l.offset;
    a.line_number = l.number;
    auto const colon = l.value.find(':');
    a.name = l.value.substr(0, colon);
    a.has_value = colon != std::string_view::npos;
    if (a.has_value) {
        a.value = l.value.substr(colon + 1);
        while (skip_blanks && a.value.starts_with(' ')) a.value.remove_prefix(1);
    }
    a.value_offset = l.offset + 2 + (l.value.size() - a.value.size());
    return a;
}

/// The a= lines among some lines, in order. Lives as long as the text.
class attribute_range {
   public:
    class iterator {
       public:
        using value_type = attribute;
        using difference_type = std::ptrdiff_t;
        iterator() noexcept = default;
        iterator(line_range::iterator at, bool skip_blanks) noexcept
            : at_(at), skip_blanks_(skip_blanks) {
            settle();
        }
        [[nodiscard]] attribute operator*() const noexcept {
            return as_attribute(*at_, skip_blanks_);
        }
        iterator& operator++() noexcept {
            ++at_;
            settle();
            return *this;
        }
        iterator operator++(int) noexcept {
            auto before = *this;
            ++*this;
            return before;
        }
        friend bool operator==(iterator const& a, iterator const& b) noexcept {
            return a.at_ == b.at_;
        }

       private:
        void settle() noexcept {
            while (at_ != line_range::iterator{} && (*at_).type != 'a') ++at_;
        }
        line_range::iterator at_{};
        bool skip_blanks_ = false;
    };

    /// @param skip_blanks the leniency `blank_after_colon`.
    explicit attribute_range(line_range lines = {}, bool skip_blanks = false) noexcept
        : lines_(lines), skip_blanks_(skip_blanks) {}
    [[nodiscard]] iterator begin() const noexcept { return {lines_.begin(), skip_blanks_}; }
    [[nodiscard]] iterator end() const noexcept { return {}; }

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
