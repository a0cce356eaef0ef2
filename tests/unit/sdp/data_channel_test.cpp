// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// data_channel_test.cpp - sdp/data_channel.hpp: a=dcmap and a=dcsa of RFC 8864 read and written.
#include <sdp/data_channel.hpp>

#include <array>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <sdp/parse_data_channel.hpp>
#include <sdp/parser.hpp>

#include "support/catch.hpp"

namespace {

using std::operator""sv;

sdp::data_channel channel(std::string_view value) {
    CAPTURE(value);
    auto const read = sdp::read_dcmap(value);
    auto const parsed = sdp::parse_dcmap(value);
    REQUIRE(read);
    REQUIRE(parsed);
    CHECK(*read == *parsed);
    return *read;
}
std::size_t stops(std::string_view value, sdp::error why = sdp::error::bad_data_channel) {
    CAPTURE(value);
    auto const read = sdp::read_dcmap(value);
    CHECK_FALSE(read);
    CHECK(read.error() == sdp::parse_dcmap(value).error());
    CHECK(read.error().code == why);
    CHECK(read.error().field == "a=dcmap");
    return static_cast<std::size_t>(read.error().offset);
}
sdp::attribute dcsa_line(std::string_view value) { return {"dcsa", value, true, 100, 107, 9}; }
std::size_t dcsa_stops(std::string_view value, sdp::error why = sdp::error::bad_data_channel) {
    CAPTURE(value);
    auto const read = sdp::read_dcsa(dcsa_line(value));
    CHECK_FALSE(read);
    CHECK(read.error() == sdp::parse_dcsa(dcsa_line(value)).error());
    CHECK(read.error().code == why);
    CHECK(read.error().field == "a=dcsa");
    return static_cast<std::size_t>(read.error().offset);
}
std::string described(std::string_view media) {
    return "v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nc=IN IP4 h\r\nt=0 0\r\n" + std::string(media);
}
template <class Write>
std::string written(Write&& write) {
    std::array<char, 512> memory{};
    wire::sink out(memory);
    auto const good = write(out);
    return good ? std::string(out.view()) : "refused:" + std::string(out.view());
}

}  // namespace

TEST_CASE("DC-3-1 RFC 8864 5.1 a=dcmap is read with its options and defaults") {
    auto const bare = channel("0");
    CHECK(bare == sdp::data_channel{});
    CHECK(bare.ordered);
    CHECK(bare.reliable());
    CHECK(bare.priority == 256);
    CHECK(bare.label.empty());
    CHECK_FALSE(bare.is_msrp());

    auto const full = channel("00012 LABEL=\"a%09b\";subprotocol=\"msrp\";ordered=TRUE;priority=0");
    CHECK(full.stream_id == 12);
    CHECK(full.label.decoded() == "a\tb");
    CHECK(full.label.raw() == "a%09b");
    CHECK(full.is_msrp());
    CHECK(full.ordered);
    CHECK(full.priority == 0);
    CHECK_FALSE(full.repeated);
    CHECK(channel("1 subprotocol=\"%6dsrp\"").is_msrp());
    CHECK_FALSE(channel("1 subprotocol=\"MSRP\"").is_msrp());
    CHECK(channel("1 label=\"\";subprotocol=\"\"").label.empty());

    CHECK_FALSE(channel("1 ordered=False").ordered);
    CHECK(channel("1 ordered=no").ordered);  // any other value is ignored (5.1.7)
    CHECK(channel("1 max-retr=0").max_retr == 0U);
    CHECK_FALSE(channel("1 max-retr=5").reliable());
    CHECK_FALSE(channel("1 max-time=60000").reliable());
    CHECK(channel("1 max-time=60000").max_time == 60000U);
}

TEST_CASE("RFC 8864 6.2 max-retr and max-time contradict each other, which is told") {
    CHECK(channel("1 max-retr=1;max-time=1").contradicts_itself());
    CHECK_FALSE(channel("1 max-retr=1").contradicts_itself());
    CHECK_FALSE(channel("1 max-time=1").contradicts_itself());
}

TEST_CASE("T10 the first of a repeated option of a=dcmap counts") {
    for (auto const* text : {"1 ordered=false;ordered=true", "1 label=\"a\";label=\"b\"",
                             "1 subprotocol=\"a\";subprotocol=\"b\"", "1 priority=1;priority=2",
                             "1 max-retr=1;max-retr=2", "1 max-time=1;max-time=2"})
        CHECK(channel(text).repeated);
    auto const c = channel(
        "1 ordered=false;ordered=true;label=\"\";label=\"b\";priority=256;priority=2;"
        "max-retr=1;max-retr=2");
    CHECK_FALSE(c.ordered);
    CHECK(c.label.empty());
    CHECK(c.priority == 256);
    CHECK(c.max_retr == 1U);
}

TEST_CASE("RFC 8864 6.6 values of a=dcmap are compared whole") {
    auto const same = channel("1 label=\"a\";subprotocol=\"b\";max-retr=1");
    CHECK(same == channel("1 subprotocol=\"%62\";ordered=true;label=\"%61\";max-retr=1"));
    for (auto const* other : {"2 label=\"a\";subprotocol=\"b\";max-retr=1",
                              "1 label=\"b\";subprotocol=\"b\";max-retr=1",
                              "1 label=\"a\";subprotocol=\"a\";max-retr=1",
                              "1 label=\"a\";subprotocol=\"b\";max-retr=2",
                              "1 label=\"a\";subprotocol=\"b\";max-retr=1;max-time=1",
                              "1 label=\"a\";subprotocol=\"b\";max-retr=1;ordered=false",
                              "1 label=\"a\";subprotocol=\"b\";max-retr=1;priority=1",
                              "1 label=\"a\";subprotocol=\"b\";max-retr=1;label=\"a\""})
        CHECK_FALSE(same == channel(other));
}

TEST_CASE("T5 numbers of a=dcmap up to their limits and not above") {
    CHECK(channel("65535").stream_id == 65535);
    CHECK(stops("65536", sdp::error::number_too_large) == 4);
    CHECK(stops("000001") == 5);  // 1*5DIGIT
    CHECK(channel("1 priority=65535").priority == 65535);
    CHECK(stops("1 priority=65536", sdp::error::number_too_large) == 15);
    CHECK(channel("1 max-retr=4294967295").max_retr == 4294967295U);
    CHECK(stops("1 max-retr=4294967296", sdp::error::number_too_large) == 20);
    CHECK(channel("1 max-time=4294967295").max_time == 4294967295U);
    CHECK(stops("1 max-time=4294967296", sdp::error::number_too_large) == 20);
}

TEST_CASE("RFC 8864 5.1.1 malformed a=dcmap is refused where it goes wrong, as by the grammar") {
    CHECK(stops("") == 0);
    CHECK(stops("x") == 0);
    CHECK(stops("1x") == 1);
    CHECK(stops("1 ") == 2);
    CHECK(stops("1  label=\"a\"") == 2);
    CHECK(stops("1 labels=\"a\"") == 7);
    CHECK(stops("1 colour=\"a\"") == 2);
    CHECK(stops("1 label=a") == 8);
    CHECK(stops("1 label=\"a") == 10);
    CHECK(stops("1 label=\"\xC3\xA9\"") == 9);  // to be percent-encoded
    CHECK(stops("1 label=\"a\tb\"") == 10);
    CHECK(stops("1 label=\"%4\"") == 11);
    CHECK(stops("1 label=\"a\";") == 12);
    CHECK(stops("1 label=\"a\"; ordered=true") == 12);
    CHECK(stops("1 ordered=") == 10);
    CHECK(stops("1 ordered=true x") == 14);
    CHECK(stops("1 max-x") == 6);
    CHECK(stops("1 max-retries=1") == 10);
    CHECK(stops("1 max-retr=01") == 12);
    CHECK(stops("1 max-time=") == 11);
    CHECK(stops("1 priority=-1") == 11);
    CHECK(stops("1 subprotocol=msrp") == 14);
    CHECK(stops("1 orders=true") == 7);
    CHECK(stops("1 subprotocols=\"msrp\"") == 13);
    CHECK(stops("1 prior=1") == 7);
}

TEST_CASE("DC-4.4-1 a=dcsa gives any attribute as if it stood by itself") {
    auto const value = "7 path:msrps://pc.example.org:9/a;dc"sv;
    auto const read = sdp::read_dcsa(dcsa_line(value));
    REQUIRE(read);
    CHECK(read->stream_id == 7);
    CHECK(read->embedded.name == "path");
    CHECK(read->embedded.value == "msrps://pc.example.org:9/a;dc");
    CHECK(read->embedded.has_value);
    CHECK(read->embedded.offset == 100);
    CHECK(read->embedded.value_offset == 107 + 7);
    CHECK(read->embedded.line_number == 9);
    auto const parsed = sdp::parse_dcsa(dcsa_line(value));
    CHECK(parsed->embedded.value.data() == read->embedded.value.data());
    CHECK(parsed->embedded.value_offset == read->embedded.value_offset);

    auto const flag = sdp::read_dcsa(dcsa_line("65535 x-anything"));
    CHECK(flag->stream_id == 65535);
    CHECK(flag->embedded.name == "x-anything");
    CHECK_FALSE(flag->embedded.has_value);
    CHECK(flag->embedded.value_offset == 107 + 16);
    auto const empty = sdp::read_dcsa(dcsa_line("1 a:"));
    CHECK(empty->embedded.has_value);
    CHECK(empty->embedded.value.empty());
    CHECK(sdp::parse_dcsa(dcsa_line("1 a:"))->embedded.has_value);
    auto const blanks = sdp::read_dcsa(dcsa_line("1 a:  b"), true);
    CHECK(blanks->embedded.value == "b");
    CHECK(blanks->embedded.value_offset == 107 + 6);
    CHECK(sdp::read_dcsa(dcsa_line("1 a:  b"))->embedded.value == "  b");

    CHECK(dcsa_stops("") == 0);
    CHECK(dcsa_stops("1") == 1);
    CHECK(dcsa_stops("1 ") == 2);
    CHECK(dcsa_stops("1 a b") == 3);
    CHECK(dcsa_stops("1:a") == 1);
    CHECK(dcsa_stops("123456 a") == 5);
    CHECK(dcsa_stops("65536 a", sdp::error::number_too_large) == 4);
    CHECK(dcsa_stops("1 a:b\r") == 5);
    CHECK(dcsa_stops("1 a:\0"sv) == 4);
}

TEST_CASE("RFC 8864 5.2 the attributes of one channel are walked in order, others passed over") {
    auto const text = described(
        "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=dcmap:2 label=\"x\"\r\n"
        "a=dcsa:2 one\r\na=dcsa:4 other\r\na=dcsa:x malformed\r\na=dcmap:bad "
        "id\r\na=setup:active\r\n"
        "a=dcsa:2 two:3\r\na=dcmap:4\r\n");
    auto const d = sdp::parse(text);
    auto const m = *d->media(0);
    CHECK(sdp::is_data_channel_media(m));
    std::vector<std::string_view> names;
    sdp::channel_attributes const own(m, 2);
    for (auto at = own.begin(); at != own.end(); at++) {
        names.push_back((*at).name);
        CHECK(text.substr((*at).offset).starts_with("a=dcsa:2 "));
        if ((*at).has_value) CHECK(text.substr((*at).value_offset).starts_with("3\r\n"));
    }
    CHECK(names == std::vector{"one"sv, "two"sv});
    CHECK(sdp::channel_attributes(m, 3).begin() == own.end());
    auto at = own.begin();
    CHECK((*at++).name == "one");
    CHECK((*at).name == "two");

    std::vector<int> ids;
    sdp::for_each_data_channel(m, [&](sdp::attribute const& line, auto const& c) {
        CHECK(line.name == "dcmap");
        ids.push_back(c ? c->stream_id : -1);
        return true;
    });
    CHECK(ids == std::vector{2, -1, 4});
    sdp::for_each_data_channel(m, [&](sdp::attribute const&, auto const&) {
        ids.clear();
        return false;
    });
    CHECK(ids.empty());
}

static_assert(std::input_iterator<sdp::channel_attributes::iterator>);
static_assert(std::input_iterator<sdp::attribute_range::iterator>);

TEST_CASE("RFC 8864 5.2 the leniency for blanks reaches embedded attributes") {
    auto const text =
        described("m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=dcsa: 2 max-size: 5\r\n");
    sdp::leniency blanks;
    blanks.blank_after_colon = true;
    auto const d = sdp::parse(text, {}, blanks);
    sdp::channel_attributes const own(*d->media(0), 2);
    CHECK((*own.begin()).value == "5");
}

TEST_CASE("RFC 8841 media descriptions of data channels are known by type proto and format") {
    auto const is = [](std::string_view m) {
        auto const text = described(std::string(m) + "\r\n");
        return sdp::is_data_channel_media(*sdp::parse(text)->media(0));
    };
    CHECK(is("m=application 9 TCP/DTLS/SCTP webrtc-datachannel"));
    CHECK(is("m=application 9 udp/dtls/sctp WebRTC-DataChannel"));
    CHECK_FALSE(is("m=application 9 DTLS/SCTP webrtc-datachannel"));
    CHECK_FALSE(is("m=message 9 UDP/DTLS/SCTP webrtc-datachannel"));
    CHECK_FALSE(is("m=application 9 UDP/DTLS/SCTP *"));
}

TEST_CASE("DC-3-1 a=dcmap and a=dcsa are written and read back as they were meant") {
    sdp::data_channel c;
    auto const text = [&](std::string_view label, std::string_view protocol) {
        return written([&](wire::sink& out) { return sdp::write_dcmap(out, c, label, protocol); });
    };
    CHECK(text("", "") == "0");
    c.stream_id = 65535;
    CHECK(text("a\"b%\t\xC3\xA9", "msrp") ==
          "65535 label=\"a%22b%25%09%C3%A9\";subprotocol=\"msrp\"");
    c.ordered = false;
    c.max_retr = 4294967295U;
    c.priority = 0;
    auto const all = text("x", "");
    CHECK(all == "65535 label=\"x\";ordered=false;max-retr=4294967295;priority=0");
    auto back = channel(all);
    CHECK(back.label == "x"sv);
    back.label = {};
    CHECK(back == c);
    c.max_time = 0;
    CHECK(text("x", "") == "refused:");
    c.max_retr.reset();
    CHECK(text("", "") == "65535 ordered=false;max-time=0;priority=0");

    auto const dcsa = [](std::string_view name, std::optional<std::string_view> value) {
        return written([&](wire::sink& out) { return sdp::write_dcsa(out, 3, name, value); });
    };
    CHECK(dcsa("msrp-cema", std::nullopt) == "3 msrp-cema");
    CHECK(dcsa("setup", "active") == "3 setup:active");
    CHECK(dcsa("", std::nullopt) == "refused:");
    CHECK(dcsa("a b", std::nullopt) == "refused:");
    CHECK(dcsa("a", "") == "refused:");
    CHECK(dcsa("a", "b\nc") == "refused:");
}

namespace {

std::string association(std::string_view attributes, int port = 9) {
    return described("m=application " + std::to_string(port) +
                     " UDP/DTLS/SCTP webrtc-datachannel\r\n" + std::string(attributes));
}
/// The code of an answer's failure and the line it is about.
std::pair<std::error_code, std::string> channels_answered(std::string_view offer,
                                                          std::string_view answer,
                                                          int answer_port = 9) {
    auto const o = association(offer);
    auto const a = association(answer, answer_port);
    auto const r = sdp::check_channel_answer(*sdp::parse(o)->media(0), *sdp::parse(a)->media(0));
    if (r) return {};
    auto const rest = a.substr(static_cast<std::size_t>(r.error().offset));
    return {r.error().code, rest.substr(0, rest.find('\r'))};
}

}  // namespace

TEST_CASE("RFC 8864 6.4 a data channel is answered as it was offered") {
    using sdp::error;
    std::pair<std::error_code, std::string> const good{};
    auto const wrong = [](error e, std::string line) {
        return std::pair<std::error_code, std::string>(e, std::move(line));
    };
    constexpr auto two = "a=dcmap:0 subprotocol=\"msrp\"\r\na=dcmap:2 subprotocol=\"bfcp\"\r\n"sv;
    CHECK(channels_answered(two, two) == good);
    CHECK(channels_answered(two, "") == good);  // refused, 6.5
    CHECK(channels_answered(two, "a=dcmap:2 subprotocol=\"%62fcp\";label=\"x\"\r\n") == good);
    CHECK(channels_answered(two,
                            "a=dcmap:2 subprotocol=\"bfcp\"\r\n"
                            "a=dcmap:0 subprotocol=\"msrp\";priority=1\r\n") == good);
    CHECK(channels_answered(two, "a=dcmap:1 subprotocol=\"msrp\"\r\n") ==
          wrong(error::channel_not_offered, "a=dcmap:1 subprotocol=\"msrp\""));
    CHECK(channels_answered(two, "a=dcmap:1 subprotocol=\"msrp\"\r\n", 0) == good);  // rejected
    CHECK(channels_answered(two, "a=dcmap:x\r\n") == good);                          // as absent
    CHECK(channels_answered("a=dcmap:x\r\n", "a=dcmap:0\r\n") ==
          wrong(error::channel_not_offered, "a=dcmap:0"));
    CHECK(channels_answered(two, "a=dcmap:0 subprotocol=\"msrp\"\r\na=dcmap:0 label=\"x\"\r\n") ==
          wrong(error::channel_repeated, "a=dcmap:0 label=\"x\""));
    CHECK(channels_answered(two, "a=dcmap:0 max-retr=1;max-time=1\r\n") ==
          wrong(error::bad_data_channel, "a=dcmap:0 max-retr=1;max-time=1"));
    // Rows: options that are one and the same.
    std::vector<std::vector<std::string>> const classes{
        {"", " ordered=true", " label=\"x\"", " priority=0"},
        {" ordered=false"},
        {" subprotocol=\"msrp\""},
        {" subprotocol=\"MSRP\""},
        {" max-retr=0"},
        {" max-retr=1"},
        {" max-time=0"},
        {" max-time=1", " max-time=1;ordered=true"}};
    for (auto const& x : classes)
        for (auto const& y : classes)
            for (auto const& o : x)
                for (auto const& a : y) {
                    CAPTURE(o, a);
                    CHECK(channels_answered("a=dcmap:7" + o + "\r\n", "a=dcmap:7" + a + "\r\n") ==
                          (&x == &y ? good : wrong(error::channel_differs, "a=dcmap:7" + a)));
                }
}

TEST_CASE("DC-4.5-1 the embedded setups of offer and answer fit") {
    using sdp::error;
    auto const pair = [](std::string const& protocol, std::string const& o, std::string const& a) {
        auto const side = [&](std::string const& s) {
            return "a=setup:actpass\r\na=dcmap:2 subprotocol=\"" + protocol + "\"\r\n" +
                   (s.empty() ? s : "a=dcsa:3 setup:" + s + "\r\na=dcsa:2 setup:" + s + "\r\n");
        };
        return channels_answered(side(o), side(a));
    };
    for (std::string const p : {"msrp", "bfcp"}) {
        CAPTURE(p);
        for (auto const& [o, a] : {std::pair("", ""), std::pair("active", "passive"),
                                   std::pair("actpass", "active"), std::pair("passive", "active"),
                                   std::pair("active", "holdconn"), std::pair("actpass", "")})
            CHECK_FALSE(pair(p, o, a).first);
        for (auto const& [o, a] : {std::pair("active", "active"), std::pair("actpass", "actpass"),
                                   std::pair("passive", "passive"), std::pair("", "active")}) {
            CHECK(pair(p, o, a).first == error::channel_setup);
            CHECK(pair(p, o, a).second == "a=dcsa:2 setup:" + std::string(a));
        }
        CHECK(pair(p, "passive", "").first == error::channel_setup);
        CHECK(pair(p, "passive", "").second == "a=dcmap:2 subprotocol=\"" + p + "\"");
    }
    CHECK_FALSE(pair("msrp", "holdconn", "passive").first);  // ALT-4.2.1-1
    CHECK(pair("bfcp", "holdconn", "passive").first == error::channel_setup);
    CHECK_FALSE(pair("bfcp", "holdconn", "holdconn").first);
}

TEST_CASE("DC-4.6-1 a channel is closed by leaving out its dcmap and dcsa") {
    using change = sdp::channel_change;
    using changes = std::vector<std::pair<int, change>>;
    auto const seen = [](std::string_view before, std::string_view after, int port = 9) {
        auto const b = association(before);
        auto const a = association(after, port);
        changes out;
        sdp::for_each_channel_change(*sdp::parse(b)->media(0), *sdp::parse(a)->media(0),
                                     [&](std::uint16_t id, change c) { out.emplace_back(id, c); });
        return out;
    };
    constexpr auto two = "a=dcmap:0 label=\"x\"\r\na=dcmap:65535\r\na=dcsa:0 setup:active\r\n"sv;
    CHECK(seen(two, two) == changes{{0, change::kept}, {65535, change::kept}});
    CHECK(seen("", two) == changes{{0, change::opened}, {65535, change::opened}});
    CHECK(seen(two, "") == changes{{0, change::closed}, {65535, change::closed}});
    CHECK(seen(two, two, 0) == changes{{0, change::closed}, {65535, change::closed}});
    CHECK(seen(two, "a=dcmap:5\r\na=dcmap:65535\r\na=dcsa:0 setup:active\r\n") ==
          changes{{5, change::opened}, {65535, change::kept}, {0, change::closed}});
    CHECK(seen(two, "a=dcmap:0 label=\"y\"\r\na=dcmap:0\r\n") ==
          changes{{0, change::reused}, {65535, change::closed}});
    CHECK(seen("a=dcmap:1\r\na=dcmap:1\r\n", "") == changes{{1, change::closed}});
}

TEST_CASE("RFC 8864 6.2 two dcmap of one stream id, or both limits, spoil an offer") {
    auto const code = [](std::string_view attributes, int port = 9) {
        auto const text = association(attributes, port);
        return sdp::check_channels(*sdp::parse(text)->media(0)).error().code;
    };
    CHECK_FALSE(code("a=dcmap:1\r\na=dcmap:2\r\na=dcmap:65\r\na=dcmap:65535\r\n"));
    CHECK(code("a=dcmap:1\r\na=dcmap:2\r\na=dcmap:00001\r\n") == sdp::error::channel_repeated);
    CHECK(code("a=dcmap:65535\r\na=dcmap:65535\r\n") == sdp::error::channel_repeated);
    CHECK(code("a=dcmap:1 max-time=1;max-retr=1\r\n") == sdp::error::bad_data_channel);
    CHECK_FALSE(code("a=dcmap:1\r\na=dcmap:1\r\n", 0));
    CHECK_FALSE(code("a=dcmap:1\r\na=dcmap:1 x\r\n"));
}
