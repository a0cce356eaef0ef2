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

/// A writer with memory of its own.
struct writer {
    std::array<char, 2048> memory{};
    msrp::head_writer out{memory};

    writer& request() {
        REQUIRE(out.request("a1b2", "SEND", to(), from()));
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
    w.request();
    auto const all = w.out.finish_without_body(continuation_flag::more);
    REQUIRE(all);
    CHECK(*all == std::string(request_front) + "-------a1b2+\r\n");
    // A MIME field without a body is not written.
    writer mime;
    mime.request();
    REQUIRE(mime.out.field("Content-ID", "<a@b>"));
    CHECK(is(mime.out.finish_without_body(), msrp::error::wrong_order));
    writer typed;
    typed.request();
    REQUIRE(typed.out.content_type("a/b"));
    CHECK(is(typed.out.finish_without_body(), msrp::error::wrong_order));
    // Nor a body without Content-Type.
    writer untyped;
    untyped.request();
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
        w.request();
        REQUIRE(w.out.finish_without_body());
        CHECK(is(w.out.finish_without_body(), error::wrong_order));
        writer v;
        v.request();
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
        w.request();
        CHECK(w.out.byte_range(r));
        CHECK(w.out.status({0, 7, ""}));
        return std::string(w.out.finish_without_body()->substr(request_front.size()));
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
    mime.request();
    REQUIRE(mime.out.field("Content-Language", "de"));
    REQUIRE(mime.out.field("Content-Language", "fi"));
    REQUIRE(mime.out.content_type("a/b"));
    REQUIRE(mime.out.finish_with_body());
}

TEST_CASE("RLY-4.6-1 CHAT-7.1-1 CHAT-7.3-1 typed calls for paths, seconds and nicknames",
          "[serializer]") {
    using msrp::error;
    auto const blanks = msrp::read_path("msrp://a:1/x;tcp   msrp://b:2/y;tcp", 9, true);
    REQUIRE(blanks);
    writer w;
    w.request();
    REQUIRE(w.out.use_path(*blanks));
    REQUIRE(w.out.expires(std::numeric_limits<std::uint64_t>::max()));
    REQUIRE(w.out.min_expires(0));
    REQUIRE(w.out.max_expires(900));
    REQUIRE(w.out.use_nickname("K\xC3\xA4the \"the \\ cat\""));
    auto const all = w.out.finish_without_body();
    REQUIRE(all);
    CHECK(all->substr(request_front.size()) ==
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
    auto const blanks = msrp::read_path("msrp://a:1/x;tcp   msrp://b:2/y;tcp", 9, true);
    REQUIRE(blanks);
    writer w;
    REQUIRE(w.out.request("a1b2", "SEND", *blanks, from()));
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
        auto const head = out.finish_with_body();
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
        auto const flag = static_cast<continuation_flag>(is_request ? "$+#"[upto(2)] : '$');
        std::array<char, 8192> memory;
        msrp::head_writer out(memory);
        std::string expected = "begin " + id + ' ';
        if (is_request) {
            auto const method = pick("ABCXYZ", 1, 8);
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
        auto const head = with_body ? out.finish_with_body() : out.finish_without_body(flag);
        REQUIRE(head);
        std::string stream(*head);
        if (with_body) {
            stream += body;
            stream += msrp::end_line(id, flag, true).view();
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
                w.request();
                bool const taken = w.out.content_type(text).has_value();
                REQUIRE(taken == msrp::read_media_type(text).has_value());
                if (!taken) continue;
                CHECK(*w.out.finish_with_body() ==
                      std::string(request_front) + "Content-Type: " + text + "\r\n\r\n");
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
                REQUIRE(w.out.request("a1b2", "SEND", to(), from()));
                REQUIRE(w.out.byte_range(r));
                REQUIRE(w.out.finish_without_body()->substr(request_front.size()) ==
                        "Byte-Range: " + text(r.start) + '-' + text(end) + '/' + text(total) +
                            "\r\n-------a1b2$\r\n");
            }
}

TEST_CASE("FRM-9-3 paths of several URIs in memory of every size", "[serializer][T7]") {
    auto const list = msrp::read_path("msrp://a:1/x;tcp   msrp://b:2/y;tcp msrps://c:3/z;tcp",
                                      std::numeric_limits<std::size_t>::max(), true);
    REQUIRE(list);
    std::string const whole =
        "MSRP a1b2 SEND\r\nTo-Path: msrp://a:1/x;tcp msrp://b:2/y;tcp msrps://c:3/z;tcp\r\n"
        "From-Path: msrp://ann.example.org:9321/m4n;tcp\r\n"
        "Use-Path: msrp://a:1/x;tcp msrp://b:2/y;tcp msrps://c:3/z;tcp\r\n-------a1b2$\r\n";
    for (std::size_t size = 0; size < whole.size() + 10; ++size) {
        std::vector<char> memory(size);
        msrp::head_writer out(memory);
        static_cast<void>(out.request("a1b2", "SEND", *list, from()));
        static_cast<void>(out.use_path(*list));
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
