/// Attention against a float64 computation over the stored keys and values, and its promise: a
/// row's bits do not depend on how the work was cut.
#include "mixers/gqa/attend_op.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "mixers/gqa/attention_case.h"

namespace caracal {
namespace {

/// softmax(q·Kᵀ)·V of one row in float64.
std::vector<double> exact(AttentionCase& step, int32_t row) {
  const AttentionShape& shape = step.shape();
  std::vector<double> out;
  for (int32_t h = 0; h < shape.n_heads; ++h) {
    const float* q = step.q(row) + h * shape.head_dim;
    std::vector<double> sum(static_cast<size_t>(shape.v_head_dim));
    double denominator = 0;
    for (int32_t slot : step.visible_slots(row)) {
      const auto k = step.decoded(row, h / shape.queries_per_kv(), slot, false);
      double score = 0;
      for (size_t d = 0; d < k.size(); ++d) score += double{q[d]} * k[d];
      if (shape.softcap > 0) score = shape.softcap * std::tanh(score / shape.softcap);
      const double weight = std::exp(score);
      denominator += weight;
      const auto v = step.decoded(row, h / shape.queries_per_kv(), slot, true);
      for (size_t d = 0; d < v.size(); ++d) sum[d] += weight * v[d];
    }
    for (double s : sum) out.push_back(s / denominator);
  }
  return out;
}

/// Largest error of a row, relative to its largest output.
double relative_error(AttentionCase& step, int32_t row) {
  const auto expected = exact(step, row);
  const auto found = step.out(row);
  double error = 0, largest = 0;
  for (size_t i = 0; i < expected.size(); ++i) {
    error = std::max(error, std::fabs(expected[i] - double{found[i]}));
    largest = std::max(largest, std::fabs(expected[i]));
  }
  return error / largest;
}

/// Whether some rows of every sequence are as they should be.
void expect_exact(const AttentionSetup& setup, const std::vector<AttentionRows>& sequences) {
  AttentionCase step(setup, sequences);
  step.run();
  for (const BatchSequence& s : step.batch().sequences)
    for (int32_t i : {0, 1, s.n_rows / 2, s.n_rows - 1}) {
      if (i >= s.n_rows) continue;
      EXPECT_LT(relative_error(step, s.first_row + i), 1e-5) << fmt::format(
          "{}/{} heads of {}, {} {}, row {} of {} after {}", setup.n_heads, setup.n_kv_heads,
          setup.head_dim, name_of(setup.k_type), name_of(setup.v_type), i, s.n_rows, s.context_len);
    }
}

std::vector<CpuFeatures> levels() { return {CpuFeatures{}, detect_cpu_features()}; }

TEST(AttendOp, is_exact_for_every_grouping_of_heads_and_head_size) {
  for (CpuFeatures features : levels())
    for (auto [n_heads, n_kv_heads] : {std::pair{1, 1}, {4, 4}, {9, 3}, {8, 2}, {7, 1}, {14, 2}})
      for (auto [dim, v_dim] : {std::pair{64, 64}, {128, 128}, {4, 4}, {24, 40}, {80, 72}})
        expect_exact({.n_heads = n_heads,
                      .n_kv_heads = n_kv_heads,
                      .head_dim = dim,
                      .v_head_dim = v_dim,
                      .features = features},
                     {{.context_len = 70, .n_rows = 5}, {.context_len = 0, .n_rows = 90}});
}

TEST(AttendOp, is_exact_on_ragged_lengths_around_chunks_and_splits) {
  for (int32_t context : {0, 1, 62, 63, 64, 65, 127, 510, 511, 512, 513, 1100})
    for (int32_t n_rows : {1, 3, 50})
      expect_exact({}, {{.context_len = context, .n_rows = n_rows},
                        {.context_len = 3, .n_rows = 2, .seed = 2}});
}

TEST(AttendOp, is_exact_on_every_pair_of_stored_types) {
  for (CpuFeatures features : levels())
    for (KvType k : kAllKvTypes)
      for (KvType v : kAllKvTypes)
        if (k == v || features.bits != 0)
          expect_exact({.k_type = k, .v_type = v, .features = features},
                       {{.context_len = 70, .n_rows = 1}, {.context_len = 0, .n_rows = 70}});
}

TEST(AttendOp, hides_what_lies_before_the_window) {
  for (int32_t window : {1, 5, 64, 100, 600})
    expect_exact({.window = window}, {{.context_len = 700, .n_rows = 1},
                                      {.context_len = 0, .n_rows = 150, .seed = 2},
                                      {.context_len = 500, .n_rows = 30, .seed = 3}});
}

TEST(AttendOp, caps_scores_softly) {
  for (CpuFeatures features : levels())
    expect_exact({.softcap = 2, .features = features},
                 {{.context_len = 80, .n_rows = 1}, {.context_len = 0, .n_rows = 90, .seed = 2}});
}

TEST(AttendOp, lets_the_rows_of_an_encoder_see_all_of_their_text) {
  expect_exact({.causal = false},
               {{.context_len = 0, .n_rows = 130}, {.context_len = 0, .n_rows = 7, .seed = 2}});
}

const std::vector<int32_t> kTree = {-1, 0, 0, 1, 2, -1, 5, 3, 3};

TEST(AttendOp, lets_the_rows_of_a_tree_see_their_branch) {
  for (int32_t window : {0, 20, 600})
    for (int32_t context : {0, 30, 60, 64, 700})
      expect_exact({.window = window},
                   {{.context_len = context, .n_rows = 9, .parents = kTree}, {.n_rows = 5}});
}

/// The last row of a prompt of n tokens, computed as one step after the others, whatever the step
/// before held.
std::vector<float> last_row(const AttentionSetup& setup, int32_t n, int32_t rows_of_step) {
  AttentionCase step(setup, {{.context_len = n - rows_of_step, .n_rows = rows_of_step}});
  step.run();
  return step.out(rows_of_step - 1);
}

TEST(AttendOp, gives_the_same_bits_however_a_prompt_is_cut) {
  for (CpuFeatures features : levels())
    for (KvType type : {KvType::f16, KvType::q8_0})
      for (auto [n_heads, n_kv_heads] : {std::pair{4, 4}, {9, 3}, {7, 1}})
        for (int32_t n : {40, 513, 1030}) {
          if (features.bits == 0 && n > 600) continue;
          AttentionSetup setup = {.n_heads = n_heads,
                                  .n_kv_heads = n_kv_heads,
                                  .k_type = type,
                                  .v_type = type,
                                  .features = features};
          const auto one = last_row(setup, n, 1);
          for (int32_t rows : {2, 9, 33, 40}) EXPECT_EQ(last_row(setup, n, rows), one) << rows;
          setup.split_keys = false;
          EXPECT_EQ(last_row(setup, n, 1), one) << "not split";
          EXPECT_EQ(last_row(setup, n, 8), one) << "not split";
          for (int32_t block : {1, 8, 100}) {
            setup.block_tokens = block;
            EXPECT_EQ(last_row(setup, n, 1), one) << "blocks of " << block;
            EXPECT_EQ(last_row(setup, n, 40), one) << "blocks of " << block;
          }
        }
}

TEST(AttendOp, gives_the_same_bits_alone_and_in_a_batch) {
  const AttentionRows a = {.context_len = 1100, .n_rows = 1, .seed = 5};
  const AttentionRows b = {.context_len = 30, .n_rows = 70, .seed = 6};
  const AttentionRows c = {.context_len = 600, .n_rows = 4, .seed = 7};
  AttentionCase together({}, {b, a, c});
  together.run();
  int32_t first = 0;
  for (const AttentionRows& rows : {b, a, c}) {
    AttentionCase alone({}, {rows});
    alone.run();
    for (int32_t i = 0; i < rows.n_rows; ++i) EXPECT_EQ(together.out(first + i), alone.out(i)) << i;
    first += rows.n_rows;
  }
}

TEST(AttendOp, gives_a_branch_of_a_tree_the_bits_of_a_chain) {
  // A tree that is a chain, and therefore finds its keys one by one.
  const std::vector<int32_t> chain = {-1, 0, 1, 2, 3, 4, 5};
  for (int32_t context : {0, 60, 1000}) {
    AttentionCase tree({}, {{.context_len = context, .n_rows = 7, .parents = chain}});
    AttentionCase plain({}, {{.context_len = context, .n_rows = 7}});
    tree.run();
    plain.run();
    for (int32_t i = 0; i < 7; ++i) EXPECT_EQ(tree.out(i), plain.out(i)) << context << " " << i;
  }
}

TEST(AttendOp, splits_the_keys_of_few_rows_only_and_needs_no_more_memory_for_more_keys) {
  AttentionCase decode({}, {{.context_len = 2047, .n_rows = 1}});
  EXPECT_EQ(decode.n_tiles(), 4 * 2);  // splits of 512 keys, KV heads
  AttentionCase prefill({}, {{.context_len = 0, .n_rows = 2048}});
  EXPECT_EQ(prefill.n_tiles(), (2048 + 47) / 48 * 2);  // 96 queries, two heads each
  EXPECT_EQ(prefill.scratch_bytes(), decode.scratch_bytes());
  EXPECT_LT(prefill.scratch_bytes(), size_t{256} << 10);
}

TEST(UnifiedSoftmax, agrees_with_the_online_form) {
  for (CpuFeatures features : levels())
    for (float phi : {0.0f, 3.0f, -20.0f}) {
      const std::vector<AttentionRows> rows = {{.context_len = 700, .n_rows = 1},
                                               {.context_len = 0, .n_rows = 90, .seed = 2}};
      AttentionCase online({.features = features}, rows);
      AttentionCase unified({.softmax = SoftmaxKind::unified, .phi = phi, .features = features},
                            rows);
      online.run();
      unified.run();
      EXPECT_EQ(unified.n_fallbacks(), 0);
      for (int32_t r = 0; r < 91; r += 9) {
        EXPECT_LT(relative_error(unified, r), 1e-5) << r;
        const auto a = online.out(r), b = unified.out(r);
        for (size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 1e-6);
      }
    }
}

TEST(UnifiedSoftmax, computes_rows_that_phi_does_not_fit_again_with_the_online_bits) {
  // phi far above every score, far below, and rows of which only some fit.
  for (auto [phi, range] : {std::pair{200.0f, 3.0f}, {-200.0f, 3.0f}, {0.0f, 200.0f}}) {
    const std::vector<AttentionRows> rows = {
        {.context_len = 700, .n_rows = 1, .score_range = range},
        {.context_len = 0, .n_rows = 90, .seed = 2, .score_range = range}};
    AttentionCase online({}, rows);
    AttentionCase unified({.softmax = SoftmaxKind::unified, .phi = phi}, rows);
    online.run();
    unified.run();
    EXPECT_GT(unified.n_fallbacks(), 0) << phi;
    // Scores of hundreds are rounded by 1e-5.
    for (int32_t r = 0; r < 91; r += 5)
      EXPECT_LT(relative_error(unified, r), range > 3 ? 1e-4 : 1e-5) << r;
    if (range > 3) continue;
    EXPECT_EQ(unified.n_fallbacks(), 91 * 4) << phi;
    for (int32_t r = 0; r < 91; ++r) EXPECT_EQ(unified.out(r), online.out(r)) << r;
  }
}

TEST(UnifiedSoftmax, gives_the_same_bits_however_a_prompt_is_cut) {
  for (float phi : {0.0f, 38.0f}) {
    AttentionSetup setup = {.softmax = SoftmaxKind::unified, .phi = phi};
    const auto one = last_row(setup, 1030, 1);
    EXPECT_EQ(last_row(setup, 1030, 40), one);
    setup.split_keys = false;
    EXPECT_EQ(last_row(setup, 1030, 1), one);
  }
}

}  // namespace
}  // namespace caracal
