// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// replay_main.cpp - runs a fuzz target once over each file of the folders named: a corpus as a
// test.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

bool run(const std::filesystem::path& file) {
    std::ifstream in{file, std::ios::binary};
    std::vector<char> octets{std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{}};
    if (in.bad() || !in.is_open()) {
        std::fprintf(stderr, "cannot read %s\n", file.c_str());
        return false;
    }
    // Printed before the run: a target reports by aborting, and the last name is the culprit.
    std::printf("%s (%zu octets)\n", file.c_str(), octets.size());
    std::fflush(stdout);
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(octets.data()), octets.size());
    return true;
}

bool run_all(int argc, char** argv) {
    const std::uint8_t none = 0;
    LLVMFuzzerTestOneInput(&none, 0);
    for (int i = 1; i < argc; ++i) {
        std::size_t files = 0;
        if (std::filesystem::is_regular_file(argv[i])) {
            if (!run(argv[i])) return false;
            continue;
        }
        for (const auto& entry : std::filesystem::recursive_directory_iterator{argv[i]}) {
            if (!entry.is_regular_file()) continue;
            if (!run(entry.path())) return false;
            ++files;
        }
        if (files == 0) {
            std::fprintf(stderr, "%s holds no file\n", argv[i]);
            return false;
        }
    }
    return argc > 1;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run_all(argc, argv) ? 0 : 1;
    } catch (const std::exception& e) {
        std::fprintf(stderr, "%s\n", e.what());
        return 1;
    }
}
