// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// chunk_settings.hpp - limits and leniencies, chosen by the first two octets of a fuzz input.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include <msrp/limits.hpp>

namespace fuzz {

struct settings {
    msrp::limits limits{};
    msrp::leniency lenient{};
};

inline settings choose(unsigned how, unsigned seed) {
    settings s;
    // Little memory: a parser sets up all of it each time.
    s.limits.max_start_line = s.limits.max_header_line = 800;
    s.limits.max_header_block = 1000;
    s.limits.max_header_fields = 10;
    s.lenient.several_blanks = (how & 1U) != 0;
    s.lenient.stray_crlf = (how & 2U) != 0;
    s.lenient.body_in_response = (how & 4U) != 0;
    s.lenient.empty_body_without_crlf = (how & 8U) != 0;
    s.lenient.loose_utf8 = (how & 16U) != 0;
    s.lenient.ipv6_without_brackets = (how & 128U) != 0;
    s.lenient.fail_at_end_line_without_crlf = (seed & 128U) != 0;
    if ((how & 32U) != 0) {
        s.limits.max_start_line = 10 + (seed & 15U);
        s.limits.max_header_line = 20 + (seed & 31U);
        s.limits.max_header_block = 60 + (seed & 127U);
        s.limits.max_header_fields = 1 + (seed & 3U);
        s.limits.max_path_uris = 1 + (seed >> 2U & 1U);
        s.limits.max_non_send_body = seed >> 3U & 15U;
    } else if ((how & 64U) != 0) {
        s.limits.max_non_send_body = seed & 31U;
    }
    return s;
}

/// An input: one octet that chooses leniencies and small limits, one that seeds the cuts and the
/// limits ("0" and "0": strict, and wide limits), then the stream.
struct input {
    settings with{};
    unsigned seed = 0;
    std::string_view stream{};
    bool whole = false;  ///< false: there is too little of it
};

inline input read_input(std::uint8_t const* data, std::size_t size) {
    if (size < 2) return {};
    unsigned const how = data[0] ^ static_cast<unsigned>('0');
    unsigned const seed = data[1] ^ static_cast<unsigned>('0');
    return {choose(how, seed), seed, {reinterpret_cast<char const*>(data) + 2, size - 2}, true};
}

inline void demand_same(std::string const& a, std::string const& b, char const* what) {
    if (a == b) return;
    std::fprintf(stderr, "%s\n--- one\n%s--- other\n%s", what, a.c_str(), b.c_str());
    std::abort();
}

}  // namespace fuzz
