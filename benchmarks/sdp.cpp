// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// sdp.cpp - descriptions of MSRP sessions: checked only, and decoded in full.
#include <string_view>

#include <msrp/sdp_media.hpp>
#include <sdp/parser.hpp>

#include "bench.hpp"

namespace {

using bench::role;

struct checked {
    // A description cut off behind a line may be one.
    static constexpr bool reads_halves = true;
    bool operator()(std::string_view text) const {
        auto const description = sdp::parse(text);
        benchmark::DoNotOptimize(description);
        return bool(description);
    }
};
struct decoded {
    bool operator()(std::string_view text) const {
        auto const description = sdp::parse(text);
        if (!description) return false;
        auto const media = msrp::find_sdp_media(*description);
        benchmark::DoNotOptimize(media);
        return media && media->usable();
    }
};
bench::description_parser<decoded> const full{
    {"parse, find_sdp_media", role::ours,
     "strict; every line checked and their order; of the m=message block port, effective c= with "
     "the address, path URIs validated and the outer ones decoded, accept-types, max-size, setup, "
     "direction, fingerprint octets, CEMA, findings; views, no allocation"}};
bench::description_parser<checked> const whole{
    {"parse", role::ours,
     "strict; every line checked and their order, attributes not looked into"}};

}  // namespace
