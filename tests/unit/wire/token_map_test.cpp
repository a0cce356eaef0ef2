// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// token_map_test.cpp - every kernel maps a text as looking at each octet does.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <string_view>

#include <wire/token_map.hpp>

#include "support/catch.hpp"

namespace {

/// A copy without an octet of room on either side, for the sanitizers to watch.
class exact {
   public:
    explicit exact(std::string_view text) : size_(text.size()), octets_(new char[text.size()]) {
        std::copy(text.begin(), text.end(), octets_.get());
    }
    [[nodiscard]] std::string_view view() const { return {octets_.get(), size_}; }

   private:
    std::size_t size_;
    std::unique_ptr<char[]> octets_;
};

template <class F>
void for_each_kernel(F&& f) {
    for (auto const k : wire::all_kernels)
        if (wire::available(k) && wire::detail::can_classify(k)) f(k);
}

bool bit(wire::token_map::bitmap const& of, std::size_t i) {
    return (of[i / 64] >> i % 64 & 1U) != 0;
}

/// Random octets, each CR before an LF.
std::string random_text(std::mt19937& random, std::size_t size) {
    std::string text(size, '\0');
    for (char& c : text) {
        auto const octet = random() % 300;
        c = octet < 256 ? static_cast<char>(octet) : octet < 280 ? 'a' : '\n';
        if (c == '\0' || c == '\r') c = ' ';
    }
    for (std::size_t i = 1; i < size; ++i)
        if (text[i] == '\n' && random() % 2 == 0) text[i - 1] = '\r';
    for (std::size_t i = 0; i < size; ++i)
        if (text[i] == '\r' && (i + 1 == size || text[i + 1] != '\n')) text[i] = ':';
    return text;
}

}  // namespace

TEST_CASE("a token map has one bit for each octet, by every kernel") {
    std::mt19937 random(8866);
    for_each_kernel([&](wire::kernel k) {
        for (std::size_t size = wire::token_map::min_text; size <= wire::token_map::max_text;
             size += size < 260 ? 1 : 479) {
            exact const text(random_text(random, size));
            auto const t = text.view();
            wire::token_map map;
            REQUIRE(map.read(t, k));
            bool same = true;
            for (std::size_t i = 0; i < (size + 63) / 64 * 64 + 64 && i < 4160; ++i) {
                bool const in = i < size;
                same = same && bit(map.lf, i) == (in && t[i] == '\n') &&
                       bit(map.breaks, i) == (in && !wire::token_octet.contains(t[i]));
            }
            CHECK(same);
            for (std::size_t at = 0; at < size; at += 7) {
                auto const window = wire::token_map::window(map.breaks, at);
                for (std::size_t i = 0; i < 64; ++i)
                    same = same && (window >> i & 1U) == (bit(map.breaks, at + i) ? 1U : 0U);
                auto const lf = t.find('\n', at);
                if (lf != t.npos) same = same && wire::token_map::next(map.lf, at) == lf;
                if (at + 64 >= size) break;
            }
            CHECK(same);
        }
    });
}

TEST_CASE("a token map is refused for NUL and for a CR that stands not before LF") {
    for_each_kernel([&](wire::kernel k) {
        for (std::size_t const size : {64U, 65U, 127U, 128U, 190U}) {
            for (std::size_t i = 0; i < size; ++i) {
                std::string text(size, 'a');
                wire::token_map map;
                text[i] = '\r';
                CHECK_FALSE(map.read(exact(text).view(), k));
                if (i + 1 != size) {
                    text[i + 1] = '\n';
                    CHECK(map.read(exact(text).view(), k));
                }
                text[i] = '\0';
                CHECK_FALSE(map.read(exact(text).view(), k));
            }
        }
    });
    wire::token_map map;
    CHECK_FALSE(map.read(std::string(64, 'a'), wire::kernel::swar));
}

TEST_CASE("breaks of a short text, by every kernel") {
    std::mt19937 random(4975);
    for_each_kernel([&](wire::kernel k) {
        std::uint64_t none = 0;
        CHECK((wire::token_breaks({}, none, k) && none == ~std::uint64_t{0}));
        for (std::size_t size = 0; size <= 64; ++size) {
            exact const text(random_text(random, size));
            std::uint64_t breaks = 0;
            REQUIRE(wire::token_breaks(text.view(), breaks, k));
            for (std::size_t i = 0; i < 64; ++i)
                CHECK((breaks >> i & 1U) ==
                      (i < size && wire::token_octet.contains(text.view()[i]) ? 0U : 1U));
        }
    });
    std::uint64_t breaks = 0;
    CHECK_FALSE(wire::token_breaks("a", breaks, wire::kernel::swar));
}
