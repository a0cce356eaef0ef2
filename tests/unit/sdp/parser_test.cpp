// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// parser_test.cpp - sdp/parser.hpp: order of lines, each line's grammar, offsets, leniencies,
// limits.
#include <sdp/parser.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "support/catch.hpp"

namespace {

using sdp::error;

std::string joined(std::vector<std::string_view> const& lines, std::string_view end = "\r\n") {
    std::string out;
    for (auto const l : lines) out.append(l).append(end);
    return out;
}

std::vector<std::string_view> const head{"v=0", "o=- 7 3 IN IP4 pc.example.org", "s=-"};
std::string with(std::vector<std::string_view> const& more) {
    auto lines = head;
    lines.insert(lines.end(), more.begin(), more.end());
    return joined(lines);
}

void refused(std::string_view text, error why, std::size_t offset, std::string_view field,
             sdp::leniency const& lenient = {}) {
    CAPTURE(std::string(text));
    auto const got = sdp::parse(text, {}, lenient);
    REQUIRE_FALSE(got);
    CHECK(got.error().code == why);
    CHECK(got.error().offset == offset);
    CHECK(got.error().field == field);
}

}  // namespace

TEST_CASE("SDP-8866-1 a description with every line parses into views") {
    std::string const text = joined({"v=0",
                                     "o=u 18446744073709551616 9 IN IP6 2001:db8::5",
                                     "s=all of it",
                                     "i=what",
                                     "u=https://h.example/%20?q#f",
                                     "e=A B <a@h.example>",
                                     "e=b@h.example",
                                     "p=+49 30 123",
                                     "c=IN IP6 2001:db8::5",
                                     "b=CT:128",
                                     "b=X-y:0",
                                     "t=3900000000 0",
                                     "r=7d 1h 0 25h",
                                     "r=604800 3600 0",
                                     "z=3900000001 -1h 3900000002 0",
                                     "t=0 0",
                                     "k=whatever it says",
                                     "a=recvonly",
                                     "a=tool:x y: z",
                                     "m=video 5000/2 RTP/AVP 31 96",
                                     "i=title",
                                     "c=IN IP4 233.252.0.9/127/3",
                                     "c=IN IP4 233.252.0.20/127",
                                     "b=AS:64",
                                     "k=",
                                     "a=rtpmap:96 H264/90000",
                                     "m=audio 0 RTP/AVP 0"});
    auto const d = sdp::parse(text);
    REQUIRE(d);
    CHECK(d->text() == text);
    CHECK(d->origin().username == "u");
    CHECK(d->origin().session_id == "18446744073709551616");
    CHECK(d->origin().session_version == "9");
    CHECK(d->origin().address_type == "IP6");
    CHECK(d->session_name() == "all of it");
    CHECK(d->attributes().find("tool")->value == "x y: z");
    CHECK(d->attributes().find("recvonly")->has_value == false);
    CHECK(d->attributes().find("rtpmap") == std::nullopt);
    REQUIRE(d->media_count() == 2);
    auto const video = *d->media(0);
    CHECK(video.media() == "video");
    CHECK(video.port() == 5000);
    CHECK(video.port_count() == 2);
    CHECK(video.proto() == "RTP/AVP");
    CHECK(video.formats() == "31 96");
    CHECK(video.line_number() == 20);
    CHECK(video.attributes().find("rtpmap")->line_number == 26);
    CHECK(text.substr(video.attributes().find("rtpmap")->value_offset, 2) == "96");
    auto const c = *video.effective_connection();
    CHECK(c.address == "233.252.0.9");
    CHECK(c.ttl == 127);
    CHECK(c.address_count == 3U);
    CHECK(c.line_number == 22);
    auto const audio = *d->media(1);
    CHECK(audio.rejected());
    CHECK(audio.effective_connection()->address == "2001:db8::5");
    CHECK(audio.effective_connection()->ip == wire::parse_ip("2001:DB8:0::5"));
    CHECK(audio.own_connection() == std::nullopt);
    CHECK(audio.effective_attribute("tool")->value == "x y: z");
    CHECK(d->media(2) == std::nullopt);
}

TEST_CASE("SDP-8866-1 LF alone ends lines like CRLF") {
    auto const text = joined({"v=0", "o=- 7 3 IN IP4 pc.example.org", "s=-", "t=0 0",
                              "m=message 9 TCP/MSRP *", "c=IN IP4 pc.example.org", "a=x:y"},
                             "\n");
    auto const d = sdp::parse(text);
    REQUIRE(d);
    CHECK(d->media(0)->attributes().find("x")->value == "y");
    CHECK(d->media(0)->line_number() == 5);
}

TEST_CASE("SDP-8866-1 lines out of order are refused at their type letter") {
    refused("", error::missing_line, 0, "");
    refused("o=- 7 3 IN IP4 h\r\n", error::misplaced_line, 0, "o=");
    refused("v=0\r\n", error::missing_line, 5, "");
    refused("v=0\r\ns=-\r\n", error::misplaced_line, 5, "s=");
    auto const at = joined(head).size();
    refused(with({"u=x", "i=y", "t=0 0"}), error::misplaced_line, at + 5, "i=");
    refused(with({"i=x", "i=y", "t=0 0"}), error::misplaced_line, at + 5, "i=");
    refused(with({"t=0 0", "c=IN IP4 h"}), error::misplaced_line, at + 7, "c=");
    refused(with({"c=IN IP4 h", "c=IN IP4 h", "t=0 0"}), error::misplaced_line, at + 12, "c=");
    refused(with({"r=7d 1h 0 25h"}), error::misplaced_line, at, "r=");
    refused(with({"t=0 0", "z=3900000000 0"}), error::misplaced_line, at + 7, "z=");
    refused(with({"t=0 0", "a=x", "k=prompt"}), error::misplaced_line, at + 12, "k=");
    refused(with({"t=0 0", "v=0"}), error::misplaced_line, at + 7, "v=");
    refused(with({"t=0 0", "m=message 9 TCP/MSRP *", "t=0 0"}), error::misplaced_line, at + 31,
            "t=");
    refused(with({"c=IN IP4 h", "t=0 0", "m=a 9 b c", "a=x", "i=y"}), error::misplaced_line,
            at + 35, "i=");
}

TEST_CASE("SDP-8866-1 an unknown type letter refuses, an unknown attribute does not") {
    auto const at = joined(head).size();
    refused(with({"t=0 0", "x=1"}), error::unknown_line, at + 7, "");
    refused(with({"t=0 0", "A=1"}), error::unknown_line, at + 7, "");
    refused(with({"t=0 0", " a=1"}), error::unknown_line, at + 7, "");
    CHECK(sdp::parse(with({"t=0 0", "a=never-heard-of:\x01\xFF"})));
}

TEST_CASE("SDP-8866-1 t= and c= must be there") {
    auto const at = joined(head).size();
    refused(with({}), error::missing_time, at, "");
    refused(with({"a=x"}), error::missing_time, at, "a=");
    refused(with({"c=IN IP4 h", "m=message 9 TCP/MSRP *"}), error::missing_time, at + 12, "m=");
    refused(with({"t=0 0", "m=a 9 b c"}), error::missing_connection, at + 18, "");
    refused(with({"t=0 0", "m=a 9 b c", "a=x"}), error::missing_connection, at + 18, "a=");
    refused(with({"t=0 0", "m=a 9 b c", "c=IN IP4 h", "m=a 9 b c", "m=a 9 b c"}),
            error::missing_connection, at + 41, "m=");
    CHECK(sdp::parse(with({"t=0 0", "m=a 9 b c", "i=x", "c=IN IP4 h"})));
    CHECK(sdp::parse(with({"t=0 0"})));  // no media: no c= needed
}

TEST_CASE("SDP-8866-1 the value of each line is read to its grammar") {
    struct row {
        std::string_view line;
        error why;
        std::size_t at;
    };
    auto const check = [](std::vector<std::string_view> before, row const& r) {
        auto const start = joined(before).size();
        before.push_back(r.line);
        refused(joined(before), r.why, start + r.at, r.line.substr(0, 2));
    };
    for (row const& r : {row{"v=1", error::bad_version, 2}, row{"v=", error::bad_version, 2},
                         row{"v=00", error::bad_version, 3}})
        check({}, r);
    for (row const& r : {row{"o=- x 3 IN IP4 h", error::bad_origin, 4},
                         row{"o=- 1  3 IN IP4 h", error::bad_origin, 6},
                         row{"o=- 1 3 IN IP4", error::bad_origin, 14},
                         row{"o=- 1 3 IN IP4 h ", error::bad_origin, 16},
                         row{"o= 1 3 IN IP4 h", error::bad_origin, 2}})
        check({"v=0"}, r);
    check({"v=0", "o=- 1 1 IN IP4 h"}, {"s=", error::bad_text, 2});
    for (row const& r :
         {row{"i=", error::bad_text, 2}, row{"e=", error::bad_email, 2},
          row{"p=", error::bad_phone, 2}, row{"u=a b", error::bad_uri, 3},
          row{"u=%4", error::bad_uri, 4}, row{"u=%4g", error::bad_uri, 4},
          row{"c=IN IP4", error::bad_connection, 8},
          row{"c=IN IP6 IP6 2001:db8::1", error::bad_connection, 12},
          row{"c=I(N IP4 h", error::bad_connection, 3}, row{"b=AS", error::bad_bandwidth, 4},
          row{"b=AS:1k", error::bad_bandwidth, 6}, row{"t=0", error::bad_time, 3},
          row{"t=00 0", error::bad_time, 3}, row{"t=123456789 0", error::bad_time, 11},
          row{"t=0 0 0", error::bad_time, 5}})
        check(head, r);
    for (row const& r :
         {row{"r=0 1 2 3", error::bad_repeat, 2}, row{"r=7d 1h", error::bad_repeat, 7},
          row{"r=7w 1h 0", error::bad_repeat, 3}, row{"r=7d 1h 0 ", error::bad_repeat, 10}}) {
        auto lines = head;
        lines.push_back("t=0 0");
        check(lines, r);
    }
    auto repeated = head;
    repeated.insert(repeated.end(), {"t=0 0", "r=7d 1h 0"});
    for (row const& r :
         {row{"z=0 1h", error::bad_zone, 2}, row{"z=3900000000 -", error::bad_zone, 14},
          row{"z=3900000000 1h 3900000000", error::bad_zone, 26}})
        check(repeated, r);
    auto timed = head;
    timed.insert(timed.end(), {"c=IN IP4 h", "t=0 0"});
    for (row const& r :
         {row{"a=", error::bad_attribute, 2}, row{"a=:x", error::bad_attribute, 2},
          row{"a=b c", error::bad_attribute, 3}, row{"m=message", error::bad_media, 9},
          row{"m=message x TCP/MSRP *", error::bad_media, 10},
          row{"m=message 9 TCP/ *", error::bad_media, 16},
          row{"m=message 9 TCP/MSRP", error::bad_media, 20},
          row{"m=message 9 TCP/MSRP ", error::bad_media, 21},
          row{"m=message 9/0 TCP/MSRP *", error::bad_media, 12},
          row{"m=message 9/65536 TCP/MSRP *", error::port_too_large, 16}})
        check(timed, r);
    for (std::string_view const good : {"a=x:", "a=path:no path at all", "a=max-size:-1"}) {
        auto lines = timed;
        lines.push_back(good);
        CHECK(sdp::parse(joined(lines)));  // a malformed value never refuses the description
    }
}

TEST_CASE("SDP-8.1-2 a port over 65535 refuses the description at the digit that passes it") {
    auto const start = with({"c=IN IP4 h", "t=0 0"}).size();
    auto const text = [](std::string_view port) {
        return with({"c=IN IP4 h", "t=0 0", "m=message " + std::string(port) + " TCP/MSRP *"});
    };
    refused(text("65536"), error::port_too_large, start + 14, "m=");
    refused(text("99999999999999999999999"), error::port_too_large, start + 14, "m=");
    CHECK(sdp::parse(text("65535"))->media(0)->port() == 65535);
    CHECK(sdp::parse(text("1/65535"))->media(0)->port_count() == 65535);
    refused(text("1/65536"), error::port_too_large, start + 16, "m=");
    CHECK(sdp::parse(text("0000009"))->media(0)->port() == 9);
}

TEST_CASE("T8 NUL and stray CR are refused where they stand; no line end is none") {
    using namespace std::string_view_literals;
    auto const at = joined(head).size();
    refused(joined(head) + std::string("i=a\0b\r\nt=0 0\r\n"sv), error::bad_line_end, at + 3, "i=");
    refused(joined(head) + "i=a\rb\r\nt=0 0\r\n", error::bad_line_end, at + 4, "i=");
    refused(joined(head) + "i=a\r\r\nt=0 0\r\n", error::bad_line_end, at + 4, "i=");
    refused(joined(head) + "t=0 0", error::bad_line_end, at + 5, "t=");
    refused(joined(head) + "t=0 0\r", error::bad_line_end, at + 6, "t=");
    refused(joined(head) + "t=0 0\r\n\r\n", error::bad_line, at + 7, "");
    refused(joined(head) + "t", error::bad_line, at + 1, "t=");
    refused(joined(head) + "t 0 0\r\n", error::bad_line, at + 1, "t=");
}

TEST_CASE("SDP-8866-2 each leniency reads its departure and is off by default") {
    struct row {
        std::string text;
        bool sdp::leniency::* name;
    };
    std::string no_end = with({"t=0 0"});
    no_end.resize(no_end.size() - 2);
    std::vector<row> const rows{
        {joined({"v=0", "o=- 1 1 IN IP4 h", "s=", "t=0 0"}), &sdp::leniency::empty_session_name},
        {with({"c=IN IP4 h", "m=a 9 b c"}), &sdp::leniency::missing_time},
        {with({"t=0 0", "c=IN IP4 h", "m=a 9 b c"}), &sdp::leniency::connection_after_time},
        {with({"t=0 0", "m=a 9 b c"}), &sdp::leniency::missing_connection},
        {no_end, &sdp::leniency::missing_last_line_end},
        {with({"c=IN IP6 IP6 2001:db8::1", "t=0 0"}), &sdp::leniency::doubled_address_type},
        {with({"e=nobody", "t=0 0"}), &sdp::leniency::contact_as_text},
    };
    for (auto const& r : rows) {
        CAPTURE(r.text);
        CHECK_FALSE(sdp::parse(r.text));
        sdp::leniency one;
        one.*r.name = true;
        CHECK(sdp::parse(r.text, {}, one));
        // The others together do not let it pass.
        sdp::leniency rest;
        for (auto const& o : rows) rest.*o.name = o.name != r.name;
        CHECK_FALSE(sdp::parse(r.text, {}, rest));
    }
    sdp::leniency doubled;
    doubled.doubled_address_type = true;
    CHECK(sdp::parse(rows[5].text, {}, doubled)->session_connection()->ip ==
          wire::parse_ip("2001:db8::1"));
    // c= behind t=, yet not twice, and not behind a=.
    sdp::leniency after;
    after.connection_after_time = true;
    CHECK_FALSE(sdp::parse(with({"c=IN IP4 h", "t=0 0", "c=IN IP4 h"}), {}, after));
    CHECK_FALSE(sdp::parse(with({"t=0 0", "a=x", "c=IN IP4 h"}), {}, after));
}

TEST_CASE("SDP-8866-2 a blank behind the colon is part of the value unless told otherwise") {
    auto const text = with({"c=IN IP4 h", "t=0 0", "m=message 9 TCP/MSRP *", "a=accept-types: *"});
    CHECK(sdp::parse(text)->media(0)->attributes().find("accept-types")->value == " *");
    sdp::leniency lenient;
    lenient.blank_after_colon = true;
    auto const a = *sdp::parse(text, {}, lenient)->media(0)->attributes().find("accept-types");
    CHECK(a.value == "*");
    CHECK(text[a.value_offset] == '*');
}

TEST_CASE("T26 limits are on by default and tested on both sides") {
    auto const why = [](std::string const& text, sdp::limits const& limit = {}) {
        auto const d = sdp::parse(text, limit);
        if (!d) CHECK(d.error().code == sdp::error_condition::limit);
        return d.error();
    };
    sdp::limits const all;
    std::string long_text = with({"t=0 0"});
    while (long_text.size() + 8192 < all.max_text)
        long_text += "a=" + std::string(8188, 'x') + "\r\n";
    long_text += "a=" + std::string(all.max_text - long_text.size() - 4, 'x') + "\r\n";
    CHECK(why(long_text).code == std::error_code{});
    CHECK(why(long_text + "\n").code == error::text_too_long);
    CHECK(why(long_text + "\n").offset == all.max_text);

    auto const line = [&](std::size_t n) {
        return with({"t=0 0", "a=" + std::string(n - 2, 'x')});
    };
    CHECK(why(line(all.max_line)).code == std::error_code{});
    CHECK(why(line(all.max_line + 1)).code == error::line_too_long);
    CHECK(why(line(all.max_line + 1)).offset == with({"t=0 0"}).size() + all.max_line);

    std::string lines = with({"t=0 0"});
    for (std::size_t i = 4; i < all.max_lines; ++i) lines += "a=x\r\n";
    CHECK(why(lines).code == std::error_code{});
    CHECK(why(lines + "a=x\r\n").code == error::too_many_lines);
    CHECK(why(lines + "a=x\r\n").offset == lines.size());

    std::string media = with({"c=IN IP4 h", "t=0 0"});
    for (std::size_t i = 0; i < all.max_media; ++i) media += "m=a 9 b c\r\n";
    CHECK(why(media).code == std::error_code{});
    CHECK(sdp::parse(media)->media_count() == all.max_media);
    CHECK(why(media + "m=a 9 b c\r\n").code == error::too_many_media);
    std::string flood = with({"c=IN IP4 h", "t=0 0"});
    for (int i = 0; i < 60000; ++i) flood += "m=a 9 b c\r\n";
    CHECK(why(flood).code == error::too_many_media);
    CHECK(why(flood).offset == media.size());
}

TEST_CASE("T26 a text over the limit is refused where it is wrong first") {
    sdp::limits const all;
    auto const refused_at = [](std::string const& text, error code, std::size_t offset) {
        auto const d = sdp::parse(text);
        REQUIRE_FALSE(d);
        CHECK(d.error().code == code);
        CHECK(d.error().offset == offset);
    };
    constexpr std::size_t mebi = 1U << 20U;
    refused_at(std::string(mebi, 'x'), error::unknown_line, 0);
    refused_at(std::string(mebi, '\0'), error::bad_line, 0);
    refused_at(std::string(mebi, '\n'), error::bad_line, 0);
    refused_at("v=" + std::string(mebi, '0'), error::bad_version, 3);
    auto const start = with({"t=0 0"});
    refused_at(start + std::string(mebi, 'a'), error::bad_line, start.size() + 1);
    refused_at(start + "a=" + std::string(mebi, 'a'), error::line_too_long,
               start.size() + all.max_line);
    refused_at(start + "a=:" + std::string(mebi, 'a'), error::bad_attribute, start.size() + 2);
    std::string whole = start;
    while (whole.size() + 8000 < all.max_text) whole += "a=" + std::string(7990, 'x') + "\r\n";
    // The line across the limit is looked at, too; what is behind the limit is not.
    auto const line = "a=" + std::string(all.max_text - whole.size() - 4, 'x');
    refused_at(whole + line + "x\r\n", error::text_too_long, all.max_text);
    refused_at(whole + line + "\r\nbad\r\n", error::text_too_long, all.max_text);
    refused_at(whole + line + "\rbad\r\n", error::bad_line_end, all.max_text - 1);
    refused_at(whole + "=" + line + "\r\n", error::unknown_line, whole.size());
}

TEST_CASE("line_number_at tells a person where a failure is") {
    auto const text = with({"t=0 0", "x=1"});
    CHECK(sdp::line_number_at(text, 0) == 1);
    CHECK(sdp::line_number_at(text, sdp::parse(text).error().offset) == 5);
    CHECK(sdp::line_number_at(text, 1 << 20) == 6);
}

TEST_CASE("SDP-8866-2 c= behind t= is read when told so, but not between b= and t=") {
    sdp::leniency lenient;
    lenient.connection_after_time = true;
    auto const before = with({"b=AS:1"});
    refused(with({"b=AS:1", "c=IN IP4 h", "t=0 0"}), error::misplaced_line, before.size(),
            "c=", lenient);
    CHECK(sdp::parse(with({"b=AS:1", "t=0 0", "r=7d 1h 0", "z=3900000000 0", "c=IN IP4 h"}), {},
                     lenient));
    auto const twice = with({"t=0 0", "c=IN IP4 h"});
    refused(with({"t=0 0", "c=IN IP4 h", "c=IN IP4 i"}), error::misplaced_line, twice.size(),
            "c=", lenient);
}

TEST_CASE("SDP-8866-2 leniencies are compared whole") {
    sdp::leniency const none;
    CHECK(none == sdp::leniency{});
    for (auto const member :
         {&sdp::leniency::empty_session_name, &sdp::leniency::missing_time,
          &sdp::leniency::connection_after_time, &sdp::leniency::missing_connection,
          &sdp::leniency::missing_last_line_end, &sdp::leniency::blank_after_colon,
          &sdp::leniency::doubled_address_type, &sdp::leniency::contact_as_text}) {
        sdp::leniency one;
        one.*member = true;
        CHECK_FALSE(one == none);
    }
}

TEST_CASE("RFC 8866 5.2 a session is known by all of o= but its version") {
    auto const o = [](std::string_view text) { return *sdp::read_origin(text); };
    auto const first = o("u 12 3 IN IP4 h.example");
    CHECK(first.same_session(o("u 12 4 IN IP4 h.example")));
    CHECK_FALSE(first == o("u 12 4 IN IP4 h.example"));
    CHECK(first == o("u 12 3 IN IP4 h.example"));
    for (auto const* other :
         {"v 12 3 IN IP4 h.example", "u 13 3 IN IP4 h.example", "u 012 3 IN IP4 h.example",
          "u 12 3 ATM IP4 h.example", "u 12 3 IN IP6 h.example", "u 12 3 IN IP4 i.example"}) {
        CHECK_FALSE(first.same_session(o(other)));
        CHECK_FALSE(first == o(other));
    }
}
