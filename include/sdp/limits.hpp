// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// limits.hpp - how much a description may be, and which departures from the grammar are read.
#pragma once

#include <cstddef>

namespace sdp::inline v0 {

/// Limits of the parser (threat T26), all on by default; a value is the largest allowed.
struct limits {
    std::size_t max_text = 65536;  ///< octets of the whole description
    std::size_t max_line = 8192;   ///< octets of one line, without its line end
    std::size_t max_lines = 1024;  ///< lines of the whole description
    std::size_t max_media = 64;    ///< m= lines
};

/// Departures from RFC 8866 that are read when told so, each off by default (SDP-8866-2; see
/// docs/leniencies.md). LF alone as line end needs none: it is always read.
struct leniency {
    /// `s=` with nothing behind it.
    bool empty_session_name = false;
    /// No t= line at all.
    bool missing_time = false;
    /// The session's c= line behind t= (before k=, a= and m=).
    bool connection_after_time = false;
    /// No c= line for a media description, neither its own nor the session's.
    bool missing_connection = false;
    /// The last line stops without a line end.
    bool missing_last_line_end = false;
    /// Blanks (SP) behind the colon of an attribute: they are not part of its value.
    bool blank_after_colon = false;
    /// The address type written twice: `c=IN IP6 IP6 ADDRESS` (as RFC 8873 prints it).
    bool doubled_address_type = false;
    /// u=, e= and p= with any text; that of e= and p= is not empty.
    bool contact_as_text = false;

    friend bool operator==(leniency const&, leniency const&) = default;
};

}  // namespace sdp::inline v0
