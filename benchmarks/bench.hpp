// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// bench.hpp - what a file with a parser says to have it measured beside ours.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>

#include "corpus.hpp"

namespace bench {

/// Whose it is: ours, another parser, or what the machine or a standard library allows; the latter
/// as a search that finds the whole needle and is checked and measured as a peer is.
enum class role { ours, peer, limit, searching_limit };
[[nodiscard]] inline std::string_view name_of(role r) {
    return r == role::ours ? "ours" : r == role::peer ? "peer" : "limit";
}

/// One row's first half; `scripts/bench` reads it from the benchmark's name and label.
struct subject {
    std::string_view name;
    role whose = role::peer;
    std::string_view note{};    ///< what the row includes and leaves out
    std::string_view kernel{};  ///< of ours: which one, where it is not the dispatcher's choice
};

/// What `--self-check` runs before anything is measured: an empty text, or what is wrong.
using check = std::function<std::string()>;
inline std::vector<std::pair<std::string, check>>& checks() {
    static std::vector<std::pair<std::string, check>> all;
    return all;
}

/// What one iteration does.
struct amount {
    std::size_t items = 1;
    std::size_t octets = 0;
};

/// Registers `topic|case|role|subject|kernel|unit`; the unit is what the row is told in.
/// @param run called as `run(state)`, times itself and says what one iteration does.
template <class Run>
void add(std::string_view topic, std::string_view what, subject const& s, std::string_view unit,
         Run run) {
    std::string name;
    for (std::string_view const part : {topic, what, name_of(s.whose), s.name, s.kernel, unit}) {
        if (!name.empty()) name += '|';
        name += part;
    }
    benchmark::RegisterBenchmark(
        name.c_str(), [run, note = std::string(s.note)](benchmark::State& state) mutable {
            amount const done = run(state);
            state.counters["items"] = static_cast<double>(done.items);
            state.counters["octets"] = static_cast<double>(done.octets);
            state.SetLabel(note);
        });
}

/// One iteration: `f` on each text. `f` says whether it accepts the text.
template <class F>
amount each(benchmark::State& state, texts const& all, F& f) {
    for (auto _ : state)
        for (std::string_view const text : all)
            if (!f(text)) {
                state.SkipWithError("a text was refused");
                return {};
            }
    return {all.size(), all.octets().size()};
}
/// Registers a check that every text is accepted and that what is cut off is not.
template <class Parser>
void check_accepts(std::string const& name, texts const& (*all)(), bool refuses_cut) {
    checks().emplace_back(name, [=]() -> std::string {
        Parser parser;
        for (std::string_view const text : all()) {
            if (!parser(text)) return "refuses: " + std::string(text);
            if (refuses_cut && parser(text.substr(0, text.size() / 2)))
                return "accepts half of: " + std::string(text);
        }
        return {};
    });
}

/// A parser of whole messages: `bool operator()(std::string_view message)`, true where it accepts.
/// With `bool operator()(std::string_view message, std::size_t piece)` it is also measured on
/// messages that come in pieces. With a member `reads_halves` it may accept a message cut off.
template <class Parser>
struct message_parser {
    message_parser(subject const& s, protocol in, bool curve = true) {
        run<kind::send>(s, in, "SEND", curve);
        run<kind::ok>(s, in, "200", curve);
        run<kind::report>(s, in, "REPORT", curve);
    }

   private:
    template <kind K>
    static void run(subject const& s, protocol in, std::string_view what, bool curve) {
        add("messages", what, s, "ns", [in, parser = Parser{}](benchmark::State& state) mutable {
            return each(state, messages(in, K), parser);
        });
        auto const name = std::string(s.name) + ", " + std::string(what);
        if (s.whose != role::limit)
            check_accepts<Parser>(name, all_of<K>(in), !requires { Parser::reads_halves; });
        if (K != kind::send) return;
        // Header fields by the dozen: the cost of a head should grow with its octets.
        for (std::size_t fields = 2; curve && fields <= 32 && in != protocol::sip; fields *= 2) {
            if (s.whose != role::limit)
                checks().emplace_back(name + ", more fields", [=]() -> std::string {
                    auto const text = message_with_fields(in, fields);
                    return Parser{}(text) ? std::string() : "refuses: " + text;
                });
            add("growth", "head of " + std::to_string(fields) + " more fields", s, "ns",
                [=, parser = Parser{}](benchmark::State& state) mutable {
                    texts const one({message_with_fields(in, fields)});
                    return each(state, one, parser);
                });
        }
        if constexpr (requires(Parser p) { p(std::string_view{}, std::size_t{}); }) {
            for (std::size_t const piece :
                 {std::size_t{1}, std::size_t{7}, std::size_t{64}, std::size_t{1448}}) {
                add("pieces", "SEND in pieces of " + std::to_string(piece), s, "ns",
                    [=, parser = Parser{}](benchmark::State& state) mutable {
                        auto f = [&](std::string_view text) { return parser(text, piece); };
                        return each(state, messages(in, K), f);
                    });
            }
        }
    }
    template <kind K>
    static auto all_of(protocol in) -> texts const& (*)() {
        switch (in) {
            case protocol::msrp:
                return []() -> texts const& { return messages(protocol::msrp, K); };
            case protocol::http:
                return []() -> texts const& { return messages(protocol::http, K); };
            default: return []() -> texts const& { return messages(protocol::sip, K); };
        }
    }
};

/// A parser of URIs: `bool operator()(std::string_view uri)`.
template <class Parser>
struct uri_parser {
    explicit uri_parser(subject const& s) {
        add("uri", "256 mixed MSRP-URIs", s, "ns",
            [parser = Parser{}](benchmark::State& state) mutable {
                return each(state, uris(), parser);
            });
        check_accepts<Parser>(std::string(s.name) + ", URIs", uris, false);
    }
};

/// A parser of descriptions of MSRP sessions: `bool operator()(std::string_view description)`. With
/// a member `reads_halves` it may accept a description cut off.
template <class Parser>
struct description_parser {
    explicit description_parser(subject const& s) {
        add("sdp", "512 MSRP descriptions", s, "ns",
            [parser = Parser{}](benchmark::State& state) mutable {
                return each(state, descriptions(), parser);
            });
        check_accepts<Parser>(
            std::string(s.name) + ", descriptions", descriptions,
            !requires { Parser::reads_halves; });
    }
};

/// A search for CR LF, seven hyphens and a transaction id in a body:
/// `std::size_t operator()(std::string_view body, std::string_view needle)`, the position of the
/// needle or `npos`. Measured on plain bodies (framing), on bodies made to slow it down
/// (adversarial) and, where `curve`, over sizes (growth). With a member `reads_flag` it looks for
/// the flag behind the id too.
template <class Finder>
struct finder {
    explicit finder(subject const& s, bool curve = true) {
        plain(s);
        // A limit says nothing of the needle: hostile bodies have nothing for it.
        if (s.whose != role::limit || curve) hostile_bodies(s);
        if (curve) growth(s);
        checks().emplace_back(std::string(s.name) + std::string(s.kernel), [s]() -> std::string {
            if (s.whose == role::limit) return {};
            Finder f;
            auto const needle = needle_of(body_tid);
            for (std::size_t const at : {0UL, 1UL, 15UL, 16UL, 63UL, 64UL, 1000UL, 65000UL}) {
                auto body = random_octets(65536).substr(0, at) + needle + "$\r\n";
                if (f(body, needle) != at)
                    return "does not find the end-line at " + std::to_string(at);
                body.resize(at + needle.size() - 1);
                if (f(body, needle) != std::string_view::npos) return "finds what is not there";
            }
            return {};
        });
    }

   private:
    static bool none(std::size_t found) {
        benchmark::DoNotOptimize(found);
        return found == std::string_view::npos;
    }
    /// Goes over `pool` in windows of `size`, each of them `passes` times before the next.
    static amount over(benchmark::State& state, std::string_view pool, std::size_t window,
                       std::size_t size, std::size_t passes) {
        Finder f;
        auto const needle = needle_of(body_tid);
        std::size_t at = 0;
        for (auto _ : state) {
            for (std::size_t pass = 0; pass < passes; ++pass)
                for (std::size_t i = 0; i < window; i += size)
                    if (!none(f(pool.substr(at + i, size), needle))) state.SkipWithError("found");
            at = at + 2 * window <= pool.size() ? at + window : 0;
        }
        return {passes * window / size, passes * window};
    }
    static void plain(subject const& s) {
        constexpr std::size_t k = 1024;
        constexpr std::size_t m = k * k;
        // 512 KiB stay in L2 for 16 passes, then the next of 4 MiB of different octets.
        struct place {
            std::string_view name;
            std::size_t pool, window, size, passes;
        };
        for (place const p :
             {place{"2 KiB, L2", 4 * m, 512 * k, 2 * k, 16},
              place{"64 KiB, L2", 4 * m, 512 * k, 64 * k, 16}, place{"1 MiB, L3", 8 * m, m, m, 1},
              place{"1 MiB, memory", 128 * m, m, m, 1}})
            add("framing", p.name, s, "GB/s", [p](benchmark::State& state) {
                return over(state, random_octets(p.pool), p.window, p.size, p.passes);
            });
    }
    static void hostile_bodies(subject const& s) {
        for (hostile const h : all_hostile) {
            if (h == hostile::wrong_flag && !requires { Finder::reads_flag; }) continue;
            for (std::size_t const size : {std::size_t{65536}, std::size_t{131072}})
                add("adversarial", std::string(name_of(h)) + (size == 65536 ? "" : ", doubled"), s,
                    "GB/s", [h, size](benchmark::State& state) {
                        auto const body = hostile_octets(h, size);
                        return over(state, body, size, size, 1);
                    });
        }
    }
    static void growth(subject const& s) {
        for (std::size_t size = 1024; size <= std::size_t{4} << 20; size *= 4) {
            add("growth", "body of " + std::to_string(size) + " octets", s, "ns",
                [size](benchmark::State& state) {
                    return over(state, random_octets(std::size_t{4} << 20), size, size, 1);
                });
            if (s.whose == role::limit) continue;
            add("growth", "near misses, " + std::to_string(size) + " octets", s, "ns",
                [size](benchmark::State& state) {
                    auto const body = hostile_octets(hostile::near_miss, size);
                    return over(state, body, size, size, 1);
                });
        }
    }
};

/// Values of one SEND head, and memory for it.
struct head_values {
    std::string_view tid, message_id, to, from;
    unsigned long long start, end, total;
};
/// A writer of SEND heads: `std::size_t operator()(head_values const&, char* out, std::size_t)`,
/// the octets written. All writers must give the same octets.
inline std::vector<head_values> const& heads() {
    static std::vector<head_values> const all = [] {
        std::vector<head_values> out;
        for (std::string_view const m : messages(protocol::msrp, kind::send)) {
            auto const value = [m](std::string_view name, char stop) {
                auto const at = m.find(name) + name.size();
                return m.substr(at, m.find(stop, at) - at);
            };
            auto const n = out.size();
            out.push_back({value("MSRP ", ' '), value("Message-ID: ", '\r'),
                           "msrp://bob-b7e2.example.net:28551/s8fj2lq0v7bz1m;tcp",
                           "msrps://alice-90c.example.org:2855/iau39soe2843z;tcp", 1 + 2048 * n,
                           2048 * n + 2048, 2048 * n + 9000});
        }
        return out;
    }();
    return all;
}
template <class Writer>
struct head_maker {
    explicit head_maker(subject const& s) {
        add("writing", "SEND head", s, "ns", [](benchmark::State& state) {
            Writer writer;
            char out[1024];
            std::size_t octets = 0;
            for (head_values const& v : heads()) octets += writer(v, out, sizeof out);
            for (auto _ : state)
                for (head_values const& v : heads()) {
                    if (writer(v, out, sizeof out) == 0) state.SkipWithError("nothing written");
                    benchmark::DoNotOptimize(out);
                    benchmark::ClobberMemory();
                }
            return amount{heads().size(), octets};
        });
        if (s.whose == role::limit) return;
        checks().emplace_back(std::string(s.name) + ", heads", []() -> std::string {
            Writer writer;
            char out[1024];
            for (head_values const& v : heads()) {
                auto const text = "MSRP " + std::string(v.tid) +
                                  " SEND\r\nTo-Path: " + std::string(v.to) +
                                  "\r\nFrom-Path: " + std::string(v.from) +
                                  "\r\nMessage-ID: " + std::string(v.message_id) +
                                  "\r\nByte-Range: " + std::to_string(v.start) + "-" +
                                  std::to_string(v.end) + "/" + std::to_string(v.total) +
                                  "\r\nSuccess-Report: yes\r\nFailure-Report: partial\r\n"
                                  "Content-Type: text/plain\r\n\r\n";
                std::size_t const n = writer(v, out, sizeof out);
                if (std::string_view(out, n) != text) return "writes: " + std::string(out, n);
            }
            return {};
        });
    }
};

}  // namespace bench
