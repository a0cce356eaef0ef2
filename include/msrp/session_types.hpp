// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// session_types.hpp - what is handed to sessions and endpoints, and what they count.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include <msrp/body_source.hpp>
#include <msrp/chunker.hpp>
#include <msrp/header.hpp>
#include <msrp/range_set.hpp>

namespace msrp::inline v0 {

/// Who sends the first SEND on a connection (CON-5.4-2): not who opened it, but who was negotiated
/// to; with RFC 6135 and RFC 6714 the two are the same.
enum class connection_role : std::uint8_t { active, passive };

/// A message to be sent. `body`, `source` and `fields` are only looked at: what they refer to
/// lives, unchanged, until `message_sent`. The rest is copied by `send`.
struct outgoing_message {
    std::string_view content_type{};  ///< empty: no body at all (a bodiless SEND)
    std::string_view body{};          ///< the body, where there is no source
    body_source* source = nullptr;    ///< where the body comes from, if not from `body`
    /// The source's octets in all, where known; the message is aborted when it gives another
    /// number.
    std::optional<std::uint64_t> total{};
    report_value success_report = report_value::no;   ///< yes or no (TRX-7.1.1-1)
    report_value failure_report = report_value::yes;  ///< yes, no or partial
    /// For sending a message again after a lost connection (CON-5.4-6); else a new one is made.
    std::string_view message_id{};
    /// Octets that the peer is known to have, in rising order: not sent again (CON-5.4-6). Only
    /// with the Message-ID under which they were sent; looked at until `message_sent`.
    std::span<octet_range const> confirmed{};
    /// Added to every chunk: MIME fields ("Content-...") last. Never one that the session writes,
    /// nor one of AUTH, its responses or NICKNAME.
    std::span<outgoing_field const> fields{};
};

/// How far a message of ours is. What comes after these is told by events: `message_sent`,
/// `report_received` with `fully_confirmed` (delivered), `report_missing`.
enum class delivery_state : std::uint8_t {
    queued,    ///< nothing of it went out
    sending,   ///< some of it did
    sent,      ///< all of it did; responses are awaited
    accepted,  ///< done by us; the success report is awaited
};

/// How far a message of ours is, in octets of its body.
struct send_progress {
    std::uint64_t sent = 0;       ///< handed to `poll_output`
    std::uint64_t responded = 0;  ///< in chunks that were answered with 2xx
    std::uint64_t reported = 0;   ///< in success REPORTs
    std::optional<std::uint64_t> total{};
    delivery_state state = delivery_state::queued;
};

/// Counted since the session was made.
struct session_counters {
    std::uint64_t octets_received = 0;
    std::uint64_t octets_written = 0;
    std::uint64_t chunks_received = 0;    ///< SEND requests for this session, refused ones too
    std::uint64_t chunks_sent = 0;        ///< SEND requests begun
    std::uint64_t messages_received = 0;  ///< complete
    std::uint64_t messages_sent = 0;      ///< done without an error
    std::uint64_t responses_received = 0;
    std::uint64_t responses_sent = 0;
    std::uint64_t reports_received = 0;  ///< REPORTs for this session that it made use of
    std::uint64_t reports_sent = 0;
    std::uint64_t refused = 0;      ///< requests answered, or to be answered, with an error
    std::uint64_t ignored = 0;      ///< unknown or late responses and REPORTs (T18)
    std::uint64_t interrupted = 0;  ///< chunks of ours ended with "+"
};

}  // namespace msrp::inline v0
