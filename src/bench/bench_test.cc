#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/json.h"
#include "bench/bench_runner.h"
#include "bench/profile_report.h"
#include "bench/reports.h"

namespace caracal {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string tiny(const char* name) {
  return std::string(CARACAL_SOURCE_DIR) + "/tests/goldens/models/" + name;
}

std::shared_ptr<const Model> load(const char* name, CpuFeatures features = detect_cpu_features()) {
  ThreadTeam team(1);
  return Model::load(tiny(name), {.features = features}, team);
}

TEST(Summary, is_what_its_names_say) {
  const double odd[] = {3, 1, 2};
  const double even[] = {4, 1, 2, 3};
  EXPECT_EQ(summarize(odd).median, 2);
  EXPECT_EQ(summarize(even).median, 2.5);
  EXPECT_EQ(summarize(even).min, 1);
  EXPECT_EQ(summarize(even).max, 4);
  EXPECT_EQ(summarize(odd).mean, 2);
  EXPECT_DOUBLE_EQ(summarize(odd).stddev, 1);
  EXPECT_DOUBLE_EQ(summarize(odd).spread(), 1);
  EXPECT_EQ(summarize({}).n, 0u);
  EXPECT_EQ(summarize(std::span(odd, 1)).stddev, 0);
}

TEST(BenchSpec, every_combination_is_run_and_the_context_fits_the_longest_test) {
  BenchOptions options{.n_prompt = {512, 0},
                       .n_gen = {64},
                       .prompt_and_answer = {{100, 20}},
                       .depth = {0, 1000},
                       .n_parallel = {1, 8},
                       .n_threads = {1, 2},
                       .cache_type_k = {"f16", "f32"}};
  const auto setups = plan_bench(options);
  ASSERT_EQ(setups.size(), 8u);
  std::vector<std::string> names;
  for (const BenchTest& test : setups[0].tests) names.push_back(test.name());
  EXPECT_THAT(names, ElementsAre("pp512", "tg64", "pp100+tg20", "pp512", "tg64", "pp100+tg20"));
  EXPECT_EQ(setups[0].tests[3].depth, 1000);
  EXPECT_GE(setups[0].engine.n_ctx, 1512);
  EXPECT_EQ(setups[0].engine.n_threads_batch, 1);
  EXPECT_EQ(setups[7].engine.n_parallel, 8);
  EXPECT_EQ(setups[7].engine.cache_type_k, "f32");
}

TEST(BenchSpec, nothing_to_do_and_absurd_lengths_are_refused) {
  EXPECT_THROW(plan_bench({.n_prompt = {0}, .n_gen = {}}), Error);
  EXPECT_THROW(plan_bench({.n_prompt = {1 << 22}, .depth = {1 << 24}}), Error);
  for (const char* text : {"", "512", "512,", ",64", "a,b", "0,1", "1,2,3", "-1,2"})
    EXPECT_THROW(parse_prompt_and_answer(text, "-pg"), Error) << text;
  EXPECT_EQ(parse_prompt_and_answer("512,64", "-pg").n_gen, 64);
}

TEST(RoofSteadiness, a_tenth_of_the_mean_is_the_border) {
  EXPECT_TRUE(is_steady(100, 100));
  EXPECT_TRUE(is_steady(100, 110));
  EXPECT_TRUE(is_steady(110, 100));
  EXPECT_FALSE(is_steady(100, 112));
  EXPECT_FALSE(is_steady(0, 1));
}

/// The formula of the docs, from the model's hyper-parameters: rows at positions [first, last) of
/// one sequence, all seeing what is before them.
double attention_ops(const ModelConfig& c, int32_t first, int32_t last) {
  double keys = 0;
  for (int32_t p = first; p < last; ++p) keys += p + 1;
  return 2.0 * c.n_layers * keys * c.n_heads * (c.head_dim + c.v_head_dim);
}

double kv_bytes_of(const ModelConfig& c, double n_keys) {
  return n_keys * c.n_layers * c.n_kv_heads * (c.head_dim + c.v_head_dim) * 2;  // f16
}

/// Multiply-adds of one row through all matrices of the blocks; of the head.
struct MatrixSize {
  double blocks = 0, head = 0;
};
MatrixSize matrix_sizes(const Plan& plan) {
  MatrixSize sizes;
  for (const auto& op : plan.operators)
    if (op->kind() == "linear")
      (op->tiles().rows == RowCount::logit_rows ? sizes.head : sizes.blocks) +=
          op->cost().flops_per_row / 2;
  return sizes;
}

/// What the steps of a test cost, as the runner counts it.
StepCost measured_work(BenchEngine& engine, Workload& workload, const BenchTest& test,
                       int64_t& n_steps) {
  std::vector<SequenceShape> shapes;
  StepCost sum;
  n_steps = 0;
  engine.engine().runner().set_step_hook([&](const Batch& batch) {
    shapes.clear();
    append_shapes(batch, shapes);
    sum += step_cost(engine.engine().runner().plan(), batch_of_shapes(shapes));
    ++n_steps;
  });
  workload.run(test);
  engine.engine().runner().set_step_hook({});
  return sum;
}

class WorkAtDepth : public testing::TestWithParam<int32_t> {};  // depth

TEST_P(WorkAtDepth, of_prompts_and_answers_is_the_formula_and_the_context_is_computed_once) {
  const int32_t depth = GetParam();
  BenchSetup setup{
      .engine = {.n_ctx = depth + 40, .n_batch = 16, .n_threads = 1, .block_tokens = 8}};
  const auto model = load("tied-gqa2.gguf");
  const ModelConfig& c = model->config();
  BenchEngine engine(model, setup);
  Workload workload(engine.engine(), c.n_vocab, 1, depth);
  const MatrixSize size = matrix_sizes(engine.engine().runner().plan());
  for (int repetition = 0; repetition < 3; ++repetition) {
    int64_t n_steps = 0;
    const StepCost pp = measured_work(engine, workload, {.n_prompt = 20, .depth = depth}, n_steps);
    EXPECT_EQ(n_steps, 2);  // chunks of 16 rows
    EXPECT_DOUBLE_EQ(pp.all_ops(),
                     2 * (20 * size.blocks + size.head) + attention_ops(c, depth, depth + 20));
    EXPECT_DOUBLE_EQ(pp.kv_bytes, kv_bytes_of(c, (depth + 16) + (depth + 20)));

    const StepCost tg = measured_work(engine, workload, {.n_gen = 7, .depth = depth}, n_steps);
    EXPECT_EQ(n_steps, 7);
    EXPECT_DOUBLE_EQ(tg.all_ops(),
                     2 * 7 * (size.blocks + size.head) + attention_ops(c, depth, depth + 7));
    EXPECT_DOUBLE_EQ(tg.kv_bytes, kv_bytes_of(c, 7 * depth + 28));
  }
}
INSTANTIATE_TEST_SUITE_P(Depths, WorkAtDepth, testing::Values(0, 1, 24));

TEST(Work, of_weights_is_the_matrices_once_and_a_row_of_the_table_per_token) {
  BenchSetup setup{.engine = {.n_ctx = 16, .n_threads = 1}};
  const auto model = load("formats-q8_0.gguf", {});  // the reference reads the file's bytes
  double matrices = 0, table = 0;
  for (const GgufTensor& tensor : model->file().tensors())
    if (tensor.shape.size() == 2)
      (tensor.name == "token_embd.weight" ? table : matrices) +=
          static_cast<double>(tensor.data.size());
  const bool tied = !model->file().find_tensor("output.weight");
  BenchEngine engine(model, setup);
  Workload workload(engine.engine(), model->config().n_vocab, 1, 0);
  int64_t n_steps = 0;
  const StepCost tg = measured_work(engine, workload, {.n_gen = 1}, n_steps);
  EXPECT_EQ(tg.main_arithmetic(), Roof::int8_dot);
  EXPECT_DOUBLE_EQ(tg.weight_bytes,
                   matrices + (tied ? table : 0) + table / model->config().n_vocab);
}

TEST(Work, of_sequences_together_reads_the_weights_once) {
  BenchSetup setup{.engine = {.n_ctx = 32, .n_parallel = 4, .n_threads = 1}};
  const auto model = load("tied-gqa2.gguf");
  BenchEngine engine(model, setup);
  Workload one(engine.engine(), model->config().n_vocab, 1, 0);
  Workload four(engine.engine(), model->config().n_vocab, 4, 0);
  int64_t n_steps = 0;
  const StepCost a = measured_work(engine, one, {.n_gen = 3}, n_steps);
  const StepCost b = measured_work(engine, four, {.n_gen = 3}, n_steps);
  EXPECT_EQ(n_steps, 3);
  EXPECT_DOUBLE_EQ(b.all_ops(), 4 * a.all_ops());
  EXPECT_DOUBLE_EQ(b.kv_bytes, 4 * a.kv_bytes);
  EXPECT_LT(b.weight_bytes, 1.5 * a.weight_bytes);
}

/// A result with two repetitions of one second and of half a second.
BenchResult made_result(BenchTest test) {
  BenchResult r{.model = {.name = "a <b>", .weights = "Q4_0"}, .test = test};
  r.engine.n_threads = 2;
  r.work.ops_of(Roof::int8_dot) = 3e11;
  r.work.ops_of(Roof::fp32_fma) = 1e11;
  r.work.weight_bytes = 9e9;
  r.work.kv_bytes = 1e9;
  r.roof = roof_of(test, r.work);
  const double roof = r.roof == Roof::read_bandwidth ? 40e9 : 8e11;
  r.repetitions = {{1, roof, roof, true}, {0.5, 0.5 * roof, 1.5 * roof, false}};
  return r;
}

BenchReport made_report() {
  BenchReport report;
  report.environment.machine.cpu_name = "CPU & \"co\"";
  report.environment.roofs.figures = {{Roof::read_bandwidth, 2, 40e9, "loads"},
                                      {Roof::int8_dot, 2, 8e11, "vpdpbusd ymm"}};
  report.results = {made_result({.n_prompt = 512}), made_result({.n_gen = 64, .depth = 100}),
                    made_result({.n_prompt = 8, .n_gen = 8})};
  report.results[0].operators = {{.name = "linear", .busy_s = 3, .time_share = 0.75},
                                 {.name = "norm<", .busy_s = 1, .time_share = 0.25}};
  return report;
}

TEST(BenchResult, a_share_is_the_rate_over_the_mean_of_the_two_samples) {
  const BenchResult pp = made_result({.n_prompt = 512});
  EXPECT_EQ(pp.roof, Roof::int8_dot);
  EXPECT_DOUBLE_EQ(pp.roof_share().min, 0.5);  // all operations against the main arithmetic's peak
  EXPECT_DOUBLE_EQ(pp.roof_share().max, 1);
  EXPECT_DOUBLE_EQ(pp.tokens_per_s().median, (512 + 1024) / 2.0);
  const BenchResult tg = made_result({.n_gen = 64});
  EXPECT_EQ(tg.roof, Roof::read_bandwidth);
  EXPECT_DOUBLE_EQ(tg.roof_share().min, 0.25);
  EXPECT_EQ(tg.n_unsteady(), 1);
}

TEST(BenchReport, json_has_the_documented_shape) {
  const Json json = bench_json(made_report());
  ASSERT_EQ(json["results"].size(), 3u);
  const Json& pp = json["results"][0];
  EXPECT_EQ(pp["test"], "pp512");
  EXPECT_EQ(pp["roof"], "int8_dot");
  EXPECT_DOUBLE_EQ(pp["roof_share"].get<double>(), 0.75);
  for (const char* key : {"median", "min", "max"})
    EXPECT_TRUE(pp["tokens_per_s"].contains(key)) << key;
  EXPECT_EQ(pp["operators"][0]["operator"], "linear");
  EXPECT_EQ(json["results"][1]["roof"], "read_bandwidth");
  EXPECT_TRUE(json["results"][2]["roof_share"].is_null());
  EXPECT_FALSE(json["results"][2].contains("operators"));
  EXPECT_EQ(json["machine"]["roofs"][1]["roof"], "int8_dot");
}

TEST(BenchReport, the_table_leaves_out_what_is_usual_everywhere) {
  const std::string table = bench_table(made_report());
  EXPECT_THAT(table, HasSubstr("tg64 @ d100"));
  EXPECT_THAT(table, HasSubstr("| 75.0 %"));
  EXPECT_THAT(table, HasSubstr("unsteady"));
  EXPECT_THAT(table, testing::Not(HasSubstr("type_k")));
}

TEST(BenchReport, the_page_escapes_what_it_shows_and_needs_nothing_else) {
  const std::string page = bench_html(made_report());
  EXPECT_THAT(page, HasSubstr("a &lt;b&gt;"));
  EXPECT_THAT(page, HasSubstr("CPU &amp; &quot;co&quot;"));
  EXPECT_THAT(page, HasSubstr("norm&lt;"));
  EXPECT_THAT(page, HasSubstr("</html>"));
  for (const char* outside : {"<script", "src=", "href=", "@import", "url("})
    EXPECT_THAT(page, testing::Not(HasSubstr(outside)));
  EXPECT_EQ(shares_svg(BenchReport{}), "");
  EXPECT_THAT(roofline_svg(BenchReport{}), HasSubstr("</svg>"));
}

TEST(BenchReport, the_plot_shows_the_roofs_as_they_were_meanwhile) {
  BenchReport report = made_report();
  for (Repetition& r : report.results[0].repetitions) r = {1, 2e11, 2e11, true};
  EXPECT_DOUBLE_EQ(roofs_meanwhile(report).find(Roof::int8_dot, 2)->per_second, 5e11);
}

TEST(BenchRunner, runs_every_test_of_a_setup_and_profiles_it) {
  BenchOptions options{.n_prompt = {8},
                       .n_gen = {3},
                       .depth = {0, 5},
                       .n_threads = {2},
                       .repetitions = 1,
                       .with_operators = true};
  BenchEnvironment environment;
  environment.machine.memory_free = 32 << 20;  // for a small buffer
  std::vector<BenchResult> results;
  BenchRunner(options, environment)
      .run(load("tied-gqa2.gguf"), {}, plan_bench(options).front(), results);
  ASSERT_EQ(results.size(), 4u);
  for (const BenchResult& r : results) {
    EXPECT_EQ(r.repetitions.size(), 1u);
    EXPECT_LE(r.n_repeated, most_repeated(1));
    EXPECT_GT(r.tokens_per_s().median, 0);
    EXPECT_GT(r.roof_share().median, 0);
    double shares = 0;
    for (const OperatorShare& share : r.operators) shares += share.time_share;
    EXPECT_NEAR(shares, 1, 1e-9);
  }
}

TEST(Profile, tables_name_kinds_and_regions) {
  BenchSetup setup{.engine = {.n_ctx = 32, .n_threads = 1}};
  const auto model = load("tied-gqa2.gguf");
  BenchEngine engine(model, setup);
  Workload workload(engine.engine(), model->config().n_vocab, 1, 0);
  MachineRoofs roofs;
  for (const Roof roof : kRoofs) roofs.figures.push_back({roof, 1, 1e9, ""});
  const BenchTest test{.n_gen = 4};
  ProfiledRun run = engine.profile(workload, test);
  const ProfiledTest profiled{test, std::move(run.profile), run.seconds, roofs};
  EXPECT_GT(profiled.outside_s(), 0);
  EXPECT_THAT(profile_table(profiled, false), HasSubstr("| attend"));
  EXPECT_THAT(profile_table(profiled, true), HasSubstr("layer 0"));
  const Json json = profile_json(profiled, false);
  EXPECT_EQ(json["steps"], 4);
  for (const Json& row : json["operators"])
    if (row["name"] == "attend") {
      EXPECT_GT(row["kv_bytes"], 0);
      EXPECT_GT(row["compute_share"], 0);
      EXPECT_GT(row["read_share"], 0);
    }
}

}  // namespace
}  // namespace caracal
