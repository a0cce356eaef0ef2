// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// main.cpp - the core, built without exceptions (and without RTTI where Spirit is not included).
#if defined(MSRPKIT_ALL_CORE_HEADERS)
#include "core_headers.hpp"
#else
#include "plain_headers.hpp"
#endif

#include <msrp/path.hpp>

#if defined(__cpp_exceptions)
#error "built with exceptions"
#endif

int main() {
    auto const good = msrp::read_path("msrp://[::1]:2855/a;tcp msrps://b.example:9/c;tcp");
    auto const bad = msrp::read_path("msrp://[::1]:2855/a;tcp x");
    return good && good->size() == 2 && !bad && bad.error().offset == 24 ? 0 : 1;
}
