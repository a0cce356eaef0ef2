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

TEST_CASE("byte pump: an end lost in disorder closes both", "[byte_pump]") {
    loop::run([](asio::io_context& io) -> awaitable<void> {
        auto [left, a] = co_await loop::socket_pair(io);
        auto [right, b] = co_await loop::socket_pair(io);
        loop::started<transport::byte_pump_result> pump(
            io, transport::byte_pump(std::move(a), std::move(b)));
        left.set_option(asio::socket_base::linger(true, 0));
        left.close();  // a reset
        auto const rest = co_await read_all(right);
        CHECK(rest == "");
        auto const result = co_await pump.join();
        CHECK(result.from_a.error);
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
        CHECK(result.from_a.error == asio::error::operation_aborted);
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
