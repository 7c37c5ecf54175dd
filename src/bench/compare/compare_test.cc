#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "base/error.h"
#include "base/json.h"
#include "bench/compare/compare_reports.h"
#include "bench/compare/compare_runner.h"

namespace caracal {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

EngineSpeed speeds(std::string engine, std::string variant, std::vector<double> values) {
  EngineSpeed speed;
  speed.engine = std::move(engine);
  speed.variant = std::move(variant);
  speed.tokens_per_s = std::move(values);
  return speed;
}

Comparison comparison() {
  Comparison c;
  c.model_path = "m.gguf";
  c.test = {.n_prompt = 512};
  c.engines = {speeds("caracal", "", {90, 300, 100}), speeds("llama.cpp", "", {50, 40, 1000}),
               speeds("ik_llama.cpp", "", {70, 80}), speeds("ik_llama.cpp", "rtr", {80, 90}),
               speeds("openvino-genai", "", {})};
  c.engines.back().left_out = "it cannot read <this>";
  return c;
}

TEST(Ratio, is_that_of_the_medians) {
  const Comparison c = comparison();
  EXPECT_DOUBLE_EQ(*ratio_to(c, c.engines[1]), 2);
  EXPECT_DOUBLE_EQ(*ratio_to(c, c.engines[2]), 100.0 / 75);
  EXPECT_FALSE(ratio_to(c, c.engines[4]));
}

TEST(Ratio, the_better_variant_of_a_peer_counts) {
  const Comparison c = comparison();
  EXPECT_EQ(best_variant(c, "ik_llama.cpp"), &c.engines[3]);
  EXPECT_TRUE(is_best_variant(c, c.engines[1]));
  EXPECT_FALSE(is_best_variant(c, c.engines[2]));
  EXPECT_EQ(best_variant(c, "openvino-genai"), nullptr);
  EXPECT_FALSE(is_best_variant(c, c.engines[4]));
}

TEST(ShareOfOthers, is_what_is_left_of_the_busy_time) {
  EXPECT_DOUBLE_EQ(share_of_others(30, 20, 10, 2), 0.5);
  EXPECT_EQ(share_of_others(19.9, 20, 10, 2), 0);  // clocks of different grain
  EXPECT_EQ(share_of_others(99, 20, 10, 2), 1);
  EXPECT_EQ(share_of_others(5, 0, 0, 2), 0);
}

CompareReport report() {
  CompareReport r;
  r.environment.date = "today";
  r.repetitions = 3;
  r.comparisons = {comparison()};
  EngineFacts facts;
  facts.version = "0.3 <b>";
  facts.system = "AVX2 = 1 | FMA = 1";
  r.add_side("llama.cpp", facts);
  r.add_side("llama.cpp", facts);
  return r;
}

TEST(CompareReports, json_has_ratios_of_what_counts) {
  const Json json = compare_json(report());
  const Json& c = json["comparisons"][0];
  EXPECT_EQ(c["test"], "pp512");
  EXPECT_DOUBLE_EQ(c["ratios"]["llama.cpp"].get<double>(), 2);
  EXPECT_DOUBLE_EQ(c["ratios"]["ik_llama.cpp"].get<double>(), 100.0 / 85);
  EXPECT_EQ(c["ratios"].size(), 2u);
  EXPECT_EQ(c["engines"][0]["tokens_per_s"]["median"], 100);
  EXPECT_EQ(c["engines"][0]["runs"].size(), 3u);
  EXPECT_EQ(c["engines"][4]["left_out"], "it cannot read <this>");
  EXPECT_FALSE(c["engines"][4].contains("tokens_per_s"));
  EXPECT_EQ(json["engines"].size(), 1u);
  EXPECT_TRUE(json["quiet"].get<bool>());
}

TEST(CompareReports, text_and_page_say_the_same) {
  CompareReport r = report();
  const std::string text = compare_text(r);
  EXPECT_THAT(text, HasSubstr("| 2.00 x "));
  EXPECT_THAT(text, HasSubstr("| (1.33 x) "));
  EXPECT_THAT(text, HasSubstr("openvino-genai is left out for m.gguf, pp512: it cannot read"));
  EXPECT_THAT(text, HasSubstr("AVX2 = 1 | FMA = 1"));
  EXPECT_THAT(text, Not(HasSubstr("not quiet")));
  const std::string page = compare_html(r);
  EXPECT_THAT(page, HasSubstr("<td>2.00 x</td>"));
  EXPECT_THAT(page, HasSubstr("0.3 &lt;b&gt;"));
  r.comparisons[0].others_share = 0.11;
  EXPECT_THAT(compare_text(r), HasSubstr("not quiet: others kept 11 %"));
  EXPECT_THAT(compare_html(r), HasSubstr("not quiet"));
  EXPECT_FALSE(compare_json(r)["quiet"].get<bool>());
}

TEST(Peers, the_last_python_for_the_peer_wins_then_the_last_for_all) {
  EXPECT_EQ(python_of({}, "llama.cpp"), "python3");
  const std::string given[] = {"a", "llama.cpp=b", "/x=y/c", "llama.cpp=/p/d=e"};
  EXPECT_EQ(python_of(given, "llama.cpp"), "/p/d=e");
  EXPECT_EQ(python_of(given, "ik_llama.cpp"), "/x=y/c");
}

TEST(Peers, wrong_names_are_refused) {
  EXPECT_THROW(check_compare({}), Error);
  EXPECT_THROW(check_compare({.peers = {"llama"}}), Error);
  EXPECT_THROW(check_compare({.peers = {"llama.cpp", "llama.cpp"}}), Error);
  for (const char* python : {"llama=python3", "=python3", "llama.cpp=", ""})
    EXPECT_THROW(check_compare({.peers = {"llama.cpp"}, .pythons = {python}}), Error) << python;
  check_compare({.peers = {"llama.cpp", "openvino-genai"}, .pythons = {"openvino-genai=p", "q"}});
}

BenchSetup two_tests() {
  return {.engine = {.n_parallel = 2, .n_threads = 3},
          .tests = {{.n_prompt = 8}, {.n_gen = 4, .depth = 5}}};
}

TEST(PeerCommand, names_all_that_the_speed_depends_on) {
  const auto argv = peer_command("py", "w.py", {"ik_llama.cpp", "rtr"}, "-m.gguf", two_tests(),
                                 {.warmup = false});
  EXPECT_THAT(argv, ElementsAre("py", "w.py", "--peer", "ik_llama.cpp", "--variant=rtr",
                                "--model=-m.gguf", "--threads", "3", "--batch-size", "512",
                                "--parallel", "2", "--cache-type-k", "f16", "--cache-type-v", "f16",
                                "--no-warmup", "--test", "8,0,0", "--test", "0,4,5"));
}

TEST(OwnCommand, passes_on_what_is_not_the_default_or_what_the_environment_would_change) {
  ::unsetenv("CARACAL_ISA");
  EXPECT_TRUE(engine_arguments({}).empty());
  ::setenv("CARACAL_ISA", "avx2", 1);
  EXPECT_THAT(engine_arguments({}), ElementsAre("--isa", "auto"));
  ::unsetenv("CARACAL_ISA");
  EngineConfig engine{.n_threads = 7, .numerics = "fast", .fuse = false, .use_mlock = true};
  engine.rope_freq_scale = 0.5F;
  EXPECT_THAT(engine_arguments(engine), ElementsAre("--numerics", "fast", "--no-fuse", "--mlock",
                                                    "--rope-freq-scale", "0.5"));
  const auto argv =
      own_command("/me", "m.gguf", two_tests(),
                  {.n_prompt = {8}, .n_gen = {}, .prompt_and_answer = {{3, 4}}, .depth = {0, 5}});
  EXPECT_EQ(argv[0], "/me");
  for (const char* word : {"bench", "--keep-unsteady", "3,4", "0,5", "--json"})
    EXPECT_THAT(argv, Contains(word));
}

const char* const kGood = R"({"version":"1","system":"s","flags":"f","threads":3,"n_batch":512,
  "cache_type_k":"f16","cache_type_v":"f16","results":[
  {"n_prompt":8,"n_gen":0,"depth":0,"seconds":0.5},
  {"n_prompt":0,"n_gen":4,"depth":5,"left_out":"no"}]})";

ProcessResult wrote(std::string output, int exit_status = 0) {
  return {.output = std::move(output), .exit_status = exit_status};
}

std::string with(std::string text, const std::string& old, const std::string& now) {
  return text.replace(text.find(old), old.size(), now);
}

TEST(PeerRun, a_good_answer_is_taken_over) {
  const EngineRun run = read_peer_run(wrote(kGood), two_tests(), "peer");
  ASSERT_EQ(run.tests.size(), 2u);
  EXPECT_DOUBLE_EQ(run.tests[0].tokens_per_s, 8 * 2 / 0.5);
  EXPECT_EQ(run.tests[1].left_out, "no");
  EXPECT_EQ(run.facts.n_threads, 3);
}

TEST(PeerRun, a_file_may_be_left_out) {
  const auto run = read_peer_run(wrote(R"({"left_out":"a\u001b[2Jb"})"), two_tests(), "peer");
  EXPECT_EQ(run.left_out, "a [2Jb");  // nothing that a terminal obeys
  EXPECT_TRUE(run.tests.empty());
}

ErrorCode refusal(const ProcessResult& process, const char* says) {
  try {
    read_peer_run(process, two_tests(), "peer x");
  } catch (const Error& e) {
    EXPECT_THAT(e.what(), HasSubstr("peer x"));
    EXPECT_THAT(e.what(), HasSubstr(says));
    EXPECT_LT(std::string_view(e.what()).size(), 3000u);
    return e.code();
  }
  ADD_FAILURE() << "taken: " << process.output;
  return ErrorCode::internal;
}

TEST(PeerRun, hostile_answers_are_refused) {
  const std::string deep(100000, '[');
  for (const std::string& output : {std::string(),
                                    std::string("hello"),
                                    std::string("[]"),
                                    std::string("3"),
                                    std::string("{}"),
                                    deep,
                                    std::string(kGood).substr(0, 90),
                                    kGood + std::string("x"),
                                    with(kGood, "0.5", "0"),
                                    with(kGood, "0.5", "-1"),
                                    with(kGood, "0.5", "1e999"),
                                    with(kGood, "0.5", "\"0.5\""),
                                    with(kGood, "0.5", "null"),
                                    with(kGood, "0.5", "[]"),
                                    with(kGood, "\"threads\":3", "\"threads\":3.5"),
                                    with(kGood, "\"threads\":3", "\"threads\":-3"),
                                    with(kGood, "\"threads\":3", "\"threads\":99999999999"),
                                    with(kGood, "\"threads\":3", "\"threads\":true"),
                                    with(kGood, "\"s\"", "{}"),
                                    with(kGood, "\"results\":[", "\"results\":[{},"),
                                    with(kGood, "\"results\"", "\"r\""),
                                    with(kGood, "\"n_prompt\":8", "\"n_prompt\":9"),
                                    with(kGood, "\"depth\":5", "\"depth\":6"),
                                    with(kGood, ",\"seconds\":0.5", ""),
                                    R"({"left_out":7})" + std::string(),
                                    with(kGood, "\"no\"", "[1]")})
    EXPECT_EQ(refusal(wrote(output), ""), ErrorCode::bad_file) << output.substr(0, 200);
}

TEST(PeerRun, one_that_failed_is_told_by_its_own_words_or_by_how_it_ended) {
  EXPECT_EQ(refusal(wrote(R"({"error":"built without AVX2"})", 1), "built without AVX2"),
            ErrorCode::unsupported);
  EXPECT_EQ(refusal(wrote(fmt::format(R"({{"error":"{}"}})", std::string(100000, 'x')), 1), "xxx"),
            ErrorCode::unsupported);
  EXPECT_EQ(refusal(wrote("", 4), "exit status 4"), ErrorCode::internal);
  EXPECT_EQ(refusal(wrote(kGood, 1), "exit status 1"), ErrorCode::internal);
  EXPECT_EQ(refusal({.output = kGood, .signal = 11}, "signal 11"), ErrorCode::internal);
}

}  // namespace
}  // namespace caracal
