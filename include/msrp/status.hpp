// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// status.hpp - the value of Status, and what the response codes mean.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include <msrp/error.hpp>
#include <wire/charset.hpp>
#include <wire/result.hpp>
#include <wire/utf8.hpp>

namespace msrp::inline v0 {

/// `namespace SP status-code [SP comment]` (RFC 4975, 7.1.2 and 9), a view into the text read.
struct report_status {
    std::uint16_t name_space = 0;  ///< "000": the codes below (RPT-7.3.2-1)
    std::uint16_t code = 0;
    std::optional<std::string_view> comment{};
    friend bool operator==(report_status const&, report_status const&) = default;
};

/// Reads a Status value, the whole of `text`. Linear; views live as long as the text.
/// @return `bad_status` or, inside the comment, `bad_utf8`.
[[nodiscard]] inline wire::result<report_status> read_status(std::string_view text,
                                                             bool loose_utf8 = false) noexcept {
    report_status s;
    std::size_t at = 0;
    auto const bad = [&](error e, std::size_t where) {
        return wire::failure{make_error_code(e), where, {}};
    };
    for (int part = 0; part < 2; ++part) {
        unsigned value = 0;
        for (int i = 0; i < 3; ++i, ++at) {
            if (at >= text.size() || !wire::digit.contains(text[at]))
                return bad(error::bad_status, at);
            value = value * 10 + static_cast<unsigned>(text[at] - '0');
        }
        (part == 0 ? s.name_space : s.code) = static_cast<std::uint16_t>(value);
        if (part == 0) {
            if (at >= text.size() || text[at] != ' ') return bad(error::bad_status, at);
            ++at;
        }
    }
    if (at == text.size()) return s;
    if (text[at] != ' ') return bad(error::bad_status, at);
    auto const comment = text.substr(at + 1);
    auto const scan = wire::scan_utf8text(comment, loose_utf8);
    if (!scan.whole) return bad(error::bad_utf8, at + 1 + scan.size);
    s.comment = comment;
    return s;
}

/// Response codes of RFC 4975, section 10, RFC 4976, section 10 and RFC 7701, section 10.3.
namespace status_code {
inline constexpr std::uint16_t ok = 200;
inline constexpr std::uint16_t bad_request = 400;
inline constexpr std::uint16_t unauthorized = 401;
inline constexpr std::uint16_t forbidden = 403;
inline constexpr std::uint16_t not_found = 404;
inline constexpr std::uint16_t timeout = 408;
inline constexpr std::uint16_t stop_sending = 413;
inline constexpr std::uint16_t media_type_not_understood = 415;
inline constexpr std::uint16_t out_of_bounds = 423;
inline constexpr std::uint16_t malformed_nickname = 424;
inline constexpr std::uint16_t nickname_in_use = 425;
inline constexpr std::uint16_t private_not_supported = 428;
inline constexpr std::uint16_t no_such_session = 481;
inline constexpr std::uint16_t unknown_method = 501;
inline constexpr std::uint16_t bound_to_another_connection = 506;
}  // namespace status_code

/// Unknown codes count by class: 2xx is success, all else failure.
[[nodiscard]] constexpr bool is_success(std::uint16_t code) noexcept { return code / 100 == 2; }

}  // namespace msrp::inline v0
