// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// limits.hpp - what a peer may at most ask of us, and which departures from the grammar are read.
#pragma once

#include <cstddef>
#include <cstdint>

namespace msrp::inline v0 {

/// Limits of the chunk parser (threat T16). All are on by default; a value is the largest allowed.
/// Lengths are octets of the line without its CRLF.
struct limits {
    std::size_t max_start_line = 1024;
    std::size_t max_header_line = 8192;
    /// Start line and all header lines together, each with its CRLF. A push parser holds a head
    /// that comes in pieces, and a second one beside it at most, in memory that grows with them.
    std::size_t max_header_block = 16384;
    std::size_t max_header_fields = 64;
    /// URIs in one To-Path or From-Path. Those of a Use-Path are as many as its line holds.
    std::size_t max_path_uris = 64;
    /// FRM-7.1-9: the body of a request that is no SEND; with `body_in_response`, of a response.
    std::uint64_t max_non_send_body = 10240;
};

/// Departures from the grammar that the parser reads when told so; each is off by default and each
/// is a risk, described in docs/leniencies.md.
struct leniency {
    /// Blanks (SP) after the colon and between the URIs of a path may be several.
    bool several_blanks = false;
    /// CRLFs before a start line are skipped.
    bool stray_crlf = false;
    /// A response may have a body (with or without Content-Type); it is skipped.
    bool body_in_response = false;
    /// `-------tid$` right where the body begins ends an empty body (FRM-7.1-8).
    bool empty_body_without_crlf = false;
    /// `-------tid` and a flag in a body, not right behind a CRLF and not where the body begins, is
    /// not data but breaks the stream, as erratum 4177 has it (FRM-7.1-8).
    bool fail_at_end_line_without_crlf = false;
    /// A URI may have an IPv6 address without brackets; the digits behind its last colon are the
    /// port.
    bool ipv6_without_brackets = false;
    /// Header text may hold the 5- and 6-octet, overlong and surrogate forms that RFC 4975's
    /// UTF8-NONASCII lets through and RFC 3629 forbids.
    bool loose_utf8 = false;
    /// SP and HTAB around ";" and "=" in Content-Type.
    bool blanks_in_media_type = false;
    /// Blanks (SP), any number, behind the commas of Authentication-Info.
    bool blanks_in_authentication_info = false;
    /// `response` in Authorization may have 64 digits, as with SHA-256 (RLY-9.1-4).
    bool sha256_response = false;
};

/// All limits and leniencies as they are by default.
inline constexpr limits default_limits{};
inline constexpr leniency strict{};

}  // namespace msrp::inline v0
