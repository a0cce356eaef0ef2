// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// connect_test.cpp - carrying out a connect plan: addresses, veto, TLS, time-outs, refusals.
#include <msrp/transport/connect.hpp>

#include <optional>
#include <string>

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
