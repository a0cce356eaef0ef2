// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// beast.cpp - peer: Boost.Beast's HTTP parser, as users take it, and without keeping the fields.
// header: boost/beast/http/parser.hpp
// package: libboost1.81-dev
#include <algorithm>
#include <cstddef>
#include <string_view>

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "../bench.hpp"

namespace {

namespace http = boost::beast::http;

template <class Parser>
bool put(Parser& parser, std::string_view text) {
    boost::beast::error_code failed;
    parser.eager(true);
    auto const used = parser.put(boost::asio::buffer(text.data(), text.size()), failed);
    benchmark::DoNotOptimize(parser);
    return !failed && parser.is_done() && used == text.size();
}

/// As `http::read` does: octets that the parser leaves over wait in the buffer for more.
template <class Parser>
bool put(Parser& parser, std::string_view text, boost::beast::flat_buffer& buffer,
         std::size_t piece) {
    parser.eager(true);
    for (; !text.empty(); text.remove_prefix(std::min(piece, text.size()))) {
        auto const part = text.substr(0, piece);
        buffer.commit(boost::asio::buffer_copy(buffer.prepare(part.size()),
                                               boost::asio::buffer(part.data(), part.size())));
        boost::beast::error_code failed;
        buffer.consume(parser.put(buffer.data(), failed));
        if (failed && failed != http::error::need_more) return false;
    }
    benchmark::DoNotOptimize(parser);
    return parser.is_done() && buffer.size() == 0;
}

struct request_parser {
    /// One for all messages, as on a connection.
    boost::beast::flat_buffer buffer{};

    bool operator()(std::string_view text, std::size_t piece) {
        http::request_parser<http::string_body> parser;
        return put(parser, text, buffer, piece);
    }
    bool operator()(std::string_view text) const {
        if (text.starts_with("HTTP/")) {
            http::response_parser<http::string_body> parser;
            return put(parser, text);
        }
        http::request_parser<http::string_body> parser;
        return put(parser, text);
    }
};
bench::message_parser<request_parser> const as_used{
    {"Beast request_parser", bench::role::peer,
     "HTTP; framing, octets checked, every field and the body copied into a message "
     "(response_parser for 200); in pieces through a flat_buffer, as http::read does it"},
    bench::protocol::http};

/// Derived from basic_parser, keeps nothing: the parsing alone.
template <bool Request>
struct bare : http::basic_parser<Request> {
    using text = boost::beast::string_view;
    using code = boost::beast::error_code;
    void on_request_impl(http::verb, text, text, int, code&) override {}
    void on_response_impl(int, text, int, code&) override {}
    void on_field_impl(http::field, text name, text value, code&) override {
        benchmark::DoNotOptimize(name);
        benchmark::DoNotOptimize(value);
    }
    void on_header_impl(code&) override {}
    void on_body_init_impl(boost::optional<std::uint64_t> const&, code&) override {}
    std::size_t on_body_impl(text body, code&) override { return body.size(); }
    void on_chunk_header_impl(std::uint64_t, text, code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, text body, code&) override { return body.size(); }
    void on_finish_impl(code&) override {}
};
struct basic_parser {
    boost::beast::flat_buffer buffer{};

    bool operator()(std::string_view text, std::size_t piece) {
        bare<true> parser;
        return put(parser, text, buffer, piece);
    }
    bool operator()(std::string_view text) const {
        if (text.starts_with("HTTP/")) {
            bare<false> parser;
            return put(parser, text);
        }
        bare<true> parser;
        return put(parser, text);
    }
};
bench::message_parser<basic_parser> const keeping_nothing{
    {"Beast basic_parser", bench::role::peer,
     "HTTP; the same parsing into a class that keeps nothing: no copies, no allocation"},
    bench::protocol::http};

}  // namespace
