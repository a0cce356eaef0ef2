// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// chunk_parser.cpp - a stream, whole and in pieces, against a naive parser; Byte-Range never
// frames.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include <msrp/chunk_parser.hpp>

#include "chunk_settings.hpp"
#include "support/chunk_log.hpp"
#include "support/reference_parser.hpp"

namespace {

using fuzz::demand_same;
using fuzz::settings;

/// The log of the stream in pieces of which `next` says the sizes; each piece has memory of its own
/// and of just its size.
template <class Next>
std::string log_of(std::string_view stream, settings const& s, Next&& next) {
    support::chunk_log log(s.limits, s.lenient);
    while (!stream.empty()) {
        std::size_t const n = std::min<std::size_t>(next(), stream.size());
        auto const piece = std::make_unique<char[]>(n);
        std::copy_n(stream.data(), n, piece.get());
        log.feed({piece.get(), n});
        stream.remove_prefix(n);
    }
    return log.finish();
}

/// Where messages and bodies begin and end, and nothing of what they say.
std::string framing(std::string_view stream, settings const& s) {
    msrp::chunk_parser parser(s.limits, s.lenient);
    std::string out;
    if (parser.feed(stream)) std::abort();
    msrp::chunk_event event;
    while (parser.poll(event) == msrp::parse_status::event) {
        if (auto const* begin = std::get_if<msrp::chunk_begin>(&event))
            out += std::to_string(begin->offset) + (begin->has_body ? "b" : "n");
        if (auto const* data = std::get_if<msrp::chunk_data>(&event))
            out += "d" + std::to_string(data->octets.data() - stream.data()) + '+' +
                   std::to_string(data->octets.size());
        if (auto const* end = std::get_if<msrp::chunk_end>(&event))
            out += static_cast<char>(end->flag) + std::to_string(end->body_size) + '@' +
                   std::to_string(end->offset);
        out += ' ';
    }
    out += std::to_string(static_cast<int>(parser.finish()));
    return out + ' ' + std::to_string(parser.error().code.value()) + '@' +
           std::to_string(parser.error().offset) + '\n';
}

/// T1: other digits in Byte-Range, the same messages.
void change_ranges(std::string_view stream, settings const& s, unsigned seed) {
    constexpr std::string_view name = "\nbyte-range:";
    std::string changed(stream);
    bool any = false;
    for (std::size_t at = 0; at + name.size() < changed.size(); ++at) {
        if (!wire::iequals(std::string_view(changed).substr(at, name.size()), name)) continue;
        for (at += name.size(); at < changed.size() && changed[at] != '\r'; ++at) {
            char& c = changed[at];
            if (c < '0' || c > '9') continue;
            c = static_cast<char>(
                '0' + static_cast<unsigned>(c - '0' + 1 + static_cast<int>(seed % 9)) % 10);
            any = true;
        }
        --at;
    }
    if (any) demand_same(framing(stream, s), framing(changed, s), "a Byte-Range decided framing");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const input = fuzz::read_input(data, size);
    if (!input.whole) return 0;
    auto const s = input.with;
    auto const seed = input.seed;
    auto const stream = input.stream;

    auto const whole = log_of(stream, s, [&] { return stream.size(); });
    demand_same(support::reference_log(stream, s.limits, s.lenient), whole, "reference, parser");
    demand_same(log_of(stream, s, [] { return std::size_t{1}; }), whole, "octets, whole");
    std::uint32_t state = seed * 2654435761U + static_cast<std::uint32_t>(size) + 1;
    for (std::uint32_t const most : {9U, 200U}) {
        auto const cut = [&] {
            state = state * 1664525U + 1013904223U;
            return std::size_t{1} + (state >> 8U) % most;
        };
        demand_same(log_of(stream, s, cut), whole, "pieces, whole");
    }
    change_ranges(stream, s, seed);
    return 0;
}
