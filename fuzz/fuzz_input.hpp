// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// fuzz_input.hpp - what fuzz targets share: the octets of an input, and a check that stops the run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace fuzz {

/// Stops the program where what a target promises does not hold.
inline void require(bool holds, char const* what) {
    if (holds) return;
    std::fprintf(stderr, "broken: %s\n", what);
    std::abort();
}

/// An input, taken from its front. Views live as long as the octets.
class input {
   public:
    explicit input(std::string_view octets) : rest_(octets) {}
    input(std::uint8_t const* data, std::size_t size)
        : rest_(reinterpret_cast<char const*>(data), size) {}

    bool done() const { return rest_.empty(); }
    /// The next octet; 0 where there is none.
    unsigned octet() {
        if (rest_.empty()) return 0;
        auto const c = static_cast<unsigned char>(rest_[0]);
        rest_.remove_prefix(1);
        return c;
    }
    /// The next octets, so many as there are.
    std::string_view octets(std::size_t n) {
        auto const out = rest_.substr(0, n);
        rest_.remove_prefix(out.size());
        return out;
    }
    std::string_view rest() const { return rest_; }

   private:
    std::string_view rest_;
};

}  // namespace fuzz
