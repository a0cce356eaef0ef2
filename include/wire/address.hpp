// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// address.hpp - an IP address and a port as values, compared and written canonically.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include <wire/charset.hpp>
#include <wire/decimal.hpp>

namespace wire::inline v0 {

/// An IPv4 or IPv6 address. Two textual forms of one IPv6 address are equal (RFC 5952); an IPv4
/// address never equals its IPv4-mapped IPv6 form (they are reached over different sockets).
class ip_address {
   public:
    constexpr ip_address() noexcept = default;

    [[nodiscard]] static constexpr ip_address v4(std::array<std::uint8_t, 4> octets) noexcept {
        ip_address a;
        a.family_ = 4;
        for (std::size_t i = 0; i < 4; ++i) a.octets_[i] = octets[i];
        return a;
    }
    [[nodiscard]] static constexpr ip_address v6(std::array<std::uint8_t, 16> octets) noexcept {
        ip_address a;
        a.family_ = 6;
        a.octets_ = octets;
        return a;
    }

    [[nodiscard]] constexpr bool is_v4() const noexcept { return family_ == 4; }
    [[nodiscard]] constexpr bool is_v6() const noexcept { return family_ == 6; }
    [[nodiscard]] constexpr bool is_unspecified() const noexcept {
        return octets_ == std::array<std::uint8_t, 16>{};
    }
    /// 4 octets used for IPv4, 16 for IPv6, network order.
    [[nodiscard]] constexpr std::array<std::uint8_t, 16> const& octets() const noexcept {
        return octets_;
    }

    friend constexpr bool operator==(ip_address const&, ip_address const&) noexcept = default;
    friend constexpr auto operator<=>(ip_address const&, ip_address const&) noexcept = default;

   private:
    std::uint8_t family_ = 0;
    std::array<std::uint8_t, 16> octets_{};
};

/// Reads `IPv4address` of RFC 3986, 3.2.2, octet by octet: four dec-octets, no leading zeros.
class ipv4_reader {
   public:
    /// @return whether what was read can still become an address.
    constexpr bool step(char c) noexcept {
        if (c == '.') {
            good_ = good_ && digits_ != 0 && part_ != 3;
            if (good_) parts_[part_++] = static_cast<std::uint8_t>(value_);
            digits_ = value_ = 0;
            return good_;
        }
        good_ = good_ && digit.contains(c) && (digits_ == 0 || value_ != 0);
        if (!good_) return false;
        ++digits_;
        value_ = value_ * 10 + static_cast<unsigned>(c - '0');
        good_ = value_ <= 255;
        return good_;
    }
    /// The address, if that was all.
    [[nodiscard]] constexpr std::optional<ip_address> finish() const noexcept {
        if (!good_ || part_ != 3 || digits_ == 0) return std::nullopt;
        return ip_address::v4({parts_[0], parts_[1], parts_[2], static_cast<std::uint8_t>(value_)});
    }

   private:
    std::array<std::uint8_t, 3> parts_{};
    unsigned part_ = 0;
    unsigned digits_ = 0;
    unsigned value_ = 0;
    bool good_ = true;
};

/// Reads `IPv6address` of RFC 3986, 3.2.2, octet by octet: no brackets, no zone. `::` stands for
/// one group or more.
class ipv6_reader {
   public:
    /// @return whether what was read can still become an address. After a false the reader is of no
    ///         more use.
    constexpr bool step(char c) noexcept {
        if (c == ':') return colon();
        if (c == '.') {  // ls32 as IPv4: two groups
            bool const fits = gap_ == none ? count_ == 6 : count_ <= 5;
            if (!dotted_ && (!fits || digits_ == 0)) return good_ = false;
            dotted_ = true;
        }
        bool const decimal = tail_.step(c);
        if (dotted_) return good_ = good_ && decimal;
        bool const room = digits_ != 0
                              ? digits_ < 4
                              : count_ < (gap_ == none ? 8U : 7U) && !(colons_ == 1 && count_ == 0);
        if (!room || !hexdig.contains(c)) return good_ = false;
        ++digits_;
        value_ = value_ * 16 + static_cast<unsigned>(hex_value(c));
        return good_;
    }
    /// The address, if that was all.
    [[nodiscard]] constexpr std::optional<ip_address> finish() const noexcept {
        auto groups = groups_;
        std::size_t count = count_;
        if (!good_) return std::nullopt;
        if (dotted_) {
            auto const v4 = tail_.finish();
            if (!v4) return std::nullopt;
            auto const& o = v4->octets();
            groups[count++] = static_cast<std::uint16_t>(o[0] << 8 | o[1]);
            groups[count++] = static_cast<std::uint16_t>(o[2] << 8 | o[3]);
        } else if (digits_ != 0) {
            groups[count++] = static_cast<std::uint16_t>(value_);
        } else if (colons_ != 2) {
            return std::nullopt;  // nothing at all, or a single trailing colon
        }
        if (gap_ == none && count != 8) return std::nullopt;
        std::array<std::uint8_t, 16> out{};
        for (std::size_t i = 0; i < count; ++i) {
            std::size_t const to = i < gap_ ? i : 8 - count + i;
            out[2 * to] = static_cast<std::uint8_t>(groups[i] >> 8);
            out[2 * to + 1] = static_cast<std::uint8_t>(groups[i] & 0xFF);
        }
        return ip_address::v6(out);
    }

   private:
    static constexpr std::size_t none = 9;

    constexpr bool colon() noexcept {
        if (dotted_) return good_ = false;
        if (digits_ != 0) {
            // Another group must fit behind it, or a "::".
            if (count_ + 1 > (gap_ == none ? 7U : 6U)) return good_ = false;
            groups_[count_++] = static_cast<std::uint16_t>(value_);
            colons_ = 1;
        } else if (colons_ == 1 && gap_ == none) {
            gap_ = count_;
            colons_ = 2;
        } else if (colons_ == 0) {
            colons_ = 1;  // the first of a leading "::"
        } else {
            return good_ = false;
        }
        digits_ = value_ = 0;
        tail_ = {};
        return good_;
    }

    std::array<std::uint16_t, 8> groups_{};
    std::size_t count_ = 0;
    std::size_t gap_ = none;  // where "::" stood
    unsigned digits_ = 0;
    unsigned value_ = 0;
    unsigned colons_ = 0;  // that ended what was read; 0 at the start
    bool good_ = true;
    bool dotted_ = false;
    ipv4_reader tail_{};
};

/// `IPv4address`, the whole of `text`.
[[nodiscard]] constexpr std::optional<ip_address> parse_ipv4(std::string_view text) noexcept {
    if (text.size() - 7 > 8) return std::nullopt;  // 0.0.0.0 to 255.255.255.255
    std::array<std::uint8_t, 4> octets{};
    std::size_t part = 0;
    unsigned value = 0;
    unsigned digits = 0;
    // One to three digits, no zero before others, 255 at most.
    auto const fits = [&] {
        return digits - 1 < 3 && value <= 255 && (digits == 1 || value > (digits == 2 ? 9U : 99U));
    };
    for (char const c : text) {
        auto const digit_value = static_cast<unsigned>(c - '0');
        if (digit_value <= 9) {
            value = value * 10 + digit_value;
            ++digits;
            continue;
        }
        if (c != '.' || part == 3 || !fits()) return std::nullopt;
        octets[part++] = static_cast<std::uint8_t>(value);
        value = digits = 0;
    }
    if (part != 3 || !fits()) return std::nullopt;
    octets[3] = static_cast<std::uint8_t>(value);
    return ip_address::v4(octets);
}

/// `IPv6address`, the whole of `text`.
[[nodiscard]] constexpr std::optional<ip_address> parse_ipv6(std::string_view text) noexcept {
    std::array<std::uint8_t, 16> out{};
    constexpr std::size_t none = 99;
    std::size_t size = 0;    // octets read
    std::size_t gap = none;  // how many when "::" came
    std::size_t at = 0;
    if (text.starts_with("::")) {
        gap = 0;
        at = 2;
    }
    while (at != text.size()) {
        unsigned group = 0;
        auto const start = at;
        for (; at != text.size() && at - start < 4; ++at) {
            auto const digit_value = hex_value(text[at]);
            if (digit_value < 0) break;
            group = group * 16 + static_cast<unsigned>(digit_value);
        }
        if (at == start) return std::nullopt;
        if (at != text.size() && text[at] == '.') {  // the last two groups as an IPv4 address
            auto const v4 = parse_ipv4(text.substr(start));
            if (!v4 || size + 4 > out.size()) return std::nullopt;
            for (std::size_t i = 0; i < 4; ++i) out[size++] = v4->octets()[i];
            break;
        }
        if (size == out.size()) return std::nullopt;
        out[size++] = static_cast<std::uint8_t>(group >> 8U);
        out[size++] = static_cast<std::uint8_t>(group & 0xFFU);
        if (at == text.size()) break;
        if (text[at++] != ':') return std::nullopt;
        if (at == text.size()) return std::nullopt;
        if (text[at] == ':') {
            if (gap != none) return std::nullopt;
            gap = size;
            ++at;
        }
    }
    // "::" stands for one group or more.
    if (gap == none ? size != out.size() : size > out.size() - 2) return std::nullopt;
    if (gap == none) return ip_address::v6(out);
    for (std::size_t i = size; i-- > gap;) std::swap(out[i], out[out.size() - size + i]);
    return ip_address::v6(out);
}

/// Either family, without brackets.
[[nodiscard]] constexpr std::optional<ip_address> parse_ip(std::string_view text) noexcept {
    if (auto v4 = parse_ipv4(text)) return v4;
    return parse_ipv6(text);
}

/// The canonical text of an address (RFC 5952 for IPv6; no brackets), held inside the object.
class ip_text {
   public:
    explicit constexpr ip_text(ip_address const& address) noexcept {
        auto const& o = address.octets();
        if (address.is_v4()) {
            write_v4(o, 0);
            return;
        }
        if (!address.is_v6()) return;
        std::array<unsigned, 8> g{};
        for (std::size_t i = 0; i < 8; ++i)
            g[i] = static_cast<unsigned>(o[2 * i] << 8 | o[2 * i + 1]);
        // The longest run of two or more zero groups, the first of equals (RFC 5952, 4.2).
        std::size_t best = 8;
        std::size_t best_length = 1;
        for (std::size_t i = 0; i < 8; ++i) {
            std::size_t n = 0;
            while (i + n < 8 && g[i + n] == 0) ++n;
            if (n > best_length) {
                best = i;
                best_length = n;
            }
        }
        // ::ffff:0:0/96 is written with its last 32 bits as IPv4 (RFC 5952, 5).
        bool const mapped = best == 0 && best_length == 5 && g[5] == 0xFFFF;
        for (std::size_t i = 0; i < 8; ++i) {
            if (i == best) {
                put(':');
                put(':');
                i += best_length - 1;
                continue;
            }
            if (i != 0 && i != best + best_length) put(':');
            if (mapped && i == 6) {
                write_v4(o, 12);
                return;
            }
            bool started = false;
            for (unsigned shift = 16; shift != 0;) {
                shift -= 4;
                unsigned const d = g[i] >> shift & 0xFU;
                if (d != 0 || started || shift == 0) {
                    put("0123456789abcdef"[d]);
                    started = true;
                }
            }
        }
    }
    /// Lives as long as this object; empty for an address of no family.
    [[nodiscard]] constexpr std::string_view view() const noexcept { return {text_, size_}; }

   private:
    constexpr void put(char c) noexcept { text_[size_++] = c; }
    constexpr void write_v4(std::array<std::uint8_t, 16> const& o, std::size_t from) noexcept {
        for (std::size_t i = 0; i < 4; ++i) {
            if (i != 0) put('.');
            unsigned const v = o[from + i];
            if (v > 99) put(static_cast<char>('0' + v / 100));
            if (v > 9) put(static_cast<char>('0' + v / 10 % 10));
            put(static_cast<char>('0' + v % 10));
        }
    }
    char text_[46]{};
    std::size_t size_ = 0;
};

/// An IP address and a port. Compared by value (CEMA-4.4-1, URI-6.1-2).
struct endpoint {
    ip_address address{};
    std::uint16_t port = 0;
    friend constexpr bool operator==(endpoint const&, endpoint const&) noexcept = default;
    friend constexpr auto operator<=>(endpoint const&, endpoint const&) noexcept = default;
};

/// A port: digits, at most 65535.
[[nodiscard]] inline std::optional<std::uint16_t> parse_port(std::string_view text) noexcept {
    auto const value = parse_decimal(text);
    if (!value || *value > 65535) return std::nullopt;
    return static_cast<std::uint16_t>(*value);
}

}  // namespace wire::inline v0
