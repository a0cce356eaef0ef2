// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// written_shapes.cpp - for tshark_test.py: writes what an endpoint writes, in every shape that the
// two of a session come to without luck: chunks ended by "+" and "#", open ranges, refusals,
// REPORTs, paths through relays, AUTH. But no body with a line that begins with seven dashes:
// tshark takes every one for an end-line. Usage: written_shapes ANN BOB: the octets of either side.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include <msrp/chunk_serializer.hpp>
#include <msrp/endpoint.hpp>
#include <msrp/path.hpp>

namespace {

/// The same ids in every run.
struct counter {
    unsigned state;
    void operator()(std::span<unsigned char> out) {
        for (auto& octet : out) {
            state = state * 1664525U + 1013904223U;
            octet = static_cast<unsigned char>(state >> 24U);
        }
    }
};
using endpoint = msrp::endpoint<counter>;

constexpr std::string_view ann_uri = "msrp://192.0.2.1:7001/4kx92jmq0v8s;tcp";
constexpr std::string_view bob_uri = "msrp://[2001:db8::7]:7002/zp3ht61wlbc5;tcp";
constexpr std::string_view first_relay = "msrp://relay.example:2855/f7e1;tcp";
constexpr std::string_view second_relay = "msrp://bob@relay.example.net:2855/s9=2;tcp";

std::string operator+(std::string a, std::string_view b) { return a.append(b); }

void replace(std::string& in, std::string const& what, std::string const& by) {
    for (auto at = in.find(what); at != std::string::npos; at = in.find(what, at + by.size()))
        in.replace(at, what.size(), by);
}

/// Both relays at once, as what comes out behind them shows (RFC 4976, 6.1 to 6.3).
struct relays {
    bool there;
    /// Heads of one direction, in text: no body of this program looks like one.
    void pass(std::string& octets, bool to_bob) const {
        if (!there) return;
        std::string const there_and_back[2] = {std::string(first_relay) + " " + second_relay,
                                               std::string(second_relay) + " " + first_relay};
        auto const& out = there_and_back[to_bob ? 0 : 1];
        auto const& in = there_and_back[to_bob ? 1 : 0];
        std::string const from(to_bob ? ann_uri : bob_uri);
        std::string const to(to_bob ? bob_uri : ann_uri);
        replace(octets, "To-Path: " + out + " " + to + "\r\nFrom-Path: " + from,
                "To-Path: " + to + "\r\nFrom-Path: " + in + " " + from);
        // A response goes one hop: the relay next to the other side has one of its own for it.
        auto const near = std::string(to_bob ? first_relay : second_relay);
        auto const far = std::string(to_bob ? second_relay : first_relay);
        replace(octets, "To-Path: " + near + "\r\nFrom-Path: " + from,
                "To-Path: " + to + "\r\nFrom-Path: " + far);
    }
};

/// A body whose size nobody knows before its end.
class generator final : public msrp::body_source {
   public:
    explicit generator(std::string text) : text_(std::move(text)) {}
    msrp::body_piece next(std::size_t at_most) override {
        auto const size = std::min(at_most, text_.size() - at_);
        std::string_view const piece = std::string_view(text_).substr(at_, size);
        at_ += size;
        return {piece, at_ == text_.size() ? msrp::body_state::last : msrp::body_state::more};
    }

   private:
    std::string text_;
    std::size_t at_ = 0;
};

struct side {
    endpoint e;
    msrp::connection_id connection{};
    std::string written{};  ///< in all
    std::string input{};
};

class run {
   public:
    run(bool through_relays, std::uint64_t max_chunk, std::uint64_t report_every)
        : relays_{through_relays},
          ann_{endpoint(options(max_chunk, 0), counter{static_cast<unsigned>(max_chunk) + 1U})},
          bob_{endpoint(options(0, report_every), counter{7U})} {}

    /// @return whether all went as it is meant to go.
    bool talk() {
        std::string const between = std::string(first_relay) + " " + second_relay + " ";
        std::string const back = std::string(second_relay) + " " + first_relay + " ";
        std::string const ann(ann_uri), bob(bob_uri);
        auto const to_bob_text = relays_.there ? between + bob : bob;
        auto const to_ann_text = relays_.there ? back + ann : ann;
        auto const own = msrp::read_path(ann), remote = msrp::read_path(to_bob_text);
        auto const bobs = msrp::read_path(bob), anns = msrp::read_path(to_ann_text);
        if (!own || !remote || !bobs || !anns) return false;
        auto const session = ann_.e.open(
            {.local = *own, .remote = *remote, .role = msrp::connection_role::active}, now_);
        auto const other = bob_.e.open(
            {.local = *bobs, .remote = *anns, .role = msrp::connection_role::passive}, now_);
        if (!session || !other) return false;
        ann_.connection = ann_.e.poll_connect()->connection;
        bob_.connection = *bob_.e.accepted(now_);
        if (ann_.e.connected(ann_.connection, now_)) return false;

        using msrp::report_value;
        static constexpr std::array<msrp::outgoing_field, 4> fields{{
            {"X-Mood", "fair"},
            {"Content-ID", "<note.1@ann.example>"},
            {"Content-Description", "a note"},
            {"Content-Disposition", "inline; filename=\"a note.txt\""},
        }};
        std::string const large = text(20'000);
        std::string const larger = text(30'000);
        generator unknown(text(9'000));
        auto const send = [&](msrp::outgoing_message const& m) {
            return ann_.e.send(*session, m, now_);
        };
        // Under way together: the two large ones interrupt each other.
        auto const aborted = send({.content_type = "application/x-aborted", .body = larger});
        bool good = aborted.has_value();
        good &= send({.content_type = "application/x-large",
                      .body = large,
                      .success_report = report_value::yes})
                    .has_value();
        move();
        good &= !ann_.e.abort(*aborted, now_);
        good &= send({.content_type = "text/plain",
                      .body = "Is the kettle on?",
                      .success_report = report_value::yes,
                      .failure_report = report_value::no,
                      .fields = fields})
                    .has_value();
        good &= send({.content_type = "text/x-unknown;charset=utf-8",
                      .source = &unknown,
                      .success_report = report_value::yes,
                      .failure_report = report_value::partial})
                    .has_value();
        good &= send({.content_type = "text/plain", .body = ""}).has_value();
        good &= send({}).has_value();
        good &= send({.content_type = "application/x-early", .body = large}).has_value();
        good &= send({.content_type = "application/x-late", .body = "not this"}).has_value();
        good &= send({.content_type = "text/plain",
                      .body = "MSRP not one SEND\r\n------4kx92jmq$\r\n\r\n"})
                    .has_value();
        while (move()) {
        }
        return good && refused_ == 2 && aborted_ == 1 && failures_ == 1 && confirmed_ == 3;
    }
    std::string const& of_ann() const { return ann_.written; }
    std::string const& of_bob() const { return bob_.written; }

   private:
    static msrp::endpoint_options options(std::uint64_t max_chunk, std::uint64_t report_every) {
        msrp::endpoint_options o;
        o.each.block_size = 4096;
        o.each.max_chunk_size = max_chunk;
        o.each.report_every = report_every;
        return o;
    }
    static std::string text(std::size_t size) {
        std::string out(size, ' ');
        for (std::size_t i = 0; i < size; ++i)
            out[i] = i % 61 == 60 ? '\n' : static_cast<char>('a' + i % 23);
        return out;
    }

    /// One write of each side. @return whether there was anything.
    bool move() {
        bool const there = move(ann_, bob_, true);
        bool const back = move(bob_, ann_, false);
        return there || back;
    }
    bool move(side& from, side& to, bool to_bob) {
        std::string octets;
        for (auto const view : from.e.poll_output(from.connection)) octets += view;
        if (octets.empty() || from.e.written(from.connection, octets.size(), now_)) return false;
        from.written += octets;
        to.input = octets;
        relays_.pass(to.input, to_bob);
        drain(to);  // `abort` told something too
        if (to.e.receive(to.connection, to.input, now_)) return false;
        drain(to);
        return true;
    }
    void drain(side& s) {
        while (auto const event = s.e.poll_event()) take(s, *event);
    }
    void take(side& s, msrp::endpoint_event const& event) {
        if (auto const* b = std::get_if<msrp::message_begin>(&event.what)) {
            if (b->content_type == "application/x-early" &&
                !s.e.refuse(event.session, b->message_id.view(), 413, now_))
                ++refused_;
            if (b->content_type == "application/x-late") late_ = b->message_id;
        } else if (auto const* end = std::get_if<msrp::message_end>(&event.what)) {
            if (end->message_id == late_ && !s.e.refuse(event.session, late_.view(), 488, now_))
                ++refused_;
            if (end->fate == msrp::message_fate::aborted) ++aborted_;
        } else if (auto const* r = std::get_if<msrp::report_received>(&event.what)) {
            if (r->fully_confirmed) ++confirmed_;
            if (r->status == 488) ++failures_;
        }
    }

    relays relays_;
    side ann_;
    side bob_;
    msrp::session_time now_{std::chrono::seconds(1)};
    msrp::message_ident late_{};
    int refused_ = 0, aborted_ = 0, failures_ = 0, confirmed_ = 0;
};

/// What an endpoint does not write of itself: AUTH (RFC 4976, 5.1) and NICKNAME (RFC 7701, 7.1).
bool requests(std::string& ann, std::string& relay) {
    auto const own = msrp::read_path(ann_uri);
    auto const to = msrp::read_path(first_relay);
    std::string const way_text = std::string(second_relay) + " " + first_relay;
    auto const way = msrp::read_path(way_text);
    if (!own || !to || !way) return false;
    std::array<char, 2048> memory;
    bool good = true;
    auto const add = [&](std::string& out, msrp::head_writer& w) {
        auto const text = w.finish_without_body();
        good &= text.has_value();
        if (text) out += *text;
    };
    using msrp::field;
    auto const request = [&](std::string_view id, std::string_view method) {
        msrp::head_writer w{memory};
        static_cast<void>(w.request(id, method, *to, *own));
        return w;
    };
    auto const response = [&](std::string_view id, std::uint16_t status, std::string_view comment) {
        msrp::head_writer w{memory};
        static_cast<void>(w.response(id, status, comment, *own, *to));
        return w;
    };
    auto auth = request("auth0001", "AUTH");
    add(ann, auth);
    auto challenge = response("auth0001", 401, "Unauthorized, so far");
    static_cast<void>(challenge.field("WWW-Authenticate",
                                      "Digest realm=\"relay.example\", nonce=\"6b9d3c\", "
                                      "qop=\"auth\", algorithm=MD5"));
    add(relay, challenge);
    auto again = request("auth0002", "AUTH");
    static_cast<void>(again.expires(600));
    static_cast<void>(again.field(
        "Authorization",
        "Digest username=\"ann\", realm=\"relay.example\", nonce=\"6b9d3c\", qop=auth, "
        "nc=00000001, cnonce=\"c0ffee\", response=\"00112233445566778899aabbccddeeff\""));
    add(ann, again);
    auto too_short = response("auth0002", 423, "");
    static_cast<void>(too_short.min_expires(900));
    static_cast<void>(too_short.max_expires(3600));
    add(relay, too_short);
    auto taken = response("auth0003", 200, "OK");
    static_cast<void>(taken.use_path(*way));
    static_cast<void>(taken.expires(900));
    static_cast<void>(taken.field("Authentication-Info",
                                  "rspauth=\"ffeeddccbbaa99887766554433221100\",qop=auth,"
                                  "cnonce=\"c0ffee\",nc=00000001"));
    add(relay, taken);
    auto name = request("nick0001", "NICKNAME");
    static_cast<void>(name.use_nickname("Ann of the \"Green\" Gate"));
    add(ann, name);
    return good;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fputs("usage: written_shapes ANN BOB\n", stderr);
        return 2;
    }
    std::string ann, bob;
    bool good = true;
    for (bool const through_relays : {false, true}) {
        for (std::uint64_t const max_chunk : {0U, 1500U, 6000U}) {
            run one(through_relays, max_chunk, max_chunk);
            if (!one.talk()) {
                std::fprintf(stderr, "written_shapes: relays %d, chunks of %d: not as meant\n",
                             through_relays, static_cast<int>(max_chunk));
                good = false;
            }
            ann += one.of_ann();
            bob += one.of_bob();
        }
    }
    if (!requests(ann, bob)) {
        std::fputs("written_shapes: a request is refused\n", stderr);
        good = false;
    }
    if (!(std::ofstream(argv[1], std::ios::binary) << ann).flush() ||
        !(std::ofstream(argv[2], std::ios::binary) << bob).flush()) {
        std::fputs("written_shapes: cannot write\n", stderr);
        return 2;
    }
    return good ? 0 : 1;
}
