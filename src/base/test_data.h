#pragma once
/// Tests only: where the project's shared test data lies, or a clear skip when it is absent.
#include <cstdlib>
#include <filesystem>

namespace caracal {

/// CARACAL_TEST_DATA, or ../shared/data beside the source tree; empty when neither exists.
inline std::filesystem::path test_data_dir() {
  namespace fs = std::filesystem;
  if (const char* dir = std::getenv("CARACAL_TEST_DATA")) return dir;
  const fs::path dir = fs::path(CARACAL_SOURCE_DIR) / ".." / "shared" / "data";
  return fs::exists(dir) ? dir : fs::path{};
}

}  // namespace caracal

/// Use at the top of a test that reads shared data; gtest must be included before.
#define CRCL_NEEDS_TEST_DATA()            \
  if (::caracal::test_data_dir().empty()) \
  GTEST_SKIP() << "needs the shared test data: set CARACAL_TEST_DATA to its folder"
