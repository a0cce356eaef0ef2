// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// main.cpp - the main function of the unit tests, where the Catch2 package brings none.
#define CATCH_CONFIG_MAIN
#include "catch.hpp"
