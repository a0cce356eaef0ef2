// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// catch.hpp - Catch2, version 2 or 3, whichever is installed.
#pragma once

#if defined(MSRPKIT_CATCH2_MAJOR)
#if MSRPKIT_CATCH2_MAJOR >= 3
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif
#elif __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif
