// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// chunk.cpp - small messages parsed three ways, bodies framed; beside the limits memcpy and memchr.
#include <cstddef>
#include <cstring>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <benchmark/benchmark.h>

#include <msrp/chunk_parser.hpp>
#include <msrp/message.hpp>

namespace {

/// 512 different SEND requests: one repeated message flatters every parser.
std::vector<std::string> const& corpus() {
    static std::vector<std::string> const messages = [] {
        std::mt19937 random(4975);
        auto const text = [&](std::size_t least, std::size_t most) {
            constexpr std::string_view letters = "abcdefghijkmnopqrstuvwxyz0123456789";
            std::string out(least + random() % (most - least + 1), '\0');
            for (char& c : out) c = letters[random() % letters.size()];
            return out;
        };
        std::vector<std::string> all;
        for (int i = 0; i < 512; ++i) {
            auto const tid = text(8, 16);
            auto const body = text(20, 100);
            auto const size = std::to_string(body.size());
            std::string m = "MSRP " + tid + " SEND\r\n";
            m += "To-Path: msrp://" + text(4, 9) +
                 ".example.net:" + std::to_string(random() % 60000) + "/" + text(12, 22) +
                 ";tcp\r\n";
            m += "From-Path: msrps://" + text(4, 9) + ".example.org:2855/" + text(12, 22) +
                 ";tcp\r\n";
            m += "Message-ID: " + text(12, 22) + "\r\nByte-Range: 1-" + size + "/" + size + "\r\n";
            if (random() % 2 == 0) m += "Success-Report: yes\r\n";
            if (random() % 2 == 0) m += "Failure-Report: no\r\n";
            m += "Content-Type: text/plain\r\n\r\n" + body + "\r\n-------" + tid + "$\r\n";
            all.push_back(std::move(m));
        }
        return all;
    }();
    return messages;
}

void copy_small(benchmark::State& state) {
    std::size_t i = 0;
    std::vector<char> to(1000);
    for (auto _ : state) {
        auto const& m = corpus()[i++ % corpus().size()];
        std::memcpy(to.data(), m.data(), m.size());
        benchmark::DoNotOptimize(to.data());
        benchmark::ClobberMemory();
    }
}
BENCHMARK(copy_small);

void push_small(benchmark::State& state) {
    msrp::chunk_parser parser;
    msrp::chunk_event event;
    std::size_t i = 0;
    for (auto _ : state) {
        if (parser.feed(corpus()[i++ % corpus().size()])) state.SkipWithError("feed");
        while (parser.poll(event) == msrp::parse_status::event) benchmark::DoNotOptimize(event);
    }
}
BENCHMARK(push_small);

void whole_small(benchmark::State& state) {
    msrp::message message;
    std::size_t i = 0;
    for (auto _ : state) {
        auto const got = msrp::parse_message(corpus()[i++ % corpus().size()], message);
        if (got.status != msrp::parse_status::event) state.SkipWithError("parse_message");
        benchmark::DoNotOptimize(message);
    }
}
BENCHMARK(whole_small);

/// Bodies of random octets; the argument is their size.
std::string const& body(std::size_t size) {
    static std::string octets;
    std::mt19937 random(size);
    octets.resize(size);
    for (char& c : octets) c = static_cast<char>(random());
    return octets;
}

void frame(benchmark::State& state) {
    auto const& octets = body(static_cast<std::size_t>(state.range(0)));
    msrp::end_line_scanner scanner;
    for (auto _ : state) {
        scanner.start("tid0123456789");
        benchmark::DoNotOptimize(scanner.scan(octets));
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * state.range(0));
}
BENCHMARK(frame)->Arg(2048)->Arg(65536)->Arg(1 << 20);

/// The limit: one pass for an octet that is not there.
void absent_octet(benchmark::State& state) {
    auto octets = body(static_cast<std::size_t>(state.range(0)));
    for (char& c : octets)
        if (c == '\r') c = ' ';
    for (auto _ : state) benchmark::DoNotOptimize(std::memchr(octets.data(), '\r', octets.size()));
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * state.range(0));
}
BENCHMARK(absent_octet)->Arg(2048)->Arg(65536)->Arg(1 << 20);

}  // namespace
