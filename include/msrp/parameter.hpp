// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// parameter.hpp - name=value parameters of a header field, as views, walked when asked.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>

#include <msrp/escaped_text.hpp>
#include <msrp/uri.hpp>
#include <wire/charset.hpp>

namespace msrp::inline v0 {

/// One parameter; its views live as long as the header field that was parsed.
struct parameter {
    std::string_view name{};  ///< as spelt; compared in any case
    escaped_text value{};     ///< without its quotes
    bool has_value = false;   ///< there is a "="
    bool quoted = false;      ///< the value was a quoted-string
};

/// The parameters of a field that a `parse_*` function checked, in order. Copies nothing: walking
/// it reads the text again. Lives as long as that text.
class parameter_list {
   public:
    constexpr parameter_list() noexcept = default;
    /// @param text as the grammar matched it, with or without a `separator` in front.
    constexpr parameter_list(std::string_view text, char separator) noexcept
        : text_(text), separator_(separator) {}

    [[nodiscard]] constexpr std::string_view text() const noexcept { return text_; }

    class iterator {
       public:
        using value_type = parameter;
        using difference_type = std::ptrdiff_t;
        constexpr iterator() noexcept = default;
        constexpr iterator(std::string_view rest, char separator) noexcept
            : rest_(rest), separator_(separator) {
            take();
        }
        [[nodiscard]] constexpr parameter const& operator*() const noexcept { return one_; }
        [[nodiscard]] constexpr parameter const* operator->() const noexcept { return &one_; }
        constexpr iterator& operator++() noexcept {
            take();
            return *this;
        }
        constexpr iterator operator++(int) noexcept {
            auto before = *this;
            take();
            return before;
        }
        friend constexpr bool operator==(iterator const& a, iterator const& b) noexcept {
            return a.one_.name.empty() == b.one_.name.empty() && a.rest_.size() == b.rest_.size();
        }

       private:
        static constexpr wire::charset blank = wire::charset(" \t");

        constexpr std::string_view cut(std::size_t n) noexcept {
            auto const front = rest_.substr(0, n);
            rest_.remove_prefix(front.size());
            return front;
        }
        constexpr void skip_blanks() noexcept { cut(blank.span(rest_)); }
        constexpr void take() noexcept {
            one_ = {};
            skip_blanks();
            if (!rest_.empty() && rest_[0] == separator_) cut(1);
            skip_blanks();
            one_.name = cut(token_char.span(rest_));
            if (one_.name.empty()) rest_ = {};  // the end
            auto const behind = rest_;
            skip_blanks();
            if (rest_.empty() || rest_[0] != '=') {
                rest_ = behind;
                return;
            }
            cut(1);
            skip_blanks();
            one_.has_value = true;
            one_.quoted = !rest_.empty() && rest_[0] == '"';
            if (!one_.quoted) {
                one_.value = escaped_text(cut(token_char.span(rest_)));
                return;
            }
            std::size_t n = 1;
            while (n < rest_.size() && rest_[n] != '"') n += rest_[n] == '\\' ? 2U : 1U;
            one_.value = escaped_text(rest_.substr(1, std::min(n, rest_.size()) - 1));
            cut(n + 1);
        }

        std::string_view rest_{};
        char separator_ = ';';
        parameter one_{};
    };
    [[nodiscard]] constexpr iterator begin() const noexcept { return {text_, separator_}; }
    [[nodiscard]] constexpr iterator end() const noexcept { return {}; }
    [[nodiscard]] constexpr bool empty() const noexcept { return begin() == end(); }

    /// The first parameter of a name, in any case. Linear.
    [[nodiscard]] constexpr std::optional<parameter> find(std::string_view name) const noexcept {
        for (auto const& p : *this)
            if (wire::iequals(p.name, name)) return p;
        return std::nullopt;
    }

   private:
    std::string_view text_{};
    char separator_ = ';';
};

}  // namespace msrp::inline v0
