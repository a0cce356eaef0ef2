// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// beast_buffer_test.cpp - Beast's buffers seen by standalone Asio.
#include <msrp/transport/beast_buffer.hpp>

#include <string>

#include <asio/buffer.hpp>
#include <asio/write.hpp>

#include "loop.hpp"

namespace transport = msrp::transport;

namespace {
template <class Buffer>
std::string text_of(Buffer const& buffer) {
    std::string out;
    transport::for_each_piece(buffer, [&](std::string_view piece) { out += piece; });
    return out;
}
template <class Buffer>
void fill(Buffer& buffer, std::string_view text) {
    auto const space = transport::prepare(buffer, text.size());
    buffer.commit(asio::buffer_copy(space, asio::buffer(text.data(), text.size())));
}
}  // namespace

TEST_CASE("beast buffer: what is filled is read, for each kind of buffer", "[beast_buffer]") {
    transport::flat_buffer flat(64);
    transport::flat_static_buffer<64> fixed;
    boost::beast::static_buffer<8> ring;  // its readable part may have two pieces
    fill(flat, "abcdef");
    fill(fixed, "abcdef");
    fill(ring, "abcdef");
    CHECK(text_of(flat) == "abcdef");
    CHECK(text_of(fixed) == "abcdef");
    ring.consume(5);
    fill(ring, "ghijkl");
    CHECK(text_of(ring) == "fghijkl");
}

TEST_CASE("beast buffer: space is bounded by the buffer's max_size", "[beast_buffer]") {
    transport::flat_buffer flat(16);
    CHECK(asio::buffer_size(transport::prepare(flat, 1000)) == 16);
    fill(flat, "0123456789");
    CHECK(asio::buffer_size(transport::prepare(flat, 1000)) == 6);
    fill(flat, "abcdef");
    CHECK(transport::prepare(flat, 1).size() == 0);
    flat.consume(flat.size());
    CHECK(asio::buffer_size(transport::prepare(flat, 7)) == 7);
}

TEST_CASE("beast buffer: a list of buffers takes what fits", "[beast_buffer]") {
    transport::const_buffer_list list;
    for (std::size_t i = 0; i < transport::const_buffer_list::capacity; ++i)
        CHECK(list.add({"x", 1}));
    CHECK_FALSE(list.add({"x", 1}));
    CHECK(asio::buffer_size(list) == transport::const_buffer_list::capacity);
}

TEST_CASE("beast buffer: receive buffer of an Asio socket", "[beast_buffer]") {
    loop::run([](asio::io_context& io) -> loop::awaitable<void> {
        auto [a, b] = co_await loop::socket_pair(io);
        std::string const text(1000, 'm');
        asio::write(a, asio::buffer(text));
        transport::flat_static_buffer<4096> buffer;
        while (buffer.size() < text.size()) {
            auto const n =
                co_await b.async_read_some(transport::prepare(buffer, 300), loop::use_awaitable);
            CHECK(n <= 300);
            buffer.commit(n);
        }
        CHECK(text_of(buffer) == text);
    });
}
