// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// http_parser.cpp - peer: libhttp-parser (the parser that Node.js had before llhttp).
// header: http_parser.h
// library: http_parser
// package: libhttp-parser-dev
#include <array>
#include <string_view>

#include <http_parser.h>

#include "../bench.hpp"

namespace {

/// Notes names and values as our index does: without that the parser would only count.
struct http {
    std::array<std::string_view, 160> noted{};
    std::size_t count = 0;
    bool done = false;
    ::http_parser parser{};
    ::http_parser_settings settings{};

    http() {
        ::http_parser_settings_init(&settings);
        auto const note = [](::http_parser* p, char const* at, std::size_t size) {
            auto* const me = static_cast<http*>(p->data);
            if (me->count == me->noted.size()) return 1;
            me->noted[me->count++] = {at, size};
            return 0;
        };
        settings.on_url = settings.on_header_field = settings.on_header_value = note;
        settings.on_body = note;
        settings.on_message_complete = [](::http_parser* p) {
            static_cast<http*>(p->data)->done = true;
            return 0;
        };
    }
    bool operator()(std::string_view text) { return (*this)(text, text.size()); }
    bool operator()(std::string_view text, std::size_t piece) {
        ::http_parser_init(&parser, HTTP_BOTH);
        parser.data = this;
        done = false;
        for (; !text.empty(); text.remove_prefix(std::min(piece, text.size()))) {
            auto const now = text.substr(0, piece);
            count = 0;
            if (::http_parser_execute(&parser, &settings, now.data(), now.size()) != now.size())
                return false;
        }
        return done;
    }
};
bench::message_parser<http> const registered{
    {"http_parser", bench::role::peer,
     "HTTP; framing, every name and value noted, octets checked; no values decoded"},
    bench::protocol::http};

}  // namespace
