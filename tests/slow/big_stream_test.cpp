// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// big_stream_test.cpp - more than 4 GiB through the parser, made on the fly, in constant memory.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory_resource>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include <msrp/chunk_parser.hpp>
#include <msrp/chunk_serializer.hpp>

#include "support/catch.hpp"

namespace {

/// No memory but what it is given at once.
class little_memory {
   public:
    [[nodiscard]] std::pmr::memory_resource* resource() { return &buffer_; }

   private:
    std::array<std::byte, 40000> octets_{};
    std::pmr::monotonic_buffer_resource buffer_{octets_.data(), octets_.size(),
                                                std::pmr::null_memory_resource()};
};

struct range_seen {
    msrp::byte_range range{};
    std::uint64_t body = 0;
    std::uint64_t begin_at = 0;
    std::uint64_t end_at = 0;
    char flag = 0;
};

/// Feeds octets and sums up what the parser says.
class counter {
   public:
    explicit counter(std::pmr::memory_resource* memory) : parser_({}, {}, memory) {}

    void feed(std::string_view octets) {
        fed_ += octets.size();
        if (parser_.feed(octets)) FAIL("error at " << parser_.error().offset);
        msrp::chunk_event event;
        msrp::parse_status status;
        while ((status = parser_.poll(event)) == msrp::parse_status::event) {
            if (auto const* begin = std::get_if<msrp::chunk_begin>(&event)) {
                auto const range = begin->headers.byte_range();
                if (!range) FAIL("no range");
                now_ = {*range, 0, begin->offset, 0, 0};
            } else if (auto const* data = std::get_if<msrp::chunk_data>(&event)) {
                now_.body += data->octets.size();
                // Octets of the body are their position's; a sample of them.
                if (data->octets.front() != body_octet(sum_ + now_.body - data->octets.size()) ||
                    data->octets.back() != body_octet(sum_ + now_.body - 1))
                    FAIL("wrong octets at " << sum_ + now_.body);
            } else if (auto const* end = std::get_if<msrp::chunk_end>(&event)) {
                if (end->body_size != now_.body) FAIL("wrong size");
                now_.end_at = end->offset;
                now_.flag = static_cast<char>(end->flag);
                sum_ += now_.body;
                chunks_.push_back(now_);
            }
        }
        if (status == msrp::parse_status::error) FAIL("error at " << parser_.error().offset);
    }
    static char body_octet(std::uint64_t position) { return static_cast<char>(position % 251); }
    [[nodiscard]] std::vector<range_seen> const& chunks() const { return chunks_; }
    [[nodiscard]] std::uint64_t fed() const { return fed_; }
    [[nodiscard]] std::uint64_t sum() const { return sum_; }
    [[nodiscard]] msrp::stream_end finish() { return parser_.finish(); }

   private:
    msrp::pmr::chunk_parser parser_;
    std::vector<range_seen> chunks_;
    range_seen now_{};
    std::uint64_t fed_ = 0;
    std::uint64_t sum_ = 0;
};

}  // namespace

TEST_CASE("one message of more than 4 GiB, in three chunks",
          "[slow][T5][CHK-14.5-1][CHK-7.1.1-8]") {
    constexpr std::uint64_t gib = 1ULL << 30U;
    // The middle chunk alone has more than 2^32 octets.
    constexpr std::array<std::uint64_t, 3> sizes = {gib / 4 + 3, 4 * gib + 5, 1000};
    constexpr std::uint64_t total = sizes[0] + sizes[1] + sizes[2];
    little_memory memory;
    counter count(memory.resource());

    // The body repeats every 251 octets: one buffer holds any piece of it.
    constexpr std::size_t piece = 1U << 16U;
    std::vector<char> octets(piece + 251);
    for (std::size_t i = 0; i < octets.size(); ++i) octets[i] = counter::body_octet(i);

    auto const to = msrp::read_path("msrp://b.example:1/x;tcp");
    auto const from = msrp::read_path("msrp://a.example:2/y;tcp");
    REQUIRE((to && from));
    auto const range_of = [&](std::size_t i, std::uint64_t at) {
        msrp::byte_range range{at, {}, total};
        if (sizes[i] <= 2048) range.end = at + sizes[i] - 1;  // CHK-5.1-1
        return range;
    };
    std::uint64_t done = 0;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        std::array<char, 512> head{};
        msrp::head_writer out(head);
        std::string const id = "big" + std::to_string(i);
        REQUIRE(out.request(id, "SEND", *to, *from));
        REQUIRE(out.message_id("mid1"));
        REQUIRE(out.byte_range(range_of(i, done + 1)));
        REQUIRE(out.content_type("application/octet-stream"));
        auto const text = out.finish_with_body();
        REQUIRE(text);
        count.feed(*text);
        for (std::uint64_t left = sizes[i]; left != 0;) {
            std::size_t const n = left < piece ? static_cast<std::size_t>(left) : piece;
            count.feed({octets.data() + done % 251, n});
            done += n;
            left -= n;
        }
        bool const last = i + 1 == sizes.size();
        count.feed(
            msrp::end_line(
                id, last ? msrp::continuation_flag::complete : msrp::continuation_flag::more, true)
                .view());
    }
    CHECK(count.finish() == msrp::stream_end::boundary);
    CHECK(count.sum() == total);
    REQUIRE(count.chunks().size() == 3);
    std::uint64_t first = 1;
    std::uint64_t offset = 0;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        auto const& chunk = count.chunks()[i];
        CHECK(chunk.body == sizes[i]);
        CHECK(chunk.range == range_of(i, first));
        CHECK(chunk.flag == (i == 2 ? '$' : '+'));
        CHECK(chunk.begin_at == offset);
        first += sizes[i];
        offset = chunk.end_at;
    }
    CHECK(offset == count.fed());
    CHECK(offset > 4 * gib);
    CHECK(count.chunks()[2].begin_at > std::numeric_limits<std::uint32_t>::max());
}

TEST_CASE("ranges beyond 2^32 are exact, beyond 2^64 refused", "[slow][T5][T6][CHK-7.1.1-3]") {
    struct {
        std::string_view text;
        msrp::byte_range range;
    } const exact[] = {
        {"4294967295-4294967296/4294967297", {4294967295, 4294967296, 4294967297}},
        {"9007199254740993-*/*", {9007199254740993, {}, {}}},
        {"9223372036854775808-9223372036854775809/*",
         {9223372036854775808ULL, 9223372036854775809ULL, {}}},
        {"18446744073709551615-18446744073709551615/18446744073709551615",
         {18446744073709551615ULL, 18446744073709551615ULL, 18446744073709551615ULL}},
    };
    for (auto const& one : exact) {
        INFO(one.text);
        auto const read = msrp::read_byte_range(one.text);
        REQUIRE(read);
        CHECK(*read == one.range);
    }
    CHECK(msrp::read_byte_range("18446744073709551616-*/*").error().code ==
          msrp::error::number_too_large);
    CHECK(msrp::read_byte_range("1-18446744073709551616/*").error().offset == 21);
    CHECK(msrp::read_byte_range("1-*/36893488147419103233").error().code ==
          msrp::error::number_too_large);
    for (std::string_view const text : {"+1-2/3", "1_0-20/30", " 1-2/3", "0x1-2/3", "1-2/-3",
                                        "\xD9\xA1-2/3", "1-2/3 ", "1.0-2/3"}) {
        INFO(text);
        CHECK(msrp::read_byte_range(text).error().code == msrp::error::bad_byte_range);
    }
}
