#include "kernels/attend.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "kernels/key_tile.h"
#include "kernels/tables.h"

namespace caracal {
namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

std::vector<float> random_floats(int64_t n, uint32_t seed, float range = 3) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> value(-range, range);
  std::vector<float> x(static_cast<size_t>(n));
  for (float& v : x) v = value(random);
  return x;
}

/// kKeyChunk encoded rows, `gap` bytes between them; and the same as keys side by side, in tiles of
/// `lanes` each.
class Rows {
 public:
  Rows(KvType type, int64_t dim, uint32_t seed, size_t gap = 6, int32_t lanes = 32)
      : values(random_floats(kKeyChunk * dim, seed)),
        row_bytes(kv_row_bytes(type, dim)),
        memory((row_bytes + gap) * kKeyChunk),
        tiles(row_bytes * kKeyChunk) {
    for (int32_t j = 0; j < kKeyChunk; ++j) {
      std::byte* row = memory.data() + static_cast<size_t>(j) * (row_bytes + gap);
      attend_kernels(type, {}).encode(values.data() + j * dim, dim, row);
      pointers.push_back(row);
      std::byte* tile = tiles.data() + static_cast<size_t>(j / lanes * lanes) * row_bytes;
      copy_key(type, dim, {.tile = row}, {tile, lanes, j % lanes});
      if (j % kPanelLanes == 0) groups.push_back({tile, lanes, j % lanes});
    }
  }
  RowsAhead ahead() const { return {pointers.data(), static_cast<int64_t>(row_bytes)}; }

  std::vector<float> values;
  size_t row_bytes;
  std::vector<std::byte> memory, tiles;
  std::vector<const std::byte*> pointers;
  std::vector<KeyGroup> groups;
};

class AttendKernelsTest : public testing::TestWithParam<KvType> {
 protected:
  std::vector<int64_t> dims() const {
    if (kv_block(GetParam()).values == 32) return {32, 64, 96, 128};
    return {1, 7, 8, 24, 64, 72, 128, 130};
  }
  const AttendKernels& ref = attend_kernels(GetParam(), {});
  const AttendKernels& fast = attend_kernels(GetParam(), detect_cpu_features());
};

TEST_P(AttendKernelsTest, rows_are_encoded_as_the_reference_does) {
  for (int64_t dim : dims())
    for (uint32_t seed = 0; seed < 20; ++seed) {
      const auto x = random_floats(dim, seed, std::ldexp(1.0f, static_cast<int>(seed) * 3 - 40));
      std::vector<std::byte> a(kv_row_bytes(GetParam(), dim)), b(a.size());
      ref.encode(x.data(), dim, a.data());
      fast.encode(x.data(), dim, b.data());
      ASSERT_EQ(a, b) << dim << " " << seed;
    }
}

TEST_P(AttendKernelsTest, odd_numbers_are_encoded_as_the_reference_does_and_stay_odd) {
  for (float odd : {kInf, -kInf, kNan, -kNan, 1e-37f, 1e-45f, -1e-36f, 3e38f, 65504.0f, 7e4f}) {
    auto x = std::vector<float>(64, 0.0f);
    x[5] = odd;
    x[40] = 1;
    std::vector<std::byte> a(kv_row_bytes(GetParam(), 64)), b(a.size());
    ref.encode(x.data(), 64, a.data());
    fast.encode(x.data(), 64, b.data());
    EXPECT_EQ(a, b) << odd;
    const std::byte* rows[] = {b.data()};
    std::vector<float> panel(64);
    ref.load_values(rows, 0, 1, 64, panel.data(), {});
    if (!std::isfinite(odd)) {
      EXPECT_FALSE(std::isfinite(panel[5])) << odd;
    }
    EXPECT_EQ(panel[41], 0) << odd;  // another block is not touched
  }
}

TEST_P(AttendKernelsTest, scores_and_mixtures_equal_the_reference_bit_for_bit) {
  for (int64_t dim : dims())
    for (int64_t n_q = 1; n_q <= kMaxDirectQueries; ++n_q)
      for (int64_t n_keys : {1, 9, 16, 33, 64}) {
        const Rows rows(GetParam(), dim, 10);
        const auto q = random_floats(n_q * dim, 9);
        std::vector<float> a(static_cast<size_t>(n_q * kKeyChunk)), b(a);
        ref.scores(q.data(), n_q, rows.groups.data(), n_keys, dim, a.data(), {});
        fast.scores(q.data(), n_q, rows.groups.data(), n_keys, dim, b.data(), rows.ahead());
        for (int64_t i = 0; i < n_q; ++i)
          for (int64_t j = i * kKeyChunk; j < i * kKeyChunk + n_keys; ++j)
            ASSERT_EQ(a[static_cast<size_t>(j)], b[static_cast<size_t>(j)]) << dim << " " << n_q;
        const int64_t stride = padded_to(dim, kPanelLanes);
        auto out_a = random_floats(n_q * stride, 11);
        auto out_b = out_a;
        ref.mix(a.data(), n_q, rows.pointers.data(), 0, n_keys, dim, out_a.data(), {});
        // Splitting the keys over two calls changes nothing.
        fast.mix(a.data(), n_q, rows.pointers.data(), 0, n_keys / 2, dim, out_b.data(), {});
        fast.mix(a.data(), n_q, rows.pointers.data(), n_keys / 2, n_keys, dim, out_b.data(),
                 rows.ahead());
        for (int64_t i = 0; i < n_q; ++i)
          for (int64_t d = i * stride; d < i * stride + dim; ++d)
            ASSERT_EQ(out_a[static_cast<size_t>(d)], out_b[static_cast<size_t>(d)]) << dim;
      }
}

TEST_P(AttendKernelsTest, keys_side_by_side_are_the_keys_one_by_one) {
  for (int64_t dim : dims())
    for (int32_t lanes : {16, 64}) {
      const Rows rows(GetParam(), dim, 15, 0, lanes);
      const int64_t stride = padded_to(dim, kPanelLanes);
      std::vector<float> keys(static_cast<size_t>(stride * kKeyChunk)), values(keys);
      fast.load_keys(rows.groups.data(), kKeyChunk, dim, keys.data(), {});
      fast.load_values(rows.pointers.data(), 0, kKeyChunk, dim, values.data(), {});
      for (int64_t j = 0; j < kKeyChunk; ++j)
        for (int64_t d = 0; d < dim; ++d)
          ASSERT_EQ(keys[static_cast<size_t>(d * kKeyChunk + j)],
                    values[static_cast<size_t>(j * stride + d)]);
      std::vector<std::byte> back(rows.row_bytes);
      const KeyGroup& last = rows.groups.back();
      copy_key(GetParam(), dim, {last.tile, last.lanes, last.first + 15}, {.tile = back.data()});
      EXPECT_TRUE(std::equal(back.begin(), back.end(), rows.pointers.back()));
    }
}

TEST_P(AttendKernelsTest, panels_hold_what_the_reference_decodes) {
  for (int64_t dim : dims())
    for (int64_t n_keys : {1, 15, 16, 64}) {
      const Rows rows(GetParam(), dim, 12);
      const int64_t stride = padded_to(dim, kPanelLanes);
      std::vector<float> a(static_cast<size_t>(stride * kKeyChunk), 5), b(a);
      ref.load_keys(rows.groups.data(), n_keys, dim, a.data(), {});
      fast.load_keys(rows.groups.data(), n_keys, dim, b.data(), rows.ahead());
      for (int64_t d = 0; d < dim; ++d)
        for (int64_t j = d * kKeyChunk; j < d * kKeyChunk + padded_to(n_keys, kPanelLanes); ++j)
          ASSERT_EQ(a[static_cast<size_t>(j)], b[static_cast<size_t>(j)]) << dim << " " << d;
      std::ranges::fill(a, 5.0f);
      std::ranges::fill(b, 5.0f);
      ref.load_values(rows.pointers.data(), n_keys / 2, n_keys, dim, a.data(), {});
      fast.load_values(rows.pointers.data(), n_keys / 2, n_keys, dim, b.data(), rows.ahead());
      ASSERT_EQ(a, b) << dim;
    }
}

TEST_P(AttendKernelsTest, the_way_through_panels_gives_the_bits_of_the_stored_form) {
  const AttendLoops& loops = attend_loops(detect_cpu_features());
  for (int64_t dim : dims()) {
    const Rows rows(GetParam(), dim, 13);
    const auto q = random_floats(3 * dim, 14);
    const int64_t stride = padded_to(dim, kPanelLanes);
    std::vector<float> panel(static_cast<size_t>(stride * kKeyChunk));
    std::vector<float> direct(3 * kKeyChunk), through(direct);
    fast.scores(q.data(), 3, rows.groups.data(), kKeyChunk, dim, direct.data(), {});
    fast.load_keys(rows.groups.data(), kKeyChunk, dim, panel.data(), {});
    loops.multiply({q.data(), dim, panel.data(), kKeyChunk, through.data(), kKeyChunk, 3, dim,
                    kKeyChunk, false});
    ASSERT_EQ(direct, through) << dim;
    std::vector<float> acc(static_cast<size_t>(3 * stride)), acc_panel(acc);
    fast.mix(direct.data(), 3, rows.pointers.data(), 3, 50, dim, acc.data(), {});
    fast.load_values(rows.pointers.data(), 3, 50, dim, panel.data(), {});
    loops.multiply({direct.data() + 3, kKeyChunk, panel.data() + 3 * stride, stride,
                    acc_panel.data(), stride, 3, 47, stride, true});
    ASSERT_EQ(acc, acc_panel) << dim;
  }
}

/// Largest distance of a decoded value from x, in units of the largest magnitude of its block.
double worst_error(KvType type, uint32_t seed) {
  const auto x = random_floats(64, seed);
  std::vector<std::byte> row(kv_row_bytes(type, 64));
  attend_kernels(type, detect_cpu_features()).encode(x.data(), 64, row.data());
  const std::byte* rows[] = {row.data()};
  std::vector<float> decoded(64);
  attend_kernels(type, {}).load_values(rows, 0, 1, 64, decoded.data(), {});
  double worst = 0;
  for (size_t begin : {0, 32}) {
    double largest = 0, error = 0;
    for (size_t i = begin; i < begin + 32; ++i) {
      largest = std::max(largest, std::fabs(double{x[i]}));
      error = std::max(error, std::fabs(double{x[i]} - decoded[i]));
    }
    worst = std::max(worst, error / largest);
  }
  return worst;
}

TEST_P(AttendKernelsTest, a_stored_number_is_as_near_as_the_type_allows) {
  // f16, bf16: half a unit in the last place. q8_0: half a step of 1/127 and the rounding of the
  // scale, 127 * 2^-11 / 127. q4_0: one step of 1/8 where the positive end is cut off (code 8 is
  // kept as 7), and the scale's rounding.
  constexpr double kBounds[] = {0, 0x1p-11, 0x1p-8, 0.5 / 127 + 0x1p-11, 1.0 / 8 + 0x1p-11};
  for (uint32_t seed = 0; seed < 200; ++seed)
    ASSERT_LE(worst_error(GetParam(), seed), kBounds[static_cast<size_t>(GetParam())]) << seed;
}

INSTANTIATE_TEST_SUITE_P(KvTypes, AttendKernelsTest, testing::ValuesIn(kAllKvTypes),
                         [](const auto& type) { return std::string(name_of(type.param)); });

class AttendLoopsTest : public testing::TestWithParam<CpuFeatures> {
 protected:
  const AttendLoops& loops = attend_loops(GetParam());
};

TEST_P(AttendLoopsTest, products_equal_the_reference_bit_for_bit) {
  for (int64_t n_rows : {1, 2, 3, 4, 5, 6, 7, 11, 13, 24})
    for (int64_t n_k : {1, 7, 64})
      for (int64_t n_cols : {16, 32, 48, 64, 80})
        for (bool adds : {false, true}) {
          const auto a = random_floats(n_rows * 70, 20), b = random_floats(n_k * 96, 21);
          auto c = random_floats(n_rows * 100, 22), expected = c;
          kAttendLoopsRef.multiply(
              {a.data(), 70, b.data(), 96, expected.data(), 100, n_rows, n_k, n_cols, adds});
          loops.multiply({a.data(), 70, b.data(), 96, c.data(), 100, n_rows, n_k, n_cols, adds});
          ASSERT_EQ(c, expected) << n_rows << " " << n_k << " " << n_cols;
        }
}

/// A row's softmax state after one step over 64 scores.
struct StepResult {
  std::vector<float> scores;
  float max, sum, keep;
};

StepResult step(const AttendLoops& loops, std::vector<float> scores, int32_t begin, int32_t end,
                float max = -kInf, float sum = 0, float cap = 0) {
  float keep = 0;
  loops.online_softmax({.scores = scores.data(),
                        .n_rows = 1,
                        .begin = &begin,
                        .end = &end,
                        .n_keys = kKeyChunk,
                        .softcap = cap,
                        .max = &max,
                        .sum = &sum,
                        .keep = &keep});
  return {std::move(scores), max, sum, keep};
}

TEST_P(AttendLoopsTest, softmax_is_accurate_and_hides_what_is_not_visible) {
  for (auto [begin, end] : {std::pair{0, 64}, {0, 1}, {5, 37}, {63, 64}, {8, 16}})
    for (float cap : {0.0f, 10.0f}) {
      const auto before = random_floats(kKeyChunk, 30, 40);
      const auto after = step(loops, before, begin, end, -kInf, 0, cap);
      double largest = -1e30, sum = 0;
      const auto score = [&](int j) {
        const double x = before[static_cast<size_t>(j)];
        return cap > 0 ? cap * std::tanh(x / cap) : x;
      };
      for (int j = begin; j < end; ++j) largest = std::max(largest, score(j));
      EXPECT_NEAR(after.max, largest, 1e-5);
      for (int j = 0; j < kKeyChunk; ++j) {
        const double exact = j >= begin && j < end ? std::exp(score(j) - largest) : 0;
        ASSERT_NEAR(after.scores[static_cast<size_t>(j)], exact, exact * 1e-5);
        sum += exact;
      }
      EXPECT_NEAR(after.sum, sum, sum * 1e-5);
    }
}

TEST_P(AttendLoopsTest, a_larger_maximum_brings_the_earlier_sum_to_its_scale) {
  const auto scores = random_floats(kKeyChunk, 31);
  const auto first = step(loops, scores, 0, 64);
  EXPECT_EQ(first.keep, 0);
  auto higher = scores;
  for (float& x : higher) x += 2;
  const auto second = step(loops, higher, 0, 64, first.max, first.sum);
  EXPECT_NEAR(second.keep, std::exp(-2.0), 1e-6);
  EXPECT_NEAR(second.sum, first.sum * (1 + std::exp(-2.0)), first.sum * 1e-6);
  const auto third = step(loops, scores, 0, 64, second.max, second.sum);
  EXPECT_EQ(third.keep, 1);
}

TEST_P(AttendLoopsTest, a_number_added_to_all_scores_changes_nothing) {
  const auto scores = random_floats(kKeyChunk, 35);
  const auto expected = step(loops, scores, 0, 64);
  for (float c : {-512.0f, -3.0f, 100.0f, 4096.0f}) {
    auto moved = scores;
    for (float& x : moved) x += c;
    const auto after = step(loops, moved, 0, 64);
    // What remains is the rounding of the moved scores.
    const float bound = std::fabs(c) * 0x1p-22f + 1e-6f;
    EXPECT_NEAR(after.sum / expected.sum, 1, bound) << c;
    for (size_t j = 0; j < scores.size(); ++j)
      EXPECT_NEAR(after.scores[j] / expected.scores[j], 1, bound) << c;
  }
}

TEST_P(AttendLoopsTest, a_row_that_sees_nothing_is_left_alone) {
  const auto after = step(loops, random_floats(kKeyChunk, 32), 20, 20, 1.5f, 2.5f);
  EXPECT_EQ(after.max, 1.5f);
  EXPECT_EQ(after.sum, 2.5f);
  EXPECT_EQ(after.keep, 1);
  EXPECT_EQ(after.scores, std::vector<float>(kKeyChunk, 0.0f));
}

TEST_P(AttendLoopsTest, scores_of_minus_infinity_weigh_nothing_and_nan_reaches_the_sum) {
  auto scores = std::vector<float>(kKeyChunk, 0.5f);
  scores[3] = -kInf;
  const auto masked = step(loops, scores, 0, 64);
  EXPECT_EQ(masked.scores[3], 0);
  EXPECT_NEAR(masked.sum, 63, 1e-4);
  for (size_t at : {0u, 7u, 8u, 63u}) {
    auto odd = std::vector<float>(kKeyChunk, 0.5f);
    odd[at] = kNan;
    EXPECT_TRUE(std::isnan(step(loops, odd, 0, 64).sum)) << at;
    EXPECT_FALSE(
        std::isnan(step(loops, odd, at == 0 ? 1 : 0, at == 0 ? 64 : static_cast<int>(at)).sum))
        << at;
  }
}

TEST_P(AttendLoopsTest, hidden_scores_change_nothing) {
  auto scores = random_floats(kKeyChunk, 33);
  const auto expected = step(loops, scores, 7, 41);
  for (size_t j = 0; j < scores.size(); ++j)
    if (j < 7 || j >= 41) scores[j] = j % 2 ? kNan : kInf;
  const auto after = step(loops, scores, 7, 41);
  EXPECT_EQ(after.scores, expected.scores);
  EXPECT_EQ(after.sum, expected.sum);
}

TEST_P(AttendLoopsTest, unified_softmax_is_relative_to_phi) {
  auto scores = random_floats(kKeyChunk, 34);
  const auto before = scores;
  const int32_t begin = 2, end = 60;
  float max = -kInf, sum = 1, keep = 0;
  loops.unified_softmax({.scores = scores.data(),
                         .n_rows = 1,
                         .begin = &begin,
                         .end = &end,
                         .n_keys = kKeyChunk,
                         .softcap = 0,
                         .max = &max,
                         .sum = &sum,
                         .keep = &keep},
                        1.5f);
  EXPECT_EQ(max, *std::max_element(before.begin() + begin, before.begin() + end));
  EXPECT_EQ(keep, 1);
  double total = 1;
  for (size_t j = 2; j < 60; ++j) total += std::exp(double{before[j]} - 1.5);
  EXPECT_NEAR(sum, total, total * 1e-6);
  EXPECT_EQ(scores[1], 0);
  EXPECT_EQ(scores[60], 0);
}

INSTANTIATE_TEST_SUITE_P(Levels, AttendLoopsTest,
                         testing::Values(CpuFeatures{}, detect_cpu_features()),
                         [](const auto& info) { return info.index == 0 ? "scalar" : "detected"; });

}  // namespace
}  // namespace caracal
