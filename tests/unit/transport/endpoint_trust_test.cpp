// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// endpoint_trust_test.cpp - whom an endpoint's sessions are bound to: certificates, schemes, shared
// ports and shared connections.
#include <string>

#include <msrp/transport/endpoint_driver.hpp>

#include "driver_rig.hpp"

using namespace rig;

namespace {

/// One listening endpoint, whose port any number of others know.
struct port_of_b {
    explicit port_of_b(asio::io_context& io, bool secure = true,
                       transport::serve_options const& options = {})
        : b(io, {}, &b_is.context), listens(io, b, secure ? &b_is.context : nullptr, options) {}
    msrp::session_handle expect(std::string const& own, std::string const& from,
                                transport::session_trust const& whom) {
        auto const s = b.drive.open({.local = path_of(own),
                                     .remote = path_of(from),
                                     .role = msrp::connection_role::passive},
                                    whom);
        REQUIRE(s);
        return *s;
    }
    awaitable<void> end(asio::io_context& io) {
        co_await shut(b);
        co_await listens.close(io);
    }
    identity b_is;
    side b;
    listening listens;
};

awaitable<std::error_code> opens(side& a, std::string const& own, std::string const& to,
                                 transport::session_trust const& whom) {
    std::error_code ec;
    (void)co_await a.drive.async_open({.local = path_of(own), .remote = path_of(to)}, whom,
                                      asio::redirect_error(use_awaitable, ec));
    co_return ec;
}

/// A TLS connection by hand.
awaitable<transport::stream> tls_to(asio::io_context& io, unsigned port, identity& who) {
    auto socket = co_await connected(io, port);
    transport::tls_stream tls(std::move(socket), who.context.context());
    transport::peer_check const any;
    auto const ec = co_await transport::handshake(tls, asio::ssl::stream_base::client, any, {}, 5s);
    CHECK_FALSE(ec);
    co_return transport::stream(std::move(tls));
}

}  // namespace

TEST_CASE(
    "trust: sessions share a connection, but only with the same trust (SEC-14.5-1, CON-5.4-1)",
    "[trust]") {
    loop::run([](asio::io_context& io) -> awaitable<void> {
        identity a_is;
        port_of_b p(io);
        side a(io, {}, &a_is.context);
        auto const open = [&](char const* id,
                              transport::session_trust const& whom) -> awaitable<int> {
            auto const own = uri(std::string("a") + id, 1, true);
            auto const to = uri(std::string("b") + id, p.listens.port, true);
            p.expect(to, own, a_is.trust());
            auto const ec = co_await opens(a, own, to, whom);
            CHECK_FALSE(ec);
            co_return static_cast<int>(a.drive.connections());
        };
        auto const same = p.b_is.trust();
        auto n = co_await open("one", same);
        CHECK(n == 1);
        n = co_await open("two", same);
        CHECK(n == 1);
        auto named = same;
        named.server_name = "b.example";
        n = co_await open("three", named);
        CHECK(n == 2);
        auto more = same;
        identity const other;
        more.check.fingerprints.add(*other.own.fingerprint());
        n = co_await open("four", more);
        CHECK(n == 3);
        transport::peer_check const any;
        transport::session_trust const anybody(any);
        n = co_await open("five", anybody);
        CHECK(n == 4);
        n = co_await open("six", named);
        CHECK(n == 4);
        CHECK(p.b.drive.connections() == 4);
        co_await shut(a);
        co_await p.end(io);
    });
}

TEST_CASE("trust: the wrong fingerprint of the server ends it before a word is said (T24)",
          "[trust]") {
    loop::run([](asio::io_context& io) -> awaitable<void> {
        identity a_is;
        identity const other;
        port_of_b p(io);
        side a(io, {}, &a_is.context);
        auto const own = uri("aA", 1, true);
        auto const to = uri("bB", p.listens.port, true);
        auto const s = p.expect(to, own, a_is.trust());
        auto const wrong = other.trust();
        auto ec = co_await opens(a, own, to, wrong);
        CHECK(ec == transport::error::fingerprint_mismatch);
        CHECK(a.ends == std::vector{make_error_code(transport::error::fingerprint_mismatch)});
        CHECK(a.ready.empty());
        CHECK(a.drive.endpoint().counters().octets_written == 0);
        CHECK_FALSE(p.b.of[s].bound);
        auto const right = p.b_is.trust();
        ec = co_await opens(a, own, to, right);
        CHECK_FALSE(ec);
        CHECK(p.b.of[s].bound);
        co_await shut(a);
        co_await p.end(io);
    });
}

TEST_CASE("trust: the wrong fingerprint of the client, in the handshake and at the bind (T24)",
          "[trust]") {
    for (bool const in_handshake : {true, false})
        loop::run([in_handshake](asio::io_context& io) -> awaitable<void> {
            identity a_is;
            identity const other;
            transport::serve_options options;
            if (in_handshake) options.check = other.trust().check;
            port_of_b p(io, true, options);
            side a(io, {}, &a_is.context);
            auto const own = uri("aA", 1, true);
            auto const to = uri("bB", p.listens.port, true);
            auto const s = p.expect(to, own, other.trust());
            auto const whom = p.b_is.trust();
            auto const ec = co_await opens(a, own, to, whom);
            CHECK(ec);
            if (in_handshake) {
                CHECK(ec == transport::error::certificate_refused);
                CHECK(p.listens.ends ==
                      std::vector{make_error_code(transport::error::fingerprint_mismatch)});
                CHECK(p.b.ready.empty());
            } else {
                CHECK(p.b.ready.size() == 1);
                CHECK(p.b.ends.size() == 1);
            }
            CHECK_FALSE(p.b.of[s].bound);
            CHECK_FALSE(p.b.of[s].ended);  // it waits for the right one
            CHECK(p.b.drive.endpoint().counters().octets_written == 0);
            co_await shut(a);
            co_await p.end(io);
        });
}

TEST_CASE(
    "trust: behind one port, the certificate of another session's peer does not do (T20, T24)",
    "[trust]") {
    loop::run([](asio::io_context& io) -> awaitable<void> {
        identity a_is;
        identity c_is;
        port_of_b p(io);
        side a(io, {}, &a_is.context);
        side c(io, {}, &c_is.context);
        auto const whom = p.b_is.trust();
        auto const a_uri = uri("aA", 1, true);
        auto const c_uri = uri("cC", 1, true);
        auto const for_a = uri("forA", p.listens.port, true);
        auto const for_c = uri("forC", p.listens.port, true);
        auto const s_a = p.expect(for_a, a_uri, a_is.trust());
        auto const s_c = p.expect(for_c, c_uri, c_is.trust());
        // c knows the URI that was given to a.
        auto ec = co_await opens(c, c_uri, for_a, whom);
        CHECK(ec);
        CHECK_FALSE(p.b.of[s_a].bound);
        ec = co_await opens(c, c_uri, for_c, whom);
        CHECK_FALSE(ec);
        CHECK(p.b.of[s_c].bound);
        // Not on the connection either that is its own by right.
        auto const c2_uri = uri("cC2", 1, true);
        ec = co_await opens(c, c2_uri, for_a, whom);
        CHECK(ec);
        CHECK_FALSE(p.b.of[s_a].bound);
        ec = co_await opens(a, a_uri, for_a, whom);
        CHECK_FALSE(ec);
        CHECK(p.b.of[s_a].bound);
        co_await shut(a);
        co_await shut(c);
        co_await p.end(io);
    });
}

TEST_CASE("trust: msrps only over TLS, msrp only without, whoever connects (T25)", "[trust]") {
    loop::run([](asio::io_context& io) -> awaitable<void> {
        identity a_is;
        port_of_b plain(io, false);
        port_of_b tls(io, true);
        auto const own = uri("aA", 1, true);
        auto const secret = uri("secret", plain.listens.port, true);
        auto const open = uri("open", tls.listens.port, false);
        auto const s1 = plain.expect(secret, own, a_is.trust());
        auto const s2 = tls.expect(open, uri("aA", 1), transport::session_trust());
        auto socket = co_await connected(io, plain.listens.port);
        auto answer = co_await ask(socket, hello("first0", secret, own));
        CHECK(answer == "");
        CHECK_FALSE(plain.b.of[s1].bound);
        auto secured = co_await tls_to(io, tls.listens.port, a_is);
        answer = co_await ask(secured, hello("first0", open, uri("aA", 1)));
        CHECK(answer == "");
        CHECK_FALSE(tls.b.of[s2].bound);
        transport::close_now(secured);

        // As the side that connects.
        side a(io, {}, &a_is.context);
        auto const to_plain = uri("bB", plain.listens.port, false);
        CHECK(a.drive.open({.local = path_of(own), .remote = path_of(to_plain)}, a_is.trust())
                  .error()
                  .code == msrp::error::connect_refused);
        msrp::connect_target const in_the_clear{"127.0.0.1", 1, false, "tcp"};
        CHECK(a.drive
                  .open({.local = path_of(own), .remote = path_of(secret), .target = in_the_clear},
                        a_is.trust())
                  .error()
                  .code == msrp::error::connect_refused);
        // On a connection that is there.
        socket = co_await connected(io, plain.listens.port);
        auto const id = a.drive.adopt(transport::stream(std::move(socket)));
        CHECK(id);
        CHECK(a.drive
                  .open({.local = path_of(own), .remote = path_of(secret), .connection = *id},
                        a_is.trust())
                  .error()
                  .code == msrp::error::bind_refused);
        auto const waits = a.drive.open({.local = path_of(own),
                                         .remote = path_of(secret),
                                         .role = msrp::connection_role::passive},
                                        a_is.trust());
        CHECK(a.drive.attach(*waits, *id) == msrp::error::bind_refused);
        CHECK(a.drive.attach(*waits, msrp::connection_id{77}) == msrp::error::no_such_connection);
        CHECK(a.drive.attach(msrp::session_handle{77}, *id) == msrp::error::no_such_session);
        CHECK(a.drive.endpoint().counters().octets_written == 0);
        co_await shut(a);
        co_await plain.end(io);
        co_await tls.end(io);
    });
}

TEST_CASE("trust: our side binds on a connection whose certificate is right (TLS-14.4-1)",
          "[trust]") {
    loop::run([](asio::io_context& io) -> awaitable<void> {
        identity a_is;
        identity const other;
        port_of_b p(io);
        auto raw = co_await tls_to(io, p.listens.port, a_is);
        for (int i = 0; i < 500 && p.b.ready.empty(); ++i) co_await loop::wait(io, 1ms);
        CHECK(p.b.ready.size() == 1);
        auto const a_uri = uri("aA", 1, true);
        auto const one = p.expect(uri("one", p.listens.port, true), a_uri, other.trust());
        auto const two = p.expect(uri("two", p.listens.port, true), a_uri, a_is.trust());
        CHECK(p.b.drive.attach(one, p.b.ready[0]) == msrp::error::bind_refused);
        CHECK_FALSE(p.b.drive.attach(two, p.b.ready[0]));
        auto const text = co_await read_until(raw, "$\r\n");
        CHECK(text.find("two0123") != std::string::npos);
        CHECK(text.find("one0123") == std::string::npos);
        transport::close_now(raw);
        co_await p.end(io);
    });
}

TEST_CASE("trust: a session does not go along with a connection that is being made for another",
          "[trust]") {
    loop::run([](asio::io_context& io) -> awaitable<void> {
        identity a_is;
        identity const other;
        port_of_b p(io);
        side a(io, {}, &a_is.context);
        auto const own = uri("aA", 1, true);
        auto const own2 = uri("a2", 1, true);
        auto const to = uri("bB", p.listens.port, true);
        auto const first =
            a.drive.open({.local = path_of(own), .remote = path_of(to)}, p.b_is.trust());
        auto const id = a.drive.endpoint().connection_of(*first);
        CHECK(id);
        CHECK(a.drive
                  .open({.local = path_of(own2), .remote = path_of(to), .connection = *id},
                        other.trust())
                  .error()
                  .code == msrp::error::no_such_connection);
        co_await shut(a);
        co_await p.end(io);
    });
}

TEST_CASE("trust: nobody said whom to expect: nobody is, as client and as server (T25)",
          "[trust]") {
    loop::run([](asio::io_context& io) -> awaitable<void> {
        identity a_is;
        port_of_b p(io);
        side a(io, {}, &a_is.context);
        auto const own = uri("aA", 1, true);
        auto const to = uri("bB", p.listens.port, true);
        transport::session_trust const nobody;
        auto const s = p.expect(to, own, nobody);
        auto ec = co_await opens(a, own, to, nobody);
        CHECK(ec == transport::error::no_usable_fingerprint);
        auto const right = p.b_is.trust();
        ec = co_await opens(a, own, to, right);
        CHECK(ec);
        CHECK_FALSE(p.b.of[s].bound);
        co_await shut(a);
        co_await p.end(io);
    });
}

TEST_CASE("trust: a client without a certificate binds no session that knows one (TLS-8122-3)",
          "[trust]") {
    loop::run([](asio::io_context& io) -> awaitable<void> {
        identity const a_is;
        port_of_b p(io);
        auto const own = uri("aA", 1, true);
        auto const to = uri("bB", p.listens.port, true);
        auto const s = p.expect(to, own, a_is.trust());
        asio::ssl::context bare(asio::ssl::context::tls_client);
        auto socket = co_await connected(io, p.listens.port);
        asio::ssl::stream<tcp::socket> tls(std::move(socket), bare);
        co_await tls.async_handshake(asio::ssl::stream_base::client, use_awaitable);
        auto const answer = co_await ask(tls, hello("first0", to, own));
        CHECK(answer == "");
        CHECK_FALSE(p.b.of[s].bound);
        tls.lowest_layer().close();
        co_await p.end(io);
    });
}

TEST_CASE(
    "trust: by name, at the bind: a chain without the name is not enough (TLS-5.4-1, "
    "TLS-5.4-2)",
    "[trust]") {
    loop::run([](asio::io_context& io) -> awaitable<void> {
        auto const authority =
            transport::certificate::make({.common_name = "test authority", .authority = true});
        auto const named = [&](char const* name) {
            return std::move(*transport::certificate::make({.names = {name}}, &*authority));
        };
        identity a_is(named("a.example"));
        identity c_is(named("c.example"));
        identity stranger;
        port_of_b p(io);
        CHECK_FALSE(p.b_is.context.trust(authority->pem()));
        side a(io, {}, &a_is.context);
        side c(io, {}, &c_is.context);
        side d(io, {}, &stranger.context);
        auto const own = uri("aA", 1, true);
        auto const to = uri("bB", p.listens.port, true);
        auto const s = p.expect(to, own, transport::peer_check::by_name("a.example"));
        auto const whom = p.b_is.trust();
        for (auto* const other : {&c, &d}) {
            auto const ec = co_await opens(*other, own, to, whom);
            CHECK(ec);
            CHECK_FALSE(p.b.of[s].bound);
        }
        auto const ec = co_await opens(a, own, to, whom);
        CHECK_FALSE(ec);
        CHECK(p.b.of[s].bound);
        co_await shut(a);
        co_await shut(c);
        co_await shut(d);
        co_await p.end(io);
    });
}

TEST_CASE("trust: the session that asked for a connection may go before it is made", "[trust]") {
    // Two sessions want one connection; the first, or the second, is closed in the same handler
    // call, before the driver asks for it: the other is still known to expect b.
    for (bool const first_goes : {true, false})
        loop::run([first_goes](asio::io_context& io) -> awaitable<void> {
            identity a_is;
            port_of_b p(io);
            port_of_b q(io);
            side a(io, {}, &a_is.context);
            auto const trigger = uri("trigger", 1, true);
            auto const to_q = uri("bQ", q.listens.port, true);
            q.expect(to_q, trigger, a_is.trust());
            auto const own1 = uri("a1", 1, true);
            auto const own2 = uri("a2", 1, true);
            auto const to1 = uri("b1", p.listens.port, true);
            auto const to2 = uri("b2", p.listens.port, true);
            p.expect(to1, own1, a_is.trust());
            p.expect(to2, own2, a_is.trust());
            std::optional<msrp::session_handle> left;
            a.on_event = [&](msrp::endpoint_event const& e) {
                if (!std::holds_alternative<msrp::session_bound>(e.what) || left) return;
                auto const one =
                    a.drive.open({.local = path_of(own1), .remote = path_of(to1)}, p.b_is.trust());
                auto const two =
                    a.drive.open({.local = path_of(own2), .remote = path_of(to2)}, p.b_is.trust());
                left = first_goes ? *two : *one;
                CHECK_FALSE(a.drive.close(first_goes ? *one : *two));
            };
            auto const whom = q.b_is.trust();
            auto const ec = co_await opens(a, trigger, to_q, whom);
            CHECK_FALSE(ec);
            for (int i = 0; i < 2000 && !a.of[*left].bound && !a.of[*left].ended; ++i)
                co_await loop::wait(io, 1ms);
            CHECK(a.of[*left].bound);
            co_await shut(a);
            co_await p.end(io);
            co_await q.end(io);
        });
}
