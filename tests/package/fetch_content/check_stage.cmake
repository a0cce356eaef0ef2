# Copyright 2026 the msrpkit authors.
# SPDX-License-Identifier: BSL-1.0
# check_stage.cmake - fails where the stage holds anything but the consumer's program.
file(GLOB_RECURSE files RELATIVE "${STAGE}" "${STAGE}/*")
if(NOT files MATCHES "^bin/consumer[^;]*$")
    message(FATAL_ERROR "installed: ${files}")
endif()
