/// Encoders against the float64 oracle (tests/goldens/encoders), and what embeddings promise
/// whatever the model.
#include "engine/embedder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "base/error.h"
#include "base/json.h"
#include "engine/embedding_model.h"
#include "engine/text_model.h"

namespace caracal {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using Texts = std::vector<std::vector<TokenId>>;

constexpr int32_t kAsItIs = -1;

fs::path goldens() { return fs::path(CARACAL_SOURCE_DIR) / "tests" / "goldens"; }
fs::path encoder(const std::string& name) { return goldens() / "encoders" / (name + ".gguf"); }
fs::path decoder() { return goldens() / "models" / "formats-q4_1.gguf"; }

EngineConfig config(int32_t n_batch = 128) {
  return {.n_batch = n_batch, .n_threads = 2, .block_tokens = 8};
}

EngineConfig float_config(std::string isa) {
  EngineConfig c = config();
  c.isa = std::move(isa);
  c.numerics = "reference";
  return c;
}

EmbedOptions pooled(Pooling pooling, int32_t norm = kAsItIs) {
  return {.pooling = pooling, .norm = norm};
}

/// Texts of the given lengths, with ids that every tiny vocabulary has.
Texts some_texts(std::initializer_list<int> lengths) {
  Texts texts;
  for (int length : lengths) {
    texts.emplace_back();
    for (int i = 0; i < length; ++i)
      texts.back().push_back((7 * i + 13 * static_cast<int>(texts.size())) % 60);
  }
  return texts;
}

std::string error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

/// max |a - b| over the range of b.
double relative_error(std::span<const float> a, const std::vector<double>& b) {
  double worst = 0;
  for (size_t i = 0; i < b.size(); ++i) worst = std::max(worst, std::fabs(a[i] - b[i]));
  const auto [low, high] = std::ranges::minmax(b);
  return worst / (high - low);
}

/// Over all kept rows and means of a golden.
double worst_error(const std::string& name, const EngineConfig& config) {
  const Json golden = read_json_file(goldens() / "encoders" / (name + ".golden.json"));
  Texts texts;
  for (const Json& sequence : golden["sequences"]) texts.push_back(sequence["ids"]);
  EmbeddingModel all(encoder(name), config, pooled(Pooling::none));
  EmbeddingModel mean(encoder(name), config, pooled(Pooling::mean));
  const auto rows = all.embedder().embed(texts), means = mean.embedder().embed(texts);
  const auto d = static_cast<size_t>(all.embedder().d_model());
  double worst = 0;
  for (size_t s = 0; s < texts.size(); ++s) {
    const Json& sequence = golden["sequences"][s];
    EXPECT_EQ(rows[s].size(), texts[s].size() * d);
    for (size_t i = 0; i < sequence["positions"].size(); ++i)
      worst = std::max(worst, relative_error(std::span(rows[s]).subspan(
                                                 sequence["positions"][i].get<size_t>() * d, d),
                                             sequence["hidden"][i]));
    worst = std::max(worst, relative_error(means[s], sequence["mean"]));
  }
  return worst;
}

class EncoderTest : public testing::TestWithParam<const char*> {};

TEST_P(EncoderTest, float_numerics_match_the_oracle_on_every_instruction_set) {
  EXPECT_LT(worst_error(GetParam(), float_config("auto")), 2e-3);
  EXPECT_LT(worst_error(GetParam(), float_config("scalar")), 2e-3);
}

TEST_P(EncoderTest, default_numerics_differ_by_the_rounding_of_activations_only) {
  EXPECT_LT(worst_error(GetParam(), config()), 5e-2);
}

INSTANTIATE_TEST_SUITE_P(Goldens, EncoderTest, testing::Values("bert-awkward", "bert-q8_0"),
                         [](const auto& info) {
                           std::string name = info.param;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

TEST(Embedder, a_text_gives_the_same_bits_alone_and_in_any_company) {
  const Texts texts = some_texts({9, 1, 64, 65, 2, 30, 80, 7});
  for (const fs::path& path : {encoder("bert-awkward"), encoder("bert-q8_0"), decoder()})
    for (Pooling pooling : {Pooling::none, Pooling::mean, Pooling::cls, Pooling::last}) {
      EmbeddingModel alone(path, config(), pooled(pooling));
      std::vector<std::vector<float>> expected;
      for (const auto& text : texts)
        expected.push_back(alone.embedder().embed(std::span(&text, 1)).front());
      for (int32_t n_batch : {80, 97, 512}) {  // how the texts fall into steps
        EngineConfig c = config(n_batch);
        c.n_threads = 3;
        c.block_tokens = 5;
        EmbeddingModel together(path, c, pooled(pooling));
        EXPECT_EQ(together.embedder().embed(texts), expected) << path << " " << n_batch;
        EXPECT_EQ(together.embedder().embed(texts), expected) << "a second call";
      }
    }
}

TEST(Embedder, a_long_text_of_a_decoder_comes_in_chunks_and_means_the_same) {
  const Texts texts = some_texts({5, 100, 3, 90});
  for (Pooling pooling : {Pooling::none, Pooling::mean, Pooling::cls, Pooling::last}) {
    EmbeddingModel whole(decoder(), config(512), pooled(pooling));
    EmbeddingModel chunked(decoder(), config(7), pooled(pooling));
    EXPECT_EQ(chunked.embedder().embed(texts), whole.embedder().embed(texts));
  }
}

TEST(Embedder, poolings_are_rows_and_the_mean_of_the_hidden_states) {
  const Texts texts = some_texts({11});
  for (const fs::path& path : {encoder("bert-awkward"), decoder()}) {
    const auto embed = [&](Pooling pooling) {
      EmbeddingModel model(path, config(), pooled(pooling));
      return model.embedder().embed(texts).front();
    };
    const std::vector<float> rows = embed(Pooling::none), mean = embed(Pooling::mean);
    const auto d = mean.size();
    EXPECT_EQ(embed(Pooling::cls), std::vector<float>(rows.begin(), rows.begin() + d));
    EXPECT_EQ(embed(Pooling::last), std::vector<float>(rows.end() - d, rows.end()));
    for (size_t i = 0; i < d; ++i) {
      double sum = 0;
      for (size_t row = 0; row < 11; ++row) sum += rows[row * d + i];
      EXPECT_NEAR(mean[i], sum / 11, 1e-6);
    }
  }
}

TEST(Embedder, the_model_says_how_it_is_pooled_else_its_kind_does) {
  const auto pooling = [](const fs::path& path, const EmbedOptions& options = {}) {
    return EmbeddingModel(path, config(), options).embedder().pooling();
  };
  EXPECT_EQ(pooling(encoder("bert-awkward")), Pooling::mean);
  EXPECT_EQ(pooling(encoder("bert-q8_0")), Pooling::cls);
  EXPECT_EQ(pooling(decoder()), Pooling::last);
  EXPECT_EQ(pooling(encoder("bert-q8_0"), {.pooling = Pooling::last}), Pooling::last);
}

TEST(Embedder, an_encoder_sees_what_follows_and_a_decoder_does_not) {
  Texts texts = some_texts({20});
  texts.push_back(texts[0]);
  texts[1].back() ^= 1;
  for (const auto& [path, sees] : {std::pair{encoder("bert-awkward"), true}, {decoder(), false}}) {
    EmbeddingModel model(path, config(), pooled(Pooling::cls));
    const auto first = model.embedder().embed(texts);
    EXPECT_EQ(first[0] != first[1], sees) << path;
  }
}

TEST(Embedder, a_text_that_does_not_fit_is_an_error_that_says_what_would) {
  EmbeddingModel model(encoder("bert-awkward"), config(), {});
  EXPECT_EQ(model.embedder().max_tokens(), 80);
  const Texts good = some_texts({80}), texts = some_texts({4, 81});
  EXPECT_EQ(model.embedder().embed(good).size(), 1u);
  EXPECT_THAT(error_of([&] { model.embedder().embed(texts); }),
              HasSubstr("text 1: 81 tokens, but this model reads at most 80 (its context)"));
  EmbeddingModel narrow(encoder("bert-awkward"), config(50), {});
  EXPECT_THAT(error_of([&] { narrow.embedder().embed(good); }), HasSubstr("--batch-size"));
  const Texts none(1), outside = {{3, 100000}};
  EXPECT_THAT(error_of([&] { model.embedder().embed(none); }), HasSubstr("no tokens"));
  EXPECT_THAT(error_of([&] { model.embedder().embed(outside); }), HasSubstr("100000"));
}

TEST(Embedder, a_context_beyond_the_learned_positions_is_refused) {
  EngineConfig c = config();
  c.n_ctx = 81;
  EXPECT_THAT(error_of([&] { EmbeddingModel(encoder("bert-awkward"), c, {}); }),
              HasSubstr("--ctx-size: the model has learned positions for 80 tokens"));
}

TEST(Embedder, no_kv_block_is_held_after_a_call) {
  EmbeddingModel model(encoder("bert-awkward"), config(), {});
  const BlockPool& pool = model.embedder().kv_pool();
  model.embedder().embed(some_texts({80, 1, 1, 40}));
  EXPECT_EQ(pool.n_free(), pool.n_blocks());
}

TEST(Embedder, word_piece_puts_its_special_tokens_around_a_text) {
  EmbeddingModel model(encoder("bert-awkward"), config(), {});
  const auto ids = model.tokenizer().encode("The cat");
  ASSERT_EQ(ids.size(), 4u);
  EXPECT_EQ(model.tokenizer().piece(ids.front()), "[CLS]");
  EXPECT_EQ(model.tokenizer().piece(ids.back()), "[SEP]");
}

TEST(Embedder, an_engine_over_an_encoder_is_refused_with_the_way_out) {
  EXPECT_THAT(error_of([] { TextModel(encoder("bert-awkward"), config()); }),
              HasSubstr("use `caracal embed`"));
}

TEST(Normalize, divides_by_the_norm_that_was_asked_for) {
  const auto normalized = [](int32_t norm) {
    std::vector<float> v = {3, -4, 0, 0};
    normalize(v, norm);
    return v;
  };
  EXPECT_THAT(normalized(-1), ElementsAre(3, -4, 0, 0));
  EXPECT_THAT(normalized(0), ElementsAre(24570, -32760, 0, 0));
  EXPECT_THAT(normalized(1), ElementsAre(3 / 7.0f, -4 / 7.0f, 0, 0));
  EXPECT_THAT(normalized(2), ElementsAre(0.6f, -0.8f, 0, 0));
  EXPECT_FLOAT_EQ(normalized(3)[0], 3 / std::cbrt(91.0f));
  std::vector<float> zeros(3), huge = {1e38f, 1e38f};
  normalize(zeros, 2);
  normalize(huge, 2);
  EXPECT_THAT(zeros, ElementsAre(0, 0, 0));
  EXPECT_FLOAT_EQ(huge[0], std::sqrt(0.5f));
}

}  // namespace
}  // namespace caracal
