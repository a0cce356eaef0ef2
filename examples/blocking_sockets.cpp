// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// blocking_sockets.cpp - sends lines of standard input over a plain blocking socket.
#include <netdb.h>
#include <poll.h>
#include <unistd.h>
#include <iostream>
#include <msrp/endpoint.hpp>
#include <msrp/inbox.hpp>

using namespace std::literals;
static auto now() { return std::chrono::steady_clock::now(); }
static void random_octets(std::span<unsigned char> out) {
    if (::getentropy(out.data(), out.size()) != 0) std::abort();
}
[[noreturn]] static void fail(std::string const& why, int status = 1) {
    std::exit((std::cerr << "blocking_sockets: " << why << '\n', status));
}
/// A socket connected to, or accepted at, the address in a URI.
static int open_socket(msrp::uri const& uri, bool listens) {
    std::string const host(uri.host), port(uri.port_text);
    addrinfo hints{}, *at = nullptr;
    hints.ai_socktype = SOCK_STREAM;
    if (::getaddrinfo(host.c_str(), port.c_str(), &hints, &at) != 0) fail("no address: " + host);
    int made = ::socket(at->ai_family, SOCK_STREAM, 0), on = 1;
    ::setsockopt(made, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    bool good = (listens ? ::bind : ::connect)(made, at->ai_addr, at->ai_addrlen) == 0;
    if (good && listens) good = ::listen(made, 1) == 0 && (made = ::accept(made, {}, {})) >= 0;
    if (!good) fail(host + " port " + port + ": " + std::generic_category().message(errno));
    ::freeaddrinfo(at);
    return made;
}

int main(int argc, char** argv) {
    bool const listens = argc == 4 && argv[1] == "listen"sv;
    if (argc != 4 || (!listens && argv[1] != "connect"sv)) fail("listen|connect OWN PEER", 2);
    auto const own = msrp::read_path(argv[2]), peer = msrp::read_path(argv[3]);
    if (!own || !peer || own->back().is_secure() || peer->back().is_secure()) fail("no msrp://", 2);
    msrp::endpoint<void (*)(std::span<unsigned char>)> e({}, random_octets);
    auto const role = listens ? msrp::connection_role::passive : msrp::connection_role::active;
    auto const session = e.open({.local = *own, .remote = *peer, .role = role}, now());
    if (!session) fail(session.error().code.message(), 2);
    int const tcp = open_socket(listens ? own->back() : peer->front(), listens);
    auto const connection = listens ? *e.accepted(now()) : e.poll_connect()->connection;
    if (!listens) static_cast<void>(e.connected(connection, now()));
    std::cout << std::unitbuf;
    msrp::inbox inbox;
    bool pending = false;
    std::string line, input(16384, '\0');
    for (pollfd readable{tcp, POLLIN, 0};; e.handle_timeout(now())) {
        while (auto const event = e.poll_event()) {
            auto const got = inbox.take(*event);
            if (auto* m = get_if<msrp::inbox_message>(&got)) std::cout << m->body << '\n';
            if (auto* m = get_if<msrp::inbox_refusal>(&got))  // too large
                static_cast<void>(e.refuse(*session, m->message_id.view(), m->status, now()));
            if (auto* r = get_if<msrp::report_received>(&event->what))
                pending = !r->fully_confirmed;
            if (auto* c = get_if<msrp::close_connection>(&event->what)) fail(c->reason.message());
        }
        if (auto const out = e.poll_output(connection); !out.empty()) {
            auto const n = ::send(tcp, out[0].data(), out[0].size(), MSG_NOSIGNAL);
            if (n < 0) fail(std::generic_category().message(errno));
            static_cast<void>(e.written(connection, std::size_t(n), now()));
        } else if (!listens && (e.timers() == 0 || e.sessions() == 0)) {  // the next line
            if (pending || e.sessions() == 0) fail("not delivered: " + line);
            if (!line.empty()) std::cout << "delivered: " << line << '\n';
            if (!std::getline(std::cin, line)) return 0;
            auto const yes = msrp::report_value::yes;
            pending = e.send(*session, {"text/plain", line, {}, {}, yes}, now()).has_value();
        } else {
            auto const due = e.deadline().value_or(now() + 1h) - now();
            if (::poll(&readable, 1, static_cast<int>(due / 1ms) + 1) == 0) continue;
            auto const n = ::recv(tcp, input.data(), input.size(), 0);
            if (n <= 0 && listens && e.connection_of(*session)) return 0;
            if (n <= 0) fail("the peer is gone");
            if (e.receive(connection, {input.data(), std::size_t(n)}, now())) fail("not taken");
        }
    }
}
