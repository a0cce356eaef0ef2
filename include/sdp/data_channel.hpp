// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// data_channel.hpp - a=dcmap and a=dcsa of RFC 8864: the data channels of a media description, and
// the attributes each of them has.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

#include <sdp/attribute.hpp>
#include <sdp/detail/fields.hpp>
#include <sdp/detail/values.hpp>
#include <sdp/detail/walk.hpp>
#include <sdp/error.hpp>
#include <sdp/media.hpp>
#include <sdp/percent_text.hpp>
#include <sdp/setup.hpp>
#include <wire/charset.hpp>
#include <wire/decimal.hpp>
#include <wire/result.hpp>
#include <wire/sink.hpp>

namespace sdp::inline v0 {

/// A media description of an SCTP association for data channels (RFC 8841): `UDP/DTLS/SCTP` or
/// `TCP/DTLS/SCTP` with the format `webrtc-datachannel`.
[[nodiscard]] inline bool is_data_channel_media(media_view const& media) noexcept {
    return media.media() == "application" &&
           (wire::iequals(media.proto(), "UDP/DTLS/SCTP") ||
            wire::iequals(media.proto(), "TCP/DTLS/SCTP")) &&
           wire::iequals(media.formats(), "webrtc-datachannel");
}

/// The value of an a=dcmap (RFC 8864, section 5.1), as views into the text. The first of each
/// option counts.
struct data_channel {
    std::uint16_t stream_id = 0;              ///< of the SCTP stream
    percent_text label{};                     ///< empty where absent
    percent_text subprotocol{};               ///< empty where absent
    bool ordered = true;                      ///< false only by `ordered=false` (5.1.7)
    std::optional<std::uint32_t> max_retr{};  ///< retransmissions
    std::optional<std::uint32_t> max_time{};  ///< milliseconds
    std::uint16_t priority = 256;
    bool repeated = false;  ///< an option stood twice

    /// Neither `max-retr` nor `max-time`.
    [[nodiscard]] constexpr bool reliable() const noexcept { return !max_retr && !max_time; }
    /// Both of them: the whole offer must be refused, the answer counts as failed (RFC 8864, 6.2).
    [[nodiscard]] constexpr bool contradicts_itself() const noexcept {
        return max_retr && max_time;
    }
    /// The subprotocol is "msrp" (DC-3-1).
    [[nodiscard]] constexpr bool is_msrp() const noexcept { return subprotocol == "msrp"; }
    friend constexpr bool operator==(data_channel const&, data_channel const&) = default;
};

/// Reads the value of a=dcmap: `1*5DIGIT [SP dcmap-opt *(";" dcmap-opt)]`. The stream id is at most
/// 65535. `ordered=` takes any token: all but "false" are true (RFC 8864, 5.1.7). Linear, no
/// allocation.
/// @return views of `value`; `bad_data_channel`, or `number_too_large` at the digit that makes a
///         number larger than its field (stream id and priority 16 bits, the others 32).
[[nodiscard]] inline wire::result<data_channel> read_dcmap(std::string_view value) noexcept;

/// The value of an a=dcsa (RFC 8864, section 5.2): an attribute of one data channel.
struct channel_attribute {
    std::uint16_t stream_id = 0;
    attribute embedded{};  ///< any attribute; offsets and line number as those of the a=dcsa line
};

/// Reads the value of a=dcsa: `1*5DIGIT SP attribute`. Whatever attribute there is comes back
/// (DC-4.4-1); as everywhere, its value is not looked into. Linear, no allocation.
/// @param dcsa from a media description; what comes back lives as long as its text.
/// @param skip_blanks the leniency `blank_after_colon`, for the embedded attribute.
/// @return `bad_data_channel` or `number_too_large`, with an offset counted from the value's start.
[[nodiscard]] inline wire::result<channel_attribute> read_dcsa(attribute const& dcsa,
                                                               bool skip_blanks = false) noexcept;

/// The attributes of one data channel, in order, each as if it stood by itself. Malformed a=dcsa
/// lines are passed over. Lives as long as the text; each walk is linear in the lines of the media
/// description.
class channel_attributes {
   public:
    class iterator : public detail::walk<iterator, attribute> {
       public:
        iterator() noexcept = default;
        iterator(attribute_range::iterator at, std::uint16_t stream_id, bool skip_blanks) noexcept
            : at_(at), stream_id_(stream_id), skip_blanks_(skip_blanks) {
            settle();
        }
        [[nodiscard]] attribute operator*() const noexcept { return here_; }
        iterator& operator++() noexcept {
            ++at_;
            settle();
            return *this;
        }
        friend bool operator==(iterator const& a, iterator const& b) noexcept {
            return a.at_ == b.at_;
        }

       private:
        void settle() noexcept {
            for (; at_ != attribute_range::iterator{}; ++at_) {
                attribute const a = *at_;
                if (a.name != "dcsa") continue;
                auto const read = read_dcsa(a, skip_blanks_);
                if (!read || read->stream_id != stream_id_) continue;
                here_ = read->embedded;
                return;
            }
        }
        attribute_range::iterator at_{};
        attribute here_{};
        std::uint16_t stream_id_ = 0;
        bool skip_blanks_ = false;
    };

    channel_attributes(media_view const& media, std::uint16_t stream_id) noexcept
        : all_(media.attributes()),
          stream_id_(stream_id),
          skip_blanks_(media.lenient().blank_after_colon) {}
    [[nodiscard]] iterator begin() const noexcept {
        return {all_.begin(), stream_id_, skip_blanks_};
    }
    [[nodiscard]] iterator end() const noexcept { return {}; }

   private:
    attribute_range all_;
    std::uint16_t stream_id_;
    bool skip_blanks_;
};

/// Calls `f(attribute, wire::result<data_channel>)` for each a=dcmap of a media description, in
/// order, until it returns false. Linear.
template <class F>
void for_each_data_channel(media_view const& media, F&& f) {
    for (attribute const a : media.attributes())
        if (a.name == "dcmap" && !f(a, read_dcmap(a.value))) return;
}

/// The data channel of a stream: of its a=dcmap lines the first that is well formed; nothing where
/// there is none, or the media description is rejected by port zero. Linear, no allocation.
[[nodiscard]] inline std::optional<data_channel> find_data_channel(
    media_view const& media, std::uint16_t stream_id) noexcept;

/// Are the data channels of a media description sound, those of an offer or of an answer? Malformed
/// a=dcmap lines are passed over, as everywhere. Linear, no allocation; 8 KiB of stack.
/// @return success; at the a=dcmap line `channel_repeated` where its stream has one already, or
///         `bad_data_channel` where it has both max-retr and max-time: the whole offer is to be
///         refused, or the answer counts as failed (RFC 8864, 6.2).
[[nodiscard]] inline wire::result<void> check_channels(media_view const& media) noexcept;

/// May the data channels of `answer` answer those of `offer` (RFC 8864, 6.4; DC-4.5-1)? Beside
/// `check_answer`, which looks at the m= lines. Each channel answered was offered, with the same
/// stream id and subprotocol, as ordered, max-retr and max-time; its embedded a=setup fits, with
/// the defaults of RFC 4145 and for MSRP without holdconn (ALT-4.2.1-1). A channel that is left out
/// is refused and to be closed (6.5). No allocation; linear where the answer has its channels in
/// the order of the offer, but the embedded setups cost a walk over both media descriptions for
/// each channel. `limits::max_lines` bounds it.
/// @return success; as `check_channels` of the answer; `channel_not_offered`, `channel_differs` at
///         the a=dcmap line; `channel_setup` there too, or at the answer's a=dcsa line if it has
///         one.
[[nodiscard]] inline wire::result<void> check_channel_answer(media_view const& offer,
                                                             media_view const& answer) noexcept;

/// What became of a stream from one description of a side to its next one (RFC 8864, 6.6).
enum class channel_change : unsigned char {
    opened,  ///< a=dcmap is new
    closed,  ///< a=dcmap was left out (DC-4.6-1); what a=dcsa lines may be left are to be discarded
    kept,    ///< a=dcmap says the same
    reused,  ///< a=dcmap says something else: the channel before is closed, a new one opened
             ///< (6.6.1)
};

/// Calls `f(stream_id, channel_change)` for each stream that has a data channel in one of the two:
/// first for those of `after`, in order, then for the closed ones. A media description that is
/// rejected by port zero has none. Where a stream has several a=dcmap the first counts. It costs
/// the channels of one times the lines of the other; no allocation.
template <class F>
void for_each_channel_change(media_view const& before, media_view const& after, F&& f);

/// Appends the value of an a=dcmap, options in the order of `data_channel`; those that are the
/// default are left out. @param label,subprotocol octets, encoded here where needed. What
/// `channel.label` and `channel.subprotocol` say is not written.
/// @return `illegal_value` where both max-retr and max-time are given; then nothing is appended.
[[nodiscard]] inline wire::result<void> write_dcmap(wire::sink& out, data_channel const& channel,
                                                    std::string_view label,
                                                    std::string_view subprotocol) noexcept;

/// Appends the value of an a=dcsa. @param value nothing: an attribute without one.
/// @return `illegal_value` where name or value cannot stand in an attribute; then nothing is
///         appended.
[[nodiscard]] inline wire::result<void> write_dcsa(wire::sink& out, std::uint16_t stream_id,
                                                   std::string_view name,
                                                   std::optional<std::string_view> value) noexcept;

// Implementation.

namespace detail {

inline constexpr std::uint64_t max_16 = std::numeric_limits<std::uint16_t>::max();
inline constexpr std::uint64_t max_32 = std::numeric_limits<std::uint32_t>::max();

/// `"0" / integer`, up to `top`.
constexpr bool zero_or_integer(cursor& in, std::uint64_t top, std::uint64_t& out,
                               bool& too_large) noexcept {
    out = 0;
    return in.octet('0') || integer(in, out, too_large, top);
}

/// Reads the options of an a=dcmap one by one.
class dcmap_reader {
   public:
    dcmap_reader(cursor& in, data_channel& out) noexcept : in_(in), out_(out) {}

    /// `dcmap-opt`
    constexpr bool option() noexcept {
        if (begins_with(in_, 'o')) return literal(in_, "ordered=") && ordered();
        if (begins_with(in_, 's'))
            return literal(in_, "subprotocol=") && text(out_.subprotocol, has_subprotocol_);
        if (begins_with(in_, 'l')) return literal(in_, "label=") && text(out_.label, has_label_);
        if (begins_with(in_, 'p')) return literal(in_, "priority=") && priority();
        if (!literal(in_, "max-")) return false;
        if (begins_with(in_, 'r')) return literal(in_, "retr=") && number(out_.max_retr);
        return literal(in_, "time=") && number(out_.max_time);
    }
    [[nodiscard]] constexpr bool too_large() const noexcept { return too_large_; }

   private:
    constexpr bool first(bool& before) noexcept {
        out_.repeated = out_.repeated || before;
        return !std::exchange(before, true);
    }
    constexpr bool ordered() noexcept {
        std::string_view value;
        if (!in_.some(token_char, value)) return false;
        if (first(has_ordered_)) out_.ordered = !wire::iequals(value, "false");
        return true;
    }
    constexpr bool text(percent_text& to, bool& before) noexcept {
        std::string_view value;
        if (!quoted(in_, quoted_char, 0, value)) return false;
        if (first(before)) to = percent_text(value);
        return true;
    }
    constexpr bool number(std::optional<std::uint32_t>& to) noexcept {
        std::uint64_t value = 0;
        if (!zero_or_integer(in_, max_32, value, too_large_)) return false;
        bool before = to.has_value();
        if (first(before)) to = static_cast<std::uint32_t>(value);
        return true;
    }
    constexpr bool priority() noexcept {
        std::uint64_t value = 0;
        if (!zero_or_integer(in_, max_16, value, too_large_)) return false;
        if (first(has_priority_)) out_.priority = static_cast<std::uint16_t>(value);
        return true;
    }
    cursor& in_;
    data_channel& out_;
    bool has_ordered_ = false;
    bool has_subprotocol_ = false;
    bool has_label_ = false;
    bool has_priority_ = false;
    bool too_large_ = false;
};

/// `1*5DIGIT`, up to 65535.
constexpr bool stream_id(cursor& in, std::uint16_t& out, bool& too_large) noexcept {
    std::uint64_t value = 0;
    if (!digits(in, max_16, 5, value, too_large)) return false;
    out = static_cast<std::uint16_t>(value);
    return true;
}
[[nodiscard]] inline wire::failure bad_channel(cursor const& in, bool too_large,
                                               std::string_view field) noexcept {
    return in.fail(too_large ? error::number_too_large : error::bad_data_channel, field);
}

}  // namespace detail

inline wire::result<data_channel> read_dcmap(std::string_view value) noexcept {
    detail::cursor in(value);
    data_channel out;
    bool large = false;
    if (!detail::stream_id(in, out.stream_id, large))
        return detail::bad_channel(in, large, "a=dcmap");
    if (in.done()) return out;
    if (!in.octet(' ')) return detail::bad_channel(in, false, "a=dcmap");
    detail::dcmap_reader options(in, out);
    do {
        if (!options.option()) return detail::bad_channel(in, options.too_large(), "a=dcmap");
    } while (in.octet(';'));
    if (!in.done()) return detail::bad_channel(in, false, "a=dcmap");
    return out;
}

inline wire::result<channel_attribute> read_dcsa(attribute const& dcsa, bool skip_blanks) noexcept {
    detail::cursor in(dcsa.value);
    channel_attribute out;
    bool large = false;
    auto& inner = out.embedded;
    if (!detail::stream_id(in, out.stream_id, large) || !in.octet(' ') ||
        !in.some(detail::token_char, inner.name))
        return detail::bad_channel(in, large, "a=dcsa");
    inner.has_value = in.octet(':');
    if (inner.has_value) in.some(detail::value_octet, inner.value);
    if (!in.done()) return detail::bad_channel(in, false, "a=dcsa");
    while (skip_blanks && inner.value.starts_with(' ')) inner.value.remove_prefix(1);
    inner.offset = dcsa.offset;
    inner.line_number = dcsa.line_number;
    inner.value_offset = dcsa.value_offset + (dcsa.value.size() - inner.value.size());
    return out;
}

inline std::optional<data_channel> find_data_channel(media_view const& media,
                                                     std::uint16_t stream_id) noexcept {
    std::optional<data_channel> out;
    if (media.rejected()) return out;
    for_each_data_channel(media, [&](attribute const&, wire::result<data_channel> const& c) {
        if (c && c->stream_id == stream_id) out = *c;
        return !out;
    });
    return out;
}

inline wire::result<void> check_channels(media_view const& media) noexcept {
    wire::result<void> out;
    if (media.rejected()) return out;
    std::array<std::uint64_t, 1024> seen{};
    for_each_data_channel(media, [&](attribute const& a, wire::result<data_channel> const& c) {
        if (!c) return true;
        auto& word = seen[c->stream_id / 64U];
        auto const bit = std::uint64_t{1} << c->stream_id % 64U;
        if ((word & bit) != 0)
            out = wire::failure{make_error_code(error::channel_repeated), a.offset, "a=dcmap"};
        else if (c->contradicts_itself())
            out = wire::failure{make_error_code(error::bad_data_channel), a.offset, "a=dcmap"};
        word |= bit;
        return bool(out);
    });
    return out;
}

namespace detail {

/// The embedded a=setup of a data channel that is well formed, and where it stands.
struct channel_setup {
    std::optional<setup> role{};
    std::optional<std::size_t> offset{};
};
[[nodiscard]] inline channel_setup setup_of(media_view const& media,
                                            std::uint16_t stream_id) noexcept {
    for (attribute const a : channel_attributes(media, stream_id))
        if (a.name == "setup") return {parse_setup(a.value), a.offset};
    return {};
}
/// Walks the well formed a=dcmap of an offer in a circle, so that what is asked for in their order
/// is found at once.
class offered_channels {
   public:
    explicit offered_channels(media_view const& media) noexcept
        : all_(media.attributes()), at_(all_.begin()), none_(media.rejected()) {}
    [[nodiscard]] std::optional<data_channel> find(std::uint16_t stream_id) noexcept {
        if (none_) return std::nullopt;
        attribute_range::iterator const end{};
        auto const start = at_;
        for (; at_ != end; ++at_)
            if (auto c = here(stream_id)) return c;
        for (at_ = all_.begin(); at_ != start; ++at_)
            if (auto c = here(stream_id)) return c;
        return std::nullopt;
    }

   private:
    [[nodiscard]] std::optional<data_channel> here(std::uint16_t stream_id) const noexcept {
        attribute const a = *at_;
        if (a.name != "dcmap") return std::nullopt;
        auto const c = read_dcmap(a.value);
        if (!c || c->stream_id != stream_id) return std::nullopt;
        return *c;
    }
    attribute_range all_;
    attribute_range::iterator at_;
    bool none_;
};

}  // namespace detail

inline wire::result<void> check_channel_answer(media_view const& offer,
                                               media_view const& answer) noexcept {
    auto out = check_channels(answer);
    if (!out || answer.rejected()) return out;
    detail::offered_channels offered(offer);
    for_each_data_channel(answer, [&](attribute const& line, wire::result<data_channel> const& a) {
        if (!a) return true;
        auto const failed = [&out](error why, std::size_t at, std::string_view field) {
            out = wire::failure{make_error_code(why), at, field};
            return false;
        };
        auto const o = offered.find(a->stream_id);
        if (!o) return failed(error::channel_not_offered, line.offset, "a=dcmap");
        if (!(o->subprotocol == a->subprotocol) || o->ordered != a->ordered ||
            o->max_retr != a->max_retr || o->max_time != a->max_time)
            return failed(error::channel_differs, line.offset, "a=dcmap");
        auto const theirs = detail::setup_of(offer, a->stream_id).role;
        auto const own = detail::setup_of(answer, a->stream_id);
        if (!setup_fits(a->is_msrp() ? offered_setup(theirs) : theirs.value_or(setup::active),
                        own.role.value_or(setup::passive)))
            return failed(error::channel_setup, own.offset.value_or(line.offset), "a=dcsa");
        return true;
    });
    return out;
}

template <class F>
void for_each_channel_change(media_view const& before, media_view const& after, F&& f) {
    auto const first_of = [](media_view const& media, auto&& g) {
        if (media.rejected()) return;
        std::array<std::uint64_t, 1024> seen{};
        for_each_data_channel(media, [&](attribute const&, wire::result<data_channel> const& c) {
            if (!c) return true;
            auto& word = seen[c->stream_id / 64U];
            auto const bit = std::uint64_t{1} << c->stream_id % 64U;
            if ((word & bit) == 0) g(*c);
            word |= bit;
            return true;
        });
    };
    first_of(after, [&](data_channel const& c) {
        auto const old = find_data_channel(before, c.stream_id);
        f(c.stream_id, !old        ? channel_change::opened
                       : *old == c ? channel_change::kept
                                   : channel_change::reused);
    });
    first_of(before, [&](data_channel const& c) {
        if (!find_data_channel(after, c.stream_id)) f(c.stream_id, channel_change::closed);
    });
}

inline wire::result<void> write_dcmap(wire::sink& out, data_channel const& channel,
                                      std::string_view label,
                                      std::string_view subprotocol) noexcept {
    if (channel.contradicts_itself())
        return wire::failure{make_error_code(error::illegal_value), 0, "a=dcmap"};
    out << std::uint64_t{channel.stream_id};
    char before = ' ';
    auto const next = [&]() -> wire::sink& {
        out << before;
        before = ';';
        return out;
    };
    auto const text = [&](std::string_view name, std::string_view value) {
        if (value.empty()) return;
        next() << name;
        write_percent(out, value, detail::quoted_char);
        out << '"';
    };
    text("label=\"", label);
    text("subprotocol=\"", subprotocol);
    if (!channel.ordered) next() << "ordered=false";
    if (channel.max_retr) next() << "max-retr=" << std::uint64_t{*channel.max_retr};
    if (channel.max_time) next() << "max-time=" << std::uint64_t{*channel.max_time};
    if (channel.priority != 256) next() << "priority=" << std::uint64_t{channel.priority};
    return {};
}

inline wire::result<void> write_dcsa(wire::sink& out, std::uint16_t stream_id,
                                     std::string_view name,
                                     std::optional<std::string_view> value) noexcept {
    if (!detail::is_token(name) || (value && (value->empty() || !detail::is_byte_text(*value))))
        return wire::failure{make_error_code(error::illegal_value), 0, "a=dcsa"};
    out << std::uint64_t{stream_id} << ' ' << name;
    if (value) out << ':' << *value;
    return {};
}

}  // namespace sdp::inline v0
