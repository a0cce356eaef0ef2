// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// cema_negotiate.cpp - situations of CEMA endpoints as JSON Lines in, what follows from each out.
//
// Exit status: 0 every line was answered (an unusable one by an error object), 64 wrong usage, 66
// no such input, 74 input or output failed.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <cema/negotiator.hpp>
#include <msrp/sdp_media.hpp>
#include <sdp/description.hpp>
#include <sdp/fingerprint.hpp>
#include <sdp/parser.hpp>
#include <wire/address.hpp>

#include "support/inspect_program.hpp"
#include "support/json_text.hpp"

namespace {

using examples::json;

/// Why a line is of no use.
struct unusable {
    std::string why;
};

/// One line. Texts as they stand in it.
struct situation {
    bool draft00 = false;
    bool offerer = false;
    bool relay = false;
    bool can_be_passive = false;
    bool tls = false;
    bool require_tls = false;
    std::string uri{};
    std::string use_path{};  ///< as the header field has it
    std::string remote_sdp{};
    std::optional<sdp::fingerprint> fingerprint{};
    std::map<std::string, std::vector<wire::ip_address>> dns{};  ///< names in lower case
};

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = wire::to_lower(c);
    return out;
}

/// Reads the members of a line's object; the first that is wrong is remembered.
class line_reader {
   public:
    explicit line_reader(json const& object) : object_(object) {}

    bool boolean(char const* key, std::optional<bool> absent = std::nullopt) {
        auto const* const v = find(key, absent.has_value());
        if (v == nullptr) return absent.value_or(false);
        if (!v->is_boolean()) wrong(key, "is neither true nor false");
        return v->is_boolean() && v->get<bool>();
    }
    std::string text(char const* key) {
        auto const* const v = find(key, false);
        if (v == nullptr) return {};
        if (!v->is_string()) wrong(key, "is no string");
        return v->is_string() ? v->get<std::string>() : std::string();
    }
    bool one_of(char const* key, char const* yes, char const* no) {
        auto const value = text(key);
        if (value != yes && value != no)
            wrong(key, "is neither \"" + std::string(yes) + "\" nor \"" + no + '"');
        return value == yes;
    }
    /// A list of strings, or one string of them with blanks between.
    std::string uris(char const* key) {
        auto const* const v = find(key, true);
        if (v == nullptr) return {};
        if (v->is_string()) return v->get<std::string>();
        std::string out;
        if (!v->is_array()) wrong(key, "is no array of strings");
        for (json const& one : v->is_array() ? *v : json::array()) {
            if (!one.is_string()) {
                wrong(key, "is no array of strings");
                break;
            }
            out += (out.empty() ? "" : " ") + one.get<std::string>();
        }
        return out;
    }
    auto addresses(char const* key) {
        std::map<std::string, std::vector<wire::ip_address>> out;
        auto const* const v = find(key, true);
        if (v != nullptr && !v->is_object()) wrong(key, "is no object");
        if (v == nullptr || !v->is_object()) return out;
        for (auto const& [name, list] : v->items()) {
            auto& known = out[lower(name)];
            if (!list.is_array()) wrong(key, "has a name without an array of addresses");
            for (json const& one : list.is_array() ? list : json::array()) {
                auto const ip =
                    one.is_string() ? wire::parse_ip(one.get<std::string>()) : std::nullopt;
                if (ip)
                    known.push_back(*ip);
                else
                    wrong(key, "has something that is no IP address");
            }
        }
        return out;
    }
    std::optional<sdp::fingerprint> fingerprint(char const* key) {
        if (find(key, true) == nullptr) return std::nullopt;
        auto const value = text(key);
        auto const read = sdp::parse_fingerprint(value);
        auto const made = read ? sdp::fingerprint::make(*read) : std::nullopt;
        if (!made) wrong(key, "is no value of a=fingerprint");
        if (made && !sdp::usable(made->hash()))
            wrong(key, "has a hash function too weak to be sent");
        return made;
    }
    void wrong(std::string const& key, std::string const& what) {
        if (!first_wrong_) first_wrong_ = unusable{key + ' ' + what};
    }
    [[nodiscard]] std::optional<unusable> const& first_wrong() const { return first_wrong_; }

   private:
    /// null where absent or null, which is wrong unless it may be so.
    json const* find(char const* key, bool may_be_absent) {
        auto const at = object_.find(key);
        if (at != object_.end() && !at->is_null()) return &*at;
        if (!may_be_absent) wrong(key, "is absent");
        return nullptr;
    }
    json const& object_;
    std::optional<unusable> first_wrong_{};
};

situation read(json const& line, std::optional<unusable>& why_not) {
    line_reader in(line);
    situation s;
    s.draft00 = in.one_of("profile", "draft-00", "rfc6714");
    s.offerer = in.one_of("role", "offerer", "answerer");
    s.relay = in.boolean("relay");
    s.can_be_passive = in.boolean("can_be_passive");
    s.tls = in.boolean("tls");
    s.require_tls = in.boolean("require_tls", false);
    s.uri = in.text("uri");
    auto const relays = in.uris("relay_path");
    if (s.relay && relays.empty()) in.wrong("relay_path", "is absent");
    if (s.relay) s.use_path = relays;
    s.remote_sdp = in.text("remote_sdp");
    s.dns = in.addresses("dns");
    s.fingerprint = in.fingerprint("fingerprint");
    why_not = in.first_wrong();
    return s;
}

json object_of(cema::reason const& why) {
    return {{"document", why.document},
            {"section", why.section},
            {"item", why.item},
            {"text", why.text}};
}

/// What one description leaves of all m-lines but the first m=message: itself, if that is all.
std::string message_alone(sdp::description_view const& whole, std::size_t message) {
    std::string out(whole.session_lines().text());
    out += whole.media(message)->lines().text();
    return out;
}

std::string host_port(cema::connect_plan const& plan) {
    bool const v6 = plan.ip && plan.ip->is_v6();
    return (v6 ? "[" : "") + plan.host + (v6 ? "]:" : ":") + std::to_string(plan.port);
}

/// RFC 6714, 4.2: where there is no middlebox an offerer falls back to RFC 4975 without a new
/// offer. The draft knows no such case.
bool goes_on_by_rfc4975(bool draft00, cema::offerer_facts const& facts,
                        cema::offerer_decision const& decision) {
    if (decision.action != cema::offerer_action::wait)
        return decision.action == cema::offerer_action::use_path;
    bool const plain_answer = !facts.answer_cema || decision.illegal_answer;
    return !draft00 && plain_answer && facts.peer_relay && !facts.mismatch;
}

/// Here a look-up costs nothing: all names that a path may have, and that of the c= line.
struct every_name {
    static constexpr std::size_t max_names = 65;
};

template <class Profile, class Security>
class negotiation {
    using negotiator = cema::basic_negotiator<Profile, every_name, cema::prefer_passive, Security>;

   public:
    explicit negotiation(situation const& s) : s_(s) {}

    json run() {
        auto const remote = sdp::parse(s_.remote_sdp);
        if (!remote) return failed("remote_sdp", remote.error());
        auto const message = remote->media_index("message");
        if (message == remote->media_count()) return {{"error", "remote_sdp has no m=message"}};

        auto made = negotiator::make(local());
        if (!made) return failed("the own situation", made.error());
        auto& n = *made;
        json out{{"action", "reject"}, {"fallback", "none"}};
        std::string text;
        std::optional<wire::result<cema::status>> went;
        if (s_.offerer) {
            auto const offer = n.make_offer({1, 1});
            if (!offer) return failed("the offer", offer.error());
            text = *offer;
            went = n.on_answer(message_alone(*remote, message));
        } else {
            went = n.on_offer(refuses() ? with_port_zero(*remote, message) : s_.remote_sdp, {1, 1});
        }
        while (*went && **went == cema::status::resolve) {
            std::string const name(n.names().front());
            auto const known = s_.dns.find(lower(name));
            went = known == s_.dns.end() ? n.resolved(name, {}) : n.resolved(name, known->second);
        }
        if (!*went) {
            if (went->error().code != cema::error::answer_does_not_fit)
                return failed("remote_sdp", went->error());
            out["reasons"] = json::array({object_of(
                {"RFC 3264", "6.1", "", "The transport of the answer is not that of the offer."})});
            return with_description(with_plan(std::move(out), nullptr), text);
        }
        if (!s_.offerer) text = n.local_description();
        out["reasons"] = json::array();
        bool const port_zero = remote->media(message)->rejected();
        if (refuses() && !port_zero) {
            out["reasons"].push_back(
                object_of({"local policy", "", "require_tls", "This endpoint is without TLS."}));
            return with_description(with_plan(std::move(out), nullptr), text);
        }
        for (auto const& why : n.reasons()) out["reasons"].push_back(object_of(why));
        switch (**went) {
            case cema::status::plan:
                out["action"] = "proceed";
                if (goes_on_by_rfc4975(s_.draft00, n.facts_as_offerer(), *n.decision_as_offerer()))
                    out["fallback"] = "rfc4975";
                break;
            case cema::status::answer_ready:
                out["action"] = "answer";
                if (n.decision_as_answerer()->action == cema::answerer_action::fallback_answer)
                    out["fallback"] = "rfc4975";
                break;
            case cema::status::new_offer: {
                out["action"] = out["fallback"] = "new-offer";
                auto const offer = n.make_offer(n.next_numbers());
                if (!offer) return failed("the new offer", offer.error());
                text = *offer;
                break;
            }
            case cema::status::rejected:
                if (s_.offerer && n.decision_as_offerer() &&
                    n.decision_as_offerer()->action == cema::offerer_action::media_rejected)
                    out["action"] = "media-rejected";
                break;
            case cema::status::resolve: break;
        }
        auto const* const plan =
            **went == cema::status::plan || **went == cema::status::answer_ready ? n.plan()
                                                                                 : nullptr;
        return with_description(with_plan(std::move(out), plan), text);
    }

   private:
    static json failed(char const* what, wire::failure const& why) {
        return {{"error", std::string(what) + ": " + why.code.message()}};
    }
    /// TLS is demanded of an endpoint that has none.
    bool refuses() const { return s_.require_tls && !s_.tls; }
    static std::string with_port_zero(sdp::description_view const& offer, std::size_t media) {
        sdp::description out(offer);
        if (!out.set_port(media, 0)) return std::string(offer.text());  // not reachable
        return std::string(out.text());
    }
    cema::local_situation local() const {
        cema::local_situation out{.uri = s_.uri};
        out.use_path = s_.use_path;
        out.can_be_passive = s_.can_be_passive;
        out.tls = s_.tls;
        if (s_.fingerprint) out.fingerprints = {&*s_.fingerprint, 1};
        return out;
    }
    json with_plan(json out, cema::connect_plan const* plan) const {
        out["local_role"] = plan != nullptr ? to_text(plan->local_role) : "none";
        out["target"] = plan != nullptr ? to_text(plan->target) : "none";
        out["connect_to"] = plan != nullptr && plan->connects() ? json(host_port(*plan)) : json();
        out["tls"] = plan != nullptr ? plan->tls : out["action"] == "new-offer" && s_.tls;
        out["identity_check"] = plan != nullptr ? to_text(plan->identity) : "none";
        return out;
    }
    /// What describes the description that was, or is to be, sent.
    json with_description(json out, std::string text) const {
        text = with_fingerprint(std::move(text));
        auto const written = sdp::parse(text);
        auto const media = written ? msrp::find_sdp_media(*written) : std::nullopt;
        bool const cema = media && media->cema();
        out["cema"] = cema;
        out["setup"] = media && media->setup() ? json(sdp::to_text(*media->setup())) : json();
        out["cm_address"] = cema && s_.relay ? "relay" : "own";
        out["sdp"] = text;
        return out;
    }

    /// The library leaves a fingerprint out where the own relay shows a certificate of its own; who
    /// asks this program for one gets it there, too.
    std::string with_fingerprint(std::string text) const {
        auto whole = sdp::description::parse(text);
        if (!s_.relay || !s_.fingerprint || !whole) return text;
        auto const index = whole->view().media_index("message");
        auto const media = whole->view().media(index);
        if (!media || media->rejected() || media->proto() != "TCP/TLS/MSRP") return text;
        auto const done = whole->add_attribute(index, "fingerprint",
                                               sdp::fingerprint_text(*s_.fingerprint).view());
        return done ? std::string(whole->text()) : text;
    }

    situation const& s_;
};

template <class Profile, class Required>
json answer(situation const& s) {
    if (s.require_tls && s.tls) return negotiation<Profile, Required>(s).run();
    return negotiation<Profile, cema::tls_as_offered>(s).run();
}

json answer(std::string const& text) {
    auto const line = json::parse(text, nullptr, false);
    if (line.is_discarded()) return {{"error", "the line is no JSON"}};
    if (!line.is_object()) return {{"error", "the line is no JSON object"}};
    std::optional<unusable> why_not;
    auto const s = read(line, why_not);
    if (why_not) return {{"error", why_not->why}};
    return s.draft00 ? answer<cema::draft00, cema::tls_mandatory>(s)
                     : answer<cema::rfc6714, cema::tls_required>(s);
}

}  // namespace

int main(int argc, char** argv) {
    examples::inspect_program program(
        "cema_negotiate",
        "Decides what endpoints with CEMA (RFC 6714, draft-ietf-simple-msrp-cema-00) do: one JSON "
        "object a line in, one out.",
        "The situations, as docs/cema_negotiate.md has them");
    if (auto const done = program.parse(argc, argv)) return *done;
    std::FILE* const in = program.open();
    if (in == nullptr) return program.cannot_open();
    return program.for_each_line(in, [](std::string const& line) {
        examples::inspect_program::put(answer(line).dump() + '\n');
        std::fflush(stdout);  // somebody may wait for it
    });
}
