// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// tls_resumption_test.cpp - sessions are resumed for whom they were made, judged again, and
// bounded.
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <asio/detached.hpp>
#include <asio/read.hpp>
#include <asio/write.hpp>
#include <msrp/transport/acceptor.hpp>
#include <msrp/transport/connect.hpp>
#include <msrp/transport/stream.hpp>
#include <msrp/transport/tls.hpp>

#include "loop.hpp"

namespace transport = msrp::transport;
using loop::awaitable;
using loop::tcp;
using loop::use_awaitable;
using transport::certificate;
using transport::peer_check;
using transport::tls_context;
using transport::tls_options;
using transport::tls_stream;
using namespace std::chrono_literals;

namespace {

certificate made(transport::certificate_spec const& spec = {},
                 certificate const* issuer = nullptr) {
    auto c = certificate::make(spec, issuer);
    REQUIRE(c);
    return std::move(*c);
}
tls_context context_for(certificate const& own, int version = 0, tls_options const& o = {}) {
    auto c = tls_context::make(own, o);
    REQUIRE(c);
    if (version != 0)
        REQUIRE(SSL_CTX_set_max_proto_version(c->context().native_handle(), version) == 1);
    return std::move(*c);
}
peer_check expect(certificate const& peer) {
    sdp::fingerprint_set set;
    set.add(*peer.fingerprint());
    return peer_check::by_fingerprint(set);
}

struct side {
    tls_context& context;
    peer_check check;
    std::function<void(SSL*)> look{};  ///< after a good handshake
};
struct outcome {
    std::error_code client;
    std::error_code server;
    transport::tls_facts client_facts{};
    transport::tls_facts server_facts{};
    bool served = false;  ///< an octet went each way

    [[nodiscard]] bool good() const { return !client && !server && served; }
    [[nodiscard]] bool resumed() const {
        CHECK(client_facts.resumed == server_facts.resumed);
        return good() && client_facts.resumed && server_facts.resumed;
    }
    [[nodiscard]] bool whole() const {
        return good() && !client_facts.resumed && !server_facts.resumed;
    }
};

outcome meet(side const& c, side const& s, std::string place = "b.example:7001",
             std::string server_name = {}) {
    outcome out;
    loop::run([&](asio::io_context& io) -> awaitable<void> {
        auto [a, b] = co_await loop::socket_pair(io);
        auto serve = [&](tcp::socket socket) -> awaitable<int> {
            tls_stream tls(std::move(socket), s.context.context());
            out.server =
                co_await transport::handshake(tls, asio::ssl::stream_base::server, s.check, {}, 5s);
            if (out.server) co_return 0;
            out.server_facts = transport::facts_of(tls.native_handle());
            if (s.look) s.look(tls.native_handle());
            char octet = 0;
            std::error_code ec;
            co_await asio::async_read(tls, asio::buffer(&octet, 1),
                                      asio::redirect_error(use_awaitable, ec));
            if (!ec)
                co_await asio::async_write(tls, asio::buffer(&octet, 1),
                                           asio::redirect_error(use_awaitable, ec));
            co_return 0;
        };
        loop::started<int> other(io, serve(std::move(b)));
        tls_stream tls(std::move(a), c.context.context());
        out.client = co_await transport::handshake(tls, asio::ssl::stream_base::client, c.check,
                                                   server_name, 5s, place);
        if (!out.client) {
            out.client_facts = transport::facts_of(tls.native_handle());
            if (c.look) c.look(tls.native_handle());
            char octet = '!';
            std::error_code ec;
            co_await asio::async_write(tls, asio::buffer(&octet, 1),
                                       asio::redirect_error(use_awaitable, ec));
            co_await asio::async_read(tls, asio::buffer(&octet, 1),
                                      asio::redirect_error(use_awaitable, ec));
            out.served = !ec;
        }
        transport::close_now(tls);
        co_await other.join();
    });
    return out;
}

constexpr int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};

}  // namespace

TEST_CASE("resumption: the second connection resumes, and the third (TLS-14.2-1, T24)",
          "[resumption]") {
    auto const c = made();
    auto const s = made();
    for (int const version : versions) {
        auto client = context_for(c, version);
        auto server = context_for(s);
        CHECK(client.sessions() == 0);
        CHECK(meet({client, expect(s)}, {server, expect(c)}).whole());
        CHECK(client.sessions() > 0);
        for (int i = 0; i < 5; ++i) {  // each TLS 1.3 session is used once, and renewed
            auto const again = meet({client, expect(s)}, {server, expect(c)});
            CHECK(again.resumed());
            CHECK(again.client_facts.version ==
                  (version == TLS1_2_VERSION ? "TLSv1.2" : "TLSv1.3"));
            CHECK(again.client_facts.peer == *s.fingerprint());
            CHECK(again.server_facts.peer == *c.fingerprint());
        }
        CHECK(client.sessions() <= 2);
        CHECK(server.sessions() == 0);
        client.forget_sessions();
        CHECK(client.sessions() == 0);
        CHECK(meet({client, expect(s)}, {server, expect(c)}).whole());
    }
}

TEST_CASE("resumption: TLS 1.3 does a new key exchange, and no early data goes out (TLS-14.2-1)",
          "[resumption]") {
    auto const c = made();
    auto client = context_for(c);
    auto server = context_for(c);
    CHECK(meet({client, expect(c)}, {server, expect(c)}).whole());
    auto const look = [](SSL* ssl) {
        CHECK(SSL_get_early_data_status(ssl) == SSL_EARLY_DATA_NOT_SENT);
        CHECK(SSL_SESSION_get_max_early_data(SSL_get_session(ssl)) == 0);
        CHECK(SSL_get_negotiated_group(ssl) != 0);
    };
    CHECK(meet({client, expect(c), look}, {server, expect(c)}).resumed());
}

TEST_CASE("resumption: another expected peer, place or name begins anew (T24)", "[resumption]") {
    auto const c = made();
    auto const s = made();
    auto const other = made();
    for (int const version : versions) {
        auto client = context_for(c, version);
        auto server = context_for(s);
        side const serving{server, expect(c)};
        CHECK(meet({client, expect(s)}, serving, "p:1", "b.example").whole());
        CHECK(meet({client, expect(s)}, serving, "p:2", "b.example").whole());
        CHECK(meet({client, expect(s)}, serving, "p:1", "a.example").whole());
        CHECK(meet({client, expect(s)}, serving, "", "b.example").whole());
        CHECK(meet({client, {}}, serving, "p:1", "b.example").whole());
        auto two = expect(s);
        two.fingerprints.add(*other.fingerprint());
        CHECK(meet({client, two}, serving, "p:1", "b.example").whole());
        auto const wrong = meet({client, expect(other)}, serving, "p:1", "b.example");
        CHECK(wrong.client == transport::error::fingerprint_mismatch);
        CHECK_FALSE(wrong.served);
        // What others were refused for costs this one nothing.
        CHECK(meet({client, expect(s)}, serving, "p:1", "b.example").resumed());
        CHECK(meet({client, two}, serving, "p:1", "b.example").resumed());
        CHECK(meet({client, {}}, serving, "p:1", "b.example").resumed());
        CHECK(meet({client, expect(s)}, serving, "p:2", "b.example").resumed());
    }
}

TEST_CASE("resumption: no place is no resumption", "[resumption]") {
    auto const c = made();
    auto client = context_for(c);
    auto server = context_for(c);
    CHECK(meet({client, expect(c)}, {server, expect(c)}, "").whole());
    CHECK(client.sessions() == 0);
}

TEST_CASE("resumption: a server that has another certificate is met anew (T24)", "[resumption]") {
    auto const c = made();
    auto const before = made();
    auto const after = made();
    for (int const version : versions) {
        auto client = context_for(c, version);
        auto first = context_for(before);
        auto second = context_for(after);
        CHECK(meet({client, {}}, {first, expect(c)}).whole());
        auto const changed = meet({client, {}}, {second, expect(c)});
        CHECK(changed.whole());
        CHECK(changed.client_facts.peer == *after.fingerprint());
        // And where the old one was promised, the new one is refused.
        CHECK(meet({client, expect(before)}, {first, expect(c)}).whole());
        CHECK(meet({client, expect(before)}, {second, expect(c)}).client ==
              transport::error::fingerprint_mismatch);
    }
}

TEST_CASE("resumption: a server refuses whom it does not expect, session or not (TLS-8122-3, T24)",
          "[resumption]") {
    auto const ann = made();
    auto const bob = made();
    auto const s = made();
    for (int const version : versions) {
        auto client = context_for(ann, version);
        auto server = context_for(s);
        // Whoever comes: the session tells later.
        CHECK(meet({client, expect(s)}, {server, {}}).whole());
        CHECK(meet({client, expect(s)}, {server, {}}).resumed());
        // The ticket was given under another check: a whole handshake, which fails.
        auto const wrong = meet({client, expect(s)}, {server, expect(bob)});
        CHECK(wrong.server == transport::error::fingerprint_mismatch);
        CHECK_FALSE(wrong.served);
        // The right one is let in, and its sessions are of that check.
        CHECK(meet({client, expect(s)}, {server, expect(ann)}).whole());
        CHECK(meet({client, expect(s)}, {server, expect(ann)}).resumed());
        // Resumed under no check, judged by the session of the first request, as a driver does.
        CHECK(meet({client, expect(s)}, {server, {}}).whole());
        std::optional<std::error_code> for_ann;
        std::optional<std::error_code> for_bob;
        auto const judge = [&](SSL* ssl) {
            for_ann = transport::detail::judge(ssl, expect(ann));
            for_bob = transport::detail::judge(ssl, expect(bob));
        };
        CHECK(meet({client, expect(s)}, {server, {}, judge}).resumed());
        CHECK(for_ann == std::error_code{});
        CHECK(for_bob == transport::error::fingerprint_mismatch);
    }
}

TEST_CASE("resumption: names, trust and dates of a resumed peer (TLS-5.4-1, TLS-5.4-2, T24)",
          "[resumption]") {
    auto const authority = made({.common_name = "test authority", .authority = true});
    auto const c = made({.names = {"a.example"}}, &authority);
    auto const s = made({.names = {"b.example", "127.0.0.1"}}, &authority);
    auto const name = [](char const* n) { return peer_check::by_name(n); };
    for (int const version : versions) {
        auto client = context_for(c, version);
        auto server = context_for(s);
        REQUIRE_FALSE(client.trust(authority.pem()));
        REQUIRE_FALSE(server.trust(authority.pem()));
        for (auto const* const n : {"b.example", "127.0.0.1"}) {
            CHECK(meet({client, name(n)}, {server, name("a.example")}).whole());
            CHECK(meet({client, name(n)}, {server, name("a.example")}).resumed());
        }
        CHECK(meet({client, name("c.example")}, {server, name("a.example")}).client ==
              transport::error::certificate_not_trusted);
        CHECK(meet({client, name("b.example")}, {server, name("c.example")}).server ==
              transport::error::certificate_not_trusted);

        // A connection of no check is judged by name behind its handshake: the name counts.
        auto const judge = [&](SSL* ssl) {
            CHECK_FALSE(transport::detail::judge(ssl, name("a.example")));
            for (auto const* const wrong : {"b.example", "127.0.0.1", ""})
                CHECK(transport::detail::judge(ssl, name(wrong)) ==
                      transport::error::certificate_not_trusted);
        };
        CHECK(meet({client, name("b.example")}, {server, {}, judge}).whole());
        CHECK(meet({client, name("b.example")}, {server, {}, judge}).resumed());

        // No name helps whom nobody trusts, resumed or not.
        auto const stranger = made({.names = {"a.example"}});
        auto unknown = context_for(stranger, version);
        auto const never = [&](SSL* ssl) {
            CHECK(transport::detail::judge(ssl, name("a.example")) ==
                  transport::error::certificate_not_trusted);
        };
        CHECK(meet({unknown, expect(s)}, {server, {}, never}).whole());
        CHECK(meet({unknown, expect(s)}, {server, {}, never}).resumed());
    }
}

TEST_CASE("resumption: a certificate that ran out meanwhile is not trusted (TLS-5.4-1)",
          "[resumption]") {
    auto const authority = made({.common_name = "test authority", .authority = true});
    auto const c = made({.names = {"a.example"}}, &authority);
    auto const s = made({.names = {"b.example"}}, &authority);
    // The certificate has two seconds left; what OpenSSL then signs is what runs out.
    auto const short_lived = [&] {
        auto one = made({.names = {"b.example"}}, &authority);
        X509_gmtime_adj(X509_getm_notAfter(one.x509()), 2);
        REQUIRE(X509_sign(one.x509(), authority.key(), EVP_sha256()) != 0);
        return one;
    }();
    for (int const version : versions) {
        auto client = context_for(c, version);
        REQUIRE_FALSE(client.trust(authority.pem()));
        auto server = context_for(s);
        CHECK(meet({client, peer_check::by_name("b.example")}, {server, {}}).whole());
    }
    auto client = context_for(c);
    REQUIRE_FALSE(client.trust(authority.pem()));
    auto server = context_for(short_lived);
    auto const b = peer_check::by_name("b.example");
    CHECK(meet({client, b}, {server, {}}).whole());
    CHECK(meet({client, b}, {server, {}}).resumed());
    std::this_thread::sleep_for(3s);
    CHECK(client.sessions() > 0);
    CHECK(meet({client, b}, {server, {}}).client == transport::error::certificate_not_trusted);
    CHECK(client.sessions() == 0);  // nothing is kept for whom is refused
}

TEST_CASE("resumption: nothing is kept of a connection that ended by a fatal alert (T24)",
          "[resumption]") {
    auto const c = made();
    auto const s = made();
    for (int const version : versions) {
        auto client = context_for(c, version);
        auto server = context_for(s);
        // Lost without a word, as `meet` does, it is kept.
        CHECK(meet({client, expect(s)}, {server, expect(c)}, "here").whole());
        CHECK(client.sessions() > 0);
        loop::run([&](asio::io_context& io) -> awaitable<void> {
            auto [a, b] = co_await loop::socket_pair(io);
            auto serve = [&](tcp::socket socket) -> awaitable<int> {
                tls_stream tls(std::move(socket), server.context());
                auto const ec = co_await transport::handshake(tls, asio::ssl::stream_base::server,
                                                              expect(c), {}, 5s);
                if (ec) co_return 0;
                std::string const forged("\x17\x03\x03\x00\x20" + std::string(32, 'x'));
                co_await asio::async_write(tls.next_layer(), asio::buffer(forged), use_awaitable);
                char octet = 0;
                std::error_code ended;
                co_await asio::async_read(tls, asio::buffer(&octet, 1),
                                          asio::redirect_error(use_awaitable, ended));
                co_return 1;
            };
            loop::started<int> other(io, serve(std::move(b)));
            tls_stream tls(std::move(a), client.context());
            auto const ec = co_await transport::handshake(tls, asio::ssl::stream_base::client,
                                                          expect(s), {}, 5s, "here");
            CHECK_FALSE(ec);
            CHECK(transport::facts_of(tls.native_handle()).resumed);
            char octet = 0;
            std::error_code read;
            co_await asio::async_read(tls, asio::buffer(&octet, 1),
                                      asio::redirect_error(use_awaitable, read));
            CHECK(read);
            transport::close_now(tls);
            auto const served = co_await other.join();
            CHECK(served == 1);
        });
        CHECK(client.sessions() == 0);
    }
}

TEST_CASE("resumption: off on either side is off", "[resumption]") {
    auto const c = made();
    auto const s = made();
    for (int const version : versions) {
        for (bool const client_off : {true, false}) {
            auto client = context_for(c, version, {.resumption = !client_off});
            auto server = context_for(s, 0, {.resumption = client_off});
            for (int i = 0; i < 3; ++i)
                CHECK(meet({client, expect(s)}, {server, expect(c)}).whole());
            CHECK(client.sessions() == 0);
        }
        auto brief = context_for(c, version, {.session_lifetime = 0s});
        auto server = context_for(s);
        for (int i = 0; i < 2; ++i) CHECK(meet({brief, expect(s)}, {server, expect(c)}).whole());
        auto none = context_for(c, version, {.max_sessions = 0});
        for (int i = 0; i < 2; ++i) CHECK(meet({none, expect(s)}, {server, expect(c)}).whole());
        CHECK(none.sessions() == 0);
    }
}

TEST_CASE("resumption: a client keeps so many sessions, the newest", "[resumption]") {
    auto const c = made();
    for (int const version : versions) {
        auto client = context_for(c, version, {.max_sessions = 6});
        auto server = context_for(c);
        for (int place = 0; place < 20; ++place) {
            CHECK(meet({client, expect(c)}, {server, expect(c)}, std::to_string(place)).whole());
            CHECK(client.sessions() <= 6);
        }
        CHECK(client.sessions() == 6);
        CHECK(meet({client, expect(c)}, {server, expect(c)}, "0").whole());
        CHECK(meet({client, expect(c)}, {server, expect(c)}, "19").resumed());
    }
}

namespace {

/// OpenSSL counts in whole seconds: what is said of a time holds if it was kept (a machine may be
/// slow), and a second less than the lifetime is within it in any case.
struct stopwatch {
    std::chrono::steady_clock::time_point begin = std::chrono::steady_clock::now();
    void until(std::chrono::milliseconds t) const { std::this_thread::sleep_until(begin + t); }
    [[nodiscard]] bool before(std::chrono::milliseconds t) const {
        return std::chrono::steady_clock::now() - begin < t;
    }
};

}  // namespace

TEST_CASE("resumption: a session lives from the whole handshake on, however often it is renewed",
          "[resumption]") {
    auto const c = made();
    struct pair {
        tls_context client;
        tls_context server;
        [[nodiscard]] outcome meets(peer_check const& whom) {
            return meet({client, whom}, {server, whom});
        }
    };
    std::vector<pair> pairs;
    for (int const version : versions) {
        pairs.push_back({context_for(c, version, {.session_lifetime = 4s}), context_for(c)});
        pairs.push_back({context_for(c, version), context_for(c, 0, {.session_lifetime = 4s})});
    }
    stopwatch const watch;
    for (auto& p : pairs) CHECK(p.meets(expect(c)).whole());
    for (auto const time : {900ms, 1800ms, 2700ms}) {
        watch.until(time);
        for (auto& p : pairs) {
            bool const resumed = p.meets(expect(c)).resumed();
            if (watch.before(3s)) CHECK(resumed);
        }
    }
    watch.until(4500ms);  // the last ones are two seconds old, and counted from the first
    for (auto& p : pairs) CHECK(p.meets(expect(c)).whole());
}

TEST_CASE("resumption: the key of tickets is changed; the one before still opens (TLS-14.2-1)",
          "[resumption]") {
    auto const c = made();
    struct pair {
        tls_context client;
        tls_context server;
        std::vector<std::string> names{};
    };
    std::vector<pair> pairs;
    for (int const version : versions)
        pairs.push_back({context_for(c, version), context_for(c, 0, {.session_lifetime = 3s})});
    auto const whom = expect(c);
    auto const meets = [&](pair& p, char const* place) {
        // The name of the key that is in the ticket which the client presented.
        auto const look = [&](SSL* ssl) {
            unsigned char const* ticket = nullptr;
            std::size_t size = 0;
            SSL_SESSION_get0_ticket(SSL_get_session(ssl), &ticket, &size);
            if (size > 16) p.names.emplace_back(reinterpret_cast<char const*>(ticket), 16);
        };
        return meet({p.client, whom, look}, {p.server, whom}, place);
    };
    stopwatch const watch;
    for (auto& p : pairs) CHECK(meets(p, "first").whole());
    watch.until(1900ms);
    for (auto& p : pairs) CHECK(meets(p, "second").whole());
    bool const in_time = watch.before(2s);
    watch.until(3100ms);
    for (auto& p : pairs) {
        CHECK(meets(p, "third").whole());  // under another key; the other is still good
        p.names.clear();
        bool resumed = meets(p, "second").resumed();
        if (in_time && watch.before(3900ms)) CHECK(resumed);
        resumed = meets(p, "third").resumed() && resumed;
        // What was resumed is what is seen; of TLS 1.2 it may be the renewed one.
        if (resumed && &p == &pairs[1]) {
            REQUIRE(p.names.size() == 2);
            if (in_time) CHECK(p.names[0] != p.names[1]);
        }
    }
    watch.until(5500ms);
    for (auto& p : pairs) CHECK(meets(p, "second").whole());
}

TEST_CASE("resumption: connections of several threads share a context", "[resumption]") {
    auto const c = made();
    auto client = context_for(c);
    auto server = context_for(c);
    // Catch2's checks are for one thread: count, and look behind the join.
    std::vector<int> good(4);
    std::vector<std::thread> threads;
    for (auto& count : good)
        threads.emplace_back([&count, &client, &server, check = expect(c)] {
            asio::io_context io(1);
            auto const talk = [&]() -> awaitable<void> {
                for (int i = 0; i < 20; ++i) {
                    auto [a, b] = co_await loop::socket_pair(io);
                    auto serve = [&](tcp::socket socket) -> awaitable<int> {
                        tls_stream tls(std::move(socket), server.context());
                        auto const ec = co_await transport::handshake(
                            tls, asio::ssl::stream_base::server, check, {}, 20s);
                        std::error_code ignored;
                        if (!ec)
                            co_await asio::async_write(
                                tls, asio::buffer("!", 1),
                                asio::redirect_error(use_awaitable, ignored));
                        co_return ec ? 0 : 1;
                    };
                    loop::started<int> other(io, serve(std::move(b)));
                    tls_stream tls(std::move(a), client.context());
                    auto const ec = co_await transport::handshake(
                        tls, asio::ssl::stream_base::client, check, {}, 20s, "here");
                    char octet = 0;
                    std::error_code read;
                    if (!ec)
                        co_await asio::async_read(tls, asio::buffer(&octet, 1),
                                                  asio::redirect_error(use_awaitable, read));
                    int const served = co_await other.join();
                    if (!ec && !read && served == 1) ++count;
                }
            };
            asio::co_spawn(io, talk(), asio::detached);
            io.run();
        });
    for (auto& t : threads) t.join();
    for (int const count : good) CHECK(count == 20);
    CHECK(client.sessions() <= 2);
}

TEST_CASE("resumption: connect and welcome resume by themselves", "[resumption]") {
    auto const c = made();
    auto const s = made();
    auto client = context_for(c);
    auto server = context_for(s);
    loop::run([&](asio::io_context& io) -> awaitable<void> {
        auto listener = transport::acceptor::listen(io.get_executor(), loop::loopback());
        REQUIRE(listener);
        transport::connect_target target;
        target.host = "127.0.0.1";
        target.port = listener->local().port();
        target.tls = true;
        target.check = expect(s);
        for (int i = 0; i < 3; ++i) {
            auto serve = [&]() -> awaitable<int> {
                auto socket = co_await listener->accept(5s);
                if (!socket) co_return -1;
                auto ready = co_await transport::welcome(std::move(*socket), &server, expect(c));
                if (!ready) co_return -1;
                std::error_code ec;
                co_await asio::async_write(*ready, asio::buffer("!", 1),
                                           asio::redirect_error(use_awaitable, ec));
                co_return transport::facts_of(ready->ssl()).resumed ? 1 : 0;
            };
            loop::started<int> other(io, serve());
            auto connected = co_await transport::connect(io.get_executor(), target, &client);
            CHECK(connected.has_value());
            if (!connected) co_return;
            char octet = 0;
            co_await asio::async_read(*connected, asio::buffer(&octet, 1), use_awaitable);
            CHECK(transport::facts_of(connected->ssl()).resumed == (i > 0));
            auto const served = co_await other.join();
            CHECK(served == (i > 0 ? 1 : 0));
        }
    });
}
