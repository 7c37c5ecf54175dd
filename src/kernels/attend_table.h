#pragma once
/// Plain data: instruction-set files include it.
#include <cstddef>
#include <cstdint>

namespace caracal {

/// The inner loops of attention over rows kept in one KvType. Each score is one dot product in a
/// fixed order, and keys are mixed one after the other in ascending order: results do not depend on
/// how many queries or keys a call covers.
struct AttendKernels {
  const char* name;

  /// Stores n floats as one row.
  void (*encode)(const float* x, int64_t n, std::byte* row);

  /// out[i * out_stride + j] = q_i · k_j for n_q queries of dim floats (q_stride floats apart) and
  /// n_keys rows (k_stride bytes apart).
  void (*scores)(const float* q, int64_t n_q, int64_t q_stride, const std::byte* k, size_t k_stride,
                 int64_t n_keys, int64_t dim, float* out, int64_t out_stride);

  /// acc[i * acc_stride + d] += sum over j of p[i * p_stride + j] * v_j[d].
  void (*mix)(const float* p, int64_t p_stride, int64_t n_q, const std::byte* v, size_t v_stride,
              int64_t n_keys, int64_t dim, float* acc, int64_t acc_stride);
};

}  // namespace caracal
