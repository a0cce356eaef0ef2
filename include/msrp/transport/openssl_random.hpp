// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// openssl_random.hpp - OpenSSL's generator as the random source of identifiers.
#pragma once

#include <openssl/rand.h>

#include <array>
#include <cstddef>
#include <cstdlib>
#include <span>

namespace msrp::inline v0::transport {

/// Octets for `make_ident`, sessions and endpoints (`random_source`), drawn 1024 at once. A copy
/// draws its own: the same octets are never given out twice. A generator that fails ends the
/// program (std::abort): identifiers that can be guessed would be worse. One object is used from
/// one thread at a time.
class openssl_random {
   public:
    openssl_random() noexcept = default;
    openssl_random(openssl_random const&) noexcept : openssl_random() {}
    openssl_random& operator=(openssl_random const&) noexcept { return *this; }
    ~openssl_random() = default;

    /// Fills all of `out`.
    void operator()(std::span<unsigned char> out) {
        for (auto& octet : out) {
            if (left_ == 0) {
                if (RAND_bytes(pool_.data(), static_cast<int>(pool_.size())) != 1) std::abort();
                left_ = pool_.size();
            }
            octet = pool_[--left_];
        }
    }

   private:
    std::array<unsigned char, 1024> pool_{};
    std::size_t left_ = 0;
};

}  // namespace msrp::inline v0::transport
