// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// digest_view.hpp - the Digest header fields of RFC 4976 as views.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include <msrp/parameter.hpp>

namespace msrp::inline v0 {

/// Which header field a list of Digest parameters stands in.
enum class digest_kind : std::uint8_t {
    challenge,    ///< WWW-Authenticate
    credentials,  ///< Authorization
    info,         ///< Authentication-Info
};

/// A checked Digest header field; the views live as long as the text that was parsed. Each
/// parameter is there once, has the form that RFC 4976, section 7 gives it, and stands as it was
/// sent.
struct digest_view {
    digest_kind kind = digest_kind::challenge;
    std::string_view scheme{};  ///< "Digest", as spelt; empty in Authentication-Info
    parameter_list parameters{};

    /// The first parameter that RFC 4976, 9.1 demands in this field (errata 1277 and 1278,
    /// RLY-9.1-2, RLY-9.1-3) and that is not there; empty where all are.
    [[nodiscard]] constexpr std::string_view missing() const noexcept {
        constexpr std::array<std::string_view, 3> challenge = {"realm", "nonce", "qop"};
        constexpr std::array<std::string_view, 7> credentials = {
            "username", "realm", "nonce", "response", "cnonce", "nc", "qop"};
        constexpr std::array<std::string_view, 4> info = {"rspauth", "cnonce", "nc", "qop"};
        auto const first_missing = [this](auto const& names) {
            for (auto const name : names)
                if (!parameters.find(name)) return name;
            return std::string_view{};
        };
        switch (kind) {
            case digest_kind::challenge: return first_missing(challenge);
            case digest_kind::credentials: return first_missing(credentials);
            case digest_kind::info: break;
        }
        return first_missing(info);
    }
};

}  // namespace msrp::inline v0
