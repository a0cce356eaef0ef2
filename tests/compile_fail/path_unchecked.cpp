// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// path_unchecked.cpp - text that nobody has read is no path.
// must-fail: could not convert|no viable conversion|no matching function
#include <msrp/path.hpp>

namespace {
std::size_t hops(msrp::path_view path) { return path.size(); }
}  // namespace

std::size_t f(std::string_view text) {
#if defined(MSRPKIT_FIXED)
    auto const path = msrp::read_path(text);
    return path ? hops(*path) : 0;
#else
    return hops(text);
#endif
}
