// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// wire_only.cpp - uses the layer wire alone.
#include <wire/decimal.hpp>

int main() { return wire::parse_decimal("2855") ? 0 : 1; }
