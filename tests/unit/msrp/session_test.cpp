// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// session_test.cpp - scripts: what goes in, what events and octets come out.
#include <array>
#include <chrono>
#include <deque>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <msrp/session.hpp>

#include "support/catch.hpp"
#include "support/session_rig.hpp"

namespace {

using namespace std::chrono_literals;
using msrp::connection_role;
using support::ann;
using support::bob;
using support::request;
using support::response;
using support::rig;
using support::send;
using support::tid_of;
using support::value_of;

constexpr std::string_view mid = "Message-ID: m0001\r\n";

/// Ann passive and bound by Bob's bodiless SEND; the output is taken.
msrp::connection_id bound(rig& r) {
    auto const c = r.up(connection_role::passive);
    REQUIRE(r.feed(c, request("bind", "SEND", "Message-ID: bind1\r\nByte-Range: 1-0/0\r\n")) ==
            "bound 1\n");
    REQUIRE(r.output(c).starts_with("MSRP bind 200"));
    return c;
}
/// Ann active, her bodiless SEND answered.
msrp::connection_id connected(rig& r) {
    auto const c = r.up(connection_role::active);
    REQUIRE(r.feed(c, response(tid_of(r.output(c)), "200 OK")) == "bound 1\n");
    return c;
}
std::string fields(std::string_view range, std::string_view id = "m0001") {
    return "Message-ID: " + std::string(id) + "\r\nByte-Range: " + std::string(range) + "\r\n";
}

/// A source that gives the pieces listed, and waits when there are none.
class listed_source final : public msrp::body_source {
   public:
    std::deque<msrp::body_piece> pieces;
    int asked = 0;
    msrp::body_piece next(std::size_t) override {
        ++asked;
        if (pieces.empty()) return {{}, msrp::body_state::wait};
        auto const p = pieces.front();
        pieces.pop_front();
        return p;
    }
};

}  // namespace

TEST_CASE("active: a bodiless SEND goes out at once and binds (CON-5.4-3, CHK-7.1.1-4)",
          "[session]") {
    rig r;
    auto const c = r.up(connection_role::active);
    auto const text = r.output(c);
    CHECK(text.ends_with("-------" + tid_of(text) + "$\r\n"));
    CHECK(value_of(text, "To-Path") == bob);
    CHECK(value_of(text, "From-Path") == ann);
    CHECK(value_of(text, "Byte-Range") == "1-0/0");
    CHECK(value_of(text, "Message-ID").size() == 22);
    CHECK(text.find("Content-Type") == std::string::npos);
    CHECK(r.s.bound_to() == c);
    CHECK(r.feed(c, response(tid_of(text), "200 OK")) == "bound 1\n");
    CHECK(!r.s.deadline());
    CHECK(r.s.connection_up(connection_role::active, r.now).error().code ==
          msrp::error::session_bound_elsewhere);
}

TEST_CASE("active: messages need not wait for the answer to the first SEND (TRX-7.1.1-2)",
          "[session]") {
    rig r;
    auto const h = *r.s.send({.content_type = "text/plain", .body = "hi"}, r.now);
    auto const c = r.up(connection_role::active);
    auto const text = r.output(c);
    CHECK(text.find("\r\n\r\nhi\r\n-------") != std::string::npos);
    CHECK(r.s.progress(h)->sent == 2);
}

TEST_CASE("active: the answer to the first SEND may be no (RFC 4975 5.4, 7.3)", "[session]") {
    for (auto const& [status, why] : {std::pair{"481", "no such session at the peer"},
                                      std::pair{"506", "session bound to another connection"},
                                      std::pair{"403", "refused by the peer"}}) {
        rig r;
        auto const c = r.up(connection_role::active);
        auto const tid = tid_of(r.output(c));
        CHECK(r.feed(c, response(tid, status)) == "close 1 " + std::string(why) + "\n");
        CHECK(r.s.poll_output(c).empty());
        CHECK(r.s.receive(c, "x", r.now) == msrp::error::session_closed);
        CHECK(!r.s.connection_lost(c, r.now));
        CHECK(r.events() == "ended " + std::string(why) + "\n");
        CHECK(r.s.ended());
    }
}

TEST_CASE("active: no answer to the first SEND in 30 s (TMR-1)", "[session]") {
    rig r;
    auto const c = r.up(connection_role::active);
    CHECK(!r.s.deadline());  // not written yet
    r.output(c);
    CHECK(r.s.deadline() == r.now + 30s);
    CHECK(r.at(29'999ms).empty());
    CHECK(r.at(1ms) == "close 1 no response in time\n");
}

TEST_CASE("passive: nothing is sent before the first request (CON-5.4-4)", "[session]") {
    rig r;
    auto const c = r.up(connection_role::passive);
    CHECK(r.s.send({.content_type = "text/plain", .body = "hi"}, r.now).has_value());
    CHECK(r.output(c).empty());
    CHECK(r.feed(c, request("bind", "SEND", "Message-ID: bind1\r\n")) == "bound 1\n");
    auto const text = r.output(c);
    CHECK(text.starts_with("MSRP bind 200 OK\r\nTo-Path: " + std::string(bob) +
                           "\r\nFrom-Path: " + std::string(ann) + "\r\n-------bind$\r\nMSRP "));
    CHECK(text.find("hi") != std::string::npos);
}

TEST_CASE("passive: a connection on which nothing comes is closed after 30 s (T17)", "[session]") {
    rig r;
    auto const c = r.up(connection_role::passive);
    CHECK(r.s.deadline() == r.now + 30s);
    CHECK(r.feed(c, "MSRP abcd SEND\r\nTo-P").empty());
    CHECK(r.at(30s) == "close 1 no response in time\n");
    CHECK(!r.s.connection_lost(c, r.now));
    CHECK(!r.s.ended());  // another one may come
}

TEST_CASE("a request to another URI is 481, to two URIs too (CON-7.3-1, CON-5.4-5, rule 20)",
          "[session]") {
    rig r;
    auto const c = r.up(connection_role::passive);
    for (std::string const& to : {std::string("msrp://ann.example.org:9321/bar8;tcp"),
                                  std::string("msrp://ann.example.org:9321/BAR7;tcp"),
                                  std::string("msrps://ann.example.org:9321/bar7;tcp"),
                                  std::string("msrp://ann.example.org:9322/bar7;tcp"),
                                  std::string(ann) + " " + std::string(ann)}) {
        CHECK(r.feed(c, send("abcd", mid, "hello", '$', to)).empty());
        CHECK(r.output(c).starts_with("MSRP abcd 481 "));
        CHECK(!r.s.bound_to());
    }
    CHECK(r.s.counters().refused == 5);
}

TEST_CASE("leniency match_session_id_only: another host and port, the same session-id (CON-7.3-1)",
          "[session]") {
    for (bool const lenient : {false, true}) {
        msrp::session_options options;
        options.match_session_id_only = lenient;
        rig r(options);
        auto const c = r.up(connection_role::passive);
        for (std::string const& to : {std::string("msrp://ann.example.org:9321/BAR7;tcp"),
                                      std::string("msrp://ann.example.org:9321;tcp"),
                                      std::string(ann) + " " + std::string(ann)}) {
            CHECK(r.feed(c, send("abcd", mid, "hello", '$', to)).empty());
            CHECK(r.output(c).starts_with("MSRP abcd 481 "));
        }
        r.feed(c, send("abce", mid, "hello", '$', "msrps://192.0.2.77:5001/bar7;tcp"));
        CHECK(r.output(c).starts_with(lenient ? "MSRP abce 200 " : "MSRP abce 481 "));
        CHECK(r.s.bound_to().has_value() == lenient);
    }
}

TEST_CASE("the session's URI is compared by its rules (URI-6.1-1)", "[session]") {
    rig r;
    auto const c = r.up(connection_role::passive);
    CHECK(r.feed(c, request("bind", "SEND", "Message-ID: bind1\r\n",
                            "MSRP://u@ANN.%45xample.org:9321/bar7;TCP;x=y")) == "bound 1\n");
}

TEST_CASE("a response goes to From-Path's first URI as it was written (TRX-7.2-3, FRM-9-3)",
          "[session]") {
    msrp::session_options o;
    o.parser_leniency.ipv6_without_brackets = true;
    rig r(o);
    auto const c = bound(r);
    for (auto const& [from, to] :
         {std::pair{"msrp://bob@example.net:9/s;tcp", "msrp://bob@example.net:9/s;tcp"},
          std::pair{"msrp://bob:pw@example.net:9/s;tcp", "msrp://bob:pw@example.net:9/s;tcp"},
          std::pair{"msrp://2001:db8::1:9/s;tcp", "msrp://[2001:db8::1]:9/s;tcp"},
          std::pair{"msrp://r.net:8/x;tcp msrp://bob@b.net:9/s;tcp", "msrp://r.net:8/x;tcp"},
          std::pair{"msrp://::1:8/x;tcp msrp://b.net:9/s;tcp", "msrp://[::1]:8/x;tcp"}}) {
        CAPTURE(from);
        r.feed(c, send("abcd", mid, "hello", '$', ann, from));
        auto const text = r.output(c);
        CHECK(text.starts_with("MSRP abcd 200 "));
        CHECK(value_of(text, "To-Path") == to);
        CHECK(value_of(text, "From-Path") == ann);
        // Whose it is is not known: the answer comes from where it was sent to.
        r.feed(c, request("efgh", "SEND", mid, "msrp://other.net:7/none;tcp", from));
        auto const none = r.output(c);
        CHECK(none.starts_with("MSRP efgh 481 "));
        CHECK(value_of(none, "To-Path") == to);
        CHECK(value_of(none, "From-Path") == "msrp://other.net:7/none;tcp");
    }
}

TEST_CASE("a second connection is 506, the first goes on (CON-5.4-5, T20)", "[session]") {
    rig r;
    auto const c = bound(r);
    auto const d = r.up(connection_role::passive);
    CHECK(r.feed(d, send("abcd", mid, "mine!")).empty());
    CHECK(r.output(d).starts_with("MSRP abcd 506 "));
    CHECK(r.s.bound_to() == c);
    CHECK(r.at(30s) == "close 2 no response in time\n");
    CHECK(!r.s.connection_lost(d, r.now));
    CHECK(r.feed(c, send("efgh", mid, "hello")) ==
          "begin m0001 text/plain *\ndata m0001 1 hello\nend m0001 complete 5\n");
}

TEST_CASE("a message comes in, is answered, reported and handed up (TRX-7.2-1, RPT-7.1.3-1)",
          "[session]") {
    rig r;
    auto const c = bound(r);
    CHECK(r.feed(c, send("abcd", fields("1-5/5") + "Success-Report: yes\r\n", "hello")) ==
          "begin m0001 text/plain 5\ndata m0001 1 hello\nend m0001 complete 5\n");
    auto const out = r.output(c);
    auto const second = out.substr(out.find("$\r\n") + 3);
    CHECK(out.starts_with("MSRP abcd 200 OK\r\n"));
    CHECK(second == "MSRP " + tid_of(second) + " REPORT\r\nTo-Path: " + std::string(bob) +
                        "\r\nFrom-Path: " + std::string(ann) +
                        "\r\nMessage-ID: m0001\r\nByte-Range: 1-5/5\r\nStatus: 000 200 OK\r\n"
                        "-------" +
                        tid_of(second) + "$\r\n");
    CHECK(r.s.counters().reports_sent == 1);
    CHECK(r.s.counters().messages_received == 1);
}

TEST_CASE("an empty body is a message, no body is none (FRM-7.1-4)", "[session]") {
    rig r;
    auto const c = bound(r);
    CHECK(r.feed(c, send("abcd", fields("1-0/0") + "Success-Report: yes\r\n", "")) ==
          "begin m0001 text/plain 0\nend m0001 complete 0\n");
    CHECK(value_of(r.output(c), "Byte-Range") == "1-0/0");
    CHECK(r.feed(c, request("efgh", "SEND", fields("1-0/0", "m0002"))).empty());
    CHECK(r.output(c).starts_with("MSRP efgh 200"));
}

TEST_CASE("responses go one hop, REPORTs and other answers all the way (TRX-7.2-3, RPT-7.1.2-2)",
          "[session]") {
    rig r;
    auto const c = bound(r);
    std::string const relay = "msrp://relay.example.com:2855/r1;tcp";
    auto const from = relay + " " + std::string(bob);
    r.feed(c, send("abcd", fields("1-5/5") + "Success-Report: yes\r\n", "hello", '$', ann, from));
    auto const out = r.output(c);
    CHECK(value_of(out, "To-Path") == relay);
    CHECK(value_of(out.substr(out.find("REPORT")), "To-Path") == from);
    r.feed(c, request("efgh", "AUTH", "", ann, from));
    CHECK(value_of(r.output(c), "To-Path") == from);
}

TEST_CASE("Failure-Report decides who is answered (TRX-7.1.4-1, TRX-7.1.4-2)", "[session]") {
    rig r;
    auto const c = bound(r);
    auto const answer = [&](std::string const& text) {
        r.feed(c, text);
        auto const out = r.output(c);
        return out.empty() ? std::string("none") : out.substr(10, 3);
    };
    std::string const wrong = "msrp://ann.example.org:9321/no;tcp";
    std::string const no = "Failure-Report: no\r\n";
    std::string const partial = "Failure-Report: PARTIAL\r\n";
    CHECK(answer(send("abcd", fields("1-1/1", "ma01"), "x")) == "200");
    CHECK(answer(send("abcd", fields("1-1/1", "ma02") + "Failure-Report: yes\r\n", "x")) == "200");
    CHECK(answer(send("abcd", fields("1-1/1", "ma03") + no, "x")) == "none");
    CHECK(answer(send("abcd", fields("1-1/1", "ma04") + partial, "x")) == "none");
    CHECK(answer(send("abcd", fields("1-1/1", "ma05"), "x", '$', wrong)) == "481");
    CHECK(answer(send("abcd", fields("1-1/1", "ma06") + no, "x", '$', wrong)) == "none");
    CHECK(answer(send("abcd", fields("1-1/1", "ma07") + partial, "x", '$', wrong)) == "481");
    CHECK(answer(request("abcd", "DANCE", "")) == "501");  // HDR-12-2
    CHECK(answer(request("abcd", "DANCE", no)) == "none");
    CHECK(answer(request("abcd", "REPORT", "", wrong)) == "none");  // RPT-7.1.2-1
    CHECK(answer(request("abcd", "REPORT", fields("1-5/5") + "Status: 000 200 OK\r\n")) == "none");
    // Success-Report does not depend on it (rule 19).
    r.feed(c, send("abcd", fields("1-1/1", "ma08") + no + "Success-Report: yes\r\n", "x"));
    CHECK(r.output(c).find(" REPORT\r\n") != std::string::npos);
}

TEST_CASE("senseless values are 400 and the stream goes on (HDR-9-1, CHK-14.5-1, T4)",
          "[session]") {
    rig r;
    auto const c = bound(r);
    for (std::string const& f :
         {std::string(), "Message-ID: x\r\n" + std::string(), fields("0-5/5"), fields("7-3/9"),
          fields("1-5/99999999999999999999"), fields("1-9/5"), fields("1-5/5") + fields("1-5/5"),
          std::string(mid) + "Success-Report: partial\r\n",
          std::string(mid) + "Failure-Report: maybe\r\n", std::string(mid) + std::string(mid)}) {
        CHECK(r.feed(c, send("abcd", f, "hello")).empty());
        CHECK(r.output(c).starts_with("MSRP abcd 400 "));
    }
    // A chunk that would pass 2^64-1.
    CHECK(r.feed(c, send("abcd", fields("18446744073709551615-*/*", "mtop"), "ab")).empty());
    CHECK(r.output(c).starts_with("MSRP abcd 413 "));  // above the size limit at once
    CHECK(r.feed(c, send("efgh", mid, "hello")).starts_with("begin"));
}

TEST_CASE("HDR-9-1 T10 a request with a repeated path is 400, a REPORT ignored", "[session]") {
    std::string const to = "To-Path: " + std::string(ann) + "\r\n";
    std::string const from = "From-Path: " + std::string(bob) + "\r\n";
    std::string const other = "to-PATH: msrp://other.example.com:9/z;tcp\r\n";
    rig r;
    auto const c = bound(r);
    auto const h = *r.s.send(
        {.content_type = "text/plain", .body = "hi", .success_report = msrp::report_value::yes},
        r.now);
    auto const sent = r.output(c);
    r.feed(c, response(tid_of(sent), "200 OK"));
    auto const id = std::string("Message-ID: ") + std::string(value_of(sent, "Message-ID"));
    auto const report = id + "\r\nByte-Range: 1-2/2\r\nStatus: 000 200 OK\r\n";
    auto const ignored = r.s.counters().ignored;
    for (auto const& again : {to, from, other, to + from}) {
        CHECK(r.feed(c, send("abcd", std::string(mid) + again, "hello")).empty());
        CHECK(r.output(c).starts_with("MSRP abcd 400 "));
        CHECK(r.feed(c, request("efgh", "EXTRA", again)).empty());
        CHECK(r.output(c).starts_with("MSRP efgh 400 "));
        CHECK(r.feed(c, send("ijkl", std::string(mid) + "Failure-Report: no\r\n" + again, "hello"))
                  .empty());
        CHECK(r.output(c).empty());
        CHECK(r.feed(c, request("mnop", "REPORT", report + again)).empty());
        CHECK(r.output(c).empty());
    }
    CHECK(r.s.counters().ignored == ignored + 4);
    CHECK(r.s.progress(h)->reported == 0);
    // Nothing of them was taken.
    CHECK(r.feed(c, request("mnop", "REPORT", report)).starts_with("report"));
    CHECK(r.feed(c, send("abcd", mid, "hello")).starts_with("begin"));
    // Nor do they bind.
    rig p;
    auto const d = p.up(connection_role::passive);
    CHECK(p.feed(d, send("abcd", std::string(mid) + to, "hello")).empty());
    CHECK(p.output(d).starts_with("MSRP abcd 400 "));
    CHECK(!p.s.bound_to());
}

TEST_CASE("positions end at 2^64-1, whatever the size limit (CHK-14.5-1, T5)", "[session]") {
    msrp::session_options o;
    o.max_message_size = ~std::uint64_t{0};
    rig r(o);
    auto const c = bound(r);
    CHECK(r.feed(c, send("abcd", fields("18446744073709551615-*/*", "mtop"), "ab")) ==
          "begin mtop text/plain *\nend mtop refused 0\n");
    CHECK(r.output(c).starts_with("MSRP abcd 400 "));
    CHECK(r.feed(c, send("efgh", fields("18446744073709551615-*/*", "mfit"), "a")) ==
          "begin mfit text/plain *\ndata mfit 18446744073709551615 a\n");
    CHECK(r.output(c).starts_with("MSRP efgh 200 "));
}

TEST_CASE("what is no MSRP ends the connection with one event (RFC 4975 9)", "[session]") {
    rig r;
    auto const c = bound(r);
    CHECK(r.feed(c, "GET / HTTP/1.1\r\n").starts_with("garbage 1 at "));
    CHECK(r.s.receive(c, "more", r.now) == msrp::error::session_closed);
    CHECK(!r.s.connection_lost(c, r.now));
    CHECK(r.events() == "ended not an MSRP request or response line\n");
    CHECK(r.s.connection_lost(c, r.now) == msrp::error::no_such_connection);
    CHECK(r.s.connection_up(connection_role::passive, r.now).error().code ==
          msrp::error::session_closed);
}

TEST_CASE("chunks come in any order, the one with $ fixes the size (CHK-7.1.1-5, CHK-7.3.1-1, -2)",
          "[session]") {
    rig r;
    auto const c = bound(r);
    auto const yes = std::string("Success-Report: yes\r\n");
    CHECK(r.feed(c, send("aaaa", fields("7-11/*") + yes, "world")) ==
          "begin m0001 text/plain *\ndata m0001 7 world\n");
    CHECK(r.output(c).find("REPORT") == std::string::npos);
    CHECK(r.feed(c, send("bbbb", fields("1-3/*") + yes, "hel", '+')) == "data m0001 1 hel\n");
    CHECK(r.feed(c, send("cccc", fields("3-*/*") + yes, "llo ", '+')) ==
          "data m0001 3 llo \nend m0001 complete 11\n");
    CHECK(value_of(r.output(c).substr(60), "Byte-Range") == "1-11/11");
    // A range that says more than there is does not count (CHK-7.3.1-2).
    CHECK(r.feed(c, send("dddd", fields("1-900/900", "m0002"), "abc")) ==
          "begin m0002 text/plain 900\ndata m0002 1 abc\nend m0002 complete 3\n");
}

TEST_CASE("octets behind the end, or another end, are 400 (CHK-7.3.1-2)", "[session]") {
    rig r;
    auto const c = bound(r);
    r.feed(c, send("aaaa", fields("4-6/*"), "def"));
    r.output(c);
    CHECK(r.feed(c, send("bbbb", fields("6-8/*"), "fgh", '+')) == "end m0001 refused 3\n");
    CHECK(r.output(c).starts_with("MSRP bbbb 400 "));
    r.feed(c, send("cccc", fields("4-6/*", "m0002"), "def"));
    r.output(c);
    CHECK(r.feed(c, send("dddd", fields("1-2/*", "m0002"), "ab")) ==
          "data m0002 1 ab\nend m0002 refused 5\n");
    CHECK(r.output(c).starts_with("MSRP dddd 400 "));
    // Further chunks of a refused message are refused as well.
    CHECK(r.feed(c, send("eeee", fields("1-2/*", "m0002"), "ab")).empty());
    CHECK(r.output(c).starts_with("MSRP eeee 400 "));
}

TEST_CASE("# drops the message (CHK-7.3.1-4, FRM-7.1-6)", "[session]") {
    rig r;
    auto const c = bound(r);
    CHECK(r.feed(c, send("aaaa", fields("1-*/10"), "abc", '+')) ==
          "begin m0001 text/plain 10\ndata m0001 1 abc\n");
    CHECK(r.feed(c, send("bbbb", fields("4-*/10"), "de", '#')) ==
          "data m0001 4 de\nend m0001 aborted 5\n");
    auto const out = r.output(c);
    CHECK(out.find("MSRP bbbb 200") != std::string::npos);
    CHECK(!r.s.deadline());
}

TEST_CASE("a message that came twice is noticed, acknowledged, reported (CHK-5.4-1)", "[session]") {
    rig r;
    auto const c = bound(r);
    auto const text = send("aaaa", fields("1-5/5") + "Success-Report: yes\r\n", "hello");
    r.feed(c, text);
    r.output(c);
    CHECK(r.feed(c, text) == "duplicate m0001\n");
    auto const out = r.output(c);
    CHECK(out.starts_with("MSRP aaaa 200"));
    CHECK(value_of(out, "Byte-Range") == "1-5/5");
}

TEST_CASE("too large is 413, by its claim, its place or its octets (CHK-14.5-1, T13)",
          "[session]") {
    msrp::session_options o;
    o.max_message_size = 8;
    rig r(o);
    auto const c = bound(r);
    CHECK(r.feed(c, send("aaaa", fields("1-2/9", "ma01"), "ab", '+')).empty());
    CHECK(r.output(c).starts_with("MSRP aaaa 413 "));
    CHECK(r.feed(c, send("bbbb", fields("10-*/*", "ma02"), "ab", '+')).empty());
    CHECK(r.output(c).starts_with("MSRP bbbb 413 "));
    CHECK(r.feed(c, send("cccc", fields("1-*/*", "ma03"), "123456789")) ==
          "begin ma03 text/plain *\nend ma03 refused 0\n");
    CHECK(r.output(c).starts_with("MSRP cccc 413 "));
    CHECK(r.feed(c, send("dddd", fields("1-*/*", "ma04"), "12345678")) ==
          "begin ma04 text/plain *\ndata ma04 1 12345678\nend ma04 complete 8\n");
}

TEST_CASE("messages, ranges and connections of the peer are bounded (T13, T14, T16)", "[session]") {
    msrp::session_options o;
    o.max_incoming_messages = 2;
    o.max_ranges = 2;
    o.max_connections = 2;
    rig r(o);
    auto const c = bound(r);
    r.feed(c, send("aaaa", fields("1-*/*", "ma01"), "x", '+'));
    r.feed(c, send("aaaa", fields("1-*/*", "ma02"), "x", '+'));
    r.output(c);
    CHECK(r.feed(c, send("bbbb", fields("1-*/*", "ma03"), "x", '+')).empty());
    CHECK(r.output(c).starts_with("MSRP bbbb 413 "));
    r.feed(c, send("cccc", fields("5-*/*", "ma02"), "x", '+'));
    r.output(c);
    CHECK(r.feed(c, send("dddd", fields("9-*/*", "ma02"), "x", '+')) == "end ma02 refused 2\n");
    CHECK(r.output(c).starts_with("MSRP dddd 413 "));
    CHECK(r.feed(c, send("eeee", fields("1-*/*", "ma03"), "x", '+')).starts_with("begin ma03"));
    CHECK(r.s.connection_up(connection_role::passive, r.now).has_value());
    CHECK(r.s.connection_up(connection_role::passive, r.now).error().code ==
          msrp::error::too_many_connections);
}

TEST_CASE("an unfinished message that nobody goes on with ends (TMR-9)", "[session]") {
    rig r;
    auto const c = bound(r);
    r.feed(c, send("aaaa", fields("1-*/*"), "x", '+'));
    CHECK(r.s.deadline() == r.now + 540s);
    CHECK(r.at(300s).empty());
    r.feed(c, send("bbbb", fields("2-*/*"), "y", '+'));
    CHECK(r.at(539s).empty());
    CHECK(r.at(1s) == "end m0001 incomplete 2\n");
    CHECK(!r.s.deadline());
}

TEST_CASE("a type not accepted is 415 (SDP-8.6-2, RFC 4975 10.6)", "[session]") {
    msrp::session_options o;
    o.accepts.accepts = [](void*, std::string_view type) { return type != "text/plain"; };
    rig r(o);
    auto const c = bound(r);
    CHECK(r.feed(c, send("aaaa", mid, "hello")).empty());
    CHECK(r.output(c).starts_with("MSRP aaaa 415 "));
}

TEST_CASE("an incoming message can be refused under way (RFC 4975 10.5)", "[session]") {
    rig r;
    auto const c = bound(r);
    auto const text = send("aaaa", fields("1-*/*"), "hello world", '+');
    CHECK(r.feed(c, text.substr(0, text.find("world"))) ==
          "begin m0001 text/plain *\ndata m0001 1 hello \n");
    CHECK(r.s.refuse("m0001", 413, r.now) == std::error_code{});
    CHECK(r.events() == "end m0001 refused 6\n");
    CHECK(r.output(c).starts_with("MSRP aaaa 413 "));  // while its chunk is still coming
    CHECK(r.feed(c, text.substr(text.find("world"))).empty());
    CHECK(r.output(c).empty());
    CHECK(r.feed(c, send("bbbb", fields("12-*/*"), "more", '$')).empty());
    CHECK(r.output(c).starts_with("MSRP bbbb 413 "));
    CHECK(r.s.refuse("m0001", 413, r.now) == msrp::error::no_such_message);
    CHECK(r.s.refuse("m0001", 200, r.now) == msrp::error::bad_status);
}

TEST_CASE("a message of ours: sent, answered, reported (TRX-7.2-1, RPT-7.1.3-2)", "[session]") {
    rig r;
    auto const c = connected(r);
    auto const h = *r.s.send(
        {.content_type = "text/plain", .body = "hello", .success_report = msrp::report_value::yes},
        r.now);
    CHECK(r.s.outgoing() == 1);
    auto const text = r.output(c);
    CHECK(value_of(text, "Success-Report") == "yes");
    CHECK(value_of(text, "Failure-Report").empty());
    auto const id = value_of(text, "Message-ID");
    CHECK(r.feed(c, response(tid_of(text), "200")) == "sent 1 ok 200 5\n");
    CHECK(r.s.outgoing() == 0);
    CHECK(r.s.progress(h)->responded == 5);
    CHECK(r.s.deadline() == r.now + 120s);  // TMR-2
    auto const report = [&](std::string_view range, std::string_view status) {
        return request("rrrr", "REPORT",
                       "Message-ID: " + id + "\r\nByte-Range: " + std::string(range) +
                           "\r\nStatus: " + std::string(status) + "\r\n");
    };
    CHECK(r.feed(c, report("1-2/5", "000 200 OK")) == "report 1 0 200 part\n");
    CHECK(r.feed(c, report("1-5/5", "001 200 other")) == "report 1 1 200 part\n");  // RPT-7.3.2-1
    CHECK(r.feed(c, report("3-5/5", "000 200 OK")) == "report 1 0 200 all\n");
    CHECK(!r.s.progress(h));
    CHECK(!r.s.deadline());
    // Known for a while still; never a response to a REPORT (RPT-7.1.2-1).
    CHECK(r.feed(c, report("1-5/5", "000 413 Stop")) == "report 1 0 413 part\n");
    CHECK(r.output(c).empty());
}

TEST_CASE("a success report that does not come is told (TMR-2, RPT-7.1.1-1)", "[session]") {
    msrp::session_options o;
    o.max_outgoing_messages = 1;
    rig r(o);
    auto const c = connected(r);
    msrp::outgoing_message const m{
        .content_type = "text/plain", .body = "hello", .success_report = msrp::report_value::yes};
    REQUIRE(r.s.send(m, r.now).has_value());
    CHECK(r.s.send(m, r.now).error().code == msrp::error::too_many_messages);
    CHECK(r.feed(c, response(tid_of(r.output(c)), "200")) == "sent 1 ok 200 5\n");
    CHECK(r.at(120s) == "unreported 1\n");
    REQUIRE(r.s.send(m, r.now).has_value());
    CHECK(r.feed(c, response(tid_of(r.output(c)), "200")) == "sent 2 ok 200 5\n");
    REQUIRE(r.s.send(m, r.now).has_value());  // makes room for itself
    CHECK(r.events() == "unreported 2\n");
    CHECK(r.feed(c, response(tid_of(r.output(c)), "200")) == "sent 3 ok 200 5\n");
    CHECK(!r.s.connection_lost(c, r.now));
    CHECK(r.events() == "unreported 3\nended connection lost\n");
}

TEST_CASE("no answer in 30 s after the last octet was written (TMR-1)", "[session]") {
    rig r;
    auto const c = connected(r);
    REQUIRE(r.s.send({.content_type = "text/plain", .body = "hello"}, r.now).has_value());
    auto const views = r.s.poll_output(c);
    std::size_t size = 0;
    for (auto const v : views) size += v.size();
    CHECK(!r.s.written(c, size - 1, r.now));
    CHECK(!r.s.deadline());
    r.now += 10s;
    CHECK(r.s.written(c, 2, r.now) == msrp::error::wrong_order);
    CHECK(!r.s.written(c, 1, r.now));
    CHECK(r.s.deadline() == r.now + 30s);
    CHECK(r.at(29s).empty());
    CHECK(r.at(1s) == "sent 1 no response in time 0 5\n");
    CHECK(!r.s.deadline());
}

TEST_CASE("Failure-Report no and partial: done when written, no timer (TRX-7.1.4-1, -2)",
          "[session]") {
    rig r;
    auto const c = connected(r);
    REQUIRE(r.s.send({.content_type = "text/plain",
                      .body = "hello",
                      .failure_report = msrp::report_value::no},
                     r.now)
                .has_value());
    auto const first = r.output(c);
    CHECK(value_of(first, "Failure-Report") == "no");
    CHECK(r.events() == "sent 1 ok 0 5\n");
    CHECK(!r.s.deadline());
    CHECK(r.feed(c, response(tid_of(first), "413")).empty());  // unasked: ignored
    REQUIRE(r.s.send({.content_type = "text/plain",
                      .body = "hello",
                      .failure_report = msrp::report_value::partial},
                     r.now)
                .has_value());
    auto const second = r.output(c);
    CHECK(r.events() == "sent 2 ok 0 5\n");
    CHECK(!r.s.deadline());
    CHECK(r.feed(c, response(tid_of(second), "403 No")) == "late 2 403\n");
    CHECK(r.feed(c, response(tid_of(second), "403 No")).empty());
    CHECK(r.s.counters().ignored == 2);
}

TEST_CASE("unknown and late responses and REPORTs leave no trace (T18, RPT-7.1.2-3)", "[session]") {
    rig r;
    auto const c = bound(r);
    auto const before = r.s.deadline();
    for (int i = 0; i < 2000; ++i) {
        auto const tid = "x" + std::to_string(1000 + i);
        REQUIRE(r.feed(c, response(tid, i % 2 == 0 ? "200 OK" : "481")).empty());
        REQUIRE(r.feed(c, request(tid, "REPORT", fields("1-5/5", tid) + "Status: 000 200\r\n"))
                    .empty());
    }
    CHECK(r.feed(c, request("abcd", "REPORT", "Status: 000 200\r\n")).empty());
    CHECK(r.s.counters().ignored == 4001);
    CHECK(r.output(c).empty());
    CHECK(r.s.deadline() == before);
}

TEST_CASE("a response counts only on the connection of its request (TRX-7.2-2)", "[session]") {
    rig r;
    auto const c = bound(r);
    auto const d = r.up(connection_role::passive);
    REQUIRE(r.s.send({.content_type = "text/plain", .body = "hello"}, r.now).has_value());
    auto const tid = tid_of(r.output(c));
    CHECK(r.feed(d, response(tid, "200 OK")).empty());
    CHECK(r.s.counters().ignored == 1);
    CHECK(r.feed(c, response(tid, "200 OK")) == "sent 1 ok 200 5\n");
}

TEST_CASE("413 stops a chunk under way with # (CHK-7.3.1-4, RFC 4975 10.5)", "[session]") {
    msrp::session_options o;
    o.block_size = 4096;
    rig r(o);
    auto const c = connected(r);
    std::string const body(100'000, 'b');
    REQUIRE(r.s.send({.content_type = "text/plain", .body = body}, r.now).has_value());
    auto const first = r.block(c);
    CHECK(value_of(first, "Byte-Range") == "1-*/100000");
    CHECK(r.feed(c, response(tid_of(first), "413")).empty());  // its chunk is not closed yet
    CHECK(r.output(c) == "\r\n-------" + tid_of(first) + "#\r\n");
    CHECK(r.events() == "sent 1 refused by the peer 413 4096\n");
    CHECK(!r.s.deadline());
}

TEST_CASE("a REPORT with 413 does the same (RPT-7.3.2-1)", "[session]") {
    msrp::session_options o;
    o.block_size = 4096;
    rig r(o);
    auto const c = connected(r);
    std::string const body(100'000, 'b');
    REQUIRE(r.s.send({.content_type = "text/plain", .body = body}, r.now).has_value());
    auto const first = r.block(c);
    CHECK(r.feed(c, request("rrrr", "REPORT",
                            fields("1-4096/100000", value_of(first, "Message-ID")) +
                                "Status: 000 413\r\n")) == "report 1 0 413 part\n");
    CHECK(r.output(c) == "\r\n-------" + tid_of(first) + "#\r\n");
    CHECK(r.events() == "sent 1 refused by the peer 413 4096\n");
}

TEST_CASE("481 to a message ends the session there (RFC 4975 10.8)", "[session]") {
    rig r;
    auto const c = connected(r);
    REQUIRE(r.s.send({.content_type = "text/plain", .body = "one"}, r.now).has_value());
    auto const one = tid_of(r.block(c));
    REQUIRE(r.s.send({.content_type = "text/plain", .body = "two"}, r.now).has_value());
    CHECK(r.feed(c, response(one, "481")) ==
          "sent 1 no such session at the peer 481 3\nsent 2 no such session at the peer 0 0\n"
          "close 1 no such session at the peer\n");
    CHECK(!r.s.connection_lost(c, r.now));
    CHECK(r.events() == "ended no such session at the peer\n");
}

TEST_CASE("responses and REPORTs interrupt a chunk under way (CHK-7.1.1-7)", "[session]") {
    msrp::session_options o;
    o.block_size = 3000;
    o.batch_size = 1;
    rig r(o);
    auto const c = connected(r);
    std::string const body(10'000, 'b');
    REQUIRE(r.s.send({.content_type = "text/plain", .body = body}, r.now).has_value());
    auto const first = r.block(c);
    auto const tid = tid_of(first);
    CHECK(first.ends_with(std::string(3000, 'b')));
    r.feed(c, send("aaaa", fields("1-5/5") + "Success-Report: yes\r\n", "hello"));
    auto const second = r.block(c);
    CHECK(second.starts_with("\r\n-------" + tid + "+\r\nMSRP aaaa 200 OK\r\n"));
    CHECK(second.find(" REPORT\r\n") != std::string::npos);
    auto const rest = r.output(c);
    CHECK(value_of(rest, "Byte-Range") == "3001-*/10000");
    CHECK(tid_of(rest) != tid);
    CHECK(rest.ends_with("-------" + tid_of(rest) + "$\r\n"));
    CHECK(r.s.counters().interrupted == 1);
    // Both chunks must be answered; in any order.
    CHECK(r.feed(c, response(tid_of(rest), "200")).empty());
    CHECK(r.feed(c, response(tid, "200")) == "sent 1 ok 200 10000\n");
}

TEST_CASE("messages take fair turns; what is not at work is not waited for (CHK-7.1.1-6, -7)",
          "[session]") {
    msrp::session_options o;
    o.block_size = 3000;
    o.batch_size = 1;
    rig r(o);
    auto const c = connected(r);
    std::string const big(30'000, 'b');
    REQUIRE(r.s.send({.content_type = "text/plain", .body = big}, r.now).has_value());
    r.block(c);
    r.block(c);
    REQUIRE(r.s.send({.content_type = "text/plain", .body = "little"}, r.now).has_value());
    CHECK(r.block(c).starts_with("\r\n-------"));
    CHECK(r.block(c).find("little") != std::string::npos);
    CHECK(value_of(r.block(c), "Byte-Range") == "6001-*/30000");
    // Alone again, it needs no second chunk more.
    auto const rest = r.output(c);
    CHECK(rest.find("MSRP") == std::string::npos);
    // Two of them alternate, block by block.
    REQUIRE(r.s.send({.content_type = "text/plain", .body = big, .message_id = "big1"}, r.now)
                .has_value());
    REQUIRE(r.s.send({.content_type = "text/plain", .body = big, .message_id = "big2"}, r.now)
                .has_value());
    std::string order;
    for (int i = 0; i < 12; ++i) {
        auto const id = value_of(r.block(c), "Message-ID");
        if (!id.empty()) order += id.back();
    }
    CHECK(order == "121212");
}

TEST_CASE("a source that waits holds nobody up (CHK-7.1.1-7)", "[session]") {
    rig r;
    auto const c = connected(r);
    listed_source source;
    source.pieces = {{"first", msrp::body_state::more}};
    auto const h = *r.s.send({.content_type = "text/plain", .source = &source}, r.now);
    auto const first = r.output(c);
    CHECK(first.ends_with("first"));
    CHECK(value_of(first, "Byte-Range") == "1-*/*");
    int const asked = source.asked;
    CHECK(r.output(c).empty());
    CHECK(source.asked == asked);  // not before resume
    REQUIRE(r.s.send({.content_type = "text/plain", .body = "other"}, r.now).has_value());
    auto const second = r.output(c);
    CHECK(second.starts_with("\r\n-------" + tid_of(first) + "+\r\nMSRP "));
    CHECK(second.find("other") != std::string::npos);
    source.pieces = {{"!", msrp::body_state::last}};
    CHECK(r.output(c).empty());
    CHECK(r.s.resume(h, r.now) == std::error_code{});
    auto const third = r.output(c);
    CHECK(value_of(third, "Byte-Range") == "6-6/6");
    CHECK(r.s.progress(h)->total == std::nullopt);
    CHECK(r.s.resume(msrp::message_handle{99}, r.now) == msrp::error::no_such_message);
}

TEST_CASE("a source that fails aborts its message (CHK-7.3.1-4)", "[session]") {
    rig r;
    auto const c = connected(r);
    listed_source source;
    source.pieces = {{"first", msrp::body_state::more}, {{}, msrp::body_state::failed}};
    REQUIRE(r.s.send({.content_type = "text/plain", .source = &source}, r.now).has_value());
    auto const text = r.output(c);
    CHECK(text.ends_with("first\r\n-------" + tid_of(text) + "#\r\n"));
    CHECK(r.events().starts_with("sent 1 "));
    CHECK(r.s.outgoing() == 0);
    source.pieces = {{{}, msrp::body_state::failed}};
    REQUIRE(r.s.send({.content_type = "text/plain", .source = &source}, r.now).has_value());
    CHECK(r.output(c).empty());
    CHECK(r.events().starts_with("sent 2 "));
}

TEST_CASE("abort by us: nothing, #, or a chunk for the # (CHK-7.3.1-4)", "[session]") {
    msrp::session_options o;
    o.block_size = 3000;
    o.batch_size = 1;
    rig r(o);
    auto const c = connected(r);
    std::string const body(10'000, 'b');
    auto const one = *r.s.send({.content_type = "text/plain", .body = body}, r.now);
    CHECK(!r.s.abort(one, r.now));
    CHECK(r.events() == "sent 1 Operation canceled 0 0\n");
    CHECK(r.output(c).empty());
    auto const two = *r.s.send({.content_type = "text/plain", .body = body}, r.now);
    auto const first = r.block(c);
    CHECK(!r.s.abort(two, r.now));
    CHECK(r.events().empty());  // the body is needed until # is written
    CHECK(r.output(c) == "\r\n-------" + tid_of(first) + "#\r\n");
    CHECK(r.events() == "sent 2 Operation canceled 0 3000\n");
    auto const three = *r.s.send({.content_type = "text/plain", .body = body}, r.now);
    r.block(c);
    r.feed(c, send("aaaa", mid, "hello"));
    CHECK(r.block(c).find("+\r\nMSRP aaaa 200") != std::string::npos);
    CHECK(!r.s.abort(three, r.now));
    auto const last = r.output(c);
    CHECK(value_of(last, "Byte-Range") == "1-0/10000");  // CHK-7.1.1-4
    CHECK(last.ends_with("#\r\n"));
    CHECK(r.events() == "sent 3 Operation canceled 0 3000\n");
    CHECK(r.s.abort(three, r.now) == msrp::error::no_such_message);
}

TEST_CASE("a lost connection fails what is not acknowledged (CON-5.4-6)", "[session]") {
    rig r;
    auto const c = connected(r);
    REQUIRE(r.s.send({.content_type = "text/plain", .body = "hello"}, r.now).has_value());
    r.output(c);
    REQUIRE(r.s.send({.content_type = "text/plain", .body = "never"}, r.now).has_value());
    r.feed(c, send("aaaa", fields("1-*/*"), "x", '+'));
    CHECK(!r.s.connection_lost(c, r.now));
    CHECK(r.events() ==
          "end m0001 incomplete 1\nsent 1 connection lost 0 5\nsent 2 connection lost 0 0\n"
          "ended connection lost\n");
    CHECK(r.s.send({.content_type = "text/plain", .body = "x"}, r.now).error().code ==
          msrp::error::session_closed);
    CHECK(r.s.poll_output(c).empty());
    CHECK(!r.s.deadline());
    // Sent again in a new session with the same Message-ID.
    rig again;
    auto const d = connected(again);
    REQUIRE(again.s
                .send({.content_type = "text/plain", .body = "hello", .message_id = "again-1"},
                      again.now)
                .has_value());
    CHECK(value_of(again.output(d), "Message-ID") == "again-1");
}

TEST_CASE("close writes what waits, then closes (RFC 4975 5.4)", "[session]") {
    msrp::session_options o;
    o.block_size = 3000;
    o.batch_size = 1;
    rig r(o);
    auto const c = connected(r);
    std::string const body(10'000, 'b');
    REQUIRE(r.s.send({.content_type = "text/plain", .body = body}, r.now).has_value());
    auto const first = r.block(c);
    r.s.close(r.now);
    CHECK(r.events().empty());
    CHECK(r.s.send({.content_type = "text/plain", .body = "x"}, r.now).error().code ==
          msrp::error::session_closed);
    CHECK(r.output(c) == "\r\n-------" + tid_of(first) + "#\r\n");
    CHECK(r.events() == "sent 1 session closed 0 3000\nclose 1 ok\n");
    CHECK(!r.s.connection_lost(c, r.now));
    CHECK(r.events() == "ended ok\n");
    // It ends once, when the last of its connections is gone.
    rig two;
    auto const one = bound(two);
    auto const other = two.up(connection_role::passive);
    two.s.close(two.now);
    CHECK(two.events() == "close 1 ok\nclose 2 ok\n");
    CHECK(!two.s.connection_lost(one, two.now));
    CHECK(two.events().empty());
    CHECK(!two.s.connection_lost(other, two.now));
    CHECK(two.events() == "ended ok\n");
    CHECK(two.events().empty());
    rig idle;
    idle.s.close(idle.now);
    CHECK(idle.events() == "ended ok\n");
    CHECK(idle.s.ended());
}

TEST_CASE("what cannot be sent is refused at once (T8)", "[session]") {
    rig r;
    auto const why = [&](msrp::outgoing_message const& m) {
        return r.s.send(m, r.now).error().code;
    };
    CHECK(why({.content_type = "text/plain\r\nX: y", .body = "x"}) == msrp::error::illegal_octet);
    CHECK(why({.body = "x"}) == msrp::error::wrong_order);
    CHECK(why({.content_type = "a/b", .success_report = msrp::report_value::partial}) ==
          msrp::error::wrong_order);
    CHECK(why({.content_type = "a/b", .message_id = "x"}) == msrp::error::bad_ident);
    listed_source source;
    CHECK(why({.content_type = "a/b", .body = "x", .source = &source}) == msrp::error::wrong_order);
    for (std::string_view const name : {"Message-ID", "content-type", "Byte-Range", "To-Path"}) {
        msrp::outgoing_field const f[] = {{name, "x"}};
        CHECK(why({.content_type = "a/b", .fields = f}) == msrp::error::wrong_order);
    }
    msrp::outgoing_field const bad[] = {{"X-Y", std::string_view("a\0b", 3)}};
    CHECK(why({.content_type = "a/b", .fields = bad}) == msrp::error::illegal_octet);
    std::string const big(3000, 'x');
    msrp::outgoing_field const large[] = {{"X-Y", big}};
    CHECK(why({.content_type = "a/b", .fields = large}) == msrp::error::header_block_too_long);
    REQUIRE(!why({.content_type = "a/b", .message_id = "same"}));
    CHECK(why({.content_type = "a/b", .message_id = "same"}) == msrp::error::wrong_order);
    CHECK(r.s.outgoing() == 1);
}

TEST_CASE("a peer that does not read is not read from (T13, back-pressure)", "[session]") {
    msrp::session_options o;
    o.max_control_octets = 20'000;
    rig r(o);
    auto const c = bound(r);
    auto const text = send("abcd", mid, "x", '$', "msrp://no.example.org:1/x;tcp");
    std::string flood;
    for (int i = 0; i < 500; ++i) flood += text;
    CHECK(!r.s.receive(c, flood, r.now));
    CHECK(r.events().empty());
    CHECK(!r.s.can_receive(c));
    CHECK(r.s.receive(c, "x", r.now) == msrp::error::not_drained);
    std::size_t answers = 0;
    for (int rounds = 0; !r.s.can_receive(c); ++rounds) {
        REQUIRE(rounds < 500);
        auto const out = r.block(c);
        REQUIRE(out.size() <= 20'000);
        for (auto at = out.find("481"); at != std::string::npos; at = out.find("481", at + 1))
            ++answers;
        CHECK(r.events().empty());
    }
    auto const out = r.output(c);
    for (auto at = out.find("481"); at != std::string::npos; at = out.find("481", at + 1))
        ++answers;
    CHECK(answers == 500);
}

TEST_CASE("requests without an answer are bounded, too (TRX-7.1.1-2)", "[session]") {
    msrp::session_options o;
    o.max_transactions = 2;
    o.batch_size = 1;
    rig r(o);
    auto const c = connected(r);
    std::vector<std::string> tids;
    for (int i = 0; i < 3; ++i)
        REQUIRE(r.s.send({.content_type = "a/b", .body = "x"}, r.now).has_value());
    tids.push_back(tid_of(r.block(c)));
    tids.push_back(tid_of(r.block(c)));
    CHECK(r.output(c).empty());
    CHECK(r.feed(c, response(tids[0], "200")) == "sent 1 ok 200 1\n");
    CHECK(!r.block(c).empty());
    // Partial ones make room for others.
    rig p(o);
    auto const d = connected(p);
    std::string last;
    for (int i = 0; i < 5; ++i) {
        REQUIRE(p.s.send({.content_type = "a/b",
                          .body = "x",
                          .failure_report = msrp::report_value::partial},
                         p.now)
                    .has_value());
        last = tid_of(p.block(d));
    }
    CHECK(p.events().find("sent 5 ok") != std::string::npos);
    CHECK(p.feed(d, response(last, "400")) == "late 5 400\n");
}

TEST_CASE("any split of the peer's octets gives the same (FRM-7.1-5)", "[session]") {
    std::string const stream =
        request("bind", "SEND", "Message-ID: bind1\r\n") +
        send("aaaa", fields("1-5/9") + "Success-Report: yes\r\n", "hello", '+') +
        send("bbbb", fields("6-9/9") + "Success-Report: yes\r\n", "\r\n--") +
        send("cccc", mid, "again") + response("zzzz", "200") + request("dddd", "NOPE", "") +
        send("eeee", fields("1-*/*", "m0002"), "gone", '#');
    auto const run = [&](std::size_t piece) {
        rig r;
        auto const c = r.up(connection_role::passive);
        std::string log;
        for (std::size_t at = 0; at < stream.size(); at += piece)
            log += r.feed(c, std::string_view(stream).substr(at, piece));
        // Data may come in more events: leave the octets only.
        std::string events;
        std::string data;
        for (std::size_t at = 0; at < log.size();) {
            if (log.compare(at, 5, "data ") == 0) {
                auto const from = log.find(' ', log.find(' ', at + 5) + 1) + 1;
                auto end = from;
                while (end < log.size() && log.compare(end, 6, "\ndata ") != 0 &&
                       log.compare(end, 5, "\nend ") != 0 && log.compare(end, 7, "\nbegin ") != 0)
                    ++end;
                data += log.substr(from, end - from);
                at = end + 1;
            } else {
                auto const end = log.find('\n', at) + 1;
                events += log.substr(at, end - at);
                at = end;
            }
        }
        return events + data + r.output(c);
    };
    auto const whole = run(stream.size());
    CHECK(whole.find("hello\r\n--") != std::string::npos);
    for (std::size_t piece = 1; piece < 200; ++piece) {
        INFO("pieces of " << piece);
        REQUIRE(run(piece) == whole);
    }
}

TEST_CASE("URI-6-4 no password goes out but a peer's own, back to it", "[session]") {
    constexpr std::string_view secret = "msrp://a:secret@ann.example.org:9321/bar7;tcp";
    constexpr std::string_view with_account = "msrp://a@ann.example.org:9321/bar7;tcp";
    rig of_ours({}, 7, secret, bob);
    rig of_the_peer({}, 7, ann, secret);
    for (auto const role : {connection_role::active, connection_role::passive}) {
        CHECK(of_ours.s.connection_up(role, of_ours.now).error().code ==
              msrp::error::illegal_octet);
        CHECK(of_the_peer.s.connection_up(role, of_the_peer.now).error().code ==
              msrp::error::illegal_octet);
        CHECK(rig({}, 7, with_account, bob).s.connection_up(role, of_ours.now));
    }
    CHECK(of_ours.s.send({.content_type = "text/plain", .body = "hi"}, of_ours.now).error().code ==
          msrp::error::illegal_octet);
    // A peer that writes one in its own URI is answered all the same.
    rig r;
    auto const c = bound(r);
    std::string const from = "msrp://b:secret@bob.example.net:8145/foo9;tcp";
    std::string text = send("t001", fields("1-2/2") + "Success-Report: yes\r\n", "hi");
    text.replace(text.find(bob), bob.size(), from);
    r.feed(c, text);
    auto const out = r.output(c);
    CHECK(out.find("MSRP t001 200 OK\r\nTo-Path: " + from + "\r\n") != std::string::npos);
    CHECK(out.find(" REPORT\r\nTo-Path: " + from + "\r\n") != std::string::npos);
}

TEST_CASE("a session that is closing takes no connection, and is closed once", "[session]") {
    rig r;
    auto const c = connected(r);
    REQUIRE(r.s.send({.content_type = "text/plain", .body = "x"}, r.now).has_value());
    std::string out;
    for (auto const v : r.s.poll_output(c)) out += v;
    r.s.close(r.now);
    r.s.close(r.now + 1s);
    CHECK_FALSE(r.s.ended());
    for (auto const role : {connection_role::active, connection_role::passive})
        CHECK(r.s.connection_up(role, r.now).error().code == msrp::error::session_closed);
    CHECK(r.s.written(c, out.size(), r.now) == std::error_code{});
    CHECK(r.events() == "sent 1 session closed 0 1\nclose 1 ok\n");
}

TEST_CASE("a connection that breaks once the session has ended is closed with its own reason",
          "[session]") {
    rig r;
    auto const c = bound(r);
    auto const other = r.up(connection_role::passive);
    // Its answer (506) is still being written when the session ends.
    r.feed(other, send("abcd", "Message-ID: m123\r\n", "hi"));
    CHECK_FALSE(r.s.poll_output(other).empty());
    CHECK_FALSE(r.s.connection_lost(c, r.now));
    CHECK(r.events().empty());
    CHECK(r.s.ended());
    auto const broken = r.feed(other, "no MSRP\r\n");
    CHECK(broken.starts_with("garbage 2 at "));
    CHECK(broken.ends_with("\nclose 2 not an MSRP request or response line\n"));
    CHECK_FALSE(r.s.connection_lost(other, r.now));
    CHECK(r.events() == "ended " + make_error_code(msrp::error::connection_lost).message() + "\n");
}

TEST_CASE("a message goes on in the next session (CON-5.4-6)", "[session]") {
    rig r;
    std::array<msrp::octet_range, 2> const came{{{1, 3}, {7, 9}}};
    CHECK(r.s.expect("no", came, 9, r.now) == msrp::error::bad_ident);
    CHECK_FALSE(r.s.expect("m123", came, 9, r.now));
    CHECK(r.s.expect("m123", came, 9, r.now) == msrp::error::wrong_order);
    auto const c = bound(r);
    CHECK(r.feed(c, send("abcd", "Message-ID: m123\r\nByte-Range: 4-6/9\r\n", "456", '+')) ==
          "data m123 4 456\nend m123 complete 9\n");
    r.s.close(r.now);
    r.output(c);
    CHECK_FALSE(r.s.connection_lost(c, r.now));
    r.events();
    CHECK(r.s.expect("m124", came, 9, r.now) == msrp::error::no_such_session);
}

TEST_CASE("a session shows what passes to a trace (CON-3-1)", "[session]") {
    struct log {
        std::string octets;
        std::string events;
    } seen;
    msrp::endpoint_trace trace;
    trace.context = &seen;
    trace.octets = [](void* to, msrp::connection_id, msrp::endpoint_trace::direction,
                      std::string_view octets) { static_cast<log*>(to)->octets += octets; };
    trace.event = [](void* to, msrp::session_handle, msrp::session_event const& e) {
        static_cast<log*>(to)->events += support::describe(e) + "\n";
    };
    msrp::session<support::seeded_random> s({}, *msrp::read_path(ann), *msrp::read_path(bob),
                                            support::seeded_random(7), {}, trace);
    msrp::session_time const now{std::chrono::hours(1)};
    auto const c = *s.connection_up(connection_role::passive, now);
    auto const text = send("abcd", "Message-ID: m123\r\n", "hello");
    REQUIRE_FALSE(s.receive(c, text, now));
    while (s.poll_event()) {
    }
    CHECK(seen.octets.find("MSRP abcd SEND\r\nTo-Path: msrp://ann.example.org:9321/*;tcp") == 0);
    CHECK(seen.events.find("begin m123 text/plain") != std::string::npos);
    CHECK(seen.events.find("end m123 complete 5\n") != std::string::npos);
}
