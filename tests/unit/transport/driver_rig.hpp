// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// driver_rig.hpp - endpoints on Asio for tests: what each was told, certificates, raw peers.
#pragma once

#include <openssl/rand.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/read.hpp>
#include <asio/strand.hpp>
#include <asio/write.hpp>
#include <msrp/endpoint_options.hpp>
#include <msrp/error.hpp>
#include <msrp/path.hpp>
#include <msrp/session_event.hpp>
#include <msrp/transport/acceptor.hpp>
#include <msrp/transport/certificate.hpp>
#include <msrp/transport/endpoint_driver.hpp>
#include <msrp/transport/serve.hpp>
#include <msrp/transport/tls.hpp>

#include "loop.hpp"

namespace rig {

namespace transport = msrp::transport;
using loop::awaitable;
using loop::tcp;
using loop::use_awaitable;
using namespace std::chrono_literals;

struct random_octets {
    void operator()(std::span<unsigned char> out) const {
        // Not Catch's: it runs in any thread.
        if (RAND_bytes(out.data(), static_cast<int>(out.size())) != 1) std::abort();
    }
};
using driver =
    transport::endpoint_driver<random_octets, std::function<void(msrp::endpoint_event const&)>>;

inline auto now() { return std::chrono::steady_clock::now(); }

inline std::string uri(std::string_view id, unsigned port, bool secure = false,
                       std::string_view host = "127.0.0.1") {
    return std::string(secure ? "msrps://" : "msrp://") + std::string(host) + ":" +
           std::to_string(port) + "/" + std::string(id) + "0123456789abcdef;tcp";
}
inline msrp::path_view path_of(std::string const& text) {
    auto const p = msrp::read_path(text);
    REQUIRE(p);
    return *p;
}

/// What one session was told.
struct heard {
    std::string octets;
    std::vector<msrp::octet_range> received;  ///< of an incomplete message
    std::optional<std::uint64_t> total;
    int complete = 0;
    int sent = 0;
    int reports = 0;
    bool bound = false;
    bool ended = false;
    std::error_code outcome;
    std::error_code end_reason;
};

/// Options under which a connection goes with its last session.
inline transport::driver_options short_lived() {
    transport::driver_options o;
    o.endpoint.idle_timeout = 0ms;
    return o;
}

/// One endpoint: its driver, and what it was told.
struct side {
    explicit side(asio::any_io_executor executor, transport::driver_options options = {},
                  transport::tls_context* context = nullptr)
        : drive(
              std::move(executor), random_octets{},
              [this](msrp::endpoint_event const& e) { hear(e); }, noting(std::move(options)),
              context) {}
    explicit side(asio::io_context& io, transport::driver_options options = {},
                  transport::tls_context* context = nullptr)
        : side(asio::any_io_executor(io.get_executor()), std::move(options), context) {}

    transport::driver_options noting(transport::driver_options o) {
        o.on_ready = [this](msrp::connection_id id, transport::stream& s) {
            ready.push_back(id);
            if (on_ready) on_ready(id, s);
        };
        o.on_end = [this](msrp::connection_id id, std::error_code ec) {
            ends.push_back(ec);
            if (on_end) on_end(id, ec);
        };
        return o;
    }
    void hear(msrp::endpoint_event const& event) {
        auto& h = of[event.session];
        if (auto const* const d = std::get_if<msrp::message_data>(&event.what)) {
            auto const at = static_cast<std::size_t>(d->position - 1);
            if (h.octets.size() < at + d->octets.size()) h.octets.resize(at + d->octets.size());
            h.octets.replace(at, d->octets.size(), d->octets);
        } else if (auto const* const e = std::get_if<msrp::message_end>(&event.what)) {
            if (e->fate == msrp::message_fate::complete) ++h.complete;
            if (e->fate == msrp::message_fate::incomplete) {
                h.received.assign(e->received.begin(), e->received.end());
                h.total = e->total;
            }
        } else if (auto const* const s = std::get_if<msrp::message_sent>(&event.what)) {
            ++h.sent;
            h.outcome = s->outcome;
        } else if (std::holds_alternative<msrp::session_bound>(event.what)) {
            h.bound = true;
        } else if (std::holds_alternative<msrp::report_received>(event.what)) {
            ++h.reports;
        } else if (auto const* const x = std::get_if<msrp::session_ended>(&event.what)) {
            h.ended = true;
            h.end_reason = x->reason;
        } else if (std::holds_alternative<msrp::protocol_error>(event.what)) {
            protocol_error = true;
        }
        if (on_event) on_event(event);
    }

    std::map<msrp::session_handle, heard> of;
    std::vector<msrp::connection_id> ready;
    std::vector<std::error_code> ends;  ///< of connections
    bool protocol_error = false;
    std::function<void(msrp::endpoint_event const&)> on_event;
    std::function<void(msrp::connection_id, transport::stream&)> on_ready;
    std::function<void(msrp::connection_id, std::error_code)> on_end;
    driver drive;
};

/// An operation under way, by callback; `join` waits for it.
template <class... More>
class operation {
   public:
    explicit operation(asio::any_io_executor const& executor) : timer_(executor) {
        timer_.expires_at(std::chrono::steady_clock::time_point::max());
    }
    auto handler() {
        return [this](std::error_code ec, More... more) {
            ++calls;
            error = ec;
            (note(std::move(more)), ...);
            timer_.cancel();
        };
    }
    auto stoppable() { return asio::bind_cancellation_slot(signal.slot(), handler()); }
    void stop() { signal.emit(asio::cancellation_type::terminal); }
    awaitable<std::error_code> join() {
        std::error_code ignored;
        if (calls == 0) co_await timer_.async_wait(asio::redirect_error(use_awaitable, ignored));
        co_return error;
    }
    int calls = 0;
    std::error_code error;
    msrp::session_handle session{};
    transport::sent_message sent;
    asio::cancellation_signal signal;

   private:
    void note(msrp::session_handle s) { session = s; }
    void note(transport::sent_message&& s) { sent = std::move(s); }
    asio::steady_timer timer_;
};
using running = operation<>;
using opening = operation<msrp::session_handle>;
using sending = operation<transport::sent_message>;

/// Serves an endpoint behind a port until it goes.
struct listening {
    listening(asio::io_context& io, side& s, transport::tls_context* context = nullptr,
              transport::serve_options options = {}, tcp::endpoint at = loop::loopback())
        : acceptor(std::move(*transport::acceptor::listen(io.get_executor(), at))),
          port(acceptor.local().port()) {
        options.max_connections = std::max<std::size_t>(options.max_connections, 64);
        options.on_end = [this](std::error_code ec, tcp::endpoint const&) { ends.push_back(ec); };
        transport::async_serve(acceptor, s.drive, context, options,
                               [this](std::exception_ptr, std::error_code ec) {
                                   done = true;
                                   why = ec;
                               });
    }
    awaitable<void> close(asio::io_context& io) {
        acceptor.close();
        for (int i = 0; i < 5000 && !done; ++i) co_await loop::wait(io, 1ms);
        CHECK(done);
    }
    transport::acceptor acceptor;
    unsigned port;
    std::vector<std::error_code> ends;
    bool done = false;
    std::error_code why;
};

/// A certificate with its context.
struct identity {
    identity() : identity(std::move(*transport::certificate::make())) {}
    explicit identity(transport::certificate&& c) : own(std::move(c)) {}
    transport::certificate own;
    transport::tls_context context = std::move(*transport::tls_context::make(own));
    /// What its peer's session trusts.
    [[nodiscard]] transport::session_trust trust() const {
        sdp::fingerprint_set set;
        set.add(*own.fingerprint());
        return {transport::peer_check::by_fingerprint(set), {}};
    }
};

inline std::string body_of(std::size_t size) {
    std::string body(size, '\0');
    for (std::size_t i = 0; i < size; ++i) body[i] = static_cast<char>(i * 7 + i / 251);
    return body;
}

/// Reads what comes until the end of the stream.
inline awaitable<std::string> read_all(tcp::socket& s) {
    std::string out;
    std::string piece(8192, '\0');
    for (;;) {
        std::error_code ec;
        auto const n = co_await s.async_read_some(asio::buffer(piece),
                                                  asio::redirect_error(use_awaitable, ec));
        if (ec) co_return out;
        out.append(piece, 0, n);
    }
}
/// Reads until `end` has come.
template <class Stream>
awaitable<std::string> read_until(Stream& s, std::string_view end) {
    std::string out;
    std::string piece(8192, '\0');
    while (out.find(end) == std::string::npos) {
        std::error_code ec;
        auto const n = co_await s.async_read_some(asio::buffer(piece),
                                                  asio::redirect_error(use_awaitable, ec));
        if (ec) break;
        out.append(piece, 0, n);
    }
    co_return out;
}

/// A SEND without a body, from a peer that is played by hand.
inline std::string hello(std::string_view id, std::string const& to, std::string const& from) {
    std::string const t(id);
    return "MSRP " + t + " SEND\r\nTo-Path: " + to + "\r\nFrom-Path: " + from +
           "\r\nMessage-ID: m" + t + "\r\nByte-Range: 1-0/0\r\n-------" + t + "$\r\n";
}
template <class Stream>
awaitable<std::string> ask(Stream& s, std::string const& request) {
    std::error_code ec;
    co_await asio::async_write(s, asio::buffer(request), asio::redirect_error(use_awaitable, ec));
    co_return co_await read_until(s, "$\r\n");
}

inline awaitable<tcp::socket> connected(asio::io_context& io, unsigned port) {
    tcp::socket s(io);
    co_await s.async_connect(loop::loopback(static_cast<unsigned short>(port)), use_awaitable);
    co_return s;
}

/// Shuts both down in order.
inline awaitable<void> shut(side& s, std::chrono::milliseconds limit = 5s) {
    std::error_code ec;
    co_await s.drive.async_shut_down(limit, asio::redirect_error(use_awaitable, ec));
    CHECK_FALSE(ec);
    CHECK(s.drive.connections() == 0);
    CHECK(s.drive.endpoint().sessions() == 0);
}

}  // namespace rig
