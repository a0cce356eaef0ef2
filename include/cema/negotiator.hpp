// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// negotiator.hpp - offerer and answerer of CEMA: descriptions in and out, at the end a plan.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <cema/connect_plan.hpp>
#include <cema/decision.hpp>
#include <cema/detail/further_reasons.hpp>
#include <cema/error.hpp>
#include <cema/facts.hpp>
#include <cema/match.hpp>
#include <cema/policies.hpp>
#include <cema/reason.hpp>
#include <cema/redact.hpp>
#include <msrp/path.hpp>
#include <msrp/sdp_media.hpp>
#include <msrp/uri.hpp>
#include <sdp/description.hpp>
#include <sdp/direction.hpp>
#include <sdp/parser.hpp>
#include <sdp/serializer.hpp>
#include <wire/address.hpp>
#include <wire/charset.hpp>
#include <wire/decimal.hpp>
#include <wire/result.hpp>

namespace cema::inline v0 {

/// Where a negotiation stands.
enum class status : std::uint8_t {
    resolve,       ///< give addresses for each of `names()` by `resolved()`
    answer_ready,  ///< answerer: send `local_description()`, then carry out `plan()`
    new_offer,     ///< offerer: call `make_offer` again and send what it gives, without msrp-cema
    plan,          ///< offerer: carry out `plan()`
    rejected,      ///< no session; `reasons()` say why. Offerer in mid-session: the old one stays,
                   ///< unless the port is zero. Answerer: send `local_description()`, whose ports
                   ///< are zero, which ends an old one, too; or 488 in its place, and tell it by
                   ///< `abandon()`: the old one stays
};

[[nodiscard]] constexpr std::string_view to_text(status s) noexcept {
    switch (s) {
        case status::resolve: return "resolve";
        case status::answer_ready: return "answer";
        case status::new_offer: return "new offer";
        case status::plan: return "proceed";
        case status::rejected: return "rejected";
    }
    return {};
}

/// A question of the negotiator; a plain function, so that nothing is allocated.
struct reachability_question {
    bool (*ask)(void* context) = nullptr;
    void* context = nullptr;
};

/// What an endpoint knows about itself. Views: they must live until `make` returns.
struct local_situation {
    /// Own session URI: with host, port and session-id, unique to this session (SDP-8.2-1). Its
    /// host and port are where this endpoint listens, so they also stand in the c= and m= line.
    std::string_view uri;
    /// URIs of the own relays, nearest first, as a Use-Path header says them (RLY-5.1-3), blanks
    /// between; empty: no relay.
    std::string_view use_path{};
    /// A peer can reach host and port of `uri` (RFC 6135, 4.2.2). Means nothing with a relay.
    bool can_be_passive = true;
    /// If set, asked in place of `can_be_passive`, whenever an offer or an answer depends on it (it
    /// never does with a relay). It has to answer at once: ask STUN and the like beforehand. What
    /// the context points to must outlive the negotiator.
    reachability_question ask_can_be_passive{};
    /// What protects the SDP on its way, both ways.
    signalling_protection signalling = signalling_protection::none;
    /// Named option for networks whose middleboxes rewrite a=path: the plan asks for a session that
    /// knows requests to be its own by the session-id of their To-Path alone. Off: by the whole URI
    /// (CON-7.3-1).
    bool match_session_id_only = false;
    /// The connection that a peer opens to us (or to our relay) is TLS. Must fit the scheme of the
    /// URI it connects to (SDP-8.2-2).
    bool tls = false;
    /// Of the own certificate; written if `tls` and there is no relay (TLS-6135-1).
    std::span<sdp::fingerprint const> fingerprints{};
    std::string_view accept_types = "*";
    std::string_view accept_wrapped_types{};
    std::optional<std::uint64_t> max_size{};  ///< octets
    sdp::direction direction = sdp::direction::sendrecv;
};

/// The numbers of the o= line (RFC 8866, 5.2). They come from the caller, who has a clock. Within
/// one dialog: the same session-id, and a version one higher for each new description. Above 2^63-1
/// (RFC 3264, 5) nothing is written: `sdp::error::illegal_value`.
struct origin_numbers {
    std::uint64_t session_id = 0;
    std::uint64_t version = 0;

    friend constexpr bool operator==(origin_numbers, origin_numbers) = default;
};

/// One endpoint's side of offer and answer, by RFC 6714 or another profile, 6135 and 4975. Does no
/// I/O, asks no DNS, and knows no signalling: texts and addresses go in, texts and a plan come out.
///
/// Offerer: `make_offer`, send, `on_answer`. On `status::new_offer` (RFC 6714, 4.2) `make_offer`
/// gives the second offer; send it in the same dialog or a new one. Answerer: `on_offer`. Either:
/// on `status::resolve` look `names()` up and hand the addresses in.
///
/// After a plan the session stands, and either side may offer again. As long as the own situation
/// is unchanged, the own path stays as the peer knows it, and msrp-cema is used as before; where
/// the peer's path is unchanged, too, the new plan says `keeps_connection`. Else it is a plan for a
/// new connection, by the same tables. `set_local` gives a new own situation; the next exchange
/// begins with CEMA again.
///
/// Errors are the caller's misuse (`cema::error`, condition `misuse`) or a text that is no
/// description (`sdp::error`); after one, the state is as before the call. All a peer may say in a
/// well-formed description leads to a status. Costs of a call: linear in the description, times the
/// addresses given for names.
///
/// @tparam Profile  which document decides; `rfc6714`
/// @tparam Resolver what happens to names; `ask_names`
/// @tparam Role     who connects where there is a choice; `prefer_passive`
/// @tparam Security is TLS demanded, how are certificates checked; the profile's
/// @tparam Authentication further mechanisms to check the peer; `no_other_mechanism`
/// @tparam Observer sees facts, decisions and texts; `no_observer`
template <profile_policy Profile = rfc6714, resolver_policy Resolver = ask_names,
          role_policy Role = prefer_passive, security_policy Security = typename Profile::security,
          authentication_policy Authentication = no_other_mechanism,
          observer_policy Observer = no_observer, class Allocator = std::allocator<char>>
class basic_negotiator {
   public:
    using allocator_type = Allocator;
    using string_type = std::basic_string<char, std::char_traits<char>, Allocator>;
    using path_type = msrp::basic_path<Allocator>;
    using plan_type = basic_connect_plan<Allocator>;

    /// Checks and copies what an endpoint says of itself.
    /// @param limit,lenient,options how the peer's descriptions are read.
    /// @return `bad_own_uri`, `bad_own_relay`, `bad_own_scheme`, `tls_required` (not where the
    ///         policy makes an exception for old peers: then the offers are without msrp-cema).
    [[nodiscard]] static wire::result<basic_negotiator> make(
        local_situation const& local, Allocator const& allocator = Allocator(),
        sdp::limits const& limit = {}, sdp::leniency const& lenient = {},
        msrp::media_options const& options = {});

    /// A new own situation for the next exchange, such as another session URI (RFC 4975, 8.4).
    /// @return as `make`; `wrong_order` while an exchange is under way.
    wire::result<void> set_local(local_situation const& local);

    /// Writes an offer: the first one (CEMA-4.2-1, -2), or after `status::new_offer` the one
    /// without msrp-cema (CEMA-4.2-3), or one in mid-session.
    /// @param numbers see `next_numbers`. In a new dialog any others.
    /// @return the text, also in `local_description()`; `wrong_order` while something is under way;
    ///         `sdp::error::illegal_value` if the situation holds a text that SDP cannot carry.
    [[nodiscard]] wire::result<std::string_view> make_offer(origin_numbers numbers);

    /// The numbers for the next description in the same dialog: the last ones, the version one
    /// higher (RFC 3264, 8). A description that shall change nothing at all has the same as before
    /// (RFC 4975, 8.4). Whether the second offer goes into the same (early) dialog or a new one is
    /// the caller's choice (RFC 6714, 4.2).
    [[nodiscard]] origin_numbers next_numbers() const noexcept {
        return {numbers_.session_id, numbers_.version + 1};
    }

    /// Takes the answer to the offer made last.
    /// @return `resolve`, `new_offer`, `plan` or `rejected`; `wrong_order` if no offer is out; an
    ///         `sdp::error`; `no_message_media`, `answer_does_not_fit`.
    [[nodiscard]] wire::result<status> on_answer(std::string_view answer);

    /// Takes an offer. The first m=message line counts; all others are answered with port zero.
    /// @param numbers of the answer that will be written.
    /// @return `resolve`, `answer_ready` or `rejected`; `wrong_order` while something is under way;
    ///         an `sdp::error`; `no_message_media`.
    [[nodiscard]] wire::result<status> on_offer(std::string_view offer, origin_numbers numbers);

    /// For an application that finds out, by the identity that TLS showed, that the other end is a
    /// B2BUA and not the peer wanted: ends the session (CEMA-4.2-6: it may; the draft: it should).
    /// @return `rejected`, with the reason; `wrong_order` without a plan.
    [[nodiscard]] wire::result<status> peer_is_not_wanted();

    /// The names whose addresses are wanted, in normal form. Lives until the next call that is not
    /// const.
    [[nodiscard]] std::span<string_type const> names() const noexcept { return wanted_; }
    /// Hands in what DNS says (A and AAAA); nothing if it knows none.
    /// @return the next status: `resolve` as long as names are wanted. `unknown_name`,
    ///         `wrong_order`.
    [[nodiscard]] wire::result<status> resolved(std::string_view name,
                                                std::span<wire::ip_address const> addresses);

    /// The last description written; empty if none. Lives until the next call that is not const.
    [[nodiscard]] std::string_view local_description() const noexcept { return local_text_; }
    /// The last description received; empty if none. Lives as `local_description`.
    [[nodiscard]] std::string_view remote_description() const noexcept {
        return {remote_text_.data(), remote_text_.size()};
    }
    /// After `plan` and `answer_ready`; else nullptr.
    [[nodiscard]] plan_type const* plan() const noexcept { return plan_ ? &*plan_ : nullptr; }
    /// Why the last status is what it is; the decisive one first.
    [[nodiscard]] reason_list const& reasons() const noexcept { return reasons_; }
    /// What the last decision of an offerer went by, and what it was.
    [[nodiscard]] offerer_facts const& facts_as_offerer() const noexcept { return offerer_facts_; }
    [[nodiscard]] std::optional<offerer_decision> const& decision_as_offerer() const noexcept {
        return offerer_decision_;
    }
    /// The same of an answerer.
    [[nodiscard]] answerer_facts const& facts_as_answerer() const noexcept {
        return answerer_facts_;
    }
    [[nodiscard]] std::optional<answerer_decision> const& decision_as_answerer() const noexcept {
        return answerer_decision_;
    }
    /// Drops the exchange under way, as if its offer had not been (a 491, a 488 in place of an
    /// answer with port zero, or no answer ever): what was agreed before stays.
    void abandon();
    /// Drops all that was said; the next description is a first one.
    void reset();

    /// The policies' objects, made by their default constructors.
    [[nodiscard]] Authentication& authentication() noexcept { return authentication_; }
    [[nodiscard]] Observer& observer() noexcept { return observer_; }

   private:
    enum class state : std::uint8_t { idle, offered, answer_waits, offer_waits, new_offer };
    template <class T>
    using rebind = typename std::allocator_traits<Allocator>::template rebind_alloc<T>;
    /// Views of what is in it stay good where it is swapped.
    using text_type = std::vector<char, rebind<char>>;
    struct known_name {
        string_type name;
        std::vector<wire::ip_address, rebind<wire::ip_address>> addresses;
    };
    /// What stands in a description of ours about where we are.
    struct written_address {
        path_type path;      // a=path
        string_type host;    // of c=
        std::uint16_t port;  // of m=
    };

    /// What both sides have agreed to in the last exchange that ended in a plan.
    struct agreement {
        plan_type plan;
        path_type own;     // our URI as it was shown
        path_type remote;  // the peer's a=path
        bool port_nine;    // ours has port 9 in place of the real one
        bool cema;         // we said msrp-cema
        bool both_cema;
        bool tls;       // of the peer's media
        bool fallback;  // behind a second offer without msrp-cema
        bool own_is_current = true;
    };

    explicit basic_negotiator(path_type own, Allocator const& allocator)
        : own_uri_(std::move(own)),
          accept_types_(allocator),
          accept_wrapped_types_(allocator),
          fingerprints_(allocator),
          local_text_(allocator),
          remote_text_(allocator),
          wanted_(allocator),
          known_(allocator) {}

    [[nodiscard]] static wire::failure misuse(error e) noexcept {
        return {make_error_code(e), 0, {}};
    }
    [[nodiscard]] Allocator allocator() const { return own_uri_.get_allocator(); }
    [[nodiscard]] bool own_relay() const noexcept { return use_path_.has_value(); }
    [[nodiscard]] static constexpr detail::further_reasons const& texts() noexcept {
        return Profile::demands_tls ? detail::draft00_reasons : detail::rfc6714_reasons;
    }
    [[nodiscard]] bool can_be_passive() const {
        if (own_relay()) return true;
        return question_.ask != nullptr ? question_.ask(question_.context) : can_be_passive_;
    }

    [[nodiscard]] path_type uri_with(bool port_nine, bool tls) const;
    [[nodiscard]] path_type sdp_path(path_type const& own) const;
    [[nodiscard]] written_address address(bool cema, path_type const& own) const;
    template <class Writer>
    wire::result<void> write_block(Writer& out, msrp::media_spec const& spec) const;
    wire::result<void> write_answer(sdp::description_view const& offer, std::size_t index,
                                    msrp::media_spec const* spec, std::string_view host);
    [[nodiscard]] msrp::media_spec spec_for(written_address const& where, bool cema, bool tls,
                                            std::optional<sdp::setup> setup) const noexcept;

    [[nodiscard]] std::optional<msrp::sdp_media> remote_media(
        sdp::description_view const& description) const noexcept;
    void forget_peer();
    struct comparison {
        bool mismatch;
        bool below_top;  // no mismatch, but the URI that fits is not the topmost, as far as the
                         // names in `wanted_` are known
    };
    [[nodiscard]] std::optional<comparison> compare(msrp::sdp_media const& media);
    template <class Facts, class Decide>
    [[nodiscard]] auto decide(Facts& facts, msrp::sdp_media const& media, Decide const& by)
        -> std::optional<decltype(by(facts))>;
    /// What there is to read of a text: no more than shows that it is too long.
    [[nodiscard]] text_type copy_of(std::string_view text) const {
        if (text.size() > limits_.max_text) text = text.substr(0, limits_.max_text + 1);
        return text_type(text.begin(), text.end(), allocator());
    }
    /// Keeps a text that has been read in place of the last one.
    void take(text_type& text);
    wire::result<status> judge_answer(msrp::sdp_media const& media);
    wire::result<status> judge_offer(sdp::description_view const& description,
                                     msrp::sdp_media const& media);
    [[nodiscard]] bool refused_for_security(msrp::sdp_media const& media);
    [[nodiscard]] bool out_of_reach(msrp::sdp_media const& media);
    /// After an answer with port zero the next description is a first one (RFC 3264, 8.2).
    void end_refused() {
        if (std::exchange(refused_, false)) agreed_.reset();
    }
    [[nodiscard]] identity_check identity_of(msrp::sdp_media const& media, bool tls,
                                             msrp::uri const& other_end) const;
    void make_plan(decided_role decided, target_kind remote, msrp::sdp_media const& media,
                   bool said_cema, bool cema);
    void judge_security(msrp::sdp_media const& media);
    /// What the peer says of its side is what was agreed before.
    [[nodiscard]] bool peer_unchanged(msrp::sdp_media const& media) const;
    [[nodiscard]] bool keeps_own() const noexcept { return agreed_ && agreed_->own_is_current; }
    void show(description_kind kind, std::string_view text) {
        if constexpr (!std::same_as<Observer, no_observer>) {
            if constexpr (Observer::wants_session_ids) {
                observer_.description(kind, text);
            } else {
                observer_.description(kind, redact_session_ids(text, allocator()));
            }
        }
    }
    status stepped(status s) {
        observer_.stepped(to_text(s), reasons_);
        return s;
    }

    path_type own_uri_;
    std::optional<path_type> use_path_{};
    reachability_question question_{};
    string_type accept_types_;
    string_type accept_wrapped_types_;
    std::optional<std::uint64_t> max_size_{};
    std::vector<sdp::fingerprint, rebind<sdp::fingerprint>> fingerprints_;
    sdp::limits limits_{};
    msrp::media_options options_{};

    std::optional<path_type> shown_uri_{};  // our URI in what we wrote last
    std::optional<agreement> agreed_{};     // what the session in being goes by
    origin_numbers numbers_{};
    string_type local_text_;
    text_type remote_text_;
    std::vector<string_type, rebind<string_type>> wanted_;
    std::vector<known_name, rebind<known_name>> known_;
    std::optional<plan_type> plan_{};
    reason_list reasons_{};
    std::optional<offerer_decision> offerer_decision_{};
    std::optional<answerer_decision> answerer_decision_{};
    // What is small, together.
    bool refused_ = false;  // what is agreed ends by our answer, unless that was a 488
    bool can_be_passive_ = false;
    bool match_session_id_only_ = false;
    bool tls_ = false;
    signalling_protection signalling_ = signalling_protection::none;
    sdp::direction direction_ = sdp::direction::sendrecv;
    sdp::leniency leniency_{};
    state state_ = state::idle;
    bool offered_cema_ = false;
    bool offered_active_ = false;
    bool offered_tls_ = false;
    bool offered_fallback_ = false;
    bool shown_port_nine_ = false;
    Authentication authentication_{};
    Observer observer_{};
    offerer_facts offerer_facts_{};
    answerer_facts answerer_facts_{};
};

/// RFC 6714 with all defaults.
using negotiator = basic_negotiator<>;
namespace pmr {
template <profile_policy Profile = rfc6714, resolver_policy Resolver = ask_names,
          role_policy Role = prefer_passive, security_policy Security = typename Profile::security,
          authentication_policy Authentication = no_other_mechanism,
          observer_policy Observer = no_observer>
using basic_negotiator = v0::basic_negotiator<Profile, Resolver, Role, Security, Authentication,
                                              Observer, std::pmr::polymorphic_allocator<char>>;
using negotiator = basic_negotiator<>;
}  // namespace pmr

}  // namespace cema::inline v0

#include <cema/detail/negotiator_impl.hpp>
