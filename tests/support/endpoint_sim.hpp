// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// endpoint_sim.hpp - endpoints in a simulated world: a virtual clock, a network that splits,
// delays, stalls, refuses and loses, and applications that check what they are told.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <memory_resource>
#include <optional>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <msrp/chunk_parser.hpp>
#include <msrp/endpoint.hpp>
#include <msrp/range_set.hpp>

#include "support/endpoint_rig.hpp"
#include "support/session_rig.hpp"

namespace support::sim {

using msrp::report_value;
using std::chrono::milliseconds;

/// What a run found broken, by requirement ID.
struct broken : std::runtime_error {
    using std::runtime_error::runtime_error;
};
inline void demand(bool holds, std::string_view what) {
    if (!holds) throw broken(std::string(what));
}

/// What may happen in a run.
struct weather {
    bool loses = false;       ///< connections are lost, connects refused
    bool stalls = false;      ///< readers stop reading for a while
    bool interferes = false;  ///< aborts, refuses, closes sessions
    bool narrow = false;      ///< small limits: what is refused by them is no loss
    bool shuts_down = false;  ///< at the end by `shut_down`
    std::size_t nodes = 2;
    std::size_t conversations = 4;
    std::size_t messages = 25;
    msrp::endpoint_options options{};
    std::size_t capacity = 65536;  ///< octets under way in one direction of a connection
};

/// The weather of a seed.
inline weather forecast(std::uint64_t seed) {
    seeded_random r(seed * 0x51ED27U + 11);
    auto const odds = [&](std::size_t n) { return r.below(n) == 0; };
    weather w;
    w.nodes = 2 + r.below(2);
    w.conversations = 1 + r.below(odds(4) ? 16 : 5);
    w.messages = 5 + r.below(30);
    w.loses = !odds(3);
    w.stalls = odds(2);
    w.interferes = odds(2);
    w.narrow = odds(3);
    w.shuts_down = odds(4);
    auto& o = w.options;
    o.each.parser_limits.max_header_line = 1000;
    o.each.parser_limits.max_header_block = 2000;
    o.each.max_outgoing_header = 300;
    o.each.incoming_timeout = std::chrono::seconds(100);
    o.each.block_size =
        std::array<std::size_t, 4>{65536, 65536, 4096, 1 + r.below(3000)}[r.below(4)];
    o.each.batch_size = odds(3) ? 1 : 16384;
    o.each.interrupt_point = odds(4) ? r.below(3000) : 2048;
    o.each.report_every = odds(3) ? 5000 : 0;
    o.max_connect_attempts = 1000;
    w.capacity = std::array<std::size_t, 3>{4096, 65536, 262144}[r.below(3)];
    if (odds(3)) o.each.max_transactions = 1 + r.below(4);
    if (odds(3)) {
        o.each.max_control_octets = 1;
        // Two that read nothing before they have written, over pipes that hold little, may wait for
        // each other.
        w.capacity = std::size_t{1} << 30U;
    }
    if (w.narrow) {
        o.each.max_incoming_messages = 1 + r.below(3);
        o.each.max_outgoing_messages = 2 + r.below(4);
        if (odds(2)) o.each.max_message_size = 20'000;
        if (odds(3)) o.max_connect_attempts = 2;
        if (odds(3)) o.each.max_connections = 2 + r.below(3);
    }
    return w;
}

class world;
struct node;
struct conversation;
struct message;

/// Gives a body in random pieces and now and then nothing; then it asks to be resumed.
class moody_source final : public msrp::body_source {
   public:
    moody_source(world& in, message& of, std::uint64_t seed);
    msrp::body_piece next(std::size_t at_most) override;
    std::uint64_t skip(std::uint64_t octets) override {
        auto const n = std::min<std::uint64_t>(octets, rest_.size());
        rest_.remove_prefix(static_cast<std::size_t>(n));
        return n;
    }

   private:
    world& world_;
    message& of_;
    std::string_view rest_;
    seeded_random random_;
};

/// A message, however often it is sent (always with one Message-ID).
struct message {
    std::string id;
    conversation* in = nullptr;  ///< since it was sent last
    std::size_t from = 0;        ///< node
    std::size_t to = 0;
    std::string_view body;
    bool typed = true;
    bool unwanted = false;  ///< of a type that the receiver refuses
    report_value success = report_value::no;
    report_value failure = report_value::yes;
    bool by_source = false;
    bool says_total = false;
    std::vector<std::unique_ptr<moody_source>> sources{};
    std::vector<msrp::octet_range> confirmed{};  ///< passed to the last `send`
    msrp::message_handle handle{};
    bool under_way = false;
    bool given_up = false;  ///< by its sender
    int tries = 0;
    std::error_code outcome{};
    bool fully_confirmed = false;

    // At the receiver.
    msrp::range_set seen{100'000};  ///< in all sessions
    int complete = 0;
    bool refused = false;
    std::optional<std::pair<std::vector<msrp::octet_range>, std::optional<std::uint64_t>>> part{};
    bool unexpected = false;  ///< sent on, but the receiver could not `expect` it
};

/// One end of a conversation.
struct side {
    node* at = nullptr;
    std::string uri;
    msrp::session_handle handle{};
    bool open = false;
    bool ended = false;
    std::map<std::string, msrp::range_set, std::less<>> incoming{};  ///< under way
    std::set<std::string, std::less<>> begun{};
    std::set<std::string, std::less<>> reported{};
};
struct conversation {
    std::array<side, 2> sides;
    std::vector<message*> to_resend{};
    bool resumed = false;
    int tries = 0;
    [[nodiscard]] bool over() const {
        for (auto const& s : sides)
            if (s.open && !s.ended) return false;
        return true;
    }
};

struct pipe;
/// One end of a connection.
struct pipe_end {
    node* at = nullptr;
    pipe* of = nullptr;
    msrp::connection_id id{};
    bool known = false;   ///< the endpoint has it
    bool up = false;      ///< ... and may use it
    bool closed = false;  ///< the endpoint said `close_connection`
    bool gone = false;    ///< `connection_lost` was told
    bool fin = false;     ///< the other end closes
    std::size_t told_late = 0;
    bool writing = false;       ///< `written` comes
    bool reading = false;       ///< an attempt to read is on its way
    std::string inbox{};        ///< arrived
    std::size_t under_way = 0;  ///< sent by the other end and not read
    msrp::session_time last_arrival{};
    msrp::session_time stalled_until{};
    std::string piece{};  ///< what was received last: events show it in place
    // What this end writes:
    std::unique_ptr<msrp::basic_chunk_parser<>> check{};
    message* writes = nullptr;
    side* writer = nullptr;
    std::uint64_t position = 0;
    std::string tid{};
    bool needs_answer = false;
    struct asked {
        bool success;  ///< a 200 is due
        bool error;    ///< an error may come
    };
    std::map<std::string, asked, std::less<>> requests{};  ///< its own, not answered
};
struct pipe {
    std::array<pipe_end, 2> ends;
    std::size_t to = 0;
    bool broken = false;
    bool hurt = false;  ///< was ever broken
};

struct node {
    node(std::size_t n, msrp::endpoint_options const& options, std::uint64_t seed)
        : number(n),
          host("n" + std::to_string(n) + ".example.org"),
          e(options, seeded_random(seed), std::pmr::polymorphic_allocator<char>(&memory)) {}
    std::size_t number;
    std::string host;
    counting_memory memory;
    msrp::pmr::endpoint<seeded_random> e;
    std::map<msrp::session_handle, std::pair<conversation*, std::size_t>> sessions;
    std::map<msrp::message_handle, message*> messages;
    std::map<msrp::connection_id, pipe_end*> links;
    msrp::session_time wakes = msrp::session_time::max();
};

/// Text with much that looks like framing.
inline std::string const& all_bodies() {
    static std::string const text = [] {
        std::string s(400'000, ' ');
        seeded_random r(99);
        for (auto& c : s) c = "\r\n-abcdefgh$+#"[r.below(14)];
        return s;
    }();
    return text;
}

class world {
   public:
    world(std::uint64_t seed, weather const& w) : random_(seed), w_(w) {
        w_.options.each.accepts.accepts = [](void*, std::string_view type) {
            return type != "x/unwanted";
        };
        for (std::size_t i = 0; i < w.nodes; ++i) nodes_.emplace_back(i, w_.options, seed * 7 + i);
    }

    /// One round: conversations come and go, then all is closed. All properties are checked.
    void round(std::uint64_t seed) {
        random_ = seeded_random(seed);
        calm_ = closing_ = false;
        conversations_.clear();
        messages_.clear();
        by_id_.clear();
        by_uri_.clear();
        next_message_ = next_uri_ = 0;
        for (auto& n : nodes_) {
            n.sessions.clear();
            n.messages.clear();
        }
        auto const sometime = [&] { return milliseconds(random_.below(20'000)); };
        for (std::size_t i = 0; i < w_.conversations; ++i)
            after(random_.below(3) == 0 ? sometime() : milliseconds(random_.below(200)),
                  [this] { open({}); });
        for (std::size_t i = 0; i < w_.messages; ++i)
            after(random_.below(2) == 0 ? sometime() : milliseconds(300 + random_.below(2000)),
                  [this] { send_new(); });
        if (w_.interferes)
            for (std::size_t i = 3 + random_.below(20); i != 0; --i)
                after(sometime(), [this] { interfere(); });
        if (w_.loses)
            for (std::size_t i = 1 + random_.below(6); i != 0; --i)
                after(sometime(), [this] { lose_one(); });
        if (w_.stalls)
            for (std::size_t i = 1 + random_.below(10); i != 0; --i)
                after(sometime(), [this] { stall_one(); });
        run_until(now_ + std::chrono::seconds(30));
        calm_ = true;
        // Everything has its time; what goes on for more than an hour waits for nothing that comes.
        run_until(now_ + std::chrono::hours(1));
        check_settled();
        closing_ = true;
        if (w_.shuts_down && !again_) {
            for (auto& n : nodes_) {
                n.e.shut_down(now_);
                pump(n);
            }
        } else {
            for (auto& c : conversations_)
                for (auto& s : c.sides) close(s);
        }
        run_until(now_ + std::chrono::hours(1));
        demand(queue_.empty(), "TMR-6: no timer goes on for ever");
        check_empty();
    }
    /// The same round again and again: in the end nothing may grow. Spare objects are not alike, so
    /// it may take some rounds before each was used for the most that there is.
    void repeat(std::uint64_t seed) {
        again_ = true;
        std::size_t before = 0;
        for (int same = 0, rounds = 0; same < 3; ++rounds) {
            round(seed);
            std::size_t held = 0;
            for (auto& n : nodes_) held += n.memory.live;
            same = held <= before ? same + 1 : 0;
            before = std::max(before, held);
            demand(rounds < 30, "T13: with rounds like those before it grows on and on");
        }
    }

    struct figures {
        std::size_t steps = 0, messages = 0, delivered = 0, resent = 0, lost = 0, failed = 0,
                    octets = 0, connections = 0, reports = 0, refused = 0;
    };
    [[nodiscard]] figures const& done() const { return figures_; }

    // For sources.
    void resume_later(message& m) {
        after(milliseconds(random_.below(random_.below(5) == 0 ? 5000 : 30)),
              [this, &m, h = m.handle] {
                  if (!m.under_way || m.handle != h) return;
                  auto& n = nodes_[m.from];
                  demand(!n.e.resume(h, now_), "resume of a message under way");
                  pump(n);
              });
    }

   private:
    // --- time ---

    struct happening {
        msrp::session_time at;
        std::uint64_t number;
        std::function<void()> what;
        bool operator<(happening const& o) const {
            return at != o.at ? at > o.at : number > o.number;
        }
    };
    void after(milliseconds later, std::function<void()> what) {
        queue_.push_back({now_ + later, ++happened_, std::move(what)});
        std::push_heap(queue_.begin(), queue_.end());
    }
    void run_until(msrp::session_time end) {
        while (!queue_.empty() && queue_.front().at <= end) {
            std::pop_heap(queue_.begin(), queue_.end());
            auto next = std::move(queue_.back());
            queue_.pop_back();
            now_ = std::max(now_, next.at);
            demand(++figures_.steps < 5'000'000, "CHK-7.1.1-7: it goes on and on");
            next.what();
        }
        now_ = end;
    }

    // --- an endpoint ---

    void pump(node& n) {
        drain(n);
        while (auto const c = n.e.poll_connect()) connect(n, *c);
        while (auto const c = n.e.poll_writable()) {
            auto const at = n.links.find(*c);
            if (at == n.links.end()) continue;
            after(milliseconds(random_.below(3)), [this, end = at->second] { write(*end); });
        }
        wake(n);
    }
    void wake(node& n) {
        auto const d = n.e.deadline();
        if (!d || *d >= n.wakes) return;
        n.wakes = *d;
        after(std::chrono::duration_cast<milliseconds>(std::max(*d, now_) - now_) + milliseconds(1),
              [this, &n] {
                  n.wakes = msrp::session_time::max();
                  n.e.handle_timeout(now_);
                  auto const next = n.e.deadline();
                  demand(!next || *next > now_, "TMR-1: what is due goes off");
                  pump(n);
              });
    }
    void drain(node& n) {
        while (auto const e = n.e.poll_event()) {
            if (e->session == msrp::session_handle{}) {
                if (auto const* const c = std::get_if<msrp::close_connection>(&e->what))
                    on_close(n, *c);
                else
                    throw broken("FRM-9-1: " + describe(e->what));
                continue;
            }
            auto const at = n.sessions.find(e->session);
            demand(at != n.sessions.end(), "an event of a session that is there");
            auto& [conv, which] = at->second;
            auto& s = conv->sides[which];
            demand(!s.ended, "CON-5.4-6: session_ended is the last event");
            std::visit([&, c = conv](auto const& x) { on(n, *c, s, x); }, e->what);
        }
    }

    // --- the network ---

    void connect(node& n, msrp::connect_request const& request) {
        std::size_t to = w_.nodes;
        for (auto& other : nodes_)
            if (other.host == request.target.host) to = other.number;
        demand(to < w_.nodes && request.target.port == 2855 && !request.target.secure,
               "URI-15.4-1: connects where the path says");
        for (auto& p : pipes_)
            demand(p.ends[0].at != &n || p.to != to || !p.ends[0].known || p.ends[0].closed,
                   "CON-5.4-1: one connection to one place");
        ++figures_.connections;
        auto& p = pipes_.emplace_back();
        p.to = to;
        for (auto& end : p.ends) {
            end.of = &p;
            end.check = std::make_unique<msrp::basic_chunk_parser<>>();
        }
        auto& a = p.ends[0];
        auto& b = p.ends[1];
        a.at = &n;
        b.at = &nodes_[to];
        a.id = request.connection;
        a.known = true;
        n.links[a.id] = &a;
        if (w_.loses && !calm_ && random_.below(8) == 0) {
            p.broken = p.hurt = true;
            return later_lost(a);
        }
        after(milliseconds(random_.below(100)), [this, &a] {
            if (!a.known || a.closed) return;
            demand(!a.at->e.connected(a.id, now_), "connected");
            a.up = true;
            pump(*a.at);
        });
        after(milliseconds(random_.below(100)), [this, &p, &b] {
            auto const id = b.at->e.accepted(now_);
            if (!id) {
                demand(id.error().code == msrp::error::too_many_connections ||
                           id.error().code == msrp::error::session_closed,
                       "accepted");
                return lose(p);
            }
            b.id = *id;
            b.known = b.up = true;
            b.at->links[b.id] = &b;
            pump(*b.at);
            if (p.broken)
                later_lost(b);
            else
                read_later(b);
        });
    }
    static pipe_end& other(pipe_end& e) { return e.of->ends[&e == &e.of->ends[0] ? 1 : 0]; }

    void lose(pipe& p) {
        if (p.broken) return;
        ++figures_.lost;
        p.broken = p.hurt = true;
        for (auto& end : p.ends) {
            end.under_way = end.inbox.size();  // the rest never comes
            if (end.known) later_lost(end);
        }
    }
    void later_lost(pipe_end& e) {
        after(milliseconds(random_.below(random_.below(4) == 0 ? 50'000 : 300)),
              [this, &e] { tell_lost(e); });
    }
    void tell_lost(pipe_end& e) {
        if (!e.known) return;
        e.known = e.up = false;
        e.gone = true;
        auto& n = *e.at;
        n.links.erase(e.id);
        demand(!n.e.connection_lost(e.id, now_), "connection_lost");
        demand(n.e.sessions_of(e.id) == 0, "CON-5.4-6: no session is left on it");
        pump(n);
    }
    void on_close(node& n, msrp::close_connection const& c) {
        auto const at = n.links.find(c.connection);
        demand(at != n.links.end() && !at->second->closed, "closed once");
        auto& e = *at->second;
        e.closed = true;
        demand(n.e.poll_output(e.id).empty(), "nothing is written to a closed connection");
        after(milliseconds(random_.below(100)), [this, &e] { tell_lost(e); });
        auto& peer = other(e);
        after(std::chrono::duration_cast<milliseconds>(std::max(peer.last_arrival, now_) - now_) +
                  milliseconds(1 + random_.below(30)),
              [this, &peer] {
                  peer.fin = true;
                  if (peer.known) read_later(peer);
                  if (!peer.known && !peer.gone) peer.of->broken = true;  // not accepted yet
              });
    }

    void write(pipe_end& e) {
        if (!e.known || !e.up || e.closed || e.writing) return;
        auto& n = *e.at;
        auto const views = n.e.poll_output(e.id);
        std::size_t size = 0;
        for (auto const v : views) size += v.size();
        if (size == 0) return pump(n);
        auto& peer = other(e);
        bool const vanishes = e.of->broken || peer.gone || peer.closed;
        std::size_t const room =
            vanishes ? size : w_.capacity - std::min(w_.capacity, peer.under_way);
        std::size_t const n_octets = std::min(
            {size, room,
             random_.below(3) == 0 ? size : 1 + random_.below(random_.below(4) == 0 ? 50 : size)});
        if (n_octets == 0) return pump(n);  // goes on when the peer has read
        figures_.octets += n_octets;
        std::string octets;
        octets.reserve(n_octets);
        for (auto const v : views) {
            octets += v.substr(0, n_octets - octets.size());
            if (octets.size() == n_octets) break;
        }
        examine(e, octets);
        if (!vanishes) {
            peer.under_way += n_octets;
            auto const arrives =
                std::max(peer.last_arrival,
                         now_ + milliseconds(random_.below(random_.below(9) == 0 ? 900 : 40)));
            peer.last_arrival = arrives;
            after(std::chrono::duration_cast<milliseconds>(arrives - now_),
                  [this, &peer, o = std::move(octets)] {
                      if (peer.of->broken) return;
                      peer.inbox += o;
                      read_later(peer);
                  });
        }
        // `written` may be told long after the octets were taken.
        e.writing = true;
        e.told_late = n_octets;
        auto const tell = [this, &e] {
            e.writing = false;
            if (!e.known) return;
            demand(e.at->e.written(e.id, e.told_late, now_) == std::error_code{}, "written");
            pump(*e.at);
            write(e);
            read_later(e);
        };
        auto const late =
            random_.below(3) == 0 ? random_.below(random_.below(9) == 0 ? 2500 : 60) : 0;
        pump(n);
        if (late == 0)
            tell();
        else
            after(milliseconds(late), tell);
    }
    void read_later(pipe_end& e) {
        if (e.reading || !e.known || !e.up) return;
        e.reading = true;
        auto const stall =
            std::chrono::duration_cast<milliseconds>(std::max(e.stalled_until, now_) - now_);
        after(stall + milliseconds(random_.below(4)), [this, &e] {
            e.reading = false;
            read(e);
        });
    }
    void read(pipe_end& e) {
        if (!e.known || !e.up || e.closed) return;
        if (e.stalled_until > now_) return read_later(e);
        auto& n = *e.at;
        pump(n);
        if (!e.known || e.closed) return;
        if (e.inbox.empty()) {
            if (e.fin) tell_lost(e);
            return;
        }
        if (!n.e.can_receive(e.id)) {
            if (e.of->broken || other(e).gone || other(e).closed) write(e);
            return;  // goes on by `written`
        }
        auto const size =
            std::min(e.inbox.size(), 1 + random_.below(std::array<std::size_t, 4>{
                                             60, 3000, 65536, 65536}[random_.below(4)]));
        std::string piece = e.inbox.substr(0, size);
        e.inbox.erase(0, size);
        e.under_way -= size;
        e.piece.swap(piece);
        demand(!n.e.receive(e.id, e.piece, now_), "receive");
        pump(n);
        read_later(e);
        auto& peer = other(e);
        if (peer.known && !peer.writing) write(peer);
    }
    void lose_one() {
        std::vector<pipe*> there;
        for (auto& p : pipes_)
            if (!p.broken && (p.ends[0].known || p.ends[1].known)) there.push_back(&p);
        if (!there.empty()) lose(*there[random_.below(there.size())]);
    }
    void stall_one() {
        for (auto& p : pipes_)
            if (random_.below(2) == 0)
                p.ends[random_.below(2)].stalled_until =
                    now_ + milliseconds(random_.below(random_.below(5) == 0 ? 45'000 : 4000));
    }

    // --- what stands on the wire ---

    void examine(pipe_end& e, std::string_view octets) {
        demand(!e.check->feed(octets), "FRM-9-1: what is written parses");
        msrp::chunk_event event;
        for (;;) {
            auto const status = e.check->poll(event);
            if (status == msrp::parse_status::need_more) return;
            demand(status == msrp::parse_status::event, "FRM-9-1: what is written parses");
            if (auto const* const b = std::get_if<msrp::chunk_begin>(&event))
                examine_begin(e, *b);
            else if (auto const* const d = std::get_if<msrp::chunk_data>(&event))
                examine_data(e, d->octets);
            else
                examine_end(e, std::get_if<msrp::chunk_end>(&event)->flag);
        }
    }
    void examine_begin(pipe_end& e, msrp::chunk_begin const& b) {
        e.writes = nullptr;
        e.tid = b.transaction_id;
        e.needs_answer = false;
        if (!b.is_request()) {
            auto& requests = other(e).requests;
            auto const at = requests.find(b.transaction_id);
            demand(at != requests.end(), "TRX-7.2-1: one response to a request of the peer");
            demand(b.status == 200 ? at->second.success : at->second.error,
                   "TRX-7.1.4-2: a response that was asked for");
            requests.erase(at);
            return;
        }
        auto const from = by_uri_.find(b.headers.from_path().back().text);
        demand(from != by_uri_.end(), "From-Path is a session's");
        e.writer = from->second;
        demand(e.writer->at == e.at, "From-Path is ours");
        auto const id = b.headers.message_id();
        demand(bool(id), "a request has its Message-ID");
        auto const found = by_id_.find(*id);
        message* const m = found == by_id_.end() ? nullptr : found->second;
        auto const range = b.headers.byte_range();
        demand(bool(range), "a request has its range");
        if (b.method == msrp::method::REPORT) {
            demand(m != nullptr && m->to == e.at->number, "RPT-7.1.2-4: about a message that came");
            auto const status = b.headers.status();
            demand(bool(status), "RPT-7.1.2-1: with its status");
            if (status->code != 200) {
                demand(m->refused && m->failure != report_value::no,
                       "RPT-7.1.4-2: a failure that may be told");
                return;
            }
            ++figures_.reports;
            demand(m->success == report_value::yes, "RPT-7.1.1-1: none that was not asked for");
            if (w_.options.each.report_every == 0)
                demand(e.writer->reported.insert(m->id).second,
                       "RPT-7.1.3-1: no octets are reported twice");
            if (range->end.value_or(0) >= range->start)
                demand(m->seen.covers(range->start, *range->end),
                       "RPT-7.1.3-1: only what came is reported");
            return;
        }
        demand(b.method == msrp::method::SEND, "SEND or REPORT");
        demand(!e.requests.contains(b.transaction_id),
               "FRM-7.1-1: no transaction id is used twice at once");
        auto failure = report_value::yes;
        if (auto const asks = b.headers.failure_report()) failure = *asks;
        if (failure != report_value::no)
            e.requests[std::string(b.transaction_id)] = {failure == report_value::yes, true};
        if (m == nullptr) {  // it binds
            demand(!b.has_body, "CON-5.4-3: what binds has no body");
            return;
        }
        demand(m->from == e.at->number && m->in != nullptr, "a message of ours");
        demand(failure == m->failure, "TRX-7.1.1-1: Failure-Report as asked");
        auto const success = b.headers.success_report();
        demand((success && *success == report_value::yes) == (m->success == report_value::yes),
               "TRX-7.1.1-1: Success-Report as asked");
        e.writes = m;
        e.position = range->start;
        demand(!range->total || *range->total == m->body.size() || m->given_up,
               "CHK-7.1.1-2: the total");
    }
    void examine_data(pipe_end& e, std::string_view octets) {
        if (e.writes == nullptr) return;
        auto& m = *e.writes;
        auto const at = e.position - 1;
        demand(at + octets.size() <= m.body.size() && m.body.substr(at, octets.size()) == octets,
               "CHK-7.1.1-2: octets stand where the range says");
        for (auto const& r : m.confirmed)
            demand(e.position > r.last || e.position + octets.size() - 1 < r.first,
                   "CON-5.4-6: what the peer has is not sent again");
        e.position += octets.size();
    }
    void examine_end(pipe_end& e, msrp::continuation_flag flag) {
        if (e.writes == nullptr) return;
        auto& m = *e.writes;
        if (flag == msrp::continuation_flag::complete)
            demand(e.position == m.body.size() + 1, "CHK-7.3.1-2: the end is at the end");
        if (flag == msrp::continuation_flag::aborted)
            demand(m.given_up || m.unwanted || w_.loses || w_.interferes || w_.narrow || w_.stalls,
                   "CHK-7.3.1-4: aborted for a reason");
        e.writes = nullptr;
    }

    // --- applications ---

    std::string new_uri(node const& n) {
        auto number = std::to_string(100'000 + ++next_uri_);
        return "msrp://" + n.host + ":2855/s" + number + ";tcp";
    }
    /// A new conversation; of an old one, whose messages are sent on.
    void open(std::vector<message*> again, std::size_t from = 9, std::size_t to = 9,
              int tries = 0) {
        if (calm_ && tries > 6) return;
        if (from == 9) {
            from = random_.below(w_.nodes);
            to = (from + 1 + random_.below(w_.nodes - 1)) % w_.nodes;
        }
        auto& c = conversations_.emplace_back();
        c.tries = tries;
        c.to_resend = std::move(again);
        c.resumed = !c.to_resend.empty();
        for (std::size_t i = 0; i < 2; ++i) {
            c.sides[i].at = &nodes_[i == 0 ? from : to];
            c.sides[i].uri = new_uri(*c.sides[i].at);
            by_uri_[c.sides[i].uri] = &c.sides[i];
        }
        if (!open_side(c, 1)) return fail(c);
        for (auto* const m : c.to_resend) {  // CON-5.4-6
            if (!m->part) continue;
            auto const a = m->to == to ? std::size_t{1} : std::size_t{0};
            if (a == 1) expect(c.sides[1], *m);
        }
        pump(*c.sides[1].at);
        after(milliseconds(random_.below(400)), [this, &c] {
            if (c.sides[1].ended) return;
            if (!open_side(c, 0)) {
                close(c.sides[1]);
                return fail(c);
            }
            for (auto* const m : std::exchange(c.to_resend, {})) {
                if (m->part && &nodes_[m->to] == c.sides[0].at) expect(c.sides[0], *m);
                send(c, *m);
            }
            pump(*c.sides[0].at);
        });
    }
    bool open_side(conversation& c, std::size_t which) {
        auto& s = c.sides[which];
        auto& n = *s.at;
        auto const local = msrp::read_path(s.uri);
        auto const remote = msrp::read_path(c.sides[1 - which].uri);
        msrp::session_parameters p{*local, *remote};
        p.role = which == 0 ? msrp::connection_role::active : msrp::connection_role::passive;
        if (which == 0 && random_.below(4) == 0)  // one that the peer opened
            for (auto& x : pipes_)
                if (x.ends[1].at == &n && x.ends[1].known && !x.ends[1].closed &&
                    x.ends[0].at == c.sides[1].at)
                    p.connection = x.ends[1].id;
        auto const h = n.e.open(p, now_);
        if (!h) {
            demand(w_.narrow && (h.error().code == msrp::error::connect_refused ||
                                 h.error().code == msrp::error::too_many_connections),
                   "open: " + h.error().code.message());
            return false;
        }
        s.handle = *h;
        s.open = true;
        n.sessions[*h] = {&c, which};
        return true;
    }
    void fail(conversation& c) {
        if (c.to_resend.empty()) return;
        auto again = std::exchange(c.to_resend, {});
        after(std::chrono::seconds(30), [this, &c, again = std::move(again)] {
            open(again, c.sides[0].at->number, c.sides[1].at->number, c.tries + 1);
        });
    }
    void expect(side& s, message& m) {
        auto const failed = s.at->e.expect(s.handle, m.id, m.part->first, m.part->second, now_);
        if (failed) {
            demand(w_.narrow && failed == msrp::error::too_many_messages,
                   "CON-5.4-6: expect: " + failed.message());
            m.unexpected = true;
            return;
        }
        auto& got = s.incoming.try_emplace(m.id, std::size_t{100'000}).first->second;
        for (auto const& r : m.part->first) static_cast<void>(got.insert(r.first, r.last));
        s.begun.insert(m.id);
        m.part.reset();
    }

    conversation* some_open() {
        std::vector<conversation*> there;
        for (auto& c : conversations_)
            if (c.sides[0].open && !c.sides[0].ended && !c.sides[1].ended) there.push_back(&c);
        return there.empty() ? nullptr : there[random_.below(there.size())];
    }
    void send_new() {
        auto* const c = some_open();
        if (c == nullptr) return;
        auto& m = messages_.emplace_back();
        m.id = "m" + std::to_string(1'000'000 + ++next_message_);
        by_id_[m.id] = &m;
        std::size_t const which = random_.below(2);
        m.from = c->sides[which].at->number;
        m.to = c->sides[1 - which].at->number;
        std::size_t const sizes[] = {1, 60, 2048, 2100, 9000, 40'000, 100'000, 300'000};
        std::size_t const size = random_.below(sizes[random_.below(random_.below(4) == 0 ? 8 : 6)]);
        m.body = std::string_view(all_bodies()).substr(random_.below(90'000), size);
        m.success = random_.below(2) == 0 ? report_value::yes : report_value::no;
        m.failure = std::array{report_value::yes, report_value::yes, report_value::yes,
                               report_value::no, report_value::partial}[random_.below(5)];
        m.by_source = random_.below(2) == 0;
        m.says_total = random_.below(2) == 0;
        if (random_.below(20) == 0) {
            m.typed = m.by_source = false;
            m.body = {};
        } else if (random_.below(25) == 0) {
            m.unwanted = true;
        }
        send(*c, m);
        pump(nodes_[m.from]);
    }
    void send(conversation& c, message& m) {
        auto& s = c.sides[c.sides[0].at->number == m.from ? 0 : 1];
        m.in = &c;
        msrp::outgoing_message out;
        if (m.typed) out.content_type = m.unwanted ? "x/unwanted" : "text/plain";
        if (m.by_source) {
            m.sources.push_back(std::make_unique<moody_source>(*this, m, random_.next()));
            out.source = m.sources.back().get();
            if (m.says_total) out.total = m.body.size();
        } else {
            out.body = m.body;
        }
        out.success_report = m.success;
        out.failure_report = m.failure;
        out.message_id = m.id;
        out.confirmed = m.confirmed;
        auto const h = s.at->e.send(s.handle, out, now_);
        if (!h) {
            auto const why = h.error().code;
            demand(why == msrp::error::too_many_messages || why == msrp::error::no_such_session ||
                       (m.unwanted && why == msrp::error::refused),
                   "send: " + why.message());
            demand(why != msrp::error::too_many_messages || w_.narrow, "send: too many messages");
            m.outcome = why;
            return;
        }
        ++m.tries;
        ++figures_.messages;
        if (m.tries > 1) ++figures_.resent;
        m.handle = *h;
        m.under_way = true;
        m.outcome = {};
        s.at->messages[*h] = &m;
    }
    void close(side& s) {
        if (!s.open || s.ended) return;
        static_cast<void>(s.at->e.close(s.handle, now_));
        pump(*s.at);
    }
    void interfere() {
        switch (random_.below(6)) {
            case 0:
                if (auto* const c = some_open(); c != nullptr && random_.below(3) == 0) {
                    close(c->sides[random_.below(2)]);
                    break;
                }
                [[fallthrough]];
            case 1:
            case 2: {  // abort
                std::vector<message*> there;
                for (auto& m : messages_)
                    if (m.under_way) there.push_back(&m);
                if (there.empty()) break;
                auto& m = *there[random_.below(there.size())];
                m.given_up = true;
                static_cast<void>(nodes_[m.from].e.abort(m.handle, now_));
                pump(nodes_[m.from]);
                break;
            }
            case 3: {  // refuse what is under way
                auto* const c = some_open();
                if (c == nullptr) break;
                for (auto& s : c->sides) {
                    if (s.incoming.empty()) continue;
                    auto const id = s.incoming.begin()->first;
                    by_id_.find(id)->second->refused = true;
                    demand(!s.at->e.refuse(s.handle, id, 413, now_), "refuse what is under way");
                    pump(*s.at);
                    break;
                }
                break;
            }
            default: {  // ... and what is there already
                auto* const c = some_open();
                if (c == nullptr) break;
                for (auto& m : messages_) {
                    if (m.complete == 0 || m.refused || m.in != c) continue;
                    auto& s = c->sides[c->sides[0].at->number == m.to ? 0 : 1];
                    m.refused = true;
                    auto const failed = s.at->e.refuse(s.handle, m.id, 403, now_);
                    demand(!failed || failed == msrp::error::no_such_message ||
                               failed == msrp::error::no_such_session,
                           "RPT-7.1.2-4: refuse what is complete");
                    pump(*s.at);
                    break;
                }
            }
        }
    }

    // --- events ---

    message& of(side const& s, std::string_view id) {
        auto const at = by_id_.find(id);
        demand(at != by_id_.end() && at->second->to == s.at->number, "a message of the peer's");
        return *at->second;
    }
    void on(node&, conversation&, side& s, msrp::session_bound const& e) {
        auto const at = s.at->links.find(e.connection);
        demand(at != s.at->links.end(), "CON-5.4-5: bound to a connection that is there");
        demand(s.at->e.connection_of(s.handle) == e.connection, "CON-5.4-5: that one");
    }
    void on(node&, conversation&, side& s, msrp::message_begin const& e) {
        auto& m = of(s, e.message_id.view());
        demand(!m.unwanted, "SDP-8.6-3: a type that is not accepted");
        demand(s.begun.insert(m.id).second && !s.incoming.contains(m.id),
               "CHK-5.4-1: a message begins once");
        demand(e.content_type == "text/plain", "its type");
        s.incoming.try_emplace(m.id, std::size_t{100'000});
    }
    void on(node&, conversation&, side& s, msrp::message_data const& e) {
        auto& m = of(s, e.message_id.view());
        auto const at = s.incoming.find(e.message_id.view());
        demand(at != s.incoming.end(), "CHK-7.3.1-1: data of a message under way");
        demand(!e.octets.empty() && e.position != 0 &&
                   e.position - 1 + e.octets.size() <= m.body.size() &&
                   m.body.substr(e.position - 1, e.octets.size()) == e.octets,
               "CHK-7.3.1-1: the right octets at the right place");
        auto const last = e.position + e.octets.size() - 1;
        demand(!at->second.insert(e.position, last), "ranges");
        demand(!m.seen.insert(e.position, last), "ranges");
    }
    void on(node&, conversation&, side& s, msrp::message_end const& e) {
        auto& m = of(s, e.message_id.view());
        auto const at = s.incoming.find(e.message_id.view());
        demand(at != s.incoming.end(), "CHK-7.3.1-2: what ends is under way");
        auto const& got = at->second;
        if (e.fate == msrp::message_fate::complete) {
            demand(e.size == m.body.size() && got.covers(1, e.size) && got.octets() == e.size,
                   "CHK-7.3.1-2: complete with every octet");
            demand(!e.why, "complete for no reason");
            ++m.complete;
            ++figures_.delivered;
        } else {
            demand(bool(e.why), "why it is not complete");
            demand(e.size == got.octets(), "CHK-7.3.1-2: the octets that came");
            if (e.fate == msrp::message_fate::refused) {
                demand(m.refused || w_.narrow, "CHK-14.5-1: refused for a reason");
                m.refused = true;
                ++figures_.refused;
            }
            if (e.fate == msrp::message_fate::aborted)
                demand(m.given_up || w_.loses || w_.stalls || w_.interferes || w_.narrow,
                       "CHK-7.3.1-4: aborted by its sender");
        }
        m.part.reset();
        if (e.fate == msrp::message_fate::incomplete) {
            demand(e.received.size() == got.size() &&
                       std::equal(e.received.begin(), e.received.end(), got.begin()),
                   "CON-5.4-6: what came of it");
            m.part.emplace(std::vector(e.received.begin(), e.received.end()), e.total);
        }
        s.incoming.erase(at);
    }
    void on(node&, conversation&, side&, msrp::message_duplicate const&) {
        throw broken("CHK-5.4-1: nothing is sent twice in one session");
    }
    message& mine(node& n, msrp::message_handle h) {
        auto const at = n.messages.find(h);
        demand(at != n.messages.end(), "a message of ours");
        return *at->second;
    }
    void on(node& n, conversation& c, side&, msrp::message_sent const& e) {
        auto& m = mine(n, e.handle);
        demand(m.under_way && m.handle == e.handle && m.in == &c,
               "TRX-7.1.4-1: message_sent, exactly once");
        m.under_way = false;
        m.outcome = e.outcome;
        for (auto const& r : e.confirmed)
            demand(m.seen.covers(r.first, r.last), "CON-5.4-6: confirmed is what the peer has");
        if (!e.outcome) {
            demand(e.octets == m.body.size(), "all octets were written");
            demand(!m.unwanted || m.failure != report_value::yes, "415 is an error");
            if (m.failure == report_value::yes && m.typed)
                demand(m.seen.covers(1, m.body.size()), "TRX-7.2-1: nothing acknowledged is lost");
            return;
        }
        ++figures_.failed;
        if (e.outcome == std::errc::operation_canceled) {
            demand(m.given_up, "canceled by abort");
        } else {
            demand(e.outcome != msrp::error::refused || m.refused || m.unwanted || w_.narrow,
                   "refused for a reason");
            demand(e.outcome != msrp::error::timed_out || w_.loses || w_.stalls || w_.narrow,
                   "TMR-1: timed out for a reason");
            demand(e.outcome.category() == make_error_code(msrp::error::timed_out).category(),
                   "io_error, message_size: the source was right");
        }
        m.confirmed.assign(e.confirmed.begin(), e.confirmed.end());
        bool const again =
            e.outcome == msrp::error::connection_lost || e.outcome == msrp::error::timed_out ||
            e.outcome == msrp::error::no_such_session || e.outcome == msrp::error::session_closed;
        if (again && !m.given_up && !m.refused && !m.unwanted && m.typed && !closing_) {
            if (e.outcome == msrp::error::session_closed || m.tries > 5) return;
            c.to_resend.push_back(&m);
        }
    }
    void on(node& n, conversation&, side&, msrp::late_failure const& e) {
        auto& m = mine(n, e.handle);
        demand(m.failure == report_value::partial, "TRX-7.1.4-2: late failures are of partial");
    }
    void on(node& n, conversation&, side&, msrp::report_received const& e) {
        auto& m = mine(n, e.handle);
        if (e.status != 200) {
            demand(m.refused, "RPT-7.1.4-1: a failure for a reason");
            return;
        }
        demand(m.success == report_value::yes, "RPT-7.1.1-1: a report that was asked for");
        if (e.fully_confirmed) {
            demand(m.seen.covers(1, m.body.size()), "RPT-7.1.3-1: reported is there");
            m.fully_confirmed = true;
        }
    }
    void on(node& n, conversation&, side&, msrp::report_missing const& e) {
        auto& m = mine(n, e.handle);
        demand(m.success == report_value::yes && !m.under_way, "RPT-7.1.1-1: a report is missing");
    }
    void on(node&, conversation& c, side& s, msrp::session_ended const& e) {
        s.ended = true;
        demand(s.incoming.empty(), "CHK-7.3.1-2: each message that began ended");
        demand(!e.reason || w_.loses || w_.stalls || w_.narrow || w_.interferes,
               "CON-5.4-6: a session ends for a reason: " + e.reason.message());
        if (closing_) return;
        // Signalling: the other side learns of it; what was not confirmed goes on anew.
        after(milliseconds(20 + random_.below(800)), [this, &c] {
            for (auto& x : c.sides) close(x);
            if (c.over() && !c.to_resend.empty()) resume(c);
        });
    }
    void on(node&, conversation&, side&, msrp::protocol_error const&) {
        throw broken("FRM-9-1: what the peer wrote is MSRP");
    }
    void on(node&, conversation&, side&, msrp::close_connection const&) {
        throw broken("a connection is no session's");
    }
    void resume(conversation& c) {
        auto again = std::exchange(c.to_resend, {});
        std::erase_if(again, [](message const* m) { return m->given_up || m->refused; });
        if (again.empty()) return;
        open(std::move(again), c.sides[0].at->number, c.sides[1].at->number, c.tries + 1);
    }

    // --- in the end ---

    std::string waiting_in(conversation& c) {
        std::string out;
        for (auto& s : c.sides) {
            auto const link = s.at->e.connection_of(s.handle);
            out += s.at->host + (s.ended ? " ended" : link ? " bound" : " unbound") + "; ";
            out += std::to_string(s.at->e.transactions()) + " transactions, " +
                   std::to_string(s.at->e.timers()) + " timers; ";
            if (!link) continue;
            auto& e = *s.at->links.at(*link);
            out += (e.up ? "up, " : "not up, ") + std::to_string(e.under_way) + " to read, " +
                   std::to_string(other(e).under_way) + " written and not read; ";
        }
        for (auto& m : messages_)
            if (m.under_way && m.in == &c)
                out += m.id + " from n" + std::to_string(m.from) + " at " +
                       std::to_string(nodes_[m.from].e.progress(m.handle)->sent) + " of " +
                       std::to_string(m.body.size()) + "; ";
        return out;
    }

    void check_settled() {
        for (auto& c : conversations_)
            for (auto& s : c.sides) {
                if (!s.open || s.ended) continue;
                demand(s.at->e.outgoing(s.handle) == 0,
                       "CHK-7.1.1-7: no deadlock: all is sent: " + waiting_in(c));
                demand(s.incoming.empty(), "TMR-3: no message waits for ever");
            }
        for (auto& m : messages_) {
            demand(!m.under_way, "CHK-7.1.1-7: no deadlock: every message is done");
            bool const fine = !m.outcome && m.tries != 0 && m.typed && !m.refused && !m.unwanted;
            if (fine && m.failure == report_value::yes) {
                demand(m.seen.covers(1, m.body.size()), "TRX-7.2-1: nothing acknowledged is lost");
                demand(m.complete != 0 || m.unexpected || m.tries > 1,
                       "CHK-7.3.1-2: what is acknowledged is complete");
                if (m.success == report_value::yes && m.tries == 1 && !w_.loses && !w_.stalls &&
                    !w_.interferes && !w_.narrow)
                    demand(m.fully_confirmed, "RPT-7.1.3-1: reported to the end");
            }
            if (!w_.loses && !w_.stalls && !w_.interferes && !w_.narrow && m.typed && !m.unwanted)
                demand(!m.outcome && m.complete == 1 && m.tries == 1,
                       "CHK-7.3.1-2: undisturbed, all arrives once");
            demand(m.complete <= m.tries, "CHK-5.4-1: complete once a session");
        }
        for (auto& p : pipes_) {
            if (p.hurt) continue;
            for (auto& e : p.ends) {
                demand(e.inbox.empty() || !e.known, "CHK-7.1.1-7: no deadlock: all is read");
                if (e.known && !e.closed)
                    for (auto const& [id, r] : e.requests)
                        demand(!r.success, "TRX-7.2-1: each request was answered: " + id);
            }
        }
    }
    void check_empty() {
        for (auto& c : conversations_)
            for (auto& s : c.sides) demand(!s.open || s.ended, "CON-5.4-7: closed sessions end");
        for (auto& n : nodes_) {
            demand(n.e.sessions() == 0, "T13: no session is left");
            demand(n.e.connections() == 0, "TMR-5: no connection is left");
            demand(n.e.transactions() == 0, "T18: no transaction is left");
            demand(n.e.timers() == 0 && !n.e.deadline(), "TMR-6: no timer is left");
        }
        pipes_.clear();
    }

    seeded_random random_;
    weather w_;
    msrp::session_time now_{std::chrono::hours(1)};
    std::vector<happening> queue_;
    std::uint64_t happened_ = 0;
    std::uint64_t next_message_ = 0;
    std::uint64_t next_uri_ = 0;
    std::deque<pipe> pipes_;
    std::deque<conversation> conversations_;
    std::deque<message> messages_;
    std::map<std::string, message*, std::less<>> by_id_;
    std::map<std::string, side*, std::less<>> by_uri_;
    std::deque<node> nodes_;
    bool calm_ = false;
    bool again_ = false;
    bool closing_ = false;
    figures figures_;
};

inline moody_source::moody_source(world& in, message& of, std::uint64_t seed)
    : world_(in), of_(of), rest_(of.body), random_(seed) {}

inline msrp::body_piece moody_source::next(std::size_t at_most) {
    demand(of_.under_way && of_.sources.back().get() == this,
           "the source of a message that is done is let alone");
    if (random_.below(4) == 0) {
        world_.resume_later(of_);
        return {{}, random_.below(2) == 0 ? msrp::body_state::wait : msrp::body_state::more};
    }
    auto const n = std::min({rest_.size(), at_most, std::size_t{1} + random_.below(30'000)});
    auto const piece = rest_.substr(0, n);
    rest_.remove_prefix(n);
    if (n == 0) return {{}, msrp::body_state::last};
    bool const last = rest_.empty() && random_.below(2) == 0;
    return {piece, last ? msrp::body_state::last : msrp::body_state::more};
}

}  // namespace support::sim
