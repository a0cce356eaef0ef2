// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// main.cpp - Google Benchmark's main, with --self-check and --write-corpora DIR before it.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>

#include <benchmark/benchmark.h>

#include <wire/charset.hpp>

#include "bench.hpp"

#if __has_include(<wire/kernel.hpp>)
#include <wire/kernel.hpp>
#define MSRPKIT_BENCH_KERNELS 1
#endif

namespace {

/// Every subject does what the rows say it does, before a number is believed.
int self_check() {
    int wrong = 0;
    for (auto const& [name, run] : bench::checks()) {
        auto const what = run();
        if (what.empty()) continue;
        std::cerr << name << " " << what << '\n';
        ++wrong;
    }
    std::cout << bench::checks().size() << " checks, " << wrong << " wrong\n";
    return wrong == 0 ? 0 : 1;
}

/// One file a text, so that other programs can read them without knowing where one ends.
bool write_texts(std::filesystem::path const& folder, bench::texts const& all) {
    std::filesystem::create_directories(folder);
    std::size_t i = 0;
    for (std::string_view const text : all) {
        char name[16];
        std::snprintf(name, sizeof name, "%03zu", i++);
        std::ofstream out(folder / name, std::ios::binary);
        if (!out.write(text.data(), static_cast<std::streamsize>(text.size()))) return false;
    }
    return true;
}
bool write_octets(std::filesystem::path const& file, std::string_view octets) {
    std::ofstream out(file, std::ios::binary);
    return bool(out.write(octets.data(), static_cast<std::streamsize>(octets.size())));
}
int write_corpora(std::filesystem::path const& root) {
    using bench::kind;
    using bench::protocol;
    bool good = true;
    for (auto const& [in, name] :
         {std::pair{protocol::msrp, "msrp"}, {protocol::http, "http"}, {protocol::sip, "sip"}})
        for (auto const& [k, what] :
             {std::pair{kind::send, "send"}, {kind::ok, "ok"}, {kind::report, "report"}})
            good = write_texts(root / name / what, bench::messages(in, k)) && good;
    good = write_texts(root / "uri", bench::uris()) && good;
    good = write_texts(root / "sdp", bench::descriptions()) && good;
    std::filesystem::create_directories(root / "body");
    good = write_octets(root / "body/random", bench::random_octets(std::size_t{4} << 20)) && good;
    for (auto const h : bench::all_hostile) {
        std::string name("hostile, " + std::string(bench::name_of(h)));
        std::replace_if(
            name.begin(), name.end(), [](char c) { return !wire::alphanum.contains(c); }, '_');
        good = write_octets(root / "body" / name, bench::hostile_octets(h, 65536)) && good;
    }
    good = write_octets(root / "body/transaction-id", bench::body_tid) && good;
    if (!good) std::cerr << "cannot write below " << root << '\n';
    return good ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    std::string_view const first = argc > 1 ? argv[1] : "";
    if (first == "--self-check") return self_check();
    if (first == "--write-corpora") {
        if (argc == 3) return write_corpora(argv[2]);
        std::cerr << "usage: --write-corpora DIR\n";
        return 2;
    }
#ifdef MSRPKIT_BENCH_KERNELS
    benchmark::AddCustomContext("kernel", std::string(wire::name_of(wire::best_kernel())));
#endif
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}
