// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// mime.hpp - the values of Content-Type, Content-ID and Content-Disposition, as views.
#pragma once

#include <string_view>

#include <msrp/parameter.hpp>
#include <wire/charset.hpp>

namespace msrp::inline v0 {

/// `media-type = type "/" subtype *( ";" gen-param )` (RFC 4975, section 9).
struct media_type {
    std::string_view type{};     ///< as spelt; compared in any case
    std::string_view subtype{};  ///< as spelt; compared in any case
    parameter_list parameters{};

    /// Whether it is `type "/" subtype`, whatever its parameters.
    [[nodiscard]] constexpr bool is(std::string_view t, std::string_view s) const noexcept {
        return wire::iequals(type, t) && wire::iequals(subtype, s);
    }
};

/// `disposition-type *( ";" disposition-parm )` (RFC 2183, section 2).
struct content_disposition {
    std::string_view type{};  ///< as spelt; compared in any case
    parameter_list parameters{};
};

/// `msg-id = "<" local-part "@" domain ">"` (RFC 2045, section 7, and RFC 822).
struct content_id {
    std::string_view id{};          ///< without the "<" and ">"
    std::string_view local_part{};  ///< as spelt
    std::string_view domain{};
};

}  // namespace msrp::inline v0
