// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// error.hpp - what can be wrong in a negotiation, as std::error_code.
#pragma once

#include <string>
#include <system_error>
#include <type_traits>

namespace cema::inline v0 {

/// Codes of the CEMA layer. The numbers are stable within a minor version. A peer that may not be
/// talked to is no error: that is a decision, and carries its reason.
enum class error {
    // Values: the description of the peer cannot be negotiated about.
    no_message_media = 200,  ///< no m=message line at all
    answer_does_not_fit,     ///< more or fewer m= lines than the offer, or other ones
    // Misuse by the caller.
    bad_own_uri = 300,  ///< not an MSRP-URI with a host, a port and a session-id
    bad_own_relay,      ///< the Use-Path is no path, or one of its URIs has no host or port
    bad_own_scheme,     ///< the scheme of the URI a peer connects to does not fit `tls`
    tls_required,       ///< the policy requires TLS and the own situation has none
    wrong_order,        ///< a call that this state does not allow
    unknown_name,       ///< addresses for a name that was not asked for
    anchor_address,     ///< the anchor's own address has no family or its port is zero
};

/// What kind of thing is wrong; compare any code of this layer with these.
enum class error_condition {
    value = 3,  ///< well formed, but senseless or not fitting
    misuse,     ///< the calling program did what the documentation forbids
};

namespace detail {

class error_category_type final : public std::error_category {
   public:
    [[nodiscard]] char const* name() const noexcept override { return "cema"; }
    [[nodiscard]] std::string message(int code) const override { return text(code); }
    [[nodiscard]] std::error_condition default_error_condition(int code) const noexcept override;

    [[nodiscard]] static char const* text(int code) noexcept {
        switch (static_cast<error>(code)) {
            case error::no_message_media: return "no m=message line";
            case error::answer_does_not_fit: return "the answer's m= lines are not the offer's";
            case error::bad_own_uri: return "own URI is no MSRP-URI with host, port and session-id";
            case error::bad_own_relay: return "own Use-Path is no path of URIs with ports";
            case error::bad_own_scheme: return "own scheme does not fit the use of TLS";
            case error::tls_required: return "TLS is required by policy";
            case error::wrong_order: return "call not allowed in this state";
            case error::unknown_name: return "this name was not asked for";
            case error::anchor_address: return "the anchor's own address is of no use";
        }
        return "unknown cema error";
    }
};

class condition_category_type final : public std::error_category {
   public:
    [[nodiscard]] char const* name() const noexcept override { return "cema.condition"; }
    [[nodiscard]] std::string message(int code) const override {
        switch (static_cast<error_condition>(code)) {
            case error_condition::value: return "value senseless or not fitting";
            case error_condition::misuse: return "misuse by the caller";
        }
        return "unknown cema condition";
    }
};

inline error_category_type const error_category_object{};
inline condition_category_type const condition_category_object{};

}  // namespace detail

/// The category of `cema::error`.
[[nodiscard]] inline std::error_category const& error_category() noexcept {
    return detail::error_category_object;
}
/// The category of `cema::error_condition`.
[[nodiscard]] inline std::error_category const& condition_category() noexcept {
    return detail::condition_category_object;
}

[[nodiscard]] inline std::error_code make_error_code(error e) noexcept {
    return {static_cast<int>(e), error_category()};
}
[[nodiscard]] inline std::error_condition make_error_condition(error_condition c) noexcept {
    return {static_cast<int>(c), condition_category()};
}

inline std::error_condition detail::error_category_type::default_error_condition(
    int code) const noexcept {
    return make_error_condition(code < 300 ? error_condition::value : error_condition::misuse);
}

}  // namespace cema::inline v0

template <>
struct std::is_error_code_enum<cema::error> : std::true_type {};
template <>
struct std::is_error_condition_enum<cema::error_condition> : std::true_type {};
