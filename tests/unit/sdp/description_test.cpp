// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// description_test.cpp - sdp/description.hpp: the value that is edited, with all octets kept.
#include <sdp/description.hpp>

#include <algorithm>
#include <array>
#include <memory_resource>
#include <string>
#include <string_view>
#include <utility>

#include <sdp/parser.hpp>

#include "support/catch.hpp"

namespace {

using sdp::error;
using sdp::session_level;

constexpr std::string_view text =
    "v=0\r\no=- 7 9 IN IP4 pc.example.org\r\ns=-\r\nt=0 0\r\na=tool:x\r\n"
    "m=message 0049/1 TCP/MSRP *\r\nc=IN IP4 pc.example.org\r\na=setup:actpass\r\na=x\n"
    "a=setup:again\r\n"
    "m=audio 9 RTP/AVP 0 8\r\ni=voice\r\nc=IN IP4 a.example\r\nc=IN IP4 b.example\r\n";

sdp::description fresh() { return *sdp::description::parse(text); }

std::string replaced(std::string_view what, std::string_view by) {
    std::string out(text);
    out.replace(out.find(what), what.size(), by);
    return out;
}

}  // namespace

TEST_CASE("an owning description keeps every octet and outlives its source") {
    std::string source(text);
    auto d = *sdp::description::parse(source);
    source.assign(source.size(), '#');
    CHECK(d.text() == text);
    auto const copy = d;
    auto const moved = std::move(d);
    CHECK(copy.text() == text);
    CHECK(moved.view().media(1)->proto() == "RTP/AVP");
}

TEST_CASE("attributes are set in place, appended and removed") {
    auto d = fresh();
    REQUIRE(d.set_attribute(0, "setup", "passive"));
    std::string want = replaced("a=setup:actpass", "a=setup:passive");
    want.erase(want.find("a=setup:again\r\n"), 15);
    CHECK(d.text() == want);

    d = fresh();
    REQUIRE(d.set_attribute(0, "msrp-cema"));
    CHECK(d.text() == replaced("a=setup:again\r\n", "a=setup:again\r\na=msrp-cema\r\n"));
    REQUIRE(d.add_attribute(1, "ptime", "20"));
    CHECK(d.text().ends_with("c=IN IP4 b.example\r\na=ptime:20\r\n"));
    REQUIRE(d.set_attribute(session_level, "inactive"));
    CHECK(d.view().attributes().contains("inactive"));
    CHECK_FALSE(d.view().media(0)->attributes().contains("inactive"));

    d = fresh();
    CHECK(*d.remove_attribute(0, "setup") == 2);
    CHECK_FALSE(d.view().media(0)->attributes().contains("setup"));
    CHECK(*d.remove_attribute(0, "setup") == 0);
    CHECK(*d.remove_attribute(0, "set") == 0);
    CHECK(*d.remove_attribute(session_level, "tool") == 1);
    CHECK(d.view().lines().text().find("tool") == std::string_view::npos);
}

TEST_CASE("c= is set in place or where the grammar has it") {
    auto d = fresh();
    REQUIRE(d.set_connection(1, "192.0.2.1"));
    CHECK(d.text() ==
          replaced("c=IN IP4 a.example\r\nc=IN IP4 b.example\r\n", "c=IN IP4 192.0.2.1\r\n"));
    REQUIRE(d.remove_connection(1).error().code == error::missing_connection);
    REQUIRE(d.set_connection(session_level, "2001:db8::1"));
    CHECK(d.text().find("s=-\r\nc=IN IP6 2001:db8::1\r\nt=0 0") != std::string_view::npos);
    REQUIRE(d.remove_connection(1));
    REQUIRE(d.set_connection(1, "IN", "IP6", "six.example"));
    CHECK(d.text().ends_with("i=voice\r\nc=IN IP6 six.example\r\n"));
    CHECK(d.view().media(1)->effective_connection()->address == "six.example");
}

TEST_CASE("SDP-8.1-2 set_port changes the port and no other octet") {
    auto d = fresh();
    REQUIRE(d.set_port(0, 0));
    CHECK(d.text() == replaced("message 0049/1", "message 0/1"));
    REQUIRE(d.set_port(0, 65535));
    CHECK(d.view().media(0)->port() == 65535);
    REQUIRE(d.set_proto(0, "TCP/TLS/MSRP"));
    CHECK(d.text() == replaced("message 0049/1 TCP/MSRP", "message 65535/1 TCP/TLS/MSRP"));
}

TEST_CASE("SDP-3264-2 the version of o= grows by one; a foreign one however long it is") {
    auto d = fresh();
    REQUIRE(d.increment_version());
    CHECK(d.text() == replaced("7 9 IN", "7 10 IN"));
    // Own ones fit a signed number of 64 bits (RFC 3264, section 5).
    REQUIRE(d.set_version(9223372036854775806U));
    REQUIRE(d.increment_version());
    CHECK(d.view().origin().session_version == "9223372036854775807");
    for (auto const& done : {d.increment_version(), d.set_version(9223372036854775808U),
                             d.set_version(18446744073709551615U)}) {
        CHECK(done.error().code == error::illegal_value);
        CHECK(done.error().field == "o=");
        CHECK(d.view().origin().session_version == "9223372036854775807");
    }
    for (auto const& [before, after] :
         {std::pair("9223372036854775808", "9223372036854775809"),
          std::pair("18446744073709551615", "18446744073709551616"),
          std::pair("99999999999999999999", "100000000000000000000")}) {
        auto foreign =
            *sdp::description::parse(replaced("7 9 IN", "7 " + std::string(before) + " IN"));
        REQUIRE(foreign.increment_version());
        CHECK(foreign.view().origin().session_version == after);
    }
}

TEST_CASE("T26 a copy of a description over the limits can be edited, but not grow over them") {
    sdp::limits large;
    large.max_text = 1000000;
    large.max_line = large.max_lines = large.max_media = 100000;
    std::string long_one = "v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nc=IN IP4 h\r\nt=0 0\r\na=x:";
    long_one += std::string(20000, 'x') + "\r\n";
    for (int i = 0; i < 600; ++i)
        long_one += "m=message 9 TCP/MSRP *\r\na=" + std::string(90, 'y') + "\r\n";
    auto const view = *sdp::parse(long_one, large);
    sdp::description d(view);
    CHECK(d.text() == long_one);
    REQUIRE(d.set_port(599, 8));  // as long as before
    CHECK(d.view().media(599)->port() == 8);
    REQUIRE(d.set_version(2));
    CHECK(d.add_attribute(0, "n").error().code == error::too_many_lines);
    CHECK(d.set_port(0, 10).error().code == error::text_too_long);
    REQUIRE(d.remove_attribute(session_level, "x"));
    CHECK(d.add_media("m=a 1 b c\r\n").error().code == error::too_many_media);
    // Of one that is within them they are as given.
    sdp::limits small;
    small.max_lines = 1 + static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
    sdp::description e(*sdp::parse(text), small);
    REQUIRE(e.add_attribute(0, "n"));
    CHECK(e.add_attribute(0, "n").error().code == error::too_many_lines);
}

TEST_CASE("set_connection puts c= behind i= u= e= and p=") {
    for (std::string const before :
         {"", "i=x\r\n", "u=x:y\r\n", "e=a@example.com\r\n", "p=+1 617 555 6011\r\n",
          "i=x\r\nu=x:y\r\ne=a@example.com\r\np=+1 617 555 6011\r\n"
          "p=+1 617 555 6012\r\n"}) {
        CAPTURE(before);
        std::string const head = "v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\n" + before;
        auto d = *sdp::description::parse(head + "b=AS:1\r\nt=0 0\r\n");
        REQUIRE(d.set_connection(session_level, "192.0.2.1"));
        CHECK(d.text() == head + "c=IN IP4 192.0.2.1\r\nb=AS:1\r\nt=0 0\r\n");
    }
}

TEST_CASE("SDP-8866-1 set_connection writes numeric addresses without brackets, and names") {
    auto d = fresh();
    for (auto const* good : {"192.0.2.1", "2001:db8::5", "::ffff:192.0.2.1", "a-b.example", "h_1",
                             "233.252.0.1/127", "233.252.0.1/127/3", "ff15::101/3"}) {
        CAPTURE(good);
        REQUIRE(d.set_connection(0, good));
        auto const c = *d.view().media(0)->own_connection();
        CHECK(c.text.substr(c.text.rfind(' ') + 1) == good);
        CHECK(c.address_type == (std::string_view(good).find(':') < 99 ? "IP6" : "IP4"));
    }
    std::string const before(d.text());
    for (auto const* bad :
         {"[2001:db8::5]", "[h]", "h:5", "2001:db8::5%eth0", "2001:db8::5:", "h/3", "192.0.2.1/127",
          "2001:db8::5/3", "233.252.0.1/256", "a,b", "\xC3\xA4.example", "ff15::101/0"})
        CHECK(d.set_connection(0, bad).error().code == error::illegal_value);
    CHECK(d.set_connection(0, "IN", "IP6", "192.0.2.1").error().code == error::illegal_value);
    CHECK(d.set_connection(0, "IN", "IP4", "2001:db8::5").error().code == error::illegal_value);
    CHECK(d.set_connection(0, "in", "ip4", "[::1]").error().code == error::illegal_value);
    CHECK(d.text() == before);
    CHECK(d.set_connection(0, "TN", "RFC2543", "+1-617-555-6011"));
    CHECK(d.set_connection(0, "IN", "IP9", "[x]:y"));
}

TEST_CASE("media descriptions are added and replaced") {
    auto d = fresh();
    REQUIRE(d.add_media("m=text 5 X *\r\nc=IN IP4 t.example\r\n"));
    CHECK(d.view().media_count() == 3);
    REQUIRE(d.replace_media(1, "m=message 8 TCP/MSRP *\r\nc=IN IP4 n.example\r\n"));
    CHECK(d.view().media(1)->media() == "message");
    CHECK(d.view().media(2)->media() == "text");
    CHECK(d.add_media("a=x\r\n").error().code == error::illegal_value);
    CHECK(d.add_media("m=a 1 b c\r\nc=IN IP4 h\r\nm=a 1 b c\r\n").error().code ==
          error::illegal_value);
    CHECK(d.replace_media(0, "m=a 1 b c\r\nc=IN IP4 h").error().code == error::illegal_value);
    CHECK(d.replace_media(9, "m=a 1 b c\r\n").error().code == error::no_such_media);
}

TEST_CASE("T8 no edit lets CR LF or NUL or another illegal octet through") {
    using namespace std::string_view_literals;
    auto d = fresh();
    auto const kept = [&](auto const& done, error why) {
        CHECK(done.error().code == why);
        CHECK(d.text() == text);
    };
    for (auto const bad : {"a\r\nm=x"sv, "a\nb"sv, "a\rb"sv, "a\0b"sv}) {
        kept(d.set_attribute(0, "x", bad), error::illegal_value);
        kept(d.add_attribute(0, "x", bad), error::illegal_value);
        kept(d.add_attribute(0, bad), error::illegal_value);
        kept(d.set_connection(0, bad), error::illegal_value);
        kept(d.set_proto(0, bad), error::illegal_value);
    }
    kept(d.set_attribute(0, "a b", "x"), error::illegal_value);
    kept(d.set_attribute(0, "a:b", "x"), error::illegal_value);
    kept(d.set_attribute(0, ""), error::illegal_value);
    kept(d.set_attribute(0, "x", ""), error::illegal_value);
    kept(d.set_connection(0, "a b"), error::illegal_value);
    kept(d.set_connection(0, ""), error::illegal_value);
    kept(d.set_proto(0, "TCP//MSRP"), error::illegal_value);
    kept(d.add_attribute(0, "x", ""), error::illegal_value);
    for (auto const bad : {"I N"sv, ""sv, "I\r\nN"sv, "I/N"sv}) {
        kept(d.set_connection(0, bad, "IP4", "h"), error::illegal_value);
        kept(d.set_connection(0, "IN", bad, "h"), error::illegal_value);
    }
    kept(d.add_media("m=a 1 b c\r\nc=IN IP4 h"), error::illegal_value);
    kept(d.replace_media(0, "c=IN IP4 h\r\n"), error::illegal_value);
    kept(d.replace_media(0, "m=a 1 b c\r\nc=IN IP4 h\r\nm=a 1 b c\r\n"), error::illegal_value);
}

TEST_CASE("an edit of a media description that is not there is refused") {
    auto d = fresh();
    auto const kept = [&](auto const& done) {
        CHECK(done.error().code == error::no_such_media);
        CHECK(d.text() == text);
    };
    kept(d.set_attribute(7, "x"));
    kept(d.add_attribute(2, "x"));
    kept(d.remove_attribute(2, "x"));
    kept(d.set_port(2, 1));
    kept(d.set_proto(2, "TCP/MSRP"));
    kept(d.set_connection(2, "h"));
    kept(d.remove_connection(2));
    kept(d.replace_media(2, "m=a 1 b c\r\n"));
}

TEST_CASE("T26 an edit cannot pass the limits") {
    sdp::limits limit;
    limit.max_text = text.size() + 10;
    auto d = *sdp::description::parse(text, limit);
    auto const kept = [&](auto const& done) {
        CHECK(done.error().code == error::text_too_long);
        CHECK(d.text() == text);
    };
    kept(d.add_attribute(0, "long-name-here"));
    kept(d.set_attribute(0, "long-name-here"));               // appended
    kept(d.set_attribute(0, "setup", std::string(60, 'x')));  // in its place
    kept(d.set_connection(0, "much-longer-than-before.pc.example.org"));
    kept(d.set_connection(session_level, "a.example"));
    kept(d.set_proto(0, "TCP/TLS/AND/MORE/MSRP"));
    kept(d.add_media("m=a 1 b c\r\nc=IN IP4 h\r\n"));
    CHECK(d.add_attribute(0, "n"));
}

TEST_CASE("a last line without its end gets one before another follows") {
    sdp::leniency lenient;
    lenient.missing_last_line_end = true;
    auto d = *sdp::description::parse(text.substr(0, text.size() - 2), {}, lenient);
    CHECK(d.text() == text.substr(0, text.size() - 2));
    REQUIRE(d.add_attribute(1, "x"));
    CHECK(d.text() == std::string(text) + "a=x\r\n");
    // Lines before it may change without it, and it may be the one that changes.
    auto const cut = "a=y:1\r\na=x:2";
    d = *sdp::description::parse(std::string(text) + cut, {}, lenient);
    REQUIRE(d.set_attribute(1, "y", "3"));
    CHECK(d.text() == std::string(text) + "a=y:3\r\na=x:2");
    REQUIRE(d.set_attribute(1, "x", "4"));
    CHECK(d.text() == std::string(text) + "a=y:3\r\na=x:4\r\n");
}

TEST_CASE("RFC 8866 5.7 5.13 a media description has its own c= and attributes, or the session's") {
    auto const d = fresh();
    CHECK(d.view().session_connection() == std::nullopt);
    CHECK(d.view().media(0)->effective_attribute("setup")->value == "actpass");
    CHECK(d.view().media(0)->effective_attribute("tool")->value == "x");
    CHECK(d.view().media(1)->effective_attribute("setup") == std::nullopt);
    CHECK(d.view().media().size() == 2);
    auto const both = *sdp::description::parse(replaced("t=0 0", "c=IN IP4 s.example\r\nt=0 0"));
    CHECK(both.view().session_connection()->address == "s.example");
    CHECK(both.view().media(1)->effective_connection()->address == "a.example");
}

TEST_CASE("pmr descriptions stay in their resource") {
    std::array<std::byte, 1 << 16> memory;
    std::pmr::monotonic_buffer_resource pool(memory.data(), memory.size(),
                                             std::pmr::null_memory_resource());
    auto d = *sdp::pmr::description::parse(text, {}, {}, &pool);
    REQUIRE(d.set_attribute(0, "setup", "active"));
    CHECK(d.get_allocator().resource() == &pool);
    CHECK(d.view().media(0)->attributes().find("setup")->value == "active");
}

TEST_CASE("find_media passes rejected media over") {
    auto d = fresh();
    CHECK(d.view().find_media("audio")->index() == 1);
    CHECK(d.view().find_media("message", 1) == std::nullopt);
    REQUIRE(d.set_port(1, 0));
    CHECK(d.view().find_media("audio") == std::nullopt);
}

TEST_CASE("SDP-8866-1 a media description is found by type and walked, in short texts and long") {
    for (std::size_t const more : {std::size_t{0}, std::size_t{3}, std::size_t{60}}) {
        std::string whole =
            "v=0\r\no=- 1 1 IN IP4 a.example\r\ns=-\r\nc=IN IP4 a.example\r\nt=0 0\r\na=s:1\r\n";
        for (std::size_t i = 0; i < more; ++i) whole += "a=tool:" + std::to_string(i) + "\r\n";
        whole +=
            "m=audio 9 RTP/AVP 0\r\na=sendrecv\r\na=rtpmap:0 PCMU/8000\r\n"
            "m=message 7654 TCP/MSRP *\na=path: msrp://a.example:1/b;tcp\nm=messages 1 x *\r\n"
            "m=message 0 TCP/MSRP *\r\nb=AS:1\r\na=x\r\n";
        for (bool const skip : {false, true}) {
            sdp::leniency lenient;
            lenient.blank_after_colon = skip;
            auto const d = sdp::parse(whole, {}, lenient);
            REQUIRE(d);
            CHECK(d->media_index("audio") == 0);
            CHECK(d->media_index("message") == 1);
            CHECK(d->media_index("message", 1) == 1);
            CHECK(d->media_index("message", 2) == 3);
            CHECK(d->media_index("message", 4) == 4);
            CHECK(d->media_index("messages") == 2);
            CHECK(d->media_index("messag") == 4);
            CHECK(d->media_index(std::string(whole.size(), 'm')) == 4);
            CHECK(d->media_index("") == 4);
            CHECK(d->media_index("audio", 1) == 4);
            std::string seen;
            for (std::size_t i = 0; i < d->media_count(); ++i) {
                auto const line = d->with_media(i, [&](auto const& make, auto const& walk) {
                    sdp::media_view const m = make();
                    CHECK(m.index() == i);
                    walk([&](sdp::attribute const& a) {
                        CHECK(whole.substr(a.offset, 2) == "a=");
                        CHECK(sdp::line_number_at(whole, a.offset) == a.line_number);
                        seen += std::string(a.name) + "=" + std::string(a.value) + ",";
                    });
                    return m.line_number();
                });
                CHECK(line == d->media(i)->line_number());
                seen += ";";
            }
            CHECK(seen == std::string("sendrecv=,rtpmap=0 PCMU/8000,;path=") + (skip ? "" : " ") +
                              "msrp://a.example:1/b;tcp,;;x=,;");
            CHECK(d->media(1)->port() == 7654);
            // A copy has it all, and an edited one what became of it.
            sdp::description copy(*d);
            REQUIRE(copy.add_attribute(1, "y"));
            CHECK(copy.view().media_index("message", 2) == 3);
            copy.view().with_media(1, [&](auto const&, auto const& walk) {
                std::string names;
                walk([&](sdp::attribute const& a) { names += std::string(a.name) + ","; });
                CHECK(names == "path,y,");
            });
        }
    }
}
