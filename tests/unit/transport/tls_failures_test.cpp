// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// tls_failures_test.cpp - what OpenSSL refuses, what it has no memory for, and what no peer of ours
// sends.
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <string>
#include <vector>

#include <msrp/transport/certificate.hpp>
#include <msrp/transport/connect.hpp>
#include <msrp/transport/detail/tls_sessions.hpp>
#include <msrp/transport/plan.hpp>
#include <msrp/transport/tls.hpp>

#include "driver_rig.hpp"

#if defined(__SANITIZE_ADDRESS__)
#define MSRPKIT_TEST_LEAKS
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MSRPKIT_TEST_LEAKS
#endif
#endif

namespace transport = msrp::transport;
namespace detail = msrp::transport::detail;
using loop::awaitable;
using loop::tcp;
using transport::peer_check;
using namespace std::chrono_literals;

namespace {

// g++ 12 destroys braced temporaries of a co_await expression twice.
peer_check const anyone{};
peer_check const nobody = peer_check::by_name("");
std::string const no_name;
std::string const place = "b.example:1";

// OpenSSL's memory: the n-th block asked for from now on is refused. Of this thread only.
thread_local long refuse_at = 0;  // 0: none

bool refused() { return refuse_at > 0 && --refuse_at == 0; }
void* take(std::size_t size, char const*, int) { return refused() ? nullptr : std::malloc(size); }
void* retake(void* p, std::size_t size, char const*, int) {
    return refused() ? nullptr : std::realloc(p, size);
}
void give(void* p, char const*, int) { std::free(p); }

// OpenSSL takes such functions before its first block only: before Asio's static objects.
bool hooked = false;
[[gnu::constructor(101)]] void hook() {
    hooked = CRYPTO_set_mem_functions(take, retake, give) == 1;
}

/// Does it again and again, each time with another block refused, until none is asked for any more.
/// @return how often it did not come to a good end.
template <class Work>
long without_memory(Work work) {
    REQUIRE(hooked);
    REQUIRE(work());  // what is made once only is there from now on
    long failed = 0;
    for (long n = 1; n < 100'000; ++n) {
        refuse_at = n;
        bool const good = work();
        bool const hit = refuse_at == 0;
        refuse_at = 0;
        ERR_clear_error();
        if (!good) ++failed;
        if (!hit) {
            CHECK(good);
            CHECK(work());  // nothing was spoilt
            return failed;
        }
    }
    CHECK(false);
    return failed;
}

using ssl_ptr = std::unique_ptr<SSL, detail::openssl_free<SSL_free>>;
detail::session_ptr session_that_resumes(int version = TLS1_2_VERSION) {
    detail::session_ptr s(SSL_SESSION_new());
    unsigned char const id[] = {1, 2, 3};
    REQUIRE(SSL_SESSION_set1_id(s.get(), id, sizeof id) == 1);
    REQUIRE(SSL_SESSION_set_protocol_version(s.get(), version) == 1);
    SSL_SESSION_set_time(s.get(), std::time(nullptr));
    return s;
}

}  // namespace

// --- no memory ---

TEST_CASE("tls: no memory for a certificate, for its text, for a context: it is told", "[memory]") {
    auto const authority = *transport::certificate::make({.authority = true});
    transport::certificate_spec const spec{.names = {"a.example", "192.0.2.1"}};
    auto const tells = [](auto const& made) {
        if (!made) {
            auto const code = made.error().code;
            CHECK((code == transport::error::certificate_unusable ||
                   code.category() == asio::error::get_ssl_category()));
        }
        return made.has_value();
    };
    CHECK(without_memory([&] { return tells(transport::certificate::make(spec)); }) > 0);
    CHECK(without_memory([&] { return tells(transport::certificate::make(spec, &authority)); }) >
          0);
    auto const own = *transport::certificate::make();
    auto const text = own.pem();
    auto const key = own.key_pem();
    CHECK(without_memory([&] {
              auto const t = own.pem();
              CHECK((t.empty() || t == text));
              return !t.empty();
          }) > 0);
    CHECK(without_memory([&] { return own.key_pem() == key; }) > 0);
    CHECK(without_memory([&] { return tells(transport::certificate::from_pem(text, key)); }) > 0);
    CHECK(without_memory([&] { return tells(transport::tls_context::make(own)); }) > 0);
    auto context = transport::tls_context::make(own);
    CHECK(without_memory([&] { return !context->trust(text); }) > 0);
}

TEST_CASE("tls: no memory in a handshake: it fails or succeeds, and the next one works",
          "[memory]") {
#if defined(MSRPKIT_TEST_LEAKS)
    WARN("skipped: where OpenSSL has no memory, Asio 1.22 loses its callback");
    return;
#endif
    auto const own = transport::certificate::make();
    auto context = transport::tls_context::make(*own);
    REQUIRE(context);
    auto const shakes = [&] {
        bool good = false;
        loop::run([&](asio::io_context& io) -> awaitable<void> {
            auto const refuse = std::exchange(refuse_at, 0);
            auto [a, b] = co_await loop::socket_pair(io);
            transport::tls_stream client(std::move(a), context->context());
            transport::tls_stream server(std::move(b), context->context());
            refuse_at = refuse;
            auto const serve = [&]() -> awaitable<std::error_code> {
                auto const ec = co_await transport::handshake(
                    server, asio::ssl::stream_base::server, anyone, no_name, 5s);
                if (ec) transport::close_now(server);
                co_return ec;
            };
            loop::started<std::error_code> other(io, serve());
            auto const ec = co_await transport::handshake(client, asio::ssl::stream_base::client,
                                                          anyone, place, 5s, place);
            if (ec) transport::close_now(client);
            auto const theirs = co_await other.join();
            good = !ec && !theirs;
        });
        return good;
    };
    REQUIRE(shakes());
    int failed = 0;
    for (long n = 1; n < 6000; n += 41) {
        context->forget_sessions();
        refuse_at = n;
        if (!shakes()) ++failed;
        refuse_at = 0;
        ERR_clear_error();
    }
    CHECK(failed > 0);
    CHECK(shakes());
}

// --- certificates ---

TEST_CASE("tls: fingerprints of each function that is computed (TLS-8122-2)", "[tls]") {
    auto const own = transport::certificate::make();
    REQUIRE(own);
    using hash = sdp::hash_function;
    struct one {
        hash function;
        std::size_t octets;
    };
    for (auto const& [function, octets] :
         {one{hash::sha_1, 20}, one{hash::sha_224, 28}, one{hash::sha_256, 32},
          one{hash::sha_384, 48}, one{hash::sha_512, 64}}) {
        auto const f = own->fingerprint(function);
        REQUIRE(f);
        CHECK(f->hash() == function);
        CHECK(f->digest().size() == octets);
        sdp::fingerprint_set set;
        set.add(*f);
        CHECK(detail::matches(own->x509(), set));
        auto const other = transport::certificate::make();
        CHECK_FALSE(detail::matches(other->x509(), set));
    }
    CHECK(own->fingerprint(hash::md5).error().code == transport::error::no_usable_fingerprint);
    CHECK(transport::fingerprint_of(nullptr, hash::sha_256).error().code ==
          transport::error::no_usable_fingerprint);
}

TEST_CASE("tls: what cannot be put into a certificate, files that are not there", "[tls]") {
    for (auto const& spec : {transport::certificate_spec{.common_name = std::string(100, 'x')},
                             transport::certificate_spec{.names = {""}},
                             transport::certificate_spec{.names = {"a.example,URI:msrp://a"}}})
        CHECK(transport::certificate::make(spec).error().code ==
              transport::error::certificate_unusable);
    auto const own = transport::certificate::make();
    auto context = transport::tls_context::make(*own, {.resumption = false});
    REQUIRE(context);
    CHECK(context->trust("no certificate"));
    CHECK(context->trust_file("/nonexistent/authorities.pem"));
    CHECK_FALSE(context->trust_system());
    CHECK(context->sessions() == 0);
    context->forget_sessions();  // there is nothing: no resumption
    CHECK(context->sessions() == 0);
}

TEST_CASE("tls: dates: not valid yet, and not any more (TLS-5.4-1)", "[tls]") {
    auto const own = transport::certificate::make({.names = {"b.example"}});
    CHECK(detail::is_current(own->x509()));
    X509_gmtime_adj(X509_getm_notBefore(own->x509()), 3600);
    CHECK_FALSE(detail::is_current(own->x509()));
    X509_gmtime_adj(X509_getm_notBefore(own->x509()), -7200);
    X509_gmtime_adj(X509_getm_notAfter(own->x509()), -3600);
    CHECK_FALSE(detail::is_current(own->x509()));
}

TEST_CASE("tls: who has no certificate, by each kind of check (TLS-5.4-2, TLS-8122-3)", "[tls]") {
    auto const own = transport::certificate::make();
    auto context = transport::tls_context::make(*own);
    ssl_ptr const ssl(SSL_new(context->context().native_handle()));
    auto const missing = make_error_code(transport::error::no_peer_certificate);
    sdp::fingerprint_set set;
    set.add(*own->fingerprint());
    CHECK(detail::judge(ssl.get(), peer_check::by_fingerprint(set)) == missing);
    auto name = peer_check::by_name("a.example");
    CHECK(detail::judge(ssl.get(), name) == missing);
    auto const with = detail::text_of(name);
    name.certificate_required = false;
    CHECK_FALSE(detail::judge(ssl.get(), name));
    CHECK(detail::text_of(name) != with);  // another session
    CHECK_FALSE(detail::judge(ssl.get(), {}));
    auto const facts = transport::facts_of(ssl.get());
    CHECK_FALSE(facts.peer);
    CHECK_FALSE(facts.resumed);
}

TEST_CASE("tls: a check by an empty name passes nobody (TLS-5.4-1)", "[tls]") {
    loop::run([](asio::io_context& io) -> awaitable<void> {
        auto const own = transport::certificate::make();
        auto context = transport::tls_context::make(*own);
        auto [a, b] = co_await loop::socket_pair(io);
        transport::tls_stream client(std::move(a), context->context());
        auto const ec = co_await transport::handshake(client, asio::ssl::stream_base::client,
                                                      nobody, no_name, 5s);
        CHECK(ec == transport::error::certificate_not_trusted);
        CHECK(b.available() == 0);  // nothing was said
        CHECK_FALSE(detail::has_name(own->x509(), ""));
    });
}

TEST_CASE("tls: each alert that refuses a certificate is one code, others stay", "[tls]") {
    auto const code = [](int reason) {
        return std::error_code(static_cast<int>(ERR_PACK(ERR_LIB_SSL, 0, reason)),
                               asio::error::get_ssl_category());
    };
    for (int const reason :
         {SSL_R_SSLV3_ALERT_BAD_CERTIFICATE, SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED,
          SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED, SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN,
          SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE, SSL_R_TLSV1_ALERT_UNKNOWN_CA,
          SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED})
        CHECK(detail::clear(code(reason)) == transport::error::certificate_refused);
    auto const other = code(SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE);
    CHECK(detail::clear(other) == other);
    CHECK(detail::clear(asio::error::eof) == asio::error::eof);
}

TEST_CASE("plan: an identity that nobody has to prove gives no check", "[plan]") {
    auto const path = msrp::path::parse("msrp://b.example:7002/bBcCdDeEfFgG0123456789;tcp");
    REQUIRE(path);
    cema::connect_plan plan(*path, *path);
    plan.identity = cema::identity_check::none;
    CHECK(transport::check_of(plan).by == peer_check::kind::none);
}

// --- what is kept of sessions ---

TEST_CASE("tls_sessions: a clock set back, a session that cannot be resumed, a hint that is over",
          "[resumption]") {
    using sessions = detail::tls_sessions;
    auto const t = sessions::now();
    sessions kept(10s, 4);
    CHECK(kept.alive(t, t));
    CHECK_FALSE(kept.alive(t + 1s, t));
    CHECK_FALSE(kept.alive(t - 10s, t));

    kept.put({"a", nullptr, t});
    kept.put({"a", detail::session_ptr(SSL_SESSION_new()), t});  // no id, no ticket
    CHECK(kept.size() == 0);
    kept.put({"a", session_that_resumes(), t});
    CHECK(kept.size() == 1);
    auto const one = kept.take("a");
    CHECK((one && one->session));
    CHECK(kept.size() == 1);  // of TLS 1.2 it stays
    CHECK_FALSE(kept.take("b"));

    auto of_tomorrow = session_that_resumes();
    SSL_SESSION_set_time(of_tomorrow.get(), std::time(nullptr) + 86400);
    kept.put({"c", std::move(of_tomorrow), t});
    CHECK_FALSE(kept.take("c"));
    CHECK_FALSE(sessions::birth_of(session_that_resumes().get()));
    auto odd = session_that_resumes();
    CHECK(SSL_SESSION_set1_ticket_appdata(odd.get(), "abc", 3) == 1);
    CHECK_FALSE(sessions::birth_of(odd.get()));
}

TEST_CASE("tls_sessions: what comes after a refusal is not kept (T24)", "[resumption]") {
    auto const store = std::make_shared<detail::tls_sessions>(10s, 4);
    detail::session_seat seat(store, "a");
    auto const s = session_that_resumes();
    seat.arrived(s.get());  // before the verdict: it waits
    CHECK(store->size() == 0);
    seat.refuse();
    seat.arrived(s.get());
    CHECK(store->size() == 0);
    CHECK_FALSE(store->take("a"));
}

TEST_CASE("tls: a ticket without a time of birth is not taken, a status of failure neither (T24)",
          "[resumption]") {
    detail::tls_sessions sessions(10s, 4);
    auto const bare = session_that_resumes(TLS1_3_VERSION);
    using callbacks = detail::session_callbacks;
    auto const told = [&](SSL_SESSION* s, SSL_TICKET_STATUS status) {
        return callbacks::on_ticket(nullptr, s, nullptr, 0, status, &sessions);
    };
    CHECK(told(bare.get(), SSL_TICKET_SUCCESS) == SSL_TICKET_RETURN_IGNORE_RENEW);
    CHECK(told(bare.get(), SSL_TICKET_NO_DECRYPT) == SSL_TICKET_RETURN_IGNORE_RENEW);
    CHECK(detail::tls_sessions::note_birth(bare.get()));
    CHECK(told(bare.get(), SSL_TICKET_SUCCESS) == SSL_TICKET_RETURN_USE);
    CHECK(told(bare.get(), SSL_TICKET_SUCCESS_RENEW) == SSL_TICKET_RETURN_USE_RENEW);
}

namespace {
int informed = 0;
}  // namespace

TEST_CASE("tls: the context's own info callback is called as well, where sessions are kept",
          "[resumption]") {
    loop::run([](asio::io_context& io) -> awaitable<void> {
        auto const own = transport::certificate::make();
        auto mine = transport::tls_context::make(*own);
        auto theirs = transport::tls_context::make(*own);
        SSL_CTX_set_info_callback(mine->context().native_handle(),
                                  [](SSL const*, int, int) { ++informed; });
        auto listener = transport::acceptor::listen(io.get_executor(), loop::loopback());
        transport::connect_target target;
        target.host = "127.0.0.1";
        target.port = listener->local().port();
        target.tls = true;
        auto const serve = [&]() -> awaitable<int> {
            auto socket = co_await listener->accept(5s);
            auto s = co_await transport::welcome(std::move(*socket), &*theirs, anyone, 5s);
            CHECK(s.has_value());
            co_return 0;
        };
        loop::started<int> other(io, serve());
        auto made = co_await transport::connect(io.get_executor(), target, &*mine);
        CHECK(made.has_value());
        CHECK(informed > 0);
        co_await other.join();
    });
}
