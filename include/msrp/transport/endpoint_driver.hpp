// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// endpoint_driver.hpp - drives an endpoint over TCP and TLS: connects, reads, writes, times,
// closes.
#pragma once

#include <openssl/ssl.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include <asio/any_io_executor.hpp>
#include <asio/async_result.hpp>
#include <asio/awaitable.hpp>
#include <asio/bind_cancellation_slot.hpp>
#include <asio/buffer.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/co_spawn.hpp>
#include <asio/error.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>
#include <msrp/endpoint.hpp>
#include <msrp/range_set.hpp>
#include <msrp/session_event.hpp>
#include <msrp/transport/beast_buffer.hpp>
#include <msrp/transport/connect.hpp>
#include <msrp/transport/detail/completion.hpp>
#include <msrp/transport/detail/link.hpp>
#include <msrp/transport/detail/unsent_limit.hpp>
#include <msrp/transport/error.hpp>
#include <msrp/transport/stream.hpp>
#include <msrp/transport/tls.hpp>
#include <wire/result.hpp>

// g++ 12 believes that Asio's coroutine frames are freed by the wrong function.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif

namespace msrp::inline v0::transport {

struct driver_options {
    endpoint_options endpoint{};
    connect_options connect{};  ///< time-outs of resolving, connecting, the TLS handshake; the veto
    std::size_t read_size =
        128 * 1024;  ///< octets read at once, at most; idle connections have 4096
    /// Octets written that the system keeps unsent, at most, where it knows TCP_NOTSENT_LOWAT: a
    /// line behind a block of a file waits for no more of the file. 0: the system's own limit.
    std::size_t max_unsent = 64 * 1024;

    // The times of connections and of `async_open` are looked at four times in the shortest of
    // them: what is late is noticed within a quarter of that. Zero: never.

    /// The peer takes nothing of what is to be written for so long: closed (T17).
    std::chrono::steady_clock::duration write_timeout = std::chrono::seconds(30);
    /// Nothing read and nothing written for so long: closed. (Connections that no session uses, or
    /// that send nothing at first, are the endpoint's to close.)
    std::chrono::steady_clock::duration idle_timeout = std::chrono::minutes(10);
    /// For the peer to end its side, once we have ended ours.
    std::chrono::steady_clock::duration close_timeout = std::chrono::seconds(5);
    /// `async_open` ends with `timed_out`, and its session is closed, when it is not bound for so
    /// long: the peer did not connect.
    std::chrono::steady_clock::duration open_timeout = std::chrono::minutes(10);
    /// Told of each connection that is ready (`stream::ssl` has the facts of TLS). May be empty.
    std::function<void(connection_id, stream&)> on_ready{};
    /// Told how each connection ended, or why it could not be made: no error where we ended it in
    /// order, `asio::error::eof` where the peer did. Its sessions' events follow; the socket may
    /// still wait for the peer's end. May be empty.
    std::function<void(connection_id, std::error_code)> on_end{};
};

/// Whom a session expects at the other end of a TLS connection.
struct session_trust {
    // No aggregate: g++ 12 destroys a braced temporary of one in a co_await twice.
    session_trust() = default;
    session_trust(peer_check c, std::string name = {})
        : check(std::move(c)), server_name(std::move(name)) {}

    /// As client and as server. Not said: nobody is trusted, a TLS session is never bound.
    peer_check check = peer_check::by_fingerprint({});
    std::string server_name{};  ///< for SNI; empty: the host connected to
};

/// What became of a message.
struct sent_message {
    message_handle handle{};
    std::uint16_t status = 0;  ///< the peer's last response, 0: none
    std::uint64_t octets = 0;  ///< of the body that were written
    /// Where it failed: what the peer is known to have, for `outgoing_message::confirmed`.
    std::vector<octet_range> confirmed{};
};

/// An endpoint on Asio. It owns the sans-I/O endpoint, makes the connections that it asks for,
/// carries octets and time, and gives the events to a handler.
///
///     transport::endpoint_driver endpoint(io.get_executor(), random, on_event, {}, &context);
///     auto session = co_await endpoint.async_open(parameters, trust);   // bound
///     auto sent = co_await endpoint.async_send(session, {.content_type = ..., .body = ...});
///     co_await endpoint.async_shut_down(5s);
///
/// Everything runs in one executor: one thread, or a strand; it is touched from there only. Many
/// endpoints, each in a strand of its own, share the threads of an `io_context`. The driver starts
/// no thread (Asio's resolver of names has one of its own). Destroyed at rest or not, it closes all
/// connections; operations under way never complete then. So it is where its `io_context` is
/// destroyed, even if a coroutine owns it that waits for it.
///
/// Operations take a completion token: a handler, `use_awaitable`, `use_future`, ... Errors come as
/// `std::error_code`. Cancelled (any type), `async_open` closes its session, `async_send` aborts
/// its message, `async_run` closes its connection at once; each still completes.
///
/// @tparam Handler called as `handler(endpoint_event const&)`, in the executor; what the event
///         refers to lives until it returns. It may call the driver. It must not throw, and must
///         not destroy the driver; nor may the functions in `driver_options`.
template <random_source Random, class Handler>
class endpoint_driver {
   public:
    using clock = std::chrono::steady_clock;
    using endpoint_type = msrp::endpoint<Random>;

    /// @param context our side of TLS for the connections that we make; it outlives the driver.
    ///        Null: no session may connect by TLS.
    endpoint_driver(::asio::any_io_executor executor, Random random, Handler handler,
                    driver_options options = {}, tls_context* context = nullptr)
        : executor_(std::move(executor)),
          options_(std::move(options)),
          context_(context),
          handler_(std::move(handler)),
          user_binds_(options_.endpoint.binds),
          endpoint_(with_binds(options_.endpoint), std::move(random)),
          timer_(executor_),
          watch_(executor_),
          shut_limit_(executor_),
          self_(std::make_shared<endpoint_driver*>(this)) {}
    endpoint_driver(endpoint_driver const&) = delete;
    endpoint_driver& operator=(endpoint_driver const&) = delete;
    ~endpoint_driver() {
        *self_ = nullptr;
        for (auto& [id, l] : links_) {
            l->owner = nullptr;
            l->close();
        }
        for (auto& [id, stop] : connecting_) stop->emit(::asio::cancellation_type::terminal);
    }

    // --- sessions ---

    /// Opens a session, as `basic_endpoint::open` does; active, it connects.
    ///
    /// A session whose own URI is `msrps` is bound to TLS connections only, a `msrp` one to TCP
    /// only; and the certificate of the peer must pass `trust`, whoever made the connection
    /// (TLS-14.4-1, T24, T25). `p.identity` is filled in.
    /// @return as `basic_endpoint::open`; `connect_refused` where the target's scheme is not that
    ///         of our URI; for `p.connection`, `no_such_connection` where it is not up (yet), and
    ///         `bind_refused` where it does not pass.
    [[nodiscard]] wire::result<session_handle> open(session_parameters p,
                                                    session_trust trust = {}) {
        bool const secure = p.local.back().scheme == uri_scheme::msrps;
        if (p.role == connection_role::active && !p.connection) {
            bool const by_tls =
                p.target ? p.target->secure : p.remote.front().scheme == uri_scheme::msrps;
            if (by_tls != secure) return make_error_code(msrp::error::connect_refused);
        }
        auto const identity = text_of(trust);
        p.identity = identity;
        if (p.role == connection_role::active && p.connection)
            if (auto const ec = check(*p.connection, secure, trust.check)) return ec;
        auto const made = endpoint_.open(p, clock::now());
        if (!made) return made;
        if (auto const c = endpoint_.connection_of(*made); c && !is_known(*c))
            asked_.try_emplace(*c, trust);
        trusts_.emplace(*made, trusted{std::move(trust), secure, {}, {}, false});
        update();
        return made;
    }
    /// Our side binds a passive session, as `basic_endpoint::attach` does.
    /// @return as that; as `open` for a connection that does not pass.
    std::error_code attach(session_handle s, connection_id connection) {
        auto const at = trusts_.find(s);
        if (at == trusts_.end()) return make_error_code(msrp::error::no_such_session);
        if (auto const ec = check(connection, at->second.secure, at->second.trust.check)) return ec;
        return then_update(endpoint_.attach(s, connection, clock::now()));
    }
    /// Opens a session; completes when it is bound: the peer's answer to our first SEND is there,
    /// or the peer's first SEND is.
    /// @param token for `void(std::error_code, session_handle)`; the errors of `open`, and why the
    ///        session or its connection ended before: `fingerprint_mismatch`, `timed_out`, ...;
    ///        `session_closed` where it was closed or cancelled.
    template <class Token = ::asio::use_awaitable_t<>>
    auto async_open(session_parameters const& p, session_trust trust = {}, Token&& token = {}) {
        return ::asio::async_initiate<Token, void(std::error_code, session_handle)>(
            [this, p](auto&& handler, session_trust&& expected) {
                auto const made = open(p, std::move(expected));
                auto const h = made.value_or(session_handle{});
                opening done(executor_, std::forward<decltype(handler)>(handler),
                             [self = self_, h] {
                                 if (*self != nullptr) (*self)->close(h);
                             });
                auto const at = trusts_.find(h);
                if (!made)
                    done(made.error().code, h);
                else if (at == trusts_.end())
                    done(make_error_code(msrp::error::session_closed), h);
                else if (at->second.bound)
                    done({}, h);
                else
                    wait_for(at->second, std::move(done));
            },
            token, std::move(trust));
    }
    /// Ends a session, as `basic_endpoint::close` does.
    std::error_code close(session_handle s) {
        return then_update(endpoint_.close(s, clock::now()));
    }
    /// Takes a message to be sent, as `basic_endpoint::send` does.
    [[nodiscard]] wire::result<message_handle> send(session_handle to,
                                                    outgoing_message const& message) {
        auto const made = endpoint_.send(to, message, clock::now());
        update();
        return made;
    }
    /// Sends a message; completes when it is done (`message_sent`): what the message refers to
    /// lives until then.
    /// @param token for `void(std::error_code, sent_message)`; the errors of `send` and of
    ///        `message_sent::outcome`.
    template <class Token = ::asio::use_awaitable_t<>>
    auto async_send(session_handle to, outgoing_message const& message, Token&& token = {}) {
        return ::asio::async_initiate<Token, void(std::error_code, sent_message)>(
            [this, to, message](auto&& handler) {
                auto const made = endpoint_.send(to, message, clock::now());
                auto const h = made.value_or(message_handle{});
                sending done(executor_, std::forward<decltype(handler)>(handler),
                             [self = self_, h] {
                                 if (*self != nullptr) (*self)->abort(h);
                             });
                if (!made) return done(made.error().code, sent_message{});
                sending_.emplace(h, std::move(done));
                update();
            },
            token);
    }
    /// As `basic_endpoint::resume`: its source has octets now.
    std::error_code resume(message_handle m) {
        return then_update(endpoint_.resume(m, clock::now()));
    }
    /// As `basic_endpoint::abort`.
    std::error_code abort(message_handle m) {
        return then_update(endpoint_.abort(m, clock::now()));
    }
    /// As `basic_endpoint::refuse`.
    std::error_code refuse(session_handle from, std::string_view message_id, std::uint16_t status) {
        return then_update(endpoint_.refuse(from, message_id, status, clock::now()));
    }

    /// The endpoint itself. After a call to it that may begin something, outside of the handler,
    /// call `update`. Sessions are opened and attached by the driver.
    [[nodiscard]] endpoint_type& endpoint() noexcept { return endpoint_; }
    [[nodiscard]] endpoint_type const& endpoint() const noexcept { return endpoint_; }

    // --- connections ---

    /// Takes a connected stream over, TLS finished: an accepted one, or one that the caller made
    /// (`session_parameters::connection` sends over it). Its first requests say to which sessions
    /// it belongs (CON-5.4-5).
    /// @param s its executor is the driver's, or else its handlers would run beside the driver.
    /// @return `too_many_connections`; `session_closed` after a shut-down; `std::errc::
    /// invalid_argument` for another executor. The stream is closed then.
    wire::result<connection_id> adopt(stream s) {
        if (s.get_executor() != executor_) {
            transport::close_now(s);
            return std::make_error_code(std::errc::invalid_argument);
        }
        auto const id = endpoint_.accepted(clock::now());
        if (!id) {
            transport::close_now(s);
            return id;
        }
        begin(std::move(s), *id);
        update();
        return id;
    }
    /// The same; completes when the connection has ended.
    /// @param token for `void(std::error_code)`: as `driver_options::on_end`, and those of `adopt`.
    template <class Token = ::asio::use_awaitable_t<>>
    auto async_run(stream s, Token&& token = {}) {
        return ::asio::async_initiate<Token, void(std::error_code)>(
            [this](auto&& handler, stream&& given) {
                auto const id = adopt(std::move(given));
                auto const number = id.value_or(connection_id{});
                ending done(executor_, std::forward<decltype(handler)>(handler),
                            [self = self_, number] {
                                if (*self != nullptr) (*self)->close_now(number);
                            });
                auto const at = links_.find(number);
                if (!id || at == links_.end())
                    done(id ? make_error_code(error::closed) : id.error().code);
                else
                    at->second->on_end = std::move(done);
            },
            token, std::move(s));
    }

    /// Closes all sessions in order, then all connections. Completes when none is left, or when
    /// `limit` has passed and what was left has been closed at once. Called once more, all calls
    /// complete together, and the new limit counts.
    /// @param token for `void(std::error_code)`: `timed_out` where the limit was needed,
    ///        `operation_aborted` where it was cancelled and the rest closed at once.
    template <class Token = ::asio::use_awaitable_t<>>
    auto async_shut_down(clock::duration limit, Token&& token = {}) {
        return ::asio::async_initiate<Token, void(std::error_code)>(
            [this, limit](auto&& handler) {
                if (on_shut_.empty()) shut_why_.clear();
                on_shut_.emplace_back(
                    executor_, std::forward<decltype(handler)>(handler), [self = self_] {
                        if (*self != nullptr)
                            (*self)->hurry(make_error_code(::asio::error::operation_aborted));
                    });
                shut_limit_.expires_after(limit);
                shut_limit_.async_wait([self = self_](std::error_code ec) {
                    if (!ec && *self != nullptr) (*self)->hurry(error::timed_out);
                });
                endpoint_.shut_down(clock::now());
                update();
                tell_if_empty();
            },
            token);
    }
    /// Closes all connections at once, without ceremony; gives up those that are being made.
    void close_now() {
        std::vector<connection_id> all;
        for (auto const& [id, l] : links_) all.push_back(id);
        for (auto const& [id, stop] : connecting_) all.push_back(id);
        for (auto const id : all) close_now(id);
    }
    /// Closes one connection at once.
    void close_now(connection_id id) {
        if (auto const at = links_.find(id); at != links_.end())
            end(link_ptr(at->second), error::closed, true);
        else
            give_up(id, error::closed);
    }
    /// Connections that are up.
    [[nodiscard]] std::size_t connections() const noexcept { return links_.size(); }
    [[nodiscard]] ::asio::any_io_executor get_executor() const { return executor_; }
    [[nodiscard]] driver_options const& options() const noexcept { return options_; }

    /// Gives out events, connects, writes, sets the timer: to be called after a change of the
    /// endpoint from outside. O(what there is to do).
    void update() {
        if (updating_) return;  // called from the handler: the loop below goes on
        updating_ = true;
        for (bool busy = true; busy;) {
            busy = false;
            while (auto const event = endpoint_.poll_event()) {
                busy = true;
                note(*event);
            }
            while (auto const request = endpoint_.poll_connect()) {
                busy = true;
                connect(*request);
            }
            while (auto const id = endpoint_.poll_writable()) {
                busy = true;
                if (auto const at = links_.find(*id); at != links_.end()) write(at->second);
            }
        }
        updating_ = false;
        set_timer();
    }

   private:
    using link = detail::link<endpoint_driver>;
    using link_ptr = std::shared_ptr<link>;
    using opening = detail::completion<std::error_code, session_handle>;
    using sending = detail::completion<std::error_code, sent_message>;
    using ending = detail::completion<std::error_code>;
    using signal = std::shared_ptr<::asio::cancellation_signal>;

    struct trusted {
        session_trust trust;
        bool secure;
        opening on_bound;
        clock::time_point waits_since;
        bool bound;
    };
    struct id_hash {
        template <class Id>
        std::size_t operator()(Id id) const noexcept {
            return static_cast<std::size_t>(id) * std::size_t{0x9E3779B97F4A7C15};
        }
    };
    template <class Id, class T>
    using map = std::unordered_map<Id, T, id_hash>;

    std::error_code then_update(std::error_code ec) {
        update();
        return ec;
    }

    // --- trust ---

    /// Sessions share a connection only where this is the same (SEC-14.5-1).
    [[nodiscard]] static std::string text_of(session_trust const& t) {
        return t.server_name + '\n' + detail::text_of(t.check);
    }
    [[nodiscard]] static bool fits(link& l, bool secure, peer_check const& check) {
        auto* const ssl = l.connection.ssl();
        if ((ssl != nullptr) != secure) return false;
        return ssl == nullptr || !detail::judge(ssl, check);
    }
    /// Whether a session may use a connection that is up.
    [[nodiscard]] std::error_code check(connection_id id, bool secure, peer_check const& whom) {
        auto const at = links_.find(id);
        if (at == links_.end() || at->second->ending)
            return make_error_code(msrp::error::no_such_connection);
        return fits(*at->second, secure, whom) ? std::error_code{}
                                               : make_error_code(msrp::error::bind_refused);
    }
    [[nodiscard]] bool is_known(connection_id id) const {
        return links_.contains(id) || connecting_.contains(id);
    }
    [[nodiscard]] endpoint_options with_binds(endpoint_options o) {
        o.binds.context = this;
        o.binds.allows = [](void* context, session_handle s, connection_id c) {
            auto& me = *static_cast<endpoint_driver*>(context);
            auto const session = me.trusts_.find(s);
            auto const at = me.links_.find(c);
            return session != me.trusts_.end() && at != me.links_.end() &&
                   fits(*at->second, session->second.secure, session->second.trust.check) &&
                   me.user_binds_(s, c);
        };
        return o;
    }

    // --- events ---

    void note(endpoint_event const& event) {
        if (auto const* const c = std::get_if<close_connection>(&event.what)) {
            if (auto const at = links_.find(c->connection); at != links_.end())
                end(link_ptr(at->second), c->reason, false);
            else
                give_up(c->connection, c->reason);
            return handler_(event);
        }
        if (std::holds_alternative<session_bound>(event.what)) {
            if (auto const at = trusts_.find(event.session); at != trusts_.end()) {
                at->second.bound = true;
                answer(at->second, {}, event.session);
            }
            return handler_(event);
        }
        if (auto const* const sent = std::get_if<message_sent>(&event.what)) {
            // Whatever the handler does: a `send` of its own ends what the event refers to.
            if (auto const at = sending_.find(sent->handle); at != sending_.end()) {
                auto done = std::move(at->second);
                sending_.erase(at);
                done(sent->outcome, {sent->handle,
                                     sent->status,
                                     sent->octets,
                                     {sent->confirmed.begin(), sent->confirmed.end()}});
            }
            return handler_(event);
        }
        if (auto const* const over = std::get_if<session_ended>(&event.what)) {
            if (auto const at = trusts_.find(event.session); at != trusts_.end()) {
                // The transport knows better why.
                bool const lost = over->reason == msrp::error::connection_lost;
                auto const why = lost && lost_by_ ? lost_by_ : over->reason;
                answer(at->second, why ? why : make_error_code(msrp::error::session_closed),
                       event.session);
                trusts_.erase(at);
            }
        }
        handler_(event);
    }
    void wait_for(trusted& t, opening&& done) {
        t.on_bound = std::move(done);
        t.waits_since = clock::now();
        ++openings_;
        set_watch();
    }
    void answer(trusted& t, std::error_code ec, session_handle s) {
        if (!t.on_bound) return;
        --openings_;
        t.on_bound(ec, s);
        unset_watch();
    }

    // --- time ---

    void set_timer() {
        auto const due = endpoint_.deadline();
        if (!due && timer_set_) {
            timer_.cancel();
            timer_set_.reset();
        }
        // A timer that fires too early only asks again; so one that is set earlier is left alone.
        if (!due || (timer_set_ && *timer_set_ <= *due)) return;
        timer_set_ = due;
        timer_.expires_at(*due);
        timer_.async_wait([self = self_](std::error_code ec) {
            if (ec || *self == nullptr) return;
            auto& me = **self;
            me.timer_set_.reset();
            me.endpoint_.handle_timeout(clock::now());
            me.update();
        });
    }

    /// One timer for all that may take too long: it looks four times in the shortest of the
    /// time-outs, and is not touched for each read and write.
    void set_watch() {
        if ((links_.empty() && openings_ == 0) || watching_) return;
        auto period = clock::duration::max();
        for (auto const d : {options_.write_timeout, options_.idle_timeout, options_.close_timeout,
                             options_.open_timeout})
            if (d > d.zero()) period = std::min(period, d);
        if (period == period.max()) return;
        watching_ = true;
        watch_.expires_after(std::max<clock::duration>(period / 4, std::chrono::milliseconds(1)));
        watch_.async_wait([self = self_](std::error_code ec) {
            if (*self == nullptr) return;
            (*self)->watching_ = false;
            if (!ec) (*self)->look_at_times();
            (*self)->set_watch();
        });
    }
    void unset_watch() {
        if (watching_ && links_.empty() && openings_ == 0) watch_.cancel();
    }
    void look_at_times() {
        auto const now = clock::now();
        auto const over = [now](clock::duration limit, clock::time_point since) {
            return limit > limit.zero() && now - since >= limit;
        };
        std::vector<link_ptr> late;
        for (auto const& [id, l] : links_) {
            bool const writes = l->writing && over(options_.write_timeout, l->waits_since);
            bool const idle = !l->ending && over(options_.idle_timeout, l->last_activity);
            bool const lingers = l->said_end && over(options_.close_timeout, l->waits_since);
            if (writes || idle || lingers) late.push_back(l);
        }
        for (auto const& l : late) end(l, error::timed_out, true);
        std::vector<session_handle> alone;
        if (openings_ != 0)
            for (auto& [s, t] : trusts_)
                if (t.on_bound && over(options_.open_timeout, t.waits_since)) alone.push_back(s);
        for (auto const s : alone) {
            if (auto const at = trusts_.find(s); at != trusts_.end())
                answer(at->second, error::timed_out, s);
            (void)close(s);
        }
    }

    // --- connections ---

    void begin(stream s, connection_id id) {
        auto const l = std::make_shared<link>(std::move(s), id, *this,
                                              std::max(options_.read_size, link::first_read));
        links_.emplace(id, l);
        detail::limit_unsent(l->connection.socket(), options_.max_unsent);
        if (options_.on_ready) options_.on_ready(id, l->connection);
        set_watch();
        if (!updating_) return read(l);
        ::asio::post(executor_, [l] {  // there are events to be given out before
            if (l->owner != nullptr) l->owner->read(l);
        });
    }

    struct connect_state {
        std::optional<wire::result<stream>> made;
    };
    static ::asio::awaitable<void> try_connect(std::shared_ptr<connect_state> state,
                                               tcp::socket::executor_type executor,
                                               connect_target target, tls_context* context,
                                               connect_options options) {
        auto made =
            co_await transport::connect(executor, std::move(target), context, std::move(options));
        state->made.emplace(std::move(made));
    }
    void connect(connect_request const& request) {
        connect_target target;
        target.host = request.target.host;
        target.port = request.target.port != 0 ? request.target.port : default_port;  // URI-15.4-1
        target.tls = request.target.secure;
        auto const id = request.connection;
        auto const asked = asked_.extract(id);
        auto expected = asked.empty() ? session_trust{} : std::move(asked.mapped());
        target.check = std::move(expected.check);
        target.server_name = std::move(expected.server_name);
        bool const known = request.target.transport == "tcp";  // RFC 4975, 4: no other is defined
        auto const state = std::make_shared<connect_state>();
        auto const stop = std::make_shared<::asio::cancellation_signal>();
        connecting_.emplace(id, stop);
        auto done = [self = self_, state, stop, id](std::exception_ptr) {
            if (*self != nullptr) (*self)->connected(id, state->made);
        };
        if (!known) {
            state->made.emplace(std::make_error_code(std::errc::protocol_not_supported));
            return ::asio::post(executor_, [done] { done(nullptr); });
        }
        ::asio::co_spawn(
            executor_, try_connect(state, executor_, std::move(target), context_, options_.connect),
            ::asio::bind_cancellation_slot(stop->slot(), std::move(done)));
    }
    void connected(connection_id id, std::optional<wire::result<stream>>& made) {
        bool const has_stream = made && made->has_value();
        if (connecting_.erase(id) == 0) {  // given up
            if (has_stream) transport::close_now(**made);
            return;
        }
        std::error_code why = ::asio::error::operation_aborted;
        if (has_stream) {
            why = endpoint_.connected(id, clock::now());
            if (!why) {
                begin(std::move(**made), id);
                return update();
            }
            transport::close_now(**made);
        } else if (made) {
            why = made->error().code;
        }
        lose(id, why);
    }
    /// Of a connection that is being made, or is about to be: does not wait for what Asio may not
    /// be able to cancel (a name being resolved).
    void give_up(connection_id id, std::error_code why) {
        auto const stop = connecting_.extract(id);
        if (stop.empty() && !asked_.contains(id)) return;
        if (!stop.empty()) stop.mapped()->emit(::asio::cancellation_type::terminal);
        ::asio::post(executor_, [self = self_, id, why] {
            if (*self != nullptr) (*self)->lose(id, why);
        });
    }
    /// Never from within `update`: the events that follow are to know why.
    void lose(connection_id id, std::error_code why) {
        asked_.erase(id);
        if (options_.on_end) options_.on_end(id, why);
        lost_by_ = why;
        (void)endpoint_.connection_lost(id, clock::now());
        update();
        lost_by_.clear();
        tell_if_empty();
    }
    void hurry(std::error_code why) {
        if (on_shut_.empty()) return;
        shut_why_ = why;
        close_now();
    }
    void tell_if_empty() {
        if (on_shut_.empty() || !links_.empty() || !connecting_.empty() ||
            endpoint_.connections() != 0)
            return;
        shut_limit_.cancel();
        for (auto& done : std::exchange(on_shut_, {})) done(shut_why_);
    }

    void read(link_ptr const& l) {
        if (l->reading || l->heard_end) return;
        if (!l->ending && !endpoint_.can_receive(l->id)) {
            l->held = true;
            return;
        }
        l->held = false;
        l->reading = true;
        l->buffer.consume(l->buffer.size());  // the endpoint may have looked at it until now
        if (l->buffer.capacity() > 2 * l->read_size) l->buffer.shrink_to_fit();
        l->connection.async_read_some(prepare(l->buffer, l->read_size),
                                      [l](std::error_code ec, std::size_t n) {
                                          l->reading = false;
                                          if (l->owner != nullptr) l->owner->on_read(l, ec, n);
                                      });
    }
    void on_read(link_ptr const& l, std::error_code ec, std::size_t n) {
        if (ec == ::asio::error::eof && l->shutting) return;  // by `tell_end`: read again after it
        if (ec) {
            l->heard_end = true;
            return end(l, ec, ec != ::asio::error::eof);  // the peer's end: we end ours in order
        }
        l->last_activity = clock::now();
        if (!l->ending) {  // else these are the peer's last words, until its end
            l->buffer.commit(n);
            if (n == l->read_size)
                l->read_size = std::min(2 * n, l->buffer.max_size());
            else if (n < l->read_size / 2)
                l->read_size = std::max(l->read_size / 2, link::first_read);
            for_each_piece(l->buffer, [&](std::string_view octets) {
                (void)endpoint_.receive(l->id, octets, l->last_activity);
            });
            update();
        }
        read(l);
        if (l->ending) finish(l);  // it may have ended while this was on its way
    }

    void write(link_ptr const& l) {
        if (l->writing || l->ending) return;
        auto const output = endpoint_.poll_output(l->id);
        const_buffer_list list;
        if (l->connection.is_tls() && l->fill_record(output)) {
            list.add({l->record.data(), l->record.size()});
        } else {
            for (std::string_view const piece : output)
                if (!piece.empty() && !list.add({piece.data(), piece.size()})) break;
        }
        if (list.size() == 0) return;
        l->writing = true;
        l->waits_since = clock::now();
        l->connection.async_write_some(list, [l](std::error_code ec, std::size_t n) {
            l->writing = false;
            if (l->owner != nullptr) l->owner->on_written(l, ec, n);
        });
    }
    void on_written(link_ptr const& l, std::error_code ec, std::size_t n) {
        if (ec) return end(l, ec, true);
        l->last_activity = clock::now();
        (void)endpoint_.written(l->id, n, l->last_activity);
        update();
        write(l);
        if (l->held) read(l);
        if (l->ending) finish(l);
    }

    /// Ends a connection: what is being written is written; politely unless `at_once`.
    void end(link_ptr const& l, std::error_code why, bool at_once) {
        if (!std::exchange(l->ending, true)) l->reason = detail::clear(why);
        if (at_once) {
            l->close();
            l->heard_end = true;
        } else {
            read(l);
        }
        if (!updating_) return finish(l);
        ::asio::post(executor_, [l] {
            if (l->owner != nullptr) l->owner->finish(l);
        });
    }
    /// Goes on with the end of a connection as far as what is under way allows.
    void finish(link_ptr l) {
        if (l->writing || l->gone) return;
        // No write looks at the endpoint's octets any more: it may forget them.
        if (!std::exchange(l->told, true)) lose(l->id, l->reason);
        if (l->is_open() && !l->said_end) return say_end(l);
        if (!l->heard_end || !l->at_rest() || std::exchange(l->gone, true)) return;
        l->close();
        links_.erase(l->id);
        unset_watch();
        l->on_end(l->reason);
        tell_if_empty();
    }
    /// To the peer, whose last words and end may still come.
    void say_end(link_ptr const& l) {
        if (std::exchange(l->shutting, true)) return;
        ::asio::co_spawn(executor_, tell_end(l, options_.close_timeout),
                         [l](std::exception_ptr, std::error_code) {
                             l->shutting = false;
                             l->said_end = true;
                             l->waits_since = clock::now();
                             if (l->owner == nullptr) return;
                             l->owner->read(l);
                             l->owner->finish(l);
                         });
    }
    /// TLS: our close_notify only. OpenSSL would wait for the peer's, too, and take data that come
    /// before it for a fault; they are to be read, or the peer's system might drop our last octets.
    static ::asio::awaitable<std::error_code> tell_end(link_ptr l, clock::duration limit) {
        auto* const ssl = l->connection.ssl();
        bool const hears = ssl != nullptr && (SSL_get_shutdown(ssl) & SSL_RECEIVED_SHUTDOWN) == 0;
        if (hears) SSL_set_shutdown(ssl, SSL_get_shutdown(ssl) | SSL_RECEIVED_SHUTDOWN);
        auto const ec = co_await shutdown_output(l->connection, limit);
        if (hears && l->is_open())
            SSL_set_shutdown(ssl, SSL_get_shutdown(ssl) & ~SSL_RECEIVED_SHUTDOWN);
        co_return ec;
    }

    ::asio::any_io_executor executor_;
    driver_options options_;
    tls_context* context_;
    Handler handler_;
    bind_filter user_binds_;
    map<session_handle, trusted> trusts_{};
    map<connection_id, session_trust> asked_{};  ///< for connections that are about to be made
    map<connection_id, link_ptr> links_{};
    map<connection_id, signal> connecting_{};
    map<message_handle, sending> sending_{};
    endpoint_type endpoint_;
    ::asio::steady_timer timer_;
    ::asio::steady_timer watch_;
    ::asio::steady_timer shut_limit_;
    std::optional<clock::time_point> timer_set_{};
    std::shared_ptr<endpoint_driver*> self_;
    std::vector<ending> on_shut_{};
    std::error_code shut_why_{};
    std::error_code lost_by_{};
    std::size_t openings_ = 0;  ///< `async_open`s that wait
    bool updating_ = false;
    bool watching_ = false;
};

}  // namespace msrp::inline v0::transport

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif
