// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// escaped_text.hpp - what stands between the quotes of a quoted-string: undone when asked, and
// made.
#pragma once

#include <cstddef>
#include <string_view>

#include <msrp/error.hpp>
#include <wire/result.hpp>
#include <wire/sink.hpp>
#include <wire/utf8.hpp>

namespace msrp::inline v0 {

/// The inside of a quoted-string (RFC 4975, section 9), or a token, as a view that lives as long as
/// the text it was parsed from. A backslash says that the next octet stands for itself.
class escaped_text {
   public:
    constexpr escaped_text() noexcept = default;
    constexpr explicit escaped_text(std::string_view raw) noexcept : raw_(raw) {}

    /// As on the wire, escapes and all, without the quotes.
    [[nodiscard]] constexpr std::string_view raw() const noexcept { return raw_; }

    /// Calls `f(char)` for each octet of the text meant. Linear.
    template <class F>
    constexpr void for_each(F&& f) const {
        for (std::size_t i = 0; i < raw_.size(); ++i) {
            if (raw_[i] == '\\' && i + 1 < raw_.size()) ++i;
            f(raw_[i]);
        }
    }
    /// Octets of the text meant. Linear.
    [[nodiscard]] constexpr std::size_t size() const noexcept {
        std::size_t n = 0;
        for_each([&](char) { ++n; });
        return n;
    }
    [[nodiscard]] constexpr bool empty() const noexcept { return raw_.empty(); }

    /// Whether the text meant is `plain`. Linear.
    friend constexpr bool operator==(escaped_text const& a, std::string_view plain) noexcept {
        std::size_t n = 0;
        bool equal = true;
        a.for_each([&](char c) {
            equal = equal && n < plain.size() && plain[n] == c;
            ++n;
        });
        return equal && n == plain.size();
    }
    /// Appends the text meant.
    friend wire::sink& operator<<(wire::sink& out, escaped_text const& text) noexcept {
        text.for_each([&](char c) { out << c; });
        return out;
    }

   private:
    std::string_view raw_{};
};

/// Appends `plain` as a quoted-string, escaped where needed (T8).
/// @return `illegal_octet`, at the first octet that a quoted-string cannot hold (a control octet
///         other than HTAB, ill-formed UTF-8); then nothing is appended.
[[nodiscard]] inline wire::result<void> write_quoted(wire::sink& out,
                                                     std::string_view plain) noexcept {
    auto const scan = wire::scan_utf8text(plain);
    if (!scan.whole) return wire::failure{make_error_code(error::illegal_octet), scan.size, {}};
    out << '"';
    for (char const c : plain) {
        if (c == '"' || c == '\\') out << '\\';
        out << c;
    }
    out << '"';
    return {};
}

}  // namespace msrp::inline v0
