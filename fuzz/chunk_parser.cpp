// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// chunk_parser.cpp - a stream, whole and in pieces, against a naive parser; Byte-Range never
// frames; octets are looked at twice at most.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
#endif
#endif
#ifndef ASAN_POISON_MEMORY_REGION
#define ASAN_POISON_MEMORY_REGION(at, size) static_cast<void>(at)
#define ASAN_UNPOISON_MEMORY_REGION(at, size) static_cast<void>(at)
#endif

namespace fuzz {
inline std::uint64_t examined = 0;
}
#define MSRPKIT_EXAMINED(octets) \
    static_cast<void>(::fuzz::examined += static_cast<std::uint64_t>(octets))

#include <msrp/chunk_parser.hpp>

#include "chunk_settings.hpp"
#include "support/chunk_log.hpp"
#include "support/event_digest.hpp"
#include "support/reference_parser.hpp"

namespace {

using fuzz::demand_same;
using fuzz::settings;

/// Memory for the pieces: each stands alone between octets that must not be read, and is gone with
/// the next. (A heap block for each would do the same ten times slower.)
class piece_memory {
   public:
    std::string_view place(std::string_view piece) {
        std::size_t const room = (piece.size() + 2 * gap - 1) / gap * gap;
        if (at_ + room + gap > memory_.size()) at_ = 0;
        if (room + gap > memory_.size()) {
            ASAN_UNPOISON_MEMORY_REGION(memory_.data(), memory_.size());
            memory_.assign(4 * room + (std::size_t{1} << 16U), '\0');
            ASAN_POISON_MEMORY_REGION(memory_.data(), memory_.size());
        }
        char* const to = memory_.data() + at_;
        ASAN_UNPOISON_MEMORY_REGION(to, piece.size());
        std::copy_n(piece.data(), piece.size(), to);
        at_ += room;
        return {to, piece.size()};
    }
    void forget(std::string_view piece) { ASAN_POISON_MEMORY_REGION(piece.data(), piece.size()); }
    ~piece_memory() { ASAN_UNPOISON_MEMORY_REGION(memory_.data(), memory_.size()); }

   private:
    static constexpr std::size_t gap = 16;  // keeps the pieces aligned, as poisoning wants them
    std::vector<char> memory_;
    std::size_t at_ = 0;
};

/// What the parser says of the stream in pieces of which `next` says the sizes.
template <class Next>
void hear(msrp::chunk_parser& parser, std::string_view stream, support::event_digest& out,
          Next&& next) {
    static piece_memory memory;
    out.clear();
    parser.reset();
    std::string_view piece;
    msrp::chunk_event event;
    auto status = msrp::parse_status::need_more;
    fuzz::examined = 0;
    std::uint64_t may_examine = 0;
    while (!stream.empty() && status != msrp::parse_status::error) {
        std::size_t const n = std::min<std::size_t>(next(), stream.size());
        memory.forget(piece);
        piece = memory.place(stream.substr(0, n));
        stream.remove_prefix(n);
        may_examine += 2 * n + 64;  // a vector for each piece
        if (parser.feed(piece)) std::abort();
        while ((status = parser.poll(event)) == msrp::parse_status::event) {
            auto const by_parser = fuzz::examined;
            support::tell(out, event);
            fuzz::examined = by_parser;
        }
    }
    memory.forget(piece);
    auto const how = parser.finish();
    out.stop(how, parser.error());
    if (fuzz::examined <= may_examine) return;
    std::fprintf(stderr, "%ju octets looked at, %ju allowed\n",
                 static_cast<std::uintmax_t>(fuzz::examined),
                 static_cast<std::uintmax_t>(may_examine));
    std::abort();
}

/// The log of the stream in pieces of which `next` says the sizes; each piece has memory of its own
/// and of just its size, and the promises about views are looked at.
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

/// All of it as text: slow, and says where two parsers differ.
void compare_logs(std::string_view stream, settings const& s, std::uint32_t state) {
    auto const whole = log_of(stream, s, [&] { return stream.size(); });
    demand_same(support::reference_log(stream, s.limits, s.lenient), whole, "reference, parser");
    demand_same(log_of(stream, s, [] { return std::size_t{1}; }), whole, "octets, whole");
    for (std::uint32_t const most : {9U, 200U}) {
        auto const cut = [&] {
            state = state * 1664525U + 1013904223U;
            return std::size_t{1} + (state >> 8U) % most;
        };
        demand_same(log_of(stream, s, cut), whole, "pieces, whole");
    }
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
    // What is changed may be a line in a body; there the digits of an id can make an end-line of
    // it.
    if (s.lenient.fail_at_end_line_without_crlf) return;
    if (stream.find("-Range:") == stream.npos && stream.find("-range:") == stream.npos) return;
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

    std::uint32_t state = seed * 2654435761U + static_cast<std::uint32_t>(size) + 1;
    for (char const c : stream) state = state * 16777619U ^ static_cast<unsigned char>(c);
    std::uint32_t const choice = state >> 4U;

    // Every stream: whole, as the reference has it, and cut in one of three ways. One in 64: all
    // three ways, as text, with each piece on the heap.
    static support::event_digest whole;
    static support::event_digest other;
    msrp::chunk_parser parser(s.limits, s.lenient);
    hear(parser, stream, whole, [&] { return stream.size(); });
    other.clear();
    support::reference_parser<support::event_digest> reference(stream, other, s.limits, s.lenient);
    reference.run();
    bool same = other == whole;
    std::uint32_t const most = choice % 3 == 0 ? 1 : choice % 3 == 1 ? 9 : 200;
    std::uint32_t cuts = state;
    hear(parser, stream, other, [&] {
        cuts = cuts * 1664525U + 1013904223U;
        return std::size_t{1} + (cuts >> 8U) % most;
    });
    same = same && other == whole;
    if (!same || choice / 3 % 64 == 0) compare_logs(stream, s, state);
    if (!same) std::abort();
    change_ranges(stream, s, seed);
    return 0;
}
