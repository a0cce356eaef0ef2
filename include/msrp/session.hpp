// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// session.hpp - one MSRP session without I/O: octets and time in, octets, events and a deadline
// out.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <list>
#include <memory>
#include <memory_resource>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

#include <msrp/body_source.hpp>
#include <msrp/byte_range.hpp>
#include <msrp/chunk_event.hpp>
#include <msrp/chunk_parser.hpp>
#include <msrp/chunk_serializer.hpp>
#include <msrp/chunker.hpp>
#include <msrp/error.hpp>
#include <msrp/header.hpp>
#include <msrp/ident.hpp>
#include <msrp/path.hpp>
#include <msrp/range_set.hpp>
#include <msrp/session_event.hpp>
#include <msrp/session_options.hpp>
#include <msrp/status.hpp>
#include <msrp/uri.hpp>
#include <wire/result.hpp>

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
    /// Added to every chunk: MIME fields ("Content-...") last. Never one that the session writes.
    std::span<outgoing_field const> fields{};
};

/// How far a message of ours is, in octets of its body.
struct send_progress {
    std::uint64_t sent = 0;       ///< handed to `poll_output`
    std::uint64_t responded = 0;  ///< in chunks that were answered with 2xx
    std::uint64_t reported = 0;   ///< in success REPORTs
    std::optional<std::uint64_t> total{};
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

/// One MSRP session (RFC 4975): it knows the protocol and does nothing. The caller hands in octets,
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
/// Bodies are never copied, in either direction. Everything a peer can make grow is bounded by
/// `session_options`. Times given must not run backwards. One object is used from one thread.
///
/// A session lives once: its first bound connection lost, it has ended (CON-5.4-6). Neither copied
/// nor moved: sources and views point into it.
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
    basic_session(session_options const& options, path_view local, path_view remote, Random random,
                  Allocator const& allocator = Allocator())
        : options_(options),
          random_(std::move(random)),
          allocator_(allocator),
          own_(last_of(local), allocator),
          own_uri_(own_.front()),
          remote_(remote, allocator),
          scratch_(allocator),
          links_(allocator),
          lost_(allocator),
          slots_(allocator),
          transactions_(allocator),
          incoming_(allocator),
          remembered_(allocator),
          sent_(allocator),
          events_(allocator) {
        reserve_ = options_.parser_limits.max_header_line + own_.text().size() + 512;
        head_size_ =
            own_.text().size() + remote_.text().size() + options_.max_outgoing_header + 512;
        scratch_.resize(std::max(reserve_, head_size_));
        transactions_.reserve(options_.max_transactions + 1);
        events_.reserve(16);
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
    ///         active or bound); `buffer_full` above `max_connections`; `illegal_octet` where a URI
    ///         of ours or of the peer's path has a password (URI-6-4).
    [[nodiscard]] wire::result<connection_id> connection_up(connection_role role,
                                                            session_time now) {
        tick(now);
        if (ended_ || closing_) return make_error_code(error::session_closed);
        if (role == connection_role::active && bound_)
            return make_error_code(error::session_bound_elsewhere);
        if (links_.size() >= options_.max_connections) return make_error_code(error::buffer_full);
        for (auto const uris : {own_.text(), remote_.text()})
            if (detail::find_password(uris) != std::string_view::npos)
                return make_error_code(error::illegal_octet);
        auto& c = links_.emplace_back(connection_id{++last_connection_}, options_, head_size_,
                                      allocator_);
        if (role == connection_role::active) {
            bound_ = c.id;
            queue_bind(c);
        } else {
            c.bind_deadline = now_ + options_.bind_timeout;
            stale_ = true;
        }
        return c.id;
    }

    /// Octets came. Events show them in place: `octets` stays where it is until the next `receive`.
    /// @return `not_drained` while `can_receive` is false (nothing was taken); `session_closed`;
    ///         `no_such_connection`. What is wrong with the octets themselves comes as an event.
    [[nodiscard]] std::error_code receive(connection_id connection, std::string_view octets,
                                          session_time now) {
        tick(now);
        auto* const c = find(connection);
        if (c == nullptr) return make_error_code(error::no_such_connection);
        if (c->dead) return make_error_code(error::session_closed);
        if (!can_receive(connection)) return make_error_code(error::not_drained);
        if (octets.empty()) return {};
        counters_.octets_received += octets.size();
        if (auto const failed = c->parser.feed(octets)) return failed;
        c->input = true;
        return {};
    }

    /// Whether `receive` takes octets: all events are polled, and there is room for the responses
    /// that they may cause. False after `poll_event` has nothing more: read on after `written`.
    [[nodiscard]] bool can_receive(connection_id connection) const {
        auto const* const c = find(connection);
        return c != nullptr && !c->dead && !c->input && next_event_ == events_.size() &&
               has_room(*c);
    }

    /// Takes a message to be sent; several share the connection in fair turns (CHK-7.1.1-7). What
    /// was not bound yet waits for the connection.
    /// @return `too_many_messages`; `session_closed`; `wrong_order` (report values, a body without
    ///         content type, two bodies, a Message-ID that is under way, a field that the session
    ///         writes); `header_block_too_long` above `max_outgoing_header`; `illegal_octet` and
    ///         the like in a field.
    [[nodiscard]] wire::result<message_handle> send(outgoing_message const& message,
                                                    session_time now) {
        tick(now);
        if (ended_ || closing_) return make_error_code(error::session_closed);
        if (auto const wrong = check(message); wrong.code) return wrong;
        auto* const s = free_slot();
        if (s == nullptr) return make_error_code(error::too_many_messages);
        auto const id = message.message_id.empty()
                            ? message_ident(make_ident<made_message_id>(random_).view())
                            : message_ident(message.message_id);
        s->content_type.assign(message.content_type);
        s->handle = message_handle{++last_message_};
        s->id = id;
        s->success = message.success_report;
        s->failure = message.failure_report;
        s->fields = message.fields;
        s->cursor = message.content_type.empty() ? chunk_cursor::bodiless()
                    : message.source != nullptr  ? chunk_cursor(*message.source, message.total)
                                                 : chunk_cursor(message.body);
        s->turn = ++last_turn_;
        s->stage = slot_stage::sending;
        ++outgoing_;
        return s->handle;
    }

    /// The source of a message that said `wait` has octets now. @return `no_such_message`.
    std::error_code resume(message_handle message, session_time now) {
        tick(now);
        auto* const s = find(message);
        if (s == nullptr) return make_error_code(error::no_such_message);
        s->waiting = false;
        return {};
    }

    /// Gives a message up: with "#" if any of it went out (CHK-7.3.1-4). `message_sent` follows
    /// when its octets are not needed any more. @return `no_such_message`.
    std::error_code abort(message_handle message, session_time now) {
        tick(now);
        auto* const s = find(message);
        if (s == nullptr) return make_error_code(error::no_such_message);
        give_up(*s, std::make_error_code(std::errc::operation_canceled), 0, true);
        return {};
    }

    /// Refuses an incoming message that is under way, by 413 or another error status: in response
    /// to its chunk under way, or else to its next. `message_end` with `refused` follows.
    /// @return `no_such_message`; `bad_status` for a status that is no error.
    std::error_code refuse(std::string_view message_id, std::uint16_t status, session_time now) {
        tick(now);
        if (status < 300 || status > 999) return make_error_code(error::bad_status);
        auto* const m = find_incoming(message_id);
        if (m == nullptr) return make_error_code(error::no_such_message);
        for (auto& c : links_) {
            if (c.request.message != m) continue;
            reject(c, status);
        }
        end_incoming(*m, message_fate::refused, make_error_code(error::refused), status);
        return {};
    }

    /// Ends the session: messages under way are aborted, what waits to be written goes out, then
    /// `close_connection` comes for each connection, and when they are lost `session_ended`.
    void close(session_time now) {
        tick(now);
        if (ended_ || closing_) return;
        closing_ = true;
        for (auto& s : slots_)
            if (s.stage == slot_stage::sending)
                give_up(s, make_error_code(error::session_closed), 0, true);
        if (links_.empty()) end_session({});
        for (auto& c : links_) close_if_drained(c);
    }

    /// The connection is gone; call it after `close_connection` too. @return `no_such_connection`.
    std::error_code connection_lost(connection_id connection, session_time now) {
        tick(now);
        auto const at = std::find_if(links_.begin(), links_.end(),
                                     [&](link const& c) { return c.id == connection; });
        if (at == links_.end()) return make_error_code(error::no_such_connection);
        if (next_event_ == events_.size()) lost_.clear();
        lost_.splice(lost_.end(), links_, at);  // events may still show what its parser holds
        std::erase_if(transactions_,
                      [&](transaction const& t) { return t.connection == connection; });
        stale_ = true;
        auto const why = at->dead && at->reason ? at->reason
                         : closing_             ? std::error_code{}
                                                : make_error_code(error::connection_lost);
        if (!ended_ && (bound_ == connection || (closing_ && links_.empty()))) end_session(why);
        return {};
    }

    /// The time is `now`; call it when `deadline` is reached. Earlier or more often does no harm.
    void handle_timeout(session_time now) {
        tick(now);
        stale_ = true;
        for (std::size_t i = 0; i < transactions_.size();) {
            auto const t = transactions_[i];
            if (!t.deadline || *t.deadline > now_) {
                ++i;
                continue;
            }
            erase_transaction(i);
            if (t.binds) {
                if (auto* const c = find(t.connection)) shut(*c, make_error_code(error::timed_out));
            } else if (auto* const s = find(t.message)) {
                give_up(*s, make_error_code(error::timed_out), 0, true);
            }
            i = 0;  // giving up takes other transactions with it
        }
        for (auto& s : slots_)
            if (s.stage == slot_stage::reporting && s.report_deadline <= now_) report_is_missing(s);
        for (auto& m : incoming_)
            if (m.used && m.touched + options_.incoming_timeout <= now_)
                end_incoming(m, message_fate::incomplete, make_error_code(error::timed_out),
                             status_code::stop_sending);
        for (auto& c : links_)
            if (c.bind_deadline && bound_ != c.id && *c.bind_deadline <= now_)
                shut(c, make_error_code(error::timed_out));
    }

    // --- outputs ---

    /// The octets to write now: responses and REPORTs, and of at most one chunk the head, a block
    /// of the body (`block_size`), the end-line, in the order of the views. Empty: nothing to
    /// write.
    /// @return views that live, and stay the answer, until `written` has taken all of them or the
    ///         connection is lost.
    [[nodiscard]] std::span<std::string_view const> poll_output(connection_id connection) {
        auto* const c = find(connection);
        if (c == nullptr || c->dead) return {};
        if (c->offer_at == c->offer_size) make_offer(*c);
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
        bool const all = octets == offered;
        while (c->offer_at < c->offer_size && octets >= c->offer[c->offer_at].size())
            octets -= c->offer[c->offer_at++].size();
        if (c->offer_at < c->offer_size) c->offer[c->offer_at].remove_prefix(octets);
        start_timers(*c);
        if (!all) return {};
        c->control_out.clear();
        if (auto* const s = std::exchange(c->offered, nullptr); s != nullptr) settle(*s);
        close_if_drained(*c);
        return {};
    }

    /// The next event; its views live until the next `receive`.
    [[nodiscard]] std::optional<session_event> poll_event() {
        if (next_event_ != events_.size()) return pop_event();
        for (auto& c : links_) {
            while (c.input && !c.dead && has_room(c)) {
                chunk_event event;
                auto const status = c.parser.poll(event);
                if (status == parse_status::need_more) {
                    c.input = false;
                } else if (status == parse_status::error) {
                    events_.push_back(protocol_error{c.id, c.parser.error()});
                    shut(c, c.parser.error().code);
                } else if (auto const* const data = std::get_if<chunk_data>(&event)) {
                    if (on_data(c, data->octets))
                        return message_data{c.request.message->id,
                                            c.request.next - data->octets.size(), data->octets};
                } else if (auto const* const begin = std::get_if<chunk_begin>(&event)) {
                    on_begin(c, *begin);
                } else {
                    on_end(c, std::get_if<chunk_end>(&event)->flag);
                }
                if (next_event_ != events_.size()) return pop_event();
            }
        }
        return std::nullopt;
    }

    /// When `handle_timeout` is due; nothing where no timer runs. It may be early, never late.
    [[nodiscard]] std::optional<session_time> deadline() const {
        if (stale_) {
            stale_ = false;
            deadline_.reset();
            auto const at = [this](session_time t) {
                if (!deadline_ || t < *deadline_) deadline_ = t;
            };
            for (auto const& t : transactions_)
                if (t.deadline) at(*t.deadline);
            for (auto const& s : slots_)
                if (s.stage == slot_stage::reporting) at(s.report_deadline);
            for (auto const& m : incoming_)
                if (m.used) at(m.touched + options_.incoming_timeout);
            for (auto const& c : links_)
                if (c.bind_deadline && bound_ != c.id && !c.dead) at(*c.bind_deadline);
        }
        return deadline_;
    }

    // --- state ---

    /// The connection that the session is bound to, or being bound to by us.
    [[nodiscard]] std::optional<connection_id> bound_to() const noexcept { return bound_; }
    /// Nothing more is sent or received: `session_ended` came or is to be polled.
    [[nodiscard]] bool ended() const noexcept { return ended_; }
    /// How far a message is; nothing once it is done and no report is awaited.
    [[nodiscard]] std::optional<send_progress> progress(message_handle message) const {
        for (auto const& s : slots_)
            if (s.stage != slot_stage::free && s.handle == message)
                return send_progress{s.cursor.sent(), s.responded, s.reported.octets(),
                                     s.cursor.total()};
        return std::nullopt;
    }
    /// Messages that `send` took and that are not done.
    [[nodiscard]] std::size_t outgoing() const noexcept { return outgoing_; }
    [[nodiscard]] session_counters const& counters() const noexcept { return counters_; }
    [[nodiscard]] session_options const& options() const noexcept { return options_; }
    [[nodiscard]] Allocator get_allocator() const { return allocator_; }

   private:
    template <class T>
    using rebound = typename std::allocator_traits<Allocator>::template rebind_alloc<T>;
    template <class T>
    using vector = std::vector<T, rebound<T>>;
    template <class T>
    using list = std::list<T, rebound<T>>;
    using string = std::basic_string<char, std::char_traits<char>, rebound<char>>;

    // --- what there is to remember ---

    enum class slot_stage : std::uint8_t {
        free,
        sending,    ///< until `message_sent`
        reporting,  ///< done, a success report is awaited
    };
    /// A message of ours.
    struct slot {
        slot(session_options const& options, Allocator const& allocator)
            : content_type(allocator), reported(options.max_ranges, allocator) {}
        message_handle handle{};
        string content_type;
        std::span<outgoing_field const> fields{};
        chunk_cursor cursor{};
        std::uint64_t turn = 0;  ///< who has the lowest is next
        std::error_code outcome{};
        std::size_t pending = 0;  ///< transactions not answered
        std::uint64_t responded = 0;
        basic_range_set<Allocator> reported;
        session_time report_deadline{};
        message_ident id{};
        std::uint16_t status = 0;
        slot_stage stage = slot_stage::free;
        report_value success = report_value::no;
        report_value failure = report_value::yes;
        bool waiting = false;  ///< its source has nothing now
        bool ending = false;   ///< given up; `outcome` says why
        bool silent = false;   ///< ... and no chunk is begun to tell the peer
        bool reported_any = false;

        [[nodiscard]] bool fully_reported() const noexcept {
            return cursor.done() && reported_any && reported.covers(1, cursor.sent());
        }
    };

    /// A SEND of ours whose response may come.
    struct transaction {
        static constexpr auto under_way = std::numeric_limits<std::uint64_t>::max();
        made_transaction_id id{};
        connection_id connection{};
        message_handle message{};
        message_ident message_id{};
        octet_range range{};
        std::uint64_t ends_at = under_way;  ///< stream offset behind its last octet
        std::optional<session_time> deadline{};
        bool binds = false;    ///< the bodiless SEND of CON-5.4-3
        bool partial = false;  ///< no 200 will come, and no timer runs (TRX-7.1.4-2)
    };

    /// A message of the peer's that is under way.
    struct incoming {
        incoming(session_options const& options, Allocator const& allocator)
            : received(options.max_ranges, allocator) {}
        bool used = false;
        bool success = false;  ///< Success-Report: yes
        message_ident id{};
        basic_range_set<Allocator> received;
        std::optional<std::uint64_t> size{};  ///< since a chunk with "$" came
        session_time touched{};
    };
    /// A message of the peer's that ended: complete (status 0) or refused with a status.
    struct remembered {
        message_ident id;
        std::uint16_t status;
    };
    struct sent_message {
        message_ident id;
        message_handle handle;
    };

    /// The request that is coming in on a connection.
    struct request_state {
        request_state(Allocator const& allocator) : from(allocator) {}  // NOLINT
        std::array<char, ident_max> id{};
        std::size_t id_size = 0;
        msrp::method method = msrp::method::none;
        report_value failure = report_value::yes;
        string from;          ///< From-Path as sent
        bool discard = true;  ///< nothing of it is of use any more
        bool bare = false;    ///< without a body
        bool duplicate = false;
        bool success = false;
        incoming* message = nullptr;
        message_ident message_id{};
        std::uint64_t start = 1;  ///< position of its first octet
        std::uint64_t next = 1;   ///< position of its next octet; 0 behind 2^64-1

        [[nodiscard]] std::string_view transaction_id() const noexcept {
            return {id.data(), id_size};
        }
    };

    /// A transport connection.
    struct link {
        link(connection_id number, session_options const& options, std::size_t head_size,
             Allocator const& allocator)
            : id(number),
              parser(options.parser_limits, options.parser_leniency, allocator),
              request(allocator),
              control(allocator),
              control_out(allocator),
              head(head_size, '\0', allocator),
              chunks(head, options.block_size, options.interrupt_point) {}
        link(link const&) = delete;
        link& operator=(link const&) = delete;

        connection_id id;
        basic_chunk_parser<Allocator> parser;
        request_state request;
        bool input = false;  ///< the parser has octets that were not polled
        bool dead = false;   ///< `close_connection` was said
        std::error_code reason{};
        std::optional<session_time> bind_deadline{};

        string control;      ///< responses and REPORTs that wait
        string control_out;  ///< those being written
        vector<char> head;
        chunker chunks;
        slot* open = nullptr;     ///< whose chunk is under way
        slot* offered = nullptr;  ///< whose octets are being written
        std::array<std::string_view, 5> offer{};
        std::size_t offer_at = 0;
        std::size_t offer_size = 0;
        std::uint64_t queued = 0;  ///< octets put into offers and `control`
        std::uint64_t written = 0;
    };

    void tick(session_time now) noexcept { now_ = std::max(now_, now); }

    /// For paths that were checked before.
    static constexpr path_options any_path{.several_blanks = true, .ipv6_without_brackets = true};

    /// The rightmost URI of a path.
    [[nodiscard]] static path_view last_of(path_view all) noexcept {
        return *read_path(all.back().text, any_path);
    }

    [[nodiscard]] link* find(connection_id id) {
        for (auto& c : links_)
            if (c.id == id) return &c;
        return nullptr;
    }
    [[nodiscard]] link const* find(connection_id id) const {
        for (auto const& c : links_)
            if (c.id == id) return &c;
        return nullptr;
    }
    [[nodiscard]] slot* find(message_handle handle) {
        for (auto& s : slots_)
            if (s.stage == slot_stage::sending && s.handle == handle) return &s;
        return nullptr;
    }
    [[nodiscard]] incoming* find_incoming(std::string_view id) {
        for (auto& m : incoming_)
            if (m.used && m.id == id) return &m;
        return nullptr;
    }

    session_event pop_event() {
        session_event const event = events_[next_event_++];
        if (next_event_ == events_.size()) {
            events_.clear();
            next_event_ = 0;
        }
        return event;
    }

    /// Says once that a connection is to be closed; nothing goes in or out any more.
    void shut(link& c, std::error_code why) {
        if (c.dead) return;
        c.dead = true;
        c.input = false;
        c.reason = why;
        stale_ = true;
        events_.push_back(close_connection{c.id, why});
    }

    void close_if_drained(link& c) {
        if (!closing_ || c.offer_at != c.offer_size || !c.control.empty()) return;
        if (bound_ == c.id && outgoing_ != 0) return;
        shut(c, {});
    }

    void end_session(std::error_code why) {
        ended_ = true;
        bound_.reset();
        auto const outcome = why ? why : make_error_code(error::session_closed);
        for (auto& c : links_) {
            c.open = c.offered = nullptr;
            shut(c, make_error_code(error::session_closed));
        }
        for (auto& m : incoming_)
            if (m.used) end_incoming(m, message_fate::incomplete, outcome, 0);
        for (auto& s : slots_) {
            if (s.stage == slot_stage::sending) {
                if (!s.ending) s.outcome = outcome;
                s.ending = true;
                finish(s);
            }
            if (s.stage == slot_stage::reporting) report_is_missing(s);
        }
        transactions_.clear();
        stale_ = true;
        events_.push_back(session_ended{why});
    }

    // --- responses and REPORTs of ours ---

    [[nodiscard]] bool has_room(link const& c) const noexcept {
        return c.control.empty() || c.control.size() + 2 * reserve_ <= options_.max_control_octets;
    }

    void queue(link& c, wire::result<std::string_view> const& text) {
        if (!text) return;  // it was checked and measured: cannot be
        c.control.append(*text);
        c.queued += text->size();
    }

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

    /// Answers the request under way (TRX-7.2-1 to -3, TRX-7.1.4-1, -2).
    void respond(link& c, std::uint16_t status) {
        auto const& r = c.request;
        if (r.method == method::REPORT || r.failure == report_value::no) return;
        if (r.failure == report_value::partial && is_success(status)) return;
        std::string_view from = r.from;
        if (r.method == method::SEND) from = from.substr(0, from.find(' '));
        auto const to = read_path(from, any_path);
        if (!to) return;
        head_writer out(scratch_, head_origin::forwarded);  // To-Path is as the peer wrote it
        static_cast<void>(out.response(r.transaction_id(), status, comment_of(status), *to, own_));
        queue(c, out.finish_without_body());
        ++counters_.responses_sent;
    }

    /// Answers with an error and has no more use for the request.
    void reject(link& c, std::uint16_t status) {
        if (c.request.discard) return;
        respond(c, status);
        ++counters_.refused;
        c.request.discard = true;
        c.request.message = nullptr;
    }

    /// RPT-7.1.2-1, -2, RPT-7.1.3-1
    void queue_report(link& c, std::string_view message_id, byte_range const& range) {
        auto const to = read_path(c.request.from, any_path);
        if (!to) return;
        head_writer out(scratch_, head_origin::forwarded);  // To-Path is as the peer wrote it
        auto const id = new_transaction_id();
        static_cast<void>(out.request(id.view(), "REPORT", *to, own_));
        static_cast<void>(out.message_id(message_id));
        static_cast<void>(out.byte_range(range));
        static_cast<void>(out.status({0, status_code::ok, comment_of(status_code::ok)}));
        queue(c, out.finish_without_body());
        ++counters_.reports_sent;
    }

    /// CON-5.4-3, CHK-7.1.1-4
    void queue_bind(link& c) {
        auto const id = new_transaction_id();
        auto const message_id = make_ident<made_message_id>(random_);
        queue(c, write_head(scratch_, {remote_, own_, message_id.view()}, id.view(), {1, 0, 0}));
        transaction t;
        t.id = id;
        t.connection = c.id;
        t.binds = true;
        t.ends_at = c.queued;
        transactions_.push_back(t);
        ++counters_.chunks_sent;
    }

    // --- requests and responses of the peer ---

    /// CON-7.3-1; by the leniency, the session-id alone.
    [[nodiscard]] bool is_own(uri const& to) const noexcept {
        if (!options_.match_session_id_only) return equivalent(to, own_uri_);
        return own_uri_.has_session_id() && to.session_id == own_uri_.session_id;
    }

    void on_begin(link& c, chunk_begin const& b) {
        auto& r = c.request;
        r.discard = true;
        r.message = nullptr;
        r.method = b.method;
        if (!b.is_request()) return on_response(c, b);
        if (closing_) return;
        r.id_size = std::min(b.transaction_id.size(), ident_max);
        std::copy_n(b.transaction_id.data(), r.id_size, r.id.data());
        r.from.assign(b.headers.from_path().text());
        auto const failure = b.headers.failure_report();
        r.failure = failure ? *failure : report_value::yes;  // TRX-7.1.1-1
        auto const to = b.headers.to_path();
        bool const ours = to.size() == 1 && is_own(to.front());
        bool const repeated =
            b.headers.is_repeated(field::to_path) || b.headers.is_repeated(field::from_path);
        if (r.method == method::REPORT) {
            if (ours && !repeated && bound_ == c.id) return on_report(b.headers);
            ++counters_.ignored;
            return;
        }
        r.discard = false;
        // HDR-9-1, T10: whose it is cannot be said.
        if (repeated) return reject(c, status_code::bad_request);
        if (!ours) return reject(c, status_code::no_such_session);
        if (bound_ && bound_ != c.id)  // CON-5.4-5, T20
            return reject(c, status_code::bound_to_another_connection);
        if (r.method != method::SEND) return reject(c, status_code::unknown_method);  // HDR-12-2
        on_send(c, b);
    }

    [[nodiscard]] static bool absent(std::error_code code) noexcept {
        return code == make_error_code(error::field_absent);
    }

    void on_send(link& c, chunk_begin const& b) {
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
        ++counters_.chunks_received;
        if (!bound_) {
            bound_ = c.id;
            c.bind_deadline.reset();
            stale_ = true;
            events_.push_back(session_bound{c.id});
        }
        r.bare = !b.has_body;
        r.duplicate = false;
        r.success = success && *success == report_value::yes;
        r.message_id = message_ident(*id);
        r.start = r.next = range ? range->start : 1;
        auto const total = range ? range->total : std::nullopt;
        r.message = find_incoming(*id);
        if (r.message != nullptr) {
            r.message->touched = now_;
            r.message->success = r.message->success || r.success;
            return;
        }
        for (auto const& old : remembered_) {
            if (old.id != r.message_id) continue;
            if (old.status != 0) return reject(c, old.status);
            r.duplicate = true;  // CHK-5.4-1
            events_.push_back(message_duplicate{r.message_id});
            return;
        }
        if (r.bare) return;  // no content: it binds, or keeps alive
        if (!options_.accepts(*type))
            return refuse_message(c, status_code::media_type_not_understood);
        std::uint64_t const least = std::max(total.value_or(0), r.start - 1);
        if (least > options_.max_message_size)  // CHK-14.5-1
            return refuse_message(c, status_code::stop_sending);
        auto* const m = free_incoming();
        if (m == nullptr) return reject(c, status_code::stop_sending);
        m->used = true;
        m->success = r.success;
        m->id = r.message_id;
        m->received.clear();
        m->size.reset();
        m->touched = now_;
        stale_ = true;
        r.message = m;
        events_.push_back(message_begin{r.message_id, *type, total, h});
    }

    /// Refuses the first chunk that came of a message, and those that will.
    void refuse_message(link& c, std::uint16_t status) {
        remember({c.request.message_id, status});
        reject(c, status);
    }

    /// Some body; whether it is to be handed up.
    [[nodiscard]] bool on_data(link& c, std::string_view octets) {
        auto& r = c.request;
        if (r.discard) return false;
        // Position 2^64-1 is the last there is; a chunk that goes beyond is senseless.
        if (r.next == 0 || octets.size() - 1 > std::numeric_limits<std::uint64_t>::max() - r.next) {
            fail_incoming(c, status_code::bad_request, error::bad_byte_range);
            return false;
        }
        std::uint64_t const last = r.next + (octets.size() - 1);
        if (r.duplicate) {
            r.next = last + 1;
            return false;
        }
        auto& m = *r.message;
        if (m.size && last > *m.size) {
            fail_incoming(c, status_code::bad_request, error::bad_byte_range);
            return false;
        }
        if (last > options_.max_message_size) {
            fail_incoming(c, status_code::stop_sending, error::message_too_large);
            return false;
        }
        if (m.received.insert(r.next, last)) {
            fail_incoming(c, status_code::stop_sending, error::too_many_ranges);
            return false;
        }
        m.touched = now_;
        r.next = last + 1;
        return true;
    }

    void on_end(link& c, continuation_flag flag) {
        auto& r = c.request;
        if (r.discard || r.method != method::SEND) return;
        auto* const m = std::exchange(r.message, nullptr);
        std::uint64_t const last = r.next - 1;
        if (r.duplicate || m == nullptr) {
            respond(c, status_code::ok);
            bool const whole = flag == continuation_flag::complete;
            if (r.success && (r.duplicate || whole) && flag != continuation_flag::aborted)
                queue_report(c, r.message_id.view(),
                             {r.start, last, whole ? std::optional(last) : std::nullopt});
            return;
        }
        if (flag == continuation_flag::aborted) {  // CHK-7.3.1-4
            respond(c, status_code::ok);
            end_incoming(*m, message_fate::aborted, make_error_code(error::message_aborted),
                         status_code::stop_sending);
            return;
        }
        if (flag == continuation_flag::complete) {
            // CHK-7.3.1-2: its end is the message's end, whatever was claimed.
            if ((m->size && *m->size != last) || m->received.last() > last) {
                r.message = m;
                return fail_incoming(c, status_code::bad_request, error::bad_byte_range);
            }
            m->size = last;
        }
        respond(c, status_code::ok);
        if (!m->size || !m->received.covers(1, *m->size)) return;
        std::uint64_t const size = *m->size;
        if (m->success) queue_report(c, m->id.view(), {1, size, size});
        ++counters_.messages_received;
        end_incoming(*m, message_fate::complete, {}, 0);
    }

    /// A chunk under way, or its message, cannot be taken.
    void fail_incoming(link& c, std::uint16_t status, error why) {
        auto* const m = c.request.message;
        reject(c, status);
        if (m != nullptr) end_incoming(*m, message_fate::refused, make_error_code(why), status);
    }

    /// @param status what later chunks of it are answered with; 0: they are duplicates.
    void end_incoming(incoming& m, message_fate fate, std::error_code why, std::uint16_t status) {
        std::uint64_t const size =
            fate == message_fate::complete ? m.size.value_or(0) : m.received.octets();
        events_.push_back(message_end{m.id, fate, size, why});
        remember({m.id, status});
        for (auto& c : links_) {
            if (c.request.message != &m) continue;
            c.request.message = nullptr;
            c.request.discard = true;
        }
        m.used = false;
        stale_ = true;
    }

    void remember(remembered const& one) {
        if (options_.max_remembered_messages == 0) return;
        if (remembered_.size() < options_.max_remembered_messages) {
            remembered_.push_back(one);
            return;
        }
        remembered_[next_remembered_] = one;
        next_remembered_ = (next_remembered_ + 1) % remembered_.size();
    }

    [[nodiscard]] incoming* free_incoming() {
        for (auto& m : incoming_)
            if (!m.used) return &m;
        if (incoming_.size() >= options_.max_incoming_messages) return nullptr;
        return &incoming_.emplace_back(options_, allocator_);
    }

    void on_response(link& c, chunk_begin const& b) {
        ++counters_.responses_received;
        auto const at =
            std::find_if(transactions_.begin(), transactions_.end(), [&](transaction const& t) {
                return t.connection == c.id && t.id.view() == b.transaction_id;
            });
        bool const good = is_success(b.status);
        // A success before the end of the request says nothing.
        if (at == transactions_.end() || (good && at->ends_at == transaction::under_way)) {
            ++counters_.ignored;
            return;
        }
        auto const t = *at;
        erase_transaction(static_cast<std::size_t>(at - transactions_.begin()));
        auto const why = reason_of(b.status);
        bool const gone = b.status == status_code::no_such_session ||
                          b.status == status_code::bound_to_another_connection;
        if (t.binds) {
            if (good)
                events_.push_back(session_bound{c.id});
            else
                shut(c, why);
            return;
        }
        auto* const s = find(t.message);
        if (s == nullptr) {
            if (!good) events_.push_back(late_failure{t.message, t.message_id, b.status});
        } else if (good) {
            s->status = b.status;
            s->responded += t.range.last - t.range.first + 1;
            --s->pending;
            settle(*s);
        } else {
            --s->pending;
            give_up(*s, why, b.status, false);
        }
        if (gone) shut(c, why);
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

    /// RPT-7.1.2-3: what is unknown or makes no sense is ignored.
    void on_report(header_view const& h) {
        auto const id = h.message_id();
        auto const status = h.status();
        auto const range = h.byte_range();
        if (!id || !status || (!range && !absent(range.error().code))) {
            ++counters_.ignored;
            return;
        }
        auto const given = range ? std::optional(*range) : std::nullopt;
        bool const ours = status->name_space == 0;  // RPT-7.3.2-1
        for (auto& s : slots_) {
            if (s.stage == slot_stage::free || s.id != *id) continue;
            ++counters_.reports_received;
            bool const good = ours && is_success(status->code);
            if (good) note_report(s, given);
            bool const all = s.fully_reported();
            events_.push_back(
                report_received{s.handle, s.id, status->name_space, status->code, given, all});
            if (ours && !good && s.stage == slot_stage::sending)
                give_up(s, reason_of(status->code), status->code, false);
            else if (s.stage == slot_stage::reporting && (all || (ours && !good)))
                release(s);
            return;
        }
        for (auto const& old : sent_) {
            if (old.id != *id) continue;
            ++counters_.reports_received;
            events_.push_back(report_received{old.handle, old.id, status->name_space, status->code,
                                              given, false});
            return;
        }
        ++counters_.ignored;
    }

    /// RPT-7.1.3-2: reported ranges need not be those of our chunks. Never more than we sent.
    void note_report(slot& s, std::optional<byte_range> const& range) {
        std::uint64_t const sent = s.cursor.sent();
        std::uint64_t const first = range ? range->start : 1;
        std::uint64_t const last = range ? range->end.value_or(range->total.value_or(0)) : sent;
        s.reported_any = true;
        if (first <= std::min(last, sent))
            static_cast<void>(s.reported.insert(first, std::min(last, sent)));
    }

    // --- messages of ours ---

    [[nodiscard]] wire::failure check(outgoing_message const& m) {
        auto const fail = [](error e, std::string_view name) {
            return wire::failure{make_error_code(e), 0, name};
        };
        bool const typed = !m.content_type.empty();
        if (!typed && (m.source != nullptr || !m.body.empty()))
            return fail(error::wrong_order, "Content-Type");
        if (m.source != nullptr && !m.body.empty()) return fail(error::wrong_order, "body");
        if (m.success_report == report_value::partial)
            return fail(error::wrong_order, "Success-Report");
        std::size_t size = m.content_type.size();
        for (auto const& f : m.fields) {
            auto const known = field_of(f.name);
            if (known <= field::status || known == field::content_type)
                return fail(error::wrong_order, "header");
            size += f.name.size() + f.value.size() + 4;
        }
        if (size > options_.max_outgoing_header)
            return fail(error::header_block_too_long, "header");
        for (auto const& s : slots_)
            if (s.stage != slot_stage::free && s.id == m.message_id)
                return fail(error::wrong_order, "Message-ID");
        // What can be wrong with the head is found now, not in the middle of the message.
        constexpr auto top = std::numeric_limits<std::uint64_t>::max();
        byte_range const range = typed ? byte_range{top, top, top} : byte_range{1, 0, top};
        chunk_head const head{remote_,
                              own_,
                              m.message_id.empty() ? std::string_view("0000") : m.message_id,
                              m.content_type,
                              m.success_report,
                              m.failure_report,
                              m.fields};
        auto const text = write_head(scratch_, head, "000000000000", range);
        return text ? wire::failure{} : text.error();
    }

    [[nodiscard]] slot* free_slot() {
        for (auto& s : slots_)
            if (s.stage == slot_stage::free) return &s;
        if (slots_.size() < options_.max_outgoing_messages)
            return &slots_.emplace_back(options_, allocator_);
        slot* oldest = nullptr;
        for (auto& s : slots_)
            if (s.stage == slot_stage::reporting &&
                (oldest == nullptr || s.handle < oldest->handle))
                oldest = &s;
        if (oldest != nullptr) report_is_missing(*oldest);
        return oldest;
    }

    void report_is_missing(slot& s) {  // RPT-7.1.1-1
        events_.push_back(report_missing{s.handle, s.id});
        release(s);
    }

    void release(slot& s) {
        if (options_.max_remembered_messages != 0) {
            if (sent_.size() < options_.max_remembered_messages) {
                sent_.push_back({s.id, s.handle});
            } else {
                sent_[next_sent_] = {s.id, s.handle};
                next_sent_ = (next_sent_ + 1) % sent_.size();
            }
        }
        s.stage = slot_stage::free;
        s.fields = {};
        s.cursor = {};
        s.waiting = s.ending = s.silent = s.reported_any = false;
        s.outcome = {};
        s.status = 0;
        s.pending = 0;
        s.responded = 0;
        s.reported.clear();
        stale_ = true;
    }

    [[nodiscard]] bool is_open(slot const& s) const noexcept {
        return std::any_of(links_.begin(), links_.end(),
                           [&](link const& c) { return c.open == &s; });
    }
    [[nodiscard]] bool is_offered(slot const& s) const noexcept {
        return std::any_of(links_.begin(), links_.end(),
                           [&](link const& c) { return c.offered == &s; });
    }

    /// @param tell begin a chunk just to say "#", where none is under way.
    void give_up(slot& s, std::error_code why, std::uint16_t status, bool tell) {
        if (s.ending) return;
        s.ending = true;
        s.outcome = why;
        if (status != 0) s.status = status;
        s.silent = !tell;
        s.cursor.abort();
        drop_transactions(s);
        settle(s);
    }

    void drop_transactions(slot& s) {
        std::erase_if(transactions_, [&](transaction const& t) { return t.message == s.handle; });
        s.pending = 0;
        stale_ = true;
    }

    /// Finishes a message of which nothing more is to be sent, written or waited for.
    void settle(slot& s) {
        if (s.stage != slot_stage::sending || is_open(s) || is_offered(s)) return;
        if (s.ending) {
            if (!s.cursor.done() && s.cursor.begun() && !s.silent && bound_) return;
        } else if (!s.cursor.done() || (s.failure == report_value::yes && s.pending != 0)) {
            return;
        }
        finish(s);
    }

    void finish(slot& s) {
        events_.push_back(message_sent{s.handle, s.id, s.outcome, s.status, s.cursor.sent()});
        --outgoing_;
        if (!s.outcome) ++counters_.messages_sent;
        if (s.outcome || s.success != report_value::yes || s.fully_reported()) return release(s);
        s.stage = slot_stage::reporting;
        s.report_deadline = now_ + options_.report_timeout;
        s.fields = {};
        stale_ = true;
    }

    void erase_transaction(std::size_t at) {
        transactions_[at] = transactions_.back();
        transactions_.pop_back();
        stale_ = true;
    }

    /// Room for one more transaction; a partial one, which nobody waits for, may make it.
    [[nodiscard]] bool can_begin() {
        if (transactions_.size() < options_.max_transactions) return true;
        std::size_t oldest = transactions_.size();
        for (std::size_t i = 0; i < transactions_.size(); ++i)
            if (transactions_[i].partial && transactions_[i].ends_at != transaction::under_way &&
                (oldest == transactions_.size() ||
                 transactions_[i].message < transactions_[oldest].message))
                oldest = i;
        if (oldest == transactions_.size()) return false;
        if (auto* const s = find(transactions_[oldest].message)) --s->pending;
        erase_transaction(oldest);
        return true;
    }

    [[nodiscard]] made_transaction_id new_transaction_id() {
        auto id = make_ident<made_transaction_id>(random_);
        auto const taken = [&](transaction const& t) { return t.id == id; };
        for (int tries = 0;
             tries < 8 && std::any_of(transactions_.begin(), transactions_.end(), taken); ++tries)
            id = make_ident<made_transaction_id>(random_);
        return id;
    }

    [[nodiscard]] static bool wants_turn(slot const& s) noexcept {
        if (s.stage != slot_stage::sending || s.cursor.done()) return false;
        return s.ending ? !s.silent : !s.waiting;
    }
    /// The next message in turn, but for `not_this`.
    [[nodiscard]] slot* next_slot(slot const* not_this, bool room) {
        slot* best = nullptr;
        for (auto& s : slots_)
            if (&s != not_this && wants_turn(s) &&
                (room || s.ending || s.failure == report_value::no) &&
                (best == nullptr || s.turn < best->turn))
                best = &s;
        return best;
    }

    void make_offer(link& c) {
        c.offer_at = c.offer_size = 0;
        bool const was_open = c.open != nullptr;
        if (!was_open) offer_control(c);
        if (bound_ == c.id) offer_chunk(c);
        if (was_open && c.open == nullptr) offer_control(c);
    }

    void offer(link& c, std::string_view octets) {
        if (!octets.empty()) c.offer[c.offer_size++] = octets;
    }

    void offer_control(link& c) {
        if (c.control.empty()) return;
        std::swap(c.control, c.control_out);
        offer(c, c.control_out);
    }

    void offer_chunk(link& c) {
        slot* s = c.open;
        for (;;) {
            bool const room = outgoing_ != 0 && can_begin();
            if (s == nullptr) s = next_slot(nullptr, room);
            if (s == nullptr) return;
            // CHK-7.1.1-7: responses and REPORTs at once, other messages in fair turns.
            bool const interrupt =
                c.open != nullptr && (!c.control.empty() || next_slot(s, room) != nullptr);
            if (c.open != nullptr && s->waiting && !s->ending && !interrupt) return;
            chunk_head const head{remote_,    own_,       s->id.view(), s->content_type,
                                  s->success, s->failure, s->fields};
            chunk_block block;
            auto const step = c.chunks.next(
                s->cursor, head, [this] { return new_transaction_id(); }, interrupt, block);
            if (!step) {  // the head was checked by `send`
                give_up(*s, step.error().code, 0, false);
                s = nullptr;
                continue;
            }
            if (auto const failed = s->cursor.failure(); failed && !s->ending) {
                s->ending = true;
                s->outcome = failed;
                drop_transactions(*s);
            }
            if (*step == chunk_step::block) return offer_block(c, *s, block);
            if (*step == chunk_step::wait) {
                s->waiting = true;
                if (c.open != nullptr) return;
            } else {
                settle(*s);
            }
            s = nullptr;
        }
    }

    void offer_block(link& c, slot& s, chunk_block const& block) {
        offer(c, block.head);
        offer(c, block.body);
        offer(c, block.end);
        c.queued += block.head.size() + block.body.size() + block.end.size();
        c.offered = &s;
        c.open = block.ends ? nullptr : &s;
        if (block.begins) {
            ++counters_.chunks_sent;
            if (!s.ending && s.failure != report_value::no) {  // TRX-7.1.4-1
                transaction t;
                t.id = block.transaction_id;
                t.connection = c.id;
                t.message = s.handle;
                t.message_id = s.id;
                t.partial = s.failure == report_value::partial;
                transactions_.push_back(t);
                ++s.pending;
            }
        }
        if (!block.ends) return;
        if (block.flag == continuation_flag::more) {
            ++counters_.interrupted;
            s.turn = ++last_turn_;
        }
        for (auto& t : transactions_) {
            if (t.message != s.handle || t.id != block.transaction_id) continue;
            t.range = block.range;
            // Control that already waits is counted in `queued`, yet goes out behind this chunk.
            t.ends_at = c.queued - c.control.size();
        }
    }

    /// TMR-1: from the last octet of a request on.
    void start_timers(link const& c) {
        for (auto& t : transactions_) {
            if (t.connection != c.id || t.deadline || t.partial || t.ends_at > c.written) continue;
            t.deadline = now_ + options_.response_timeout;
            stale_ = true;
        }
    }

    session_options options_;
    Random random_;
    Allocator allocator_;
    basic_path<Allocator> own_;
    uri own_uri_;
    basic_path<Allocator> remote_;
    vector<char> scratch_;  ///< one head at a time
    std::size_t reserve_ = 0;
    std::size_t head_size_ = 0;

    list<link> links_;
    list<link> lost_;  ///< gone, but events may show what they hold
    list<slot> slots_;
    vector<transaction> transactions_;
    list<incoming> incoming_;
    vector<remembered> remembered_;
    vector<sent_message> sent_;
    vector<session_event> events_;
    std::size_t next_event_ = 0;
    std::size_t next_remembered_ = 0;
    std::size_t next_sent_ = 0;

    std::optional<connection_id> bound_{};
    bool closing_ = false;
    bool ended_ = false;
    std::size_t outgoing_ = 0;
    std::uint32_t last_connection_ = 0;
    std::uint64_t last_message_ = 0;
    std::uint64_t last_turn_ = 0;
    session_time now_ = session_time::min();
    mutable bool stale_ = false;
    mutable std::optional<session_time> deadline_{};
    session_counters counters_{};
};

/// The session on standard memory.
template <random_source Random>
using session = basic_session<Random>;
namespace pmr {
template <random_source Random>
using session = basic_session<Random, std::pmr::polymorphic_allocator<char>>;
}

}  // namespace msrp::inline v0
