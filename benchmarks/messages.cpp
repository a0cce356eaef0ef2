// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// messages.cpp - our parsers of whole small messages and of messages in pieces; the limit memcpy.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>

#include <msrp/chunk_parser.hpp>
#include <msrp/message.hpp>

#include "bench.hpp"
#include "first_stage.hpp"

#if __has_include(<wire/line_index.hpp>)
#include <wire/kernel.hpp>
#include <wire/line_index.hpp>
#define MSRPKIT_BENCH_KERNELS 1
#endif

namespace {

using bench::message_parser;
using bench::protocol;
using bench::role;

struct whole {
    msrp::message message;
    bool operator()(std::string_view octets) {
        auto const got = msrp::parse_message(octets, message);
        benchmark::DoNotOptimize(message);
        return got.status == msrp::parse_status::event && message.size == octets.size();
    }
};
message_parser<whole> const whole_messages{
    {"parse_message", role::ours,
     "start line, header index, line ends, control octets and UTF-8 checked, every URI of both "
     "paths validated, body found by its end-line; values of other fields not decoded"},
    protocol::msrp};

struct first {
    bench::first_stage stage;
    bool operator()(std::string_view octets) {
        bool const good = stage.read(octets);
        benchmark::DoNotOptimize(stage);
        return good;
    }
};
message_parser<first> const first_stages{
    {"first stage", role::ours,
     "framing, header index, line ends and control octets; URIs not looked at: what "
     "picohttpparser does"},
    protocol::msrp};

/// One parser for all messages, as on a connection.
struct push {
    // Where it is measured it has been moved: the parser itself is not.
    std::unique_ptr<msrp::chunk_parser> parser;
    push() : parser(std::make_unique<msrp::chunk_parser>()) {}
    push(push const&) : push() {}
    push& operator=(push const&) = delete;
    ~push() = default;

    bool feed(std::string_view octets) {
        if (parser->feed(octets)) return false;
        msrp::chunk_event event;
        msrp::parse_status status;
        while ((status = parser->poll(event)) == msrp::parse_status::event)
            benchmark::DoNotOptimize(event);
        return status == msrp::parse_status::need_more;
    }
    bool operator()(std::string_view octets) {
        if (feed(octets) && parser->at_boundary()) return true;
        parser->reset();
        return false;
    }
    bool operator()(std::string_view octets, std::size_t piece) {
        for (; !octets.empty(); octets.remove_prefix(std::min(piece, octets.size())))
            if (!feed(octets.substr(0, piece))) return false;
        return parser->at_boundary();
    }
};
message_parser<push> const pushed{
    {"chunk_parser", role::ours,
     "the same checks; three events a message (begin, data, end) from one parser kept for all"},
    protocol::msrp};

#ifdef MSRPKIT_BENCH_KERNELS
template <wire::kernel K>
struct lines {
    static constexpr bool reads_halves = true;
    std::uint32_t ends[64];
    bool operator()(std::string_view octets) {
        wire::line_index found{};
        wire::index_lines(found, octets, ends, std::size(ends), K);
        benchmark::DoNotOptimize(found);
        benchmark::DoNotOptimize(&ends);
        return found.ended && !found.stray;
    }
};
template <wire::kernel K>
bool by_kernel() {
    if (!wire::available(K)) return false;
    static message_parser<lines<K>> const indexed(
        {"index_lines", role::ours,
         "ends of lines and control octets of the head; no framing, no names, no URIs",
         wire::name_of(K)},
        protocol::msrp, false);
    return true;
}
[[maybe_unused]] bool const kernels[] = {
    by_kernel<wire::kernel::swar>(), by_kernel<wire::kernel::sse2>(),
    by_kernel<wire::kernel::avx2>(), by_kernel<wire::kernel::avx512>(),
    by_kernel<wire::kernel::neon>()};
#endif

struct copy {
    std::array<char, 16384> to;
    bool operator()(std::string_view octets) {
        // All texts fit. A bound that g++ can see would make it write the copy out as a slow loop.
        std::memcpy(to.data(), octets.data(), octets.size());
        benchmark::DoNotOptimize(to.data());
        benchmark::ClobberMemory();
        return true;
    }
};
message_parser<copy> const copied{{"memcpy", role::limit, "the message's octets copied"},
                                  protocol::msrp};

/// Bodies in pieces: the push parser with a SEND around a body of 1 MiB, which stays in L3.
constexpr std::size_t body_size = std::size_t{1} << 20;
void body_in_pieces(std::string_view name, std::size_t piece) {
    bench::add("pieces", name,
               {"chunk_parser", role::ours,
                "a SEND with a body of 1 MiB of random octets, fed in pieces; chunk_data events "
                "are views and are not touched"},
               "GB/s", [piece](benchmark::State& state) {
                   static std::string const message = [] {
                       return "MSRP " + std::string(bench::body_tid) +
                              " SEND\r\nTo-Path: msrp://a.example.net:9/s;tcp\r\n"
                              "From-Path: msrp://b.example.net:9/s;tcp\r\nMessage-ID: m1d2\r\n"
                              "Content-Type: text/plain\r\n\r\n" +
                              bench::random_octets(body_size) + bench::needle_of(bench::body_tid) +
                              "$\r\n";
                   }();
                   push parser;
                   for (auto _ : state)
                       if (!parser(message, piece)) state.SkipWithError("refused");
                   return bench::amount{1, message.size()};
               });
}

[[maybe_unused]] bool const registered = [] {
    for (std::size_t const piece : {1U, 7U, 1448U, 16384U, 65536U})
        body_in_pieces("body of 1 MiB in pieces of " + std::to_string(piece), piece);
    body_in_pieces("body of 1 MiB at once", 2 * body_size);
    return true;
}();

}  // namespace
