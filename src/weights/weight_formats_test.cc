/// Conformance: every format of the table, every kernel this machine can run.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <random>
#include <vector>

#include "base/aligned_buffer.h"
#include "base/json.h"
#include "kernels/small_kernels.h"
#include "weights/weight_format.h"

namespace caracal {

void PrintTo(const WeightFormat& format, std::ostream* os) { *os << format.name; }

namespace {

std::vector<float> random_floats(int64_t n, uint32_t seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> value;
  std::vector<float> x(static_cast<size_t>(n));
  for (float& v : x) v = value(random);
  return x;
}

size_t row_bytes(const WeightFormat& format, int64_t n_in) {
  const TensorTypeInfo& type = *tensor_type_info(format.type);
  return static_cast<size_t>(n_in / type.block_elements * type.block_bytes);
}

bool fits(const WeightFormat& format, int64_t n_in) {
  return n_in % tensor_type_info(format.type)->block_elements == 0;
}

/// A stored matrix and encoded activations of one shape.
struct Problem {
  const WeightFormat& format;
  int64_t n_out, n_in, rows;
  size_t acts_stride;
  std::vector<std::byte> stored;
  AlignedBuffer acts;

  Problem(const WeightFormat& f, int64_t n_out_, int64_t n_in_, int64_t rows_, uint32_t seed)
      : format(f), n_out(n_out_), n_in(n_in_), rows(rows_) {
    const ActEncoding encoding = f.kernels.front().acts;
    const auto w = random_floats(n_out * n_in, seed), x = random_floats(rows * n_in, seed + 1);
    stored.resize(static_cast<size_t>(n_out) * row_bytes(f, n_in));
    f.encode_row(w.data(), n_out * n_in, stored.data());
    acts_stride = act_row_bytes(encoding, n_in) + 4;  // rows off their usual alignment
    acts = AlignedBuffer(static_cast<size_t>(rows) * acts_stride);
    for (int64_t r = 0; r < rows; ++r) {
      const float* from = x.data() + r * n_in;
      if (encoding == ActEncoding::f32)
        std::memcpy(act_row(r), from, static_cast<size_t>(n_in) * sizeof(float));
      else
        small_kernels({}).quantize_q8_32(from, n_in, 0, n_in, act_row(r));
    }
  }

  std::byte* act_row(int64_t r) const { return acts.data() + static_cast<size_t>(r) * acts_stride; }
  WeightBlob blob() const { return {.n_out = n_out, .n_in = n_in, .codes = stored}; }
};

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
std::vector<float> run(const LinearKernel& kernel, const Problem& p, const Packed& packed,
                       Range rows, Range cols) {
  const int64_t stride = p.n_out + 3;
  std::vector<float> out(static_cast<size_t>(p.rows * stride), kUntouched);
  kernel.run({.weights = packed.weights,
              .n_out = p.n_out,
              .n_in = p.n_in,
              .acts = p.acts.data(),
              .acts_stride = p.acts_stride,
              .out = out.data(),
              .out_stride = stride,
              .row_begin = rows.begin,
              .row_end = rows.end,
              .col_begin = cols.begin,
              .col_end = cols.end});
  return out;
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

constexpr int64_t kOutputs[] = {1, 7, 8, 9, 33, 72};
constexpr int64_t kInputs[] = {1, 3, 32, 64, 96, 172, 576, 1536};

class WeightFormatTest : public testing::TestWithParam<WeightFormat> {
 protected:
  const WeightFormat& format() const { return GetParam(); }

  /// Calls check(kernel) for the kernels that this build contains and this machine can run.
  template <class Check>
  void for_each_kernel(Check check) const {
    for (const LinearKernel& kernel : format().kernels) {
      if (!kernel.run || !detect_cpu_features().has(kernel.needs)) {
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
  EXPECT_NE(format().kernels.front().run, nullptr);
  EXPECT_EQ(choose_linear_kernel(format(), {}).name, format().kernels.front().name);
  EXPECT_TRUE(tensor_type_info(format().type)->readable);
}

/// Largest rounding error over the largest magnitude of a block. The blocks' f16 scales add 2^-11
/// of the largest code to half a step; Q4_0 has no code for the end opposite to its largest value.
double largest_error(TensorType type) {
  switch (type) {
    case TensorType::q4_0:
      return 1.0 / 8;
    case TensorType::q4_1:
      return 1.0 / 15;
    case TensorType::q8_0:
      return 0.57 / 127;
    case TensorType::bf16:
      return 0x1p-8;
    case TensorType::f16:
      return 0x1p-11;
    default:
      return 0;
  }
}

TEST_P(WeightFormatTest, encoding_errs_by_no_more_than_its_step_allows) {
  constexpr int64_t n = 32 * 50;
  const auto x = random_floats(n, 3);
  std::vector<std::byte> stored(row_bytes(format(), n));
  std::vector<float> back(x.size());
  format().encode_row(x.data(), n, stored.data());
  format().decode_row(stored.data(), n, back.data());
  for (size_t block = 0; block < x.size(); block += 32) {
    double largest = 0;
    for (size_t i = block; i < block + 32; ++i)
      largest = std::max(largest, std::fabs(double{x[i]}));
    for (size_t i = block; i < block + 32; ++i)
      EXPECT_NEAR(x[i], back[i], largest * largest_error(format().type) * 1.01) << i;
  }
}

TEST_P(WeightFormatTest, encodes_and_decodes_what_the_gguf_package_does) {
  const std::string path = std::string(CARACAL_SOURCE_DIR) + "/tests/goldens/gguf_blocks.json";
  const Json golden = read_json_file(path).at(std::string(format().name));
  const auto bytes = [&](const char* field) {
    const auto hex = golden.at(field).get<std::string>();
    std::vector<std::byte> out(hex.size() / 2);
    for (size_t i = 0; i < out.size(); ++i)
      out[i] = static_cast<std::byte>(std::stoi(hex.substr(2 * i, 2), nullptr, 16));
    return out;
  };
  const auto source = bytes("source"), decoded = bytes("decoded");
  std::vector<std::byte> encoded(bytes("encoded").size()), back(decoded.size());
  format().encode_row(reinterpret_cast<const float*>(source.data()),
                      static_cast<int64_t>(source.size() / 4), encoded.data());
  EXPECT_EQ(encoded, bytes("encoded"));
  format().decode_row(bytes("random").data(), static_cast<int64_t>(back.size() / 4),
                      reinterpret_cast<float*>(back.data()));
  EXPECT_EQ(back, decoded);
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
    const Problem p(format(), 72, 96, 70, 9);  // more rows than a cache block holds
    const Packed packed(p, kernel);
    const auto all = run(kernel, p, packed, {0, p.rows}, {0, p.n_out});
    for (Range rows : {Range{0, 1}, Range{1, 3}, Range{2, 5}, Range{63, 65}, Range{69, 70}})
      for (Range cols : {Range{0, 72}, Range{0, 8}, Range{8, 40}, Range{64, 72}, Range{64, 67}}) {
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

TEST_P(WeightFormatTest, extreme_codes_do_not_saturate) {
  // Every stored bit set but for sane scales, against activations of the largest magnitude.
  Problem p(format(), 8, 64, 1, 11);
  const TensorTypeInfo& type = *tensor_type_info(format().type);
  if (type.block_elements == 1) return;
  const size_t companions = static_cast<size_t>(type.block_bytes) % 16;
  for (int fill : {0x80, 0xff, 0x7f, 0x00}) {
    for (size_t at = 0; at < p.stored.size(); at += static_cast<size_t>(type.block_bytes))
      for (size_t i = companions; i < static_cast<size_t>(type.block_bytes); ++i)
        p.stored[at + i] = static_cast<std::byte>(fill);
    for (float sign : {1.0f, -1.0f}) {
      const std::vector<float> x(64, sign);
      small_kernels({}).quantize_q8_32(x.data(), 64, 0, 64, p.act_row(0));
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
    Problem p(format(), 33, 96, 3, 13);
    const auto before = run(kernel, p);
    p.stored[row_bytes(format(), p.n_in) * 20 + 1] ^= std::byte{4};  // high byte of a scale
    EXPECT_NE(run(kernel, p), before);
  });
}

INSTANTIATE_TEST_SUITE_P(Formats, WeightFormatTest,
                         testing::ValuesIn(weight_formats().begin(), weight_formats().end()),
                         [](const auto& format) { return std::string(format.param.name); });

}  // namespace
}  // namespace caracal
