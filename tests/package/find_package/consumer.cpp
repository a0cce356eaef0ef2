// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// consumer.cpp - uses the installed headers.
#include <wire/config.hpp>
#include <wire/decimal.hpp>

int main() {
    auto const port = wire::parse_decimal("2855");
    return port && *port == 2855 && wire::version.major_number == MSRPKIT_VERSION_MAJOR ? 0 : 1;
}
