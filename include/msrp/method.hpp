// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// method.hpp - the methods of RFC 4975, 4976 and 7701.
#pragma once

#include <cstdint>
#include <string_view>

namespace msrp::inline v0 {

/// `method` of RFC 4975, section 9. Case-sensitive (FRM-9-2).
enum class method : std::uint8_t {
    none,  ///< a response
    SEND,
    REPORT,
    AUTH,
    NICKNAME,
    other,  ///< an extension method; its name is in the start line
};

[[nodiscard]] constexpr method method_of(std::string_view name) noexcept {
    if (name == "SEND") return method::SEND;
    if (name == "REPORT") return method::REPORT;
    if (name == "AUTH") return method::AUTH;
    if (name == "NICKNAME") return method::NICKNAME;
    return method::other;
}

}  // namespace msrp::inline v0
