# Copyright 2026 the msrpkit authors.
# SPDX-License-Identifier: BSL-1.0
# Findasio.cmake - finds standalone Asio (which ships no package config): target asio::asio.

find_path(asio_INCLUDE_DIR NAMES asio/version.hpp)
mark_as_advanced(asio_INCLUDE_DIR)

if(asio_INCLUDE_DIR)
    # The line reads `#define ASIO_VERSION 102201 // 1.22.1`: take the digits after the name only.
    file(STRINGS "${asio_INCLUDE_DIR}/asio/version.hpp" asio_line
         REGEX "^#define[ \t]+ASIO_VERSION[ \t]+[0-9]+")
    if(asio_line MATCHES "^#define[ \t]+ASIO_VERSION[ \t]+([0-9]+)")
        set(asio_number "${CMAKE_MATCH_1}")
        math(EXPR asio_major "${asio_number} / 100000")
        math(EXPR asio_minor "${asio_number} / 100 % 1000")
        math(EXPR asio_patch "${asio_number} % 100")
        set(asio_VERSION "${asio_major}.${asio_minor}.${asio_patch}")
    endif()
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(
    asio
    REQUIRED_VARS asio_INCLUDE_DIR
    VERSION_VAR asio_VERSION)

if(asio_FOUND AND NOT TARGET asio::asio)
    add_library(asio::asio INTERFACE IMPORTED)
    set_target_properties(asio::asio PROPERTIES INTERFACE_INCLUDE_DIRECTORIES
                                                "${asio_INCLUDE_DIR}")
endif()
