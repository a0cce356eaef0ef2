// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// offer_answer.hpp - RFC 3264 for two descriptions: one pending offer, its answer, what may follow.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include <sdp/description.hpp>
#include <sdp/direction.hpp>
#include <sdp/error.hpp>
#include <sdp/setup.hpp>
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
/// All t=, r= and z= lines.
[[nodiscard]] inline bool same_times(description_view const& a,
                                     description_view const& b) noexcept {
    auto const next = [](line_range::iterator at) {
        while (at != line_range::iterator{} &&
               std::string_view("trz").find((*at).type) == std::string_view::npos)
            ++at;
        return at;
    };
    auto x = next(a.session_lines().begin());
    auto y = next(b.session_lines().begin());
    line_range::iterator const end;
    while (x != end && y != end) {
        if ((*x).type != (*y).type || (*x).value != (*y).value) return false;
        x = next(++x);
        y = next(++y);
    }
    return x == end && y == end;
}

}  // namespace detail

/// May `answer` answer `offer` (SDP-3264-1, SDP-4145-1)? The same number of m= lines in the same
/// order, each of the same media type, and, where it is not rejected by port zero, of the same
/// proto, with a direction and an a=setup that fit; t= equal. holdconn in an offer counts as absent
/// (ALT-4.2.1-1). Linear, no allocation.
/// @return success, or a failure whose offset is that of the line in the answer it is about.
[[nodiscard]] inline wire::result<void> check_answer(description_view const& offer,
                                                     description_view const& answer) noexcept {
    auto const failed = [](error why, std::size_t at, std::string_view field) {
        return wire::failure{make_error_code(why), at, field};
    };
    if (offer.media_count() != answer.media_count())
        return failed(error::answer_media_count, answer.text().size(), "m=");
    if (!detail::same_times(offer, answer)) return failed(error::answer_time, 0, "t=");
    auto const theirs = answer.media();
    auto it = theirs.begin();
    for (media_view const o : offer.media()) {
        media_view const a = *it;
        ++it;
        if (o.media() != a.media()) return failed(error::answer_media_type, a.offset(), "m=");
        if (a.rejected()) continue;
        if (o.rejected()) return failed(error::answer_revives_media, a.offset(), "m=");
        if (o.proto() != a.proto()) return failed(error::answer_proto, a.offset(), "m=");
        if (!direction_fits(effective_direction(o), effective_direction(a)))
            return failed(error::answer_direction, a.offset(), "a=");
        auto const offered = received_setup(o);
        auto const answered = received_setup(a);
        if ((offered || answered) &&
            !setup_fits(offered_setup(offered), answered.value_or(setup::passive)))
            return failed(error::answer_setup, a.offset(), "a=setup");
    }
    return {};
}

/// May `after` follow `before` from the same side of a session (SDP-3264-2, SDP-8.4-1)? o= is of
/// the same session; its version stays where nothing at all changed and is one more where anything
/// did; m= lines never vanish. Linear, no allocation.
[[nodiscard]] inline wire::result<void> check_update(description_view const& before,
                                                     description_view const& after) noexcept {
    auto const old = before.origin();
    auto const now = after.origin();
    bool const good =
        before.text() == after.text() ||
        (old.same_session(now) && detail::is_successor(old.session_version, now.session_version));
    if (!good) return wire::failure{make_error_code(error::bad_origin_change), 0, "o="};
    if (after.media_count() < before.media_count())
        return wire::failure{make_error_code(error::answer_media_count), after.text().size(), "m="};
    return {};
}

/// Names one pending offer. Only `basic_offer_answer` makes one.
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
/// answered, or taken back, by its token: any other token is `stale_offer` and changes nothing. Not
/// accepted descriptions change nothing either. Views it returns live until the next call.
template <class Allocator = std::allocator<char>>
class basic_offer_answer {
   public:
    using description_type = basic_description<Allocator>;

    explicit basic_offer_answer(Allocator const& allocator = Allocator()) : allocator_(allocator) {}

    /// Our own offer, about to be sent. @return its token; `offer_pending`, or as `check_update`
    /// against our description before.
    [[nodiscard]] wire::result<offer_token> send_offer(description_view const& offer) {
        return begin(offer, true);
    }
    /// The peer's offer. @return its token; `offer_pending` (both sides offered at once: RFC 3264,
    /// 4 leaves it to the signalling), or as `check_update` against the peer's description before.
    [[nodiscard]] wire::result<offer_token> receive_offer(description_view const& offer) {
        return begin(offer, false);
    }
    /// The peer's answer to our offer. Both descriptions are then agreed.
    wire::result<void> receive_answer(offer_token token, description_view const& answer) {
        return finish(token, answer, true);
    }
    /// Our answer to the peer's offer, about to be sent. Both descriptions are then agreed.
    wire::result<void> send_answer(offer_token token, description_view const& answer) {
        return finish(token, answer, false);
    }
    /// The pending offer was refused or taken back: what was agreed before holds (RFC 3264, 8).
    wire::result<void> rollback(offer_token token) {
        if (!is_pending(token)) return misuse(error::stale_offer);
        pending_.reset();
        return {};
    }

    [[nodiscard]] bool pending() const noexcept { return pending_.has_value(); }
    /// Our description and the peer's as last agreed; nothing before the first answer.
    [[nodiscard]] std::optional<description_view> local() const noexcept { return view(local_); }
    [[nodiscard]] std::optional<description_view> remote() const noexcept { return view(remote_); }
    /// The offer that waits for its answer.
    [[nodiscard]] std::optional<description_view> pending_offer() const noexcept {
        return view(pending_);
    }

   private:
    using slot = std::optional<description_type>;
    [[nodiscard]] static std::optional<description_view> view(slot const& s) noexcept {
        if (!s) return std::nullopt;
        return s->view();
    }
    [[nodiscard]] static wire::failure misuse(error why) noexcept {
        return {make_error_code(why), 0, {}};
    }
    [[nodiscard]] bool is_pending(offer_token token) const noexcept {
        return pending_ && token.number_ == count_;
    }
    wire::result<offer_token> begin(description_view const& offer, bool ours) {
        if (pending_) return misuse(error::offer_pending);
        auto const& before = ours ? local_ : remote_;
        if (before)
            if (auto good = check_update(*before, offer); !good) return good.error();
        pending_.emplace(offer, limits{}, allocator_);
        ours_ = ours;
        return offer_token(++count_);
    }
    wire::result<void> finish(offer_token token, description_view const& answer, bool ours) {
        if (!is_pending(token) || ours != ours_) return misuse(error::stale_offer);
        if (auto good = check_answer(*pending_, answer); !good) return good.error();
        auto& answerer = ours ? remote_ : local_;
        if (answerer)
            if (auto good = check_update(*answerer, answer); !good) return good.error();
        description_type copy(answer, limits{}, allocator_);  // before anything changes
        answerer = std::move(copy);
        (ours ? local_ : remote_) = std::move(pending_);
        pending_.reset();
        return {};
    }

    Allocator allocator_;
    slot local_{};
    slot remote_{};
    slot pending_{};
    std::uint64_t count_ = 0;
    bool ours_ = false;
};

using offer_answer = basic_offer_answer<>;

/// Rejects one media description of an answer: port zero, everything else stays (SDP-3264-1).
template <class Allocator>
wire::result<void> reject_media(basic_description<Allocator>& answer, std::size_t media) {
    return answer.set_port(media, 0);
}

}  // namespace sdp::inline v0
