// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// result_ignored.cpp - a result that nobody looks at is an error.
// must-fail: nodiscard|unused-result
#include <wire/decimal.hpp>

void f() {
#if defined(MSRPKIT_FIXED)
    auto const r = wire::parse_decimal("1");
    static_cast<void>(r);
#else
    wire::parse_decimal("1");
#endif
}
