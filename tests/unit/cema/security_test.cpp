// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// security_test.cpp - how the peer is checked, in what order, and what may be trusted.
#include <cema/fingerprint_store.hpp>
#include <cema/negotiator.hpp>
#include <memory_resource>
#include <optional>
#include <string>
#include <vector>

#include "support.hpp"
#include "support/catch.hpp"

namespace {

using cema::fingerprint_trust;
using cema::identity_check;
using cema::security_facts;
using cema::security_level;
using cema::sighting;
using cema::signalling_protection;
using cema::status;
using cema_test::cites;
using cema_test::has;
using cema_test::text;

struct keys {
    identity_check mechanism = identity_check::psk;
    template <class F>
    void attributes(F&& f) const {
        f("key-mgmt", "mikey-ticket AQID");
        f("x-flag", "");
    }
    std::optional<identity_check> common(msrp::sdp_media const& m) const {
        bool both = false;
        for (auto const a : m.media().attributes())
            if (a.name == "key-mgmt") both = true;
        if (both) return mechanism;
        return std::nullopt;
    }
};
struct trusting : cema::tls_as_offered {
    static constexpr bool trust_sips = true;
};
struct careful : cema::tls_as_offered {
    static constexpr bool require_trusted_fingerprint = true;
};

template <class Profile, class Security = typename Profile::security,
          class Authentication = cema::no_other_mechanism>
using negotiator = cema::basic_negotiator<Profile, cema::ask_names, cema::prefer_passive, Security,
                                          Authentication>;

status taken(wire::result<status> const& r) {
    INFO(r.error().code.message());
    REQUIRE(r);
    return *r;
}
std::string print_line(std::uint8_t octet) {
    return "a=fingerprint:" +
           std::string(sdp::fingerprint_text(cema_test::some_fingerprint(octet)).view()) + "\r\n";
}
text answer(std::string const& host = "192.0.2.2", std::string const& more = print_line(0xAB)) {
    return {.path = "msrps://" + host + ":7002/bob1;tcp",
            .setup = "passive",
            .cema = true,
            .tls = true,
            .more = more};
}
auto const mine = cema_test::some_fingerprint(0x11);
cema::local_situation local(signalling_protection s = signalling_protection::none) {
    cema::local_situation l;
    l.uri = "msrps://192.0.2.1:7001/alice1;tcp";
    l.tls = true;
    l.fingerprints = {&mine, 1};
    l.signalling = s;
    return l;
}
template <class Negotiator>
Negotiator offering(cema::local_situation const& l) {
    auto n = Negotiator::make(l);
    REQUIRE(n);
    REQUIRE(n->make_offer({1, 1}));
    return std::move(*n);
}
sdp::fingerprint_set set_of(std::initializer_list<int> octets) {
    sdp::fingerprint_set s;
    for (int const o : octets) s.add(cema_test::some_fingerprint(static_cast<std::uint8_t>(o)));
    return s;
}

}  // namespace

TEST_CASE("draft-00 6.2 CEMA-00-11 the order of checks, every combination") {
    using enum identity_check;
    for (int bits = 0; bits < 128; ++bits)
        for (auto signalling : {signalling_protection::none, signalling_protection::hop_by_hop,
                                signalling_protection::end_to_end}) {
            security_facts f;
            f.tls = (bits & 1) != 0;
            f.own_relay = (bits & 2) != 0;
            f.peer_relay = (bits & 4) != 0;
            f.peer_fingerprint = (bits & 8) != 0;
            f.name = (bits & 16) != 0;
            if ((bits & 32) != 0) f.common = psk;
            f.trust_sips = (bits & 64) != 0;
            f.signalling = signalling;
            for (auto const c :
                 {cema::tls_as_offered::identity(f), cema::tls_mandatory::identity(f)}) {
                INFO(bits << " " << to_text(c));
                if (!f.tls) {
                    CHECK(c == none);
                } else if (f.own_relay || f.peer_relay) {  // TLS-6135-1
                    CHECK(c == name);
                } else if (f.name && !f.peer_fingerprint) {
                    CHECK(c == name);
                } else if (f.common) {  // before the fingerprint
                    CHECK(c == psk);
                } else if (f.peer_fingerprint) {
                    bool const sips_only =
                        f.trust_sips && signalling == signalling_protection::hop_by_hop;
                    CHECK(c == (sips_only ? sips : fingerprint));
                } else {
                    CHECK(c == name);
                }
            }
        }
}

TEST_CASE(
    "draft-00 6.2 information elements of all mechanisms stand in offers and answers with TLS") {
    using n_t = negotiator<cema::draft00, cema::tls_mandatory_but_for_old_peers, keys>;
    auto n = offering<n_t>(local());
    CHECK(has(n.local_description(), "a=key-mgmt:mikey-ticket AQID"));
    CHECK(has(n.local_description(), "a=x-flag"));
    CHECK(has(n.local_description(),
              "a=fingerprint:" + std::string(sdp::fingerprint_text(mine).view())));
    REQUIRE(taken(n.on_answer(
                answer("192.0.2.2", "a=key-mgmt:mikey-ticket AQIE\r\n" + print_line(1)).str())) ==
            status::plan);
    CHECK(n.plan()->identity == identity_check::psk);
    CHECK(n.plan()->fingerprints.empty());
    CHECK(n.plan()->trust == fingerprint_trust::not_used);
    CHECK(cites(n.plan()->reasons, cema::draft00_name, "6.2", "2"));
    n.reset();
    REQUIRE(n.make_offer({1, 2}));
    REQUIRE(taken(n.on_answer(answer().str())) == status::plan);
    CHECK(n.plan()->identity == identity_check::fingerprint);

    auto a = n_t::make(local());
    REQUIRE(a);
    a->authentication().mechanism = identity_check::certificate_service;
    REQUIRE(taken(a->on_offer(answer("192.0.2.2", "a=key-mgmt:x\r\n").str(), {1, 1})) ==
            status::answer_ready);
    CHECK(has(a->local_description(), "a=x-flag"));
    CHECK(a->plan()->identity == identity_check::certificate_service);
    CHECK(cites(a->plan()->reasons, cema::draft00_name, "6.2", "1"));
    // Without TLS there is nothing to check.
    a->reset();
    REQUIRE(taken(a->on_offer(text{.more = "a=key-mgmt:x\r\n"}.str(), {1, 2})) ==
            status::answer_ready);
    CHECK_FALSE(has(a->local_description(), "a=x-flag"));
    CHECK(a->plan()->identity == identity_check::none);

    auto r = offering<negotiator<cema::rfc6714, cema::tls_as_offered, keys>>(local());
    REQUIRE(taken(r.on_answer(answer("192.0.2.2", "a=key-mgmt:x\r\n").str())) == status::plan);
    CHECK(cites(r.plan()->reasons, "RFC 6714", "7.5"));
    auto q = negotiator<cema::rfc6714, cema::tls_as_offered, keys>::make(local());
    REQUIRE(q);
    q->authentication().mechanism = identity_check::certificate_service;
    REQUIRE(taken(q->on_offer(answer("192.0.2.2", "a=key-mgmt:x\r\n").str(), {1, 1})) ==
            status::answer_ready);
    CHECK(cites(q->plan()->reasons, "RFC 6714", "7.5", "RFC 6072"));
}

TEST_CASE("CEMA-7.2-1 TLS is end to end through an anchor, and each plan says what it is worth") {
    // The c/m-line is the anchor's; the name that the certificate is for is that of the path.
    auto through_anchor = answer("bob.example", "");
    through_anchor.c = "203.0.113.1";
    through_anchor.port = 5002;
    auto n = offering<cema::negotiator>(local());
    CHECK(has(n.local_description(), "m=message 7001 TCP/TLS/MSRP *"));
    auto s = taken(n.on_answer(through_anchor.str()));
    while (s == status::resolve) s = taken(n.resolved(std::string(n.names()[0]), {}));
    REQUIRE(s == status::plan);
    CHECK(n.plan()->host == "203.0.113.1");
    CHECK(n.plan()->tls);
    CHECK(n.plan()->identity == identity_check::name);
    CHECK(n.plan()->identity_name == "bob.example");
    CHECK(level_of(n.plan()->identity) == security_level::independent);
    CHECK_FALSE(cites(n.plan()->reasons, "RFC 6714", "7.2"));

    // RFC 6072 goes before the fingerprint, which is there, too.
    auto managed = offering<negotiator<cema::rfc6714, cema::tls_as_offered, keys>>(local());
    managed.authentication().mechanism = identity_check::certificate_service;
    REQUIRE(taken(managed.on_answer(
                answer("192.0.2.2", print_line(0xAB) + "a=key-mgmt:x\r\n").str())) == status::plan);
    CHECK(managed.plan()->identity == identity_check::certificate_service);
    CHECK(level_of(managed.plan()->identity) == security_level::independent);

    // By fingerprint: of level 2; without TLS: of level 3, and both sides are told.
    auto f = offering<cema::negotiator>(local());
    REQUIRE(taken(f.on_answer(answer().str())) == status::plan);
    CHECK(level_of(f.plan()->identity) == security_level::signalling);
    auto plain = offering<cema::negotiator>({.uri = "msrp://192.0.2.1:7001/alice1;tcp"});
    REQUIRE(taken(plain.on_answer(text{.setup = "passive", .cema = true}.str())) == status::plan);
    CHECK(level_of(plain.plan()->identity) == security_level::unprotected);
    CHECK(cites(plain.plan()->reasons, "RFC 6714", "7.2"));
    auto answering = cema::negotiator::make({.uri = "msrp://192.0.2.1:7001/alice1;tcp"});
    REQUIRE(answering);
    REQUIRE(taken(answering->on_offer(text{.setup = "actpass", .cema = true}.str(), {1, 1})) ==
            status::answer_ready);
    CHECK(cites(answering->plan()->reasons, "RFC 6714", "7.2"));
}

TEST_CASE("CEMA-7.7-1 what protects the signalling decides what a fingerprint is worth") {
    using enum signalling_protection;
    for (auto const& [protection, trust] : {std::pair{none, fingerprint_trust::unprotected},
                                            std::pair{hop_by_hop, fingerprint_trust::each_hop},
                                            std::pair{end_to_end, fingerprint_trust::end_to_end}}) {
        INFO(to_text(protection) << " " << to_text(trust));
        auto n = offering<cema::negotiator>(local(protection));
        REQUIRE(taken(n.on_answer(answer().str())) == status::plan);
        CHECK(n.plan()->identity == identity_check::fingerprint);
        CHECK(n.plan()->trust == trust);
        CHECK_FALSE(n.plan()->possible_downgrade);
        // Without msrp-cema from the peer it may have been taken away, unless that is protected.
        auto m = offering<cema::negotiator>(local(protection));
        auto plain = answer();
        plain.cema = false;
        REQUIRE(taken(m.on_answer(plain.str())) == status::plan);
        CHECK(m.plan()->possible_downgrade == (protection == none));
        CHECK(cites(m.plan()->reasons, "RFC 6714", "7.7", "downgrade") == (protection == none));
        // The same without TLS, which we have.
        auto a = cema::negotiator::make(local(protection));
        REQUIRE(a);
        REQUIRE(taken(a->on_offer(text{.setup = "actpass", .cema = true}.str(), {1, 1})) ==
                status::answer_ready);
        CHECK(a->plan()->possible_downgrade == (protection == none));

        auto c = offering<negotiator<cema::rfc6714, careful>>(local(protection));
        CHECK(taken(c.on_answer(answer().str())) ==
              (protection == none ? status::rejected : status::plan));
        CHECK(cites(c.reasons(), "RFC 6714", "7.7"));
        auto t = offering<negotiator<cema::draft00, trusting>>(local(protection));
        REQUIRE(taken(t.on_answer(answer().str())) == status::plan);
        CHECK((t.plan()->identity == identity_check::sips) == (protection == hop_by_hop));
        CHECK_FALSE(t.plan()->fingerprints.empty());
        CHECK(t.plan()->trust == trust);
    }
    auto d = offering<negotiator<cema::draft00, careful>>(local());
    CHECK(taken(d.on_answer(answer().str())) == status::rejected);
    CHECK(cites(d.reasons(), cema::draft00_name, "6.2"));
    auto t = offering<negotiator<cema::rfc6714, trusting>>(local(hop_by_hop));
    REQUIRE(taken(t.on_answer(answer().str())) == status::plan);
    CHECK(cites(t.plan()->reasons, "RFC 6714", "7.7", "SIPS"));
    // With an own relay it is by name, and a careful policy has nothing against that.
    auto l = local();
    l.use_path = "msrps://relay.example:2855/r;tcp";
    auto c = negotiator<cema::rfc6714, careful>::make(l);
    REQUIRE(c);
    CHECK(taken(c->on_offer(answer().str(), {1, 1})) == status::answer_ready);
}

TEST_CASE("RFC 6714 7.6 levels and texts of all that a plan says of security") {
    using enum identity_check;
    CHECK(cema::level_of(name) == security_level::independent);
    CHECK(cema::level_of(psk) == security_level::independent);
    CHECK(cema::level_of(certificate_service) == security_level::independent);
    CHECK(cema::level_of(fingerprint) == security_level::signalling);
    CHECK(cema::level_of(sips) == security_level::signalling);
    CHECK(cema::level_of(none) == security_level::unprotected);
    CHECK(to_text(psk) == "psk");
    CHECK(to_text(certificate_service) == "certificate-service");
    CHECK(to_text(sips) == "sips");
    CHECK(to_text(fingerprint_trust::not_used) == "not used");
    CHECK(to_text(static_cast<fingerprint_trust>(9)).empty());
    CHECK(to_text(static_cast<signalling_protection>(9)).empty());
    CHECK(to_text(static_cast<sighting>(9)).empty());
    for (auto s : {sighting::first_seen, sighting::same, sighting::changed, sighting::not_kept})
        CHECK_FALSE(to_text(s).empty());
}

TEST_CASE("CEMA-7.7-1 fingerprints are stored at first sight, and a change is noticed") {
    cema::fingerprint_store store(2);
    CHECK(store.check("sip:bob@example.com", set_of({1, 2})) == sighting::first_seen);
    CHECK(store.check("sip:bob@example.com", set_of({1, 2})) == sighting::same);
    CHECK(store.check("sip:bob@example.com", set_of({2})) == sighting::same);
    CHECK(store.check("sip:bob@example.com", set_of({2, 3})) == sighting::changed);
    CHECK(store.check("sip:bob@example.com", set_of({2, 3})) == sighting::changed);
    CHECK(store.check("sip:bob@example.com", {}) == sighting::not_kept);
    CHECK_FALSE(store.accept("sip:bob@example.com", {}));
    CHECK(store.accept("sip:bob@example.com", set_of({3})));
    CHECK(store.check("sip:bob@example.com", set_of({3})) == sighting::same);
    CHECK(store.check("sip:bob@example.com", set_of({1})) == sighting::changed);
    // Another hash function cannot be compared.
    std::vector<std::uint8_t> const digest(64, 3);
    sdp::fingerprint_set stronger;
    stronger.add(*sdp::fingerprint::make(sdp::hash_function::sha_512, digest));
    CHECK(store.check("sip:bob@example.com", stronger) == sighting::changed);

    CHECK(store.check("sip:alice@example.com", {}) == sighting::not_kept);
    CHECK(store.check("sip:alice@example.com", set_of({9})) == sighting::first_seen);
    CHECK(store.size() == 2);
    // Full: nothing is dropped for newcomers.
    CHECK(store.check("sip:carol@example.com", set_of({7})) == sighting::not_kept);
    CHECK_FALSE(store.accept("sip:carol@example.com", set_of({7})));
    CHECK(store.check("sip:bob@example.com", set_of({3})) == sighting::same);
    std::vector<std::string> order;
    store.for_each([&](std::string_view who, sdp::fingerprint_set const& known) {
        order.emplace_back(who);
        CHECK_FALSE(known.empty());
    });
    CHECK(order == std::vector<std::string>{"sip:alice@example.com", "sip:bob@example.com"});
    CHECK(store.forget("sip:alice@example.com"));
    CHECK_FALSE(store.forget("sip:alice@example.com"));
    CHECK(store.accept("sip:carol@example.com", set_of({7})));
    CHECK(store.check("sip:carol@example.com", set_of({7})) == sighting::same);
    CHECK(store.forget("sip:carol@example.com"));
    CHECK(store.check(std::string(2000, 'x'), set_of({1})) == sighting::not_kept);
}

TEST_CASE("the store's memory comes from its allocator") {
    std::byte memory[8192];
    std::pmr::monotonic_buffer_resource pool(memory, sizeof memory,
                                             std::pmr::null_memory_resource());
    auto* const before = std::pmr::set_default_resource(std::pmr::null_memory_resource());
    {
        cema::pmr::fingerprint_store store(10, &pool);
        auto const s = set_of({1});
        CHECK(store.check("sip:a.very.long.address.of.record@example.com", s) ==
              sighting::first_seen);
    }
    std::pmr::set_default_resource(before);
}
