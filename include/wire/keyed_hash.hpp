// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// keyed_hash.hpp - a hash of text that nobody can aim at who does not know its key (T19).
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <wire/config.hpp>

namespace wire::inline v0 {

/// SipHash-1-3. With a secret key of random octets nobody can choose texts that collide more often
/// than others do. The value depends on the key alone, not on the machine.
class keyed_hash {
   public:
    /// @param k0,k1 random, secret, the same for all texts of a table.
    constexpr explicit keyed_hash(std::uint64_t k0 = 0, std::uint64_t k1 = 0) noexcept
        : k0_(k0), k1_(k1) {}

    /// Linear.
    [[nodiscard]] constexpr std::uint64_t operator()(std::string_view text) const noexcept {
        lanes v{k0_ ^ 0x736f6d6570736575U, k1_ ^ 0x646f72616e646f6dU, k0_ ^ 0x6c7967656e657261U,
                k1_ ^ 0x7465646279746573U};
        std::size_t at = 0;
        for (; text.size() - at >= 8; at += 8) v.take(word(text.substr(at, 8)));
        v.take(word(text.substr(at)) | std::uint64_t{text.size() & 0xFFU} << 56U);
        v.c ^= 0xFFU;
        for (int i = 0; i < 3; ++i) v.round();
        return v.a ^ v.b ^ v.c ^ v.d;
    }

   private:
    struct lanes {
        std::uint64_t a, b, c, d;
        constexpr void round() noexcept {
            a += b, b = std::rotl(b, 13) ^ a, a = std::rotl(a, 32);
            c += d, d = std::rotl(d, 16) ^ c;
            a += d, d = std::rotl(d, 21) ^ a;
            c += b, b = std::rotl(b, 17) ^ c, c = std::rotl(c, 32);
        }
        constexpr void take(std::uint64_t word) noexcept {
            d ^= word;
            round();
            a ^= word;
        }
    };
    /// Up to eight octets, the first one lowest.
    [[nodiscard]] static constexpr std::uint64_t word(std::string_view octets) noexcept {
        std::uint64_t out = 0;
        for (std::size_t i = octets.size(); i-- != 0;)
            out = out << 8U | static_cast<unsigned char>(octets[i]);
        return out;
    }

    std::uint64_t k0_;
    std::uint64_t k1_;
};

}  // namespace wire::inline v0
