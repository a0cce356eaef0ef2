// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// connect_test.cpp - carrying out a connect plan: addresses, veto, TLS, time-outs, refusals.
#include <msrp/transport/connect.hpp>

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <cema/connect_plan.hpp>
#include <msrp/transport/acceptor.hpp>
#include <msrp/transport/plan.hpp>

#include "loop.hpp"

namespace transport = msrp::transport;
using loop::awaitable;
using loop::tcp;
using loop::use_awaitable;
using namespace std::chrono_literals;

namespace {

transport::acceptor listening(asio::io_context& io) {
    auto made = transport::acceptor::listen(io.get_executor(), loop::loopback());
    REQUIRE(made);
    return std::move(*made);
}
// g++ 12 destroys braced temporaries of a co_await expression twice: targets get names here.
transport::connect_target to(std::string host, std::uint16_t port) {
    transport::connect_target out;
    out.host = std::move(host);
    out.port = port;
    return out;
}

}  // namespace

TEST_CASE("connect: a numeric address and a name (URI-6.2-1)", "[connect]") {
    loop::run([](asio::io_context& io) -> awaitable<void> {
        auto listener = listening(io);
        for (auto const* const host : {"127.0.0.1", "localhost"}) {
            auto const target = to(host, listener.local().port());
            auto made = co_await transport::connect(io.get_executor(), target, nullptr);
            CHECK(made.has_value());
            if (made) {
                CHECK_FALSE(made->is_tls());
                CHECK(made->socket().remote_endpoint() == listener.local());
            }
            auto accepted = co_await listener.accept(5s);
            CHECK(accepted.has_value());
        }
    });
}

TEST_CASE("connect: nothing there, nowhere, an unknown name", "[connect]") {
    loop::run([](asio::io_context& io) -> awaitable<void> {
        std::uint16_t port = 0;
        {
            auto listener = listening(io);
            port = listener.local().port();
        }
        auto const executor = io.get_executor();
        auto target = to("127.0.0.1", port);
        auto refused = co_await transport::connect(executor, target, nullptr);
        CHECK(refused.error().code == asio::error::connection_refused);
        CHECK(refused.error().field == "connect");
        target.tls = true;
        auto no_context = co_await transport::connect(executor, target, nullptr);
        CHECK(no_context.error().field == "tls");
        target = {};
        auto nowhere = co_await transport::connect(executor, target, nullptr);
        CHECK(nowhere.error().code == transport::error::no_target);
        target = to("no such name", port);
        auto unknown = co_await transport::connect(executor, target, nullptr);
        CHECK(unknown.error().code);
        CHECK(unknown.error().field == "host");
    });
}

TEST_CASE("connect: the veto hook is asked before each attempt (CON-14.5-1, T28)", "[connect]") {
    loop::run([](asio::io_context& io) -> awaitable<void> {
        auto listener = listening(io);
        int asked = 0;
        transport::connect_options options;
        options.allow = [&](tcp::endpoint const& e) {
            ++asked;
            return !e.address().is_loopback();
        };
        auto const target = to("127.0.0.1", listener.local().port());
        auto made = co_await transport::connect(io.get_executor(), target, nullptr, options);
        CHECK(made.error().code == transport::error::address_refused);
        CHECK(asked == 1);
    });
}

namespace {

asio::ip::address ip(char const* text) { return asio::ip::make_address(text); }

/// A policy that knows one list, and counts.
transport::resolve_function always(transport::address_list list, int& asked) {
    return
        [list, &asked](auto, std::string host) -> awaitable<wire::result<transport::address_list>> {
            CHECK(host == "b.example");
            ++asked;
            co_return list;
        };
}

}  // namespace

TEST_CASE("connect: the addresses of a policy are tried in its order (URI-6.2-1, URI-6.2-2)",
          "[connect]") {
    loop::run([](asio::io_context& io) -> awaitable<void> {
        auto listener = listening(io);  // on 127.0.0.1: nobody is at 127.0.0.2
        int asked = 0;
        std::vector<std::string> tried;
        transport::connect_options options;
        options.resolve = always({ip("127.0.0.2"), ip("127.0.0.1"), ip("127.0.0.3")}, asked);
        options.allow = [&](tcp::endpoint const& e) {
            CHECK(e.port() == listener.local().port());
            tried.push_back(e.address().to_string());
            return true;
        };
        auto target = to("b.example", listener.local().port());
        auto made = co_await transport::connect(io.get_executor(), target, nullptr, options);
        CHECK(made.has_value());
        CHECK(tried == std::vector<std::string>{"127.0.0.2", "127.0.0.1"});
        CHECK(asked == 1);
        if (made) CHECK(made->socket().remote_endpoint() == listener.local());

        // No more than so many; the last one's error is said.
        tried.clear();
        options.max_addresses = 1;
        auto refused = co_await transport::connect(io.get_executor(), target, nullptr, options);
        CHECK(refused.error().code == asio::error::connection_refused);
        CHECK(refused.error().field == "connect");
        CHECK(tried.size() == 1);

        // Numeric addresses are nobody's business.
        target.host = "127.0.0.1";
        auto numeric = co_await transport::connect(io.get_executor(), target, nullptr, options);
        CHECK(numeric.has_value());
        CHECK(asked == 2);
    });
}

TEST_CASE("connect: the veto skips an address, the next one is tried (CON-14.5-1, T28)",
          "[connect]") {
    loop::run([](asio::io_context& io) -> awaitable<void> {
        auto listener = listening(io);
        auto const port = listener.local().port();
        auto forbidden =
            transport::acceptor::listen(io.get_executor(), tcp::endpoint(ip("127.0.0.2"), port));
        REQUIRE(forbidden);
        int asked = 0;
        transport::connect_options options;
        options.resolve = always({ip("127.0.0.2"), ip("127.0.0.1")}, asked);
        options.allow = [](tcp::endpoint const& e) { return e.address() != ip("127.0.0.2"); };
        auto const target = to("b.example", port);
        auto made = co_await transport::connect(io.get_executor(), target, nullptr, options);
        CHECK(made.has_value());
        if (made) CHECK(made->socket().remote_endpoint() == listener.local());
        auto none = co_await forbidden->accept(20ms);
        CHECK(none.error().code == transport::error::timed_out);
        options.allow = [](tcp::endpoint const&) { return false; };
        auto no = co_await transport::connect(io.get_executor(), target, nullptr, options);
        CHECK(no.error().code == transport::error::address_refused);
    });
}

TEST_CASE("connect: a policy without addresses, with an error, and one that throws", "[connect]") {
    loop::run([](asio::io_context& io) -> awaitable<void> {
        int asked = 0;
        transport::connect_options options;
        options.resolve = always({}, asked);
        auto const target = to("b.example", 7001);
        auto none = co_await transport::connect(io.get_executor(), target, nullptr, options);
        CHECK(none.error().code == transport::error::no_address);
        CHECK(none.error().field == "host");
        using list = awaitable<wire::result<transport::address_list>>;
        options.resolve = [](auto, std::string) -> list {
            co_return wire::failure{asio::error::host_not_found, 0, {}};
        };
        auto unknown = co_await transport::connect(io.get_executor(), target, nullptr, options);
        CHECK(unknown.error().code == asio::error::host_not_found);
        CHECK(unknown.error().field == "host");
        options.resolve = [](auto, std::string) -> list {
            throw std::runtime_error("the table is gone");
            co_return transport::address_list{};
        };
        std::string said;
        try {
            auto never = co_await transport::connect(io.get_executor(), target, nullptr, options);
            CHECK_FALSE(never.has_value());
        } catch (std::runtime_error const& e) {
            said = e.what();
        }
        CHECK(said == "the table is gone");
    });
}

namespace {

/// A policy that never answers; says when it was told to stop.
transport::resolve_function silent(bool& stopped) {
    return
        [&stopped](auto executor, std::string) -> awaitable<wire::result<transport::address_list>> {
            asio::steady_timer never(executor, std::chrono::steady_clock::time_point::max());
            std::error_code ec;
            co_await never.async_wait(asio::redirect_error(use_awaitable, ec));
            stopped = ec == asio::error::operation_aborted;
            co_return wire::failure{ec, 0, "host"};
        };
}

}  // namespace

TEST_CASE("connect: a name that takes too long is timed out, and its policy stopped (T17)",
          "[connect]") {
    bool stopped = false;
    loop::run([&](asio::io_context& io) -> awaitable<void> {
        transport::connect_options options;
        options.resolve = silent(stopped);
        options.resolve_timeout = 40ms;
        auto const target = to("b.example", 7001);
        auto const begin = std::chrono::steady_clock::now();
        auto late = co_await transport::connect(io.get_executor(), target, nullptr, options);
        CHECK(late.error().code == transport::error::timed_out);
        CHECK(late.error().field == "host");
        CHECK(std::chrono::steady_clock::now() - begin >= 40ms);
    });
    CHECK(stopped);
}

TEST_CASE("connect: cancelled while a name is looked up, it ends, and its policy", "[connect]") {
    bool stopped = false;
    std::error_code ended;
    loop::run([&](asio::io_context& io) -> awaitable<void> {
        transport::connect_options options;
        options.resolve = silent(stopped);
        options.resolve_timeout = 0s;  // none
        asio::cancellation_signal cancel;
        bool done = false;
        auto run = [&]() -> awaitable<void> {
            auto const target = to("b.example", 7001);
            auto made = co_await transport::connect(io.get_executor(), target, nullptr, options);
            ended = made.error().code;
        };
        asio::co_spawn(io, run(),
                       asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr e) {
                           // Cancelled, the coroutine may also end by Asio's exception.
                           if (e) ended = asio::error::operation_aborted;
                           done = true;
                       }));
        co_await loop::wait(io, 30ms);
        CHECK_FALSE(done);
        cancel.emit(asio::cancellation_type::terminal);
        co_await loop::wait(io, 30ms);
        CHECK(done);
    });
    CHECK(ended == asio::error::operation_aborted);
    CHECK(stopped);
}

TEST_CASE("connect: TLS that is never answered is ended by the time-out (T17)", "[connect]") {
    loop::run([](asio::io_context& io) -> awaitable<void> {
        auto listener = listening(io);
        auto const own = transport::certificate::make();
        auto context = transport::tls_context::make(*own);
        transport::connect_options options;
        options.handshake_timeout = 50ms;
        sdp::fingerprint_set set;
        set.add(*own->fingerprint());
        auto target = to("127.0.0.1", listener.local().port());
        target.tls = true;
        target.check = transport::peer_check::by_fingerprint(set);
        auto made = co_await transport::connect(io.get_executor(), target, &*context, options);
        CHECK(made.error().code == transport::error::timed_out);
        CHECK(made.error().field == "tls");
    });
}

TEST_CASE("acceptor: no connection in time; a port that is taken", "[acceptor]") {
    loop::run([](asio::io_context& io) -> awaitable<void> {
        auto listener = listening(io);
        auto const taken = transport::acceptor::listen(io.get_executor(), listener.local());
        CHECK(taken.error().code == asio::error::address_in_use);
        auto none = co_await listener.accept(40ms);
        CHECK(none.error().code == transport::error::timed_out);
    });
}

TEST_CASE("plan: a connect plan becomes a target; the name is the path's (CEMA-4.1-1)", "[plan]") {
    auto const path = msrp::path::parse("msrps://b.example:7002/bBcCdDeEfFgG0123456789;tcp");
    REQUIRE(path);
    cema::connect_plan plan(*path, *path);
    plan.local_role = cema::role::active;
    plan.target = cema::target_kind::cm_line;
    plan.host = "192.0.2.7";
    plan.port = 5000;
    plan.tls = true;
    plan.identity = cema::identity_check::name;
    plan.identity_name = "b.example";
    auto const target = transport::target_of(plan);
    CHECK(target.host == "192.0.2.7");
    CHECK(target.port == 5000);
    CHECK(target.tls);
    CHECK(target.server_name == "b.example");
    CHECK(target.check.by == transport::peer_check::kind::name);
    CHECK(target.check.name == "b.example");
    CHECK(target.check.certificate_required);
    CHECK(transport::role_of(plan) == msrp::connection_role::active);

    plan.target = cema::target_kind::none;
    plan.local_role = cema::role::passive;
    CHECK_FALSE(transport::check_of(plan).certificate_required);  // TLS-5.4-2
    CHECK(transport::role_of(plan) == msrp::connection_role::passive);

    auto const own = transport::certificate::make();
    plan.identity = cema::identity_check::fingerprint;
    plan.fingerprints.add(*own->fingerprint());
    CHECK(transport::check_of(plan).by == transport::peer_check::kind::fingerprint);
    CHECK(transport::check_of(plan).fingerprints == plan.fingerprints);
}

TEST_CASE("CON-7.3-1 draft-00 6.2 a plan's session option, and checks this transport cannot do") {
    auto const path = msrp::path::parse("msrps://192.0.2.1:7001/a;tcp");
    REQUIRE(path);
    cema::connect_plan plan(*path, *path);
    CHECK_FALSE(msrp::transport::options_of(plan).match_session_id_only);
    plan.session_match = cema::session_match::session_id_only;
    CHECK(msrp::transport::options_of(plan).match_session_id_only);
    using kind = msrp::transport::peer_check::kind;
    for (auto const c : {cema::identity_check::psk, cema::identity_check::certificate_service}) {
        plan.identity = c;
        auto const check = msrp::transport::check_of(plan);
        CHECK(check.by == kind::fingerprint);
        CHECK(check.fingerprints.empty());  // no certificate passes
    }
    plan.identity = cema::identity_check::sips;
    CHECK(msrp::transport::check_of(plan).by == kind::fingerprint);
}
