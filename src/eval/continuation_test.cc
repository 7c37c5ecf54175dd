/// Continuations, multiple choice and the needle, on a byte-level toy vocabulary and a tiny model.
#include "eval/continuation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"
#include "base/file.h"
#include "base/test_data.h"
#include "engine/text_model.h"
#include "eval/choice.h"
#include "eval/log_softmax.h"
#include "eval/needle.h"
#include "model/vocab_gguf.h"

namespace caracal {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// One token per byte and one for "ab", so that a seam can fall into a token.
Vocab byte_vocab() {
  Vocab vocab{.model = TokenizerModel::spm_bpe, .pieces = {"<unk>", "<s>", "</s>", "ab"}};
  vocab.types = {TokenType::unknown, TokenType::control, TokenType::control, TokenType::normal};
  for (int byte = 0; byte < 256; ++byte) {
    vocab.pieces.push_back(fmt::format("<0x{:02X}>", byte));
    vocab.types.push_back(TokenType::byte);
  }
  for (const char* letter : {"a", "b"}) {
    vocab.pieces.push_back(letter);
    vocab.types.push_back(TokenType::normal);
  }
  vocab.scores.assign(vocab.pieces.size(), 0);
  vocab.unk = 0, vocab.bos = 1, vocab.eos = 2;
  vocab.escape_whitespaces = false;
  return vocab;
}

TEST(Continuation, leaves_the_context_alone) {
  const auto tokenizer = make_tokenizer(byte_vocab());
  const Continuation c = make_continuation(*tokenizer, "xy", "zz");
  EXPECT_EQ(c.n_context, 2);
  EXPECT_EQ(c.n_scored(), 2);
}

TEST(Continuation, scores_a_token_that_reaches_over_the_seam) {
  const auto tokenizer = make_tokenizer(byte_vocab());
  const Continuation c = make_continuation(*tokenizer, "xa", "b");
  EXPECT_EQ(c.n_context, 1);
  EXPECT_EQ(c.tokens.back(), 3);
}

TEST(Continuation, needs_something_to_start_from_and_something_to_score) {
  Vocab vocab = byte_vocab();
  EXPECT_EQ(make_continuation(*make_tokenizer(vocab), "", "x").tokens.front(), vocab.bos);
  EXPECT_THROW(make_continuation(*make_tokenizer(vocab), "x", ""), Error);
  vocab.bos = kNoToken;
  EXPECT_EQ(make_continuation(*make_tokenizer(vocab), "", "x").tokens.front(), vocab.eos);
  vocab.eos = kNoToken;
  EXPECT_THROW(make_continuation(*make_tokenizer(vocab), "", "x"), Error);
}

class TinyScorer : public testing::Test {
 protected:
  ThreadTeam team_{1};
  std::shared_ptr<const Model> model_ =
      Model::load(std::filesystem::path(CARACAL_SOURCE_DIR) / "tests/goldens/models/tied-gqa2.gguf",
                  load_options(EngineConfig{}), team_);
  Scorer scorer_{model_, EngineConfig{.n_ctx = 128}, team_};
};

TEST_F(TinyScorer, a_continuation_is_the_sum_of_its_tokens) {
  const Continuation c{.tokens = {1, 5, 9, 14, 3, 8}, .n_context = 3};
  double expected = 0;
  bool greedy = true;
  scorer_.score(c.tokens, [&](int32_t position, std::span<const float> logits) {
    if (position < 2 || position > 4) return;
    const TokenId target = c.tokens[static_cast<size_t>(position) + 1];
    expected += log_prob(logits, target);
    greedy = greedy && top_token(logits) == target;
  });
  const ContinuationScore score = score_continuation(scorer_, c);
  EXPECT_DOUBLE_EQ(score.log_likelihood, expected);
  EXPECT_EQ(score.is_greedy, greedy);
}

TEST_F(TinyScorer, what_greedy_decoding_writes_is_greedy) {
  Continuation c{.tokens = {1, 5, 9}, .n_context = 3};
  for (int i = 0; i < 4; ++i) {
    TokenId next = kNoToken;
    scorer_.score(c.tokens, [&](int32_t, std::span<const float> l) { next = top_token(l); });
    c.tokens.push_back(next);
  }
  EXPECT_TRUE(score_continuation(scorer_, c).is_greedy);
  c.tokens.back() = c.tokens.back() == 7 ? 8 : 7;
  EXPECT_FALSE(score_continuation(scorer_, c).is_greedy);
}

TEST_F(TinyScorer, choices_count_by_likelihood_and_by_likelihood_per_character) {
  ChoiceTokens item;
  for (std::vector<TokenId> tail : {std::vector<TokenId>{4}, {4, 6, 9}}) {
    Continuation c{.tokens = {1, 2, 3}, .n_context = 3};
    c.tokens.insert(c.tokens.end(), tail.begin(), tail.end());
    item.choices.push_back(c);
  }
  item.n_chars = {1, 300};  // per character the long one loses almost nothing
  item.label = 1;
  const ChoiceReport report = measure_choice(std::span(&item, 1), scorer_);
  EXPECT_EQ(report.acc.value(), 0);
  EXPECT_EQ(report.acc_norm.value(), 1);
  EXPECT_EQ(report.acc.count(), 1);
}

TEST(ChoiceItems, come_from_json_lines) {
  const auto items = parse_choice_items(
      "{\"context\":\"Q\",\"choices\":[\"a\",\"b\"],\"label\":1,\"id\":7}\n\n"
      "{\"context\":\"\",\"choices\":[\"yes\",\"no\"],\"label\":\"no\"}\r\n",
      "f.jsonl");
  ASSERT_EQ(items.size(), 2u);
  EXPECT_EQ(items[0].label, 1);
  EXPECT_EQ(items[1].label, 1);
  EXPECT_THAT(items[1].choices, ElementsAre("yes", "no"));
}

TEST(ChoiceItems, are_refused_by_line_and_field) {
  const auto message = [](std::string_view text) -> std::string {
    try {
      parse_choice_items(text, "f.jsonl");
    } catch (const Error& e) {
      return e.what();
    }
    return "no error";
  };
  EXPECT_THAT(message("\n[]"), HasSubstr("f.jsonl:2: expected an object"));
  EXPECT_THAT(message("{\"context\":\"Q\"}"),
              HasSubstr("f.jsonl:1: expected the field \"choices\""));
  const auto with_label = [&](std::string_view label) {
    return message(
        fmt::format("{{\"context\":\"Q\",\"choices\":[\"a\",\"b\"],\"label\":{}}}", label));
  };
  EXPECT_THAT(with_label("2"), HasSubstr("label: expected 0 to 1"));
  EXPECT_THAT(with_label("-1"), HasSubstr("label: expected 0 to 1"));
  EXPECT_THAT(with_label("1e30"), HasSubstr("label: expected 0 to 1"));
  EXPECT_THAT(with_label("\"c\""), HasSubstr("label: expected one of the choices"));
  EXPECT_THAT(message("{\"context\":1,\"choices\":[\"a\",\"b\"],\"label\":0}"),
              HasSubstr("context: expected a text"));
  EXPECT_THAT(message("{\"context\":\"\",\"choices\":[\"a\"],\"label\":0}"),
              HasSubstr("choices: expected a list of two"));
  EXPECT_THAT(message("{"), HasSubstr("f.jsonl:1"));
  EXPECT_THAT(message("\n \n"), HasSubstr("expected questions, found none"));
}

TEST(ChoiceItems, get_a_delimiter_only_where_there_is_no_white_space) {
  const auto tokenizer = make_tokenizer(byte_vocab());
  const auto n_scored = [&](const char* context, const char* choice) {
    return encode_choice(*tokenizer, {context, {choice, "z"}, 0}, "--").choices[0].n_scored();
  };
  EXPECT_EQ(n_scored("Q:", "yy"), 4);
  EXPECT_EQ(n_scored("Q: ", "yy"), 3);  // the space goes with the choice
  EXPECT_EQ(n_scored("Q:", " yy"), 3);
  EXPECT_EQ(n_scored("", "yy"), 2);
}

class NeedleTrials : public testing::Test {
 protected:
  std::unique_ptr<const Tokenizer> tokenizer_ = make_tokenizer(byte_vocab());
  NeedleOptions options_{.lengths = {400, 900}, .depths = {0, 50, 100}, .n_trials = 2};
};

TEST_F(NeedleTrials, fill_their_length_and_hide_the_fact_at_its_depth) {
  for (int32_t length : options_.lengths)
    for (int32_t depth : options_.depths) {
      const NeedleTrial trial = make_needle_trial(*tokenizer_, options_, length, depth, 0);
      const auto n_tokens = static_cast<int32_t>(trial.tokens.tokens.size());
      EXPECT_LE(n_tokens, length);
      EXPECT_GT(n_tokens, length - 120);  // the longest sentence
      const size_t fact = trial.prompt.find("The secret number is" + trial.answer + ".");
      ASSERT_NE(fact, std::string::npos);
      const double place = static_cast<double>(fact) / static_cast<double>(trial.prompt.size());
      EXPECT_NEAR(place, 0.01 * depth, length == 400 ? 0.45 : 0.25);
      EXPECT_EQ(trial.tokens.n_scored(), 6);  // " 12345", a token a byte
    }
}

TEST_F(NeedleTrials, draw_the_secret_from_seed_and_trial) {
  const auto answer = [&](uint64_t seed, int32_t trial, int32_t length) {
    options_.seed = seed;
    return make_needle_trial(*tokenizer_, options_, length, 50, trial).answer;
  };
  EXPECT_EQ(answer(1, 0, 400), answer(1, 0, 900));
  EXPECT_NE(answer(1, 0, 400), answer(1, 1, 400));
  EXPECT_NE(answer(1, 0, 400), answer(2, 0, 400));
}

TEST_F(NeedleTrials, need_room_for_the_question) {
  EXPECT_THROW(make_needle_trial(*tokenizer_, options_, 50, 0, 0), Error);
}

TEST_F(NeedleTrials, take_other_filler) {
  options_.haystack = "Nothing else matters!\n";
  EXPECT_THAT(make_needle_trial(*tokenizer_, options_, 400, 50, 0).prompt,
              HasSubstr("matters!\nNothing"));
}

TEST(NeedleView, has_a_row_per_depth_and_a_column_per_length) {
  const NeedleOptions options{.lengths = {256, 512}, .depths = {0, 100}};
  std::vector<NeedleCell> cells;
  for (int32_t length : options.lengths)
    for (int32_t depth : options.depths) {
      cells.push_back({.length = length, .depth = depth});
      cells.back().exact.add(length == 256 || depth == 100 ? 1 : 0);
      cells.back().log_likelihood.add(-1.5);
    }
  EXPECT_EQ(needle_table(options, cells),
            "depth \\ length     256     512\n"
            "           0 %   100 %     0 %\n"
            "         100 %   100 %   100 %\n");
  const std::string svg = needle_svg(options, cells);
  EXPECT_THAT(svg, HasSubstr("<svg "));
  EXPECT_THAT(svg, HasSubstr("hsl(0,65%,60%)"));
  EXPECT_THAT(svg, HasSubstr("log-likelihood -1.50"));
}

}  // namespace
}  // namespace caracal
