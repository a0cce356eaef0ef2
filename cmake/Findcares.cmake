# Copyright 2026 the msrpkit authors.
# SPDX-License-Identifier: BSL-1.0
# Findcares.cmake - finds c-ares, with or without a package config of its own: target c-ares::cares.

find_path(cares_INCLUDE_DIR NAMES ares.h)
find_library(cares_LIBRARY NAMES cares)
mark_as_advanced(cares_INCLUDE_DIR cares_LIBRARY)

if(cares_INCLUDE_DIR AND EXISTS "${cares_INCLUDE_DIR}/ares_version.h")
    file(STRINGS "${cares_INCLUDE_DIR}/ares_version.h" cares_line
         REGEX "^#define[ \t]+ARES_VERSION_STR[ \t]+\"")
    if(cares_line MATCHES "\"([0-9]+\\.[0-9]+\\.[0-9]+)")
        set(cares_VERSION "${CMAKE_MATCH_1}")
    endif()
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(
    cares
    REQUIRED_VARS cares_LIBRARY cares_INCLUDE_DIR
    VERSION_VAR cares_VERSION)

if(cares_FOUND AND NOT TARGET c-ares::cares)
    add_library(c-ares::cares UNKNOWN IMPORTED)
    set_target_properties(
        c-ares::cares PROPERTIES IMPORTED_LOCATION "${cares_LIBRARY}" INTERFACE_INCLUDE_DIRECTORIES
                                                                      "${cares_INCLUDE_DIR}")
endif()
