// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// chunk_event.hpp - what a chunk parser says: a chunk begins, some of its body, it ends.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include <msrp/header.hpp>
#include <msrp/method.hpp>

namespace msrp::inline v0 {

/// `continuation-flag` (FRM-7.1-6).
enum class continuation_flag : char {
    complete = '$',  ///< the last octet of the message is in this chunk
    more = '+',      ///< the message goes on in another chunk
    aborted = '#',   ///< the sender gave the message up
};

/// Start line and header fields of one request or response. Views live until the parser is fed
/// again, reset or destroyed.
struct chunk_begin {
    std::string_view transaction_id{};
    msrp::method method = method::none;         ///< none: a response
    std::string_view method_name{};             ///< as on the wire; empty in a response
    std::uint16_t status = 0;                   ///< 0: a request
    std::optional<std::string_view> comment{};  ///< of a response; may be there and empty
    header_view headers{};
    /// FRM-7.1-4: a body, empty or not, follows. Without one, `chunk_end` is the next event.
    bool has_body = false;
    std::uint64_t offset = 0;  ///< of the start line's first octet in the stream

    [[nodiscard]] bool is_request() const noexcept { return method != method::none; }
};

/// Some octets of the body, in order, without a gap. The view lives until the parser is fed again.
/// It is a view into the piece fed last; only octets that earlier pieces ended with and that might
/// have been the beginning of the end-line (at most 43) come from the parser's own memory.
struct chunk_data {
    std::string_view octets{};
};

/// The end-line was read.
struct chunk_end {
    continuation_flag flag = continuation_flag::complete;
    std::uint64_t body_size = 0;  ///< octets of body that this chunk had
    std::uint64_t offset = 0;     ///< just behind the end-line, in the stream
};

using chunk_event = std::variant<chunk_begin, chunk_data, chunk_end>;

/// What a parser found.
enum class parse_status : std::uint8_t {
    event,      ///< an event was stored
    need_more,  ///< nothing more can be said before more octets come
    error,      ///< the stream broke the grammar or a limit; see `error()`
};

/// Where a stream stopped.
enum class stream_end : std::uint8_t {
    boundary,    ///< between messages
    incomplete,  ///< inside a message
    error,       ///< what came last cannot be continued to a message, or an error came before
};

}  // namespace msrp::inline v0
