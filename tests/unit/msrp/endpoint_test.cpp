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
using support::endpoint_rig;
using support::ours;
using support::response;
using support::theirs;
using support::tid_of;
using support::value_of;

namespace {

static_assert(!std::is_move_constructible_v<msrp::endpoint<support::seeded_random>>);
static_assert(!std::is_copy_constructible_v<msrp::endpoint<support::seeded_random>>);

msrp::connection_id link(unsigned n) { return msrp::connection_id{n}; }
std::string mid(std::string_view id, std::string_view more = {}) {
    return "Message-ID: " + std::string(id) + "\r\n" + std::string(more);
}
/// A SEND of the peer's in session `n`.
std::string chunk(int n, std::string_view tid, std::string_view fields, std::string_view body,
                  char flag = '$') {
    return support::send(tid, fields, body, flag, ours(n), theirs(n));
}
/// All responses to the requests in `text`.
std::string answers(std::string_view text, std::string_view status = "200") {
    std::string out;
    for (std::size_t at = 0; (at = text.find("MSRP ", at)) != std::string_view::npos; ++at) {
        auto const line = text.substr(at, text.find("\r\n", at) - at);
        if (line.ends_with(" SEND")) out += response(tid_of(text.substr(at)), status);
    }
    return out;
}
std::size_t count(std::string_view text, std::string_view what) {
    std::size_t n = 0;
    for (std::size_t at = 0; (at = text.find(what, at)) != std::string_view::npos; ++at) ++n;
    return n;
}
/// Two active sessions on connection 1, both bound.
void two_bound(endpoint_rig& r) {
    r.active(1);
    r.active(2);
    r.connects();
    r.feed(link(1), answers(r.output(link(1))));
}

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
    CHECK_FALSE(r.e.refuse(s, "m123", 413, r.now));
    CHECK(r.output(c).empty());
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
    field[0].name = "To-Path";
    CHECK(code({.content_type = "a/b", .fields = field}) == msrp::error::wrong_order);
    field[0].name = "Content-Type";
    CHECK(code({.content_type = "a/b", .fields = field}) == msrp::error::wrong_order);
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
        endpoint_rig r(o);
        r.passive(1);
        auto const c = r.accepted();
        auto const text = chunk(1, "aaaa", mid("m123"), "hello");
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
            CHECK(count(seen.octets, "/*;tcp") == 4);
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
