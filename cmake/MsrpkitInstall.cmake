# Copyright 2026 the msrpkit authors.
# SPDX-License-Identifier: BSL-1.0
# MsrpkitInstall.cmake - install rules: headers, package config by component, pkg-config files.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# Everything is header-only, so everything goes below share/: no architecture in any path.
set(msrpkit_include_dir "${CMAKE_INSTALL_INCLUDEDIR}/msrpkit")
set(msrpkit_cmake_dir "${CMAKE_INSTALL_DATADIR}/cmake/msrpkit")
set(msrpkit_pc_dir "${CMAKE_INSTALL_DATADIR}/pkgconfig")

# One export file a component: what is not asked for is not loaded, and needs nothing installed.
foreach(component IN LISTS msrpkit_components)
    install(
        TARGETS msrpkit_${component}
        EXPORT msrpkit-${component}
        FILE_SET HEADERS DESTINATION "${msrpkit_include_dir}"
        INCLUDES DESTINATION "${msrpkit_include_dir}")
    install(
        EXPORT msrpkit-${component}
        NAMESPACE msrpkit::
        DESTINATION "${msrpkit_cmake_dir}")
endforeach()

configure_package_config_file(
    cmake/msrpkitConfig.cmake.in "${PROJECT_BINARY_DIR}/package/msrpkitConfig.cmake"
    INSTALL_DESTINATION "${msrpkit_cmake_dir}"
    NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(
    "${PROJECT_BINARY_DIR}/package/msrpkitConfigVersion.cmake"
    COMPATIBILITY SameMinorVersion
    ARCH_INDEPENDENT)
install(FILES "${PROJECT_BINARY_DIR}/package/msrpkitConfig.cmake"
              "${PROJECT_BINARY_DIR}/package/msrpkitConfigVersion.cmake" cmake/Findasio.cmake
              cmake/Findcares.cmake
        DESTINATION "${msrpkit_cmake_dir}")

# The .pc files find their prefix from their own place: the tree may be moved as a whole.
cmake_path(SET msrpkit_pc_path NORMALIZE "/prefix/${msrpkit_pc_dir}")
cmake_path(RELATIVE_PATH msrpkit_pc_path BASE_DIRECTORY "/prefix" OUTPUT_VARIABLE msrpkit_pc_path)
string(REGEX REPLACE "[^/]+" ".." msrpkit_pc_up "${msrpkit_pc_path}")
foreach(name IN ITEMS msrpkit msrpkit-transport)
    configure_file(cmake/${name}.pc.in "${PROJECT_BINARY_DIR}/package/${name}.pc" @ONLY)
    install(FILES "${PROJECT_BINARY_DIR}/package/${name}.pc" DESTINATION "${msrpkit_pc_dir}")
endforeach()
install(FILES LICENSE DESTINATION "${CMAKE_INSTALL_DATADIR}/doc/msrpkit")
