// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// certificate.hpp - a certificate with its key: made in memory or loaded, and its fingerprint.
#pragma once

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <msrp/transport/error.hpp>
#include <sdp/fingerprint.hpp>
#include <wire/address.hpp>
#include <wire/result.hpp>

namespace msrp::inline v0::transport {

namespace detail {

template <auto Free>
struct openssl_free {
    template <class T>
    void operator()(T* p) const noexcept {
        Free(p);
    }
};
using x509_ptr = std::unique_ptr<X509, openssl_free<X509_free>>;
using key_ptr = std::unique_ptr<EVP_PKEY, openssl_free<EVP_PKEY_free>>;
using bio_ptr = std::unique_ptr<BIO, openssl_free<BIO_free_all>>;
using extension_ptr = std::unique_ptr<X509_EXTENSION, openssl_free<X509_EXTENSION_free>>;

inline EVP_MD const* digest_of(sdp::hash_function hash) noexcept {
    switch (hash) {
        case sdp::hash_function::sha_1: return EVP_sha1();
        case sdp::hash_function::sha_224: return EVP_sha224();
        case sdp::hash_function::sha_256: return EVP_sha256();
        case sdp::hash_function::sha_384: return EVP_sha384();
        case sdp::hash_function::sha_512: return EVP_sha512();
        default: return nullptr;  // MD2 and MD5 are never computed (TLS-8122-2)
    }
}

inline bool add_extension(X509* cert, X509* issuer, int nid, std::string const& value) {
    X509V3_CTX ctx;
    X509V3_set_ctx_nodb(&ctx);
    X509V3_set_ctx(&ctx, issuer, cert, nullptr, nullptr, 0);
    extension_ptr const extension(X509V3_EXT_conf_nid(nullptr, &ctx, nid, value.c_str()));
    return extension && X509_add_ext(cert, extension.get(), -1) == 1;
}

}  // namespace detail

/// The fingerprint of a certificate: the digest over its DER form (TLS-14.4-1).
/// @return `no_usable_fingerprint` for a function that is unknown or never computed (MD2, MD5).
[[nodiscard]] inline wire::result<sdp::fingerprint> fingerprint_of(X509 const* cert,
                                                                   sdp::hash_function hash) {
    std::array<std::uint8_t, EVP_MAX_MD_SIZE> octets{};
    unsigned size = 0;
    auto const* const md = detail::digest_of(hash);
    if (md == nullptr || cert == nullptr || X509_digest(cert, md, octets.data(), &size) != 1)
        return make_error_code(error::no_usable_fingerprint);
    auto const made = sdp::fingerprint::make(hash, std::span(octets).first(size));
    if (!made) return make_error_code(error::no_usable_fingerprint);
    return *made;
}

/// What a certificate that is made shall say. MSRP URIs never belong into one (TLS-8591-1).
struct certificate_spec {
    std::string common_name = "anonymous";
    std::vector<std::string> names{};  ///< SubjectAltName: DNS names and numeric addresses
    std::chrono::hours lifetime{24 * 30};
    bool authority = false;  ///< may sign others
};

/// A certificate and its private key. Move-only; distinct objects may be used in parallel.
class certificate {
   public:
    /// Makes a key (EC P-256) and a certificate for it, in memory, valid from an hour ago (clocks
    /// differ). About 0.1 ms.
    /// @param issuer signs it; its own key does where there is none (self-signed).
    /// @return `certificate_unusable` where OpenSSL refuses, e.g. a name that is none.
    [[nodiscard]] static wire::result<certificate> make(certificate_spec const& spec = {},
                                                        certificate const* issuer = nullptr) {
        certificate made;
        made.key_.reset(EVP_EC_gen("P-256"));
        made.cert_.reset(X509_new());
        auto* const cert = made.cert_.get();
        std::uint64_t serial = 0;
        if (!made.key_ || cert == nullptr ||
            RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) != 1)
            return unusable();
        auto const seconds = std::chrono::seconds(spec.lifetime).count();
        auto* const name = X509_get_subject_name(cert);
        auto const* const cn = reinterpret_cast<unsigned char const*>(spec.common_name.data());
        auto* const issuing = issuer != nullptr ? issuer->x509() : cert;
        bool ok =
            X509_set_version(cert, X509_VERSION_3) == 1 &&
            ASN1_INTEGER_set_uint64(X509_get_serialNumber(cert), serial >> 1U | 1U) == 1 &&
            X509_gmtime_adj(X509_getm_notBefore(cert), -3600) != nullptr &&
            X509_gmtime_adj(X509_getm_notAfter(cert), static_cast<long>(seconds)) != nullptr &&
            X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8, cn,
                                       static_cast<int>(spec.common_name.size()), -1, 0) == 1 &&
            X509_set_issuer_name(cert, X509_get_subject_name(issuing)) == 1 &&
            X509_set_pubkey(cert, made.key_.get()) == 1;
        ok = ok && detail::add_extension(cert, issuing, NID_basic_constraints,
                                         spec.authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
        std::string alternatives;
        for (auto const& n : spec.names) {
            // The text goes through OpenSSL's configuration syntax: nothing of that may come in.
            if (n.empty() || n.find_first_of(",\\\r\n\t ") != std::string::npos) return unusable();
            if (!alternatives.empty()) alternatives += ',';
            alternatives += (wire::parse_ip(n) ? "IP:" : "DNS:") + n;
        }
        if (!alternatives.empty())
            ok = ok && detail::add_extension(cert, issuing, NID_subject_alt_name, alternatives);
        auto* const signing = issuer != nullptr ? issuer->key() : made.key_.get();
        if (!ok || X509_sign(cert, signing, EVP_sha256()) == 0) return unusable();
        return made;
    }

    /// Loads PEM texts: a certificate (of several, the first) and its key, without a passphrase.
    /// @return `certificate_unusable` where one is malformed or they do not belong together.
    [[nodiscard]] static wire::result<certificate> from_pem(std::string_view cert,
                                                            std::string_view key) {
        certificate read;
        auto const open = [](std::string_view text) {
            return detail::bio_ptr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
        };
        auto const no_passphrase = [](char*, int, int, void*) { return -1; };
        auto const cert_bio = open(cert);
        auto const key_bio = open(key);
        if (!cert_bio || !key_bio) return unusable();
        read.cert_.reset(PEM_read_bio_X509(cert_bio.get(), nullptr, no_passphrase, nullptr));
        read.key_.reset(PEM_read_bio_PrivateKey(key_bio.get(), nullptr, no_passphrase, nullptr));
        if (!read.cert_ || !read.key_ ||
            X509_check_private_key(read.cert_.get(), read.key_.get()) != 1)
            return unusable();
        return read;
    }

    /// The certificate as PEM text, without the key.
    [[nodiscard]] std::string pem() const {
        return text([this](BIO* b) { return PEM_write_bio_X509(b, cert_.get()); });
    }
    /// The private key as PEM text, not encrypted.
    [[nodiscard]] std::string key_pem() const {
        return text([this](BIO* b) {
            return PEM_write_bio_PrivateKey(b, key_.get(), nullptr, nullptr, 0, nullptr, nullptr);
        });
    }

    /// For a=fingerprint (TLS-14.4-1). As `fingerprint_of`.
    [[nodiscard]] wire::result<sdp::fingerprint> fingerprint(
        sdp::hash_function hash = sdp::hash_function::sha_256) const {
        return fingerprint_of(cert_.get(), hash);
    }

    /// OpenSSL's objects; owned by this one.
    [[nodiscard]] X509* x509() const noexcept { return cert_.get(); }
    [[nodiscard]] EVP_PKEY* key() const noexcept { return key_.get(); }

   private:
    certificate() = default;
    static wire::failure unusable() noexcept {
        return {make_error_code(error::certificate_unusable), 0, "certificate"};
    }
    template <class Write>
    static std::string text(Write&& write) {
        detail::bio_ptr const bio(BIO_new(BIO_s_mem()));
        if (!bio || write(bio.get()) != 1) return {};
        char* data = nullptr;
        auto const size = BIO_get_mem_data(bio.get(), &data);
        return {data, static_cast<std::size_t>(size)};
    }

    detail::x509_ptr cert_;
    detail::key_ptr key_;
};

}  // namespace msrp::inline v0::transport
