// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// soak_test.cpp - texts, files, aborts and lost connections over TCP and TLS, for as long as asked:
// memory stays flat and nothing is left. MSRPKIT_SOAK_SECONDS says how long (20).
#include <malloc.h>
#include <openssl/rand.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <variant>
#include <vector>

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>
#include <msrp/inbox.hpp>
#include <msrp/transport/acceptor.hpp>
#include <msrp/transport/certificate.hpp>
#include <msrp/transport/endpoint_driver.hpp>
#include <msrp/transport/serve.hpp>
#include <msrp/transport/tls.hpp>

#include "support/catch.hpp"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MSRPKIT_ASAN 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define MSRPKIT_ASAN 1
#endif
#if defined(MSRPKIT_ASAN)
#include <sanitizer/allocator_interface.h>
#endif

#if defined(__GNUC__) && !defined(__clang__)  // see msrp/transport/connect.hpp
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif

namespace {

namespace transport = msrp::transport;
using namespace std::chrono_literals;
using asio::awaitable;
using asio::use_awaitable;
using clock_type = std::chrono::steady_clock;

std::size_t live_octets() {
#if defined(MSRPKIT_ASAN)
    return __sanitizer_get_current_allocated_bytes();
#else
    auto const m = mallinfo2();
    return m.uordblks + m.hblkhd;
#endif
}

struct random_octets {
    void operator()(std::span<unsigned char> out) const {
        if (RAND_bytes(out.data(), static_cast<int>(out.size())) != 1) std::abort();
    }
};

class zeros final : public msrp::body_source {
   public:
    explicit zeros(std::uint64_t octets) : left_(octets) {}
    msrp::body_piece next(std::size_t at_most) override {
        auto const n = std::min<std::uint64_t>({at_most, left_, block_.size()});
        left_ -= n;
        return {std::string_view(block_).substr(0, static_cast<std::size_t>(n)),
                left_ == 0 ? msrp::body_state::last : msrp::body_state::more};
    }

   private:
    std::string block_ = std::string(40000, '-');
    std::uint64_t left_;
};

/// What the receiving side has of messages that broke off.
struct broken {
    std::vector<msrp::octet_range> received{};
    std::optional<std::uint64_t> total{};
};
struct heard {
    std::uint64_t complete = 0;
    std::uint64_t aborted = 0;
    std::map<std::string, broken> cut{};
};
struct on_event {
    heard* to;
    void operator()(msrp::endpoint_event const& e) const {
        auto const* const end = std::get_if<msrp::message_end>(&e.what);
        if (end == nullptr) return;
        if (end->fate == msrp::message_fate::complete) ++to->complete;
        if (end->fate == msrp::message_fate::aborted) ++to->aborted;
        if (end->fate == msrp::message_fate::incomplete)
            to->cut[std::string(end->message_id.view())] = {
                {end->received.begin(), end->received.end()}, end->total};
    }
};
using driver = transport::endpoint_driver<random_octets, on_event>;

/// One side that sends and one that listens.
class pair {
   public:
    pair(asio::io_context& io, bool tls)
        : io_(io),
          tls_(tls),
          a_(io.get_executor(), random_octets{}, on_event{&heard_a_}, options(), &ca_),
          b_(io.get_executor(), random_octets{}, on_event{&heard_b_}, options(), &cb_) {}

    awaitable<void> run(clock_type::time_point end) {
        asio::co_spawn(io_,
                       transport::async_serve(door_, b_, tls_ ? &cb_ : nullptr, {}, use_awaitable),
                       [](std::exception_ptr, std::error_code) {});
        std::vector<std::size_t> live;
        for (; clock_type::now() < end; ++rounds) {
            co_await round();
            samples.push_back(live_octets());
        }
        std::error_code ec;
        co_await a_.async_shut_down(5s, asio::redirect_error(use_awaitable, ec));
        CHECK(!ec);
        co_await b_.async_shut_down(5s, asio::redirect_error(use_awaitable, ec));
        CHECK(!ec);
        door_.close();
        for (auto const* const d : {&a_, &b_}) {
            CHECK(d->connections() == 0);
            CHECK(d->endpoint().sessions() == 0);
            CHECK(d->endpoint().connections() == 0);
            CHECK(d->endpoint().timers() == 0);
            CHECK(d->endpoint().transactions() == 0);
        }
        CHECK(heard_b_.complete == whole_);
    }
    std::size_t rounds = 0;
    std::size_t cuts = 0;
    std::size_t aborts = 0;
    std::vector<std::size_t> samples{};

   private:
    static transport::driver_options options() {
        transport::driver_options o;
        o.endpoint.max_connect_attempts = 1U << 30U;  // it reconnects many times a minute
        return o;
    }
    static transport::tls_context context(transport::certificate const& own) {
        auto made = transport::tls_context::make(own);
        REQUIRE(made.has_value());
        return std::move(*made);
    }
    static transport::certificate certificate() {
        auto made = transport::certificate::make();
        REQUIRE(made.has_value());
        return std::move(*made);
    }
    [[nodiscard]] transport::session_trust trust(transport::certificate const& peer) const {
        transport::session_trust t;
        if (!tls_) return t;
        sdp::fingerprint_set set;
        set.add(*peer.fingerprint());
        t.check = transport::peer_check::by_fingerprint(set);
        return t;
    }
    [[nodiscard]] std::string uri(unsigned port, char const* side) const {
        return std::string(tls_ ? "msrps" : "msrp") + "://127.0.0.1:" + std::to_string(port) +
               "/soak" + side + std::to_string(number_) + ";tcp";
    }

    struct both {
        msrp::session_handle a{};
        msrp::session_handle b{};
    };
    awaitable<both> open(std::string const& goes_on = {}) {
        ++number_;
        auto const ua = uri(9, "a");
        auto const ub = uri(door_.local().port(), "b");
        msrp::session_parameters pb{.local = *msrp::read_path(ub),
                                    .remote = *msrp::read_path(ua),
                                    .role = msrp::connection_role::passive};
        msrp::session_parameters pa{.local = *msrp::read_path(ua), .remote = *msrp::read_path(ub)};
        both s;
        auto const there = b_.open(pb, trust(own_a_));
        REQUIRE(there.has_value());
        s.b = *there;
        if (auto const at = heard_b_.cut.find(goes_on); at != heard_b_.cut.end()) {
            auto const& had = at->second;
            auto const ec =
                b_.endpoint().expect(s.b, goes_on, had.received, had.total, clock_type::now());
            CHECK(!ec);
            b_.update();
        }
        heard_b_.cut.clear();
        std::error_code ec;
        s.a = co_await a_.async_open(pa, trust(own_b_), asio::redirect_error(use_awaitable, ec));
        INFO(ec.message());
        REQUIRE(!ec);
        co_return s;
    }
    awaitable<void> rest(clock_type::duration time) {
        asio::steady_timer t(io_, time);
        co_await t.async_wait(use_awaitable);
    }
    awaitable<transport::sent_message> send(both s, msrp::outgoing_message m, std::error_code& ec) {
        co_return co_await a_.async_send(s.a, m, asio::redirect_error(use_awaitable, ec));
    }
    awaitable<void> round() {
        auto s = co_await open();
        std::error_code ec;
        for (std::size_t i = 0; i < 20; ++i) {
            std::string const text(1 + i * 211, 't');
            msrp::outgoing_message m{.content_type = "text/plain", .body = text};
            if (i % 2 != 0) m.success_report = msrp::report_value::yes;
            co_await send(s, m, ec);
            REQUIRE(!ec);
            ++whole_;
        }
        // Aborted on the way; a text behind it goes through.
        zeros endless(1ULL << 40U);
        auto const file = a_.send(s.a, {.content_type = "application/x", .source = &endless});
        REQUIRE(file.has_value());
        msrp::outgoing_message line{.content_type = "text/plain", .body = "between"};
        co_await send(s, line, ec);
        REQUIRE(!ec);
        ++whole_;
        CHECK(!a_.abort(*file));
        ++aborts;
        co_await send(s, line, ec);
        REQUIRE(!ec);
        ++whole_;
        // Cut off on the way, and gone on with in a new session (CON-5.4-6).
        std::string const id = "cut" + std::to_string(rounds) + "." + std::to_string(number_);
        zeros first(size);
        msrp::outgoing_message m{.content_type = "application/x", .source = &first, .total = size};
        m.message_id = id;
        m.success_report = msrp::report_value::yes;
        asio::co_spawn(io_, rest(1ms), [this](std::exception_ptr) { a_.close_now(); });
        auto had = co_await send(s, m, ec);
        if (ec) {
            ++cuts;
            // The other side must have noticed.
            while (b_.endpoint().sessions() != 0) co_await rest(1ms);
            bool const complete = heard_b_.cut.find(id) == heard_b_.cut.end() &&
                                  !had.confirmed.empty() && had.confirmed.size() == 1 &&
                                  had.confirmed[0].last == size;
            CHECK_FALSE(complete);
            s = co_await open(id);
            zeros again(size);
            m.source = &again;
            m.confirmed = had.confirmed;
            co_await send(s, m, ec);
            REQUIRE(!ec);
        }
        ++whole_;
        co_await rest(2ms);  // the timer above has gone by; it may have closed the connection
        a_.close(s.a);
        b_.close(s.b);
        while (a_.endpoint().sessions() + b_.endpoint().sessions() != 0) co_await rest(1ms);
    }

    static constexpr std::uint64_t size = 64U << 20U;
    asio::io_context& io_;
    bool tls_;
    transport::certificate own_a_ = certificate();
    transport::certificate own_b_ = certificate();
    transport::tls_context ca_ = context(own_a_);
    transport::tls_context cb_ = context(own_b_);
    heard heard_a_{};
    heard heard_b_{};
    std::uint64_t whole_ = 0;
    std::uint64_t number_ = 0;
    transport::acceptor door_ =
        *transport::acceptor::listen(io_.get_executor(), {asio::ip::address_v4::loopback(), 0});
    driver a_;
    driver b_;
};

std::size_t median(std::span<std::size_t const> of) {
    std::vector<std::size_t> v(of.begin(), of.end());
    auto const middle = v.begin() + static_cast<std::ptrdiff_t>(v.size() / 2);
    std::nth_element(v.begin(), middle, v.end());
    return *middle;
}

}  // namespace

TEST_CASE("a mixed load leaves memory flat and nothing behind (CON-5.4-6)", "[soak]") {
    auto const* const asked = std::getenv("MSRPKIT_SOAK_SECONDS");
    auto const seconds =
        std::chrono::seconds(asked != nullptr ? std::max(std::atoi(asked), 1) : 20);
    asio::io_context io(1);
    pair tcp(io, false);
    pair tls(io, true);
    auto const end = clock_type::now() + seconds;
    int ended = 0;
    for (auto* const p : {&tcp, &tls})
        asio::co_spawn(io, p->run(end), [&](std::exception_ptr e) {
            ++ended;
            if (e) {
                io.stop();
                std::rethrow_exception(e);
            }
        });
    io.run();
    REQUIRE(ended == 2);
    for (auto const* const p : {&tcp, &tls}) {
        CHECK(p->aborts == p->rounds);
        CHECK(p->cuts > 0);
        auto const n = p->samples.size();
        REQUIRE(n >= 8);
        auto const early = median(std::span(p->samples).subspan(n / 4, n / 4));
        auto const late = median(std::span(p->samples).last(n / 4));
        std::printf("soak: %zu rounds, %zu cut off; live octets early %zu, late %zu\n", p->rounds,
                    p->cuts, early, late);
        CHECK(late < early + early / 25 + 16384);
    }
}
