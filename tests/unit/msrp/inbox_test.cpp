// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include <msrp/inbox.hpp>

#include "support/catch.hpp"
#include "support/endpoint_rig.hpp"

using msrp::session_handle;

namespace {

constexpr session_handle one{1};

msrp::session_event begin(std::string_view id, std::string_view type = "text/plain",
                          std::optional<std::uint64_t> total = {}) {
    return msrp::message_begin{msrp::message_ident(id), type, total, {}};
}
msrp::session_event data(std::string_view id, std::uint64_t at, std::string_view octets) {
    return msrp::message_data{msrp::message_ident(id), at, octets};
}
msrp::session_event end(std::string_view id, std::uint64_t size,
                        msrp::message_fate fate = msrp::message_fate::complete) {
    return msrp::message_end{msrp::message_ident(id), fate, size};
}
bool nothing(msrp::inbox_result const& r) { return std::holds_alternative<std::monostate>(r); }

/// Files in memory, which may fail.
struct files {
    std::map<std::string, std::string> open_ones;
    std::map<std::string, std::string> whole;
    std::size_t closed = 0;
    std::size_t room = 1'000'000;
    bool can_open = true;

    bool open(session_handle, std::string_view id, std::string_view) {
        if (can_open) open_ones[std::string(id)];
        return can_open;
    }
    bool write(session_handle, std::string_view id, std::uint64_t at, std::string_view octets) {
        auto& f = open_ones.at(std::string(id));
        if (at - 1 + octets.size() > room) return false;
        f.resize(std::max(f.size(), static_cast<std::size_t>(at) - 1 + octets.size()));
        f.replace(static_cast<std::size_t>(at) - 1, octets.size(), octets);
        return true;
    }
    void close(session_handle, std::string_view id, bool complete) {
        if (complete) whole[std::string(id)] = open_ones.at(std::string(id));
        open_ones.erase(std::string(id));
        ++closed;
    }
};

/// Upper case inside, lower case outside; what begins with "!" is refused.
struct shouting {
    std::string memory;
    std::optional<msrp::content> turned(msrp::content const& c, std::uint16_t& status, int by) {
        if (c.body.starts_with('!')) {
            status = 415;
            return std::nullopt;
        }
        memory.assign(c.body);
        for (auto& x : memory)
            if (x != ' ') x = static_cast<char>(x + by);
        return msrp::content{"text/shouted", memory};
    }
    std::optional<msrp::content> incoming(msrp::content const& c, std::uint16_t& s) {
        return turned(c, s, -32);
    }
    std::optional<msrp::content> outgoing(msrp::content const& c, std::uint16_t& s) {
        return turned(c, s, 32);
    }
};

}  // namespace

TEST_CASE("a whole message, its parts in any order, the last of two counts (CHK-7.3.1-1, -3)",
          "[inbox]") {
    msrp::inbox in;
    CHECK(nothing(in.take(one, begin("m123"))));
    CHECK(nothing(in.take(one, data("m123", 6, "world"))));
    CHECK(nothing(in.take(one, data("m123", 1, "HELLO"))));
    CHECK(nothing(in.take(session_handle{2}, begin("m123"))));  // another session's
    CHECK(nothing(in.take(one, data("m123", 1, "hello"))));
    auto const got = in.take(one, end("m123", 10));
    auto const* m = std::get_if<msrp::inbox_message>(&got);
    REQUIRE(m != nullptr);
    CHECK(m->body == "helloworld");
    CHECK(m->content_type == "text/plain");
    CHECK(m->message_id == "m123");
    CHECK(m->size == 10);
    CHECK(in.size() == 1);
    CHECK(nothing(in.take(session_handle{2}, end("m123", 0, msrp::message_fate::aborted))));
    CHECK(in.size() == 0);
    CHECK(in.memory() == 0);
    CHECK(nothing(in.take(one, data("gone", 1, "x"))));
    CHECK(nothing(in.take(one, end("gone", 1))));
    CHECK(nothing(in.take(one, msrp::session_ended{})));
    // An empty body is a message, too.
    CHECK(nothing(in.take(one, begin("m124"))));
    auto const empty = in.take(one, end("m124", 0));
    REQUIRE(std::holds_alternative<msrp::inbox_message>(empty));
    CHECK(std::get<msrp::inbox_message>(empty).body.empty());
}

TEST_CASE("memory follows what came; more of one message, of all, and too many are refused (T13)",
          "[inbox]") {
    msrp::inbox_options o;
    o.max_memory = 8192;
    o.max_total_memory = 16384;
    o.max_messages = 3;
    msrp::inbox in(o);
    std::string const page(4096, 'p');
    CHECK(nothing(in.take(one, begin("m001", "a/b", std::uint64_t{1} << 60))));
    CHECK(in.memory() == 0);
    CHECK(nothing(in.take(one, data("m001", 1, page))));
    CHECK(nothing(in.take(one, data("m001", 4097, page))));
    CHECK(in.memory() == 8192);
    auto const refused = in.take(one, data("m001", 8193, "x"));
    REQUIRE(std::holds_alternative<msrp::inbox_refusal>(refused));
    CHECK(std::get<msrp::inbox_refusal>(refused).status == 413);
    CHECK(in.memory() == 0);
    CHECK(nothing(in.take(one, data("m001", 8194, "y"))));  // the rest until it is refused
    for (auto const* id : {"m002", "m003", "m004"}) CHECK(nothing(in.take(one, begin(id))));
    CHECK(std::holds_alternative<msrp::inbox_refusal>(in.take(one, begin("m005"))));
    CHECK(nothing(in.take(one, data("m002", 1, page))));
    CHECK(nothing(in.take(one, data("m003", 1, page))));
    // 8 KiB are left, and a piece that may touch two pages needs them.
    CHECK(std::holds_alternative<msrp::inbox_refusal>(in.take(one, data("m004", 1, page))));
    CHECK(in.memory() == 8192);
}

TEST_CASE("large messages go to the sink, with what was held", "[inbox]") {
    msrp::inbox_options o;
    o.max_memory = 8192;
    msrp::basic_inbox<files> in(o);
    std::string body;
    for (int i = 0; i < 30'000; ++i) body += static_cast<char>('a' + i % 23);
    std::string_view const all = body;
    CHECK(nothing(in.take(one, begin("m123"))));
    CHECK(nothing(in.take(one, data("m123", 5001, all.substr(5000, 3000)))));
    CHECK(nothing(in.take(one, data("m123", 1, all.substr(0, 100)))));
    CHECK(in.sink().open_ones.empty());
    CHECK(nothing(in.take(one, data("m123", 8001, all.substr(8000)))));
    CHECK(in.sink().open_ones.size() == 1);
    CHECK(in.memory() == 0);
    CHECK(nothing(in.take(one, data("m123", 101, all.substr(100, 4900)))));
    auto const got = in.take(one, end("m123", 30'000));
    auto const* m = std::get_if<msrp::inbox_message>(&got);
    REQUIRE(m != nullptr);
    CHECK(m->in_sink);
    CHECK(m->size == 30'000);
    CHECK(m->body.empty());
    CHECK(in.sink().whole.at("m123") == body);
    // One that fails, at opening, with what was held, later; one that is given up.
    for (std::size_t const room : {std::size_t{0}, std::size_t{5000}, std::size_t{20'000}}) {
        in.sink().room = room;
        in.sink().closed = 0;
        CHECK(nothing(in.take(one, begin("m124"))));
        CHECK(nothing(in.take(one, data("m124", 1, all.substr(0, 6000)))));
        bool const at_once = room < 6000;
        auto const spilt = in.take(one, data("m124", 6001, all.substr(6000, 6000)));
        CHECK(std::holds_alternative<msrp::inbox_refusal>(spilt) == at_once);
        if (!at_once)
            CHECK(std::holds_alternative<msrp::inbox_refusal>(
                in.take(one, data("m124", 12'001, all.substr(12'000)))));
        CHECK(in.sink().closed == 1);
        CHECK(in.size() == 0);
        CHECK(in.memory() == 0);
    }
    in.sink().can_open = false;
    CHECK(nothing(in.take(one, begin("m125"))));
    CHECK(std::holds_alternative<msrp::inbox_refusal>(in.take(one, data("m125", 1, all))));
    CHECK(in.sink().closed == 1);
}

TEST_CASE("a transform sees whole contents, both ways", "[inbox]") {
    msrp::basic_inbox<msrp::no_sink, shouting> in;
    CHECK(nothing(in.take(one, begin("m123"))));
    CHECK(nothing(in.take(one, data("m123", 3, "llo"))));
    CHECK(nothing(in.take(one, data("m123", 1, "he"))));
    auto const got = in.take(one, end("m123", 5));
    REQUIRE(std::holds_alternative<msrp::inbox_message>(got));
    CHECK(std::get<msrp::inbox_message>(got).body == "HELLO");
    CHECK(std::get<msrp::inbox_message>(got).content_type == "text/shouted");
    CHECK(nothing(in.take(one, begin("m124"))));
    CHECK(nothing(in.take(one, data("m124", 1, "!no"))));
    auto const refused = in.take(one, end("m124", 3));
    REQUIRE(std::holds_alternative<msrp::inbox_refusal>(refused));
    CHECK(std::get<msrp::inbox_refusal>(refused).status == 415);
    std::uint16_t status = 0;
    CHECK(in.outgoing({"text/plain", "HI"}, status)->body == "hi");
    CHECK_FALSE(in.outgoing({"text/plain", "!"}, status));
    CHECK(status == 415);
}

TEST_CASE("a message goes on in another session (CON-5.4-6)", "[inbox]") {
    msrp::basic_inbox<files> in({.max_memory = 4096});
    CHECK(nothing(in.take(one, begin("m123"))));
    CHECK(nothing(in.take(one, data("m123", 1, "hello"))));
    CHECK_FALSE(in.move(one, "m123", session_handle{2}));
    CHECK(in.move(one, "m123", session_handle{2}) == msrp::error::no_such_message);
    CHECK(nothing(in.take(one, end("m123", 5, msrp::message_fate::incomplete))));
    CHECK(nothing(in.take(session_handle{2}, data("m123", 6, " you"))));
    auto const got = in.take(session_handle{2}, end("m123", 9));
    REQUIRE(std::holds_alternative<msrp::inbox_message>(got));
    CHECK(std::get<msrp::inbox_message>(got).body == "hello you");
    CHECK(nothing(in.take(one, begin("m124"))));
    CHECK(nothing(in.take(one, data("m124", 1, std::string(5000, 'x')))));
    CHECK(in.move(one, "m124", session_handle{2}) == msrp::error::wrong_order);
}

TEST_CASE("with an endpoint: a late refusal by the transform becomes a REPORT (RPT-7.1.4-1)",
          "[inbox]") {
    support::endpoint_rig r;
    msrp::basic_inbox<msrp::no_sink, shouting> in;
    r.passive(1);
    auto const c = r.accepted();
    auto const text = support::send("aaaa", "Message-ID: m123\r\n", "!stop", '$', support::ours(1),
                                    support::theirs(1));
    REQUIRE_FALSE(r.e.receive(c, text, r.now));
    while (auto const e = r.e.poll_event()) {
        auto const got = in.take(*e);
        if (auto const* no = std::get_if<msrp::inbox_refusal>(&got))
            CHECK_FALSE(r.e.refuse(no->session, no->message_id.view(), no->status, r.now));
    }
    auto const out = r.output(c);
    CHECK(out.starts_with("MSRP aaaa 200 "));
    CHECK(support::value_of(out, "Status") == "000 415 Media Type Not Understood");
}

TEST_CASE("what is left out as it is: no transform, no sink", "[inbox]") {
    msrp::inbox in({.max_memory = 4096});
    std::uint16_t status = 0;
    auto const out = in.outgoing({"a/b", "as it is"}, status);
    REQUIRE(out);
    CHECK(out->type == "a/b");
    CHECK(out->body == "as it is");
    CHECK(status == 0);
    // Whoever asks the sink that is none gets a no, as the inbox does.
    CHECK_FALSE(in.sink().open(one, "m123", "a/b"));
    CHECK_FALSE(in.sink().write(one, "m123", 1, "x"));
    in.sink().close(one, "m123", false);
    CHECK(nothing(in.take(one, begin("m123"))));
    CHECK(std::holds_alternative<msrp::inbox_refusal>(
        in.take(one, data("m123", 1, std::string(5000, 'x')))));
    CHECK(in.size() == 0);
}

TEST_CASE("an end with octets missing is refused, and what was held is given back (CHK-7.3.1-2)",
          "[inbox]") {
    msrp::inbox in;  // as where somebody left events of the message out
    CHECK(nothing(in.take(one, begin("m123"))));
    CHECK(nothing(in.take(one, data("m123", 1, "hello"))));
    auto const got = in.take(one, end("m123", 10));
    auto const* const no = std::get_if<msrp::inbox_refusal>(&got);
    REQUIRE(no != nullptr);
    CHECK(no->message_id == "m123");
    CHECK(no->status == 413);
    CHECK(in.size() == 0);
    CHECK(in.memory() == 0);
}

TEST_CASE("without any memory left no octets are still no trouble (T13)", "[inbox]") {
    msrp::inbox in({.max_total_memory = 0});
    CHECK(nothing(in.take(one, begin("m123"))));
    CHECK(nothing(in.take(one, data("m123", 1, ""))));
    auto const got = in.take(one, end("m123", 0));
    CHECK(std::holds_alternative<msrp::inbox_message>(got));
    CHECK(nothing(in.take(one, begin("m124"))));
    CHECK(std::holds_alternative<msrp::inbox_refusal>(in.take(one, data("m124", 1, "x"))));
}
