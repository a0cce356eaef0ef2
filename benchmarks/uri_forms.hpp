// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// uri_forms.hpp - MSRP-URI read by hand in two ways: a yardstick for the grammar's parser.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>

#include <msrp/uri.hpp>
#include <wire/address.hpp>
#include <wire/charset.hpp>
#include <wire/result.hpp>

#if defined(__x86_64__) && defined(__GNUC__)
#define MSRPKIT_BENCH_AVX2 1
#endif

// Both take the shapes that occur in one pass and leave the rest (percent-encoding, ";" in names,
// IPvFuture, everything that is refused) to `read_uri`: so both give what `read_uri` gives.
namespace bench {

enum uri_class : std::uint8_t { name = 1, session = 2, letter = 4, token = 8 };
inline constexpr std::size_t classes = 4;

inline constexpr auto in_class = [] {
    std::array<std::uint8_t, 256> table{};
    for (std::size_t i = 0; i < 256; ++i) {
        auto const c = static_cast<char>(i);
        auto const put = [&](bool is, uri_class k) {
            if (is) table[i] = static_cast<std::uint8_t>(table[i] | k);
        };
        put((wire::unreserved.contains(c) || wire::sub_delims.contains(c)) && c != ';', name);
        put(msrp::session_id_char.contains(c), session);
        put(wire::alphanum.contains(c), letter);
        put(msrp::token_char.contains(c), token);
    }
    return table;
}();

/// `dec-octet` four times: no zero in front, nothing above 255.
[[nodiscard]] inline bool ipv4(std::string_view text, std::array<std::uint8_t, 4>& out) noexcept {
    std::size_t at = 0;
    for (std::size_t part = 0; part < 4; ++part) {
        if (part != 0 && (at == text.size() || text[at++] != '.')) return false;
        unsigned value = 0;
        std::size_t const from = at;
        while (at < text.size() && at - from < 3 && text[at] >= '0' && text[at] <= '9')
            value = value * 10 + static_cast<unsigned>(text[at++] - '0');
        if (at == from || value > 255 || (text[from] == '0' && at - from > 1)) return false;
        out[part] = static_cast<std::uint8_t>(value);
    }
    return at == text.size();
}

/// The walk itself. `run(at, class)` says where the octets of a class that begin at `at` end.
/// Positions are plain pointers, each a value of its own: what lambdas hold by reference g++ keeps
/// in memory, and the walk takes twice as long.
/// @return false where `read_uri` has to say what it is.
template <class Run>
[[nodiscard]] inline bool walk(std::string_view text, msrp::uri& u, Run const run) {
    auto const view = [](char const* from, char const* to) {
        return std::string_view(from, static_cast<std::size_t>(to - from));
    };
    char const* at = text.data();
    char const* const end = at + text.size();
    if (text.size() < 8) return false;
    std::uint32_t front;
    std::memcpy(&front, at, 4);
    std::uint32_t want;
    std::memcpy(&want, "msrp", 4);
    if ((front | 0x20202020U) != want) return false;  // no control octet becomes a letter by this
    at += 4;
    bool const secure = *at == 's' || *at == 'S';
    at += secure ? 1 : 0;
    if (at[0] != ':' || at[1] != '/' || at[2] != '/') return false;
    at += 3;
    u.text = text;
    u.scheme = secure ? msrp::uri_scheme::msrps : msrp::uri_scheme::msrp;
    char const* from = at;
    at = run(at, name);
    if (at != end && *at == '@') {
        u.userinfo = view(from, at);
        u.has_userinfo = true;
        from = ++at;
        at = run(at, name);
    }
    bool ip_literal = false;
    if (at == from) {
        if (at == end || *at != '[') return false;
        from = ++at;
        wire::ipv6_reader v6;
        while (at != end && *at != ']' && v6.step(*at)) ++at;
        if (at == end || *at != ']') return false;
        auto const ip = v6.finish();
        if (!ip) return false;
        u.kind = msrp::host_kind::ipv6;
        u.ip = *ip;
        u.host = view(from, at);
        ip_literal = true;
        ++at;
    } else {
        u.host = view(from, at);
        std::array<std::uint8_t, 4> ip{};
        if (*from >= '0' && *from <= '9' && ipv4(u.host, ip)) {
            u.kind = msrp::host_kind::ipv4;
            u.ip = wire::ip_address::v4(ip);
            ip_literal = true;
        }
    }
    if (at != end && *at == ':') {
        from = ++at;
        unsigned port = 0;
        while (at != end && at - from < 6 && *at >= '0' && *at <= '9')
            port = port * 10 + static_cast<unsigned>(*at++ - '0');
        if (at == from || port > 65535) return false;
        u.port_text = view(from, at);
        u.port = static_cast<std::uint16_t>(port);
    } else if (ip_literal) {
        return false;
    }
    if (at != end && *at == '/') {
        from = ++at;
        at = run(at, session);
        if (at == from) return false;
        u.session_id = view(from, at);
    }
    if (at == end || *at != ';') return false;
    from = ++at;
    at = run(at, letter);
    if (at == from) return false;
    u.transport = view(from, at);
    char const* const parameters = at;
    while (at != end && *at == ';') {
        from = ++at;
        at = run(at, token);
        if (at == from) return false;
        if (at == end || *at != '=') continue;
        from = ++at;
        at = run(at, token);
        if (at == from) return false;
    }
    u.parameters = view(parameters, at);
    return at == end;
}

template <class Run>
[[nodiscard]] inline wire::result<msrp::uri> read_uri_by(std::string_view text, Run const run) {
    wire::result<msrp::uri> out(std::in_place);  // filled where it stands: it is long
    if (!walk(text, *out, run)) out = msrp::read_uri(text);
    return out;
}

/// One look-up an octet in a table of classes.
[[nodiscard]] inline wire::result<msrp::uri> read_uri_by_table(std::string_view text) {
    return read_uri_by(text, [end = text.data() + text.size()](char const* at, uri_class k) {
        while (at != end && (in_class[static_cast<unsigned char>(*at)] & k) != 0) ++at;
        return at;
    });
}

#ifdef MSRPKIT_BENCH_AVX2
/// One bit an octet for each class: where a run ends is one count of trailing ones.
struct uri_bitmaps {
    std::uint64_t of[classes];
};

/// An octet is of a class if the bit of its high nibble is in the class's set for its low nibble:
/// exact for all octets below 0x80; none above is of any class.
inline constexpr auto low_nibbles = [] {
    std::array<std::array<std::uint8_t, 32>, classes> table{};
    for (std::size_t k = 0; k < classes; ++k)
        for (std::size_t c = 0; c < 128; ++c)
            if ((in_class[c] >> k & 1U) != 0)
                for (std::size_t half : {std::size_t{0}, std::size_t{16}})
                    table[k][(c & 15U) + half] =
                        static_cast<std::uint8_t>(table[k][(c & 15U) + half] | 1U << (c >> 4));
    return table;
}();

/// @param text 16 to 64 octets; nothing else is read.
__attribute__((target("avx2"))) inline void classify(std::string_view text,
                                                     uri_bitmaps& out) noexcept {
    using octets = char __attribute__((vector_size(32)));
    using words = unsigned short __attribute__((vector_size(32)));
    octets const high_bits = {1, 2, 4, 8, 16, 32, 64, char(-128), 0, 0, 0, 0, 0, 0, 0, 0,
                              1, 2, 4, 8, 16, 32, 64, char(-128), 0, 0, 0, 0, 0, 0, 0, 0};
    bool const is_short = text.size() < 32;
    // The two parts overlap; bits that are found twice are the same.
    std::size_t const part = is_short ? 16 : 32;
    std::size_t const second = text.size() - part;
    for (auto& bits : out.of) bits = 0;
    for (int i = 0; i < (is_short ? 1 : 2); ++i) {
        octets v;
        if (is_short) {
            std::memcpy(&v, text.data(), 16);
            std::memcpy(reinterpret_cast<char*>(&v) + 16, text.data() + second, 16);
        } else {
            std::memcpy(&v, text.data() + (i == 0 ? 0 : second), 32);
        }
        octets const low = v & 15;
        octets const high = octets(words(v) >> 4) & 15;
        octets const bit = __builtin_ia32_pshufb256(high_bits, high);
        for (std::size_t k = 0; k < classes; ++k) {
            octets table;
            std::memcpy(&table, low_nibbles[k].data(), 32);
            octets const none = octets((__builtin_ia32_pshufb256(table, low) & bit) == 0);
            std::uint64_t const bits =
                ~static_cast<std::uint32_t>(__builtin_ia32_pmovmskb256(none));
            if (is_short)
                out.of[k] = (bits & 0xFFFF) | (bits >> 16 & 0xFFFF) << second;
            else
                out.of[k] |= (bits & 0xFFFFFFFF) << (i == 0 ? 0 : second);
        }
    }
}

[[nodiscard]] inline wire::result<msrp::uri> read_uri_by_bitmap(std::string_view text) {
    if (text.size() < 16 || text.size() > 64) return read_uri_by_table(text);
    uri_bitmaps map;
    classify(text, map);
    return read_uri_by(text, [&map, first = text.data()](char const* at, uri_class k) {
        auto const which = static_cast<unsigned>(std::countr_zero(static_cast<unsigned>(k)));
        auto const n = static_cast<unsigned>(at - first);
        return n < 64 ? at + std::countr_one(map.of[which] >> n) : at;
    });
}
#endif

}  // namespace bench
