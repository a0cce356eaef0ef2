// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// chunk_serializer_test.cpp - what the writer refuses, its order, its memory; what it writes reads
// back.
#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <msrp/chunk_parser.hpp>
#include <msrp/chunk_serializer.hpp>
#include <msrp/head_template.hpp>

#include "support/catch.hpp"
#include "support/chunk_log.hpp"

namespace {

using msrp::continuation_flag;

msrp::path_view path(std::string_view text) {
    auto const read = msrp::read_path(text);
    REQUIRE(read);
    return *read;
}
msrp::path_view to() { return path("msrp://bob.example.net:8145/k3l;tcp"); }
msrp::path_view from() { return path("msrp://ann.example.org:9321/m4n;tcp"); }

constexpr std::string_view request_front =
    "MSRP a1b2 SEND\r\nTo-Path: msrp://bob.example.net:8145/k3l;tcp\r\n"
    "From-Path: msrp://ann.example.org:9321/m4n;tcp\r\n";
/// With Message-ID.
std::string const send_front = std::string(request_front) + "Message-ID: mid1\r\n";

/// A writer with memory of its own.
struct writer {
    std::array<char, 2048> memory{};
    msrp::head_writer out{memory};

    writer& request() {
        REQUIRE(out.request("a1b2", "SEND", to(), from()));
        return *this;
    }
    /// A SEND that is whole but for the rest of its fields.
    writer& send() {
        request();
        REQUIRE(out.message_id("mid1"));
        return *this;
    }
    writer& report() {
        REQUIRE(out.request("a1b2", "REPORT", to(), from()));
        return *this;
    }
    writer& response() {
        REQUIRE(out.response("a1b2", 200, "OK", to(), from()));
        return *this;
    }
};

bool is(wire::result<void> const& r, msrp::error code, std::uint64_t offset,
        std::string_view field) {
    return r.error() == wire::failure{msrp::make_error_code(code), offset, field};
}
bool is(wire::result<std::string_view> const& r, msrp::error code) {
    return r.error().code == code;
}

}  // namespace

TEST_CASE("a request with a body", "[serializer][FRM-7.1-2][FRM-7.1-3][FRM-7.1-5]") {
    writer w;
    w.request();
    REQUIRE(w.out.message_id("mid1"));
    REQUIRE(w.out.byte_range({1, 5, 5}));
    REQUIRE(w.out.success_report(msrp::report_value::yes));
    REQUIRE(w.out.failure_report(msrp::report_value::partial));
    REQUIRE(w.out.field("Content-ID", "<a@b>"));
    REQUIRE(w.out.content_type("text/plain"));
    auto const head = w.out.finish_with_body();
    REQUIRE(head);
    CHECK(*head == std::string(request_front) +
                       "Message-ID: mid1\r\nByte-Range: 1-5/5\r\nSuccess-Report: yes\r\n"
                       "Failure-Report: partial\r\nContent-ID: <a@b>\r\n"
                       "Content-Type: text/plain\r\n\r\n");
    CHECK(head->size() == w.out.needed());
    CHECK(msrp::end_line("a1b2", continuation_flag::more, true).view() == "\r\n-------a1b2+\r\n");
    CHECK(msrp::end_line("a1b2", continuation_flag::aborted, false).view() == "-------a1b2#\r\n");
}

TEST_CASE("no body: the end-line follows the fields", "[serializer][FRM-7.1-3][FRM-7.1-4]") {
    writer w;
    w.send();
    auto const all = w.out.finish_without_body(continuation_flag::more);
    REQUIRE(all);
    CHECK(*all == send_front + "-------a1b2+\r\n");
    // A MIME field without a body is not written.
    writer mime;
    mime.send();
    REQUIRE(mime.out.field("Content-ID", "<a@b>"));
    CHECK(is(mime.out.finish_without_body(), msrp::error::wrong_order));
    writer typed;
    typed.send();
    REQUIRE(typed.out.content_type("a/b"));
    CHECK(is(typed.out.finish_without_body(), msrp::error::wrong_order));
    // Nor a body without Content-Type.
    writer untyped;
    untyped.send();
    CHECK(is(untyped.out.finish_with_body(), msrp::error::wrong_order));
}

TEST_CASE("responses", "[serializer][FRM-7.1-6][FRM-9-1]") {
    writer w;
    w.response();
    auto const all = w.out.finish_without_body();
    REQUIRE(all);
    CHECK(all->substr(0, 18) == "MSRP a1b2 200 OK\r\n");
    std::array<char, 256> memory{};
    msrp::head_writer bare(memory);
    REQUIRE(bare.response("a1b2", 7, "", to(), from()));
    CHECK(bare.finish_without_body()->substr(0, 15) == "MSRP a1b2 007\r\n");
    // Always "$", never a body, three digits.
    for (auto const flag : {continuation_flag::more, continuation_flag::aborted}) {
        writer wrong;
        wrong.response();
        CHECK(is(wrong.out.finish_without_body(flag), msrp::error::wrong_order));
    }
    writer body;
    body.response();
    REQUIRE(body.out.content_type("a/b"));
    CHECK(is(body.out.finish_with_body(), msrp::error::wrong_order));
    writer large;
    CHECK(is(large.out.response("a1b2", 1000, "", to(), from()), msrp::error::bad_status, 0,
             "status"));
}

TEST_CASE("the order of calls is the order on the wire", "[serializer][FRM-7.1-2]") {
    using msrp::error;
    SECTION("nothing before the start line") {
        writer w;
        CHECK(is(w.out.field("Foo", "1"), error::wrong_order, 0, "header"));
    }
    SECTION("typed fields neither") {
        CHECK(is(writer{}.out.message_id("abcd"), error::wrong_order, 0, "Message-ID"));
        CHECK(is(writer{}.out.byte_range({}), error::wrong_order, 0, "Byte-Range"));
        CHECK(is(writer{}.out.status({0, 200, {}}), error::wrong_order, 0, "Status"));
        CHECK(is(writer{}.out.content_type("a/b"), error::wrong_order, 0, "Content-Type"));
        CHECK(is(writer{}.out.finish_with_body(), error::wrong_order));
        CHECK(is(writer{}.out.finish_without_body(), error::wrong_order));
    }
    SECTION("one start line") {
        writer w;
        w.request();
        CHECK(is(w.out.request("a1b2", "SEND", to(), from()), error::wrong_order, 0, "start-line"));
    }
    SECTION("no second path") {
        writer w;
        w.request();
        CHECK(is(w.out.field("to-path", "msrp://a:1/x;tcp"), error::wrong_order, 0, "To-Path"));
        writer v;
        v.request();
        CHECK(is(v.out.field("From-Path", "msrp://a:1/x;tcp"), error::wrong_order, 0, "From-Path"));
    }
    SECTION("MIME fields behind all others") {
        writer w;
        w.request();
        REQUIRE(w.out.field("content-foo", "x"));
        CHECK(is(w.out.field("Foo", "1"), error::wrong_order, 0, "header"));
        writer v;
        v.request();
        REQUIRE(v.out.field("Content-Disposition", "render"));
        CHECK(is(v.out.byte_range({}), error::wrong_order, 0, "Byte-Range"));
    }
    SECTION("Content-Type last and once") {
        for (std::string_view const name : {"Content-ID", "CONTENT-TYPE", "Foo"}) {
            writer w;
            w.request();
            REQUIRE(w.out.content_type("a/b"));
            CHECK(w.out.field(name, "x").error().code == error::wrong_order);
        }
    }
    SECTION("nothing behind the end") {
        writer w;
        w.send();
        REQUIRE(w.out.finish_without_body());
        CHECK(is(w.out.finish_without_body(), error::wrong_order));
        writer v;
        v.send();
        REQUIRE(v.out.content_type("a/b"));
        REQUIRE(v.out.finish_with_body());
        CHECK(is(v.out.field("Foo", "1"), error::wrong_order, 0, "header"));
    }
}

TEST_CASE("illegal octets are refused in every field", "[serializer][T8]") {
    // Every octet that text cannot hold, first, last and between.
    std::vector<std::string> bad;
    for (int c = 0; c < 256; ++c) {
        if ((c >= 0x20 && c < 0x7F) || c == '\t') continue;
        for (std::string const front : {"", "ab"})
            for (std::string const back : {"", "cd"})
                bad.push_back(front + static_cast<char>(c) + back);
    }
    bad.insert(bad.end(), {"\xC3", "\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "a\r\nFoo: b"});
    for (auto const& text : bad) {
        INFO("octets " << Catch::StringMaker<std::string>::convert(text));
        for (int call = 0; call < 8; ++call) {
            writer w;
            if (call > 2) w.request();
            auto const before = w.memory;
            auto const refused = [&]() -> wire::result<void> {
                switch (call) {
                    case 0: return w.out.request(text, "SEND", to(), from());
                    case 1: return w.out.request("a1b2", text, to(), from());
                    case 2: return w.out.response("a1b2", 200, text, to(), from());
                    case 3: return w.out.field("Foo", text);
                    case 4: return w.out.field(text, "x");
                    case 5: return w.out.message_id(text);
                    case 6: return w.out.status({0, 200, text});
                    default: return w.out.content_type(text);
                }
            }();
            INFO("call " << call);
            CHECK_FALSE(refused);
            CHECK(refused.error().offset <= text.size());
            CHECK(w.out.error_state() == refused.error());
            CHECK(w.memory == before);
        }
    }
    CHECK(is(writer{}.out.response("a1b2", 200, "O\nK", to(), from()), msrp::error::illegal_octet,
             1, "comment"));
    CHECK(is(writer{}.request().out.field("Foo", "a\rb"), msrp::error::illegal_octet, 1, "header"));
    CHECK(is(writer{}.request().out.field("Content-Type", std::string_view("a/b\0", 4)),
             msrp::error::illegal_octet, 3, "Content-Type"));
    CHECK(is(writer{}.request().out.field("Fo:o", "x"), msrp::error::illegal_octet, 2, "header"));
    CHECK(is(writer{}.request().out.field("", "x"), msrp::error::illegal_octet, 0, "header"));
    CHECK(is(writer{}.request().out.field("1a", "x"), msrp::error::illegal_octet, 0, "header"));
}

TEST_CASE("values of known fields are checked",
          "[serializer][FRM-7.1-1][CHK-7.1.1-3][CHK-7.1.1-4]") {
    using msrp::error;
    CHECK(is(writer{}.out.request("a1b", "SEND", to(), from()), error::bad_transaction_id, 3,
             "start-line"));
    CHECK(is(writer{}.out.request(std::string(33, 'a'), "SEND", to(), from()),
             error::bad_transaction_id, 32, "start-line"));
    CHECK(is(writer{}.out.request("a1b2", "", to(), from()), error::illegal_octet, 0, "method"));
    CHECK(
        is(writer{}.out.request("a1b2", "SEnD", to(), from()), error::illegal_octet, 2, "method"));
    CHECK(is(writer{}.request().out.message_id("abc"), error::bad_ident, 3, "Message-ID"));
    for (msrp::byte_range const r : {msrp::byte_range{0, 5, 5}, {7, 5, 9}, {1, 9, 5}, {7, {}, 5}})
        CHECK(is(writer{}.request().out.byte_range(r), error::bad_byte_range, 0, "Byte-Range"));
    CHECK(is(writer{}.request().out.success_report(msrp::report_value::partial),
             error::bad_report_value, 0, "Success-Report"));
    CHECK(is(writer{}.request().out.status({1000, 200, {}}), error::bad_status, 0, "Status"));
    CHECK(is(writer{}.request().out.status({0, 1000, {}}), error::bad_status, 0, "Status"));
    CHECK(is(writer{}.request().out.content_type(""), error::bad_content_type, 0, "Content-Type"));
    constexpr auto top = std::numeric_limits<std::uint64_t>::max();
    auto const written = [](msrp::byte_range const& r) {
        writer w;
        w.report();
        CHECK(w.out.message_id("mid1"));
        CHECK(w.out.byte_range(r));
        CHECK(w.out.status({0, 7, ""}));
        auto const all = w.out.finish_without_body();
        return std::string(all->substr(all->find("Byte-Range")));
    };
    std::string const rest = "\r\nStatus: 000 007 \r\n-------a1b2$\r\n";
    CHECK(written({top, top, top}) ==
          "Byte-Range: 18446744073709551615-18446744073709551615/18446744073709551615" + rest);
    CHECK(written({1, 0, 0}) == "Byte-Range: 1-0/0" + rest);
    CHECK(written({1, {}, {}}) == "Byte-Range: 1-*/*" + rest);
}

TEST_CASE("T10 HDR-7.1.1-1 RLY-4.6-1 CHAT-7.1-1 a malformed known field is not written by its name",
          "[serializer][T10]") {
    using msrp::error;
    struct {
        std::string_view name;
        std::string_view value;
        error code;
        std::uint64_t offset;
        std::string_view field;
    } const cases[] = {
        {"message-id", "a b", error::bad_ident, 1, "Message-ID"},
        {"Byte-Range", "0-5/5", error::bad_byte_range, 5, "Byte-Range"},
        {"Byte-Range", "1-5", error::bad_byte_range, 3, "Byte-Range"},
        {"Byte-Range", "18446744073709551616-*/*", error::number_too_large, 19, "Byte-Range"},
        {"STATUS", "000 20", error::bad_status, 6, "Status"},
        {"Success-Report", "partial", error::bad_report_value, 0, "Success-Report"},
        {"Failure-Report", "", error::bad_report_value, 0, "Failure-Report"},
        {"Use-Path", "msrp://a:1/x", error::bad_uri, 12, "Use-Path"},
        {"Use-Path", "msrp://a:1/x;tcp  msrp://b:1/x;tcp", error::bad_uri, 17, "Use-Path"},
        {"Expires", "ten", error::bad_number, 0, "Expires"},
        {"Min-Expires", "-1", error::bad_number, 0, "Min-Expires"},
        {"Max-Expires", "99999999999999999999", error::number_too_large, 19, "Max-Expires"},
        {"WWW-Authenticate", "Basic realm=\"r\"", error::bad_authentication, 0, "WWW-Authenticate"},
        {"Authorization", "Digest username=u", error::bad_authentication, 16, "Authorization"},
        {"Authentication-Info", "qop=auth,qop=auth", error::bad_authentication, 12,
         "Authentication-Info"},
        {"Use-Nickname", "ann", error::bad_nickname, 0, "Use-Nickname"},
        {"Content-ID", "a@b", error::bad_mime_field, 0, "Content-ID"},
        {"Content-Disposition", "inline;size=x", error::bad_mime_field, 12, "Content-Disposition"},
        {"content-type", "text", error::bad_content_type, 4, "Content-Type"},
        {"Content-Type", "text/plain; a=b", error::bad_content_type, 11, "Content-Type"},
        // What no field may hold is named as such where it is what is wrong first.
        {"Expires", "1\n", error::illegal_octet, 1, "Expires"},
        {"Expires", "x\n", error::bad_number, 0, "Expires"},
        {"Content-Description", "a\xC3", error::illegal_octet, 2, "Content-Description"},
    };
    for (auto const& c : cases) {
        CAPTURE(c.name, c.value);
        writer w;
        w.request();
        auto const before = w.memory;
        CHECK(is(w.out.field(c.name, c.value), c.code, c.offset, c.field));
        CHECK(w.memory == before);
    }
    CHECK(is(writer{}.request().out.content_type("text/plain "), error::bad_content_type, 10,
             "Content-Type"));
}

TEST_CASE("HDR-9-1 T10 a known field is written once", "[serializer][HDR-9-1]") {
    using msrp::error;
    struct {
        std::string_view name;
        std::string_view value;
    } const cases[] = {
        {"Message-ID", "mid1"},
        {"Byte-Range", "1-5/5"},
        {"Status", "000 200 OK"},
        {"Success-Report", "yes"},
        {"Failure-Report", "no"},
        {"Use-Path", "msrp://a:1/x;tcp"},
        {"Authorization", "Digest realm=\"r\""},
        {"Authentication-Info", "qop=auth"},
        {"Expires", "1"},
        {"Min-Expires", "1"},
        {"Max-Expires", "1"},
        {"Use-Nickname", "\"\""},
        {"Content-ID", "<a@b>"},
        {"Content-Description", ""},
        {"Content-Disposition", "inline"},
    };
    for (auto const& c : cases) {
        CAPTURE(c.name);
        writer w;
        w.request();
        REQUIRE(w.out.field(c.name, c.value));
        auto const before = w.memory;
        std::string other(c.name);
        other[0] = static_cast<char>(other[0] + 'a' - 'A');
        CHECK(is(w.out.field(other, c.value), error::field_repeated, 0, c.name));
        CHECK(w.memory == before);
    }
    // A typed call counts too, before or behind.
    writer w;
    w.request();
    REQUIRE(w.out.message_id("mid1"));
    CHECK(is(w.out.field("message-id", "mid1"), error::field_repeated, 0, "Message-ID"));
    writer v;
    v.request();
    REQUIRE(v.out.field("Byte-Range", "1-*/*"));
    CHECK(is(v.out.byte_range({}), error::field_repeated, 0, "Byte-Range"));
    // Several challenges are an offer; fields without a meaning are not ours to judge.
    writer several;
    several.response();
    REQUIRE(several.out.field("WWW-Authenticate", "Digest realm=\"r\""));
    REQUIRE(several.out.field("WWW-Authenticate", "Digest realm=\"s\""));
    REQUIRE(several.out.field("X-Any", "1"));
    REQUIRE(several.out.field("X-Any", "2"));
    REQUIRE(several.out.finish_without_body());
    writer mime;
    mime.send();
    REQUIRE(mime.out.field("Content-Language", "de"));
    REQUIRE(mime.out.field("Content-Language", "fi"));
    REQUIRE(mime.out.content_type("a/b"));
    REQUIRE(mime.out.finish_with_body());
}

TEST_CASE("RLY-4.6-1 CHAT-7.1-1 CHAT-7.3-1 typed calls for paths, seconds and nicknames",
          "[serializer]") {
    using msrp::error;
    auto const blanks = msrp::read_path("msrp://a:1/x;tcp   msrp://b:2/y;tcp", {9, true});
    REQUIRE(blanks);
    writer w;
    w.send();
    REQUIRE(w.out.use_path(*blanks));
    REQUIRE(w.out.expires(std::numeric_limits<std::uint64_t>::max()));
    REQUIRE(w.out.min_expires(0));
    REQUIRE(w.out.max_expires(900));
    REQUIRE(w.out.use_nickname("K\xC3\xA4the \"the \\ cat\""));
    auto const all = w.out.finish_without_body();
    REQUIRE(all);
    CHECK(all->substr(send_front.size()) ==
          "Use-Path: msrp://a:1/x;tcp msrp://b:2/y;tcp\r\nExpires: 18446744073709551615\r\n"
          "Min-Expires: 0\r\nMax-Expires: 900\r\n"
          "Use-Nickname: \"K\xC3\xA4the \\\"the \\\\ cat\\\"\"\r\n-------a1b2$\r\n");
    CHECK(writer{}.request().out.use_nickname(""));
    std::string const most(1023, '"');
    std::vector<char> wide(4096);
    msrp::head_writer out(wide);
    REQUIRE(out.request("a1b2", "NICKNAME", to(), from()));
    REQUIRE(out.use_nickname(most));
    CHECK(is(writer{}.request().out.use_nickname(most + 'n'), error::bad_nickname, 1023,
             "Use-Nickname"));
    CHECK(is(writer{}.request().out.use_nickname(most + '\n'), error::bad_nickname, 1023,
             "Use-Nickname"));
    CHECK(is(writer{}.request().out.use_nickname("a\nb"), error::illegal_octet, 1, "Use-Nickname"));
    CHECK(is(writer{}.request().out.use_nickname(std::string(1022, 'n') + "\xC3"),
             error::illegal_octet, 1023, "Use-Nickname"));
    CHECK(is(writer{}.request().out.use_nickname(std::string(1022, 'n') + "\xC3\xA4"),
             error::bad_nickname, 1023, "Use-Nickname"));
    CHECK(is(writer{}.out.expires(1), error::wrong_order, 0, "Expires"));
    CHECK(is(writer{}.out.use_path(to()), error::wrong_order, 0, "Use-Path"));
}

TEST_CASE("exactly one blank behind a colon and between URIs", "[serializer][FRM-9-3]") {
    auto const blanks = msrp::read_path("msrp://a:1/x;tcp   msrp://b:2/y;tcp", {9, true});
    REQUIRE(blanks);
    writer w;
    REQUIRE(w.out.request("a1b2", "SEND", *blanks, from()));
    REQUIRE(w.out.message_id("mid1"));
    CHECK(w.out.finish_without_body()->substr(16, 43) ==
          "To-Path: msrp://a:1/x;tcp msrp://b:2/y;tcp\r");
}

TEST_CASE("memory of every size", "[serializer][T7]") {
    auto const write = [](std::span<char> memory) -> wire::result<std::string_view> {
        msrp::head_writer out(memory);
        static_cast<void>(out.request("a1b2", "REPORT", to(), from()));
        static_cast<void>(out.message_id("mid1"));
        static_cast<void>(out.byte_range({1, 5, 5}));
        static_cast<void>(out.status({0, 200, "OK"}));
        static_cast<void>(out.content_type("a/b"));
        auto const head = out.finish_with_body(0);
        CHECK(out.error_state() == head.error());
        return head;
    };
    std::vector<char> wide(1000);
    auto const whole = write(wide);
    REQUIRE(whole);
    for (std::size_t size = 0; size <= whole->size() + 2; ++size) {
        INFO("size " << size);
        // Memory of just that size: writing past it is seen by ASan.
        std::vector<char> memory(size);
        auto const head = write(memory);
        REQUIRE(head.has_value() == (size >= whole->size()));
        if (head) {
            CHECK(*head == *whole);
        } else {
            CHECK(head.error().code == msrp::error::buffer_full);
            CHECK(head.error().offset > size);
            CHECK(head.error().offset <= whole->size());
        }
    }
}

TEST_CASE("what was refused once stays refused", "[serializer]") {
    writer w;
    w.request();
    auto const first = w.out.field("Foo", "a\nb").error();
    CHECK(w.out.field("Bar", "1").error() == first);
    CHECK(w.out.message_id("x").error() == first);
    CHECK(w.out.byte_range({0, 0, 0}).error() == first);
    CHECK(w.out.status({0, 200, "\n"}).error() == first);
    CHECK(w.out.content_type("").error() == first);
    CHECK(w.out.response("a1b2", 1000, "", to(), from()).error() == first);
    CHECK(w.out.finish_with_body().error() == first);
    CHECK(w.out.finish_without_body().error() == first);
    CHECK(w.out.error_state() == first);
    CHECK(first.code == msrp::error_condition::misuse);
}

TEST_CASE("property: what is written reads back", "[serializer][property][FRM-7.1-2]") {
    std::mt19937 random(4975);
    auto const upto = [&](unsigned n) {
        return static_cast<unsigned>(std::uniform_int_distribution<unsigned>(0, n)(random));
    };
    auto const pick = [&](std::string_view from_these, unsigned least, unsigned most) {
        std::string text;
        for (unsigned n = least + upto(most - least); n != 0; --n)
            text += from_these[upto(static_cast<unsigned>(from_these.size()) - 1)];
        return text;
    };
    std::string const alnum = "abcxyzABCXYZ0189";
    std::string const text_octets = alnum + " \t:;\"\\-,/";
    for (int round = 0; round < 2000; ++round) {
        std::string const id = pick(alnum, 1, 1) + pick(alnum + ".-+%=", 3, 31);
        auto const some_path = [&] {
            std::string all;
            for (unsigned n = 1 + upto(3); n != 0; --n)
                all += (all.empty() ? "" : " ") + ("msrps://" + pick(alnum, 1, 9)) + ":" +
                       std::to_string(upto(65535)) + "/" + pick(alnum + "+=/", 1, 20) + ";tcp";
            return all;
        };
        auto const to_text = some_path();
        auto const from_text = some_path();
        bool const is_request = upto(3) != 0;
        bool const with_body = is_request && upto(1) == 0;
        auto const method = upto(1) == 0 ? "SEND" : pick("ABCXYZ", 1, 8);
        auto const flag = static_cast<continuation_flag>(!is_request        ? '$'
                                                         : method == "SEND" ? "$+#"[upto(2)]
                                                                            : "$#"[upto(1)]);
        std::array<char, 8192> memory;
        msrp::head_writer out(memory);
        std::string expected = "begin " + id + ' ';
        if (is_request) {
            REQUIRE(out.request(id, method, path(to_text), path(from_text)));
            expected += method;
        } else {
            auto const comment = pick(text_octets, 0, 20) + (upto(1) == 0 ? "\xC3\xA4" : "");
            auto const status = static_cast<std::uint16_t>(upto(999));
            REQUIRE(out.response(id, status, comment, path(to_text), path(from_text)));
            expected += std::to_string(status) + (comment.empty() ? "" : " \"" + comment + '"');
        }
        expected += " at 0" + std::string(with_body ? " body\n" : "\n") + "  To-Path=" + to_text +
                    "\n  From-Path=" + from_text + '\n';
        if (is_request && method == "SEND") {
            REQUIRE(out.message_id(id));
            expected += "  Message-ID=" + id + '\n';
        }
        for (unsigned n = upto(5); n != 0; --n) {
            auto const name = "X" + pick(alnum + "!#$%&'*+-.^_`{|}~", 0, 12);
            auto const value = pick(text_octets, 0, 40);
            REQUIRE(out.field(name, value));
            expected += "  " + name + '=' + value + '\n';
        }
        std::string body;
        if (with_body) {
            REQUIRE(out.content_type("a/b"));
            expected += "  Content-Type=a/b\n";
            body = pick("ab\r\n-", 0, 60);
        }
        auto const count = [](std::string_view text) {
            return std::to_string(1 + std::count(text.begin(), text.end(), ' '));
        };
        expected += "  paths " + count(to_text) + ' ' + count(from_text) + '\n';
        auto const head =
            with_body ? out.finish_with_body(body.size()) : out.finish_without_body(flag);
        REQUIRE(head);
        std::string stream(*head);
        if (with_body) {
            stream += body;
            stream += out.end_of_body(flag)->view();
            expected += "data [" + body + "]\n";
        }
        expected += std::string("end ") + static_cast<char>(flag) + " size " +
                    std::to_string(body.size()) + " at " + std::to_string(stream.size()) + "\nok\n";
        REQUIRE(support::log_in_pieces(stream, 1 + upto(100)) == expected);
    }
}

TEST_CASE("CHK-7.1.1-9 the writer refuses Content-Transfer-Encoding", "[chunk_serializer]") {
    auto const path = *msrp::path::parse("msrp://a.example:1/x;tcp");
    std::string memory(1000, '\0');
    msrp::head_writer writer(memory);
    REQUIRE(writer.request("abcd", "SEND", path, path));
    CHECK(writer.field("content-transfer-encoding", "binary").error().code ==
          msrp::error::bad_mime_field);
    CHECK_FALSE(writer.finish_without_body());
}

TEST_CASE("T8 the short way for media types takes what the long way takes", "[serializer]") {
    // One octet of every kind in every place of types of some shapes.
    for (std::string const shape : {"a/b", "/", "a/", "/b", "a/b/c", "ab", "text/plain;a=\"b\""})
        for (std::size_t at = 0; at <= shape.size(); ++at)
            for (int c = 0; c < 256; ++c) {
                auto text = shape;
                text.insert(at, 1, static_cast<char>(c));
                writer w;
                w.send();
                bool const taken = w.out.content_type(text).has_value();
                REQUIRE(taken == msrp::read_media_type(text).has_value());
                if (!taken) continue;
                CHECK(*w.out.finish_with_body() ==
                      send_front + "Content-Type: " + text + "\r\n\r\n");
            }
    CHECK(is(writer{}.request().out.content_type(""), msrp::error::bad_content_type, 0,
             "Content-Type"));
}

TEST_CASE("CHK-7.1.1-3 ranges with numbers of every size", "[serializer]") {
    std::vector<std::optional<std::uint64_t>> numbers{std::nullopt, 0};
    for (std::uint64_t n = 1; n < std::numeric_limits<std::uint64_t>::max() / 10; n *= 10)
        numbers.insert(numbers.end(), {n, 10 * n - 1, 7 * n});
    numbers.emplace_back(std::numeric_limits<std::uint64_t>::max());
    auto const text = [](std::optional<std::uint64_t> n) { return n ? std::to_string(*n) : "*"; };
    for (auto const& start : numbers)
        for (auto const& end : numbers)
            for (auto const& total : numbers) {
                msrp::byte_range const r{start.value_or(1), end, total};
                if (!msrp::is_sensible(r)) continue;
                writer w;
                w.report();
                REQUIRE(w.out.byte_range(r));
                REQUIRE(std::string_view(w.memory.data(), w.out.needed())
                            .ends_with("\r\nByte-Range: " + text(r.start) + '-' + text(end) + '/' +
                                       text(total) + "\r\n"));
            }
}

TEST_CASE("FRM-9-3 paths of several URIs in memory of every size", "[serializer][T7]") {
    auto const list = msrp::read_path("msrp://a:1/x;tcp   msrp://b:2/y;tcp msrps://c:3/z;tcp",
                                      {.several_blanks = true});
    REQUIRE(list);
    std::string const whole =
        "MSRP a1b2 SEND\r\nTo-Path: msrp://a:1/x;tcp msrp://b:2/y;tcp msrps://c:3/z;tcp\r\n"
        "From-Path: msrp://ann.example.org:9321/m4n;tcp\r\n"
        "Use-Path: msrp://a:1/x;tcp msrp://b:2/y;tcp msrps://c:3/z;tcp\r\nMessage-ID: "
        "mid1\r\n-------a1b2$\r\n";
    for (std::size_t size = 0; size < whole.size() + 10; ++size) {
        std::vector<char> memory(size);
        msrp::head_writer out(memory);
        static_cast<void>(out.request("a1b2", "SEND", *list, from()));
        static_cast<void>(out.use_path(*list));
        static_cast<void>(out.message_id("mid1"));
        auto const text = out.finish_without_body();
        REQUIRE(text.has_value() == (size >= whole.size()));
        if (text) REQUIRE(*text == whole);
    }
}

TEST_CASE("an end-line is written of an id and a flag, or not at all (T8, FRM-7.1-6)",
          "[chunk_serializer]") {
    using msrp::continuation_flag;
    using msrp::end_line;
    CHECK(end_line("abcd", continuation_flag::more, true).view() == "\r\n-------abcd+\r\n");
    std::string const longest(32, 'x');
    CHECK(end_line(longest, continuation_flag::aborted, false).view() ==
          "-------" + longest + "#\r\n");
    for (std::string const bad : {"ab\r\nX", "abc", "", "ab d", "abcd\n", ".abc", "ab\xC3\xA4"})
        CHECK(end_line(bad, continuation_flag::complete, false).view().empty());
    CHECK(end_line(std::string_view("ab\0d", 4), continuation_flag::complete, true).view().empty());
    CHECK(end_line(longest + "x", continuation_flag::complete, true).view().empty());
    for (char const flag : {'\r', '\n', '\0', 'x', '-'})
        CHECK(end_line("abcd", static_cast<continuation_flag>(flag), true).view().empty());
}

TEST_CASE("RPT-7.1.2-1 a REPORT has Message-ID and Status and asks for no report", "[serializer]") {
    using msrp::error;
    auto const absent = [](wire::result<std::string_view> const& r, std::string_view field) {
        return r.error() == wire::failure{make_error_code(error::field_absent), 0, field};
    };
    SECTION("with both, and with a body") {
        writer w;
        w.report();
        REQUIRE(w.out.message_id("mid1"));
        REQUIRE(w.out.status({0, 200, "OK"}));
        auto const all = w.out.finish_without_body();
        REQUIRE(all);
        CHECK(all->ends_with("tcp\r\nMessage-ID: mid1\r\nStatus: 000 200 OK\r\n-------a1b2$\r\n"));
        writer v;
        v.report();
        REQUIRE(v.out.field("message-id", "mid1"));
        REQUIRE(v.out.field("status", "000 413"));
        REQUIRE(v.out.content_type("text/plain"));
        CHECK(v.out.finish_with_body(3));
    }
    SECTION("without one of them, however it ends") {
        for (int has = 0; has < 3; ++has) {
            auto const lacks = has == 1 ? "Status" : "Message-ID";
            writer w;
            w.report();
            if (has == 1) REQUIRE(w.out.message_id("mid1"));
            if (has == 2) REQUIRE(w.out.status({0, 200, {}}));
            auto const before = w.memory;
            CHECK(absent(w.out.finish_without_body(), lacks));
            CHECK(absent(w.out.finish_without_body(), lacks));
            CHECK(w.out.error_state().field == lacks);
            CHECK(w.memory == before);
            writer v;
            v.report();
            if (has == 1) REQUIRE(v.out.message_id("mid1"));
            if (has == 2) REQUIRE(v.out.status({0, 200, {}}));
            REQUIRE(v.out.content_type("text/plain"));
            CHECK(absent(v.out.finish_with_body(0), lacks));
        }
    }
    SECTION("never with a report field, by call or by name") {
        for (std::string const name : {"Success-Report", "Failure-Report", "success-REPORT"}) {
            bool const success = name != "Failure-Report";
            auto const label = success ? "Success-Report" : "Failure-Report";
            writer w;
            w.report();
            auto const before = w.memory;
            CHECK(is(w.out.field(name, "no"), error::field_misplaced, 0, label));
            CHECK(w.memory == before);
            writer v;
            v.report();
            CHECK(is(success ? v.out.success_report(msrp::report_value::yes)
                             : v.out.failure_report(msrp::report_value::partial),
                     error::field_misplaced, 0, label));
            CHECK_FALSE(v.out.finish_without_body());
        }
    }
    SECTION("other methods may") {
        for (std::string_view const method : {"SEND", "AUTH", "REPORTS", "NICKNAMES"}) {
            writer w;
            REQUIRE(w.out.request("a1b2", method, to(), from()));
            CHECK(w.out.success_report(msrp::report_value::yes));
            CHECK(w.out.failure_report(msrp::report_value::no));
        }
    }
}

TEST_CASE("HDR-9-1 a SEND has a Message-ID", "[serializer]") {
    using msrp::error;
    wire::failure const why{make_error_code(error::field_absent), 0, "Message-ID"};
    for (auto const flag :
         {continuation_flag::complete, continuation_flag::more, continuation_flag::aborted}) {
        writer w;
        w.request();
        REQUIRE(w.out.byte_range({1, 0, 0}));
        auto const before = w.memory;
        CHECK(w.out.finish_without_body(flag).error() == why);
        CHECK(w.out.error_state() == why);
        CHECK(w.memory == before);
        writer by_name;
        by_name.request();
        REQUIRE(by_name.out.field("MESSAGE-id", "mid1"));
        CHECK(by_name.out.finish_without_body(flag));
    }
    writer body;
    body.request();
    REQUIRE(body.out.content_type("a/b"));
    CHECK(body.out.finish_with_body().error() == why);
    writer sized;
    sized.request();
    REQUIRE(sized.out.content_type("a/b"));
    CHECK(sized.out.finish_with_body(5).error() == why);
    // Not asked of others.
    for (std::string_view const method : {"AUTH", "NICKNAMES", "EXTRA", "SENDS"}) {
        writer other;
        REQUIRE(other.out.request("a1b2", method, to(), from()));
        CHECK(other.out.finish_without_body());
    }
    writer nickname;
    REQUIRE(nickname.out.request("a1b2", "NICKNAME", to(), from()));
    REQUIRE(nickname.out.use_nickname("n"));
    CHECK(nickname.out.finish_without_body());
}

TEST_CASE("CHAT-7.1-1 a NICKNAME has Use-Nickname and asks for no report", "[serializer]") {
    using msrp::error;
    wire::failure const absent{make_error_code(error::field_absent), 0, "Use-Nickname"};
    for (auto const origin : {msrp::head_origin::own, msrp::head_origin::forwarded}) {
        bool const own = origin == msrp::head_origin::own;
        std::array<char, 512> memory{};
        auto const begin = [&] {
            msrp::head_writer out(memory, origin);
            REQUIRE(out.request("a1b2", "NICKNAME", to(), from()));
            return out;
        };
        auto by_name = begin();
        REQUIRE(by_name.field("use-nickname", "\"Ann\""));
        CHECK(
            by_name.finish_without_body()->ends_with("use-nickname: \"Ann\"\r\n-------a1b2$\r\n"));
        auto empty = begin();
        REQUIRE(empty.use_nickname(""));  // CHAT-7.3-1
        CHECK(empty.finish_without_body());
        auto without = begin();
        auto const before = memory;
        CHECK(without.finish_without_body().error() == (own ? absent : wire::failure{}));
        CHECK((memory == before) == own);
        auto body = begin();
        REQUIRE(body.message_id("mid1"));  // stands for nothing else
        REQUIRE(body.content_type("a/b"));
        CHECK(body.finish_with_body(2).error() == (own ? absent : wire::failure{}));
        for (std::string const name : {"Success-Report", "Failure-Report", "success-REPORT"}) {
            auto const label = name == "Failure-Report" ? name : "Success-Report";
            wire::failure const never{make_error_code(error::field_misplaced), 0, label};
            CHECK(begin().field(name, "no").error() == (own ? never : wire::failure{}));
        }
        CHECK(begin().success_report(msrp::report_value::yes).has_value() != own);
        CHECK(begin().failure_report(msrp::report_value::no).has_value() != own);
    }
}

TEST_CASE("FRM-7.1-9 what is no SEND never goes on with +, nor above 10,240 octets",
          "[serializer]") {
    using msrp::end_line;
    using msrp::error;
    using msrp::method;
    struct {
        std::string_view name;
        method of;
    } const methods[] = {{"REPORT", method::REPORT},
                         {"AUTH", method::AUTH},
                         {"NICKNAME", method::NICKNAME},
                         {"EXTRA", method::other}};
    for (auto const& m : methods) {
        CAPTURE(m.name);
        for (auto const origin : {msrp::head_origin::own, msrp::head_origin::forwarded}) {
            // Begins one with all that any of them has to have.
            std::array<char, 512> memory{};
            auto const begin = [&] {
                msrp::head_writer out(memory, origin);
                REQUIRE(out.request("a1b2", m.name, to(), from()));
                REQUIRE(out.message_id("mid1"));
                REQUIRE(out.status({0, 200, {}}));
                REQUIRE(out.use_nickname("n"));
                return out;
            };
            auto more = begin();
            auto const before = memory;
            CHECK(is(more.finish_without_body(continuation_flag::more), error::wrong_order));
            CHECK(memory == before);
            CHECK(begin().finish_without_body(continuation_flag::aborted));
            CHECK(begin().finish_without_body());
            // With a body: its size is asked for.
            auto body = begin();
            REQUIRE(body.content_type("a/b"));
            auto sized = body;
            auto large = body;
            CHECK(body.finish_with_body().error() ==
                  wire::failure{make_error_code(error::wrong_order), 0, "body"});
            CHECK(large.finish_with_body(10241).error() ==
                  wire::failure{make_error_code(error::body_too_long), 10240, "body"});
            REQUIRE(sized.finish_with_body(10240));
            auto aborted = sized;
            CHECK(sized.end_of_body(continuation_flag::complete)->view() == "\r\n-------a1b2$\r\n");
            CHECK(aborted.end_of_body(continuation_flag::aborted)->view() ==
                  "\r\n-------a1b2#\r\n");
            CHECK(sized.end_of_body(continuation_flag::more).error().code == error::wrong_order);
        }
        CHECK(end_line("a1b2", continuation_flag::more, true, m.of).view().empty());
        CHECK(end_line("a1b2", continuation_flag::complete, true, m.of).view().size() == 16);
        CHECK(end_line("a1b2", continuation_flag::aborted, false, m.of).view().size() == 14);
    }
    // A SEND: any size, any flag.
    writer w;
    w.send();
    REQUIRE(w.out.byte_range({1, {}, {}}));
    REQUIRE(w.out.content_type("a/b"));
    REQUIRE(w.out.finish_with_body(std::numeric_limits<std::uint64_t>::max()));
    CHECK(w.out.end_of_body(continuation_flag::more)->view() == "\r\n-------a1b2+\r\n");
    // Asked for again it is given again.
    CHECK(w.out.end_of_body(continuation_flag::complete)->view() == "\r\n-------a1b2$\r\n");
}

TEST_CASE("FRM-7.1-6 flags that are none are not written, and only $ ends a response",
          "[serializer][T8]") {
    using msrp::end_line;
    using msrp::error;
    for (char const flag : {'\r', '\n', '\0', 'x', '-', '%'}) {
        auto const none = static_cast<continuation_flag>(flag);
        writer w;
        w.send();
        auto const before = w.memory;
        CHECK(is(w.out.finish_without_body(none), error::wrong_order));
        CHECK(w.memory == before);
        CHECK(is(writer{}.response().out.finish_without_body(none), error::wrong_order));
        writer body;
        body.send();
        REQUIRE(body.out.content_type("a/b"));
        REQUIRE(body.out.finish_with_body());
        CHECK(body.out.end_of_body(none).error().code == error::wrong_order);
        CHECK(body.out.end_of_body(continuation_flag::complete).error().code == error::wrong_order);
    }
    CHECK(end_line("a1b2", continuation_flag::complete, false, msrp::method::none).view() ==
          "-------a1b2$\r\n");
    for (auto const flag : {continuation_flag::more, continuation_flag::aborted})
        CHECK(end_line("a1b2", flag, false, msrp::method::none).view().empty());
    // Behind a body only: not before, not without, not in a response.
    writer early;
    early.send();
    CHECK(early.out.end_of_body(continuation_flag::complete).error().code == error::wrong_order);
    writer bodiless;
    bodiless.send();
    REQUIRE(bodiless.out.finish_without_body());
    CHECK(bodiless.out.end_of_body(continuation_flag::complete).error().code == error::wrong_order);
    writer response;
    response.response();
    REQUIRE(response.out.content_type("a/b"));
    CHECK(is(response.out.finish_with_body(0), error::wrong_order));
}

TEST_CASE("URI-6-4 no password is written, in any path", "[serializer]") {
    using msrp::error;
    struct {
        std::string_view path;
        std::size_t at;  // of the ":"; npos: there is no password
    } const cases[] = {
        {"msrp://ann:secret@a.example:1/x;tcp", 10},
        {"msrp://ann:@a.example:1/x;tcp", 10},
        {"msrp://:secret@a.example:1/x;tcp", 7},
        {"msrps://a;b:c;d@[2001:db8::7]:1/x;tcp", 11},
        {"msrp://a:1/x;tcp msrp://b:2/y;tcp msrp://c:d@e:3/z;tcp", 42},
        {"msrp://a@b:1/x;tcp msrp://c:d@e:3/z;tcp", 27},
        {"msrp://ann@a.example:1/x;tcp", std::string_view::npos},
        {"msrp://ann%3Aa@a.example:1/x;tcp", std::string_view::npos},
        {"msrp://@a.example:1/x;tcp", std::string_view::npos},
        {"msrp://a:1/x;tcp msrp://b@c:2/y;tcp msrp://[2001:db8::7]:3/z;tcp",
         std::string_view::npos},
        {"msrp://a.example:1/x;tcp;colon=none", std::string_view::npos},
    };
    for (auto const& c : cases) {
        CAPTURE(c.path);
        auto const uris = path(c.path);  // it reads
        msrp::path const owned(uris);
        bool const good = c.at == std::string_view::npos;
        auto const refused = [&](writer& w, wire::result<void> const& r, std::string_view field) {
            if (good) return r.has_value();
            auto const nothing = std::string_view(w.memory.data(), w.out.needed()).find(c.path);
            return is(r, error::illegal_octet, c.at, field) && nothing == std::string_view::npos &&
                   !w.out.finish_without_body();
        };
        for (std::string_view const method : {"SEND", "REPORT", "EXTRA"}) {
            writer a;
            CHECK(refused(a, a.out.request("a1b2", method, owned, from()), "To-Path"));
            writer b;
            CHECK(refused(b, b.out.request("a1b2", method, to(), owned), "From-Path"));
        }
        writer a;
        CHECK(refused(a, a.out.response("a1b2", 200, "", uris, from()), "To-Path"));
        writer b;
        CHECK(refused(b, b.out.response("a1b2", 200, "", to(), uris), "From-Path"));
        writer d;
        d.send();
        CHECK(refused(d, d.out.use_path(uris), "Use-Path"));
        writer e;
        e.send();
        CHECK(refused(e, e.out.field("use-path", c.path), "Use-Path"));
        // Also where nobody kept what the path is like.
        auto joined = owned;
        joined.append(path("msrp://z:9/z;tcp"));
        writer f;
        CHECK(refused(f, f.out.request("a1b2", "SEND", joined, from()), "To-Path"));
        writer g;
        auto first = *msrp::path::parse("msrp://z:9/z;tcp");
        first.append(uris);
        CHECK(g.out.request("a1b2", "SEND", first, from()).has_value() == good);
    }
}

TEST_CASE("CHK-7.1.1-2 the first chunk may be without Byte-Range, octets count from 1",
          "[serializer]") {
    using msrp::error;
    // Without one a SEND is the first chunk, whatever its flag.
    for (auto const flag :
         {continuation_flag::complete, continuation_flag::more, continuation_flag::aborted}) {
        writer w;
        w.send();
        REQUIRE(w.out.content_type("a/b"));
        REQUIRE(w.out.finish_with_body());
        CHECK(w.out.end_of_body(flag));
    }
    CHECK(is(writer{}.send().out.byte_range({0, {}, {}}), error::bad_byte_range, 0, "Byte-Range"));
    CHECK(is(writer{}.send().out.field("Byte-Range", "0-*/*"), error::bad_byte_range, 5,
             "Byte-Range"));
    for (msrp::byte_range const later : {msrp::byte_range{6, 9, 9}, {2049, {}, 9000}}) {
        writer w;
        w.send();
        REQUIRE(w.out.byte_range(later));
        REQUIRE(w.out.content_type("a/b"));
        CHECK(w.out.finish_with_body());
    }
}

TEST_CASE("CHK-7.1.1-4 a SEND without a body says that it has nothing", "[serializer]") {
    using msrp::error;
    auto const written = [](msrp::byte_range const& r, bool by_name, msrp::head_origin origin) {
        std::array<char, 512> memory{};
        msrp::head_writer out(memory, origin);
        REQUIRE(out.request("a1b2", "SEND", to(), from()));
        REQUIRE(out.message_id("mid1"));
        auto const text = [](std::optional<std::uint64_t> n) {
            return n ? std::to_string(*n) : std::string("*");
        };
        REQUIRE((by_name ? out.field("Byte-Range", std::to_string(r.start) + '-' + text(r.end) +
                                                       '/' + text(r.total))
                         : out.byte_range(r)));
        return out.finish_without_body().error();
    };
    wire::failure const why{make_error_code(error::bad_byte_range), 0, "Byte-Range"};
    constexpr auto own = msrp::head_origin::own;
    constexpr auto forwarded = msrp::head_origin::forwarded;
    for (bool const by_name : {false, true}) {
        for (msrp::byte_range const r :
             {msrp::byte_range{1, 0, 0}, {1, 0, 9}, {1, 0, {}}, {1, {}, {}}, {1, {}, 9}})
            CHECK(written(r, by_name, own) == wire::failure{});
        for (msrp::byte_range const r :
             {msrp::byte_range{1, 1, 1}, {1, 5, {}}, {2, 1, 1}, {6, 5, 9}, {2049, {}, {}}}) {
            CHECK(written(r, by_name, own) == why);
            CHECK(written(r, by_name, forwarded) == wire::failure{});
        }
    }
    // An empty body may be the end of a longer message.
    writer w;
    w.send();
    REQUIRE(w.out.byte_range({6, 5, 5}));
    REQUIRE(w.out.content_type("a/b"));
    CHECK(w.out.finish_with_body());
}

TEST_CASE("CHK-5.1-1 above 2048 octets a SEND has no range-end", "[serializer]") {
    using msrp::error;
    constexpr auto top = std::numeric_limits<std::uint64_t>::max();
    for (auto const origin : {msrp::head_origin::own, msrp::head_origin::forwarded}) {
        auto const taken = [&](std::string_view method, msrp::byte_range const& r) {
            std::array<char, 512> memory{};
            msrp::head_writer out(memory, origin);
            REQUIRE(out.request("a1b2", method, to(), from()));
            auto named = out;
            bool const typed = out.byte_range(r).has_value();
            CHECK(named
                      .field("Byte-Range", std::to_string(r.start) + '-' +
                                               (r.end ? std::to_string(*r.end) : "*") + "/*")
                      .has_value() == typed);
            return typed;
        };
        for (msrp::byte_range const r :
             {msrp::byte_range{1, 2048, {}}, {1, {}, {}}, {7, 2054, {}}, {top - 2047, top, {}}})
            CHECK((taken("SEND", r) && taken("REPORT", r)));
        for (msrp::byte_range const r :
             {msrp::byte_range{1, 2049, {}}, {7, 2055, {}}, {top - 2048, top, {}}, {1, top, {}}})
            CHECK((!taken("SEND", r) && taken("REPORT", r)));
    }
    // In a SEND as elsewhere, nothing senseless.
    for (std::uint64_t const a : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{2},
                                  std::uint64_t{5}, std::uint64_t{2049}, top - 1, top})
        for (std::uint64_t const b : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{4},
                                      std::uint64_t{2048}, std::uint64_t{2049}, top - 2, top})
            for (std::uint64_t const c :
                 {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{5}, std::uint64_t{2049}, top})
                for (int stars = 0; stars < 4; ++stars) {
                    msrp::byte_range r{a, b, c};
                    if ((stars & 1) != 0) r.end.reset();
                    if ((stars & 2) != 0) r.total.reset();
                    bool const wanted =
                        msrp::is_sensible(r) && (!r.end || *r.end - (r.start - 1) <= 2048);
                    CHECK(writer{}.request().out.byte_range(r).has_value() == wanted);
                }
}

TEST_CASE("CHK-5.1-1 CHK-7.1.1-3 the body of a SEND is what its Byte-Range says", "[serializer]") {
    using msrp::byte_range;
    using msrp::error;
    constexpr auto top = std::numeric_limits<std::uint64_t>::max();
    struct {
        std::optional<byte_range> range;
        std::uint64_t size;
        bool good;
    } const cases[] = {
        {byte_range{1, 100, 100}, 100, true},
        {byte_range{1, 100, 100}, 99, false},
        {byte_range{1, 100, 100}, 101, false},
        {byte_range{1, 100, 100}, 5000, false},
        {byte_range{1, 100, {}}, 0, false},
        {byte_range{1, 0, 0}, 0, true},
        {byte_range{1, 0, 0}, 9, false},
        {byte_range{1, 5, 5}, 9, false},
        {byte_range{1, 2048, 9000}, 2048, true},
        {byte_range{1, 2048, 9000}, 2049, false},
        {byte_range{6, 9, 9}, 4, true},
        {byte_range{6, 5, 5}, 0, true},
        {byte_range{6, 5, 5}, 1, false},
        {byte_range{top, top, top}, 1, true},
        {byte_range{top, top, top}, 2, false},
        {byte_range{1, {}, {}}, top, true},
        {byte_range{2, {}, {}}, top, false},
        {byte_range{6, {}, {}}, 2049, true},
        {byte_range{6, {}, 9}, 4, true},
        {byte_range{6, {}, 9}, 5, false},
        {byte_range{1, {}, 5}, 9, false},
        {byte_range{1, {}, 9000}, 5, true},
        {{}, 0, true},
        {{}, 2048, true},
        {{}, 2049, false},
        {{}, top, false},
    };
    wire::failure const why{make_error_code(error::bad_byte_range), 0, "Byte-Range"};
    for (auto const& c : cases) {
        CAPTURE(c.size);
        std::string text;
        if (c.range) {
            text = std::to_string(c.range->start) + '-' +
                   (c.range->end ? std::to_string(*c.range->end) : "*") + '/' +
                   (c.range->total ? std::to_string(*c.range->total) : "*");
            CAPTURE(text);
        }
        for (auto const origin : {msrp::head_origin::own, msrp::head_origin::forwarded}) {
            bool const own = origin == msrp::head_origin::own;
            for (bool const by_name : {false, true}) {
                std::array<char, 512> memory{};
                msrp::head_writer out(memory, origin);
                REQUIRE(out.request("a1b2", "SEND", to(), from()));
                REQUIRE(out.message_id("mid1"));
                if (c.range)
                    REQUIRE((by_name ? out.field("byte-range", text) : out.byte_range(*c.range)));
                REQUIRE(out.content_type("a/b"));
                auto unsized = out;
                auto const before = memory;
                CHECK(out.finish_with_body(c.size).error() ==
                      (c.good || !own ? wire::failure{} : why));
                CHECK((memory == before) == (own && !c.good));
                CHECK(unsized.finish_with_body());  // what is not known is not judged
            }
        }
        // Elsewhere the range is of another message's octets.
        writer report;
        report.report();
        REQUIRE(report.out.message_id("mid1"));
        if (c.range) REQUIRE(report.out.byte_range(*c.range));
        REQUIRE(report.out.status({0, 200, {}}));
        REQUIRE(report.out.content_type("a/b"));
        CHECK(report.out.finish_with_body(std::min<std::uint64_t>(c.size, 10240)));
        // A template has the same ranges.
        if (!c.range) continue;
        auto const made = msrp::head_template::make(to(), from(), {.content_type = "a/b"});
        REQUIRE(made);
        std::vector<char> memory(made->max_size());
        CHECK(made->write(memory, "a1b2", "mid1", *c.range, c.size).error() ==
              (c.good ? wire::failure{} : why));
        auto const bare = msrp::head_template::make(to(), from(), {});
        REQUIRE(bare);
        bool const nothing = c.range->start == 1 && c.range->end.value_or(0) == 0 && c.size == 0;
        CHECK(bare->write(memory, "a1b2", "mid1", *c.range, c.size).has_value() == nothing);
    }
}

TEST_CASE("HDR-12-1 RLY-6.4.2-2 what another made is forwarded as it came", "[serializer]") {
    using msrp::error;
    using msrp::head_origin;
    auto const password = path("msrp://ann:secret@a.example:1/x;tcp msrp://b:2/y;tcp");
    std::array<char, 1024> memory{};
    msrp::head_writer out(memory, head_origin::forwarded);
    REQUIRE(out.request("a1b2", "EXTRA", password, from()));
    REQUIRE(out.field("X-Any", "1"));
    REQUIRE(out.field("x-aNy", "2"));
    REQUIRE(out.use_path(password));
    auto const all = out.finish_without_body();
    REQUIRE(all);
    CHECK(*all ==
          "MSRP a1b2 EXTRA\r\nTo-Path: msrp://ann:secret@a.example:1/x;tcp msrp://b:2/y;tcp\r\n"
          "From-Path: msrp://ann.example.org:9321/m4n;tcp\r\nX-Any: 1\r\nx-aNy: 2\r\n"
          "Use-Path: msrp://ann:secret@a.example:1/x;tcp msrp://b:2/y;tcp\r\n-------a1b2$\r\n");
    // Fields are neither demanded nor forbidden.
    msrp::head_writer send(memory, head_origin::forwarded);
    REQUIRE(send.request("a1b2", "SEND", to(), from()));
    REQUIRE(send.field("Content-Transfer-Encoding", "binary"));
    REQUIRE(send.content_type("a/b"));
    CHECK(send.finish_with_body());
    CHECK(send.end_of_body(continuation_flag::more));
    msrp::head_writer report(memory, head_origin::forwarded);
    REQUIRE(report.request("a1b2", "REPORT", to(), from()));
    REQUIRE(report.success_report(msrp::report_value::yes));
    CHECK(is(report.field("Success-Report", "yes"), error::field_repeated, 0, "Success-Report"));
    msrp::head_writer bare(memory, head_origin::forwarded);
    REQUIRE(bare.request("a1b2", "REPORT", to(), from()));
    CHECK(bare.finish_without_body());
    // The grammar holds as ever.
    msrp::head_writer bad(memory, head_origin::forwarded);
    REQUIRE(bad.request("a1b2", "SEND", to(), from()));
    CHECK(is(bad.field("Foo", "a\nb"), error::illegal_octet, 1, "header"));
}

TEST_CASE("URI-6-2 IPv6 addresses are written in brackets, however they were read",
          "[serializer][T7]") {
    msrp::path_options const lenient{.several_blanks = true, .ipv6_without_brackets = true};
    auto const uris = msrp::read_path(
        "msrp://2001:db8::7:9/x;tcp  msrp://a@[2001:db8::8]:9/y;tcp msrps://b@::1:7/z;tcp",
        lenient);
    REQUIRE(uris);
    constexpr std::string_view strict =
        "msrp://[2001:db8::7]:9/x;tcp msrp://a@[2001:db8::8]:9/y;tcp msrps://b@[::1]:7/z;tcp";
    std::string const whole = "MSRP a1b2 SEND\r\nTo-Path: " + std::string(strict) +
                              "\r\nFrom-Path: " + std::string(strict) +
                              "\r\nMessage-ID: mid1\r\nUse-Path: " + std::string(strict) +
                              "\r\n-------a1b2$\r\n";
    CHECK(msrp::read_path(strict));
    msrp::path const owned(*uris);
    for (std::size_t size = 0; size < whole.size() + 30; ++size) {
        std::vector<char> memory(size);
        msrp::head_writer out(memory);
        static_cast<void>(out.request("a1b2", "SEND", owned, *uris));
        static_cast<void>(out.message_id("mid1"));
        static_cast<void>(out.use_path(*uris));
        auto const text = out.finish_without_body();
        REQUIRE(text.has_value() == (size >= whole.size()));
        if (text) REQUIRE(*text == whole);
    }
    auto const one = msrp::read_path("msrp://::1:7/z;tcp", lenient);
    REQUIRE(one);
    auto const made = msrp::head_template::make(*one, *one, {});
    REQUIRE(made);
    std::vector<char> memory(made->max_size());
    CHECK(*made->write(memory, "a1b2", "mid1", {1, 0, 0}) ==
          "MSRP a1b2 SEND\r\nTo-Path: msrp://[::1]:7/z;tcp\r\nFrom-Path: msrp://[::1]:7/z;tcp\r\n"
          "Message-ID: mid1\r\nByte-Range: 1-0/0\r\n");
}

TEST_CASE("T8 report fields in memory of every size, and a nickname wrong in two ways") {
    auto const path = *msrp::read_path("msrp://a.example:1/x;tcp");
    auto const write = [&](std::span<char> memory) {
        msrp::head_writer out(memory);
        static_cast<void>(out.request("a1b2", "SEND", path, path));
        static_cast<void>(out.message_id("mid1"));
        static_cast<void>(out.success_report(msrp::report_value::yes));
        static_cast<void>(out.failure_report(msrp::report_value::partial));
        return std::string(out.finish_without_body().value_or(std::string_view{}));
    };
    std::array<char, 512> memory{};
    auto const whole = write(memory);
    REQUIRE(whole.find("Failure-Report: partial\r\n") != std::string::npos);
    for (std::size_t n = 0; n < whole.size(); ++n)
        REQUIRE(write(std::span(memory).first(n)).empty());
    CHECK(write(std::span(memory).first(whole.size())) == whole);

    msrp::head_writer out(memory);
    static_cast<void>(out.request("a1b2", "NICKNAME", path, path));
    auto const wrong = out.use_nickname("\n" + std::string(1100, 'x'));
    REQUIRE_FALSE(wrong);
    CHECK(wrong.error().code == msrp::error::illegal_octet);
    CHECK(wrong.error().offset == 0);
}
