// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// three_uses.cpp - push, pull and whole-message parsing say the same of every stream.
#include <cstddef>
#include <cstdint>

#include "chunk_settings.hpp"
#include "support/chunk_log.hpp"
#include "support/three_uses.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const input = fuzz::read_input(data, size);
    if (!input.whole) return 0;
    auto const& [limits, lenient] = input.with;
    auto const pushed = support::log_in_pieces(input.stream, 0, limits, lenient);
    fuzz::demand_same(pushed, support::log_by_message(input.stream, limits, lenient),
                      "push, whole message");
    for (std::size_t const step : {std::size_t{1}, std::size_t{2} + input.seed, size})
        fuzz::demand_same(pushed, support::log_by_pull(input.stream, step, limits, lenient),
                          "push, pull");
    return 0;
}
