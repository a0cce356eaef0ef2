// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// endpoint.cpp - many sessions over several connections against any peer, with time, loss and an
// application that interferes.
//
// Input: two octets that choose limits and moods; then octets of the peer, among which stand
// commands (see `command`): so seeds are readable. What the endpoint writes must be MSRP, what it
// says of each session must be consistent, and in the end nothing may be left.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <msrp/chunk_parser.hpp>
#include <msrp/endpoint.hpp>
#include <msrp/range_set.hpp>

#include "fuzz_input.hpp"
#include "moody_source.hpp"
#include "support/endpoint_rig.hpp"

namespace {

using fuzz::moody_source;
using fuzz::require;

/// Commands among the peer's octets.
enum command : unsigned char {
    put_transaction_id = 0x01,  ///< the last one that the endpoint wrote
    put_message_id = 0x02,      ///< likewise
    put_paths = 0x03,           ///< To-Path and From-Path of the session chosen
    cut = 0x04,                 ///< what came so far is one piece
    wait_little = 0x05,
    wait_long = 0x06,
    wait_deadline = 0x07,
    write_some = 0x08,
    write_all = 0x0B,
    send_text = 0x0C,
    send_source = 0x0E,
    abort_one = 0x0F,
    resume_one = 0x10,
    refuse_one = 0x11,
    accept = 0x12,
    other_connection = 0x13,
    lose = 0x14,
    close = 0x15,
    other_session = 0x16,
    open_passive = 0x17,
    open_active = 0x18,
    answer_connects = 0x19,
    attach = 0x1A,
    expect_one = 0x1B,
    send_again = 0x1C,
    shut_down = 0x1D,
    put_nul = 0x1E,
};

class run {
   public:
    run(unsigned how, unsigned seed)
        : random_(seed), endpoint_(options(how, seed), support::seeded_random(seed)) {
        add_link(endpoint_.accepted(now_));
        open(msrp::connection_role::passive);
        open(msrp::connection_role::active);
    }

    void feed(std::string_view input) {
        for (char const c : input) step(c);
        receive();
    }

    void finish() {
        if (!shut_) {
            for (auto const& [h, s] : sessions_)
                if (!s.ended) static_cast<void>(endpoint_.close(h, now_));
        }
        for (drain(); !links_.empty(); drain()) {
            require(!endpoint_.connection_lost(links_.begin()->first, now_), "losing a connection");
            drain();
            links_.erase(links_.begin());
        }
        for (auto const& [h, s] : sessions_) {
            require(s.ended, "closed and without connections it has ended");
            require(s.waiting.empty(), "each message is told done, once");
            require(s.incoming.empty(), "each message that began ended");
        }
        require(endpoint_.sessions() == 0 && endpoint_.connections() == 0, "nothing is left");
        require(endpoint_.timers() == 0 && !endpoint_.deadline(), "no timer is left");
        require(endpoint_.transactions() == 0, "no transaction is left");
        require(!endpoint_.poll_connect() && !endpoint_.poll_writable(), "nothing is to be done");
    }

   private:
    struct link {
        msrp::basic_chunk_parser<> check{};  ///< reads what the endpoint writes
        bool up = true;
        bool closed = false;
        std::unique_ptr<char[]> piece{};  ///< lives until the next receive
    };
    struct session {
        int number = 0;
        std::map<std::string, msrp::range_set> incoming{};
        std::set<std::uint64_t> waiting{};
        bool ended = false;
    };
    struct part {
        std::string id;
        std::vector<msrp::octet_range> ranges;
        std::optional<std::uint64_t> total;
    };

    static msrp::endpoint_options options(unsigned how, unsigned seed) {
        msrp::endpoint_options all;
        auto& o = all.each;
        // Little memory: a parser sets up all of it each time.
        o.parser_limits.max_start_line = o.parser_limits.max_header_line = 800;
        o.parser_limits.max_header_block = 1000;
        o.max_remembered_messages = seed % 5;
        o.max_connections = 4;
        all.max_sessions = 6;
        if ((how & 1U) != 0) {
            all.idle_timeout = std::chrono::milliseconds(0);
            all.max_connect_attempts = 1 + seed % 3;
            all.max_attempt_targets = 1 + seed % 2;
        }
        if ((how & 2U) != 0) {
            o.max_message_size = 20 + seed;
            o.max_incoming_messages = 1 + seed % 3;
            o.max_ranges = 1 + seed % 4;
            o.max_outgoing_messages = 1 + seed % 5;
            o.max_transactions = 1 + seed % 3;
        }
        if ((how & 4U) != 0) o.max_control_octets = 1;
        if ((how & 8U) != 0) o.block_size = 1 + seed % 60;
        if ((how & 16U) != 0) o.interrupt_point = seed % 50;
        if ((how & 32U) != 0)
            o.accepts.accepts = [](void*, std::string_view t) { return t.size() % 2 == 0; };
        if ((how & 64U) != 0) {
            o.batch_size = 1;
            o.max_chunk_size = 1 + 9 * (seed % 99);
            all.binds.allows = [](void*, msrp::session_handle s, msrp::connection_id) {
                return static_cast<std::uint64_t>(s) % 3 != 0;
            };
        }
        if ((how & 128U) != 0) o.report_every = 1 + seed % 90;
        return all;
    }

    void add_link(wire::result<msrp::connection_id> const& c, bool up = true) {
        if (!c) return;
        current_ = *c;
        links_[*c].up = up;
        drain();
    }
    void open(msrp::connection_role role) {
        int const n = 1 + static_cast<int>(random_.below(8));
        auto const ours = support::ours(n);
        auto const theirs =
            support::theirs(n, n % 3 == 0 ? "c.example.net:8145" : "bob.example.net:8145");
        auto const local = msrp::read_path(ours);
        auto const remote = msrp::read_path(theirs);
        msrp::session_parameters p{*local, *remote};
        p.role = role;
        if (random_.below(4) == 0) p.connection = current_;
        if (random_.below(4) == 0) p.peer_max_size = 3000;
        if (auto const h = endpoint_.open(p, now_)) {
            sessions_[*h].number = n;
            chosen_ = *h;
        }
    }

    void step(char c) {
        auto const code = static_cast<unsigned char>(c);
        switch (code) {
            case put_transaction_id: input_ += transaction_id_; return;
            case put_message_id: input_ += message_id_; return;
            case put_nul: input_ += '\0'; return;
            case put_paths: {
                auto const at = sessions_.find(chosen_);
                int const n = at == sessions_.end() ? 1 : at->second.number;
                input_ += "To-Path: " + support::ours(n) + "\r\nFrom-Path: " + support::theirs(n) +
                          "\r\n";
                return;
            }
            case cut: receive(); return;
            default: break;
        }
        if (code >= 0x20 || c == '\r' || c == '\n' || c == '\t' || code == 0) {
            input_ += c;
            return;
        }
        receive();
        switch (code) {
            case wait_little: now_ += std::chrono::seconds(7); break;
            case wait_long: now_ += std::chrono::seconds(200); break;
            case wait_deadline:
                if (auto const d = endpoint_.deadline()) now_ = std::max(now_, *d);
                break;
            case write_some: write(false); break;
            case write_all:
                for (int i = 0; i < 50 && write(true); ++i) {
                }
                break;
            case send_text: send(0); break;
            case send_source: send(1); break;
            case send_again: send(2); break;
            case abort_one:
                if (last_ != 0)
                    static_cast<void>(
                        endpoint_.abort(msrp::message_handle{1 + random_.next() % last_}, now_));
                break;
            case resume_one:
                if (last_ != 0)
                    static_cast<void>(
                        endpoint_.resume(msrp::message_handle{1 + random_.next() % last_}, now_));
                break;
            case refuse_one: refuse(); break;
            case accept: add_link(endpoint_.accepted(now_)); break;
            case other_connection: next(links_, current_); break;
            case lose:
                if (links_.contains(current_)) {
                    require(!endpoint_.connection_lost(current_, now_), "losing a connection");
                    drain();
                    links_.erase(current_);
                }
                break;
            case close: static_cast<void>(endpoint_.close(chosen_, now_)); break;
            case other_session: next(sessions_, chosen_); break;
            case open_passive: open(msrp::connection_role::passive); break;
            case open_active: open(msrp::connection_role::active); break;
            case answer_connects: answer(); break;
            case attach: static_cast<void>(endpoint_.attach(chosen_, current_, now_)); break;
            case expect_one: expect(); break;
            case shut_down:
                endpoint_.shut_down(now_);
                shut_ = true;
                break;
            default: break;
        }
        endpoint_.handle_timeout(now_);
        auto const later = endpoint_.deadline();
        require(!later || *later > now_, "a timer that is due goes off");
        drain();
    }
    template <class Map, class Key>
    static void next(Map const& in, Key& key) {
        if (in.empty()) return;
        auto at = in.upper_bound(key);
        key = at == in.end() ? in.begin()->first : at->first;
    }

    /// Connections that were asked for are made, one in four is not.
    void answer() {
        while (auto const c = endpoint_.poll_connect()) {
            require(!links_.contains(c->connection) && !c->target.host.empty(), "asked for once");
            if (random_.below(4) != 0) {
                require(!endpoint_.connected(c->connection, now_), "connected");
                add_link(c->connection);
            } else {
                require(!endpoint_.connection_lost(c->connection, now_), "refused");
            }
        }
        for (auto& [id, c] : links_) {
            if (c.up || c.closed) continue;
            require(!endpoint_.connected(id, now_), "connected");
            c.up = true;
        }
    }
    /// Connections that nobody was asked for yet are lost, too.
    void know_all() {
        while (auto const c = endpoint_.poll_connect()) links_[c->connection].up = false;
    }

    void refuse() {
        auto const at = sessions_.find(chosen_);
        if (at == sessions_.end()) return;
        std::string id = message_id_;
        if (!at->second.incoming.empty() && random_.below(4) != 0)
            id = at->second.incoming.begin()->first;
        static_cast<void>(endpoint_.refuse(chosen_, id, 413, now_));
    }
    void expect() {
        auto const at = sessions_.find(chosen_);
        if (at == sessions_.end() || parts_.empty()) return;
        auto const& p = parts_[random_.below(parts_.size())];
        if (endpoint_.expect(chosen_, p.id, p.ranges, p.total, now_)) return;
        if (at->second.incoming.contains(p.id)) require(false, "under way twice");
        msrp::range_set got(1000);
        for (auto const& r : p.ranges) require(!got.insert(r.first, r.last), "a range");
        // Where nothing is missing it is not under way: its chunks are duplicates.
        if (!p.total || !got.covers(1, *p.total)) at->second.incoming.emplace(p.id, got);
    }

    void receive() {
        if (input_.empty()) return;
        auto const at = links_.find(current_);
        if (at == links_.end() || at->second.closed || !at->second.up) {
            input_.clear();
            return;
        }
        for (int i = 0; i < 100 && !endpoint_.can_receive(current_); ++i) write(true);
        if (endpoint_.can_receive(current_)) {
            // Memory of its own, just as large.
            auto piece = std::make_unique<char[]>(input_.size());
            std::copy(input_.begin(), input_.end(), piece.get());
            require(!endpoint_.receive(current_, {piece.get(), input_.size()}, now_), "receive");
            at->second.piece = std::move(piece);
            drain();
        }
        input_.clear();
    }

    bool write(bool all) {
        bool any = false;
        while (auto const c = endpoint_.poll_writable())
            require(links_.contains(*c) && links_[*c].up, "writable is what is up");
        for (auto& [id, c] : links_) {
            auto const views = endpoint_.poll_output(id);
            std::size_t size = 0;
            for (auto const v : views) size += v.size();
            if (size == 0) continue;
            require(c.up && !c.closed, "nothing is written to a closed connection");
            any = true;
            std::size_t const n = all ? size : 1 + random_.below(size);
            std::size_t left = n;
            for (auto const v : views) {
                check(c, v.substr(0, left));
                left -= std::min(left, v.size());
            }
            require(endpoint_.written(id, size + 1, now_) == msrp::error::wrong_order,
                    "not more than there is");
            require(!endpoint_.written(id, n, now_), "written");
        }
        drain();
        return any;
    }

    /// What goes out is MSRP.
    void check(link& c, std::string_view octets) {
        require(!c.check.feed(octets), "the endpoint's octets are MSRP");
        msrp::chunk_event event;
        msrp::parse_status status{};
        while ((status = c.check.poll(event)) == msrp::parse_status::event) {
            auto const* const b = std::get_if<msrp::chunk_begin>(&event);
            if (b == nullptr || !b->is_request()) continue;
            transaction_id_ = b->transaction_id;
            if (auto const id = b->headers.message_id()) message_id_ = *id;
            require(b->headers.byte_range().has_value(), "each request has its range");
        }
        require(status == msrp::parse_status::need_more, "the endpoint's octets are MSRP");
    }

    void send(int how) {
        auto const at = sessions_.find(chosen_);
        if (at == sessions_.end()) return;
        msrp::outgoing_message m{.content_type = "a/b"};
        auto body = body_.substr(0, random_.below(random_.below(8) == 0 ? body_.size() : 300));
        if (how == 2 && !unsent_.empty()) {
            auto& old = unsent_[random_.below(unsent_.size())];
            m.message_id = old.id;
            m.confirmed = old.ranges;
            body = body_.substr(0, 1500);
        }
        if (how == 1) {
            sources_.push_back(std::make_unique<moody_source>(body, random_.next()));
            m.source = sources_.back().get();
            if (random_.below(2) == 0) m.total = body.size() + (random_.below(8) == 0 ? 1 : 0);
        } else if (how == 0 && random_.below(8) == 0) {
            m.content_type = {};
        } else {
            m.body = body;
        }
        m.success_report = random_.below(2) == 0 ? msrp::report_value::yes : msrp::report_value::no;
        m.failure_report = static_cast<msrp::report_value>(random_.below(3));
        if (auto const h = endpoint_.send(chosen_, m, now_)) {
            last_ = static_cast<std::uint64_t>(*h);
            require(at->second.waiting.insert(last_).second, "a handle of its own");
        }
    }

    void drain() {
        while (auto const event = endpoint_.poll_event()) {
            if (event->session == msrp::session_handle{}) {
                if (auto const* const c = std::get_if<msrp::close_connection>(&event->what))
                    on_close(*c);
                else
                    require(std::holds_alternative<msrp::protocol_error>(event->what), "an event");
                continue;
            }
            auto const at = sessions_.find(event->session);
            require(at != sessions_.end() && !at->second.ended, "session_ended is the last event");
            std::visit([this, at](auto const& e) { on(at->second, e); }, event->what);
        }
        if (endpoint_.connections() > links_.size()) know_all();
    }
    void on_close(msrp::close_connection const& e) {
        auto const at = links_.find(e.connection);
        require(at == links_.end() || !at->second.closed, "closed once");
        links_[e.connection].closed = true;
    }
    void on(session&, msrp::session_bound const& e) {
        require(links_.contains(e.connection), "bound");
    }
    void on(session& s, msrp::message_begin const& e) {
        require(s.incoming.try_emplace(std::string(e.message_id.view()), std::size_t{1000}).second,
                "a message begins once");
        for (auto const f : e.headers) require(!f.name.empty(), "the header is there");
    }
    void on(session& s, msrp::message_data const& e) {
        auto const at = s.incoming.find(std::string(e.message_id.view()));
        require(at != s.incoming.end() && !e.octets.empty() && e.position != 0,
                "data is of a message that began");
        unsigned sum = 0;
        for (char const c : e.octets) sum += static_cast<unsigned char>(c);
        require(sum < 0xFFFFFFFFU, "the octets are there");
        require(!at->second.insert(e.position, e.position + (e.octets.size() - 1)), "a range");
    }
    void on(session& s, msrp::message_end const& e) {
        auto const at = s.incoming.find(std::string(e.message_id.view()));
        require(at != s.incoming.end(), "what ends has begun");
        if (e.fate == msrp::message_fate::complete)
            require(at->second.covers(1, e.size) && at->second.octets() == e.size, "complete");
        else
            require(bool(e.why) && at->second.octets() == e.size, "why it is not complete");
        if (e.fate == msrp::message_fate::incomplete) {
            require(std::equal(e.received.begin(), e.received.end(), at->second.begin(),
                               at->second.end()),
                    "what came of it");
            if (parts_.size() < 8)
                parts_.push_back({at->first, {e.received.begin(), e.received.end()}, e.total});
        }
        s.incoming.erase(at);
    }
    void on(session& s, msrp::message_sent const& e) {
        require(s.waiting.erase(static_cast<std::uint64_t>(e.handle)) == 1, "done once");
        require(e.octets <= body_.size(), "octets sent");
        if (e.outcome && unsent_.size() < 8)
            unsent_.push_back(
                {std::string(e.message_id.view()), {e.confirmed.begin(), e.confirmed.end()}, {}});
    }
    void on(session&, msrp::report_received const& e) { known(e.handle); }
    void on(session&, msrp::report_missing const& e) { known(e.handle); }
    void on(session&, msrp::late_failure const& e) { known(e.handle); }
    void known(msrp::message_handle h) {
        require(static_cast<std::uint64_t>(h) - 1 < last_, "a message of ours");
    }
    void on(session&, msrp::message_duplicate const&) {}
    void on(session&, msrp::protocol_error const&) { require(false, "of a connection"); }
    void on(session&, msrp::close_connection const&) { require(false, "of a connection"); }
    void on(session& s, msrp::session_ended const&) { s.ended = true; }

    support::seeded_random random_;
    std::string_view body_ = fuzz::body();
    std::vector<std::unique_ptr<moody_source>> sources_;
    std::vector<part> parts_;   ///< came to us, incomplete
    std::vector<part> unsent_;  ///< ours, with what is confirmed
    msrp::endpoint<support::seeded_random> endpoint_;
    msrp::session_time now_{std::chrono::hours(1)};
    std::map<msrp::connection_id, link> links_;
    std::map<msrp::session_handle, session> sessions_;
    msrp::connection_id current_{};
    msrp::session_handle chosen_{};
    std::string input_;
    std::string transaction_id_ = "0000";
    std::string message_id_ = "0000";
    std::uint64_t last_ = 0;
    bool shut_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    fuzz::input in(data, size);
    unsigned const how = in.octet();
    unsigned const seed = in.octet();
    run one(how, seed);
    one.feed(in.rest());
    one.finish();
    return 0;
}
