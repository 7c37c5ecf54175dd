#include "weights/float_linear.h"

#include <algorithm>
#include <array>
#include <deque>
#include <string>
#include <utility>

#include "base/check.h"

namespace caracal {
namespace {

constexpr int64_t kRows = 32;   // activation rows that share a decoded piece
constexpr int64_t kPiece = 32;  // weights decoded at a time, or one larger block
constexpr size_t kLargestPiece = 256;

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

void multiply(const WeightFormat& format, const LinearArgs& a) noexcept {
  const TensorTypeInfo& type = *tensor_type_info(format.type);
  const int64_t piece = std::max<int64_t>(kPiece, type.block_elements);
  const auto bytes_of = [&](int64_t n) {
    return static_cast<size_t>(n / type.block_elements * type.block_bytes);
  };
  std::array<float, kLargestPiece> w;
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

/// A kernel's run has no room for its format: each row of weight_formats() gets a function.
template <size_t kRow>
void run(const LinearArgs& args) noexcept {
  multiply(weight_formats()[kRow], args);
}

constexpr size_t kMaxFormats = 64;
template <size_t... kRow>
constexpr std::array<LinearRun, kMaxFormats> run_functions(std::index_sequence<kRow...>) {
  return {run<kRow>...};
}

struct NamedKernel {
  std::string name;
  LinearKernel kernel;
};

std::deque<NamedKernel> make_kernels() {
  constexpr auto kRuns = run_functions(std::make_index_sequence<kMaxFormats>());
  CRCL_CHECK_OP(weight_formats().size(), <=, kMaxFormats);
  std::deque<NamedKernel> kernels;
  for (const WeightFormat& format : weight_formats()) {
    NamedKernel& row = kernels.emplace_back();
    row.name = std::string(format.name) + "_float";
    row.kernel = {.name = row.name,
                  .needs = {},
                  .acts = ActEncoding::f32,
                  .col_tile = 1,
                  .packed_bytes = nullptr,
                  .pack = nullptr,
                  .run = {kRuns[kernels.size() - 1]}};
  }
  return kernels;
}

}  // namespace

const LinearKernel& float_linear_kernel(const WeightFormat& format) {
  static const std::deque<NamedKernel> kernels = make_kernels();
  const auto row = std::ranges::find(weight_formats(), format.type, &WeightFormat::type);
  CRCL_CHECK(row != weight_formats().end());
  return kernels[static_cast<size_t>(row - weight_formats().begin())].kernel;
}

}  // namespace caracal
