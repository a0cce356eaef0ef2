// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// uri_test.cpp - MSRP-URI: reader and grammar, comparison, normal form.
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include <msrp/parse_uri.hpp>
#include <msrp/uri.hpp>
#include <wire/address.hpp>
#include <wire/sink.hpp>

#include "support/catch.hpp"

namespace {

using msrp::error;
using msrp::host_kind;

bool same_view(std::string_view a, std::string_view b) {
    return a.data() == b.data() && a.size() == b.size();
}
bool same(msrp::uri const& a, msrp::uri const& b) {
    return same_view(a.text, b.text) && a.scheme == b.scheme && same_view(a.userinfo, b.userinfo) &&
           same_view(a.host, b.host) && a.kind == b.kind && a.ip == b.ip &&
           same_view(a.port_text, b.port_text) && a.port == b.port &&
           same_view(a.session_id, b.session_id) && same_view(a.transport, b.transport) &&
           same_view(a.parameters, b.parameters) && a.has_userinfo == b.has_userinfo;
}

/// Reads by hand and by grammar; both must agree.
wire::result<msrp::uri> read(std::string_view text, msrp::uri_options options = {}) {
    CAPTURE(text);
    auto const by_hand = msrp::read_uri(text, options);
    auto const by_grammar = msrp::parse_uri(text, options);
    REQUIRE(by_hand.has_value() == by_grammar.has_value());
    CHECK(by_hand.error() == by_grammar.error());
    if (by_hand) CHECK(same(*by_hand, *by_grammar));
    return by_hand;
}
msrp::uri good(std::string_view text, msrp::uri_options options = {}) {
    CAPTURE(text);
    auto const r = read(text, options);
    CAPTURE(r.error().offset);
    REQUIRE(r);
    CHECK(same_view(r->text, text));
    return *r;
}
void bad(std::string_view text, error why, std::uint64_t at, msrp::uri_options options = {}) {
    CAPTURE(text);
    auto const r = read(text, options);
    REQUIRE_FALSE(r);
    CHECK(r.error().code == why);
    CHECK(r.error().offset == at);
    CHECK(r.error().field.empty());
}
bool equal(std::string_view a, std::string_view b) {
    auto const x = good(a);
    auto const y = good(b);
    CHECK(equivalent(x, x));
    CHECK(equivalent(x, y) == equivalent(y, x));
    return equivalent(x, y);
}
std::string normal(std::string_view text, msrp::uri_options options = {}) {
    std::array<char, 512> memory;
    wire::sink out(memory);
    write_normal(out, good(text, options));
    REQUIRE_FALSE(out.overflowed());
    return std::string(out.view());
}

}  // namespace

TEST_CASE("URI-6-1 uri: every part of an MSRP-URI is a view of it", "[uri]") {
    std::string const text = "msrps://ana:x%20y@media.example.net:9001/k3+v9=/z;tcp;hop=2;fast";
    auto const u = good(text);
    CHECK(u.is_secure());
    CHECK(u.has_userinfo);
    CHECK(u.userinfo == "ana:x%20y");
    CHECK(u.host == "media.example.net");
    CHECK(u.kind == host_kind::name);
    CHECK(u.port_text == "9001");
    CHECK(u.port == std::uint16_t{9001});
    CHECK(u.session_id == "k3+v9=/z");
    CHECK(u.has_session_id());
    CHECK(u.transport == "tcp");
    CHECK(u.parameters == ";hop=2;fast");
    CHECK_FALSE(u.numeric());
}

TEST_CASE("URI-6-3 uri: the scheme, in any case", "[uri]") {
    CHECK_FALSE(good("msrp://h:1/s;tcp").is_secure());
    CHECK(good("MSRPS://h:1/s;tcp").is_secure());
    CHECK(good("mSrPs://h:1/s;tcp").is_secure());
    bad("msrpss://h:1/s;tcp", error::bad_uri, 5);
    bad("msr://h:1/s;tcp", error::bad_uri, 3);
    bad("sip:h", error::bad_uri, 0);
    bad("", error::bad_uri, 0);
    bad("msrp", error::bad_uri, 4);
    bad("msrp:", error::bad_uri, 5);
    bad("msrp:/h", error::bad_uri, 6);
    bad(" msrp://h:1/s;tcp", error::bad_uri, 0);
}

TEST_CASE("URI-6-1 uri: the transport is always there, any of them is kept", "[uri]") {
    CHECK(good("msrp://h:1/s;tcp").transport == "tcp");
    CHECK(good("msrp://h:1/s;TCP").transport == "TCP");
    bad("msrp://h:1/s", error::bad_uri, 12);
    bad("msrp://h:1/s;", error::bad_uri, 13);
    bad("msrp://h:1/s;;x", error::bad_uri, 13);
    bad("msrp://h:1/s;t-p", error::bad_uri, 14);
    bad("msrp://h:1/s;tcp ", error::bad_uri, 16);
    bad("msrp://h:1/s;tcp;", error::bad_uri, 17);
    bad("msrp://h:1/s;tcp;a=", error::bad_uri, 19);
    bad("msrp://h:1/s;tcp;a=b=c", error::bad_uri, 20);
    bad("msrp://h:1/s;tcp;a/b", error::bad_uri, 18);
}

TEST_CASE("URI-7977-1 uri: unknown transports and parameters", "[uri]") {
    for (std::string const transport : {"ws", "dc", "sctp", "Q9"}) {
        auto const text = "msrp://h:1/s;" + transport + ";x;y=z{|}~";
        auto const u = good(text);
        CHECK(u.transport == transport);
        CHECK(u.parameters == ";x;y=z{|}~");
    }
}

TEST_CASE("URI-6-2 uri: a numeric address needs a port", "[uri]") {
    auto const v4 = good("msrp://192.0.2.17:40123/s;tcp");
    CHECK(v4.kind == host_kind::ipv4);
    CHECK(v4.ip == wire::parse_ip("192.0.2.17"));
    REQUIRE(v4.numeric());
    CHECK(v4.numeric()->port == 40123);
    auto const v6 = good("msrp://[2001:db8::17]:40123/s;tcp");
    CHECK(v6.kind == host_kind::ipv6);
    CHECK(v6.host == "2001:db8::17");
    CHECK(v6.ip == wire::parse_ip("2001:db8::17"));
    CHECK(v6.numeric());
    bad("msrp://192.0.2.17/s;tcp", error::ip_without_port, 17);
    bad("msrp://192.0.2.17:/s;tcp", error::ip_without_port, 18);
    bad("msrp://192.0.2.17;tcp", error::ip_without_port, 17);
    bad("msrp://u@192.0.2.17;tcp", error::ip_without_port, 19);
    bad("msrp://[::1]/s;tcp", error::ip_without_port, 12);
    bad("msrp://[::1]:/s;tcp", error::ip_without_port, 13);
    bad("msrp://[v7.x]/s;tcp", error::ip_without_port, 13);
    // Percent-encoding does not hide an address.
    auto const encoded = good("msrp://%3192.0.2%2e17:1/s;tcp");
    CHECK(encoded.kind == host_kind::ipv4);
    CHECK(encoded.ip == wire::parse_ip("192.0.2.17"));
    bad("msrp://192.0.2.%31/s;tcp", error::ip_without_port, 18);
    // What is not quite an IPv4 address is a name (RFC 3986, 3.2.2).
    CHECK(good("msrp://192.0.2.256/s;tcp").kind == host_kind::name);
    CHECK(good("msrp://192.0.2.017/s;tcp").kind == host_kind::name);
    CHECK(good("msrp://192.0.2.1./s;tcp").kind == host_kind::name);
    CHECK(good("msrp://192.0.2.1%20/s;tcp").kind == host_kind::name);
    CHECK(good("msrp://1.2.3.4;x/s;tcp").host == "1.2.3.4;x");
}

TEST_CASE("URI-6-2 uri: IP literals", "[uri]") {
    for (std::string const ip :
         {"::", "::1", "1::", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8",
          "1::3:4:5:6:7:8", "1:2::4:5:6:7:8", "1:2:3::5:6:7:8", "1:2:3:4::6:7:8", "1:2:3:4:5::7:8",
          "1:2:3:4:5:6::8", "::1.2.3.4", "1::1.2.3.4", "1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5::1.2.3.4",
          "::ffff:10.0.0.255", "1:2::1.2.3.4", "fe80::ABCD:0"}) {
        auto const text = "msrp://[" + ip + "]:1/s;tcp";
        auto const u = good(text);
        CHECK(u.kind == host_kind::ipv6);
        CHECK(u.ip == wire::parse_ipv6(ip));
    }
    struct wrong {
        std::string ip;
        std::size_t at;  // the first octet that no address could have there; the "]" where cut off
    };
    for (auto const& [ip, at] : {wrong{"", 0},
                                 wrong{":", 1},
                                 wrong{":::", 2},
                                 wrong{"1", 1},
                                 wrong{"1:2:3:4:5:6:7", 13},
                                 wrong{"1:2:3:4:5:6:7:", 14},
                                 wrong{"1:2:3:4:5:6:7:8:9", 15},
                                 wrong{"1:2:3:4:5:6:7::8", 15},
                                 wrong{"::2:3:4:5:6:7:8:9", 15},
                                 wrong{"1::2::3", 5},
                                 wrong{"12345::", 4},
                                 wrong{"1.2.3.4", 1},
                                 wrong{"::1.2.3", 7},
                                 wrong{"::1.2.3.256", 10},
                                 wrong{"::256.1.1.1", 5},
                                 wrong{"::01.1.1.1", 4},
                                 wrong{"1:2:3:4:5:6:7:1.2.3.4", 15},
                                 wrong{"1:2:3:4:5:6::1.2.3.4", 14},
                                 wrong{"::1.2.3.4:5", 9},
                                 wrong{":1::", 1}})
        bad("msrp://[" + ip + "]:1/s;tcp", error::bad_uri, 8 + at);
    bad("msrp://[::1%25eth0]:1/s;tcp", error::bad_uri, 11);  // no zone
    bad("msrp://[::g]:1/s;tcp", error::bad_uri, 10);
    bad("msrp://[::1", error::bad_uri, 11);
    bad("msrp://[::1]x:1/s;tcp", error::bad_uri, 12);
    bad("msrp://::1:1/s;tcp", error::bad_uri, 12);  // might have been userinfo up to the "/"
    auto const future = good("msrp://[vA.b:c;d]:1/s;tcp");
    CHECK(future.kind == host_kind::ip_future);
    CHECK(future.host == "vA.b:c;d");
    CHECK_FALSE(future.numeric());
    bad("msrp://[v.b]:1/s;tcp", error::bad_uri, 9);
    bad("msrp://[vA]:1/s;tcp", error::bad_uri, 10);
    bad("msrp://[vA.]:1/s;tcp", error::bad_uri, 11);
    bad("msrp://[vA.b%41]:1/s;tcp", error::bad_uri, 12);
}

TEST_CASE("URI-6-6 T5 uri: ports", "[uri]") {
    CHECK_FALSE(good("msrp://h/s;tcp").port);
    CHECK(good("msrp://h/s;tcp").port_text.data() == nullptr);
    CHECK_FALSE(good("msrp://h:/s;tcp").port);
    CHECK(good("msrp://h:/s;tcp").port_text.data() != nullptr);
    CHECK(good("msrp://h:0/s;tcp").port == std::uint16_t{0});
    CHECK(good("msrp://h:65535/s;tcp").port == std::uint16_t{65535});
    CHECK(good("msrp://h:000000002855/s;tcp").port == std::uint16_t{2855});
    bad("msrp://h:65536/s;tcp", error::bad_port, 13);
    bad("msrp://h:4294967297/s;tcp", error::bad_port, 14);
    bad("msrp://h:" + std::string(400, '9') + "/s;tcp", error::bad_port, 13);
    bad("msrp://h:99999;tcp", error::bad_port, 13);
    bad("msrp://h:12x/s;tcp", error::bad_uri, 12);
    bad("msrp://u@h:12x/s;tcp", error::bad_uri, 13);
    bad("msrp://u@h:99999/s;tcp;", error::bad_port, 15);  // what comes first
}

TEST_CASE("URI-6-5 URI-6.1-4 uri: the session-id", "[uri]") {
    CHECK_FALSE(good("msrps://relay.example;tcp").has_session_id());
    CHECK(good("msrp://h:1//a/../b/;tcp").session_id == "/a/../b/");
    CHECK(good("msrp://h:1/-._~+=/;tcp").session_id == "-._~+=/");
    bad("msrp://h:1/;tcp", error::bad_uri, 11);
    bad("msrp://h:1/a%41;tcp", error::bad_uri, 12);
    bad("msrp://h:1/a:b;tcp", error::bad_uri, 12);
    bad("msrp://h:1/a b;tcp", error::bad_uri, 12);
}

TEST_CASE("uri: userinfo, which may hold what looks like a transport", "[uri]") {
    auto const u = good("msrp://a;tcp:80@h:1/s;tcp");
    CHECK(u.userinfo == "a;tcp:80");
    CHECK(u.host == "h");
    auto const empty = good("msrp://@h;tcp");
    CHECK(empty.has_userinfo);
    CHECK(empty.userinfo.empty());
    CHECK(good("msrp://%41%c3%a9@h;tcp").userinfo == "%41%c3%a9");
    bad("msrp://a@b@h;tcp", error::bad_uri, 10);
    bad("msrp://a/b@h;tcp", error::bad_uri, 10);
    bad("msrp://%4@h;tcp", error::bad_uri, 9);
    bad("msrp://%@h;tcp", error::bad_uri, 8);
    bad("msrp://u@", error::bad_uri, 9);
}

TEST_CASE("URI-6-1 uri: the host, which may hold ';' before a session-id", "[uri]") {
    auto const u = good("msrp://a;b=c;d:80/s;tcp;p");
    CHECK(u.host == "a;b=c;d");
    CHECK(u.port == std::uint16_t{80});
    auto const w = good("msrp://a;tcp;p=q");
    CHECK(w.host == "a");
    CHECK(w.transport == "tcp");
    CHECK(w.parameters == ";p=q");
    bad("msrp://;tcp", error::bad_uri, 11);  // might have been a host named ";tcp"
    bad("msrp:///s;tcp", error::bad_uri, 7);
    bad("msrp://:1/s;tcp", error::bad_uri, 9);  // might have been userinfo
    bad("msrp://h\xC3\xA9:1/s;tcp", error::bad_uri, 8);
    bad(std::string_view("msrp://h\0:1/s;tcp", 17), error::bad_uri, 8);
    bad("msrp://h\r\n:1/s;tcp", error::bad_uri, 8);
    bad("msrp://h%zz/s;tcp", error::bad_uri, 9);
}

TEST_CASE("URI-6-1 uri: the offset is the first octet with which no valid text begins", "[uri]") {
    for (std::string const text :
         {"msrp://ana@media.example.net:9001/k3;tcp;a=b", "msrps://[2001:db8::7]:1/s;tcp",
          "msrp://10.0.0.1:1/s;tcp", "msrp://a;b;tcp;c", "msrp://%41;tcp"}) {
        for (std::size_t i = 0; i < text.size(); ++i) {
            auto const cut = std::string_view(text).substr(0, i);
            auto const r = read(cut);
            if (!r && r.error().code == error::bad_uri) CHECK(r.error().offset == i);
            for (char const wrong : {'\0', ' ', '"', '\x80'}) {
                auto spoilt = text;
                spoilt[i] = wrong;
                bad(spoilt, error::bad_uri, i);
            }
        }
    }
}

TEST_CASE("URI-6.1-1 to URI-6.1-6 uri: equivalence", "[uri]") {
    SECTION("URI-6.1-1 scheme") {
        CHECK(equal("msrp://h:1/s;tcp", "MSRP://h:1/s;tcp"));
        CHECK_FALSE(equal("msrp://h:1/s;tcp", "msrps://h:1/s;tcp"));
    }
    SECTION("URI-6.1-2 host") {
        CHECK(equal("msrp://Media.Example:1/s;tcp", "msrp://mEDIA.eXAMPLE:1/s;tcp"));
        CHECK(equal("msrp://%6dedia%2Eexample:1/s;tcp", "msrp://media.example:1/s;tcp"));
        CHECK(equal("msrp://%4Dedia:1/s;tcp", "msrp://media:1/s;tcp"));
        CHECK(equal("msrp://a%2fb:1/s;tcp", "msrp://a%2Fb:1/s;tcp"));
        CHECK(equal("msrp://%C3%a9:1/s;tcp", "msrp://%c3%A9:1/s;tcp"));
        CHECK_FALSE(equal("msrp://%21:1/s;tcp", "msrp://!:1/s;tcp"));  // "!" is not unreserved
        CHECK_FALSE(equal("msrp://host:1/s;tcp", "msrp://host.:1/s;tcp"));
        CHECK_FALSE(equal("msrp://host:1/s;tcp", "msrp://hos:1/s;tcp"));
        CHECK(equal("msrp://127.0.0.%31:1/s;tcp", "msrp://127.0.0.1:1/s;tcp"));
        CHECK_FALSE(equal("msrp://127.0.0.%2531:1/s;tcp", "msrp://127.0.0.1:1/s;tcp"));
        CHECK(equal("msrp://[2001:DB8::0:1]:1/s;tcp", "msrp://[2001:db8:0:0:0:0:0:1]:1/s;tcp"));
        CHECK(equal("msrp://[::102:304]:1/s;tcp", "msrp://[::1.2.3.4]:1/s;tcp"));
        CHECK_FALSE(equal("msrp://[::1]:1/s;tcp", "msrp://[::2]:1/s;tcp"));
        CHECK_FALSE(equal("msrp://1.2.3.4:1/s;tcp", "msrp://[::ffff:1.2.3.4]:1/s;tcp"));
        CHECK(equal("msrp://[vA.x]:1/s;tcp", "msrp://[Va.X]:1/s;tcp"));
    }
    SECTION("URI-6.1-2 userinfo does not count") {
        CHECK(equal("msrp://ana@h:1/s;tcp", "msrp://h:1/s;tcp"));
        CHECK(equal("msrp://ana@h:1/s;tcp", "msrp://bob@h:1/s;tcp"));
    }
    SECTION("URI-6.1-3 port") {
        CHECK_FALSE(equal("msrp://h:2855/s;tcp", "msrp://h/s;tcp"));
        CHECK_FALSE(equal("msrp://h:1/s;tcp", "msrp://h:2/s;tcp"));
        CHECK(equal("msrp://h:0001/s;tcp", "msrp://h:1/s;tcp"));
        CHECK(equal("msrp://h/s;tcp", "msrp://h:/s;tcp"));
        CHECK_FALSE(equal("msrp://h:0/s;tcp", "msrp://h:/s;tcp"));
    }
    SECTION("URI-6.1-4 session-id") {
        CHECK_FALSE(equal("msrp://h:1/s;tcp", "msrp://h:1/S;tcp"));
        CHECK_FALSE(equal("msrp://h:1/s;tcp", "msrp://h:1;tcp"));
        CHECK_FALSE(equal("msrp://h:1/s;tcp", "msrp://h:1/st;tcp"));
        CHECK_FALSE(equal("msrp://h:1/a/../s;tcp", "msrp://h:1/s;tcp"));
        CHECK(equal("msrp://h:1;tcp", "msrp://H:1;tcp"));
    }
    SECTION("URI-6.1-5 transport") {
        CHECK(equal("msrp://h:1/s;tcp", "msrp://h:1/s;TcP"));
        CHECK_FALSE(equal("msrp://h:1/s;tcp", "msrp://h:1/s;ws"));
    }
    SECTION("URI-6.1-6 other parameters do not count, names are no addresses") {
        CHECK(equal("msrp://h:1/s;tcp;a=b", "msrp://h:1/s;tcp"));
        CHECK(equal("msrp://h:1/s;tcp;a=b", "msrp://h:1/s;tcp;c"));
        CHECK_FALSE(equal("msrp://localhost:1/s;tcp", "msrp://127.0.0.1:1/s;tcp"));
    }
}

TEST_CASE("URI-6.1-2 uri: the normal form keeps userinfo, port, session-id and parameters",
          "[uri]") {
    CHECK(normal("MSRPS://Ana%41@Media%2eExample%2f:0123/S/+;TCP;Q=R") ==
          "msrps://Ana%41@media.example%2f:0123/S/+;tcp;Q=R");
    CHECK(normal("msrp://[2001:DB8:0:0::1]:1/s;tcp") == "msrp://[2001:db8::1]:1/s;tcp");
    CHECK(normal("msrp://[vA.X]:1/s;tcp") == "msrp://[va.x]:1/s;tcp");
    CHECK(normal("msrp://192.0.2.1:1;tcp") == "msrp://192.0.2.1:1;tcp");
    CHECK(normal("msrp://192.0.2.%31:1;tcp") == "msrp://192.0.2.1:1;tcp");
    CHECK(normal("msrp://h:;tcp") == "msrp://h:;tcp");
    CHECK(normal("msrp://@h;tcp") == "msrp://@h;tcp");
    CHECK(normal("msrp://%41%5A%7e;tcp") == "msrp://az~;tcp");
}

TEST_CASE("URI-6-2 uri: what may stand behind a literal, and behind userinfo", "[uri]") {
    bad("msrp://[v1.a", error::bad_uri, 12);
    bad("msrp://[::1]:99999/x;tcp", error::bad_port, 17);
    bad("msrp://ann@[::1", error::bad_uri, 15);
    bad("msrp://ann@[::1]x", error::bad_uri, 16);
    auto const u = good("msrp://ann@[v7.a:b]:1/x;tcp");
    CHECK(u.userinfo == "ann");
    CHECK(u.kind == host_kind::ip_future);
    CHECK_FALSE(u.numeric());
}

TEST_CASE("uri: one that no reader made does not run away", "[uri]") {
    msrp::uri u;
    u.kind = host_kind::ipv4;
    u.ip = *wire::parse_ip("192.0.2.7");
    CHECK_FALSE(u.numeric());  // an address and no port
    u.port = 7;
    REQUIRE(u.numeric());
    CHECK(u.numeric()->port == 7);

    u.kind = host_kind::name;
    u.transport = "tcp";
    for (std::string_view const host : {"a%4", "a%", "a%4x", "a%x4"}) {
        CAPTURE(host);
        u.host = host;
        std::array<char, 64> memory;
        wire::sink out(memory);
        write_normal(out, u);
        CHECK(out.view() == "msrp://" + std::string(host) + ";tcp");
        CHECK(equivalent(u, u));
    }
}

TEST_CASE("URI-6-1 URI-6-2 uri: what begins like a usual one and is read otherwise", "[uri]") {
    CHECK(good("msrp://kim;tcp@a.example:1/s;tcp").userinfo == "kim;tcp");
    CHECK(good("msrp://a;tcp;b/s;ws").host == "a;tcp;b");
    CHECK(good("msrp://a;tcp;b@c;ws").host == "c");
    CHECK(good("msrp://203.0.113.9;x/s;tcp").kind == host_kind::name);
    CHECK(good("msrp://203.0.113.9x/s;tcp").kind == host_kind::name);
    CHECK(good("msrp://203.0.113.256/s;tcp").kind == host_kind::name);
    CHECK(good("msrp://203.0.113.%39:7/s;tcp").kind == host_kind::ipv4);
    auto const digits = good("msrp://203.0.113.9:80@b.example/s;tcp");
    CHECK(digits.userinfo == "203.0.113.9:80");
    CHECK(digits.kind == host_kind::name);
    CHECK(!digits.port);
    auto const number = good("msrp://203.0.113.9@198.51.100.255:0080;tcp");
    CHECK(number.userinfo == "203.0.113.9");
    CHECK(number.ip == wire::ip_address::v4({198, 51, 100, 255}));
    CHECK(number.port == 80);
    CHECK(good("msrp://@h;tcp").has_userinfo);
    CHECK(good("msrp://u@[2001:db8::7]:9/s;tcp").kind == host_kind::ipv6);
    bad("msrp://u@[2001:db8::7]:9@h;tcp", error::bad_uri, 24);
    bad("msrp://u@h@i;tcp", error::bad_uri, 10);
    bad("msrp://203.0.113.9;tcp x", error::bad_uri, 22);
    bad("msrp://203.0.113.9;tcp", error::ip_without_port, 18);
    bad("msrp://a:65536;tcp", error::bad_port, 13);
    bad("msrp://a:4294967297/s;tcp", error::bad_port, 14);
}

TEST_CASE("URI-6-2 uri: groups of an IPv6 address, with a gap at every place", "[uri]") {
    for (unsigned before = 0; before <= 8; ++before)
        for (unsigned behind = 0; behind <= 8; ++behind)
            for (bool const dotted : {false, true}) {
                unsigned const groups = behind + (dotted ? 2 : 0);
                std::string text = "msrp://[";
                for (unsigned i = 0; i < before; ++i)
                    text += (i == 0 ? "aB" : ":aB") + std::to_string(i);
                text += "::";
                for (unsigned i = 0; i < behind; ++i)
                    text += std::to_string(i + 1) + (i + 1 < behind || dotted ? ":" : "");
                if (dotted) text += "1.20.255.0";
                text += "]:5;tcp";
                CAPTURE(text);
                auto const r = read(text);
                REQUIRE(bool(r) == (before + groups <= 7));
                if (!r) continue;
                std::array<std::uint8_t, 16> octets{};
                for (unsigned i = 0; i < before; ++i) {
                    octets[2 * i] = 0xA;
                    octets[2 * i + 1] = static_cast<std::uint8_t>(0xB0 + i);
                }
                for (unsigned i = 0; i < behind; ++i)
                    octets[2 * (8 - groups + i) + 1] = static_cast<std::uint8_t>(i + 1);
                if (dotted) {
                    octets[12] = 1;
                    octets[13] = 20;
                    octets[14] = 255;
                }
                CHECK(r->ip == wire::ip_address::v6(octets));
            }
}

TEST_CASE("userinfo that only the long way reads, before every kind of host", "[uri]") {
    for (std::string const user : {"us;er", "a%41", "a:b;c", ";"}) {
        for (std::string const host : {"h", "192.0.2.1", "[2001:db8::1]", "[v1.x]"}) {
            auto const text = "msrp://" + user + "@" + host + ":1/x;tcp";
            INFO(text);
            auto const u = msrp::read_uri(text);
            REQUIRE(u);
            CHECK(u->userinfo == user);
            CHECK(u->has_userinfo);
            CHECK(u->port == 1);
            CHECK((u->kind == msrp::host_kind::name) == (host == "h"));
        }
    }
}

namespace {

constexpr msrp::uri_options bare{.ipv6_without_brackets = true};

}  // namespace

TEST_CASE("RFC 8873 example: an IPv6 address without brackets, under the leniency", "[uri]") {
    std::string const text = "msrps://ann@2001:DB8:0:1::C:2855/k3l/x;dc;hop=2";
    bad(text, error::bad_uri, 17);
    auto const u = good(text, bare);
    CHECK(u.is_secure());
    CHECK(u.userinfo == "ann");
    CHECK(u.host == "2001:DB8:0:1::C");
    CHECK(u.kind == host_kind::ipv6);
    CHECK(u.ip == wire::parse_ip("2001:db8:0:1::c"));
    CHECK(u.port_text == "2855");
    CHECK(u.port == 2855);
    CHECK(u.session_id == "k3l/x");
    CHECK(u.transport == "dc");
    CHECK(u.parameters == ";hop=2");
    CHECK(u.numeric()->port == 2855);
    CHECK(normal(text, bare) == "msrps://ann@[2001:db8:0:1::c]:2855/k3l/x;dc;hop=2");
    CHECK(equivalent(u, good("msrps://[2001:db8:0:1::c]:2855/k3l/x;dc")));
}

TEST_CASE("RFC 8873 example: the digits behind the last colon are the port", "[uri]") {
    struct form {
        std::string_view authority, host;
        std::uint16_t port;
    };
    for (auto const& f :
         {form{"1::2:3:2855", "1::2:3", 2855}, form{"::1:9", "::1", 9}, form{":::9", "::", 9},
          form{"1:::9", "1::", 9}, form{"::1:2", "::1", 2}, form{"::192.0.2.1:9", "::192.0.2.1", 9},
          form{"::ffff:10.0.0.1:65535", "::ffff:10.0.0.1", 65535},
          form{"1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8", 9},
          form{"1:2:3:4:5:6:1.2.3.4:9", "1:2:3:4:5:6:1.2.3.4", 9},
          form{"1:2:3:4:5:6:7:::9", "1:2:3:4:5:6:7::", 9},
          form{"::2:3:4:5:6:7:8:9", "::2:3:4:5:6:7:8", 9}, form{"fe80::1:000080", "fe80::1", 80},
          form{"A::b:0", "A::b", 0}, form{"u:1::2@1::2:3", "1::2", 3},
          form{";@::1:00000000000000000000001", "::1", 1}}) {
        for (std::string const rest : {"/s;tcp", ";tcp", "/s;tcp;a=b;c", ";ws;a"}) {
            auto const text = "MSRP://" + std::string(f.authority) + rest;
            CAPTURE(text);
            CHECK_FALSE(read(text));
            auto const u = good(text, bare);
            CHECK(u.host == f.host);
            CHECK(u.kind == host_kind::ipv6);
            CHECK(u.ip == wire::parse_ip(f.host));
            CHECK(u.port == f.port);
            CHECK(good(normal(text, bare)).numeric() == u.numeric());
            CHECK(equivalent(u, good(normal(text, bare))));
        }
    }
}

TEST_CASE("RFC 8873 example: what is no URI even under the leniency, and where", "[uri]") {
    // What the grammar gets as far with, or farther, has its own error.
    bad("", error::bad_uri, 0, bare);
    bad("msr", error::bad_uri, 3, bare);
    bad("msrp://::1:2855", error::bad_uri, 15, bare);
    bad("msrp://::1:2855/", error::bad_uri, 16, bare);
    bad("msrp://::1:2855/s", error::bad_uri, 17, bare);
    bad("msrp://::1:2855/s;", error::bad_uri, 18, bare);
    bad("msrp://::1:2855;tcp;", error::bad_uri, 20, bare);
    bad("msrp://::1:2855;tcp/s", error::bad_uri, 19, bare);
    bad("msrp://::1:2855;tcp:s", error::bad_uri, 21, bare);  // it may be userinfo
    bad("msrp://::1:2855;tcp x", error::bad_uri, 19, bare);
    bad("msrp://::1/s;tcp", error::bad_uri, 10, bare);   // no port
    bad("msrp://1:::/s;tcp", error::bad_uri, 11, bare);  // none either
    bad("msrp://1::/s;tcp", error::bad_uri, 10, bare);
    bad("msrp://1:2:3:4:5:6:7:8/s;tcp", error::bad_uri, 22, bare);
    bad("msrp://1:2:3/s;tcp", error::bad_uri, 12, bare);
    bad("msrp://::1%25lo:9/s;tcp", error::bad_uri, 17, bare);
    bad("msrp://[::1:9/s;tcp", error::bad_uri, 13, bare);
    bad("msrp://::1]:9/s;tcp", error::bad_uri, 10, bare);
    // Behind an "@" nothing else can become of it.
    bad("msrp://u@::1:2x/s;tcp", error::bad_uri, 14, bare);
    bad("msrp://u@::1:2a/s;tcp", error::bad_uri, 15, bare);     // of the address
    bad("msrp://u@::1:2a2b5/s;tcp", error::bad_uri, 17, bare);  // the fifth of a group
    bad("msrp://u@::1:22222222/s;tcp2?", error::bad_port, 18, bare);
    bad("msrp://u@1:2:3:4:5:6:7:8:9:1/s;tcp", error::bad_uri, 26, bare);
    bad("msrp://u@::1.2.3.4.5:1/s;tcp", error::bad_uri, 18, bare);
    bad("msrp://u@::1.2.3.4:x/s;tcp", error::bad_uri, 19, bare);
    bad("msrp://u@1::2::3:9/s;tcp", error::bad_uri, 14, bare);
    bad("msrp://u@1:::1:9/s;tcp", error::bad_uri, 14, bare);
    bad("msrp://u@::1", error::bad_uri, 12, bare);
    bad("msrp://u@::1:9@h:1/s;tcp", error::bad_uri, 14, bare);
    bad("msrp://u@", error::bad_uri, 9, bare);
    bad("msrp://u@:", error::bad_uri, 10, bare);
    // A port out of range, once it is sure what is the port.
    bad("msrp://::1:65536/s;tcp", error::bad_port, 15, bare);
    bad("msrp://::1:65536/", error::bad_port, 15, bare);
    bad("msrp://::1:655360;tcp", error::bad_port, 15, bare);
    bad("msrp://::1:65536", error::bad_uri, 16, bare);
    bad("msrp://u@::1:99999;tcp", error::bad_port, 17, bare);
    CHECK(good("msrp://::1:65536@h:1/s;tcp", bare).userinfo == "::1:65536");
}

TEST_CASE("RFC 8873 example: what is a URI without the leniency is the same with it", "[uri]") {
    for (std::string_view const text :
         {"msrp://a:1/s;tcp", "msrp://abc;tcp", "msrp://1:2;tcp", "msrp://fe80:;tcp",
          "msrps://us;er:x@[2001:db8::7]:65535/s/q;tcp;p=1;q", "msrp://1.2.3.4:5/x;ws;a",
          "msrp://::1:2@h:1/s;tcp", "msrp://1;2;tcp:3@h;x/s;tcp", "msrp://h%41h.example;ws;x=y",
          "msrp://%31.2.3.4:5;tcp", "msrp://a;b:7/s;tcp", "msrp://[v1.x]:7/s;tcp", "msrp://@h;tcp",
          "MSRPS://Ab:0001/s;tcp"}) {
        CAPTURE(text);
        CHECK(same(good(text), good(text, bare)));
    }
    // And values that are refused.
    for (std::string_view const text :
         {"msrp://1.2.3.4/s;tcp", "msrp://a:65536;tcp", "msrp://[::1]/s;tcp",
          "msrp://u@1.2.3.4;tcp", "msrp://12:0099999/s;tcp", "msrp://[::1]:99999/x"}) {
        CAPTURE(text);
        CHECK(read(text).error() == read(text, bare).error());
    }
}
