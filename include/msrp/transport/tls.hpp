// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// tls.hpp - TLS 1.2 or later with certificates on both sides, checked by fingerprint or by name.
#pragma once

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <chrono>
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

/// Our side of TLS: own certificate, trusted authorities, versions and suites. One context serves
/// any number of connections, as client and as server.
class tls_context {
   public:
    /// TLS 1.2 and 1.3; only suites with forward secrecy and authenticated encryption
    /// (TLS-14.2-1: TLS_RSA_WITH_AES_128_CBC_SHA is off). No renegotiation, compression or
    /// resumption.
    /// @param own presented to every peer (TLS-8122-3); copied.
    /// @return `certificate_unusable`, or OpenSSL's code.
    [[nodiscard]] static wire::result<tls_context> make(certificate const& own) {
        try {
            ::asio::ssl::context c(::asio::ssl::context::tls);
            auto* const ctx = c.native_handle();
            SSL_CTX_set_options(ctx, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                                         SSL_OP_NO_TICKET | SSL_OP_CIPHER_SERVER_PREFERENCE);
            SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
            SSL_CTX_set_num_tickets(ctx, 0);
            if (SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) != 1 ||
                SSL_CTX_set_cipher_list(ctx, "ECDHE+AESGCM:ECDHE+CHACHA20") != 1 ||
                SSL_CTX_use_certificate(ctx, own.x509()) != 1 ||
                SSL_CTX_use_PrivateKey(ctx, own.key()) != 1) {
                ERR_clear_error();
                return make_error_code(error::certificate_unusable);
            }
            return tls_context(std::move(c));
        } catch (std::system_error const& e) {
            return e.code();
        }
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

/// What is to be said of a connection whose handshake OpenSSL finished.
inline std::error_code judge(SSL* ssl, peer_check const& check) {
    auto const cert = peer_certificate(ssl);
    if (!cert) {
        bool const needed = check.by == peer_check::kind::fingerprint ||
                            (check.by == peer_check::kind::name && check.certificate_required);
        return needed ? make_error_code(error::no_peer_certificate) : std::error_code{};
    }
    if (check.by == peer_check::kind::fingerprint && !matches(cert.get(), check.fingerprints))
        return error::fingerprint_mismatch;
    if (check.by == peer_check::kind::name && SSL_get_verify_result(ssl) != X509_V_OK)
        return error::certificate_not_trusted;
    return {};
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
    X509_VERIFY_PARAM_set_hostflags(
        param, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
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
/// @return `timed_out`, `fingerprint_mismatch`, `no_usable_fingerprint`, `no_peer_certificate`,
///         `certificate_not_trusted`, `certificate_refused`, or OpenSSL's or Asio's code. Under
///         TLS 1.3 a client is done before the server has judged its certificate: a refusal then
///         comes with the first read.
template <class NextLayer>
[[nodiscard]] ::asio::awaitable<std::error_code> handshake(
    ::asio::ssl::stream<NextLayer>& stream, ::asio::ssl::stream_base::handshake_type role,
    peer_check check, std::string server_name, std::chrono::steady_clock::duration limit) {
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
    if (ec) co_return ec;
    {
        auto& lowest = stream.lowest_layer();
        detail::time_limit const timer(stream.get_executor(), limit, [&lowest] {
            std::error_code ignored;
            lowest.close(ignored);
        });
        co_await stream.async_handshake(role, detail::into(ec));
        if (timer.expired()) co_return make_error_code(error::timed_out);
    }
    if (*verdict) co_return *verdict;
    if (ec) co_return detail::clear(ec);
    co_return detail::judge(ssl, check);
}

/// The protocol version ("TLSv1.3") and the cipher suite of a finished handshake.
struct tls_facts {
    std::string version;
    std::string suite;
    std::optional<sdp::fingerprint> peer;  ///< sha-256 of the peer's certificate, if it has one
};
[[nodiscard]] inline tls_facts facts_of(SSL* ssl) {
    tls_facts out{SSL_get_version(ssl), {}, {}};
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
