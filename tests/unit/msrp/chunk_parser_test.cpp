// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// chunk_parser_test.cpp - framing, order, limits, leniencies; every input cut everywhere.
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include <msrp/chunk_parser.hpp>
#include <msrp/chunk_puller.hpp>
#include <msrp/message.hpp>

#include "support/catch.hpp"
#include "support/chunk_log.hpp"
#include "support/three_uses.hpp"

namespace {

constexpr std::string_view to = "To-Path: msrp://bob.example.net:8145/foo9;tcp\r\n";
constexpr std::string_view from = "From-Path: msrp://ann.example.org:9321/bar7;tcp\r\n";

std::string paths() { return std::string(to) + std::string(from); }

std::string send(std::string_view body, std::string_view tid = "t9x8",
                 std::string_view flag = "$") {
    return "MSRP " + std::string(tid) + " SEND\r\n" + paths() +
           "Message-ID: m1d2e3\r\nContent-Type: text/plain\r\n\r\n" + std::string(body) +
           "\r\n-------" + std::string(tid) + std::string(flag) + "\r\n";
}

/// The log of the whole stream, after making sure that every way to cut it gives the same.
std::string log_of(std::string const& stream, msrp::limits const& limits = {},
                   msrp::leniency const& lenient = {}) {
    auto const whole = support::log_in_pieces(stream, 0, limits, lenient);
    for (std::size_t const size : {1U, 2U, 3U, 7U, 64U})
        REQUIRE(support::log_in_pieces(stream, size, limits, lenient) == whole);
    for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
        INFO("cut at " << cut);
        REQUIRE(support::log_cut(stream, cut, limits, lenient) == whole);
    }
    return whole;
}

/// The last line of the log.
std::string verdict(std::string const& stream, msrp::limits const& limits = {},
                    msrp::leniency const& lenient = {}) {
    auto log = log_of(stream, limits, lenient);
    log.pop_back();
    return log.substr(log.rfind('\n') + 1);
}

/// The log of a stream without errors, after making sure that push, pull and whole message agree.
std::string log_by_all(std::string const& stream) {
    auto const push = support::log_in_pieces(stream, 0);
    CHECK(support::log_by_message(stream) == push);
    for (std::size_t const size : {std::size_t{7}, std::size_t{1448}, stream.size()}) {
        CHECK(support::log_in_pieces(stream, size) == push);
        CHECK(support::log_by_pull(stream, size) == push);
    }
    CHECK(push.ends_with("\nok\n"));
    return push;
}

std::string error_at(std::string_view message, std::size_t offset, std::string_view field) {
    return "error " + std::string(message) + " at " + std::to_string(offset) + " in " +
           std::string(field);
}

}  // namespace

TEST_CASE("a request with a body is three events", "[chunk_parser][FRM-7.1-2][FRM-7.1-5]") {
    CHECK(log_of(send("hello")) ==
          "begin t9x8 SEND at 0 body\n"
          "  To-Path=msrp://bob.example.net:8145/foo9;tcp\n"
          "  From-Path=msrp://ann.example.org:9321/bar7;tcp\n"
          "  Message-ID=m1d2e3\n"
          "  Content-Type=text/plain\n"
          "  paths 1 1\n"
          "data [hello]\n"
          "end $ size 5 at 181\nok\n");
}

TEST_CASE("no body and an empty body are told apart", "[chunk_parser][FRM-7.1-3][FRM-7.1-4]") {
    auto const none = log_of("MSRP abcd SEND\r\n" + paths() + "-------abcd$\r\n");
    CHECK(none.find("body") == std::string::npos);
    CHECK(none.find("data") == std::string::npos);
    auto const empty = log_of(send(""));
    CHECK(empty.find(" body\n") != std::string::npos);
    CHECK(empty.find("data []\nend $ size 0") != std::string::npos);
}

TEST_CASE("responses are read", "[chunk_parser][FRM-9-3][T11]") {
    CHECK(log_of("MSRP abcd 200 OK\r\n" + paths() + "-------abcd$\r\n").find("abcd 200 \"OK\"") !=
          std::string::npos);
    auto const bare = log_of("MSRP abcd 200\r\n" + paths() + "-------abcd$\r\n");
    CHECK(bare.find("begin abcd 200 at 0\n") != std::string::npos);
    CHECK(log_of("MSRP abcd 200 \r\n" + paths() + "-------abcd$\r\n").find("200 \"\"") !=
          std::string::npos);
    CHECK(verdict("MSRP abcd 20\r\n") ==
          error_at("not an MSRP request or response line", 12, "start-line"));
}

TEST_CASE("only CRLF and the whole end-line end a body", "[chunk_parser][FRM-7.1-8][T1][T2]") {
    for (std::string const body :
         {"-------t9x8$", "a-------t9x8$\r\nb", "\r\n-------t9x8*\r\n", "\r\n-------t9x8$\n",
          "\r\n-------t9x8$\rx", "\r\n------t9x8$\r\n", "\r\n--------t9x8$\r\n",
          "\r\n-------t9x7$\r\n", "\r\n-------t9x88$\r\n", "\r\n-------T9X8$\r\n", "\r\r\r\r",
          "\r\n\r\n\r\n", "\r\n-------\r\n-------t9x", "\r\n-------t9x8$\r\r\n-------t9x8",
          "\n-------t9x8$\r\n", "\r-------t9x8$\r\n", "\r\n-------t9x8"}) {
        INFO(body);
        auto const log = log_of(send(body));
        CHECK(log.find("data [" + body + "]\n") != std::string::npos);
        CHECK(log.find("ok\n") != std::string::npos);
    }
}

TEST_CASE("a Byte-Range never decides framing", "[chunk_parser][T1]") {
    for (std::string_view const range : {"1-5/5", "1-500/500", "1-0/0", "0-0/0", "9-1/x", "*"}) {
        auto const text = "MSRP t9x8 SEND\r\n" + paths() + "Byte-Range: " + std::string(range) +
                          "\r\nContent-Type: a/b\r\n\r\nhello\r\n-------t9x8+\r\n";
        CHECK(log_of(text).find("data [hello]\nend + size 5") != std::string::npos);
    }
}

TEST_CASE("many messages in one piece, each flag", "[chunk_parser][FRM-7.1-6]") {
    auto const stream = send("a", "id01", "+") + send("b", "id02", "#") + send("", "id03", "$") +
                        "MSRP id04 REPORT\r\n" + paths() + "-------id04$\r\n";
    auto const log = log_of(stream);
    CHECK(log.find("data [a]\nend +") != std::string::npos);
    CHECK(log.find("data [b]\nend #") != std::string::npos);
    CHECK(log.find("begin id04 REPORT") != std::string::npos);
    CHECK(log.substr(log.size() - 3) == "ok\n");
}

TEST_CASE("FRM-7.1-6 a reader takes any flag behind a response, as the ABNF does",
          "[chunk_parser]") {
    for (std::string const flag : {"$", "+", "#"}) {
        auto const text = "MSRP abcd 200 OK\r\n" + paths() + "-------abcd" + flag + "\r\n";
        CHECK(log_by_all(text + text)
                  .starts_with("begin abcd 200 \"OK\" at 0\n"
                               "  To-Path=msrp://bob.example.net:8145/foo9;tcp\n"
                               "  From-Path=msrp://ann.example.org:9321/bar7;tcp\n"
                               "  paths 1 1\n"
                               "end " +
                               flag + " size 0 at " + std::to_string(text.size()) +
                               "\nbegin abcd 200 "));
        auto const body = "MSRP abcd 200 OK\r\n" + paths() + "\r\nx\r\n-------abcd" + flag + "\r\n";
        CHECK(verdict(body) == error_at("body in a response", body.find("\r\n\r\n") + 2, "body"));
    }
}

TEST_CASE("CHK-7.1.1-8 chunks of any size are read", "[chunk_parser]") {
    std::string stream;
    std::string expected;
    for (std::size_t const size : {0U, 1U, 2049U, 100000U, 0U, 2048U, 1U}) {
        std::string body(size, '\0');
        for (std::size_t i = 0; i < size; ++i) body[i] = static_cast<char>(i * 7 + i / 256);
        auto const at = stream.size();
        stream += send(body, "t9x8", "+");
        expected += "begin t9x8 SEND at " + std::to_string(at) +
                    " body\n"
                    "  To-Path=msrp://bob.example.net:8145/foo9;tcp\n"
                    "  From-Path=msrp://ann.example.org:9321/bar7;tcp\n"
                    "  Message-ID=m1d2e3\n"
                    "  Content-Type=text/plain\n"
                    "  paths 1 1\n"
                    "data [" +
                    body + "]\nend + size " + std::to_string(size) + " at " +
                    std::to_string(stream.size()) + '\n';
    }
    CHECK((log_by_all(stream) == expected + "ok\n"));  // too long to be printed
}

TEST_CASE("HDR-12-1 unknown header fields are kept whole and in order", "[chunk_parser]") {
    struct {
        std::string_view name;
        std::string_view value;
    } const unknown[] = {{"X-Any", "one: two; three"},
                         {"x-aNy", " blanks\tat both ends "},
                         {"X-Empty", ""},
                         {"Z!#$%&'*+-.^_`{|}~9", "\xE2\x82\xAC \"quoted\\\""},
                         {"Message-IDs", "-------abcd$"},
                         {"X-Any", "one: two; three"}};
    for (std::string const start : {"MSRP abcd SEND", "MSRP abcd 200 OK", "MSRP abcd EXTRA"}) {
        std::string stream = start + "\r\n" + paths();
        std::string fields;
        std::size_t n = 0;
        for (auto const& f : unknown) {
            auto const line = std::string(f.name) + ": " + std::string(f.value) + "\r\n";
            stream += line;
            fields += "  " + std::string(f.name) + '=' + std::string(f.value) + '\n';
            if (n++ == 1) {  // a known one among them
                stream += "Message-ID: m1d2\r\n";
                fields += "  Message-ID=m1d2\n";
            }
        }
        stream += "-------abcd$\r\n";
        auto const log = log_by_all(stream);
        auto const first = log.find("From-Path=");
        auto const at = log.find('\n', first) + 1;
        CHECK(log.substr(at, log.find("  paths") - at) == fields);
        // As the caller sees them.
        auto const walk = [&](msrp::header_view const& headers) {
            std::size_t i = 0;
            for (auto const f : headers) {
                if (f.id != msrp::field::other) continue;
                REQUIRE(i < std::size(unknown));
                CHECK(f.name == unknown[i].name);
                CHECK(f.value == unknown[i].value);
                ++i;
            }
            CHECK(i == std::size(unknown));
            CHECK(*headers.message_id() == "m1d2");
        };
        msrp::chunk_parser push;
        REQUIRE_FALSE(push.feed(stream));
        msrp::chunk_event event;
        REQUIRE(push.poll(event) == msrp::parse_status::event);
        walk(std::get<msrp::chunk_begin>(event).headers);
        msrp::chunk_puller pull;
        REQUIRE(pull.next(stream, event).status == msrp::parse_status::event);
        walk(std::get<msrp::chunk_begin>(event).headers);
        msrp::message whole;
        REQUIRE(msrp::parse_message(stream, whole).status == msrp::parse_status::event);
        walk(whole.begin.headers);
    }
}

TEST_CASE("start lines that are none", "[chunk_parser][FRM-9-2][FRM-7.1-1]") {
    constexpr auto line = "not an MSRP request or response line";
    constexpr auto tid = "malformed transaction id";
    CHECK(verdict("GET / HTTP/1.1\r\n") == error_at(line, 0, "start-line"));
    CHECK(verdict("HELLO") == error_at(line, 0, "start-line"));
    CHECK(verdict("msrp abcd SEND\r\n") == error_at(line, 0, "start-line"));
    CHECK(verdict("MSRPX") == error_at(line, 4, "start-line"));
    CHECK(verdict("MSRP  abcd SEND\r\n") == error_at(tid, 5, "start-line"));
    CHECK(verdict("MSRP abc SEND\r\n") == error_at(tid, 8, "start-line"));
    CHECK(verdict("MSRP .bcd SEND\r\n") == error_at(tid, 5, "start-line"));
    CHECK(verdict("MSRP " + std::string(33, 'a') + " SEND\r\n") == error_at(tid, 37, "start-line"));
    CHECK(verdict("MSRP abcd Send\r\n") == error_at(line, 11, "start-line"));
    CHECK(verdict("MSRP abcd SEND \r\n") == error_at(line, 14, "start-line"));
    CHECK(verdict("MSRP abcd 2000\r\n") == error_at(line, 13, "start-line"));
    CHECK(verdict("MSRP abcd SEND\n") == error_at("line does not end with CRLF", 14, "start-line"));
    CHECK(verdict("MSRP abcd SEND\rX") ==
          error_at("line does not end with CRLF", 15, "start-line"));
    CHECK(verdict("\r\n") == error_at(line, 0, "start-line"));
    CHECK(verdict("MSRP abcd 200 O\tK\r\n") == "incomplete");
    CHECK(verdict("MSRP abcd 200 O\x01K\r\n") ==
          error_at("text is not printable UTF-8", 15, "start-line"));
    CHECK(verdict("MSRP abcd 200 \xC3\r\n") ==
          error_at("text is not printable UTF-8", 15, "start-line"));
    CHECK(verdict("MSRP abcd 200 \xC3\xA4\r\n") == "incomplete");
    CHECK(verdict("") == "ok");
    CHECK(verdict("MSRP " + std::string(32, 'a') + " SEND\r\n") == "incomplete");
}

TEST_CASE("To-Path first, From-Path second", "[chunk_parser][FRM-7.1-2][T10]") {
    std::string const start = "MSRP abcd SEND\r\n";
    CHECK(verdict(start + std::string(from)) ==
          error_at("the first header field must be To-Path", 16, "To-Path"));
    CHECK(verdict(start + "Message-ID: abcd\r\n") ==
          error_at("the first header field must be To-Path", 16, "To-Path"));
    CHECK(verdict(start + std::string(to) + "Message-ID: abcd\r\n") ==
          error_at("the second header field must be From-Path", 16 + to.size(), "From-Path"));
    CHECK(verdict(start + std::string(to) + "-------abcd$\r\n") ==
          error_at("the second header field must be From-Path", 16 + to.size(), "From-Path"));
    // Where both lines lie whole in a long head, as most do.
    auto const rest = "X-Long: " + std::string(100, 'x') + "\r\n-------abcd$\r\n";
    CHECK(verdict(start + std::string(from) + std::string(to) + rest) ==
          error_at("the first header field must be To-Path", 16, "To-Path"));
    CHECK(verdict(start + std::string(to) + std::string(to) + rest) ==
          error_at("the second header field must be From-Path", 16 + to.size(), "From-Path"));
    CHECK(verdict(start + "To-Patx" + std::string(to.substr(7)) + std::string(from) + rest) ==
          error_at("the first header field must be To-Path", 22, "To-Path"));
    CHECK(verdict(start + "tO-pATH: msrp://h:1/x;tcp\r\n") == "incomplete");
    CHECK(verdict(start + "To-Path:msrp://h:1/x;tcp\r\n") ==
          error_at("malformed header line", 24, "To-Path"));
    CHECK(verdict(start + "To-Path: http://h:1/x;tcp\r\n") ==
          error_at("malformed MSRP URI", 25, "To-Path"));
    CHECK(verdict(start + "To-Path: msrp://h:1/x;tcp \r\n") ==
          error_at("malformed MSRP URI", 42, "To-Path"));
    CHECK(verdict(start + "To-Path: \r\n") == error_at("malformed MSRP URI", 25, "To-Path"));
    CHECK(verdict(start + "To-Path: msrp://1.2.3.4/x;tcp\r\n") ==
          error_at("numeric address without a port", 39, "To-Path"));
}

TEST_CASE("header lines", "[chunk_parser][FRM-9-2][T8][T9]") {
    auto const head = "MSRP abcd SEND\r\n" + paths();
    auto const at = head.size();
    CHECK(verdict(head + " folded\r\n") == error_at("malformed header line", at, "header"));
    CHECK(verdict(head + "Foo : x\r\n") == error_at("malformed header line", at + 3, "header"));
    CHECK(verdict(head + "Foo:x\r\n") == error_at("malformed header line", at + 4, "header"));
    CHECK(verdict(head + "Foo\r\n") == error_at("malformed header line", at + 3, "header"));
    CHECK(verdict(head + "1oo: x\r\n") == error_at("malformed header line", at, "header"));
    CHECK(verdict(head + "Foo: a\nBar: b\r\n") ==
          error_at("line does not end with CRLF", at + 6, "header"));
    CHECK(verdict(head + "Foo: a\rBar: b\r\n") ==
          error_at("line does not end with CRLF", at + 7, "header"));
    CHECK(verdict(head + std::string("Foo: a\0b\r\n", 10)) ==
          error_at("text is not printable UTF-8", at + 6, "header"));
    CHECK(verdict(head + "Foo: \xED\xA0\x80\r\n") ==
          error_at("text is not printable UTF-8", at + 6, "header"));
    CHECK(verdict(head + "Foo: \r\n") == "incomplete");
    CHECK(verdict(head + "Foo: x\r\n x\r\n") ==
          error_at("malformed header line", at + 8, "header"));
    CHECK(verdict(head + "-------abce$\r\n") ==
          error_at("end-line does not fit its message", at + 10, "end-line"));
    CHECK(verdict(head + "-------abcd!\r\n") ==
          error_at("end-line does not fit its message", at + 11, "end-line"));
    CHECK(verdict(head + "-------abcd$$\r\n") ==
          error_at("end-line does not fit its message", at + 12, "end-line"));
    CHECK(verdict(head + "------abcd$\r\n") ==
          error_at("end-line does not fit its message", at + 6, "end-line"));
    CHECK(verdict(head + std::string(200, '-')) ==
          error_at("end-line does not fit its message", at + 7, "end-line"));
}

TEST_CASE("a body needs Content-Type just before it", "[chunk_parser][FRM-7.1-2][FRM-7.1-3]") {
    auto const head = "MSRP abcd SEND\r\n" + paths();
    constexpr auto none = "body without Content-Type before it";
    CHECK(verdict(head + "\r\nhi") == error_at(none, head.size(), "Content-Type"));
    CHECK(verdict(head + "\r") == error_at(none, head.size(), "Content-Type"));
    std::string const misplaced = "Content-Type: a/b\r\nMessage-ID: abcd\r\n";
    CHECK(verdict(head + misplaced + "\r\nhi") ==
          error_at(none, head.size() + misplaced.size(), "Content-Type"));
    CHECK(verdict(head + "Content-Type: a/b\r\n\rX") ==
          error_at("line does not end with CRLF", head.size() + 20, "header"));
}

TEST_CASE("known fields are decoded when asked", "[chunk_parser][HDR-9-1][HDR-12-1][T10]") {
    msrp::chunk_parser parser;
    auto const text =
        "MSRP abcd SEND\r\n" + paths() +
        "message-id: m1d2\r\nX-Any: 1\r\nByte-Range: 1-*/18446744073709551615\r\n"
        "Success-Report: YES\r\nFailure-Report: Partial\r\nX-Any: 2\r\nStatus: 000 200 Fine\r\n"
        "Expires: 12\r\nMin-Expires: 1\r\nMin-Expires: 2\r\nMax-Expires: 0x1\r\n"
        "Content-Disposition: render\r\n-------abcd$\r\n";
    REQUIRE_FALSE(parser.feed(text));
    msrp::chunk_event event;
    REQUIRE(parser.poll(event) == msrp::parse_status::event);
    auto const& h = std::get<msrp::chunk_begin>(event).headers;
    using msrp::field;
    CHECK(h.size() == 14);
    CHECK(*h.message_id() == "m1d2");
    CHECK(*h.byte_range() == msrp::byte_range{1, std::nullopt, 18446744073709551615ULL});
    CHECK(*h.success_report() == msrp::report_value::yes);
    CHECK(*h.failure_report() == msrp::report_value::partial);
    CHECK(h.status()->code == 200);
    CHECK(*h.status()->comment == "Fine");
    CHECK(*h.seconds(field::expires) == 12);
    CHECK(h.seconds(field::min_expires).error().code == msrp::error::field_repeated);
    CHECK(h.seconds(field::max_expires).error().code == msrp::error::bad_number);
    CHECK(h.seconds(field::max_expires).error().offset == 1);
    CHECK(h.raw(field::content_type).error().code == msrp::error::field_absent);
    CHECK(h.raw(field::content_disposition).error().code == msrp::error::field_misplaced);
    CHECK(h.raw(field::other).error().code == msrp::error::field_absent);
    CHECK(h.to_path().front().port == 8145);
    CHECK(h.from_path().back().session_id == "bar7");
    std::string others;
    for (auto const f : h)
        if (f.id == field::other) others += std::string(f.name) + '=' + std::string(f.value) + ';';
    CHECK(others == "X-Any=1;X-Any=2;");
}

TEST_CASE("views live until the next feed", "[chunk_parser][T22]") {
    // A message whose head is gathered, and in the same feed another that is gathered too.
    auto const first = send("one", "id01");
    auto const second = send("two", "id02");
    msrp::chunk_parser parser;
    std::string const piece1 = first.substr(0, 40);
    std::string const piece2 = first.substr(40) + second.substr(0, 60);
    std::string const piece3 = second.substr(60);
    std::vector<msrp::chunk_event> events;
    msrp::chunk_event event;
    auto const drain = [&] {
        while (parser.poll(event) == msrp::parse_status::event) events.push_back(event);
    };
    REQUIRE_FALSE(parser.feed(piece1));
    drain();
    REQUIRE(events.empty());
    REQUIRE_FALSE(parser.feed(piece2));
    drain();
    REQUIRE(events.size() == 3);
    auto const& begin = std::get<msrp::chunk_begin>(events[0]);
    CHECK(begin.transaction_id == "id01");
    CHECK(*begin.headers.message_id() == "m1d2e3");
    CHECK(begin.headers.to_path().text() == "msrp://bob.example.net:8145/foo9;tcp");
    auto const octets = std::get<msrp::chunk_data>(events[1]).octets;
    CHECK((octets.data() >= piece2.data() && octets.data() < piece2.data() + piece2.size()));
    events.clear();
    REQUIRE_FALSE(parser.feed(piece3));
    drain();
    REQUIRE(events.size() == 3);
    CHECK(std::get<msrp::chunk_begin>(events[0]).transaction_id == "id02");
}

TEST_CASE("T22 heads of any size, cut anywhere: views stay whole while the next head is gathered",
          "[chunk_parser]") {
    std::string stream;
    for (std::size_t const size : {700U, 5000U, 1100U}) {
        auto const one = send("hello");
        auto const at = one.find("Message-ID");
        auto const half = "X-Any: " + std::string(size / 2, 'x') + "\r\n";
        stream += one.substr(0, at) + half + half + one.substr(at);
    }
    auto const whole = log_of(stream);  // it looks at the views, too
    CHECK(whole.ends_with("\nok\n"));
    for (std::size_t first = 0; first < stream.size(); first += 61)
        for (std::size_t second = first; second < stream.size(); second += 67) {
            INFO("cut at " << first << " and " << second);
            support::chunk_log log;
            std::string_view const text = stream;
            log.feed(text.substr(0, first));
            log.feed(text.substr(first, second - first));
            log.feed(text.substr(second));
            REQUIRE(log.finish() == whole);
        }
    // Given up in the midst of a head: nothing of it is left.
    msrp::chunk_parser parser;
    msrp::chunk_event event;
    REQUIRE_FALSE(parser.feed(std::string_view(stream).substr(0, 6000)));
    while (parser.poll(event) == msrp::parse_status::event) {
    }
    CHECK_FALSE(parser.at_boundary());
    parser.reset();
    CHECK(parser.at_boundary());
    REQUIRE_FALSE(parser.feed(stream));
    CHECK(parser.poll(event) == msrp::parse_status::event);
}

TEST_CASE("a head that lies whole in the piece is a view into it", "[chunk_parser]") {
    auto const text = send("x");
    msrp::chunk_parser parser;
    REQUIRE_FALSE(parser.feed(text));
    msrp::chunk_event event;
    REQUIRE(parser.poll(event) == msrp::parse_status::event);
    CHECK(std::get<msrp::chunk_begin>(event).headers.block().data() == text.data());
}

TEST_CASE("limits, on both sides of each", "[chunk_parser][T16][FRM-7.1-9]") {
    auto const head = "MSRP abcd SEND\r\n" + paths();
    msrp::limits limits;
    SECTION("start line") {
        limits.max_start_line = 14;
        CHECK(verdict("MSRP abcd SEND\r\n", limits) == "incomplete");
        CHECK(verdict("MSRP abcd SENDX\r\n", limits) ==
              error_at("start line too long", 14, "start-line"));
        CHECK(verdict("MSRP abcd SENDX", limits) ==
              error_at("start line too long", 14, "start-line"));
        CHECK(verdict("MSRP abcd SENDXY", limits) ==
              error_at("start line too long", 14, "start-line"));
        // An error before the limit goes first.
        CHECK(verdict("MSRP abc! SEND1234\r\n", limits) ==
              error_at("malformed transaction id", 8, "start-line"));
    }
    SECTION("header line") {
        limits.max_header_line = 60;
        auto const line = [](std::size_t n) { return "Foo: " + std::string(n - 5, 'x') + "\r\n"; };
        CHECK(verdict(head + line(60), limits) == "incomplete");
        CHECK(verdict(head + line(61), limits) ==
              error_at("header line too long", head.size() + 60, "header"));
        CHECK(verdict(head + line(6000), limits) ==
              error_at("header line too long", head.size() + 60, "header"));
    }
    SECTION("header block") {
        limits.max_header_block = head.size() + 10;
        CHECK(verdict(head + "Foo: 123\r\n-------abcd$\r\n", limits) == "ok");
        CHECK(verdict(head + "Foo: 1234\r\n-------abcd$\r\n", limits) ==
              error_at("header section too long", head.size() + 8, "header"));
        CHECK(verdict(head + "Foo: 123\r\nX: \r\n-------abcd$\r\n", limits) ==
              error_at("header section too long", head.size() + 10, "header"));
    }
    SECTION("number of fields") {
        limits.max_header_fields = 3;
        CHECK(verdict(head + "A: 1\r\n-------abcd$\r\n", limits) == "ok");
        CHECK(verdict(head + "A: 1\r\nB: 2\r\n-------abcd$\r\n", limits) ==
              error_at("too many header fields", head.size() + 6, "header"));
    }
    SECTION("path") {
        limits.max_path_uris = 2;
        std::string const two = "To-Path: msrp://a:1/x;tcp msrp://b:2/y;tcp";
        CHECK(verdict("MSRP abcd SEND\r\n" + two + "\r\n", limits) == "incomplete");
        CHECK(verdict("MSRP abcd SEND\r\n" + two + " msrp://c:2/y;tcp\r\n", limits) ==
              error_at("too many URIs in a path", 16 + two.size() + 1, "To-Path"));
    }
    SECTION("body of a request that is no SEND") {
        auto const report = [&](std::size_t n) {
            return "MSRP abcd REPORT\r\n" + paths() + "Content-Type: a/b\r\n\r\n" +
                   std::string(n, 'x') + "\r\n-------abcd$\r\n";
        };
        limits.max_non_send_body = 20;
        CHECK(verdict(report(20), limits) == "ok");
        auto const at = report(0).find("\r\n\r\n") + 4;
        CHECK(verdict(report(21), limits) ==
              error_at("body too long outside a SEND", at + 20, "body"));
        CHECK(log_of(report(25), limits).find("data [" + std::string(20, 'x') + "]") !=
              std::string::npos);
        CHECK(msrp::limits{}.max_non_send_body == 10240);
        CHECK(support::log_in_pieces(report(10240), 0).find("ok\n") != std::string::npos);
        CHECK(support::log_in_pieces(report(10241), 0).find("too long") != std::string::npos);
    }
}

TEST_CASE("each leniency, off and on", "[chunk_parser][FRM-7.1-8][FRM-9-1][FRM-9-3]") {
    auto const head = "MSRP abcd SEND\r\n" + paths();
    msrp::leniency lenient;
    SECTION("several_blanks") {
        auto const text = "MSRP abcd SEND\r\nTo-Path:  msrp://a:1/x;tcp   msrp://b:2/y;tcp\r\n" +
                          std::string(from) + "Foo:   bar\r\nMessage-ID:  abcd\r\n-------abcd$\r\n";
        CHECK(verdict(text) == error_at("malformed MSRP URI", 25, "To-Path"));
        lenient.several_blanks = true;
        auto const log = log_of(text, {}, lenient);
        CAPTURE(log);
        CHECK(log.find("  Foo=bar\n  Message-ID=abcd\n  paths 2 1\n") != std::string::npos);
        // Without it the blanks of a plain field are part of its value.
        CHECK(log_of(head + "Foo:  bar\r\n-------abcd$\r\n").find("  Foo= bar\n") !=
              std::string::npos);
    }
    SECTION("stray_crlf") {
        auto const text = "\r\n\r\n" + send("a") + "\r\n" + send("b");
        CHECK(verdict(text) == error_at("not an MSRP request or response line", 0, "start-line"));
        lenient.stray_crlf = true;
        CHECK(verdict(text, {}, lenient) == "ok");
        CHECK(verdict("\r", {}, lenient) == "incomplete");
        CHECK(verdict("\rM", {}, lenient) ==
              error_at("line does not end with CRLF", 1, "start-line"));
    }
    SECTION("body_in_response") {
        auto const text = "MSRP abcd 200 OK\r\n" + paths() + "\r\njunk\r\n-------abcd$\r\n";
        CHECK(verdict(text) == error_at("body in a response", 18 + paths().size(), "body"));
        lenient.body_in_response = true;
        auto const log = log_of(text, {}, lenient);
        CHECK(log.find("junk") == std::string::npos);
        CHECK(log.find("end $ size 0") != std::string::npos);
        CHECK(log.find("ok\n") != std::string::npos);
    }
    SECTION("empty_body_without_crlf") {
        auto const text = head + "Content-Type: a/b\r\n\r\n-------abcd$\r\n";
        CHECK(verdict(text) == "incomplete");
        lenient.empty_body_without_crlf = true;
        CHECK(verdict(text, {}, lenient) == "ok");
        CHECK(log_of(send("-------t9x8x"), {}, lenient).find("data [-------t9x8x]") !=
              std::string::npos);
        CHECK(log_of(send(""), {}, lenient).find("data []") != std::string::npos);
    }
    SECTION("fail_at_end_line_without_crlf") {  // erratum 4177
        lenient.fail_at_end_line_without_crlf = true;
        auto const at = send("").find("\r\n\r\n") + 4;
        for (std::string const before : {"a", "ab\n", "ab\r", "\r\n-------t9x8$\rx", "-"})
            for (std::string const flag : {"$", "+", "#"}) {
                auto const shown = before + "-------t9x8";
                auto const text = send(shown + flag + "rest");
                CAPTURE(before);
                CHECK(log_of(text).find("data [" + shown + flag + "rest]\nend $") !=
                      std::string::npos);
                auto const log = log_of(text, {}, lenient);
                CHECK(log.ends_with(
                    "data [" + shown + "]\n" +
                    error_at("end-line in a body, not behind CRLF", at + shown.size(), "body") +
                    "\n"));
            }
        // Right at the body's beginning, behind a CRLF, of another id, without a flag: as ever.
        for (std::string const body : {"-------t9x8$", "a\r\n-------t9x8$x", "a-------t9x7$",
                                       "a-------T9X8$", "a-------t9x8!", "a------t9x8$", "", "abc"})
            CHECK(log_of(send(body), {}, lenient) == log_of(send(body)));
        CHECK(verdict(send("abc"), {}, lenient) == "ok");
    }
    SECTION("ipv6_without_brackets") {  // RFC 8873 example
        std::string const start = "MSRP abcd SEND\r\nTo-Path: ";
        auto const text = start + "msrps://2001:db8::7:2855/s;dc\r\nFrom-Path: msrp://::1:9/t;tcp" +
                          " msrp://u@::2:9;tcp\r\n-------abcd$\r\n";
        CHECK(verdict(text) == error_at("malformed MSRP URI", start.size() + 24, "To-Path"));
        lenient.ipv6_without_brackets = true;
        CHECK(verdict(text, {}, lenient) == "ok");
        CHECK(log_of(text, {}, lenient).find("  paths 1 2\n") != std::string::npos);
        // What may go on in a line that has not ended, and what may not.
        for (std::string const open :
             {"msrp://::1", "msrp://::1:9", "msrp://::1:99999", "msrp://::1:99999;tcp",
              "msrp://::1:9;tcp msrp://1:", "msrp://u@::1:99999"})
            CHECK(verdict(start + open, {}, lenient) == "incomplete");
        CHECK(verdict(start + "msrp://::1:99999/", {}, lenient) ==
              error_at("port above 65535", start.size() + 15, "To-Path"));
        CHECK(verdict(start + "msrp://u@::1:99999;tcp", {}, lenient) ==
              error_at("port above 65535", start.size() + 17, "To-Path"));
        CHECK(verdict(start + "msrp://u@::1::", {}, lenient) ==
              error_at("malformed MSRP URI", start.size() + 13, "To-Path"));
        CHECK(verdict(start + "msrp://::1/s;tcp\r\n", {}, lenient) ==
              error_at("malformed MSRP URI", start.size() + 10, "To-Path"));
    }
    SECTION("loose_utf8") {
        auto const text = head + "Foo: \xC0\x80\xF8\x80\x80\x80\x80\r\n-------abcd$\r\n";
        CHECK(verdict(text) == error_at("text is not printable UTF-8", head.size() + 5, "header"));
        lenient.loose_utf8 = true;
        CHECK(verdict(text, {}, lenient) == "ok");
    }
}

TEST_CASE("an error is final until reset", "[chunk_parser]") {
    msrp::chunk_parser parser;
    msrp::chunk_event event;
    REQUIRE_FALSE(parser.feed("nonsense"));
    CHECK(parser.poll(event) == msrp::parse_status::need_more);  // the line has not ended yet
    REQUIRE_FALSE(parser.feed("\r\n"));
    CHECK(parser.poll(event) == msrp::parse_status::error);
    CHECK(parser.poll(event) == msrp::parse_status::error);
    CHECK(parser.feed(send("x")) == msrp::error::bad_start_line);
    CHECK(parser.error().code == msrp::error_condition::syntax);
    parser.reset();
    auto const text = send("x");
    REQUIRE_FALSE(parser.feed(text));
    CHECK(parser.poll(event) == msrp::parse_status::event);
    CHECK(parser.feed(text) == msrp::error::not_drained);
    CHECK(parser.poll(event) == msrp::parse_status::event);
}

TEST_CASE("a boundary is where nothing of the next message has come", "[chunk_parser]") {
    msrp::chunk_parser parser;
    msrp::chunk_event event;
    CHECK(parser.at_boundary());
    auto const two = send("x") + "MSRP";
    REQUIRE_FALSE(parser.feed(two));
    CHECK_FALSE(parser.at_boundary());  // not looked at yet
    CHECK(parser.finish() == msrp::stream_end::incomplete);
    for (int events = 0; events < 3; ++events) {
        REQUIRE(parser.poll(event) == msrp::parse_status::event);
        CHECK_FALSE(parser.at_boundary());
    }
    CHECK(parser.poll(event) == msrp::parse_status::need_more);
    CHECK_FALSE(parser.at_boundary());
    CHECK(parser.finish() == msrp::stream_end::incomplete);
    parser.reset();
    auto const one = send("x");
    REQUIRE_FALSE(parser.feed(one));
    while (parser.poll(event) == msrp::parse_status::event) {
    }
    CHECK(parser.at_boundary());
    CHECK(parser.offset() == one.size());
    CHECK(parser.finish() == msrp::stream_end::boundary);
}

TEST_CASE("where an unfinished line cannot go on", "[chunk_parser][T3]") {
    std::string const start = "MSRP abcd SEND\r\nTo-Path: ";
    // All so far may yet be userinfo, or a host's name with ";" in it.
    for (std::string const open :
         {"msrp://1.2.3.4;tcp", "msrp://h:99999;tcp", "msrp://u@1.2.3.4;tcp",
          "msrp://1.2.3.4;tcp;a=%4", "msrp://a:1/x;tcp msrp://1.2.3.4;tcp"})
        CHECK(verdict(start + open) == "incomplete");
    CHECK(verdict(start + "msrp://1.2.3.4;tcp/x;tcp\r\n") == "incomplete");
    CHECK(verdict(start + "msrp://1.2.3.4;tcp;a=%zz") ==
          error_at("numeric address without a port", start.size() + 14, "To-Path"));
    CHECK(verdict(start + "msrp://u@h:99999;tcp") ==
          error_at("port above 65535", start.size() + 15, "To-Path"));
    // Behind the "/" an "@" makes nothing userinfo.
    CHECK(verdict(start + "msrp://h:99999/x@") ==
          error_at("port above 65535", start.size() + 13, "To-Path"));
    CHECK(verdict(start + "msrp://[::1];tcp") ==
          error_at("numeric address without a port", start.size() + 12, "To-Path"));
    CHECK(verdict(start + "msrp://1.2.3.4;tcp msrp://a:1/x;tcp") ==
          error_at("numeric address without a port", start.size() + 14, "To-Path"));
    // CR where the limit is may end the line; what follows it shows that it does not.
    msrp::limits limits;
    limits.max_start_line = 14;
    CHECK(verdict("MSRP abcd SEND\rX\n", limits) ==
          error_at("line does not end with CRLF", 15, "start-line"));
    // A line without a name.
    CHECK(verdict("MSRP abcd SEND\r\n" + paths() + ": x\r\n-------abcd$\r\n") ==
          error_at("malformed header line", 16 + paths().size(), "header"));
    // A name of our own for a field without one.
    CHECK(verdict("MSRP abcd SEND\r\n" + paths() + "Content-Foo:x\r\n") ==
          error_at("malformed header line", 16 + paths().size() + 12, "header"));
}
