// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// error.hpp - what can be wrong in SDP and in offer/answer, as std::error_code.
#pragma once

#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>

namespace sdp::inline v0 {

/// Codes of the SDP layer. The numbers are stable within a minor version.
enum class error {
    // Syntax: the text does not follow RFC 8866, section 9.
    bad_line = 1,        ///< not `type "=" value`
    unknown_line,        ///< a type letter that RFC 8866 does not know
    misplaced_line,      ///< a known type letter where it may not stand
    missing_line,        ///< the text ends before a line that must be there
    missing_time,        ///< no t= line
    missing_connection,  ///< no c= line, neither in the media description nor at session level
    bad_line_end,        ///< a line does not end with CRLF or LF; NUL or CR within a line
    bad_version,         ///< v= is not "0"
    bad_origin,          ///< o=
    bad_text,            ///< s= or i= is empty, or e= or p= read as text
    bad_uri,             ///< u=
    bad_connection,      ///< c=
    bad_bandwidth,       ///< b=
    bad_time,            ///< t=
    bad_repeat,          ///< r=
    bad_zone,            ///< z=
    bad_media,           ///< m=
    port_too_large,      ///< the port of m=, or its number of ports, is over 65535
    bad_attribute,       ///< a= without an attribute name
    not_in_grammar,      ///< refused by the X3 grammar (`parse_description`), which says only where
    bad_email,           ///< e=
    bad_phone,           ///< p=
    // Limits: allowed by the grammar, refused by `sdp::limits`.
    text_too_long = 100,
    line_too_long,
    too_many_lines,
    too_many_media,
    // Values: well formed lines whose content is of no use, or an answer that does not fit.
    bad_setup = 200,       ///< the value of a=setup
    bad_fingerprint,       ///< the value of a=fingerprint
    answer_media_count,    ///< the answer has more or fewer m= lines than the offer
    answer_media_type,     ///< an m= line of the answer has another media type
    answer_proto,          ///< an m= line of the answer has another proto
    answer_revives_media,  ///< the offer's port is zero, the answer's is not
    answer_direction,      ///< the directions do not fit
    answer_setup,          ///< the a=setup values do not fit
    answer_time,           ///< t= differs
    bad_origin_change,     ///< o= of a later description: other user or session, or its version
    bad_file_attribute,    ///< the value of one of the file attributes of RFC 5547
    bad_data_channel,      ///< the value of a=dcmap or a=dcsa
    bad_chatroom,          ///< the value of a=chatroom
    number_too_large,      ///< a number in a value above what it may be
    media_vanished,        ///< fewer m= lines than the same side's description before
    channel_not_offered,   ///< the answer has a data channel that the offer has not
    channel_differs,       ///< a data channel of the answer is not as it was offered
    channel_setup,         ///< the setups within a=dcsa do not fit
    channel_repeated,      ///< two a=dcmap of one stream id
    answer_origin,         ///< o= of the answer is that of the offer, from which it differs
    answer_formats,        ///< the formats of an m= line do not fit those of the offer
    answer_address,        ///< multicast and unicast, or two multicast addresses or ports
    // Misuse by the caller.
    illegal_value = 300,  ///< a value to be written that the grammar does not allow there
    no_such_media,        ///< media index out of range
    no_such_line,         ///< nothing there to be changed
    offer_pending,        ///< an offer while another one is unanswered
    stale_offer,          ///< the token is not that of the pending offer
    buffer_too_small,     ///< the memory given cannot hold the text
};

/// What kind of thing is wrong; compare any code of this layer with these.
enum class error_condition {
    syntax = 1,  ///< the text does not follow its grammar
    limit,       ///< a configured limit was passed
    value,       ///< well formed, but senseless or not fitting
    misuse,      ///< the calling program did what the documentation forbids
};

namespace detail {

class error_category_type final : public std::error_category {
   public:
    [[nodiscard]] char const* name() const noexcept override { return "sdp"; }
    [[nodiscard]] std::string message(int code) const override { return text(code); }
    [[nodiscard]] std::error_condition default_error_condition(int code) const noexcept override;

    [[nodiscard]] static char const* text(int code) noexcept {
        switch (static_cast<error>(code)) {
            case error::bad_line: return "line is not TYPE=VALUE";
            case error::unknown_line: return "unknown type of line";
            case error::misplaced_line: return "line out of order";
            case error::missing_line: return "description ends too early";
            case error::missing_time: return "no t= line";
            case error::missing_connection: return "no c= line";
            case error::bad_line_end: return "NUL, stray CR or missing line end";
            case error::bad_version: return "version is not 0";
            case error::bad_origin: return "malformed o= line";
            case error::bad_text: return "empty text";
            case error::bad_uri: return "malformed u= line";
            case error::bad_connection: return "malformed c= line";
            case error::bad_bandwidth: return "malformed b= line";
            case error::bad_time: return "malformed t= line";
            case error::bad_repeat: return "malformed r= line";
            case error::bad_zone: return "malformed z= line";
            case error::bad_media: return "malformed m= line";
            case error::port_too_large: return "port above 65535";
            case error::bad_attribute: return "malformed a= line";
            case error::not_in_grammar: return "text does not follow the SDP grammar";
            case error::bad_email: return "malformed e= line";
            case error::bad_phone: return "malformed p= line";
            case error::text_too_long: return "description too long";
            case error::line_too_long: return "line too long";
            case error::too_many_lines: return "too many lines";
            case error::too_many_media: return "too many media descriptions";
            case error::bad_setup: return "unknown a=setup value";
            case error::bad_fingerprint: return "malformed a=fingerprint value";
            case error::answer_media_count: return "answer has another number of m= lines";
            case error::answer_media_type: return "answer has another media type";
            case error::answer_proto: return "answer has another transport protocol";
            case error::answer_revives_media: return "answer accepts media that was not offered";
            case error::answer_direction: return "direction of the answer does not fit the offer";
            case error::answer_setup: return "a=setup of the answer does not fit the offer";
            case error::answer_time: return "t= of the answer differs from the offer";
            case error::bad_origin_change: return "o= does not continue the description before";
            case error::bad_file_attribute: return "malformed file attribute";
            case error::bad_data_channel: return "malformed a=dcmap or a=dcsa value";
            case error::bad_chatroom: return "malformed a=chatroom value";
            case error::number_too_large: return "number too large";
            case error::media_vanished: return "m= lines vanished since the description before";
            case error::channel_not_offered: return "answer has a data channel not offered";
            case error::channel_differs: return "data channel is not as it was offered";
            case error::channel_setup: return "setups of a data channel do not fit";
            case error::channel_repeated: return "two a=dcmap of one stream id";
            case error::answer_origin: return "o= of the answer is that of the offer";
            case error::answer_formats: return "formats of the answer do not fit the offer";
            case error::answer_address: return "address of the answer does not fit the offer";
            case error::illegal_value: return "value not allowed in this line";
            case error::no_such_media: return "no such media description";
            case error::no_such_line: return "no such line";
            case error::offer_pending: return "an offer is still unanswered";
            case error::stale_offer: return "not the pending offer";
            case error::buffer_too_small: return "buffer too small";
        }
        return "unknown sdp error";
    }
};

class condition_category_type final : public std::error_category {
   public:
    [[nodiscard]] char const* name() const noexcept override { return "sdp.condition"; }
    [[nodiscard]] std::string message(int code) const override {
        switch (static_cast<error_condition>(code)) {
            case error_condition::syntax: return "syntax error";
            case error_condition::limit: return "limit passed";
            case error_condition::value: return "value senseless or not fitting";
            case error_condition::misuse: return "misuse by the caller";
        }
        return "unknown sdp condition";
    }
};

inline error_category_type const error_category_object{};
inline condition_category_type const condition_category_object{};

}  // namespace detail

/// The category of `sdp::error`.
[[nodiscard]] inline std::error_category const& error_category() noexcept {
    return detail::error_category_object;
}
/// The category of `sdp::error_condition`.
[[nodiscard]] inline std::error_category const& condition_category() noexcept {
    return detail::condition_category_object;
}

/// The name of a code as it stands above, for logs and tools; "unknown" for any other number.
[[nodiscard]] constexpr std::string_view name_of(error code) noexcept {
    switch (code) {
        case error::bad_line: return "bad_line";
        case error::unknown_line: return "unknown_line";
        case error::misplaced_line: return "misplaced_line";
        case error::missing_line: return "missing_line";
        case error::missing_time: return "missing_time";
        case error::missing_connection: return "missing_connection";
        case error::bad_line_end: return "bad_line_end";
        case error::bad_version: return "bad_version";
        case error::bad_origin: return "bad_origin";
        case error::bad_text: return "bad_text";
        case error::bad_uri: return "bad_uri";
        case error::bad_connection: return "bad_connection";
        case error::bad_bandwidth: return "bad_bandwidth";
        case error::bad_time: return "bad_time";
        case error::bad_repeat: return "bad_repeat";
        case error::bad_zone: return "bad_zone";
        case error::bad_media: return "bad_media";
        case error::port_too_large: return "port_too_large";
        case error::bad_attribute: return "bad_attribute";
        case error::not_in_grammar: return "not_in_grammar";
        case error::bad_email: return "bad_email";
        case error::bad_phone: return "bad_phone";
        case error::text_too_long: return "text_too_long";
        case error::line_too_long: return "line_too_long";
        case error::too_many_lines: return "too_many_lines";
        case error::too_many_media: return "too_many_media";
        case error::bad_setup: return "bad_setup";
        case error::bad_fingerprint: return "bad_fingerprint";
        case error::answer_media_count: return "answer_media_count";
        case error::answer_media_type: return "answer_media_type";
        case error::answer_proto: return "answer_proto";
        case error::answer_revives_media: return "answer_revives_media";
        case error::answer_direction: return "answer_direction";
        case error::answer_setup: return "answer_setup";
        case error::answer_time: return "answer_time";
        case error::bad_origin_change: return "bad_origin_change";
        case error::bad_file_attribute: return "bad_file_attribute";
        case error::bad_data_channel: return "bad_data_channel";
        case error::bad_chatroom: return "bad_chatroom";
        case error::number_too_large: return "number_too_large";
        case error::media_vanished: return "media_vanished";
        case error::channel_not_offered: return "channel_not_offered";
        case error::channel_differs: return "channel_differs";
        case error::channel_setup: return "channel_setup";
        case error::channel_repeated: return "channel_repeated";
        case error::answer_origin: return "answer_origin";
        case error::answer_formats: return "answer_formats";
        case error::answer_address: return "answer_address";
        case error::illegal_value: return "illegal_value";
        case error::no_such_media: return "no_such_media";
        case error::no_such_line: return "no_such_line";
        case error::offer_pending: return "offer_pending";
        case error::stale_offer: return "stale_offer";
        case error::buffer_too_small: return "buffer_too_small";
    }
    return "unknown";
}
[[nodiscard]] inline std::error_code make_error_code(error e) noexcept {
    return {static_cast<int>(e), error_category()};
}
[[nodiscard]] inline std::error_condition make_error_condition(error_condition c) noexcept {
    return {static_cast<int>(c), condition_category()};
}

inline std::error_condition detail::error_category_type::default_error_condition(
    int code) const noexcept {
    return make_error_condition(code < 100   ? error_condition::syntax
                                : code < 200 ? error_condition::limit
                                : code < 300 ? error_condition::value
                                             : error_condition::misuse);
}

}  // namespace sdp::inline v0

template <>
struct std::is_error_code_enum<sdp::error> : std::true_type {};
template <>
struct std::is_error_condition_enum<sdp::error_condition> : std::true_type {};

namespace sdp::inline v0 {

/// The same of a code that came in an `std::error_code`; "unknown" for a code of another category,
/// too.
[[nodiscard]] inline std::string_view name_of(std::error_code const& code) noexcept {
    if (code.category() != error_category()) return "unknown";
    return name_of(static_cast<error>(code.value()));
}

}  // namespace sdp::inline v0
