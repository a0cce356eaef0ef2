// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// osip2_sdp.cpp - peer: osip2's SDP parser.
// header: osipparser2/sdp_message.h
// library: osipparser2
// package: libosip2-dev
#include <cstring>
#include <string_view>

#include <osipparser2/sdp_message.h>

#include "../bench.hpp"

namespace {

struct osip2_sdp {
    static constexpr bool reads_halves = true;
    bool operator()(std::string_view text) const {
        char terminated[4096];
        if (text.size() >= sizeof terminated) return false;
        std::memcpy(terminated, text.data(), text.size());
        terminated[text.size()] = '\0';
        sdp_message_t* message = nullptr;
        if (::sdp_message_init(&message) != 0) return false;
        int const got = ::sdp_message_parse(message, terminated);
        benchmark::DoNotOptimize(message);
        ::sdp_message_free(message);
        return got == 0;
    }
};
bench::description_parser<osip2_sdp> const registered{
    {"osip2 SDP", bench::role::peer,
     "not strict; every field copied, an allocation for each; nothing of MSRP: attributes stay "
     "text; the row includes a copy of the text with a NUL behind it, which it wants"}};

}  // namespace
