// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// negotiator.hpp - offerer and answerer by RFC 6714: descriptions in and out, at the end a plan.
#pragma once

#include <algorithm>
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
#include <cema/error.hpp>
#include <cema/facts.hpp>
#include <cema/match.hpp>
#include <cema/policies.hpp>
#include <cema/reason.hpp>
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
    rejected,      ///< no session; `reasons()` say why. Answerer: send `local_description()`, whose
                   ///< ports are zero, or 488 in its place
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
/// one dialog: the same session-id, and a version one higher for each new description.
struct origin_numbers {
    std::uint64_t session_id = 0;
    std::uint64_t version = 0;
};

/// One endpoint's side of offer and answer, by RFC 6714, 6135 and 4975. Does no I/O, asks no DNS,
/// and knows no signalling: texts and addresses go in, texts and a plan come out.
///
/// Offerer: `make_offer`, send, `on_answer`. On `status::new_offer` (RFC 6714, 4.2) `make_offer`
/// gives the second offer; send it in the same dialog or a new one. Answerer: `on_offer`. Either:
/// on `status::resolve` look `names()` up and hand the addresses in. After the end a new offer or
/// answer may be made, with CEMA again.
///
/// Errors are the caller's misuse (`cema::error`, condition `misuse`) or a text that is no
/// description (`sdp::error`); after one, the state is as before the call. All a peer may say in a
/// well-formed description leads to a status. Costs of a call: linear in the description, times the
/// addresses given for names.
///
/// @tparam Profile  which document decides; `rfc6714`
/// @tparam Resolver what happens to names; `ask_names`
/// @tparam Role     who connects where there is a choice; `prefer_passive`
/// @tparam Security is TLS demanded, how are certificates checked; `tls_as_offered`
template <profile_policy Profile = rfc6714, resolver_policy Resolver = ask_names,
          role_policy Role = prefer_passive, security_policy Security = tls_as_offered,
          class Allocator = std::allocator<char>>
class basic_negotiator {
   public:
    using allocator_type = Allocator;
    using string_type = std::basic_string<char, std::char_traits<char>, Allocator>;
    using path_type = msrp::basic_path<Allocator>;
    using plan_type = basic_connect_plan<Allocator>;

    /// Checks and copies what an endpoint says of itself.
    /// @param limit,lenient,options how the peer's descriptions are read.
    /// @return `bad_own_uri`, `bad_own_relay`, `bad_own_scheme`, `tls_required`.
    [[nodiscard]] static wire::result<basic_negotiator> make(
        local_situation const& local, Allocator const& allocator = Allocator(),
        sdp::limits const& limit = {}, sdp::leniency const& lenient = {},
        msrp::media_options const& options = {});

    /// Writes an offer: the first one (CEMA-4.2-1, -2), or after `status::new_offer` the one
    /// without msrp-cema (CEMA-4.2-3).
    /// @return the text, also in `local_description()`; `wrong_order` while something is under way;
    ///         `sdp::error::illegal_value` if the situation holds a text that SDP cannot carry.
    [[nodiscard]] wire::result<std::string_view> make_offer(origin_numbers numbers);

    /// Takes the answer to the offer made last.
    /// @return `resolve`, `new_offer`, `plan` or `rejected`; `wrong_order` if no offer is out; an
    ///         `sdp::error`; `no_message_media`, `answer_does_not_fit`.
    [[nodiscard]] wire::result<status> on_answer(std::string_view answer);

    /// Takes an offer. The first m=message line counts; all others are answered with port zero.
    /// @param numbers of the answer that will be written.
    /// @return `resolve`, `answer_ready` or `rejected`; `wrong_order` while something is under way;
    ///         an `sdp::error`; `no_message_media`.
    [[nodiscard]] wire::result<status> on_offer(std::string_view offer, origin_numbers numbers);

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
    [[nodiscard]] std::string_view remote_description() const noexcept { return remote_text_; }
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
    /// Drops what is under way; the next description is a first one.
    void reset();

   private:
    enum class state : std::uint8_t { idle, offered, answer_waits, offer_waits, new_offer };
    template <class T>
    using rebind = typename std::allocator_traits<Allocator>::template rebind_alloc<T>;
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
    [[nodiscard]] bool offers_passive() const noexcept {
        return own_relay() || (can_be_passive_ && !Role::refuses_passive);
    }

    [[nodiscard]] path_type uri_with(bool port_nine, bool tls) const;
    [[nodiscard]] path_type sdp_path(path_type const& own) const;
    [[nodiscard]] written_address address(bool cema, path_type const& own) const;
    wire::result<void> write_answer(sdp::description_view const& offer, std::size_t index,
                                    msrp::media_spec const* spec, std::string_view host);
    [[nodiscard]] msrp::media_spec spec_for(written_address const& where, bool cema, bool tls,
                                            std::optional<sdp::setup> setup) const noexcept;

    [[nodiscard]] std::optional<msrp::sdp_media> remote_media(
        sdp::description_view const& description) const noexcept;
    void forget_peer();
    struct comparison {
        bool mismatch;
        bool below_top;  // no mismatch, but the URI that fits is not the topmost
    };
    [[nodiscard]] std::optional<comparison> compare(msrp::sdp_media const& media);
    template <class Facts, class Decide>
    [[nodiscard]] auto decide(Facts& facts, msrp::sdp_media const& media, Decide const& by)
        -> std::optional<decltype(by(facts))>;
    wire::result<status> judge_answer();
    wire::result<status> judge_offer();
    [[nodiscard]] bool refused_for_security(msrp::sdp_media const& media);
    void make_plan(decided_role decided, target_kind remote, msrp::sdp_media const& media,
                   path_type const& own, bool cema);

    path_type own_uri_;
    std::optional<path_type> use_path_{};
    bool can_be_passive_ = false;
    bool tls_ = false;
    string_type accept_types_;
    string_type accept_wrapped_types_;
    std::optional<std::uint64_t> max_size_{};
    sdp::direction direction_ = sdp::direction::sendrecv;
    std::vector<sdp::fingerprint, rebind<sdp::fingerprint>> fingerprints_;
    sdp::limits limits_{};
    sdp::leniency leniency_{};
    msrp::media_options options_{};

    state state_ = state::idle;
    bool offered_cema_ = false;
    bool offered_active_ = false;
    origin_numbers numbers_{};
    string_type local_text_;
    string_type remote_text_;
    std::vector<string_type, rebind<string_type>> wanted_;
    std::vector<known_name, rebind<known_name>> known_;
    std::optional<plan_type> plan_{};
    reason_list reasons_{};
    offerer_facts offerer_facts_{};
    answerer_facts answerer_facts_{};
    std::optional<offerer_decision> offerer_decision_{};
    std::optional<answerer_decision> answerer_decision_{};
};

/// RFC 6714 with all defaults.
using negotiator = basic_negotiator<>;
namespace pmr {
template <class Profile = rfc6714, class Resolver = ask_names, class Role = prefer_passive,
          class Security = tls_as_offered>
using basic_negotiator =
    v0::basic_negotiator<Profile, Resolver, Role, Security, std::pmr::polymorphic_allocator<char>>;
using negotiator = basic_negotiator<>;
}  // namespace pmr

}  // namespace cema::inline v0

#include <cema/detail/negotiator_impl.hpp>
