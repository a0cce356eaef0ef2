// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// negotiator_impl.hpp - the bodies of negotiator.hpp.
#pragma once

#include <cema/negotiator.hpp>

namespace cema::inline v0 {

namespace detail {

/// Something a peer could connect to, and a c= line could say.
[[nodiscard]] inline bool reachable_uri(msrp::uri const& u) noexcept {
    host_value const host(u);
    return (host.ip() || !host.name().empty()) && u.port.value_or(0) != 0;
}
/// The host of a URI without what the grammar puts around it: canonical if numeric.
template <class String>
[[nodiscard]] String host_text(msrp::uri const& u, typename String::allocator_type const& a) {
    if (auto const ip = host_value(u).ip()) return String(wire::ip_text(*ip).view(), a);
    String out(a);
    msrp::detail::normal_name(u.host, [&out](char c) { out += c; });
    return out;
}
/// What the offer says, as the decision table knows it.
[[nodiscard]] constexpr offered_setup setup_fact(std::optional<sdp::setup> received) noexcept {
    if (!received) return offered_setup::absent;
    switch (*received) {
        case sdp::setup::active: return offered_setup::active;
        case sdp::setup::passive: return offered_setup::passive;
        case sdp::setup::actpass: return offered_setup::actpass;
        case sdp::setup::holdconn: break;  // ALT-4.2.1-1
    }
    return offered_setup::absent;
}
/// What we will do, within what the offer lets us do (RFC 3264, 6.1).
[[nodiscard]] constexpr sdp::direction answered_direction(sdp::direction own,
                                                          sdp::direction offer) noexcept {
    return static_cast<sdp::direction>(static_cast<unsigned>(own) &
                                       static_cast<unsigned>(sdp::reversed(offer)));
}

[[nodiscard]] constexpr fingerprint_trust trust_of(identity_check check,
                                                   signalling_protection signalling) noexcept {
    if (check == identity_check::sips) return fingerprint_trust::each_hop;
    if (check != identity_check::fingerprint) return fingerprint_trust::not_used;
    switch (signalling) {
        case signalling_protection::none: break;
        case signalling_protection::hop_by_hop: return fingerprint_trust::each_hop;
        case signalling_protection::end_to_end: return fingerprint_trust::end_to_end;
    }
    return fingerprint_trust::unprotected;
}

}  // namespace detail

#define MSRPKIT_CEMA_MEMBER                                                       \
    template <profile_policy Profile, resolver_policy Resolver, role_policy Role, \
              security_policy Security, authentication_policy Authentication,     \
              observer_policy Observer, class Allocator>
#define MSRPKIT_CEMA_NEGOTIATOR \
    basic_negotiator<Profile, Resolver, Role, Security, Authentication, Observer, Allocator>

MSRPKIT_CEMA_MEMBER
wire::result<MSRPKIT_CEMA_NEGOTIATOR> MSRPKIT_CEMA_NEGOTIATOR::make(
    local_situation const& local, Allocator const& allocator, sdp::limits const& limit,
    sdp::leniency const& lenient, msrp::media_options const& options) {
    auto const own = msrp::read_path(local.uri, {.max_uris = 1});
    if (!own) return own.error().at(0, "uri");
    auto const u = own->front();
    if (!detail::reachable_uri(u) || !u.has_session_id())
        return wire::failure{make_error_code(error::bad_own_uri), 0, "uri"};
    if (Security::require_tls && !Security::plain_toward_old_peers && !local.tls)
        return misuse(error::tls_required);

    basic_negotiator n(path_type(*own, allocator), allocator);
    if (!local.use_path.empty()) {
        auto const relays = msrp::read_path(local.use_path);
        if (!relays) return relays.error().at(0, "use_path");
        for (msrp::uri const relay : *relays)
            if (!detail::reachable_uri(relay))
                return wire::failure{make_error_code(error::bad_own_relay), 0, "use_path"};
        n.use_path_.emplace(*relays, allocator);
    }
    if (n.sdp_path(n.own_uri_).front().is_secure() != local.tls)
        return misuse(error::bad_own_scheme);
    n.can_be_passive_ = local.can_be_passive;
    n.question_ = local.ask_can_be_passive;
    n.signalling_ = local.signalling;
    n.match_session_id_only_ = local.match_session_id_only;
    n.tls_ = local.tls;
    n.accept_types_ = local.accept_types;
    n.accept_wrapped_types_ = local.accept_wrapped_types;
    n.max_size_ = local.max_size;
    n.direction_ = local.direction;
    n.fingerprints_.assign(local.fingerprints.begin(), local.fingerprints.end());
    n.limits_ = limit;
    n.leniency_ = lenient;
    n.options_ = options;
    // Whatever a description would refuse later is refused now.
    auto const where = n.address(false, n.own_uri_);
    if (auto const good = msrp::check_media_spec(n.spec_for(where, false, n.tls_, {})); !good)
        return good.error();
    return n;
}

MSRPKIT_CEMA_MEMBER
void MSRPKIT_CEMA_NEGOTIATOR::forget_peer() {
    remote_text_.clear();
    wanted_.clear();
    known_.clear();
    plan_.reset();
    reasons_ = {};
    offerer_decision_.reset();
    answerer_decision_.reset();
}

MSRPKIT_CEMA_MEMBER
wire::result<void> MSRPKIT_CEMA_NEGOTIATOR::set_local(local_situation const& local) {
    if (state_ != state::idle && state_ != state::new_offer) return misuse(error::wrong_order);
    auto made = make(local, allocator(), limits_, leniency_, options_);
    if (!made) return made.error();
    auto const relays = [](basic_negotiator const& n) {
        return n.use_path_ ? std::string_view(n.use_path_->text()) : std::string_view();
    };
    // The use of TLS is in the schemes.
    bool const same = made->own_uri_.text() == own_uri_.text() && relays(*made) == relays(*this);
    if (agreed_ && !same) agreed_->own_is_current = false;
    own_uri_ = std::move(made->own_uri_);
    use_path_ = std::move(made->use_path_);
    can_be_passive_ = made->can_be_passive_;
    question_ = made->question_;
    signalling_ = made->signalling_;
    match_session_id_only_ = made->match_session_id_only_;
    tls_ = made->tls_;
    accept_types_ = std::move(made->accept_types_);
    accept_wrapped_types_ = std::move(made->accept_wrapped_types_);
    max_size_ = made->max_size_;
    direction_ = made->direction_;
    fingerprints_ = std::move(made->fingerprints_);
    return {};
}

MSRPKIT_CEMA_MEMBER
void MSRPKIT_CEMA_NEGOTIATOR::abandon() {
    forget_peer();
    local_text_.clear();
    refused_ = false;
    state_ = state::idle;
}

MSRPKIT_CEMA_MEMBER
void MSRPKIT_CEMA_NEGOTIATOR::reset() {
    abandon();
    agreed_.reset();
}

MSRPKIT_CEMA_MEMBER
wire::result<status> MSRPKIT_CEMA_NEGOTIATOR::peer_is_not_wanted() {  // CEMA-4.2-6, CEMA-00-9
    if (!plan_) return misuse(error::wrong_order);
    plan_.reset();
    agreed_.reset();
    reasons_ = {};
    reasons_.add(texts().b2bua_not_wanted);
    return stepped(status::rejected);
}

// ---------------------------------------------------------------------------- what we write

/// The own session URI as this exchange shows it: port 9 where nobody may connect (ALT-4.2.2-2),
/// and the scheme that fits the offer answered.
MSRPKIT_CEMA_MEMBER
auto MSRPKIT_CEMA_NEGOTIATOR::uri_with(bool port_nine, bool tls) const -> path_type {
    auto const u = own_uri_.front();
    string_type text(allocator());
    std::string_view rest = u.text;
    if (!own_relay() && u.is_secure() != tls) {
        text = tls ? "msrps" : "msrp";  // msrps only by the leniency `scheme_rules`
        rest.remove_prefix(rest.find(':'));
    }
    auto const before = static_cast<std::size_t>(u.port_text.data() - rest.data());
    text.append(rest.substr(0, before));
    text.append(port_nine ? std::string_view("9") : u.port_text);
    text.append(rest.substr(before + u.port_text.size()));
    return *path_type::parse(text, allocator());
}

/// reverse(Use-Path) + own URI (RLY-5.1-3).
MSRPKIT_CEMA_MEMBER
auto MSRPKIT_CEMA_NEGOTIATOR::sdp_path(path_type const& own) const -> path_type {
    if (!own_relay()) return path_type(own.view(), allocator());
    string_type text(allocator());
    std::string_view rest = use_path_->text();
    while (!rest.empty()) {
        auto const at = rest.rfind(' ');
        auto const first = at == std::string_view::npos ? 0 : at + 1;
        text.append(rest.substr(first)).append(1, ' ');
        rest = rest.substr(0, first == 0 ? 0 : at);
    }
    text.append(own.text());
    return *path_type::parse(text, allocator());
}

/// c= and m= carry the relay's address with CEMA, the own without (section 21 #6; CEMA-4.2-2,
/// CEMA-4.3-3, SDP-8.1-2).
MSRPKIT_CEMA_MEMBER
auto MSRPKIT_CEMA_NEGOTIATOR::address(bool cema, path_type const& own) const -> written_address {
    auto path = sdp_path(own);
    auto const u = cema ? path.front() : path.back();
    auto host = detail::host_text<string_type>(u, allocator());
    auto const port = *u.port;
    return {std::move(path), std::move(host), port};
}

MSRPKIT_CEMA_MEMBER
msrp::media_spec MSRPKIT_CEMA_NEGOTIATOR::spec_for(written_address const& where, bool cema,
                                                   bool tls,
                                                   std::optional<sdp::setup> setup) const noexcept {
    msrp::media_spec spec{.path = where.path.view()};
    spec.host = where.host;
    spec.port = where.port;
    spec.tls = tls;
    spec.cema = cema;
    spec.setup = setup;
    if (tls && !own_relay()) spec.fingerprints = fingerprints_;
    spec.accept_types = accept_types_;
    spec.accept_wrapped_types = accept_wrapped_types_;
    spec.max_size = max_size_;
    spec.direction = direction_;
    return spec;
}

/// The m= line and what belongs to it, with what further mechanisms to check the peer ask for.
MSRPKIT_CEMA_MEMBER
template <class Writer>
wire::result<void> MSRPKIT_CEMA_NEGOTIATOR::write_block(Writer& out,
                                                        msrp::media_spec const& spec) const {
    if (auto const written = msrp::write_media(out, spec); !written) return written;
    if (spec.tls)
        authentication_.attributes([&out](std::string_view name, std::string_view value) {
            if (value.empty()) {
                out.attribute(name);
            } else {
                out.attribute(name, value);
            }
        });
    return {};
}

MSRPKIT_CEMA_MEMBER
wire::result<std::string_view> MSRPKIT_CEMA_NEGOTIATOR::make_offer(origin_numbers numbers) {
    if (state_ != state::idle && state_ != state::new_offer) return misuse(error::wrong_order);
    end_refused();
    bool const fallback = state_ == state::new_offer;
    bool const keep = keeps_own();
    bool const tls = keep && !own_relay() ? agreed_->own.front().is_secure() : tls_;
    // Whoever demands TLS offers CEMA with TLS only.
    bool const cema = Profile::offers_cema && !fallback && (!keep || agreed_->cema) &&
                      (tls || !Security::require_tls);
    bool const active = Profile::writes_setup && !own_relay() &&
                        (keep ? agreed_->port_nine : Role::refuses_passive || !can_be_passive());
    std::optional<sdp::setup> setup;  // ALT-4.2.2-1, CEMA-4.2-2
    if (Profile::writes_setup) setup = active ? sdp::setup::active : sdp::setup::actpass;
    auto own = keep ? path_type(agreed_->own.view(), allocator()) : uri_with(active, tls);
    auto const where = address(cema, own);
    sdp::basic_description_writer<Allocator> out({}, allocator());
    wire::decimal const id(numbers.session_id);
    wire::decimal const version(numbers.version);
    auto const type = wire::parse_ipv6(where.host) ? "IP6" : "IP4";
    out.session({"-", id.view(), version.view(), "IN", type, where.host});
    out.connection(where.host).unbounded_time();
    if (auto const good = write_block(out, spec_for(where, cema, tls, setup)); !good)
        return good.error();
    auto const text = out.finish();
    if (!text) return text.error();
    forget_peer();
    local_text_ = text->text();
    numbers_ = numbers;
    offered_cema_ = cema;
    offered_active_ = active;
    offered_tls_ = tls;
    offered_fallback_ = fallback;
    shown_uri_ = std::move(own);
    shown_port_nine_ = active;
    state_ = state::offered;
    show(description_kind::local, local_text_);
    return std::string_view(local_text_);
}

/// An answer with as many m= lines as the offer, in its order (SDP-3264-1); all with port zero but
/// the one at `index`, if there is a `spec`.
MSRPKIT_CEMA_MEMBER
wire::result<void> MSRPKIT_CEMA_NEGOTIATOR::write_answer(sdp::description_view const& offer,
                                                         std::size_t index,
                                                         msrp::media_spec const* spec,
                                                         std::string_view host) {
    sdp::basic_description_writer<Allocator> out(limits_, allocator());
    wire::decimal const id(numbers_.session_id);
    wire::decimal const version(numbers_.version);
    auto const type = wire::parse_ipv6(host) ? "IP6" : "IP4";
    out.session({"-", id.view(), version.view(), "IN", type, host}).connection(host);
    bool timed = false;
    for (sdp::line const l : offer.session_lines()) {
        if (l.type != 't' && l.type != 'r' && l.type != 'z') continue;
        out.line(l.type, {l.value});
        timed = true;
    }
    if (!timed) out.unbounded_time();
    for (sdp::media_view const m : offer.media()) {
        if (spec == nullptr || m.index() != index) {
            out.media(m.media(), 0, m.proto(), m.formats());
        } else if (auto const written = write_block(out, *spec); !written) {
            return written;
        }
    }
    auto const text = out.finish();
    if (!text) return text.error();
    local_text_ = text->text();
    show(description_kind::local, local_text_);
    return {};
}

// ---------------------------------------------------------------------------- what we read

MSRPKIT_CEMA_MEMBER
std::optional<msrp::sdp_media> MSRPKIT_CEMA_NEGOTIATOR::remote_media(
    sdp::description_view const& description) const noexcept {
    for (sdp::media_view const m : description.media())
        if (m.media() == "message") return msrp::sdp_media::read(m, options_);
    return std::nullopt;
}

/// CEMA-4.4-1. Nothing as long as names are wanted.
MSRPKIT_CEMA_MEMBER
auto MSRPKIT_CEMA_NEGOTIATOR::compare(msrp::sdp_media const& media) -> std::optional<comparison> {
    cm_line const cm{host_value(media.connection()->address), media.port(),
                     media.setup() == sdp::setup::active};
    auto const uris = [&media](auto&& f) { media.for_each_uri(f); };
    auto const find = [this](std::string_view name) {
        for (auto const& k : known_)
            if (k.name == name) return &k;
        return static_cast<known_name const*>(nullptr);
    };
    auto const lookup = [&find](std::string_view name) -> std::span<wire::ip_address const> {
        auto const* const k = find(name);
        if (k == nullptr) return {};
        return k->addresses;
    };
    auto const want_names = [&](comparison_scope scope) {
        for_each_name(
            cm, uris,
            [&](std::string_view name) {
                if (find(name) != nullptr || known_.size() + wanted_.size() >= Resolver::max_names)
                    return;
                for (auto const& w : wanted_)
                    if (w == name) return;
                wanted_.push_back(string_type(name, allocator()));
            },
            scope);
    };
    wanted_.clear();
    if (address_matches(cm, uris, lookup, Profile::scope)) {
        bool const below = !address_matches(cm, uris, lookup, comparison_scope::topmost);
        if (below) want_names(comparison_scope::topmost);
        return comparison{false, below};
    }
    want_names(Profile::scope);
    if (!wanted_.empty()) return std::nullopt;
    return comparison{true, false};
}

/// Asks the table; the comparison of addresses, and with it DNS, only where the outcome depends on
/// it.
MSRPKIT_CEMA_MEMBER
template <class Facts, class Decide>
auto MSRPKIT_CEMA_NEGOTIATOR::decide(Facts& facts, msrp::sdp_media const& media, Decide const& by)
    -> std::optional<decltype(by(facts))> {
    facts.mismatch = true;
    auto const if_mismatch = by(facts);
    facts.mismatch = false;
    if (by(facts) == if_mismatch) return if_mismatch;
    auto const compared = compare(media);
    if (!compared) return std::nullopt;
    facts.mismatch = compared->mismatch;
    auto decision = by(facts);
    if constexpr (requires { facts.cm_behind_relay; }) {
        if (compared->below_top) {
            facts.cm_behind_relay = true;
            auto const behind = by(facts);
            if (behind != decision && !wanted_.empty()) return std::nullopt;
            decision = behind;
        }
    }
    wanted_.clear();
    return decision;
}

/// What stands before any decision: the media must be usable, and as secure as demanded.
MSRPKIT_CEMA_MEMBER
bool MSRPKIT_CEMA_NEGOTIATOR::refused_for_security(msrp::sdp_media const& media) {
    if (!media.usable()) {
        reasons_.add({"RFC 4975", "8", "", media.reason()});
    } else if (media.findings().contains(msrp::finding_code::path_without_session)) {
        reasons_.add({"RFC 4975", "8.2", "", "The peer's URI has no session-id."});
    } else if (!media.connection()) {
        reasons_.add({"RFC 8866", "5.7", "", "There is no c= line."});
    } else if (Security::require_tls && !media.tls() &&
               !(Security::plain_toward_old_peers && !media.cema())) {
        reasons_.add(
            Profile::demands_tls
                ? reason{Profile::name, "6.1", "", "The peer's media is without TLS."}
                : reason{"local policy", "", "require_tls", "The peer's media is without TLS."});
    } else if (media.tls() && !own_relay() && !media.uses_relay() && media.has_fingerprint() &&
               media.fingerprints().empty()) {
        reasons_.add({"RFC 8122", "5", "",
                      "No fingerprint is both well-formed and of a hash function that is taken "
                      "here: MD2 and "
                      "MD5 may not be used, SHA-1 and SHA-224 are not, by local policy."});
    } else if (Security::require_trusted_fingerprint &&
               detail::trust_of(identity_of(media, media.tls(),
                                            own_relay() ? use_path_->front() : *media.next_hop()),
                                signalling_) == fingerprint_trust::unprotected) {
        reasons_.add(texts().untrusted);
    } else {
        return false;
    }
    return true;
}

/// We would have to connect to a URI of another transport than TCP (URI-7977-1).
MSRPKIT_CEMA_MEMBER
bool MSRPKIT_CEMA_NEGOTIATOR::out_of_reach(msrp::sdp_media const& media) {
    if (wire::iequals(media.next_hop()->transport, "tcp")) return false;
    reasons_.add({"RFC 4975", "6", "", "We would be active, and the peer's URI is not for TCP."});
    return true;
}

MSRPKIT_CEMA_MEMBER
void MSRPKIT_CEMA_NEGOTIATOR::take(text_type& text) {
    forget_peer();
    remote_text_.swap(text);
    show(description_kind::remote, remote_description());
}

MSRPKIT_CEMA_MEMBER
wire::result<status> MSRPKIT_CEMA_NEGOTIATOR::on_answer(std::string_view answer) {
    if (state_ != state::offered) return misuse(error::wrong_order);
    text_type text = copy_of(answer);
    auto const description = sdp::parse({text.data(), text.size()}, limits_, leniency_);
    if (!description) return description.error();
    auto const media = remote_media(*description);
    if (!media) return misuse(error::no_message_media);
    // SDP-3264-1; section 21 #16.
    auto const proto = offered_tls_ ? msrp::media_proto::tcp_tls_msrp : msrp::media_proto::tcp_msrp;
    bool const same_proto = media->proto() == proto || media->port() == 0 || options_.scheme_rules;
    if (description->media_count() != 1 || !same_proto) return misuse(error::answer_does_not_fit);
    take(text);
    state_ = state::answer_waits;
    return judge_answer(*media);
}

MSRPKIT_CEMA_MEMBER
wire::result<status> MSRPKIT_CEMA_NEGOTIATOR::judge_answer(msrp::sdp_media const& media) {
    reasons_ = {};
    auto& f = offerer_facts_;
    f = {};
    f.media_rejected = media.port() == 0;
    f.offered_cema = offered_cema_;
    f.offered_active = offered_active_;
    f.own_relay = own_relay();
    f.answer_cema = media.cema();
    f.peer_relay = media.uses_relay();
    f.answer_active = media.setup() == sdp::setup::active;
    f.literal_own_relay = Profile::literal_own_relay;
    if (!f.media_rejected && refused_for_security(media)) {
        state_ = state::idle;
        return stepped(status::rejected);
    }
    auto const decision =
        decide(f, media, [](offerer_facts const& facts) { return Profile::offerer(facts); });
    if (!decision) return stepped(status::resolve);
    offerer_decision_ = decision;
    observer_.decided(f, *decision);
    reasons_.add(decision->why);
    reasons_.add(decision->also);
    state_ = state::idle;
    switch (decision->action) {
        case offerer_action::media_rejected: agreed_.reset(); return stepped(status::rejected);
        case offerer_action::unusable_answer: return stepped(status::rejected);
        case offerer_action::new_offer_without_cema:
            state_ = state::new_offer;
            return stepped(status::new_offer);
        case offerer_action::use_cm_line:
        case offerer_action::use_path:
        case offerer_action::wait: break;
    }
    if (decision->role == decided_role::active && !own_relay() && out_of_reach(media))
        return stepped(status::rejected);
    auto const target =
        decision->action == offerer_action::use_cm_line ? target_kind::cm_line : target_kind::path;
    make_plan(decision->role, target, media, f.offered_cema,
              f.offered_cema && f.answer_cema && !decision->illegal_answer);
    return stepped(status::plan);
}

MSRPKIT_CEMA_MEMBER
wire::result<status> MSRPKIT_CEMA_NEGOTIATOR::on_offer(std::string_view offer,
                                                       origin_numbers numbers) {
    if (state_ != state::idle) return misuse(error::wrong_order);
    text_type text = copy_of(offer);
    auto const description = sdp::parse({text.data(), text.size()}, limits_, leniency_);
    if (!description) return description.error();
    auto const media = remote_media(*description);
    if (!media) return misuse(error::no_message_media);
    end_refused();
    take(text);
    numbers_ = numbers;
    state_ = state::offer_waits;
    return judge_offer(*description, *media);
}

MSRPKIT_CEMA_MEMBER
wire::result<status> MSRPKIT_CEMA_NEGOTIATOR::judge_offer(sdp::description_view const& description,
                                                          msrp::sdp_media const& media) {
    reasons_ = {};
    auto const reject = [&]() -> wire::result<status> {
        state_ = state::idle;
        auto const where = address(false, own_uri_);
        if (auto const written = write_answer(description, 0, nullptr, where.host); !written)
            return written.error();
        refused_ = true;
        return stepped(status::rejected);
    };
    auto& f = answerer_facts_;
    f = {};
    f.media_rejected = media.port() == 0;
    f.offer_cema = media.cema();
    f.own_relay = own_relay();
    f.peer_relay = media.uses_relay();
    f.setup = detail::setup_fact(media.setup());
    bool const known = !f.media_rejected && keeps_own() && peer_unchanged(media);
    if (known) {
        f.choose_passive = agreed_->plan.local_role == role::passive;
    } else if (f.setup == offered_setup::actpass) {
        f.choose_passive = Role::choose_passive(can_be_passive());
    }
    f.refuse_passive = Role::refuses_passive;
    f.cema_only_if_offered = Profile::cema_only_if_offered;
    if (f.media_rejected) {
        agreed_.reset();
    } else {
        if (refused_for_security(media)) return reject();
        if (media.tls() && !tls_) {
            reasons_.add({"RFC 4975", "8.1", "", "The offer demands TLS, which we cannot do."});
            return reject();
        }
        if (!media.tls() && tls_ && own_relay()) {
            reasons_.add({"RFC 4975", "8.1", "", "The offer is without TLS, our relay is not."});
            return reject();
        }
    }
    auto const decision =
        decide(f, media, [](answerer_facts const& facts) { return Profile::answerer(facts); });
    if (!decision) return stepped(status::resolve);
    answerer_decision_ = decision;
    observer_.decided(f, *decision);
    reasons_.add(decision->why);
    reasons_.add(decision->also);
    if (decision->action == answerer_action::reject) return reject();
    if (decision->role == decided_role::active && !own_relay() && out_of_reach(media))
        return reject();

    bool const cema = decision->action == answerer_action::answer_with_cema;
    bool const active = decision->role == decided_role::active;
    std::optional<sdp::setup> setup;  // ALT-4.2.2-3, CEMA-4.3-3
    if (Profile::writes_setup) setup = active ? sdp::setup::active : sdp::setup::passive;
    bool const tls = media.proto() == msrp::media_proto::tcp_tls_msrp;
    // The URI that the peer knows stays, unless its port is 9 and we are to be connected to.
    if (known && (active || !agreed_->port_nine)) {
        shown_port_nine_ = agreed_->port_nine;
        shown_uri_.emplace(agreed_->own.view(), allocator());
    } else {
        shown_port_nine_ = active && Profile::writes_setup && !own_relay();
        shown_uri_ = uri_with(shown_port_nine_, tls);
    }
    auto const where = address(cema, *shown_uri_);
    auto spec = spec_for(where, cema, tls, setup);
    spec.direction = detail::answered_direction(direction_, media.direction());
    state_ = state::idle;
    if (auto const written = write_answer(description, media.index(), &spec, where.host); !written)
        return written.error();
    offered_fallback_ = false;
    auto const target = cema && !decision->by_path ? target_kind::cm_line : target_kind::path;
    make_plan(decision->role, target, media, cema, cema);
    return stepped(status::answer_ready);
}

MSRPKIT_CEMA_MEMBER
wire::result<status> MSRPKIT_CEMA_NEGOTIATOR::resolved(
    std::string_view name, std::span<wire::ip_address const> addresses) {
    if (state_ != state::answer_waits && state_ != state::offer_waits)
        return misuse(error::wrong_order);
    auto const same = [name](string_type const& w) { return wire::iequals(w, name); };
    auto const at = std::find_if(wanted_.begin(), wanted_.end(), same);
    if (at == wanted_.end()) return misuse(error::unknown_name);
    known_name entry{std::move(*at), decltype(known_name::addresses)(allocator())};
    entry.addresses.assign(addresses.begin(), addresses.end());
    known_.push_back(std::move(entry));
    auto const description = sdp::parse(remote_description(), limits_, leniency_);
    auto const media = remote_media(*description);
    return state_ == state::answer_waits ? judge_answer(*media) : judge_offer(*description, *media);
}

// ---------------------------------------------------------------------------- the plan

MSRPKIT_CEMA_MEMBER
bool MSRPKIT_CEMA_NEGOTIATOR::peer_unchanged(msrp::sdp_media const& media) const {
    auto const& a = *agreed_;
    auto const path = media.path(allocator());
    bool const by_fingerprint = !a.plan.fingerprints.empty();
    return path && path->text() == a.remote.text() && media.tls() == a.tls &&
           (!by_fingerprint || media.fingerprints() == a.plan.fingerprints);
}

MSRPKIT_CEMA_MEMBER
identity_check MSRPKIT_CEMA_NEGOTIATOR::identity_of(msrp::sdp_media const& media, bool tls,
                                                    msrp::uri const& other_end) const {
    security_facts f;
    f.tls = tls;
    f.own_relay = own_relay() && other_end.text == use_path_->front().text;
    f.peer_relay = media.uses_relay();
    f.peer_fingerprint = !media.fingerprints().empty();
    f.name = !host_value(other_end).ip();
    if (tls) f.common = authentication_.common(media);
    f.signalling = signalling_;
    f.trust_sips = Security::trust_sips;
    return Security::identity(f);
}

/// What the application may want to tell its user about the plan.
MSRPKIT_CEMA_MEMBER
void MSRPKIT_CEMA_NEGOTIATOR::judge_security(msrp::sdp_media const& media) {
    auto& p = *plan_;
    p.trust = detail::trust_of(p.identity, signalling_);
    p.possible_downgrade = signalling_ == signalling_protection::none &&
                           ((Profile::offers_cema && !media.cema()) || (tls_ && !p.tls));
    // CEMA-00-8; for good, unless msrp-cema comes through later.
    p.b2bua_likely = offered_fallback_ || (keeps_own() && agreed_->fallback && !media.cema());
    switch (p.identity) {
        case identity_check::none: {
            bool const excepted = Profile::demands_tls && !media.cema();
            if (!excepted || !Security::require_tls) reasons_.add(texts().no_tls);  // CEMA-7.2-1
            if (excepted) reasons_.add(detail::old_peer_without_tls);
            break;
        }
        case identity_check::fingerprint: reasons_.add(texts().fingerprint); break;
        case identity_check::name: reasons_.add(detail::by_name); break;
        case identity_check::psk: reasons_.add(texts().psk); break;
        case identity_check::certificate_service: reasons_.add(texts().certificate_service); break;
        case identity_check::sips: reasons_.add(texts().sips); break;
    }
    if (p.b2bua_likely) reasons_.add(texts().b2bua_likely);
    if (p.possible_downgrade) reasons_.add(texts().possible_downgrade);
}

MSRPKIT_CEMA_MEMBER
void MSRPKIT_CEMA_NEGOTIATOR::make_plan(decided_role decided, target_kind remote,
                                        msrp::sdp_media const& media, bool said_cema, bool cema) {
    auto const& own = *shown_uri_;
    bool const both_cema = said_cema && media.cema();
    auto peer = *media.path(allocator());
    if (keeps_own() && !offered_fallback_ && both_cema == agreed_->both_cema &&
        own.text() == agreed_->own.text() && peer_unchanged(media)) {  // section 21 #5
        reasons_.add(detail::connection_stays);
        plan_.emplace(agreed_->plan, allocator());
        plan_->keeps_connection = true;
        plan_->reasons = reasons_;
        return;
    }
    bool const active = decided == decided_role::active;
    // ALT-4.5-1; past an own relay only where a table or the policy `literal_own_relay` says so.
    bool const by_relay = own_relay() && !(active && remote == target_kind::cm_line);
    path_type agreed_peer(peer.view(), allocator());
    if (by_relay) {  // RLY-5.1-3
        path_type whole(use_path_->view(), allocator());
        whole.append(peer);
        peer = std::move(whole);
    }
    plan_.emplace(path_type(own.view(), allocator()), std::move(peer));
    auto& p = *plan_;
    p.local_role = active ? role::active : role::passive;
    p.cema = cema;
    if (match_session_id_only_) p.session_match = session_match::session_id_only;
    // Who connects goes by the peer's description, who is connected to by its own: they can only
    // differ by the leniency `scheme_rules`.
    p.tls = active ? media.tls() : own.front().is_secure();
    auto const to_uri = [&p, this](msrp::uri const& u) {
        host_value const host(u);
        p.host = detail::host_text<string_type>(u, allocator());
        p.ip = host.ip();
        p.port = u.port.value_or(0);
    };
    auto other_end = *media.next_hop();
    if (by_relay) {
        other_end = use_path_->front();
        p.target = target_kind::own_relay;
        p.tls = other_end.is_secure();
        to_uri(other_end);
    } else if (active) {
        p.target = remote;
        if (remote == target_kind::path) {
            to_uri(other_end);
        } else {
            host_value const host(media.connection()->address);
            p.host = media.connection()->address;
            p.ip = host.ip();
            p.port = media.port();
        }
    }
    p.identity = identity_of(media, p.tls, other_end);
    if (p.identity == identity_check::fingerprint || p.identity == identity_check::sips)
        p.fingerprints = media.fingerprints();
    if (p.tls) p.identity_name = detail::host_text<string_type>(other_end, allocator());
    judge_security(media);
    p.reasons = reasons_;
    agreed_.emplace(agreement{plan_type(p, allocator()), path_type(own.view(), allocator()),
                              std::move(agreed_peer), shown_port_nine_, said_cema, both_cema,
                              media.tls(), p.b2bua_likely});
}

#undef MSRPKIT_CEMA_MEMBER
#undef MSRPKIT_CEMA_NEGOTIATOR

}  // namespace cema::inline v0
