// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// allocation_test.cpp - what allocates, when, and what happens where there is no memory. A program
// of its own, since it replaces operator new.
#include <array>
#include <cstddef>
#include <cstdlib>
#include <limits>
#include <memory_resource>
#include <new>
#include <string>
#include <string_view>

#include <msrp/chunk_parser.hpp>
#include <msrp/chunk_puller.hpp>
#include <msrp/chunk_serializer.hpp>
#include <msrp/head_template.hpp>
#include <msrp/message.hpp>
#include <msrp/parse_path.hpp>
#include <msrp/parse_uri.hpp>
#include <msrp/path.hpp>
#include <msrp/uri.hpp>
#include <wire/sink.hpp>

#include "support/catch.hpp"

namespace {

std::size_t allocations = 0;  // by operator new, in this program

}  // namespace

// All that sanitizers bring versions of, or theirs and ours would meet. noinline: or g++ sees
// malloc meet delete and warns.
[[gnu::noinline]] void* operator new(std::size_t size, std::nothrow_t const&) noexcept {
    ++allocations;
    return std::malloc(size == 0 ? 1 : size);
}
[[gnu::noinline]] void* operator new(std::size_t size) {
    if (void* const memory = operator new(size, std::nothrow)) return memory;
    throw std::bad_alloc();
}
[[gnu::noinline]] void* operator new[](std::size_t size) { return operator new(size); }
[[gnu::noinline]] void* operator new[](std::size_t size, std::nothrow_t const&) noexcept {
    return operator new(size, std::nothrow);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::nothrow_t const&) noexcept {
    std::free(memory);
}
[[gnu::noinline]] void operator delete[](void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete[](void* memory, std::nothrow_t const&) noexcept {
    std::free(memory);
}

namespace {

/// Counts what a container takes; the n-th request fails.
class counting_resource final : public std::pmr::memory_resource {
   public:
    explicit counting_resource(std::size_t fail_at = std::numeric_limits<std::size_t>::max())
        : fail_at_(fail_at) {}
    [[nodiscard]] std::size_t taken() const { return taken_; }
    [[nodiscard]] std::size_t live() const { return live_; }
    [[nodiscard]] std::size_t octets() const { return octets_; }

   private:
    void* do_allocate(std::size_t size, std::size_t) override {
        if (taken_ == fail_at_) throw std::bad_alloc();
        ++taken_;
        ++live_;
        octets_ += size;
        return std::malloc(size);
    }
    void do_deallocate(void* memory, std::size_t, std::size_t) override {
        --live_;
        std::free(memory);
    }
    [[nodiscard]] bool do_is_equal(memory_resource const& other) const noexcept override {
        return this == &other;
    }

    std::size_t fail_at_;
    std::size_t taken_ = 0;
    std::size_t live_ = 0;
    std::size_t octets_ = 0;
};

constexpr std::string_view stream =
    "MSRP a1b2 SEND\r\nTo-Path: msrps://r.example:2855/t;tcp msrp://[2001:db8::7]:81/k;tcp\r\n"
    "From-Path: msrp://u%41@ann.example.org:9321/m4n;tcp\r\nMessage-ID: mid1\r\n"
    "Byte-Range: 1-*/18446744073709551615\r\nSuccess-Report: yes\r\nX-Any: \xC3\xA4\r\n"
    "Content-Type: text/plain\r\n\r\nhello\r\n-------a1b3$\r\n\r\n-------a1b2+\r\n"
    "MSRP a1b2 200 OK\r\nTo-Path: msrp://a:1/x;tcp\r\nFrom-Path: msrp://b:2/y;tcp\r\n"
    "-------a1b2$\r\n";

/// All events of the stream in pieces, values decoded; how many events.
template <class Parser>
std::size_t parse(Parser& parser, std::size_t size) {
    std::size_t events = 0;
    msrp::chunk_event event;
    for (std::size_t at = 0; at < stream.size(); at += size) {
        if (parser.feed(stream.substr(at, size))) return 0;
        while (parser.poll(event) == msrp::parse_status::event) {
            if (!std::holds_alternative<msrp::chunk_data>(event)) ++events;
            auto const* begin = std::get_if<msrp::chunk_begin>(&event);
            if (begin == nullptr) continue;
            auto const& h = begin->headers;
            bool sound = !h.has(msrp::field::byte_range) || h.byte_range().has_value();
            for (auto const f : h) sound = sound && !f.name.empty();
            for (auto const u : h.to_path()) sound = sound && !u.host.empty();
            if (!sound) return 0;
            static_cast<void>(h.message_id());
            static_cast<void>(h.success_report());
        }
    }
    return parser.finish() == msrp::stream_end::boundary ? events : 0;
}

}  // namespace

TEST_CASE("the count counts", "[alloc]") {
    auto const before = allocations;
    void* const memory = ::operator new(100);  // called by name: no compiler may leave it out
    auto const after = allocations;
    ::operator delete(memory);
    CHECK(after == before + 1);
}

TEST_CASE("the parser allocates once, when it is made", "[alloc][T13]") {
    counting_resource memory;
    msrp::pmr::chunk_parser parser({}, {}, &memory);
    auto const taken = memory.taken();
    CHECK(taken == 1);
    std::array<std::size_t, 6> const sizes = {1, 2, 7, 64, 1448, stream.size()};
    std::array<std::size_t, sizes.size()> events{};
    auto const before = allocations;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        events[i] = parse(parser, sizes[i]);
        parser.reset();
    }
    // An error does not allocate either.
    static_cast<void>(parser.feed("GET / HTTP/1.1\r\n"));
    msrp::chunk_event event;
    auto const broken = parser.poll(event);
    auto const after = allocations;
    CHECK(after == before);
    CHECK(memory.taken() == taken);
    for (auto const n : events) CHECK(n == 4);
    CHECK(broken == msrp::parse_status::error);
}

TEST_CASE("memory does not depend on what the peer claims", "[alloc][T13][CHK-14.5-1]") {
    counting_resource memory;
    msrp::limits limits;
    limits.max_header_block = 4096;
    {
        msrp::pmr::chunk_parser parser(limits, {}, &memory);
        CHECK(parse(parser, 50) == 4);  // its total is 2^64-1
    }
    CHECK(memory.octets() < 2 * 4096 + 1024);
    CHECK(memory.live() == 0);
}

TEST_CASE("pull and whole-message parsing allocate nothing", "[alloc]") {
    auto const before = allocations;
    std::size_t events = 0;
    msrp::chunk_puller puller;
    msrp::chunk_event event;
    auto rest = stream;
    for (;;) {
        auto const got = puller.next(rest, event);
        rest.remove_prefix(got.used);
        if (got.status != msrp::parse_status::event) break;
        ++events;
    }
    msrp::message message;
    auto const got = msrp::parse_message(stream, message);
    auto const after = allocations;
    CHECK(after == before);
    CHECK(events == 5);
    CHECK(got.status == msrp::parse_status::event);
}

TEST_CASE("URI and path: reader, grammar, normal form", "[alloc][uri]") {
    constexpr std::string_view text = "msrps://Ann%41@[2001:DB8:0:0::7]:2855/k3l+/;tcp;a=b";
    std::array<char, 256> memory{};
    auto const before = allocations;
    auto const read = msrp::read_uri(text);
    auto const parsed = msrp::parse_uri(text);
    auto const path = msrp::read_path("msrp://a:1/x;tcp msrp://b:2/y;tcp");
    auto const grammar = msrp::parse_path("msrp://a:1/x;tcp msrp://b:2/y;tcp");
    auto const wrong = msrp::parse_uri("msrp://a:1/x");
    bool const equal = read && parsed && equivalent(*read, *parsed);
    wire::sink out(memory);
    if (read) write_normal(out, *read);
    auto const after = allocations;
    CHECK(after == before);
    CHECK(equal);
    CHECK((path && grammar && path->size() == 2));
    CHECK_FALSE(wrong);
    CHECK(out.view() == "msrps://Ann%41@[2001:db8::7]:2855/k3l+/;tcp;a=b");
}

TEST_CASE("the writer writes into the caller's memory", "[alloc][serializer]") {
    std::array<char, 1024> memory{};
    auto const path = msrp::read_path("msrp://a:1/x;tcp msrp://b:2/y;tcp");
    REQUIRE(path);
    auto const before = allocations;
    msrp::head_writer out(memory);
    bool const ok = out.request("a1b2", "SEND", *path, *path).has_value() &&
                    out.message_id("mid1").has_value() && out.byte_range({1, {}, 9}).has_value() &&
                    out.failure_report(msrp::report_value::no).has_value() &&
                    out.field("X-Any", "1").has_value() && out.content_type("a/b").has_value() &&
                    out.finish_with_body().has_value();
    bool const refused = !out.field("X-Any", "\n").has_value();
    msrp::end_line const end("a1b2", msrp::continuation_flag::more, true);
    auto const after = allocations;
    CHECK(after == before);
    CHECK((ok && refused));
    CHECK(end.view().size() == 16);
}

TEST_CASE("a template allocates when it is made", "[alloc][serializer]") {
    auto const path = msrp::read_path("msrp://a:1/x;tcp");
    REQUIRE(path);
    msrp::template_fields fields;
    fields.content_type = "a/b";
    auto const made = msrp::head_template::make(*path, *path, fields);
    REQUIRE(made);
    std::array<char, 1024> memory{};
    auto const before = allocations;
    auto const head = made->write(memory, "a1b2", "mid1", {1, {}, 9});
    auto const after = allocations;
    CHECK(after == before);
    CHECK(head);
}

TEST_CASE("constructors survive a failing allocator", "[alloc][T22]") {
    // For n = 0, 1, ... the n-th request fails, until none does.
    auto const survive = [](auto&& make) {
        std::size_t failures = 0;
        for (std::size_t n = 0; n < 100; ++n) {
            counting_resource memory(n);
            bool thrown = false;
            try {
                make(memory);
            } catch (std::bad_alloc const&) {
                thrown = true;
                ++failures;
            }
            CHECK(memory.live() == 0);
            if (!thrown) return failures;
        }
        FAIL("it never succeeded");
        return failures;
    };
    CHECK(survive([](counting_resource& memory) {
              msrp::pmr::chunk_parser parser({}, {}, &memory);
          }) == 1);
    auto const view = msrp::read_path("msrp://a-name-that-is-not-short.example:8145/k3l;tcp");
    REQUIRE(view);
    CHECK(survive([&](counting_resource& memory) {
              msrp::pmr::path path(*view, &memory);
              path.append(*view);
          }) >= 2);
    CHECK(survive([&](counting_resource& memory) {
              auto const path = msrp::pmr::path::parse(view->text(), &memory);
              REQUIRE(path);
          }) == 1);
}
