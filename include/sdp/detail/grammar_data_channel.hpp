// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// grammar_data_channel.hpp - the normative grammar of a=dcmap and a=dcsa: RFC 8864, sections 5.1.1
// and 5.2.1, as Spirit X3 rules. No errata.
#pragma once

#include <cstdint>
#include <string_view>

#include <sdp/data_channel.hpp>
#include <sdp/detail/grammar_values.hpp>

namespace sdp::inline v0::detail::grammar {

struct dcmap_values : kept_values {
    data_channel channel{};
    bool ordered = false;  ///< has been read
    bool subprotocol = false;
    bool label = false;
    bool priority = false;

    /// The first of an option counts.
    template <class To, class From>
    void first(bool& before, To& to, From const& from) noexcept {
        if (before)
            channel.repeated = true;
        else
            to = from;
        before = true;
    }
};
struct dcsa_values : kept_values {
    std::uint16_t stream_id = 0;
    std::string_view name{};
    std::string_view value{};
    bool has_value = false;
};

// dcmap-stream-id = 1*5DIGIT ; an SCTP stream: 16 bits
struct keep_stream_id {
    void operator()(dcmap_values& v, std::uint64_t id) const noexcept {
        v.channel.stream_id = static_cast<std::uint16_t>(id);
    }
    void operator()(dcsa_values& v, std::uint64_t id) const noexcept {
        v.stream_id = static_cast<std::uint16_t>(id);
    }
};
inline constexpr number<max_16, 5, keep_stream_id> dcmap_stream_id{};

// quoted-string = DQUOTE *(quoted-char / escaped-char) DQUOTE
// quoted-char = SP / quoted-visible; quoted-visible = %x21 / %x23-24 / %x26-7E
// escaped-char = "%" HEXDIG HEXDIG
template <class Keep>
inline constexpr auto quoted_string =
    dquote >> keep_text<Keep>(*(octet_of<quoted_char>{} | pct_encoded)) >> dquote;

// ordering-opt = "ordered=" ordering-value ; ordering-value = "true" / "false", and any other value
// is ignored (section 5.1.7): a token
struct keep_ordered {
    void operator()(dcmap_values& v, std::string_view text) const noexcept {
        v.first(v.ordered, v.channel.ordered, !wire::iequals(text, "false"));
    }
};
inline constexpr auto ordering_opt = word<"ordered=">{} >> keep_text<keep_ordered>(token);
// subprotocol-opt = "subprotocol=" quoted-string
struct keep_subprotocol {
    void operator()(dcmap_values& v, std::string_view text) const noexcept {
        v.first(v.subprotocol, v.channel.subprotocol, percent_text(text));
    }
};
inline constexpr auto subprotocol_opt = word<"subprotocol=">{} >> quoted_string<keep_subprotocol>;
// label-opt = "label=" quoted-string
struct keep_label {
    void operator()(dcmap_values& v, std::string_view text) const noexcept {
        v.first(v.label, v.channel.label, percent_text(text));
    }
};
inline constexpr auto label_opt = word<"label=">{} >> quoted_string<keep_label>;
// maxretr-opt = "max-retr=" maxretr-value ; "0" / integer, less than 2^32
struct keep_max_retr {
    void operator()(dcmap_values& v, std::uint64_t n) const noexcept {
        bool before = v.channel.max_retr.has_value();
        v.first(before, v.channel.max_retr, static_cast<std::uint32_t>(n));
    }
};
inline constexpr auto maxretr_opt =
    word<"max-retr=">{} >> zero_or_integer_to<max_32, keep_max_retr>;
// maxtime-opt = "max-time=" maxtime-value ; "0" / integer, less than 2^32
struct keep_max_time {
    void operator()(dcmap_values& v, std::uint64_t n) const noexcept {
        bool before = v.channel.max_time.has_value();
        v.first(before, v.channel.max_time, static_cast<std::uint32_t>(n));
    }
};
inline constexpr auto maxtime_opt =
    word<"max-time=">{} >> zero_or_integer_to<max_32, keep_max_time>;
// priority-opt = "priority=" priority-value ; "0" / integer, less than 2^16
struct keep_priority {
    void operator()(dcmap_values& v, std::uint64_t n) const noexcept {
        v.first(v.priority, v.channel.priority, static_cast<std::uint16_t>(n));
    }
};
inline constexpr auto priority_opt =
    word<"priority=">{} >> zero_or_integer_to<max_16, keep_priority>;
// dcmap-opt ; that maxretr-opt and maxtime-opt exclude each other is judged by who asks
// (`data_channel::contradicts_itself`): it refuses the offer, not the value
inline constexpr auto dcmap_opt =
    ordering_opt | subprotocol_opt | label_opt | maxretr_opt | maxtime_opt | priority_opt;
// dcmap-value = dcmap-stream-id [ SP dcmap-opt *(";" dcmap-opt) ]
inline constexpr auto dcmap_value = dcmap_stream_id >>
                                    -(sp >> dcmap_opt >> *(octet_is<';'>{} >> dcmap_opt));

// dcsa-value = stream-id SP attribute ; stream-id = 1*5DIGIT
// attribute as in RFC 8866; an empty value is let through, as there
struct keep_embedded_name {
    void operator()(dcsa_values& v, std::string_view text) const noexcept { v.name = text; }
};
struct keep_embedded_value {
    void operator()(dcsa_values& v, std::string_view text) const noexcept {
        v.value = text;
        v.has_value = true;
    }
};
inline constexpr auto dcsa_value = dcmap_stream_id >> sp >> keep_text<keep_embedded_name>(token) >>
                                   -(octet_is<':'>{} >> keep_text<keep_embedded_value>(*byte));

}  // namespace sdp::inline v0::detail::grammar
