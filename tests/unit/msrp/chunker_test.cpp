// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// chunker_test.cpp - what chunks a message becomes: ranges, interruption, end-lines in bodies.
#include <algorithm>
#include <array>
#include <cstddef>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <msrp/chunk_parser.hpp>
#include <msrp/chunker.hpp>
#include <msrp/reassembler.hpp>

#include "support/catch.hpp"
#include "support/session_rig.hpp"

namespace {

using support::value_of;

msrp::chunk_head head_of(std::string_view content_type = "text/plain") {
    return {
        *msrp::read_path(support::bob), *msrp::read_path(support::ann), "mid-0001", content_type,
        msrp::report_value::no,         msrp::report_value::yes,        {}};
}

/// Ids that the test chooses; the last one for ever.
struct listed_ids {
    std::deque<std::string> ids;
    msrp::made_transaction_id operator()() {
        msrp::made_transaction_id id;
        std::copy_n(ids.front().data(), 12, id.octets().data());
        if (ids.size() > 1) ids.pop_front();
        return id;
    }
};

/// A source that gives the pieces listed; "" waits.
class listed_source final : public msrp::body_source {
   public:
    std::deque<msrp::body_piece> pieces;
    msrp::body_piece next(std::size_t) override {
        if (pieces.empty()) return {{}, msrp::body_state::wait};
        auto const p = pieces.front();
        pieces.pop_front();
        return p;
    }
};

struct sender {
    std::array<char, 1024> memory{};
    msrp::chunker chunks;
    listed_ids ids{{"aaaaaaaaaaaa", "bbbbbbbbbbbb", "cccccccccccc", "dddddddddddd"}};
    msrp::chunk_block block{};

    explicit sender(std::size_t block_size = 4096, std::size_t interrupt_point = 2048)
        : chunks(memory, block_size, interrupt_point) {}

    /// One step as text; "wait" and "done" for those.
    std::string step(msrp::chunk_cursor& message, bool interrupt = false,
                     std::string_view type = "text/plain") {
        auto const did = chunks.next(message, head_of(type), ids, interrupt, block);
        if (!did) return did.error().code.message();
        if (*did == msrp::chunk_step::wait) return "wait";
        if (*did == msrp::chunk_step::done) return "done";
        std::string out(block.head);
        return out.append(block.body).append(block.end);
    }
};

}  // namespace

TEST_CASE("a short message is one chunk with an exact range (CHK-7.1.1-3)", "[chunker]") {
    sender out;
    msrp::chunk_cursor message("hello");
    CHECK(out.step(message) ==
          "MSRP aaaaaaaaaaaa SEND\r\n"
          "To-Path: msrp://bob.example.net:8145/foo9;tcp\r\n"
          "From-Path: msrp://ann.example.org:9321/bar7;tcp\r\n"
          "Message-ID: mid-0001\r\n"
          "Byte-Range: 1-5/5\r\n"
          "Content-Type: text/plain\r\n\r\n"
          "hello\r\n-------aaaaaaaaaaaa$\r\n");
    CHECK(out.block.begins);
    CHECK(out.block.ends);
    CHECK(out.block.range == msrp::octet_range{1, 5});
    CHECK(message.done());
    CHECK(out.step(message) == "done");
}

TEST_CASE("an empty body and no body are told apart (FRM-7.1-3, FRM-7.1-4, CHK-7.1.1-4)",
          "[chunker]") {
    sender out;
    msrp::chunk_cursor empty(std::string_view{});
    auto const with = out.step(empty);
    CHECK(
        with.ends_with("Byte-Range: 1-0/0\r\nContent-Type: text/plain\r\n\r\n\r\n"
                       "-------aaaaaaaaaaaa$\r\n"));
    auto none = msrp::chunk_cursor::bodiless();
    auto const without = out.step(none, false, "");
    CHECK(without.ends_with("Byte-Range: 1-0/0\r\n-------bbbbbbbbbbbb$\r\n"));
    CHECK(none.done());
}

TEST_CASE("above 2048 octets the range-end is * (CHK-5.1-1)", "[chunker]") {
    for (std::size_t const size : {2047U, 2048U, 2049U, 5000U}) {
        std::string const body(size, 'b');
        sender out(100'000);
        msrp::chunk_cursor message{std::string_view(body)};
        auto const total = std::to_string(size);
        std::string const range = "1-" + (size > 2048 ? "*" : total) + "/" + total;
        CHECK(value_of(out.step(message), "Byte-Range") == range);
        CHECK(message.done());
        // However late the application lets chunks be interrupted.
        sender late(100'000, 4000);
        msrp::chunk_cursor other{std::string_view(body)};
        CHECK(value_of(late.step(other), "Byte-Range") == range);
    }
}

TEST_CASE(
    "an interruptible chunk ends when others wait, at 2048 octets or more "
    "(CHK-7.1.1-6, CHK-7.1.1-7)",
    "[chunker]") {
    std::string const body(5000, 'b');
    for (std::size_t const block : {1000U, 1500U, 2000U}) {
        sender out(block);
        msrp::chunk_cursor message{std::string_view(body)};
        CHECK(value_of(out.step(message, true), "Byte-Range") == "1-*/5000");
        for (auto at = block; at < 2048; at += block)  // not below 2048
            CHECK(out.step(message, true) == std::string(block, 'b'));
        CHECK(out.step(message, true) == "\r\n-------aaaaaaaaaaaa+\r\n");
        CHECK(!out.chunks.open());
        auto const sent = message.sent();
        CHECK(out.block.range == msrp::octet_range{1, sent});
        // The rest is at hand, and short enough to be exact where no abort can come in between.
        auto const rest = out.step(message, true);
        bool const exact = 5000 - sent <= block;
        CHECK(exact == (block == 2000));
        CHECK(value_of(rest, "Byte-Range") ==
              std::to_string(sent + 1) + (exact ? "-5000/5000" : "-*/5000"));
        CHECK(value_of(rest, "Message-ID") == "mid-0001");
        auto all = rest;
        for (auto more = out.step(message); more != "done"; more = out.step(message)) all += more;
        CHECK(all.ends_with(std::string(5000 - sent, 'b') + "\r\n-------bbbbbbbbbbbb$\r\n"));
    }
}

TEST_CASE("what an aborted chunk said of its end is never wrong (CHK-7.1.1-3, CHK-7.3.1-4)",
          "[chunker]") {
    std::string const body(2048, 'b');
    for (std::size_t const block : {1U, 100U, 2047U, 2048U}) {
        sender out(block);
        msrp::chunk_cursor message{std::string_view(body)};
        auto const first = out.step(message);
        if (message.done()) {
            CHECK(value_of(first, "Byte-Range") == "1-2048/2048");
            continue;
        }
        CHECK(value_of(first, "Byte-Range") == "1-*/2048");
        message.abort();
        CHECK(out.step(message) == "\r\n-------aaaaaaaaaaaa#\r\n");
        CHECK(out.block.range == msrp::octet_range{1, block});
    }
}

TEST_CASE("a source of unknown length has total * until its end (CHK-7.1.1-3)", "[chunker]") {
    listed_source source;
    std::string const big(3000, 'x');
    source.pieces = {{big, msrp::body_state::more}, {{}, msrp::body_state::wait}};
    sender out;
    msrp::chunk_cursor message(source);
    CHECK(value_of(out.step(message), "Byte-Range") == "1-*/*");
    CHECK(out.step(message) == "wait");
    CHECK(out.chunks.open());
    source.pieces = {{{}, msrp::body_state::wait}};
    CHECK(out.step(message, true) == "\r\n-------aaaaaaaaaaaa+\r\n");
    source.pieces = {{"end", msrp::body_state::last}};
    CHECK(value_of(out.step(message), "Byte-Range") == "3001-3003/3003");
    CHECK(message.done());
    // The end may come without octets, too.
    source.pieces = {{"abc", msrp::body_state::more}};
    msrp::chunk_cursor other(source);
    CHECK(out.step(other).ends_with("\r\n\r\nabc"));
    CHECK(out.step(other) == "wait");
    source.pieces = {{{}, msrp::body_state::last}};
    CHECK(out.step(other) == "\r\n-------cccccccccccc$\r\n");
}

TEST_CASE("a source that fails or miscounts aborts its message (CHK-7.3.1-4)", "[chunker]") {
    listed_source source;
    SECTION("failed at once: nothing goes out") {
        source.pieces = {{{}, msrp::body_state::failed}};
        sender out;
        msrp::chunk_cursor message(source);
        CHECK(out.step(message) == "done");
        CHECK(!message.begun());
        CHECK(message.failure() == std::errc::io_error);
    }
    SECTION("too many octets") {
        source.pieces = {{"abc", msrp::body_state::more}, {"defg", msrp::body_state::last}};
        sender out;
        msrp::chunk_cursor message(source, 6);
        CHECK(value_of(out.step(message), "Byte-Range") == "1-*/6");
        CHECK(out.step(message) == "\r\n-------aaaaaaaaaaaa#\r\n");
        CHECK(message.failure() == std::errc::message_size);
        CHECK(out.step(message) == "done");
    }
    SECTION("too few octets") {
        source.pieces = {{"abc", msrp::body_state::more}, {"de", msrp::body_state::last}};
        sender out;
        msrp::chunk_cursor message(source, 6);
        CHECK(!out.step(message).empty());
        CHECK(out.step(message) == "\r\n-------aaaaaaaaaaaa#\r\n");
    }
    SECTION("as many as said, though it said there were more") {
        source.pieces = {{"abcdef", msrp::body_state::more}};
        sender out;
        msrp::chunk_cursor message(source, 6);
        CHECK(value_of(out.step(message), "Byte-Range") == "1-6/6");
        CHECK(message.done());
    }
}

TEST_CASE("abort writes #, between chunks in one without a body (CHK-7.3.1-4, CHK-7.1.1-4)",
          "[chunker]") {
    std::string const body(9000, 'b');
    sender out(3000);
    msrp::chunk_cursor message{std::string_view(body)};
    static_cast<void>(out.step(message));
    static_cast<void>(out.step(message, true));
    CHECK(!out.chunks.open());
    message.abort();
    auto const text = out.step(message);
    CHECK(value_of(text, "Byte-Range") == "1-0/9000");
    CHECK(text.ends_with("9000\r\n-------bbbbbbbbbbbb#\r\n"));
    CHECK(out.block.flag == msrp::continuation_flag::aborted);
    CHECK(message.done());
}

TEST_CASE("another id is taken where the end-line stands in a short body (FRM-7.1-7)",
          "[chunker]") {
    sender out;
    msrp::chunk_cursor message("x-------aaaaaaaaaaaa$ and -------bbbbbbbbbbbb");
    auto const text = out.step(message);
    CHECK(text.starts_with("MSRP cccccccccccc SEND"));
    CHECK(out.block.ends);
    CHECK(value_of(text, "Byte-Range") == "1-45/45");
}

TEST_CASE("a body that would come to hold the own end-line is cut there (FRM-7.1-7)", "[chunker]") {
    // At every place against the edges of the blocks.
    std::string const needle = "-------aaaaaaaaaaaa";
    for (std::size_t place = 0; place < 60; ++place) {
        std::string body(3000, 'b');
        body.replace(100 + place, needle.size(), needle);
        sender out(40);
        msrp::chunk_cursor message{std::string_view(body)};
        std::vector<std::string> bodies;
        std::vector<std::string> ids;
        for (std::string text = out.step(message); text != "done"; text = out.step(message)) {
            if (out.block.begins) {
                bodies.emplace_back();
                ids.push_back(support::tid_of(text));
            }
            bodies.back() += out.block.body;
        }
        INFO("place " << place);
        REQUIRE(bodies.size() == 2);
        REQUIRE(bodies[0] + bodies[1] == body);
        REQUIRE(ids[0] == "aaaaaaaaaaaa");
        REQUIRE(bodies[0].find("-------" + ids[0]) == std::string::npos);
        REQUIRE(bodies[1].find("-------" + ids[1]) == std::string::npos);
    }
}

TEST_CASE("a random source that repeats itself makes no loop (FRM-7.1-7)", "[chunker]") {
    std::string body;
    for (int i = 0; i < 20; ++i) body += "-------aaaaaaaaaaaa$\r\n";
    sender out;
    out.ids.ids = {"aaaaaaaaaaaa"};
    msrp::chunk_cursor message{std::string_view(body)};
    std::string got;
    int chunks = 0;
    while (out.step(message) != "done") {
        got += out.block.body;
        if (out.block.ends) ++chunks;
    }
    CHECK(got == body);
    CHECK(chunks == 21);
}

TEST_CASE("the guard agrees with a plain search, however the octets come (FRM-7.1-7)",
          "[chunker]") {
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        support::seeded_random random(seed);
        std::string const needle = "-------a-a-";
        std::string text;
        while (text.size() < 400) {
            if (random.below(4) == 0)
                text += needle.substr(0, random.below(needle.size() + 1));
            else
                text += "-a"[random.below(2)];
        }
        msrp::end_line_guard guard;
        guard.start("a-a-");
        std::size_t at = 0;
        std::size_t const hit = text.find(needle);
        while (at < text.size()) {
            auto const piece = std::string_view(text).substr(at, 1 + random.below(30));
            auto const safe = guard.safe(piece);
            guard.accept(piece.substr(0, safe));
            at += safe;
            if (safe < piece.size()) break;
        }
        INFO("seed " << seed);
        if (hit == std::string::npos) {
            REQUIRE(at == text.size());
        } else {
            REQUIRE(at < hit + needle.size());
            REQUIRE(at + needle.size() > hit);
        }
    }
}

TEST_CASE("a head that does not fit or holds illegal octets is refused (T8)", "[chunker]") {
    std::array<char, 60> little{};
    msrp::chunker chunks(little);
    msrp::chunk_cursor message("hello");
    msrp::chunk_block block;
    listed_ids ids{{"aaaaaaaaaaaa"}};
    auto const small = chunks.next(message, head_of(), ids, false, block);
    CHECK(small.error().code == msrp::error::buffer_full);
    std::array<char, 600> memory{};
    msrp::chunker other(memory);
    auto head = head_of();
    msrp::outgoing_field const bad[] = {{"X-Note", "a\r\nb"}};
    head.fields = bad;
    CHECK(other.next(message, head, ids, false, block).error().code == msrp::error::illegal_octet);
    msrp::outgoing_field const good[] = {{"X-Note", "a b"}, {"Content-Disposition", "render"}};
    head.fields = good;
    REQUIRE(other.next(message, head, ids, false, block).has_value());
    CHECK(value_of(block.head, "X-Note") == "a b");
    CHECK(value_of(block.head, "Content-Disposition") == "render");
}

TEST_CASE("a message without a body takes no MIME field along (FRM-7.1-3)", "[chunker]") {
    sender out;
    auto message = msrp::chunk_cursor::bodiless();
    auto head = head_of("");
    msrp::outgoing_field const fields[] = {{"Content-Disposition", "render"}, {"X-Note", "a b"}};
    head.fields = fields;
    REQUIRE(out.chunks.next(message, head, out.ids, false, out.block).has_value());
    CHECK(out.block.head.find("Content-Disposition") == std::string_view::npos);
    CHECK(value_of(out.block.head, "X-Note") == "a b");
    CHECK(out.block.head.ends_with("-------aaaaaaaaaaaa$\r\n"));
}

TEST_CASE("a source that says more and gives nothing waits, unless all came", "[chunker]") {
    listed_source source;
    sender out;
    SECTION("the length is not known") {
        source.pieces = {{"abc", msrp::body_state::more}, {{}, msrp::body_state::more}};
        msrp::chunk_cursor message(source);
        CHECK(out.step(message).ends_with("abc"));
        CHECK(out.step(message) == "wait");
    }
    SECTION("it is known and not reached") {
        source.pieces = {{"abc", msrp::body_state::more}, {{}, msrp::body_state::more}};
        msrp::chunk_cursor message(source, 4);
        CHECK(out.step(message).ends_with("abc"));
        CHECK(out.step(message) == "wait");
    }
    SECTION("nothing was to come") {
        source.pieces = {{{}, msrp::body_state::more}};
        msrp::chunk_cursor message(source, 0);
        CHECK(value_of(out.step(message), "Byte-Range") == "1-0/0");
        CHECK(message.done());
    }
}

TEST_CASE("the chunk with # is refused as any other where its head is bad (T8)", "[chunker]") {
    std::string const body(9000, 'b');
    sender out(3000);
    msrp::chunk_cursor message{std::string_view(body)};
    static_cast<void>(out.step(message));
    CHECK(out.step(message, true).ends_with("+\r\n"));
    message.abort();
    auto head = head_of();
    head.message_id = "bad id";
    auto const refused = out.chunks.next(message, head, out.ids, false, out.block);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().field == "Message-ID");
    CHECK_FALSE(message.done());
    CHECK(out.step(message).ends_with("#\r\n"));
    CHECK(message.done());
}

TEST_CASE("a chunk that is forgotten leaves room for another", "[chunker]") {
    sender out(4);
    msrp::chunk_cursor lost(std::string_view("lost with its connection"));
    CHECK(out.step(lost).ends_with("lost"));
    CHECK(out.chunks.open());
    out.chunks.reset();
    CHECK_FALSE(out.chunks.open());
    msrp::chunk_cursor other(std::string_view("new"));
    CHECK(out.step(other).ends_with("new\r\n-------bbbbbbbbbbbb$\r\n"));
}

namespace {

/// A source of letters that counts what it gave, in pieces of a size of its own if it likes.
class counting_source final : public msrp::body_source {
   public:
    explicit counting_source(std::size_t size, std::size_t piece = 0)
        : text_(size, 'x'), piece_(piece) {}
    std::size_t given = 0;
    std::size_t most_asked = 0;
    msrp::body_piece next(std::size_t at_most) override {
        most_asked = std::max(most_asked, at_most);
        auto const got = std::string_view(text_).substr(given, piece_ == 0 ? at_most : piece_);
        given += got.size();
        return {got, given == text_.size() ? msrp::body_state::last : msrp::body_state::more};
    }

   private:
    std::string text_;
    std::size_t piece_;
};

}  // namespace

TEST_CASE("a source that cannot seek is read over what the peer has (CON-5.4-6)", "[chunker]") {
    std::array<msrp::octet_range, 1> const known{{{1, 150'000}}};
    counting_source source(150'005);
    msrp::chunk_cursor message(source, 150'005);
    message.pass_over(known);
    sender out;
    auto const text = out.step(message);
    CHECK(value_of(text, "Byte-Range") == "150001-150005/150005");
    CHECK(text.find("\r\n\r\nxxxxx\r\n-------") != std::string::npos);
    CHECK(message.done());
    CHECK(source.most_asked <= 65536);  // never the whole at once
}

TEST_CASE("a body that ends within what the peer has aborts its message (CHK-7.3.1-4)",
          "[chunker]") {
    std::array<msrp::octet_range, 1> const start{{{1, 8}}};
    std::array<msrp::octet_range, 1> const middle{{{3, 8}}};
    auto const fails = [](msrp::chunk_cursor message, std::span<msrp::octet_range const> known) {
        message.pass_over(known);
        sender out;
        std::string all;
        for (auto more = out.step(message); more != "done"; more = out.step(message)) all += more;
        CHECK(message.failure() == std::errc::message_size);
        CHECK(message.done());
        return all;
    };
    // Before the first chunk nothing goes out at all.
    counting_source less(5);
    CHECK(fails(msrp::chunk_cursor(less), start).empty());
    CHECK(fails(msrp::chunk_cursor("hello"), start).empty());
    // Behind a chunk there is one more, without a body, that says "#".
    auto const text = fails(msrp::chunk_cursor("hello"), middle);
    CHECK(text.find("\r\n\r\nhe\r\n-------aaaaaaaaaaaa+") != std::string::npos);
    CHECK(text.ends_with("-------bbbbbbbbbbbb#\r\n"));
}

TEST_CASE(
    "a source that waits, or gives more than asked for, goes on behind what the peer has "
    "(CON-5.4-6)",
    "[chunker]") {
    std::array<msrp::octet_range, 2> const known{{{1, 8}, {11, 14}}};
    std::string const body = "0123456789abcdefghij";
    // Every size of pieces, with a wait before each or not; one that seeks some of the way.
    class pieces final : public msrp::body_source {
       public:
        pieces(std::string_view text, std::size_t size, bool waits, std::uint64_t seeks)
            : text_(text), size_(size), seeks_(seeks), waits_(waits) {}
        msrp::body_piece next(std::size_t) override {
            if (waits_ && !std::exchange(waited_, true)) return {{}, msrp::body_state::wait};
            waited_ = false;
            auto const got = text_.substr(at_, size_);
            at_ += got.size();
            return {got, at_ == text_.size() ? msrp::body_state::last : msrp::body_state::more};
        }
        std::uint64_t skip(std::uint64_t octets) override {
            auto const n = std::min({octets, seeks_, std::uint64_t{text_.size() - at_}});
            at_ += static_cast<std::size_t>(n);
            return n;
        }

       private:
        std::string_view text_;
        std::size_t at_ = 0;
        std::size_t size_;
        std::uint64_t seeks_;
        bool waits_;
        bool waited_ = false;
    };
    for (std::size_t size = 1; size <= 21; ++size)
        for (std::uint64_t const seeks : {0U, 1U, 3U, 8U, 20U})
            for (bool const waits : {false, true}) {
                pieces source(body, size, waits, seeks);
                msrp::chunk_cursor message(source, 20);
                message.pass_over(known);
                sender out;
                std::string all;
                std::size_t waited = 0;
                for (auto more = out.step(message); more != "done"; more = out.step(message)) {
                    if (more == "wait") {
                        REQUIRE(++waited <= 21);
                        continue;
                    }
                    all += out.block.body;
                }
                INFO("pieces of " << size << ", seeks " << seeks << ", waits " << waits);
                CHECK_FALSE(message.failure());
                CHECK(all == "89efghij");
                CHECK(message.sent() == 20);
                CHECK((waited != 0) == waits);
            }
}

TEST_CASE("a source of unknown length gives no more than the peer takes (SDP-8.6-6)", "[chunker]") {
    for (std::size_t const size : {9U, 10U, 11U, 30U}) {
        for (std::size_t const piece : {1U, 4U, 10U, 30U}) {
            counting_source source(size, piece);
            msrp::chunk_cursor message(source);
            message.limit_size(10);
            sender out;
            std::string body;
            std::string all;
            for (auto more = out.step(message); more != "done"; more = out.step(message)) {
                all += more;
                body += out.block.body;
            }
            INFO(size << " octets in pieces of " << piece);
            CHECK(body.size() <= 10);
            CHECK((message.failure() == msrp::error::message_too_large) == (size > 10));
            CHECK((body.size() == size) == (size <= 10));
            CHECK((all.find("$\r\n") != std::string::npos) == (size <= 10));
            CHECK((all.find("#\r\n") != std::string::npos) == (size > 10 && !body.empty()));
        }
    }
}

TEST_CASE("a body of unknown length that ends with what the peer has is done there (CON-5.4-6)",
          "[chunker]") {
    std::array<msrp::octet_range, 1> const known{{{6, 10}}};
    counting_source source(10, 10);
    msrp::chunk_cursor message(source);
    message.pass_over(known);
    sender out;
    auto const text = out.step(message);
    CHECK(value_of(text, "Byte-Range") == "1-*/*");
    CHECK(text.find("\r\n\r\nxxxxx") != std::string::npos);
    CHECK(out.step(message) == "\r\n-------aaaaaaaaaaaa+\r\n");
    CHECK(out.step(message) == "done");
    CHECK_FALSE(message.failure());
    CHECK(message.sent() == 10);
}
