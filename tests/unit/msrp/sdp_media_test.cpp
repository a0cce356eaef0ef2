// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// sdp_media_test.cpp - msrp/sdp_media.hpp: the m=message block read, judged and written.
#include <msrp/sdp_media.hpp>

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include <sdp/parser.hpp>

#include "support/catch.hpp"

namespace {

using msrp::finding_code;
using msrp::severity;

std::string described(std::string_view media, std::string_view session = "",
                      std::string_view c = "IN IP4 pc.example.org") {
    return "v=0\r\no=- 7 9 IN IP4 pc.example.org\r\ns=-\r\nc=" + std::string(c) + "\r\nt=0 0\r\n" +
           std::string(session) + std::string(media);
}
std::string block(std::string_view more = "", std::string_view m = "4100 TCP/MSRP *",
                  std::string_view path = "msrp://pc.example.org:4100/ab+c;tcp") {
    std::string out = "m=message " + std::string(m) + "\r\na=accept-types:text/plain\r\n";
    if (!path.empty()) out += "a=path:" + std::string(path) + "\r\n";
    return out + std::string(more);
}
/// A block read, with the text it looks into.
struct reading {
    explicit reading(std::string t, msrp::media_options const& options = {})
        : text(std::move(t)), media(msrp::sdp_media::read(*sdp::parse(text)->media(0), options)) {}
    reading(reading const&) = delete;
    msrp::sdp_media const* operator->() const { return &media; }
    bool has(finding_code code, severity how) const {
        auto const* f = media.findings().find(code);
        return f != nullptr && f->severity == how && !f->text.empty() && f->line != 0;
    }
    std::string text;
    msrp::sdp_media media;
};

constexpr std::string_view sha256 =
    "sha-256 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:"
    "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF";

}  // namespace

TEST_CASE("SDP-8.1-1 SDP-8.2-1 a whole m=message block is read") {
    reading const m(described(
        "m=message 4100 TCP/TLS/MSRP *\r\nc=IN IP6 2001:db8::7\r\n"
        "a=accept-types:message/cpim text/plain\r\na=accept-wrapped-types:image/* text/html\r\n"
        "a=max-size:18446744073709551615\r\n"
        "a=path:msrps://relay.example.org:2855/r;tcp msrps://[2001:db8::7]:4100/ab;tcp\r\n"
        "a=msrp-cema\r\na=setup:passive\r\na=sendonly\r\na=fingerprint:" +
        std::string(sha256) + "\r\n"));
    CHECK(m->usable());
    CHECK(m->reason().empty());
    CHECK(m->findings().empty());
    CHECK(m->proto() == msrp::media_proto::tcp_tls_msrp);
    CHECK(m->tls());
    CHECK(m->port() == 4100);
    CHECK(m->connection()->ip == wire::parse_ip("2001:db8::7"));
    CHECK(m->path_size() == 2);
    CHECK(m->uses_relay());
    CHECK(m->next_hop()->host == "relay.example.org");
    CHECK(m->far_end()->session_id == "ab");
    CHECK(m->path()->text() ==
          "msrps://relay.example.org:2855/r;tcp msrps://[2001:db8::7]:4100/ab;tcp");
    CHECK(m->accepts("text/plain"));
    CHECK_FALSE(m->accepts("text/html"));
    CHECK(m->accepts("text/html", true));
    CHECK(m->accepts("text/plain", true));
    CHECK_FALSE(m->accepts("audio/x", true));
    CHECK(m->accept_types()->wants_cpim());
    CHECK(m->max_size() == 18446744073709551615U);
    CHECK(m->cema());
    CHECK(m->setup() == sdp::setup::passive);
    CHECK(m->direction() == sdp::direction::sendonly);
    CHECK(m->fingerprints().hash() == sdp::hash_function::sha_256);
    CHECK(m->has_fingerprint());
}

TEST_CASE("SDP-8.1-1 what is absent is absent, and the plain block is usable") {
    reading const m(described(block()));
    CHECK(m->usable());
    CHECK(m->findings().empty());
    CHECK_FALSE(m->tls());
    CHECK_FALSE(m->cema());
    CHECK(m->setup() == std::nullopt);
    CHECK(m->max_size() == std::nullopt);
    CHECK(m->accept_wrapped_types() == std::nullopt);
    CHECK(m->direction() == sdp::direction::sendrecv);
    CHECK_FALSE(m->has_fingerprint());
    CHECK_FALSE(m->uses_relay());
}

TEST_CASE("SDP-8.1-1 other media types protos and formats are kept and judged") {
    reading const audio(described("m=audio 9 RTP/AVP 0\r\n"));
    CHECK_FALSE(audio->usable());
    CHECK(audio.has(finding_code::not_message, severity::error));
    CHECK(audio.has(finding_code::unknown_proto, severity::error));
    CHECK(audio->reason() == audio->findings().first_error()->text);
    reading const ws(described(block("", "4100 TCP/WS/MSRP *")));
    CHECK(ws->proto() == msrp::media_proto::other);
    CHECK(ws.has(finding_code::unknown_proto, severity::error));
    CHECK(ws->path_size() == 1);
    reading const rejected(described(block("", "0 TCP/MSRP *")));
    CHECK(rejected.has(finding_code::port_zero, severity::error));
    CHECK_FALSE(rejected->findings().contains(finding_code::port_differs));
    reading const format(described(block("", "4100 TCP/MSRP x")));
    CHECK(format.has(finding_code::format_not_star, severity::warning));
    CHECK(format->usable());
}

TEST_CASE("SDP-8.2-1 the path must be there and whole, each URI with a port") {
    auto const error = [](std::string_view path) {
        reading const m(described(block("", "4100 TCP/MSRP *", path)));
        CHECK_FALSE(m->usable());
        CHECK(m->path_size() == 0);
        CHECK_FALSE(m->next_hop());
        CHECK_FALSE(m->path());
        m->for_each_uri([](auto const&) {
            FAIL_CHECK("a URI of a path that is none");
            return true;
        });
        return m->findings().first_error()->code;
    };
    CHECK(error("") == finding_code::path_absent);
    CHECK(error("http://a.example:1/x;tcp") == finding_code::path_malformed);
    CHECK(error("msrp://a.example:1/x;tcp ") == finding_code::path_malformed);
    CHECK(error("msrp://a.example/x;tcp") == finding_code::path_without_port);
    CHECK(error("msrp://192.0.2.1/x;tcp") == finding_code::path_ip_without_port);
    std::string many = "msrp://a.example:1/x;tcp";
    for (int i = 1; i < 65; ++i) many += " msrp://a.example:1/x;tcp";
    CHECK(error(many) == finding_code::path_too_long);
    many.resize(many.rfind(' '));
    CHECK(reading(described(block("", "1 TCP/MSRP *", many)))->path_size() == 64);
}

TEST_CASE("section 21 7 repeated a=path lines are merged in order with a finding") {
    reading const m(described(block("a=x\r\na=path:msrp://b.example:2/y;tcp\r\n")));
    CHECK(m->usable());
    CHECK(m.has(finding_code::path_repeated, severity::warning));
    CHECK(m->path_size() == 2);
    CHECK(m->next_hop()->host == "pc.example.org");
    CHECK(m->far_end()->host == "b.example");
    CHECK(m->path()->text() == "msrp://pc.example.org:4100/ab+c;tcp msrp://b.example:2/y;tcp");
    std::vector<std::string_view> hosts;
    m->for_each_uri([&](msrp::uri const& u) {
        hosts.push_back(u.host);
        return true;
    });
    CHECK(hosts == std::vector<std::string_view>{"pc.example.org", "b.example"});
    // One bad line spoils all of it.
    reading const bad(described(block("a=path:nonsense\r\n")));
    CHECK(bad->path_size() == 0);
    CHECK(bad.has(finding_code::path_malformed, severity::error));
}

TEST_CASE("SDP-8.2-2 T25 the scheme must fit the proto unless the leniency says otherwise") {
    auto const plain_over_tls = described(block("", "4100 TCP/TLS/MSRP *"));
    auto const tls_over_plain =
        described(block("", "4100 TCP/MSRP *", "msrps://pc.example.org:4100/a;tcp"));
    for (auto const& text : {plain_over_tls, tls_over_plain}) {
        reading const m(text);
        CHECK_FALSE(m->usable());
        CHECK(m.has(finding_code::scheme_mismatch, severity::error));
    }
    msrp::media_options lenient;
    lenient.scheme_rules = true;
    reading const a(plain_over_tls, lenient);
    CHECK(a->usable());
    CHECK_FALSE(a->tls());
    CHECK(a.has(finding_code::scheme_mismatch, severity::warning));
    reading const b(tls_over_plain, lenient);
    CHECK(b->usable());
    CHECK(b->tls());
    // Only the URI to connect to counts: a relay may lead to a plain hop.
    reading const relay(described(block(
        "", "4100 TCP/TLS/MSRP *", "msrps://r.example:1/a;tcp msrp://pc.example.org:4100/b;tcp")));
    CHECK(relay->usable());
}

TEST_CASE("RFC 8873 example: a path with IPv6 and no brackets only under the leniency") {
    auto const text = described(block("", "4100 TCP/TLS/MSRP *",
                                      "msrps://2001:db8::9:443/r;tcp msrps://fe80::7:4100/ab;tcp"));
    reading const strict(text);
    CHECK(strict.has(finding_code::path_malformed, severity::error));
    CHECK_FALSE(strict->path());
    msrp::media_options lenient;
    lenient.ipv6_without_brackets = true;
    reading const m(text, lenient);
    CHECK(m->usable());
    CHECK(m->path_size() == 2);
    CHECK(m->next_hop()->host == "2001:db8::9");
    CHECK(m->next_hop()->port == 443);
    CHECK_FALSE(m.has(finding_code::path_malformed, severity::error));
    auto const path = m->path();
    REQUIRE(path);
    CHECK(path->back().host == "fe80::7");
    std::size_t count = 0;
    m->for_each_uri([&](msrp::uri const& u) {
        CHECK(u.kind == msrp::host_kind::ipv6);
        ++count;
        return true;
    });
    CHECK(count == 2);
    reading const no_port(described(block("", "4100 TCP/MSRP *", "msrp://fe80::7;tcp")), lenient);
    CHECK(no_port.has(finding_code::path_malformed, severity::error));
}

TEST_CASE("SDP-8.6-1 accept-types must be there and whole") {
    std::string const path = "a=path:msrp://pc.example.org:1/x;tcp\r\n";
    reading const none(described("m=message 1 TCP/MSRP *\r\n" + path));
    CHECK(none.has(finding_code::accept_types_absent, severity::error));
    reading const blank(described("m=message 1 TCP/MSRP *\r\na=accept-types: *\r\n" + path));
    CHECK(blank.has(finding_code::accept_types_malformed, severity::error));
    CHECK_FALSE(blank->accept_types());
    CHECK_FALSE(blank->accepts("text/plain"));
    sdp::leniency lenient;
    lenient.blank_after_colon = true;
    auto const d = *sdp::parse(blank.text, {}, lenient);
    CHECK(msrp::sdp_media::read(*d.media(0)).usable());
    reading const wrapped(described(block("a=accept-wrapped-types:x\r\n")));
    CHECK(wrapped->usable());
    CHECK(wrapped.has(finding_code::accept_wrapped_types_malformed, severity::warning));
}

TEST_CASE("SDP-8.6-6 max-size is exact up to 2^64-1 or absent") {
    reading const over(described(block("a=max-size:18446744073709551616\r\n")));
    CHECK_FALSE(over->max_size());
    CHECK(over.has(finding_code::max_size_too_large, severity::note));
    for (auto const* bad : {"", "-1", "+1", " 1", "1 ", "1x"}) {
        reading const m(described(block("a=max-size:" + std::string(bad) + "\r\n")));
        CHECK_FALSE(m->max_size());
        CHECK(m.has(finding_code::max_size_malformed, severity::warning));
        CHECK(m->usable());
    }
    CHECK(reading(described(block("a=max-size:0\r\n")))->max_size() == 0U);
}

TEST_CASE("T10 a repeated attribute never replaces the first") {
    reading const m(
        described(block("a=accept-types:image/png\r\na=max-size:1\r\na=max-size:2\r\n"
                        "a=setup:active\r\na=setup:passive\r\n")));
    CHECK(m.has(finding_code::attribute_repeated, severity::warning));
    CHECK_FALSE(m->accepts("image/png"));
    CHECK(m->max_size() == 1U);
    CHECK(m->setup() == sdp::setup::active);
}

TEST_CASE("CEMA-4.2-1 msrp-cema is a media level attribute without a value") {
    CHECK(reading(described(block("a=msrp-cema\r\n")))->cema());
    CHECK_FALSE(reading(described(block(), "a=msrp-cema\r\n"))->cema());
    reading const valued(described(block("a=msrp-cema:\r\n")));
    CHECK_FALSE(valued->cema());
    CHECK(valued.has(finding_code::cema_with_value, severity::warning));
}

TEST_CASE("ALT-4.2.1-1 ALT-4.4-1 setup and connection attributes") {
    reading const hold(described(block("a=setup:holdconn\r\n")));
    CHECK(hold->setup() == sdp::setup::holdconn);
    CHECK(hold.has(finding_code::setup_holdconn, severity::warning));
    reading const odd(described(block("a=setup:maybe\r\n")));
    CHECK(odd->setup() == std::nullopt);
    CHECK(odd.has(finding_code::setup_unknown, severity::warning));
    reading const session(described(block(), "a=setup:active\r\n"));
    CHECK(session->setup() == sdp::setup::active);
    CHECK(reading(described(block("a=connection:new\r\n")))
              .has(finding_code::connection_attribute, severity::note));
}

TEST_CASE("TLS-8122-2 fingerprints that cannot be used are told") {
    reading const m(
        described(block("a=fingerprint:sha-1 "
                        "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33\r\n"
                        "a=fingerprint:sha-256 0\r\n")));
    CHECK(m->has_fingerprint());
    CHECK(m->fingerprints().empty());
    CHECK(m.has(finding_code::fingerprint_unusable, severity::warning));
    CHECK(m.has(finding_code::fingerprint_malformed, severity::warning));
    msrp::media_options weak;
    weak.accept_weak_fingerprints = true;
    CHECK(reading(m.text, weak)->fingerprints().hash() == sdp::hash_function::sha_1);
}

TEST_CASE("SDP-8.1-2 URI-7977-1 consistency of c= m= and path is noted") {
    reading const port(described(block("", "4101 TCP/MSRP *")));
    CHECK(port->usable());
    CHECK(port.has(finding_code::port_differs, severity::note));
    reading const family(described(block(), "", "IN IP4 2001:db8::1"));
    CHECK(family.has(finding_code::connection_family, severity::warning));
    CHECK_FALSE(family->connection()->ip);
    reading const ws(described(block("", "4100 TCP/MSRP *", "msrp://pc.example.org:4100/a;ws")));
    CHECK(ws.has(finding_code::transport_not_tcp, severity::warning));
    sdp::leniency lenient;
    lenient.missing_connection = true;
    auto const text = "v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nt=0 0\r\n" + block("", "4100 TCP/MSRP *");
    auto const d = *sdp::parse(text, {}, lenient);
    CHECK(msrp::sdp_media::read(*d.media(0)).findings().contains(finding_code::connection_absent));
}

TEST_CASE("findings are bounded and an error is never lost") {
    std::string more;
    for (int i = 0; i < 40; ++i) more += "a=connection:new\r\n";
    reading const m(
        described("m=message 4100 TCP/MSRP *\r\na=path:msrp://a.example:4100/x;tcp\r\n" + more));
    CHECK(m->findings().size() == msrp::finding_list::capacity);
    CHECK(m->findings().truncated());
    CHECK_FALSE(m->usable());
    CHECK(m->findings().contains(finding_code::accept_types_absent));
}

TEST_CASE("find_sdp_media takes the first usable one, else says why the first is not") {
    auto const two = described(block("", "0 TCP/MSRP *") + block());
    CHECK(msrp::find_sdp_media(*sdp::parse(two))->index() == 1);
    auto const none = described(block("", "0 TCP/MSRP *") + "m=audio 9 x y\r\n");
    auto const found = msrp::find_sdp_media(*sdp::parse(none));
    CHECK(found->index() == 0);
    CHECK_FALSE(found->usable());
    CHECK_FALSE(msrp::find_sdp_media(*sdp::parse(described("m=audio 9 x y\r\n"))));
}

TEST_CASE("SDP-8.1-1 SDP-8.1-2 a description is written and reads back as it was meant") {
    auto const path = *msrp::path::parse("msrps://[2001:db8::9]:4200/s;tcp");
    std::array<std::uint8_t, 32> digest{};
    digest[0] = 0xAB;
    std::array const prints{*sdp::fingerprint::make(sdp::hash_function::sha_256, digest)};
    auto const d = msrp::make_description(17, 3,
                                          {.path = path,
                                           .host = "2001:db8::9",
                                           .port = 4200,
                                           .tls = true,
                                           .cema = true,
                                           .setup = sdp::setup::actpass,
                                           .fingerprints = prints,
                                           .accept_types = "message/cpim text/plain",
                                           .accept_wrapped_types = "*",
                                           .max_size = 1000,
                                           .direction = sdp::direction::recvonly});
    REQUIRE(d);
    CHECK(d->text() ==
          "v=0\r\no=- 17 3 IN IP6 2001:db8::9\r\ns=-\r\nc=IN IP6 2001:db8::9\r\nt=0 0\r\n"
          "m=message 4200 TCP/TLS/MSRP *\r\na=accept-types:message/cpim text/plain\r\n"
          "a=accept-wrapped-types:*\r\na=max-size:1000\r\n"
          "a=path:msrps://[2001:db8::9]:4200/s;tcp\r\na=msrp-cema\r\na=setup:actpass\r\n"
          "a=fingerprint:sha-256 AB" +
              [] {
                  std::string zeros;
                  for (int i = 0; i < 31; ++i) zeros += ":00";
                  return zeros;
              }() +
              "\r\na=recvonly\r\n");
    auto const m = *msrp::find_sdp_media(*d);
    CHECK(m.usable());
    CHECK(m.findings().empty());
    CHECK(m.fingerprints().matches(digest));
    auto const least = msrp::make_description(
        1, 1,
        {.path = *msrp::path::parse("msrp://h.example:1/s;tcp"), .host = "h.example", .port = 1});
    REQUIRE(least);
    CHECK(
        least->text().ends_with("m=message 1 TCP/MSRP *\r\na=accept-types:*\r\n"
                                "a=path:msrp://h.example:1/s;tcp\r\n"));
}

TEST_CASE("SDP-8.2-2 ALT-4.2.1-1 T8 nothing is written that this side may not say") {
    auto const path = *msrp::path::parse("msrp://h.example:1/s;tcp");
    auto const bare = *msrp::path::parse("msrp://h.example/s;tcp");
    std::array<std::uint8_t, 16> const digest{};
    std::array const md5{*sdp::fingerprint::make(sdp::hash_function::md5, digest)};
    auto const field = [](msrp::media_spec const& spec) {
        auto const d = msrp::make_description(1, 1, spec);
        CHECK(d.error().code == sdp::error::illegal_value);
        return d.error().field;
    };
    CHECK(field({.path = path, .host = "h", .port = 1, .tls = true}) == "a=path");
    CHECK(field({.path = bare, .host = "h", .port = 1}) == "a=path");
    CHECK(field({.path = path, .host = "h", .setup = sdp::setup::holdconn}) == "a=setup");
    CHECK(field({.path = path, .host = "h", .fingerprints = md5}) == "a=fingerprint");
    CHECK(field({.path = path, .host = "h", .accept_types = "a/b\r\nm=x"}) == "a=accept-types");
    CHECK(field({.path = path, .host = "h", .accept_types = ""}) == "a=accept-types");
    CHECK(field({.path = path, .host = "h", .accept_wrapped_types = "x"}) ==
          "a=accept-wrapped-types");
    CHECK(field({.path = path, .host = "h\r\na=x"}) == "o=");
    CHECK(field({.path = path, .host = ""}) == "o=");
}

TEST_CASE("a media description can be written alone with its own c= line") {
    auto d = *msrp::make_description(
        1, 1,
        {.path = *msrp::path::parse("msrp://h.example:1/s;tcp"), .host = "h.example", .port = 1});
    auto const path = *msrp::path::parse("msrp://192.0.2.5:2/t;tcp");
    sdp::description_writer more;
    REQUIRE(msrp::write_media(more, {.path = path, .host = "192.0.2.5", .port = 2}, true));
    REQUIRE(d.add_media(*more.lines()));
    auto const view = d.view();
    auto const m = msrp::sdp_media::read(*view.media(1));
    CHECK(m.usable());
    CHECK(m.connection()->ip == wire::parse_ip("192.0.2.5"));
}
