// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// session.hpp - one MSRP session without I/O: octets and time in, octets, events and a deadline
// out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <optional>
#include <span>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>

#include <msrp/endpoint.hpp>
#include <msrp/endpoint_options.hpp>
#include <msrp/error.hpp>
#include <msrp/ident.hpp>
#include <msrp/path.hpp>
#include <msrp/range_set.hpp>
#include <msrp/session_event.hpp>
#include <msrp/session_options.hpp>
#include <msrp/session_types.hpp>
#include <wire/result.hpp>

namespace msrp::inline v0 {

/// One MSRP session (RFC 4975) with connections of its own: an endpoint for a program that has one
/// session at a time. It knows the protocol and does nothing. The caller hands in octets,
/// connections and the time, and after each such call takes out, in this order,
///
///  1. events, until `poll_event` has none;
///  2. for each connection, the octets of `poll_output`, written as the transport allows, each
///     write told by `written`; then events again;
///  3. `deadline`, and calls `handle_timeout` when it is reached.
///
///     auto c = *session.connection_up(msrp::connection_role::active, now);
///     session.send({.content_type = "text/plain", .body = "hello"}, now);
///     ...
///     session.receive(c, octets, now);
///     while (auto event = session.poll_event()) { ... }
///
/// What `basic_endpoint` says of bodies, limits, time, threads and allocation holds here too. A
/// session lives once: its bound connection lost, it has ended (CON-5.4-6), and so it has when that
/// connection is to be closed, whatever the reason. Neither copied nor moved.
///
/// @tparam Random source of random octets for transaction ids and Message-IDs: cryptographic.
template <random_source Random, class Allocator = std::allocator<char>>
class basic_session {
   public:
    using allocator_type = Allocator;

    /// @param local our own path as given out in SDP; its last URI is this session's (the rest are
    ///        our relays). Copied.
    /// @param remote the peer's path (CON-8.2-1), with our own relays, nearest first, before it.
    ///        Copied.
    /// @param trace sees what passes; nothing by default.
    basic_session(session_options const& options, path_view local, path_view remote, Random random,
                  Allocator const& allocator = Allocator(), endpoint_trace const& trace = {})
        : endpoint_(options_of(options, trace), std::move(random), allocator) {
        auto const made = endpoint_.open(
            {.local = local, .remote = remote, .role = connection_role::passive}, session_time{});
        if (made)
            session_ = *made;
        else
            failure_ = made.error().code;
    }
    basic_session(basic_session const&) = delete;
    basic_session& operator=(basic_session const&) = delete;
    ~basic_session() = default;

    // --- inputs ---

    /// A transport connection is there (TLS included). Active: a bodiless SEND is queued that binds
    /// the session to it (CON-5.4-3); messages may follow at once. Passive: nothing is sent before
    /// the peer's first SEND to our URI has come on it (CON-5.4-4, -5). Several passive connections
    /// may be tried at once; the first that sends to our URI is it, the others get 506.
    /// @return `session_closed`; `session_bound_elsewhere` (active, while another connection is
    ///         active or bound); `too_many_connections`; what was wrong with the paths:
    ///         `illegal_octet` for a password (URI-6-4), `bad_uri` for an own URI without
    ///         session-id.
    [[nodiscard]] wire::result<connection_id> connection_up(connection_role role,
                                                            session_time now) {
        if (failure_) return failure_;
        if (ended() || closing_) return make_error_code(error::session_closed);
        if (role == connection_role::active && bound_to())
            return make_error_code(error::session_bound_elsewhere);
        auto const c = endpoint_.accepted(now);
        if (c && role == connection_role::active)
            if (auto const failed = endpoint_.attach(session_, *c, now)) return failed;
        return c;
    }

    /// Octets came. Events show them in place: `octets` stays where it is until the next `receive`.
    /// @return `not_drained` while `can_receive` is false (nothing was taken); `session_closed`;
    ///         `no_such_connection`. What is wrong with the octets themselves comes as an event.
    [[nodiscard]] std::error_code receive(connection_id connection, std::string_view octets,
                                          session_time now) {
        return endpoint_.receive(connection, octets, now);
    }
    /// Whether `receive` takes octets: all events are polled, and there is room for the responses
    /// that they may cause. False after `poll_event` has nothing more: read on after `written`.
    [[nodiscard]] bool can_receive(connection_id connection) const {
        return endpoint_.can_receive(connection);
    }

    /// Takes a message to be sent, as `basic_endpoint::send` does. What was not bound yet waits for
    /// the connection. @return the same codes; `session_closed` for its `no_such_session`.
    [[nodiscard]] wire::result<message_handle> send(outgoing_message const& message,
                                                    session_time now) {
        if (failure_) return failure_;
        if (ended() || closing_) return make_error_code(error::session_closed);
        return endpoint_.send(session_, message, now);
    }
    /// The source of a message that said `wait` has octets now. @return `no_such_message`.
    std::error_code resume(message_handle message, session_time now) {
        return endpoint_.resume(message, now);
    }
    /// Gives a message up: with "#" if any of it went out (CHK-7.3.1-4). `message_sent` follows
    /// when its octets are not needed any more. @return `no_such_message`.
    std::error_code abort(message_handle message, session_time now) {
        return endpoint_.abort(message, now);
    }
    /// Refuses an incoming message, as `basic_endpoint::refuse` does: by a response, or by a REPORT
    /// where it is complete already.
    /// @return `no_such_message`; `no_such_session`; `bad_status` for a status that is no error;
    ///         `no_such_connection` where a REPORT is due before the session is bound.
    std::error_code refuse(std::string_view message_id, std::uint16_t status, session_time now) {
        return endpoint_.refuse(session_, message_id, status, now);
    }
    /// A message of which octets came on an earlier session goes on in this one (CON-5.4-6), as
    /// `basic_endpoint::expect` says. @return the same codes.
    std::error_code expect(std::string_view message_id, std::span<octet_range const> received,
                           std::optional<std::uint64_t> total, session_time now) {
        return endpoint_.expect(session_, message_id, received, total, now);
    }
    /// Ends the session: messages under way are aborted, what waits to be written goes out, then
    /// `close_connection` comes for each connection, and when they are lost `session_ended`.
    void close(session_time now) {
        if (ended() || std::exchange(closing_, true)) return;
        now_ = now;
        static_cast<void>(endpoint_.close(session_, now));
    }
    /// The connection is gone; call it after `close_connection` too. @return `no_such_connection`.
    std::error_code connection_lost(connection_id connection, session_time now) {
        now_ = now;
        return endpoint_.connection_lost(connection, now);
    }
    /// The time is `now`; call it when `deadline` is reached. Earlier or more often does no harm.
    void handle_timeout(session_time now) {
        now_ = now;
        endpoint_.handle_timeout(now);
    }

    // --- outputs ---

    /// The octets to write now: responses, REPORTs and small messages, and of at most one chunk the
    /// head, a block of the body (`block_size`), the end-line, in the order of the views. Empty:
    /// nothing to write.
    /// @return views that live, and stay the answer, until `written` has taken all of them or the
    ///         connection is lost.
    [[nodiscard]] std::span<std::string_view const> poll_output(connection_id connection) {
        return endpoint_.poll_output(connection);
    }
    /// The transport took the first `octets` of `poll_output`.
    /// @return `wrong_order` if that is more than there were; `no_such_connection`.
    std::error_code written(connection_id connection, std::size_t octets, session_time now) {
        now_ = now;
        return endpoint_.written(connection, octets, now);
    }

    /// The next event; its views live until the next `receive`.
    [[nodiscard]] std::optional<session_event> poll_event() {
        for (;;) {
            auto event = endpoint_.poll_event();
            if (!event) break;
            if (auto const* const over = std::get_if<session_ended>(&event->what)) {
                // The connections have no other use.
                ended_ = true;
                why_ = over->reason;
                endpoint_.shut_down(now_);
                continue;
            }
            if (auto* const shut = std::get_if<close_connection>(&event->what))
                if (ended_ && !shut->reason) shut->reason = closing_ ? std::error_code{} : why_;
            return event->what;
        }
        if (!ended_ || told_ || endpoint_.connections() != 0) return std::nullopt;
        told_ = true;
        return session_ended{why_};
    }

    /// When `handle_timeout` is due; nothing where no timer runs.
    [[nodiscard]] std::optional<session_time> deadline() const { return endpoint_.deadline(); }

    // --- state ---

    /// The connection that the session is bound to, or being bound to by us.
    [[nodiscard]] std::optional<connection_id> bound_to() const {
        return endpoint_.connection_of(session_);
    }
    /// Nothing more is sent or received: `session_ended` came or comes.
    [[nodiscard]] bool ended() const noexcept { return endpoint_.sessions() == 0; }
    /// How far a message is; nothing once it is done and no report is awaited.
    [[nodiscard]] std::optional<send_progress> progress(message_handle message) const {
        return endpoint_.progress(message);
    }
    /// Messages that `send` took and that are not done.
    [[nodiscard]] std::size_t outgoing() const { return endpoint_.outgoing(session_); }
    [[nodiscard]] session_counters const& counters() const noexcept { return endpoint_.counters(); }
    [[nodiscard]] session_options const& options() const noexcept {
        return endpoint_.options().each;
    }
    [[nodiscard]] Allocator get_allocator() const { return endpoint_.get_allocator(); }

   private:
    [[nodiscard]] static endpoint_options options_of(session_options const& each,
                                                     endpoint_trace const& trace) {
        endpoint_options out;
        out.each = each;
        out.max_sessions = 1;
        out.trace = trace;
        return out;
    }

    basic_endpoint<Random, Allocator> endpoint_;
    session_handle session_{};
    std::error_code failure_{};
    std::error_code why_{};
    session_time now_ = session_time::min();
    bool closing_ = false;
    bool ended_ = false;  ///< its event was seen
    bool told_ = false;
};

/// The session on standard memory.
template <random_source Random>
using session = basic_session<Random>;
namespace pmr {
template <random_source Random>
using session = basic_session<Random, std::pmr::polymorphic_allocator<char>>;
}

}  // namespace msrp::inline v0
