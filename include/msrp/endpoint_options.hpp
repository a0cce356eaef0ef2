// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// endpoint_options.hpp - the limits, times and hooks of an endpoint, and what a session needs to
// be.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include <msrp/path.hpp>
#include <msrp/session_event.hpp>
#include <msrp/session_options.hpp>
#include <msrp/session_types.hpp>

namespace msrp::inline v0 {

/// A session of an endpoint; never used again for another one. 0 is none.
enum class session_handle : std::uint64_t {};

/// Where a URI has no port and nothing else says one (URI-15.4-1).
inline constexpr std::uint16_t default_port = 2855;

/// Where a connection goes to.
struct connect_target {
    std::string_view host;         ///< a name or an address, without brackets
    std::uint16_t port = 0;        ///< 0: none in the URI: SRV, then `default_port`
    bool secure = false;           ///< TLS
    std::string_view transport{};  ///< of the URI; `tcp` as a rule
};

/// Says whether to connect there (CON-14.5-1, T28): a peer's word is no reason to connect to just
/// anything. A plain function, so that nothing is allocated. Nothing: everywhere.
struct connect_filter {
    bool (*allows)(void* context, connect_target const& target) = nullptr;
    void* context = nullptr;
    [[nodiscard]] bool operator()(connect_target const& target) const {
        return allows == nullptr || allows(context, target);
    }
};

/// Says whether the peer may bind a session to a connection by its first SEND (CON-5.4-5): the
/// place to compare the certificate of the connection with what the peer promised in its SDP
/// (TLS-14.4-1, T24), where several sessions are waited for behind one port. Refused, nothing of
/// the request is answered or shown, and the connection is closed; the session waits on. It must
/// not call the endpoint. Nothing: every connection.
struct bind_filter {
    bool (*allows)(void* context, session_handle session, connection_id connection) = nullptr;
    void* context = nullptr;
    [[nodiscard]] bool operator()(session_handle session, connection_id connection) const {
        return allows == nullptr || allows(context, session, connection);
    }
};

/// Sees what passes, for logs; plain functions, either may be absent. They must not call the
/// endpoint.
struct endpoint_trace {
    enum class direction : std::uint8_t { received, written };
    /// Octets as they are on the wire, in pieces of any size.
    void (*octets)(void* context, connection_id connection, direction way,
                   std::string_view octets) = nullptr;
    /// An event as `poll_event` gives it out.
    void (*event)(void* context, session_handle session, session_event const& event) = nullptr;
    void* context = nullptr;
    /// Off: a `*` stands in place of each session-id, `message_begin` comes without its header
    /// fields and `message_data` without its octets. On: whoever reads the log can take sessions
    /// over (CON-3-1).
    bool show_session_ids = false;
};

/// What an endpoint allows. Every limit is on by default.
struct endpoint_options {
    /// Limits, times and leniencies of each session and each connection. There, `max_connections`
    /// and `match_session_id_only` are for all of the endpoint, `max_control_octets` for each
    /// connection, `bind_timeout` for a connection of which no session was made use of yet.
    session_options each{.max_connections = 1024, .max_remembered_messages = 32};
    std::size_t max_sessions = 65536;
    /// A connection without any session is closed after so long (TMR-5; CON-5.4-7). 0: at once.
    std::chrono::milliseconds idle_timeout{300'000};

    connect_filter connects{};
    bind_filter binds{};
    /// T28: connections asked for to one host and port within `attempt_window`, which begins with
    /// the first of them; one more is refused.
    std::size_t max_connect_attempts = 8;
    std::chrono::milliseconds attempt_window{60'000};
    /// Targets remembered for that; while all are fresh, no other target is connected to.
    std::size_t max_attempt_targets = 256;

    endpoint_trace trace{};
};

/// A session to be opened.
struct session_parameters {
    /// Our path as given out in SDP; its last URI is the session's, with a session-id that no other
    /// open session has (`make_session_id`). Copied.
    path_view local;
    /// The peer's path (CON-8.2-1), with our own relays, nearest first, before it. Copied.
    path_view remote;
    /// Active: a connection is asked for, or one that is there is used again. Passive: the peer's
    /// first SEND binds the session to the connection that it comes on.
    connection_role role = connection_role::active;
    /// Active: use this connection, whoever opened it.
    std::optional<connection_id> connection{};
    /// Active: connect there (a c/m-line, CEMA); else to the leftmost URI of `remote`.
    std::optional<connect_target> target{};
    /// Active: what the peer's certificate is checked against (fingerprints, a name), in any form.
    /// Only sessions with the same one share a connection: trust is never carried over
    /// (SEC-14.5-1).
    std::string_view identity{};
    content_filter accepts{};       ///< 415 where it says no; else the endpoint's
    content_filter peer_accepts{};  ///< by the peer's accept-types; what it refuses is not sent
    std::optional<std::uint64_t> max_size{};       ///< of messages taken; else the endpoint's
    std::optional<std::uint64_t> peer_max_size{};  ///< the peer's max-size: no more is sent
};

/// Somebody shall connect: then tell `connected` or `connection_lost`. The views live until then.
struct connect_request {
    connection_id connection;
    connect_target target;
};

/// What an endpoint tells the application.
struct endpoint_event {
    session_handle session{};  ///< 0: of a connection, not of one session
    session_event what;
};

}  // namespace msrp::inline v0
