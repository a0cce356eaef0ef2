// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// connection.hpp - the c= line: network, address type and address.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include <sdp/detail/fields.hpp>
#include <sdp/line.hpp>
#include <wire/address.hpp>
#include <wire/result.hpp>

namespace sdp::inline v0 {

/// `nettype SP addrtype SP connection-address` (RFC 8866, 5.7), as views into the text.
struct connection {
    std::string_view text{};  ///< the whole value, as written
    std::string_view net_type{};
    std::string_view address_type{};
    /// Without the suffixes of a multicast address. A name, or a numeric address without brackets.
    std::string_view address{};
    /// Set where net_type is IN and the address is numeric and of the family address_type names.
    std::optional<wire::ip_address> ip{};
    std::optional<std::uint8_t> ttl{};             ///< of an IPv4 multicast address
    std::optional<std::uint32_t> address_count{};  ///< of a multicast address
    std::size_t offset = 0;       ///< of the line, in octets from the description's start
    std::size_t line_number = 0;  ///< from 1; 0 where the value was read alone
};

namespace detail {

/// Takes "/ttl", "/ttl/n" (IP4) or "/n" (IP6) off a multicast address. What does not look like it
/// stays as it is: the grammar's `extn-addr` allows it.
inline void split_multicast(connection& c) noexcept {
    bool const v4 = c.address_type == "IP4";
    auto const slash = find_near(c.address, '/');
    if (slash == 0 || slash == c.address.size() || (!v4 && c.address_type != "IP6")) return;
    cursor in(c.address.substr(slash + 1));
    std::uint32_t ttl = 0;
    std::uint32_t count = 1;
    bool large = false;
    if (v4 && !in.number(255, ttl, large)) return;
    bool counted = !v4;
    if (v4 && in.octet('/')) counted = true;
    if (counted && (!in.next_in(pos_digit) || !in.number(0xFFFF'FFFF, count, large))) return;
    if (!in.done()) return;
    if (v4) c.ttl = static_cast<std::uint8_t>(ttl);
    if (counted) c.address_count = count;
    c.address = c.address.substr(0, slash);
}

/// Where the address is numeric.
inline void find_address(connection& c) noexcept {
    if (!is_text(c.net_type, "IN")) return;
    auto const read = [&c] {
        if (is_text(c.address_type, "IP4")) c.ip = wire::parse_ipv4(c.address);
        if (is_text(c.address_type, "IP6")) c.ip = wire::parse_ipv6(c.address);
    };
    read();
    if (c.ip) return;
    split_multicast(c);
    if (c.ttl || c.address_count) read();
}

}  // namespace detail

/// Reads the value of a c= line (what stands behind `c=`). Linear, no allocation.
/// @param doubled_address_type the leniency of that name.
/// @return views of `value`; `bad_connection`. An address that is not numeric is taken as a name or
///         as an address of a family to come: RFC 8866 lets `extn-addr` be any visible text.
[[nodiscard]] inline wire::result<connection> read_connection(
    std::string_view value, bool doubled_address_type = false) noexcept {
    detail::cursor in(value);
    connection c;
    c.text = value;
    auto const failed = [&in] { return in.fail(error::bad_connection, "c="); };
    if (!in.some(detail::token_char, c.net_type) || !in.octet(' ')) return failed();
    if (!in.some(detail::token_char, c.address_type) || !in.octet(' ')) return failed();
    if (!in.some(detail::non_ws, c.address)) return failed();
    if (doubled_address_type && c.address == c.address_type && in.octet(' ')) {
        if (!in.some(detail::non_ws, c.address)) return failed();
    }
    if (!in.done()) return failed();
    detail::find_address(c);
    return c;
}

namespace detail {

/// The octets of a name of a host that may be written: `FQDN` of RFC 8866, and "_", which names
/// in use have.
inline constexpr wire::charset name_octet = wire::alphanum | wire::charset("-._");

/// The address type for an address that is to be written: IP6 for a numeric IPv6 address, else IP4.
[[nodiscard]] inline std::string_view address_type_of(std::string_view address) noexcept {
    return wire::parse_ipv6(address.substr(0, address.find('/'))) ? "IP6" : "IP4";
}
/// May this be written behind that type? For IN and IP4 or IP6 a numeric address of the family,
/// without brackets, or a name (RFC 8866, 5.2 and 5.7); for other types any `extn-addr`.
/// @param group multicast, with what stands behind its "/", may be it, too.
[[nodiscard]] inline bool is_address(std::string_view net_type, std::string_view address_type,
                                     std::string_view address, bool group) noexcept {
    if (!is_non_ws(address)) return false;
    bool const v4 = wire::iequals(address_type, "IP4");
    if (!wire::iequals(net_type, "IN") || (!v4 && !wire::iequals(address_type, "IP6"))) return true;
    connection c;
    c.net_type = "IN";
    c.address_type = v4 ? "IP4" : "IP6";
    c.address = address;
    find_address(c);
    if (!c.ip) return name_octet.span(address) == address.size() && !wire::parse_ipv4(address);
    if (!c.ttl && !c.address_count) return true;
    auto const first = c.ip->octets()[0];
    return group && (v4 ? first >> 4U == 0xEU : first == 0xFFU);
}

/// A c= line of a checked text.
[[nodiscard]] inline connection connection_of(line const& l, bool doubled_address_type) noexcept {
    auto const net = find_near(l.value, ' ');
    auto const type = net + 1 + find_near(part_of(l.value, net + 1), ' ');
    // Not cleared first and filled then: it is long.
    connection c{.text = l.value,
                 .net_type = part_of(l.value, 0, net),
                 .address_type = part_of(l.value, net + 1, type - net - 1),
                 .address = part_of(l.value, type + 1),
                 .ip = std::nullopt,
                 .ttl = std::nullopt,
                 .address_count = std::nullopt,
                 .offset = l.offset,
                 .line_number = l.number};
    // Strictly there is no blank in the address.
    if (doubled_address_type) {
        auto const gap = find_near(c.address, ' ');
        if (gap != c.address.size()) c.address.remove_prefix(gap + 1);
    }
    find_address(c);
    return c;
}

}  // namespace detail

}  // namespace sdp::inline v0
