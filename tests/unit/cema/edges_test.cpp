// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// edges_test.cpp - what is rare: lenient texts, limits, names of unusual form, errors on the way.
#include <cema/anchor.hpp>
#include <cema/fingerprint_store.hpp>
#include <cema/negotiator.hpp>
#include <cema/redact.hpp>
#include <cema/route.hpp>
#include <optional>
#include <string>
#include <vector>

#include "support.hpp"
#include "support/catch.hpp"

namespace {

using cema::negotiator;
using cema::status;
using cema_test::cites;
using cema_test::has;
using cema_test::text;

constexpr auto own_uri = "msrp://192.0.2.1:7001/alice1;tcp";
constexpr auto own_relay = "msrp://198.51.100.9:2855/r1;tcp";
constexpr auto peer_path = "msrp://198.51.100.7:2855/q;tcp msrp://192.0.2.2:7002/bob1;tcp";

status taken(wire::result<status> const& r) {
    INFO(r.error().code.message());
    REQUIRE(r);
    return *r;
}
negotiator make(cema::local_situation const& local, sdp::limits const& limit = {},
                sdp::leniency const& lenient = {}, msrp::media_options const& options = {}) {
    auto n = negotiator::make(local, {}, limit, lenient, options);
    REQUIRE(n);
    return std::move(*n);
}

struct broken_keys : cema::no_other_mechanism {
    bool works = false;
    template <class F>
    void attributes(F&& f) const {
        f("key-mgmt", works ? "x" : "two\r\nlines");
    }
};

}  // namespace

TEST_CASE("a mechanism that writes what SDP cannot carry is an error, and changes nothing") {
    using n_t = cema::basic_negotiator<cema::rfc6714, cema::ask_names, cema::prefer_passive,
                                       cema::tls_as_offered, broken_keys>;
    auto n = n_t::make({.uri = "msrps://192.0.2.1:7001/alice1;tcp", .tls = true});
    REQUIRE(n);
    CHECK(n->make_offer({1, 1}).error().code == sdp::error::illegal_value);
    text const offer{.path = "msrps://192.0.2.2:7002/b;tcp", .cema = true, .tls = true};
    CHECK(n->on_offer(offer.str(), {1, 1}).error().code == sdp::error::illegal_value);
    CHECK(n->plan() == nullptr);
    n->authentication().works = true;
    CHECK(taken(n->on_offer(offer.str(), {1, 1})) == status::answer_ready);
    CHECK(has(n->local_description(), "a=key-mgmt:x"));
}

TEST_CASE("lenient texts: no c= line is rejected with its reason, no t= line gets one") {
    sdp::leniency lenient;
    lenient.missing_connection = true;
    lenient.missing_time = true;
    auto n = make({.uri = own_uri}, {}, lenient);
    CHECK(taken(n.on_offer("v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nm=message 7002 TCP/MSRP *\r\n"
                           "a=accept-types:*\r\na=path:msrp://192.0.2.2:7002/b;tcp\r\n",
                           {1, 1})) == status::rejected);
    CHECK_FALSE(n.reasons().empty());
    CHECK(has(n.local_description(), "t=0 0"));
    CHECK(taken(n.on_offer("v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nc=IN IP4 192.0.2.2\r\nt=0 0\r\n"
                           "r=7d 1h 0 25h\r\nz=2882844526 -1h\r\nm=message 7002 TCP/MSRP *\r\n"
                           "a=accept-types:*\r\na=path:msrp://192.0.2.2:7002/b;tcp\r\n",
                           {1, 2})) == status::answer_ready);
    CHECK(has(n.local_description(), "z=2882844526 -1h"));
}

TEST_CASE("an answer that would be larger than the limits is an error") {
    std::string const host(200, 'h');
    std::string const uri = "msrp://" + host + ":7001/alice1;tcp";
    auto const good = text{.cema = true}.str();
    auto const bad = text{.c = "203.0.113.5"}.str();
    sdp::limits limit;
    limit.max_text = std::max(good.size(), bad.size());
    auto n = make({.uri = uri}, limit);
    CHECK(n.on_offer(good, {1, 1}).error().code == sdp::error_condition::limit);
    CHECK(n.on_offer(bad, {1, 1}).error().code == sdp::error_condition::limit);
    CHECK(n.make_offer({1, 1}));
}

TEST_CASE("answers without m=message, and of another proto by the leniency scheme_rules") {
    auto n = make({.uri = own_uri});
    REQUIRE(n.make_offer({1, 1}));
    CHECK(n.on_answer("v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nc=IN IP4 192.0.2.2\r\nt=0 0\r\n"
                      "m=audio 4000 RTP/AVP 0\r\n")
              .error()
              .code == cema::error::no_message_media);
    CHECK(taken(n.on_answer(text{.port = 0, .tls = true}.str())) == status::rejected);
    msrp::media_options options;
    options.scheme_rules = true;
    auto m = make({.uri = own_uri}, {}, {}, options);
    REQUIRE(m.make_offer({1, 1}));
    REQUIRE(taken(m.on_answer(text{.cema = true, .tls = true}.str())) == status::plan);
    CHECK_FALSE(m.plan()->tls);
    m.reset();  // the answer repeats the proto, and fits its own scheme to that
    REQUIRE(taken(m.on_offer(text{.cema = true, .tls = true}.str(), {1, 1})) ==
            status::answer_ready);
    CHECK(has(m.local_description(), "m=message 7001 TCP/TLS/MSRP *"));
    CHECK(has(m.local_description(), "a=path:msrps://192.0.2.1:7001/alice1;tcp"));
    CHECK(negotiator::make({.uri = "msrp://192.0.2.1:0/x;tcp"}).error().code ==
          cema::error::bad_own_uri);
}

TEST_CASE("CEMA-4.4-1 a name that stands twice is asked for once; a plan may lead to a name") {
    auto n = make({.uri = own_uri});
    text const offer{.c = "bob.example",
                     .path = "msrp://BOB.example:7002/r;tcp msrp://bob.example:7002/b;tcp",
                     .setup = "actpass"};
    REQUIRE(taken(n.on_offer(offer.str(), {1, 1})) == status::resolve);
    CHECK(n.names().size() == 1);
    auto m = make({.uri = own_uri});
    REQUIRE(m.make_offer({1, 1}));
    REQUIRE(taken(m.on_answer(text{.c = "box.example", .cema = true}.str())) == status::plan);
    CHECK(m.plan()->host == "box.example");
    CHECK_FALSE(m.plan()->endpoint());
}

TEST_CASE("CEMA-4.3-2 an illegal answer without mismatch: a plan without CEMA") {
    auto n = make({.uri = own_uri, .use_path = own_relay});
    REQUIRE(n.make_offer({1, 1}));
    REQUIRE(taken(n.on_answer(text{.path = peer_path, .cema = true}.str())) == status::plan);
    CHECK_FALSE(n.plan()->cema);
    CHECK(n.plan()->target == cema::target_kind::own_relay);
}

TEST_CASE("section 21 #5 mid-session: rubbish is rejected, and a fallback is a new connection") {
    auto n = make({.uri = own_uri});
    REQUIRE(n.make_offer({1, 1}));
    REQUIRE(taken(n.on_answer(text{.cema = true}.str())) == status::plan);
    CHECK(taken(n.on_offer(text{.path = "rubbish", .cema = true}.str(), {1, 2})) ==
          status::rejected);
    REQUIRE(n.make_offer({1, 3}));
    REQUIRE(taken(n.on_answer(text{.c = "203.0.113.5", .setup = "active"}.str())) ==
            status::new_offer);
    REQUIRE(n.make_offer({1, 4}));
    REQUIRE(taken(n.on_answer(text{}.str())) == status::plan);
    CHECK_FALSE(n.plan()->keeps_connection);
    CHECK(n.plan()->b2bua_likely);
}

TEST_CASE("ALT-4.2.2-3 refuse_passive is active where the offer leaves the choice") {
    using never = cema::basic_negotiator<cema::rfc6714, cema::ask_names, cema::refuse_passive>;
    auto n = never::make({.uri = own_uri});
    REQUIRE(n);
    REQUIRE(taken(n->on_offer(text{.setup = "actpass", .cema = true}.str(), {1, 1})) ==
            status::answer_ready);
    CHECK(n->plan()->local_role == cema::role::active);
}

TEST_CASE("the anchor: further media, texts that stop early, wrong answers") {
    wire::endpoint const own{*wire::parse_ip("203.0.113.1"), 5001};
    sdp::leniency lenient;
    lenient.missing_last_line_end = true;
    lenient.missing_connection = true;
    cema::anchor a({}, {}, lenient);
    std::string const two =
        "v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=-\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\n"
        "m=audio 1 RTP/AVP 0\r\nm=message 0 TCP/MSRP *\r\nm=message 2 TCP/MSRP *\r\n"
        "a=msrp-cema\r\nm=message 7 TCP/MSRP *";
    REQUIRE(a.on_offer(two, own).value_or(cema::anchor_action::refused) ==
            cema::anchor_action::rewritten);
    CHECK(a.text().find("m=message 5001 TCP/MSRP *\r\nc=IN IP4 203.0.113.1\r\na=msrp-cema") !=
          std::string_view::npos);
    CHECK(a.on_answer("nonsense", own).error().code == sdp::error_condition::syntax);
    CHECK(a.on_answer("v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=-\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\n"
                      "m=audio 1 RTP/AVP 0\r\nm=message 0 TCP/MSRP *\r\nm=audio 2 RTP/AVP 0\r\n",
                      own)
              .error()
              .code == cema::error::answer_does_not_fit);
    CHECK(a.on_answer(two, {}).error().code == cema::error::anchor_address);
    CHECK(a.on_answer(two, own).has_value());
    // The last line without its end, and no c= line anywhere.
    auto const d = sdp::parse(two, {}, lenient);
    REQUIRE(d);
    auto const last = cema::rewrite_cm_line(*d, 3, own);
    REQUIRE(last);
    CHECK(last->ends_with("m=message 5001 TCP/MSRP *\r\nc=IN IP4 203.0.113.1\r\n"));
    std::string const bare =
        "v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=-\r\nt=0 0\r\nm=message 2 TCP/MSRP *\r\n"
        "a=msrp-cema\r\n";
    REQUIRE(a.on_offer(bare, own).value_or(cema::anchor_action::refused) ==
            cema::anchor_action::rewritten);
    CHECK(has(a.text(), "c=IN IP4 203.0.113.1"));
    CHECK(cema::rewrite_cm_line(*d, 3, {wire::ip_address(), 5001}).error().code ==
          cema::error::anchor_address);
}

TEST_CASE("CEMA-4.4-1 hosts of unusual form") {
    auto const host = [](std::string const& uri) {
        auto const u = msrp::read_uri(uri);
        REQUIRE(u);
        return cema::host_value(*u);
    };
    CHECK(host("msrp://%31%39%32.0.2.1:1/s;tcp").ip() == wire::parse_ip("192.0.2.1"));
    CHECK(host("msrp://" + std::string(800, 'a') + ":1/s;tcp").name().empty());
    CHECK(host("msrp://" + std::string(300, 'a') + ":1/s;tcp").name().empty());
    CHECK(host("msrp://[v1.x]:1/s;tcp").name().empty());
    CHECK_FALSE(host("msrp://[v1.x]:1/s;tcp").ip());
    CHECK(cema::host_value(std::string(256, 'a')).name().empty());
    // With port 9 and setup:active only addresses are compared, so any port's name is asked for.
    std::vector<std::string> asked;
    auto const ports = [&](cema::cm_line const& cm) {
        asked.clear();
        auto const uris = [](auto&& f) {
            for (auto const* t :
                 {"msrp://a.example:1/s;tcp", "msrp://b.example/s;tcp", "msrp://c.example:9/s;tcp"})
                if (!f(*msrp::read_uri(t))) return;
        };
        cema::for_each_name(cm, uris, [&](std::string_view n) { asked.emplace_back(n); });
        return asked.size();
    };
    CHECK(ports({cema::host_value("192.0.2.1"), 9, true}) == 2);
    CHECK(ports({cema::host_value("192.0.2.1"), 9, false}) == 1);
    CHECK(ports({cema::host_value("192.0.2.1"), 5, false}) == 0);
}

TEST_CASE("texts of values that do not exist are empty") {
    CHECK(to_text(static_cast<cema::offerer_action>(99)).empty());
    CHECK(to_text(static_cast<cema::answerer_action>(99)).empty());
    CHECK(to_text(static_cast<cema::target_kind>(99)).empty());
    CHECK(to_text(static_cast<cema::identity_check>(99)).empty());
    CHECK(to_text(static_cast<status>(99)).empty());
    CHECK(cema::level_of(static_cast<cema::identity_check>(99)) ==
          cema::security_level::unprotected);
    CHECK(cema::origin_numbers{1, 2} != cema::origin_numbers{1, 3});
    CHECK(cema::origin_numbers{1, 2} != cema::origin_numbers{2, 2});
    CHECK(cema::offerer_decision{} == cema::offerer_decision{});
    cema::no_observer().description(cema::description_kind::local, "");
}

TEST_CASE("decisions and reasons that differ in any part are different") {
    auto const o = cema::offerer_decide({});
    auto p = o;
    p.action = cema::offerer_action::wait;
    CHECK_FALSE(o == p);
    p = o;
    p.role = cema::decided_role::none;
    CHECK_FALSE(o == p);
    p = o;
    p.illegal_answer = true;
    CHECK_FALSE(o == p);
    p = o;
    p.why.section = "9";
    CHECK_FALSE(o == p);
    p = o;
    p.also.item = "9";
    CHECK_FALSE(o == p);
    auto const a = cema::answerer_decide({});
    auto b = a;
    b.by_path = true;
    CHECK_FALSE(a == b);
    b = a;
    b.also.text = "other";
    CHECK_FALSE(a == b);
    cema::reason_list list;
    for (int i = 0; i < 20; ++i) list.add(o.why);
    CHECK(list.size() == cema::reason_list::capacity);
}

TEST_CASE("redaction stops at every end of a URI") {
    using cema::redact_session_ids;
    for (std::string const end : {" ", "\t", "\r", "\n", ";"}) {
        CHECK(redact_session_ids("msrp://h" + end + "/x") == "msrp://h" + end + "/x");
        CHECK(redact_session_ids("msrp://h/x" + end + "y") == "msrp://h/*" + end + "y");
    }
    std::string nul("msrp://h/x y");
    nul[10] = '\0';
    CHECK(redact_session_ids(nul) == std::string("msrp://h/*\0y", 12));
    std::string early("msrp://h /x");
    early[8] = '\0';
    CHECK(redact_session_ids(early) == early);
}

TEST_CASE("a route for a description without c= line; a store entry between others") {
    sdp::leniency lenient;
    lenient.missing_connection = true;
    auto const d = sdp::parse(
        "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=message 7002 TCP/MSRP *\r\n"
        "a=accept-types:*\r\na=path:msrp://192.0.2.2:7002/b;tcp\r\n",
        {}, lenient);
    REQUIRE(d);
    std::vector<cema::own_address> const own{{*wire::parse_ip("2001:db8::1"), true}};
    CHECK(cema::route_facts_of(own, false, msrp::sdp_media::read(*d->media(0)), false, false)
              .own_reachable);
    cema::fingerprint_store store;
    sdp::fingerprint_set set;
    set.add(cema_test::some_fingerprint());
    CHECK(store.accept("b", set));
    CHECK(store.accept("a", set));
    CHECK_FALSE(store.forget("aa"));
    CHECK(store.check("aa", set) == cema::sighting::first_seen);
    CHECK(store.size() == 3);
}

TEMPLATE_TEST_CASE("CEMA-4.5-1 whoever does CEMA does RFC 6135: every a=setup, as either side", "",
                   cema::rfc6714, cema::draft00) {
    using tested = cema::basic_negotiator<TestType, cema::ask_names, cema::prefer_passive,
                                          cema::tls_as_offered>;
    struct row {
        std::string received;
        std::string answered;  // where a peer can reach us
        cema::role as_offerer;
    };
    for (auto const& [received, answered, as_offerer] :
         {row{"", "passive", cema::role::active}, row{"active", "passive", cema::role::passive},
          row{"passive", "active", cema::role::active},
          row{"actpass", "passive", cema::role::active},
          row{"holdconn", "passive", cema::role::active}})
        for (bool const reachable : {false, true})
            for (bool const cema : {false, true}) {
                INFO("setup:" << received << (reachable ? ", reachable" : "")
                              << (cema ? ", cema" : ""));
                cema::local_situation const local{.uri = "msrp://192.0.2.1:7001/alice1;tcp",
                                                  .can_be_passive = reachable};
                cema_test::text const theirs{.setup = received, .cema = cema};
                auto offerer = tested::make(local);
                REQUIRE(offerer);
                std::string const offer(*offerer->make_offer({1, 1}));
                CHECK(cema_test::line(offer, "a=setup:") ==
                      (reachable ? "a=setup:actpass" : "a=setup:active"));
                CHECK(cema_test::line(offer, "a=connection").empty());  // ALT-4.4-1
                bool const two_actives = received == "active" && !reachable;
                REQUIRE(*offerer->on_answer(theirs.str()) ==
                        (two_actives ? cema::status::rejected : cema::status::plan));
                if (!two_actives) CHECK(offerer->plan()->local_role == as_offerer);

                auto answerer = tested::make(local);
                REQUIRE(answerer);
                REQUIRE(*answerer->on_offer(theirs.str(), {2, 1}) == cema::status::answer_ready);
                bool const we_choose = received == "actpass" && !reachable;
                CHECK(cema_test::line(answerer->local_description(), "a=setup:") ==
                      "a=setup:" + (we_choose ? "active" : answered));
                CHECK((answerer->plan()->local_role == cema::role::active) ==
                      (we_choose || answered == "active"));
            }
}

TEST_CASE("a text above the limit is refused, whatever its size, and all is as before") {
    sdp::limits few;
    few.max_text = 300;
    auto const made = negotiator::make({.uri = "msrp://192.0.2.1:7001/alice1;tcp"}, {}, few);
    REQUIRE(made);
    text long_one{.cema = true};
    long_one.more = "a=x-note:" + std::string(400, 'x') + "\r\n";
    auto const refused = [](wire::result<status> const& r) {
        return !r && r.error().code == sdp::error::text_too_long && r.error().offset == 300;
    };
    auto n = *made;
    CHECK(refused(n.on_offer(long_one.str(), {1, 1})));
    REQUIRE(n.make_offer({1, 1}));
    CHECK(refused(n.on_answer(long_one.str())));
    CHECK(n.remote_description().empty());
    CHECK(*n.on_answer(text{.cema = true}.str()) == status::plan);
    CHECK(n.remote_description() == text{.cema = true}.str());
}

TEST_CASE("an own URI whose host is neither an address nor a name is refused") {
    CHECK(negotiator::make({.uri = "msrp://[v1.x]:7001/alice1;tcp"}).error().code ==
          cema::error::bad_own_uri);
}
