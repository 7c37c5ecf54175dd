#include <cmath>
#include <cstring>

#include "base/float16.h"
#include "kernels/tables.h"

namespace caracal {
namespace {

struct RowF32 {
  using Stored = float;
  static float load(const float* p) { return *p; }
  static float store(float x) { return x; }
};
struct RowF16 {
  using Stored = uint16_t;
  static float load(const uint16_t* p) { return f16_to_f32(*p); }
  static uint16_t store(float x) { return f32_to_f16(x); }
};
struct RowBf16 {
  using Stored = uint16_t;
  static float load(const uint16_t* p) { return bf16_to_f32(*p); }
  static uint16_t store(float x) { return f32_to_bf16(x); }
};

constexpr int kLanes = 8;

template <class Row>
void encode(const float* x, int64_t n, std::byte* row) {
  auto* out = reinterpret_cast<typename Row::Stored*>(row);
  for (int64_t i = 0; i < n; ++i) out[i] = Row::store(x[i]);
}

/// Eight interleaved partial sums, added pairwise at the end.
template <class Row>
float dot(const float* q, const std::byte* k, int64_t dim) {
  const auto* row = reinterpret_cast<const typename Row::Stored*>(k);
  float s[kLanes] = {};
  for (int64_t i = 0; i < dim; ++i)
    s[i % kLanes] = std::fmaf(q[i], Row::load(row + i), s[i % kLanes]);
  return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}

template <class Row>
void scores(const float* q, int64_t n_q, int64_t q_stride, const std::byte* k, size_t k_stride,
            int64_t n_keys, int64_t dim, float* out, int64_t out_stride) {
  for (int64_t i = 0; i < n_q; ++i)
    for (int64_t j = 0; j < n_keys; ++j)
      out[i * out_stride + j] =
          dot<Row>(q + i * q_stride, k + static_cast<size_t>(j) * k_stride, dim);
}

template <class Row>
void mix(const float* p, int64_t p_stride, int64_t n_q, const std::byte* v, size_t v_stride,
         int64_t n_keys, int64_t dim, float* acc, int64_t acc_stride) {
  for (int64_t i = 0; i < n_q; ++i)
    for (int64_t j = 0; j < n_keys; ++j) {
      const auto* row =
          reinterpret_cast<const typename Row::Stored*>(v + static_cast<size_t>(j) * v_stride);
      for (int64_t d = 0; d < dim; ++d)
        acc[i * acc_stride + d] =
            std::fmaf(p[i * p_stride + j], Row::load(row + d), acc[i * acc_stride + d]);
    }
}

}  // namespace

const AttendKernels kAttendKernelsRef[3] = {
    {"f32 scalar", encode<RowF32>, scores<RowF32>, mix<RowF32>},
    {"f16 scalar", encode<RowF16>, scores<RowF16>, mix<RowF16>},
    {"bf16 scalar", encode<RowBf16>, scores<RowBf16>, mix<RowBf16>},
};

}  // namespace caracal
