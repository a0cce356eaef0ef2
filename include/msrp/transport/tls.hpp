// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// tls.hpp - TLS 1.2 or later with certificates on both sides, checked by fingerprint or by name.
#pragma once

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <asio/awaitable.hpp>
#include <asio/ssl/context.hpp>
#include <asio/ssl/error.hpp>
#include <asio/ssl/stream.hpp>
#include <asio/ssl/stream_base.hpp>
#include <asio/ssl/verify_context.hpp>
#include <msrp/transport/certificate.hpp>
#include <msrp/transport/detail/into.hpp>
#include <msrp/transport/detail/time_limit.hpp>
#include <msrp/transport/detail/tls_sessions.hpp>
#include <msrp/transport/error.hpp>
#include <sdp/fingerprint.hpp>
#include <wire/address.hpp>
#include <wire/result.hpp>

// g++ 12 believes that Asio's coroutine frames are freed by the wrong function.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif

namespace msrp::inline v0::transport {

/// How the peer's certificate is judged.
struct peer_check {
    enum class kind : unsigned char {
        none,         ///< any certificate or none: who the peer is must be known otherwise
        fingerprint,  ///< one of the peer's a=fingerprint (TLS-14.4-1); chain and dates do not
                      ///< count
        name,         ///< trusted chain, dates, SubjectAltName = host of the path URI (TLS-5.4-1)
    };
    kind by = kind::none;
    sdp::fingerprint_set fingerprints{};  ///< by fingerprint
    std::string name{};                   ///< by name: a DNS name or a numeric address
    /// A TLS server may let a client in that has no certificate, when the check is by name: the
    /// session of the first request then says who it is (TLS-5.4-2).
    bool certificate_required = true;

    [[nodiscard]] static peer_check by_fingerprint(sdp::fingerprint_set set) {
        peer_check c;
        c.by = kind::fingerprint;
        c.fingerprints = set;
        return c;
    }
    [[nodiscard]] static peer_check by_name(std::string_view host) {
        peer_check c;
        c.by = kind::name;
        c.name = host;
        return c;
    }
};

/// Resumption: a second connection to the same place, for the same expected peer, goes on with the
/// TLS session of the first, without certificates on the wire and without signatures.
struct tls_options {
    bool resumption = true;
    /// Counted from the handshake in which the certificates were presented, also for what was
    /// renewed since; 7 days at most (RFC 8446, 4.6.1), off below one second. As long holds the
    /// verdict on a chain; names, fingerprints and the certificate's own dates count each time.
    std::chrono::seconds session_lifetime{3600};
    /// Of all peers, two at most of each; the oldest go first. Each holds its peer's certificates.
    /// A server keeps none: they are in its tickets, under keys that are changed.
    std::size_t max_sessions = 128;
};

/// Our side of TLS: own certificate, trusted authorities, versions and suites. One context serves
/// any number of connections, as client and as server, of several threads at once; settings are
/// made before.
class tls_context {
   public:
    /// TLS 1.2 and 1.3; only suites with forward secrecy and authenticated encryption
    /// (TLS-14.2-1: TLS_RSA_WITH_AES_128_CBC_SHA is off). No renegotiation, compression or early
    /// data.
    /// @param own presented to every peer (TLS-8122-3); copied.
    /// @return `certificate_unusable`, or OpenSSL's code.
    [[nodiscard]] static wire::result<tls_context> make(certificate const& own,
                                                        tls_options const& options = {}) {
        static constexpr unsigned char anyone[] = {'m', 's', 'r', 'p', 'k', 'i', 't'};
        try {
            // Asio's own would go on with none where OpenSSL has no memory.
            auto* const ctx = SSL_CTX_new(TLS_method());
            if (ctx == nullptr) {
                ERR_clear_error();
                return make_error_code(error::certificate_unusable);
            }
            ::asio::ssl::context c(ctx);
            bool const resumes =
                options.resumption && options.session_lifetime >= std::chrono::seconds(1);
            SSL_CTX_set_options(ctx, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                                         (resumes ? 0 : SSL_OP_NO_TICKET) |
                                         SSL_OP_CIPHER_SERVER_PREFERENCE);
            SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
            if (!resumes) SSL_CTX_set_num_tickets(ctx, 0);
            if (SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) != 1 ||
                SSL_CTX_set_cipher_list(ctx, "ECDHE+AESGCM:ECDHE+CHACHA20") != 1 ||
                SSL_CTX_set_session_id_context(ctx, anyone, sizeof anyone) != 1 ||
                SSL_CTX_use_certificate(ctx, own.x509()) != 1 ||
                SSL_CTX_use_PrivateKey(ctx, own.key()) != 1 ||
                (resumes && !detail::enable_resumption(
                                ctx,
                                std::min<std::chrono::seconds>(options.session_lifetime,
                                                               std::chrono::hours(7 * 24)),
                                options.max_sessions))) {
                ERR_clear_error();
                return make_error_code(error::certificate_unusable);
            }
            return tls_context(std::move(c));
        } catch (std::system_error const& e) {
            return e.code();
        }
    }

    /// How many sessions are kept for connections as client.
    [[nodiscard]] std::size_t sessions() {
        auto const kept = detail::sessions_of(context_.native_handle());
        return kept ? kept->size() : 0;
    }
    /// Forgets them: the next connections begin with whole handshakes.
    void forget_sessions() {
        if (auto const kept = detail::sessions_of(context_.native_handle())) kept->forget_all();
    }

    /// Trusts an authority for checks by name. @param pem one certificate or several.
    std::error_code trust(std::string_view pem) {
        std::error_code ec;
        context_.add_certificate_authority(::asio::buffer(pem.data(), pem.size()), ec);
        return ec;
    }
    /// Trusts the authorities in a file (PEM).
    std::error_code trust_file(std::string const& file) {
        std::error_code ec;
        context_.load_verify_file(file, ec);
        return ec;
    }
    /// Trusts what this machine trusts.
    std::error_code trust_system() {
        std::error_code ec;
        context_.set_default_verify_paths(ec);
        return ec;
    }

    /// Asio's context, for further settings.
    [[nodiscard]] ::asio::ssl::context& context() noexcept { return context_; }

   private:
    explicit tls_context(::asio::ssl::context&& c) : context_(std::move(c)) {}
    ::asio::ssl::context context_;
};

namespace detail {

/// The certificate the peer presented; null where it presented none.
inline x509_ptr peer_certificate(SSL* ssl) { return x509_ptr(SSL_get1_peer_certificate(ssl)); }

inline bool matches(X509 const* cert, sdp::fingerprint_set const& set) {
    auto const own = fingerprint_of(cert, set.hash());
    return own && set.matches(own->digest());
}

/// Judges one certificate of the chain, during the handshake.
struct verifier {
    peer_check check;
    std::shared_ptr<std::error_code> verdict;

    bool operator()(bool trusted, ::asio::ssl::verify_context& ctx) const {
        auto* const store = ctx.native_handle();
        switch (check.by) {
            case peer_check::kind::none: return true;
            case peer_check::kind::name:
                if (!trusted) *verdict = error::certificate_not_trusted;
                return trusted;
            case peer_check::kind::fingerprint: break;
        }
        // Asked at each depth, and again for each fault of the chain; only the peer's own
        // certificate has a fingerprint in the SDP.
        if (X509_STORE_CTX_get_error_depth(store) != 0) return true;
        if (matches(X509_STORE_CTX_get_current_cert(store), check.fingerprints)) return true;
        *verdict = error::fingerprint_mismatch;
        X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED);  // alert: bad_certificate
        return false;
    }
};

/// No wildcard but a whole first label, and no common name for a host (RFC 6125).
constexpr unsigned name_flags =
    X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS;

inline bool has_name(X509* cert, std::string const& name) {
    if (name.empty()) return false;
    if (wire::parse_ip(name)) return X509_check_ip_asc(cert, name.c_str(), 0) == 1;
    return X509_check_host(cert, name.data(), name.size(), name_flags, nullptr) == 1;
}
inline bool is_current(X509 const* cert) {
    return X509_cmp_current_time(X509_get0_notBefore(cert)) < 0 &&
           X509_cmp_current_time(X509_get0_notAfter(cert)) > 0;
}

/// What is to be said of a connection whose handshake OpenSSL finished, and under whichever check
/// it did: that may have been another's (T24), now or before the session was resumed.
inline std::error_code judge(SSL* ssl, peer_check const& check) {
    auto const cert = peer_certificate(ssl);
    if (!cert) {
        bool const needed = check.by == peer_check::kind::fingerprint ||
                            (check.by == peer_check::kind::name && check.certificate_required);
        return needed ? make_error_code(error::no_peer_certificate) : std::error_code{};
    }
    if (check.by == peer_check::kind::fingerprint && !matches(cert.get(), check.fingerprints))
        return error::fingerprint_mismatch;
    if (check.by == peer_check::kind::name &&
        (SSL_get_verify_result(ssl) != X509_V_OK || !has_name(cert.get(), check.name) ||
         !is_current(cert.get())))
        return error::certificate_not_trusted;
    return {};
}

/// A check as text: equal for equal checks only.
inline std::string text_of(peer_check const& c) {
    std::string out(1, static_cast<char>('0' + static_cast<int>(c.by)));
    out += c.certificate_required ? '+' : '-';
    out.append(std::to_string(c.name.size())).append(1, ':').append(c.name);
    for (auto const& f : c.fingerprints) {
        out += static_cast<char>('a' + static_cast<int>(f.hash()));
        out.append(reinterpret_cast<char const*>(f.digest().data()), f.digest().size());
    }
    return out;
}

/// A session is resumed under the check that it was made under: OpenSSL does a whole handshake
/// where this differs, on a server, and fails on a client.
inline bool set_session_context(SSL* ssl, std::string const& check) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    return EVP_Digest(check.data(), check.size(), digest.data(), &size, EVP_sha256(), nullptr) ==
               1 &&
           SSL_set_session_id_context(ssl, digest.data(), size) == 1;
}

/// Offers a session of this place and check, and makes room for those to come. Null: it does not
/// resume. Owned by `ssl`.
inline session_seat* take_seat(SSL* ssl, std::string const& check, std::string const& server_name,
                               std::string const& place) {
    auto sessions = sessions_of(SSL_get_SSL_CTX(ssl));
    if (!sessions || place.empty()) return nullptr;
    auto key = std::to_string(place.size()) + ':' + place + std::to_string(server_name.size()) +
               ':' + server_name + check;
    auto seat = std::make_unique<session_seat>(std::move(sessions), std::move(key));
    if (SSL_set_ex_data(ssl, seat_place(), seat.get()) != 1) return nullptr;
    SSL_set_info_callback(ssl, session_callbacks::on_info);
    seat->offer(ssl);
    return seat.release();
}

/// The alerts by which a peer says that it does not accept our certificate, as one code.
inline std::error_code clear(std::error_code ec) {
    if (ec.category() != ::asio::error::get_ssl_category()) return ec;
    switch (ERR_GET_REASON(static_cast<unsigned long>(ec.value()))) {
        case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
        case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
        case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
        case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
        case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
        case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
        case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED: return error::certificate_refused;
        default: return ec;
    }
}

inline std::error_code set_expected_name(SSL* ssl, std::string const& name) {
    auto* const param = SSL_get0_param(ssl);
    X509_VERIFY_PARAM_set_hostflags(param, name_flags);
    bool const ok =
        wire::parse_ip(name)
            ? X509_VERIFY_PARAM_set1_ip_asc(param, name.c_str()) == 1
            : !name.empty() && X509_VERIFY_PARAM_set1_host(param, name.data(), name.size()) == 1;
    return ok ? std::error_code{} : make_error_code(error::certificate_not_trusted);
}

}  // namespace detail

/// The handshake, with the peer's certificate judged in it and once more behind it (T24). On any
/// error the connection is no longer to be used: close it at once.
/// @param role `client` for the side that is setup:active (TLS-8122-3).
/// @param server_name for SNI, as a client; numeric addresses and the empty name are not sent.
/// @param limit zero: none.
/// @param place where a client is connected to, e.g. host and port: sessions are resumed there, for
///        the same `check` and `server_name` only, and only then kept; empty: never. A server's
///        part of it is its context's. What was resumed is judged as anything else.
/// @return `timed_out`, `fingerprint_mismatch`, `no_usable_fingerprint`, `no_peer_certificate`,
///         `certificate_not_trusted`, `certificate_refused`, or OpenSSL's or Asio's code. Under
///         TLS 1.3 a client is done before the server has judged its certificate: a refusal then
///         comes with the first read.
template <class NextLayer>
[[nodiscard]] ::asio::awaitable<std::error_code> handshake(
    ::asio::ssl::stream<NextLayer>& stream, ::asio::ssl::stream_base::handshake_type role,
    peer_check check, std::string server_name, std::chrono::steady_clock::duration limit,
    std::string place = {}) {
    auto* const ssl = stream.native_handle();
    if (check.by == peer_check::kind::fingerprint && check.fingerprints.empty())
        co_return make_error_code(error::no_usable_fingerprint);
    if (check.by == peer_check::kind::name)
        if (auto const ec = detail::set_expected_name(ssl, check.name)) co_return ec;
    bool const client = role == ::asio::ssl::stream_base::client;
    if (client && !server_name.empty() && !wire::parse_ip(server_name))
        SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                 server_name.data());  // the macro SSL_set_tlsext_host_name, without its C cast

    std::error_code ec;
    bool const required = check.by != peer_check::kind::none && check.certificate_required;
    stream.set_verify_mode(
        ::asio::ssl::verify_peer | (required ? ::asio::ssl::verify_fail_if_no_peer_cert : 0), ec);
    auto const verdict = std::make_shared<std::error_code>();
    if (!ec) stream.set_verify_callback(detail::verifier{check, verdict}, ec);
    auto const text = detail::text_of(check);
    if (!ec && !detail::set_session_context(ssl, text)) ec = error::certificate_unusable;
    if (ec) co_return ec;
    auto* const seat = client ? detail::take_seat(ssl, text, server_name, place) : nullptr;
    {
        auto& lowest = stream.lowest_layer();
        detail::time_limit const timer(stream.get_executor(), limit, [&lowest] {
            std::error_code ignored;
            lowest.close(ignored);
        });
        co_await stream.async_handshake(role, detail::into(ec));
        if (timer.expired()) ec = error::timed_out;
    }
    if (ec && ec != error::timed_out) ec = *verdict ? *verdict : detail::clear(ec);
    if (!ec) ec = *verdict ? *verdict : detail::judge(ssl, check);
    if (seat != nullptr) {
        if (ec)
            seat->refuse();
        else
            seat->approve(ssl);
    }
    co_return ec;
}

/// The protocol version ("TLSv1.3"), the cipher suite and more of a finished handshake.
struct tls_facts {
    std::string version;
    std::string suite;
    std::optional<sdp::fingerprint> peer;  ///< sha-256 of the peer's certificate, if it has one
    bool resumed = false;                  ///< the session of an earlier connection went on
};
[[nodiscard]] inline tls_facts facts_of(SSL* ssl) {
    tls_facts out{SSL_get_version(ssl), {}, {}, SSL_session_reused(ssl) == 1};
    if (auto const* const name = SSL_get_cipher_name(ssl)) out.suite = name;
    auto const cert = detail::peer_certificate(ssl);
    auto const seen = fingerprint_of(cert.get(), sdp::hash_function::sha_256);
    if (seen) out.peer = *seen;
    return out;
}

}  // namespace msrp::inline v0::transport

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif
