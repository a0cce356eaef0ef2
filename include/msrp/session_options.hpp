// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// session_options.hpp - the limits, times and defaults of a session.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <msrp/limits.hpp>

namespace msrp::inline v0 {

/// The clock of a session: a point of monotonic time. The session never reads a clock; every time
/// it knows was handed to it.
using session_time = std::chrono::steady_clock::time_point;

/// Says whether a Content-Type is understood; a plain function, so that nothing is allocated.
struct content_filter {
    /// `content_type` as sent, parameters included (SDP-8.6-4: those do not count in matching).
    /// Nothing: every type is accepted.
    bool (*accepts)(void* context, std::string_view content_type) = nullptr;
    void* context = nullptr;
    [[nodiscard]] bool operator()(std::string_view content_type) const {
        return accepts == nullptr || accepts(context, content_type);
    }
};

/// What a session allows and how long it waits. Every limit is on by default.
struct session_options {
    limits parser_limits{};
    leniency parser_leniency{};

    // Times.
    std::chrono::milliseconds response_timeout{30'000};   ///< TMR-1
    std::chrono::milliseconds report_timeout{120'000};    ///< TMR-2: success report awaited
    std::chrono::milliseconds bind_timeout{30'000};       ///< T17: passive, no first request yet
    std::chrono::milliseconds incoming_timeout{540'000};  ///< incoming message not gone on with

    // What the peer can make grow.
    std::uint64_t max_message_size = std::uint64_t{1} << 40;  ///< octets; more is 413 (CHK-14.5-1)
    std::size_t max_incoming_messages = 32;  ///< under way at once; one more is 413
    std::size_t max_ranges = 64;             ///< separate byte ranges of one message; more is 413
    std::size_t max_connections = 4;         ///< at once
    /// Octets of responses and REPORTs waiting to be written. When they are that many nothing is
    /// read from the connection until the peer takes some (back-pressure).
    std::size_t max_control_octets = 128 * 1024;
    /// Message-IDs remembered after their message ended, to notice duplicates (CHK-5.4-1).
    std::size_t max_remembered_messages = 64;

    // What the application can make grow.
    std::size_t max_outgoing_messages = 64;  ///< not yet done; one more is `too_many_messages`
    std::size_t max_transactions = 128;      ///< SEND requests waiting for their response
    std::size_t max_outgoing_header = 2048;  ///< octets of Content-Type and further fields

    // How bodies are cut.
    /// Octets of body offered at once: an interruption waits for no more than these. With a head
    /// and an end-line around them these fill four records of TLS.
    std::size_t block_size = 4 * 16'384 - 512;
    /// CHK-5.1-1, CHK-7.1.1-6: larger chunks are interruptible, once they have as many octets.
    std::size_t interrupt_point = 2048;

    /// Octets of body in one chunk at most; 0: any number, until something else is to be sent. For
    /// relays that take only chunks that fit into their memory.
    std::uint64_t max_chunk_size = 0;

    /// Octets of whole small messages and of responses that go into one write at most.
    std::size_t batch_size = 16 * 1024;

    /// Success REPORTs on the way (RPT-7.1.3-1): once so many octets came since the last one, each
    /// stretch of what came, one with each chunk. 0: one REPORT, when the whole message is there.
    std::uint64_t report_every = 0;

    content_filter accepts{};  ///< 415 where it says no

    /// Leniency, off by default: a request is this session's if the session-id of its To-Path is,
    /// whatever scheme, host and port stand before it. For networks whose middleboxes rewrite
    /// a=path; the session-id is then all that tells sessions apart (CON-7.3-1 wants the whole
    /// URI).
    bool match_session_id_only = false;
};

}  // namespace msrp::inline v0
