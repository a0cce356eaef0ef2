// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// endpoint.hpp - many MSRP sessions over many connections, without I/O: octets and time in, octets,
// events and a deadline out.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <memory_resource>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>

#include <msrp/byte_range.hpp>
#include <msrp/chunk_event.hpp>
#include <msrp/chunk_serializer.hpp>
#include <msrp/chunker.hpp>
#include <msrp/detail/deadlines.hpp>
#include <msrp/detail/endpoint_state.hpp>
#include <msrp/detail/id_table.hpp>
#include <msrp/detail/own_queue.hpp>
#include <msrp/endpoint_options.hpp>
#include <msrp/error.hpp>
#include <msrp/header.hpp>
#include <msrp/ident.hpp>
#include <msrp/path.hpp>
#include <msrp/session_event.hpp>
#include <msrp/session_types.hpp>
#include <msrp/status.hpp>
#include <msrp/uri.hpp>
#include <wire/charset.hpp>
#include <wire/keyed_hash.hpp>
#include <wire/result.hpp>

namespace msrp::inline v0 {

/// An MSRP endpoint (RFC 4975): any number of sessions, which share connections to the same host,
/// port, scheme and transport (CON-5.4-1). It knows the protocol and does nothing. The caller hands
/// in octets, connections and the time, and after each such call takes out, in this order,
///
///  1. events, until `poll_event` has none;
///  2. connections to be made, until `poll_connect` has none;
///  3. octets: for each connection that `poll_writable` names, `poll_output`, written as the
///     transport allows, each write told by `written`; then events again;
///  4. `deadline`, and calls `handle_timeout` when it is reached.
///
///     auto s = *endpoint.open({.local = ours, .remote = theirs}, now);
///     endpoint.send(s, {.content_type = "text/plain", .body = "hello"}, now);
///     while (auto c = endpoint.poll_connect()) { ... endpoint.connected(c->connection, now); }
///     ...
///     endpoint.receive(connection, octets, now);
///     while (auto event = endpoint.poll_event()) { ... }
///
/// Bodies are not copied, but for messages and chunks of up to 2048 octets on their way out, which
/// go into one write with others. Everything a peer can make grow is bounded by `endpoint_options`.
/// What does not happen costs nothing: a call takes time for what it does, whatever the number of
/// idle sessions (a message O(log of timers that run)). Times given must not run backwards. One
/// object is used from one thread at a time.
///
/// A session's connection lost, it has ended (CON-5.4-6): open another one with new URIs, and send
/// with the same Message-IDs what `message_sent` says was not `confirmed`.
///
/// Neither copied nor moved: views point into it. After `shut_down` calls that would begin
/// something return `session_closed`. Where the allocator throws, the object may only be destroyed.
///
/// @tparam Random source of random octets for ids and the keys of tables: cryptographic.
template <random_source Random, class Allocator = std::allocator<char>>
class basic_endpoint {
   public:
    using allocator_type = Allocator;

    explicit basic_endpoint(endpoint_options const& options, Random random,
                            Allocator const& allocator = Allocator())
        : options_(options),
          random_(std::move(random)),
          allocator_(allocator),
          hash_(random_hash()),
          scratch_(allocator),
          unattached_(allocator),
          links_(allocator),
          lost_(allocator),
          spare_out_(allocator),
          spare_in_(allocator),
          spare_transactions_(allocator),
          sessions_(allocator),
          uris_(allocator),
          connections_(allocator),
          targets_(allocator),
          messages_(allocator),
          transactions_(allocator),
          timers_(allocator),
          attempts_(allocator),
          spare_buffers_(allocator),
          events_(allocator) {
        events_.reserve(16);
        spare_buffers_.reserve(32);
        grow_scratch(256, 256);
    }
    basic_endpoint(basic_endpoint const&) = delete;
    basic_endpoint& operator=(basic_endpoint const&) = delete;
    ~basic_endpoint() = default;

    // --- sessions ---

    /// Opens a session. Active: `poll_connect` may ask for a connection; the bodiless SEND that
    /// binds the session goes out first (CON-5.4-3), messages may follow at once. Passive: nothing
    /// is sent before the peer's first SEND to our URI has come on some connection (CON-5.4-4, -5).
    /// @return `session_closed`; `too_many_sessions`; `too_many_connections`; `bad_uri` where the
    ///         own URI has no session-id; `wrong_order` where another open session has it
    ///         (URI-8.2-1); `illegal_octet` where a URI has a password (URI-6-4);
    ///         `no_such_connection`; `connect_refused` by the filter or for too many attempts
    ///         (T28).
    [[nodiscard]] wire::result<session_handle> open(session_parameters const& p, session_time now) {
        tick(now);
        if (shut_) return make_error_code(error::session_closed);
        if (sessions_.size() >= options_.max_sessions)
            return make_error_code(error::too_many_sessions);
        for (auto const text : {p.local.text(), p.remote.text()})
            if (detail::find_password(text) != std::string_view::npos)
                return make_error_code(error::illegal_octet);
        auto const own = p.local.back();
        if (!own.has_session_id()) return make_error_code(error::bad_uri);
        auto const key = hash_(own.session_id);
        if (uris_.find(key, [&](session const& s) { return is_own(s, own); }) != nullptr)
            return make_error_code(error::wrong_order);
        link_type* link = nullptr;
        if (p.role == connection_role::active) {
            auto const got = p.connection ? given(*p.connection) : connection_for(p);
            if (!got) return got.error();
            link = *got;
        }
        grow_scratch(own.text.size(), p.remote.text().size());
        sessions_.reserve_one();
        uris_.reserve_one();
        auto& in = link != nullptr ? link->sessions : unattached_;
        auto& s = in.emplace_back(session_handle{++last_session_}, p.local, p.remote, allocator_);
        s.self = std::prev(in.end());
        s.link = link;
        s.uri_key = key;
        s.role = p.role;
        s.accepts = p.accepts.accepts != nullptr ? p.accepts : options_.each.accepts;
        s.peer_accepts = p.peer_accepts;
        s.max_size = p.max_size.value_or(options_.each.max_message_size);
        s.peer_max_size = p.peer_max_size.value_or(std::numeric_limits<std::uint64_t>::max());
        s.wants_bind = link != nullptr;
        sessions_.insert(s);
        uris_.insert(s);
        if (link != nullptr) {
            make_use_of(*link);
            arm(s);
        }
        return s.handle;
    }

    /// Our side binds a session that is not bound yet, on this connection: as if it had been opened
    /// active there.
    /// @return `no_such_session`; `no_such_connection`; `session_bound_elsewhere`.
    std::error_code attach(session_handle which, connection_id connection, session_time now) {
        tick(now);
        auto* const s = find(which);
        if (s == nullptr || s->ending) return make_error_code(error::no_such_session);
        if (s->link != nullptr) return make_error_code(error::session_bound_elsewhere);
        auto const c = given(connection);
        if (!c) return c.error().code;
        s->role = connection_role::active;
        s->wants_bind = true;
        take_in(**c, *s);
        return {};
    }

    /// Ends a session: messages under way are aborted, with "#" where any of them went out; when
    /// nothing of them is to be written any more, `session_ended` follows. Its connection stays for
    /// the others (CON-5.4-7). @return `no_such_session`.
    std::error_code close(session_handle which, session_time now) {
        tick(now);
        auto* const s = find(which);
        if (s == nullptr || s->ending) return make_error_code(error::no_such_session);
        begin_end(*s, {}, true);
        reap();
        return {};
    }

    /// Takes a message to be sent; several share a connection in fair turns (CHK-7.1.1-7), and none
    /// waits for responses (TRX-7.1.1-2). What is not bound yet waits.
    /// @return `no_such_session`; `too_many_messages`; `wrong_order` (report values, a body without
    ///         content type, two bodies, a Message-ID that is under way, a field that the session
    ///         writes or that has no place in a SEND); `header_block_too_long` above
    ///         `max_outgoing_header`; `illegal_octet` and the like in a field; `refused` for a type
    ///         that the peer does not take; `message_too_large` above the peer's max-size.
    [[nodiscard]] wire::result<message_handle> send(session_handle to,
                                                    outgoing_message const& message,
                                                    session_time now) {
        tick(now);
        auto* const s = find(to);
        if (s == nullptr || s->ending) return make_error_code(error::no_such_session);
        if (auto const wrong = check(*s, message); wrong.code) return wrong;
        if (s->out.size() >= options_.each.max_outgoing_messages && !forget_a_report(*s))
            return make_error_code(error::too_many_messages);
        messages_.reserve_one();
        timers_.reserve_one();
        auto& o = unseen(spare_out_, options_.each.max_ranges, allocator_);
        o.content_type.assign(message.content_type);
        o.type_key = media_type_key(message.content_type);
        o.owner = s;
        o.handle = message_handle{++last_message_};
        o.id = message.message_id.empty()
                   ? message_ident(make_ident<made_message_id>(random_).view())
                   : message_ident(message.message_id);
        o.success = message.success_report;
        o.failure = message.failure_report;
        o.fields = message.fields;
        o.cursor = message.content_type.empty() ? chunk_cursor::bodiless()
                   : message.source != nullptr  ? chunk_cursor(*message.source, message.total)
                                                : chunk_cursor(message.body);
        o.cursor.pass_over(message.confirmed);
        o.cursor.limit_chunks(options_.each.max_chunk_size);
        o.cursor.limit_size(s->peer_max_size);
        o.confirmed.clear();
        o.shown = 0;
        o.confirmed_any = false;
        for (auto const& r : message.confirmed)
            if (!o.confirmed.insert(r.first, r.last)) o.confirmed_any = true;
        o.turn = ++last_turn_;
        o.outcome = {};
        o.status = 0;
        o.pending = 0;
        o.responded = 0;
        o.stage = stage::sending;
        o.waiting = o.ending = o.silent = o.open = o.offered = false;
        s->out.splice(s->out.end(), spare_out_, o.self);
        messages_.insert(o);
        ++s->sending;
        arm(*s);
        return o.handle;
    }

    /// The source of a message that said `wait` has octets now. @return `no_such_message`.
    std::error_code resume(message_handle message, session_time now) {
        tick(now);
        auto* const o = find_sending(message);
        if (o == nullptr) return make_error_code(error::no_such_message);
        o->waiting = false;
        arm(*o->owner);
        return {};
    }

    /// Gives a message up: with "#" if any of it went out (CHK-7.3.1-4). `message_sent` follows
    /// when its octets are not needed any more. @return `no_such_message`.
    std::error_code abort(message_handle message, session_time now) {
        tick(now);
        auto* const o = find_sending(message);
        if (o == nullptr) return make_error_code(error::no_such_message);
        give_up(*o, std::make_error_code(std::errc::operation_canceled), 0, true);
        reap();
        return {};
    }

    /// Refuses an incoming message, by 413 or another error status. Under way: in response to its
    /// chunk under way, or else to its next; `message_end` with `refused` follows. Already
    /// complete: by a failure REPORT about all of it (RPT-7.1.4-1, -2), unless the peer wants none.
    /// @return `no_such_session` (RPT-7.1.2-4); `no_such_message`, the second time, too;
    ///         `bad_status` where it is none of an error; `no_such_connection` where a REPORT is
    ///         due before the session is bound, or when its connection is to be closed.
    std::error_code refuse(session_handle from, std::string_view message_id, std::uint16_t status,
                           session_time now) {
        tick(now);
        if (status < 300 || status > 999) return make_error_code(error::bad_status);
        auto* const s = find(from);
        if (s == nullptr || s->ending) return make_error_code(error::no_such_session);
        for (auto& m : s->in) {
            if (m.id != message_id) continue;
            if (s->link != nullptr && s->link->request.message == &m) reject(*s->link, status);
            end_incoming(m, message_fate::refused, make_error_code(error::refused), status);
            return {};
        }
        auto* const old = s->old_in.find(hash_(message_id));
        if (old == nullptr || old->status != 0) return make_error_code(error::no_such_message);
        if (s->link == nullptr || s->link->dead || s->wants_bind)
            return make_error_code(error::no_such_connection);
        auto& r = s->link->request;
        if (r.to == s && r.message_id == message_id) r.due.reset();  // no success, then
        old->status = status;  // so are chunks of it that come again
        if (old->failure)
            queue_report(*s, s->remote_path.view(), message_id, {1, old->size, old->size}, status);
        return {};
    }

    /// A message of which octets came on an earlier session goes on in this one (CON-5.4-6): what
    /// `message_end` told of it, whose fate was `incomplete`. No `message_begin` comes for it; it
    /// is complete when the rest is there, and incomplete once more after `incoming_timeout`. Where
    /// nothing is missing, chunks of it are duplicates: acknowledged and reported.
    /// @return `no_such_session`; `bad_ident`; `wrong_order` where it is under way or ended here;
    ///         `bad_byte_range`; `too_many_ranges`; `too_many_messages`.
    std::error_code expect(session_handle in, std::string_view message_id,
                           std::span<octet_range const> received,
                           std::optional<std::uint64_t> total, session_time now) {
        tick(now);
        auto* const s = find(in);
        if (s == nullptr || s->ending) return make_error_code(error::no_such_session);
        if (!is_ident(message_id)) return make_error_code(error::bad_ident);
        auto const key = hash_(message_id);
        for (auto const& m : s->in)
            if (m.id == message_id) return make_error_code(error::wrong_order);
        if (s->old_in.find(key) != nullptr) return make_error_code(error::wrong_order);
        if (unseen(spare_in_, options_.each.max_ranges, allocator_).received.begin() ==
            received.data())
            one_more(spare_in_, options_.each.max_ranges, allocator_);
        auto* const m = add_incoming(*s, message_ident(message_id));
        if (m == nullptr) return make_error_code(error::too_many_messages);
        m->size = total;
        auto failed = total && *total > s->max_size ? make_error_code(error::bad_byte_range)
                                                    : std::error_code{};
        for (auto const& r : received) {
            if (failed) break;
            if (r.last > total.value_or(s->max_size))
                failed = make_error_code(error::bad_byte_range);
            else
                failed = m->received.insert(r.first, r.last);
        }
        bool const whole = !failed && total && m->received.covers(1, *total);
        if (whole) remember(*s, {key, *total, 0, true});  // its chunks are duplicates
        if (failed || whole) {
            timers_.stop(*m);
            spare_in_.splice(spare_in_.begin(), s->in, m->self);
        }
        return failed;
    }

    // --- connections ---

    /// Somebody connected to us.
    /// @return `session_closed`; `too_many_connections`.
    [[nodiscard]] wire::result<connection_id> accepted(session_time now) {
        tick(now);
        if (shut_) return make_error_code(error::session_closed);
        if (connections_.size() >= options_.each.max_connections)
            return make_error_code(error::too_many_connections);
        auto& c = add_connection();
        bring_up(c);
        timers_.set(c, now_ + options_.each.bind_timeout);
        return c.id;
    }

    /// The connection that `poll_connect` asked for is there, TLS included.
    /// @return `no_such_connection`; `wrong_order` the second time.
    std::error_code connected(connection_id connection, session_time now) {
        tick(now);
        auto* const c = find(connection);
        if (c == nullptr) return make_error_code(error::no_such_connection);
        if (c->up || c->dead) return make_error_code(error::wrong_order);
        bring_up(*c);
        for (auto& s : c->sessions) arm(s);
        if (c->sessions.empty()) begin_idle(*c);
        return {};
    }

    /// The connection is gone, or could not be made; call it after `close_connection` too. Its
    /// sessions have ended (CON-5.4-6). @return `no_such_connection`.
    std::error_code connection_lost(connection_id connection, session_time now) {
        tick(now);
        auto* const found = find(connection);
        if (found == nullptr) return make_error_code(error::no_such_connection);
        auto& c = *found;
        if (next_event_ == events_.size()) lost_.clear();
        auto const why = c.dead && c.reason ? c.reason : make_error_code(error::connection_lost);
        forget_target(c);
        timers_.stop(c);
        asked_.erase(c);
        c.dead = true;
        c.input = false;
        if (c.open != nullptr) c.open->open = false;
        c.open = nullptr;
        for (auto* const o : c.offered) o->offered = false;
        c.offered.clear();
        c.unwritten.clear();
        c.offer_at = c.offer_size = 0;
        for (auto at = c.sessions.begin(); at != c.sessions.end();) {
            auto& s = *at++;
            begin_end(s, why, false);
            for (auto m = s.out.begin(); m != s.out.end();) settle(*m++);  // some ended before
        }
        reap();
        connections_.erase(c);
        inputs_.erase(c);
        outputs_.erase(c);
        lost_.splice(lost_.end(), links_, c.self);  // events may still show what its parser holds
        return {};
    }

    /// Octets came. Events show them in place: `octets` stays where it is until the next `receive`
    /// of this connection.
    /// @return `not_drained` while `can_receive` is false (nothing was taken); `session_closed`;
    ///         `no_such_connection`. What is wrong with the octets themselves comes as an event.
    [[nodiscard]] std::error_code receive(connection_id connection, std::string_view octets,
                                          session_time now) {
        tick(now);
        auto* const c = find(connection);
        if (c == nullptr) return make_error_code(error::no_such_connection);
        if (c->dead || !c->up) return make_error_code(error::session_closed);
        if (!can_receive(*c)) return make_error_code(error::not_drained);
        if (octets.empty()) return {};
        counters_.octets_received += octets.size();
        trace(*c, endpoint_trace::direction::received, octets);
        if (auto const failed = c->parser->feed(octets)) return failed;
        c->input = true;
        inputs_.push(*c);
        return {};
    }

    /// Whether `receive` takes octets: all events are polled, and there is room for the responses
    /// that they may cause. False after `poll_event` has nothing more: read on after `written`.
    [[nodiscard]] bool can_receive(connection_id connection) const {
        auto const* const c = find(connection);
        return c != nullptr && c->up && !c->dead && can_receive(*c);
    }

    /// The next connection to be made.
    [[nodiscard]] std::optional<connect_request> poll_connect() {
        while (auto* const c = asked_.pop())
            if (!c->dead) return connect_request{c->id, target_of(*c)};
        return std::nullopt;
    }

    /// A connection that has octets to be written; each is named again once more come to it.
    [[nodiscard]] std::optional<connection_id> poll_writable() {
        auto* const c = outputs_.pop();
        return c == nullptr ? std::nullopt : std::optional(c->id);
    }

    /// The octets to write now, in the order of the views. Empty: nothing to write.
    /// @return views that live, and stay the answer, until `written` has taken all of them or the
    ///         connection is lost.
    [[nodiscard]] std::span<std::string_view const> poll_output(connection_id connection) {
        auto* const c = find(connection);
        if (c == nullptr || c->dead || !c->up) return {};
        if (c->offer_at == c->offer_size) {
            make_offer(*c);
            reap();
        }
        return std::span<std::string_view const>(c->offer).subspan(c->offer_at,
                                                                   c->offer_size - c->offer_at);
    }

    /// The transport took the first `octets` of `poll_output`.
    /// @return `wrong_order` if that is more than there were; `no_such_connection`.
    std::error_code written(connection_id connection, std::size_t octets, session_time now) {
        tick(now);
        auto* const c = find(connection);
        if (c == nullptr) return make_error_code(error::no_such_connection);
        std::size_t offered = 0;
        for (std::size_t i = c->offer_at; i < c->offer_size; ++i) offered += c->offer[i].size();
        if (octets > offered) return make_error_code(error::wrong_order);
        counters_.octets_written += octets;
        c->written += octets;
        for (auto left = octets; left != 0;) {
            auto& first = c->offer[c->offer_at];
            auto const n = std::min(left, first.size());
            trace(*c, endpoint_trace::direction::written, first.substr(0, n));
            first.remove_prefix(n);
            left -= n;
            if (first.empty()) ++c->offer_at;
        }
        start_timers(*c);
        if (octets != 0) end_stall(*c);
        if (octets != offered) return {};
        c->offer_at = c->offer_size = 0;
        give_buffer(c->out);
        auto const size = c->offered.size();
        for (std::size_t i = 0; i < size; ++i) {
            c->offered[i]->offered = false;
            settle(*c->offered[i]);
        }
        c->offered.clear();
        if (!c->dead) {
            if (c->input) inputs_.push(*c);
            mark(*c);
        }
        reap();
        return {};
    }

    // --- time ---

    /// When `handle_timeout` is due; nothing where no timer runs. O(1).
    [[nodiscard]] std::optional<session_time> deadline() const noexcept { return timers_.next(); }

    /// The time is `now`; call it when `deadline` is reached. Earlier or more often does no harm.
    /// O(log n) for each timer whose time has come, n = timers that run.
    void handle_timeout(session_time now) {
        tick(now);
        while (auto* const t = timers_.take(now_)) {
            switch (t->what) {
                case detail::timer::kind::transaction:
                    no_response(static_cast<transaction&>(*t));
                    break;
                case detail::timer::kind::report:
                    report_is_missing(static_cast<outgoing_type&>(*t));
                    break;
                case detail::timer::kind::incoming: {
                    auto& m = static_cast<incoming&>(*t);
                    report_rest(m);
                    end_incoming(m, message_fate::incomplete, make_error_code(error::timed_out),
                                 status_code::stop_sending);
                    break;
                }
                case detail::timer::kind::connection: {
                    auto& c = static_cast<link_type&>(*t);
                    bool const idle = c.used && !c.stalled;
                    shut(c, idle ? std::error_code{} : make_error_code(error::timed_out));
                    break;
                }
            }
            reap();
        }
    }

    /// Closes all sessions, then all connections. Nothing new begins; what comes in is dropped.
    void shut_down(session_time now) {
        tick(now);
        if (std::exchange(shut_, true)) return;
        for (auto& s : unattached_) begin_end(s, {}, true);
        for (auto& c : links_)
            for (auto& s : c.sessions) begin_end(s, {}, true);
        reap();
        for (auto& c : links_) {
            close_if_drained(c);
            begin_stall(c);
        }
    }

    // --- events and state ---

    /// The next event; its views live until the next `receive` of their connection, and where that
    /// is lost, until there is no event more. A message that was refused (`refuse`) between its
    /// `message_end` and the next call is not reported as a success.
    [[nodiscard]] std::optional<endpoint_event> poll_event() {
        for (;;) {
            if (next_event_ != events_.size()) return pop_event();
            auto* const c = inputs_.front();
            if (c == nullptr) {
                lost_.clear();
                seen_ = polled_;
                return std::nullopt;
            }
            report_due(*c);                    // the application had its say
            if (!c->input || !has_room(*c)) {  // goes on by `written`
                begin_stall(*c);
                inputs_.pop();
                continue;
            }
            chunk_event event;
            auto const status = c->parser->poll(event);
            if (status == parse_status::need_more) {
                c->input = false;
            } else if (status == parse_status::error) {
                tell({}, protocol_error{c->id, c->parser->error()});
                shut(*c, c->parser->error().code);
            } else if (auto const* const data = std::get_if<chunk_data>(&event)) {
                if (on_data(*c, data->octets)) {
                    endpoint_event const e{
                        c->request.to->handle,
                        message_data{c->request.message->id, c->request.next - data->octets.size(),
                                     data->octets}};
                    show(e);
                    return e;
                }
            } else if (auto const* const begin = std::get_if<chunk_begin>(&event)) {
                on_begin(*c, *begin);
            } else {
                on_end(*c, std::get_if<chunk_end>(&event)->flag);
                c->request.discard = true;  // it has its answer
            }
            reap();
        }
    }

    /// The connection of a session: bound, or to be bound by us; nothing before there is one.
    [[nodiscard]] std::optional<connection_id> connection_of(session_handle which) const {
        auto const* const s = find(which);
        return s == nullptr || s->link == nullptr ? std::nullopt : std::optional(s->link->id);
    }
    /// How many sessions use a connection.
    [[nodiscard]] std::size_t sessions_of(connection_id which) const {
        auto const* const c = find(which);
        return c == nullptr ? 0 : c->sessions.size();
    }
    /// How far a message is; nothing once it is done and no report is awaited.
    [[nodiscard]] std::optional<send_progress> progress(message_handle message) const {
        auto const* const o = messages_.find(static_cast<std::uint64_t>(message));
        if (o == nullptr) return std::nullopt;
        send_progress p{o->cursor.sent(), o->responded,
                        o->success == report_value::yes ? o->confirmed.octets() : 0,
                        o->cursor.total()};
        p.state = !o->cursor.begun()           ? delivery_state::queued
                  : !o->cursor.done()          ? delivery_state::sending
                  : o->stage == stage::sending ? delivery_state::sent
                                               : delivery_state::accepted;
        return p;
    }
    /// Messages of a session that `send` took and that are not done.
    [[nodiscard]] std::size_t outgoing(session_handle which) const {
        auto const* const s = find(which);
        return s == nullptr ? 0 : s->sending;
    }
    [[nodiscard]] std::size_t sessions() const noexcept { return sessions_.size(); }
    [[nodiscard]] std::size_t connections() const noexcept { return connections_.size(); }
    /// Timers that run; sessions that wait for nothing have none.
    [[nodiscard]] std::size_t timers() const noexcept { return timers_.size(); }
    /// Transactions that wait for their response.
    [[nodiscard]] std::size_t transactions() const noexcept { return transactions_.size(); }
    /// Of all sessions and connections since the endpoint was made.
    [[nodiscard]] session_counters const& counters() const noexcept { return counters_; }
    /// Of one session, modulo 2^32; nothing once it has ended. Octets, and what is ignored, are
    /// only counted for all.
    [[nodiscard]] std::optional<session_counters> counters(session_handle which) const {
        auto const* const s = find(which);
        if (s == nullptr) return std::nullopt;
        session_counters out;
        for (std::size_t i = 0; i < state::counted.size(); ++i)
            out.*state::counted[i] = s->counters[i];
        return out;
    }
    [[nodiscard]] endpoint_options const& options() const noexcept { return options_; }
    [[nodiscard]] Allocator get_allocator() const { return allocator_; }

   private:
    using state = detail::endpoint_state<Allocator>;
    using session = typename state::session;
    using link_type = typename state::connection;
    using outgoing_type = typename state::outgoing;
    using incoming = typename state::incoming;
    using transaction = typename state::transaction;
    using stage = typename state::stage;
    template <class T>
    using list = typename state::template list<T>;
    template <class T>
    using vector = typename state::template vector<T>;
    template <class T, class KeyOf>
    using table = detail::id_table<T, KeyOf, Allocator>;

    // --- small things ---

    /// An object to be used again, or a new one; first among the spare ones until it is moved.
    template <class T, class... Args>
    static T& spare(list<T>& of, Args const&... args) {
        if (of.empty()) one_more(of, args...);
        return of.front();
    }
    template <class T, class... Args>
    static void one_more(list<T>& of, Args const&... args) {
        of.emplace_front(args...);
        of.front().self = of.begin();
    }

    /// As `spare`, but none whose ranges an event shows: one that is to be polled, or was since
    /// there was none.
    template <class T, class... Args>
    T& unseen(list<T>& of, Args const&... args) {
        auto const seen = [this](T const& x) { return x.shown > seen_; };
        if (!of.empty() && seen(of.front())) {
            if (seen(of.back()))
                one_more(of, args...);
            else
                of.splice(of.begin(), of, of.back().self);
        }
        return spare(of, args...);
    }

    void tick(session_time now) noexcept { now_ = std::max(now_, now); }

    [[nodiscard]] wire::keyed_hash random_hash() {
        std::array<unsigned char, 16> octets{};
        random_(std::span<unsigned char>(octets));
        auto const words = std::bit_cast<std::array<std::uint64_t, 2>>(octets);
        return wire::keyed_hash(words[0], words[1]);
    }

    void grow_scratch(std::size_t own, std::size_t remote) {
        reserve_ = std::max(reserve_, options_.each.parser_limits.max_header_line + own + 512);
        head_size_ = std::max(head_size_, own + remote + options_.each.max_outgoing_header + 512);
        if (scratch_.size() < std::max(reserve_, head_size_))
            scratch_.resize(std::max(reserve_, head_size_));
    }

    [[nodiscard]] session* find(session_handle h) const {
        return sessions_.find(static_cast<std::uint64_t>(h));
    }
    [[nodiscard]] link_type* find(connection_id id) const {
        return connections_.find(static_cast<std::uint64_t>(id));
    }
    [[nodiscard]] outgoing_type* find_sending(message_handle h) const {
        auto* const o = messages_.find(static_cast<std::uint64_t>(h));
        return o != nullptr && o->stage == stage::sending ? o : nullptr;
    }

    void trace(link_type& c, endpoint_trace::direction way, std::string_view octets) {
        auto const& t = options_.trace;
        if (t.octets == nullptr) return;
        if (t.show_session_ids) return t.octets(t.context, c.id, way, octets);
        auto& redact =
            way == endpoint_trace::direction::received ? c.redact_received : c.redact_written;
        redact(octets, [&](std::string_view shown) {
            if (!shown.empty()) t.octets(t.context, c.id, way, shown);
        });
    }
    void show(endpoint_event const& e) {
        auto const& t = options_.trace;
        if (t.event == nullptr) return;
        if (t.show_session_ids) return t.event(t.context, e.session, e.what);
        if (auto const* const begin = std::get_if<message_begin>(&e.what)) {
            auto plain = *begin;
            plain.headers = {};
            return t.event(t.context, e.session, plain);
        }
        if (auto const* const data = std::get_if<message_data>(&e.what))
            return t.event(t.context, e.session,
                           message_data{data->message_id, data->position, {}});
        t.event(t.context, e.session, e.what);
    }
    template <class Event>
    void tell(session_handle s, Event const& what) {
        events_.push_back({s, what});
    }
    /// The number of the event told last.
    [[nodiscard]] std::uint64_t last_told() const noexcept {
        return polled_ + (events_.size() - next_event_);
    }
    endpoint_event pop_event() {
        ++polled_;
        endpoint_event const e = events_[next_event_++];
        if (next_event_ == events_.size()) {
            events_.clear();
            next_event_ = 0;
        }
        show(e);
        return e;
    }

    /// CON-7.3-1; by the leniency, the session-id alone.
    [[nodiscard]] bool is_own(session const& s, uri const& to) const noexcept {
        if (to.text == s.own.text()) return true;
        auto const own = s.own_uri();
        if (!options_.each.match_session_id_only) return equivalent(to, own);
        return to.session_id == own.session_id;
    }
    /// @param own one URI; usually that of a session of this connection, as it was told.
    [[nodiscard]] session* session_at(link_type& c, path_view own) const {
        if (!c.sessions.empty()) {
            auto& s = c.sessions.front();
            if (!s.ending && s.own.text() == own.text()) return &s;
        }
        auto const to = own.front();
        if (!to.has_session_id()) return nullptr;
        return uris_.find(hash_(to.session_id), [&](session const& s) { return is_own(s, to); });
    }

    // --- connections ---

    link_type& add_connection() {
        connections_.reserve_one();
        timers_.reserve_one();
        auto& c = links_.emplace_back(connection_id{++last_connection_}, allocator_);
        c.self = std::prev(links_.end());
        connections_.insert(c);
        return c;
    }
    void bring_up(link_type& c) {
        c.parser.emplace(options_.each.parser_limits, options_.each.parser_leniency, allocator_);
        c.up = true;
    }
    [[nodiscard]] static connect_target target_of(link_type const& c) noexcept {
        std::string_view const all = c.target;
        auto const host = all.substr(c.target_host, c.target_host_size);
        auto const transport = all.substr(1, all.find(' ') - 1);
        return {host, c.target_port, all[0] == 's', transport};
    }
    [[nodiscard]] wire::result<link_type*> given(connection_id id) const {
        auto* const c = find(id);
        if (c == nullptr || c->dead) return make_error_code(error::no_such_connection);
        return c;
    }
    /// CON-5.4-1: one that goes there, or a new one.
    [[nodiscard]] wire::result<link_type*> connection_for(session_parameters const& p) {
        auto const next = p.remote.front();
        auto const to = p.target.value_or(connect_target{
            next.host, next.port.value_or(0), next.scheme == uri_scheme::msrps, next.transport});
        typename state::string text(allocator_);
        text.push_back(to.secure ? 's' : '-');
        for (char const c : to.transport) text.push_back(wire::to_lower(c));
        text.append(1, ' ').append(p.identity);
        auto const host_at = text.size();
        for (char const c : to.host) text.push_back(wire::to_lower(c));
        text.append(1, ' ').append(std::to_string(to.port));
        auto const key = hash_(text);
        auto const same = [&](link_type const& c) {
            return c.target == text && c.target_host == host_at;
        };
        if (auto* const there = targets_.find(key, same)) return there;
        if (connections_.size() >= options_.each.max_connections)
            return make_error_code(error::too_many_connections);
        if (!options_.connects(to)) return make_error_code(error::connect_refused);
        if (!count_attempt(hash_(std::string_view(text).substr(host_at))))
            return make_error_code(error::connect_refused);
        targets_.reserve_one();
        auto& c = add_connection();
        c.target = std::move(text);
        c.target_key = key;
        c.target_port = to.port;
        c.target_host = host_at;
        c.target_host_size = to.host.size();
        targets_.insert(c);
        c.reusable = true;
        asked_.push(c);
        return &c;
    }
    /// T28, CON-14.5-1: by host and port alone, whatever else tells connections apart.
    [[nodiscard]] bool count_attempt(std::uint64_t target) {
        std::erase_if(attempts_,
                      [&](attempt const& a) { return a.since + options_.attempt_window <= now_; });
        for (auto& a : attempts_) {
            if (a.target != target) continue;
            if (a.count >= options_.max_connect_attempts) return false;
            ++a.count;
            return true;
        }
        if (attempts_.size() >= options_.max_attempt_targets) return false;
        if (options_.max_connect_attempts == 0) return false;
        attempts_.push_back({target, 1, now_});
        return true;
    }
    void forget_target(link_type& c) noexcept {
        if (std::exchange(c.reusable, false)) targets_.erase(c);
    }

    /// Says once that a connection is to be closed; nothing goes in or out any more.
    void shut(link_type& c, std::error_code why) {
        if (c.dead) return;
        forget_target(c);
        timers_.stop(c);
        c.dead = true;
        c.input = false;
        c.reason = why;
        tell({}, close_connection{c.id, why});
    }
    /// Nothing is read before the peer takes octets: two that both do so would wait for ever (T17).
    /// And what is over ends once its last octets are taken.
    void begin_stall(link_type& c) {
        if (c.stalled || c.dead || !c.up) return;
        bool const unread = c.input && !has_room(c) && !c.sessions.empty();
        if (!unread && !must_drain(c)) return;
        c.stalled = true;
        timers_.set(c, now_ + options_.each.response_timeout);
    }
    [[nodiscard]] bool must_drain(link_type const& c) const noexcept {
        if (c.offer_at == c.offer_size && c.control.empty() && c.turns.empty() && c.open == nullptr)
            return false;
        return shut_ || std::any_of(c.sessions.begin(), c.sessions.end(),
                                    [](session const& s) { return s.ending; });
    }
    /// It took some; where that was not enough, the time begins again.
    void end_stall(link_type& c) {
        if (!std::exchange(c.stalled, false)) return;
        timers_.stop(c);
        begin_stall(c);
    }
    /// CON-5.4-7: its last session went.
    void begin_idle(link_type& c) {
        if (c.dead || !c.sessions.empty()) return;
        if (shut_) {
            close_if_drained(c);
            return begin_stall(c);
        }
        if (!c.up) return;  // `connected` or `connection_lost` comes
        c.stalled = false;
        timers_.set(c, now_ + options_.idle_timeout);
    }
    /// For an endpoint that was shut down.
    void close_if_drained(link_type& c) {
        if (!c.sessions.empty() || c.offer_at != c.offer_size || !c.control.empty()) return;
        shut(c, {});
    }
    void mark(link_type& c) noexcept {
        if (c.dead || !c.up) return;
        if (c.control.empty() && c.turns.empty() && c.open == nullptr) {
            if (shut_) close_if_drained(c);
            return;
        }
        outputs_.push(c);
    }
    [[nodiscard]] bool has_room(link_type const& c) const noexcept {
        return c.control.empty() ||
               c.control.size() + 2 * reserve_ <= options_.each.max_control_octets;
    }
    [[nodiscard]] bool can_receive(link_type const& c) const noexcept {
        return !c.input && next_event_ == events_.size() && has_room(c);
    }

    void take_in(link_type& c, session& s) {
        c.sessions.splice(c.sessions.end(), unattached_, s.self);
        s.link = &c;
        make_use_of(c);
        arm(s);
    }
    /// A session came: it is not idle any more. A time that runs since it is stalled runs on.
    void make_use_of(link_type& c) {
        c.used = true;
        if (c.stalled) return;
        timers_.stop(c);
        begin_stall(c);
    }

    // --- the end of a session ---

    /// @param tell_peer end with "#" what has begun.
    void begin_end(session& s, std::error_code why, bool tell_peer) {
        if (s.ending) return;
        if (s.link != nullptr && s.link->request.to == &s) report_due(*s.link);
        if (tell_peer && s.link != nullptr)
            for (auto& m : s.in) report_rest(m);
        s.ending = true;
        s.why = why;
        s.wants_bind = false;
        uris_.erase(s);
        auto const outcome = why ? why : make_error_code(error::session_closed);
        if (s.link != nullptr && s.link->request.to == &s)  // nobody has a use for the rest of it
            reject(*s.link, status_code::no_such_session);
        while (!s.in.empty()) end_incoming(s.in.front(), message_fate::incomplete, outcome, 0);
        if (s.link != nullptr && s.link->request.to == &s) {
            s.link->request.to = nullptr;
            s.link->request.message = nullptr;
            s.link->request.due.reset();
            s.link->request.discard = true;
        }
        for (auto at = s.out.begin(); at != s.out.end();) {
            auto& o = *at++;
            if (o.stage == stage::reporting)
                report_is_missing(o);
            else
                give_up(o, outcome, 0, tell_peer);
        }
        if (s.sending == 0) return is_over(s);
        if (s.link != nullptr) begin_stall(*s.link);
    }
    void is_over(session& s) noexcept {
        if (std::exchange(s.over, true)) return;
        over_.push(s);
    }
    /// Takes away the sessions that are over; at the end of each call, when nothing looks at them.
    void reap() {
        while (auto* const over = over_.pop()) {
            auto& s = *over;
            while (!s.transactions.empty()) erase(s.transactions.front());
            while (!s.out.empty()) release(s.out.front());
            sessions_.erase(s);
            tell(s.handle, session_ended{s.why});
            auto* const c = s.link;
            if (c == nullptr) {
                unattached_.erase(s.self);
                continue;
            }
            c->turns.erase(s);
            c->sessions.erase(s.self);
            begin_idle(*c);
        }
    }

    // --- responses and REPORTs of ours ---

    [[nodiscard]] static std::string_view comment_of(std::uint16_t status) noexcept {
        switch (status) {
            case status_code::ok: return "OK";
            case status_code::bad_request: return "Bad Request";
            case status_code::stop_sending: return "Stop Sending";
            case status_code::media_type_not_understood: return "Media Type Not Understood";
            case status_code::no_such_session: return "No Such Session";
            case status_code::unknown_method: return "Unknown Method";
            case status_code::bound_to_another_connection: return "Session Bound Elsewhere";
            default: return {};
        }
    }
    /// Buffers belong to the connections that use them now.
    void take_buffer(typename state::string& to) {
        if (spare_buffers_.empty()) return;
        to.swap(spare_buffers_.back());
        spare_buffers_.pop_back();
    }
    void give_buffer(typename state::string& from) {
        from.clear();
        if (from.capacity() < 64 || spare_buffers_.size() == spare_buffers_.capacity()) return;
        spare_buffers_.push_back(typename state::string(allocator_));
        spare_buffers_.back().swap(from);
    }
    bool queue(link_type& c, wire::result<std::string_view> const& text) {
        if (!text) return false;  // it was checked and measured: cannot be
        if (c.control.capacity() < 64) take_buffer(c.control);
        c.control.append(*text);
        mark(c);
        return true;
    }

    /// Answers the request under way (TRX-7.2-1, TRX-7.2-2, TRX-7.2-3, TRX-7.1.4-1, TRX-7.1.4-2).
    void respond(link_type& c, std::uint16_t status) {
        auto const& r = c.request;
        if (r.method == method::REPORT || r.failure == report_value::no) return;
        if (r.failure == report_value::partial && is_success(status)) return;
        auto const from = r.from->view();
        auto const to = r.method == method::SEND ? from.front_path() : from;
        head_writer out(scratch_, head_origin::forwarded);  // To-Path is as the peer wrote it
        static_cast<void>(out.response(r.transaction_id(), status, comment_of(status), to, *r.own));
        if (!queue(c, out.finish_without_body())) return;
        count<&session_counters::responses_sent>(r.to);
    }
    template <auto What>
    void count(session* s) noexcept {
        ++(counters_.*What);
        if (s != nullptr) ++s->counters[state::template place_of<What>];
    }

    /// Answers with an error and has no more use for the request.
    void reject(link_type& c, std::uint16_t status) {
        if (c.request.discard) return;
        if (!c.dead) {
            respond(c, status);
            count<&session_counters::refused>(c.request.to);
        }
        c.request.discard = true;
        c.request.message = nullptr;
    }

    /// RPT-7.1.2-1, RPT-7.1.2-2, RPT-7.1.3-1, RPT-7.1.4-2
    void queue_report(session& s, path_view to, std::string_view message_id,
                      byte_range const& range, std::uint16_t status) {
        if (s.link->dead) return;
        head_writer out(scratch_, head_origin::forwarded);  // To-Path is as the peer wrote it
        auto const id = new_transaction_id();
        static_cast<void>(out.request(id.view(), "REPORT", to, s.own.view()));
        static_cast<void>(out.message_id(message_id));
        static_cast<void>(out.byte_range(range));
        auto const comment = comment_of(status);
        static_cast<void>(
            out.status({0, status, comment.empty() ? std::nullopt : std::optional(comment)}));
        if (queue(*s.link, out.finish_without_body())) count<&session_counters::reports_sent>(&s);
    }
    void report_success(link_type& c, std::string_view message_id, byte_range const& range) {
        queue_report(*c.request.to, *c.request.from, message_id, range, status_code::ok);
    }
    /// The success REPORT of a message that is complete, where it was not refused since.
    void report_due(link_type& c) {
        if (!c.request.due) return;
        auto const range = *c.request.due;
        c.request.due.reset();
        report_success(c, c.request.message_id.view(), range);
    }

    // --- requests of the peer ---

    void on_begin(link_type& c, chunk_begin const& b) {
        auto& r = c.request;
        r.discard = true;
        r.message = nullptr;
        r.to = nullptr;
        r.method = b.method;
        if (!b.is_request()) return on_response(c, b);
        if (shut_) return;
        r.id_size = std::min(b.transaction_id.size(), ident_max);
        std::copy_n(b.transaction_id.data(), r.id_size, r.id.data());
        r.keep(r.from, b.headers.from_path());
        auto const failure = b.headers.failure_report();
        r.failure = failure ? *failure : report_value::yes;  // TRX-7.1.1-1
        auto const to = b.headers.to_path();
        r.keep(r.own, to.front_path());
        bool const repeated =
            b.headers.is_repeated(field::to_path) || b.headers.is_repeated(field::from_path);
        auto* const s = to.size() == 1 && !repeated ? session_at(c, to) : nullptr;
        if (r.method == method::REPORT) {
            if (s != nullptr && s->link == &c) return on_report(*s, b.headers);
            ++counters_.ignored;
            return;
        }
        r.discard = false;
        // HDR-9-1, T10: whose it is cannot be said.
        if (repeated) return reject(c, status_code::bad_request);
        if (s == nullptr) return reject(c, status_code::no_such_session);
        if (s->link != nullptr && s->link != &c)  // CON-5.4-5, T20
            return reject(c, status_code::bound_to_another_connection);
        r.to = s;
        r.keep(r.own, s->own);
        if (r.method != method::SEND) return reject(c, status_code::unknown_method);  // HDR-12-2
        on_send(c, *s, b);
    }

    [[nodiscard]] static bool absent(std::error_code code) noexcept {
        return code == make_error_code(error::field_absent);
    }

    void on_send(link_type& c, session& s, chunk_begin const& b) {
        auto& r = c.request;
        auto const& h = b.headers;
        auto const id = h.message_id();
        auto const range = h.byte_range();
        auto const success = h.success_report();
        auto const failure = h.failure_report();
        auto const type = h.raw(field::content_type);
        if (!id || (!range && !absent(range.error().code)) ||
            (!success && !absent(success.error().code)) ||
            (!failure && !absent(failure.error().code)) || (b.has_body && !type))  // HDR-9-1
            return reject(c, status_code::bad_request);
        if (s.link == nullptr && !options_.binds(s.handle, c.id)) {
            r.discard = true;
            r.to = nullptr;
            return shut(c, make_error_code(error::bind_refused));
        }
        count<&session_counters::chunks_received>(&s);
        if (s.link == nullptr) {
            tell(s.handle, session_bound{c.id});
            take_in(c, s);
        }
        r.duplicate = false;
        r.due.reset();
        r.success = success && *success == report_value::yes;
        r.message_id = message_ident(*id);
        r.start = r.next = range ? range->start : 1;
        auto const total = range ? range->total : std::nullopt;
        for (auto& m : s.in) {
            if (m.id != r.message_id) continue;
            r.message = &m;
            m.success = m.success || r.success;
            m.failure = r.failure != report_value::no;
            timers_.set(m, now_ + options_.each.incoming_timeout);
            return;
        }
        auto const key = hash_(*id);
        if (auto const* const old = s.old_in.find(key)) {
            if (old->status != 0) return reject(c, old->status);
            r.duplicate = true;  // CHK-5.4-1
            r.size = old->size;
            tell(s.handle, message_duplicate{r.message_id});
            return;
        }
        if (!b.has_body) return;  // no content: it binds, or keeps alive
        if (!s.accepts(*type))
            return refuse_message(c, s, key, status_code::media_type_not_understood);
        std::uint64_t const least = std::max(total.value_or(0), r.start - 1);
        if (least > s.max_size)  // CHK-14.5-1
            return refuse_message(c, s, key, status_code::stop_sending);
        auto* const m = add_incoming(s, r.message_id);
        if (m == nullptr) return reject(c, status_code::stop_sending);
        m->success = r.success;
        m->failure = r.failure != report_value::no;
        r.message = m;
        tell(s.handle, message_begin{r.message_id, *type, total, h});
    }

    /// @return nullptr where there are too many.
    [[nodiscard]] incoming* add_incoming(session& s, message_ident const& id) {
        if (s.in.size() >= options_.each.max_incoming_messages) return nullptr;
        auto& m = unseen(spare_in_, options_.each.max_ranges, allocator_);
        timers_.set(m, now_ + options_.each.incoming_timeout);
        m.owner = &s;
        m.id = id;
        m.shown = 0;
        m.received.clear();
        m.size.reset();
        m.unreported = 0;
        m.reporting = false;
        m.success = false;
        m.failure = true;
        s.in.splice(s.in.end(), spare_in_, m.self);
        return &m;
    }

    /// Refuses the first chunk that came of a message, and those that will.
    void refuse_message(link_type& c, session& s, std::uint64_t key, std::uint16_t status) {
        remember(s, {key, 0, status, false});
        reject(c, status);
    }

    /// Some body; whether it is to be handed up.
    [[nodiscard]] bool on_data(link_type& c, std::string_view octets) {
        auto& r = c.request;
        if (r.discard) return false;
        // Position 2^64-1 is the last there is; a chunk that goes beyond is senseless.
        if (r.next == 0 || octets.size() - 1 > std::numeric_limits<std::uint64_t>::max() - r.next) {
            fail_incoming(c, status_code::bad_request, error::bad_byte_range);
            return false;
        }
        std::uint64_t const last = r.next + (octets.size() - 1);
        if (r.duplicate) {
            if (last > r.size) reject(c, status_code::bad_request);  // CHK-7.3.1-2: not of it
            r.next = last + 1;
            return false;
        }
        auto& m = *r.message;
        if (m.size && last > *m.size) {
            fail_incoming(c, status_code::bad_request, error::bad_byte_range);
            return false;
        }
        if (last > r.to->max_size) {
            fail_incoming(c, status_code::stop_sending, error::message_too_large);
            return false;
        }
        if (m.received.insert(r.next, last)) {
            fail_incoming(c, status_code::stop_sending, error::too_many_ranges);
            return false;
        }
        timers_.set(m, now_ + options_.each.incoming_timeout);
        r.next = last + 1;
        return true;
    }

    void on_end(link_type& c, continuation_flag flag) {
        auto& r = c.request;
        if (r.discard || r.method != method::SEND) return;
        auto* const m = std::exchange(r.message, nullptr);
        std::uint64_t const last = r.next - 1;
        bool const whole = flag == continuation_flag::complete;
        if (r.duplicate && whole && last != r.size) return reject(c, status_code::bad_request);
        if (r.duplicate || m == nullptr) {
            respond(c, status_code::ok);
            if (r.success && (r.duplicate || whole) && flag != continuation_flag::aborted)
                report_success(c, r.message_id.view(),
                               {r.start, last, whole ? std::optional(last) : std::nullopt});
            return;
        }
        if (flag == continuation_flag::aborted) {  // CHK-7.3.1-4
            respond(c, status_code::ok);
            return end_incoming(*m, message_fate::aborted, make_error_code(error::message_aborted),
                                status_code::stop_sending);
        }
        if (whole) {
            // CHK-7.3.1-2: its end is the message's end, whatever was claimed.
            if (last > r.to->max_size) {
                r.message = m;
                return fail_incoming(c, status_code::stop_sending, error::message_too_large);
            }
            if ((m->size && *m->size != last) || m->received.last() > last) {
                r.message = m;
                return fail_incoming(c, status_code::bad_request, error::bad_byte_range);
            }
            m->size = last;
        }
        respond(c, status_code::ok);
        bool const complete = m->size && m->received.covers(1, *m->size);
        if (!complete) return report_progress(c, *m, {r.start, last});
        if (m->success) r.due = byte_range{1, m->size, m->size};
        count<&session_counters::messages_received>(r.to);
        end_incoming(*m, message_fate::complete, {}, 0);
    }

    /// RPT-7.1.3-1: after enough octets, all that came and of which nothing was said yet: each
    /// stretch of it with one chunk.
    void report_progress(link_type& c, incoming& m, octet_range const& chunk) {
        std::uint64_t const every = options_.each.report_every;
        if (!m.success || every == 0 || chunk.last < chunk.first) return;
        auto& all = m.unreported_range;
        all = m.unreported == 0 && !m.reporting
                  ? chunk
                  : octet_range{std::min(all.first, chunk.first), std::max(all.last, chunk.last)};
        m.unreported += chunk.last - (chunk.first - 1);
        m.reporting = m.reporting || m.unreported >= every;
        if (!m.reporting) return;
        report_stretch(m, *c.request.from);
    }
    /// The first stretch of what came that has octets of which nothing was said.
    void report_stretch(incoming& m, path_view to) {
        auto& all = m.unreported_range;
        auto const at = std::find_if(m.received.begin(), m.received.end(),
                                     [&](octet_range const& r) { return r.last >= all.first; });
        queue_report(*m.owner, to, m.id.view(), {at->first, at->last, m.size}, status_code::ok);
        if (at->last < all.last) {
            all.first = at->last + 1;
            return;
        }
        m.reporting = false;
        m.unreported = 0;
    }
    /// No more comes: what is left.
    void report_rest(incoming& m) {
        while (m.unreported != 0 && !m.owner->link->dead && has_room(*m.owner->link))
            report_stretch(m, m.owner->remote_path.view());
    }

    /// A chunk under way, or its message, cannot be taken.
    void fail_incoming(link_type& c, std::uint16_t status, error why) {
        auto* const m = c.request.message;
        reject(c, status);
        if (m != nullptr) end_incoming(*m, message_fate::refused, make_error_code(why), status);
    }

    /// @param status what later chunks of it are answered with; 0: they are duplicates.
    void end_incoming(incoming& m, message_fate fate, std::error_code why, std::uint16_t status) {
        auto& s = *m.owner;
        std::uint64_t const size =
            fate == message_fate::complete ? m.size.value_or(0) : m.received.octets();
        message_end done{m.id, fate, size, why, {}, {}};
        if (fate == message_fate::incomplete) {
            done.received = {m.received.begin(), m.received.end()};
            done.total = m.size;
        }
        tell(s.handle, done);
        if (fate == message_fate::incomplete) m.shown = last_told();
        remember(s, {hash_(m.id.view()), size, status, m.failure});
        if (s.link != nullptr && s.link->request.message == &m)  // its time ran out
            reject(*s.link, status_code::stop_sending);
        timers_.stop(m);
        spare_in_.splice(spare_in_.begin(), s.in, m.self);
    }

    void remember(session& s, typename state::old_incoming const& one) {
        s.old_in.push(one, options_.each.max_remembered_messages);
    }

    // --- responses and REPORTs of the peer ---

    [[nodiscard]] static std::uint64_t key_of(std::string_view transaction_id) noexcept {
        return typename state::transaction_key_of{}(transaction_id);
    }

    void on_response(link_type& c, chunk_begin const& b) {
        ++counters_.responses_received;
        auto* const t = transactions_.find(key_of(b.transaction_id), [&](transaction const& x) {
            return x.id.view() == b.transaction_id && x.owner->link == &c;
        });
        bool const good = is_success(b.status);
        // A success before the end of the request says nothing.
        if (t == nullptr || (good && t->ends_at == transaction::under_way)) {
            ++counters_.ignored;
            return;
        }
        auto& s = *t->owner;
        ++s.counters[state::template place_of<&session_counters::responses_received>];
        auto* const o = t->of;
        bool const binds = t->binds;
        auto const range = t->range;
        auto const message = t->message;
        auto const id = t->message_id;
        auto const type_key = t->type_key;
        erase(*t);
        auto const why = reason_of(b.status);
        bool const gone = b.status == status_code::no_such_session ||
                          b.status == status_code::bound_to_another_connection;
        if (binds) {
            if (!good) return begin_end(s, why, false);
            tell(s.handle, session_bound{c.id});
            return arm(s);  // there may be room now
        }
        note_refusal(s, b.status, type_key);
        if (o == nullptr) {
            if (!good) tell(s.handle, late_failure{message, id, b.status});
        } else if (good) {
            o->status = b.status;
            o->responded += range.last - range.first + 1;
            if (o->success != report_value::yes && range.first <= range.last &&
                !o->confirmed.insert(range.first, range.last))
                o->confirmed_any = true;
            settle(*o);
        } else if (o->stage == stage::reporting) {  // its octets went out; told it was sent
            tell(s.handle, late_failure{message, id, b.status});
            if (!gone) release(*o);
        } else {
            give_up(*o, why, b.status, false);
        }
        if (gone) return begin_end(s, why, false);
        arm(s);  // there may be room again
    }
    /// 415, by a response or a REPORT, in time or late: not that type again in this session.
    void note_refusal(session& s, std::uint16_t status, std::uint64_t type_key) {
        if (status == status_code::media_type_not_understood && s.refused_types.size() < 16 &&
            !is_refused(s, type_key))
            s.refused_types.push_back(type_key);
    }
    [[nodiscard]] static bool is_refused(session const& s, std::uint64_t type_key) noexcept {
        return std::find(s.refused_types.begin(), s.refused_types.end(), type_key) !=
               s.refused_types.end();
    }
    /// SDP-8.6-4: case does not count, parameters do not.
    [[nodiscard]] std::uint64_t media_type_key(std::string_view type) {
        type = type.substr(0, type.find(';'));
        std::transform(type.begin(), type.end(), scratch_.begin(), wire::to_lower);
        return hash_({scratch_.data(), type.size()});
    }

    [[nodiscard]] static std::error_code reason_of(std::uint16_t status) noexcept {
        switch (status) {
            case status_code::timeout: return make_error_code(error::timed_out);
            case status_code::no_such_session: return make_error_code(error::no_such_session);
            case status_code::bound_to_another_connection:
                return make_error_code(error::session_bound_elsewhere);
            default: return make_error_code(error::refused);
        }
    }

    void no_response(transaction& t) {
        auto& s = *t.owner;
        auto* const o = t.of;
        bool const binds = t.binds;
        erase(t);
        auto const why = make_error_code(error::timed_out);
        if (binds)
            begin_end(s, why, false);
        else if (o != nullptr)
            give_up(*o, why, 0, true);
        arm(s);
    }

    /// RPT-7.1.2-3: what is unknown or makes no sense is ignored.
    void on_report(session& s, header_view const& h) {
        auto const id = h.message_id();
        auto const status = h.status();
        auto const range = h.byte_range();
        if (!id || !status || (!range && !absent(range.error().code))) {
            ++counters_.ignored;
            return;
        }
        auto const given = range ? std::optional(*range) : std::nullopt;
        bool const ours = status->name_space == 0;  // RPT-7.3.2-1
        bool const good = ours && is_success(status->code);
        message_handle handle{};
        std::uint64_t type_key = 0;
        outgoing_type* of = nullptr;
        for (auto& o : s.out)
            if (o.id == *id) of = &o;
        if (of != nullptr) {
            handle = of->handle;
            type_key = of->type_key;
        } else if (auto const* const old = s.old_out.find(hash_(*id))) {
            handle = old->handle;
            type_key = old->type_key;
        } else {
            ++counters_.ignored;
            return;
        }
        count<&session_counters::reports_received>(&s);
        if (of != nullptr && good) note_report(*of, given);
        if (of != nullptr && ours && !good) note_loss(*of, given);
        if (ours) note_refusal(s, status->code, type_key);
        bool const lost = ours && !good && is_loss(status->code);
        bool const all = of != nullptr && of->fully_reported();
        tell(s.handle, report_received{handle, message_ident(*id), status->name_space, status->code,
                                       given, all});
        if (of != nullptr && of->stage == stage::reporting) {
            if (all || (ours && !good && !lost)) release(*of);
        } else if (of != nullptr && ours && !good) {
            give_up(*of, reason_of(status->code), status->code, false);
        }
        // RPT-7.3.2-2: octets did not arrive; nothing but new URIs can mend it.
        if (lost) begin_end(s, reason_of(status->code), false);
    }
    /// RPT-7.3.2-2: they are to be sent again, whoever said before that they had come.
    static void note_loss(outgoing_type& o, std::optional<byte_range> const& range) {
        constexpr auto top = std::numeric_limits<std::uint64_t>::max();
        auto const last = range ? range->end.value_or(range->total.value_or(top)) : top;
        o.confirmed.remove(range ? range->start : 1, last);
    }
    /// A REPORT that tells of octets lost on the way, not of a message that is not wanted.
    [[nodiscard]] static bool is_loss(std::uint16_t status) noexcept {
        return status == status_code::timeout || status == status_code::no_such_session ||
               status == status_code::bound_to_another_connection;
    }
    /// RPT-7.1.3-2: reported ranges need not be those of our chunks. Never more than we sent.
    void note_report(outgoing_type& o, std::optional<byte_range> const& range) {
        if (o.success != report_value::yes) return;
        std::uint64_t const sent = o.cursor.sent();
        std::uint64_t const first = range ? range->start : 1;
        std::uint64_t const last = range ? range->end.value_or(range->total.value_or(0)) : sent;
        o.confirmed_any = true;
        if (first <= std::min(last, sent))
            static_cast<void>(o.confirmed.insert(first, std::min(last, sent)));
    }

    // --- messages of ours ---

    [[nodiscard]] wire::failure check(session const& s, outgoing_message const& m) {
        auto const fail = [](error e, std::string_view name) {
            return wire::failure{make_error_code(e), 0, name};
        };
        bool const typed = !m.content_type.empty();
        if (!typed && (m.source != nullptr || !m.body.empty()))
            return fail(error::wrong_order, "Content-Type");
        if (m.source != nullptr && !m.body.empty()) return fail(error::wrong_order, "body");
        if (m.success_report == report_value::partial)
            return fail(error::wrong_order, "Success-Report");
        if (!m.confirmed.empty() && m.message_id.empty())
            return fail(error::wrong_order, "Message-ID");
        for (std::uint64_t before = 0; auto const& r : m.confirmed) {
            if (r.first <= before || r.last < r.first ||
                (m.source == nullptr && r.last > m.body.size()) || (m.total && r.last > *m.total) ||
                r.last > s.peer_max_size)
                return fail(error::bad_byte_range, "confirmed");
            before = r.last;
        }
        std::size_t size = m.content_type.size();
        for (auto const& f : m.fields) {
            // What the session writes, and what has no place in a SEND.
            auto const known = field_of(f.name);
            if (known <= field::use_nickname || known == field::content_type)
                return fail(error::wrong_order, "header");
            size += f.name.size() + f.value.size() + 4;
        }
        if (size > options_.each.max_outgoing_header)
            return fail(error::header_block_too_long, "header");
        if (!m.message_id.empty())
            for (auto const& o : s.out)
                if (o.id == m.message_id) return fail(error::wrong_order, "Message-ID");
        if (typed && (!s.peer_accepts(m.content_type) ||
                      (!s.refused_types.empty() && is_refused(s, media_type_key(m.content_type)))))
            return fail(error::refused, "Content-Type");
        auto const length =
            m.source == nullptr ? std::optional<std::uint64_t>(m.body.size()) : m.total;
        if (length && *length > s.peer_max_size) return fail(error::message_too_large, "body");
        // What can be wrong with the head is found now, not in the middle of the message.
        constexpr auto top = std::numeric_limits<std::uint64_t>::max();
        byte_range const range = typed ? byte_range{top, top, top} : byte_range{1, 0, top};
        chunk_head const head{s.remote_path.view(),
                              s.own.view(),
                              m.message_id.empty() ? std::string_view("0000") : m.message_id,
                              m.content_type,
                              m.success_report,
                              m.failure_report,
                              m.fields};
        auto const text = write_head(scratch_, head, "000000000000", range);
        return text ? wire::failure{} : text.error();
    }

    /// Room for a message, at the cost of the oldest one that only waits for its report.
    [[nodiscard]] bool forget_a_report(session& s) {
        for (auto& o : s.out) {  // in the order of `send`
            if (o.stage != stage::reporting) continue;
            report_is_missing(o);
            return true;
        }
        return false;
    }
    void report_is_missing(outgoing_type& o) {  // RPT-7.1.1-1
        tell(o.owner->handle,
             report_missing{o.handle, o.id, {o.confirmed.begin(), o.confirmed.end()}});
        o.shown = last_told();
        release(o);
    }

    /// Nothing more is to be known of it.
    void release(outgoing_type& o) {
        auto& s = *o.owner;
        for (auto& t : s.transactions) {  // an error may still come (TRX-7.1.4-2)
            if (t.of != &o) continue;
            t.of = nullptr;
            --o.pending;
        }
        s.old_out.push({hash_(o.id.view()), o.type_key, o.handle},
                       options_.each.max_remembered_messages);
        timers_.stop(o);
        messages_.erase(o);
        o.fields = {};
        spare_out_.splice(spare_out_.begin(), s.out, o.self);  // `confirmed` stays until used again
    }

    /// @param tell_peer begin a chunk just to say "#", where none is under way.
    void give_up(outgoing_type& o, std::error_code why, std::uint16_t status, bool tell_peer) {
        if (o.ending) return;
        o.ending = true;
        o.outcome = why;
        if (status != 0) o.status = status;
        o.silent = !tell_peer;
        o.cursor.abort();
        drop_transactions(o);
        if (o.open) mark(*o.owner->link);  // its chunk ends with "#", even if its source waits
        settle(o);
    }

    void drop_transactions(outgoing_type& o) {
        if (o.pending == 0) return;
        auto& all = o.owner->transactions;
        for (auto at = all.begin(); at != all.end();) {
            auto& t = *at++;
            if (t.of == &o) erase(t);
        }
        arm(*o.owner);  // there may be room for others
    }

    /// Finishes a message of which nothing more is to be sent, written or waited for.
    void settle(outgoing_type& o) {
        if (o.stage != stage::sending || o.open || o.offered) return;
        auto& s = *o.owner;
        if (o.ending) {
            bool const can_tell = s.link != nullptr && s.link->up && !s.link->dead;
            if (!o.cursor.done() && o.cursor.begun() && !o.silent && can_tell) return arm(s);
        } else if (!o.cursor.done() || (o.failure == report_value::yes && o.pending != 0)) {
            return;
        }
        finish(o);
    }

    void finish(outgoing_type& o) {
        auto& s = *o.owner;
        message_sent done{o.handle, o.id, o.outcome, o.status, o.cursor.sent(), {}};
        if (o.outcome) {
            done.confirmed = {o.confirmed.begin(), o.confirmed.end()};
        }
        tell(s.handle, done);
        if (o.outcome) o.shown = last_told();
        --s.sending;
        if (!o.outcome) count<&session_counters::messages_sent>(&s);
        if (o.outcome || o.success != report_value::yes || o.fully_reported()) {
            release(o);
        } else {
            o.stage = stage::reporting;
            o.fields = {};
            timers_.set(o, now_ + options_.each.report_timeout);
        }
        if (s.ending && s.sending == 0) is_over(s);
    }

    void erase(transaction& t) noexcept {
        auto& s = *t.owner;
        timers_.stop(t);
        if (t.of != nullptr) --t.of->pending;
        transactions_.erase(t);
        if (!s.link->unwritten.empty()) std::erase(s.link->unwritten, &t);
        spare_transactions_.splice(spare_transactions_.begin(), s.transactions, t.self);
    }
    /// Room for one more transaction; a partial one, which nobody waits for, may make it.
    [[nodiscard]] bool can_begin(session& s) {
        if (s.transactions.size() < options_.each.max_transactions) return true;
        for (auto& t : s.transactions) {
            if (!t.partial || t.ends_at == transaction::under_way) continue;
            erase(t);
            return true;
        }
        return false;
    }
    transaction& add_transaction(session& s, made_transaction_id const& id) {
        transactions_.reserve_one();
        timers_.reserve_one();
        auto& t = spare(spare_transactions_);
        s.link->unwritten.reserve(s.link->unwritten.size() + 1);
        t.owner = &s;
        t.of = nullptr;
        t.message = {};
        t.message_id = {};
        t.id = id;
        t.range = {};
        t.type_key = 0;
        t.ends_at = transaction::under_way;
        t.binds = t.partial = false;
        s.transactions.splice(s.transactions.end(), spare_transactions_, t.self);
        transactions_.insert(t);
        return t;
    }
    [[nodiscard]] made_transaction_id new_transaction_id() {
        auto id = make_ident<made_transaction_id>(random_);
        auto const taken = [&](transaction const& t) { return t.id == id; };
        for (int tries = 0; tries < 8 && transactions_.find(key_of(id.view()), taken) != nullptr;
             ++tries)
            id = make_ident<made_transaction_id>(random_);
        return id;
    }

    // --- turns ---

    [[nodiscard]] static bool wants_turn(outgoing_type const& o) noexcept {
        if (o.stage != stage::sending || o.cursor.done()) return false;
        return o.ending ? !o.silent : !o.waiting;
    }
    /// The next message in turn, but for `not_this`.
    [[nodiscard]] outgoing_type* next_message(session& s, outgoing_type const* not_this) {
        if (s.sending == 0) return nullptr;
        bool const room = can_begin(s);
        outgoing_type* best = nullptr;
        for (auto& o : s.out)
            if (&o != not_this && wants_turn(o) &&
                (room || o.ending || o.failure == report_value::no) &&
                (best == nullptr || o.turn < best->turn))
                best = &o;
        return best;
    }
    /// Puts a session behind those that wait for their turn, if it has anything to send.
    void arm(session& s) {
        auto* const c = s.link;
        if (c == nullptr || c->dead || !c->up || s.over) return;
        if (!s.wants_bind && s.sending == 0) return;
        c->turns.push(s);
        mark(*c);
    }
    /// CHK-7.1.1-7: responses and REPORTs at once, other sessions and messages in fair turns.
    /// Sessions in turn that have nothing left are not asked again (they come back by `arm`).
    /// @param o whose chunk is under way: its session is among those in turn.
    [[nodiscard]] bool others_wait(link_type& c, outgoing_type const& o) {
        if (!c.control.empty()) return true;
        for (auto* s = c.turns.front(); s != nullptr;) {
            if (s->wants_bind || next_message(*s, &o) != nullptr) return true;
            auto* const after = c.turns.after(*s);
            if (s != o.owner) c.turns.erase(*s);
            s = after;
        }
        return false;
    }

    // --- octets to be written ---

    void make_offer(link_type& c) {
        c.offer_at = c.offer_size = 0;
        c.out.clear();
        if (c.open == nullptr) take_control(c);
        if (c.out.capacity() < 64) take_buffer(c.out);
        while (c.out.size() < options_.each.batch_size) {
            session* s = nullptr;
            outgoing_type* o = c.open;
            if (o == nullptr) {
                s = c.turns.front();
                if (s == nullptr) break;
                if (s->wants_bind) {
                    write_bind(c, *s);
                    continue;
                }
                o = next_message(*s, nullptr);
                if (o == nullptr) {
                    c.turns.pop();
                    continue;
                }
                fit_head(c);
            } else {
                s = o->owner;
            }
            bool const interrupt = c.open != nullptr && others_wait(c, *o);
            if (c.open != nullptr && o->waiting && !o->ending && !interrupt) break;
            chunk_head const head{s->remote_path.view(),
                                  s->own.view(),
                                  o->id.view(),
                                  o->content_type,
                                  o->success,
                                  o->failure,
                                  o->fields};
            chunk_block block;
            auto const step = c.chunks.next(
                o->cursor, head, [this] { return new_transaction_id(); }, interrupt, block);
            if (!step) {  // the head was checked by `send`
                give_up(*o, step.error().code, 0, false);
                continue;
            }
            if (auto const failed = o->cursor.failure(); failed && !o->ending) {
                o->ending = true;
                o->outcome = failed;
                drop_transactions(*o);
            }
            if (*step == chunk_step::wait) {
                o->waiting = true;
                if (c.open != nullptr) break;
                continue;
            }
            if (*step == chunk_step::done) {
                settle(*o);
                continue;
            }
            if (!offer_block(c, *s, *o, block)) break;
            if (c.open == nullptr) take_control(c);
        }
        if (c.out.empty()) return give_buffer(c.out);
        std::copy_backward(c.offer.begin(), c.offer.begin() + static_cast<int>(c.offer_size),
                           c.offer.begin() + static_cast<int>(c.offer_size) + 1);
        c.offer[0] = c.out;
        ++c.offer_size;
    }
    void take_control(link_type& c) {
        c.queued += c.control.size();
        if (c.control.empty()) return;
        if (c.out.empty())
            std::swap(c.out, c.control);
        else
            c.out.append(c.control);
        give_buffer(c.control);
    }
    /// Memory for the heads of chunks follows the longest paths.
    void fit_head(link_type& c) {
        if (c.head.size() >= head_size_) return;
        c.head.resize(head_size_);
        c.chunks = chunker(c.head, options_.each.block_size, options_.each.interrupt_point);
    }

    /// CON-5.4-3, CHK-7.1.1-4
    void write_bind(link_type& c, session& s) {
        s.wants_bind = false;
        auto const id = new_transaction_id();
        auto const message_id = make_ident<made_message_id>(random_);
        auto const text =
            write_head(scratch_, {s.remote_path.view(), s.own.view(), message_id.view()}, id.view(),
                       {1, 0, 0});
        if (!text) return begin_end(s, text.error().code, false);
        auto& t = add_transaction(s, id);
        t.binds = true;
        c.out.append(*text);
        c.queued += text->size();
        t.ends_at = c.queued;
        c.unwritten.push_back(&t);
        count<&session_counters::chunks_sent>(&s);
    }

    /// @return whether there is room for more in this offer.
    [[nodiscard]] bool offer_block(link_type& c, session& s, outgoing_type& o,
                                   chunk_block const& block) {
        transaction* t = nullptr;
        if (block.begins) {
            count<&session_counters::chunks_sent>(&s);
            if (!o.ending && o.failure != report_value::no) {  // TRX-7.1.4-1
                t = &add_transaction(s, block.transaction_id);
                t->of = &o;
                t->message = o.handle;
                t->message_id = o.id;
                t->type_key = o.type_key;
                t->partial = o.failure == report_value::partial;
                ++o.pending;
            }
        } else if (block.ends) {
            t = transactions_.find(key_of(block.transaction_id.view()), [&](transaction const& x) {
                return x.id == block.transaction_id;
            });
        }
        std::size_t const size = block.head.size() + block.body.size() + block.end.size();
        c.queued += size;
        if (!o.offered) {
            o.offered = true;
            c.offered.push_back(&o);
        }
        o.open = !block.ends;
        c.open = block.ends ? nullptr : &o;
        if (block.ends) {
            if (block.flag == continuation_flag::more) {
                count<&session_counters::interrupted>(&s);
                o.turn = ++last_turn_;
            }
            if (t != nullptr) {
                t->range = block.range;
                t->ends_at = c.queued;
                if (!t->partial) c.unwritten.push_back(t);
            }
            next_session(c, s);
        }
        if (block.body.size() <= small_body) {
            c.out.append(block.head).append(block.body).append(block.end);
            return true;
        }
        for (auto const octets : {block.head, block.body, block.end})
            if (!octets.empty()) c.offer[c.offer_size++] = octets;
        return false;
    }
    /// Another session's turn.
    void next_session(link_type& c, session& s) noexcept {
        if (c.turns.front() == &s) c.turns.pop();
        c.turns.push(s);
    }

    /// TMR-1: from the last octet of a request on.
    void start_timers(link_type& c) {
        std::size_t kept = 0;
        for (auto* const t : c.unwritten) {
            if (t->ends_at > c.written)
                c.unwritten[kept++] = t;
            else
                timers_.set(*t, now_ + options_.each.response_timeout);
        }
        c.unwritten.resize(kept);
    }

    static constexpr std::size_t small_body = 2048;

    struct attempt {
        std::uint64_t target;
        std::size_t count;
        session_time since;
    };

    endpoint_options options_;
    Random random_;
    Allocator allocator_;
    wire::keyed_hash hash_;
    vector<char> scratch_;  ///< one head at a time
    std::size_t reserve_ = 0;
    std::size_t head_size_ = 0;

    list<session> unattached_;  ///< passive, before their first SEND
    list<link_type> links_;
    list<link_type> lost_;  ///< gone, but events may show what they hold
    list<outgoing_type> spare_out_;
    list<incoming> spare_in_;
    list<transaction> spare_transactions_;
    table<session, typename state::handle_of> sessions_;
    table<session, typename state::uri_key_of> uris_;  ///< by the keyed hash of their session-id
    table<link_type, typename state::connection_id_of> connections_;
    table<link_type, typename state::target_key_of> targets_;
    table<outgoing_type, typename state::handle_of> messages_;
    table<transaction, typename state::transaction_key_of> transactions_;  ///< by their random ids
    detail::deadlines<Allocator> timers_;
    vector<attempt> attempts_;
    vector<typename state::string> spare_buffers_;
    vector<endpoint_event> events_;
    std::size_t next_event_ = 0;
    std::uint64_t polled_ = 0;  ///< events, so far
    std::uint64_t seen_ = 0;    ///< of these, when there was none more
    detail::own_queue<link_type, &link_type::in_input> inputs_{};
    detail::own_queue<link_type, &link_type::in_output> outputs_{};
    detail::own_queue<link_type, &link_type::in_asked> asked_{};  ///< to be made
    detail::own_queue<session, &session::end> over_{};

    bool shut_ = false;
    std::uint32_t last_connection_ = 0;
    std::uint64_t last_session_ = 0;
    std::uint64_t last_message_ = 0;
    std::uint64_t last_turn_ = 0;
    session_time now_ = session_time::min();
    session_counters counters_{};
};

/// The endpoint on standard memory.
template <random_source Random>
using endpoint = basic_endpoint<Random>;
namespace pmr {
template <random_source Random>
using endpoint = basic_endpoint<Random, std::pmr::polymorphic_allocator<char>>;
}

}  // namespace msrp::inline v0
