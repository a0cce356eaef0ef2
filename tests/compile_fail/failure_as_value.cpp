// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// failure_as_value.cpp - std::errc is not an error code of ours: name the code.
// must-fail: could not convert|no viable conversion|cannot convert
#include <cstdint>
#include <system_error>

#include <wire/result.hpp>

wire::result<std::uint64_t> f() {
#if defined(MSRPKIT_FIXED)
    return wire::failure{std::make_error_code(std::errc::invalid_argument), 0, "port"};
#else
    return std::errc::invalid_argument;
#endif
}
