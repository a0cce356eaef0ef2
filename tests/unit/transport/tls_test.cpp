// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// tls_test.cpp - certificates, fingerprints and names, both directions, versions and time limits.
#include <msrp/transport/tls.hpp>

#include <string>
#include <string_view>
#include <vector>

#include <asio/io_context.hpp>
#include <asio/read.hpp>
#include <asio/write.hpp>
#include <msrp/transport/detail/link.hpp>
#include <msrp/transport/stream.hpp>

#include "loop.hpp"

namespace transport = msrp::transport;
using loop::awaitable;
using loop::tcp;
using loop::use_awaitable;
using transport::certificate;
using transport::peer_check;
using transport::tls_context;
using transport::tls_stream;
using namespace std::chrono_literals;

namespace {

certificate made(transport::certificate_spec const& spec = {},
                 certificate const* issuer = nullptr) {
    auto c = certificate::make(spec, issuer);
    REQUIRE(c);
    return std::move(*c);
}
tls_context context_for(certificate const& own) {
    auto c = tls_context::make(own);
    REQUIRE(c);
    return std::move(*c);
}
peer_check expect(certificate const& peer) {
    sdp::fingerprint_set set;
    set.add(*peer.fingerprint());
    return peer_check::by_fingerprint(set);
}

struct outcome {
    std::error_code client;
    std::error_code server;
    std::string version;
    std::string suite;
    std::string name;           ///< SNI as the server saw it
    bool payload_seen = false;  ///< an octet of the client reached the server's application
};

/// One connection: handshakes, and an octet each way where both are content.
outcome meet(tls_context& client_context, peer_check client_check, tls_context& server_context,
             peer_check server_check, std::string server_name = {}) {
    outcome out;
    loop::run([&](asio::io_context& io) -> awaitable<void> {
        auto [a, b] = co_await loop::socket_pair(io);
        auto server = [&](tcp::socket s) -> awaitable<int> {
            tls_stream tls(std::move(s), server_context.context());
            out.server = co_await transport::handshake(tls, asio::ssl::stream_base::server,
                                                       server_check, {}, 5s);
            if (auto const* const n =
                    SSL_get_servername(tls.native_handle(), TLSEXT_NAMETYPE_host_name))
                out.name = n;
            if (out.server) co_return 0;
            char octet = 0;
            std::error_code ec;
            co_await asio::async_read(tls, asio::buffer(&octet, 1),
                                      asio::redirect_error(use_awaitable, ec));
            out.payload_seen = !ec;
            co_return 0;
        };
        loop::started<int> other(io, server(std::move(b)));
        tls_stream tls(std::move(a), client_context.context());
        out.client = co_await transport::handshake(tls, asio::ssl::stream_base::client,
                                                   client_check, server_name, 5s);
        if (!out.client) {
            auto const facts = transport::facts_of(tls.native_handle());
            out.version = facts.version;
            out.suite = facts.suite;
            std::error_code ec;
            co_await asio::async_write(tls, asio::buffer("!", 1),
                                       asio::redirect_error(use_awaitable, ec));
            // With TLS 1.3 the server judges the client's certificate after the client is done.
            char octet = 0;
            if (!out.server)
                co_await asio::async_read(tls, asio::buffer(&octet, 1),
                                          asio::redirect_error(use_awaitable, ec));
        }
        transport::close_now(tls);
        co_await other.join();
    });
    return out;
}

}  // namespace

TEST_CASE("tls: small pieces are written as one record, large ones as they are (RFC 8446, 5.1)",
          "[tls]") {
    asio::io_context io;
    int owner = 0;
    transport::detail::link<int> l(transport::stream(loop::tcp::socket(io)), msrp::connection_id{1},
                                   owner, 4096);
    std::string const large(40'000, 'x');
    std::string_view const all = large;
    using pieces = std::vector<std::string_view>;
    CHECK(l.fill_record(pieces{"head", all, "end"}));
    CHECK(l.record == "head" + large.substr(0, 16'380));
    CHECK_FALSE(l.fill_record(pieces{all.substr(16'380), "end"}));
    CHECK(l.record.empty());
    CHECK_FALSE(l.fill_record(pieces{all.substr(0, 16'384), "end"}));
    CHECK(l.fill_record(pieces{all.substr(0, 16'383), "end"}));
    CHECK(l.record == large.substr(0, 16'383) + "e");
    CHECK(l.fill_record(pieces{"", "end", ""}));
    CHECK(l.record == "end");
    CHECK_FALSE(l.fill_record(pieces{"one"}));
    CHECK_FALSE(l.fill_record(pieces{"", ""}));
    CHECK(l.record.capacity() >= 16'384);
    CHECK_FALSE(l.fill_record(pieces{}));
    CHECK(l.record.capacity() < 64);
}

TEST_CASE("tls: a certificate has its fingerprint; another has another (TLS-14.4-1, TLS-8122-2)",
          "[tls]") {
    auto const a = made();
    auto const b = made();
    CHECK(*a.fingerprint() == *a.fingerprint());
    CHECK_FALSE(*a.fingerprint() == *b.fingerprint());
    CHECK(a.fingerprint()->hash() == sdp::hash_function::sha_256);
    CHECK(a.fingerprint(sdp::hash_function::sha_512)->digest().size() == 64);
    CHECK(a.fingerprint(sdp::hash_function::md5).error().code ==
          transport::error::no_usable_fingerprint);
    CHECK_FALSE(a.fingerprint(sdp::hash_function::md2));
}

TEST_CASE("tls: a certificate goes through PEM; a foreign key is refused", "[tls]") {
    auto const a = made({.common_name = "alice@example.com", .names = {"a.example", "192.0.2.1"}});
    auto const again = certificate::from_pem(a.pem(), a.key_pem());
    REQUIRE(again);
    CHECK(*again->fingerprint() == *a.fingerprint());
    CHECK(certificate::from_pem(a.pem(), made().key_pem()).error().code ==
          transport::error::certificate_unusable);
    CHECK_FALSE(certificate::from_pem("nonsense", a.key_pem()));
    CHECK_FALSE(certificate::from_pem(a.pem(), ""));
    // Nothing slips through OpenSSL's configuration syntax.
    CHECK_FALSE(certificate::make({.names = {"a.example,IP:192.0.2.1"}}));
}

TEST_CASE("tls: fingerprints in both directions, TLS 1.3 (TLS-14.4-1, TLS-8122-3)", "[tls]") {
    auto const c = made();
    auto const s = made();
    auto client = context_for(c);
    auto server = context_for(s);
    auto const seen = meet(client, expect(s), server, expect(c), "server.example");
    CHECK_FALSE(seen.client);
    CHECK_FALSE(seen.server);
    CHECK(seen.payload_seen);
    CHECK(seen.version == "TLSv1.3");
    CHECK(seen.name == "server.example");  // SNI: TLS-14.2-1
}

TEST_CASE("tls: a wrong fingerprint of the server ends it at the client (TLS-14.4-1, T24)",
          "[tls]") {
    auto const c = made();
    auto const s = made();
    auto client = context_for(c);
    auto server = context_for(s);
    auto const seen = meet(client, expect(made()), server, expect(c));
    CHECK(seen.client == transport::error::fingerprint_mismatch);
    CHECK(seen.server);
    CHECK_FALSE(seen.payload_seen);
}

TEST_CASE("tls: a wrong fingerprint of the client ends it at the server (TLS-8122-3, T24)",
          "[tls]") {
    auto const c = made();
    auto const s = made();
    for (int const version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        auto client = context_for(c);
        auto server = context_for(s);
        SSL_CTX_set_max_proto_version(client.context().native_handle(), version);
        auto const seen = meet(client, expect(s), server, expect(made()));
        CHECK(seen.server == transport::error::fingerprint_mismatch);
        CHECK_FALSE(seen.payload_seen);
        // TLS 1.2 tells the client within the handshake, TLS 1.3 with the first read.
        if (version == TLS1_2_VERSION)
            CHECK(seen.client == transport::error::certificate_refused);
        else
            CHECK_FALSE(seen.client);
    }
}

TEST_CASE("tls: a client without a certificate is refused (TLS-8122-3)", "[tls]") {
    auto const s = made();
    asio::ssl::context bare(asio::ssl::context::tls_client);
    auto server = context_for(s);
    std::error_code server_said;
    loop::run([&](asio::io_context& io) -> awaitable<void> {
        auto [a, b] = co_await loop::socket_pair(io);
        auto serve = [&](tcp::socket socket) -> awaitable<int> {
            tls_stream tls(std::move(socket), server.context());
            server_said = co_await transport::handshake(tls, asio::ssl::stream_base::server,
                                                        expect(s), {}, 5s);
            co_return 0;
        };
        loop::started<int> other(io, serve(std::move(b)));
        asio::ssl::stream<tcp::socket> tls(std::move(a), bare);
        std::error_code ec;
        co_await tls.async_handshake(asio::ssl::stream_base::client,
                                     asio::redirect_error(use_awaitable, ec));
        co_await other.join();
    });
    CHECK(server_said);
}

TEST_CASE("tls: a check by fingerprint with no fingerprint fails (TLS-8122-2)", "[tls]") {
    auto const c = made();
    auto client = context_for(c);
    auto server = context_for(c);
    auto const seen = meet(client, peer_check::by_fingerprint({}), server, {});
    CHECK(seen.client == transport::error::no_usable_fingerprint);
}

TEST_CASE("tls: by name: chain and SubjectAltName must fit (TLS-5.4-1)", "[tls]") {
    auto const authority = made({.common_name = "test authority", .authority = true});
    auto const stranger = made({.common_name = "test authority", .authority = true});
    auto const s =
        made({.common_name = "wrong.example", .names = {"b.example", "127.0.0.1"}}, &authority);
    auto const c = made();
    auto server = context_for(s);
    auto const any = peer_check{};
    auto client = context_for(c);
    REQUIRE_FALSE(client.trust(authority.pem()));

    CHECK_FALSE(meet(client, peer_check::by_name("b.example"), server, any).client);
    CHECK_FALSE(meet(client, peer_check::by_name("127.0.0.1"), server, any).client);
    for (auto const* const wrong : {"a.example", "127.0.0.2", "wrong.example", "", "x.b.example"})
        CHECK(meet(client, peer_check::by_name(wrong), server, any).client ==
              transport::error::certificate_not_trusted);

    auto trusting_others = context_for(c);
    REQUIRE_FALSE(trusting_others.trust(stranger.pem()));
    CHECK(meet(trusting_others, peer_check::by_name("b.example"), server, any).client ==
          transport::error::certificate_not_trusted);
    auto self_signed = context_for(made({.names = {"b.example"}}));
    CHECK(meet(client, peer_check::by_name("b.example"), self_signed, any).client ==
          transport::error::certificate_not_trusted);
    // Dates count.
    auto const old = made({.names = {"b.example"}, .lifetime = std::chrono::hours(-1)}, &authority);
    auto expired = context_for(old);
    CHECK(meet(client, peer_check::by_name("b.example"), expired, any).client ==
          transport::error::certificate_not_trusted);
}

TEST_CASE("tls: the server may know its client by name, too (TLS-5.4-2)", "[tls]") {
    auto const authority = made({.common_name = "test authority", .authority = true});
    auto const good = made({.names = {"a.example"}}, &authority);
    auto const other = made({.names = {"c.example"}}, &authority);
    auto const s = made();
    auto server = context_for(s);
    REQUIRE_FALSE(server.trust(authority.pem()));
    auto client = context_for(good);
    auto impostor = context_for(other);
    CHECK_FALSE(meet(client, expect(s), server, peer_check::by_name("a.example")).server);
    CHECK(meet(impostor, expect(s), server, peer_check::by_name("a.example")).server ==
          transport::error::certificate_not_trusted);
}

TEST_CASE("tls: TLS 1.2 with forward secrecy only, nothing older (TLS-14.2-1)", "[tls]") {
    auto const c = made();
    auto const s = made();
    auto server = context_for(s);
    auto client = context_for(c);
    auto* const raw = client.context().native_handle();
    SSL_CTX_set_max_proto_version(raw, TLS1_2_VERSION);
    auto const seen = meet(client, expect(s), server, expect(c));
    CHECK_FALSE(seen.client);
    CHECK(seen.version == "TLSv1.2");
    CHECK(seen.suite.starts_with("ECDHE-ECDSA-"));

    auto old = context_for(c);
    auto* const old_raw = old.context().native_handle();
    SSL_CTX_set_security_level(old_raw, 0);
    SSL_CTX_set_min_proto_version(old_raw, TLS1_1_VERSION);
    SSL_CTX_set_max_proto_version(old_raw, TLS1_1_VERSION);
    SSL_CTX_set_cipher_list(old_raw, "ALL:@SECLEVEL=0");
    auto const refused = meet(old, expect(s), server, expect(c));
    CHECK(refused.client);
    CHECK(refused.server);

    auto weak = context_for(c);
    auto* const weak_raw = weak.context().native_handle();
    SSL_CTX_set_max_proto_version(weak_raw, TLS1_2_VERSION);
    REQUIRE(SSL_CTX_set_cipher_list(weak_raw, "ECDHE-ECDSA-AES128-SHA256:AES128-SHA") == 1);
    CHECK(meet(weak, expect(s), server, expect(c)).client);
}

TEST_CASE("tls: a handshake that takes too long is ended (T17)", "[tls]") {
    auto const c = made();
    auto context = context_for(c);
    loop::run([&](asio::io_context& io) -> awaitable<void> {
        auto [silent, b] = co_await loop::socket_pair(io);
        tls_stream tls(std::move(b), context.context());
        auto const begin = std::chrono::steady_clock::now();
        auto const ec =
            co_await transport::handshake(tls, asio::ssl::stream_base::server, expect(c), {}, 50ms);
        CHECK(ec == transport::error::timed_out);
        CHECK(std::chrono::steady_clock::now() - begin < 5s);
        // The peer notices.
        char octet = 0;
        std::error_code seen;
        co_await silent.async_read_some(asio::buffer(&octet, 1),
                                        asio::redirect_error(use_awaitable, seen));
        CHECK(seen);
    });
}
