// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// boost_url.cpp - peer: Boost.URL, used without its library (Boost 1.81 or later).
// header: boost/url/src.hpp
// package: libboost1.81-dev
#include <string_view>

#include <boost/url/src.hpp>

#include "../bench.hpp"

namespace {

struct boost_url {
    bool operator()(std::string_view text) const {
        auto const uri = boost::urls::parse_uri({text.data(), text.size()});
        benchmark::DoNotOptimize(uri);
        return uri.has_value();
    }
};
bench::uri_parser<boost_url> const registered{
    {"Boost.URL", bench::role::peer, "generic URI, parse_uri into a view; no allocation"}};

}  // namespace
