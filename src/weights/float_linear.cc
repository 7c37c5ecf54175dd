#include "weights/float_linear.h"

#include <algorithm>
#include <array>

#include "base/check.h"

namespace caracal {
namespace {

constexpr int64_t kRows = 8;    // activation rows that share a decoded piece
constexpr int64_t kPiece = 32;  // weights decoded at a time; a multiple of every block but 256's

/// Adds w[0, n) · x_r[0, n) to each of the rows' sums.
void add_products(const float* w, int64_t n, const std::byte* acts, size_t acts_stride,
                  int64_t n_rows, int64_t at, double* sums) {
  for (int64_t r = 0; r < n_rows; ++r) {
    const float* x =
        reinterpret_cast<const float*>(acts + static_cast<size_t>(r) * acts_stride) + at;
    double sum = sums[r];
    for (int64_t i = 0; i < n; ++i) sum += static_cast<double>(w[i]) * x[i];
    sums[r] = sum;
  }
}

template <TensorType kType>
void run(const LinearArgs& a) noexcept {
  static const WeightFormat& format = *find_weight_format(kType);
  const TensorTypeInfo& type = *tensor_type_info(kType);
  const int64_t piece = std::max<int64_t>(kPiece, type.block_elements);
  const auto bytes_of = [&](int64_t n) {
    return static_cast<size_t>(n / type.block_elements * type.block_bytes);
  };
  std::array<float, 256> w;
  for (int64_t c = a.col_begin; c < a.col_end; ++c) {
    const std::byte* row = a.weights + static_cast<size_t>(c) * bytes_of(a.n_in);
    for (int64_t r = a.row_begin; r < a.row_end; r += kRows) {
      const int64_t n_rows = std::min(kRows, a.row_end - r);
      std::array<double, kRows> sums{};
      for (int64_t at = 0; at < a.n_in; at += piece) {
        const int64_t n = std::min(piece, a.n_in - at);
        format.decode_row(row + bytes_of(at), n, w.data());
        add_products(w.data(), n, a.acts + static_cast<size_t>(r) * a.acts_stride, a.acts_stride,
                     n_rows, at, sums.data());
      }
      for (int64_t i = 0; i < n_rows; ++i)
        a.out[(r + i) * a.out_stride + c] = static_cast<float>(sums[static_cast<size_t>(i)]);
    }
  }
}

template <TensorType kType>
constexpr LinearKernel kernel(std::string_view name) {
  return {.name = name,
          .needs = {},
          .acts = ActEncoding::f32,
          .col_tile = 1,
          .packed_bytes = nullptr,
          .pack = nullptr,
          .run = run<kType>};
}

struct Row {
  TensorType type;
  LinearKernel kernel;
};
using enum TensorType;
constexpr Row kRowsByType[] = {
    {f32, kernel<f32>("f32_float")},    {f16, kernel<f16>("f16_float")},
    {bf16, kernel<bf16>("bf16_float")}, {q8_0, kernel<q8_0>("q8_0_float")},
    {q4_0, kernel<q4_0>("q4_0_float")}, {q4_1, kernel<q4_1>("q4_1_float")},
};

}  // namespace

const LinearKernel& float_linear_kernel(const WeightFormat& format) {
  const auto row = std::ranges::find(kRowsByType, format.type, &Row::type);
  CRCL_CHECK(row != std::end(kRowsByType));
  return row->kernel;
}

}  // namespace caracal
