// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// writing.cpp - the head of a SEND written in four ways; all give the same octets.
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include <msrp/chunk_serializer.hpp>
#include <msrp/head_template.hpp>
#include <msrp/path.hpp>

#include "bench.hpp"

namespace {

using bench::head_maker;
using bench::head_values;
using bench::role;

struct ready {
    msrp::path to = *msrp::path::parse(bench::heads()[0].to);
    msrp::path from = *msrp::path::parse(bench::heads()[0].from);
};

struct by_template : ready {
    msrp::head_template text =
        *msrp::head_template::make(to, from,
                                   {.success_report = msrp::report_value::yes,
                                    .failure_report = msrp::report_value::partial,
                                    .content_type = "text/plain"});
    std::size_t operator()(head_values const& v, char* out, std::size_t size) const {
        auto const head = text.write({out, size}, v.tid, v.message_id, {v.start, v.end, v.total});
        return head ? head->size() : 0;
    }
};
head_maker<by_template> const templates{
    {"head_template", role::ours,
     "both ids and the range checked and written; the rest checked when the template was made"}};

struct appended : ready {
    std::size_t operator()(head_values const& v, char* out, std::size_t size) const {
        msrp::head_writer w({out, size});
        static_cast<void>(w.request(v.tid, "SEND", to, from));
        static_cast<void>(w.message_id(v.message_id));
        static_cast<void>(w.byte_range({v.start, v.end, v.total}));
        static_cast<void>(w.success_report(msrp::report_value::yes));
        static_cast<void>(w.failure_report(msrp::report_value::partial));
        static_cast<void>(w.content_type("text/plain"));
        auto const head = w.finish_with_body();
        return head ? head->size() : 0;
    }
};
head_maker<appended> const writers{
    {"head_writer", role::ours,
     "appended field by field, every value checked; the paths were checked when they were read"}};

struct formatted {
    std::size_t operator()(head_values const& v, char* out, std::size_t size) const {
        auto const n = [](std::string_view text) { return static_cast<int>(text.size()); };
        int const done = std::snprintf(
            out, size,
            "MSRP %.*s SEND\r\nTo-Path: %.*s\r\nFrom-Path: %.*s\r\nMessage-ID: %.*s\r\n"
            "Byte-Range: %llu-%llu/%llu\r\nSuccess-Report: %s\r\nFailure-Report: %s\r\n"
            "Content-Type: %s\r\n\r\n",
            n(v.tid), v.tid.data(), n(v.to), v.to.data(), n(v.from), v.from.data(), n(v.message_id),
            v.message_id.data(), v.start, v.end, v.total, "yes", "partial", "text/plain");
        return done < 0 ? 0 : static_cast<std::size_t>(done);
    }
};
head_maker<formatted> const formats{{"snprintf", role::peer, "one call; nothing checked"}};

struct copied : by_template {
    std::vector<std::string> heads;
    std::size_t next = 0;
    copied() {
        char out[1024];
        for (head_values const& v : bench::heads())
            heads.emplace_back(out, by_template::operator()(v, out, sizeof out));
    }
    std::size_t operator()(head_values const&, char* out, std::size_t) {
        auto const& head = heads[next++ % heads.size()];
        std::memcpy(out, head.data(), head.size());
        return head.size();
    }
};
head_maker<copied> const copies{{"memcpy", role::limit, "a ready head copied"}};

}  // namespace
