// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// session_reassembly.cpp - chunks of a few messages in any order, through an endpoint and an inbox,
// in any pieces: contents, fates and responses as a plain model has them.
//
// Input: an octet for how the stream is cut, then five for each chunk: message and flag, start,
// size of the body, what is claimed, first octet of the body.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <msrp/byte_range.hpp>
#include <msrp/endpoint.hpp>
#include <msrp/inbox.hpp>

#include "fuzz_input.hpp"

using fuzz::require;

namespace {

/// The same octets each time: nothing here hangs on chance.
struct counting_random {
    unsigned char next = 0;
    void operator()(std::span<unsigned char> out) {
        for (auto& octet : out) octet = next++;
    }
};

constexpr std::string_view own = "msrp://ann.example:2855/s1;tcp";
constexpr std::string_view peer = "msrp://bob.example:2855/s2;tcp";
constexpr std::uint64_t max_size = 400;

struct chunk {
    std::size_t message;
    char flag;
    std::uint64_t start;
    std::string body;
    std::string claimed;  ///< behind range-start
};

/// What a message is by RFC 4975, 7.3.1, octet by octet.
struct model {
    bool begun = false;
    std::optional<int> over{};  ///< what later chunks are answered with
    std::array<std::optional<char>, max_size + 1> octets{};
    std::uint64_t highest = 0;
    std::optional<std::uint64_t> size{};
    std::optional<std::string> whole{};

    [[nodiscard]] int refuse(int status) {
        over = status;
        return status;
    }
    [[nodiscard]] int take(chunk const& c, std::uint64_t claimed_total) {
        if (over == 200 && size) {  // complete: a duplicate, or no chunk of it
            std::uint64_t const end = c.start + c.body.size() - 1;
            bool const beyond = !c.body.empty() && end > *size;
            return beyond || (c.flag == '$' && end != *size) ? 400 : 200;
        }
        if (over) return *over;
        if (!begun && std::max(claimed_total, c.start - 1) > max_size) return refuse(413);
        begun = true;
        std::uint64_t const last = c.start + c.body.size() - 1;
        if (!c.body.empty()) {
            if (size && last > *size) return refuse(400);
            if (last > max_size) return refuse(413);
            for (std::size_t i = 0; i < c.body.size(); ++i)
                octets[static_cast<std::size_t>(c.start) - 1 + i] = c.body[i];
            highest = std::max(highest, last);
        }
        if (c.flag == '#') {
            over = 413;
            return 200;
        }
        if (c.flag == '$') {
            if (last > max_size) return refuse(413);
            if ((size && *size != last) || highest > last) return refuse(400);
            size = last;
        }
        if (!size) return 200;
        std::string all;
        for (std::size_t i = 0; i < *size; ++i) {
            if (!octets[i]) return 200;
            all += *octets[i];
        }
        whole = all;
        over = 200;
        return 200;
    }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    if (size < 6) return 0;
    std::size_t const piece = data[0] == 0 ? 1'000'000 : data[0];
    std::vector<chunk> chunks;
    for (std::size_t at = 1; at + 5 <= size && chunks.size() < 24; at += 5) {
        auto const* const d = data + at;
        chunk c;
        c.message = d[0] & 3U;
        c.flag = (d[0] & 4U) != 0 ? '$' : (d[0] & 0xF8U) == 0xF8U ? '#' : '+';
        c.start = std::uint64_t{1} + d[1] + ((d[0] & 8U) != 0 ? 200U : 0U);
        for (std::size_t i = 0; i < d[2]; ++i) c.body += static_cast<char>(d[4] + i);
        std::uint64_t const end = c.start + c.body.size() - 1;
        switch (d[3] & 3U) {
            case 0: c.claimed = "-*/*"; break;
            case 1: c.claimed = "-" + std::to_string(end) + "/*"; break;
            case 2: c.claimed = "-*/" + std::to_string(end + (d[3] >> 2U)); break;
            default: c.claimed = "-*/" + std::to_string(max_size + (d[3] >> 6U)); break;
        }
        chunks.push_back(c);
    }

    msrp::endpoint_options o;
    o.each.max_message_size = max_size;
    o.each.max_ranges = 64;
    // Little memory: a parser sets up all of it each time.
    o.each.parser_limits.max_start_line = o.each.parser_limits.max_header_line = 800;
    o.each.parser_limits.max_header_block = 1000;
    msrp::endpoint<counting_random> e(o, counting_random{});
    msrp::session_time const now{std::chrono::hours(1)};
    auto const s = e.open({.local = *msrp::read_path(own),
                           .remote = *msrp::read_path(peer),
                           .role = msrp::connection_role::passive},
                          now);
    auto const c = e.accepted(now);
    require(s && c, "a session and a connection");
    msrp::inbox inbox({.max_memory = 4096 * 2, .max_messages = 8});
    std::array<model, 4> models{};

    for (std::size_t n = 0; n < chunks.size(); ++n) {
        auto const& k = chunks[n];
        std::string const tid = "tid" + std::to_string(n);
        std::uint64_t total = 0;
        if (auto const slash = k.claimed.find('/'); k.claimed[slash + 1] != '*')
            total = std::stoull(k.claimed.substr(slash + 1));
        auto& m = models[k.message];
        bool const was_whole = m.whole.has_value();
        auto const range = std::to_string(k.start) + k.claimed;
        // A senseless range (it has a target of its own) is malformed: the chunk does not count.
        int const status = msrp::read_byte_range(range) ? m.take(k, total) : 400;
        std::string text = "MSRP " + tid;
        text.append(" SEND\r\nTo-Path: ").append(own).append("\r\nFrom-Path: ").append(peer);
        text.append("\r\nMessage-ID: msg").append(std::to_string(k.message));
        text.append("\r\nByte-Range: ").append(range);
        text.append("\r\nContent-Type: text/plain\r\n\r\n").append(k.body);
        text.append("\r\n-------").append(tid);
        text.append(1, k.flag).append("\r\n");
        std::optional<std::string> got;
        for (std::string_view rest = text; !rest.empty();
             rest.remove_prefix(std::min(piece, rest.size()))) {
            require(!e.receive(*c, rest.substr(0, piece), now), "octets are taken");
            while (auto const event = e.poll_event()) {
                require(!std::holds_alternative<msrp::protocol_error>(event->what), "it is MSRP");
                auto const r = inbox.take(*event);
                require(!std::holds_alternative<msrp::inbox_refusal>(r), "there is room");
                if (auto const* whole = std::get_if<msrp::inbox_message>(&r)) got = whole->body;
            }
        }
        std::string out;
        for (auto const v : e.poll_output(*c)) out += v;
        require(!e.written(*c, out.size(), now), "it was offered");
        std::string answer = "MSRP " + tid;
        answer.append(1, ' ').append(std::to_string(status)).append(1, ' ');
        require(out.starts_with(answer), "the response that the model has");
        require(got.has_value() == (m.whole.has_value() && !was_whole),
                "whole when the model says");
        if (got) require(*got == *m.whole, "the content that the model has");
    }
    require(inbox.memory() <= 4 * 4096, "memory follows what came");
    e.shut_down(now);
    while (e.poll_event()) {
    }
    require(!e.connection_lost(*c, now), "the connection was there");
    while (e.poll_event()) {
    }
    require(e.sessions() + e.connections() + e.timers() + e.transactions() == 0, "nothing is left");
    return 0;
}
