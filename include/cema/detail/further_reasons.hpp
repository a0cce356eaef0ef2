// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// further_reasons.hpp - the reasons of the negotiator that are not a table's.
#pragma once

#include <cema/decision_draft00.hpp>
#include <cema/reason.hpp>

namespace cema::inline v0::detail {

/// The reasons that are not a table's, in the words of one document or the other.
struct further_reasons {
    reason no_tls, fingerprint, possible_downgrade, b2bua_likely, b2bua_not_wanted, untrusted, sips,
        psk, certificate_service;
};
inline constexpr further_reasons rfc6714_reasons{
    {"RFC 6714", "7.2", "",
     "No TLS was negotiated: what is sent can be read and changed on the way."},
    {"RFC 6714", "7.7", "",
     "The certificate is checked by fingerprint: as good as the signalling."},
    {"RFC 6714", "7.7", "downgrade",
     "Nothing protects the signalling, so somebody may have taken msrp-cema or TLS out of it."},
    {"RFC 6714", "4.2", "B2BUA",
     "The new offer has no msrp-cema, so the middlebox has to be an MSRP B2BUA."},
    {"RFC 6714", "4.2", "B2BUA", "The other end is an MSRP B2BUA that is not the peer wanted."},
    {"RFC 6714", "7.7", "", "Nothing protects the signalling, so no fingerprint is trusted."},
    {"RFC 6714", "7.7", "SIPS",
     "The fingerprint is trusted because each hop of the signalling is protected."},
    {"RFC 6714", "7.5", "MIKEY-TICKET", "Both sides have pre-shared keys from a key service."},
    {"RFC 6714", "7.5", "RFC 6072",
     "The certificate is the one that a certificate management service gives for the peer."},
};
inline constexpr further_reasons draft00_reasons{
    {draft00_name, "6.1", "", "There is no TLS, which every connection is to have."},
    {draft00_name, "6.2", "",
     "The certificate is checked by fingerprint: as good as the signalling."},
    {draft00_name, "6.4", "downgrade",
     "Nothing protects the signalling, so somebody may have taken msrp-cema or TLS out of it."},
    {draft00_name, "4.2", "B2BUA",
     "The new offer has no msrp-cema, so the middlebox has to be an MSRP B2BUA."},
    {draft00_name, "4.2", "B2BUA", "The other end is an MSRP B2BUA that is not the peer wanted."},
    {draft00_name, "6.2", "1 of the failure",
     "Nothing protects the signalling, so authentication by fingerprint counts as failed."},
    {draft00_name, "6.2", "2 of the failure",
     "The fingerprint is trusted because each hop of the signalling is protected."},
    {draft00_name, "6.2", "2", "Both sides have pre-shared keys from a key service."},
    {draft00_name, "6.2", "1",
     "The certificate is the one that a certificate management service gives for the peer."},
};
inline constexpr reason old_peer_without_tls{
    draft00_name, "6.4", "",
    "The peer has no msrp-cema; toward such a one alone a connection without TLS is allowed."};
inline constexpr reason by_name{"RFC 4975", "5.4", "",
                                "The certificate is checked by the host name of the path URI."};
inline constexpr reason connection_stays{
    "RFC 4975", "8.4", "", "The paths of both sides are unchanged, so the connection stays."};

}  // namespace cema::inline v0::detail
