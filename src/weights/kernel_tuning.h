#pragma once
/// Which shape of a linear kernel serves how many rows on this machine: the heuristic dataflow of
/// FlashDecoding++ (Hong et al. 2024, sec. 5), from measurements in place of constants. All shapes
/// give the same bits, so a table that is wrong costs time and nothing else.
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "weights/linear_op.h"

namespace caracal {

/// Seconds of the two shapes for some numbers of rows.
struct ShapeTimes {
  int32_t rows = 0;
  double flat = 0, gemm = 0;  ///< seconds for the same part of a matrix
};

/// Times both shapes on the weights as they lie in memory, on the calling thread, `repetitions`
/// times in turn; medians. The weight's kernel has a gemm, and its data is packed.
std::vector<ShapeTimes> time_shapes(const LinearWeight& weight, int32_t repetitions);

/// The smallest number of rows from which on gemm was never slower than flat; kNeverGemm if there
/// is none.
inline constexpr int32_t kNeverGemm = 1 << 30;
int32_t find_gemm_rows(const std::vector<ShapeTimes>& times);

/// Switch points by kernel and n_in, kept in a file of the machine's own.
class KernelTuning {
 public:
  explicit KernelTuning(std::string fingerprint) : fingerprint_(std::move(fingerprint)) {}

  /// What an earlier run left in folder; empty when there is nothing, or nothing of use.
  static KernelTuning load(const std::filesystem::path& folder, const std::string& fingerprint);
  /// Makes the folder. Throws Error(io).
  void save(const std::filesystem::path& folder) const;

  std::optional<int32_t> gemm_rows(const LinearWeight& weight) const;
  void set_gemm_rows(const LinearWeight& weight, int32_t rows);
  size_t size() const { return rows_.size(); }

 private:
  std::string fingerprint_;
  std::map<std::string, int32_t> rows_;  ///< by "q4_0_avx2 2048"
};

}  // namespace caracal
