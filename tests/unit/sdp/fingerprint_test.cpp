// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// fingerprint_test.cpp - sdp/fingerprint.hpp: a=fingerprint read, written, chosen and compared.
#include <sdp/fingerprint.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include <sdp/parser.hpp>

#include "support/catch.hpp"

namespace {

using sdp::hash_function;

std::vector<std::uint8_t> digest(hash_function hash, unsigned seed) {
    std::vector<std::uint8_t> out(sdp::digest_size(hash));
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<std::uint8_t>(seed + 41 * i);
    return out;
}
std::string value(hash_function hash, unsigned seed) {
    return std::string(
        sdp::fingerprint_text(*sdp::fingerprint::make(hash, digest(hash, seed))).view());
}
sdp::fingerprint_set chosen(std::string const& session, std::string const& media,
                            bool weak = false) {
    auto const text = "v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nc=IN IP4 h\r\nt=0 0\r\n" + session +
                      "m=a 9 b c\r\n" + media;
    return sdp::choose_fingerprints(*sdp::parse(text)->media(0), weak);
}
std::string line(hash_function hash, unsigned seed) {
    return "a=fingerprint:" + value(hash, seed) + "\r\n";
}

}  // namespace

TEST_CASE("TLS-8122-1 fingerprints are read and written back") {
    for (auto const hash :
         {hash_function::md2, hash_function::md5, hash_function::sha_1, hash_function::sha_224,
          hash_function::sha_256, hash_function::sha_384, hash_function::sha_512}) {
        auto const text = value(hash, 7);
        auto const f = sdp::parse_fingerprint(text);
        REQUIRE(f);
        CHECK(f->hash == hash);
        auto const own = *sdp::fingerprint::make(*f);
        auto const octets = digest(hash, 7);
        CHECK(std::equal(own.digest().begin(), own.digest().end(), octets.begin(), octets.end()));
        CHECK(sdp::fingerprint_text(own).view() == text);
    }
    CHECK(sdp::parse_fingerprint("SHA-1 " + value(hash_function::sha_1, 1).substr(6)));
    auto const other = *sdp::parse_fingerprint("sha3-256 AB:CD");
    CHECK(other.hash == hash_function::other);
    CHECK(other.hash_name == "sha3-256");
    CHECK(other.digest == "AB:CD");
    CHECK_FALSE(sdp::fingerprint::make(other));
    CHECK_FALSE(sdp::fingerprint::make(hash_function::sha_256, digest(hash_function::sha_1, 1)));
    CHECK_FALSE(sdp::fingerprint::make(hash_function::other, {}));
    CHECK(sdp::to_text(hash_function::other).empty());
}

TEST_CASE("TLS-8122-1 malformed fingerprints are refused where they go wrong") {
    auto const good = value(hash_function::sha_256, 3);
    auto const at = [](std::string const& text) {
        return sdp::parse_fingerprint(text).error().offset;
    };
    CHECK(at("") == 0);
    CHECK(at("sha-256") == 7);
    CHECK(at("sha-256 ") == 8);
    CHECK(at("sha-256  AB") == 8);
    CHECK(at(good + ":00") == good.size());
    CHECK(at(good.substr(0, good.size() - 3)) == good.size() - 3);
    CHECK(at(good.substr(0, good.size() - 1)) == good.size() - 1);
    CHECK(at("sha-256 aB") == 8);  // lower case
    CHECK(at("x AB-CD") == 4);
    CHECK(at("x AB:") == 5);
    CHECK(sdp::parse_fingerprint("x ").error().code == sdp::error::bad_fingerprint);
}

TEST_CASE("TLS-8122-2 md2 and md5 are known and never used; sha-1 only where allowed") {
    for (auto const hash : {hash_function::md2, hash_function::md5, hash_function::other}) {
        CHECK_FALSE(sdp::usable(hash));
        CHECK_FALSE(sdp::usable(hash, true));
    }
    CHECK_FALSE(sdp::usable(hash_function::sha_1));
    CHECK(sdp::usable(hash_function::sha_1, true));
    CHECK_FALSE(sdp::usable(hash_function::sha_224));
    CHECK(sdp::usable(hash_function::sha_224, true));
    for (auto const hash : {hash_function::sha_256, hash_function::sha_384, hash_function::sha_512})
        CHECK(sdp::usable(hash));
    CHECK(chosen("", line(hash_function::md5, 1) + line(hash_function::sha_1, 1)).empty());
    CHECK(chosen("", line(hash_function::md5, 1), true).empty());
    CHECK(chosen("", line(hash_function::sha_1, 1), true).hash() == hash_function::sha_1);
}

TEST_CASE("TLS-8122-2 T24 the set of the strongest function is taken, weak ones never beside it") {
    auto const set = chosen("",
                            line(hash_function::sha_1, 1) + line(hash_function::sha_256, 1) +
                                line(hash_function::sha_256, 2),
                            true);
    CHECK(set.hash() == hash_function::sha_256);
    CHECK(set.size() == 2);
    CHECK(set.matches(digest(hash_function::sha_256, 1)));
    CHECK(set.matches(digest(hash_function::sha_256, 2)));
    CHECK_FALSE(set.matches(digest(hash_function::sha_256, 3)));
    CHECK_FALSE(set.matches(digest(hash_function::sha_1, 1)));
    CHECK_FALSE(set.matches({}));
    CHECK(chosen("", line(hash_function::sha_512, 1) + line(hash_function::sha_256, 1)).hash() ==
          hash_function::sha_512);
    CHECK_FALSE(sdp::fingerprint_set{}.matches({}));
    CHECK(sdp::fingerprint_set{}.hash() == hash_function::other);
    // A view made by hand that no reader would make.
    sdp::fingerprint_set made;
    using sdp::fingerprint_use;
    CHECK(made.consider({hash_function::sha_256, "sha-256", "zz"}) == fingerprint_use::passed_over);
    CHECK(made.empty());
    // What becomes of each is said.
    auto const text = value(hash_function::sha_256, 1);
    auto const read = *sdp::parse_fingerprint(text);
    for (int i = 0; i < 8; ++i) CHECK(made.consider(read) == fingerprint_use::taken);
    CHECK_FALSE(made.truncated());
    CHECK(made.consider(read) == fingerprint_use::no_room);
    CHECK(made.truncated());
    auto const weak = value(hash_function::sha_1, 1);
    CHECK(made.consider(*sdp::parse_fingerprint(weak), true) == fingerprint_use::passed_over);
    CHECK(made.size() == 8);
}

TEST_CASE("TLS-8122-1 media level wins over session level as a whole") {
    CHECK(chosen(line(hash_function::sha_256, 1), "").matches(digest(hash_function::sha_256, 1)));
    auto const set = chosen(line(hash_function::sha_512, 1), line(hash_function::sha_256, 2));
    CHECK(set.hash() == hash_function::sha_256);
    // A malformed one at media level still hides the session's: no fallback to be forced.
    CHECK(chosen(line(hash_function::sha_256, 1), "a=fingerprint:sha-256 zz\r\n").empty());
    // Other attributes hide nothing, and are none.
    CHECK(chosen(line(hash_function::sha_256, 1), "a=fingerprints:x\r\na=setup:active\r\n")
              .matches(digest(hash_function::sha_256, 1)));
}

TEST_CASE("TLS-8122-1 TLS-8122-2 T26 the same lines give the same set at either level") {
    auto const lines = [](hash_function hash, unsigned count) {
        std::string out;
        for (unsigned i = 0; i < count; ++i) out += line(hash, i) + "a=x:y\r\n";
        return out;
    };
    auto const same = [](std::string const& text, bool weak = false) {
        auto const session = chosen("a=setup:active\r\n" + text, "a=setup:active\r\n", weak);
        auto const media = chosen(line(hash_function::md5, 1), text, weak);
        CHECK(session == media);
        CHECK(session.truncated() == media.truncated());
        return session;
    };
    for (bool const weak : {false, true}) {
        auto const late =
            same(lines(hash_function::sha_1, 8) + line(hash_function::sha_256, 1), weak);
        CHECK(late.hash() == hash_function::sha_256);
        CHECK(late.size() == 1);
        CHECK_FALSE(late.truncated());
    }
    auto const weak = same(lines(hash_function::sha_1, 9), true);
    CHECK(weak.hash() == hash_function::sha_1);
    CHECK(weak.truncated());
    auto const stronger = same(lines(hash_function::sha_256, 9) + line(hash_function::sha_512, 1));
    CHECK(stronger.hash() == hash_function::sha_512);
    CHECK(stronger.size() == 1);
    CHECK_FALSE(stronger.truncated());
    CHECK(same(line(hash_function::sha_512, 1) + lines(hash_function::sha_256, 9)) == stronger);
    CHECK_FALSE(
        same(line(hash_function::sha_512, 1) + lines(hash_function::sha_256, 9)).truncated());
    auto const eight = same(lines(hash_function::sha_256, 8));
    CHECK(eight.size() == 8);
    CHECK_FALSE(eight.truncated());
    auto const ten = same(lines(hash_function::sha_256, 10));
    CHECK(ten.size() == 8);
    CHECK(ten.truncated());
    CHECK(ten == eight);
    CHECK(ten.matches(digest(hash_function::sha_256, 7)));
    CHECK_FALSE(ten.matches(digest(hash_function::sha_256, 8)));
    CHECK(sdp::fingerprint_set(ten).truncated());
}

TEST_CASE("TLS-8122-1 each fingerprint of the session is told, in order") {
    for (unsigned const count : {0U, 1U, 2U, 40U}) {
        std::string lines = "a=sendonly\r\n";
        for (unsigned i = 0; i < count; ++i)
            lines += line(hash_function::sha_256, i) + "a=fingerprints:x\r\n";
        auto const text = "v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nc=IN IP4 h\r\nt=0 0\r\n" + lines +
                          "m=a 9 b c\r\nm=d 9 e f\r\n";
        auto const d = *sdp::parse(text);
        for (auto const m : d.media()) {
            unsigned seen = 0;
            m.for_each_session_fingerprint([&](sdp::attribute const& a) {
                CHECK(a.value == value(hash_function::sha_256, seen));
                CHECK(a.line_number == 7 + 2 * seen);
                CHECK(text.compare(a.value_offset, a.value.size(), a.value) == 0);
                ++seen;
            });
            CHECK(seen == count);
        }
    }
}

TEST_CASE("TLS-8122-2 a set holds eight of one function") {
    sdp::fingerprint_set set;
    for (unsigned i = 0; i < 8; ++i)
        CHECK(set.add(
            *sdp::fingerprint::make(hash_function::sha_256, digest(hash_function::sha_256, i))));
    CHECK_FALSE(set.add(
        *sdp::fingerprint::make(hash_function::sha_256, digest(hash_function::sha_256, 9))));
    sdp::fingerprint_set mixed;
    CHECK(mixed.add(
        *sdp::fingerprint::make(hash_function::sha_256, digest(hash_function::sha_256, 1))));
    CHECK_FALSE(mixed.add(
        *sdp::fingerprint::make(hash_function::sha_384, digest(hash_function::sha_384, 1))));
    CHECK(mixed == mixed);
    CHECK_FALSE(mixed == set);
}

TEST_CASE("TLS-8122-1 any octet anywhere in a digest: refused unless it is a digit or a colon") {
    for (auto const hash :
         {sdp::hash_function::md5, sdp::hash_function::sha_1, sdp::hash_function::sha_224,
          sdp::hash_function::sha_256, sdp::hash_function::sha_384, sdp::hash_function::sha_512}) {
        std::string text(sdp::to_text(hash));
        auto const start = text.size() + 1;
        for (std::size_t i = 0; i < sdp::digest_size(hash); ++i) {
            text += i == 0 ? ' ' : ':';
            text += "0123456789ABCDEF"[i % 16];
            text += "FEDCBA9876543210"[i % 16];
        }
        REQUIRE(sdp::parse_fingerprint(text));
        for (std::size_t i = start; i < text.size(); ++i) {
            bool right = true;
            for (int c = 0; c < 256; ++c) {
                auto changed = text;
                changed[i] = static_cast<char>(c);
                bool const colon = (i - start) % 3 == 2;
                bool const good =
                    colon ? changed[i] == ':' : (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F');
                auto const got = sdp::parse_fingerprint(changed);
                right = right && got.has_value() == good &&
                        (good ? got->digest.size() == 3 * sdp::digest_size(hash) - 1
                              : got.error().offset == i);
            }
            CHECK(right);
        }
        // The way for compile time and for machines without vectors says the same.
        auto const value_text = std::string_view(text).substr(start);
        auto const size = sdp::digest_size(hash);
        std::array<std::uint8_t, 64> one{};
        std::array<std::uint8_t, 64> other{};
        REQUIRE(sdp::detail::read_digest(value_text, size, one.data()));
        sdp::detail::decode_digest(value_text, other.data());
        CHECK(one == other);
        CHECK_FALSE(sdp::detail::read_digest(value_text.substr(1), size, one.data()));
        CHECK_FALSE(sdp::detail::read_digest({}, 0, one.data()));
        bool same = true;
        for (std::size_t i = 0; i < value_text.size(); ++i)
            for (int c = 0; c < 256; ++c) {
                std::string changed(value_text);
                changed[i] = static_cast<char>(c);
                same = same && sdp::detail::read_digest(changed, size, one.data()) ==
                                   sdp::detail::is_digest(changed, size);
            }
        CHECK(same);
        CHECK_FALSE(sdp::parse_fingerprint(text + ":00"));
        CHECK_FALSE(sdp::parse_fingerprint(text.substr(0, text.size() - 3)));
    }
}

TEST_CASE("a copy of a fingerprint_set holds the same") {
    auto const make = [](char first) {
        std::string text = "SHA-1 00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00";
        text[6] = first;
        return *sdp::fingerprint::make(*sdp::parse_fingerprint(text));
    };
    sdp::fingerprint_set set;
    CHECK(sdp::fingerprint_set(set).empty());
    CHECK(set.add(make('1')));
    CHECK(set.add(make('2')));
    sdp::fingerprint_set copy(set);
    CHECK(copy == set);
    CHECK(copy.add(make('3')));
    CHECK(copy.size() == 3);
    CHECK(set.size() == 2);
    copy = set;
    CHECK(copy == set);
    auto const& self = copy;
    copy = self;
    CHECK(copy == set);
}

// Read by the compiler, as an endpoint's own may be.
static_assert(sdp::fingerprint::make({hash_function::md5, "md5",
                                      "00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:FF"})
                  ->digest()[15] == 0xFF);
static_assert(!sdp::fingerprint::make({hash_function::md5, "md5", "00:01"}));
