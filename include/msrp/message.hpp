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
    /// With need_more: no octet of a message has come, only stray CRLFs if any (`stray_crlf`). If
    /// nothing follows, the stream ends between messages.
    bool boundary = false;
};

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
    auto const whole = [&](std::string_view body, char flag, std::size_t size) {
        head.begin(text, at, out.begin);
        out.body = body;
        out.flag = static_cast<continuation_flag>(flag);
        out.size = at + size;
        return message_status{parse_status::event, {}};
    };
    if (done == outcome::end) return whole({}, head.flag(), head.used());

    std::string_view const rest(text.data() + head.used(), text.size() - head.used());
    bool const is_send = head.method() == method::SEND;
    if (is_send && !lenient.empty_body_without_crlf && !lenient.fail_at_end_line_without_crlf) {
        // The whole end-line is there, as a rule: found without a scanner.
        std::size_t const n = head.transaction_id().size();
        std::array<char, end_line_scanner::needle_max> needle;
        std::memcpy(needle.data(), "\r\n-------", 9);
        std::memcpy(needle.data() + 9, head.transaction_id_octets().data(), ident_max);
        std::size_t const size = wire::find_marker(rest, {needle.data(), 9 + n}, head.kernel());
        std::size_t const flag_at = size + 9 + n;
        MSRPKIT_EXAMINED(std::min(flag_at, rest.size()));
        if (rest.size() < flag_at + 3) return {parse_status::need_more, {}};
        char const flag = rest[flag_at];
        if ((flag == '$' || flag == '+' || flag == '#') && rest[flag_at + 1] == '\r' &&
            rest[flag_at + 2] == '\n')
            return whole({rest.data(), size}, flag, head.used() + flag_at + 3);
    }
    end_line_scanner scanner;
    scanner.start(head.transaction_id_octets(), head.transaction_id().size(), lenient);
    std::size_t scanned = 0;
    std::size_t body = 0;
    end_line_scanner::outcome seen;
    do {
        auto part = rest.substr(scanned);
        if (!is_send) part = scanner.within(limits.max_non_send_body - body, part);
        if (part.empty()) return {parse_status::need_more, {}};
        seen = scanner.scan(part);
        scanned += seen.used;
        body += seen.held.size() + seen.body;
        auto const failed = [&](error why, std::size_t where) {
            return message_status{parse_status::error,
                                  {make_error_code(why), at + head.used() + where, "body"}};
        };
        if (!is_send && body > limits.max_non_send_body)
            return failed(error::body_too_long, scanned - 1);
        if (seen.bare)  // FRM-7.1-8, erratum 4177
            return failed(!is_send && body == limits.max_non_send_body ? error::body_too_long
                                                                       : error::end_line_in_body,
                          body);
    } while (!seen.found);
    bool const is_response = head.method() == method::none;
    return whole(is_response ? std::string_view{} : rest.substr(0, body), seen.flag,
                 head.used() + scanned);
}

}  // namespace msrp::inline v0
