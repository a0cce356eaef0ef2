// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// endpoint_rig.hpp - an endpoint in a test: text in, text and readable events out.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory_resource>
#include <string>
#include <string_view>

#include <msrp/endpoint.hpp>

#include "support/session_rig.hpp"

namespace support {

/// Our URI and the peer's in session `n`.
inline std::string ours(int n) {
    return "msrp://ann.example.org:9321/ann" + std::to_string(n) + ";tcp";
}
inline std::string theirs(int n, std::string_view host = "bob.example.net:8145") {
    return "msrp://" + std::string(host) + "/bob" + std::to_string(n) + ";tcp";
}

/// Counts what an endpoint holds.
class counting_memory final : public std::pmr::memory_resource {
   public:
    std::size_t live = 0;         ///< octets
    std::size_t allocations = 0;  ///< ever

   private:
    void* do_allocate(std::size_t n, std::size_t align) override {
        live += n;
        ++allocations;
        return std::pmr::new_delete_resource()->allocate(n, align);
    }
    void do_deallocate(void* p, std::size_t n, std::size_t align) override {
        live -= n;
        std::pmr::new_delete_resource()->deallocate(p, n, align);
    }
    bool do_is_equal(std::pmr::memory_resource const& o) const noexcept override {
        return this == &o;
    }
};

template <class Endpoint>
class basic_endpoint_rig {
   public:
    template <class... Args>
    explicit basic_endpoint_rig(msrp::endpoint_options const& options = {}, Args&&... args)
        : e(options, seeded_random(7), std::forward<Args>(args)...) {}

    Endpoint e;
    msrp::session_time now{std::chrono::hours(1)};

    wire::result<msrp::session_handle> try_open(msrp::connection_role role, std::string_view local,
                                                std::string_view remote,
                                                msrp::session_parameters p = {
                                                    *msrp::read_path(ann), *msrp::read_path(bob)}) {
        p.local = *msrp::read_path(local);
        p.remote = *msrp::read_path(remote);
        p.role = role;
        return e.open(p, now);
    }
    msrp::session_handle active(int n, std::string_view host = "bob.example.net:8145") {
        return *try_open(msrp::connection_role::active, ours(n), theirs(n, host));
    }
    msrp::session_handle passive(int n) {
        return *try_open(msrp::connection_role::passive, ours(n), theirs(n));
    }
    msrp::connection_id accepted() { return *e.accepted(now); }
    /// The connections asked for, as text; all are made, or none.
    std::string connects(bool made = true) {
        std::string out;
        while (auto const c = e.poll_connect()) {
            out += std::to_string(static_cast<unsigned>(c->connection)) + " " +
                   std::string(c->target.host) + " " + std::to_string(c->target.port) +
                   (c->target.secure ? " tls " : " plain ") + std::string(c->target.transport) +
                   "\n";
            if (made) static_cast<void>(e.connected(c->connection, now));
        }
        return out;
    }

    /// All events there are, one a line: session, event.
    std::string events() {
        std::string out;
        while (auto const x = e.poll_event())
            out += std::to_string(static_cast<std::uint64_t>(x->session)) + ": " +
                   describe(x->what) + "\n";
        return out;
    }
    std::string feed(msrp::connection_id c, std::string_view octets) {
        if (auto const failed = e.receive(c, octets, now)) return failed.message();
        return events();
    }
    std::string block(msrp::connection_id c) {
        std::string out;
        for (auto const v : e.poll_output(c)) out += v;
        if (auto const failed = e.written(c, out.size(), now)) return failed.message();
        return out;
    }
    std::string output(msrp::connection_id c) {
        std::string out;
        for (auto more = block(c); !more.empty(); more = block(c)) out += more;
        return out;
    }
    std::string at(std::chrono::milliseconds later) {
        now += later;
        e.handle_timeout(now);
        return events();
    }
};
using endpoint_rig = basic_endpoint_rig<msrp::endpoint<seeded_random>>;

inline msrp::connection_id link(unsigned n) { return msrp::connection_id{n}; }
inline std::string mid(std::string_view id, std::string_view more = {}) {
    return "Message-ID: " + std::string(id) + "\r\n" + std::string(more);
}
/// A SEND of the peer's in session `n`.
inline std::string chunk(int n, std::string_view tid, std::string_view fields,
                         std::string_view body, char flag = '$') {
    return send(tid, fields, body, flag, ours(n), theirs(n));
}
/// All responses to the requests in `text`.
inline std::string answers(std::string_view text, std::string_view status = "200") {
    std::string out;
    for (std::size_t at = 0; (at = text.find("MSRP ", at)) != std::string_view::npos; ++at) {
        auto const line = text.substr(at, text.find("\r\n", at) - at);
        if (line.ends_with(" SEND")) out += response(tid_of(text.substr(at)), status);
    }
    return out;
}
inline std::size_t count(std::string_view text, std::string_view what) {
    std::size_t n = 0;
    for (std::size_t at = 0; (at = text.find(what, at)) != std::string_view::npos; ++at) ++n;
    return n;
}
/// Two active sessions on connection 1, both bound.
inline void two_bound(endpoint_rig& r) {
    r.active(1);
    r.active(2);
    r.connects();
    r.feed(link(1), answers(r.output(link(1))));
}

}  // namespace support
