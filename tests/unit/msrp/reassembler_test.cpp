// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// reassembler_test.cpp - order, overlap, holes, the end; memory bounded by what did come.
#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <memory_resource>
#include <new>
#include <string>
#include <string_view>

#include <msrp/reassembler.hpp>

#include "support/catch.hpp"
#include "support/session_rig.hpp"

namespace {

std::string take_all(msrp::reassembler& r) {
    std::string out;
    for (auto front = r.front(); !front.empty(); front = r.front()) {
        out += front;
        r.pop(front.size());
    }
    return out;
}

/// Counts what is in use; fails when `left` allocations are used up.
class counting_resource final : public std::pmr::memory_resource {
   public:
    std::size_t in_use = 0;
    std::size_t allocations = 0;
    std::size_t left = std::numeric_limits<std::size_t>::max();

   private:
    void* do_allocate(std::size_t n, std::size_t align) override {
        if (left == 0) throw std::bad_alloc();
        --left;
        in_use += n;
        ++allocations;
        return std::pmr::new_delete_resource()->allocate(n, align);
    }
    void do_deallocate(void* p, std::size_t n, std::size_t align) override {
        in_use -= n;
        std::pmr::new_delete_resource()->deallocate(p, n, align);
    }
    [[nodiscard]] bool do_is_equal(memory_resource const& other) const noexcept override {
        return this == &other;
    }
};

}  // namespace

TEST_CASE("octets in any order become the message (CHK-7.3.1-1)", "[reassembler]") {
    msrp::reassembler r;
    CHECK(!r.add(7, "world"));
    CHECK(r.front().empty());
    CHECK(!r.finish(11));
    CHECK(!r.complete());
    CHECK(!r.add(1, "hello "));
    CHECK(r.complete());
    CHECK(r.piece(7) == "world");
    CHECK(take_all(r) == "hello world");
    CHECK(r.taken() == 11);
    CHECK(r.complete());
}

TEST_CASE("where octets overlap the last received win (CHK-7.3.1-3)", "[reassembler]") {
    msrp::reassembler r;
    CHECK(!r.add(1, "aaaaaaaa"));
    CHECK(!r.add(3, "bbb"));
    CHECK(!r.add(5, "ccccc"));
    CHECK(take_all(r) == "aabbccccc");
    CHECK(!r.add(8, "ddd"));  // 8 and 9 were taken out already
    CHECK(take_all(r) == "d");
}

TEST_CASE("the chunk with $ fixes the size (CHK-7.3.1-2)", "[reassembler]") {
    msrp::reassembler r;
    CHECK(!r.add(1, "abc"));
    CHECK(r.finish(2) == msrp::error::bad_byte_range);
    CHECK(!r.finish(4));
    CHECK(!r.finish(4));
    CHECK(r.finish(5) == msrp::error::bad_byte_range);
    CHECK(r.add(4, "de") == msrp::error::bad_byte_range);
    CHECK(!r.add(4, "d"));
    CHECK(r.complete());
    msrp::reassembler empty;
    CHECK(!empty.complete());
    CHECK(!empty.finish(0));
    CHECK(empty.complete());
}

TEST_CASE("memory follows what came, not what is claimed (T13, CHK-14.5-1)", "[reassembler]") {
    counting_resource memory;
    {
        msrp::pmr::reassembler r(std::size_t{16} << 20, 1024, &memory);
        CHECK(!r.finish(std::uint64_t{1} << 50));
        CHECK(memory.in_use == 0);
        CHECK(!r.add((std::uint64_t{1} << 50) - 4, "tail!"));
        CHECK(memory.in_use < 8192);
        CHECK(r.held() == msrp::reassembler::page_size);
        CHECK(r.get_allocator().resource() == &memory);
    }
    CHECK(memory.in_use == 0);
}

TEST_CASE("pages and ranges are bounded, a refusal changes nothing (T14)", "[reassembler]") {
    constexpr std::uint64_t page = msrp::reassembler::page_size;
    msrp::reassembler r(2 * page, 3);
    CHECK(!r.add(1, "a"));
    CHECK(!r.add(3 * page + 1, "b"));
    CHECK(r.add(7 * page + 1, "c") == msrp::error::buffer_full);
    CHECK(r.add(page, "cc") == msrp::error::buffer_full);  // its second octet needs a page
    CHECK(!r.received().covers(page, page));
    CHECK(!r.add(3, "d"));
    CHECK(r.add(5, "e") == msrp::error::too_many_ranges);
    CHECK(r.held() == 2 * page);
    msrp::reassembler few(100 * page, 1);
    CHECK(!few.add(1, "a"));
    CHECK(few.add(9 * page, "bb") == msrp::error::too_many_ranges);
    CHECK(few.held() == page);  // the pages made for it are gone
    CHECK(few.add(0, "x") == msrp::error::bad_byte_range);
    CHECK(few.add(std::numeric_limits<std::uint64_t>::max(), "xy") == msrp::error::bad_byte_range);
    CHECK(!few.add(9, ""));
    CHECK(few.add(std::numeric_limits<std::uint64_t>::max(), "x") == msrp::error::too_many_ranges);
}

TEST_CASE("a refusal in the last page of the numbers keeps its octets (T5, T14)", "[reassembler]") {
    constexpr auto top = std::numeric_limits<std::uint64_t>::max();
    msrp::reassembler r(4 * msrp::reassembler::page_size, 1);
    CHECK(!r.add(top - 9, "tail"));
    CHECK(r.add(top - 1, "xy") == msrp::error::too_many_ranges);
    CHECK(r.held() == msrp::reassembler::page_size);
    CHECK(r.piece(top - 9) == "tail");
    CHECK(r.piece(top).empty());
    CHECK(!r.add(top - 5, "ending"));
    CHECK(r.piece(top - 9) == "tailending");
}

TEST_CASE("an allocation that fails takes nothing and leaves no page (T13)", "[reassembler]") {
    constexpr std::size_t page = msrp::reassembler::page_size;
    std::string const three_pages(3 * page, 'x');
    for (std::size_t first_block : {std::size_t{0}, page}) {
        for (std::size_t left = 0; left < 4; ++left) {
            counting_resource memory;
            msrp::pmr::reassembler r(16 * page, 8, &memory);
            REQUIRE(!r.add(1, std::string(first_block, 'a')));
            std::size_t const in_use = memory.in_use;
            memory.left = left;
            REQUIRE_THROWS_AS(r.add(2 * page + 1, three_pages), std::bad_alloc);
            CHECK(memory.in_use == in_use);
            CHECK(r.held() == first_block);
            CHECK(r.received().octets() == first_block);
            CHECK(r.piece(2 * page + 1).empty());
            memory.left = 8;
            REQUIRE(!r.add(2 * page + 1, three_pages));
            CHECK(r.held() == first_block + 3 * page);
            CHECK(r.piece(4 * page + 1) == std::string(page, 'x'));
        }
    }
}

TEST_CASE("in order, octets pass through one page of memory (CHK-14.5-1)", "[reassembler]") {
    counting_resource memory;
    msrp::pmr::reassembler r(64 * 1024, 16, &memory);
    std::string const block(10'000, 'x');
    std::uint64_t taken = 0;
    std::size_t after_first = 0;
    for (int i = 0; i < 2000; ++i) {
        REQUIRE(!r.add(taken + 1, block));
        for (auto front = r.front(); !front.empty(); front = r.front()) {
            taken += front.size();
            r.pop(front.size());
        }
        REQUIRE(r.held() <= msrp::reassembler::page_size);
        if (i == 9) after_first = memory.allocations;
    }
    CHECK(taken == 20'000'000);
    CHECK(memory.in_use < 64 * 1024);
    // One freed page is used again; the others of a block are made anew.
    CHECK(memory.allocations - after_first <= 2000 * 3);
    std::uint64_t const position = (std::uint64_t{1} << 32) - 1;  // over the edge of 32 bits
    CHECK(!r.add(position, "edge"));
    CHECK(r.piece(position) == "ed");  // a page ends at 2^32
    CHECK(r.piece(position + 2) == "ge");
    CHECK(r.piece(position + 4).empty());
    r.clear();
    CHECK(r.taken() == 0);
    CHECK(r.held() == 0);
}

TEST_CASE("any cutting, order and repetition gives the message (CHK-7.1.1-5)", "[reassembler]") {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        support::seeded_random random(seed);
        std::string message(1 + random.below(30'000), ' ');
        for (auto& c : message) c = static_cast<char>('a' + random.below(26));
        msrp::reassembler r;
        std::string got;
        bool told = false;
        while (!r.complete()) {
            std::size_t at = random.below(message.size());
            std::size_t const n = 1 + random.below(5000);
            if (random.below(3) == 0)
                at = static_cast<std::size_t>(r.received().first_missing()) - 1;
            if (at < message.size())
                REQUIRE(!r.add(at + 1, std::string_view(message).substr(at, n)));
            if (!told && random.below(4) == 0) {
                REQUIRE(!r.finish(message.size()));
                told = true;
            }
            if (random.below(2) == 0) got += take_all(r);
        }
        got += take_all(r);
        REQUIRE(got == message);
    }
}
