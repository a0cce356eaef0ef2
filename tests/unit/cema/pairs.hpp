// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// pairs.hpp - two endpoints and a middlebox, run to the end, and what must hold then: for the test
// of all pairs and for the fuzz target of them.
#pragma once

#include <algorithm>
#include <array>
#include <cema/anchor.hpp>
#include <cema/negotiator.hpp>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "support.hpp"

namespace cema_test::pairs {

/// What the simulation cannot go on without.
inline void must(bool holds, char const* what) {
    if (!holds) throw std::logic_error(what);
}

using cema::role;
using cema::status;
using cema::target_kind;

enum class kind { cema, draft00, rfc6135, rfc4975 };
inline bool knows_cema(kind k) { return k == kind::cema || k == kind::draft00; }

enum class middlebox {
    none,
    anchor,    // rewrites the c/m-line only, by RFC 6714, 6.2; no B2BUA, so it may refuse
    b2bua,     // a B2BUA: rewrites c/m-line and path, never forwards msrp-cema
    strips,    // takes msrp-cema away, and leaves the rest
    ignorant,  // rewrites the c/m-line and takes msrp-cema away; moves bytes
};

struct situation {
    kind what;
    bool relay;
    bool can_be_passive;
};

inline constexpr std::string_view box_address = "203.0.113.1";
inline constexpr std::uint16_t box_to_answerer = 5001;  // stands in the offer passed on
inline constexpr std::uint16_t box_to_offerer = 5002;   // stands in the answer passed on

/// Somewhere to connect to. The host is numeric, without brackets, or a name that `dns` knows.
struct place {
    std::string host;
    std::uint16_t port = 0;
};

/// What the world's DNS says.
inline std::span<wire::ip_address const> dns(std::string_view name) {
    struct entry {
        std::string_view name;
        std::vector<wire::ip_address> addresses;
    };
    static auto const ip = [](std::string_view text) { return *wire::parse_ip(text); };
    static std::array const all{
        entry{"alice.example", {ip("2001:db8::77"), ip("192.0.2.1")}},
        entry{"bob.example", {ip("192.0.2.2")}},
        entry{"r1.example", {ip("198.51.100.1"), ip("198.51.100.11")}},
        entry{"r2.example", {ip("2001:db8::7:2"), ip("198.51.100.2")}},
    };
    for (auto const& e : all)
        if (e.name == name) return e.addresses;
    return {};
}
/// Two texts of one place: they have an address in common.
inline bool same(place const& a, place const& b) {
    if (a.port != b.port) return false;
    if (a.host == b.host) return true;
    auto const addresses = [](std::string const& host) {
        auto const ip = wire::parse_ip(host);
        auto const known = dns(host);
        return ip ? std::vector{*ip} : std::vector(known.begin(), known.end());
    };
    auto const of_b = addresses(b.host);
    for (auto const& x : addresses(a.host))
        if (std::find(of_b.begin(), of_b.end(), x) != of_b.end()) return true;
    return false;
}

/// Where an endpoint is, and its relays, nearest first.
struct end {
    place own;
    std::string session;
    std::vector<place> relays;

    static std::string uri(place const& at, std::string_view session, bool tls) {
        bool const v6 = at.host.find(':') != std::string::npos;
        return (tls ? "msrps://" : "msrp://") + (v6 ? "[" + at.host + "]" : at.host) + ":" +
               std::to_string(at.port) + "/" + std::string(session) + ";tcp";
    }
    std::string own_uri(bool tls) const { return uri(own, session, tls); }
    std::string use_path(bool tls) const {
        std::string out;
        for (auto const& r : relays)
            out += (out.empty() ? "" : " ") + uri(r, "r" + std::to_string(r.port), tls);
        return out;
    }
};
inline end const offerer_end{{"192.0.2.1", 7001}, "alice1", {{"198.51.100.1", 2855}}};
inline end const answerer_end{{"192.0.2.2", 7002}, "bob1", {{"198.51.100.2", 2856}}};
/// The same by names, by IPv6, and behind two relays each.
inline std::array const offerer_ends{
    offerer_end, end{{"alice.example", 7001}, "alice1", {{"r1.example", 2855}}},
    end{{"2001:db8::77", 7001}, "alice1", {{"2001:db8::7:1", 2855}}},
    end{{"192.0.2.1", 7001}, "alice1", {{"192.0.2.66", 2866}, {"r1.example", 2855}}}};
inline std::array const answerer_ends{
    answerer_end, end{{"bob.example", 7002}, "bob1", {{"r2.example", 2856}}},
    end{{"2001:db8::78", 7002}, "bob1", {{"2001:db8::7:2", 2856}}},
    end{{"bob.example", 7002}, "bob1", {{"r3.example", 2867}, {"198.51.100.2", 2856}}}};

/// What a call gave, which has no reason to fail.
template <class T>
T value(wire::result<T> r) {
    if (!r) throw std::logic_error(r.error().code.message());
    return *std::move(r);
}

/// A negotiator of any profile.
struct party {
    virtual ~party() = default;
    virtual std::string offer(cema::origin_numbers) = 0;
    virtual status on_answer(std::string const&) = 0;
    virtual status on_offer(std::string const&, cema::origin_numbers) = 0;
    virtual std::string text() const = 0;
    virtual cema::connect_plan const* plan() const = 0;
    virtual cema::reason_list const& reasons() const = 0;
    virtual cema::origin_numbers next() const = 0;
    virtual void move_to(cema::local_situation const&) = 0;
    virtual void abandon() = 0;
};
template <class Profile>
struct party_of final : party {
    // The tables are what is tested here: TLS as offered, for all.
    using negotiator = cema::basic_negotiator<Profile, cema::ask_names, cema::prefer_passive,
                                              cema::tls_as_offered>;
    negotiator n;
    explicit party_of(cema::local_situation const& local) : n(value(negotiator::make(local))) {}
    std::string offer(cema::origin_numbers o) override {
        return std::string(value(n.make_offer(o)));
    }
    status on_answer(std::string const& t) override { return settle(value(n.on_answer(t))); }
    status on_offer(std::string const& t, cema::origin_numbers o) override {
        return settle(value(n.on_offer(t, o)));
    }
    status settle(status s) {
        while (s == status::resolve) {
            std::string const name(n.names()[0]);
            s = value(n.resolved(name, dns(name)));
        }
        return s;
    }
    std::string text() const override { return std::string(n.local_description()); }
    cema::connect_plan const* plan() const override { return n.plan(); }
    cema::reason_list const& reasons() const override { return n.reasons(); }
    cema::origin_numbers next() const override { return n.next_numbers(); }
    void move_to(cema::local_situation const& local) override {
        must(n.set_local(local).has_value(), "a new situation");
    }
    void abandon() override { n.abandon(); }
};
/// A situation, with the texts that it views.
struct situation_texts {
    std::string own, use_path;
    cema::local_situation local;

    situation_texts(situation const& s, end const& e, bool tls, sdp::fingerprint const& f)
        : own(e.own_uri(tls)), use_path(s.relay ? e.use_path(tls) : "") {
        local.uri = own;
        local.use_path = use_path;
        local.can_be_passive = s.can_be_passive;
        local.tls = tls;
        local.fingerprints = {&f, 1};
    }
};
inline std::unique_ptr<party> make(situation const& s, end const& e, bool tls,
                                   sdp::fingerprint const& f) {
    situation_texts const texts(s, e, tls, f);
    auto const& local = texts.local;
    switch (s.what) {
        case kind::cema: return std::make_unique<party_of<cema::rfc6714>>(local);
        case kind::draft00: return std::make_unique<party_of<cema::draft00>>(local);
        case kind::rfc6135: return std::make_unique<party_of<cema::rfc6135>>(local);
        case kind::rfc4975: break;
    }
    return std::make_unique<party_of<cema::rfc4975>>(local);
}

inline void replace_line(std::string& text, std::string_view begin, std::string const& with) {
    for (std::size_t at = 0; at < text.size();) {
        auto const stop = text.find("\r\n", at) + 2;
        if (std::string_view(text).substr(at).starts_with(begin)) {
            text.replace(at, stop - at, with);
            return;
        }
        at = stop;
    }
}

/// What the signalling may do to a description on its way without changing what it says.
enum restyle : unsigned {
    turn_attributes = 1U,     // the last attribute of the media comes first
    unknown_attributes = 2U,  // of the session and the media
    own_connection = 4U,      // c= of the media, and another one for the session
    other_media = 8U,         // further media before and behind; taken out of the answer again
    bare_lf = 16U,            // line ends; not before a middlebox
    split_path = 32U,         // a line for each URI; not before a middlebox
};

/// @param text as our writers write it, with one m= line; `own_connection` only if without a c=
///        line of the media.
inline std::string restyled(std::string_view text, unsigned style) {
    if ((style & 15U) == 0) return std::string(text);
    auto const c = text.find("c=");
    auto const c_end = text.find("\r\n", c) + 2;
    auto const m = text.find("m=");
    auto m_end = text.find("\r\n", m) + 2;
    if (text.substr(m_end).starts_with("c=")) m_end = text.find("\r\n", m_end) + 2;
    std::string out;
    out.reserve(text.size() + 256);
    out += text.substr(0, c);
    bool const own = (style & own_connection) != 0;
    out += own ? "c=IN IP4 192.0.2.250\r\n" : text.substr(c, c_end - c);
    out += text.substr(c_end, m - c_end);
    if ((style & unknown_attributes) != 0) out += "a=x-net:msrp-cema\r\n";
    if ((style & other_media) != 0) out += "m=audio 4000 RTP/AVP 0\r\n";
    out += text.substr(m, m_end - m);
    if (own) out += text.substr(c, c_end - c);
    auto attributes = text.substr(m_end);
    if ((style & turn_attributes) != 0) {
        auto const last = attributes.rfind("\r\na=");
        auto const at = last == std::string_view::npos ? 0 : last + 2;
        out += attributes.substr(at);
        attributes = attributes.substr(0, at);
    }
    if ((style & unknown_attributes) != 0) out += "a=x-note\r\n";
    out += attributes;
    if ((style & other_media) != 0)
        out += "m=message 0 TCP/MSRP *\r\nm=audio 4002 RTP/AVP 0\r\na=sendonly\r\n";
    return out;
}
/// Takes the further media out of an answer: all but the second m= line.
inline std::string without_other_media(std::string text) {
    auto const first = text.find("m=");
    auto const second = text.find("\r\nm=", first) + 2;
    auto const third = text.find("\r\nm=", second) + 2;
    text.erase(third);
    text.erase(first, second - first);
    return text;
}
inline void restyle_last(std::string& text, unsigned style) {
    if ((style & split_path) != 0)
        if (auto const at = text.find("a=path:"); at != std::string::npos)
            for (auto i = at; text[i] != '\r'; ++i)
                if (text[i] == ' ') {
                    text.replace(i, 1, "\r\na=path:");
                    i += 8;
                }
    if ((style & bare_lf) != 0) std::erase(text, '\r');
}

struct box {
    middlebox what;
    sdp::fingerprint print;
    cema::anchor anchor{};
    unsigned offer_style = 0, answer_style = 0;  // of `restyle`
    place offerer{}, answerer{};
    bool answerer_opens = false;

    /// An offer on its way to the answerer. @return nothing: the signalling ends here.
    std::optional<std::string> offer_passes(std::string_view text) {
        auto out = pass(restyled(text, offer_style), true);
        if (out) restyle_last(*out, offer_style);
        return out;
    }
    /// The answer on its way back.
    std::string answer_passes(std::string_view text) {
        bool const more = (offer_style & other_media) != 0;
        // With further media the middlebox has written a c= line into the media.
        auto const style = answer_style & ~(more ? other_media | own_connection : other_media);
        auto out = pass(more ? std::string(text) : restyled(text, style), false);
        must(out.has_value(), "an answer passes");
        if (more) out = restyled(without_other_media(*out), style);
        restyle_last(*out, style);
        return *std::move(out);
    }

    /// @return the text to pass on; nothing: the signalling ends here.
    std::optional<std::string> pass(std::string text, bool offer) {
        wire::endpoint const own{*wire::parse_ip(box_address),
                                 offer ? box_to_answerer : box_to_offerer};
        auto const d = sdp::parse(text);
        must(d.has_value(), "a description");
        std::size_t const index = d->media_count() == 1 ? 0 : 1;
        auto const media = msrp::sdp_media::read(*d->media(index));
        if (media.port() == 0 || what == middlebox::none) return text;
        if (!offer) answerer_opens = media.setup() == sdp::setup::active;
        auto& known = offer ? offerer : answerer;
        if (what == middlebox::anchor) {
            auto const done = offer ? anchor.on_offer(text, own) : anchor.on_answer(text, own);
            must(done.has_value(), "the anchor takes it");
            if (*done == cema::anchor_action::refused) return std::nullopt;
            auto const& side = offer ? anchor.offerer() : anchor.answerer();
            known = {side.host, side.port};
            must(offer || anchor.answerer_opens() == answerer_opens, "the anchor knows who opens");
            return std::string(anchor.text());
        }
        if (what == middlebox::b2bua) {
            auto const hop = *media.next_hop();
            known = {cema::detail::host_text<std::string>(hop, {}), *hop.port};
        } else {
            known = {std::string(media.connection()->address), media.port()};
        }
        if (what != middlebox::strips) text = *cema::rewrite_cm_line(*d, index, own);
        replace_line(text, "a=msrp-cema", "");
        if (what == middlebox::b2bua) {
            replace_line(text, "a=path:",
                         std::string("a=path:") + (media.tls() ? "msrps" : "msrp") + "://" +
                             std::string(box_address) + ":" + std::to_string(own.port) + "/box" +
                             (offer ? "1" : "2") + ";tcp\r\n");
            if (media.tls() && !media.fingerprints().empty())
                replace_line(
                    text, "a=fingerprint:",
                    "a=fingerprint:" + std::string(sdp::fingerprint_text(print).view()) + "\r\n");
        }
        return text;
    }
};

/// What came of one negotiation.
struct outcome {
    bool planned = false;
    bool refused_by_box = false;
    bool rejected_by_answerer = false;
    int offers = 0;
    bool second_offer_had_cema = false;
    bool explained = false;  // whoever ended it had a reason
};

inline outcome run(party& offerer, party& answerer, box& between) {
    outcome out;
    auto numbers = offerer.next();
    auto answer_numbers = answerer.next();
    for (;;) {
        auto const offer = offerer.offer(numbers);
        numbers = offerer.next();
        ++out.offers;
        if (out.offers > 1) out.second_offer_had_cema = cema_test::has(offer, "a=msrp-cema");
        must(out.offers <= 2, "no third offer");
        auto const passed = between.offer_passes(offer);
        if (!passed) {
            out.refused_by_box = true;
            out.explained = !between.anchor.why().text.empty();
            return out;
        }
        // In the same dialog: the answerer is not told that its first answer was of no use.
        auto const judged = answerer.on_offer(*passed, answer_numbers);
        answer_numbers = answerer.next();
        if (judged == status::rejected) {
            out.rejected_by_answerer = true;
            out.explained = !answerer.reasons().empty();
        } else {
            must(judged == status::answer_ready, "an answer");
        }
        auto const end = offerer.on_answer(between.answer_passes(answerer.text()));
        if (out.rejected_by_answerer) {
            must(end == status::rejected, "both know that it is rejected");
            return out;
        }
        if (end == status::new_offer) continue;
        must(end == status::plan, "a plan");
        out.planned = true;
        return out;
    }
}

/// Follows the connection that the active side causes to where it ends. @return whether that is the
/// passive side, or a relay that the passive side is connected to.
inline bool arrives(cema::connect_plan const& active, cema::connect_plan const& passive,
                    end const& from, end const& to, bool passive_on_relay, box const& between,
                    bool active_is_offerer) {
    place at{std::string(active.host), active.port};
    if (active.target == target_kind::own_relay) {
        if (!same(at, from.relays.front())) return false;
        // The relays go on to the next URI of To-Path.
        auto hop = active.remote_path.begin();
        for (std::size_t i = 0; i < from.relays.size(); ++i) ++hop;
        at = {cema::detail::host_text<std::string>(*hop, {}), *(*hop).port};
    }
    bool through_box = false;
    if (at.host == box_address) {
        if (at.port != (active_is_offerer ? box_to_offerer : box_to_answerer)) return false;
        if (between.answerer_opens == active_is_offerer) return false;
        at = active_is_offerer ? between.answerer : between.offerer;
        through_box = true;
    }
    bool const must_pass = between.what == middlebox::anchor || between.what == middlebox::b2bua ||
                           between.what == middlebox::ignorant;
    if (must_pass && !through_box) return false;  // its network lets nothing else through
    if (same(at, to.relays.back()))
        return passive_on_relay && passive.target == target_kind::own_relay &&
               same({std::string(passive.host), passive.port}, to.relays.front());
    return same(at, to.own) && passive.target == target_kind::none;
}

/// Which pairs can work through an anchor that is no B2BUA; from sections 4.1 to 4.3, by thought.
inline bool possible_through_anchor(situation const& o, situation const& a) {
    if (!knows_cema(o.what)) return false;  // the anchor would have to be a B2BUA
    if (knows_cema(a.what)) return !(o.relay && a.relay);
    if (a.relay) return false;
    // The draft does not look at the offerer's own relay, and lets it connect past that.
    if (o.relay && o.what != kind::draft00) return false;
    bool const offerer_reachable = o.can_be_passive || o.relay;
    return a.what == kind::rfc4975 || a.can_be_passive || !offerer_reachable;
}

/// The draft's answerer compares the topmost URI alone and has no step for an offerer without CEMA
/// whose c/m-line is an address behind its relay (RFC 4975, 8.1). It says so in its reasons.
inline bool draft_looks_behind_relay(situation const& o, situation const& a, middlebox m) {
    return a.what == kind::draft00 && !a.relay && o.what == kind::rfc6135 && o.relay &&
           (m == middlebox::none || m == middlebox::strips);
}

/// What came of a pair that was run.
enum class verdict { reached, refused, rejected, warned };

/// Holds the outcome of a first exchange to the texts. @throw std::logic_error what does not hold.
inline verdict judge(outcome const& out, party const& offerer, party const& answerer,
                     situation const& o, situation const& a, box const& between, bool tls,
                     sdp::fingerprint const& print_o, sdp::fingerprint const& print_a,
                     end const& end_o = offerer_end, end const& end_a = answerer_end) {
    auto const m = between.what;
    must(!out.second_offer_had_cema, "no msrp-cema in a fallback offer");
    if (m == middlebox::anchor && !possible_through_anchor(o, a)) {
        must(out.refused_by_box && out.explained, "refused by the anchor, with a reason");
        return verdict::refused;
    }
    must(!out.refused_by_box, "not refused by the middlebox");
    if (out.rejected_by_answerer) {  // CEMA-4.3-1
        must(m == middlebox::ignorant && a.what == kind::cema && out.explained,
             "rejected only behind an ignorant middlebox, with a reason");
        return verdict::rejected;
    }
    must(out.planned, "a plan");
    auto const& po = *offerer.plan();
    auto const& pa = *answerer.plan();
    must(po.local_role != pa.local_role, "one active, one passive");
    must(!po.keeps_connection, "nothing to keep");
    // A second offer, of unchanged paths, that leads to what the first one led to: the answerer
    // goes on with it.
    must(!pa.keeps_connection || out.offers == 2, "nothing to keep at the answerer");
    must(po.tls == tls && pa.tls == tls, "TLS");
    must(!po.reasons.empty() && !pa.reasons.empty(), "reasons");
    must(po.b2bua_likely == (out.offers == 2), "a new offer tells that a B2BUA will be needed");
    using enum cema::identity_check;
    if (m != middlebox::b2bua) {
        // TLS-14.4-1: peer to peer by fingerprint; TLS-6135-1: not of a relay. Who goes past its
        // own relay has given out none, but finds the peer's at the other end.
        bool const past_relay = o.relay && po.target == cema::target_kind::cm_line;
        bool const o_by_print = tls && !a.relay && (!o.relay || past_relay);
        bool const a_by_print = tls && !a.relay && !o.relay;
        must((po.identity == fingerprint) == o_by_print, "by fingerprint if peer to peer");
        must((pa.identity == fingerprint) == a_by_print, "by fingerprint if peer to peer, too");
        must((!o_by_print || po.fingerprints.matches(print_a.digest())) &&
                 (!a_by_print || pa.fingerprints.matches(print_o.digest())),
             "the peer's fingerprints");
        // CEMA-4.1-1: each addresses the URI by which the other knows itself.
        must(po.remote_path.back().text == pa.local_path.text() &&
                 pa.remote_path.back().text == po.local_path.text(),
             "addressed by their own URIs");
    } else {
        must(po.identity != fingerprint || po.fingerprints.matches(between.print.digest()),
             "the B2BUA's fingerprint");
        // RFC 6714, 7.6: without msrp-cema it is a possible downgrade, and the user can be told.
        must(po.possible_downgrade == knows_cema(o.what) &&
                 pa.possible_downgrade == knows_cema(a.what),
             "a possible downgrade");
    }
    bool const offerer_active = po.local_role == role::active;
    bool const there = offerer_active ? arrives(po, pa, end_o, end_a, a.relay, between, true)
                                      : arrives(pa, po, end_a, end_o, o.relay, between, false);
    if (m == middlebox::ignorant && !there) {
        // Whoever knows CEMA knows that something is wrong; the others cannot.
        must((po.possible_downgrade || !knows_cema(o.what)) &&
                 (pa.possible_downgrade || !knows_cema(a.what)),
             "who knows CEMA is warned");
        return verdict::warned;
    }
    if (draft_looks_behind_relay(o, a, m)) {
        must(!there && cema_test::cites(pa.reasons, cema::draft00_name, "4.3", "c/m-line"),
             "the draft's answerer is warned");
        return verdict::warned;
    }
    must(there, "the active side reaches the passive one");
    // The RFC needs one offer where it works at all; the draft offers again wherever an answerer
    // without CEMA is on a relay.
    bool const draft_again = o.what == kind::draft00 && a.relay && !pa.cema;
    if (m == middlebox::none || m == middlebox::anchor)
        must(out.offers == (draft_again ? 2 : 1), "the number of offers");
    return verdict::reached;
}

}  // namespace cema_test::pairs
