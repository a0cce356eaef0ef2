// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// sofia_sip.cpp - peer: sofia-sip's SDP parser.
// header: sofia-sip/sdp.h
// folder: sofia-sip-1.12
// library: sofia-sip-ua
// package: libsofia-sip-ua-dev
#include <string_view>

#define SU_HAVE_INLINE 0  // its inline functions are no C++ with warnings as errors
#include <sofia-sip/sdp.h>

#include "../bench.hpp"

namespace {

struct sofia_sip {
    static constexpr bool reads_halves = true;
    bool operator()(std::string_view text) const {
        sdp_parser_t* const parser =
            ::sdp_parse(nullptr, text.data(), static_cast<issize_t>(text.size()), 0);
        sdp_session_t const* const session = ::sdp_session(parser);
        benchmark::DoNotOptimize(session);
        ::sdp_parser_free(parser);
        return session != nullptr;
    }
};
bench::description_parser<sofia_sip> const registered{
    {"sofia-sip", bench::role::peer,
     "not strict; every line into structures in memory of its own, which is copied and freed; "
     "nothing of MSRP: attributes stay text"}};

}  // namespace
