// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// libre.cpp - peer: the SDP of libre.
// header: re/re.h
// library: re
// package: libre-dev
#include <cstdint>
#include <string_view>
#include <utility>

#include <re/re.h>

#include "../bench.hpp"

namespace {

struct libre {
    static constexpr bool reads_halves = true;
    libre() { ready_ = ::sa_set_str(&address_, "127.0.0.1", 0) == 0; }
    bool operator()(std::string_view text) const {
        // A session belongs to one dialog: the m= lines of a later offer must be in the same order.
        sdp_session* session = nullptr;
        if (!ready_ || ::sdp_session_alloc(&session, &address_) != 0) return false;
        bool good = true;
        for (auto const& [name, proto] :
             {std::pair{"message", "TCP/MSRP"}, {"message", "TCP/TLS/MSRP"}, {"audio", "RTP/AVP"}})
            good = good && ::sdp_media_add(nullptr, session, name, 9, proto) == 0;
        mbuf in{};
        in.buf = reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
        in.size = in.end = text.size();
        good = good && ::sdp_decode(session, &in, true) == 0;
        benchmark::DoNotOptimize(session);
        ::mem_deref(session);
        return good;
    }

   private:
    sa address_{};
    bool ready_ = false;
};
bench::description_parser<libre> const registered{
    {"libre", bench::role::peer,
     "not strict; makes and frees its session object with three local media, which it wants; "
     "attributes and formats copied; nothing of MSRP: attributes stay text"}};

}  // namespace
