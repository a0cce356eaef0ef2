// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// result_to_bool.cpp - a result is tested in so many words; it does not turn into a number.
// must-fail: cannot convert|no viable conversion
#include <wire/decimal.hpp>

bool f() {
    auto const r = wire::parse_decimal("1");
#if defined(MSRPKIT_FIXED)
    bool const b = r.has_value();
#else
    bool const b = r;
#endif
    return b;
}
