/// Measures over real forward passes of a tiny model.
#include "eval/text_scores.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/error.h"
#include "engine/text_model.h"
#include "eval/log_softmax.h"

namespace caracal {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;

TEST(TextWindows, lie_side_by_side_with_bos_in_the_place_of_the_first_token) {
  std::vector<TokenId> tokens(23);
  for (int i = 0; i < 23; ++i) tokens[static_cast<size_t>(i)] = i;
  const TextWindows windows(tokens, 5, 0, 99);
  EXPECT_EQ(windows.n_windows(), 4);
  EXPECT_THAT(windows.window(0), ElementsAre(99, 1, 2, 3, 4));
  EXPECT_THAT(windows.window(3), ElementsAre(99, 16, 17, 18, 19));
  const TextWindows plain(tokens, 5, 2, kNoToken);
  EXPECT_EQ(plain.n_windows(), 2);
  EXPECT_THAT(plain.window(1), ElementsAre(5, 6, 7, 8, 9));
}

TEST(TextWindows, score_what_llama_cpp_scores) {
  const std::vector<TokenId> tokens(2048, 1);
  // Tokens n/2 + 1 to n - 1: 255 of 512.
  EXPECT_EQ(TextWindows(tokens, 512, 0, kNoToken).n_scored(), 4 * 255);
  EXPECT_EQ(TextWindows(tokens, 7, 1, kNoToken).n_scored(), 3);
  EXPECT_EQ(TextWindows(tokens, 512, 3, kNoToken).first_row(), 256);
}

TEST(TextWindows, need_one_whole_window) {
  EXPECT_THROW(TextWindows({1, 2, 3, 4}, 5, 0, kNoToken), Error);
  EXPECT_THROW(TextWindows({1, 2, 3, 4}, 3, 0, kNoToken), Error);
}

class TextScores : public testing::Test {
 protected:
  TextScores()
      : windows_(text(), 40, 0, 1), scorer_(make_scorer("tied-gqa2")), model_{*scorer_, team_} {}

  static std::vector<TokenId> text() {
    std::vector<TokenId> tokens;
    for (int i = 0; i < 130; ++i) tokens.push_back((i * i + 3 * i) % 50);
    return tokens;
  }

  std::unique_ptr<Scorer> make_scorer(const char* name) {
    const EngineConfig config = {.n_ctx = 64};
    const fs::path path =
        fs::path(CARACAL_SOURCE_DIR) / "tests/goldens/models" / (std::string(name) + ".gguf");
    return std::make_unique<Scorer>(Model::load(path, load_options(config), team_), config, team_);
  }

  ThreadTeam team_{2};
  TextWindows windows_;
  std::unique_ptr<Scorer> scorer_;
  ScoredModel model_;
};

TEST_F(TextScores, perplexity_is_the_sum_over_the_scored_rows) {
  double expected = 0;
  int64_t n = 0;
  for (int32_t w = 0; w < windows_.n_windows(); ++w) {
    const auto tokens = windows_.window(w);
    scorer_->score(tokens, [&](int32_t position, std::span<const float> logits) {
      if (position < 20 || position >= 39) return;
      expected -= log_prob(logits, tokens[static_cast<size_t>(position + 1)]);
      ++n;
    });
  }
  int64_t seen = 0;
  const PerplexityMeter meter =
      measure_perplexity(windows_, model_, nullptr, [&](int64_t done, int64_t total) {
        EXPECT_EQ(total, windows_.n_scored());
        seen = done;
      });
  EXPECT_EQ(meter.n_tokens(), n);
  EXPECT_EQ(seen, n);
  EXPECT_DOUBLE_EQ(meter.nll_sum(), expected);  // bit by bit the same rows
}

TEST_F(TextScores, kl_to_itself_is_zero_and_to_another_is_not) {
  const auto same = make_scorer("tied-gqa2");
  const KlMeter none = measure_kl(windows_, *reference_of(windows_, *same), model_);
  EXPECT_EQ(none.n_tokens(), windows_.n_scored());
  EXPECT_LT(none.max(), 1e-12);
  EXPECT_EQ(none.top1_agreement(), 1);
  EXPECT_DOUBLE_EQ(none.model().nll_sum(), measure_perplexity(windows_, model_).nll_sum());
}

TEST_F(TextScores, kl_grows_with_the_distance_of_the_model) {
  const auto base = make_scorer("formats-q4_0");
  const auto other = make_scorer("formats-q8_0");
  const KlMeter meter = measure_kl(windows_, *reference_of(windows_, *base), {*other, team_});
  EXPECT_GT(meter.mean(), 1e-6);
  EXPECT_GE(meter.max(), meter.percentile(0.99));
  EXPECT_NEAR(meter.ppl_ratio(), meter.model().ppl() / meter.base().ppl(), 1e-9);
}

TEST_F(TextScores, vocabularies_of_two_sizes_are_not_compared) {
  const auto other = make_scorer("yarn-rope");
  EXPECT_THROW(measure_kl(windows_, *reference_of(windows_, *other), model_), Error);
}

TEST_F(TextScores, saved_logits_stand_for_the_model) {
  const fs::path path = fs::temp_directory_path() / fmt::format("caracal_scores_{}", getpid());
  LogitsFileWriter save(path, windows_, scorer_->model().config().n_vocab);
  const PerplexityMeter base = measure_perplexity(windows_, model_, &save);
  save.commit();
  const LogitsFile file = LogitsFile::open(path);
  const KlMeter meter = measure_kl(windows_, *reference_of(windows_, file), model_);
  EXPECT_DOUBLE_EQ(meter.base().nll_sum(), base.nll_sum());
  EXPECT_DOUBLE_EQ(meter.ppl_ratio(), 1);
  EXPECT_LT(meter.max(), 1e-6);
  fs::remove(path);
}

TEST_F(TextScores, tokens_known_from_the_last_call_are_not_run_again) {
  const auto tokens = windows_.window(0);
  std::vector<float> whole, parts;
  const auto keep = [](std::vector<float>& out) {
    return [&out](int32_t, MatrixView<const float> rows) {
      for (int64_t r = 0; r < rows.rows; ++r)
        out.insert(out.end(), rows.row(r), rows.row(r) + rows.cols);
    };
  };
  scorer_->score_from(10, tokens, keep(whole));
  scorer_->score_from(10, tokens.first(17), keep(parts));
  scorer_->score_from(17, tokens, keep(parts));
  EXPECT_EQ(whole, parts);
  std::vector<TokenId> other(tokens.begin(), tokens.end());
  other[5] = other[5] == 2 ? 3 : 2;
  std::vector<float> fresh, reused;
  make_scorer("tied-gqa2")->score_from(30, other, keep(fresh));
  scorer_->score_from(30, other, keep(reused));
  EXPECT_EQ(fresh, reused);
}

TEST_F(TextScores, a_window_that_does_not_fit_is_refused) {
  const TextWindows wide(text(), 100, 0, kNoToken);
  EXPECT_THROW(measure_perplexity(wide, model_), Error);
}

}  // namespace
}  // namespace caracal
