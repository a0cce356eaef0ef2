// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// error.hpp - what the transport itself can find wrong; Asio's and OpenSSL's codes pass untouched.
#pragma once

#include <string>
#include <system_error>
#include <type_traits>

namespace msrp::inline v0::transport {

/// Codes of the transport. The numbers are stable within a minor version.
enum class error {
    timed_out = 1,            ///< an await took longer than its option allows
    no_address,               ///< a name has no address
    address_refused,          ///< the caller's veto hook refused every address (CON-14.5-1)
    no_target,                ///< the plan names nothing to connect to
    fingerprint_mismatch,     ///< the peer's certificate has none of the promised fingerprints
    no_peer_certificate,      ///< TLS without a certificate of the peer
    no_usable_fingerprint,    ///< the check is by fingerprint, but there is none to compare with
    certificate_not_trusted,  ///< name-based check: chain, dates or name are wrong
    certificate_refused,      ///< the peer does not accept our certificate (its TLS alert says so)
    certificate_unusable,     ///< our own certificate or key cannot be used
    too_many_connections,     ///< more open connections than the limit
    closed,                   ///< closed by this side
};

namespace detail {

class error_category_type final : public std::error_category {
   public:
    [[nodiscard]] char const* name() const noexcept override { return "msrp.transport"; }
    [[nodiscard]] std::string message(int code) const override {
        switch (static_cast<error>(code)) {
            case error::timed_out: return "timed out";
            case error::no_address: return "the name has no address";
            case error::address_refused: return "the address may not be connected to";
            case error::no_target: return "nothing to connect to";
            case error::fingerprint_mismatch:
                return "the peer's certificate does not match its a=fingerprint";
            case error::no_peer_certificate: return "the peer presented no certificate";
            case error::no_usable_fingerprint: return "no usable a=fingerprint to compare with";
            case error::certificate_not_trusted: return "the peer's certificate is not trusted";
            case error::certificate_refused: return "the peer refused our certificate";
            case error::certificate_unusable: return "certificate or key cannot be used";
            case error::too_many_connections: return "too many connections";
            case error::closed: return "closed";
        }
        return "unknown transport error";
    }
};

inline error_category_type const error_category_object{};

}  // namespace detail

/// The category of `msrp::transport::error`.
[[nodiscard]] inline std::error_category const& error_category() noexcept {
    return detail::error_category_object;
}

[[nodiscard]] inline std::error_code make_error_code(error e) noexcept {
    return {static_cast<int>(e), error_category()};
}

}  // namespace msrp::inline v0::transport

template <>
struct std::is_error_code_enum<msrp::transport::error> : std::true_type {};
