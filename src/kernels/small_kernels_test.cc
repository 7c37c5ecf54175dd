#include "kernels/small_kernels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numbers>
#include <random>
#include <vector>

#include "kernels/tables.h"
#include "spec/acts.h"

namespace caracal {
namespace {

std::vector<float> random_row(size_t n, uint32_t seed, float range = 3) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> value(-range, range);
  std::vector<float> x(n);
  for (float& v : x) v = value(random);
  return x;
}

constexpr int64_t kWidths[] = {1, 2, 7, 8, 9, 15, 16, 17, 31, 64, 172, 576, 1536};

class SmallKernelsTest : public testing::TestWithParam<const SmallKernels*> {
 protected:
  const SmallKernels& fast = *GetParam();
  const SmallKernels& ref = kSmallKernelsRef;
};

TEST_P(SmallKernelsTest, quantize_equals_the_reference_and_is_within_half_a_step) {
  for (int64_t n : {32, 96, 576}) {
    auto x = random_row(static_cast<size_t>(n), 1);
    for (int64_t i = 0; i < 32; ++i) x[static_cast<size_t>(i)] = 0;  // an all-zero group
    std::vector<std::byte> a(act_row_bytes(ActEncoding::q8_32, n)), b(a.size());
    ref.quantize_q8_32(x.data(), n, 0, n, a.data());
    fast.quantize_q8_32(x.data(), n, 0, 32, b.data());
    fast.quantize_q8_32(x.data(), n, 32, n, b.data());
    EXPECT_EQ(a, b);
    const float* scales = q8_scales(b.data(), n);
    const int16_t* half_sums = q8_half_sums(b.data(), n);
    const int16_t* lane_sums = q8_lane_sums(b.data(), n);
    const float* scaled_sums = q8_scaled_sums(b.data(), n);
    for (int64_t g = 0; g < n / 32; ++g) {
      int sums[2] = {}, lanes[2] = {};
      for (int64_t i = g * 32; i < g * 32 + 32; ++i) {
        const auto code = static_cast<int8_t>(b[static_cast<size_t>(i)]);
        sums[i % 32 / 16] += code;
        lanes[i % 4 / 2] += code;
        EXPECT_NEAR(x[static_cast<size_t>(i)], scales[g] * code, scales[g] * 0.5001f);
      }
      EXPECT_EQ(sums[0], half_sums[2 * g]);
      EXPECT_EQ(sums[1], half_sums[2 * g + 1]);
      EXPECT_EQ(lanes[0], lane_sums[2 * g]);
      EXPECT_EQ(lanes[1], lane_sums[2 * g + 1]);
      EXPECT_EQ(scaled_sums[g], scales[g] * static_cast<float>(sums[0] + sums[1]));
    }
  }
}

TEST_P(SmallKernelsTest, quantize_marks_groups_that_are_not_finite_and_drops_tiny_ones) {
  constexpr float kInf = std::numeric_limits<float>::infinity();
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  for (float odd : {kInf, -kInf, kNan, -kNan, 1e-37f, 1e-45f, 1e-36f, 3e38f}) {
    auto x = std::vector<float>(64, 0.0f);
    x[5] = odd;
    x[40] = 1;
    std::vector<std::byte> a(act_row_bytes(ActEncoding::q8_32, 64)), b(a.size());
    ref.quantize_q8_32(x.data(), 64, 0, 64, a.data());
    fast.quantize_q8_32(x.data(), 64, 0, 64, b.data());
    EXPECT_EQ(a, b) << odd;
    const float* scales = q8_scales(b.data(), 64);
    const bool kept = std::isfinite(odd) && odd >= kSmallestMagnitude;
    EXPECT_EQ(std::isfinite(scales[0]), std::isfinite(odd)) << odd;
    EXPECT_EQ(static_cast<int8_t>(b[5]), kept ? 127 : 0) << odd;
    EXPECT_EQ(static_cast<int8_t>(b[40]), 127);  // the neighbour group is not touched
  }
}

TEST_P(SmallKernelsTest, a_score_that_is_not_a_number_reaches_the_sum) {
  for (size_t at : {0, 7, 8}) {
    std::vector<float> x(9, 0.5f);
    x[at] = std::numeric_limits<float>::quiet_NaN();
    EXPECT_TRUE(std::isnan(fast.exp_sum(x.data(), 9, 0.5f))) << at;
  }
}

TEST_P(SmallKernelsTest, rms_norm_equals_the_reference_bit_for_bit) {
  for (int64_t n : kWidths) {
    const auto x = random_row(static_cast<size_t>(n), 2), w = random_row(static_cast<size_t>(n), 3);
    std::vector<float> a(x.size()), b(x.size());
    ref.rms_norm(x.data(), w.data(), 1e-5f, n, a.data());
    fast.rms_norm(x.data(), w.data(), 1e-5f, n, b.data());
    EXPECT_EQ(a, b) << n;
    double squares = 0;
    for (float v : x) squares += double{v} * v;
    EXPECT_NEAR(b[0], x[0] / std::sqrt(squares / static_cast<double>(n) + 1e-5) * w[0], 1e-5);
  }
}

TEST_P(SmallKernelsTest, layer_norm_equals_the_reference_bit_for_bit) {
  for (int64_t n : kWidths) {
    const auto size = static_cast<size_t>(n);
    auto x = random_row(size, 17);
    for (float& v : x) v += 5;  // a mean that must be taken off
    const auto w = random_row(size, 18), bias = random_row(size, 19);
    std::vector<float> a(size), b = x;
    ref.layer_norm(x.data(), w.data(), bias.data(), 1e-12f, n, a.data());
    fast.layer_norm(b.data(), w.data(), bias.data(), 1e-12f, n, b.data());  // in place
    EXPECT_EQ(a, b) << n;
    if (n == 1) continue;  // no deviation: 0 / sqrt(eps)
    double mean = 0, variance = 0;
    for (float v : x) mean += double{v} / static_cast<double>(n);
    for (float v : x) variance += (v - mean) * (v - mean) / static_cast<double>(n);
    for (size_t i = 0; i < size; ++i)
      EXPECT_NEAR(b[i], (x[i] - mean) / std::sqrt(variance) * w[i] + bias[i], 2e-5) << n;
  }
}

TEST_P(SmallKernelsTest, silu_mul_is_accurate_from_minus_to_plus_a_hundred) {
  for (int64_t n : kWidths) {
    const auto gate = random_row(static_cast<size_t>(n), 4, 100),
               up = random_row(static_cast<size_t>(n), 5);
    std::vector<float> out(gate.size());
    fast.silu_mul(gate.data(), up.data(), n, out.data());
    for (size_t i = 0; i < out.size(); ++i) {
      const double exact = gate[i] / (1 + std::exp(-double{gate[i]})) * up[i];
      EXPECT_NEAR(out[i], exact, std::fabs(exact) * 1e-6 + 1e-30);
    }
  }
}

TEST_P(SmallKernelsTest, gelu_mul_is_the_tanh_form_from_minus_to_plus_a_hundred) {
  for (int64_t n : kWidths)
    for (float range : {1.0f, 100.0f}) {
      const auto gate = random_row(static_cast<size_t>(n), 14, range),
                 up = random_row(static_cast<size_t>(n), 15);
      std::vector<float> out(gate.size());
      fast.gelu_mul(gate.data(), up.data(), n, out.data());
      for (size_t i = 0; i < out.size(); ++i) {
        const double x = gate[i];
        const double u = std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x);
        const double exact = 0.5 * x * (1 + std::tanh(u)) * up[i];
        EXPECT_NEAR(out[i], exact, std::fabs(exact) * 2e-5 + std::fabs(x * up[i]) * 1e-7) << x;
      }
    }
}

TEST_P(SmallKernelsTest, gelu_erf_is_the_exact_form_from_minus_to_plus_a_hundred) {
  for (int64_t n : kWidths)
    for (float range : {0.01f, 3.0f, 14.0f, 100.0f}) {
      const auto x = random_row(static_cast<size_t>(n), 20, range);
      auto out = x;
      fast.gelu_erf(out.data(), n, out.data());
      for (size_t i = 0; i < out.size(); ++i) {
        const double exact = 0.5 * x[i] * std::erfc(-x[i] / std::numbers::sqrt2);
        EXPECT_NEAR(out[i], exact, std::fabs(x[i]) * 3e-7 + 1e-36) << x[i];
      }
    }
}

TEST_P(SmallKernelsTest, softcap_bounds_values_and_keeps_small_ones) {
  for (int64_t n : kWidths)
    for (float cap : {0.5f, 30.0f}) {
      const auto x = random_row(static_cast<size_t>(n), 16, 200);
      auto out = x;
      fast.softcap(out.data(), n, cap);
      for (size_t i = 0; i < out.size(); ++i)
        EXPECT_NEAR(out[i], cap * std::tanh(double{x[i]} / cap), 4e-7 * cap) << x[i];
    }
}

TEST_P(SmallKernelsTest, rope_equals_the_reference_and_keeps_lengths) {
  for (int64_t pairs : {1, 3, 4, 5, 8, 12, 15, 16, 19, 32}) {
    const auto n = static_cast<size_t>(pairs);
    const auto angle = random_row(n, 6);
    std::vector<float> c(n), s(n);
    for (size_t i = 0; i < n; ++i) c[i] = std::cos(angle[i]), s[i] = std::sin(angle[i]);
    for (auto turn : {&SmallKernels::rope_neighbours, &SmallKernels::rope_halves}) {
      auto a = random_row(2 * n, 7);
      auto b = a;
      double before = 0, after = 0;
      for (float v : a) before += double{v} * v;
      (ref.*turn)(a.data(), pairs, c.data(), s.data());
      (fast.*turn)(b.data(), pairs, c.data(), s.data());
      for (float v : b) after += double{v} * v;
      EXPECT_EQ(a, b);
      EXPECT_NEAR(before, after, before * 1e-6);
    }
  }
}

TEST_P(SmallKernelsTest, exp_sum_is_accurate_and_sums_what_it_wrote) {
  for (int64_t n : kWidths) {
    auto x = random_row(static_cast<size_t>(n), 8, 60);
    const auto before = x;
    const float max = fast.max(x.data(), n);
    EXPECT_EQ(max, *std::max_element(before.begin(), before.end()));
    const float sum = fast.exp_sum(x.data(), n, max);
    double total = 0;
    for (size_t i = 0; i < x.size(); ++i) {
      const double exact = std::exp(static_cast<double>(before[i] - max));
      EXPECT_NEAR(x[i], before[i] - max < -87 ? 0 : exact, exact * 1e-6);
      total += x[i];
    }
    EXPECT_NEAR(sum, total, total * 1e-6);
  }
}

TEST_P(SmallKernelsTest, every_vector_table_takes_exponentials_by_the_same_operations) {
  if (&fast == &ref) return;
  const SmallKernels& first = *all_small_kernels()[1];
  for (int64_t n : kWidths)
    for (float range : {1.0f, 30.0f, 200.0f}) {
      const auto x = random_row(static_cast<size_t>(n), 21, range),
                 up = random_row(static_cast<size_t>(n), 22);
      const auto with = [&](const SmallKernels& k) {
        std::vector<std::vector<float>> out(5, x);
        k.silu_mul(x.data(), up.data(), n, out[0].data());
        k.gelu_mul(x.data(), up.data(), n, out[1].data());
        k.gelu_erf(x.data(), n, out[2].data());
        k.softcap(out[3].data(), n, 30.0f);
        out[4].push_back(k.exp_sum(out[4].data(), n, k.max(x.data(), n)));
        return out;
      };
      EXPECT_EQ(with(fast), with(first)) << n << " " << range;
    }
}

TEST_P(SmallKernelsTest, nothing_beyond_the_row_is_written) {
  for (size_t n = 1; n <= 33; ++n) {
    const auto x = random_row(n, 23), w = random_row(n, 24);
    for (auto run : {&SmallKernels::silu_mul, &SmallKernels::gelu_mul}) {
      std::vector<float> out(n + 1, 77.0f);
      (fast.*run)(x.data(), w.data(), static_cast<int64_t>(n), out.data());
      EXPECT_EQ(out[n], 77.0f);
    }
    std::vector<float> out(n + 1, 77.0f);
    fast.rms_norm(x.data(), w.data(), 1e-5f, static_cast<int64_t>(n), out.data());
    EXPECT_EQ(out[n], 77.0f);
    fast.exp_sum(out.data(), static_cast<int64_t>(n), 3.0f);
    EXPECT_EQ(out[n], 77.0f);
    fast.scale(out.data(), static_cast<int64_t>(n), 2.0f);
    EXPECT_EQ(out[n], 77.0f);
  }
}

INSTANTIATE_TEST_SUITE_P(Tables, SmallKernelsTest,
                         testing::ValuesIn(all_small_kernels().begin(), all_small_kernels().end()),
                         [](const auto& table) { return std::string(table.param->name); });

}  // namespace
}  // namespace caracal
