// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// session_rig.hpp - a session in a test: text in, text and readable events out.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

#include <msrp/session.hpp>

namespace support {

/// Splitmix64: the same octets for the same seed.
class seeded_random {
   public:
    explicit seeded_random(std::uint64_t seed = 1) : state_(seed) {}
    std::uint64_t next() {
        state_ += 0x9E3779B97F4A7C15U;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
        z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
        return z ^ (z >> 31U);
    }
    std::size_t below(std::size_t n) { return static_cast<std::size_t>(next() % n); }
    void operator()(std::span<unsigned char> out) {
        for (auto& octet : out) octet = static_cast<unsigned char>(next() & 0xFFU);
    }

   private:
    std::uint64_t state_;
};

using session = msrp::session<seeded_random>;

inline std::string describe(std::error_code code) { return code ? code.message() : "ok"; }

/// One event as one line.
inline std::string describe(msrp::session_event const& event) {
    auto const n = [](auto v) { return std::to_string(static_cast<std::uint64_t>(v)); };
    return std::visit(
        [&](auto const& e) -> std::string {
            using T = std::decay_t<decltype(e)>;
            if constexpr (std::is_same_v<T, msrp::session_bound>) {
                return "bound " + n(e.connection);
            } else if constexpr (std::is_same_v<T, msrp::message_begin>) {
                return "begin " + std::string(e.message_id.view()) + " " +
                       std::string(e.content_type) + " " + (e.total ? n(*e.total) : "*");
            } else if constexpr (std::is_same_v<T, msrp::message_data>) {
                return "data " + std::string(e.message_id.view()) + " " + n(e.position) + " " +
                       std::string(e.octets);
            } else if constexpr (std::is_same_v<T, msrp::message_end>) {
                constexpr std::string_view fates[] = {"complete", "aborted", "refused",
                                                      "incomplete"};
                return "end " + std::string(e.message_id.view()) + " " +
                       std::string(fates[static_cast<std::size_t>(e.fate)]) + " " + n(e.size);
            } else if constexpr (std::is_same_v<T, msrp::message_duplicate>) {
                return "duplicate " + std::string(e.message_id.view());
            } else if constexpr (std::is_same_v<T, msrp::message_sent>) {
                return "sent " + n(e.handle) + " " + describe(e.outcome) + " " + n(e.status) + " " +
                       n(e.octets);
            } else if constexpr (std::is_same_v<T, msrp::late_failure>) {
                return "late " + n(e.handle) + " " + n(e.status);
            } else if constexpr (std::is_same_v<T, msrp::report_received>) {
                return "report " + n(e.handle) + " " + n(e.name_space) + " " + n(e.status) +
                       (e.fully_confirmed ? " all" : " part");
            } else if constexpr (std::is_same_v<T, msrp::report_missing>) {
                return "unreported " + n(e.handle);
            } else if constexpr (std::is_same_v<T, msrp::protocol_error>) {
                return "garbage " + n(e.connection) + " at " + n(e.failure.offset);
            } else if constexpr (std::is_same_v<T, msrp::close_connection>) {
                return "close " + n(e.connection) + " " + describe(e.reason);
            } else {
                return "ended " + describe(e.reason);
            }
        },
        event);
}

inline constexpr std::string_view ann = "msrp://ann.example.org:9321/bar7;tcp";
inline constexpr std::string_view bob = "msrp://bob.example.net:8145/foo9;tcp";

/// Ann's session, the test being Bob.
class rig {
   public:
    explicit rig(msrp::session_options const& options = {}, std::uint64_t seed = 7,
                 std::string_view local = ann, std::string_view remote = bob)
        : s(options, *msrp::read_path(local), *msrp::read_path(remote), seeded_random(seed)) {}

    session s;
    msrp::session_time now{std::chrono::hours(1)};

    msrp::connection_id up(msrp::connection_role role) { return *s.connection_up(role, now); }

    /// All events there are, one a line.
    std::string events() {
        std::string out;
        while (auto e = s.poll_event()) out += describe(*e) + "\n";
        return out;
    }
    /// Octets in; the events.
    std::string feed(msrp::connection_id c, std::string_view octets) {
        if (auto const failed = s.receive(c, octets, now)) return failed.message();
        return events();
    }
    /// The next octets to be written, taken as written.
    std::string block(msrp::connection_id c) {
        std::string out;
        for (auto const v : s.poll_output(c)) out += v;
        if (auto const failed = s.written(c, out.size(), now)) return failed.message();
        return out;
    }
    /// All octets to be written.
    std::string output(msrp::connection_id c) {
        std::string out;
        for (auto more = block(c); !more.empty(); more = block(c)) out += more;
        return out;
    }
    std::string at(std::chrono::milliseconds later) {
        now += later;
        s.handle_timeout(now);
        return events();
    }
};

/// The transaction id of the first message in `text`.
inline std::string tid_of(std::string_view text) {
    return std::string(text.substr(5, text.find(' ', 5) - 5));
}
/// The value of a header field, the first of its name.
inline std::string value_of(std::string_view text, std::string_view name) {
    auto const at = text.find(std::string(name) + ": ");
    if (at == std::string_view::npos) return {};
    auto const from = at + name.size() + 2;
    return std::string(text.substr(from, text.find("\r\n", from) - from));
}

/// A request of Bob's to Ann. `fields`: further lines, each with its CRLF.
inline std::string request(std::string_view tid, std::string_view method, std::string_view fields,
                           std::string_view to = ann, std::string_view from = bob) {
    std::string out = "MSRP ";
    out.append(tid).append(" ").append(method).append("\r\nTo-Path: ").append(to);
    out.append("\r\nFrom-Path: ").append(from).append("\r\n").append(fields);
    return out.append("-------").append(tid).append("$\r\n");
}
/// A SEND with a body.
inline std::string send(std::string_view tid, std::string_view fields, std::string_view body,
                        char flag = '$', std::string_view to = ann, std::string_view from = bob) {
    std::string out = "MSRP ";
    out.append(tid).append(" SEND\r\nTo-Path: ").append(to);
    out.append("\r\nFrom-Path: ").append(from).append("\r\n").append(fields);
    out.append("Content-Type: text/plain\r\n\r\n").append(body);
    out.append("\r\n-------").append(tid);
    return (out += flag).append("\r\n");
}
inline std::string response(std::string_view tid, std::string_view status) {
    std::string out = "MSRP ";
    out.append(tid).append(" ").append(status).append("\r\nTo-Path: ").append(ann);
    out.append("\r\nFrom-Path: ").append(bob).append("\r\n-------");
    return out.append(tid).append("$\r\n");
}

}  // namespace support
