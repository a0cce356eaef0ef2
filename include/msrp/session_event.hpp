// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// session_event.hpp - what a session tells the application, and the handles it uses for it.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <system_error>
#include <variant>

#include <msrp/byte_range.hpp>
#include <msrp/header.hpp>
#include <msrp/ident.hpp>
#include <msrp/range_set.hpp>
#include <wire/result.hpp>

namespace msrp::inline v0 {

/// A connection of a session, given by `connection_up`; never used again for another one.
enum class connection_id : std::uint32_t {};

/// A message given to `send`; never used again for another one. 0 is none.
enum class message_handle : std::uint64_t {};

/// A Message-ID (4 to 32 octets), held inside the object.
class message_ident {
   public:
    message_ident() noexcept = default;
    /// `text` is cut at 32 octets: it was checked before (`read_ident`).
    explicit message_ident(std::string_view text) noexcept
        : size_(static_cast<std::uint8_t>(std::min(text.size(), ident_max))) {
        std::copy_n(text.data(), size_, text_.data());
    }
    /// Lives as long as this object.
    [[nodiscard]] std::string_view view() const noexcept { return {text_.data(), size_}; }
    friend bool operator==(message_ident const& a, std::string_view b) noexcept {
        return a.view() == b;
    }
    friend bool operator==(message_ident const& a, message_ident const& b) noexcept {
        return a.view() == b.view();
    }

   private:
    std::array<char, ident_max> text_{};
    std::uint8_t size_ = 0;
};

/// The session is bound to this connection: the peer sent its first SEND on it (we are passive), or
/// accepted ours (we are active) (CON-5.4-3 to -5).
struct session_bound {
    connection_id connection;
};

/// The first chunk of a message that is seen, which need not be its first part (CHK-7.1.1-5).
/// The views live until the next `receive` of the session.
struct message_begin {
    message_ident message_id;
    std::string_view content_type;       ///< as sent
    std::optional<std::uint64_t> total;  ///< as claimed by the peer; never trust it for memory
    header_view headers;                 ///< of this chunk
};

/// Some octets of a message, as they came: chunks may come out of order and overlap; what came last
/// wins (CHK-7.3.1-3). The view lives until the next `receive` of the session.
struct message_data {
    message_ident message_id;
    std::uint64_t position;   ///< of the first octet in the message, from 1
    std::string_view octets;  ///< never empty
};

/// How an incoming message ended.
enum class message_fate : std::uint8_t {
    complete,    ///< every octet from 1 to `size` came
    aborted,     ///< by the peer, with "#" (CHK-7.3.1-4)
    refused,     ///< by us: over a limit, senseless, or by `refuse`
    incomplete,  ///< time, connection or session ran out
};
struct message_end {
    message_ident message_id;
    message_fate fate;
    std::uint64_t size;     ///< complete: of the message; else: the octets that did come
    std::error_code why{};  ///< nothing where complete
    /// Where incomplete: which octets came, and the size if the end of the message was among them;
    /// for `basic_endpoint::expect` on the next session (CON-5.4-6). A view that lives until the
    /// next `poll_event`; `expect` may be given it.
    std::span<octet_range const> received{};
    std::optional<std::uint64_t> total{};
};

/// A chunk came of a message that was complete already. Its octets are not given out; it was
/// acknowledged and, where asked for, reported (CHK-5.4-1).
struct message_duplicate {
    message_ident message_id;
};

/// A message of ours is done: its body is not needed any more, its handle is over (`late_failure`
/// and reports may still come). Exactly one for each message that `send` took.
struct message_sent {
    message_handle handle;
    message_ident message_id;
    /// No error: Failure-Report yes: each chunk was answered with 2xx. no and partial: all octets
    /// were written. Else `refused`, `timed_out`, `connection_lost`, `no_such_session`,
    /// `session_bound_elsewhere`, `session_closed`, or a std::errc: `operation_canceled` (by
    /// `abort`), `io_error` (the body source failed), `message_size` (it had not as many octets as
    /// said).
    std::error_code outcome{};
    std::uint16_t status = 0;  ///< the peer's last response, 0: none
    std::uint64_t octets = 0;  ///< of the body that were written
    /// Where it failed: what the peer is known to have, by success REPORTs if they were asked for,
    /// else by responses; for `outgoing_message::confirmed` on the next session (CON-5.4-6). A view
    /// that lives until the next `send`.
    std::span<octet_range const> confirmed{};
};

/// An error response to a message that was already sent (Failure-Report partial, TRX-7.1.4-2). It
/// takes the place of the success REPORT or `report_missing` that was to come, but where the
/// session ends of it.
struct late_failure {
    message_handle handle;
    message_ident message_id;
    std::uint16_t status;
};

/// A REPORT about a message of ours that we know (RPT-7.1.2-3: others are ignored).
struct report_received {
    message_handle handle;
    message_ident message_id;
    std::uint16_t name_space;  ///< 0: `status` is a response code (RPT-7.3.2-1)
    std::uint16_t status;
    std::optional<byte_range> range;  ///< nothing: the whole message (rule 18)
    bool fully_confirmed;             ///< all octets were reported with 200, now or before
};

/// Success-Report was asked for and did not come for the whole message until the time, the session
/// or the room for waiting ran out (RPT-7.1.1-1).
struct report_missing {
    message_handle handle;
    message_ident message_id;
    /// What was reported, for sending the rest again (CON-5.4-6, RPT-7.3.2-2). A view that lives
    /// until the next `send`.
    std::span<octet_range const> confirmed{};
};

/// The peer's octets are not MSRP. `close_connection` follows.
struct protocol_error {
    connection_id connection;
    wire::failure failure;  ///< the offset counts from the first octet of the connection
};

/// Close this connection; nothing is read or written any more. Then call `connection_lost`.
struct close_connection {
    connection_id connection;
    std::error_code reason;  ///< nothing: `close` was called and everything is written
};

/// The session is over (CON-5.4-6); a new one needs new URIs. The last event.
struct session_ended {
    std::error_code reason;  ///< nothing: by `close`
};

using session_event = std::variant<message_data, message_begin, message_end, session_bound,
                                   message_sent, report_received, message_duplicate, late_failure,
                                   report_missing, protocol_error, close_connection, session_ended>;

}  // namespace msrp::inline v0
