#pragma once
/// SEAM: how a matrix is stored and multiplied. One folder per format, one line in registry.cc.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "machine/cpu_features.h"
#include "spec/acts.h"
#include "spec/tensor_type.h"
#include "weights/linear_args.h"

namespace caracal {

/// A stored matrix: codes and their companions. GGUF formats keep everything in codes, row after
/// row; other kinds of checkpoint bring scales, zeros, a permutation beside them.
struct WeightBlob {
  int64_t n_out = 0;
  int64_t n_in = 0;
  std::span<const std::byte> codes, scales, zeros, perm, extra;
};

/// Multiplies encoded activations by one format's codes. Serial over the range it is given;
/// noexcept.
struct LinearKernel {
  std::string_view name;  ///< "q4_1_avx2"
  CpuFeatures needs;      ///< instruction sets it uses
  ActEncoding acts;
  int32_t col_tile;  ///< outputs it works on together; ranges start at multiples of it
  size_t (*packed_bytes)(int64_t n_out,
                         int64_t n_in);  ///< nullptr: reads the stored bytes as they are
  /// Writes outputs [col_begin, col_end) of the packed form; col_begin is a multiple of col_tile.
  void (*pack)(const WeightBlob&, int64_t col_begin, int64_t col_end, std::byte* packed);
  LinearRuns run;  ///< without flat this build lacks the instruction-set file: never chosen
};

struct WeightFormat {
  TensorType type;
  std::string_view name;  ///< lower case, as in flags: "q4_1"
  /// Rounds n values (a multiple of the block) to the format, plain round-to-nearest.
  void (*encode_row)(const float* x, int64_t n, std::byte* out);
  /// Exactly what the format defines; this is the format, and the oracle for every kernel.
  void (*decode_row)(const std::byte* stored, int64_t n, float* out);
  std::span<const LinearKernel> kernels;  ///< reference first, best last
};

/// All formats; the conformance test runs every row of it.
std::span<const WeightFormat> weight_formats();
/// nullptr when this version cannot multiply the type.
const WeightFormat* find_weight_format(TensorType type);
/// The last kernel that this build contains and whose needs are all in features. The reference
/// needs nothing, so there always is one.
const LinearKernel& choose_linear_kernel(const WeightFormat& format, CpuFeatures features);
/// Whether a kernel is the scalar reference where vectors could have been used: many times slower
/// than a user expects, so whoever chose it says so.
inline bool is_slow_fallback(const LinearKernel& kernel, CpuFeatures features) {
  return kernel.needs.bits == 0 && features.has(kAvx2Level);
}

}  // namespace caracal
