# cmake --install: the program, the library with its headers, and how other builds find them.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/caracal)

install(TARGETS caracal RUNTIME)
install(TARGETS libcaracal EXPORT caracal-targets LIBRARY INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY include/caracal DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h" PATTERN "*.hpp")

install(EXPORT caracal-targets NAMESPACE caracal:: DESTINATION ${_package_dir})
configure_package_config_file(cmake/caracal-config.cmake.in ${CMAKE_BINARY_DIR}/caracal-config.cmake
  INSTALL_DESTINATION ${_package_dir})
# Until 1.0 a new minor version may break what the last one promised.
write_basic_package_version_file(${CMAKE_BINARY_DIR}/caracal-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/caracal-config.cmake ${CMAKE_BINARY_DIR}/caracal-config-version.cmake
  DESTINATION ${_package_dir})

# The prefix is written relative to the .pc file, so that the tree may be moved.
file(RELATIVE_PATH CARACAL_PC_TO_PREFIX
  ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
string(REGEX REPLACE "/$" "" CARACAL_PC_TO_PREFIX "${CARACAL_PC_TO_PREFIX}")
configure_file(cmake/caracal.pc.in ${CMAKE_BINARY_DIR}/caracal.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/caracal.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

install(FILES docs/man/caracal.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES completions/caracal.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME caracal)
install(FILES LICENSE README.md DESTINATION ${CMAKE_INSTALL_DOCDIR})

# What `caracal bench compare` runs peers with.
install(FILES tests/peer/bench_peer.py tests/peer/bench_engine.py tests/peer/bench_ggml.py
  tests/peer/bench_openvino.py tests/peer/system_line.py tests/peer/requirements.txt
  tests/peer/requirements-ik.txt tests/peer/requirements-openvino.txt tests/peer/README.md
  DESTINATION ${CMAKE_INSTALL_DATADIR}/caracal/peer)
