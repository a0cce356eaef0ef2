// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// head_template_test.cpp - a patched template writes what the writer writes.
#include <array>
#include <limits>
#include <msrp/chunk_serializer.hpp>
#include <msrp/path.hpp>
#include <span>
#include <string>
#include <vector>

#include <msrp/head_template.hpp>

#include "support/catch.hpp"

TEST_CASE("a template writes the octets of head_writer", "[head_template][CHK-7.1.1-1]") {
    auto const to = *msrp::path::parse("msrp://a.example:1/x;tcp msrps://b.example:2/y;tcp");
    auto const from = *msrp::path::parse("msrp://c.example:3/z;tcp");
    constexpr auto top = std::numeric_limits<std::uint64_t>::max();
    for (bool const body : {false, true}) {
        for (int reports = 0; reports < 4; ++reports) {
            msrp::template_fields fields;
            if ((reports & 1) != 0) fields.success_report = msrp::report_value::yes;
            if ((reports & 2) != 0) fields.failure_report = msrp::report_value::partial;
            if (body) fields.content_type = "text/plain;charset=utf-8";
            auto const made = msrp::head_template::make(to, from, fields);
            REQUIRE(made);
            for (msrp::byte_range const range :
                 {msrp::byte_range{1, 0, 0}, msrp::byte_range{2049, std::nullopt, std::nullopt},
                  msrp::byte_range{top, top, top}, msrp::byte_range{5, std::nullopt, 1000}}) {
                if (!body && range.start != 1) continue;  // CHK-7.1.1-4
                std::string a(2000, '\0');
                msrp::head_writer w(a);
                REQUIRE(w.request("t1d2", "SEND", to, from));
                REQUIRE(w.message_id("message-id.%=+"));
                REQUIRE(w.byte_range(range));
                if (fields.success_report) REQUIRE(w.success_report(*fields.success_report));
                if (fields.failure_report) REQUIRE(w.failure_report(*fields.failure_report));
                std::string expected;
                if (body) {
                    REQUIRE(w.content_type(fields.content_type));
                    expected = *w.finish_with_body();
                } else {
                    expected = *w.finish_without_body();
                    expected.resize(expected.size() - std::string("-------t1d2$\r\n").size());
                }
                std::string memory(made->max_size(), '\0');
                auto const head = made->write(memory, "t1d2", "message-id.%=+", range);
                REQUIRE(head);
                CHECK(*head == expected);
            }
        }
    }
}

TEST_CASE("a template checks its values", "[head_template][T8]") {
    auto const path = *msrp::path::parse("msrp://a.example:1/x;tcp");
    auto const made = *msrp::head_template::make(path, path, {});
    std::string memory(made.max_size(), '\0');
    CHECK(made.write(memory, "a\r\nb", "abcd", {}).error().code == msrp::error::bad_transaction_id);
    CHECK(made.write(memory, "abc", "abcd", {}).error().code == msrp::error::bad_transaction_id);
    CHECK(made.write(memory, "abcd", "ab\ncd", {}).error().code == msrp::error::bad_ident);
    CHECK(made.write(memory, "abcd", "abcd", {0, 1, 1}).error().code ==
          msrp::error::bad_byte_range);
    std::string const most(32, 'x');
    constexpr auto top = std::numeric_limits<std::uint64_t>::max();
    CHECK(made.write(memory, most, most, {1, 0, top}));
    memory.pop_back();
    CHECK(made.write(memory, "abcd", "abcd", {}).error().code == msrp::error::buffer_full);
    CHECK(msrp::head_template::make(path, path, {.content_type = "text/plain\r\nX: y"})
              .error()
              .code == msrp::error::illegal_octet);
    CHECK(msrp::head_template::make(path, path, {.success_report = msrp::report_value::partial})
              .error()
              .code == msrp::error::bad_report_value);
}

TEST_CASE("T7 a template needs no more memory than it says, whatever the ids", "[head_template]") {
    auto const path = *msrp::path::parse("msrp://a.example:1/x;tcp");
    constexpr auto top = std::numeric_limits<std::uint64_t>::max();
    for (bool const body : {false, true}) {
        auto const made = *msrp::head_template::make(
            path, path, {.content_type = body ? "text/plain" : std::string_view{}});
        for (std::size_t tid = 4; tid <= 32; ++tid)
            for (std::size_t mid = 4; mid <= 32; ++mid)
                for (msrp::byte_range const r :
                     body ? std::array<msrp::byte_range, 2>{{{1, 5, 5}, {top, top, top}}}
                          : std::array<msrp::byte_range, 2>{{{1, 0, 0}, {1, {}, top}}}) {
                    // Memory of just that size: writing past it is seen by ASan.
                    std::vector<char> memory(made.max_size());
                    std::string const a(tid, 't');
                    std::string const b(mid, 'm');
                    auto const head = made.write(memory, a, b, r);
                    REQUIRE(head);
                    std::vector<char> other(made.max_size() + 100);
                    msrp::head_writer w(other);
                    REQUIRE(w.request(a, "SEND", path, path));
                    REQUIRE(w.message_id(b));
                    REQUIRE(w.byte_range(r));
                    if (body) REQUIRE(w.content_type("text/plain"));
                    std::string const end = "-------" + a + "$\r\n";
                    REQUIRE(std::string(*head) + (body ? "" : end) ==
                            (body ? *w.finish_with_body() : *w.finish_without_body()));
                }
    }
}

TEST_CASE("a template with other fields writes what head_writer writes (FRM-7.1-2, T8)",
          "[head_template]") {
    using msrp::template_field;
    auto const to = *msrp::read_path("msrp://a.example:1/x;tcp");
    auto const from = *msrp::read_path("msrp://b.example:2/y;tcp");
    std::array<template_field, 3> const others = {template_field{"X-Any", "v w"},
                                                  {"Content-ID", "<a@b.example>"},
                                                  {"Content-Disposition", "inline"}};
    msrp::template_fields fields;
    fields.content_type = "text/plain";
    fields.others = others;
    auto const made = msrp::head_template::make(to, from, fields);
    REQUIRE(made);
    std::vector<char> memory(made->max_size());
    auto const head = made->write(memory, "tid1", "mid1", {1, 5, 5});
    REQUIRE(head);
    std::vector<char> expected(1000);
    msrp::head_writer writer(expected);
    CHECK(writer.request("tid1", "SEND", to, from));
    CHECK(writer.message_id("mid1"));
    CHECK(writer.byte_range({1, 5, 5}));
    for (auto const& f : others) CHECK(writer.field(f.name, f.value));
    CHECK(writer.content_type("text/plain"));
    CHECK(*head == *writer.finish_with_body());

    auto const refused = [&](template_field const& one, msrp::error why) {
        msrp::template_fields bad;
        bad.others = std::span<template_field const>(&one, 1);
        auto const got = msrp::head_template::make(to, from, bad);
        REQUIRE_FALSE(got);
        CHECK(got.error().code == why);
    };
    refused({"X-Any", "a\r\nb"}, msrp::error::illegal_octet);
    refused({"X:", "a"}, msrp::error::illegal_octet);
    refused({"Message-ID", "mid2"}, msrp::error::field_repeated);
    refused({"To-Path", "msrp://c:1/z;tcp"}, msrp::error::wrong_order);
    refused({"Expires", "soon"}, msrp::error::bad_number);
}

TEST_CASE("FRM-7.1-3 a template without a body has no MIME fields", "[head_template]") {
    using msrp::template_field;
    auto const path = *msrp::path::parse("msrp://a.example:1/x;tcp");
    for (template_field const& one : {template_field{"Content-Type", "a/b"},
                                      {"content-TYPE", "a/b"},
                                      {"Content-ID", "<a@b>"},
                                      {"Content-Description", "x"},
                                      {"Content-Disposition", "render"},
                                      {"Content-Foo", "x"}}) {
        CAPTURE(one.name);
        msrp::template_fields fields;
        fields.others = std::span<template_field const>(&one, 1);
        auto const got = msrp::head_template::make(path, path, fields);
        std::vector<char> memory(1000);
        msrp::head_writer w(memory);
        REQUIRE(w.request("abcd", "SEND", path, path));
        REQUIRE(w.message_id("mid1"));
        REQUIRE(w.field(one.name, one.value));
        auto const why = w.finish_without_body().error();
        CHECK(why.code == msrp::error::wrong_order);
        CHECK(got.error() == why);
        // With a body all of them may stand, but for a second Content-Type.
        fields.content_type = "text/plain";
        CHECK(msrp::head_template::make(path, path, fields).has_value() ==
              (one.value != std::string_view("a/b")));
    }
    // Others may.
    template_field const any{"X-Any", "1"};
    msrp::template_fields fields;
    fields.others = std::span<template_field const>(&any, 1);
    auto const made = msrp::head_template::make(path, path, fields);
    REQUIRE(made);
    std::vector<char> memory(made->max_size());
    CHECK(*made->write(memory, "abcd", "mid1", {1, 0, 0}) ==
          "MSRP abcd SEND\r\nTo-Path: msrp://a.example:1/x;tcp\r\n"
          "From-Path: msrp://a.example:1/x;tcp\r\nMessage-ID: mid1\r\nByte-Range: 1-0/0\r\n"
          "X-Any: 1\r\n");
}

TEST_CASE("CHK-5.1-1 CHK-7.1.1-2 CHK-7.1.1-4 a template takes the ranges that head_writer takes",
          "[head_template]") {
    auto const path = *msrp::path::parse("msrp://a.example:1/x;tcp");
    auto const same = [&](bool body, msrp::byte_range const& range) {
        auto const made = *msrp::head_template::make(
            path, path, {.content_type = body ? "a/b" : std::string_view{}});
        std::vector<char> memory(made.max_size());
        auto const text = made.write(memory, "abcd", "mid1", range);
        std::vector<char> other(1000);
        msrp::head_writer w(other);
        REQUIRE(w.request("abcd", "SEND", path, path));
        REQUIRE(w.message_id("mid1"));
        static_cast<void>(w.byte_range(range));
        if (body) static_cast<void>(w.content_type("a/b"));
        auto const written = body ? w.finish_with_body() : w.finish_without_body();
        CHECK(text.error() == written.error());
        return text.has_value();
    };
    CHECK((same(true, {1, 2048, 9000}) && same(true, {1, {}, 9000}) && same(true, {6, 5, 5})));
    CHECK_FALSE((same(true, {1, 2049, 9000}) || same(true, {0, {}, {}}) || same(true, {5, 3, 9})));
    CHECK((same(false, {1, 0, 0}) && same(false, {1, {}, {}})));
    CHECK_FALSE((same(false, {1, 5, 5}) || same(false, {6, 5, 5}) || same(false, {2, {}, {}})));
}

TEST_CASE("URI-6-4 a template has no password", "[head_template]") {
    auto const good = *msrp::path::parse("msrp://ann@a.example:1/x;tcp");
    auto const bad = *msrp::path::parse("msrp://ann:secret@a.example:1/x;tcp");
    CHECK(msrp::head_template::make(good, good, {}));
    wire::failure const to{make_error_code(msrp::error::illegal_octet), 10, "To-Path"};
    wire::failure const from{make_error_code(msrp::error::illegal_octet), 10, "From-Path"};
    CHECK(msrp::head_template::make(bad, good, {}).error() == to);
    CHECK(msrp::head_template::make(good, bad, {}).error() == from);
}
