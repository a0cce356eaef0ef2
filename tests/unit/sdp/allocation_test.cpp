// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// allocation_test.cpp - the view form of a description allocates nothing, by counting.
#include <array>
#include <cstdlib>
#include <new>
#include <string>

#include <msrp/sdp_media.hpp>
#include <sdp/offer_answer.hpp>
#include <sdp/parse_chatroom.hpp>
#include <sdp/parse_data_channel.hpp>
#include <sdp/parse_description.hpp>
#include <sdp/parse_file.hpp>
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

TEST_CASE("T26 T27 file data channel and chatroom attributes are read and made safe without any") {
    std::string text =
        "v=0\r\no=- 7 9 IN IP4 h\r\ns=-\r\nc=IN IP4 h\r\nt=0 0\r\n"
        "m=message 9 TCP/MSRP *\r\na=sendonly\r\na=chatroom:nickname\r\n"
        "a=file-selector:name:\"" +
        std::string(300, 'n') +
        "%2Fa\" type:a/b size:3 hash:sha-1:00\r\n"
        "a=file-transfer-id:q\r\na=file-disposition:attachment\r\na=file-icon:cid:a@b\r\n"
        "a=file-date:read:\"1 Jan 2000 00:00 +0000\"\r\na=file-range:1-*\r\na=file-range:0-1\r\n"
        "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n";
    for (int i = 0; i < 30; ++i)
        text +=
            "a=dcmap:3 subprotocol=\"msrp\";label=\"a%20b\"\r\na=dcsa:3 msrp-cema\r\n"
            "a=dcsa:3 setup:active\r\na=dcsa:3 path:msrps://h:9/a;dc\r\n";
    std::array<char, 1024> memory{};
    auto const before = allocations;
    auto const d = sdp::parse(text);
    auto const message = msrp::sdp_media::read(*d->media(0));
    auto const& file = message.file();
    bool good = file.has() && message.chatroom() && file.safe_name()->view() == "a";
    good =
        good && !check_file_offer(file, message.direction()).contains(sdp::file_problem::direction);
    good = good &&
           !check_file_answer(file, sdp::direction::sendonly, {}, sdp::direction::recvonly, false)
                .empty();
    wire::sink out(memory);
    sdp::file_selector_spec spec;
    spec.name = "a/b";
    good = good && sdp::write_file_selector(out, spec) && sdp::write_file_range(out, {}) &&
           sdp::write_file_date(out, *file.date());
    std::size_t uris = 0;
    msrp::for_each_msrp_channel(*d->media(1), [&](msrp::sdp_media const& channel) {
        uris += channel.path_size();
        return true;
    });
    for (auto const m : d->media())
        for (auto const a : m.attributes()) {
            good = good && sdp::parse_dcsa(a).has_value() == (a.name == "dcsa");
            good = good && sdp::parse_dcmap(a.value).has_value() == (a.name == "dcmap");
            good = good && sdp::parse_file_date(a.value).has_value() == (a.name == "file-date");
            good = good &&
                   sdp::parse_file_selector(a.value).has_value() == (a.name == "file-selector");
            good = good && (a.name != "chatroom" || sdp::parse_chatroom(a.value));
        }
    auto const during = allocations - before;
    CHECK(during == 0);
    CHECK(good);
    CHECK(uris == 30 * 30);
}

TEST_CASE("T26 nor do descriptions made to cost as much as the limits allow") {
    std::string const head = "v=0\r\no=- 7 9 IN IP4 h\r\ns=-\r\nc=IN IP4 h\r\nt=0 0\r\n";
    std::string const message = "m=message 4000 TCP/MSRP *\r\n";
    auto const up_to = [](std::string& text, std::string const& line, std::size_t size) {
        while (text.size() + line.size() <= size) text += line;
    };
    sdp::limits const limit;
    std::array<std::string, 4> texts;
    std::string fingerprint = "a=fingerprint:SHA-256 00";
    for (int i = 1; i < 32; ++i) fingerprint += ":0F";
    // The session's fingerprints, which each media description asks for.
    texts[0] = head;
    up_to(texts[0], fingerprint + "\r\n", limit.max_text - 64 * message.size());
    for (int i = 0; i < 64; ++i) texts[0] += message;
    // As many lines as there may be.
    texts[1] = head + message + "a=accept-types:*\r\na=path:msrp://h:4000/a;tcp\r\n";
    for (std::size_t lines = 8; lines < limit.max_lines; ++lines) texts[1] += "a=x\r\n";
    // Paths in all of the media descriptions, as long as fit.
    texts[2] = head;
    for (std::size_t i = 1; i <= 64; ++i) {
        texts[2] += message + "a=accept-types:*\r\na=path:msrp://h:4000/a;tcp";
        up_to(texts[2], " msrp://h:4000/a;tcp", limit.max_text / 64 * i - 2);
        texts[2] += "\r\n";
    }
    // Data channels with the same attributes.
    texts[3] = head +
               "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n"
               "a=dcsa:3 path:msrps://h:9/a;dc\r\n";
    for (std::size_t i = 0; i < 300; ++i)
        texts[3] +=
            "a=dcmap:3 subprotocol=\"msrp\"\r\na=dcsa:3 msrp-cema\r\n"
            "a=dcsa:3 max-size:5\r\n";
    for (std::string const& text : texts) {
        auto const before = allocations;
        auto const d = sdp::parse(text);
        bool good = d.has_value();
        auto const found = msrp::find_sdp_media(*d);
        std::size_t seen = found ? found->path_size() : 0;
        for (auto const m : d->media()) {
            auto const block = msrp::sdp_media::read(m);
            block.for_each_uri([&](msrp::uri const&) { return ++seen != 0; });
            seen += block.fingerprints().size();
            msrp::for_each_msrp_channel(m, [&](msrp::sdp_media const& channel) {
                seen += channel.path_size();
                return true;
            });
        }
        good = good && sdp::check_answer(*d, *d) && sdp::check_update(*d, *d);
        auto const during = allocations - before;
        CHECK(during == 0);
        CHECK(good);
        CHECK(seen != 0);
        CHECK(text.size() <= limit.max_text);
    }
}
