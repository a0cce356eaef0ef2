# Copyright 2026 the msrpkit authors.
# SPDX-License-Identifier: BSL-1.0
# structure.cmake - tests of the house: layers, lone headers, linking twice, what must not compile,
# builds without exceptions and RTTI, the README's example.

# All headers, and by name (the layers test holds the names to it) those that may reach Spirit.
set(all_headers "")
set(core_headers "")
foreach(component IN ITEMS wire sdp msrp cema transport)
    list(APPEND all_headers ${msrpkit_${component}_headers})
    if(NOT component STREQUAL "transport")
        list(APPEND core_headers ${msrpkit_${component}_headers})
    endif()
endforeach()
# It needs c-ares; the test cares has it.
list(REMOVE_ITEM all_headers msrp/transport/cares_resolver.hpp)
set(plain_headers ${core_headers})
list(FILTER plain_headers EXCLUDE REGEX "/detail/grammar[^/]*\\.hpp$|/parse_[^/]*\\.hpp$")

# include_all(<file> <header>...): a header that includes all those named.
function(include_all file)
    list(TRANSFORM ARGN REPLACE "(.+)" "#include <\\1>")
    list(JOIN ARGN "\n" text)
    file(CONFIGURE OUTPUT "${file}" CONTENT "#pragma once\n${text}\n" @ONLY)
endfunction()
set(generated "${CMAKE_CURRENT_BINARY_DIR}/generated")
include_all("${generated}/all_headers.hpp" ${all_headers})
include_all("${generated}/core_headers.hpp" ${core_headers})
include_all("${generated}/plain_headers.hpp" ${plain_headers})

# The compiler's arguments for the scripts, one a line.
set(dirs "")
foreach(target IN ITEMS Boost::headers asio::asio OpenSSL::SSL)
    list(APPEND dirs "$<TARGET_PROPERTY:${target},INTERFACE_INCLUDE_DIRECTORIES>")
endforeach()
# /usr/include, named with -isystem, would hide the compiler's own headers.
set(dirs "$<FILTER:$<REMOVE_DUPLICATES:${dirs}>,EXCLUDE,^/usr/include$>")
set(common -std=c++20 -DASIO_STANDALONE -DASIO_NO_DEPRECATED)
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    list(APPEND common -DASIO_HAS_CO_AWAIT=1)
endif()
list(JOIN common "\n" common)
string(APPEND common "$<$<BOOL:${dirs}>:\n-isystem\n$<JOIN:${dirs},\n-isystem\n>>\n")
list(JOIN msrpkit_warnings "\n" strict)
string(PREPEND strict "-I\n${PROJECT_SOURCE_DIR}/include\n-Werror\n")
file(
    GENERATE
    OUTPUT "${generated}/flags.txt"
    CONTENT "${common}")
file(
    GENERATE
    OUTPUT "${generated}/flags_strict.txt"
    CONTENT "${common}${strict}\n")

find_package(Python3 3.9 REQUIRED COMPONENTS Interpreter)

# Layers.
set(check_layers Python3::Interpreter "${CMAKE_CURRENT_SOURCE_DIR}/layers/check_layers.py" --compiler
                 "${CMAKE_CXX_COMPILER}" --flags "${generated}/flags.txt")
add_test(NAME layers COMMAND ${check_layers} --include "${PROJECT_SOURCE_DIR}/include")
add_test(NAME layers_self_test COMMAND ${check_layers} --self-test)
set_tests_properties(layers layers_self_test PROPERTIES LABELS structure TIMEOUT 300)

# Each header alone, and twice over.
set(alone "")
foreach(header IN LISTS all_headers)
    string(MAKE_C_IDENTIFIER "${header}" name)
    set(file "${CMAKE_CURRENT_BINARY_DIR}/header_alone/${name}.cpp")
    file(CONFIGURE OUTPUT "${file}" CONTENT "#include <${header}>\n#include <${header}>\n" @ONLY)
    list(APPEND alone "${file}")
endforeach()
if(alone)
    add_library(header_alone OBJECT ${alone})
    target_link_libraries(header_alone PRIVATE msrpkit::msrpkit)
    msrpkit_own_target(header_alone)
    set_target_properties(header_alone PROPERTIES CXX_SCAN_FOR_MODULES OFF)
endif()

# Two translation units, one program: nothing is defined twice, and what is inline is one object.
add_executable(link_twice link_twice/main.cpp link_twice/other.cpp)
target_include_directories(link_twice PRIVATE "${generated}")
target_link_libraries(link_twice PRIVATE msrpkit::msrpkit)
msrpkit_own_target(link_twice)
add_test(NAME link_twice COMMAND link_twice)

# The core without exceptions; without RTTI as well where Spirit (which uses typeid) is not included.
add_executable(no_exceptions no_exceptions/main.cpp)
target_compile_definitions(no_exceptions PRIVATE MSRPKIT_ALL_CORE_HEADERS)
target_compile_options(no_exceptions PRIVATE -fno-exceptions)
add_executable(no_rtti no_exceptions/main.cpp)
target_compile_options(no_rtti PRIVATE -fno-exceptions -fno-rtti)
foreach(target IN ITEMS no_exceptions no_rtti)
    target_include_directories(${target} PRIVATE "${generated}")
    target_link_libraries(${target} PRIVATE msrpkit::cema)
    msrpkit_own_target(${target})
    add_test(NAME ${target} COMMAND ${target})
endforeach()
# UBSan's vptr check needs RTTI.
if("undefined" IN_LIST MSRPKIT_SANITIZE)
    target_compile_options(no_rtti PRIVATE -fno-sanitize=vptr)
endif()
set_tests_properties(link_twice no_exceptions no_rtti PROPERTIES LABELS structure)

# What must not compile.
file(GLOB cases CONFIGURE_DEPENDS compile_fail/*.cpp)
foreach(case IN LISTS cases)
    cmake_path(GET case STEM name)
    add_test(NAME compile_fail_${name}
             COMMAND Python3::Interpreter
                     "${CMAKE_CURRENT_SOURCE_DIR}/compile_fail/check_compile_fail.py" --compiler
                     "${CMAKE_CXX_COMPILER}" --flags "${generated}/flags_strict.txt" "${case}")
    set_tests_properties(compile_fail_${name} PROPERTIES LABELS structure TIMEOUT 120)
endforeach()

# The README's first C++ example, as it stands there.
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/README.md")
file(READ "${PROJECT_SOURCE_DIR}/README.md" text)
string(FIND "${text}" "\n```cpp\n" begin)
if(begin EQUAL -1)
    message(FATAL_ERROR "README.md holds no ```cpp example")
endif()
math(EXPR begin "${begin} + 8")
string(SUBSTRING "${text}" ${begin} -1 text)
string(FIND "${text}" "\n```" end)
string(SUBSTRING "${text}" 0 ${end} text)
string(APPEND text "\n")
# Not file(CONFIGURE): a URI in the example may look like one of its @variables@.
set(file "${generated}/readme_example.cpp")
set(old "")
if(EXISTS "${file}")
    file(READ "${file}" old)
endif()
if(NOT old STREQUAL text)
    file(WRITE "${file}" "${text}")
endif()
add_executable(readme_example "${generated}/readme_example.cpp")
target_link_libraries(readme_example PRIVATE msrpkit::msrpkit)
msrpkit_own_target(readme_example)
add_test(NAME readme_example COMMAND readme_example)
set_tests_properties(readme_example PROPERTIES LABELS structure)
