#pragma once
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "base/file.h"

namespace caracal {

/// Writes a float32 array in NumPy's format, version 1.0 (numpy.lib.format), as its values come.
/// The file appears under its name at commit().
class NpyWriter {
 public:
  /// shape: outermost first. Throws Error(io).
  NpyWriter(const std::filesystem::path& path, const std::vector<int64_t>& shape);

  /// The next values in C order; all together must be as many as the shape says.
  void append(std::span<const float> values);
  uint64_t n_written() const { return n_written_; }
  void commit();

 private:
  AtomicFile file_;
  uint64_t n_expected_ = 1;
  uint64_t n_written_ = 0;
};

}  // namespace caracal
