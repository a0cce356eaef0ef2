// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// pump.cpp - octets from one thread to another over loopback by Asio alone: what `bulk` is measured
// against.
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <asio/buffer.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/ssl/stream.hpp>
#include <msrp/transport/certificate.hpp>
#include <msrp/transport/detail/unsent_limit.hpp>
#include <msrp/transport/tls.hpp>

namespace {

using asio::ip::tcp;
using clock_type = std::chrono::steady_clock;

double cpu_seconds() {
    rusage usage{};
    getrusage(RUSAGE_THREAD, &usage);
    auto const seconds = [](timeval t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

template <class Stream>
struct writer {
    Stream& to;
    std::vector<char> block;
    clock_type::time_point end;
    std::size_t at = 0;

    void go() {
        if (at == block.size()) at = 0;
        if (at == 0 && clock_type::now() >= end) return;
        to.async_write_some(asio::buffer(block) + at, [this](std::error_code ec, std::size_t n) {
            if (ec) return;
            at += n;
            go();
        });
    }
};
template <class Stream>
struct reader {
    Stream& from;
    std::vector<char> space;
    unsigned long long octets = 0;

    void go() {
        from.async_read_some(asio::buffer(space), [this](std::error_code ec, std::size_t n) {
            octets += n;
            if (!ec) go();
        });
    }
};

struct arguments {
    double seconds;
    std::size_t block;
    std::size_t read;
    std::size_t unsent;
};

/// @param begin, end what each thread does before and after the pumping.
template <class Stream, class Begin, class End>
void pump(arguments const& a, asio::io_context& out, asio::io_context& in, Stream& from, Stream& to,
          Begin begin, End end) {
    std::vector<char> block(a.block);
    unsigned x = 0x2545F491;
    for (char& c : block) {
        x ^= x << 13U;
        x ^= x >> 17U;
        x ^= x << 5U;
        c = static_cast<char>(x & 0xFFU);
    }
    reader<Stream> r{to, std::vector<char>(a.read)};
    double reads = 0;
    std::thread other([&] {
        begin(to, asio::ssl::stream_base::server);
        auto const before = cpu_seconds();
        r.go();
        in.run();
        reads = cpu_seconds() - before;
    });
    begin(from, asio::ssl::stream_base::client);
    auto const start = clock_type::now();
    auto const before = cpu_seconds();
    writer<Stream> w{from, std::move(block),
                     start + std::chrono::duration_cast<clock_type::duration>(
                                 std::chrono::duration<double>(a.seconds))};
    w.go();
    out.run();
    double const writes = cpu_seconds() - before;
    end(from);
    other.join();
    auto const time = std::chrono::duration<double>(clock_type::now() - start).count();
    std::printf(
        "{\"seconds\": %.6f, \"octets\": %llu, \"mb_per_second\": %.3f, \"cpu_seconds\": "
        "{\"sender\": %.6f, \"receiver\": %.6f}}\n",
        time, r.octets, static_cast<double>(r.octets) / time / 1e6, writes, reads);
}

int run(bool tls, arguments const& a) {
    asio::io_context out(1);
    asio::io_context in(1);
    tcp::acceptor door(in, {asio::ip::address_v4::loopback(), 0});
    tcp::socket from(out);
    from.connect(door.local_endpoint());
    tcp::socket to = door.accept();
    from.set_option(tcp::no_delay(true));
    to.set_option(tcp::no_delay(true));
    msrp::transport::detail::limit_unsent(from, a.unsent);
    if (!tls) {
        pump(
            a, out, in, from, to, [](auto&, auto) {},
            [](tcp::socket& s) { s.shutdown(tcp::socket::shutdown_send); });
        return 0;
    }
    auto const own = msrp::transport::certificate::make();
    if (!own) return 1;
    auto context = msrp::transport::tls_context::make(*own);  // the same suites as ours
    if (!context) return 1;
    asio::ssl::stream<tcp::socket> tls_from(std::move(from), context->context());
    asio::ssl::stream<tcp::socket> tls_to(std::move(to), context->context());
    pump(
        a, out, in, tls_from, tls_to, [](auto& s, auto role) { s.handshake(role); },
        [](auto& s) { s.next_layer().shutdown(tcp::socket::shutdown_send); });
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    std::string_view const kind = argc > 1 ? argv[1] : "";
    if (argc != 6 || (kind != "tcp" && kind != "tls")) {
        std::fputs(
            "usage: pump tcp|tls SECONDS OCTETS-WRITTEN-AT-ONCE OCTETS-READ-AT-ONCE "
            "OCTETS-UNSENT\n",
            stderr);
        return 2;
    }
    try {
        return run(kind == "tls",
                   {std::strtod(argv[2], nullptr), std::strtoul(argv[3], nullptr, 10),
                    std::strtoul(argv[4], nullptr, 10), std::strtoul(argv[5], nullptr, 10)});
    } catch (std::exception const& e) {
        std::fprintf(stderr, "pump: %s\n", e.what());
        return 1;
    }
}
