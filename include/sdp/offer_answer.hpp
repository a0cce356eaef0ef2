// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// offer_answer.hpp - RFC 3264 for two descriptions: one pending offer, its answer, what may follow.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <optional>
#include <string_view>
#include <utility>

#include <sdp/attribute.hpp>
#include <sdp/connection.hpp>
#include <sdp/description.hpp>
#include <sdp/direction.hpp>
#include <sdp/error.hpp>
#include <sdp/line.hpp>
#include <sdp/media.hpp>
#include <sdp/setup.hpp>
#include <wire/charset.hpp>
#include <wire/result.hpp>

namespace sdp::inline v0 {

namespace detail {

[[nodiscard]] constexpr std::string_view without_zeros(std::string_view digits) noexcept {
    auto const at = digits.find_first_not_of('0');
    return at == std::string_view::npos ? std::string_view{} : digits.substr(at);
}
/// Is `after` the number `before` + 1, however long they are?
[[nodiscard]] constexpr bool is_successor(std::string_view before,
                                          std::string_view after) noexcept {
    before = without_zeros(before);
    after = without_zeros(after);
    auto const last = before.find_last_not_of('9');
    auto const zeros_from = [&](std::size_t at) {
        return after.find_first_not_of('0', at) == std::string_view::npos;
    };
    if (last == std::string_view::npos)  // 999 -> 1000, and 0 -> 1
        return after.size() == before.size() + 1 && after[0] == '1' && zeros_from(1);
    return after.size() == before.size() && before.substr(0, last) == after.substr(0, last) &&
           after[last] == before[last] + 1 && zeros_from(last + 1);
}
/// The t=, r= and z= lines of a description, one after the other.
class time_lines {
   public:
    explicit time_lines(description_view const& d) noexcept : at_(d.session_lines().begin()) {}
    /// The next one; of type 0 behind the last. Where there is none at all (the leniency
    /// `missing_time`) the session is not bounded: "t=0 0".
    [[nodiscard]] line next() noexcept {
        while (at_ != line_range::iterator{} &&
               std::string_view("trz").find(at_.type()) == std::string_view::npos)
            ++at_;
        line out{0, {}, 0, 0};
        if (at_ != line_range::iterator{})
            out = *at_++;
        else if (!any_)
            out = {'t', "0 0", 0, 0};
        any_ = true;
        return out;
    }

   private:
    line_range::iterator at_;
    bool any_ = false;
};
/// Where the times of an answer begin to differ from those of its offer: the offset of a line in
/// the answer, of its last one of them where lines are missing. Nothing where they are equal.
[[nodiscard]] inline std::optional<std::size_t> other_time(
    description_view const& offer, description_view const& answer) noexcept {
    time_lines offered(offer);
    time_lines answered(answer);
    std::size_t last = 0;
    for (;;) {
        line const o = offered.next();
        line const a = answered.next();
        if (o.type != a.type || o.value != a.value) return a.type == 0 ? last : a.offset;
        if (a.type == 0) return std::nullopt;
        last = a.offset;
    }
}
[[nodiscard]] inline bool is_multicast(media_view const& media) noexcept {
    auto const c = media.effective_connection();
    if (!c || !c->ip) return c && c->ttl;
    auto const first = c->ip->octets()[0];
    return c->ip->is_v4() ? first >> 4U == 0xEU : first == 0xFFU;
}
/// The directions fit: for multicast they are equal (RFC 3264, 6.2).
[[nodiscard]] inline bool directions_fit(media_view const& offer,
                                         media_view const& answer) noexcept {
    auto const o = effective_direction(offer);
    auto const a = effective_direction(answer);
    return is_multicast(offer) ? o == a : direction_fits(o, a);
}
/// So many formats of an m= line are compared; of a longer list nothing is said.
inline constexpr std::size_t formats_compared = 32;

/// How many formats there are, and how many of them are among others.
struct format_count {
    std::size_t all = 0;
    std::size_t known = 0;
};
/// Calls `f(format)` for each format until it returns false.
template <class F>
void for_each_format(std::string_view formats, F&& f) noexcept {
    for (;;) {
        auto const end = formats.find(' ');
        if (!f(formats.substr(0, end)) || end == std::string_view::npos) return;
        formats.remove_prefix(end + 1);
    }
}
[[nodiscard]] inline format_count count_formats(std::string_view formats,
                                                std::string_view among) noexcept {
    format_count out;
    for_each_format(formats, [&](std::string_view format) {
        if (++out.all > formats_compared) return false;
        std::size_t left = formats_compared;
        bool known = false;
        for_each_format(among, [&](std::string_view other) {
            known = format == other;
            return !known && --left != 0;
        });
        out.known += known ? 1U : 0U;
        return true;
    });
    return out;
}
/// The answer has formats of the offer: for multicast no others (RFC 3264, 6.2), in m=message at
/// least one (6.1). Other unicast media name formats by attributes: nothing is said of them.
[[nodiscard]] inline bool formats_fit(media_view const& offer, media_view const& answer) noexcept {
    bool const multicast = is_multicast(offer);
    if (!multicast && offer.media() != "message") return true;
    auto const of_answer = count_formats(answer.formats(), offer.formats());
    if (of_answer.all > formats_compared) return true;
    if (multicast ? of_answer.known == of_answer.all : of_answer.known != 0) return true;
    return count_formats(offer.formats(), {}).all > formats_compared;
}
/// The place of what is wrong with the address and port of an answer (RFC 3264, 6.1 and 6.2):
/// unicast stays unicast, multicast the same address and port. Of several c= lines the first one
/// counts.
[[nodiscard]] inline std::optional<line> other_address(media_view const& offer,
                                                       media_view const& answer) noexcept {
    line const here = *answer.lines().begin();
    bool const multicast = is_multicast(offer);
    auto const a = answer.effective_connection();
    if (multicast != is_multicast(answer)) {
        if (!a) return here;
        return line{'c', a->text, a->offset, a->line_number};
    }
    if (!multicast) return std::nullopt;
    if (offer.port() != answer.port() || offer.fields().port_count != answer.fields().port_count)
        return here;
    auto const o = offer.effective_connection();
    bool const same = wire::iequals(o->net_type, a->net_type) &&
                      wire::iequals(o->address_type, a->address_type) && o->ip == a->ip &&
                      (o->ip || wire::iequals(o->address, a->address)) && o->ttl == a->ttl &&
                      o->address_count.value_or(1) == a->address_count.value_or(1);
    if (same) return std::nullopt;
    return line{'c', a->text, a->offset, a->line_number};
}
/// The same lines, whatever ends them.
[[nodiscard]] inline bool same_lines(description_view const& a,
                                     description_view const& b) noexcept {
    auto const one = a.lines();
    auto const other = b.lines();
    return std::equal(
        one.begin(), one.end(), other.begin(), other.end(),
        [](line const& x, line const& y) { return x.type == y.type && x.value == y.value; });
}
/// "TCP/TLS/MSRP" is "TCP/MSRP" with TLS.
[[nodiscard]] inline bool adds_tls(std::string_view before, std::string_view after) noexcept {
    constexpr std::string_view tls = "TCP/TLS/";
    return wire::iequals(before.substr(0, 4), "TCP/") &&
           wire::iequals(after.substr(0, tls.size()), tls) &&
           wire::iequals(before.substr(4), after.substr(tls.size()));
}
/// Where the attribute stands that applies to a media description: its own, the session's, else
/// its m= line.
template <class Is>
[[nodiscard]] std::size_t place_of(media_view const& media,
                                   std::optional<attribute> const& of_session, Is&& is) noexcept {
    for (attribute const a : media.attributes())
        if (is(a)) return a.offset;
    return of_session ? of_session->offset : media.offset();
}
[[nodiscard]] inline std::size_t origin_offset(description_view const& d) noexcept {
    return (*++d.lines().begin()).offset;  // v= is the first line, o= the second
}
[[nodiscard]] inline wire::failure bad_origin_change(description_view const& d) noexcept {
    return {make_error_code(error::bad_origin_change), origin_offset(d), "o="};
}
/// The same octets; or o= of the same session with the version that follows.
[[nodiscard]] inline bool continues(description_view const& before,
                                    description_view const& after) noexcept {
    if (before.text() == after.text()) return true;
    auto const old = before.origin();
    auto const now = after.origin();
    return old.same_session(now) && is_successor(old.session_version, now.session_version);
}
[[nodiscard]] inline wire::result<void> keeps_media(description_view const& before,
                                                    description_view const& after) noexcept {
    if (after.media_count() >= before.media_count()) return {};
    return wire::failure{make_error_code(error::media_vanished), after.text().size(), "m="};
}

/// How many offers all machines of the program have made: so no token is ever good for two.
inline std::atomic<std::uint64_t> offers_made{0};

}  // namespace detail

/// Other rules for an answer, where told so; off by default.
struct answer_leniency {
    /// The proto is the offer's with TLS, as TCP/TLS/MSRP to TCP/MSRP (RFC 4976, 11; section 21
    /// #16). Never the other way. Whether TLS is then used the path says:
    /// `msrp::media_options::scheme_rules`.
    bool tls_added = false;
    /// holdconn in an offer counts as if there were no a=setup: MSRP's rule (RFC 6135, 4.2.1;
    /// ALT-4.2.1-1). RFC 4145, 4.1, which other media follow, answers it by holdconn alone. Set it
    /// where the media are of MSRP.
    bool holdconn_is_absent = false;
    /// The answer has the o= of its offer, though it differs from it: from what rewrites o= on the
    /// way, the same for all.
    bool same_origin = false;
};

/// May `answer` answer `offer` (SDP-3264-1, SDP-4145-1)? The same number of m= lines in the same
/// order, each of the same media type, and, where it is not rejected by port zero, of the same
/// proto, with formats, an address, a direction and an a=setup that fit; what was offered with port
/// zero has port zero; t= (with r= and z=) equal; another o=, unless the whole answer is the offer.
/// Formats: in m=message at least one of the offer's, for multicast no others than the offer's; of
/// lists of more than 32 formats, and of other media, nothing is said. Addresses: unicast stays
/// unicast, multicast keeps its address and port. Absent a=setup is active in an offer and passive
/// in an answer; holdconn is answered by holdconn (RFC 4145, 4.1; see `holdconn_is_absent`), as an
/// answer it fits every offer. Not compared, since they are about RTP: a=ptime and b= of multicast
/// (RFC 3264, 6.2), a=rtpmap and a=fmtp. Linear, no allocation.
/// @return success, or a failure whose offset is that of the line in the answer it is about: for a
///         direction or a=setup that stands nowhere the m= line, for missing m= lines the end.
[[nodiscard]] inline wire::result<void> check_answer(description_view const& offer,
                                                     description_view const& answer,
                                                     answer_leniency lenient = {}) noexcept {
    auto const failed = [](error why, std::size_t at, std::string_view field) {
        return wire::failure{make_error_code(why), at, field};
    };
    if (offer.media_count() != answer.media_count()) {
        auto const surplus = answer.media(offer.media_count());
        return failed(error::answer_media_count, surplus ? surplus->offset() : answer.text().size(),
                      "m=");
    }
    if (!lenient.same_origin && offer.origin() == answer.origin() &&
        !detail::same_lines(offer, answer))
        return failed(error::answer_origin, detail::origin_offset(answer), "o=");
    if (auto const at = detail::other_time(offer, answer))
        return failed(error::answer_time, *at, "t=");
    auto const theirs = answer.media();
    auto it = theirs.begin();
    for (media_view const o : offer.media()) {
        media_view const a = *it;
        ++it;
        if (o.media() != a.media()) return failed(error::answer_media_type, a.offset(), "m=");
        if (a.rejected()) continue;
        if (o.rejected()) return failed(error::answer_revives_media, a.offset(), "m=");
        if (!wire::iequals(o.proto(), a.proto()) &&
            !(lenient.tls_added && detail::adds_tls(o.proto(), a.proto())))
            return failed(error::answer_proto, a.offset(), "m=");
        if (!detail::formats_fit(o, a)) return failed(error::answer_formats, a.offset(), "m=");
        if (auto const other = detail::other_address(o, a))
            return failed(error::answer_address, other->offset, detail::line_name(other->type));
        if (!detail::directions_fit(o, a))
            return failed(error::answer_direction,
                          detail::place_of(a, a.session_direction(),
                                           [](attribute const& x) {
                                               return !x.has_value && parse_direction(x.name);
                                           }),
                          "a=");
        auto const offered = received_setup(o);
        if (!setup_fits(lenient.holdconn_is_absent ? offered_setup(offered)
                                                   : offered.value_or(setup::active),
                        received_setup(a).value_or(setup::passive)))
            return failed(error::answer_setup,
                          detail::place_of(a, a.session_setup(),
                                           [](attribute const& x) { return x.name == "setup"; }),
                          "a=setup");
    }
    return {};
}

/// May `after` follow `before` from the same side of a session (SDP-3264-2, SDP-8.4-1)? o= is of
/// the same session; its version stays where nothing at all changed and is one more where anything
/// did (however many digits it has, leading zeros or not); m= lines never vanish, but anything may
/// change in them, the media type too (RFC 3264, 8.1 and 8.3.3). Linear, no allocation.
/// @return success; `bad_origin_change` at the o= line, `media_vanished` at the end.
[[nodiscard]] inline wire::result<void> check_update(description_view const& before,
                                                     description_view const& after) noexcept {
    if (!detail::continues(before, after)) return detail::bad_origin_change(after);
    return detail::keeps_media(before, after);
}

/// Names one pending offer, among those of all machines of the program. Only `basic_offer_answer`
/// makes one.
class offer_token {
   public:
    friend bool operator==(offer_token, offer_token) noexcept = default;

   private:
    template <class>
    friend class basic_offer_answer;
    explicit offer_token(std::uint64_t number) noexcept : number_(number) {}
    std::uint64_t number_;
};

/// The offers and answers of one session as one side sees them. At most one offer is pending; it is
/// answered, or taken back, by its token: any other token is `stale_offer`. A call that is refused
/// changes neither what is agreed nor what is pending. Views it returns live until the next call.
///
/// After a rollback (or glare) there are two descriptions that the next one of that side could
/// follow: the agreed one, to which the session reverts (RFC 3264, 4), and the refused one, which
/// is "the last SDP provided" and so the one from which section 8 counts the version of o=. What
/// this side writes must count from the refused one, or be the same octets as either: the peer has
/// seen that version. What the peer writes may count from either. m= lines are counted from the
/// agreed one: what a refused offer added is not there.
///
/// It holds at most five descriptions: two agreed, two refused, one pending. It can be moved, with
/// its tokens, but not copied: a token is good once. Moved from, it is as new.
template <class Allocator = std::allocator<char>>
class basic_offer_answer {
   public:
    using description_type = basic_description<Allocator>;

    /// @param lenient how the peer's answers are checked. Own ones never add TLS nor repeat the
    ///        offer's o=; of holdconn they follow the same rule.
    explicit basic_offer_answer(answer_leniency lenient = {},
                                Allocator const& allocator = Allocator())
        : allocator_(allocator), lenient_(lenient) {}
    basic_offer_answer(basic_offer_answer&& other) noexcept
        : allocator_(other.allocator_),
          lenient_(other.lenient_),
          local_(std::exchange(other.local_, {})),
          remote_(std::exchange(other.remote_, {})),
          pending_(std::exchange(other.pending_, {})),
          number_(other.number_),
          ours_(other.ours_) {}
    basic_offer_answer& operator=(basic_offer_answer&&) = delete;
    ~basic_offer_answer() = default;

    /// Our own offer, about to be sent. @return its token; `offer_pending`, or as `check_update`
    /// against our description before.
    [[nodiscard]] wire::result<offer_token> send_offer(description_view const& offer) {
        return begin(offer, true);
    }
    /// The peer's offer. @return its token; `offer_pending`, or as `check_update` against the
    /// peer's description before. Both sides offered at once (glare): RFC 3264, 4 leaves it to the
    /// signalling; pass such an offer in all the same, since o= of the peer's next one may count
    /// from it.
    [[nodiscard]] wire::result<offer_token> receive_offer(description_view const& offer) {
        return begin(offer, false);
    }
    /// The peer's answer to our offer. Both descriptions are then agreed.
    /// @return success; `stale_offer`, as `check_answer`, or as `check_update` against the peer's
    /// description before: the offer is then still pending.
    wire::result<void> receive_answer(offer_token token, description_view const& answer) {
        return finish(token, answer, true);
    }
    /// Our answer to the peer's offer, about to be sent. Both descriptions are then agreed.
    /// @return as `receive_answer`, with our description before.
    wire::result<void> send_answer(offer_token token, description_view const& answer) {
        return finish(token, answer, false);
    }
    /// The pending offer was refused or taken back: what was agreed before holds (RFC 3264, 4).
    /// @return success or `stale_offer`.
    wire::result<void> rollback(offer_token token) {
        if (!is_pending(token)) return misuse(error::stale_offer);
        auto& from = side_of(ours_);
        if (from.agreed) from.refused = std::move(pending_);
        pending_.reset();
        return {};
    }
    /// Our pending offer was never sent: as if `send_offer` had not been called. @return as
    /// `rollback`; `stale_offer` for the peer's offer too.
    wire::result<void> forget(offer_token token) {
        if (!is_pending(token) || !ours_) return misuse(error::stale_offer);
        pending_.reset();
        return {};
    }

    [[nodiscard]] bool pending() const noexcept { return pending_.has_value(); }
    /// Our description and the peer's as last agreed; nothing before the first answer.
    [[nodiscard]] std::optional<description_view> local() const noexcept {
        return view(local_.agreed);
    }
    [[nodiscard]] std::optional<description_view> remote() const noexcept {
        return view(remote_.agreed);
    }
    /// The offer that waits for its answer.
    [[nodiscard]] std::optional<description_view> pending_offer() const noexcept {
        return view(pending_);
    }

   private:
    using slot = std::optional<description_type>;
    struct side {
        slot agreed{};
        slot refused{};  // provided later than `agreed`; only where there is an agreed one
    };
    [[nodiscard]] static std::optional<description_view> view(slot const& s) noexcept {
        if (!s) return std::nullopt;
        return s->view();
    }
    [[nodiscard]] static wire::failure misuse(error why) noexcept {
        return {make_error_code(why), 0, {}};
    }
    [[nodiscard]] bool is_pending(offer_token token) const noexcept {
        return pending_ && token.number_ == number_;
    }
    [[nodiscard]] side& side_of(bool ours) noexcept { return ours ? local_ : remote_; }

    [[nodiscard]] wire::result<void> check_next(bool ours, description_view const& next) noexcept {
        auto const& from = side_of(ours);
        if (!from.agreed) return {};
        description_view const agreed = *from.agreed;
        bool const from_agreed = !ours || !from.refused || agreed.text() == next.text();
        bool const good = (from_agreed && detail::continues(agreed, next)) ||
                          (from.refused && detail::continues(*from.refused, next));
        if (!good) return detail::bad_origin_change(next);
        return detail::keeps_media(agreed, next);
    }
    wire::result<offer_token> begin(description_view const& offer, bool ours) {
        bool const glare = pending_ && ours_ && !ours;
        if (pending_ && !glare) return misuse(error::offer_pending);
        auto const good = check_next(ours, offer);
        if (!good && !glare) return good.error();
        if (!glare || (good && remote_.agreed)) {
            description_type copy(offer, limits{}, allocator_);  // before anything changes
            (glare ? remote_.refused : pending_) = std::move(copy);
        }
        if (glare) return misuse(error::offer_pending);
        ours_ = ours;
        number_ = ++detail::offers_made;
        return offer_token(number_);
    }
    wire::result<void> finish(offer_token token, description_view const& answer, bool ours) {
        if (!is_pending(token) || ours != ours_) return misuse(error::stale_offer);
        auto lenient = lenient_;
        if (!ours) lenient.tls_added = lenient.same_origin = false;
        if (auto good = check_answer(*pending_, answer, lenient); !good) return good;
        if (auto good = check_next(!ours, answer); !good) return good;
        description_type copy(answer, limits{}, allocator_);  // before anything changes
        auto& answerer = side_of(!ours);
        answerer.agreed = std::move(copy);
        answerer.refused.reset();
        auto& offerer = side_of(ours);
        offerer.agreed = std::move(pending_);
        offerer.refused.reset();
        pending_.reset();
        return {};
    }

    Allocator allocator_;
    answer_leniency lenient_;
    side local_{};
    side remote_{};
    slot pending_{};
    std::uint64_t number_ = 0;  // of the pending offer
    bool ours_ = false;         // the pending offer
};

using offer_answer = basic_offer_answer<>;
namespace pmr {
using offer_answer = basic_offer_answer<std::pmr::polymorphic_allocator<char>>;
}

/// Rejects one media description of an answer: port zero, everything else stays (SDP-3264-1).
template <class Allocator>
wire::result<void> reject_media(basic_description<Allocator>& answer, std::size_t media) {
    return answer.set_port(media, 0);
}

}  // namespace sdp::inline v0
