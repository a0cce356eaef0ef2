// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// kernels.cpp - GB/s of every scan kernel beside memchr and memmem, on plain and hostile bodies.
//
// Names are scan/body/octets/kernel. Bodies lie one after another in memory of `working_set`
// octets and are taken in turn: what is measured is the cache that they fit in, not one body that
// the branch predictor knows by heart.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <benchmark/benchmark.h>

#include <wire/find_marker.hpp>
#include <wire/line_index.hpp>

namespace {

constexpr std::string_view marker = "\r\n-------tid0Kq93hX2m";

std::string repeated(std::string_view piece, std::size_t size) {
    std::string out;
    out.reserve(size + piece.size());
    while (out.size() < size) out += piece;
    out.resize(size);
    return out;
}

/// Octets of one kind. None holds the octet 0: it is what memchr looks for, to the end.
std::string make_body(std::string_view kind, std::size_t size) {
    std::mt19937 random(4975);
    if (kind == "hyphens") return std::string(size, '-');
    if (kind == "crlf") return repeated("\r\n", size);
    if (kind == "crlf_hyphen") return repeated("\r\n-", size);
    if (kind == "near_miss") {  // other ids, as long and from the same letters
        std::string out;
        while (out.size() < size) {
            auto miss = std::string(marker);
            for (std::size_t i = 9; i < miss.size(); ++i)
                miss[i] = "0123456789ABKXhmqtid"[random() % 20];
            out += miss;
        }
        out.resize(size);
        return out;
    }
    if (kind == "last_octet") return repeated(std::string(marker.substr(0, 20)) + "!", size);
    if (kind == "each_octet") {  // the id is known: wrong in one octet, each in turn
        std::string out;
        for (std::size_t i = 0; out.size() < size; i = (i + 1) % marker.size()) {
            out += marker;
            out[out.size() - marker.size() + i] = '!';
        }
        out.resize(size);
        return out;
    }
    std::string out(size, ' ');
    if (kind == "lines") {  // text in lines of 20 to 99 octets
        for (char& c : out) c = static_cast<char>(' ' + random() % 95);
        for (std::size_t i = 60; i + 2 < size; i += 20 + random() % 80) {
            out[i] = '\r';
            out[i + 1] = '\n';
        }
        return out;
    }
    for (char& c : out) c = static_cast<char>(1 + random() % 255);
    return out;
}

/// Calls `scan(body)` for the bodies of `size` octets in a working set, in turn.
template <class Scan>
void run(benchmark::State& state, std::string const& octets, std::size_t size, Scan&& scan) {
    std::size_t at = 0;
    for (auto _ : state) {
        benchmark::DoNotOptimize(scan(std::string_view(octets).substr(at, size)));
        at = at + 2 * size <= octets.size() ? at + size : 0;
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(size));
}

struct place {
    std::size_t size;         ///< of a body
    std::size_t working_set;  ///< of all bodies
};
/// L2, L2, L3, DRAM: with half a MiB, 8 MiB and 64 MiB on a machine with 1 MiB and 32 MiB of them.
constexpr place places[] = {{2048, 512U << 10U},
                            {64U << 10U, 512U << 10U},
                            {1U << 20U, 8U << 20U},
                            {64U << 20U, 64U << 20U}};

std::string const& bodies(std::string_view kind, std::size_t size) {
    static std::vector<std::pair<std::string, std::string>> made;
    auto const name = std::string(kind) + std::to_string(size);
    for (auto const& m : made)
        if (m.first == name) return m.second;
    made.reserve(64);
    return made.emplace_back(name, make_body(kind, size)).second;
}

void add_framing(std::string const& kind, place const& p, bool limits) {
    auto const prefix = "find_marker/" + kind + "/" + std::to_string(p.size) + "/";
    for (auto const k : wire::all_kernels) {
        if (!wire::available(k)) continue;
        benchmark::RegisterBenchmark(
            (prefix + std::string(wire::name_of(k))).c_str(),
            [kind, p, k](benchmark::State& state) {
                run(state, bodies(kind, p.working_set), p.size,
                    [k](std::string_view body) { return wire::find_marker(body, marker, k); });
            });
    }
    if (!limits) return;
    benchmark::RegisterBenchmark((prefix + "memchr").c_str(), [kind, p](benchmark::State& state) {
        run(state, bodies(kind, p.working_set), p.size,
            [](std::string_view body) { return std::memchr(body.data(), '\0', body.size()); });
    });
    benchmark::RegisterBenchmark((prefix + "memmem").c_str(), [kind, p](benchmark::State& state) {
        run(state, bodies(kind, p.working_set), p.size, [](std::string_view body) {
            return memmem(body.data(), body.size(), marker.data(), marker.size());
        });
    });
}

/// 512 different heads of about 300 octets in 8 lines, an empty line and 60 octets of body.
std::vector<std::string> const& heads() {
    static std::vector<std::string> const all = [] {
        std::mt19937 random(4976);
        auto const text = [&](std::size_t least, std::size_t most) {
            constexpr std::string_view letters = "abcdefghijkmnopqrstuvwxyz0123456789";
            std::string out(least + random() % (most - least + 1), '\0');
            for (char& c : out) c = letters[random() % letters.size()];
            return out;
        };
        std::vector<std::string> out;
        for (int i = 0; i < 512; ++i) {
            auto const tid = text(8, 16);
            std::string m = "MSRP " + tid + " SEND\r\n";
            m += "To-Path: msrp://" + text(4, 9) + ".example.net:7394/" + text(12, 22) + ";tcp\r\n";
            m += "From-Path: msrps://" + text(4, 9) + ".example.org:2855/" + text(12, 22) +
                 ";tcp\r\n";
            m += "Message-ID: " + text(12, 22) + "\r\nByte-Range: 1-60/60\r\n";
            m += "Success-Report: yes\r\nFailure-Report: no\r\n";
            m += "Content-Type: text/plain\r\n\r\n" + text(60, 60) + "\r\n-------" + tid + "$\r\n";
            out.push_back(std::move(m));
        }
        return out;
    }();
    return all;
}

void add_heads() {
    for (auto const k : wire::all_kernels) {
        if (!wire::available(k)) continue;
        benchmark::RegisterBenchmark(
            ("index_lines/head/300/" + std::string(wire::name_of(k))).c_str(),
            [k](benchmark::State& state) {
                std::size_t i = 0;
                for (auto _ : state) {
                    std::uint32_t ends[40];
                    wire::line_index index;
                    wire::index_lines(index, heads()[i++ % heads().size()], ends, 40, k);
                    benchmark::DoNotOptimize(index);
                    benchmark::DoNotOptimize(ends);
                    if (!index.ended || index.stray) state.SkipWithError("index_lines");
                }
            });
    }
    benchmark::RegisterBenchmark("index_lines/head/300/memcpy", [](benchmark::State& state) {
        std::vector<char> to(1000);
        std::size_t i = 0;
        for (auto _ : state) {
            auto const& m = heads()[i++ % heads().size()];
            std::memcpy(to.data(), m.data(), m.size());
            benchmark::DoNotOptimize(to.data());
            benchmark::ClobberMemory();
        }
    });
}

}  // namespace

int main(int argc, char** argv) {
    for (auto const& p : places) add_framing("plain", p, true);
    for (auto const* kind :
         {"lines", "hyphens", "crlf", "crlf_hyphen", "near_miss", "last_octet", "each_octet"})
        add_framing(kind, places[1], false);
    add_heads();
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}
