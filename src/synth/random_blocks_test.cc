/// Blocks are valid and decode to the weights they promise: read back by the engine's own formats.
#include "synth/random_blocks.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/error.h"
#include "weights/weight_format.h"

namespace caracal {
namespace {

class RandomBlocks : public testing::TestWithParam<TensorType> {};

std::vector<float> decoded(TensorType type, double sigma, int64_t n) {
  const TensorTypeInfo& info = *tensor_type_info(type);
  std::vector<std::byte> bytes(static_cast<size_t>(n / info.block_elements * info.block_bytes));
  RandomBits random(7, 0, 0);
  find_fill(type)(bytes, random, sigma);
  std::vector<float> out(static_cast<size_t>(n));
  find_weight_format(type)->decode_row(bytes.data(), n, out.data());
  return out;
}

bool is_ternary(TensorType type) { return type == TensorType::tq1_0 || type == TensorType::tq2_0; }

TEST_P(RandomBlocks, decode_to_a_normal_distribution_of_the_wanted_width) {
  constexpr int64_t kCount = 256 * 512;
  for (double sigma : {0.003, 0.02, 0.1}) {
    double sum = 0, squares = 0;
    int64_t n_inside = 0, n_zero = 0;
    for (const float w : decoded(GetParam(), sigma, kCount)) {
      ASSERT_TRUE(std::isfinite(w));
      ASSERT_LT(std::fabs(w), 8 * sigma);
      sum += w;
      squares += double{w} * w;
      if (std::fabs(w) < sigma) ++n_inside;
      if (w == 0) ++n_zero;
    }
    EXPECT_NEAR(sum / kCount, 0, 0.03 * sigma);
    EXPECT_NEAR(std::sqrt(squares / kCount), sigma, 0.03 * sigma);
    // 68 % of a normal distribution; few levels are coarser, and three are as likely as each other.
    if (is_ternary(GetParam()))
      EXPECT_NEAR(static_cast<double>(n_zero) / kCount, 1.0 / 3, 0.01);
    else
      EXPECT_NEAR(static_cast<double>(n_inside) / kCount, 0.6827, 0.16);
  }
}

TEST_P(RandomBlocks, depend_on_seed_stream_and_chunk) {
  const TensorType type = GetParam();
  const auto make = [&](uint64_t seed, uint64_t stream, uint64_t chunk) {
    std::vector<std::byte> bytes(64 * static_cast<size_t>(tensor_type_info(type)->block_bytes));
    RandomBits random(seed, stream, chunk);
    find_fill(type)(bytes, random, 0.02);
    return bytes;
  };
  EXPECT_EQ(make(1, 2, 3), make(1, 2, 3));
  EXPECT_NE(make(1, 2, 3), make(2, 2, 3));
  EXPECT_NE(make(1, 2, 3), make(1, 3, 3));
  EXPECT_NE(make(1, 2, 3), make(1, 2, 4));
}

using enum TensorType;
INSTANTIATE_TEST_SUITE_P(Types, RandomBlocks,
                         testing::Values(f32, f16, bf16, q8_0, q4_0, q4_1, q5_0, q5_1, q2_k, q3_k,
                                         q4_k, q5_k, q6_k, iq4_nl, iq4_xs, mxfp4, tq1_0, tq2_0),
                         [](const auto& info) {
                           return std::string(tensor_type_info(info.param)->name);
                         });

}  // namespace
}  // namespace caracal
