/// The forward pass against the float64 oracle's golden logits (tests/goldens/models,
/// tests/oracle), for every family feature and the first six weight formats
/// (the others: weights/weight_formats_test.cc).
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/json.h"
#include "base/test_data.h"
#include "engine/model_runner.h"

namespace caracal {
namespace {

namespace fs = std::filesystem;

fs::path golden_dir() { return fs::path(CARACAL_SOURCE_DIR) / "tests" / "goldens" / "models"; }

std::vector<std::string> golden_models() {
  const Json manifest = read_json_file(golden_dir() / "MANIFEST.json");
  std::vector<std::string> names;
  for (const Json& entry : manifest["models"]) names.push_back(entry["name"]);
  return names;
}

constexpr int32_t kBlockTokens = 8;
constexpr int32_t kContext = 256;

/// How a sequence is computed.
struct How {
  CpuFeatures features = detect_cpu_features();
  Numerics numerics = Numerics::exact;
  int32_t n_threads = 2;
  int32_t context = kContext;
  LinearShape linear_shape = LinearShape::automatic;
  bool fuse = true;
  KvType kv_type = KvType::f32;
  int32_t block_tokens = kBlockTokens;
  SoftmaxKind softmax = SoftmaxKind::online;
  float phi = 0;
};

/// Logits [n_tokens][n_vocab] of one sequence, computed in the given chunks.
class Forward {
 public:
  explicit Forward(const fs::path& path, const How& how = {})
      : context_(how.context),
        block_tokens_(how.block_tokens),
        team_(how.n_threads),
        runner_(Model::load(path,
                            {.features = how.features,
                             .numerics = how.numerics,
                             .linear_shape = how.linear_shape},
                            team_),
                {.max_rows = 64,
                 .max_logit_rows = 64,
                 .k_type = how.kv_type,
                 .v_type = how.kv_type,
                 .block_tokens = how.block_tokens,
                 .fuse = how.fuse,
                 .softmax = how.softmax,
                 .softmax_phi = how.phi,
                 .context = how.context},
                how.context / how.block_tokens, team_, team_) {}

  std::vector<std::vector<float>> logits(std::span<const TokenId> ids, int32_t chunk) {
    std::vector<std::vector<float>> out;
    BlockTable table(runner_.pool(), block_tokens_, context_);
    for (size_t begin = 0; begin < ids.size(); begin += static_cast<size_t>(chunk)) {
      const auto part =
          ids.subspan(begin, std::min(static_cast<size_t>(chunk), ids.size() - begin));
      EXPECT_TRUE(table.grow(static_cast<int32_t>(begin + part.size())));
      const std::span<const BlockId> tables[] = {table.blocks()};
      Batch batch;
      append_sequence(batch, {.tokens = part,
                              .context_len = static_cast<int32_t>(begin),
                              .block_tables = tables,
                              .logits = BatchInput::Logits::all});
      runner_.run(batch);
      const auto rows = runner_.logits();
      for (int64_t r = 0; r < rows.rows; ++r)
        out.emplace_back(rows.row(r), rows.row(r) + rows.cols);
    }
    return out;
  }

  ModelRunner& runner() { return runner_; }

 private:
  int32_t context_, block_tokens_;
  ThreadTeam team_;
  ModelRunner runner_;
};

/// max |a - b| over the range of b.
double relative_error(const std::vector<float>& a, const std::vector<double>& b) {
  double worst = 0;
  for (size_t i = 0; i < b.size(); ++i) worst = std::max(worst, std::fabs(a[i] - b[i]));
  const auto [low, high] = std::ranges::minmax(b);
  return worst / (high - low);
}

double worst_error(const std::string& name, CpuFeatures features, Numerics numerics) {
  const Json golden = read_json_file(golden_dir() / (name + ".golden.json"));
  double worst = 0;
  for (const Json& sequence : golden["sequences"]) {
    Forward forward(golden_dir() / (name + ".gguf"),
                    {.features = features,
                     .numerics = numerics,
                     .context = sequence.value("context", kContext)});
    const std::vector<TokenId> ids = sequence["ids"];
    const auto rows = forward.logits(ids, 16);
    for (size_t i = 0; i < sequence["positions"].size(); ++i)
      worst = std::max(worst, relative_error(rows[sequence["positions"][i].get<size_t>()],
                                             sequence["logits"][i].get<std::vector<double>>()));
  }
  return worst;
}

class ParityTest : public testing::TestWithParam<std::string> {};

TEST_P(ParityTest, float_numerics_match_the_oracle) {
  const double vectors = worst_error(GetParam(), detect_cpu_features(), Numerics::reference);
  const double scalar = worst_error(GetParam(), {}, Numerics::reference);
  RecordProperty("share_of_range", fmt::format("{:.1e}", std::max(vectors, scalar)));
  EXPECT_LT(vectors, 2e-3);
  EXPECT_LT(scalar, 2e-3);
}

TEST_P(ParityTest, default_numerics_differ_by_the_rounding_of_activations_only) {
  EXPECT_LT(worst_error(GetParam(), detect_cpu_features(), Numerics::exact), 5e-2);
}

INSTANTIATE_TEST_SUITE_P(Goldens, ParityTest, testing::ValuesIn(golden_models()),
                         [](const auto& info) {
                           std::string name = info.param;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

TEST(Forward, logits_do_not_depend_on_chunks_or_threads) {
  for (const char* name : {"formats-mixed", "llama3-rope-gqa3", "gemma3", "phi3-window"}) {
    const fs::path path = golden_dir() / (std::string(name) + ".gguf");
    std::vector<TokenId> ids;  // windows of the last ones begin past the first chunk of keys
    for (TokenId i = 0; i < 90; ++i) ids.push_back((i * 7 + 3) % 60);
    Forward one(path, {.n_threads = 1});
    Forward three(path, {.n_threads = 3});
    const auto whole = one.logits(ids, 64);
    for (int32_t chunk : {1, 7, 33})
      EXPECT_EQ(three.logits(ids, chunk), whole) << name << " " << chunk;
  }
}

TEST(Forward, long_contexts_do_not_depend_on_chunks_threads_or_blocks) {
  // Single rows are cut into splits of their keys here; rows of a chunk are not.
  for (const char* name : {"formats-mixed", "gemma3"}) {
    const fs::path path = golden_dir() / (std::string(name) + ".gguf");
    std::vector<TokenId> ids;
    for (TokenId i = 0; i < 1060; ++i) ids.push_back((i * 7 + i / 60) % 60);
    const auto whole = Forward(path, {.n_threads = 1, .context = 1088}).logits(ids, 64);
    for (int32_t block : {8, 32}) {
      const How how = {.n_threads = 3, .context = 1088, .block_tokens = block};
      EXPECT_EQ(Forward(path, how).logits(ids, 1), whole) << name << " " << block;
      EXPECT_EQ(Forward(path, how).logits(ids, 7), whole) << name << " " << block;
    }
  }
}

TEST(Forward, a_unified_maximum_that_never_fits_gives_the_online_logits) {
  const fs::path path = golden_dir() / "formats-mixed.gguf";
  std::vector<TokenId> ids;
  for (TokenId i = 0; i < 90; ++i) ids.push_back((i * 7 + 3) % 60);
  const auto online = Forward(path).logits(ids, 64);
  Forward far(path, {.softmax = SoftmaxKind::unified, .phi = 1000});
  EXPECT_EQ(far.logits(ids, 13), online);
  EXPECT_GT(far.runner().step_counters().softmax_fallbacks.load(), 0);
  Forward near(path, {.softmax = SoftmaxKind::unified, .phi = 0});
  const auto unified = near.logits(ids, 13);
  EXPECT_EQ(near.runner().step_counters().softmax_fallbacks.load(), 0);
  for (size_t r = 0; r < online.size(); ++r)
    for (size_t i = 0; i < online[r].size(); ++i)
      ASSERT_NEAR(unified[r][i], online[r][i], 5e-2) << r;  // activation codes may flip
  EXPECT_EQ(Forward(path, {.softmax = SoftmaxKind::unified}).logits(ids, 1), unified);
}

TEST(Forward, rows_of_blocks_need_heads_that_are_whole_blocks) {
  try {
    Forward forward(golden_dir() / "formats-mixed.gguf", {.kv_type = KvType::q8_0});
    FAIL() << "no error";
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::bad_config);
    EXPECT_THAT(e.what(), testing::HasSubstr("multiple"));
  }
}

TEST(Forward, logits_do_not_depend_on_kernel_shapes_or_fusion) {
  for (const char* name : {"formats-mixed", "gemma3"}) {
    const fs::path path = golden_dir() / (std::string(name) + ".gguf");
    std::vector<TokenId> ids;
    for (TokenId i = 0; i < 40; ++i) ids.push_back((i * 7 + 3) % 60);
    const auto plain = Forward(path, {.fuse = false}).logits(ids, 20);
    EXPECT_EQ(Forward(path, {.linear_shape = LinearShape::flat}).logits(ids, 20), plain) << name;
    EXPECT_EQ(Forward(path, {.linear_shape = LinearShape::gemm}).logits(ids, 20), plain) << name;
  }
}

TEST(Forward, a_sequence_is_computed_alike_alone_and_in_a_ragged_batch) {
  Forward forward(golden_dir() / "formats-q4_1.gguf");
  const std::vector<TokenId> a = {1, 5, 9, 13, 17, 21, 25}, b = {2, 4, 6};
  const auto alone_a = forward.logits(a, 64), alone_b = forward.logits(b, 64);
  BlockTable ta(forward.runner().pool(), kBlockTokens, 64),
      tb(forward.runner().pool(), kBlockTokens, 64);
  ASSERT_TRUE(ta.grow(7) && tb.grow(3));
  const std::span<const BlockId> tables_a[] = {ta.blocks()}, tables_b[] = {tb.blocks()};
  Batch batch;
  append_sequence(batch,
                  {.tokens = b, .block_tables = tables_b, .logits = BatchInput::Logits::last});
  append_sequence(batch,
                  {.tokens = a, .block_tables = tables_a, .logits = BatchInput::Logits::last});
  forward.runner().run(batch);
  const auto rows = forward.runner().logits();
  EXPECT_EQ(std::vector<float>(rows.row(0), rows.row(0) + rows.cols), alone_b.back());
  EXPECT_EQ(std::vector<float>(rows.row(1), rows.row(1) + rows.cols), alone_a.back());
}

/// Whether every node of a drafted tree has the logits of its path, run as a plain sequence.
void expect_branches_equal_chains(const std::string& name) {
  SCOPED_TRACE(name);
  Forward forward(golden_dir() / (name + ".gguf"));
  const std::vector<TokenId> prompt = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13};
  //                               0   1   2   3   4   5
  const std::vector<TokenId> tree = {20, 21, 22, 23, 24, 25};
  const std::vector<int32_t> parents = {-1, 0, 0, 1, 2, -1};
  const auto n_prompt = static_cast<int32_t>(prompt.size());
  BlockTable table(forward.runner().pool(), kBlockTokens, 64);
  ASSERT_TRUE(table.grow(n_prompt + 6));
  const std::span<const BlockId> tables[] = {table.blocks()};
  Batch batch;
  append_sequence(batch,
                  {.tokens = prompt, .block_tables = tables, .logits = BatchInput::Logits::none});
  forward.runner().run(batch);
  batch.clear();
  append_sequence(batch, {.tokens = tree,
                          .parents = parents,
                          .context_len = n_prompt,
                          .block_tables = tables,
                          .logits = BatchInput::Logits::all});
  forward.runner().run(batch);
  const auto rows = forward.runner().logits();
  std::vector<std::vector<float>> drafted;
  for (int64_t r = 0; r < rows.rows; ++r)
    drafted.emplace_back(rows.row(r), rows.row(r) + rows.cols);
  for (int32_t leaf = 0; leaf < 6; ++leaf) {
    std::vector<TokenId> chain;
    for (int32_t node = leaf; node >= 0; node = parents[static_cast<size_t>(node)])
      chain.insert(chain.begin(), tree[static_cast<size_t>(node)]);
    chain.insert(chain.begin(), prompt.begin(), prompt.end());
    EXPECT_EQ(drafted[static_cast<size_t>(leaf)], forward.logits(chain, 64).back()) << leaf;
  }
}

TEST(Forward, each_branch_of_a_tree_equals_the_same_tokens_as_a_chain) {
  expect_branches_equal_chains("formats-q8_0");
}

TEST(Forward, windows_run_along_the_branch_of_a_tree) {
  for (const char* name : {"gemma3", "phi3-window"}) expect_branches_equal_chains(name);
}

TEST(Forward, stories_260k_gives_the_golden_ids_and_logits) {
  CRCL_NEEDS_TEST_DATA();
  const fs::path models = test_data_dir() / "models";
  Forward forward(models / "stories260K.gguf");
  const Json golden_file = read_json_file(models / "stories260K.golden.json");
  ASSERT_EQ(golden_file["rows"].size(), 8u);
  for (const Json& row : golden_file["rows"]) {
    std::vector<TokenId> ids = row["prompt_ids"];
    const auto n_prompt = ids.size();
    const std::vector<TokenId> greedy = row["greedy_ids"];
    ids.insert(ids.end(), greedy.begin(), greedy.end());
    const auto logits = forward.logits(ids, 64);
    const std::vector<double> golden = row["logits_after_prompt"];
    for (size_t i = 0; i < golden.size(); ++i)
      EXPECT_NEAR(logits[n_prompt - 1][i], golden[i], 1e-3);
    for (size_t i = 0; i < greedy.size(); ++i) {
      const auto& at = logits[n_prompt - 1 + i];
      EXPECT_EQ(std::ranges::max_element(at) - at.begin(), greedy[i]);
    }
  }
}

}  // namespace
}  // namespace caracal
