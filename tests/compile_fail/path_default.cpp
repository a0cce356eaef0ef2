// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// path_default.cpp - there is no empty path (RFC 4975, section 9): a path comes from a reader.
// must-fail: no matching (function for call|constructor)
#include <msrp/path.hpp>

std::size_t f() {
#if defined(MSRPKIT_FIXED)
    auto const path = msrp::read_path("msrp://127.0.0.1:2855/a;tcp");
    return path ? path->size() : 0;
#else
    msrp::path_view const path{};
    return path.size();
#endif
}
