# Copyright 2026 the msrpkit authors.
# SPDX-License-Identifier: BSL-1.0
# MsrpkitDevelopment.cmake - flags of our own programs (tests, examples, fuzz targets); users of the
# library never see them.

set(MSRPKIT_SANITIZE "" CACHE STRING "Sanitizers of our own programs, e.g. address;undefined")

if(PROJECT_IS_TOP_LEVEL AND NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
    find_program(MSRPKIT_CCACHE ccache)
    mark_as_advanced(MSRPKIT_CCACHE)
    if(MSRPKIT_CCACHE)
        set(CMAKE_CXX_COMPILER_LAUNCHER "${MSRPKIT_CCACHE}")
    endif()
endif()
find_program(MSRPKIT_MOLD mold)
mark_as_advanced(MSRPKIT_MOLD)

set(msrpkit_warnings
    -Wall
    -Wextra
    -Wpedantic
    -Wshadow
    -Wconversion
    -Wsign-conversion
    -Wold-style-cast)
set(msrpkit_sanitize "")
if(MSRPKIT_SANITIZE)
    list(JOIN MSRPKIT_SANITIZE "," msrpkit_text)
    set(msrpkit_sanitize -fsanitize=${msrpkit_text} -fno-sanitize-recover=all
                         -fno-omit-frame-pointer)
endif()
if("implicit-conversion" IN_LIST MSRPKIT_SANITIZE)
    # Other people's headers convert on purpose (hashes, Asio): look at ours only.
    set(msrpkit_ignore "${PROJECT_SOURCE_DIR}/cmake/ubsan_ignorelist.txt")
endif()

# msrpkit_own_target(<target>...): compile and link options of a program of ours.
function(msrpkit_own_target)
    foreach(target IN LISTS ARGN)
        set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
        target_compile_features(${target} PRIVATE cxx_std_20)
        if(NOT MSVC)
            target_compile_options(${target} PRIVATE ${msrpkit_warnings} ${msrpkit_sanitize})
            target_link_options(${target} PRIVATE ${msrpkit_sanitize})
            if(MSRPKIT_WARNINGS_AS_ERRORS)
                target_compile_options(${target} PRIVATE -Werror)
            endif()
            if(msrpkit_ignore)
                target_compile_options(${target} PRIVATE -fsanitize-ignorelist=${msrpkit_ignore})
                set_property(TARGET ${target} APPEND PROPERTY LINK_DEPENDS "${msrpkit_ignore}")
            endif()
            if(MSRPKIT_MOLD AND PROJECT_IS_TOP_LEVEL)
                target_link_options(${target} PRIVATE -fuse-ld=mold)
            endif()
        endif()
    endforeach()
endfunction()
