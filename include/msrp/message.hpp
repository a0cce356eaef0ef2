// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// message.hpp - a whole request or response, read in one call.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
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
    /// With need_more: no octet of a message has come, only stray CRLFs if any (`stray_crlf`). If
    /// nothing follows, the stream ends between messages.
    bool boundary = false;
};

namespace detail {

/// Where a body ends, and the message.
struct body_end {
    std::size_t body;
    std::size_t used;  ///< end-line included
    char flag;
};
/// Finds the end of the body in `rest`, of any message; `offset` is where it begins.
/// @param end set when the answer is `event`.
[[nodiscard]] MSRPKIT_COLD inline message_status scan_body(head_reader const& head,
                                                           std::string_view rest,
                                                           std::uint64_t offset,
                                                           body_end& end) noexcept {
    bool const is_send = head.method() == method::SEND;
    std::uint64_t const most = head.limits().max_non_send_body;
    end_line_scanner scanner;
    scanner.start(head.transaction_id_octets(), head.transaction_id().size(), head.lenient());
    end = {0, 0, 0};
    end_line_scanner::outcome seen;
    do {
        auto part = rest.substr(end.used);
        if (!is_send) part = scanner.within(most - end.body, part);
        if (part.empty()) return {parse_status::need_more, {}};
        seen = scanner.scan(part);
        end.used += seen.used;
        end.body += seen.held.size() + seen.body;
        auto const failed = [&](error why, std::size_t where) {
            return message_status{parse_status::error,
                                  {make_error_code(why), offset + where, "body"}};
        };
        if (!is_send && end.body > most) return failed(error::body_too_long, end.used - 1);
        if (seen.bare)  // FRM-7.1-8, erratum 4177
            return failed(
                !is_send && end.body == most ? error::body_too_long : error::end_line_in_body,
                end.body);
    } while (!seen.found);
    end.flag = seen.flag;
    return {parse_status::event, {}};
}
/// The same for the body of a SEND that is all there, as a rule: found without a scanner.
/// @return error where `scan_body` has to look.
[[nodiscard]] MSRPKIT_ALWAYS_INLINE parse_status find_body_end(head_reader const& head,
                                                               std::string_view rest,
                                                               body_end& end) noexcept {
    if (head.method() != method::SEND || head.lenient().empty_body_without_crlf ||
        head.lenient().fail_at_end_line_without_crlf)
        return parse_status::error;
    auto const marker = head.end_marker();
    std::size_t const body = wire::find_marker(rest, marker, head.kernel());
    std::size_t const flag_at = body + marker.size();
    MSRPKIT_EXAMINED(std::min(flag_at, rest.size()));
    if (rest.size() < flag_at + 3) return parse_status::need_more;
    char const flag = rest[flag_at];
    end = {body, flag_at + 3, flag};
    bool const found = (flag == '$' || flag == '+' || flag == '#') && rest[flag_at + 1] == '\r' &&
                       rest[flag_at + 2] == '\n';
    return found ? parse_status::event : parse_status::error;
}

}  // namespace detail

/// Reads the message at the front of `octets`, which may hold more behind it. Same verdicts,
/// values, errors and offsets as `chunk_parser`. For messages of a page or so: when it says
/// need_more, the next call begins at the front again.
/// @param last nothing will follow `octets`: then octets that cannot be continued to a message are
///        an error even where the line they are in has not ended; else need_more means that the
///        stream stops inside a message, or between two (`boundary`).
/// Linear in the message; allocates nothing.
[[nodiscard]] inline message_status parse_message(std::string_view octets, message& out,
                                                  msrp::limits const& limits = default_limits,
                                                  msrp::leniency const& lenient = strict,
                                                  bool last = false) noexcept {
    using outcome = detail::head_reader::outcome;
    detail::head_reader head(limits, lenient);
    std::size_t at = 0;  // stray CRLFs before the head
    auto text = octets;
    auto done = head.read(text);
    for (; done == outcome::skipped; done = head.read(text)) {
        at += head.used();
        text = octets.substr(at);
        head.start();
    }
    if (done == outcome::need_more) {
        bool const cut = !last || text.empty() || head.stop(text) != outcome::error;
        if (cut) return {parse_status::need_more, {}, text.empty()};
        done = outcome::error;
    }
    if (done == outcome::error) return {parse_status::error, head.failure().at(at)};
    detail::body_end end{0, 0, head.flag()};
    auto const* const rest = text.data() + head.used();
    if (done == outcome::body) {
        std::string_view const behind(rest, text.size() - head.used());
        auto const quick = detail::find_body_end(head, behind, end);
        if (quick == parse_status::need_more) return {parse_status::need_more, {}};
        if (quick == parse_status::error) [[unlikely]] {
            auto const found = detail::scan_body(head, behind, at + head.used(), end);
            if (found.status != parse_status::event) return found;
            if (head.method() == method::none) end.body = 0;  // skipped
        }
    }
    head.begin(text, at, out.begin);
    out.body = {rest, end.body};
    out.flag = static_cast<continuation_flag>(end.flag);
    out.size = at + head.used() + end.used;
    return {parse_status::event, {}};
}

}  // namespace msrp::inline v0
