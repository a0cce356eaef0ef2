// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// sdp_offer_test.cpp - msrp/sdp_media.hpp in offers and answers: types, directions, ports, a=setup.
#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include <msrp/sdp_media.hpp>
#include <sdp/offer_answer.hpp>
#include <sdp/parser.hpp>

#include "support/catch.hpp"

namespace {

using msrp::finding_code;
using msrp::severity;

std::string described(std::string_view media, std::string_view session = "") {
    return "v=0\r\no=- 5 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n" +
           std::string(session) + std::string(media);
}
std::string block(std::string_view port, std::string_view uri, std::string_view types = "*",
                  std::string_view more = "") {
    return "m=message " + std::string(port) +
           " TCP/MSRP *\r\na=accept-types:" + std::string(types) +
           "\r\na=path:" + std::string(uri) + "\r\n" + std::string(more);
}
constexpr std::string_view plain_uri = "msrp://192.0.2.9:7001/s;tcp";

/// Does this side understand any type that the offer lists, top level or inside a container?
bool understood(std::string_view types, std::string_view wrapped = "") {
    static constexpr std::array own{"text/plain", "text/html", "image/png"};
    auto const text = described(
        block("7001", plain_uri, types,
              wrapped.empty() ? std::string()
                              : "a=accept-wrapped-types:" + std::string(wrapped) + "\r\n"));
    auto const m = *msrp::find_sdp_media(*sdp::parse(text));
    REQUIRE(m.usable());
    bool const container = m.accepts("message/cpim");
    return std::any_of(own.begin(), own.end(), [&](std::string_view type) {
        return m.accepts(type) || (container && m.accepts(type, true));
    });
}

}  // namespace

TEST_CASE("SDP-8.1-3 m= lines may share a port; whom to connect to stands in the path alone") {
    auto const text = described(block("7001", "msrp://a.example:5001/one;tcp") +
                                block("7001", "msrp://b.example:5002/two;tcp") +
                                block("7001", "msrp://192.0.2.9:7001/three;tcp"));
    auto const d = *sdp::parse(text);
    std::string hosts;
    for (auto const block : d.media()) {
        auto const m = msrp::sdp_media::read(block);
        CHECK(m.usable());
        CHECK(m.port() == 7001);
        CHECK(m.connection()->address == "192.0.2.9");
        hosts += std::string(m.next_hop()->host) + ":" + std::to_string(*m.next_hop()->port) + " ";
        // That the path is another one than c= and m= say is worth a note, no more.
        for (auto const& f : m.findings()) CHECK(f.severity == severity::note);
        CHECK(m.findings().contains(finding_code::port_differs) == (m.next_hop()->port != 7001));
    }
    CHECK(hosts == "a.example:5001 b.example:5002 192.0.2.9:7001 ");
    CHECK(sdp::check_answer(d, d));
}

TEST_CASE("SDP-8.6-5 an offer without any type that is understood is told apart") {
    CHECK(understood("text/plain"));
    CHECK(understood("x/y text/html"));
    CHECK(understood("image/*"));
    CHECK(understood("*"));
    CHECK(understood("message/cpim", "image/png"));
    CHECK(understood("message/cpim", "*"));
    CHECK_FALSE(understood("x/y"));
    CHECK_FALSE(understood("x/y audio/* text/plainer"));
    CHECK_FALSE(understood("message/cpim"));
    CHECK_FALSE(understood("message/cpim", "x/y"));
    // Without the container in accept-types nothing may be wrapped.
    CHECK_FALSE(understood("x/y", "text/plain"));

    // Where the whole offer is not to be refused, its stream is: by port zero.
    auto const offer = *sdp::description::parse(described(block("7001", plain_uri, "x/y")));
    sdp::offer_answer session;
    auto const token = session.receive_offer(offer);
    auto answer =
        *msrp::make_description(6, 1,
                                {.path = *msrp::path::parse("msrp://192.0.2.3:7002/t;tcp"),
                                 .host = "192.0.2.3",
                                 .port = 7002});
    REQUIRE(sdp::reject_media(answer, 0));
    REQUIRE(session.send_answer(*token, answer));
    CHECK(session.local()->media(0)->rejected());
    CHECK(msrp::find_sdp_media(*session.local())->findings().contains(finding_code::port_zero));
}

TEST_CASE("SDP-8.9-1 the direction is the block's own, else the session's, else sendrecv") {
    auto const text =
        described(block("1", plain_uri, "*", "a=sendonly\r\n") + block("2", plain_uri) +
                      block("3", plain_uri, "*", "a=sendrecv\r\na=inactive\r\n"),
                  "a=recvonly\r\n");
    auto const d = *sdp::parse(text);
    CHECK(msrp::sdp_media::read(*d.media(0)).direction() == sdp::direction::sendonly);
    CHECK(msrp::sdp_media::read(*d.media(1)).direction() == sdp::direction::recvonly);
    CHECK(msrp::sdp_media::read(*d.media(2)).direction() == sdp::direction::sendrecv);
    auto const plain = described(block("1", plain_uri));
    CHECK(msrp::find_sdp_media(*sdp::parse(plain))->direction() == sdp::direction::sendrecv);

    // It comes out of an answer to a file that is pushed as it went in.
    auto const path = *msrp::path::parse("msrp://192.0.2.3:7002/t;tcp");
    auto const made = msrp::make_description(
        6, 1,
        {.path = path, .host = "192.0.2.3", .port = 7002, .direction = sdp::direction::recvonly});
    CHECK(msrp::find_sdp_media(*made)->direction() == sdp::direction::recvonly);
    auto const push = described(block("7001", plain_uri, "*", "a=sendonly\r\n"));
    CHECK(sdp::check_answer(*sdp::parse(push), *made));
    auto const pull = described(block("7001", plain_uri, "*", "a=recvonly\r\n"));
    CHECK_FALSE(sdp::check_answer(*sdp::parse(pull), *made));
}

TEST_CASE("SDP-7.3.1-1 the types that everyone takes are listed, or \"*\"") {
    constexpr std::array taken_by_all{"multipart/mixed", "multipart/alternative",
                                      "multipart/signed", "message/cpim"};
    auto const path = *msrp::path::parse("msrp://192.0.2.3:7002/t;tcp");
    auto const accepted = [&](std::string_view types) {
        msrp::media_spec spec{.path = path, .host = "192.0.2.3", .port = 7002};
        if (!types.empty()) spec.accept_types = types;
        auto const d = msrp::make_description(1, 1, spec);
        REQUIRE(d);
        auto const m = *msrp::find_sdp_media(*d);
        return std::count_if(taken_by_all.begin(), taken_by_all.end(),
                             [&](std::string_view type) { return m.accepts(type); });
    };
    CHECK(accepted("") == 4);  // the default is "*"
    CHECK(accepted("message/cpim multipart/* text/plain") == 4);
    CHECK(accepted("multipart/mixed multipart/alternative multipart/signed message/cpim") == 4);
    // Nothing is taken as listed that is not.
    CHECK(accepted("text/plain") == 0);
    CHECK(accepted("message/cpim text/plain") == 1);
}

TEST_CASE("RFC 3264 5 the numbers of o= are at most 2^63 - 1") {
    auto const path = *msrp::path::parse(plain_uri);
    msrp::media_spec const spec{.path = path, .host = "pc.example.org", .port = 7001};
    constexpr std::uint64_t most = 9223372036854775807U;
    auto const d = msrp::make_description(most, most, spec);
    REQUIRE(d);
    CHECK(d->view().origin().session_id == "9223372036854775807");
    CHECK(d->view().origin().session_version == "9223372036854775807");
    for (auto const& [id, version] : {std::pair{most + 1, most}, std::pair{most, most + 1}}) {
        auto const none = msrp::make_description(id, version, spec);
        REQUIRE_FALSE(none);
        CHECK(none.error().code == sdp::error::illegal_value);
        CHECK(none.error().field == "o=");
    }
}

TEST_CASE("SDP-8.6-3 SDP-4145-2 what is only advised against is written") {
    auto const path = *msrp::path::parse(plain_uri);
    auto const d = msrp::make_description(1, 1,
                                          {.path = path,
                                           .host = "pc.example.org",
                                           .port = 7001,
                                           .setup = sdp::setup::active,
                                           .accept_types = "message/cpim text/plain",
                                           .accept_wrapped_types = "text/plain"});
    REQUIRE(d);
    auto const m = *msrp::find_sdp_media(*d);
    CHECK(m.usable());
    CHECK(m.findings().contains(finding_code::wrapped_types_repeat));
}

TEST_CASE("SDP-4145-2 ALT-4.2.2-2 setup:active has port 9 and zero only where it is refused") {
    auto const active = [](std::uint16_t port, std::string_view uri) {
        auto const path = *msrp::path::parse(uri);
        auto d = msrp::make_description(1, 1,
                                        {.path = path,
                                         .host = "192.0.2.3",
                                         .port = port,
                                         .setup = sdp::setup::active,
                                         .accept_types = "text/plain"});
        REQUIRE(d);
        return *std::move(d);
    };
    auto const discard = active(9, "msrp://192.0.2.3:9/t;tcp");
    CHECK(discard.text().find("m=message 9 TCP/MSRP *\r\n") != std::string_view::npos);
    auto const m = *msrp::find_sdp_media(discard);
    CHECK(m.usable());
    CHECK(m.findings().empty());
    CHECK(m.setup() == sdp::setup::active);
    // A path with another port than the m= line's 9 is noted only (section 21 #23).
    auto const other = active(9, "msrp://192.0.2.3:7002/t;tcp");
    auto const with_port = *msrp::find_sdp_media(other);
    CHECK(with_port.usable());
    CHECK(with_port.findings().find(finding_code::port_differs)->severity == severity::note);
    // Port zero says refused, whatever a=setup says.
    auto const refused = active(0, "msrp://192.0.2.3:9/t;tcp");
    auto const none = *msrp::find_sdp_media(refused);
    CHECK_FALSE(none.usable());
    CHECK(none.findings().find(finding_code::port_zero)->severity == severity::error);
    auto const offer = described(block("7001", plain_uri, "*", "a=setup:active\r\n"));
    CHECK(sdp::check_answer(*sdp::parse(offer), discard).error().code == sdp::error::answer_setup);
    CHECK(sdp::check_answer(*sdp::parse(offer), refused));
}
