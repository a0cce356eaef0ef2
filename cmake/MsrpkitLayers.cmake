# Copyright 2026 the msrpkit authors.
# SPDX-License-Identifier: BSL-1.0
# MsrpkitLayers.cmake - one INTERFACE target a layer, and msrpkit::msrpkit for all of them.

# msrpkit_layer(<name> GLOB <pattern>... LINK <target>...)
# Sets msrpkit_<name>_headers to the header names as users write them.
function(msrpkit_layer name)
    cmake_parse_arguments(PARSE_ARGV 1 layer "" "" "GLOB;LINK")
    set(include_dir "${PROJECT_SOURCE_DIR}/include")
    list(TRANSFORM layer_GLOB PREPEND "${include_dir}/")
    file(GLOB headers CONFIGURE_DEPENDS ${layer_GLOB})
    add_library(msrpkit_${name} INTERFACE)
    add_library(msrpkit::${name} ALIAS msrpkit_${name})
    set_target_properties(msrpkit_${name} PROPERTIES EXPORT_NAME ${name})
    target_compile_features(msrpkit_${name} INTERFACE cxx_std_20)
    target_sources(
        msrpkit_${name}
        INTERFACE FILE_SET HEADERS
                  BASE_DIRS "${include_dir}"
                  FILES ${headers})
    target_link_libraries(msrpkit_${name} INTERFACE ${layer_LINK})
    set(names "")
    foreach(header IN LISTS headers)
        cmake_path(RELATIVE_PATH header BASE_DIRECTORY "${include_dir}")
        list(APPEND names "${header}")
    endforeach()
    set(msrpkit_${name}_headers "${names}" PARENT_SCOPE)
endfunction()

msrpkit_layer(wire GLOB wire/*.hpp wire/detail/*.hpp)
if("sdp" IN_LIST msrpkit_components)
    msrpkit_layer(sdp GLOB sdp/*.hpp sdp/detail/*.hpp LINK msrpkit::wire Boost::headers)
    msrpkit_layer(msrp GLOB msrp/*.hpp msrp/detail/*.hpp LINK msrpkit::wire msrpkit::sdp
                  Boost::headers)
    msrpkit_layer(cema GLOB cema/*.hpp cema/detail/*.hpp LINK msrpkit::msrp msrpkit::sdp)
endif()
if("transport" IN_LIST msrpkit_components)
    msrpkit_layer(
        transport
        GLOB msrp/transport/*.hpp msrp/transport/detail/*.hpp
        LINK msrpkit::cema
             msrpkit::msrp
             asio::asio
             OpenSSL::SSL
             OpenSSL::Crypto
             Threads::Threads
             Boost::headers)
    # ASIO_HAS_CO_AWAIT: clang with Asio 1.22 does not see its own coroutines; it must be the same in
    # every translation unit, so it is set here and never in a header.
    target_compile_definitions(
        msrpkit_transport INTERFACE ASIO_STANDALONE ASIO_NO_DEPRECATED
                                    $<$<CXX_COMPILER_ID:Clang,AppleClang>:ASIO_HAS_CO_AWAIT=1>)
    # For whoever includes cares_resolver.hpp; installed packages define it likewise.
    if(TARGET c-ares::cares)
        add_library(msrpkit_cares INTERFACE)
        add_library(msrpkit::cares ALIAS msrpkit_cares)
        target_link_libraries(msrpkit_cares INTERFACE msrpkit::transport c-ares::cares)
    endif()
endif()

add_library(msrpkit_all INTERFACE)
add_library(msrpkit::msrpkit ALIAS msrpkit_all)
set_target_properties(msrpkit_all PROPERTIES EXPORT_NAME msrpkit)
list(TRANSFORM msrpkit_components PREPEND msrpkit:: OUTPUT_VARIABLE msrpkit_text)
target_link_libraries(msrpkit_all INTERFACE ${msrpkit_text})
