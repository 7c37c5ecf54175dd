/// Conformance: every format of the table, every kernel this machine can run.
#include <gtest/gtest.h>

#include <cmath>

#include "weights/float_linear.h"
#include "weights/weight_problem.h"

namespace caracal {
namespace {

using Problem = WeightProblem;

/// Weights as the kernel reads them, packed in two calls where it packs.
struct Packed {
  AlignedBuffer buffer;
  const std::byte* weights;

  Packed(const Problem& p, const LinearKernel& kernel) : weights(p.stored.data()) {
    if (!kernel.pack) return;
    buffer = AlignedBuffer(kernel.packed_bytes(p.n_out, p.n_in));
    const int64_t middle = p.n_out / 2 / kernel.col_tile * kernel.col_tile;
    kernel.pack(p.blob(), 0, middle, buffer.data());
    kernel.pack(p.blob(), middle, p.n_out, buffer.data());
    weights = buffer.data();
  }
};

struct Range {
  int64_t begin, end;
};

constexpr float kUntouched = -12345;

/// Results [rows, n_out] of the ranges alone; everything else keeps kUntouched.
std::vector<float> run_shape(LinearRun shape, const Problem& p, const Packed& packed, Range rows,
                             Range cols) {
  const int64_t stride = p.n_out + 3;
  std::vector<float> out(static_cast<size_t>(p.rows * stride), kUntouched);
  AlignedBuffer scratch(kLinearScratchBytes);
  shape({.weights = packed.weights,
         .n_out = p.n_out,
         .n_in = p.n_in,
         .acts = p.acts.data(),
         .acts_stride = p.acts_stride,
         .out = out.data(),
         .out_stride = stride,
         .row_begin = rows.begin,
         .row_end = rows.end,
         .col_begin = cols.begin,
         .col_end = cols.end,
         .scratch = scratch.data()});
  return out;
}

/// By both shapes of the kernel, which have to agree.
std::vector<float> run(const LinearKernel& kernel, const Problem& p, const Packed& packed,
                       Range rows, Range cols) {
  const auto flat = run_shape(kernel.run.flat, p, packed, rows, cols);
  if (kernel.run.gemm) {
    EXPECT_EQ(run_shape(kernel.run.gemm, p, packed, rows, cols), flat);
  }
  return flat;
}

std::vector<float> run(const LinearKernel& kernel, const Problem& p) {
  return run(kernel, p, Packed(p, kernel), {0, p.rows}, {0, p.n_out});
}

/// What the format and the activation encoding define, in double precision.
double exact_dot(const Problem& p, int64_t r, int64_t c) {
  std::vector<float> w(static_cast<size_t>(p.n_in));
  p.format.decode_row(p.stored.data() + static_cast<size_t>(c) * row_bytes(p.format, p.n_in),
                      p.n_in, w.data());
  double sum = 0;
  for (int64_t k = 0; k < p.n_in; ++k) {
    const std::byte* row = p.act_row(r);
    const double x =
        p.format.kernels.front().acts == ActEncoding::f32
            ? reinterpret_cast<const float*>(row)[k]
            : double{q8_scales(row, p.n_in)[k / kActGroup]} * static_cast<int8_t>(row[k]);
    sum += x * w[static_cast<size_t>(k)];
  }
  return sum;
}

constexpr int64_t kOutputs[] = {1, 7, 8, 9, 16, 33, 72};
constexpr int64_t kInputs[] = {1, 3, 32, 96, 172, 256, 576, 1536};

/// A width that every format has blocks for, several of them.
constexpr int64_t kWidth = 768;

class WeightFormatTest : public testing::TestWithParam<WeightFormat> {
 protected:
  const WeightFormat& format() const { return GetParam(); }

  /// Calls check(kernel) for the kernels that this build contains and this machine can run.
  template <class Check>
  void for_each_kernel(Check check) const {
    for (const LinearKernel& kernel : format().kernels) {
      if (!kernel.run.flat || !detect_cpu_features().has(kernel.needs)) {
        std::printf("  %s: not run here\n", std::string(kernel.name).c_str());
        continue;
      }
      SCOPED_TRACE(kernel.name);
      check(kernel);
    }
  }
};

TEST_P(WeightFormatTest, is_found_by_type_and_starts_with_a_reference_that_needs_nothing) {
  EXPECT_EQ(find_weight_format(format().type)->name, format().name);
  EXPECT_EQ(format().kernels.front().needs.bits, 0u);
  EXPECT_NE(format().kernels.front().run.flat, nullptr);
  EXPECT_EQ(choose_linear_kernel(format(), {}).name, format().kernels.front().name);
  EXPECT_TRUE(tensor_type_info(format().type)->readable);
}

TEST_P(WeightFormatTest, a_reference_on_a_cpu_with_vectors_is_a_slow_fallback) {
  const LinearKernel& reference = format().kernels.front();
  EXPECT_TRUE(is_slow_fallback(reference, kAvx2Level));
  EXPECT_TRUE(is_slow_fallback(reference, kAvx512Level));
  EXPECT_FALSE(is_slow_fallback(reference, {}));  // --isa scalar: as asked
  if (format().kernels.back().run.flat) {         // built with instruction-set files
    EXPECT_FALSE(is_slow_fallback(choose_linear_kernel(format(), kAvx2Level), kAvx2Level));
  }
}

TEST_P(WeightFormatTest, each_level_takes_its_own_kernel) {
  for (const LinearKernel& kernel : format().kernels)
    if (kernel.run.flat) {
      EXPECT_EQ(&choose_linear_kernel(format(), kernel.needs), &kernel);
    }
}

TEST_P(WeightFormatTest, the_reference_is_the_product_with_the_decoded_weights) {
  for (int64_t n_in : kInputs) {
    if (!fits(format(), n_in)) continue;
    const Problem p(format(), 9, n_in, 2, 5);
    const auto out = run(format().kernels.front(), p);
    const double bound = 1e-6 * std::sqrt(static_cast<double>(n_in)) * 4;
    for (int64_t r = 0; r < p.rows; ++r)
      for (int64_t c = 0; c < p.n_out; ++c)
        EXPECT_NEAR(out[static_cast<size_t>(r * (p.n_out + 3) + c)], exact_dot(p, r, c), bound);
  }
}

TEST_P(WeightFormatTest, the_float_kernel_is_the_product_with_the_decoded_weights) {
  for (int64_t n_in : {int64_t{256}, kWidth})
    for (int64_t rows : {int64_t{1}, int64_t{33}}) {  // more than share a decoded piece
      const Problem p(format(), 9, n_in, rows, 5);
      const auto x = random_floats(rows * n_in, 6);
      std::vector<float> out(static_cast<size_t>(rows * p.n_out));
      float_linear_kernel(format()).run.flat(
          {.weights = p.stored.data(),
           .n_out = p.n_out,
           .n_in = n_in,
           .acts = reinterpret_cast<const std::byte*>(x.data()),
           .acts_stride = static_cast<size_t>(n_in) * sizeof(float),
           .out = out.data(),
           .out_stride = p.n_out,
           .row_begin = 0,
           .row_end = rows,
           .col_begin = 0,
           .col_end = p.n_out});
      std::vector<float> w(static_cast<size_t>(p.n_out * n_in));
      format().decode_row(p.stored.data(), p.n_out * n_in, w.data());
      const double bound = 1e-6 * std::sqrt(static_cast<double>(n_in)) * 4;
      for (int64_t r = 0; r < rows; ++r)
        for (int64_t c = 0; c < p.n_out; ++c) {
          double sum = 0;
          for (int64_t k = 0; k < n_in; ++k)
            sum +=
                double{x[static_cast<size_t>(r * n_in + k)]} * w[static_cast<size_t>(c * n_in + k)];
          EXPECT_NEAR(out[static_cast<size_t>(r * p.n_out + c)], sum, bound) << r << "," << c;
        }
    }
}

TEST_P(WeightFormatTest, every_kernel_equals_the_reference_bit_for_bit) {
  for_each_kernel([&](const LinearKernel& kernel) {
    for (int64_t n_out : kOutputs)
      for (int64_t n_in : kInputs) {
        if (!fits(format(), n_in)) continue;
        const Problem p(format(), n_out, n_in, 7, 7);
        ASSERT_EQ(run(kernel, p), run(format().kernels.front(), p)) << n_out << "x" << n_in;
      }
  });
}

TEST_P(WeightFormatTest, a_result_depends_on_nothing_but_its_row_and_its_output) {
  for_each_kernel([&](const LinearKernel& kernel) {
    const Problem p(format(), 72, kWidth, 150, 9);  // more rows than a GEMM takes at once
    const Packed packed(p, kernel);
    const auto all = run(kernel, p, packed, {0, p.rows}, {0, p.n_out});
    for (Range rows :
         {Range{0, 1}, Range{1, 3}, Range{2, 5}, Range{63, 65}, Range{149, 150}, Range{3, 140}})
      for (Range cols : {Range{0, 72}, Range{0, 16}, Range{16, 40}, Range{64, 72}, Range{64, 67}}) {
        const auto part = run(kernel, p, packed, rows, cols);
        for (int64_t i = 0; i < static_cast<int64_t>(all.size()); ++i) {
          const int64_t r = i / (p.n_out + 3), c = i % (p.n_out + 3);
          const bool inside = r >= rows.begin && r < rows.end && c >= cols.begin && c < cols.end;
          const auto at = static_cast<size_t>(i);
          ASSERT_EQ(part[at], inside ? all[at] : kUntouched) << r << "," << c;
        }
      }
  });
}

/// Bytes of a block that hold its f16 or E8M0 steps; the rest are codes and integer scales.
Range step_bytes(TensorType type) {
  switch (type) {
    case TensorType::q2_k:
      return {80, 84};
    case TensorType::q3_k:
      return {108, 110};
    case TensorType::q6_k:
      return {208, 210};
    case TensorType::tq1_0:
      return {52, 54};
    case TensorType::tq2_0:
      return {64, 66};
    case TensorType::mxfp4:
      return {0, 1};
    case TensorType::q4_1:
    case TensorType::q5_1:
    case TensorType::q4_k:
    case TensorType::q5_k:
      return {0, 4};
    default:
      return {0, 2};
  }
}

TEST_P(WeightFormatTest, extreme_codes_do_not_saturate) {
  // Every stored bit set but for sane steps, against activations of the largest magnitude.
  const TensorTypeInfo& type = type_of(format());
  if (type.block_elements == 1) return;
  const Range steps = step_bytes(format().type);
  Problem p(format(), 8, 256, 1, 11);
  for (int fill : {0x80, 0xff, 0x7f, 0x00}) {
    for (size_t i = 0; i < p.stored.size(); ++i) {
      const auto at = static_cast<int64_t>(i) % type.block_bytes;
      if (at < steps.begin || at >= steps.end) p.stored[i] = static_cast<std::byte>(fill);
    }
    for (float sign : {1.0f, -1.0f}) {
      p.set_acts(0, std::vector<float>(256, sign).data());
      for_each_kernel([&](const LinearKernel& kernel) {
        const auto out = run(kernel, p);
        EXPECT_EQ(out, run(format().kernels.front(), p)) << fill;
        EXPECT_NEAR(out[0], exact_dot(p, 0, 0), std::fabs(out[0]) * 1e-5 + 1e-5);
      });
    }
  }
}

TEST_P(WeightFormatTest, one_wrong_stored_byte_is_noticed) {  // negative control of the comparisons
  for_each_kernel([&](const LinearKernel& kernel) {
    Problem p(format(), 33, kWidth, 3, 13);
    const auto before = run(kernel, p);
    const auto step = type_of(format()).block_elements == 1 ? 2 : step_bytes(format().type).end;
    p.stored[row_bytes(format(), p.n_in) * 20 + static_cast<size_t>(step - 1)] ^= std::byte{4};
    EXPECT_NE(run(kernel, p), before);
  });
}

INSTANTIATE_TEST_SUITE_P(Formats, WeightFormatTest,
                         testing::ValuesIn(weight_formats().begin(), weight_formats().end()),
                         [](const auto& format) { return std::string(format.param.name); });

}  // namespace
}  // namespace caracal
