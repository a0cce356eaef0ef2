// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// three_uses.cpp - push, pull and whole-message parsing say the same of every stream.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "chunk_settings.hpp"
#include "support/chunk_log.hpp"
#include "support/event_digest.hpp"
#include "support/three_uses.hpp"

namespace {

/// What the push parser says of the stream, fed whole.
void hear_push(support::event_digest& to, std::string_view stream, fuzz::settings const& s) {
    msrp::chunk_parser parser(s.limits, s.lenient);
    msrp::chunk_event event;
    if (parser.feed(stream)) std::abort();
    while (parser.poll(event) == msrp::parse_status::event) support::tell(to, event);
    auto const how = parser.finish();
    to.stop(how, parser.error());
}

/// All of it as text: slow, and says where two of them differ.
void compare_logs(fuzz::input const& input, std::size_t size) {
    auto const& [limits, lenient] = input.with;
    auto const pushed = support::log_in_pieces(input.stream, 0, limits, lenient);
    fuzz::demand_same(pushed, support::log_by_message(input.stream, limits, lenient),
                      "push, whole message");
    for (std::size_t const step : {std::size_t{1}, std::size_t{2} + input.seed, size})
        fuzz::demand_same(pushed, support::log_by_pull(input.stream, step, limits, lenient),
                          "push, pull");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const input = fuzz::read_input(data, size);
    if (!input.whole) return 0;
    auto const& [limits, lenient] = input.with;
    static support::event_digest push;
    static support::event_digest other;
    push.clear();
    hear_push(push, input.stream, input.with);
    other.clear();
    support::hear_messages(other, input.stream, limits, lenient);
    bool same = other == push;
    // Octet by octet costs a fresh buffer for each octet: one input in eight, by its own octets.
    std::size_t const turn = (size + static_cast<std::size_t>(data[size / 2])) % 8;
    std::size_t const step = turn == 0 ? 1 : turn < 5 ? 2 + input.seed : size;
    other.clear();
    support::hear_pull(other, input.stream, step, limits, lenient);
    same = same && other == push;
    if (!same) {
        compare_logs(input, size);
        std::abort();
    }
    return 0;
}
