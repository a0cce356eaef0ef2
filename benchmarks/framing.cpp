// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// framing.cpp - our search for the end-line in a body, by kernel; memchr, memmem and find beside
// it.
#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>

#include <msrp/end_line.hpp>
#include <wire/find_marker.hpp>
#include <wire/kernel.hpp>

#include "bench.hpp"

namespace {

using bench::finder;
using bench::role;
constexpr auto npos = std::string_view::npos;

struct scanner {
    static constexpr bool reads_flag = true;
    msrp::end_line_scanner scan;
    std::size_t operator()(std::string_view body, std::string_view needle) {
        scan.start(needle.substr(9));
        auto const got = scan.scan(body);
        return got.found ? got.body : npos;
    }
};
finder<scanner> const scanned{
    {"end_line_scanner", role::ours,
     "resumable; finds CR LF, seven '-', the transaction id, a flag and CR LF; start() for each "
     "body included"}};

/// As it is used: the state is carried from piece to piece.
template <std::size_t Piece, wire::kernel (*K)() = wire::best_kernel>
struct scanner_in_pieces {
    msrp::end_line_scanner scan{K()};
    std::size_t operator()(std::string_view body, std::string_view needle) {
        scan.start(needle.substr(9));
        std::size_t before = 0;
        for (; !body.empty(); body.remove_prefix(std::min(Piece, body.size()))) {
            auto const got = scan.scan(body.substr(0, Piece));
            before += got.held.size() + got.body;
            if (got.found) return before;
        }
        return npos;
    }
};
finder<scanner_in_pieces<1448>> const by_segments{
    {"end_line_scanner in pieces of 1448", role::ours, "the same, fed in pieces"}, false};
finder<scanner_in_pieces<16384>> const by_reads{
    {"end_line_scanner in pieces of 16384", role::ours, "the same, fed in pieces"}, false};
constexpr wire::kernel avx2() { return wire::kernel::avx2; }
[[maybe_unused]] bool const by_avx2 = [] {
    if (!wire::available(wire::kernel::avx2)) return false;
    static finder<scanner_in_pieces<std::size_t{1} << 20, avx2>> const at_once(
        {"end_line_scanner", role::ours, "", "avx2"}, false);
    static finder<scanner_in_pieces<1448, avx2>> const segments(
        {"end_line_scanner in pieces of 1448", role::ours, "", "avx2"}, false);
    static finder<scanner_in_pieces<16384, avx2>> const reads(
        {"end_line_scanner in pieces of 16384", role::ours, "", "avx2"}, false);
    return true;
}();

template <wire::kernel K>
struct marker {
    std::size_t operator()(std::string_view body, std::string_view needle) const {
        auto const at = wire::find_marker(body, needle, K);
        return at + needle.size() <= body.size() ? at : npos;
    }
};
template <wire::kernel K>
bool by_kernel() {
    if (!wire::available(K)) return false;
    static finder<marker<K>> const found(
        {"find_marker", role::ours, "CR LF, seven '-' and the transaction id; one shot",
         wire::name_of(K)},
        false);
    return true;
}
[[maybe_unused]] bool const kernels[] = {
    by_kernel<wire::kernel::swar>(), by_kernel<wire::kernel::sse2>(),
    by_kernel<wire::kernel::avx2>(), by_kernel<wire::kernel::avx512>(),
    by_kernel<wire::kernel::neon>()};

struct absent_octet {
    std::size_t operator()(std::string_view body, std::string_view) const {
        auto const* at = static_cast<char const*>(std::memchr(body.data(), '\0', body.size()));
        return at == nullptr ? npos : static_cast<std::size_t>(at - body.data());
    }
};
finder<absent_octet> const absent_octets{
    {"memchr", role::limit, "one pass for one octet that is not there: the limit of any search"}};

struct memory {
    std::size_t operator()(std::string_view body, std::string_view needle) const {
        auto const* at = static_cast<char const*>(
            memmem(body.data(), body.size(), needle.data(), needle.size()));
        return at == nullptr ? npos : static_cast<std::size_t>(at - body.data());
    }
};
finder<memory> const memories{
    {"memmem", role::searching_limit,
     "CR LF, seven '-' and the transaction id; one shot; the C library's"}};

struct view {
    std::size_t operator()(std::string_view body, std::string_view needle) const {
        return body.find(needle);
    }
};
finder<view> const views{{"string_view::find", role::searching_limit,
                          "CR LF, seven '-' and the transaction id; one shot; the C++ library's"}};

struct copied {
    std::string to = std::string(std::size_t{1} << 20, ' ');
    std::size_t operator()(std::string_view body, std::string_view) {
        std::memcpy(to.data(), body.data(), std::min(body.size(), to.size()));
        benchmark::DoNotOptimize(to.data());  // lets it escape: else the copy is left out
        benchmark::ClobberMemory();
        return npos;
    }
};
finder<copied> const copies{{"memcpy", role::limit, "the body copied once"}, false};

/// Cost at double size for every hostile body and every size of piece: a scanner that looked again
/// at what it had seen would show here.
[[maybe_unused]] bool const doubled = [] {
    for (auto const h : bench::all_hostile)
        for (std::size_t const piece : {1U, 7U, 1448U, 16384U, 65536U})
            for (std::size_t const size : {std::size_t{131072}, std::size_t{262144}})
                bench::add("doubling",
                           std::string(name_of(h)) + " in pieces of " + std::to_string(piece) +
                               (size == 131072 ? ", 128 KiB" : ", 256 KiB"),
                           {"end_line_scanner", role::ours, "one body, fed in pieces"}, "ns",
                           [=](benchmark::State& state) {
                               auto const body = bench::hostile_octets(h, size);
                               msrp::end_line_scanner scan;
                               for (auto _ : state) {
                                   scan.start(bench::body_tid);
                                   for (std::size_t at = 0; at < size; at += piece)
                                       benchmark::DoNotOptimize(
                                           scan.scan(std::string_view(body).substr(at, piece)));
                               }
                               return bench::amount{1, size};
                           });
    return true;
}();

}  // namespace
