// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// instructions.cpp - goes over the reference corpus so many times; scripts/instructions counts.
#include <array>
#include <cstddef>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>

#include <msrp/chunk_parser.hpp>
#include <msrp/chunk_serializer.hpp>
#include <msrp/end_line.hpp>
#include <msrp/head_template.hpp>
#include <msrp/message.hpp>
#include <msrp/parse_uri.hpp>
#include <msrp/path.hpp>
#include <msrp/sdp_media.hpp>
#include <msrp/uri.hpp>
#include <sdp/parser.hpp>

#include "corpus.hpp"
#include "first_stage.hpp"

#if __has_include(<wire/kernel.hpp>)
#include <wire/kernel.hpp>
#endif

// A case makes all it needs before its loop: two runs of different length differ by the loop alone.
namespace {

using bench::kind;
using bench::protocol;

/// Keeps the compiler from leaving work out.
volatile std::size_t sum = 0;

bool whole(kind k, std::size_t rounds) {
    msrp::message message;
    for (std::size_t i = 0; i < rounds; ++i)
        for (std::string_view const text : bench::messages(protocol::msrp, k)) {
            if (msrp::parse_message(text, message).status != msrp::parse_status::event)
                return false;
            sum = sum + message.size;
        }
    return true;
}

bool push(std::size_t piece, std::size_t rounds) {
    msrp::chunk_parser parser;
    msrp::chunk_event event;
    for (std::size_t i = 0; i < rounds; ++i)
        for (std::string_view text : bench::messages(protocol::msrp, kind::send))
            for (; !text.empty(); text.remove_prefix(std::min(piece, text.size()))) {
                if (parser.feed(text.substr(0, piece))) return false;
                while (parser.poll(event) == msrp::parse_status::event) sum = sum + event.index();
            }
    return parser.at_boundary();
}

bool first_stage(std::size_t rounds) {
    bench::first_stage stage;
    for (std::size_t i = 0; i < rounds; ++i)
        for (std::string_view const text : bench::messages(protocol::msrp, kind::send)) {
            if (!stage.read(text)) return false;
            sum = sum + 1;
        }
    return true;
}

template <class Read>
bool uris(Read read, std::size_t rounds) {
    for (std::size_t i = 0; i < rounds; ++i)
        for (std::string_view const text : bench::uris()) {
            auto const uri = read(text);
            if (!uri) return false;
            sum = sum + uri->host.size();
        }
    return true;
}

bool write(bool by_template, std::size_t rounds) {
    auto const to = msrp::path::parse("msrp://bob-b7e2.example.net:28551/s8fj2lq0v7bz1m;tcp");
    auto const from = msrp::path::parse("msrps://alice-90c.example.org:2855/iau39soe2843z;tcp");
    msrp::template_fields const fields{.success_report = msrp::report_value::yes,
                                       .failure_report = msrp::report_value::partial,
                                       .content_type = "text/plain"};
    auto const ready = msrp::head_template::make(*to, *from, fields);
    auto const& messages = bench::messages(protocol::msrp, kind::send);
    std::array<char, 1024> memory;
    for (std::size_t i = 0; i < rounds; ++i)
        for (std::size_t n = 0; n < messages.size(); ++n) {
            auto const tid = messages[n].substr(5, messages[n].find(' ', 5) - 5);
            msrp::byte_range const range{1 + 2048 * n, 2048 * n + 2048, 2048 * n + 9000};
            if (by_template) {
                auto const head = ready->write(memory, tid, tid, range);
                if (!head) return false;
                sum = sum + head->size();
                continue;
            }
            msrp::head_writer w(memory);
            static_cast<void>(w.request(tid, "SEND", *to, *from));
            static_cast<void>(w.message_id(tid));
            static_cast<void>(w.byte_range(range));
            static_cast<void>(w.success_report(msrp::report_value::yes));
            static_cast<void>(w.failure_report(msrp::report_value::partial));
            static_cast<void>(w.content_type("text/plain"));
            auto const head = w.finish_with_body();
            if (!head) return false;
            sum = sum + head->size();
        }
    return true;
}

bool descriptions(std::size_t rounds) {
    for (std::size_t i = 0; i < rounds; ++i)
        for (std::string_view const text : bench::descriptions()) {
            auto const description = sdp::parse(text);
            if (!description) return false;
            auto const media = msrp::find_sdp_media(*description);
            if (!media || !media->usable()) return false;
            sum = sum + media->path_size();
        }
    return true;
}
bool parse_descriptions(std::size_t rounds) {
    for (std::size_t i = 0; i < rounds; ++i)
        for (std::string_view const text : bench::descriptions()) {
            auto const description = sdp::parse(text);
            if (!description) return false;
            sum = sum + description->media_count();
        }
    return true;
}

bool scan(std::string_view body, std::size_t rounds) {
    msrp::end_line_scanner scanner;
    for (std::size_t i = 0; i < rounds; ++i) {
        scanner.start(bench::body_tid);
        auto const got = scanner.scan(body);
        if (got.found) return false;
        sum = sum + got.body;
    }
    return true;
}

constexpr std::size_t body_size = 65536;
std::string const& body(bool hostile) {
    static std::string const near = bench::hostile_octets(bench::hostile::near_miss, body_size);
    static std::string const plain = bench::random_octets(body_size);
    return hostile ? near : plain;
}

struct task {
    std::string_view name;
    std::size_t items;  ///< of a round
    bool (*run)(std::size_t rounds);
};
constexpr std::array tasks{
    task{"SEND, parse_message", bench::message_count,
         [](std::size_t n) { return whole(kind::send, n); }},
    task{"200, parse_message", bench::message_count,
         [](std::size_t n) { return whole(kind::ok, n); }},
    task{"REPORT, parse_message", bench::message_count,
         [](std::size_t n) { return whole(kind::report, n); }},
    task{"SEND, first stage", bench::message_count, first_stage},
    task{"SEND, chunk_parser", bench::message_count, [](std::size_t n) { return push(100000, n); }},
    task{"SEND, chunk_parser, pieces of 7", bench::message_count,
         [](std::size_t n) { return push(7, n); }},
    task{"URI, read_uri", 256,
         [](std::size_t n) {
             return uris([](std::string_view t) { return msrp::read_uri(t); }, n);
         }},
    task{"URI, parse_uri (X3)", 256,
         [](std::size_t n) {
             return uris([](std::string_view t) { return msrp::parse_uri(t); }, n);
         }},
    task{"SEND head, head_template", bench::message_count,
         [](std::size_t n) { return write(true, n); }},
    task{"SEND head, head_writer", bench::message_count,
         [](std::size_t n) { return write(false, n); }},
    task{"SDP, parse", bench::message_count, parse_descriptions},
    task{"SDP, full decode", bench::message_count, descriptions},
    task{"KiB of body, end_line_scanner", body_size / 1024,
         [](std::size_t n) { return scan(body(false), n); }},
    task{"KiB of near misses, end_line_scanner", body_size / 1024,
         [](std::size_t n) { return scan(body(true), n); }},
};

}  // namespace

/// Without arguments: the kernel, then `items<TAB>name` of each case. Else: NAME ROUNDS.
int main(int argc, char** argv) {
    if (argc == 1) {
#if __has_include(<wire/kernel.hpp>)
        std::cout << wire::name_of(wire::best_kernel()) << '\n';
#else
        std::cout << "none\n";
#endif
        for (auto const& t : tasks) std::cout << t.items << '\t' << t.name << '\n';
        return 0;
    }
    if (argc != 3) return 2;
    for (auto const& t : tasks)
        if (t.name == argv[1])
            return t.run(static_cast<std::size_t>(std::strtoul(argv[2], nullptr, 10))) ? 0 : 1;
    return 2;
}
