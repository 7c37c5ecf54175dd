# libcaracal.so, the target caracal::caracal: all modules behind the functions of
# include/caracal/caracal.h. The executable links the modules themselves and does not need it.
include_guard()

set(_map ${CMAKE_SOURCE_DIR}/src/capi/libcaracal.map)
add_library(libcaracal SHARED ${_map})
add_library(caracal::caracal ALIAS libcaracal)
set_target_properties(libcaracal PROPERTIES
  OUTPUT_NAME caracal
  EXPORT_NAME caracal
  VERSION ${PROJECT_VERSION}
  SOVERSION ${PROJECT_VERSION_MAJOR}
  LINKER_LANGUAGE CXX
  LINK_DEPENDS ${_map}
  LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
target_link_libraries(libcaracal PRIVATE $<LINK_LIBRARY:WHOLE_ARCHIVE,caracal_capi>)
target_link_options(libcaracal PRIVATE -Wl,--version-script=${_map})
target_include_directories(libcaracal INTERFACE
  $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}/include> $<INSTALL_INTERFACE:include>)
if(NOT CARACAL_SANITIZE)  # whose run-time symbols come with the executable
  target_link_options(libcaracal PRIVATE -Wl,-z,defs)
endif()
