// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// reader_test.cpp - the quick reader of descriptions takes nothing that the exact one refuses, and
// finds the same in it.
#include <algorithm>
#include <memory>
#include <string>
#include <string_view>

#include <sdp/detail/reader.hpp>
#include <sdp/parser.hpp>

#include "support/catch.hpp"

namespace {

/// @return whether the quick reader took it.
bool same(std::string_view text, sdp::leniency const& lenient, sdp::limits const& limit = {}) {
    sdp::detail::layout quick;
    sdp::detail::line_table table;
    if (!sdp::detail::read_quickly(text, limit, lenient, quick, table)) return false;
    sdp::detail::layout exact;
    bool const good{sdp::detail::read_line_by_line(text, limit, lenient, exact)};
    if (!good || !(quick == exact)) FAIL("differs: " << text);
    std::size_t i = 0;
    for (auto const l : sdp::line_range(text, 0, 1)) {
        auto const name = std::min(l.value.find(':'), l.value.size());
        if (table.at[i] != l.offset || (l.type == 'a' && table.name_size[i] != name))
            FAIL("line " << l.number << " differs: " << text);
        ++i;
    }
    if (i != table.count || table.at[i] != text.size()) FAIL("lines differ: " << text);
    return true;
}

std::string const texts[] = {
    // All that the quick reader knows; then what it leaves to the exact one.
    "v=0\r\no=im 7 3 IN IP4 203.0.113.9\r\ns=-\r\ni=x\r\nc=IN IP4 "
    "203.0.113.9\r\nb=AS:20\r\nb=TIAS:1\r\n"
    "t=0 0\r\nt=3034423619 3042462419\r\n"
    "a=setup:active\r\na=recvonly\r\na=fingerprint:SHA-256 00\r\na=setup:passive\r\n"
    "m=audio 49170/2 RTP/AVP 0 8\r\ni=y\r\nc=IN IP4 233.252.0.1/127\r\nc=IN IP4 "
    "233.252.0.2/127\r\nb=AS:1\r\n"
    "a=x\r\nm=message 2855 TCP/TLS/MSRP *\r\na=accept-types:*\r\n",
    "v=0\r\no=im 7 3 IN IP4 203.0.113.9\r\ns=-\r\ni=x\r\nu=http://example.org/a%20b\r\n"
    "e=a@example.org\r\np=+1 2\r\nc=IN IP4 203.0.113.9\r\nb=AS:20\r\nt=0 0\r\n"
    "t=3034423619 3042462419\r\nr=7d 1h 0 25h\r\nz=2882844526 -1h\r\nk=prompt\r\n"
    "a=setup:active\r\na=recvonly\r\na=fingerprint:SHA-256 00\r\na=setup:passive\r\n"
    "m=audio 49170/2 RTP/AVP 0 8\r\ni=y\r\nc=IN IP4 233.252.0.1/127\r\nb=AS:1\r\nk=clear:a\r\n"
    "a=x\r\nm=message 2855 TCP/TLS/MSRP *\r\na=accept-types:*\r\n",
    "v=0\no=a@b 0123456789012345678901 9 IN IP6 2001:db8::1\ns= \nt=0 0\n"
    "m=message 65535 TCP/MSRP *\nc=IN IP6 2001:db8::1\na=path:msrp://a.example:1/b;tcp\n",
    "v=0\r\no=- 1 1 IN IP4 a\r\ns=-\r\nc=IN IP4 a\r\nt=0 0\r\n"
    "a=" +
        std::string(61, 'n') + ":v\r\na=" + std::string(62, 'n') + "\r\na=" + std::string(63, 'n') +
        "\r\nc=late\r\n",
    "v=0\r\no=" + std::string(50, 'u') +
        " 1 1 IN IP4 a.example\r\ns=-\r\nt=0 0\r\n"
        "m=audio 9 RTP/AVP" +
        [] {
            std::string formats;
            for (int i = 0; i < 24; ++i) formats += " " + std::to_string(i);
            return formats;
        }() +
        "\r\nc=IN IP4 a\r\n",
};

sdp::leniency all_leniencies() {
    sdp::leniency all;
    all.empty_session_name = all.missing_time = all.connection_after_time = true;
    all.missing_connection = all.missing_last_line_end = true;
    all.blank_after_colon = all.doubled_address_type = all.contact_as_text = true;
    return all;
}

}  // namespace

TEST_CASE("SDP-8866-1 the quick reader agrees with the exact one, also near what is right") {
    for (auto const& lenient : {sdp::leniency{}, all_leniencies()}) {
        std::size_t taken = 0;
        for (std::string const& text : texts) {
            same(text, lenient);
            for (std::size_t i = 0; i < text.size(); ++i) {
                using namespace std::string_view_literals;
                for (char const c : "\0\r\n\x7F\x80 /:=0195acmost*"sv) {
                    auto changed = text;
                    changed[i] = c;
                    taken += same(changed, lenient) ? 1U : 0U;
                    changed = text;
                    changed.insert(i, 1, c);
                    taken += same(changed, lenient) ? 1U : 0U;
                }
                taken += same(text.substr(0, i), lenient) ? 1U : 0U;
                auto shorter = text;
                taken += same(shorter.erase(i, 1), lenient) ? 1U : 0U;
                // A line twice.
                if (i != 0 && text[i - 1] != '\n') continue;
                auto const line = text.substr(i, text.find('\n', i) + 1 - i);
                for (std::size_t at = 0; at < text.size(); ++at) {
                    if (at != 0 && text[at - 1] != '\n') continue;
                    auto more = text;
                    taken += same(more.insert(at, line), lenient) ? 1U : 0U;
                }
            }
        }
        if (wire::detail::can_classify(wire::best_kernel()))
            CHECK(taken > 1000);
        else
            CHECK(taken == 0);
    }
}

TEST_CASE("T26 the quick reader keeps the limits") {
    if (!wire::detail::can_classify(wire::best_kernel())) return;
    std::string const& text = texts[0];
    REQUIRE(same(text, {}));
    sdp::limits limit;
    for (limit.max_lines = 1; !same(text, {}, limit); ++limit.max_lines) {
    }
    CHECK(limit.max_lines == 21);
    limit = {};
    for (limit.max_line = 1; !same(text, {}, limit); ++limit.max_line) {
    }
    CHECK(limit.max_line == 29);
    limit = {};
    limit.max_media = 1;
    CHECK_FALSE(same(text, {}, limit));
    limit.max_media = 2;
    CHECK(same(text, {}, limit));
}

TEST_CASE("T26 of a text that is too long what is wrong before the limit goes first") {
    auto const same_below = [](std::string_view text, sdp::leniency const& lenient) {
        auto const whole = sdp::parse(text, {}, lenient);
        sdp::limits limit;
        for (limit.max_text = 0; limit.max_text < text.size(); ++limit.max_text) {
            auto const cut = sdp::parse(text, limit, lenient);
            bool const early = !whole && whole.error().offset < limit.max_text;
            bool const good =
                !cut && cut.error().offset == (early ? whole.error().offset : limit.max_text) &&
                cut.error().code ==
                    (early ? whole.error().code : make_error_code(sdp::error::text_too_long)) &&
                cut.error().field == (early ? whole.error().field : "");
            if (!good) FAIL("cut at " << limit.max_text << ": " << text);
        }
    };
    for (auto const& lenient : {sdp::leniency{}, all_leniencies()})
        for (std::string const& text : texts) {
            same_below(text, lenient);
            // Spoiled here and there.
            for (std::size_t i = 0; i < text.size(); i += 5)
                for (char const c : {'\0', '\r', '\n', ' ', '0', '9', 'x'}) {
                    auto changed = text;
                    changed[i] = c;
                    same_below(changed, lenient);
                }
        }
}

TEST_CASE("T26 of a line that is too long what is wrong before the limit goes first") {
    auto const same_below = [](std::string_view text, sdp::leniency const& lenient) {
        auto const whole = sdp::parse(text, {}, lenient);
        sdp::limits limit;
        for (limit.max_line = 0; limit.max_line < 64; ++limit.max_line) {
            std::size_t stop = text.size();  // where the first line that is too long is
            for (std::size_t at = 0; at < text.size() && stop == text.size();) {
                auto const lf = std::min(text.find('\n', at), text.size());
                auto line = text.substr(at, lf - at);
                line = line.substr(0, std::min(line.find('\r'), line.find('\0')));
                if (line.size() > limit.max_line) stop = at + limit.max_line;
                at = lf + 1;
            }
            auto const cut = sdp::parse(text, limit, lenient);
            bool const good = stop == text.size() || (!whole && whole.error().offset < stop)
                                  ? cut.has_value() == whole.has_value() &&
                                        (cut || (cut.error().code == whole.error().code &&
                                                 cut.error().offset == whole.error().offset))
                                  : !cut && cut.error().code == sdp::error::line_too_long &&
                                        cut.error().offset == stop;
            if (!good) FAIL("lines of " << limit.max_line << ": " << text);
        }
    };
    for (auto const& lenient : {sdp::leniency{}, all_leniencies()})
        for (std::string const& text : texts) {
            same_below(text, lenient);
            for (std::size_t i = 0; i < text.size(); i += 3)
                for (char const c : {'\0', '\r', '\n', ' ', '0', '9', 'x'}) {
                    auto changed = text;
                    changed[i] = c;
                    same_below(changed, lenient);
                }
        }
}

TEST_CASE("a description is read the same whatever its size") {
    // On both sides of what the quick reader takes.
    std::string const head = "v=0\r\no=- 1 1 IN IP4 a\r\ns=-\r\nc=IN IP4 a\r\nt=0 0\r\n";
    for (std::size_t size = head.size() + 5; size < 4400; size += 1) {
        std::string text = head;
        while (text.size() + 70 < size) text += "a=x:" + std::string(56, 'y') + "\r\n";
        text += "a=" + std::string(size - text.size() - 4, 'z') + "\r\n";
        REQUIRE(text.size() == size);
        auto const d = sdp::parse(text);
        REQUIRE(d);
        CHECK(d->session_lines().text().size() == size);
    }
    for (int c = 0; c < 256; ++c)
        CHECK(sdp::detail::token_char.contains(static_cast<char>(c)) ==
              wire::token_octet.contains(static_cast<char>(c)));
}

TEST_CASE("attributes are the same walked and called for") {
    for (std::string const& text : texts) {
        auto const d = sdp::parse(text, {}, all_leniencies());
        if (!d) continue;
        for (auto const m : d->media()) {
            auto at = m.attributes().begin();
            m.attributes().for_each([&](sdp::attribute const& a) {
                REQUIRE(at != m.attributes().end());
                sdp::attribute const b = *at;
                ++at;
                CHECK(a.name.data() == b.name.data());
                CHECK(a.name == b.name);
                CHECK(a.value == b.value);
                CHECK(a.has_value == b.has_value);
                CHECK(a.offset == b.offset);
                CHECK(a.value_offset == b.value_offset);
                CHECK(a.line_number == b.line_number);
            });
            CHECK(at == m.attributes().end());
        }
    }
}

TEST_CASE("SDP-8866-1 a copy of what was noted while reading holds the same") {
    if (!wire::detail::can_classify(wire::best_kernel())) return;
    sdp::detail::layout parts;
    sdp::detail::line_table table;
    REQUIRE(sdp::detail::read_quickly(texts[0], {}, {}, parts, table));
    auto copy = table;
    auto const& self = copy;
    copy = self;
    REQUIRE(copy.count == table.count);
    CHECK(std::equal(table.at.begin(), table.at.begin() + table.count + 1, copy.at.begin()));
    CHECK(std::equal(table.name_size.begin(), table.name_size.begin() + table.count,
                     copy.name_size.begin()));
    copy = sdp::detail::line_table();
    CHECK(copy.count == 0);

    auto index = parts.session;
    auto const& same_index = index;
    index = same_index;
    CHECK(index == parts.session);
    auto const differs = [&](auto&& change) {
        auto other = parts;
        change(other);
        return !(other == parts);
    };
    CHECK(differs([](auto& l) { ++l.origin_at; }));
    CHECK(differs([](auto& l) { ++l.name_at; }));
    CHECK(differs([](auto& l) { ++l.media_at; }));
    CHECK(differs([](auto& l) { ++l.media_line; }));
    CHECK(differs([](auto& l) { ++l.media_count; }));
    CHECK(differs([](auto& l) { ++l.session.connection.offset; }));
    CHECK(differs([](auto& l) { ++l.session.setup.number; }));
    CHECK(differs([](auto& l) { ++l.session.direction.number; }));
    CHECK(differs([](auto& l) { ++l.session.fingerprint.offset; }));
    CHECK(differs([](auto& l) { l.session.fingerprint_count = 0; }));
}

TEST_CASE("SDP-8866-1 numbers of o= are read to the last octet of a text and not beyond") {
    // A text that ends with its o= line: s= is missing, whatever the numbers are.
    for (auto const* numbers : {"1 1", "1x 1", "1 1x", "12345678901234567 1"}) {
        auto const text = "v=0\no=" + std::string(60, 'u') + " " + numbers + " I X a\n";
        auto const octets = std::make_unique<char[]>(text.size());
        std::copy(text.begin(), text.end(), octets.get());
        auto const d = sdp::parse({octets.get(), text.size()});
        REQUIRE_FALSE(d);
        auto const x = text.find('x');
        CHECK(d.error().offset == std::min(x, text.size()));
        CHECK(d.error().code ==
              (x == std::string::npos ? sdp::error::missing_line : sdp::error::bad_origin));
    }
    auto const map_and_digits = [](std::string_view t) {
        return sdp::detail::are_digits(t.data(), t.size(), t.data() + t.size());
    };
    CHECK(map_and_digits("0123456789"));
    CHECK(map_and_digits("01234567890123456789"));
    CHECK_FALSE(map_and_digits("01234/6789"));
    CHECK_FALSE(map_and_digits("0123456789:"));
    CHECK_FALSE(map_and_digits("0123456789012345678:"));
}

TEST_CASE("SDP-8866-1 long values of c= o= and m= are read like short ones") {
    for (std::size_t const n : {40U, 61U, 62U, 63U, 64U, 65U, 200U}) {
        std::string const host = std::string(n, 'h') + ".example";
        auto const text = "v=0\r\no=- 1 1 IN IP4 " + host + "\r\ns=-\r\nc=IN IP4 " + host +
                          "\r\nt=0 0\r\nm=" + std::string(n, 'm') + " 9 p *\r\nc=IN IP4 " + host +
                          "\r\n";
        same(text, {});
        auto const d = sdp::parse(text);
        REQUIRE(d);
        CHECK(d->origin().address == host);
        CHECK(d->session_connection()->address == host);
        CHECK(d->media(0)->media() == std::string(n, 'm'));
        CHECK(d->media(0)->effective_connection()->address == host);
        for (char const type : {'o', 'c', 'm'}) {
            auto wrong = text;
            wrong.insert(wrong.find('\n', wrong.find(std::string{'\n', type, '='}) + 1) - 1, 1,
                         ' ');
            CHECK_FALSE(same(wrong, {}));
            CHECK_FALSE(sdp::parse(wrong));
        }
    }
}
