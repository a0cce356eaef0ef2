// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// sha256.hpp - SHA-256 of octets that come piece by piece (OpenSSL).
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <openssl/evp.h>

namespace examples {

/// A digest that can be started again and again; the algorithm is fetched once in the program.
class sha256 {
   public:
    sha256() : context_(EVP_MD_CTX_new()) { restart(); }

    void restart() { EVP_DigestInit_ex2(context_.get(), algorithm(), nullptr); }
    void add(std::string_view octets) {
        EVP_DigestUpdate(context_.get(), octets.data(), octets.size());
    }
    /// Lower-case hexadecimal digits; `restart` before the next `add`.
    std::string hex() {
        unsigned char digest[EVP_MAX_MD_SIZE];
        unsigned size = 0;
        EVP_DigestFinal_ex(context_.get(), digest, &size);
        std::string out;
        for (unsigned i = 0; i < size; ++i) {
            out += "0123456789abcdef"[digest[i] >> 4U];
            out += "0123456789abcdef"[digest[i] & 15U];
        }
        return out;
    }

   private:
    static EVP_MD const* algorithm() {
        static EVP_MD* const fetched = EVP_MD_fetch(nullptr, "SHA256", nullptr);
        return fetched;
    }
    struct free_context {
        void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
    };
    std::unique_ptr<EVP_MD_CTX, free_context> context_;
};

}  // namespace examples
