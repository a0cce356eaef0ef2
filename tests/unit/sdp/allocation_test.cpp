// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// allocation_test.cpp - the view form of a description allocates nothing, by counting.
#include <cstdlib>
#include <new>
#include <string>

#include <msrp/sdp_media.hpp>
#include <sdp/offer_answer.hpp>
#include <sdp/parse_description.hpp>
#include <sdp/parser.hpp>

#include "support/catch.hpp"

namespace {
std::size_t allocations = 0;

void* counted(std::size_t size) {
    ++allocations;
    if (void* p = std::malloc(size == 0 ? 1 : size)) return p;
    throw std::bad_alloc();
}
}  // namespace

// All the plain forms: a sanitizer's own would not fit our delete.
void* operator new(std::size_t size) { return counted(size); }
void* operator new(std::size_t size, std::nothrow_t const&) noexcept {
    ++allocations;
    return std::malloc(size == 0 ? 1 : size);
}
void* operator new[](std::size_t size, std::nothrow_t const&) noexcept {
    ++allocations;
    return std::malloc(size == 0 ? 1 : size);
}
void* operator new[](std::size_t size) { return counted(size); }
void operator delete(void* p) noexcept { std::free(p); }
void operator delete[](void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }
void operator delete[](void* p, std::size_t) noexcept { std::free(p); }

TEST_CASE("T26 parsing and reading a description in view form allocates nothing") {
    std::string text =
        "v=0\r\no=- 7 9 IN IP4 pc.example.org\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 "
        "0\r\na=tool:x\r\n";
    for (int i = 0; i < 60; ++i)
        text +=
            "m=message 4000 TCP/MSRP *\r\na=accept-types:message/cpim text/* *\r\n"
            "a=path:msrp://192.0.2.1:4000/abc;tcp\r\na=path:msrp://192.0.2.1:4000/def;tcp\r\n"
            "a=setup:actpass\r\na=fingerprint:nonsense\r\n";
    auto const before = allocations;
    auto const d = sdp::parse(text);
    bool good = d.has_value();
    std::size_t uris = 0;
    for (auto const m : d->media()) {
        auto const block = msrp::sdp_media::read(m);
        good = good && block.usable() && block.accepts("text/plain");
        uris += block.path_size();
    }
    good = good && sdp::check_update(*d, *d) && sdp::parse_description(text);
    text.back() = 'x';
    good = good && !sdp::parse(text) && !sdp::parse_description(text);
    auto const during = allocations - before;  // read before CHECK, which allocates
    std::string const copy = text;
    auto const after = allocations - before;
    CHECK(during == 0);
    CHECK(after == 1);  // it does count
    CHECK(good);
    CHECK(uris == 120);
}
