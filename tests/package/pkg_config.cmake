# Copyright 2026 the msrpkit authors.
# SPDX-License-Identifier: BSL-1.0
# pkg_config.cmake - compiles and runs the consumer with the flags of the .pc files alone.
set(ENV{PKG_CONFIG_PATH} "${PREFIX}/${DATADIR}/pkgconfig")

function(pkg_config result)
    execute_process(
        COMMAND "${PKG_CONFIG}" ${ARGN}
        OUTPUT_VARIABLE text
        OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
    separate_arguments(text)
    set(${result} "${text}" PARENT_SCOPE)
endfunction()

pkg_config(version --modversion msrpkit)
if(NOT version STREQUAL VERSION)
    message(FATAL_ERROR "version ${version}, wanted ${VERSION}")
endif()
file(MAKE_DIRECTORY "${WORK}")
foreach(name IN ITEMS msrpkit msrpkit-transport)
    pkg_config(cflags --cflags ${name})
    pkg_config(libs --libs ${name})
    execute_process(COMMAND "${COMPILER}" -std=c++20 ${cflags} "${SOURCE}" ${libs} -o
                            "${WORK}/${name}" COMMAND_ERROR_IS_FATAL ANY)
    execute_process(COMMAND "${WORK}/${name}" COMMAND_ERROR_IS_FATAL ANY)
endforeach()
if(NOT libs MATCHES "-lssl")
    message(FATAL_ERROR "msrpkit-transport does not bring OpenSSL: ${libs}")
endif()
