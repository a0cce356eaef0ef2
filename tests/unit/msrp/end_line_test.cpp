// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// end_line_test.cpp - the scanner against a plain search, on bodies made to deceive it.
#include <algorithm>
#include <cstddef>
#include <ostream>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <msrp/end_line.hpp>

#include "support/catch.hpp"

namespace {

struct found {
    std::string body;
    bool ended = false;
    char flag = 0;
    std::size_t used = 0;
    bool bare = false;
    friend bool operator==(found const&, found const&) = default;
    friend std::ostream& operator<<(std::ostream& out, found const& f) {
        return out << '[' << f.body << "] " << f.ended << f.bare << ' ' << f.used;
    }
};

/// By std::string::find alone. Where there is no end-line, what may yet become one is no body.
found search(std::string const& text, std::string const& id) {
    std::string const front = "\r\n-------" + id;
    for (std::size_t at = text.find(front); at != std::string::npos;
         at = text.find(front, at + 1)) {
        auto const tail = text.substr(at + front.size(), 3);
        for (char const flag : {'$', '+', '#'})
            if (tail == std::string{flag} + "\r\n")
                return {text.substr(0, at), true, flag, at + front.size() + 3};
    }
    for (std::size_t at = text.size() > 45 ? text.size() - 45 : 0; at < text.size(); ++at)
        for (char const flag : {'$', '+', '#'})
            if ((front + flag + "\r\n").rfind(text.substr(at), 0) == 0)
                return {text.substr(0, at), false, 0, text.size()};
    return {text, false, 0, text.size()};
}

/// With erratum 4177: all up to a flag that stands behind hyphens and id without their CRLF.
found search_failing(std::string const& text, std::string const& id) {
    auto const plain = search(text, id);
    std::string const bare = "-------" + id;
    for (std::size_t at = text.find(bare, 1); at != std::string::npos;
         at = text.find(bare, at + 1)) {
        std::size_t const flag = at + bare.size();
        if (flag >= plain.body.size()) break;
        if (std::string("$+#").find(text[flag]) == std::string::npos) continue;
        if (at >= 2 && text.compare(at - 2, 2, "\r\n") == 0) continue;
        return {text.substr(0, flag), false, 0, flag, true};
    }
    return plain;
}

constexpr msrp::leniency failing{.fail_at_end_line_without_crlf = true};

found search(std::string const& text, std::string const& id, msrp::leniency const& lenient) {
    return lenient.fail_at_end_line_without_crlf ? search_failing(text, id) : search(text, id);
}

/// By the scanner; `next` says the sizes of the pieces.
template <class Next>
found scan(std::string const& text, std::string const& id, msrp::leniency const& lenient,
           Next&& next) {
    msrp::end_line_scanner scanner;
    scanner.start(id, lenient);
    found f;
    while (f.used < text.size()) {
        std::vector<char> const piece(
            text.begin() + static_cast<std::ptrdiff_t>(f.used),
            text.begin() + static_cast<std::ptrdiff_t>(std::min(text.size(), f.used + next())));
        auto const seen = scanner.scan({piece.data(), piece.size()});
        f.body += seen.held;
        f.body.append(piece.data(), seen.body);
        REQUIRE(seen.used <= piece.size());
        REQUIRE((seen.found || seen.bare || seen.used == piece.size()));
        REQUIRE(scanner.held() <= 43);
        f.used += seen.used;
        if (seen.bare) {
            f.bare = true;
            return f;
        }
        if (seen.found) {
            f.ended = true;
            f.flag = seen.flag;
            return f;
        }
    }
    REQUIRE(f.body.size() + scanner.held() == text.size());
    return f;
}

void check(std::string const& text, std::string const& id, msrp::leniency const& lenient) {
    INFO(text);
    auto const expected = search(text, id, lenient);
    for (std::size_t cut = 0; cut < text.size(); ++cut) {
        bool first = true;
        auto const seen = scan(text, id, lenient, [&] {
            auto const size = first && cut != 0 ? cut : text.size();
            first = false;
            return size;
        });
        if (seen == expected) continue;
        INFO("cut at " << cut);
        REQUIRE(seen == expected);
    }
    REQUIRE(scan(text, id, lenient, [] { return std::size_t{1}; }) == expected);
    REQUIRE(scan(text, id, lenient, [] { return std::size_t{2}; }) == expected);
    REQUIRE(scan(text, id, lenient, [] { return std::size_t{3}; }) == expected);
}
void check(std::string const& text, std::string const& id) {
    check(text, id, msrp::strict);
    check(text, id, failing);
}

}  // namespace

TEST_CASE("near misses at every cut", "[end_line][T2][T3][FRM-7.1-8]") {
    std::string const end = "\r\n-------t9x8$\r\n";
    for (std::string const near : {"",
                                   "-",
                                   "\r",
                                   "\n",
                                   "\r\n",
                                   "\r\n-",
                                   "\r\r",
                                   "\r\n\r\n",
                                   "\r\n------",
                                   "\r\n-------",
                                   "\r\n--------",
                                   "\r\n-------t",
                                   "\r\n-------t9x",
                                   "\r\n-------t9x8",
                                   "\r\n-------t9x8$",
                                   "\r\n-------t9x8$\r",
                                   "\r\n-------t9x8$\n",
                                   "\r\n-------t9x8*\r\n",
                                   "\r\n-------t9x8$$\r\n",
                                   "\r\n-------t9x9$\r\n",
                                   "\r\n--------t9x8$\r\n",
                                   "\r\r\n-------t9x8 $\r\n",
                                   "-------t9x8$\r\n",
                                   "\n-------t9x8$\r\n",
                                   "\r-------t9x8$\r\n"}) {
        check(near + end, "t9x8");
        check("a" + near + "b" + end, "t9x8");
        check(near + near + end + "MSRP", "t9x8");
        check("x" + near, "t9x8");
    }
    for (char const flag : {'$', '+', '#'})
        check("body\r\n-------" + std::string(32, 'i') + flag + "\r\n", std::string(32, 'i'));
}

TEST_CASE("random bodies of the octets of an end-line, by erratum 4177 too",
          "[end_line][T2][FRM-7.1-8][property]") {
    std::mt19937 random(72);
    std::vector<std::string> const parts = {"\r",      "\n",     "\r\n", "-",
                                            "-------", "------", "a-+%", "$",
                                            "+",       "#",      "a",    "\r\n-------a-+%"};
    std::uniform_int_distribution<std::size_t> part(0, parts.size() - 1);
    std::uniform_int_distribution<std::size_t> size(1, 9);
    for (int round = 0; round < 20000; ++round) {
        std::string text;
        for (std::size_t n = 30 + size(random); n != 0; --n) text += parts[part(random)];
        for (auto const& lenient : {msrp::strict, failing}) {
            auto const seen = scan(text, "a-+%", lenient, [&] { return size(random); });
            auto const expected = search(text, "a-+%", lenient);
            if (seen == expected) continue;
            INFO(text);
            REQUIRE(seen == expected);
        }
    }
    for (int round = 0; round < 300; ++round) {
        std::string text;
        for (std::size_t n = 10; n != 0; --n) text += parts[part(random)];
        check(text, "a-+%");
    }
}

TEST_CASE("an id that holds hyphens overlaps itself", "[end_line][FRM-7.1-8][property]") {
    std::mt19937 random(4177);
    std::vector<std::string> const parts = {"-", "-------", "a", "a-------a", "+", "\r\n", "$"};
    std::uniform_int_distribution<std::size_t> part(0, parts.size() - 1);
    std::uniform_int_distribution<std::size_t> size(1, 9);
    std::size_t bare = 0;
    for (int round = 0; round < 20000; ++round) {
        std::string text;
        for (std::size_t n = 8 + size(random); n != 0; --n) text += parts[part(random)];
        for (std::string const id : {"a-------a", "a-a-------a", "a+++"}) {
            auto const expected = search(text, id, failing);
            bare += expected.bare ? 1 : 0;
            auto const seen = scan(text, id, failing, [&] { return size(random); });
            if (seen == expected) continue;
            INFO(text << " for " << id);
            REQUIRE(seen == expected);
        }
    }
    CHECK(bare > 100);
}

TEST_CASE("how much of a bounded body is scanned at once", "[end_line][FRM-7.1-9]") {
    constexpr std::uint64_t all = ~std::uint64_t{0};
    msrp::end_line_scanner scanner;
    scanner.start("a1b2");
    CHECK(scanner.within(0, "xyz") == "x");
    CHECK(scanner.within(1, "xyz") == "xy");
    CHECK(scanner.within(2, "xyz") == "xyz");
    CHECK(scanner.within(3, "xyz") == "xyz");
    CHECK(scanner.within(all, "xyz") == "xyz");
    CHECK(scanner.scan("ab\r\n--").body == 2);
    CHECK(scanner.within(3, "xyz") == "x");
    CHECK(scanner.within(4, "xyz") == "x");
    CHECK(scanner.within(5, "xyz") == "xy");
    CHECK(scanner.within(all, "xyz") == "xyz");
}

TEST_CASE("every kernel finds the same end-line", "[end_line][FRM-7.1-8]") {
    std::string text;
    for (int i = 0; i < 40; ++i)
        text += std::string(37, 'x') + "\r\n-------a1b" + char('3' + i % 7);
    std::string const body = text;
    text += "\r\n-------a1b2$\r\n";
    for (auto const k : {wire::kernel::swar, wire::kernel::sse2, wire::kernel::avx2,
                         wire::kernel::avx512, wire::kernel::neon}) {
        if (!wire::available(k)) continue;
        for (std::size_t const piece : {1U, 63U, 200U, 5000U}) {
            msrp::end_line_scanner scanner(k);
            scanner.start("a1b2");
            std::string seen;
            bool found = false;
            for (std::size_t at = 0; at < text.size() && !found; at += piece) {
                auto const part = std::string_view(text).substr(at, piece);
                auto const got = scanner.scan(part);
                seen.append(got.held).append(part.substr(0, got.body));
                found = got.found;
            }
            CHECK(found);
            CHECK(seen == body);
        }
    }
}
