#include "weights/float_linear.h"

#include <algorithm>
#include <array>

#include "base/check.h"

namespace caracal {
namespace {

constexpr int64_t kRows = 8;    // activation rows that share a decoded piece
constexpr int64_t kPiece = 32;  // weights decoded at a time; a multiple of every block but 256's

/// Interleaved partial sums of one output: short chains of additions, and a loop the compiler can
/// turn into vectors of any width.
struct Sums {
  std::array<float, 8> lanes{};

  void add(const float* w, const float* x, int64_t n) {
    int64_t i = 0;
    for (; i + 8 <= n; i += 8)
      for (size_t j = 0; j < 8; ++j)
        lanes[j] += w[i + static_cast<int64_t>(j)] * x[i + static_cast<int64_t>(j)];
    for (; i < n; ++i) lanes[static_cast<size_t>(i % 8)] += w[i] * x[i];
  }
  float total() const {
    return ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) +
           ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
  }
};

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
      std::array<Sums, kRows> sums;
      for (int64_t at = 0; at < a.n_in; at += piece) {
        const int64_t n = std::min(piece, a.n_in - at);
        format.decode_row(row + bytes_of(at), n, w.data());
        for (int64_t i = 0; i < n_rows; ++i) {
          const auto* x =
              reinterpret_cast<const float*>(a.acts + static_cast<size_t>(r + i) * a.acts_stride);
          sums[static_cast<size_t>(i)].add(w.data(), x + at, n);
        }
      }
      for (int64_t i = 0; i < n_rows; ++i)
        a.out[(r + i) * a.out_stride + c] = sums[static_cast<size_t>(i)].total();
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
