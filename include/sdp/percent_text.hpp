// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// percent_text.hpp - text with %XX in it, as file names and channel labels are sent: decoded when
// asked, and made.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include <wire/charset.hpp>
#include <wire/sink.hpp>

namespace sdp::inline v0 {

/// Percent-encoded text as a view that lives as long as the text it was read from. `%` with two
/// hexadecimal digits of either case is one octet; every other octet stands for itself (a `%`
/// without digits too, which no reader of this library lets through).
class percent_text {
   public:
    constexpr percent_text() noexcept = default;
    constexpr explicit percent_text(std::string_view raw) noexcept : raw_(raw) {}

    /// As on the wire, without the quotes.
    [[nodiscard]] constexpr std::string_view raw() const noexcept { return raw_; }
    [[nodiscard]] constexpr bool empty() const noexcept { return raw_.empty(); }

    /// Calls `f(char)` for each octet meant. Anything may be among them, NUL and separators of
    /// paths too (threat T27): see `safe_name`. Linear.
    template <class F>
    constexpr void for_each(F&& f) const {
        for (std::size_t i = 0; i < raw_.size();) f(next(raw_, i));
    }
    /// Octets meant. Linear.
    [[nodiscard]] constexpr std::size_t size() const noexcept {
        std::size_t n = 0;
        for_each([&n](char) { ++n; });
        return n;
    }
    /// The octets meant, copied. Linear, one allocation at most.
    template <class Allocator = std::allocator<char>>
    [[nodiscard]] std::basic_string<char, std::char_traits<char>, Allocator> decoded(
        Allocator const& allocator = Allocator()) const {
        std::basic_string<char, std::char_traits<char>, Allocator> out(allocator);
        out.reserve(size());
        for_each([&out](char c) { out.push_back(c); });
        return out;
    }
    /// Appends the octets meant.
    friend wire::sink& operator<<(wire::sink& out, percent_text const& text) noexcept {
        text.for_each([&out](char c) { out << c; });
        return out;
    }

    /// The same octets are meant. Linear.
    friend constexpr bool operator==(percent_text const& a, percent_text const& b) noexcept {
        std::size_t i = 0;
        std::size_t k = 0;
        while (i < a.raw_.size() && k < b.raw_.size())
            if (next(a.raw_, i) != next(b.raw_, k)) return false;
        return i == a.raw_.size() && k == b.raw_.size();
    }
    /// The octets meant are these. Linear.
    friend constexpr bool operator==(percent_text const& a, std::string_view plain) noexcept {
        std::size_t i = 0;
        std::size_t k = 0;
        while (i < a.raw_.size() && k < plain.size())
            if (next(a.raw_, i) != plain[k++]) return false;
        return i == a.raw_.size() && k == plain.size();
    }

   private:
    /// The octet meant at `i`, which goes on behind it.
    static constexpr char next(std::string_view raw, std::size_t& i) noexcept {
        int const high = raw[i] == '%' && i + 2 < raw.size() ? wire::hex_value(raw[i + 1]) : -1;
        int const low = high < 0 ? -1 : wire::hex_value(raw[i + 2]);
        if (low < 0) return raw[i++];
        i += 3;
        return static_cast<char>(static_cast<unsigned char>(high * 16 + low));
    }
    std::string_view raw_{};
};

/// Appends `plain` with every octet outside `as_is` as `%XX`, in upper-case digits. Linear.
inline void write_percent(wire::sink& out, std::string_view plain,
                          wire::charset const& as_is) noexcept {
    for (char const c : plain) {
        if (as_is.contains(c)) {
            out << c;
            continue;
        }
        auto const octet = static_cast<unsigned char>(c);
        char const code[] = {'%', "0123456789ABCDEF"[octet >> 4U], "0123456789ABCDEF"[octet & 15U]};
        out << std::string_view(code, sizeof code);
    }
}

}  // namespace sdp::inline v0
