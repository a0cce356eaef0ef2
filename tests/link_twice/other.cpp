// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// other.cpp - all headers in a first translation unit.
#include "all_headers.hpp"
#include "link_twice.hpp"

shared_objects other() { return here(); }
