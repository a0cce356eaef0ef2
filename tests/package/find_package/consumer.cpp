// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// consumer.cpp - a program outside the tree that holds the toolkit to docs/api.md.
#include <cstdio>
#include <memory_resource>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include <cema/negotiator.hpp>
#include <msrp/chunk_parser.hpp>
#include <msrp/chunk_puller.hpp>
#include <msrp/chunk_serializer.hpp>
#include <msrp/message.hpp>
#include <msrp/parse_uri.hpp>
#include <msrp/session.hpp>
#include <wire/config.hpp>

namespace {

int failures = 0;
void check(bool good, char const* what) {
    if (good) return;
    std::printf("failed: %s\n", what);
    ++failures;
}

/// Not random at all: a test wants to be repeated.
struct counting_source {
    unsigned char next = 0;
    void operator()(std::span<unsigned char> out) {
        for (auto& octet : out) octet = static_cast<unsigned char>(next++ * 37U);
    }
};

constexpr std::string_view stream =
    "MSRP t1d2 SEND\r\n"
    "To-Path: msrp://bob.example.net:8145/foo9;tcp\r\n"
    "From-Path: msrp://ann.example.org:9321/bar7;tcp\r\n"
    "Message-ID: m1d2\r\n"
    "Byte-Range: 1-5/18446744073709551615\r\n"
    "Content-Type: text/plain\r\n"
    "\r\n"
    "hello\r\n"
    "-------t1d2+\r\n";

void parse_three_ways() {
    msrp::pmr::chunk_parser push(msrp::limits{}, msrp::leniency{},
                                 std::pmr::get_default_resource());
    msrp::chunk_event event;
    std::string body;
    bool ended = false;
    for (char const& octet : stream) {
        check(!push.feed({&octet, 1}), "feed");
        while (push.poll(event) == msrp::parse_status::event) {
            if (auto const* begin = std::get_if<msrp::chunk_begin>(&event)) {
                check(begin->method == msrp::method::SEND, "method");
                check(*begin->headers.message_id() == "m1d2", "Message-ID");
                check(begin->headers.byte_range()->total == 18446744073709551615ULL, "Byte-Range");
                check(begin->headers.status().error().code == msrp::error::field_absent, "absent");
            }
            if (auto const* data = std::get_if<msrp::chunk_data>(&event)) body += data->octets;
            if (auto const* end = std::get_if<msrp::chunk_end>(&event))
                ended = end->flag == msrp::continuation_flag::more;
        }
    }
    check(body == "hello" && ended && push.finish() == msrp::stream_end::boundary, "push");

    msrp::chunk_puller pull;
    std::string_view rest = stream;
    int events = 0;
    for (;;) {
        auto const got = pull.next(rest, event);
        rest.remove_prefix(got.used);
        if (got.status != msrp::parse_status::event) break;
        ++events;
    }
    check(events == 3 && rest.empty(), "pull");

    msrp::message message;
    check(msrp::parse_message(stream, message).status == msrp::parse_status::event &&
              message.body == "hello" && message.size == stream.size(),
          "whole message");

    check(!push.feed("MSRP x"), "feed");
    check(push.poll(event) == msrp::parse_status::need_more, "need more is no error");
    check(!push.feed("!\r\n"), "feed");
    check(push.poll(event) == msrp::parse_status::error, "error");
    check(push.error().code == msrp::error::bad_transaction_id &&
              push.error().code == msrp::error_condition::syntax &&
              push.error().offset == stream.size() + 6 && push.error().field == "start-line",
          "code, offset, field");
}

void talk() {
    auto const a = *msrp::path::parse("msrp://ann.example.org:9321/bar7;tcp");
    auto const b = *msrp::path::parse("msrp://bob.example.net:8145/foo9;tcp");
    msrp::session<counting_source> ann({}, a, b, counting_source{1});
    msrp::session<counting_source> bob({}, b, a, counting_source{2});
    msrp::session_time const now{};
    auto const from_ann = *ann.connection_up(msrp::connection_role::active, now);
    auto const from_bob = *bob.connection_up(msrp::connection_role::passive, now);
    auto const sent = ann.send(
        {.content_type = "text/plain", .body = "hi", .success_report = msrp::report_value::yes},
        now);
    check(sent.has_value(), "send");
    std::string received;
    int done = 0;
    int reported = 0;
    auto const move = [&](auto& from, auto from_connection, auto& to, auto to_connection) {
        std::string octets;
        for (auto const piece : from.poll_output(from_connection)) octets += piece;
        if (octets.empty()) return false;
        check(!from.written(from_connection, octets.size(), now), "written");
        check(!to.receive(to_connection, octets, now), "receive");
        while (auto const event = to.poll_event()) {
            if (auto const* data = std::get_if<msrp::message_data>(&*event))
                received += data->octets;
            if (std::holds_alternative<msrp::message_sent>(*event)) ++done;
            if (std::holds_alternative<msrp::report_received>(*event)) ++reported;
        }
        while (auto const event = from.poll_event())
            if (std::holds_alternative<msrp::message_sent>(*event)) ++done;
        return true;
    };
    for (int i = 0; i < 100; ++i)
        if (!move(ann, from_ann, bob, from_bob) && !move(bob, from_bob, ann, from_ann)) break;
    check(received == "hi" && done == 1 && reported == 1, "a message, its response and its report");
    check(!ann.deadline() || *ann.deadline() > now, "deadline");
    ann.handle_timeout(now);
}

/// Policies are the user's own types.
struct my_profile : cema::rfc6714 {
    static constexpr bool cema_only_if_offered = true;
};

void negotiate() {
    using offerer_type = cema::negotiator;
    using answerer_type = cema::pmr::basic_negotiator<my_profile, cema::no_names,
                                                      cema::prefer_active, cema::tls_as_offered>;
    auto offerer = offerer_type::make({.uri = "msrp://127.0.0.1:9321/bar7;tcp"});
    auto answerer = answerer_type::make({.uri = "msrp://127.0.0.1:8145/foo9;tcp"});
    check(offerer && answerer, "make");
    if (!offerer || !answerer) return;
    auto const offer = offerer->make_offer({1, 1});
    check(offer.has_value(), "offer");
    auto const answered = answerer->on_offer(*offer, {2, 1});
    check(answered && *answered == cema::status::answer_ready, "answer");
    auto const got = offerer->on_answer(answerer->local_description());
    check(got && *got == cema::status::plan, "plan");
    auto const* mine = offerer->plan();
    auto const* yours = answerer->plan();
    check(mine != nullptr && yours != nullptr, "plans");
    if (mine == nullptr || yours == nullptr) return;
    check(mine->local_role != yours->local_role && yours->connects() && !mine->connects(), "roles");
    check(yours->target == cema::target_kind::cm_line && yours->port == 9321, "target");
    check(!yours->reasons.empty(), "reasons");
}

}  // namespace

int main() {
    check(wire::version.major_number == MSRPKIT_VERSION_MAJOR, "version");
    check(msrp::parse_uri("msrp://h:1/s;tcp").has_value(), "grammar");
    parse_three_ways();
    talk();
    negotiate();
    if (failures == 0) std::puts("the package works");
    return failures == 0 ? 0 : 1;
}
