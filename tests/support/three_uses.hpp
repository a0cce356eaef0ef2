// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// three_uses.hpp - the log of a stream as the pull parser and the whole-message parser see it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <msrp/chunk_puller.hpp>
#include <msrp/message.hpp>

#include "support/chunk_log.hpp"

namespace support {

/// Tells `to` what the pull parser says, over a buffer that grows by `step` octets when more are
/// wanted and whose octets move to fresh, exactly sized memory each time.
template <class Listener>
void hear_pull(Listener& to, std::string_view stream, std::size_t step, msrp::limits const& limits,
               msrp::leniency const& lenient) {
    msrp::chunk_puller puller(limits, lenient);
    std::size_t front = 0;
    std::size_t back = 0;
    msrp::chunk_event event;
    for (;;) {
        // It is asked on and on with what it left, as a program would; memory moves with new
        // octets.
        std::vector<char> const buffer(stream.begin() + static_cast<std::ptrdiff_t>(front),
                                       stream.begin() + static_cast<std::ptrdiff_t>(back));
        std::string_view octets(buffer.data(), buffer.size());
        for (;;) {
            auto const got = puller.next(octets, event);
            if (got.status == msrp::parse_status::event) tell(to, event);
            octets.remove_prefix(got.used);
            front += got.used;
            if (got.status == msrp::parse_status::error)
                return to.stop(msrp::stream_end::error, puller.error());
            if (got.status == msrp::parse_status::need_more) break;
        }
        if (back == stream.size()) {
            auto const how = puller.finish(octets);
            return to.stop(how, puller.error());
        }
        back = std::min(back + step, stream.size());
    }
}

/// Tells `to` what the whole-message parser says. What a body had before its end is missing says
/// the pull parser.
template <class Listener>
void hear_messages(Listener& to, std::string_view stream, msrp::limits const& limits,
                   msrp::leniency const& lenient) {
    std::size_t at = 0;
    while (at < stream.size()) {
        msrp::message m;
        std::vector<char> const copy(stream.begin() + static_cast<std::ptrdiff_t>(at),
                                     stream.end());
        std::string_view const octets(copy.data(), copy.size());
        auto const got = msrp::parse_message(octets, m, limits, lenient, true);
        if (got.status != msrp::parse_status::event) {
            // No message: its events so far are those of the pull parser; the verdict is ours.
            msrp::chunk_puller puller(limits, lenient);
            std::string_view rest = octets;
            msrp::chunk_event event;
            for (;;) {
                auto const step = puller.next(rest, event);
                rest.remove_prefix(step.used);
                if (step.status != msrp::parse_status::event) break;
                tell(to, event, at);
            }
            bool const nothing = got.status == msrp::parse_status::need_more && got.boundary;
            return to.stop(got.status == msrp::parse_status::error ? msrp::stream_end::error
                           : nothing                               ? msrp::stream_end::boundary
                                                                   : msrp::stream_end::incomplete,
                           got.error.at(at));
        }
        tell(to, m.begin, at);
        if (!m.body.empty()) tell(to, msrp::chunk_data{m.body}, at);
        tell(to, msrp::chunk_end{m.flag, m.body.size(), m.size}, at);
        at += m.size;
    }
    to.stop(msrp::stream_end::boundary, {});
}

inline std::string log_by_pull(std::string_view stream, std::size_t step,
                               msrp::limits const& limits = {},
                               msrp::leniency const& lenient = {}) {
    log_text log;
    hear_pull(log, stream, step, limits, lenient);
    return log.text();
}

inline std::string log_by_message(std::string_view stream, msrp::limits const& limits = {},
                                  msrp::leniency const& lenient = {}) {
    log_text log;
    hear_messages(log, stream, limits, lenient);
    return log.text();
}

}  // namespace support
