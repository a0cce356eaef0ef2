// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// examined.hpp - a hook by which a test counts the octets that parsers look at.
#pragma once

/// Called with the number of octets that a scan looked at. Does nothing unless a program defines it
/// before it includes any header of the toolkit, in all of its translation units alike.
#ifndef MSRPKIT_EXAMINED
#define MSRPKIT_EXAMINED(octets) static_cast<void>(0)
#endif
