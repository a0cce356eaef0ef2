// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// main.cpp - all headers in a second translation unit: one definition of everything.
#include "all_headers.hpp"
#include "link_twice.hpp"

int main() { return here() == other() && here().version == &wire::version ? 0 : 1; }
