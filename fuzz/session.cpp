// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// session.cpp - one session against any peer, with time, loss and an application that interferes.
//
// Input: two octets that choose role, limits and moods; then octets of the peer, among which stand
// commands (see `command`): so seeds are readable. What the session writes must be MSRP, what it
// says must be consistent, and in the end nothing may be left.
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
#include <vector>

#include <msrp/chunk_parser.hpp>
#include <msrp/range_set.hpp>
#include <msrp/session.hpp>

#include "fuzz_input.hpp"
#include "moody_source.hpp"
#include "support/session_rig.hpp"

namespace {

using fuzz::moody_source;
using fuzz::require;

/// Commands among the peer's octets.
enum command : unsigned char {
    put_transaction_id = 0x01,  ///< the last one that the session wrote
    put_message_id = 0x02,      ///< likewise
    put_nul = 0x03,
    cut = 0x04,  ///< what came so far is one piece
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
    connect = 0x12,
    other_connection = 0x13,
    lose = 0x14,
    close = 0x15,
};

class run {
   public:
    run(unsigned how, unsigned seed)
        : random_(seed),
          session_(options(how, seed), *msrp::read_path(support::ann),
                   *msrp::read_path(support::bob), support::seeded_random(seed)) {
        up((how & 1U) != 0 ? msrp::connection_role::active : msrp::connection_role::passive);
    }

    void feed(std::string_view input) {
        for (char const c : input) step(c);
        receive();
    }

    void finish() {
        session_.close(now_);
        drain();
        while (!links_.empty()) {
            require(!session_.connection_lost(links_.begin()->first, now_), "losing a connection");
            links_.erase(links_.begin());
            drain();
        }
        require(session_.ended() && ended_, "closed and without connections it has ended");
        require(session_.outgoing() == 0 && waiting_.empty(), "each message is told done, once");
        require(!session_.deadline(), "no timer is left");
        require(incoming_.empty(), "each message that began ended");
    }

   private:
    struct link {
        msrp::basic_chunk_parser<> check;  ///< reads what the session writes
        bool closed = false;
        std::vector<std::unique_ptr<char[]>> piece{};  ///< lives until the next receive
    };

    static msrp::session_options options(unsigned how, unsigned seed) {
        msrp::session_options o;
        // Little memory: a parser sets up all of it each time.
        o.parser_limits.max_start_line = o.parser_limits.max_header_line = 800;
        o.parser_limits.max_header_block = 1000;
        o.max_remembered_messages = 3;
        if ((how & 2U) != 0) {
            o.max_message_size = 20 + seed;
            o.max_incoming_messages = 1 + seed % 3;
            o.max_ranges = 1 + seed % 4;
            o.max_outgoing_messages = 1 + seed % 5;
            o.max_transactions = 1 + seed % 3;
            o.max_connections = 1 + seed % 3;
        }
        if ((how & 4U) != 0) o.max_control_octets = 1;
        if ((how & 8U) != 0) o.block_size = 1 + seed % 60;
        if ((how & 16U) != 0) o.interrupt_point = seed % 50;
        if ((how & 32U) != 0)
            o.accepts.accepts = [](void*, std::string_view t) { return t.size() % 2 == 0; };
        return o;
    }

    void up(msrp::connection_role role) {
        auto const c = session_.connection_up(role, now_);
        if (!c) return;
        current_ = *c;
        links_.try_emplace(*c, link{msrp::basic_chunk_parser<>{{}, {}}, false, {}});
        drain();
    }

    void step(char c) {
        switch (static_cast<unsigned char>(c)) {
            case put_transaction_id: input_ += transaction_id_; return;
            case put_message_id: input_ += message_id_; return;
            case put_nul: input_ += '\0'; return;
            case cut: receive(); return;
            default: break;
        }
        if (static_cast<unsigned char>(c) >= 0x20 || c == '\r' || c == '\n' || c == '\t' ||
            static_cast<unsigned char>(c) > close) {
            input_ += c;
            return;
        }
        receive();
        switch (static_cast<unsigned char>(c)) {
            case wait_little: now_ += std::chrono::seconds(7); break;
            case wait_long: now_ += std::chrono::seconds(200); break;
            case wait_deadline:
                if (auto const d = session_.deadline()) {
                    now_ = std::max(now_, *d);
                    session_.handle_timeout(now_);
                    auto const later = session_.deadline();
                    require(!later || *later > now_, "a timer that is due goes off");
                }
                break;
            case write_some: write(false); break;
            case write_all:
                for (int i = 0; i < 50 && write(true); ++i) {
                }
                break;
            case send_text: send(false); break;
            case send_source: send(true); break;
            case abort_one:
                if (last_ != 0)
                    static_cast<void>(
                        session_.abort(msrp::message_handle{1 + random_.next() % last_}, now_));
                break;
            case resume_one:
                if (last_ != 0)
                    static_cast<void>(
                        session_.resume(msrp::message_handle{1 + random_.next() % last_}, now_));
                break;
            case refuse_one:
                if (!incoming_.empty())
                    static_cast<void>(session_.refuse(incoming_.begin()->first, 413, now_));
                break;
            case connect: up(msrp::connection_role::passive); break;
            case other_connection:
                if (!links_.empty()) {
                    auto at = links_.upper_bound(current_);
                    current_ = at == links_.end() ? links_.begin()->first : at->first;
                }
                break;
            case lose:
                if (links_.contains(current_)) {
                    require(!session_.connection_lost(current_, now_), "losing a connection");
                    drain();
                    links_.erase(current_);
                }
                break;
            case close: session_.close(now_); break;
            default: break;
        }
        session_.handle_timeout(now_);
        drain();
    }

    void receive() {
        if (input_.empty()) return;
        auto const at = links_.find(current_);
        if (at == links_.end() || at->second.closed) {
            input_.clear();
            return;
        }
        for (int i = 0; i < 100 && !session_.can_receive(current_); ++i) write(true);
        if (session_.can_receive(current_)) {
            // Memory of its own, just as large.
            auto piece = std::make_unique<char[]>(input_.size());
            std::copy(input_.begin(), input_.end(), piece.get());
            require(!session_.receive(current_, {piece.get(), input_.size()}, now_), "receive");
            at->second.piece.clear();
            at->second.piece.push_back(std::move(piece));
            drain();
        }
        input_.clear();
    }

    bool write(bool all) {
        bool any = false;
        for (auto& [id, c] : links_) {
            auto const views = session_.poll_output(id);
            std::size_t size = 0;
            for (auto const v : views) size += v.size();
            if (size == 0) continue;
            require(!c.closed, "nothing is written to a closed connection");
            any = true;
            std::size_t n = all ? size : 1 + random_.below(size);
            std::size_t left = n;
            for (auto const v : views) {
                check(c, v.substr(0, left));
                left -= std::min(left, v.size());
            }
            require(session_.written(id, size + 1, now_) == msrp::error::wrong_order,
                    "not more than there is");
            require(!session_.written(id, n, now_), "written");
        }
        drain();
        return any;
    }

    /// What goes out is MSRP.
    void check(link& c, std::string_view octets) {
        require(!c.check.feed(octets), "the session's octets are MSRP");
        msrp::chunk_event event;
        msrp::parse_status status{};
        while ((status = c.check.poll(event)) == msrp::parse_status::event) {
            auto const* const b = std::get_if<msrp::chunk_begin>(&event);
            if (b == nullptr || !b->is_request()) continue;
            transaction_id_ = b->transaction_id;
            if (auto const id = b->headers.message_id()) message_id_ = *id;
            require(b->headers.byte_range().has_value(), "each request has its range");
        }
        require(status == msrp::parse_status::need_more, "the session's octets are MSRP");
    }

    void send(bool from_source) {
        msrp::outgoing_message m{.content_type = "a/b"};
        auto const body =
            body_.substr(0, random_.below(random_.below(8) == 0 ? body_.size() : 300));
        if (from_source) {
            sources_.push_back(std::make_unique<moody_source>(body, random_.next()));
            m.source = sources_.back().get();
            if (random_.below(2) == 0) m.total = body.size() + (random_.below(8) == 0 ? 1 : 0);
        } else if (random_.below(8) == 0) {
            m.content_type = {};
        } else {
            m.body = body;
        }
        m.success_report = random_.below(2) == 0 ? msrp::report_value::yes : msrp::report_value::no;
        m.failure_report = static_cast<msrp::report_value>(random_.below(3));
        if (auto const h = session_.send(m, now_)) {
            last_ = static_cast<std::uint64_t>(*h);
            waiting_.insert(last_);
        }
    }

    void drain() {
        while (auto const event = session_.poll_event()) {
            require(!ended_, "session_ended is the last event");
            std::visit([this](auto const& e) { on(e); }, *event);
        }
    }
    void on(msrp::session_bound const& e) { require(links_.contains(e.connection), "bound"); }
    void on(msrp::message_begin const& e) {
        require(incoming_.try_emplace(std::string(e.message_id.view()), std::size_t{1000}).second,
                "a message begins once");
        for (auto const f : e.headers) require(!f.name.empty(), "the header is there");
    }
    void on(msrp::message_data const& e) {
        auto const at = incoming_.find(std::string(e.message_id.view()));
        require(at != incoming_.end() && !e.octets.empty() && e.position != 0,
                "data is of a message that began");
        unsigned sum = 0;
        for (char const c : e.octets) sum += static_cast<unsigned char>(c);
        require(sum < 0xFFFFFFFFU, "the octets are there");
        require(!at->second.insert(e.position, e.position + (e.octets.size() - 1)), "a range");
    }
    void on(msrp::message_end const& e) {
        auto const at = incoming_.find(std::string(e.message_id.view()));
        require(at != incoming_.end(), "what ends has begun");
        if (e.fate == msrp::message_fate::complete)
            require(at->second.covers(1, e.size) && at->second.octets() == e.size, "complete");
        else
            require(bool(e.why) && at->second.octets() == e.size, "why it is not complete");
        incoming_.erase(at);
    }
    void on(msrp::message_sent const& e) {
        require(waiting_.erase(static_cast<std::uint64_t>(e.handle)) == 1, "done once");
        require(e.octets <= body_.size(), "octets sent");
    }
    void on(msrp::report_received const& e) { known(e.handle); }
    void on(msrp::report_missing const& e) { known(e.handle); }
    void on(msrp::late_failure const& e) { known(e.handle); }
    void known(msrp::message_handle h) {
        require(static_cast<std::uint64_t>(h) - 1 < last_, "a message of ours");
    }
    void on(msrp::message_duplicate const&) {}
    void on(msrp::protocol_error const& e) { require(bool(e.failure.code), "why"); }
    void on(msrp::close_connection const& e) {
        auto const at = links_.find(e.connection);
        require(at != links_.end() && !at->second.closed, "closed once");
        at->second.closed = true;
    }
    void on(msrp::session_ended const&) { ended_ = true; }

    support::seeded_random random_;
    std::string_view body_ = fuzz::body();
    std::vector<std::unique_ptr<moody_source>> sources_;
    support::session session_;
    msrp::session_time now_{std::chrono::hours(1)};
    std::map<msrp::connection_id, link> links_;
    msrp::connection_id current_{};
    std::string input_;
    std::string transaction_id_ = "0000";
    std::string message_id_ = "0000";
    std::map<std::string, msrp::range_set> incoming_;
    std::set<std::uint64_t> waiting_;
    std::uint64_t last_ = 0;
    bool ended_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    if (size < 2) return 0;
    run one(data[0], data[1]);
    std::string input(reinterpret_cast<char const*>(data) + 2, size - 2);
    one.feed(input);
    one.finish();
    return 0;
}
