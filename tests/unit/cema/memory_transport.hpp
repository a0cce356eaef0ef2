// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// memory_transport.hpp - a transport without sockets, a middlebox and a relay on it, and sessions
// made from connect plans.
#pragma once

#include <cema/anchor.hpp>
#include <cema/connect_plan.hpp>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/catch.hpp"
#include "support/session_rig.hpp"

namespace cema_test::memory {

using cema::role;
using cema::target_kind;

/// A connection: the octets on their way, in each direction.
struct cable {
    std::string to_server, to_client;
};
/// Who listens where, and the connections there are.
struct network {
    std::map<std::string, std::function<void(cable&)>> listeners;
    std::deque<cable> cables;

    static std::string place(std::string_view host, std::uint16_t port) {
        return std::string(host) + " port " + std::to_string(port);
    }
    /// @return nothing where nobody listens.
    cable* connect(std::string const& at) {
        auto const there = listeners.find(at);
        if (there == listeners.end()) return nullptr;
        cables.emplace_back();
        auto& made = cables.back();
        there->second(made);
        return &made;
    }
};

/// One side: carries its plan out and has a session on what comes of it.
struct endpoint {
    cema::connect_plan plan;
    support::rig rig;
    cable* line = nullptr;
    msrp::connection_id id{};
    std::string events{};

    static msrp::session_options options_of(cema::connect_plan const& p) {
        msrp::session_options out;
        out.match_session_id_only = p.session_match == cema::session_match::session_id_only;
        return out;
    }
    endpoint(network& net, cema::connect_plan const& p, std::uint64_t seed)
        : plan(p), rig(options_of(p), seed, plan.local_path.text(), plan.remote_path.text()) {
        auto const own = plan.local_path.front();
        if (!plan.connects())
            net.listeners[network::place(own.host, *own.port)] = [this](cable& c) { attach(c); };
    }
    endpoint(endpoint&&) = delete;

    void attach(cable& c) {
        REQUIRE(line == nullptr);
        line = &c;
        id = rig.up(plan.local_role == role::active ? msrp::connection_role::active
                                                    : msrp::connection_role::passive);
    }
    void connect(network& net) {
        auto* const made = net.connect(network::place(plan.host, plan.port));
        REQUIRE(made != nullptr);
        attach(*made);
    }
    void step() {
        (plan.connects() ? line->to_server : line->to_client) += rig.output(id);
        events +=
            rig.feed(id, std::exchange(plan.connects() ? line->to_client : line->to_server, {}));
    }
};

/// A middlebox: rewrites the signalling, and moves octets between two connections.
struct middlebox {
    network& net;
    bool rewrites_paths = false;  // as RFC 6714 says that nobody should
    cema::anchor anchor{};
    cable *in = nullptr, *onward = nullptr;
    std::size_t moved = 0;

    std::string pass(std::string_view text, bool offer) {
        wire::endpoint const own{*wire::parse_ip("203.0.113.1"),
                                 std::uint16_t(offer ? 5001 : 5002)};
        auto const done = offer ? anchor.on_offer(text, own) : anchor.on_answer(text, own);
        REQUIRE((done && *done == cema::anchor_action::rewritten));
        auto const& side = offer ? anchor.offerer() : anchor.answerer();
        std::string out(anchor.text());
        std::string const theirs = "//" + side.host + ":" + std::to_string(side.port);
        if (rewrites_paths)
            out.replace(out.find(theirs), theirs.size(),
                        "//203.0.113.1:" + std::to_string(own.port));
        if (!offer) open();
        return out;
    }
    void open() {
        auto const& other = anchor.answerer_opens() ? anchor.offerer() : anchor.answerer();
        net.listeners[network::place("203.0.113.1", anchor.answerer_opens() ? 5001 : 5002)] =
            [this, to = network::place(other.host, other.port)](cable& c) {
                in = &c;
                onward = net.connect(to);
                REQUIRE(onward != nullptr);
            };
    }
    void step() {
        if (onward == nullptr) return;
        moved += in->to_server.size() + onward->to_client.size();
        onward->to_server += std::exchange(in->to_server, {});
        in->to_client += std::exchange(onward->to_client, {});
    }
};

/// A relay (RFC 4976, 6.4) between its client and whoever else connects.
struct relay {
    std::string uri;
    std::vector<cable*> lines{};  // the client's first
    bool astray = false;

    void forward(std::string& in, std::string& back, std::string& out) {
        while (!in.empty()) {
            auto const tid = support::tid_of(in);
            auto const end = in.find("\r\n", in.find("\r\n-------" + tid) + 2) + 2;
            auto message = in.substr(0, end);
            in.erase(0, end);
            if (message.starts_with("MSRP " + tid + " 200")) continue;  // to what we forwarded
            auto const from = support::value_of(message, "From-Path");
            if (message.starts_with("MSRP " + tid + " SEND"))
                back += "MSRP " + tid + " 200 OK\r\nTo-Path: " + from + "\r\nFrom-Path: " + uri +
                        "\r\n-------" + tid + "$\r\n";
            auto const to = message.find("To-Path: " + uri + " ");
            astray = astray || to == std::string::npos;
            if (astray) return;
            message.erase(to + 9, uri.size() + 1);
            message.insert(message.find("From-Path: ") + 11, uri + " ");
            out += message;
        }
    }
    void step() {
        if (lines.size() < 2) return;
        forward(lines[0]->to_server, lines[0]->to_client, lines[1]->to_client);
        forward(lines[1]->to_server, lines[1]->to_client, lines[0]->to_client);
    }
};

/// Connects by both plans, lets each side send, and moves octets until nothing moves. @return what
/// each side saw: a message of the other's, and that its own has arrived.
template <class Between>
std::pair<std::string, std::string> carry_out(network& net, cema::connect_plan const& alice,
                                              cema::connect_plan const& bob, Between& between) {
    endpoint a(net, alice, 1);
    endpoint b(net, bob, 2);
    auto& active = a.plan.local_role == role::active ? a : b;
    auto& passive = &active == &a ? b : a;
    REQUIRE(passive.plan.local_role == role::passive);
    if (passive.plan.connects()) passive.connect(net);  // to its own relay
    REQUIRE(active.plan.connects());
    active.connect(net);
    for (auto* const e : {&active, &passive})
        REQUIRE(e->rig.s.send({.content_type = "text/plain",
                               .body = e == &a ? "of alice" : "of bob",
                               .success_report = msrp::report_value::yes},
                              e->rig.now));
    for (int i = 0; i < 12; ++i) {
        a.step();
        between.step();
        b.step();
        between.step();
    }
    return {a.events, b.events};
}

inline bool delivered(std::string const& events, std::string const& body) {
    auto const has = [&events](std::string const& what) {
        return events.find(what) != std::string::npos;
    };
    return has(" 1 " + body + "\n") && has(" complete ") && has("sent 1 ok 200 ") &&
           has("report 1 0 200 all");
}

}  // namespace cema_test::memory
