// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// sdp_media_test.cpp - msrp/sdp_media.hpp: the m=message block read, judged and written.
#include <msrp/sdp_media.hpp>

#include <array>
#include <set>
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
    // RFC 5234: case does not count in the protos, which RFC 4975, 8.1 gives as literals.
    reading const small(described(block("", "4100 tcp/msrp *")));
    CHECK(small->proto() == msrp::media_proto::tcp_msrp);
    CHECK(small->usable());
    reading const tls(
        described(block("", "4100 Tcp/Tls/Msrp *", "msrps://pc.example.org:4100/ab;tcp")));
    CHECK(tls->proto() == msrp::media_proto::tcp_tls_msrp);
    CHECK(tls->usable());
}

TEST_CASE("SDP-8.1-1 nothing of MSRP is judged in a media description that is not m=message") {
    constexpr std::string_view sctp_line = "m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\n";
    for (auto const m : {std::string_view("m=audio 9 RTP/AVP 0 8\r\n"), sctp_line,
                         std::string_view("m=audio 0 TCP/MSRP x\r\n"),
                         std::string_view("m=Message 9 TCP/MSRP *\r\n")}) {
        reading const plain(described(m));
        CHECK_FALSE(plain->usable());
        CHECK(plain->reason() == "media type is not message");
        CHECK(plain->findings().size() == 1);
        CHECK(plain.has(finding_code::not_message, severity::note));
        // Values are read all the same.
        reading const full(described(
            std::string(m) + "a=setup:holdconn\r\na=sendonly\r\na=connection:new\r\n"
                             "a=fingerprint:sha-1 "
                             "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33\r\n"
                             "a=path:msrps://pc.example.org:1/a;ws\r\na=accept-types:text/plain\r\n"
                             "a=accept-wrapped-types:text/plain\r\na=max-size:5\r\na=msrp-cema\r\n"
                             "a=file-range:1-2\r\n",
            "", "IN IP4 192.0.2.1"));
        CHECK_FALSE(full->usable());
        CHECK(full->findings().size() == 1);
        CHECK(full->setup() == sdp::setup::holdconn);
        CHECK(full->direction() == sdp::direction::sendonly);
        CHECK(full->has_fingerprint());
        CHECK(full->connection()->ip == wire::parse_ip("192.0.2.1"));
        CHECK(full->path_size() == 1);
        CHECK(full->accepts("text/plain"));
        CHECK(full->max_size() == 5U);
        CHECK(full->cema());
        CHECK(full->file().range() == sdp::file_range{1, 2});
        // What is malformed is told, and is no error.
        reading const bad(described(
            std::string(m) + "a=path:x\r\na=accept-types:x\r\na=accept-wrapped-types:x\r\n"
                             "a=max-size:x\r\na=setup:x\r\na=msrp-cema:x\r\na=fingerprint:x\r\n"
                             "a=file-range:x\r\na=chatroom:,\r\na=setup:active\r\n",
            "", "IN IP4 [2001:db8::1]"));
        CHECK(bad->findings().size() == 12);
        CHECK(bad->findings().first_error() == nullptr);
        CHECK_FALSE(bad->usable());
        CHECK(bad->reason() == "media type is not message");
        for (auto const code :
             {finding_code::path_malformed, finding_code::accept_types_malformed,
              finding_code::accept_wrapped_types_malformed, finding_code::max_size_malformed,
              finding_code::setup_unknown, finding_code::cema_with_value,
              finding_code::fingerprint_malformed, finding_code::file_malformed,
              finding_code::chatroom_malformed, finding_code::attribute_repeated,
              finding_code::connection_brackets})
            CHECK(bad.has(code, severity::warning));
    }
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
    CHECK(error("msrp://a.example:0/x;tcp") == finding_code::path_port_zero);
    CHECK(error("msrp://a.example:00/x;tcp;y=1") == finding_code::path_port_zero);
    CHECK(error("msrp://r.example:1/x;tcp msrp://a.example:0/x;tcp") ==
          finding_code::path_port_zero);
    CHECK(error("msrp://a.example:0/x;tcp msrp://a.example/x;tcp") == finding_code::path_port_zero);
    CHECK(error("msrp://a.example/x;tcp msrp://a.example:0/x;tcp") ==
          finding_code::path_without_port);
    // Only the last URI has to be of a session.
    auto const of_a_session = [](std::string_view m, std::string_view path) {
        reading const one(described(block("", m, path)));
        return !one.has(finding_code::path_without_session, severity::warning);
    };
    CHECK_FALSE(of_a_session("4100 TCP/MSRP *", "msrp://a.example:1;tcp"));
    CHECK_FALSE(of_a_session("4100 TCP/MSRP *", "msrp://r.example:1/r;tcp msrp://a.example:1;tcp"));
    CHECK(of_a_session("0 TCP/MSRP *", "msrp://a.example:1;tcp"));
    CHECK(of_a_session("4100 TCP/MSRP *", "msrp://r.example:1;tcp msrp://a.example:1/x;tcp"));
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
    hosts.clear();
    m->for_each_uri([&](msrp::uri const& u) {
        hosts.push_back(u.host);
        return false;  // nor is the second line walked
    });
    CHECK(hosts == std::vector<std::string_view>{"pc.example.org"});
    // One bad line spoils all of it.
    reading const bad(described(block("a=path:nonsense\r\n")));
    CHECK(bad->path_size() == 0);
    CHECK(bad.has(finding_code::path_malformed, severity::error));
    reading const spoiled(described(
        block("a=path:msrp://c.example:3/z;tcp\r\n", "4100 TCP/MSRP *", "msrp://a.example/x;tcp")));
    CHECK(spoiled->path_size() == 0);
    CHECK_FALSE(spoiled->next_hop());
    CHECK(spoiled.has(finding_code::path_without_port, severity::error));
}

TEST_CASE("SDP-8.2-1 what follows the transport of a URI in a=path is part of it") {
    // "URI-param" (RFC 4975, section 9): the common form with something behind it.
    auto const uri = [](std::string_view path) {
        reading const m(described(block("", "4100 TCP/MSRP *", path)));
        return m->path_size() == 1 ? std::string(m->next_hop()->transport) + "|" +
                                         std::string(m->next_hop()->parameters)
                                   : std::string(m->reason());
    };
    CHECK(uri("msrp://pc.example.org:4100/ab;tcp") == "tcp|");
    CHECK(uri("msrp://pc.example.org:4100/ab;tcp;x=1") == "tcp|;x=1");
    CHECK(uri("msrp://pc.example.org:4100/ab;tcpx") == "tcpx|");
    CHECK(uri("msrp://pc.example.org:4100/ab;tcp=") == "malformed a=path");
    CHECK(uri("msrp://pc.example.org:4100/ab;tcp,msrp://pc.example.org:4100/ab;tcp") ==
          "malformed a=path");
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
                        "a=setup:active\r\na=setup:passive\r\na=accept-wrapped-types:a/b\r\n"
                        "a=accept-wrapped-types:image/gif\r\na=sendonly\r\na=recvonly\r\n")));
    CHECK(m.has(finding_code::attribute_repeated, severity::warning));
    CHECK(m->accept_wrapped_types()->text() == "a/b");
    CHECK_FALSE(m->accepts("image/gif", true));
    CHECK(m->direction() == sdp::direction::sendonly);
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

TEST_CASE("SDP-8.9-1 a direction is an attribute without a value, of the media or the session") {
    reading const valued(described(block("a=recvonly:x\r\na=sendonly:\r\n")));
    CHECK(valued->direction() == sdp::direction::sendrecv);
    CHECK(valued->findings().empty());
    reading const session(described(block("a=sendonly:x\r\n"), "a=inactive\r\na=recvonly\r\n"));
    CHECK(session->direction() == sdp::direction::inactive);
    for (auto const* d : {"sendrecv", "sendonly", "recvonly", "inactive"}) {
        reading const m(described(block(), "a=" + std::string(d) + "\r\n"));
        CHECK(m->direction() == sdp::parse_direction(d));
        CHECK(reading(described(block("a=sendrecv\r\n"), "a=" + std::string(d) + "\r\n"))
                  ->direction() == sdp::direction::sendrecv);
    }
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
    for (auto const* c : {"IN IP6 [2001:db8::1]", "IN IP4 [2001:db8::1]", "IN IP6 [::]"}) {
        reading const brackets(described(block(), "", c));
        CHECK(brackets.has(finding_code::connection_brackets, severity::warning));
        CHECK(brackets->findings().size() == 1);
        CHECK_FALSE(brackets->connection()->ip);
    }
    for (auto const* c : {"IN IP6 2001:db8::1", "IN IP6 [x]", "IN IP6 [", "IN IP6 [192.0.2.1]",
                          "IN IP6 [2001:db8::1", "X IP6 [2001:db8::1]", "IN IP6 h.example"})
        CHECK(reading(described(block(), "", c))->findings().empty());
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
    // The first error stays the reason, whatever follows; each code gets in.
    reading const early(described("m=message 4100 TCP/WS/MSRP *\r\n" + more));
    CHECK(early->findings().size() == msrp::finding_list::capacity);
    CHECK(early->findings().first_error()->code == finding_code::unknown_proto);
    CHECK(early->findings().contains(finding_code::path_absent));
    CHECK(early->findings().contains(finding_code::accept_types_absent));
    CHECK(early->findings().contains(finding_code::connection_attribute));
    // The list at its capacity, and one above.
    std::string lines;
    for (std::size_t i = 0; i < msrp::finding_list::capacity; ++i) lines += "a=connection:new\r\n";
    reading const full(described(block(lines)));
    CHECK(full->findings().size() == msrp::finding_list::capacity);
    CHECK_FALSE(full->findings().truncated());
    reading const over(described(block(lines + "a=connection:new\r\n")));
    CHECK(over->findings().size() == msrp::finding_list::capacity);
    CHECK(over->findings().truncated());
    // A copy has the same, and so has what is given to itself.
    msrp::finding_list copy = early->findings();
    auto const& self = copy;
    copy = self;
    CHECK(copy.size() == msrp::finding_list::capacity);
    CHECK(copy.truncated());
    CHECK(copy.first_error()->line == early->findings().first_error()->line);
}

TEST_CASE("T26 of a null value there is a finding however many others there are") {
    std::string many;
    for (int i = 0; i < 40; ++i) many += "a=connection:new\r\n";
    for (int i = 0; i < 40; ++i) many += "a=file-disposition:render\r\n";
    reading const m(
        described(block(many +
                        "a=max-size:x\r\na=setup:x\r\na=fingerprint:x\r\na=msrp-cema:x\r\n"
                        "a=accept-wrapped-types:x\r\na=file-range:x\r\na=chatroom:,\r\n" +
                        many)));
    CHECK(m->usable());
    CHECK(m->findings().truncated());
    CHECK(m->findings().size() == msrp::finding_list::capacity);
    for (auto const code :
         {finding_code::max_size_malformed, finding_code::setup_unknown,
          finding_code::fingerprint_malformed, finding_code::cema_with_value,
          finding_code::accept_wrapped_types_malformed, finding_code::file_malformed,
          finding_code::chatroom_malformed, finding_code::connection_attribute,
          finding_code::attribute_repeated, finding_code::file_selector_absent,
          finding_code::file_transfer_id_absent})
        CHECK(m->findings().contains(code));
    // Those of the lines are in the order of the lines.
    std::size_t before = 0;
    for (auto const& f : m->findings()) {
        if (f.code == finding_code::file_selector_absent) break;
        CHECK(f.line > before);
        before = f.line;
    }
    // An error whose code is there twice is not lost for another code.
    reading const bad(described("m=message 4100 TCP/MSRP *\r\n" + many +
                                "a=accept-types:x\r\na=setup:x\r\n" + many + "a=max-size:x\r\n"));
    CHECK(bad->findings().first_error()->code == finding_code::accept_types_malformed);
    CHECK(bad->findings().contains(finding_code::path_absent));
    CHECK(bad->findings().contains(finding_code::max_size_malformed));
}

TEST_CASE("TLS-8122-2 T26 fingerprints that a set has no room for are told, at either level") {
    auto const lines = [](std::string_view hash, std::size_t octets, unsigned count) {
        std::string out;
        for (unsigned i = 0; i < count; ++i) {
            out += "a=fingerprint:" + std::string(hash) + " 0";
            out += "0123456789ABCDEF"[i % 16];
            for (std::size_t n = 1; n < octets; ++n) out += ":00";
            out += "\r\n";
        }
        return out;
    };
    auto const too_many = finding_code::fingerprints_too_many;
    auto const both = [&](std::string const& text, auto&& check,
                          msrp::media_options const& options = {}) {
        reading const media(described(block(text), "a=fingerprint:x\r\n"), options);
        reading const session(described(block(), text), options);
        CHECK(media->fingerprints() == session->fingerprints());
        CHECK(media->findings().size() == session->findings().size());
        check(media, 10U);  // the line of the first fingerprint
        check(session, 6U);
    };
    msrp::media_options weak;
    weak.accept_weak_fingerprints = true;
    both(lines("sha-256", 32, 8), [&](reading const& m, std::size_t) {
        CHECK(m->fingerprints().size() == 8);
        CHECK(m->findings().empty());
    });
    for (unsigned const n : {9U, 10U, 40U})
        both(lines("sha-256", 32, n), [&](reading const& m, std::size_t first) {
            CHECK(m->usable());
            CHECK(m->fingerprints().size() == 8);
            CHECK(m.has(too_many, severity::warning));
            CHECK(m->findings().size() == 1);
            CHECK(m->findings().begin()->line == first + 8);
        });
    both(lines("sha-256", 32, 9) + lines("sha-512", 64, 1), [&](reading const& m, std::size_t) {
        CHECK(m->fingerprints().hash() == sdp::hash_function::sha_512);
        CHECK(m->fingerprints().size() == 1);
        CHECK(m->findings().empty());
    });
    both(lines("sha-256", 32, 9) + lines("sha-512", 64, 9),
         [&](reading const& m, std::size_t first) {
             CHECK(m->fingerprints().hash() == sdp::hash_function::sha_512);
             CHECK(m->findings().size() == 1);
             CHECK(m->findings().begin()->line == first + 17);
         });
    for (auto const& how : {msrp::media_options{}, weak})
        both(
            lines("sha-1", 20, 8) + lines("sha-256", 32, 1),
            [&](reading const& m, std::size_t) {
                CHECK(m->fingerprints().hash() == sdp::hash_function::sha_256);
                CHECK(m->fingerprints().size() == 1);
                CHECK_FALSE(m->findings().contains(too_many));
            },
            how);
    both(
        lines("sha-1", 20, 9),
        [&](reading const& m, std::size_t) { CHECK(m.has(too_many, severity::warning)); }, weak);
}

TEST_CASE("find_sdp_media takes the first usable one, else says why the first is not") {
    auto const two = described(block("", "0 TCP/MSRP *") + block());
    CHECK(msrp::find_sdp_media(*sdp::parse(two))->index() == 1);
    auto const none = described(block("", "0 TCP/MSRP *") + "m=audio 9 x y\r\n");
    auto const found = msrp::find_sdp_media(*sdp::parse(none));
    CHECK(found->index() == 0);
    CHECK_FALSE(found->usable());
    auto const both = described("m=audio 9 x y\r\n" + block("", "0 TCP/MSRP *") +
                                block("", "4100 TCP/MSRP *", "msrps://pc.example.org:4100/a;tcp"));
    auto const first = msrp::find_sdp_media(*sdp::parse(both));
    CHECK(first->index() == 1);
    CHECK(first->findings().first_error()->code == finding_code::port_zero);
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
    auto const zero = *msrp::path::parse("msrp://r.example:1/r;tcp msrp://h.example:0/s;tcp");
    auto const field = [](msrp::media_spec const& spec) {
        auto const d = msrp::make_description(1, 1, spec);
        CHECK(d.error().code == sdp::error::illegal_value);
        return d.error().field;
    };
    CHECK(field({.path = path, .host = "h", .port = 1, .tls = true}) == "a=path");
    CHECK(field({.path = bare, .host = "h", .port = 1}) == "a=path");
    CHECK(field({.path = zero, .host = "h", .port = 1}) == "a=path");
    CHECK(field({.path = zero, .host = "h", .port = 0}) == "a=path");
    CHECK(field({.path = path, .host = "h", .setup = sdp::setup::holdconn}) == "a=setup");
    CHECK(field({.path = path, .host = "h", .fingerprints = md5}) == "a=fingerprint");
    CHECK(field({.path = path, .host = "h", .accept_types = "a/b\r\nm=x"}) == "a=accept-types");
    CHECK(field({.path = path, .host = "h", .accept_types = ""}) == "a=accept-types");
    CHECK(field({.path = path, .host = "h", .accept_wrapped_types = "x"}) ==
          "a=accept-wrapped-types");
    CHECK(field({.path = path, .host = "h\r\na=x"}) == "o=");
    CHECK(field({.path = path, .host = ""}) == "o=");
}

TEST_CASE("TLS-8122-2 SHA-1 and SHA-224 are never the only fingerprints that are written") {
    auto const path = *msrp::path::parse("msrps://h.example:1/s;tcp");
    auto const print = [](sdp::hash_function hash) {
        std::array<std::uint8_t, 64> const digest{};
        return *sdp::fingerprint::make(hash, std::span(digest).first(sdp::digest_size(hash)));
    };
    auto const written = [&](std::vector<sdp::fingerprint> const& prints) {
        auto const done = msrp::check_media_spec(
            {.path = path, .host = "h", .port = 1, .tls = true, .fingerprints = prints});
        CHECK((done || done.error().field == "a=fingerprint"));
        return done.has_value();
    };
    using sdp::hash_function;
    CHECK(written({}));
    CHECK_FALSE(written({print(hash_function::sha_1)}));
    CHECK_FALSE(written({print(hash_function::sha_224), print(hash_function::sha_1)}));
    CHECK(written({print(hash_function::sha_1), print(hash_function::sha_256)}));
    CHECK(written({print(hash_function::sha_384)}));
    CHECK(written({print(hash_function::sha_512), print(hash_function::sha_224)}));
    CHECK_FALSE(written({print(hash_function::sha_256), print(hash_function::md5)}));
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

TEST_CASE(
    "TLS-8122-1 SDP-4145-1 what stands on the session level applies where the block is silent") {
    auto const session =
        "a=recvonly\r\na=setup:passive\r\na=fingerprint:" + std::string(sha256) + "\r\n";
    reading const silent(described(block(), session));
    CHECK(silent->direction() == sdp::direction::recvonly);
    CHECK(silent->setup() == sdp::setup::passive);
    CHECK(silent->fingerprints().size() == 1);
    reading const own(
        described(block("a=sendrecv\r\na=setup:active\r\na=fingerprint:x\r\n"), session));
    CHECK(own->direction() == sdp::direction::sendrecv);
    CHECK(own->setup() == sdp::setup::active);
    CHECK(own->fingerprints().empty());
    CHECK(own->media().index() == 0);
}

TEST_CASE("URI-6-4 T8 no path with a password is written") {
    msrp::media_spec spec{*msrp::read_path("msrp://u:pw@pc.example.org:4100/s;tcp")};
    spec.host = "pc.example.org";
    spec.port = 4100;
    auto const why = msrp::check_media_spec(spec).error();
    CHECK(why.code == sdp::error::illegal_value);
    CHECK(why.field == "a=path");
    CHECK_FALSE(msrp::make_description(1, 1, spec));
    spec.path =
        *msrp::read_path("msrp://relay.example.org:2855/r;tcp msrp://u:@pc.example.org:4100/s;tcp");
    CHECK_FALSE(msrp::check_media_spec(spec));
    spec.path = *msrp::read_path("msrp://u@pc.example.org:4100/s;tcp");
    CHECK(msrp::check_media_spec(spec));
}

TEST_CASE("every finding code and severity has a name of its own and a text") {
    std::set<std::string_view> names;
    auto const last = static_cast<int>(finding_code::channel_transport);
    for (int i = 0; i <= last; ++i) {
        auto const code = static_cast<finding_code>(i);
        CHECK(names.insert(to_text(code)).second);
        CHECK_FALSE(msrp::detail::finding_text(code).empty());
    }
    CHECK(names.count("") == 0);
    CHECK(to_text(finding_code::path_absent) == "path_absent");
    CHECK(to_text(static_cast<finding_code>(last + 1)).empty());
    CHECK(msrp::detail::finding_text(static_cast<finding_code>(last + 1)).empty());
    CHECK(to_text(severity::note) == "note");
    CHECK(to_text(severity::warning) == "warning");
    CHECK(to_text(severity::error) == "error");
    CHECK(to_text(static_cast<severity>(9)).empty());
    static_assert(to_text(severity::note) == "note");
}

TEST_CASE("SDP-8.6-3 containers are in accept-types and nothing stands in both lists") {
    auto const types = [](std::string_view plain, std::string_view wrapped) {
        return described(
            "m=message 4100 TCP/MSRP *\r\na=path:msrp://pc.example.org:4100/a;tcp\r\n"
            "a=accept-types:" +
            std::string(plain) + "\r\na=accept-wrapped-types:" + std::string(wrapped) + "\r\n");
    };
    for (auto const* container : {"Message/CPIM", "message/*", "multipart/mixed", "*", "a/b *"})
        CHECK(reading(types(container, "text/plain"))->findings().empty());
    reading const none(types("text/plain message/x-other", "image/png"));
    CHECK(none.has(finding_code::container_absent, severity::note));
    CHECK(none->findings().begin()->line == 9);
    CHECK(none->usable());
    reading const both(types("message/cpim text/plain text/html", "image/* TEXT/html"));
    CHECK(both.has(finding_code::wrapped_types_repeat, severity::note));
    CHECK(both->findings().size() == 1);
    CHECK(reading(types("message/cpim *", "*"))
              ->findings()
              .contains(finding_code::wrapped_types_repeat));
    CHECK(reading(types("message/cpim text/plain;a=b", "text/plain"))->findings().empty());
    // The first 32 of each are compared.
    auto const listed = [&](int before, int wrapped_before) {
        std::string plain = "message/cpim";
        std::string wrapped;
        for (int i = 1; i < before; ++i) plain += " a/p" + std::to_string(i);
        for (int i = 0; i < wrapped_before; ++i) wrapped += "a/w" + std::to_string(i) + " ";
        reading const m(types(plain + " text/x", wrapped + "text/x"));
        return m->findings().contains(finding_code::wrapped_types_repeat);
    };
    CHECK(listed(31, 31));
    CHECK_FALSE(listed(32, 31));
    CHECK_FALSE(listed(31, 32));
}

TEST_CASE("CHAT-8-1 a=chatroom is read at media level only") {
    reading const room(described(block("a=chatroom:nickname private-messages\r\n")));
    REQUIRE(room->chatroom());
    CHECK(room->chatroom()->nickname);
    CHECK(room->chatroom()->private_messages);
    CHECK(room->findings().empty());
    reading const bare(described(block("a=chatroom\r\n")));
    CHECK(bare->chatroom() == sdp::chatroom{});
    CHECK_FALSE(reading(described(block(), "a=chatroom:nickname\r\n"))->chatroom());
    reading const bad(described(block("a=chatroom:\r\na=chatroom:nickname\r\n")));
    CHECK_FALSE(bad->chatroom());
    CHECK(bad.has(finding_code::chatroom_malformed, severity::warning));
    CHECK(bad.has(finding_code::attribute_repeated, severity::warning));
    CHECK(bad->usable());
    reading const twice(described(block("a=chatroom:a nickname A\r\n")));
    CHECK(twice->chatroom()->nickname);
    CHECK(twice.has(finding_code::chatroom_repeated, severity::warning));
}

TEST_CASE("FT-5-1 the file attributes of an m=message block are reachable, with findings") {
    reading const good(described(
        block("a=sendonly\r\na=file-selector:name:\"a%2Fb\" size:7\r\na=file-transfer-id:q\r\n")));
    CHECK(good->file().has());
    CHECK(good->file().safe_name()->view() == "b");
    CHECK(good->findings().empty());
    CHECK(sdp::check_file_offer(good->file(), good->direction()).empty());
    CHECK_FALSE(reading(described(block()))->file().has());
    reading const bad(described(block(
        "a=file-selector:size:1 size:2 hash:sha-1:00\r\na=file-range:0-1\r\na=file-range:1-1\r\n"
        "a=file-unknown:x\r\n")));
    CHECK(bad.has(finding_code::file_selector_repeated, severity::warning));
    CHECK(bad.has(finding_code::file_hash_size, severity::warning));
    CHECK(bad.has(finding_code::file_malformed, severity::warning));
    CHECK(bad.has(finding_code::attribute_repeated, severity::warning));
    CHECK(bad.has(finding_code::file_transfer_id_absent, severity::warning));
    CHECK(bad->findings().size() == 5);
    CHECK(bad->usable());
}

TEST_CASE("FT-5-1 selector and transfer id stand together, in offers and answers alike") {
    auto const found = [](std::string_view lines) {
        reading const m(described(block(lines)));
        CHECK(m->usable());
        std::string out;
        for (auto const& f : m->findings()) {
            CHECK(f.severity == severity::warning);
            out += std::string(to_text(f.code)) + " " + std::to_string(f.line) + ";";
        }
        return out;
    };
    CHECK(found("a=x\r\na=file-selector:size:1\r\n") == "file_transfer_id_absent 10;");
    CHECK(found("a=x\r\na=file-transfer-id:q\r\n") == "file_selector_absent 6;");
    CHECK(found("a=file-range:1-2\r\n") == "file_selector_absent 6;file_transfer_id_absent 6;");
    CHECK(found("a=x\r\na=file-selector\r\na=file-range:1-2\r\n") == "file_selector_empty 10;");
    CHECK(found("a=file-transfer-id:q\r\na=file-selector\r\n") == "file_selector_empty 10;");
    CHECK(found("a=file-selector\r\n").empty());
    CHECK(found("a=file-selector:size:1\r\na=file-transfer-id:q\r\n").empty());
    CHECK(found("a=file-selector:x\r\na=file-transfer-id:q\r\n") == "file_malformed 9;");
    CHECK(found("a=file-other:x\r\n").empty());
}

namespace {

constexpr std::string_view sctp = "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n";
/// The MSRP channels of a media description, with the text they look into.
struct channels {
    explicit channels(std::string_view lines, msrp::media_options const& options = {},
                      std::string_view m = sctp, std::string_view session = "")
        : text(described(std::string(m) + std::string(lines), session)) {
        msrp::for_each_msrp_channel(
            *sdp::parse(text)->media(0),
            [this](msrp::sdp_media const& one) {
                all.push_back(one);
                return true;
            },
            options);
    }
    channels(channels const&) = delete;
    bool has(finding_code code, severity how) const {
        auto const* f = all.at(0).findings().find(code);
        return f != nullptr && f->severity == how && f->line != 0;
    }
    std::string text;
    std::vector<msrp::sdp_media> all{};
};
std::string channel(std::string_view more = "",
                    std::string_view path = "msrps://pc.example.org:9/a;dc",
                    std::string_view options = "") {
    return "a=dcmap:3 subprotocol=\"msrp\"" + std::string(options) +
           "\r\na=dcsa:3 msrp-cema\r\na=dcsa:3 setup:active\r\na=dcsa:3 path:" + std::string(path) +
           "\r\n" + std::string(more);
}

}  // namespace

TEST_CASE(
    "DC-3-1 DC-4.4-1 the attributes of an MSRP data channel are read as a block of their own") {
    channels const c(
        "a=setup:actpass\r\na=fingerprint:" + std::string(sha256) + "\r\na=sendonly\r\n" +
        "a=dcmap:0 subprotocol=\"bfcp\"\r\na=dcsa:0 path:msrp://other.example.org:1/x;tcp\r\n" +
        channel("a=dcsa:3 accept-types:message/cpim\r\na=dcsa:3 accept-wrapped-types:*\r\n"
                "a=dcsa:3 max-size:5\r\na=dcsa:3 recvonly\r\na=dcsa:3 unknown:x\r\n"
                "a=dcsa:3 fingerprint:bad\r\na=dcsa:3 connection:new\r\na=dcsa:3 chatroom\r\n"
                "a=dcsa:3 file-selector:size:1\r\na=dcsa:3 path:msrps://pc.example.org:9/b;dc\r\n"
                "a=dcsa:5 max-size:9\r\n",
                "msrps://pc.example.org:9/a;dc", ";label=\"x\";ordered=true") +
        "a=dcmap:bad\r\n");
    REQUIRE(c.all.size() == 1);
    auto const& m = c.all[0];
    CHECK(m.usable());
    CHECK(m.proto() == msrp::media_proto::data_channel);
    CHECK(m.channel()->stream_id == 3);
    CHECK(m.channel()->label == std::string_view("x"));
    CHECK(m.tls());
    CHECK(m.cema());
    CHECK(m.setup() == sdp::setup::active);  // DC-4.5-1: not the actpass of DTLS
    CHECK(m.direction() == sdp::direction::recvonly);
    CHECK(m.max_size() == 5U);
    CHECK(m.accepts("message/cpim"));
    CHECK_FALSE(m.has_fingerprint());
    CHECK_FALSE(m.chatroom());
    CHECK(m.file().selector()->size() == 1U);
    CHECK(m.path_size() == 2);
    CHECK(m.path()->text() == "msrps://pc.example.org:9/a;dc msrps://pc.example.org:9/b;dc");
    std::string ids;
    m.for_each_uri([&](msrp::uri const& u) {
        ids += u.session_id;
        return true;
    });
    CHECK(ids == "ab");
    CHECK(m.findings().size() == 2);
    CHECK(c.has(finding_code::file_transfer_id_absent, severity::warning));
    CHECK(c.has(finding_code::path_repeated, severity::warning));
    auto const* f = m.findings().find(finding_code::path_repeated);
    CHECK(f->line == 25);
}

TEST_CASE("DC-4.4-1 T10 a direction of a data channel has no value, and the first one counts") {
    channels const c(channel("a=dcsa:3 inactive:x\r\na=dcsa:3 recvonly\r\na=dcsa:3 sendonly\r\n"));
    CHECK(c.all.at(0).direction() == sdp::direction::recvonly);
    CHECK(c.has(finding_code::attribute_repeated, severity::warning));
    CHECK(c.all[0].findings().size() == 1);
    CHECK(c.all[0].usable());
}

TEST_CASE(
    "DC-4.4-1 path msrp-cema and setup must be in a data channel; accept-types may be absent") {
    channels const good(channel());
    CHECK(good.all.at(0).findings().empty());
    CHECK_FALSE(good.all[0].accept_types());
    CHECK_FALSE(good.all[0].accepts("text/plain"));
    channels const none("a=setup:active\r\na=msrp-cema\r\na=dcmap:3 subprotocol=\"msrp\"\r\n", {},
                        sctp, "a=setup:active\r\n");
    CHECK(none.has(finding_code::path_absent, severity::error));
    CHECK(none.has(finding_code::channel_cema_absent, severity::error));
    CHECK(none.has(finding_code::channel_setup_absent, severity::error));
    CHECK(none.all[0].findings().find(finding_code::path_absent)->line == 10);
    channels const file(channel("a=dcsa:3 file-transfer-id:q\r\n"));
    CHECK(file.has(finding_code::file_selector_absent, severity::warning));
    CHECK(file.all[0].findings().size() == 1);
    CHECK(file.all[0].findings().begin()->line == 7);
    channels const zero(channel("", "msrps://pc.example.org:0/a;dc"));
    CHECK(zero.has(finding_code::path_port_zero, severity::error));
    channels const odd(
        "a=dcmap:3 subprotocol=\"msrp\"\r\na=dcsa:3 msrp-cema:x\r\na=dcsa:3 setup:holdconn\r\n"
        "a=dcsa:3 path:x\r\n");
    CHECK(odd.has(finding_code::path_malformed, severity::error));
    CHECK_FALSE(odd.all[0].findings().contains(finding_code::path_absent));
    CHECK(odd.all[0].path_size() == 0);
    CHECK(odd.has(finding_code::channel_cema_absent, severity::error));
    CHECK(odd.has(finding_code::channel_setup_absent, severity::error));
}

TEST_CASE("DC-3-1 a data channel of MSRP is reliable and in order") {
    for (auto const* options :
         {";max-retr=0", ";max-time=5", ";ordered=false", ";max-retr=1;max-time=1"}) {
        channels const c(channel("", "msrps://pc.example.org:9/a;dc", options));
        CHECK(c.has(finding_code::channel_unreliable, severity::error));
        CHECK_FALSE(c.all[0].usable());
    }
    channels const twice(channel("", "msrps://pc.example.org:9/a;dc", ";label=\"\";label=\"\""));
    CHECK(twice.has(finding_code::channel_option_repeated, severity::warning));
    CHECK(twice.all[0].usable());
}

TEST_CASE("DC-4.2-1 T25 the URIs of a data channel are msrps, the peer's own one dc") {
    channels const plain(channel("", "msrps://r.example.org:9/r;dc msrp://pc.example.org:9/a;dc"));
    CHECK(plain.has(finding_code::channel_scheme, severity::error));
    CHECK_FALSE(plain.all[0].usable());
    msrp::media_options lenient;
    lenient.scheme_rules = true;
    channels const let(channel("", "msrp://pc.example.org:9/a;dc"), lenient);
    CHECK(let.has(finding_code::channel_scheme, severity::warning));
    CHECK(let.all[0].usable());
    CHECK(let.all[0].tls());
    // DC-6-1: a gateway leaves the path of a peer on TCP, its relays too, as it is.
    channels const gateway(
        channel("", "msrps://r.example.org:9/r;tcp msrps://pc.example.org:9/a;tcp"));
    CHECK(gateway.has(finding_code::channel_transport, severity::warning));
    CHECK(gateway.all[0].usable());
}

TEST_CASE("DC-3-1 T26 only data channels of MSRP are given, up to the limit") {
    CHECK(channels(channel(), {}, "m=message 9 TCP/MSRP *\r\n").all.empty());
    channels const rejected(channel(), {}, "m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\n");
    CHECK(rejected.has(finding_code::port_zero, severity::error));
    std::string lines;
    for (int i = 0; i < 33; ++i)
        lines +=
            "a=dcmap:" + std::to_string(i) + " subprotocol=\"msrp\"\r\na=dcmap:40 label=\"x\"\r\n";
    CHECK(channels(lines).all.size() == 32);
    msrp::media_options more;
    more.max_channels = 33;
    CHECK(channels(lines, more).all.size() == 33);
    int calls = 0;
    auto const text = described(std::string(sctp) + lines);
    msrp::for_each_msrp_channel(*sdp::parse(text)->media(0),
                                [&](msrp::sdp_media const&) { return ++calls < 2; });
    CHECK(calls == 2);
}

TEST_CASE("DC-4.4-1 section 21 25 the shape of the offer and answer in RFC 8873 4.8") {
    auto const side = [](std::string_view role, std::string_view way, std::string_view address) {
        auto const path = [&](std::string_view id) {
            return "path:msrps://" + std::string(address) + ":50111/" + std::string(id) + ";dc\r\n";
        };
        return "a=sctp-port:5000\r\na=setup:actpass\r\n"
               "a=dcmap:0 label=\"talk\";subprotocol=\"msrp\"\r\na=dcsa:0 msrp-cema\r\na=dcsa:0 "
               "setup:" +
               std::string(role) +
               "\r\na=dcsa:0 accept-types:message/cpim text/plain\r\na=dcsa:0 " + path("one") +
               "a=dcmap:2 label=\"a file\";subprotocol=\"msrp\"\r\na=dcsa:2 " + std::string(way) +
               "\r\na=dcsa:2 msrp-cema\r\na=dcsa:2 setup:" + std::string(role) +
               "\r\na=dcsa:2 accept-types:message/cpim\r\na=dcsa:2 "
               "accept-wrapped-types:*\r\na=dcsa:2 " +
               path("two") +
               "a=dcsa:2 file-selector:name:\"x.jpg\" type:image/jpeg size:1463\r\n"
               "a=dcsa:2 file-transfer-id:q9\r\na=dcsa:2 file-range:1-1463\r\n";
    };
    channels const offer(side("active", "sendonly", "[2001:db8::3]"));
    channels const answer(side("passive", "recvonly", "[2001:db8::1]"));
    REQUIRE(offer.all.size() == 2);
    REQUIRE(answer.all.size() == 2);
    for (auto const& m : offer.all) CHECK(m.findings().empty());
    auto const& sent = offer.all[1];
    auto const& taken = answer.all[1];
    CHECK(sdp::check_file_offer(sent.file(), sent.direction()).empty());
    CHECK(sdp::check_file_answer(sent.file(), sent.direction(), taken.file(), taken.direction(),
                                 false)
              .empty());
    // As printed: no brackets, only by the leniency.
    auto const printed = side("active", "sendonly", "2001:db8::3");
    CHECK_FALSE(channels(printed).all.at(0).usable());
    msrp::media_options lenient;
    lenient.ipv6_without_brackets = true;
    channels const read(printed, lenient);
    CHECK(read.all.at(0).usable());
    CHECK(read.all[0].far_end()->port == 50111);
    CHECK(read.all[0].path()->size() == 1);
}
