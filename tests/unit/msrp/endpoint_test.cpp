// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <msrp/chunk_parser.hpp>
#include <msrp/endpoint.hpp>
#include <msrp/range_set.hpp>

#include "support/catch.hpp"
#include "support/endpoint_rig.hpp"

using msrp::connection_role;
using std::chrono::milliseconds;
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

static_assert(!std::is_move_constructible_v<msrp::endpoint<support::seeded_random>>);
static_assert(!std::is_copy_constructible_v<msrp::endpoint<support::seeded_random>>);

}  // namespace

TEST_CASE(
    "sessions to one host, port, scheme and transport share a connection (CON-5.4-1, CON-5.4-2)",
    "[endpoint]") {
    endpoint_rig r;
    r.active(1);
    r.active(2, "BOB.example.net:8145");
    CHECK(r.e.connections() == 1);
    r.active(3, "bob.example.net:8146");
    r.active(4, "carol.example.net:8145");
    REQUIRE(r.try_open(connection_role::active, ours(5), "msrps://bob.example.net:8145/x;tcp"));
    REQUIRE(r.try_open(connection_role::active, ours(6), "msrp://bob.example.net:8145/x;ws"));
    REQUIRE(r.try_open(connection_role::active, ours(7), "msrp://bob.example.net/x;TCP"));
    CHECK(r.connects() ==
          "1 bob.example.net 8145 plain tcp\n2 bob.example.net 8146 plain tcp\n"
          "3 carol.example.net 8145 plain tcp\n4 bob.example.net 8145 tls tcp\n"
          "5 bob.example.net 8145 plain ws\n6 bob.example.net 0 plain tcp\n");
    CHECK(r.connects().empty());
    CHECK(r.e.sessions_of(link(1)) == 2);
    CHECK(r.e.sessions_of(link(2)) == 1);
    // CON-5.4-3: each session is bound by a SEND of its own, on a connection used again, too.
    auto const first = r.output(link(1));
    CHECK(count(first, " SEND\r\n") == 2);
    CHECK(first.find("/bob1;") < first.find("/bob2;"));
    CHECK(r.feed(link(1), answers(first)) == "1: bound 1\n2: bound 1\n");
    r.active(8);
    CHECK(r.connects().empty());
    auto const third = r.output(link(1));
    CHECK(value_of(third, "To-Path") == theirs(8));
    CHECK(value_of(third, "Byte-Range") == "1-0/0");
    CHECK(r.e.sessions_of(link(1)) == 3);
    CHECK(r.e.connection_of(msrp::session_handle{8}) == link(1));
}

TEST_CASE("the target may be another than the path says (CEMA), or a connection", "[endpoint]") {
    endpoint_rig r;
    msrp::session_parameters p{*msrp::read_path(support::ann), *msrp::read_path(support::bob)};
    p.target = msrp::connect_target{"192.0.2.7", 4000, true, "tcp"};
    auto const s = r.try_open(connection_role::active, ours(1), theirs(1), p);
    REQUIRE(s.has_value());
    CHECK(r.connects() == "1 192.0.2.7 4000 tls tcp\n");
    auto const in = r.accepted();
    p.connection = in;
    REQUIRE(r.try_open(connection_role::active, ours(2), theirs(2), p));
    CHECK(r.connects().empty());
    CHECK(value_of(r.output(in), "To-Path") == theirs(2));
    p.connection = link(77);
    CHECK(r.try_open(connection_role::active, ours(3), theirs(3), p).error().code ==
          msrp::error::no_such_connection);
}

TEST_CASE("trust in one session is none in another (SEC-14.5-1)", "[endpoint]") {
    endpoint_rig r;
    msrp::session_parameters p{*msrp::read_path(support::ann), *msrp::read_path(support::bob)};
    auto const open = [&](int n, std::string_view identity) {
        p.identity = identity;
        return r.try_open(connection_role::active, ours(n), theirs(n), p).has_value();
    };
    CHECK(open(1, "sha-256 AA:BB"));
    CHECK(open(2, "sha-256 CC:DD"));
    CHECK(open(3, "sha-256 AA:BB"));
    CHECK(open(4, ""));
    CHECK(r.connects() ==
          "1 bob.example.net 8145 plain tcp\n2 bob.example.net 8145 plain tcp\n"
          "3 bob.example.net 8145 plain tcp\n");
    CHECK(r.e.connection_of(msrp::session_handle{3}) == link(1));
}

TEST_CASE(
    "a connection stays while sessions use it, and idles before it is closed (CON-5.4-7, TMR-5)",
    "[endpoint]") {
    msrp::endpoint_options o;
    o.idle_timeout = seconds(10);
    endpoint_rig r(o);
    two_bound(r);
    CHECK_FALSE(r.e.close(msrp::session_handle{1}, r.now));
    CHECK(r.events() == "1: ended ok\n");
    CHECK_FALSE(r.e.deadline());
    CHECK_FALSE(r.e.close(msrp::session_handle{2}, r.now));
    CHECK(r.events() == "2: ended ok\n");
    CHECK(r.e.deadline() == r.now + seconds(10));
    CHECK(r.at(milliseconds(9'999)).empty());
    // Used again in time: nothing is closed.
    r.active(3);
    CHECK(r.connects().empty());
    CHECK_FALSE(r.e.deadline() == r.now + milliseconds(1));
    r.feed(link(1), answers(r.output(link(1))));
    CHECK_FALSE(r.e.close(msrp::session_handle{3}, r.now));
    r.events();
    CHECK(r.at(seconds(10)) == "0: close 1 ok\n");
    CHECK(r.e.receive(link(1), "x", r.now) == msrp::error::session_closed);
    r.active(4);  // not on one that is being closed
    CHECK(r.connects() == "2 bob.example.net 8145 plain tcp\n");
    CHECK_FALSE(r.e.connection_lost(link(1), r.now));
    CHECK(r.e.connection_lost(link(1), r.now) == msrp::error::no_such_connection);
    CHECK(r.e.connections() == 1);
    CHECK(r.e.close(msrp::session_handle{1}, r.now) == msrp::error::no_such_session);
}

TEST_CASE(
    "the first SEND binds; unknown sessions get 481, a second connection 506 (CON-5.4-5, T20)",
    "[endpoint]") {
    endpoint_rig r;
    auto const s = r.passive(1);
    auto const h = *r.e.send(s, {.content_type = "text/plain", .body = "hi"}, r.now);
    auto const a = r.accepted();
    auto const b = r.accepted();
    CHECK(r.output(a).empty());  // CON-5.4-4
    CHECK(r.e.progress(h)->state == msrp::delivery_state::queued);
    CHECK(r.feed(a, chunk(9, "aaaa", mid("m123"), "x")).empty());
    auto text = r.output(a);
    CHECK(text.starts_with("MSRP aaaa 481 "));
    CHECK(value_of(text, "From-Path") == ours(9));
    CHECK(r.feed(a, chunk(1, "bbbb", mid("m123"), "x")) ==
          "1: bound 1\n1: begin m123 text/plain *\n1: data m123 1 x\n1: end m123 complete 1\n");
    text = r.output(a);
    CHECK(text.starts_with("MSRP bbbb 200 "));
    CHECK(count(text, " SEND\r\n") == 1);
    CHECK(r.feed(b, chunk(1, "cccc", mid("m124"), "x")).empty());
    CHECK(r.output(b).starts_with("MSRP cccc 506 "));
    // CON-7.3-1: no response to a REPORT, none where none is wanted.
    CHECK(r.feed(b, support::request("dddd", "REPORT", mid("m124", "Status: 000 200 OK\r\n"),
                                     ours(1), theirs(1)))
              .empty());
    CHECK(r.feed(b, chunk(9, "eeee", mid("m124", "Failure-Report: no\r\n"), "x")).empty());
    CHECK(r.feed(b, support::request("ffff", "NICKNAME", "", ours(9), theirs(1))).empty());
    CHECK(r.output(b).starts_with("MSRP ffff 481 "));
    // Rule 20: a To-Path of two URIs.
    CHECK(r.feed(a, support::send("gggg", mid("m125"), "x", '$', ours(1) + " " + ours(2))).empty());
    CHECK(r.output(a).starts_with("MSRP gggg 481 "));
}

TEST_CASE("481 ends its session alone; the connection goes on (CON-5.4-7)", "[endpoint]") {
    endpoint_rig r;
    two_bound(r);
    auto const one = msrp::session_handle{1};
    auto const two = msrp::session_handle{2};
    static_cast<void>(*r.e.send(one, {.content_type = "a/b", .body = "x"}, r.now));
    static_cast<void>(*r.e.send(one, {.content_type = "a/b", .body = "y"}, r.now));
    static_cast<void>(*r.e.send(two, {.content_type = "a/b", .body = "z"}, r.now));
    auto const text = r.output(link(1));
    CHECK(count(text, " SEND\r\n") == 3);
    CHECK(r.feed(link(1), response(tid_of(text), "481")) ==
          "1: sent 1 no such session at the peer 481 1\n"
          "1: sent 2 no such session at the peer 0 1\n1: ended no such session at the peer\n");
    CHECK(r.feed(link(1), answers(text)) == "2: sent 3 ok 200 1\n");
    CHECK(r.e.sessions() == 1);
    CHECK(r.e.transactions() == 0);
    CHECK(r.e.send(one, {.content_type = "a/b", .body = "x"}, r.now).error().code ==
          msrp::error::no_such_session);
}

TEST_CASE("a session that ends in the middle of a chunk leaves the stream whole", "[endpoint]") {
    msrp::endpoint_options o;
    o.each.block_size = 3000;
    endpoint_rig r(o);
    two_bound(r);
    std::string const body(10'000, 'b');
    static_cast<void>(
        *r.e.send(msrp::session_handle{1}, {.content_type = "a/b", .body = body}, r.now));
    auto text = r.block(link(1));
    static_cast<void>(
        *r.e.send(msrp::session_handle{2}, {.content_type = "a/b", .body = "z"}, r.now));
    CHECK_FALSE(r.e.close(msrp::session_handle{1}, r.now));
    CHECK(r.events().empty());  // the body is looked at until "#" is written
    text += r.output(link(1));
    CHECK(count(text, "#\r\n") == 1);
    CHECK(r.events() == "1: sent 1 session closed 0 3000\n1: ended ok\n");
    msrp::chunk_parser p;
    CHECK_FALSE(p.feed(text));
    msrp::chunk_event e;
    while (p.poll(e) == msrp::parse_status::event) {
    }
    CHECK(p.at_boundary());
    CHECK(text.find("\r\n\r\nz\r\n") != std::string::npos);
}

TEST_CASE("sessions on one connection take fair turns (CHK-7.1.1-7)", "[endpoint]") {
    msrp::endpoint_options o;
    o.each.block_size = 3000;
    o.each.batch_size = 1;
    endpoint_rig r(o);
    two_bound(r);
    std::string const big(60'000, 'b');
    for (int i = 0; i < 3; ++i)
        static_cast<void>(
            *r.e.send(msrp::session_handle{1}, {.content_type = "a/b", .body = big}, r.now));
    static_cast<void>(
        *r.e.send(msrp::session_handle{2}, {.content_type = "a/b", .body = big}, r.now));
    std::string order;
    for (int i = 0; i < 24; ++i) {
        auto const to = value_of(r.block(link(1)), "To-Path");
        if (!to.empty()) order += to[to.find(";tcp") - 1];
    }
    CHECK(order == "121212121212");  // by sessions, though one has three messages
}

TEST_CASE("small messages go out many in one write, and each is answered", "[endpoint]") {
    endpoint_rig r;
    two_bound(r);
    for (int i = 0; i < 100; ++i)
        static_cast<void>(*r.e.send(msrp::session_handle{i % 2 == 0 ? 1U : 2U},
                                    {.content_type = "text/plain", .body = "hello"}, r.now));
    // At most 64 messages a session.
    auto const out = r.e.poll_output(link(1));
    REQUIRE(out.size() == 1);
    CHECK(out[0].size() >= 16U * 1024);
    CHECK(out[0].size() < 17U * 1024);
    auto const text = r.output(link(1));
    CHECK(count(text, " SEND\r\n") == 100);
    CHECK(count(r.feed(link(1), answers(text)), " ok 200 5\n") == 100);
    CHECK(r.e.counters().messages_sent == 100);
    CHECK(r.e.counters(msrp::session_handle{1})->messages_sent == 50);
}

TEST_CASE("a veto and a limit of attempts for each target (T28, CON-14.5-1)", "[endpoint]") {
    msrp::endpoint_options o;
    o.connects = {[](void*, msrp::connect_target const& t) { return t.host != "evil.example"; },
                  nullptr};
    o.max_connect_attempts = 3;
    o.attempt_window = seconds(60);
    o.max_attempt_targets = 2;
    endpoint_rig r(o);
    auto const role = connection_role::active;
    CHECK(r.try_open(role, ours(1), theirs(1, "evil.example:1")).error().code ==
          msrp::error::connect_refused);
    for (int i = 0; i < 3; ++i) {
        REQUIRE(r.try_open(role, ours(i), theirs(i)).has_value());
        CHECK(!r.connects(false).empty());
        CHECK_FALSE(r.e.connection_lost(link(static_cast<unsigned>(i) + 1), r.now));
    }
    CHECK(count(r.events(), "ended connection lost") == 3);
    CHECK(r.try_open(role, ours(4), theirs(4)).error().code == msrp::error::connect_refused);
    REQUIRE(r.try_open(role, ours(5), theirs(5, "other.example:1")).has_value());
    CHECK(r.try_open(role, ours(6), theirs(6, "third.example:1")).error().code ==
          msrp::error::connect_refused);  // no room to count it
    r.at(seconds(60));
    CHECK(r.try_open(role, ours(4), theirs(4)).has_value());
    CHECK(r.e.sessions() == 2);
}

TEST_CASE("what open refuses (URI-8.2-1, URI-6-5)", "[endpoint]") {
    msrp::endpoint_options o;
    o.max_sessions = 2;
    o.each.max_connections = 1;
    endpoint_rig r(o);
    auto const passive = connection_role::passive;
    CHECK(r.try_open(passive, "msrp://ann.example.org:9321;tcp", theirs(1)).error().code ==
          msrp::error::bad_uri);
    CHECK(r.try_open(passive, "msrp://u:pw@ann.example.org:9321/x;tcp", theirs(1)).error().code ==
          msrp::error::illegal_octet);
    CHECK(r.try_open(passive, ours(1), "msrp://u:pw@h:1/x;tcp").error().code ==
          msrp::error::illegal_octet);
    r.passive(1);
    CHECK(r.try_open(passive, ours(1), theirs(2)).error().code == msrp::error::wrong_order);
    auto const a = r.accepted();
    CHECK(r.e.accepted(r.now).error().code == msrp::error::too_many_connections);
    CHECK(r.try_open(connection_role::active, ours(2), theirs(2)).error().code ==
          msrp::error::too_many_connections);
    r.passive(2);
    CHECK(r.try_open(passive, ours(3), theirs(3)).error().code == msrp::error::too_many_sessions);
    CHECK_FALSE(r.e.close(msrp::session_handle{2}, r.now));
    CHECK(r.try_open(passive, ours(3), theirs(3)).has_value());
    CHECK(r.e.connected(a, r.now) == msrp::error::wrong_order);
    CHECK(r.e.connected(link(9), r.now) == msrp::error::no_such_connection);
    CHECK(r.e.attach(msrp::session_handle{99}, a, r.now) == msrp::error::no_such_session);
    CHECK(r.e.attach(msrp::session_handle{1}, link(9), r.now) == msrp::error::no_such_connection);
    CHECK_FALSE(r.e.attach(msrp::session_handle{1}, a, r.now));
    CHECK(r.e.attach(msrp::session_handle{1}, a, r.now) == msrp::error::session_bound_elsewhere);
}

TEST_CASE("attempts are counted by host and port, whoever is trusted there (T28, CON-14.5-1)",
          "[endpoint]") {
    msrp::endpoint_options o;
    o.max_connect_attempts = 3;
    endpoint_rig r(o);
    int n = 0;
    auto const opens = [&](std::string_view identity, std::string_view host, bool secure,
                           std::string_view transport = "tcp") {
        ++n;
        msrp::session_parameters p{*msrp::read_path(support::ann), *msrp::read_path(support::bob)};
        p.identity = identity;
        p.target = msrp::connect_target{host, 2855, secure, transport};
        return r.try_open(connection_role::active, ours(n), theirs(n), p).has_value();
    };
    // Each would be a connection of its own.
    CHECK(opens("one", "victim.example", false));
    CHECK(opens("two", "VICTIM.example", false));
    CHECK(opens("one", "victim.example", true));
    CHECK(count(r.connects(false), "victim.example 2855") == 3);
    CHECK_FALSE(opens("three", "victim.example", false));
    CHECK_FALSE(opens("one", "victim.example", false, "sctp"));
    CHECK_FALSE(opens("", "victim.example", true));
    CHECK(opens("two", "victim.example", false));  // there is one
    CHECK(r.connects(false).empty());
    CHECK(opens("one", "victim.example.", false));
}

TEST_CASE(
    "a type answered with 415 is not sent again; accept-types, max-size of the peer (SDP-8.6)",
    "[endpoint]") {
    endpoint_rig r;
    msrp::session_parameters p{*msrp::read_path(support::ann), *msrp::read_path(support::bob)};
    p.peer_accepts = {[](void*, std::string_view t) { return t.starts_with("text/"); }, nullptr};
    p.peer_max_size = 10;
    auto const s = *r.try_open(connection_role::active, ours(1), theirs(1), p);
    r.connects();
    r.feed(link(1), answers(r.output(link(1))));
    auto const code = [&](msrp::outgoing_message const& m) {
        auto const got = r.e.send(s, m, r.now);
        return got ? std::error_code{} : got.error().code;
    };
    CHECK(code({.content_type = "image/png", .body = "x"}) == msrp::error::refused);
    CHECK(code({.content_type = "text/plain", .body = "12345678901"}) ==
          msrp::error::message_too_large);
    CHECK_FALSE(code({.content_type = "text/plain", .body = "1234567890"}));
    CHECK_FALSE(code({.content_type = "text/html", .body = "x"}));
    auto const text = r.output(link(1));
    CHECK(r.feed(link(1), response(tid_of(text), "415")) ==
          "1: sent 1 refused by the peer 415 10\n");
    CHECK(code({.content_type = "text/plain", .body = "x"}) == msrp::error::refused);
    CHECK_FALSE(code({.content_type = "text/html", .body = "x"}));
    r.active(2);
    r.connects();
    CHECK(r.e.send(msrp::session_handle{2}, {.content_type = "text/plain", .body = "x"}, r.now)
              .has_value());  // another session knows nothing of it
}

TEST_CASE("we refuse by session: 415, 413 (CHK-14.5-1)", "[endpoint]") {
    endpoint_rig r;
    msrp::session_parameters p{*msrp::read_path(support::ann), *msrp::read_path(support::bob)};
    p.accepts = {[](void*, std::string_view t) { return t == "text/html"; }, nullptr};
    REQUIRE(r.try_open(connection_role::passive, ours(1), theirs(1), p));
    p.accepts = {};
    p.max_size = 3;
    REQUIRE(r.try_open(connection_role::passive, ours(2), theirs(2), p));
    auto const c = r.accepted();
    r.feed(c, chunk(1, "aaaa", mid("m123"), "x"));
    CHECK(r.output(c).starts_with("MSRP aaaa 415 "));
    r.feed(c, chunk(2, "bbbb", mid("m123"), "123"));
    CHECK(r.output(c).starts_with("MSRP bbbb 200 "));
    r.feed(c, chunk(2, "cccc", mid("m124"), "1234"));
    CHECK(r.output(c).starts_with("MSRP cccc 413 "));
}

TEST_CASE("a failure found late is reported once, if it is wanted (RPT-7.1.4-1, RPT-7.1.4-2)",
          "[endpoint]") {
    endpoint_rig r;
    auto const s = r.passive(1);
    auto const c = r.accepted();
    r.feed(c, chunk(1, "aaaa", mid("m123", "Byte-Range: 1-*/*\r\n"), "hello"));
    CHECK(r.output(c).starts_with("MSRP aaaa 200 "));
    CHECK_FALSE(r.e.refuse(s, "m123", 413, r.now));
    auto const report = r.output(c);
    CHECK(report.find(" REPORT\r\n") != std::string::npos);
    CHECK(value_of(report, "Message-ID") == "m123");
    CHECK(value_of(report, "Byte-Range") == "1-5/5");
    CHECK(value_of(report, "Status") == "000 413 Stop Sending");
    CHECK(value_of(report, "To-Path") == theirs(1));
    CHECK(count(report, "-Report:") == 0);
    CHECK(r.e.refuse(s, "m123", 413, r.now) == msrp::error::no_such_message);
    CHECK(r.output(c).empty());
    // Chunks of it that come again are no duplicates of what was taken: they get the same answer.
    r.feed(c, chunk(1, "aaab", mid("m123", "Success-Report: yes\r\n"), "hello"));
    auto const again = r.output(c);
    CHECK(again.starts_with("MSRP aaab 413 "));
    CHECK(count(again, "MSRP ") == 1);
    r.feed(c, chunk(1, "bbbb", mid("m124", "Failure-Report: no\r\n"), "hello"));
    CHECK_FALSE(r.e.refuse(s, "m124", 413, r.now));
    CHECK(r.output(c).empty());  // TRX-7.1.4-1
    CHECK(r.e.refuse(s, "m999", 413, r.now) == msrp::error::no_such_message);
    CHECK(r.e.refuse(s, "m123", 200, r.now) == msrp::error::bad_status);
    // RPT-7.1.2-4: none for a session that is no more.
    r.feed(c, chunk(1, "cccc", mid("m125"), "hello"));
    r.output(c);
    CHECK_FALSE(r.e.close(s, r.now));
    CHECK(r.e.refuse(s, "m125", 413, r.now) == msrp::error::no_such_session);
    CHECK(r.output(c).empty());
}

TEST_CASE("a REPORT of lost octets fails the session (RPT-7.3.2-2)", "[endpoint]") {
    for (auto const status : {"408", "481", "506"}) {
        endpoint_rig r;
        two_bound(r);
        static_cast<void>(
            *r.e.send(msrp::session_handle{1}, {.content_type = "a/b", .body = "xyz"}, r.now));
        auto const text = r.output(link(1));
        auto const report = support::request(
            "rrrr", "REPORT",
            mid(value_of(text, "Message-ID"),
                "Byte-Range: 1-3/3\r\nStatus: 000 " + std::string(status) + " lost\r\n"),
            ours(1), theirs(1));
        auto const events = r.feed(link(1), report);
        CHECK(events.starts_with("1: report 1 0 " + std::string(status) + " part\n1: sent 1 "));
        CHECK(count(events, "1: ended ") == 1);
        CHECK(r.e.sessions() == 1);
    }
    // One that says it is not wanted is about the message alone.
    endpoint_rig r;
    two_bound(r);
    static_cast<void>(
        *r.e.send(msrp::session_handle{1}, {.content_type = "a/b", .body = "xyz"}, r.now));
    auto const id = value_of(r.output(link(1)), "Message-ID");
    CHECK(
        count(r.feed(link(1), support::request("rrrr", "REPORT", mid(id, "Status: 000 413 no\r\n"),
                                               ours(1), theirs(1))),
              "ended") == 0);
    CHECK(r.e.sessions() == 2);
}

TEST_CASE("success REPORTs on the way cover all octets (RPT-7.1.3-1, RPT-7.1.3-2)", "[endpoint]") {
    msrp::endpoint_options o;
    o.each.report_every = 10;
    endpoint_rig r(o);
    r.passive(1);
    auto const c = r.accepted();
    auto const part = [&](int from, std::string_view body, char flag) {
        r.feed(c, chunk(1, "tid" + std::to_string(from),
                        mid("m123", "Success-Report: yes\r\nByte-Range: " + std::to_string(from) +
                                        "-*/*\r\n"),
                        body, flag));
        auto const text = r.output(c);
        auto const at = text.find(" REPORT\r\n");
        return at == std::string::npos ? "" : value_of(text.substr(at), "Byte-Range");
    };
    CHECK(part(1, "12345", '+').empty());
    CHECK(part(6, "67890", '+') == "1-10/*");
    CHECK(part(21, "1234567890", '$') == "21-30/30");
    CHECK(part(11, "1234567890", '+') == "1-30/30");
}

TEST_CASE("after a loss only what is not confirmed is sent again (CON-5.4-6)", "[endpoint]") {
    msrp::endpoint_options o;
    o.each.block_size = 3000;
    endpoint_rig a(o);
    endpoint_rig b;
    auto const open = [&](int n) {
        auto const s = a.active(n);
        // The peer's view of the same session.
        auto const t = *b.try_open(connection_role::passive, theirs(n), ours(n));
        a.connects();
        return std::pair{s, t};
    };
    std::string body;
    for (int i = 0; i < 20'000; ++i) body += static_cast<char>('a' + i % 26);
    auto [s, t] = open(1);
    auto const to_b = b.accepted();
    auto const h = *a.e.send(s, {.content_type = "a/b", .body = body}, a.now);
    // Three chunks, of which the first and third arrive and are answered.
    b.feed(to_b, a.block(link(1)));  // binds, and begins: 3000 octets
    static_cast<void>(*a.e.send(s, {.content_type = "a/b", .body = "between"}, a.now));
    std::string received(body.size(), '?');
    std::vector<msrp::octet_range> came;
    std::optional<std::uint64_t> total;
    std::string id;
    auto const take = [&](std::string_view octets) {
        REQUIRE_FALSE(b.e.receive(b.e.connections() == 1 ? to_b : link(2), octets, b.now));
        while (auto const e = b.e.poll_event()) {
            if (auto const* d = std::get_if<msrp::message_data>(&e->what))
                if (d->octets != "between")
                    received.replace(static_cast<std::size_t>(d->position - 1), d->octets.size(),
                                     d->octets);
        }
    };
    received.replace(0, 3000, body.substr(0, 3000));
    take(a.block(link(1)));
    a.feed(link(1), b.output(to_b));
    take(a.block(link(1)));
    CHECK(a.e.progress(h)->responded == 3000);
    CHECK(a.e.progress(h)->state == msrp::delivery_state::sending);
    // The connection is lost on both sides.
    CHECK_FALSE(a.e.connection_lost(link(1), a.now));
    std::vector<msrp::octet_range> confirmed;
    while (auto const e = a.e.poll_event())
        if (auto const* sent = std::get_if<msrp::message_sent>(&e->what);
            sent && sent->handle == h) {
            CHECK(sent->outcome == msrp::error::connection_lost);
            confirmed.assign(sent->confirmed.begin(), sent->confirmed.end());
            id = sent->message_id.view();
        }
    CHECK(confirmed == std::vector<msrp::octet_range>{{1, 3000}});
    CHECK_FALSE(b.e.connection_lost(to_b, b.now));
    while (auto const e = b.e.poll_event())
        if (auto const* end = std::get_if<msrp::message_end>(&e->what)) {
            CHECK(end->fate == msrp::message_fate::incomplete);
            came.assign(end->received.begin(), end->received.end());
            total = end->total;
            CHECK(end->message_id == id);
        }
    REQUIRE(came.size() == 1);
    CHECK(came[0] == msrp::octet_range{1, received.find('?')});
    CHECK(came[0].last > 3000);
    CHECK_FALSE(total);
    // New URIs, the same Message-ID.
    std::tie(s, t) = open(2);
    CHECK_FALSE(b.e.expect(t, id, came, total, b.now));
    auto const again = b.accepted();
    CHECK(a.e.send(s, {.content_type = "a/b", .body = body, .confirmed = confirmed}, a.now)
              .error()
              .code == msrp::error::wrong_order);
    static_cast<void>(*a.e.send(
        s, {.content_type = "a/b", .body = body, .message_id = id, .confirmed = confirmed}, a.now));
    auto const c = *a.e.connection_of(s);
    std::string wire;
    for (auto more = a.block(c); !more.empty(); more = a.block(c)) wire += more;
    CHECK(count(wire, "Byte-Range: 3001-*/20000") == 1);
    CHECK(wire.size() < 18'000);
    REQUIRE_FALSE(b.e.receive(again, wire, b.now));
    bool complete = false;
    while (auto const e = b.e.poll_event()) {
        if (auto const* d = std::get_if<msrp::message_data>(&e->what))
            received.replace(static_cast<std::size_t>(d->position - 1), d->octets.size(),
                             d->octets);
        if (auto const* end = std::get_if<msrp::message_end>(&e->what))
            complete = end->fate == msrp::message_fate::complete && end->size == 20'000;
    }
    CHECK(complete);
    CHECK(received == body);
    CHECK(count(a.feed(c, b.output(again)), " ok 200 20000\n") == 1);
    CHECK(b.e.expect(t, id, came, total, b.now) == msrp::error::wrong_order);
    CHECK(b.e.expect(t, "??", came, total, b.now) == msrp::error::bad_ident);
    std::array<msrp::octet_range, 1> const bad{{{5, 9}}};
    CHECK(b.e.expect(t, "other1", bad, 8, b.now) == msrp::error::bad_byte_range);
}

TEST_CASE("what expect refuses, and what it waits for (CON-5.4-6)", "[endpoint]") {
    msrp::endpoint_options o;
    o.each.max_incoming_messages = 2;
    o.each.max_ranges = 2;
    o.each.max_message_size = 100;
    endpoint_rig r(o);
    auto const s = r.passive(1);
    auto const c = r.accepted();
    std::array<msrp::octet_range, 1> const part{{{1, 5}}};
    std::array<msrp::octet_range, 3> const many{{{1, 1}, {3, 3}, {5, 5}}};
    std::array<msrp::octet_range, 1> const far{{{90, 101}}};
    auto const expect = [&](std::string_view id, std::span<msrp::octet_range const> ranges,
                            std::optional<std::uint64_t> total) {
        return r.e.expect(s, id, ranges, total, r.now);
    };
    CHECK_FALSE(expect("m099", part, 5));  // nothing is missing: duplicates
    CHECK(expect("m100", many, {}) == msrp::error::too_many_ranges);
    CHECK(expect("m100", far, {}) == msrp::error::bad_byte_range);
    CHECK(expect("m100", part, 101) == msrp::error::bad_byte_range);
    CHECK(r.e.timers() == 1);  // of the connection
    CHECK_FALSE(expect("m100", part, {}));
    CHECK(expect("m100", part, {}) == msrp::error::wrong_order);
    CHECK_FALSE(expect("m101", part, 7));
    CHECK(expect("m102", part, {}) == msrp::error::too_many_messages);
    CHECK(r.e.expect(msrp::session_handle{9}, "m102", part, {}, r.now) ==
          msrp::error::no_such_session);
    CHECK(r.feed(c, chunk(1, "dupl", mid("m099", "Byte-Range: 1-5/5\r\n"), "12345")) ==
          "1: bound 1\n1: duplicate m099\n");
    // The rest of one comes, of which the end came before; that of the other never does.
    CHECK(r.feed(c, chunk(1, "aaaa", mid("m101", "Byte-Range: 6-7/7\r\n"), "67", '+')) ==
          "1: data m101 6 67\n1: end m101 complete 7\n");
    CHECK(r.at(seconds(540)) == "1: end m100 incomplete 5\n");
    CHECK(r.e.timers() == 0);
}

TEST_CASE("an end above the largest size is refused, though nothing stands before it (CHK-14.5-1)",
          "[endpoint]") {
    msrp::endpoint_options o;
    o.each.max_message_size = 100;
    endpoint_rig r(o);
    r.passive(1);
    auto const c = r.accepted();
    auto const end = [&](std::string_view tid, std::string_view range) {
        r.feed(c, chunk(1, tid, mid(tid, "Byte-Range: 1-*/*\r\n"), "a", '+'));
        r.output(c);
        r.feed(c, chunk(1, "z" + std::string(tid),
                        mid(tid, "Byte-Range: " + std::string(range) + "\r\n"), ""));
        return r.output(c).substr(0, 14);
    };
    CHECK(end("aaaa", "101-*/*") == "MSRP zaaaa 200");
    CHECK(end("bbbb", "102-*/*") == "MSRP zbbbb 413");
}

TEST_CASE("what send refuses", "[endpoint]") {
    endpoint_rig r;
    auto const s = r.passive(1);
    auto const code = [&](msrp::outgoing_message const& m) {
        auto const got = r.e.send(s, m, r.now);
        return got ? std::error_code{} : got.error().code;
    };
    struct none final : msrp::body_source {
        msrp::body_piece next(std::size_t) override { return {{}, msrp::body_state::last}; }
    } source;
    std::array<msrp::outgoing_field, 1> field{{{"X-Field", "value"}}};
    CHECK(code({.body = "x"}) == msrp::error::wrong_order);
    CHECK(code({.source = &source}) == msrp::error::wrong_order);
    CHECK(code({.content_type = "a/b", .body = "x", .source = &source}) ==
          msrp::error::wrong_order);
    CHECK(code({.content_type = "a/b", .success_report = msrp::report_value::partial}) ==
          msrp::error::wrong_order);
    CHECK_FALSE(code({.content_type = "a/b", .message_id = "same1", .fields = field}));
    CHECK(code({.content_type = "a/b", .message_id = "same1"}) == msrp::error::wrong_order);
    // What the session writes, and what AUTH, its responses and NICKNAME alone have.
    for (auto const name :
         {"To-Path", "from-path", "Message-ID", "Success-Report", "Failure-Report", "Byte-Range",
          "Status", "Use-Path", "WWW-Authenticate", "Authorization", "Authentication-Info",
          "Expires", "Min-Expires", "Max-Expires", "Use-Nickname", "Content-Type"}) {
        field[0].name = name;
        CHECK(code({.content_type = "a/b", .fields = field}) == msrp::error::wrong_order);
    }
    std::string const longest(2048, 'v');
    field[0] = {"X-Field", longest};
    CHECK(code({.content_type = "a/b", .fields = field}) == msrp::error::header_block_too_long);
    field[0].value = "a\r\nb";
    CHECK(code({.content_type = "a/b", .fields = field}) == msrp::error::illegal_octet);
    CHECK(r.e.resume(msrp::message_handle{7}, r.now) == msrp::error::no_such_message);
    CHECK(r.e.abort(msrp::message_handle{7}, r.now) == msrp::error::no_such_message);
    CHECK_FALSE(r.e.progress(msrp::message_handle{7}));
    CHECK_FALSE(r.e.counters(msrp::session_handle{7}));
    CHECK_FALSE(r.e.connection_of(msrp::session_handle{7}));
    CHECK(r.e.sessions_of(link(7)) == 0);
    CHECK(r.e.outgoing(msrp::session_handle{7}) == 0);
    CHECK_FALSE(r.e.can_receive(link(7)));
    CHECK(r.e.written(link(7), 0, r.now) == msrp::error::no_such_connection);
    CHECK(r.e.receive(link(7), "x", r.now) == msrp::error::no_such_connection);
    CHECK(r.e.poll_output(link(7)).empty());
}

TEST_CASE("what is confirmed in the middle and at the end is passed over", "[endpoint]") {
    endpoint_rig r;
    r.active(1);
    r.connects();
    r.feed(link(1), answers(r.output(link(1))));
    std::string const body = "0123456789abcdefghij";
    auto const ranges = [&](std::vector<msrp::octet_range> const& known) {
        static int n = 0;
        auto const id = "again" + std::to_string(++n);
        static_cast<void>(*r.e.send(
            msrp::session_handle{1},
            {.content_type = "a/b", .body = body, .message_id = id, .confirmed = known}, r.now));
        auto const text = r.output(link(1));
        std::string out;
        for (std::size_t at = 0; (at = text.find("Byte-Range: ", at)) != std::string::npos; ++at) {
            auto const rest = std::string_view(text).substr(at);
            auto const from = rest.find("\r\n\r\n") + 4;
            out += std::string(rest.substr(12, rest.find("\r\n") - 12)) + " " +
                   std::string(rest.substr(from, rest.find("\r\n-------", from) - from)) +
                   rest[rest.find("-------") + 19] + "\n";
        }
        INFO(text);
        auto const events = r.events();
        CHECK(count(events + r.feed(link(1), answers(text)), " sent ") == 1);
        return out;
    };
    CHECK(ranges({}) == "1-20/20 0123456789abcdefghij$\n");
    CHECK(ranges({{1, 5}}) == "6-20/20 56789abcdefghij$\n");
    CHECK(ranges({{6, 10}}) == "1-*/20 01234+\n11-20/20 abcdefghij$\n");
    CHECK(ranges({{1, 2}, {4, 5}, {19, 20}}) == "3-*/20 2+\n6-*/20 56789abcdefgh+\n");
    CHECK(ranges({{1, 20}}).empty());
    for (std::vector<msrp::octet_range> const& wrong :
         {std::vector<msrp::octet_range>{{0, 3}}, {{1, 21}}, {{5, 4}}, {{4, 6}, {6, 8}}})
        CHECK(
            r.e.send(
                   msrp::session_handle{1},
                   {.content_type = "a/b", .body = body, .message_id = "wrong", .confirmed = wrong},
                   r.now)
                .error()
                .code == msrp::error::bad_byte_range);
}

TEST_CASE("one octet a second does not keep an unused connection (T17)", "[endpoint]") {
    endpoint_rig r;
    r.passive(1);
    auto const c = r.accepted();
    auto const text = chunk(1, "aaaa", mid("m123"), "hello");
    std::string events;
    for (int i = 0; i < 29; ++i) {
        CHECK(r.feed(c, text.substr(static_cast<std::size_t>(i), 1)).empty());
        CHECK(r.at(seconds(1)).empty());
    }
    CHECK(r.at(seconds(1)) == "0: close 1 no response in time\n");
}

TEST_CASE("a peer that takes nothing while responses wait is given up in time (T17)",
          "[endpoint]") {
    msrp::endpoint_options o;
    o.each.max_control_octets = 1;
    endpoint_rig r(o);
    r.passive(1);
    auto const c = r.accepted();
    r.feed(c, chunk(1, "aaaa", mid("m123"), "hello"));
    CHECK(!r.output(c).empty());
    CHECK(r.events().empty());  // reads on
    auto const two =
        chunk(1, "bbbb", mid("m124"), "hello") + chunk(1, "cccc", mid("m125"), "hello");
    CHECK(r.feed(c, two).ends_with("1: end m124 complete 5\n"));
    CHECK_FALSE(r.e.can_receive(c));
    CHECK(r.e.deadline() == r.now + seconds(30));
    r.now += seconds(29);
    // It takes some of it: another 30 s; all of it: what waited goes on.
    CHECK(r.e.poll_output(c).size() == 1);
    CHECK_FALSE(r.e.written(c, 1, r.now));
    CHECK(r.at(seconds(29)).empty());
    CHECK(r.output(c).starts_with("SRP bbbb 200"));
    CHECK(r.events().ends_with("1: end m125 complete 5\n"));
    CHECK(!r.output(c).empty());
    CHECK(r.events().empty());
    CHECK_FALSE(r.e.deadline());
    r.feed(c, two);
    CHECK(r.at(seconds(30)) == "0: close 1 no response in time\n");
}

TEST_CASE("a session that comes to a stalled connection leaves its time running (T17)",
          "[endpoint]") {
    enum class comes { opened, attached, bound };
    for (auto const how : {comes::opened, comes::attached, comes::bound}) {
        INFO(static_cast<int>(how));
        msrp::endpoint_options o;
        o.each.max_control_octets = 1;
        endpoint_rig r(o);
        r.passive(1);
        auto const c = r.accepted();
        r.feed(c, chunk(1, "aaaa", mid("m123"), "hello"));
        r.output(c);
        r.events();
        if (how == comes::bound) r.passive(2);
        auto const stalls = chunk(how == comes::bound ? 2 : 1, "bbbb", mid("m124"), "hello") +
                            chunk(1, "cccc", mid("m125"), "hello");
        r.feed(c, stalls);
        CHECK_FALSE(r.e.can_receive(c));
        CHECK(r.e.deadline() == r.now + seconds(30));
        r.now += seconds(10);
        msrp::session_parameters p{*msrp::read_path(support::ann), *msrp::read_path(support::bob)};
        p.connection = c;
        if (how == comes::opened)
            CHECK(r.try_open(connection_role::active, ours(2), theirs(2), p).has_value());
        if (how == comes::attached) CHECK_FALSE(r.e.attach(r.passive(2), c, r.now));
        CHECK(r.e.deadline() == r.now + seconds(20));
        CHECK(r.at(seconds(20)) == "0: close 1 no response in time\n");
    }
    // The last session went while it was stalled: it idles, and with the next one it is stalled.
    msrp::endpoint_options o;
    o.each.max_control_octets = 1;
    endpoint_rig r(o);
    auto const s = r.passive(1);
    auto const c = r.accepted();
    r.feed(c, chunk(1, "aaaa", mid("m123"), "hello") + chunk(1, "bbbb", mid("m124"), "hello"));
    CHECK_FALSE(r.e.can_receive(c));
    CHECK_FALSE(r.e.close(s, r.now));
    CHECK(r.events().ends_with("1: ended ok\n"));
    CHECK(r.e.deadline() == r.now + seconds(300));
    CHECK_FALSE(r.e.attach(r.passive(2), c, r.now));
    CHECK(r.e.deadline() == r.now + seconds(30));
    CHECK(r.at(seconds(30)) == "0: close 1 no response in time\n");
}

TEST_CASE("what a lost connection held is given back when its events are polled", "[endpoint]") {
    support::counting_memory memory;
    msrp::endpoint_options o;
    support::basic_endpoint_rig<msrp::pmr::endpoint<support::seeded_random>> r(o, &memory);
    int n = 0;
    auto const round = [&] {
        r.passive(++n);
        auto const c = r.accepted();
        r.feed(c, std::string_view(chunk(1, "aaaa", mid("m123"), "hello")).substr(0, 30));
        CHECK_FALSE(r.e.connection_lost(c, r.now));
        auto const before = memory.live;
        r.events();
        return before - memory.live;
    };
    for (int i = 0; i < 3; ++i) CHECK(round() > 0);
    CHECK(r.e.connections() == 0);
}

TEST_CASE("shut_down: all is closed, nothing begins", "[endpoint]") {
    endpoint_rig r;
    two_bound(r);
    r.passive(3);
    r.accepted();
    r.e.shut_down(r.now);
    auto const events = r.events();
    CHECK(count(events, " ended ok\n") == 3);
    CHECK(count(events, "0: close ") == 2);
    CHECK(r.try_open(connection_role::passive, ours(9), theirs(9)).error().code ==
          msrp::error::session_closed);
    CHECK(r.e.accepted(r.now).error().code == msrp::error::session_closed);
    CHECK(r.e.connected(link(1), r.now) == msrp::error::wrong_order);
    r.e.shut_down(r.now);
    CHECK_FALSE(r.e.connection_lost(link(1), r.now));
    CHECK_FALSE(r.e.connection_lost(link(2), r.now));
    CHECK(r.events().empty());
    CHECK(r.e.sessions() + r.e.connections() + r.e.timers() + r.e.transactions() == 0);
}

TEST_CASE("a trace sees octets and events, and session-ids only where asked to (CON-3-1)",
          "[endpoint]") {
    struct log {
        std::string octets;
        std::string events;
        std::size_t fields = 0;
    };
    for (bool const all : {false, true}) {
        log seen;
        msrp::endpoint_options o;
        o.trace.context = &seen;
        o.trace.show_session_ids = all;
        o.trace.octets = [](void* to, msrp::connection_id, msrp::endpoint_trace::direction way,
                            std::string_view octets) {
            auto& l = *static_cast<log*>(to);
            if (way == msrp::endpoint_trace::direction::received || !octets.empty())
                l.octets += octets;
        };
        o.trace.event = [](void* to, msrp::session_handle, msrp::session_event const& e) {
            auto& l = *static_cast<log*>(to);
            l.events += support::describe(e) + "\n";
            if (auto const* b = std::get_if<msrp::message_begin>(&e))
                l.fields += b->headers.message_id().has_value() ? 1U : 0U;
        };
        std::string const secret = "see msrp://x.example:1/secret;tcp";
        endpoint_rig r(o);
        r.passive(1);
        auto const c = r.accepted();
        auto const text = chunk(1, "aaaa", mid("m123"), secret);
        std::string events;
        for (std::size_t i = 0; i < text.size(); ++i)
            events += r.feed(c, std::string_view(text).substr(i, 1));
        CHECK(count(events, "\n") == count(seen.events, "\n"));
        CHECK(count(seen.events, "begin m123 text/plain") == 1);
        CHECK(seen.fields == (all ? 1 : 0));
        auto const out = r.output(c);
        if (all) {
            CHECK(seen.octets == text + out);
        } else {
            CHECK(seen.octets.find("MSRP aaaa SEND") != std::string::npos);
            CHECK(seen.octets.find("MSRP aaaa 200") != std::string::npos);
            CHECK(seen.octets.find("ann1") == std::string::npos);
            CHECK(seen.octets.find("bob1") == std::string::npos);
            CHECK(count(seen.octets, "/*;tcp") == 5);
            CHECK(count(seen.events, "data m123 1 ") == 1);  // where, but not what
            CHECK(count(seen.events, "data m123 ") == secret.size());
            for (std::size_t i = 0; i < secret.size(); ++i)
                CHECK(seen.events.find("data m123 " + std::to_string(i + 1) + " \n") !=
                      std::string::npos);
        }
    }
}

TEST_CASE("poll_writable names each connection that has something to say, once", "[endpoint]") {
    endpoint_rig r;
    two_bound(r);
    r.active(3, "carol.example.net:1");
    r.connects();
    while (r.e.poll_writable()) {
    }
    r.output(link(2));
    CHECK_FALSE(r.e.poll_writable());
    static_cast<void>(
        *r.e.send(msrp::session_handle{3}, {.content_type = "a/b", .body = "x"}, r.now));
    static_cast<void>(
        *r.e.send(msrp::session_handle{1}, {.content_type = "a/b", .body = "x"}, r.now));
    static_cast<void>(
        *r.e.send(msrp::session_handle{3}, {.content_type = "a/b", .body = "y"}, r.now));
    CHECK(r.e.poll_writable() == link(2));
    CHECK(r.e.poll_writable() == link(1));
    CHECK_FALSE(r.e.poll_writable());
    CHECK(!r.output(link(2)).empty());
    CHECK_FALSE(r.e.poll_writable());
}

TEST_CASE(
    "a session is bound only to a connection that its filter allows (CON-5.4-5, TLS-14.4-1, T24)",
    "[endpoint]") {
    struct known {
        msrp::session_handle session;
        msrp::connection_id connection;
        int asked = 0;
    };
    known good{};
    msrp::endpoint_options o;
    o.binds.context = &good;
    o.binds.allows = [](void* context, msrp::session_handle s, msrp::connection_id c) {
        auto& k = *static_cast<known*>(context);
        ++k.asked;
        return s == k.session && c == k.connection;
    };
    endpoint_rig r(o);
    auto const stranger = r.accepted();
    auto const friendly = r.accepted();
    good = {r.passive(1), friendly, 0};
    CHECK(r.feed(stranger, chunk(1, "str1", mid("m111"), "let me in")) ==
          "0: close 1 peer on the connection is not the session's\n");
    CHECK(r.output(stranger).empty());
    CHECK_FALSE(r.e.connection_of(good.session));
    CHECK(r.e.counters().chunks_received == 0);
    CHECK_FALSE(r.e.connection_lost(stranger, r.now));
    CHECK(r.events().empty());  // the session waits on
    CHECK(r.feed(friendly, chunk(1, "fri1", mid("m222"), "hi")) ==
          "1: bound 2\n1: begin m222 text/plain *\n1: data m222 1 hi\n1: end m222 complete 2\n");
    CHECK(r.output(friendly).starts_with("MSRP fri1 200 "));
    // Asked once: the session has its connection now.
    CHECK(good.asked == 2);
    r.feed(friendly, chunk(1, "fri2", mid("m333"), ""));
    CHECK(good.asked == 2);
    // Each session of a connection for itself.
    r.passive(2);
    CHECK(r.feed(friendly, chunk(2, "two1", mid("m444"), ""))
              .find("close 2 peer on the connection") != std::string::npos);
}

TEST_CASE("chunks carry no more than a relay takes", "[endpoint]") {
    for (std::size_t const most : {1U, 7U, 100U, 2048U, 5000U}) {
        msrp::endpoint_options o;
        o.each.max_chunk_size = most;
        o.each.max_transactions = 10000;
        endpoint_rig r(o);
        auto const s = r.active(1);
        r.connects();
        r.feed(link(1), answers(r.output(link(1))));
        std::string const body(5000, '@');
        REQUIRE(r.e.send(s, {.content_type = "text/plain", .body = body}, r.now));
        auto const out = r.output(link(1));
        CHECK(count(out, " SEND\r\n") == (body.size() + most - 1) / most);
        CHECK(count(out, "+\r\n") == (body.size() + most - 1) / most - 1);
        CHECK(count(out, "@") == body.size());
        CHECK(r.feed(link(1), answers(out)).find("sent 1") != std::string::npos);
    }
}

namespace {

/// Connection 1 with one session, bound, and a message of it on the way out: handed to the
/// transport, which has not taken it yet.
struct half_written {
    endpoint_rig r{};
    msrp::session_handle s{};
    msrp::message_handle m{};
    std::string out{};

    explicit half_written(std::string_view fields = {}) {
        s = r.active(1);
        r.connects();
        r.feed(link(1), answers(r.output(link(1))));
        if (!fields.empty()) r.feed(link(1), chunk(1, "pppp", fields, "hello"));
        r.output(link(1));
        m = *r.e.send(s, {.content_type = "a/b", .body = "x"}, r.now);
        for (auto const v : r.e.poll_output(link(1))) out += v;
    }
};

/// Gives the same octets for ever.
struct stuck_random {
    stuck_random(support::seeded_random const&) {}  // as the rig has it
    void operator()(std::span<unsigned char> out) const {
        for (auto& octet : out) octet = 7;
    }
};

}  // namespace

TEST_CASE("a session that is closing takes nothing more, and ends once its octets are written",
          "[endpoint]") {
    half_written h(mid("m123"));
    auto& r = h.r;
    CHECK_FALSE(r.e.close(h.s, r.now));
    CHECK(r.e.sessions() == 1);
    auto const gone = make_error_code(msrp::error::no_such_session);
    CHECK(r.e.close(h.s, r.now) == gone);
    CHECK(r.e.attach(h.s, link(1), r.now) == gone);
    CHECK(r.e.refuse(h.s, "m123", 413, r.now) == gone);
    CHECK(r.e.expect(h.s, "m124", {}, {}, r.now) == gone);
    CHECK(r.e.send(h.s, {.content_type = "a/b"}, r.now).error().code == gone);
    CHECK(r.e.abort(h.m, r.now) == std::error_code{});  // it is given up already
    // Its name is free, and what comes for it has no session.
    r.feed(link(1), chunk(1, "late", mid("m125"), "x"));
    CHECK_FALSE(r.e.written(link(1), h.out.size(), r.now));
    CHECK(r.events() == "1: sent 1 session closed 0 1\n1: ended ok\n");
    CHECK(r.output(link(1)).starts_with("MSRP late 481 "));
    CHECK(r.e.sessions() == 0);
}

TEST_CASE("refuse takes error statuses alone (RPT-7.1.4-1)", "[endpoint]") {
    half_written h(mid("m123"));
    for (unsigned const status : {0U, 200U, 299U, 1000U, 65535U})
        CHECK(h.r.e.refuse(h.s, "m123", static_cast<std::uint16_t>(status), h.r.now) ==
              msrp::error::bad_status);
    CHECK_FALSE(h.r.e.written(link(1), h.out.size(), h.r.now));
    CHECK_FALSE(h.r.e.refuse(h.s, "m123", 999, h.r.now));
    CHECK(value_of(h.r.output(link(1)), "Status").starts_with("000 999"));
}

TEST_CASE("no REPORT goes before the SEND that binds (CON-5.4-3, CON-5.4-4)", "[endpoint]") {
    endpoint_rig r;
    std::array<msrp::octet_range, 1> const all{{{1, 5}}};
    auto const a = r.active(1);
    auto const p = r.passive(2);
    for (auto const s : {a, p}) {
        CHECK_FALSE(r.e.expect(s, "m123", all, 5, r.now));
        CHECK(r.e.refuse(s, "m123", 413, r.now) == msrp::error::no_such_connection);
    }
    r.connects();
    CHECK(r.e.refuse(a, "m123", 413, r.now) == msrp::error::no_such_connection);
    auto const binds = r.output(link(1));
    CHECK(count(binds, "MSRP ") == 1);
    CHECK_FALSE(r.e.refuse(a, "m123", 413, r.now));
    CHECK(value_of(r.output(link(1)), "Status") == "000 413 Stop Sending");
    CHECK(r.e.refuse(p, "m123", 413, r.now) == msrp::error::no_such_connection);
    auto const c = r.accepted();
    r.feed(c, support::request("bind", "SEND", mid("m124"), ours(2), theirs(2)));
    CHECK_FALSE(r.e.refuse(p, "m123", 413, r.now));
    auto const out = r.output(c);
    CHECK(value_of(out, "Status") == "000 413 Stop Sending");
    CHECK(value_of(out, "Byte-Range") == "1-5/5");
    // Once only.
    CHECK(r.e.refuse(p, "m123", 413, r.now) == msrp::error::no_such_message);
    CHECK(r.output(c).empty());
    // Where the connection is to be closed nothing is written any more.
    CHECK_FALSE(r.e.expect(p, "m125", all, 5, r.now));
    CHECK(r.feed(c, "no MSRP\r\n").find("close 2") != std::string::npos);
    CHECK(r.e.attach(r.passive(3), c, r.now) == msrp::error::no_such_connection);
    CHECK(r.e.refuse(p, "m125", 413, r.now) == msrp::error::no_such_connection);
    CHECK_FALSE(r.e.poll_writable() == c);
    CHECK(r.e.poll_output(c).empty());
}

TEST_CASE("ranges of an incomplete message go on in another session as they are (CON-5.4-6)",
          "[endpoint]") {
    endpoint_rig r;
    auto const old = r.passive(1);
    auto const next = r.passive(2);
    auto const c = r.accepted();
    r.feed(c, chunk(1, "aaaa", mid("m123", "Byte-Range: 1-*/9\r\n"), "123", '+'));
    r.feed(c, chunk(1, "bbbb", mid("m123", "Byte-Range: 5-*/9\r\n"), "5", '+'));
    CHECK_FALSE(r.e.close(old, r.now));
    bool told = false;
    while (auto const e = r.e.poll_event())
        if (auto const* end = std::get_if<msrp::message_end>(&e->what)) {
            told = true;
            // The view itself, though it shows what would be used for the next message.
            CHECK_FALSE(r.e.expect(next, "m123", end->received, end->total, r.now));
        }
    CHECK(told);
    CHECK(r.feed(c, chunk(2, "cccc", mid("m123", "Byte-Range: 4-4/9\r\n"), "4", '+')) ==
          "2: bound 1\n2: data m123 4 4\n");
    CHECK(r.feed(c, chunk(2, "dddd", mid("m123", "Byte-Range: 6-9/9\r\n"), "6789")) ==
          "2: data m123 6 6789\n2: end m123 complete 9\n");
}

TEST_CASE("a connection that is not there yet takes and gives nothing", "[endpoint]") {
    endpoint_rig r;
    auto const s = r.active(1);
    CHECK(r.connects(false) == "1 bob.example.net 8145 plain tcp\n");
    CHECK_FALSE(r.e.can_receive(link(1)));
    CHECK(r.e.receive(link(1), "x", r.now) == msrp::error::session_closed);
    CHECK(r.e.poll_output(link(1)).empty());
    // Its session has gone when it comes: it serves others for a while (CON-5.4-7).
    CHECK_FALSE(r.e.close(s, r.now));
    CHECK(r.events() == "1: ended ok\n");
    CHECK_FALSE(r.e.deadline());
    CHECK_FALSE(r.e.connected(link(1), r.now));
    CHECK(r.e.deadline() == r.now + seconds(300));
    CHECK(r.e.connected(link(1), r.now) == msrp::error::wrong_order);
    CHECK(r.at(seconds(300)) == "0: close 1 ok\n");
}

TEST_CASE("shut_down asks for no connection, and takes none that comes late", "[endpoint]") {
    endpoint_rig r;
    r.active(1);
    r.connects(false);
    r.active(2, "carol.example.net:1");
    r.e.shut_down(r.now);
    CHECK(r.connects().empty());
    CHECK(r.e.connected(link(1), r.now) == msrp::error::wrong_order);
    CHECK(count(r.events(), "close ") == 2);
    CHECK_FALSE(r.e.connection_lost(link(1), r.now));
    CHECK_FALSE(r.e.connection_lost(link(2), r.now));
    CHECK(r.e.sessions() + r.e.connections() + r.e.timers() == 0);
}

TEST_CASE("shut_down lets responses go out that are being written, and answers nothing new",
          "[endpoint]") {
    endpoint_rig r;
    auto const c = r.accepted();
    r.feed(c, chunk(1, "none", mid("m123"), "x"));  // 481
    std::string out;
    for (auto const v : r.e.poll_output(c)) out += v;
    CHECK(out.starts_with("MSRP none 481 "));
    r.e.shut_down(r.now);
    CHECK(r.feed(c, chunk(1, "late", mid("m124"), "x")).empty());
    CHECK(r.e.written(c, out.size() + 1, r.now) == msrp::error::wrong_order);
    CHECK_FALSE(r.e.written(c, out.size(), r.now));
    CHECK(r.events() == "0: close 1 ok\n");
    CHECK(r.e.poll_output(c).empty());
    // A message that is being written ends first.
    half_written h;
    h.r.e.shut_down(h.r.now);
    CHECK(h.r.events().empty());
    h.r.feed(link(1), chunk(1, "late", mid("m124"), "x"));
    CHECK_FALSE(h.r.e.written(link(1), h.out.size(), h.r.now));
    CHECK(h.r.events() == "1: sent 1 session closed 0 1\n1: ended ok\n0: close 1 ok\n");
    CHECK(h.r.e.counters().responses_sent == 0);
}

TEST_CASE("identities that run into the host share no connection (SEC-14.5-1)", "[endpoint]") {
    endpoint_rig r;
    auto const open = [&](int n, std::string_view identity, std::string_view host) {
        auto const path = *msrp::read_path(support::bob);
        msrp::session_parameters p{path, path};
        p.identity = identity;
        p.target = msrp::connect_target{host, 1, true, "tcp"};
        return r.e.connection_of(*r.try_open(connection_role::active, ours(n), theirs(n), p));
    };
    CHECK(open(1, "sha-256 AB", "c.example") == link(1));
    CHECK(open(2, "sha-256 A", "bc.example") == link(2));
    CHECK(open(3, "sha-256 ABc", ".example") == link(3));
    CHECK(open(4, "sha-256 AB", "C.example") == link(1));
}

TEST_CASE("no attempt at all may be allowed (T28)", "[endpoint]") {
    msrp::endpoint_options o;
    o.max_connect_attempts = 0;
    endpoint_rig r(o);
    CHECK(r.try_open(connection_role::active, ours(1), theirs(1)).error().code ==
          msrp::error::connect_refused);
    CHECK(r.e.connections() == 0);
}

TEST_CASE("a refusal that fills the room for responses stops reading until it is written (T17)",
          "[endpoint]") {
    msrp::endpoint_options o;
    o.each.max_control_octets = 1;
    endpoint_rig r(o);
    auto const s = r.passive(1);
    auto const c = r.accepted();
    r.feed(c, chunk(1, "aaaa", mid("m123"), "hello"));
    r.output(c);
    CHECK(r.events().empty());
    CHECK(r.e.can_receive(c));
    CHECK_FALSE(r.e.refuse(s, "m123", 413, r.now));
    CHECK_FALSE(r.e.can_receive(c));
    CHECK(r.feed(c, "MSRP") == make_error_code(msrp::error::not_drained).message());
    CHECK(r.output(c).find("Status: 000 413 Stop Sending\r\n") != std::string::npos);
    CHECK(r.e.can_receive(c));
}

TEST_CASE("many connections written to at once: each gets its own octets, again and again",
          "[endpoint]") {
    endpoint_rig r;
    std::vector<msrp::connection_id> all;
    for (int i = 0; i < 50; ++i) all.push_back(r.accepted());
    for (int round = 0; round < 3; ++round) {
        std::vector<std::size_t> sizes;
        for (auto const c : all) {
            auto const tid = "t" + std::to_string(1000 * (round + 1) + static_cast<int>(c));
            r.feed(c, chunk(1, tid, mid("m123"), "x"));
            std::string out;
            for (auto const v : r.e.poll_output(c)) out += v;
            CHECK(out.starts_with("MSRP " + tid + " 481 "));
            sizes.push_back(out.size());
        }
        for (std::size_t i = 0; i < all.size(); ++i)
            CHECK_FALSE(r.e.written(all[i], sizes[i], r.now));
    }
}

TEST_CASE("what is reported of parts, of nothing and of duplicates (RPT-7.1.2-1, RPT-7.1.3-1)",
          "[endpoint]") {
    endpoint_rig r;
    r.passive(1);
    auto const c = r.accepted();
    auto const reports = [&](std::string const& text) {
        r.feed(c, text);
        auto const out = r.output(c);
        CHECK(count(out, " 200 ") >= 1);
        return count(out, " REPORT\r\n") == 0 ? "none" : value_of(out, "Byte-Range");
    };
    CHECK(reports(chunk(1, "aaaa", mid("m123", "Success-Report: no\r\n"), "hello")) == "none");
    std::string const yes = "Success-Report: yes\r\n";
    auto nothing = support::request("bbbb", "SEND", mid("m124", yes), ours(1), theirs(1));
    CHECK(reports(nothing) == "1-0/0");
    nothing.replace(nothing.rfind('$'), 1, "+");
    CHECK(reports(nothing) == "none");
    // Duplicates (CHK-5.4-1): of a part, of all, aborted.
    CHECK(reports(chunk(1, "dup1", mid("m123", yes + "Byte-Range: 1-*/5\r\n"), "he", '+')) ==
          "1-2/*");
    CHECK(reports(chunk(1, "dup2", mid("m123", yes), "hello")) == "1-5/5");
    CHECK(reports(chunk(1, "dup3", mid("m123", yes), "hello", '#')) == "none");
}

TEST_CASE("a duplicate that goes beyond the last position is 400 and nothing else (T5)",
          "[endpoint]") {
    msrp::endpoint_options o;
    o.each.max_message_size = ~std::uint64_t{0};
    endpoint_rig r(o);
    r.passive(1);
    auto const c = r.accepted();
    r.feed(c, chunk(1, "aaaa", mid("m123"), "x"));
    r.output(c);
    std::string const top = "Byte-Range: 18446744073709551615-*/*\r\n";
    CHECK(r.feed(c, chunk(1, "bbbb", mid("m123", top), "ab")) == "1: duplicate m123\n");
    CHECK(r.output(c).starts_with("MSRP bbbb 400 "));
    // The same in two pieces, of a message under way.
    auto const text = chunk(1, "cccc", mid("m124", top), "ab");
    auto const cut = text.find("ab\r\n") + 1;
    CHECK(r.feed(c, text.substr(0, cut)) ==
          "1: begin m124 text/plain *\n1: data m124 18446744073709551615 a\n");
    CHECK(r.feed(c, text.substr(cut)) == "1: end m124 refused 1\n");
    CHECK(r.output(c).starts_with("MSRP cccc 400 "));
}

TEST_CASE("the end may come first, and twice; octets behind it are 400 (CHK-7.3.1-2)",
          "[endpoint]") {
    endpoint_rig r;
    r.passive(1);
    auto const c = r.accepted();
    auto const range = [](std::string_view id, std::string_view value) {
        return mid(id, "Byte-Range: " + std::string(value) + "\r\n");
    };
    r.feed(c, chunk(1, "aaaa", range("m123", "6-*/*"), "6789X"));
    CHECK(r.feed(c, chunk(1, "bbbb", range("m123", "9-*/*"), "9X")) == "1: data m123 9 9X\n");
    CHECK(count(r.output(c), " 200 ") == 2);
    CHECK(r.feed(c, chunk(1, "cccc", range("m123", "1-*/*"), "12345", '+')) ==
          "1: data m123 1 12345\n1: end m123 complete 10\n");
    r.feed(c, chunk(1, "dddd", range("m124", "11-*/*"), "12345", '+'));
    r.output(c);
    CHECK(r.feed(c, chunk(1, "eeee", range("m124", "1-*/*"), "12345")) ==
          "1: data m124 1 12345\n1: end m124 refused 10\n");
    CHECK(r.output(c).starts_with("MSRP eeee 400 "));
}

TEST_CASE("a REPORT on the way is about the stretch of the chunk that just ended (RPT-7.1.3-1)",
          "[endpoint]") {
    msrp::endpoint_options o;
    o.each.report_every = 1;
    endpoint_rig r(o);
    r.passive(1);
    auto const c = r.accepted();
    auto const reported = [&](std::string_view tid, std::string_view range) {
        std::string const fields =
            "Byte-Range: " + std::string(range) + "\r\nSuccess-Report: yes\r\n";
        r.feed(c, chunk(1, tid, mid("m123", fields), "12345", '+'));
        return value_of(r.output(c), "Byte-Range");
    };
    CHECK(reported("aaaa", "11-15/20") == "11-15/*");
    CHECK(reported("bbbb", "1-5/20") == "1-5/*");
    CHECK(reported("cccc", "6-10/20") == "1-15/*");
}

TEST_CASE("responses that are nobody's, or too early, say nothing (T18, TRX-7.2-2)", "[endpoint]") {
    struct slow final : msrp::body_source {
        std::string_view piece = "half";
        msrp::body_state state = msrp::body_state::more;
        msrp::body_piece next(std::size_t) override {
            auto const now = std::exchange(piece, {});
            return {now, now.empty() ? msrp::body_state::wait : state};
        }
    } source;
    endpoint_rig r;
    auto const s = r.active(1);
    r.connects();
    r.feed(link(1), answers(r.output(link(1))));
    auto const m = *r.e.send(s, {.content_type = "a/b", .source = &source}, r.now);
    auto const tid = tid_of(r.output(link(1)));
    auto const ignored = [&] { return r.e.counters().ignored; };
    CHECK(r.feed(link(1), response(tid, "200")).empty());  // the request goes on
    CHECK(ignored() == 1);
    // Another id that begins like ours.
    CHECK(r.feed(link(1), response(tid.substr(0, 8) + "zzzz", "413")).empty());
    CHECK(ignored() == 2);
    CHECK(r.e.progress(m)->responded == 0);
    source = {};
    source.piece = " done";
    source.state = msrp::body_state::last;
    CHECK_FALSE(r.e.resume(m, r.now));
    r.output(link(1));
    CHECK(r.feed(link(1), response(tid, "200")) == "1: sent 1 ok 200 9\n");
}

TEST_CASE("at most 16 refused types are remembered, each once (RFC 4975 10.6)", "[endpoint]") {
    endpoint_rig r;
    auto const s = r.active(1);
    r.connects();
    r.feed(link(1), answers(r.output(link(1))));
    auto const taken = [&](std::string_view type) {
        return r.e.send(s, {.content_type = type, .body = "x"}, r.now).has_value();
    };
    // Two of one type under way: both refused, one remembered.
    REQUIRE(taken("a/0"));
    REQUIRE(taken("a/0"));
    CHECK(count(r.feed(link(1), answers(r.output(link(1)), "415")), "sent ") == 2);
    for (int i = 1; i <= 16; ++i) {
        REQUIRE(taken("a/" + std::to_string(i)));
        r.feed(link(1), answers(r.output(link(1)), "415"));
    }
    for (int i = 0; i <= 15; ++i) CHECK_FALSE(taken("a/" + std::to_string(i)));
    CHECK(taken("a/16"));
}

TEST_CASE("REPORTs that make no sense change nothing (RPT-7.1.2-3)", "[endpoint]") {
    half_written h;
    auto& r = h.r;
    auto const id = value_of(h.out, "Message-ID");
    CHECK_FALSE(r.e.written(link(1), h.out.size(), r.now));
    auto const report = [&](std::string_view fields) {
        return r.feed(link(1),
                      support::request("rrrr", "REPORT", mid(id, fields), ours(1), theirs(1)));
    };
    CHECK(report("Byte-Range: 1-1/1\r\n").empty());  // no Status
    CHECK(report("Status: 000 200\r\nByte-Range: 5-1/1\r\n").empty());
    CHECK(r.e.counters().ignored == 2);
    // Of a message that asked for none: told, and no octet counts as confirmed.
    CHECK(report("Status: 000 200\r\nByte-Range: 1-1/1\r\n") == "1: report 1 0 200 part\n");
    CHECK_FALSE(r.e.connection_lost(link(1), r.now));
    auto const sent = r.e.poll_event();
    REQUIRE(sent);
    REQUIRE(std::holds_alternative<msrp::message_sent>(sent->what));
    CHECK(std::get<msrp::message_sent>(sent->what).confirmed.empty());
}

TEST_CASE("a success REPORT without a range is about what was sent (RPT-7.1.3-2)", "[endpoint]") {
    for (auto const* range : {"", "Byte-Range: 1-*/5\r\n", "Byte-Range: 1-5/5\r\n"}) {
        endpoint_rig r;
        auto const s = r.active(1);
        r.connects();
        r.feed(link(1), answers(r.output(link(1))));
        static_cast<void>(*r.e.send(s,
                                    {.content_type = "a/b",
                                     .body = "hello",
                                     .success_report = msrp::report_value::yes,
                                     .message_id = "m123"},
                                    r.now));
        r.feed(link(1), answers(r.output(link(1))));
        INFO(range);
        CHECK(r.feed(link(1),
                     support::request("rrrr", "REPORT", mid("m123", "Status: 000 200\r\n") + range,
                                      ours(1), theirs(1))) == "1: report 1 0 200 all\n");
        CHECK(r.e.timers() == 0);
    }
}

TEST_CASE("confirmed ranges lie within a source's total, and as many are kept as may be",
          "[endpoint]") {
    msrp::endpoint_options o;
    o.each.max_ranges = 2;
    endpoint_rig r(o);
    auto const s = r.active(1);
    struct none final : msrp::body_source {
        msrp::body_piece next(std::size_t) override { return {{}, msrp::body_state::wait}; }
    } source;
    std::array<msrp::octet_range, 3> const known{{{1, 2}, {4, 5}, {7, 8}}};
    auto const send = [&](std::optional<std::uint64_t> total) {
        return r.e.send(s,
                        {.content_type = "a/b",
                         .source = &source,
                         .total = total,
                         .message_id = "m123",
                         .confirmed = known},
                        r.now);
    };
    CHECK(send(7).error().code == msrp::error::bad_byte_range);
    REQUIRE(send(20).has_value());
    CHECK_FALSE(r.e.connection_lost(link(1), r.now));
    std::vector<msrp::octet_range> told;
    while (auto const e = r.e.poll_event())
        if (auto const* sent = std::get_if<msrp::message_sent>(&e->what))
            told.assign(sent->confirmed.begin(), sent->confirmed.end());
    CHECK(told == std::vector<msrp::octet_range>{{1, 2}, {4, 5}});
}

TEST_CASE("ids that repeat themselves make no loop and lose no message (FRM-7.1-1)", "[endpoint]") {
    support::basic_endpoint_rig<msrp::endpoint<stuck_random>> r;
    auto const s = r.active(1);
    r.connects();
    r.feed(link(1), answers(r.output(link(1))));
    for (auto const* id : {"m123", "m124"})
        REQUIRE(
            r.e.send(s, {.content_type = "a/b", .body = "x", .message_id = id}, r.now).has_value());
    auto const out = r.output(link(1));
    CHECK(count(out, " SEND\r\n") == 2);
    CHECK(r.e.transactions() == 2);
    auto const events = r.feed(link(1), answers(out));
    CHECK(count(events, " ok 200 1\n") == 2);
    CHECK(r.e.transactions() == 0);
}

TEST_CASE("a field that changes behind our back is not written (T8)", "[endpoint]") {
    endpoint_rig r;
    auto const s = r.active(1);
    std::string value = "harmless";
    std::array<msrp::outgoing_field, 1> const fields{{{"X-Field", value}}};
    static_cast<void>(*r.e.send(s, {.content_type = "a/b", .body = "x", .fields = fields}, r.now));
    value.replace(0, 8, "a\r\nX: yz");
    r.connects();
    auto const out = r.output(link(1));
    CHECK(count(out, "MSRP ") == 1);  // the SEND that binds
    CHECK(count(out, "X-Field") == 0);
    CHECK(count(r.events(), "1: sent 1 ") == 1);
    CHECK(r.e.outgoing(s) == 0);
}

TEST_CASE("of messages that wait for their report the oldest makes room", "[endpoint]") {
    msrp::endpoint_options o;
    o.each.max_outgoing_messages = 2;
    endpoint_rig r(o);
    auto const s = r.active(1);
    r.connects();
    r.feed(link(1), answers(r.output(link(1))));
    auto const send = [&](msrp::report_value success) {
        return r.e.send(s, {.content_type = "a/b", .body = "x", .success_report = success}, r.now)
            .has_value();
    };
    REQUIRE(send(msrp::report_value::no));
    auto const first = r.output(link(1));
    REQUIRE(send(msrp::report_value::yes));
    r.feed(link(1), answers(r.output(link(1))));  // 2 waits for its report, 1 for its response
    CHECK(send(msrp::report_value::yes));
    CHECK(r.events() == "1: unreported 2\n");
    CHECK_FALSE(send(msrp::report_value::no));
    CHECK(r.feed(link(1), answers(first)) == "1: sent 1 ok 200 1\n");
    r.feed(link(1), answers(r.output(link(1))));
    CHECK(send(msrp::report_value::no));
}

TEST_CASE("a failure REPORT ends the wait for a success REPORT, not the session (RPT-7.3.2-1)",
          "[endpoint]") {
    endpoint_rig r;
    auto const s = r.active(1);
    r.connects();
    r.feed(link(1), answers(r.output(link(1))));
    auto const m = *r.e.send(s,
                             {.content_type = "a/b",
                              .body = "hello",
                              .success_report = msrp::report_value::yes,
                              .message_id = "m123"},
                             r.now);
    CHECK(r.feed(link(1), answers(r.output(link(1)))) == "1: sent 1 ok 200 5\n");
    CHECK(r.e.timers() == 1);
    CHECK(r.feed(link(1), support::request("rrrr", "REPORT",
                                           mid("m123", "Status: 000 413\r\nByte-Range: 1-5/5\r\n"),
                                           ours(1), theirs(1))) == "1: report 1 0 413 part\n");
    CHECK(r.e.timers() == 0);
    CHECK_FALSE(r.e.progress(m));
    CHECK(r.e.sessions() == 1);
}
