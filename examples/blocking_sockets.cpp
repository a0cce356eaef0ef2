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
    addrinfo hints{0, 0, SOCK_STREAM, 0, 0, nullptr, nullptr, nullptr}, *at = nullptr;
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
    msrp::inbox inbox;
    std::error_code why;  // a line is not known to be delivered
    std::string line, input(16384, '\0');
    for (pollfd readable{tcp, POLLIN, 0};; e.handle_timeout(now())) {
        while (auto const ev = e.poll_event()) {
            auto const got = inbox.take(*ev);
            if (auto* m = get_if<msrp::inbox_message>(&got)) std::cout << m->body << '\n';
            if (auto* m = get_if<msrp::inbox_refusal>(&got))  // too large
                static_cast<void>(e.refuse(*session, m->message_id.view(), m->status, now()));
            auto* const r = get_if<msrp::report_received>(&ev->what);
            if (r && r->status != 200) fail("reported as failed: " + line);
            if (r && r->fully_confirmed) why = {}, std::cout << "delivered: " << line << '\n';
            if (auto* s = get_if<msrp::message_sent>(&ev->what); s && s->outcome) why = s->outcome;
            if (auto* s = get_if<msrp::session_ended>(&ev->what)) why = s->reason;
            if (auto* c = get_if<msrp::close_connection>(&ev->what)) fail(c->reason.message());
        }
        if (!std::cout.flush()) fail("the output cannot be written", 2);
        if (auto const out = e.poll_output(connection); !out.empty()) {
            auto const n = ::send(tcp, out[0].data(), out[0].size(), MSG_NOSIGNAL);
            if (n < 0) fail(std::generic_category().message(errno));
            static_cast<void>(e.written(connection, std::size_t(n), now()));
        } else if (!listens && (e.timers() == 0 || e.sessions() == 0)) {  // the next line
            if (why || e.sessions() == 0) fail("not delivered: " + line + ": " + why.message());
            if (!std::getline(std::cin, line)) return 0;
            auto h = e.send(*session, {"text/plain", line, {}, {}, msrp::report_value::yes}, now());
            why = h ? std::make_error_code(std::errc::timed_out) : h.error().code;
        } else {
            auto const due = e.deadline().value_or(now() + 1h) - now();
            if (::poll(&readable, 1, static_cast<int>(due / 1ms) + 1) == 0) continue;
            auto const n = ::recv(tcp, input.data(), input.size(), 0);
            if (n <= 0) return listens && e.connection_of(*session) ? 0 : (fail("peer is gone"), 1);
            if (e.receive(connection, {input.data(), std::size_t(n)}, now())) fail("not taken");
        }
    }
}
