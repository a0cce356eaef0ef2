// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// connection.hpp - drives a session over connected streams: reads, writes, times, closes.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <list>
#include <memory>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/buffer.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <msrp/session.hpp>
#include <msrp/session_event.hpp>
#include <msrp/session_options.hpp>
#include <msrp/transport/beast_buffer.hpp>
#include <msrp/transport/detail/into.hpp>
#include <msrp/transport/error.hpp>
#include <msrp/transport/stream.hpp>
#include <msrp/transport/tls.hpp>

// g++ 12 believes that Asio's coroutine frames are freed by the wrong function.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif

namespace msrp::inline v0::transport {

struct connection_options {
    std::size_t read_size = 128 * 1024;  ///< octets read at once, at most; the buffer is that large
    /// The peer takes nothing of what is to be written for so long: closed (T17). Zero: never.
    std::chrono::steady_clock::duration write_timeout = std::chrono::seconds(30);
    /// Nothing read and nothing written for so long: closed. Zero: never. A passive connection that
    /// sends nothing at first is the session's to close (`session_options::bind_timeout`, T17).
    std::chrono::steady_clock::duration idle_timeout = std::chrono::minutes(10);
    /// For the peer to end its side, once we have ended ours.
    std::chrono::steady_clock::duration close_timeout = std::chrono::seconds(5);
};

namespace detail {

/// What the session's driver does to a connection of any stream type.
struct link {
    using clock = std::chrono::steady_clock;

    link(::asio::any_io_executor const& executor, connection_id number)
        : id(number), wake_reader(executor), wake_writer(executor), watch(executor) {}
    link(link const&) = delete;
    link& operator=(link const&) = delete;
    virtual ~link() = default;
    virtual void close_stream() = 0;

    /// Ends the connection: what was to be written is written; politely unless `now_close`.
    void end(std::error_code why, bool now_close) {
        if (!ending) reason = clear(why);
        ending = true;
        if (now_close) close_stream();
        wake_reader.cancel();
        wake_writer.cancel();
    }

    connection_id id;
    ::asio::steady_timer wake_reader;  ///< waited for with no expiry: condition variables
    ::asio::steady_timer wake_writer;
    ::asio::steady_timer watch;
    clock::time_point last_activity = clock::now();
    clock::time_point write_begin{};
    bool writing = false;
    bool reader_waits = false;
    bool writer_waits = false;
    bool ending = false;
    bool reader_done = false;
    bool writer_done = false;
    bool watch_done = false;
    std::error_code reason{};
};

template <class Stream>
struct link_over final : link {
    link_over(Stream&& s, connection_id number)
        : link(s.get_executor(), number), stream(std::move(s)) {}
    void close_stream() override { close_now(stream); }
    Stream stream;
};

}  // namespace detail

/// Drives one session: hands it octets and the time, writes what it has to say, gives its events to
/// a handler. Any number of connections of the session may run at once.
///
/// Everything runs in one executor: one thread, or a strand. The session is to be touched from
/// there only; after a call to it outside of the handler (`send`, `abort`, `close`, ...) call
/// `update`. The driver starts no thread. It and the session outlive every `async_run`.
///
/// @tparam Session a `basic_session`
/// @tparam Handler called as `handler(session_event const&)`, in the executor. It may call the
///         session. It must not throw, and must not destroy the driver.
template <class Session, class Handler>
class session_driver {
   public:
    using clock = std::chrono::steady_clock;

    session_driver(::asio::any_io_executor executor, Session& session, Handler handler,
                   connection_options const& options = {})
        : session_(session),
          handler_(std::move(handler)),
          options_(options),
          executor_(std::move(executor)),
          timer_(executor_),
          self_(std::make_shared<session_driver*>(this)) {}
    session_driver(session_driver const&) = delete;
    session_driver& operator=(session_driver const&) = delete;
    ~session_driver() { *self_ = nullptr; }

    /// Runs the session over a connected stream (TLS finished) until the connection is closed by
    /// either side. Cancellation (terminal) closes it at once.
    /// @param stream an AsyncStream with a `lowest_layer()`: `tcp::socket`,
    ///        `asio::ssl::stream<tcp::socket>`, `transport::stream`. Taken over.
    /// @param role who sends the first SEND: the negotiated one.
    /// @param token a completion token for `void(std::exception_ptr, std::error_code)`: no error
    ///        where the session ended it in order; `asio::error::eof` where the peer ended it;
    ///        `timed_out`; the session's, Asio's or OpenSSL's code.
    template <class Stream, class Token = ::asio::use_awaitable_t<>>
    auto async_run(Stream stream, connection_role role, Token&& token = {}) {
        return ::asio::co_spawn(executor_, run(std::move(stream), role),
                                std::forward<Token>(token));
    }

    /// Gives out events, wakes writers, sets the timer: to be called after a change of the session
    /// from outside. O(events + connections).
    void update() {
        if (updating_) return;  // called from the handler: the loop below goes on
        updating_ = true;
        while (auto const event = session_.poll_event()) {
            if (auto const* const c = std::get_if<close_connection>(&*event)) {
                if (auto* const l = find(c->connection)) l->end(c->reason, false);
            }
            handler_(*event);
        }
        updating_ = false;
        for (auto* const l : links_) {
            if (l->writer_waits && !session_.poll_output(l->id).empty()) l->wake_writer.cancel();
            if (l->reader_waits && session_.can_receive(l->id)) l->wake_reader.cancel();
        }
        set_timer();
    }

    /// Closes all connections at once, without ceremony.
    void close_now() {
        for (auto* const l : links_) l->end(error::closed, true);
    }
    /// Connections that run.
    [[nodiscard]] std::size_t connections() const noexcept { return links_.size(); }
    [[nodiscard]] ::asio::any_io_executor get_executor() const { return executor_; }
    [[nodiscard]] Session& session() noexcept { return session_; }

   private:
    detail::link* find(connection_id id) {
        for (auto* const l : links_)
            if (l->id == id) return l;
        return nullptr;
    }

    void set_timer() {
        auto const due = session_.deadline();
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
            auto& driver = **self;
            driver.timer_set_.reset();
            driver.session_.handle_timeout(clock::now());
            driver.update();
        });
    }

    template <class Stream>
    ::asio::awaitable<std::error_code> run(Stream stream, connection_role role) {
        // This coroutine is a thread of its own (co_spawn); when cancelled it still has to wait for
        // its helpers, which refer to the session.
        co_await ::asio::this_coro::throw_if_cancelled(false);
        auto const up = session_.connection_up(role, clock::now());
        if (!up) {
            transport::close_now(stream);
            co_return up.error().code;
        }
        detail::link_over<Stream> l(std::move(stream), *up);
        links_.push_back(&l);
        ::asio::co_spawn(executor_, write(l), ::asio::detached);
        ::asio::co_spawn(executor_, watch(l), ::asio::detached);
        update();
        co_await read(l);
        l.reader_done = true;
        while (!l.writer_done || !l.watch_done) {
            l.watch.cancel();
            co_await sleep(l.wake_reader);
        }
        // Only now, when no write refers to the session's octets any more, it may forget them.
        links_.remove(&l);
        transport::close_now(l.stream);
        (void)session_.connection_lost(l.id, clock::now());
        update();
        co_return l.reason;
    }

    /// Waits until the timer is cancelled.
    static ::asio::awaitable<void> sleep(::asio::steady_timer& timer) {
        std::error_code ignored;
        timer.expires_at(clock::time_point::max());
        co_await timer.async_wait(detail::into(ignored));
    }

    template <class Stream>
    ::asio::awaitable<void> read(detail::link_over<Stream>& l) {
        flat_buffer buffer(options_.read_size);
        buffer.reserve(options_.read_size);
        std::error_code ec;
        while (!ec) {
            while (!l.ending && !session_.can_receive(l.id)) {
                l.reader_waits = true;
                co_await sleep(l.wake_reader);
                l.reader_waits = false;
                auto const state = co_await ::asio::this_coro::cancellation_state;
                if (state.cancelled() != ::asio::cancellation_type::none)
                    l.end(::asio::error::operation_aborted, true);
            }
            buffer.consume(buffer.size());  // the session may have looked at it until now
            auto const n = co_await l.stream.async_read_some(prepare(buffer, options_.read_size),
                                                             detail::into(ec));
            if (ec) break;
            l.last_activity = clock::now();
            if (l.ending) continue;  // the peer's last words, until its end
            buffer.commit(n);
            for_each_piece(buffer, [&](std::string_view octets) {
                (void)session_.receive(l.id, octets, l.last_activity);
            });
            update();
        }
        // The peer's end: we end ours in order, unless that would wait for a write.
        l.end(ec, ec != ::asio::error::eof || l.writing);
    }

    template <class Stream>
    ::asio::awaitable<void> write(detail::link_over<Stream>& l) {
        std::error_code ec;
        while (!l.ending && !ec) {
            auto const output = session_.poll_output(l.id);
            if (output.empty()) {
                l.writer_waits = true;
                co_await sleep(l.wake_writer);
                l.writer_waits = false;
                continue;
            }
            const_buffer_list list;
            for (std::string_view const piece : output)
                if (!piece.empty() && !list.add({piece.data(), piece.size()})) break;
            l.writing = true;
            l.write_begin = clock::now();
            auto const n = co_await l.stream.async_write_some(list, detail::into(ec));
            l.writing = false;
            if (ec) break;
            l.last_activity = clock::now();
            (void)session_.written(l.id, n, l.last_activity);
            update();
        }
        if (ec) {
            l.end(ec, true);
        } else {
            auto const ended = co_await shutdown_output(l.stream, options_.close_timeout);
            // The reader waits for the peer's end; the watch closes if that takes too long.
            l.write_begin = clock::now();
            if (ended) l.close_stream();
        }
        l.writer_done = true;
        l.watch.cancel();
        l.wake_reader.cancel();
    }

    /// One timer for all that may take too long; it is not touched for each read and write. It
    /// looks once in `write_timeout` at least, so that a write which began since is seen in time.
    ::asio::awaitable<void> watch(detail::link& l) {
        auto const set = [](clock::duration d) { return d > d.zero(); };
        while (!(l.reader_done && l.writer_done)) {
            auto const now = clock::now();
            auto due = clock::time_point::max();
            if (l.writer_done)
                due = l.write_begin + options_.close_timeout;
            else if (set(options_.write_timeout))
                due = (l.writing ? l.write_begin : now) + options_.write_timeout;
            if (!l.ending && set(options_.idle_timeout))
                due = std::min(due, l.last_activity + options_.idle_timeout);
            if (due <= now) {
                l.end(error::timed_out, true);
                due = now + std::chrono::seconds(1);  // the others are about to end
            }
            std::error_code ignored;
            l.watch.expires_at(due);
            co_await l.watch.async_wait(detail::into(ignored));
        }
        l.watch_done = true;
        l.wake_reader.cancel();
    }

    Session& session_;
    Handler handler_;
    connection_options options_;
    ::asio::any_io_executor executor_;
    ::asio::steady_timer timer_;
    std::optional<clock::time_point> timer_set_{};
    std::shared_ptr<session_driver*> self_;
    std::list<detail::link*> links_{};
    bool updating_ = false;
};

}  // namespace msrp::inline v0::transport

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif
