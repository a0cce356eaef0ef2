// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// config.hpp - the version of the toolkit, as macros and as a value.
#pragma once

/// Version of the toolkit (SemVer). The inline namespace `v0` inside every namespace of the toolkit
/// follows the major version, so objects of two majors never meet in one program unseen.
#define MSRPKIT_VERSION_MAJOR 0
#define MSRPKIT_VERSION_MINOR 1
#define MSRPKIT_VERSION_PATCH 0
#define MSRPKIT_VERSION_STRING "0.1.0"

namespace wire::inline v0 {

/// The version as a value. Needs no macro: `wire::version.minor >= 1`.
struct version_type {
    int major_number;
    int minor_number;
    int patch_number;
};

inline constexpr version_type version{MSRPKIT_VERSION_MAJOR, MSRPKIT_VERSION_MINOR,
                                      MSRPKIT_VERSION_PATCH};

}  // namespace wire::inline v0
