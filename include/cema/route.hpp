// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// route.hpp - which way a session should take: with less than one relay, if there is one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <cema/decision.hpp>
#include <cema/match.hpp>
#include <cema/reason.hpp>
#include <msrp/sdp_media.hpp>
#include <sdp/setup.hpp>
#include <wire/address.hpp>

namespace cema::inline v0 {

/// What this endpoint uses to get to its peer.
enum class route : std::uint8_t {
    none,    ///< nothing that is known leads to the peer
    direct,  ///< RFC 4975: connect by the peer's path (to its relay, if it has one)
    setup,   ///< RFC 6135: offer or answer so that the peer connects to us
    cema,    ///< RFC 6714: by the c/m-lines, through the middlebox
    relay,   ///< RFC 4976: by an own relay
};
[[nodiscard]] constexpr std::string_view to_text(route r) noexcept {
    switch (r) {
        case route::none: return "none";
        case route::direct: return "direct";
        case route::setup: return "setup";
        case route::cema: return "cema";
        case route::relay: return "relay";
    }
    return {};
}

/// All that the choice of a route depends on.
struct route_facts {
    /// A peer can connect to an address of ours (of the family that the peer uses).
    bool own_reachable = false;
    bool own_relay = false;  ///< we could use a relay
    /// The peer (or, with `peer_relay`, its relay) can be connected to.
    bool peer_reachable = true;
    bool peer_relay = false;  ///< several URIs in the peer's path
    /// The peer can be the active side: it offers, or it knows a=setup.
    bool peer_can_connect = true;
    bool peer_cema = false;  ///< a=msrp-cema in its description
    /// Connections have to go through a middlebox that anchors media: known from the network, or by
    /// a c/m-line that is of none of the peer's URIs.
    bool middlebox = false;

    friend constexpr bool operator==(route_facts const&, route_facts const&) = default;
};

struct route_choice {
    route way = route::none;
    reason why{};
    friend constexpr bool operator==(route_choice const&, route_choice const&) = default;
};

/// One row of the table; columns in the order of `route_facts`.
struct route_row {
    want own_reachable, own_relay, peer_reachable, peer_relay, peer_can_connect, peer_cema,
        middlebox;
    route_choice choice;

    [[nodiscard]] constexpr bool matches(route_facts const& f) const noexcept {
        using cema::matches;
        return matches(own_reachable, f.own_reachable) && matches(own_relay, f.own_relay) &&
               matches(peer_reachable, f.peer_reachable) && matches(peer_relay, f.peer_relay) &&
               matches(peer_can_connect, f.peer_can_connect) && matches(peer_cema, f.peer_cema) &&
               matches(middlebox, f.middlebox);
    }
};

namespace detail {

inline constexpr reason both_cema{
    "RFC 6714", "4.1", "", "Both sides know CEMA, so the middlebox moves bytes and needs no more."};
inline constexpr reason one_cema{
    "RFC 6714", "4.2", "last paragraph",
    "The peer can be connected to and has no relay: one side that uses the c/m-line suffices."};
inline constexpr reason needs_b2bua{
    "RFC 6714", "4.2", "B2BUA",
    "The peer knows no CEMA, and the c/m-line alone does not lead to it: the middlebox has to be a "
    "B2BUA, which is reached by its path."};
inline constexpr reason peer_listens{"RFC 4975", "8.5", "",
                                     "The peer can be connected to: no relay of ours is needed."};
inline constexpr reason peer_relay_listens{
    "RFC 4976", "5.2", "", "The peer has a relay, which can be connected to: ours is not needed."};
inline constexpr reason we_listen{
    "RFC 6135", "4.2.2", "", "The peer cannot be connected to, but we can: it has to be active."};
inline constexpr reason our_relay{
    "RFC 4976", "5.1", "", "Neither side can be connected to: the peer connects to our relay."};
inline constexpr reason no_way{
    "RFC 4976", "1", "", "The peer cannot be connected to, and it can connect to nothing of ours."};

/// The first row that matches decides.
// clang-format off
inline constexpr std::array route_table{
    // own reachable / own relay / peer reachable / peer relay / peer can connect / peer cema /
    // middlebox
    // An active endpoint on a relay cannot use CEMA (4.1), so that one side has to be without; and
    // one of both has to accept the connection.
    route_row{o, o, Y, o, o, Y, Y, {route::cema, both_cema}},
    route_row{Y, o, N, N, Y, Y, Y, {route::cema, both_cema}},
    route_row{o, o, Y, N, o, N, Y, {route::cema, one_cema}},
    route_row{o, o, Y, Y, o, N, Y, {route::direct, needs_b2bua}},
    // No middlebox: whoever can be connected to is.
    route_row{o, o, Y, N, o, o, N, {route::direct, peer_listens}},
    route_row{o, o, Y, Y, o, o, N, {route::direct, peer_relay_listens}},
    route_row{Y, o, N, o, Y, o, o, {route::setup, we_listen}},
    route_row{N, Y, N, o, Y, o, o, {route::relay, our_relay}},
    route_row{N, N, N, o, Y, o, o, {route::none, no_way}},
    route_row{o, o, N, o, N, o, o, {route::none, no_way}},
};
// clang-format on

template <class F>
consteval void for_each_route_facts(F&& f) {
    for (unsigned n = 0; n < 128; ++n) {
        auto const bit = [n](unsigned i) { return (n >> i & 1U) != 0; };
        f(route_facts{bit(0), bit(1), bit(2), bit(3), bit(4), bit(5), bit(6)});
    }
}
[[nodiscard]] consteval bool routes_complete() {
    std::array<bool, route_table.size() + 1> hit{};
    for_each_route_facts([&](route_facts const& f) consteval {
        hit[first_match(std::span<route_row const>(route_table), f)] = true;
    });
    for (std::size_t i = 0; i < route_table.size(); ++i)
        if (!hit[i]) return false;
    return !hit[route_table.size()];
}
static_assert(routes_complete());

}  // namespace detail

/// The rows by which `plan_route` goes, in order: for documents and tests.
[[nodiscard]] constexpr std::span<route_row const> route_rows() noexcept {
    return detail::route_table;
}
/// The choice of the first row that matches; where none does, none. Linear.
[[nodiscard]] constexpr route_choice decide_by(std::span<route_row const> table,
                                               route_facts const& facts) noexcept {
    auto const i = detail::first_match(table, facts);
    return i < table.size() ? table[i].choice : route_choice{};
}
/// The route, and why. A relay of ours costs a hop for each message and reads all: it is the last
/// way out. Constant time.
[[nodiscard]] constexpr route_choice plan_route(route_facts const& f) noexcept {
    return decide_by(route_rows(), f);
}

/// An address of this endpoint.
struct own_address {
    wire::ip_address ip;
    bool reachable = false;  ///< a peer outside can connect to it (no NAT, or one that is open)
};

/// The facts, as far as they stand in the peer's description.
/// @param own_relay we could use a relay.
/// @param peer of the peer's last description; usable.
/// @param mismatch its c/m-line is of none of its URIs (`address_matches`), or a middlebox is known
///        to be there.
/// @param peer_offers it is an offer.
/// Linear in the addresses.
[[nodiscard]] inline route_facts route_facts_of(std::span<own_address const> own, bool own_relay,
                                                msrp::sdp_media const& peer, bool mismatch,
                                                bool peer_offers) noexcept {
    route_facts f;
    auto const& c = peer.connection();
    for (auto const& a : own)
        if (a.reachable && (!c || !c->ip || c->ip->is_v6() == a.ip.is_v6())) f.own_reachable = true;
    f.own_relay = own_relay;
    f.peer_relay = peer.uses_relay();
    f.peer_reachable =
        f.peer_relay || (peer.setup() != sdp::setup::active && peer.port() != discard_port);
    f.peer_can_connect = peer_offers || (peer.setup() && peer.setup() != sdp::setup::holdconn);
    f.peer_cema = peer.cema();
    f.middlebox = mismatch;
    return f;
}

}  // namespace cema::inline v0
