// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// byte_pump_test.cpp - the middlebox's pump: both ways, half-close, silence, errors.
#include <msrp/transport/byte_pump.hpp>

#include <string>

#include <asio/read.hpp>
#include <asio/write.hpp>

#include "loop.hpp"

namespace transport = msrp::transport;
using loop::awaitable;
using loop::tcp;
using loop::use_awaitable;
using namespace std::chrono_literals;

namespace {

awaitable<std::string> read_all(tcp::socket& s) {
    std::string out;
    std::string piece(8192, '\0');
    for (;;) {
        std::error_code ec;
        auto const n = co_await s.async_read_some(asio::buffer(piece),
                                                  asio::redirect_error(use_awaitable, ec));
        if (ec) co_return out;
        out.append(piece, 0, n);
    }
}

}  // namespace

TEST_CASE("byte pump: half-close is passed on, the other direction goes on (CEMA-6.2-1)",
          "[byte_pump]") {
    loop::run([](asio::io_context& io) -> awaitable<void> {
        auto [left, a] = co_await loop::socket_pair(io);
        auto [right, b] = co_await loop::socket_pair(io);
        loop::started<transport::byte_pump_result> pump(
            io, transport::byte_pump(std::move(a), std::move(b), {.buffer_size = 1000}));

        std::string const question = "\x16\x03\x01 question";
        co_await asio::async_write(left, asio::buffer(question), use_awaitable);
        left.shutdown(tcp::socket::shutdown_send);
        auto const arrived = co_await read_all(right);
        CHECK(arrived == question);  // its end arrived

        std::string answer;
        for (int i = 0; i < 20000; ++i) answer += std::to_string(i);
        loop::started<std::string> reader(io, read_all(left));
        co_await asio::async_write(right, asio::buffer(answer), use_awaitable);
        CHECK_FALSE(pump.done());
        right.shutdown(tcp::socket::shutdown_send);
        auto const got = co_await reader.join();
        CHECK(got == answer);

        auto const result = co_await pump.join();
        CHECK_FALSE(result.from_a.error);
        CHECK_FALSE(result.from_b.error);
        CHECK(result.from_a.octets == question.size());
        CHECK(result.from_b.octets == answer.size());
        CHECK(result.from_a.first_size == 5);
        CHECK(result.from_a.first[0] == 0x16);
        CHECK(result.from_b.first[4] == '4');
    });
}

TEST_CASE("byte pump: an end lost in disorder ends both", "[byte_pump]") {
    loop::run([](asio::io_context& io) -> awaitable<void> {
        auto [left, a] = co_await loop::socket_pair(io);
        auto [right, b] = co_await loop::socket_pair(io);
        loop::started<transport::byte_pump_result> pump(
            io, transport::byte_pump(std::move(a), std::move(b), {.linger_timeout = 80ms}));
        left.set_option(asio::socket_base::linger(true, 0));
        auto const begin = std::chrono::steady_clock::now();
        left.close();  // a reset
        auto const rest = co_await read_all(right);
        CHECK(rest == "");
        auto const result = co_await pump.join();  // although this side does not close
        CHECK(std::chrono::steady_clock::now() - begin >= 80ms);
        CHECK(std::chrono::steady_clock::now() - begin < 5s);
        CHECK(result.from_a.error == asio::error::connection_reset);
        CHECK(result.from_b.error);
    });
}

TEST_CASE("byte pump: what was read before a reset is delivered, whatever the other side says",
          "[byte_pump]") {
    loop::run([](asio::io_context& io) -> awaitable<void> {
        auto [left, a] = co_await loop::socket_pair(io);
        auto [right, b] = co_await loop::socket_pair(io);
        loop::started<transport::byte_pump_result> pump(
            io, transport::byte_pump(std::move(a), std::move(b),
                                     {.buffer_size = 65536, .linger_timeout = 10s}));
        std::string const said(200000, 'l');
        co_await asio::async_write(left, asio::buffer(said), use_awaitable);
        co_await loop::wait(io, 100ms);  // until it lies in the pump and in the kernel's buffers
        left.set_option(asio::socket_base::linger(true, 0));
        left.close();
        std::string const talk(100000, 'r');  // finds no one: would be a reset of this side, too
        co_await asio::async_write(right, asio::buffer(talk), use_awaitable);
        co_await loop::wait(io, 100ms);
        CHECK_FALSE(pump.done());
        auto const got = co_await read_all(right);
        CHECK(got == said);
        right.close();
        auto const result = co_await pump.join();
        CHECK(result.from_a.octets == said.size());
        CHECK(result.from_a.error == asio::error::connection_reset);
        CHECK(result.from_b.error);
        CHECK(result.from_b.octets < talk.size());
    });
}

TEST_CASE("byte pump: a receiver that ended its own direction and is then lost", "[byte_pump]") {
    loop::run([](asio::io_context& io) -> awaitable<void> {
        auto [left, a] = co_await loop::socket_pair(io);
        auto [right, b] = co_await loop::socket_pair(io);
        loop::started<transport::byte_pump_result> pump(
            io, transport::byte_pump(std::move(a), std::move(b), {.linger_timeout = 80ms}));
        right.shutdown(tcp::socket::shutdown_send);
        auto const end = co_await read_all(left);
        CHECK(end == "");
        right.set_option(asio::socket_base::linger(true, 0));
        right.close();
        std::error_code ec;
        for (int i = 0; i < 200 && !ec; ++i) {  // into the void, until it is told
            co_await asio::async_write(left, asio::buffer("xxxx", 4),
                                       asio::redirect_error(use_awaitable, ec));
            co_await loop::wait(io, 5ms);
        }
        CHECK(ec);
        auto const result = co_await pump.join();
        CHECK_FALSE(result.from_b.error);
        CHECK(result.from_a.error);
    });
}

TEST_CASE("byte pump: a side that takes nothing is ended by the idle time-out though it talks",
          "[byte_pump]") {
    loop::run([](asio::io_context& io) -> awaitable<void> {
        auto [left, a] = co_await loop::socket_pair(io);
        auto [right, b] = co_await loop::socket_pair(io);
        b.set_option(asio::socket_base::send_buffer_size(4096));
        right.set_option(asio::socket_base::receive_buffer_size(4096));
        loop::started<transport::byte_pump_result> pump(
            io, transport::byte_pump(std::move(a), std::move(b),
                                     {.buffer_size = 4096, .idle_timeout = 200ms}));
        std::string const block(1 << 16, 'b');
        left.non_blocking(true);
        auto const begin = std::chrono::steady_clock::now();
        int rounds = 0;
        for (; !pump.done() && rounds < 500; ++rounds) {
            std::error_code ignored;
            left.write_some(asio::buffer(block), ignored);
            right.write_some(asio::buffer("talk", 4), ignored);
            co_await loop::wait(io, 10ms);
        }
        CHECK(rounds < 500);
        CHECK(std::chrono::steady_clock::now() - begin >= 200ms);
        auto const result = co_await pump.join();
        CHECK(result.from_a.error == transport::error::timed_out);
        CHECK(result.from_b.error == transport::error::timed_out);
        CHECK(result.from_b.octets > 0);
    });
}

TEST_CASE("byte pump: a reader that takes a little at a time is not silent", "[byte_pump]") {
    loop::run([](asio::io_context& io) -> awaitable<void> {
        auto [left, a] = co_await loop::socket_pair(io);
        auto [right, b] = co_await loop::socket_pair(io);
        b.set_option(asio::socket_base::send_buffer_size(16384));
        right.set_option(asio::socket_base::receive_buffer_size(16384));
        // One read of the pump, which takes far longer than the time-out to be handed on.
        a.set_option(asio::socket_base::receive_buffer_size(1 << 20));
        left.set_option(asio::socket_base::send_buffer_size(1 << 20));
        std::string const said(300000, 'b');
        co_await asio::async_write(left, asio::buffer(said), use_awaitable);
        left.shutdown(tcp::socket::shutdown_send);
        co_await loop::wait(io, 50ms);
        loop::started<transport::byte_pump_result> pump(
            io, transport::byte_pump(std::move(a), std::move(b),
                                     {.buffer_size = 1 << 20, .idle_timeout = 400ms}));
        auto const begin = std::chrono::steady_clock::now();
        std::string piece(4096, '\0');
        std::size_t got = 0;
        for (;;) {
            std::error_code ec;
            got += co_await right.async_read_some(asio::buffer(piece),
                                                  asio::redirect_error(use_awaitable, ec));
            if (ec) break;
            co_await loop::wait(io, 20ms);
        }
        CHECK(got == said.size());
        CHECK(std::chrono::steady_clock::now() - begin >= 800ms);
        right.close();
        auto const result = co_await pump.join();
        CHECK_FALSE(result.from_a.error);
    });
}

TEST_CASE("byte pump: silence is ended by the idle time-out", "[byte_pump]") {
    loop::run([](asio::io_context& io) -> awaitable<void> {
        auto [left, a] = co_await loop::socket_pair(io);
        auto [right, b] = co_await loop::socket_pair(io);
        auto const begin = std::chrono::steady_clock::now();
        loop::started<transport::byte_pump_result> pump(
            io, transport::byte_pump(std::move(a), std::move(b), {.idle_timeout = 60ms}));
        for (int i = 0; i < 4; ++i) {  // not silent yet
            co_await asio::async_write(left, asio::buffer("x", 1), use_awaitable);
            co_await loop::wait(io, 30ms);
            CHECK_FALSE(pump.done());
        }
        auto const seen = co_await read_all(right);
        CHECK(seen == "xxxx");
        auto const result = co_await pump.join();
        CHECK(result.from_a.error == transport::error::timed_out);
        CHECK(result.from_b.error == transport::error::timed_out);
        CHECK(std::chrono::steady_clock::now() - begin >= 120ms);
        auto const end = co_await read_all(left);
        CHECK(end == "");
    });
}

TEST_CASE("byte pump: a reader that is slow holds the writer back", "[byte_pump]") {
    loop::run([](asio::io_context& io) -> awaitable<void> {
        auto [left, a] = co_await loop::socket_pair(io);
        auto [right, b] = co_await loop::socket_pair(io);
        loop::started<transport::byte_pump_result> pump(
            io, transport::byte_pump(std::move(a), std::move(b), {.buffer_size = 4096}));
        std::string const block(1 << 16, 'b');
        std::size_t sent = 0;
        left.non_blocking(true);
        for (int quiet = 0; quiet < 5;) {  // until the kernel's buffers and the pump's are full
            std::error_code ec;
            auto const n = left.write_some(asio::buffer(block), ec);
            sent += n;
            quiet = ec ? quiet + 1 : 0;
            if (ec) co_await loop::wait(io, 20ms);
        }
        CHECK(sent < (std::size_t{64} << 20));
        left.shutdown(tcp::socket::shutdown_send);
        auto const got = co_await read_all(right);
        CHECK(got.size() == sent);
        right.close();
        co_await pump.join();
    });
}
