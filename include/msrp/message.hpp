// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// message.hpp - a whole request or response, read in one call.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include <msrp/chunk_event.hpp>
#include <msrp/chunk_puller.hpp>
#include <msrp/detail/head_reader.hpp>
#include <msrp/end_line.hpp>
#include <msrp/limits.hpp>
#include <wire/find_marker.hpp>
#include <wire/result.hpp>

namespace msrp::inline v0 {

/// One chunk, whole, as views into the octets it was read from: start line and header fields
/// (`begin.headers`: fixed slots, nothing decoded until asked), body, flag.
struct message {
    chunk_begin begin{};
    std::string_view body{};  ///< empty also where `begin.has_body` is false: ask that (FRM-7.1-4)
    continuation_flag flag = continuation_flag::complete;
    std::size_t size = 0;  ///< octets from the start line to the end-line's CRLF

    [[nodiscard]] bool is_request() const noexcept { return begin.is_request(); }
};

/// What `parse_message` found.
struct message_status {
    parse_status status;    ///< event: `out` is set; need_more: not whole yet; error: see `error`
    wire::failure error{};  ///< offset from the first octet given
};

namespace detail {

/// The same by the pull parser, event by event: for messages that are not whole, or not simply
/// good.
[[nodiscard]] inline message_status pull_message(std::string_view octets, message& out,
                                                 msrp::limits const& limits,
                                                 msrp::leniency const& lenient,
                                                 bool last) noexcept {
    chunk_puller puller(limits, lenient);
    chunk_event event;
    message m;
    std::string_view rest = octets;
    for (;;) {
        auto const got = puller.next(rest, event);
        rest.remove_prefix(got.used);
        if (got.status == parse_status::error) return {parse_status::error, puller.error()};
        if (got.status == parse_status::need_more) {
            if (last && puller.finish(rest) == stream_end::error)
                return {parse_status::error, puller.error()};
            return {parse_status::need_more, {}};
        }
        if (auto const* begin = std::get_if<chunk_begin>(&event)) m.begin = *begin;
        if (auto const* data = std::get_if<chunk_data>(&event)) m.body = data->octets;
        if (auto const* end = std::get_if<chunk_end>(&event)) {
            m.flag = end->flag;
            m.size = static_cast<std::size_t>(end->offset);
            out = m;
            return {parse_status::event, {}};
        }
    }
}

}  // namespace detail

/// Reads the message at the front of `octets`, which may hold more behind it. Same verdicts,
/// values, errors and offsets as `chunk_parser`. For messages of a page or so: when it says
/// need_more, the next call begins at the front again.
/// @param last nothing will follow `octets`: then octets that cannot be continued to a message are
///        an error even where the line they are in has not ended; else need_more means incomplete.
/// Linear in the message; allocates nothing.
[[nodiscard]] inline message_status parse_message(std::string_view octets, message& out,
                                                  msrp::limits const& limits = default_limits,
                                                  msrp::leniency const& lenient = strict,
                                                  bool last = false) noexcept {
    detail::head_reader head(limits, lenient);
    auto const done = head.read(octets);
    if (done == detail::head_reader::outcome::end) {
        head.begin(octets, 0, out.begin);
        out.body = {};
        out.flag = static_cast<continuation_flag>(head.flag());
        out.size = head.used();
        return {parse_status::event, {}};
    }
    if (done == detail::head_reader::outcome::body && head.method() != method::none) {
        // The whole end-line is there, as a rule; where it is not, or not so simply, the pull
        // parser says what there is.
        std::size_t const n = head.transaction_id().size();
        std::array<char, end_line_scanner::needle_max> needle;
        std::memcpy(needle.data(), "\r\n-------", 9);
        std::memcpy(needle.data() + 9, head.transaction_id_octets().data(), ident_max);
        std::size_t const body = head.used();
        std::string_view const rest(octets.data() + body, octets.size() - body);
        std::size_t const size = wire::find_marker(rest, {needle.data(), 9 + n}, head.kernel());
        std::size_t const flag_at = size + 9 + n;
        bool const bare = lenient.empty_body_without_crlf && rest.starts_with('-');
        if (!bare && rest.size() >= flag_at + 3 && rest[flag_at + 1] == '\r' &&
            rest[flag_at + 2] == '\n' &&
            (head.method() == method::SEND || size <= limits.max_non_send_body)) {
            char const flag = rest[flag_at];
            if (flag == '$' || flag == '+' || flag == '#') {
                head.begin(octets, 0, out.begin);
                out.body = rest.substr(0, size);
                out.flag = static_cast<continuation_flag>(flag);
                out.size = body + flag_at + 3;
                return {parse_status::event, {}};
            }
        }
    }
    return detail::pull_message(octets, out, limits, lenient, last);
}

}  // namespace msrp::inline v0
