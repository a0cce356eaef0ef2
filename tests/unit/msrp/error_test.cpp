// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// error_test.cpp - each code has a name, a text of its own and a kind.
#include <array>
#include <set>
#include <string>
#include <string_view>
#include <system_error>

#include <msrp/error.hpp>

#include "support/catch.hpp"

namespace {

using msrp::error;
using kind = msrp::error_condition;

struct known_code {
    error code;
    std::string_view name;
    std::string_view text;
    kind condition;
};

constexpr std::array known{
    known_code{error::bad_start_line, "bad_start_line", "not an MSRP request or response line",
               kind::syntax},
    known_code{error::bad_transaction_id, "bad_transaction_id", "malformed transaction id",
               kind::syntax},
    known_code{error::bad_header_line, "bad_header_line", "malformed header line", kind::syntax},
    known_code{error::bad_line_end, "bad_line_end", "line does not end with CRLF", kind::syntax},
    known_code{error::bad_utf8, "bad_utf8", "text is not printable UTF-8", kind::syntax},
    known_code{error::expected_to_path, "expected_to_path",
               "the first header field must be To-Path", kind::syntax},
    known_code{error::expected_from_path, "expected_from_path",
               "the second header field must be From-Path", kind::syntax},
    known_code{error::bad_end_line, "bad_end_line", "end-line does not fit its message",
               kind::syntax},
    known_code{error::body_without_content_type, "body_without_content_type",
               "body without Content-Type before it", kind::syntax},
    known_code{error::body_in_response, "body_in_response", "body in a response", kind::syntax},
    known_code{error::bad_uri, "bad_uri", "malformed MSRP URI", kind::syntax},
    known_code{error::ip_without_port, "ip_without_port", "numeric address without a port",
               kind::syntax},
    known_code{error::bad_port, "bad_port", "port above 65535", kind::syntax},
    known_code{error::bad_path, "bad_path", "malformed path", kind::syntax},
    known_code{error::bad_ident, "bad_ident", "malformed identifier", kind::syntax},
    known_code{error::bad_byte_range, "bad_byte_range", "malformed or senseless Byte-Range",
               kind::syntax},
    known_code{error::bad_status, "bad_status", "malformed Status", kind::syntax},
    known_code{error::bad_number, "bad_number", "malformed number", kind::syntax},
    known_code{error::bad_report_value, "bad_report_value", "malformed report request",
               kind::syntax},
    known_code{error::bad_content_type, "bad_content_type", "malformed media type", kind::syntax},
    known_code{error::bad_authentication, "bad_authentication", "malformed Digest parameters",
               kind::syntax},
    known_code{error::bad_nickname, "bad_nickname", "malformed nickname", kind::syntax},
    known_code{error::bad_mime_field, "bad_mime_field", "malformed MIME field", kind::syntax},
    known_code{error::end_line_in_body, "end_line_in_body", "end-line in a body, not behind CRLF",
               kind::syntax},
    known_code{error::start_line_too_long, "start_line_too_long", "start line too long",
               kind::limit},
    known_code{error::header_line_too_long, "header_line_too_long", "header line too long",
               kind::limit},
    known_code{error::header_block_too_long, "header_block_too_long", "header section too long",
               kind::limit},
    known_code{error::too_many_header_fields, "too_many_header_fields", "too many header fields",
               kind::limit},
    known_code{error::path_too_long, "path_too_long", "too many URIs in a path", kind::limit},
    known_code{error::body_too_long, "body_too_long", "body too long outside a SEND", kind::limit},
    known_code{error::number_too_large, "number_too_large", "number above 2^64-1", kind::limit},
    known_code{error::too_many_ranges, "too_many_ranges", "too many separate byte ranges",
               kind::limit},
    known_code{error::message_too_large, "message_too_large", "message too large", kind::limit},
    known_code{error::too_many_messages, "too_many_messages", "too many messages at once",
               kind::limit},
    known_code{error::buffer_full, "buffer_full", "buffer full", kind::limit},
    known_code{error::too_many_sessions, "too_many_sessions", "too many sessions", kind::limit},
    known_code{error::too_many_connections, "too_many_connections", "too many connections",
               kind::limit},
    known_code{error::field_absent, "field_absent", "header field absent", kind::value},
    known_code{error::field_repeated, "field_repeated", "header field repeated", kind::value},
    known_code{error::field_misplaced, "field_misplaced", "header field out of place", kind::value},
    known_code{error::illegal_octet, "illegal_octet", "octet not allowed in this place",
               kind::misuse},
    known_code{error::wrong_order, "wrong_order", "call not allowed in this state", kind::misuse},
    known_code{error::not_drained, "not_drained", "events of the octets before were not taken",
               kind::misuse},
    known_code{error::no_such_connection, "no_such_connection", "no such connection", kind::misuse},
    known_code{error::no_such_message, "no_such_message", "no such message", kind::misuse},
    known_code{error::session_closed, "session_closed", "session closed", kind::misuse},
    known_code{error::message_aborted, "message_aborted", "message aborted by the peer",
               kind::session},
    known_code{error::timed_out, "timed_out", "no response in time", kind::session},
    known_code{error::refused, "refused", "refused by the peer", kind::session},
    known_code{error::connection_lost, "connection_lost", "connection lost", kind::session},
    known_code{error::no_such_session, "no_such_session", "no such session at the peer",
               kind::session},
    known_code{error::session_bound_elsewhere, "session_bound_elsewhere",
               "session bound to another connection", kind::session},
    known_code{error::connect_refused, "connect_refused", "connection not allowed", kind::session},
    known_code{error::bind_refused, "bind_refused", "peer on the connection is not the session's",
               kind::session},
};

}  // namespace

TEST_CASE("errors: each code has its name, text and condition", "[error]") {
    std::set<std::string> texts;
    for (auto const& k : known) {
        CAPTURE(k.name);
        std::error_code const code = k.code;
        CHECK(msrp::name_of(code) == k.name);
        CHECK(code.message() == k.text);
        CHECK(code == k.condition);
        CHECK(code.default_error_condition() == msrp::make_error_condition(k.condition));
        CHECK(code.category() == msrp::error_category());
        CHECK(texts.insert(code.message()).second);
        for (kind const other :
             {kind::syntax, kind::limit, kind::value, kind::misuse, kind::session})
            CHECK((code == other) == (other == k.condition));
    }
}

TEST_CASE("errors: no number has a name unless it is listed here", "[error]") {
    std::set<int> numbers;
    for (auto const& k : known) numbers.insert(static_cast<int>(k.code));
    CHECK(numbers.size() == known.size());
    for (int n = -1; n < 600; ++n) {
        CAPTURE(n);
        std::error_code const code(n, msrp::error_category());
        CHECK((msrp::name_of(code) == "unknown") == !numbers.contains(n));
        CHECK((code.message() == "unknown msrp error") == !numbers.contains(n));
    }
}

TEST_CASE("errors: codes and conditions of other categories stay apart", "[error]") {
    CHECK(std::string_view(msrp::error_category().name()) == "msrp");
    CHECK(std::string_view(msrp::condition_category().name()) == "msrp.condition");
    std::error_code const other(static_cast<int>(error::bad_uri), std::generic_category());
    CHECK(msrp::name_of(other) == "unknown");
    CHECK(other != kind::syntax);
    CHECK(other != std::error_code(error::bad_uri));
}

TEST_CASE("errors: each condition has a text", "[error]") {
    auto const text = [](kind k) { return msrp::make_error_condition(k).message(); };
    CHECK(text(kind::syntax) == "syntax error");
    CHECK(text(kind::limit) == "limit passed");
    CHECK(text(kind::value) == "value absent or senseless");
    CHECK(text(kind::misuse) == "misuse by the caller");
    CHECK(text(kind::session) == "message or session failed");
    CHECK(std::error_condition(77, msrp::condition_category()).message() ==
          "unknown msrp condition");
}
