// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// endpoint_reports_test.cpp - what REPORTs and late responses change, and what is said of refused
// messages.
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include <msrp/endpoint.hpp>
#include <msrp/inbox.hpp>
#include <msrp/range_set.hpp>

#include "support/catch.hpp"
#include "support/endpoint_rig.hpp"

using msrp::connection_role;
using std::chrono::seconds;
using support::answers;
using support::chunk;
using support::count;
using support::endpoint_rig;
using support::link;
using support::mid;
using support::ours;
using support::response;
using support::theirs;
using support::tid_of;
using support::two_bound;
using support::value_of;

namespace {

constexpr msrp::session_handle one{1};
using ranges = std::vector<msrp::octet_range>;

std::string report(std::string_view id, std::string_view range, std::string_view status) {
    return support::request(
        "rrrr", "REPORT",
        mid(id, (range.empty() ? "" : "Byte-Range: " + std::string(range) + "\r\n") +
                    "Status: 000 " + std::string(status) + "\r\n"),
        ours(1), theirs(1));
}
/// What the events say was confirmed of messages that failed or whose report is missing, in order.
std::vector<ranges> confirmed(endpoint_rig& r, std::string_view octets) {
    std::vector<ranges> out;
    if (auto const failed = r.e.receive(link(1), octets, r.now)) FAIL(failed.message());
    while (auto const e = r.e.poll_event()) {
        if (auto const* const sent = std::get_if<msrp::message_sent>(&e->what))
            if (sent->outcome) out.emplace_back(sent->confirmed.begin(), sent->confirmed.end());
        if (auto const* const none = std::get_if<msrp::report_missing>(&e->what))
            out.emplace_back(none->confirmed.begin(), none->confirmed.end());
    }
    return out;
}

/// One message of 20,000 octets in four chunks, the first two answered.
struct half_answered {
    explicit half_answered(msrp::report_value success = msrp::report_value::no) : r(options()) {
        two_bound(r);
        handle =
            *r.e.send(one, {.content_type = "a/b", .body = body, .success_report = success}, r.now);
        auto const text = r.output(link(1));
        id = value_of(text, "Message-ID");
        auto const all = answers(text);
        CHECK(count(all, " 200\r\n") == 4);
        r.feed(link(1), all.substr(0, all.size() / 2));
        CHECK(r.e.progress(handle)->responded == 10'000);
    }
    static msrp::endpoint_options options() {
        msrp::endpoint_options o;
        o.each.max_chunk_size = 5000;
        return o;
    }
    std::string body = std::string(20'000, 'b');
    endpoint_rig r;
    msrp::message_handle handle{};
    std::string id;
};

}  // namespace

TEST_CASE("octets that a failure REPORT says were lost are not confirmed (RPT-7.3.2-2, CON-5.4-6)",
          "[endpoint]") {
    struct row {
        std::string_view range;
        ranges left;
    };
    for (auto const& [range, left] :
         {row{"1-5000/20000", {{5001, 10'000}}}, row{"5001-10000/20000", {{1, 5000}}},
          row{"3-4/20000", {{1, 2}, {5, 10'000}}}, row{"5001-*/20000", {{1, 5000}}},
          row{"5001-*/*", {{1, 5000}}}, row{"1-*/*", {}}, row{"", {}},
          row{"1-0/0", {{1, 10'000}}}}) {
        for (auto const status : {"408 lost", "481 gone", "506 elsewhere", "413 enough"}) {
            INFO(range << " " << status);
            half_answered m;
            auto const told = confirmed(m.r, report(m.id, range, status));
            // 413 is about the message alone, the others end the session.
            REQUIRE_FALSE(told.empty());
            CHECK(told.front() == left);
        }
    }
}

TEST_CASE("a success REPORT does not stand against a later loss, nor the other way (RPT-7.3.2-2)",
          "[endpoint]") {
    half_answered m(msrp::report_value::yes);
    CHECK(confirmed(m.r, report(m.id, "1-8000/20000", "200 OK")).empty());
    CHECK(m.r.e.progress(m.handle)->reported == 8000);
    auto const told = confirmed(m.r, report(m.id, "4001-6000/20000", "408 lost"));
    REQUIRE(told.size() == 1);
    CHECK(told.front() == ranges{{1, 4000}, {6001, 8000}});
}

TEST_CASE("a loss told while only the success REPORT is awaited says what is there (RPT-7.3.2-2)",
          "[endpoint]") {
    for (auto const status : {"408 lost", "481 gone", "413 enough"}) {
        endpoint_rig r;
        two_bound(r);
        auto const h = *r.e.send(one,
                                 {.content_type = "a/b",
                                  .body = "0123456789",
                                  .success_report = msrp::report_value::yes},
                                 r.now);
        auto const text = r.output(link(1));
        auto const id = value_of(text, "Message-ID");
        CHECK(r.feed(link(1), answers(text)) == "1: sent 1 ok 200 10\n");
        r.feed(link(1), report(id, "1-4/10", "200 OK"));
        CHECK(r.e.progress(h)->reported == 4);
        auto const told = confirmed(r, report(id, "4-10/10", status));
        if (std::string_view(status).starts_with("413")) {
            CHECK(told.empty());  // it is refused; nothing is to be sent again
            CHECK(r.e.sessions() == 2);
        } else {
            CHECK(told == std::vector<ranges>{{{1, 3}}});
            CHECK(r.e.sessions() == 1);
        }
        CHECK_FALSE(r.e.progress(h));
    }
}

TEST_CASE("a report that never comes says what did (RPT-7.1.1-1, TMR-2)", "[endpoint]") {
    endpoint_rig r;
    two_bound(r);
    std::vector<std::string> texts;
    for (int i = 0; i < 3; ++i) {
        static_cast<void>(*r.e.send(one,
                                    {.content_type = "a/b",
                                     .body = "0123456789",
                                     .success_report = msrp::report_value::yes},
                                    r.now));
        texts.push_back(r.output(link(1)));
        r.feed(link(1), answers(texts.back()));
    }
    r.feed(link(1), report(value_of(texts[1], "Message-ID"), "6-8/10", "200 OK"));
    r.now += seconds(120);
    r.e.handle_timeout(r.now);
    std::vector<ranges> told(4);
    std::array<msrp::octet_range, 1> const first{{{1, 1}}};
    int sent = 0;
    while (auto const e = r.e.poll_event()) {
        auto const& none = std::get<msrp::report_missing>(e->what);
        told.at(static_cast<std::size_t>(none.handle)) = {none.confirmed.begin(),
                                                          none.confirmed.end()};
        // Others may be sent while events wait: what those show stays.
        auto const again = "again" + std::to_string(++sent);
        static_cast<void>(*r.e.send(
            one, {.content_type = "a/b", .body = "next", .message_id = again, .confirmed = first},
            r.now));
    }
    CHECK(told == std::vector<ranges>{{}, {}, ranges{{6, 8}}, {}});
}

TEST_CASE("415 counts whenever and however it comes, by type and subtype (RPT-7.3.2-1, SDP-8.6-4)",
          "[endpoint]") {
    using msrp::report_value;
    enum class way { in_time, late, reported, reported_late };
    for (auto const how : {way::in_time, way::late, way::reported, way::reported_late}) {
        INFO(static_cast<int>(how));
        endpoint_rig r;
        two_bound(r);
        // Done with the last octet where only failures are told.
        bool const late = how == way::late || how == way::reported_late;
        static_cast<void>(
            *r.e.send(one,
                      {.content_type = "Text/Html;charset=utf-8",
                       .body = "x",
                       .failure_report = late ? report_value::partial : report_value::yes},
                      r.now));
        auto const text = r.output(link(1));
        CHECK((r.events().find("sent 1 ok") != std::string::npos) == late);
        auto const got =
            how == way::in_time || how == way::late
                ? r.feed(link(1), response(tid_of(text), "415"))
                : r.feed(link(1), report(value_of(text, "Message-ID"), "1-1/1", "415 what"));
        CHECK(got.find(how == way::late ? "late 1 415" : "415") != std::string::npos);
        CHECK(r.e.sessions() == 2);
        auto const code = [&](std::string_view type, msrp::session_handle s = one) {
            auto const sent = r.e.send(s, {.content_type = type, .body = "x"}, r.now);
            return sent ? std::error_code{} : sent.error().code;
        };
        CHECK(code("text/html") == msrp::error::refused);
        CHECK(code("TEXT/HTML") == msrp::error::refused);
        CHECK(code("text/html;charset=latin-1") == msrp::error::refused);
        CHECK_FALSE(code("text/htm"));
        CHECK_FALSE(code("text/html5"));
        CHECK_FALSE(code("text/plain"));
        CHECK_FALSE(code("text/html", msrp::session_handle{2}));
    }
    // The word of another name space is no response code (RPT-7.3.2-1).
    endpoint_rig r;
    two_bound(r);
    static_cast<void>(*r.e.send(one, {.content_type = "a/b", .body = "x"}, r.now));
    auto const id = value_of(r.output(link(1)), "Message-ID");
    r.feed(link(1), support::request("rrrr", "REPORT", mid(id, "Status: 001 415 x\r\n"), ours(1),
                                     theirs(1)));
    CHECK(r.e.send(one, {.content_type = "a/b", .body = "x"}, r.now).has_value());
}

TEST_CASE("a source of unknown length is stopped at the peer's max-size (SDP-8.6-6)",
          "[endpoint]") {
    struct endless final : msrp::body_source {
        msrp::body_piece next(std::size_t at_most) override {
            text.assign(std::min<std::size_t>(at_most, 3000), 'e');
            return {text, msrp::body_state::more};
        }
        std::string text;
    } source;
    endpoint_rig r;
    msrp::session_parameters p{*msrp::read_path(support::ann), *msrp::read_path(support::bob)};
    p.peer_max_size = 10'000;
    auto const s = *r.try_open(connection_role::active, ours(1), theirs(1), p);
    r.connects();
    r.feed(link(1), answers(r.output(link(1))));
    static_cast<void>(*r.e.send(s, {.content_type = "a/b", .source = &source}, r.now));
    auto const text = r.output(link(1));
    CHECK(count(text, "e") >= 9000);
    CHECK(count(text, "e") < 10'000);
    CHECK(text.ends_with("#\r\n"));
    CHECK(r.events().starts_with("1: sent 1 message too large 0 9000\n"));
    std::array<msrp::octet_range, 1> const known{{{10'001, 10'002}}};
    CHECK(
        r.e.send(
               s,
               {.content_type = "a/b", .source = &source, .message_id = "m123", .confirmed = known},
               r.now)
            .error()
            .code == msrp::error::bad_byte_range);
}

TEST_CASE("a message that is refused when it is whole was never a success (RPT-7.1.4-1)",
          "[endpoint]") {
    // `every`: reports on the way make no difference.
    for (std::uint64_t const every : {0U, 1U}) {
        msrp::endpoint_options o;
        o.each.report_every = every;
        endpoint_rig r(o);
        auto const s = r.passive(1);
        auto const c = r.accepted();
        auto const two = chunk(1, "aaaa", mid("m123", "Success-Report: yes\r\n"), "hello") +
                         chunk(1, "bbbb", mid("m124", "Success-Report: yes\r\n"), "world");
        REQUIRE_FALSE(r.e.receive(c, two, r.now));
        while (auto const e = r.e.poll_event()) {
            if (auto const* const end = std::get_if<msrp::message_end>(&e->what))
                if (end->message_id == "m123")
                    CHECK_FALSE(r.e.refuse(s, end->message_id.view(), 415, r.now));
        }
        auto const out = r.output(c);
        CHECK(count(out, " REPORT\r\n") == 2);
        CHECK(count(out, "Status: 000 415 ") == 1);
        CHECK(count(out, "Status: 000 200 ") == 1);
        auto const good = out.find("Status: 000 200");
        CHECK(out.rfind("Message-ID: m124", good) > out.rfind("Message-ID: m123", good));
        CHECK(r.e.counters().reports_sent == 2);
    }
}

TEST_CASE("what the inbox's transform refuses is reported as refused, alone (RPT-7.1.4-1)",
          "[endpoint][inbox]") {
    struct picky {
        std::optional<msrp::content> incoming(msrp::content const& c, std::uint16_t& status) {
            status = 415;
            return c.body == "bad" ? std::nullopt : std::optional(c);
        }
        std::optional<msrp::content> outgoing(msrp::content const& c, std::uint16_t&) { return c; }
    };
    endpoint_rig r;
    r.passive(1);
    auto const c = r.accepted();
    msrp::basic_inbox<msrp::no_sink, picky> inbox;
    std::string taken;
    for (std::string_view const body : {"bad", "good"}) {
        auto const text =
            chunk(1, "aaaa", mid(body == "bad" ? "m123" : "m124", "Success-Report: yes\r\n"), body);
        REQUIRE_FALSE(r.e.receive(c, text, r.now));
        while (auto const e = r.e.poll_event()) {
            auto const got = inbox.take(*e);
            if (auto const* const m = std::get_if<msrp::inbox_message>(&got)) taken += m->body;
            if (auto const* const no = std::get_if<msrp::inbox_refusal>(&got))
                CHECK_FALSE(r.e.refuse(no->session, no->message_id.view(), no->status, r.now));
        }
        auto const out = r.output(c);
        CHECK(count(out, " REPORT\r\n") == 1);
        CHECK(count(out, body == "bad" ? "Status: 000 415 " : "Status: 000 200 ") == 1);
    }
    CHECK(taken == "good");
}

TEST_CASE("a session closed when its message is whole reports it first (RPT-7.1.3-1, RPT-7.1.2-4)",
          "[endpoint]") {
    for (bool const all : {false, true}) {
        endpoint_rig r;
        auto const s = r.passive(1);
        auto const c = r.accepted();
        auto const text = chunk(1, "aaaa", mid("m123", "Success-Report: yes\r\n"), "hi");
        REQUIRE_FALSE(r.e.receive(c, text, r.now));
        while (auto const e = r.e.poll_event()) {
            if (!std::holds_alternative<msrp::message_end>(e->what)) continue;
            if (all)
                r.e.shut_down(r.now);
            else
                CHECK_FALSE(r.e.close(s, r.now));
        }
        auto const out = r.output(c);
        CHECK(count(out, "MSRP aaaa 200 ") == 1);
        CHECK(count(out, "Status: 000 200 ") == 1);
    }
    // Lost, or ended by the peer: there is nobody to tell.
    endpoint_rig r;
    r.passive(1);
    auto const c = r.accepted();
    auto const text = chunk(1, "aaaa", mid("m123", "Success-Report: yes\r\n"), "hi");
    REQUIRE_FALSE(r.e.receive(c, text, r.now));
    while (auto const e = r.e.poll_event())
        if (std::holds_alternative<msrp::message_end>(e->what))
            CHECK_FALSE(r.e.connection_lost(c, r.now));
    CHECK(r.e.counters().reports_sent == 0);
    CHECK(r.e.sessions() + r.e.connections() == 0);
}

TEST_CASE("each direction remembers its own messages (CHK-5.4-1)", "[endpoint]") {
    msrp::endpoint_options o;
    o.each.max_remembered_messages = 3;
    endpoint_rig r(o);
    two_bound(r);
    // One of ours, then many of the peer's: its late REPORT is still understood.
    static_cast<void>(*r.e.send(one, {.content_type = "a/b", .body = "x"}, r.now));
    auto const text = r.output(link(1));
    r.feed(link(1), answers(text));
    for (int i = 0; i < 10; ++i)
        r.feed(link(1), chunk(1, "aaa" + std::to_string(i), mid("mid" + std::to_string(i)), "y"));
    CHECK(r.feed(link(1), report(value_of(text, "Message-ID"), "1-1/1", "413 no")) ==
          "1: report 1 0 413 part\n");
    // The peer's last three, then many of ours: they are still duplicates; the one before is not.
    r.output(link(1));
    for (int i = 0; i < 10; ++i) {
        static_cast<void>(*r.e.send(one, {.content_type = "a/b", .body = "x"}, r.now));
        r.feed(link(1), answers(r.output(link(1))));
    }
    for (int i = 7; i < 10; ++i)
        CHECK(r.feed(link(1), chunk(1, "bbb" + std::to_string(i), mid("mid" + std::to_string(i)),
                                    "y")) == "1: duplicate mid" + std::to_string(i) + "\n");
    CHECK(r.feed(link(1), chunk(1, "bbb6", mid("mid6"), "y")).starts_with("1: begin mid6 "));
    // None at all may be remembered.
    o.each.max_remembered_messages = 0;
    endpoint_rig none(o);
    two_bound(none);
    for (int i = 0; i < 2; ++i)
        CHECK(none.feed(link(1), chunk(1, "aaaa", mid("m123"), "y")).starts_with("1: begin m123 "));
}

TEST_CASE("REPORTs on the way leave no stretch out, one with a chunk at most (RPT-7.1.3-1)",
          "[endpoint]") {
    msrp::endpoint_options o;
    o.each.report_every = 5;
    endpoint_rig r(o);
    r.passive(1);
    auto const c = r.accepted();
    auto const part = [&](int from, std::string_view body, char flag = '+') {
        r.feed(c, chunk(1, "tid" + std::to_string(from),
                        mid("m123", "Success-Report: yes\r\nByte-Range: " + std::to_string(from) +
                                        "-*/*\r\n"),
                        body, flag));
        auto const text = r.output(c);
        CHECK(count(text, " REPORT\r\n") <= 1);
        auto const at = text.find(" REPORT\r\n");
        return at == std::string::npos ? "" : value_of(text.substr(at), "Byte-Range");
    };
    CHECK(part(6, "678").empty());
    CHECK(part(1, "123") == "1-3/*");  // 6 came: the first stretch now, the other with the next
    CHECK(part(100, "").empty());      // nothing came
    CHECK(part(4, "4") == "1-4/*");
    CHECK(part(5, "5") == "1-8/*");
    CHECK(part(30, "0123456") == "30-36/*");
    CHECK(part(20, "0123").empty());
    CHECK(part(40, "0123456") == "20-23/*");
    // What is left is told when no more comes (TMR-9 lets it wait 540 s).
    r.now += seconds(540);
    r.e.handle_timeout(r.now);
    CHECK(r.events().find("end m123 incomplete") != std::string::npos);
    auto const last = r.output(c);
    CHECK(count(last, " REPORT\r\n") == 2);
    CHECK(count(last, "Byte-Range: 30-36/*\r\n") == 1);
    CHECK(count(last, "Byte-Range: 40-46/*\r\n") == 1);
}

TEST_CASE("few octets in any order are one REPORT, when all are there (RPT-7.1.3-1)",
          "[endpoint]") {
    msrp::endpoint_options o;
    o.each.report_every = 100;
    endpoint_rig r(o);
    r.passive(1);
    auto const c = r.accepted();
    for (int at = 13; at > 0; --at) {
        r.feed(c, chunk(1, "tid" + std::to_string(at),
                        mid("m123", "Success-Report: yes\r\nByte-Range: " + std::to_string(at) +
                                        "-*/13\r\n"),
                        "x", at == 13 ? '$' : '+'));
        auto const text = r.output(c);
        CHECK(count(text, " REPORT\r\n") == (at == 1 ? 1 : 0));
        if (at == 1) CHECK(count(text, "Byte-Range: 1-13/13\r\n") == 1);
    }
}

TEST_CASE("no more is reported of parts than there is room for (T17)", "[endpoint]") {
    msrp::endpoint_options o;
    o.each.report_every = 1'000'000;
    o.each.max_control_octets = 30'000;
    endpoint_rig r(o);
    r.passive(1);
    auto const c = r.accepted();
    for (int i = 0; i < 60; ++i) {
        r.feed(c, chunk(1, "tidx",
                        mid("m123", "Success-Report: yes\r\nByte-Range: " +
                                        std::to_string(2 * i + 1) + "-*/*\r\n"),
                        "x", '+'));
        CHECK(count(r.output(c), " REPORT\r\n") == 0);
    }
    r.now += seconds(540);
    r.e.handle_timeout(r.now);
    r.events();
    auto const out = r.output(c);
    CHECK(count(out, " REPORT\r\n") > 1);
    CHECK(out.size() <= 30'000);
}

TEST_CASE("nothing is reported on a connection that is to be closed (RPT-7.1.2-4)", "[endpoint]") {
    msrp::endpoint_options o;
    o.each.report_every = 100;
    endpoint_rig r(o);
    r.passive(1);
    auto const c = r.accepted();
    auto const part = mid("m123", "Success-Report: yes\r\nByte-Range: 1-*/*\r\n");
    r.feed(c, chunk(1, "aaaa", part, "hello", '+'));
    CHECK(r.feed(c, "no MSRP\r\n").find("close 1") != std::string::npos);
    r.now += seconds(540);
    r.e.handle_timeout(r.now);
    CHECK(r.events() == "1: end m123 incomplete 5\n");
    CHECK(r.e.counters().reports_sent == 0);
}

TEST_CASE("any order of chunks: the REPORTs together are about all that came (RPT-7.1.3-1)",
          "[endpoint]") {
    support::seeded_random random(11);
    for (int round = 0; round < 200; ++round) {
        msrp::endpoint_options o;
        o.each.report_every = 1 + random.below(60);
        endpoint_rig r(o);
        r.passive(1);
        auto const c = r.accepted();
        msrp::range_set reported(1000);
        msrp::range_set came(1000);
        auto const read = [&](std::string text) {
            std::size_t reports = 0;
            for (auto at = text.find(" REPORT\r\n"); at != std::string::npos;
                 at = text.find(" REPORT\r\n", at + 1)) {
                auto const range = value_of(std::string_view(text).substr(at), "Byte-Range");
                auto const got = *msrp::read_byte_range(range);
                CHECK_FALSE(reported.insert(got.start, *got.end));
                CHECK(came.covers(got.start, *got.end));
                ++reports;
            }
            return reports;
        };
        for (int i = 0; i < 30; ++i) {
            auto const from = 1 + random.below(500);
            auto const size = random.below(40);
            if (size != 0) CHECK_FALSE(came.insert(from, from + size - 1));
            r.feed(c, chunk(1, "tidx",
                            mid("m123", "Success-Report: yes\r\nByte-Range: " +
                                            std::to_string(from) + "-*/*\r\n"),
                            std::string(size, 'x'), '+'));
            CHECK(read(r.output(c)) <= 1);
        }
        r.now += seconds(540);
        r.e.handle_timeout(r.now);
        r.events();
        read(r.output(c));
        CHECK(ranges(reported.begin(), reported.end()) == ranges(came.begin(), came.end()));
    }
}

TEST_CASE("a status without a phrase of ours has none in its REPORT (RPT-7.1.3-1)", "[endpoint]") {
    endpoint_rig r;
    auto const s = r.passive(1);
    auto const c = r.accepted();
    r.feed(c, chunk(1, "aaaa", mid("m123"), "hello"));
    r.output(c);
    CHECK_FALSE(r.e.refuse(s, "m123", 488, r.now));
    CHECK(r.output(c).find("Status: 000 488\r\n") != std::string::npos);
}

TEST_CASE("expect in the midst of events leaves what the others show (CON-5.4-6)", "[endpoint]") {
    endpoint_rig r;
    r.passive(1);
    auto const next = r.passive(2);
    auto const c = r.accepted();
    auto const range = [](std::string_view text) {
        return "Byte-Range: " + std::string(text) + "\r\n";
    };
    // The first has more ranges than an object begins with room for.
    for (int i = 0; i < 12; ++i)
        r.feed(c, chunk(1, "aaaa", mid("AAAA", range(std::to_string(1 + 20 * i) + "-*/300")),
                        "0123456789", '+'));
    r.feed(c, chunk(1, "bbbb", mid("BBBB", range("11-*/30")), "01234", '+'));
    CHECK_FALSE(r.e.connection_lost(c, r.now));
    std::vector<ranges> shown;
    while (auto const e = r.e.poll_event()) {
        auto const* const end = std::get_if<msrp::message_end>(&e->what);
        if (end == nullptr) continue;
        CHECK(end->fate == msrp::message_fate::incomplete);
        CHECK_FALSE(r.e.expect(next, end->message_id.view(), end->received, end->total, r.now));
        shown.emplace_back(end->received.begin(), end->received.end());
    }
    REQUIRE(shown.size() == 2);
    CHECK(shown[0].size() == 12);
    CHECK(shown[0].back() == msrp::octet_range{221, 230});
    CHECK(shown[1] == ranges{{11, 15}});
    // The rest of the second makes it whole.
    auto const d = r.accepted();
    CHECK(r.feed(d, chunk(2, "cccc", mid("BBBB", range("1-10/*")), "0123456789", '+') +
                        chunk(2, "dddd", mid("BBBB", range("16-20/20")), "01234")) ==
          "2: bound 2\n2: data BBBB 1 0123456789\n2: data BBBB 16 01234\n"
          "2: end BBBB complete 20\n");
}

TEST_CASE("objects whose ranges events show are used again later", "[endpoint]") {
    support::counting_memory memory;
    support::basic_endpoint_rig<msrp::pmr::endpoint<support::seeded_random>> r(
        msrp::endpoint_options{}, std::pmr::polymorphic_allocator<char>(&memory));
    std::size_t after = 0;
    for (int i = 0; i < 40; ++i) {
        auto const s = *r.try_open(connection_role::passive, ours(i), theirs(i));
        auto const t = *r.try_open(connection_role::passive, ours(i + 1000), theirs(i));
        auto const c = *r.e.accepted(r.now);
        for (std::string_view const id : {"AAAA", "BBBB", "CCCC"})
            r.feed(c, chunk(i, "aaaa", mid(id, "Byte-Range: 1-*/30\r\n"), "hello", '+'));
        CHECK_FALSE(r.e.connection_lost(c, r.now));
        while (auto const e = r.e.poll_event())
            if (auto const* const end = std::get_if<msrp::message_end>(&e->what))
                CHECK_FALSE(
                    r.e.expect(t, end->message_id.view(), end->received, end->total, r.now));
        CHECK(r.e.close(s, r.now) == make_error_code(msrp::error::no_such_session));
        CHECK_FALSE(r.e.close(t, r.now));
        r.events();
        CHECK(r.e.sessions() == 0);
        if (i == 9) after = memory.live;
    }
    CHECK(memory.live <= after);
}

TEST_CASE("an error response to a message that awaits its report is told (TRX-7.1.4-2)",
          "[endpoint]") {
    for (std::string_view const status : {"413 enough", "400 no", "481 gone"}) {
        INFO(status);
        endpoint_rig r;
        two_bound(r);
        auto const h = *r.e.send(one,
                                 {.content_type = "a/b",
                                  .body = "x",
                                  .success_report = msrp::report_value::yes,
                                  .failure_report = msrp::report_value::partial},
                                 r.now);
        auto const text = r.output(link(1));
        auto const before = r.events();
        CHECK(before.starts_with("1: sent "));
        auto const told = r.feed(link(1), response(tid_of(text), status));
        CHECK(told.starts_with("1: late "));
        bool const gone = status.starts_with("481");
        CHECK((told.find("unreported") != std::string::npos) == gone);
        CHECK_FALSE(r.e.progress(h));
        if (!gone) CHECK(r.at(seconds(100'000)).find("unreported") == std::string::npos);
    }
}

TEST_CASE("what lies behind the end of a complete message is none of its octets (CHK-7.3.1-2)",
          "[endpoint]") {
    endpoint_rig r;
    two_bound(r);
    auto const send = [&](std::string_view range, std::string_view body, char flag) {
        std::string fields = "Byte-Range: ";
        fields.append(range).append("\r\nSuccess-Report: yes\r\n");
        CHECK(r.feed(link(1), chunk(1, "tttt", mid("AAAA", fields), body, flag)).find("data") ==
              std::string::npos);
        return r.output(link(1));
    };
    r.feed(link(1), chunk(1, "tttt", mid("AAAA", "Byte-Range: 1-5/5\r\n"), "hello"));
    r.output(link(1));
    for (auto const& [range, body, flag] :
         {std::tuple{"1-5/5", "hello", '$'}, std::tuple{"2-3/5", "el", '+'},
          std::tuple{"5-5/5", "o", '$'}, std::tuple{"3-*/*", "lo", '#'}}) {
        auto const text = send(range, body, flag);
        CHECK(text.starts_with("MSRP tttt 200 "));
        CHECK((text.find(" REPORT\r\n") != std::string::npos) == (flag != '#'));
    }
    for (auto const& [range, body, flag] :
         {std::tuple{"100-104/104", "hello", '$'}, std::tuple{"5-6/6", "ox", '+'},
          std::tuple{"1-4/4", "hell", '$'}, std::tuple{"6-*/*", "x", '#'}}) {
        auto const text = send(range, body, flag);
        INFO(text);
        CHECK(text.starts_with("MSRP tttt 400 "));
        CHECK(count(text, "MSRP tttt ") == 1);
        CHECK(text.find(" REPORT\r\n") == std::string::npos);
    }
}

TEST_CASE("a session is over in time though the peer takes nothing (T17)", "[endpoint]") {
    for (bool const all : {false, true}) {
        for (bool const takes_some : {false, true}) {
            INFO(all << takes_some);
            endpoint_rig r;
            two_bound(r);
            std::string const body(500'000, 'b');
            CHECK(r.e.send(one, {.content_type = "a/b", .body = body}, r.now));
            CHECK_FALSE(r.e.poll_output(link(1)).empty());
            CHECK_FALSE(r.e.written(link(1), 10, r.now));
            CHECK_FALSE(r.e.deadline());
            if (all)
                r.e.shut_down(r.now);
            else
                CHECK_FALSE(r.e.close(one, r.now));
            REQUIRE(r.e.deadline());
            CHECK(*r.e.deadline() == r.now + seconds(30));
            CHECK(r.at(seconds(29)).find("close") == std::string::npos);
            if (takes_some) {
                CHECK_FALSE(r.e.written(link(1), 10, r.now));
                CHECK(*r.e.deadline() == r.now + seconds(30));
                CHECK(r.at(seconds(29)).find("close") == std::string::npos);
            }
            CHECK(r.at(seconds(1)).find("close 1 ") != std::string::npos);
            CHECK_FALSE(r.e.connection_lost(link(1), r.now));
            CHECK(r.events().find("1: ended ") != std::string::npos);
            CHECK(r.e.sessions() == 0);
            CHECK_FALSE(r.e.deadline());
        }
    }
}

TEST_CASE("a session that we close reports what came, where reports are wanted (RPT-7.1.3-1)",
          "[endpoint]") {
    msrp::endpoint_options o;
    o.each.report_every = 1000;
    endpoint_rig r(o);
    two_bound(r);
    r.feed(link(1), chunk(1, "tttt", mid("AAAA", "Byte-Range: 1-*/30\r\nSuccess-Report: yes\r\n"),
                          "hello", '+'));
    CHECK(r.output(link(1)).find(" REPORT\r\n") == std::string::npos);
    CHECK_FALSE(r.e.close(one, r.now));
    auto const text = r.output(link(1));
    CHECK(text.find("Byte-Range: 1-5/") != std::string::npos);
    CHECK(count(text, " REPORT\r\n") == 1);
}

TEST_CASE("nothing is refused, counted or reported on a connection that is being closed",
          "[endpoint]") {
    endpoint_rig r;
    two_bound(r);
    r.feed(link(1), chunk(1, "tttt", mid("AAAA", "Byte-Range: 1-5/5\r\n"), "hello"));
    r.output(link(1));
    auto const before = r.e.counters().reports_sent;
    CHECK(r.feed(link(1), "nonsense\r\n").find("close 1 ") != std::string::npos);
    CHECK(r.e.refuse(one, "AAAA", 413, r.now) == msrp::error::no_such_connection);
    CHECK(r.e.counters().reports_sent == before);
}
