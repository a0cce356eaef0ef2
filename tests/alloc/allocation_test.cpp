// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// allocation_test.cpp - what allocates, when, and what happens where there is no memory. A program
// of its own, since it replaces operator new.
#include <algorithm>
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
#include <msrp/field_value.hpp>
#include <msrp/head_template.hpp>
#include <msrp/message.hpp>
#include <msrp/parse_byte_range.hpp>
#include <msrp/parse_digest.hpp>
#include <msrp/parse_header_line.hpp>
#include <msrp/parse_ident.hpp>
#include <msrp/parse_media_type.hpp>
#include <msrp/parse_mime.hpp>
#include <msrp/parse_nickname.hpp>
#include <msrp/parse_path.hpp>
#include <msrp/parse_report.hpp>
#include <msrp/parse_report_status.hpp>
#include <msrp/parse_seconds.hpp>
#include <msrp/parse_start_line.hpp>
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
    /// Of what is live: octets, and the most that there ever were.
    [[nodiscard]] std::size_t octets() const { return octets_; }
    [[nodiscard]] std::size_t peak() const { return peak_; }

   private:
    void* do_allocate(std::size_t size, std::size_t) override {
        if (taken_ == fail_at_) {
            fail_at_ = std::numeric_limits<std::size_t>::max();
            throw std::bad_alloc();
        }
        ++taken_;
        ++live_;
        octets_ += size;
        peak_ = std::max(peak_, octets_);
        return std::malloc(size);
    }
    void do_deallocate(void* memory, std::size_t size, std::size_t) override {
        --live_;
        octets_ -= size;
        std::free(memory);
    }
    [[nodiscard]] bool do_is_equal(memory_resource const& other) const noexcept override {
        return this == &other;
    }

    std::size_t fail_at_;
    std::size_t taken_ = 0;
    std::size_t live_ = 0;
    std::size_t octets_ = 0;
    std::size_t peak_ = 0;
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

namespace {

/// A request without a body whose head, up to its end-line, has `size` octets, 200 at least.
std::string request_of(std::size_t size) {
    std::string text =
        "MSRP a1b2 AUTH\r\nTo-Path: msrp://a:1/x;tcp\r\nFrom-Path: msrp://b:2/y;tcp\r\n";
    while (text.size() != size) {
        auto const left = size - text.size();
        auto const line = left > 5000 ? 4000 : left;
        text += "Foo: " + std::string(line - 7, 'x') + "\r\n";
    }
    return text + "-------a1b2$\r\n";
}

/// Feeds a piece and takes all events out; how many, of which the data count as none.
template <class Parser>
std::size_t feed(Parser& parser, std::string_view piece) {
    msrp::chunk_event event;
    std::size_t events = 0;
    if (parser.feed(piece)) return 0;
    while (parser.poll(event) == msrp::parse_status::event)
        if (!std::holds_alternative<msrp::chunk_data>(event)) ++events;
    return events;
}

}  // namespace

TEST_CASE("T13 a parser that holds no head has no memory", "[alloc]") {
    counting_resource memory;
    msrp::pmr::chunk_parser parser({}, {}, &memory);
    auto const before = allocations;
    // Whole messages, and bodies and end-lines cut at each octet.
    auto const body = stream.find("\r\n\r\n") + 4;
    std::size_t wrong = feed(parser, stream) == 4 ? 0 : 1;
    for (std::size_t cut = body; cut <= stream.find("MSRP a1b2 200"); ++cut) {
        auto const first = feed(parser, stream.substr(0, cut));
        if (first + feed(parser, stream.substr(cut)) != 4) ++wrong;
        parser.reset();
    }
    // An error does not allocate either.
    wrong += feed(parser, "GET / HTTP/1.1\r\n");
    auto const after = allocations;
    CHECK(after == before);
    CHECK(wrong == 0);
    CHECK(parser.error().code == msrp::error::bad_start_line);
    CHECK(memory.taken() == 0);
    // Cut in its head, a message takes some; the next one, other views may be out, too.
    parser.reset();
    for (int i = 0; i < 3; ++i) {
        CHECK(feed(parser, stream.substr(0, 1)) == 0);
        CHECK(memory.octets() == (i == 0 ? 1024 : 2048));
        CHECK(feed(parser, stream.substr(1)) == 4);
        parser.reset();
    }
    CHECK(memory.taken() <= 2);
    CHECK(memory.octets() <= 2048);
}

TEST_CASE("T13 a head that is cut takes memory in steps", "[alloc]") {
    counting_resource memory;
    msrp::limits limits;
    SECTION("by default") {
        struct {
            std::size_t size, steps, octets;
        } const rows[] = {{200, 1, 1024},  {1023, 1, 1024},  {1024, 1, 1024},  {1025, 2, 2048},
                          {2048, 2, 2048}, {2049, 3, 4096},  {4096, 3, 4096},  {4097, 4, 8192},
                          {8192, 4, 8192}, {8193, 5, 16448}, {16384, 5, 16448}};
        for (auto const& row : rows) {
            INFO("a head of " << row.size);
            auto const text = request_of(row.size);
            auto const head = std::string_view(text).substr(0, row.size);
            counting_resource own;
            msrp::pmr::chunk_parser octets({}, {}, &own);
            for (char const& c : head) REQUIRE(feed(octets, {&c, 1}) == 0);
            CHECK(own.taken() == row.steps);
            CHECK(own.octets() == row.octets);
            CHECK(feed(octets, std::string_view(text).substr(row.size)) == 2);
            // All of it known at once: one step.
            auto const taken = memory.taken();
            msrp::pmr::chunk_parser once({}, {}, &memory);
            CHECK(feed(once, head) == 0);
            CHECK(memory.octets() == row.octets);
            CHECK(memory.taken() == taken + 1);
        }
    }
    SECTION("up to the limit and no further, whatever the pieces") {
        for (std::size_t const size : {16384U, 16385U}) {
            auto const text = request_of(size);
            for (std::size_t const piece : {1U, 511U, 1448U, 16000U}) {
                msrp::pmr::chunk_parser each({}, {}, &memory);
                std::size_t events = 0;
                for (std::size_t at = 0; at < text.size(); at += piece)
                    events += feed(each, std::string_view(text).substr(at, piece));
                CHECK(events == (size == 16384 ? 2 : 0));
                CHECK(memory.octets() == 16448);
            }
        }
    }
    SECTION("a limit between the steps, and one below the first") {
        struct {
            std::size_t limit, first, last;
        } const rows[] = {{3000, 1024, 3064},
                          {2000, 1024, 2064},
                          {1984, 1024, 2048},
                          {1983, 2047, 2047},
                          {300, 364, 364}};
        for (auto const& row : rows) {
            limits.max_header_block = row.limit;
            msrp::pmr::chunk_parser parser(limits, {}, &memory);
            auto const text = request_of(row.limit);
            CHECK(feed(parser, std::string_view(text).substr(0, 50)) == 0);
            CHECK(memory.octets() == row.first);
            CHECK(feed(parser, std::string_view(text).substr(50, row.limit - 50)) == 0);
            CHECK(memory.octets() == row.last);
            CHECK(feed(parser, std::string_view(text).substr(row.limit)) == 2);
        }
    }
    CHECK(memory.octets() == 0);
}

TEST_CASE("T13 memory of long heads is given back, that of others kept", "[alloc]") {
    counting_resource memory;
    msrp::pmr::chunk_parser parser({}, {}, &memory);
    // With its end-line of 14 octets, of which 10 come later.
    auto const cut = [&](std::size_t size) {
        auto const text = request_of(size - 14);
        bool const none = feed(parser, std::string_view(text).substr(0, size - 10)) == 0;
        return none && feed(parser, std::string_view(text).substr(size - 10)) == 2;
    };
    REQUIRE(cut(4096));
    REQUIRE(cut(4096));
    CHECK(memory.octets() == 8192);
    auto const kept = memory.taken();
    for (int i = 0; i < 10; ++i) REQUIRE(cut(i % 2 == 0 ? 4096 : 300));
    CHECK(memory.taken() == kept);
    REQUIRE(cut(4096 + 1));
    CHECK(memory.octets() == 8192 + 4096);  // its views may be out
    SECTION("by the next feed") { REQUIRE(feed(parser, stream) == 4); }
    SECTION("by the next feed in the midst of a body") {
        REQUIRE(feed(parser, stream.substr(0, stream.find("hello") + 1)) == 1);
        CHECK(memory.octets() == 4096);
    }
    SECTION("by reset") { parser.reset(); }
    CHECK(memory.octets() == 4096);
    parser.reset();
    // Two at once, each as long as it may be; while the second one moves, its old memory too.
    auto const text = request_of(16384);
    REQUIRE(feed(parser, std::string_view(text).substr(0, 16000)) == 0);
    auto const both = text.substr(16000) + text.substr(0, 10);
    REQUIRE(feed(parser, both) == 2);
    for (std::size_t at = 10; at < 16384; ++at) REQUIRE(feed(parser, {&text[at], 1}) == 0);
    CHECK(memory.octets() == 2 * 16384 + 128);
    CHECK(memory.peak() == 2 * 16384 + 128 + 8192);
    REQUIRE(feed(parser, std::string_view(text).substr(16384)) == 2);
    REQUIRE(feed(parser, stream) == 4);
    CHECK(memory.octets() == 0);
    // A long head shown, a short one behind it.
    REQUIRE(feed(parser, std::string_view(text).substr(0, 16000)) == 0);
    REQUIRE(feed(parser, both) == 2);
    CHECK(memory.octets() == 16448 + 1024);
    REQUIRE(feed(parser, stream.substr(10)) == 4);
    REQUIRE(feed(parser, stream) == 4);
    CHECK(memory.octets() == 1024);
    // A block of the limit's size: 4096 octets, and one more.
    for (std::size_t const size : {4096U, 4097U}) {
        counting_resource own;
        msrp::limits limits;
        limits.max_header_block = size - 64;
        msrp::pmr::chunk_parser other(limits, {}, &own);
        REQUIRE(feed(other, std::string_view(text).substr(0, 3000)) == 0);
        CHECK(own.octets() == size);
        other.reset();
        CHECK(own.octets() == (size == 4096 ? 4096 : 0));
    }
}

TEST_CASE("T13 T22 where the allocator throws nothing is lost", "[alloc]") {
    // Each head is cut, and the second and the third have memory of their own.
    auto const text = request_of(3000) + request_of(5000) + std::string(stream) + request_of(1500);
    std::array<std::size_t, 3> const sizes = {7, 700, 2900};
    for (auto const size : sizes) {
        INFO("pieces of " << size);
        std::string whole;
        for (std::size_t n = 0;; ++n) {
            counting_resource memory(n);
            std::size_t failures = 0;
            std::string log;
            {
                msrp::pmr::chunk_parser parser({}, {}, &memory);
                msrp::chunk_event event = msrp::chunk_data{"as before"};
                for (std::size_t at = 0; at < text.size(); at += size) {
                    auto const piece = std::string_view(text).substr(at, size);
                    REQUIRE_FALSE(parser.feed(piece));
                    for (;;) {
                        auto done = msrp::parse_status::need_more;
                        try {
                            done = parser.poll(event);
                        } catch (std::bad_alloc const&) {
                            ++failures;
                            CHECK(parser.feed(piece) == msrp::error::not_drained);
                            CHECK(parser.finish() != msrp::stream_end::boundary);
                            CHECK_FALSE(parser.error().code);
                            continue;
                        }
                        if (done != msrp::parse_status::event) break;
                        if (auto const* begin = std::get_if<msrp::chunk_begin>(&event))
                            log += begin->headers.block();
                        if (auto const* data = std::get_if<msrp::chunk_data>(&event))
                            log += data->octets;
                        if (std::holds_alternative<msrp::chunk_end>(event)) log += "end\n";
                    }
                }
                CHECK(parser.at_boundary());
            }
            CHECK(memory.live() == 0);
            if (n == 0) whole = log;
            CHECK((log == whole && log.size() > 9000));
            if (failures == 0) {
                CHECK(n >= (size == 2900 ? 3 : 5));
                break;
            }
            CHECK(failures == 1);
        }
    }
    // Or given up: another stream, once there is memory.
    counting_resource memory(0);
    msrp::pmr::chunk_parser parser({}, {}, &memory);
    CHECK_THROWS_AS(feed(parser, std::string_view(text).substr(0, 2000)), std::bad_alloc);
    parser.reset();
    CHECK(parser.at_boundary());
    CHECK(feed(parser, stream) == 4);
}

TEST_CASE("T13 what a parser has taken once serves for all pieces", "[alloc]") {
    counting_resource memory;
    msrp::pmr::chunk_parser parser({}, {}, &memory);
    std::array<std::size_t, 6> const sizes = {1, 2, 7, 64, 1448, stream.size()};
    std::array<std::size_t, sizes.size()> events{};
    REQUIRE(parse(parser, 50) == 4);
    parser.reset();
    auto const taken = memory.taken();
    CHECK(taken == 2);
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
    CHECK(memory.peak() == 2048);
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

namespace {

using sv = std::string_view;

/// A function of one text takes the good one, refuses the bad, and allocates for neither.
template <class Parse>
void allocates_nothing(char const* name, Parse parse, std::string_view good, std::string_view bad) {
    INFO(name);
    auto const before = allocations;
    bool const took = parse(good).has_value();
    bool const refused = !parse(bad).has_value();
    auto const after = allocations;
    CHECK(after == before);
    CHECK(took);
    CHECK(refused);
}
/// Long enough that a copy of it in a string would show.
constexpr std::string_view challenge =
    "Digest realm=\"relay, \\\"one\\\"\", nonce=\"k3v9+/=\", qop=\"auth,auth-int\", stale=TRUE, "
    "x=y";
constexpr std::string_view credentials =
    "Digest username=\"ana\", realm=\"r\", nonce=\"n\", "
    "response=\"0123456789abcdef0123456789abcdef\", cnonce=\"c\", qop=auth, nc=0000001a";
constexpr std::string_view info =
    "nextnonce=\"a-nonce-that-is-not-short\",rspauth=\"00ff\",cnonce=\"c\",nc=00000001,qop=auth";
constexpr std::string_view type = "multipart/mixed;boundary=\"a;b=\\\"c\\\\\";x={|}~;flowed";
constexpr std::string_view disposition =
    "attachment; filename=\"b\\\"ild \xC3\xA4.jpg\"; size=1931; creation-date=\"Tue, 3 Mar\"";
constexpr std::string_view content_id = "<\"a b\".a-part-that-is-not-short@[10.0.0.1].example>";
constexpr std::string_view nickname = "\"K\xC3\xA4the \\\"the \\\\ cat\\\" who is not short\"";

}  // namespace

TEST_CASE("T13 every grammar reads good and bad values without allocating", "[alloc][grammar]") {
    allocates_nothing(
        "parse_start_line", [](sv t) { return msrp::parse_start_line(t); },
        "MSRP a1b2c3d4e5f6a7b8 200 a comment, not short",
        "MSRP a1b2c3d4e5f6a7b8 20 a comment, not short");
    allocates_nothing(
        "parse_start_line", [](sv t) { return msrp::parse_start_line(t); },
        "MSRP a1b2c3d4e5f6a7b8 NICKNAME", "MSRP a1b SEND");
    allocates_nothing(
        "parse_header_line", [](sv t) { return msrp::parse_header_line(t); },
        "X-Header-Field: some text \xC3\xA4 of a length",
        "X-Header-Field: some text \xC3 of a length");
    allocates_nothing(
        "parse_ident", [](sv t) { return msrp::parse_ident(t); },
        "a1b2c3d4e5f6a7b8a1b2c3d4e5f6a7b8", "a1b2c3d4e5f6a7b8a1b2c3d4e5f6a7b8x");
    allocates_nothing(
        "parse_byte_range", [](sv t) { return msrp::parse_byte_range(t); },
        "1-18446744073709551615/18446744073709551615", "1-18446744073709551616/*");
    allocates_nothing(
        "parse_success_report", [](sv t) { return msrp::parse_success_report(t); }, "yes",
        "partial");
    allocates_nothing(
        "parse_failure_report", [](sv t) { return msrp::parse_failure_report(t); }, "partial",
        "party");
    allocates_nothing(
        "parse_report_status", [](sv t) { return msrp::parse_report_status(t); },
        "000 200 a comment that is not short", "000 200 a comment that is\nnot short");
    allocates_nothing(
        "parse_seconds", [](sv t) { return msrp::parse_seconds(t); }, "18446744073709551615",
        "18446744073709551616");
    allocates_nothing(
        "parse_path", [](sv t) { return msrp::parse_path(t); }, "msrp://a:1/x;tcp msrp://b:2/y;tcp",
        "msrp://a:1/x;tcp ");
    allocates_nothing(
        "parse_uri", [](sv t) { return msrp::parse_uri(t); },
        "msrps://Ann%41@[2001:DB8::7]:2855/k3l+/;tcp;a=b",
        "msrps://Ann%41@[2001:DB8::7::]:2855/k3l+/;tcp;a=b");
    allocates_nothing(
        "parse_www_authenticate", [](sv t) { return msrp::parse_www_authenticate(t); }, challenge,
        challenge.substr(1));
    allocates_nothing(
        "parse_www_authenticate", [](sv t) { return msrp::parse_www_authenticate(t); }, challenge,
        challenge.substr(0, challenge.size() - 1));
    allocates_nothing(
        "parse_authorization", [](sv t) { return msrp::parse_authorization(t); }, credentials,
        credentials.substr(0, credentials.size() - 1));
    allocates_nothing(
        "parse_authentication_info", [](sv t) { return msrp::parse_authentication_info(t); }, info,
        info.substr(0, info.size() - 4));
    allocates_nothing(
        "parse_media_type", [](sv t) { return msrp::parse_media_type(t); }, type,
        "text/plain; charset=a-name-that-is-not-short");
    allocates_nothing(
        "parse_content_id", [](sv t) { return msrp::parse_content_id(t); }, content_id,
        content_id.substr(1));
    allocates_nothing(
        "parse_content_description", [](sv t) { return msrp::parse_content_description(t); },
        "a description, \xC3\xA4, not short", "a description, \xC3, not short");
    allocates_nothing(
        "parse_content_disposition", [](sv t) { return msrp::parse_content_disposition(t); },
        disposition, disposition.substr(0, disposition.size() - 1));
    allocates_nothing(
        "parse_nickname", [](sv t) { return msrp::parse_nickname(t); }, nickname,
        nickname.substr(1));
}

TEST_CASE("T13 the readers beside the grammars allocate nothing", "[alloc][field_value]") {
    allocates_nothing(
        "read_ident", [](sv t) { return msrp::read_ident(t); }, "a1b2c3d4e5f6a7b8a1b2c3d4e5f6a7b8",
        "!1b2c3d4e5f6a7b8");
    allocates_nothing(
        "read_byte_range", [](sv t) { return msrp::read_byte_range(t); },
        "1-18446744073709551615/18446744073709551615", "1-18446744073709551616/*");
    allocates_nothing(
        "read_status", [](sv t) { return msrp::read_status(t); },
        "000 200 a comment that is not short", "000 200x");
    allocates_nothing(
        "read_media_type", [](sv t) { return msrp::read_media_type(t); }, type,
        "text/plain; charset=a-name-that-is-not-short");
    allocates_nothing(
        "read_content_id", [](sv t) { return msrp::read_content_id(t); }, content_id,
        content_id.substr(1));
    allocates_nothing(
        "read_content_description", [](sv t) { return msrp::read_content_description(t); },
        "a description, \xC3\xA4, not short", "a description, \xC3, not short");
    allocates_nothing(
        "read_content_disposition", [](sv t) { return msrp::read_content_disposition(t); },
        disposition, disposition.substr(0, disposition.size() - 1));
    allocates_nothing(
        "read_nickname", [](sv t) { return msrp::read_nickname(t); }, nickname, nickname.substr(1));
    auto const digest = [](msrp::digest_kind kind) {
        return [kind](std::string_view text) { return msrp::read_digest(kind, text); };
    };
    allocates_nothing("challenge", digest(msrp::digest_kind::challenge), challenge,
                      challenge.substr(1));
    allocates_nothing("credentials", digest(msrp::digest_kind::credentials), credentials,
                      credentials.substr(0, credentials.size() - 1));
    allocates_nothing("info", digest(msrp::digest_kind::info), info, info.substr(1));
    // Each field, whatever the text: at most its verdict differs.
    std::array<std::string_view, 12> const values = {challenge,
                                                     credentials,
                                                     info,
                                                     type,
                                                     disposition,
                                                     content_id,
                                                     nickname,
                                                     "1-5/5",
                                                     "000 200 a comment that is not short",
                                                     "msrp://a:1/x;tcp msrp://b:2/y;tcp",
                                                     "4711",
                                                     "yes"};
    std::size_t passed = 0;
    auto const before = allocations;
    for (std::size_t f = 0; f <= static_cast<std::size_t>(msrp::field::other); ++f)
        for (auto const value : values)
            if (msrp::check_field_value(static_cast<msrp::field>(f), value)) ++passed;
    auto const after = allocations;
    CHECK(after == before);
    CHECK(passed > values.size());
}

TEST_CASE("T13 header_view decodes without allocating", "[alloc]") {
    constexpr std::string_view good =
        "MSRP a1b2 REPORT\r\nTo-Path: msrp://a:1/x;tcp\r\nFrom-Path: msrp://b:2/y;tcp\r\n"
        "Message-ID: a-message-id-not-short\r\nSuccess-Report: yes\r\nFailure-Report: partial\r\n"
        "Byte-Range: 1-*/18446744073709551615\r\nStatus: 000 200 a comment, not short\r\n"
        "Use-Path: msrp://c:3/x;tcp msrp://d:4/y;tcp\r\nExpires: 1\r\nMin-Expires: 2\r\n"
        "Max-Expires: 3\r\n-------a1b2$\r\n";
    constexpr std::string_view bad =
        "MSRP a1b2 REPORT\r\nTo-Path: msrp://a:1/x;tcp\r\nFrom-Path: msrp://b:2/y;tcp\r\n"
        "Message-ID: a message id that is not short\r\nSuccess-Report: partial\r\n"
        "Failure-Report: a value that is not short\r\nByte-Range: 0-18446744073709551616/*\r\n"
        "Status: a status that is not short\r\nUse-Path: msrp://c:3/a-session-not-short\r\n"
        "Expires: 1\r\nExpires: 1\r\nMin-Expires: 18446744073709551616\r\nContent-ID: <a@b>\r\n"
        "-------a1b2$\r\n";
    using msrp::field;
    auto const values = [](msrp::header_view const& h) {
        return unsigned{h.message_id().has_value()} + h.byte_range().has_value() +
               h.status().has_value() + h.success_report().has_value() +
               h.failure_report().has_value() + h.use_path().has_value() +
               h.seconds(field::expires).has_value() + h.seconds(field::min_expires).has_value() +
               h.seconds(field::max_expires).has_value() + h.raw(field::content_id).has_value();
    };
    auto const before = allocations;
    msrp::message first;
    msrp::message second;
    bool const read = msrp::parse_message(good, first).status == msrp::parse_status::event &&
                      msrp::parse_message(bad, second).status == msrp::parse_status::event;
    auto const n = read ? values(first.begin.headers) : 0;
    auto const none = read ? values(second.begin.headers) : 1;
    std::size_t uris = 0;
    std::size_t fields = 0;
    if (read) {
        auto const& h = first.begin.headers;
        for (auto const f : h) fields += f.name.empty() ? 0U : 1U;
        for (auto const path : {h.to_path(), h.from_path(), *h.use_path()})
            for (auto const u : path) uris += u.text.empty() ? 0U : 1U;
    }
    auto const after = allocations;
    CHECK(after == before);
    REQUIRE(read);
    CHECK(n == 9);  // all but Content-ID
    CHECK(none == 0);
    CHECK(fields == first.begin.headers.size());
    CHECK(uris == 4);
}

TEST_CASE("values taken out of a field allocate nothing", "[alloc]") {
    auto const before = allocations;
    auto const digest = msrp::parse_www_authenticate(challenge);
    auto const media = msrp::parse_media_type(type);
    auto const name = msrp::parse_nickname(nickname);
    std::size_t count = 0;
    std::size_t octets = 0;
    if (digest)
        for (auto const& p : digest->parameters) count += p.value.size();
    bool const all = digest && digest->missing() == "" && media && media->is("multipart", "mixed");
    auto const boundary = media ? media->parameters.find("boundary") : std::nullopt;
    if (name) name->for_each([&](char) { ++octets; });
    std::array<char, 256> memory{};
    wire::sink out(memory);
    bool const written = name && msrp::write_quoted(out, "a nickname, not \"short\"").has_value();
    auto const after = allocations;
    CHECK(after == before);
    CHECK(all);
    CHECK((boundary && boundary->value == "a;b=\"c\\"));
    CHECK(count > 30);
    CHECK(octets == 35);
    CHECK(written);
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
    // Every call of a writer, and a known field by its name, good and bad.
    std::array<char, 2048> wide{};
    msrp::head_writer auth(wide);
    bool const typed =
        auth.response("a1b2", 401, "a comment, not short", *path, *path).has_value() &&
        auth.status({0, 200, "a comment, not short"}).has_value() &&
        auth.success_report(msrp::report_value::yes).has_value() &&
        auth.use_path(*path).has_value() && auth.expires(1).has_value() &&
        auth.min_expires(1).has_value() && auth.max_expires(1).has_value() &&
        auth.use_nickname("a \"nickname\" that is not short").has_value() &&
        auth.field("WWW-Authenticate", challenge).has_value() &&
        auth.field("WWW-Authenticate", challenge).has_value() &&
        auth.field("Authorization", credentials).has_value() &&
        auth.field("Authentication-Info", info).has_value();
    bool const twice = auth.expires(2).error().code == msrp::error::field_repeated &&
                       !auth.finish_without_body().has_value();
    msrp::head_writer mime(wide);
    bool const parts = mime.request("a1b2", "SEND", *path, *path).has_value() &&
                       mime.message_id("mid1").has_value() &&
                       mime.field("Content-ID", content_id).has_value() &&
                       mime.field("Content-Description", "some text").has_value() &&
                       mime.field("Content-Disposition", disposition).has_value() &&
                       mime.content_type(type).has_value() && mime.finish_with_body().has_value() &&
                       mime.end_of_body(msrp::continuation_flag::more).has_value();
    msrp::head_writer bad(wide);
    bool const bad_type = bad.request("a1b2", "SEND", *path, *path).has_value() &&
                          !bad.content_type("text/plain; charset=not-short-at-all").has_value();
    msrp::end_line const end("a1b2", msrp::continuation_flag::more, true);
    auto const after = allocations;
    CHECK(after == before);
    CHECK((ok && refused));
    CHECK(typed);
    CHECK(twice);
    CHECK((parts && bad_type));
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
              auto const text = request_of(16384);
              for (std::size_t at = 0; at < text.size(); at += 500)
                  static_cast<void>(feed(parser, std::string_view(text).substr(at, 500)));
          }) == 5);
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
