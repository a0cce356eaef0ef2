// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// error.hpp - what can be wrong, as std::error_code, sorted by std::error_condition.
#pragma once

#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>

namespace msrp::inline v0 {

/// Codes of the MSRP layer. The numbers are stable within a minor version.
enum class error {
    // Syntax: the octets do not follow RFC 4975, section 9.
    bad_start_line = 1,         ///< neither a request nor a response line
    bad_transaction_id,         ///< not an `ident` of 4 to 32 octets
    bad_header_line,            ///< not `hname ":" SP hval`
    bad_line_end,               ///< a line does not end with CRLF
    bad_utf8,                   ///< not UTF-8, or a control character
    expected_to_path,           ///< the first header field is not To-Path
    expected_from_path,         ///< the second header field is not From-Path
    bad_end_line,               ///< a header section is closed by another transaction's end-line
    body_without_content_type,  ///< an empty line, but Content-Type was not the field before it
    body_in_response,           ///< responses have no body
    bad_uri,                    ///< not an MSRP-URI
    ip_without_port,            ///< a numeric address needs a port (RFC 4975, section 6)
    bad_port,                   ///< no port of TCP: above 65535
    bad_path,                   ///< not `MSRP-URI *(SP MSRP-URI)`
    bad_ident,                  ///< not an `ident`
    bad_byte_range,             ///< not a Byte-Range, or a senseless one
    bad_status,                 ///< not a Status
    bad_number,                 ///< not `1*DIGIT`
    bad_report_value,           ///< neither yes nor no (nor partial)
    bad_content_type,           ///< not a media-type
    bad_authentication,         ///< not a list of Digest parameters (RFC 4976, section 7)
    bad_nickname,               ///< not a Use-Nickname (RFC 7701, section 10)
    bad_mime_field,             ///< a MIME field that RFC 2045 / 2183 would refuse
    end_line_in_body,           ///< see leniency `fail_at_end_line_without_crlf`
    // Limits: allowed by the grammar, refused by `msrp::limits`.
    start_line_too_long = 100,
    header_line_too_long,
    header_block_too_long,
    too_many_header_fields,
    path_too_long,
    body_too_long,
    number_too_large,  ///< above 2^64-1
    too_many_ranges,   ///< more holes than the range set may hold
    message_too_large,
    too_many_messages,
    buffer_full,
    too_many_sessions,
    too_many_connections,
    // Values: well formed, yet not to be had.
    field_absent = 200,
    field_repeated,
    field_misplaced,
    // Misuse by the caller.
    illegal_octet = 300,  ///< CR, LF, NUL or another octet that may not stand there
    wrong_order,          ///< a call that this state does not allow
    not_drained,          ///< fed again before all events were taken
    no_such_connection,
    no_such_message,
    session_closed,
    // Events of a session.
    message_aborted = 400,  ///< the peer ended the message with "#"
    timed_out,              ///< no response within 30 s (TMR-1)
    refused,                ///< the peer answered with an error status
    connection_lost,
    no_such_session,          ///< 481
    session_bound_elsewhere,  ///< 506
    connect_refused,          ///< the own filter or limit of attempts forbids that connection
    bind_refused,             ///< the own filter forbids the session that connection
};

/// What kind of thing is wrong; compare any `std::error_code` of the toolkit with these.
enum class error_condition {
    syntax = 1,  ///< the text does not follow its grammar
    limit,       ///< a configured limit was passed
    value,       ///< well formed, but absent, repeated, misplaced or senseless
    misuse,      ///< the calling program did what the documentation forbids
    session,     ///< a message or session failed
};

namespace detail {

class error_category_type final : public std::error_category {
   public:
    [[nodiscard]] char const* name() const noexcept override { return "msrp"; }
    [[nodiscard]] std::string message(int code) const override { return text(code); }
    [[nodiscard]] std::error_condition default_error_condition(int code) const noexcept override;

    [[nodiscard]] static char const* text(int code) noexcept {
        switch (static_cast<error>(code)) {
            case error::bad_start_line: return "not an MSRP request or response line";
            case error::bad_transaction_id: return "malformed transaction id";
            case error::bad_header_line: return "malformed header line";
            case error::bad_line_end: return "line does not end with CRLF";
            case error::bad_utf8: return "text is not printable UTF-8";
            case error::expected_to_path: return "the first header field must be To-Path";
            case error::expected_from_path: return "the second header field must be From-Path";
            case error::bad_end_line: return "end-line does not fit its message";
            case error::body_without_content_type: return "body without Content-Type before it";
            case error::body_in_response: return "body in a response";
            case error::bad_uri: return "malformed MSRP URI";
            case error::ip_without_port: return "numeric address without a port";
            case error::bad_port: return "port above 65535";
            case error::bad_path: return "malformed path";
            case error::bad_ident: return "malformed identifier";
            case error::bad_byte_range: return "malformed or senseless Byte-Range";
            case error::bad_status: return "malformed Status";
            case error::bad_number: return "malformed number";
            case error::bad_report_value: return "malformed report request";
            case error::bad_content_type: return "malformed media type";
            case error::bad_authentication: return "malformed Digest parameters";
            case error::bad_nickname: return "malformed nickname";
            case error::bad_mime_field: return "malformed MIME field";
            case error::end_line_in_body: return "end-line in a body, not behind CRLF";
            case error::start_line_too_long: return "start line too long";
            case error::header_line_too_long: return "header line too long";
            case error::header_block_too_long: return "header section too long";
            case error::too_many_header_fields: return "too many header fields";
            case error::path_too_long: return "too many URIs in a path";
            case error::body_too_long: return "body too long outside a SEND";
            case error::number_too_large: return "number above 2^64-1";
            case error::too_many_ranges: return "too many separate byte ranges";
            case error::message_too_large: return "message too large";
            case error::too_many_messages: return "too many messages at once";
            case error::buffer_full: return "buffer full";
            case error::too_many_sessions: return "too many sessions";
            case error::too_many_connections: return "too many connections";
            case error::field_absent: return "header field absent";
            case error::field_repeated: return "header field repeated";
            case error::field_misplaced: return "header field out of place";
            case error::illegal_octet: return "octet not allowed in this place";
            case error::wrong_order: return "call not allowed in this state";
            case error::not_drained: return "events of the octets before were not taken";
            case error::no_such_connection: return "no such connection";
            case error::no_such_message: return "no such message";
            case error::session_closed: return "session closed";
            case error::message_aborted: return "message aborted by the peer";
            case error::timed_out: return "no response in time";
            case error::refused: return "refused by the peer";
            case error::connection_lost: return "connection lost";
            case error::no_such_session: return "no such session at the peer";
            case error::session_bound_elsewhere: return "session bound to another connection";
            case error::connect_refused: return "connection not allowed";
            case error::bind_refused: return "peer on the connection is not the session's";
        }
        return "unknown msrp error";
    }
};

class condition_category_type final : public std::error_category {
   public:
    [[nodiscard]] char const* name() const noexcept override { return "msrp.condition"; }
    [[nodiscard]] std::string message(int code) const override {
        switch (static_cast<error_condition>(code)) {
            case error_condition::syntax: return "syntax error";
            case error_condition::limit: return "limit passed";
            case error_condition::value: return "value absent or senseless";
            case error_condition::misuse: return "misuse by the caller";
            case error_condition::session: return "message or session failed";
        }
        return "unknown msrp condition";
    }
};

inline error_category_type const error_category_object{};
inline condition_category_type const condition_category_object{};

}  // namespace detail

/// The category of `msrp::error`.
[[nodiscard]] inline std::error_category const& error_category() noexcept {
    return detail::error_category_object;
}
/// The category of `msrp::error_condition`.
[[nodiscard]] inline std::error_category const& condition_category() noexcept {
    return detail::condition_category_object;
}

/// The name of a code of this category as the source spells it, for logs and tools; "unknown" for
/// any other code.
[[nodiscard]] inline std::string_view name_of(std::error_code const& code) noexcept {
    if (code.category() != error_category()) return "unknown";
    switch (static_cast<error>(code.value())) {
        case error::bad_start_line: return "bad_start_line";
        case error::bad_transaction_id: return "bad_transaction_id";
        case error::bad_header_line: return "bad_header_line";
        case error::bad_line_end: return "bad_line_end";
        case error::bad_utf8: return "bad_utf8";
        case error::expected_to_path: return "expected_to_path";
        case error::expected_from_path: return "expected_from_path";
        case error::bad_end_line: return "bad_end_line";
        case error::body_without_content_type: return "body_without_content_type";
        case error::body_in_response: return "body_in_response";
        case error::bad_uri: return "bad_uri";
        case error::ip_without_port: return "ip_without_port";
        case error::bad_port: return "bad_port";
        case error::bad_path: return "bad_path";
        case error::bad_ident: return "bad_ident";
        case error::bad_byte_range: return "bad_byte_range";
        case error::bad_status: return "bad_status";
        case error::bad_number: return "bad_number";
        case error::bad_report_value: return "bad_report_value";
        case error::bad_content_type: return "bad_content_type";
        case error::bad_authentication: return "bad_authentication";
        case error::bad_nickname: return "bad_nickname";
        case error::bad_mime_field: return "bad_mime_field";
        case error::end_line_in_body: return "end_line_in_body";
        case error::start_line_too_long: return "start_line_too_long";
        case error::header_line_too_long: return "header_line_too_long";
        case error::header_block_too_long: return "header_block_too_long";
        case error::too_many_header_fields: return "too_many_header_fields";
        case error::path_too_long: return "path_too_long";
        case error::body_too_long: return "body_too_long";
        case error::number_too_large: return "number_too_large";
        case error::too_many_ranges: return "too_many_ranges";
        case error::message_too_large: return "message_too_large";
        case error::too_many_messages: return "too_many_messages";
        case error::buffer_full: return "buffer_full";
        case error::too_many_sessions: return "too_many_sessions";
        case error::too_many_connections: return "too_many_connections";
        case error::field_absent: return "field_absent";
        case error::field_repeated: return "field_repeated";
        case error::field_misplaced: return "field_misplaced";
        case error::illegal_octet: return "illegal_octet";
        case error::wrong_order: return "wrong_order";
        case error::not_drained: return "not_drained";
        case error::no_such_connection: return "no_such_connection";
        case error::no_such_message: return "no_such_message";
        case error::session_closed: return "session_closed";
        case error::message_aborted: return "message_aborted";
        case error::timed_out: return "timed_out";
        case error::refused: return "refused";
        case error::connection_lost: return "connection_lost";
        case error::no_such_session: return "no_such_session";
        case error::session_bound_elsewhere: return "session_bound_elsewhere";
        case error::connect_refused: return "connect_refused";
        case error::bind_refused: return "bind_refused";
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
    auto const kind = code < 100   ? error_condition::syntax
                      : code < 200 ? error_condition::limit
                      : code < 300 ? error_condition::value
                      : code < 400 ? error_condition::misuse
                                   : error_condition::session;
    return make_error_condition(kind);
}

}  // namespace msrp::inline v0

template <>
struct std::is_error_code_enum<msrp::error> : std::true_type {};
template <>
struct std::is_error_condition_enum<msrp::error_condition> : std::true_type {};
