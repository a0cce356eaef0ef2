// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// negotiator.cpp - any description to an offerer, an answerer and an anchor: what comes out keeps
// RFC 6714, or the draft. The first octet chooses the own situation, the rest is the description.
#include <array>
#include <cema/anchor.hpp>
#include <cema/negotiator.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "fuzz_input.hpp"

namespace {

using cema::status;
using fuzz::require;

struct trusting : cema::tls_as_offered {
    static constexpr bool trust_sips = true;
};

/// Says for each name what its letters say: nothing, or one or two addresses.
template <class Negotiator>
status resolve_all(Negotiator& n, status s) {
    std::size_t asked = 0;
    while (s == status::resolve) {
        require(!n.names().empty(), "resolve with names");
        require(++asked <= cema::ask_names::max_names, "names are limited");
        std::string const name(n.names()[0]);
        std::array const all{wire::ip_address::v4({192, 0, 2, 1}),
                             wire::ip_address::v4({192, 0, 2, 2})};
        auto const r = n.resolved(name, std::span(all).first(name.size() % 3));
        require(r.has_value(), "addresses of a wanted name are taken");
        s = *r;
    }
    require(n.names().empty(), "no names left");
    return s;
}

/// @param past_relay 4.2, last paragraph: an active offerer goes to the c/m-line, though it has a
///        relay.
template <class Plan>
void check_plan(Plan const& p, bool own_relay, bool past_relay = false) {
    require(p.connects() != p.host.empty(), "a host where there is a target");
    if (own_relay)
        require(
            p.target == (past_relay ? cema::target_kind::cm_line : cema::target_kind::own_relay),
            "by the own relay");
    require(own_relay || p.connects() == (p.local_role == cema::role::active), "who is active");
    require(p.tls == (p.identity != cema::identity_check::none), "an identity check with TLS");
    bool const by_print =
        p.identity == cema::identity_check::fingerprint || p.identity == cema::identity_check::sips;
    require(by_print != p.fingerprints.empty(), "fingerprints where they are checked");
    require(by_print == (p.trust != cema::fingerprint_trust::not_used), "trust where they are");
    require(p.local_path.size() == 1, "own path");
    require(!p.reasons.empty(), "reasons");
}

bool has_cema(std::string_view text) {
    return text.find("\r\na=msrp-cema\r\n") != std::string_view::npos;
}

std::string without_origin(std::string_view text) {
    auto const at = text.find("\r\n", text.find("\r\no=") + 2);
    return std::string(text.substr(at));
}

template <class Negotiator, bool Draft>
void offer_and_answer(cema::local_situation const& local, std::string_view text) {
    auto const made = Negotiator::make(local);
    require(made.has_value(), "own situation");
    bool const relay = !local.use_path.empty();

    auto offerer = *made;
    auto const offer = offerer.make_offer({1, 1});
    require(offer.has_value(), "offer");
    bool const offered_setup = offer->find("\r\na=setup:") != std::string_view::npos;
    if (auto const r = offerer.on_answer(text)) {
        auto const s = resolve_all(offerer, *r);
        require((offerer.plan() != nullptr) == (s == status::plan), "plan");
        require(!offerer.reasons().empty(), "reasons");
        auto const& f = offerer.facts_as_offerer();
        if (auto const* const plan = offerer.plan(); plan != nullptr) {
            bool const past = f.offered_cema && !f.answer_cema && (Draft || !f.mismatch) &&
                              !f.peer_relay && plan->local_role == cema::role::active;
            check_plan(*plan, relay, past);
            // Plain RFC 4975 knows no a=setup: the offerer connects, whatever the answer has.
            require(!(f.answer_active && offered_setup && plan->local_role == cema::role::active),
                    "two actives");
            // The same once more: both paths are unchanged, and the connection stays.
            require(offerer.make_offer(offerer.next_numbers()).has_value(), "a later offer");
            auto const t = offerer.on_answer(text);
            require(t && resolve_all(offerer, *t) == status::plan, "again a plan");
            require(offerer.plan()->keeps_connection, "it stays");
        }
        if (s == status::new_offer) {
            require(f.offered_cema && (f.mismatch || (Draft && f.peer_relay)),
                    "a new offer needs a mismatch, or the draft and a relay");
            auto const again = offerer.make_offer({1, 2});
            require(again && !has_cema(*again), "no msrp-cema in a fallback offer");
            if (auto const t = offerer.on_answer(text))
                require(resolve_all(offerer, *t) != status::new_offer, "no third offer");
        }
    }

    auto answerer = *made;
    if (auto const r = answerer.on_offer(text, {2, 1})) {
        auto const s = resolve_all(answerer, *r);
        require(s == status::answer_ready || s == status::rejected, "an answer");
        require(!answerer.reasons().empty(), "reasons");
        auto const offered = *sdp::parse(text);
        auto const answered = sdp::parse(answerer.local_description());
        require(answered.has_value(), "the answer is a description");
        require(answered->media_count() == offered.media_count(), "as many m= lines");
        std::size_t accepted = 0;
        auto in = offered.media().begin();
        for (auto const m : answered->media()) {
            auto const o = *in++;
            require(m.media() == o.media() && wire::iequals(m.proto(), o.proto()),
                    "the same m= lines");
            if (m.rejected()) continue;
            ++accepted;
            require(!o.rejected(), "port zero stays");
            auto const block = msrp::sdp_media::read(m);
            require(block.usable(), "what we write is usable");
            if (relay && block.cema()) require(block.setup() == sdp::setup::passive, "4.3 item 3");
        }
        require(accepted == (s == status::answer_ready ? 1U : 0U), "one m=message is accepted");
        if (answerer.plan() != nullptr) check_plan(*answerer.plan(), relay);
        auto const& f = answerer.facts_as_answerer();
        if (s == status::answer_ready && !Draft)
            require(f.offer_cema || !f.mismatch, "4.3, first paragraph");
        if (s == status::answer_ready) {
            std::string const answer(answerer.local_description());
            auto const t = answerer.on_offer(text, answerer.next_numbers());
            require(t && resolve_all(answerer, *t) == s, "the same offer again");
            require(answerer.plan()->keeps_connection, "it stays");
            require(without_origin(answerer.local_description()) == without_origin(answer),
                    "the same answer");
        }
    }
}

void anchor(std::string_view text) {
    wire::endpoint const own{wire::ip_address::v4({203, 0, 113, 1}), 5001};
    cema::anchor a;
    auto const r = a.on_offer(text, own);
    if (!r || *r != cema::anchor_action::rewritten) return;
    std::string const once(a.text());
    auto const before = *sdp::parse(text);
    auto const after = sdp::parse(once);
    require(after.has_value(), "rewritten, it is a description");
    require(after->media_count() == before.media_count(), "the same m= lines");
    auto b = before.media().begin();
    bool seen = false;
    for (auto const m : after->media()) {
        auto const o = *b++;
        auto const read = msrp::sdp_media::read(m);
        auto const original = msrp::sdp_media::read(o);
        require(read.path_size() == original.path_size(), "the path stays");
        bool const ours = !seen && m.media() == "message" && !m.rejected();
        seen = seen || ours;
        auto const c = m.effective_connection();
        if (ours) {
            require(m.port() == own.port && c && c->ip == own.address, "the anchor's address");
        } else {
            require(m.port() == o.port(), "other ports stay");
            auto const d = o.effective_connection();
            require(c.has_value() == d.has_value() && (!c || c->text == d->text),
                    "other addresses stay");
        }
    }
    require(a.on_offer(once, own).has_value() && a.text() == once, "twice is once");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    if (size == 0) return 0;
    unsigned const choice = data[0];
    std::string_view const text(reinterpret_cast<char const*>(data) + 1, size - 1);
    cema::local_situation local{.uri = "msrp://192.0.2.1:7001/own1;tcp"};
    std::uint8_t const digest[32] = {1, 2, 3};
    auto const fingerprint = *sdp::fingerprint::make(sdp::hash_function::sha_256, digest);
    if ((choice & 1U) != 0) {
        local.tls = true;
        local.uri = "msrps://192.0.2.1:7001/own1;tcp";
        local.fingerprints = {&fingerprint, 1};
    }
    if ((choice & 2U) != 0)
        local.use_path = local.tls
                             ? "msrps://relay.example:2855/r1;tcp"
                             : "msrp://relay.example:2855/r1;tcp msrp://192.0.2.9:2855/r2;tcp";
    local.can_be_passive = (choice & 4U) != 0;
    local.signalling = static_cast<cema::signalling_protection>((choice >> 6U) % 3U);
    using cema::basic_negotiator, cema::ask_names, cema::draft00;
    using loose = basic_negotiator<draft00, ask_names, cema::prefer_passive, cema::tls_as_offered>;
    using sips = basic_negotiator<draft00, ask_names, cema::prefer_active, trusting>;
    using for_old = basic_negotiator<draft00, ask_names, cema::refuse_passive,
                                     cema::tls_mandatory_but_for_old_peers>;
    using no_dns = basic_negotiator<cema::rfc6714, cema::no_names, cema::refuse_passive>;
    switch (choice >> 3U & 7U) {
        case 0: offer_and_answer<cema::negotiator, false>(local, text); break;
        case 1: offer_and_answer<loose, true>(local, text); break;
        case 2: offer_and_answer<basic_negotiator<cema::rfc6135>, false>(local, text); break;
        case 3: offer_and_answer<basic_negotiator<cema::rfc4975>, false>(local, text); break;
        case 4: offer_and_answer<sips, true>(local, text); break;
        case 5: offer_and_answer<for_old, true>(local, text); break;
        default: offer_and_answer<no_dns, false>(local, text); break;
    }
    anchor(text);
    return 0;
}
