// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// two_endpoints.cpp - two MSRP endpoints talk through memory: all that a transport of your own
// does.
#include <chrono>
#include <cstdio>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include <msrp/endpoint.hpp>
#include <msrp/inbox.hpp>
#include <msrp/path.hpp>

namespace {

/// Random octets for ids; a product takes a cryptographic source (e.g. OpenSSL's RAND_bytes).
struct device {
    std::random_device* source;
    void operator()(std::span<unsigned char> out) const {
        for (auto& octet : out) octet = static_cast<unsigned char>((*source)() & 0xFFU);
    }
};
using endpoint = msrp::endpoint<device>;

struct side {
    char const* name;
    endpoint e;
    msrp::inbox inbox{};
    msrp::connection_id connection{};
    std::string input{};  ///< what was received; events show it in place
};

/// Writes what `from` has for the wire, and lets `to` read it. @return whether there was anything.
bool move_octets(side& from, side& to, msrp::session_time now) {
    to.input.clear();
    for (auto const view : from.e.poll_output(from.connection)) to.input += view;
    if (to.input.empty() || from.e.written(from.connection, to.input.size(), now)) return false;
    return !to.e.receive(to.connection, to.input, now);
}

void show_events(side& s, msrp::session_time now) {
    while (auto const event = s.e.poll_event()) {
        auto const got = s.inbox.take(*event);
        if (auto const* m = std::get_if<msrp::inbox_message>(&got))
            std::printf("%s: received %s: %s\n", s.name, std::string(m->content_type).c_str(),
                        std::string(m->body).c_str());
        if (auto const* no = std::get_if<msrp::inbox_refusal>(&got))
            static_cast<void>(s.e.refuse(no->session, no->message_id.view(), no->status, now));
        if (auto const* sent = std::get_if<msrp::message_sent>(&event->what))
            std::printf("%s: sent: %s\n", s.name,
                        sent->outcome ? sent->outcome.message().c_str() : "accepted");
        if (auto const* report = std::get_if<msrp::report_received>(&event->what))
            std::printf("%s: report %d%s\n", s.name, int{report->status},
                        report->fully_confirmed ? ", all of it is there" : "");
    }
}

}  // namespace

int main() {
    std::random_device source;
    msrp::session_time const now = std::chrono::steady_clock::now();
    side ann{"ann", endpoint({}, device{&source})};
    side bob{"bob", endpoint({}, device{&source})};

    // What SDP would carry from one to the other.
    auto const to_ann = *msrp::read_path("msrp://127.0.0.1:7001/4kx92jmq0v8s;tcp");
    auto const to_bob = *msrp::read_path("msrp://127.0.0.1:7002/zp3ht61wlbc5;tcp");
    auto const session =
        ann.e.open({.local = to_ann, .remote = to_bob, .role = msrp::connection_role::active}, now);
    auto const other = bob.e.open(
        {.local = to_bob, .remote = to_ann, .role = msrp::connection_role::passive}, now);
    if (!session || !other) return 1;

    // Ann's endpoint asks for a connection; here it is just there.
    ann.connection = ann.e.poll_connect()->connection;
    bob.connection = *bob.e.accepted(now);
    if (ann.e.connected(ann.connection, now)) return 1;

    auto const message = ann.e.send(*session,
                                    {.content_type = "text/plain",
                                     .body = "Is the kettle on?",
                                     .success_report = msrp::report_value::yes},
                                    now);
    if (!message) return 1;
    for (bool busy = true; busy;) {
        bool const there = move_octets(ann, bob, now);
        show_events(bob, now);
        bool const back = move_octets(bob, ann, now);
        show_events(ann, now);
        busy = there || back;
    }
    return ann.e.counters().reports_received == 1 ? 0 : 1;
}
