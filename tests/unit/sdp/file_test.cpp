// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// file_test.cpp - sdp/file.hpp, sdp/safe_name.hpp, sdp/percent_text.hpp: the file attributes of RFC
// 5547 read, judged in offer and answer, written; names made safe.
#include <sdp/file.hpp>

#include <array>
#include <cstdint>
#include <initializer_list>
#include <memory_resource>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <sdp/parse_file.hpp>
#include <sdp/parser.hpp>

#include "support/catch.hpp"

namespace {

using sdp::file_problem;
using std::operator""s;
using std::operator""sv;

std::string hash_value(std::size_t octets, unsigned seed = 5) {
    std::string out;
    for (std::size_t i = 0; i < octets; ++i) {
        unsigned const octet = (seed + 37 * static_cast<unsigned>(i)) % 256;
        if (i != 0) out += ':';
        out += "0123456789ABCDEF"[octet / 16];
        out += "0123456789ABCDEF"[octet % 16];
    }
    return out;
}
/// The reader's failure, which the grammar shares.
template <class Read, class Parse>
std::size_t refused_at(std::string_view text, Read&& read, Parse&& parse,
                       sdp::error why = sdp::error::bad_file_attribute) {
    CAPTURE(text);
    auto const by_hand = read(text);
    auto const by_rule = parse(text);
    CHECK_FALSE(by_hand);
    CHECK(by_hand.error() == by_rule.error());
    CHECK(by_hand.error().code == why);
    CHECK(by_hand.error().field.starts_with("a=file-"));
    return static_cast<std::size_t>(by_hand.error().offset);
}
std::size_t selector_stops(std::string_view text, sdp::error why = sdp::error::bad_file_attribute) {
    return refused_at(text, sdp::read_file_selector, sdp::parse_file_selector, why);
}
std::size_t date_stops(std::string_view text) {
    return refused_at(text, sdp::read_file_date, sdp::parse_file_date);
}
std::size_t range_stops(std::string_view text, sdp::error why = sdp::error::bad_file_attribute) {
    return refused_at(text, sdp::read_file_range, sdp::parse_file_range, why);
}
std::size_t icon_stops(std::string_view text) {
    return refused_at(text, sdp::read_file_icon, sdp::parse_file_icon);
}
sdp::file_selector selector(std::string_view text) {
    CAPTURE(text);
    auto const read = sdp::read_file_selector(text);
    auto const parsed = sdp::parse_file_selector(text);
    REQUIRE(read);
    REQUIRE(parsed);
    CHECK(read->name() == parsed->name());
    CHECK(read->size() == parsed->size());
    CHECK(read->type() == parsed->type());
    CHECK(read->hash_count() == parsed->hash_count());
    CHECK(read->repeated() == parsed->repeated());
    return *read;
}
/// A media description with these lines, and its file attributes.
struct block {
    explicit block(std::string_view lines, std::string_view m = "m=message 9 TCP/MSRP *",
                   std::string_view session = "")
        : text("v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nc=IN IP4 h\r\nt=0 0\r\n" + std::string(session) +
               std::string(m) + "\r\n" + std::string(lines)) {}
    block(block const&) = delete;
    sdp::media_view media() const { return *sdp::parse(text)->media(0); }
    sdp::file_attributes file() const { return sdp::file_attributes::read(media()); }
    std::string text;
};
std::set<file_problem> problems(sdp::file_findings const& list) {
    std::set<file_problem> out;
    for (auto const& f : list) {
        CHECK_FALSE(to_text(f.problem).empty());
        out.insert(f.problem);
    }
    return out;
}
using expected = std::set<file_problem>;
template <class Write>
std::string written(Write&& write) {
    std::array<char, 2048> memory{};
    wire::sink out(memory);
    auto const good = write(out);
    return good ? std::string(out.view()) : "refused:" + std::string(out.view());
}
std::string safe(std::string_view decoded) {
    sdp::safe_name const name(decoded);
    return std::string(name.view());
}

}  // namespace

TEST_CASE("FT-5-1 FT-6-1 a file-selector is read with all its selectors") {
    auto const text =
        "name:\"summer%20day%22.png\" type:image/png;q=\"a b%22\" size:4711 hash:sha-1:" +
        hash_value(20) + " hash:sha-256:" + hash_value(32);
    auto const s = selector(text);
    CHECK(s.text() == text);
    CHECK_FALSE(s.empty());
    CHECK(s.name()->raw() == "summer%20day%22.png");
    CHECK(s.name()->decoded() == "summer day\".png");
    CHECK(s.size() == 4711U);
    CHECK(s.type() == "image/png;q=\"a b%22\"");
    CHECK(s.hash_count() == 2);
    CHECK(s.hash(sdp::hash_function::sha_1) == hash_value(20));
    CHECK(s.hash(sdp::hash_function::sha_256) == hash_value(32));
    CHECK(s.hash(sdp::hash_function::sha_512) == std::nullopt);
    CHECK_FALSE(s.repeated());
    std::vector<std::string_view> seen;
    s.for_each_hash([&](sdp::file_hash const& h) {
        CHECK(h.size_fits());
        seen.push_back(h.algorithm);
        return false;
    });
    CHECK(seen == std::vector{"sha-1"sv});
}

TEST_CASE("FT-6-1 several hashes of one algorithm are read, of unknown ones too") {
    auto const text =
        "hash:x-own:0A hash:SHA-1:" + hash_value(20) + " hash:sha-1:" + hash_value(20, 9);
    auto const s = selector(text);
    CHECK(s.hash_count() == 3);
    CHECK(s.hash(sdp::hash_function::sha_1) == hash_value(20));
    CHECK_FALSE(s.name());
    std::size_t fitting = 0;
    selector("hash:md5:00 hash:other:00:11").for_each_hash([&](sdp::file_hash const& h) {
        fitting += h.size_fits() ? 1U : 0U;
        return true;
    });
    CHECK(fitting == 1);
}

TEST_CASE(
    "T10 RFC 5547 6 the first of a repeated selector counts; names of selectors in any case") {
    auto const s = selector(
        "NAME:\"a\" Size:1 tyPe:a/b name:\"b\" size:2 type:c/d name:\"c\" size:3 type:e/f");
    CHECK(*s.name() == "a"sv);
    CHECK(s.size() == 1U);
    CHECK(s.type() == "a/b");
    CHECK(s.repeated());
    for (auto const* one : {"name:\"a\" name:\"b\"", "size:1 size:2", "type:a/b type:c/d"})
        CHECK(selector(one).repeated());
    CHECK_FALSE(selector("hash:md5:00 hash:md5:01").repeated());
}

TEST_CASE("FT-5-1 malformed selectors are refused where they go wrong, as by the grammar") {
    CHECK(selector_stops("") == 0);
    CHECK(selector_stops("nam:\"a\"") == 3);
    CHECK(selector_stops("x") == 0);
    CHECK(selector_stops("sizes") == 4);
    CHECK(selector_stops("types") == 4);
    CHECK(selector_stops("hashes") == 4);
    CHECK(selector_stops("type:/b") == 5);
    CHECK(selector_stops("type:a/b;=\"c\"") == 9);
    CHECK(selector_stops("type:a/b;c:") == 10);
    CHECK(selector_stops("name:a") == 5);
    CHECK(selector_stops("name:\"\"") == 6);  // 1*(...)
    CHECK(selector_stops("name:\"a") == 7);
    CHECK(selector_stops("name:\"a%4\"") == 9);
    CHECK(selector_stops("name:\"a%g0\"") == 8);
    CHECK(selector_stops("name:\"a\0b\""sv) == 7);
    CHECK(selector_stops("name:\"a\rb\"") == 7);
    CHECK(selector_stops("name:\"a\" ") == 9);
    CHECK(selector_stops("name:\"a\"  size:1") == 9);
    CHECK(selector_stops("name:\"a\"size:1") == 8);
    CHECK(selector_stops("size:") == 5);
    CHECK(selector_stops("size:0") == 5);  // integer begins with 1 to 9
    CHECK(selector_stops("size:-1") == 5);
    CHECK(selector_stops("size:1x") == 6);
    CHECK(selector_stops("type:image") == 10);
    CHECK(selector_stops("type:image/") == 11);
    CHECK(selector_stops("type:image/png;q=a") == 17);
    CHECK(selector_stops("type:image/png;q=\"\"") == 18);
    CHECK(selector_stops("type:image/png; q=\"a\"") == 15);
    CHECK(selector_stops("hash:sha-1") == 10);
    CHECK(selector_stops("hash::00") == 5);
    CHECK(selector_stops("hash:sha-1:0a") == 12);  // lower case
    CHECK(selector_stops("hash:sha-1:00:") == 14);
    CHECK(selector_stops("hash:sha-1:000") == 13);
    CHECK(selector_stops("hash:sha-1:0") == 12);
}

TEST_CASE("T5 T27 the size of a file is exact up to 2^64-1 and refused above") {
    CHECK(selector("size:18446744073709551615").size() == 18446744073709551615U);
    CHECK(selector_stops("size:18446744073709551616", sdp::error::number_too_large) == 24);
    CHECK(selector_stops("size:99999999999999999999999", sdp::error::number_too_large) == 24);
}

TEST_CASE("RFC 5547 6 file-date takes RFC 5322 dates with numeric zones, each kind once") {
    auto const all =
        "creation:\"Tue, 4 Mar 2025 09:05:59 +0100\" read:\"31 Dec 1999 23:59:60 -0000\" "
        "modification:\"\tmon,01\tjan  12345 00:00 +9959 \""sv;
    auto const d = sdp::read_file_date(all);
    REQUIRE(d);
    CHECK(d->creation == "Tue, 4 Mar 2025 09:05:59 +0100");
    CHECK(d->read == "31 Dec 1999 23:59:60 -0000");
    CHECK(d->modification == "\tmon,01\tjan  12345 00:00 +9959 ");
    CHECK(*sdp::parse_file_date(all) == *d);
    for (auto const* kinds :
         {"cmr", "crm", "mcr", "mrc", "rcm", "rmc", "c", "m", "r", "cm", "rm"}) {
        std::string text;
        for (char const k : std::string_view(kinds)) {
            if (!text.empty()) text += ' ';
            text += k == 'c' ? "creation" : k == 'm' ? "MODIFICATION" : "read";
            text += ":\"1 Jan 2000 00:00 +0000\"";
        }
        CAPTURE(text);
        auto const one = sdp::read_file_date(text);
        REQUIRE(one);
        CHECK(*sdp::parse_file_date(text) == *one);
    }
    auto const day = [](std::string const& date) { return date_stops("read:\"" + date) - 6; };
    CHECK(day("") == 0);
    CHECK(day("Tux") == 2);
    CHECK(day("Mon 1 Jan") == 3);
    CHECK(day("0 Jan") == 1);
    CHECK(day("00 Jan") == 1);
    CHECK(day("32 Jan") == 1);
    CHECK(day("41 Jan") == 1);
    CHECK(day("111 Jan") == 2);
    CHECK(day("Mon, Jan") == 5);
    CHECK(day("1Jan") == 1);
    CHECK(day("1 Jux 2000") == 4);
    CHECK(day("1 Jan2000") == 5);
    CHECK(day("1 Jan 2000+") == 10);
    CHECK(day("1 Jan 2000 1x") == 12);
    CHECK(day("1 Jan 2000 10.") == 13);
    CHECK(day("1 Jan 2000 10:0x") == 15);
    CHECK(day("1 Jan 2000 10:00:0x") == 18);
    CHECK(day("1 Jan 2000 10:00 +x") == 18);
    CHECK(day("1 Jan 2000 10:00 +0x") == 19);
    CHECK(day("1 Jan 2000 10:00 +000x") == 21);
    CHECK(day("1 Jan 200 ") == 9);
    CHECK(day("1 Jan 2000 24:00") == 12);
    CHECK(day("1 Jan 2000 3:00") == 11);
    CHECK(day("1 Jan 2000 10:60") == 14);
    CHECK(day("1 Jan 2000 10:00:61") == 18);
    CHECK(day("1 Jan 2000 10:00:70") == 17);
    CHECK(day("1 Jan 2000 10:00+0100") == 16);
    CHECK(day("1 Jan 2000 10:00 GMT") == 17);
    CHECK(day("1 Jan 2000 10:00 +0060") == 20);
    CHECK(day("1 Jan 2000 10:00 +000\"") == 21);
    CHECK(day("1 Jan 2000 10:00 +0000 (here)\"") == 23);
    CHECK(day("1 Jan 2000 10:00 +0000") == 22);
    auto const good = "read:\"1 Jan 2000 00:00 +1345\""s;
    CHECK(date_stops("") == 0);
    CHECK(date_stops("reads:\"") == 4);
    CHECK(date_stops("access:\"") == 0);
    CHECK(date_stops(good + ' ') == good.size() + 1);
    std::string const three = R"(read:"1 Jan 2000 00:00 +0000" creation:"1 Jan 2000 00:00 +0000" )"
                              R"(modification:"1 Jan 2000 00:00 +0000")";
    CHECK(date_stops(three + ' ') == three.size());           // there is no fourth
    CHECK(date_stops(good + ' ' + good) == good.size() + 1);  // not more than one of each
    CHECK(date_stops(good + ',') == good.size());
}

TEST_CASE("FT-8.7-1 FT-8.3-2 file-range counts from 1, both ends included, and may be open") {
    auto const range = [](std::string_view text) {
        auto const r = sdp::read_file_range(text);
        REQUIRE(r);
        CHECK(*sdp::parse_file_range(text) == *r);
        return *r;
    };
    CHECK(range("1-*") == sdp::file_range{});
    CHECK(range("7-7") == sdp::file_range{7, 7});
    CHECK(range("9-10") == sdp::file_range{9, 10});
    for (auto const* other : {"8-10", "9-11", "9-*", "1-10"})
        CHECK_FALSE(range(other) == sdp::file_range{9, 10});
    CHECK(range("18446744073709551615-18446744073709551615").stop == 18446744073709551615U);
    CHECK(range_stops("") == 0);
    CHECK(range_stops("0-5") == 0);
    CHECK(range_stops("1") == 1);
    CHECK(range_stops("1-") == 2);
    CHECK(range_stops("1-*-") == 3);
    CHECK(range_stops("1:2") == 1);
    CHECK(range_stops("1-0") == 2);
    CHECK(range_stops("1-**") == 3);
    CHECK(range_stops("1-2x") == 3);
    CHECK(range_stops("5-4") == 3);  // 5-40 is one
    CHECK(range_stops("5-4x") == 3);
    CHECK(range_stops("1-18446744073709551616", sdp::error::number_too_large) == 21);
    CHECK(range_stops("18446744073709551616-*", sdp::error::number_too_large) == 19);
    // No digit behind the last one could make it large enough without passing 2^64-1.
    CHECK(range_stops("9223372036854775808-9223372036854775807") == 38);
    CHECK(range_stops("18446744073709551615-2") == 21);
    CHECK(range_stops("18446744073709551615-20") == 21);
    CHECK(range_stops("18446744073709551615-18446744073709551614") == 40);
}

TEST_CASE("FT-8.8-1 file-icon is a cid-url") {
    auto const icon = sdp::read_file_icon("CID:a%2Bb@h.example");
    REQUIRE(icon);
    CHECK(icon->raw() == "a%2Bb@h.example");
    CHECK(icon->decoded() == "a+b@h.example");
    CHECK(sdp::parse_file_icon("CID:a%2Bb@h.example")->raw() == icon->raw());
    CHECK(icon_stops("cid") == 3);
    CHECK(icon_stops("mid:a@b") == 0);
    CHECK(icon_stops("cid:@b") == 4);
    CHECK(icon_stops("cid:a") == 5);
    CHECK(icon_stops("cid:a@") == 6);
    CHECK(icon_stops("cid:a@b@c") == 7);
    CHECK(icon_stops("cid:<a@b>") == 4);
    CHECK(icon_stops("cid:a%2@b") == 7);
    CHECK(icon_stops("cid:a@b%x0") == 8);
}

TEST_CASE("FT-8.1-1 FT-7-1 transfer ids and dispositions are tokens") {
    CHECK(*sdp::read_file_token("q7ZbW2", "a=file-transfer-id") == "q7ZbW2");
    CHECK(*sdp::parse_file_token("q7ZbW2", "a=file-transfer-id") == "q7ZbW2");
    auto const stops = [](std::string_view text) {
        return refused_at(
            text, [](std::string_view t) { return sdp::read_file_token(t, "a=file-transfer-id"); },
            [](std::string_view t) { return sdp::parse_file_token(t, "a=file-transfer-id"); });
    };
    CHECK(stops("") == 0);
    CHECK(stops("a b") == 1);
    CHECK(stops("a/b") == 1);
}

TEST_CASE("FT-6-2 percent-encoded text is decoded, compared and copied") {
    sdp::percent_text const text("a%2fb%00%C3%a9");
    CHECK(text.decoded() == "a/b\0\xC3\xA9"s);
    CHECK(text.size() == 6);
    CHECK_FALSE(text.empty());
    CHECK(sdp::percent_text().empty());
    CHECK(text == "a/b\0\xC3\xA9"sv);
    CHECK_FALSE(text == "a/b"sv);
    CHECK_FALSE(text == "a/b\0\xC3\xA9x"sv);
    CHECK_FALSE(text == "b/b\0\xC3\xA9"sv);
    CHECK(text == sdp::percent_text("%61/b%00%c3\xA9"));
    CHECK_FALSE(text == sdp::percent_text("%61/b%00%c3"));
    CHECK_FALSE(text == sdp::percent_text("%62/b%00%c3\xA9"));
    CHECK_FALSE(sdp::percent_text("a%2f") == sdp::percent_text("a/b"));
    CHECK_FALSE(sdp::percent_text() == sdp::percent_text("%00"));
    // What no reader lets through stands for itself.
    CHECK(sdp::percent_text("%").decoded() == "%");
    CHECK(sdp::percent_text("%4").decoded() == "%4");
    CHECK(sdp::percent_text("%4g%g4").decoded() == "%4g%g4");
    std::array<std::byte, 256> memory{};
    std::pmr::monotonic_buffer_resource only(memory.data(), memory.size(),
                                             std::pmr::null_memory_resource());
    auto const copy = text.decoded(std::pmr::polymorphic_allocator<char>(&only));
    CHECK(std::string_view(copy) == text.decoded());
    std::array<char, 5> small{};
    wire::sink out(small);
    out << text;
    CHECK(out.overflowed());
    CHECK(out.needed() == 6);
}

TEST_CASE("FT-6-2 T27 hostile names come out as one harmless component") {
    struct {
        std::string_view given;
        std::string_view safe;
    } const cases[] = {
        {"report.pdf", "report.pdf"},
        {"\xE4\xB8\xAD\xE6\x96\x87 \xC3\xA9.txt", "\xE4\xB8\xAD\xE6\x96\x87 \xC3\xA9.txt"},
        // 1: the last component
        {"/etc/passwd", "passwd"},
        {"../../x", "x"},
        {"..\\..\\x", "x"},
        {"a/b\\c", "c"},
        {"C:\\Windows\\x.exe", "x.exe"},
        {"C:x.exe", "x.exe"},
        {"c:D:x", "x"},
        {"\\\\host\\share\\x", "x"},
        {"\\\\?\\C:\\x", "x"},
        {"a\0/b"sv, "b"},
        {"dir/", "file"},
        // 2: not UTF-8
        {"a\xFF"
         "b",
         "a_b"},
        {"a\xC0\xAF"
         "b",
         "a__b"},  // an overlong "/"
        {"a\xE0\x80\xAF"
         "b",
         "a___b"},
        {"a\xF0\x80\x80\xAF", "a____"},
        {"a\xED\xA0\x80", "a___"},       // a surrogate
        {"a\xF4\x90\x80\x80", "a____"},  // above U+10FFFF
        {"a\xF5", "a_"},
        {"a\xC3", "a_"},
        {"a\xE4\xB8", "a_"},
        {"a\xC3/b", "b"},
        {"\xE4\xB8\xAD\xE4\xB8/\xF0\x9F\x98\x80", "\xF0\x9F\x98\x80"},
        {"a\xF4\x8F\xBF\xBF", "a\xF4\x8F\xBF\xBF"},
        {"\xED\x9F\xBF", "\xED\x9F\xBF"},
        // 3: control characters and what Windows forbids
        {"a\r\nb\tc\x7F", "a__b_c_"},
        {"a\0b"sv, "a_b"},
        {"a\xC2\x9F\xC2\xA0", "a_\xC2\xA0"},
        {"x.txt:stream", "x.txt_stream"},
        {"ab:c", "ab_c"},
        {"\xC3\xA9:c", "\xC3\xA9_c"},
        {"1:c", "1_c"},
        {"a*b?c\"d<e>f|g", "a_b_c_d_e_f_g"},
        {"photo\xE2\x80\xAEgpj.exe", "photogpj.exe"},
        {"a\xE2\x80\xA7\xE2\x80\xA8\xE2\x80\xAF", "a\xE2\x80\xA7_\xE2\x80\xAF"},
        {"a\xE2\x81\xA5\xE2\x81\xA6\xE2\x81\xA9\xE2\x81\xAA", "a"},
        {"a\xE2\x80\x8D\xE2\x80\x8E\xE2\x80\x8F\xD8\x9C", "a"},
        // 4 and 6: dots and blanks at the ends
        {".", "file"},
        {"..", "file"},
        {"...", "file"},
        {". .", "file"},
        {"/..", "file"},
        {".bashrc", "bashrc"},
        {" ..a", "a"},
        {"a. .", "a"},
        {"a..b", "a..b"},
        {".C:x", "x"},
        {"...../", "file"},
        // 7: devices
        {"CON", "_CON"},
        {"con.txt", "_con.txt"},
        {"nul .tar.gz", "_nul .tar.gz"},
        {" aux", "_aux"},
        {"prn.", "_prn"},
        {"COM1", "_COM1"},
        {"lpt9.log", "_lpt9.log"},
        {"com0", "_com0"},
        {"\xE2\x80\x8B.bashrc", "bashrc"},
        {"\xEF\xBB\xBF.\xC2\xAD.", "file"},
        {"-rf", "rf"},
        {". -\xE2\x81\xA0-x-", "x-"},
        {"a/-", "file"},
        {"c\xE2\x80\x8Con", "_con"},
        {"C\xE2\x80\x8B:-a", "a"},
        {"x\xF3\xA0\x80\x80\xF3\xA0\x81\xBF\xF3\xA0\x82\x80", "x\xF3\xA0\x82\x80"},
        {"com\xC2\xB9", "_com\xC2\xB9"},
        {"LPT\xC2\xB2.x", "_LPT\xC2\xB2.x"},
        {"lpt\xC2\xB3", "_lpt\xC2\xB3"},
        {"conin$", "_conin$"},
        {"CONOUT$.x", "_CONOUT$.x"},
        {"clock$", "_clock$"},
        {"com", "com"},
        {"com10", "com10"},
        {"comx", "comx"},
        {"lptx", "lptx"},
        {"console", "console"},
        {"a.con", "a.con"},
        {"x/con", "_con"},
        {"con:", "con_"},
        // 8: nothing left
        {"", "file"},
        {"   ", "file"},
        {"a/. ", "file"},
    };
    for (auto const& c : cases) {
        CAPTURE(c.given);
        CHECK(safe(c.given) == c.safe);
        CHECK(safe(safe(c.given)) == c.safe);
    }
    CHECK(sdp::safe_name(sdp::percent_text("..%2f%2E%2e%5Ca%3Ab")).view() == "b");
    CHECK(sdp::safe_name(sdp::percent_text("ab%3Ab%00")).view() == "ab_b_");
    static_assert(sdp::safe_name("../a"sv).view() == "a");
}

TEST_CASE("FT-6-2 T27 a safe name has 255 octets at most and no half character") {
    CHECK(safe(std::string(255, 'a')) == std::string(255, 'a'));
    CHECK(safe(std::string(256, 'a')) == std::string(255, 'a'));
    CHECK(safe(std::string(1000, 'x') + "/" + std::string(3, 'y')) == "yyy");
    auto const wide = [](std::size_t before, std::string_view character) {
        return safe(std::string(before, 'a') + std::string(character) + "b");
    };
    CHECK(wide(253, "\xC3\xA9").size() == 255);
    CHECK(wide(254, "\xC3\xA9") == std::string(254, 'a'));  // and no "b" behind the gap
    CHECK(wide(252, "\xE4\xB8\xAD").size() == 255);
    CHECK(wide(253, "\xE4\xB8\xAD") == std::string(253, 'a'));
    CHECK(wide(251, "\xF0\x9F\x98\x80").size() == 255);
    CHECK(wide(252, "\xF0\x9F\x98\x80") == std::string(252, 'a'));
    CHECK(safe(std::string(254, 'a') + ". b") == std::string(254, 'a'));  // cut, then trimmed
    // A device's name in front of a name that is full already.
    CHECK(safe("con." + std::string(251, 'a')) == "_con." + std::string(250, 'a'));
    CHECK(safe("con." + std::string(249, 'a') + "\xC3\xA9") == "_con." + std::string(249, 'a'));
    CHECK(safe("con." + std::string(250, 'a')) == "_con." + std::string(250, 'a'));
    CHECK(safe("con." + std::string(249, 'a') + ".a") == "_con." + std::string(249, 'a'));
}

TEST_CASE("FT-6-2 T27 whatever octets a name has, the safe one keeps its promises") {
    std::mt19937 random(20260101);
    std::array<std::string_view, 24> const parts = {"a",
                                                    ".",
                                                    " ",
                                                    "/",
                                                    "\\",
                                                    ":",
                                                    "C:",
                                                    "con",
                                                    "COM1",
                                                    "\xC2\xB9",
                                                    "\0"sv,
                                                    "\n",
                                                    "\xFF",
                                                    "\xE4\xB8\xAD",
                                                    "\xF0\x9F\x98\x80",
                                                    "\xE2\x80\xAE",
                                                    "\xC3",
                                                    "..",
                                                    "aux.",
                                                    "*",
                                                    "|",
                                                    "lpt",
                                                    "\xE4\xB8",
                                                    "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"};
    for (int i = 0; i < 20000; ++i) {
        std::string given;
        for (auto n = random() % 20; n > 0; --n) given += parts[random() % parts.size()];
        auto const name = safe(given);
        bool const good = !name.empty() && name.size() <= 255 &&
                          name.find_first_of("/\\:*?\"<>|"sv) == name.npos &&
                          wire::scan_utf8text(name).whole && name.find('\t') == name.npos &&
                          name.front() != '.' && name.back() != '.' && name.front() != ' ' &&
                          name.back() != ' ' && safe(name) == name;
        if (good) continue;
        CAPTURE(given, name);
        FAIL("a promise is broken");
    }
    SUCCEED();
}

TEST_CASE("FT-5-1 the file attributes of a media description are read, the first of each") {
    block const b(
        "a=sendonly\r\na=file-selector:name:\"..%2Fa.png\" type:image/png size:3\r\n"
        "a=file-transfer-id:q7ZbW2\r\na=file-disposition:attachment\r\n"
        "a=file-date:read:\"1 Jan 2000 00:00 +1345\"\r\na=file-icon:cid:i@h\r\n"
        "a=file-range:2-3\r\na=file-other:x\r\na=file-range:1-1\r\na=file-transfer-id:zz\r\n");
    auto const f = b.file();
    CHECK(f.has());
    CHECK_FALSE(f.is_capability());
    CHECK(f.selector()->size() == 3U);
    CHECK(f.transfer_id() == "q7ZbW2");
    CHECK(f.disposition() == "attachment");
    CHECK_FALSE(f.shown_at_once());
    CHECK(f.date()->read == "1 Jan 2000 00:00 +1345");
    CHECK(f.icon()->raw() == "i@h");
    CHECK(f.range() == sdp::file_range{2, 3});
    CHECK(f.safe_name()->view() == "a.png");
    CHECK(f.findings().size() == 2);
    CHECK(problems(f.findings()) == expected{file_problem::repeated});
    CHECK(f.findings().begin()->attribute == "file-range");
    CHECK(f.findings().begin()->line == 15);

    block const none("a=sendonly\r\n");
    CHECK_FALSE(none.file().has());
    CHECK(none.file().shown_at_once());
    CHECK_FALSE(none.file().safe_name());
    CHECK_FALSE(block("a=file-selector:size:1\r\n").file().safe_name());
}

TEST_CASE("T10 malformed file attributes count as absent, hide later ones and are told") {
    block const b(
        "a=file-selector:\r\na=file-selector:size:1\r\na=file-transfer-id\r\n"
        "a=file-disposition:a b\r\na=file-date:x\r\na=file-icon:x\r\na=file-range:0-1\r\n");
    auto const f = b.file();
    CHECK(f.has());
    CHECK_FALSE(f.selector());
    CHECK_FALSE(f.transfer_id());
    CHECK_FALSE(f.disposition());
    CHECK_FALSE(f.shown_at_once());  // a disposition that nobody understands
    CHECK_FALSE(f.date());
    CHECK_FALSE(f.icon());
    CHECK_FALSE(f.range());
    CHECK(f.findings().size() == 7);
    CHECK(problems(f.findings()) == expected{file_problem::malformed, file_problem::repeated});
    block const odd("a=file-selector:name:\"a\" name:\"b\" hash:sha-1:00 hash:md5:11\r\n");
    CHECK(problems(odd.file().findings()) ==
          expected{file_problem::selector_repeated, file_problem::hash_size});
    CHECK(odd.file().findings().size() == 2);
}

TEST_CASE("FT-7-1 render is the default disposition, in any case") {
    CHECK(block("a=file-disposition:RENDER\r\n").file().shown_at_once());
    CHECK_FALSE(block("a=file-disposition:x-new\r\n").file().shown_at_once());
}

TEST_CASE("T26 findings of file attributes are bounded") {
    std::string lines;
    for (int i = 0; i < 17; ++i) lines += "a=file-range:1-1\r\n";
    block const full(lines);
    CHECK(full.file().findings().size() == 16);
    CHECK_FALSE(full.file().findings().truncated());
    block const more(lines + "a=file-range:1-1\r\n");
    CHECK(more.file().findings().size() == 16);
    CHECK(more.file().findings().truncated());
    // A problem that is not among them still gets in, in order, and nothing that is there once
    // goes.
    block const late(lines + "a=file-icon:x\r\na=file-date:x\r\na=file-icon:y\r\n" + lines);
    auto const list = late.file().findings();
    CHECK(list.size() == 16);
    CHECK(list.truncated());
    std::size_t before = 0;
    std::string icon_and_date;
    for (auto const& f : list) {
        CHECK(f.line > before);
        before = f.line;
        if (f.attribute != "file-range")
            icon_and_date += std::string(f.attribute) +
                             (f.problem == file_problem::malformed ? " malformed;" : " repeated;");
    }
    CHECK(icon_and_date == "file-icon malformed;file-date malformed;file-icon repeated;");
    // Where all differ, the list stays as it is.
    sdp::file_findings all;
    for (int i = 0; i < 16; ++i) all.add(static_cast<file_problem>(i), 0, "x");
    all.add(file_problem::range_differs, 9, "x");
    CHECK(all.truncated());
    CHECK_FALSE(all.contains(file_problem::range_differs));
    CHECK(all.contains(static_cast<file_problem>(15)));
    // Who reads them one by one is told all.
    sdp::file_attributes read;
    std::size_t told = 0;
    for (auto const a : more.media().attributes()) read.consider(a, [&](file_problem) { ++told; });
    CHECK(told == 17);
}

TEST_CASE("FT-5-1 file attributes on the session level are misplaced") {
    block const b("a=sendonly\r\n", "m=message 9 TCP/MSRP *",
                  "a=file-range:1-1\r\na=tool:x\r\na=file-selector\r\n");
    CHECK_FALSE(b.file().has());
    std::vector<std::string_view> seen;
    sdp::for_each_misplaced_file_attribute(
        *sdp::parse(b.text), [&](sdp::attribute const& a) { seen.push_back(a.name); });
    CHECK(seen == std::vector{"file-range"sv, "file-selector"sv});
}

TEST_CASE("FT-5-1 what offers and answers alike must have is told where it is missing") {
    auto const judged = [](std::string_view lines) {
        return problems(sdp::check_file_attributes(block(lines).file()));
    };
    auto const id = "a=file-transfer-id:q7\r\n"s;
    auto const selected = "a=file-selector:size:1\r\n"s;
    CHECK(judged("a=sendonly\r\n") == expected{});
    CHECK(judged("a=file-selector\r\n") == expected{});  // RFC 5547, 8.5
    CHECK(judged(selected + id) == expected{});
    CHECK(judged(selected) == expected{file_problem::transfer_id_absent});
    CHECK(judged(id) == expected{file_problem::selector_absent});
    CHECK(judged("a=file-range:1-2\r\n") ==
          expected{file_problem::selector_absent, file_problem::transfer_id_absent});
    CHECK(judged("a=file-selector\r\n" + id) == expected{file_problem::capability_only});
    CHECK(judged("a=file-selector\r\na=file-range:1-2\r\n") ==
          expected{file_problem::capability_only});
    // Malformed ones are there, and told already.
    CHECK(judged("a=file-selector:x\r\n" + id) == expected{});
    CHECK(judged(selected + "a=file-transfer-id:\r\n") == expected{});
}

TEST_CASE("FT-5-1 FT-8.1-1 FT-8.2-1 offers of files are judged") {
    auto const judged = [](std::string_view lines) {
        block const b(lines);
        return problems(sdp::check_file_offer(b.media()));
    };
    auto const id = "a=file-transfer-id:q7\r\n"s;
    CHECK(judged("") == expected{});
    CHECK(judged("a=file-selector\r\n") == expected{});  // RFC 5547, 8.5
    CHECK(judged("a=file-selector\r\n" + id) == expected{file_problem::capability_only});
    CHECK(judged("a=sendonly\r\n" + id) == expected{file_problem::selector_absent});
    CHECK(judged("a=sendonly\r\na=file-selector:x\r\n" + id) ==
          expected{file_problem::selector_absent});
    CHECK(judged("a=sendonly\r\na=file-selector:size:1\r\n") ==
          expected{file_problem::transfer_id_absent});
    for (auto const* one : {"size:1", "type:a/b", "hash:x:00", "name:\"a\" size:1"})
        CHECK(judged("a=sendonly\r\na=file-selector:" + std::string(one) + "\r\n" + id) ==
              expected{});
    CHECK(judged("a=sendonly\r\na=file-selector:name:\"a\"\r\n" + id) ==
          expected{file_problem::push_by_name_only});
    CHECK(judged("a=recvonly\r\na=file-selector:name:\"a\"\r\n" + id) == expected{});
    CHECK(judged("a=file-selector:size:1\r\n" + id) == expected{file_problem::direction});
    CHECK(judged("a=inactive\r\na=file-selector:size:1\r\n" + id) ==
          expected{file_problem::direction});
}

TEST_CASE("FT-8.3-1 FT-8.3-2 FT-8.1-1 answers to offered files are judged") {
    auto const judged = [](std::string const& offer, std::string const& answer,
                           bool reject = false) {
        block const o(offer + "a=file-transfer-id:q7\r\n");
        block const a(answer, reject ? "m=message 0 TCP/MSRP *" : "m=message 9 TCP/MSRP *");
        return problems(sdp::check_file_answer(o.media(), a.media()));
    };
    auto const id = "a=file-transfer-id:q7\r\n"s;
    auto const push =
        "a=sendonly\r\na=file-selector:name:\"a%20b\" type:a/B;c=\"D\" size:9 hash:sha-1:" +
        hash_value(20) + "\r\n";
    auto const pull = "a=recvonly\r\na=file-selector:hash:sha-1:" + hash_value(20) + "\r\n";
    auto const taken =
        "a=recvonly\r\na=file-selector:size:9 type:A/b;c=\"D\" name:\"a b\"\r\n" + id;

    CHECK(judged(push, taken) == expected{});
    CHECK(judged(push, "a=recvonly\r\n") == expected{file_problem::not_understood});
    CHECK(judged(push, "a=recvonly\r\n" + id) == expected{file_problem::selector_absent});
    CHECK(judged(push, "a=recvonly\r\na=file-selector\r\n" + id)
              .contains(file_problem::selector_empty));
    auto const left_out =
        judged(push, "a=recvonly\r\na=file-selector:hash:sha-1:" + hash_value(20, 1) + "\r\n");
    CHECK(left_out == expected{file_problem::transfer_id_absent, file_problem::name_differs,
                               file_problem::size_differs, file_problem::type_differs,
                               file_problem::hash_differs});
    auto const other =
        "a=recvonly\r\na=file-selector:size:8 type:A/b;c=\"d\" name:\"a_b\"\r\n"
        "a=file-transfer-id:q8\r\n"s;
    CHECK(judged(push, other) == expected{file_problem::transfer_id_differs,
                                          file_problem::name_differs, file_problem::size_differs,
                                          file_problem::type_differs});
    CHECK(judged(push, "a=sendonly\r\n" + taken.substr(12)) == expected{file_problem::direction});
    for (auto const* more : {"a=file-icon:cid:a@b\r\n", "a=file-disposition:render\r\n",
                             "a=file-date:read:\"1 Jan 2000 00:00 +0000\"\r\n"})
        CHECK(judged(push, taken + more) == expected{file_problem::not_for_the_receiver});

    // Refusals mirror selector and id.
    auto const mirrored = push.substr(12) + id;
    CHECK(judged(push, mirrored, true) == expected{});
    CHECK(judged(push, taken, true) == expected{file_problem::selector_differs});
    CHECK(judged(push, push, true) == expected{file_problem::transfer_id_absent});
    CHECK(judged(push, id, true) == expected{file_problem::selector_absent});

    // A sender answers with what it knows of that file.
    CHECK(
        judged(pull, "a=sendonly\r\na=file-selector:type:a/b size:3 hash:sha-1:" + hash_value(20) +
                         "\r\na=file-disposition:render\r\n" + id) == expected{});
    CHECK(judged(pull, "a=sendonly\r\na=file-selector:hash:sha-256:" + hash_value(32) + "\r\n" +
                           id) == expected{});
    CHECK(judged(pull, "a=sendonly\r\na=file-selector:hash:sha-1:" + hash_value(20, 1) + "\r\n" +
                           id) == expected{file_problem::hash_differs});
    CHECK(judged("a=recvonly\r\na=file-selector:size:4 name:\"n\"\r\n",
                 "a=sendonly\r\na=file-selector:size:5\r\n" + id) ==
          expected{file_problem::size_differs});

    // Ranges come back as they were.
    auto const ranged = push + "a=file-range:4-9\r\n";
    CHECK(judged(ranged, taken + "a=file-range:4-9\r\n") == expected{});
    CHECK(judged(ranged, taken) == expected{file_problem::range_differs});
    CHECK(judged(ranged, taken + "a=file-range:4-*\r\n") == expected{file_problem::range_differs});
    CHECK(judged(push, taken + "a=file-range:1-*\r\n") == expected{});
    CHECK(judged(push, taken + "a=file-range:2-*\r\n") == expected{file_problem::range_differs});

    // No file was offered: nothing to judge.
    block const plain("a=sendrecv\r\n");
    block const able("a=file-selector\r\n");
    block const answer(taken);
    CHECK(sdp::check_file_answer(plain.media(), answer.media()).empty());
    CHECK(sdp::check_file_answer(able.media(), answer.media()).empty());
    // Another id is offered than answered, a selector is not there at all, while rejecting.
    CHECK(judged("a=sendonly\r\na=file-selector:x\r\n", taken, true) == expected{});
    // An offer that had no id, no well-formed selector itself: what is there is compared.
    block const bare("a=sendonly\r\na=file-selector:x\r\n");
    CHECK(sdp::check_file_answer(bare.media(), answer.media()).empty());
}

TEST_CASE("FT-8.3-1 types are the same whatever the case of type and subtype") {
    CHECK(sdp::detail::same_file_type("a/b", "A/B"));
    CHECK_FALSE(sdp::detail::same_file_type("a/b", "a/bc"));
    CHECK_FALSE(sdp::detail::same_file_type("a/bc", "a/b"));
    CHECK_FALSE(sdp::detail::same_file_type("a/b;c=\"d\"", "a/b"));
    CHECK_FALSE(sdp::detail::same_file_type("a/b", "a/b;c=\"d\""));
    CHECK_FALSE(sdp::detail::same_file_type("a/b;c=\"d\"", "a/b;c=\"D\""));
}

TEST_CASE("FT-8.3-1 of many hashes the first eight of each side are compared") {
    std::string many = "hash:sha-1:" + hash_value(20, 1);
    for (unsigned i = 2; i < 10; ++i) many += " hash:sha-1:" + hash_value(20, i);
    auto const a = selector(many);
    CHECK_FALSE(sdp::detail::hashes_differ(a, a));
    CHECK_FALSE(sdp::detail::hashes_differ(selector("size:1"), a));
    CHECK(sdp::detail::hashes_differ(selector("hash:sha-1:" + hash_value(20, 9)), a));
    CHECK_FALSE(sdp::detail::hashes_differ(selector("hash:SHA-1:" + hash_value(20, 8)), a));
    // Of the other side, too: each of another algorithm, the last compared one differs.
    std::string nine = "hash:x1:00";
    for (int i = 2; i < 10; ++i) nine += " hash:x" + std::to_string(i) + ":00";
    for (int i = 1; i < 9; ++i)
        CHECK(sdp::detail::hashes_differ(selector(nine),
                                         selector("hash:x" + std::to_string(i) + ":01")));
    CHECK_FALSE(sdp::detail::hashes_differ(selector(nine), selector("hash:x9:01")));
}

TEST_CASE("FT-5-1 FT-6-2 selectors are written and read back as they were meant") {
    std::string const name = "a/b\\c:d\"e%f\r\n\0g\x7F \xC3\xA9.png"s;
    auto const value = hash_value(20);
    std::array const hashes = {sdp::file_hash{"sha-1", value}};
    sdp::file_selector_spec spec;
    spec.name = name;
    spec.size = 18446744073709551615U;
    spec.type = "image/png;q=\"x%22\"";
    spec.hashes = hashes;
    auto const text = written([&](wire::sink& out) { return sdp::write_file_selector(out, spec); });
    CHECK(text ==
          "name:\"a%2Fb%5Cc%3Ad%22e%25f%0D%0A%00g%7F \xC3\xA9.png\" type:image/png;q=\"x%22\" "
          "size:18446744073709551615 hash:sha-1:" +
              value);
    auto const back = selector(text);
    CHECK(*back.name() == std::string_view(name));
    CHECK(back.size() == spec.size);
    CHECK(back.type() == spec.type);
    CHECK(back.hash(sdp::hash_function::sha_1) == value);

    auto const refused = [](sdp::file_selector_spec const& s) {
        return written([&](wire::sink& out) { return sdp::write_file_selector(out, s); }) ==
               "refused:";
    };
    auto const with = [](auto&& change) {
        sdp::file_selector_spec s;
        change(s);
        return s;
    };
    CHECK(refused({}));
    CHECK(refused(with([](auto& s) { s.name = ""; })));
    CHECK(refused(with([](auto& s) { s.name = "a\xFF"; })));
    CHECK(refused(with([](auto& s) { s.name = "a\n\xC3"; })));
    CHECK(refused(with([](auto& s) {
        s.name =
            "\xE4\xB8"
            "a";
    })));
    CHECK(refused(with([](auto& s) { s.size = 0; })));
    CHECK(refused(with([](auto& s) { s.type = "image"; })));
    CHECK(refused(with([](auto& s) { s.type = "image/png size:1"; })));
    for (auto const& [algorithm, digest] :
         std::initializer_list<std::pair<std::string_view, std::string_view>>{{"", "00"},
                                                                              {"a b", "00"},
                                                                              {"x", ""},
                                                                              {"x", "0"},
                                                                              {"x", "0a"},
                                                                              {"x", "00:"},
                                                                              {"x", "00-00"},
                                                                              {"sha-1", "00"}}) {
        CAPTURE(algorithm, digest);
        std::array const one = {sdp::file_hash{algorithm, digest}};
        CHECK(refused(with([&](auto& s) { s.hashes = one; })));
    }
    std::array const unknown = {sdp::file_hash{"x", "00:FF"}};
    CHECK_FALSE(refused(with([&](auto& s) { s.hashes = unknown; })));
}

TEST_CASE("FT-8.1-1 FT-8.8-1 the other file attributes are written and read back") {
    sdp::file_date date;
    CHECK(written([&](wire::sink& out) { return sdp::write_file_date(out, date); }) == "refused:");
    date.read = "1 Jan 2000 00:00 +0000";
    date.creation = "Sat, 1 Jan 2000 00:00:00 +0000";
    auto const text = written([&](wire::sink& out) { return sdp::write_file_date(out, date); });
    CHECK(text == "creation:\"Sat, 1 Jan 2000 00:00:00 +0000\" read:\"1 Jan 2000 00:00 +0000\"");
    CHECK(*sdp::read_file_date(text) == date);
    for (auto const member :
         {&sdp::file_date::creation, &sdp::file_date::modification, &sdp::file_date::read}) {
        auto other = date;
        other.*member = "1 Jan 1999 00:00 +0000";
        CHECK_FALSE(other == date);
    }
    date.modification = "yesterday";
    CHECK(written([&](wire::sink& out) { return sdp::write_file_date(out, date); }) == "refused:");
    date.modification = "1 Jan 2000 00:00 +0000\" read:\"";
    CHECK(written([&](wire::sink& out) { return sdp::write_file_date(out, date); }) == "refused:");

    auto const range = [](sdp::file_range r) {
        return written([&](wire::sink& out) { return sdp::write_file_range(out, r); });
    };
    CHECK(range({}) == "1-*");
    CHECK(range({5, 5}) == "5-5");
    CHECK(range({5, 4}) == "refused:");
    CHECK(range({0, {}}) == "refused:");

    auto const icon = [](std::string_view id) {
        return written([&](wire::sink& out) { return sdp::write_file_icon(out, id); });
    };
    CHECK(icon("a+b\"@c@h.example") == "cid:a+b%22%40c@h.example");
    CHECK(sdp::read_file_icon("cid:a+b%22%40c@h.example")->decoded() == "a+b\"@c@h.example");
    CHECK(icon("a") == "refused:");
    CHECK(icon("@b") == "refused:");
    CHECK(icon("a@") == "refused:");

    auto const id = [](std::string_view token) {
        return written([&](wire::sink& out) { return sdp::write_file_transfer_id(out, token); });
    };
    CHECK(id("q7") == "q7");
    CHECK(id("") == "refused:");
    CHECK(id("q 7") == "refused:");
    auto const disposition = [](std::string_view token) {
        return written([&](wire::sink& out) { return sdp::write_file_disposition(out, token); });
    };
    CHECK(disposition("attachment") == "attachment");
    CHECK(disposition("a\r\nb") == "refused:");
}

TEST_CASE("every problem of a file has a text of its own") {
    std::set<std::string_view> texts;
    for (int i = 0; i <= static_cast<int>(file_problem::range_differs); ++i) {
        auto const text = to_text(static_cast<file_problem>(i));
        CHECK_FALSE(text.empty());
        CHECK(texts.insert(text).second);
    }
    CHECK(to_text(static_cast<file_problem>(200)).empty());
}
