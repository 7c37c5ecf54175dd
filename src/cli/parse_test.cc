#include "cli/parse.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "cli/short_flags.h"
#include "spec/engine_config.h"
#include "spec/sampling_params.h"

namespace caracal::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const char* no_environment(const char*) { return nullptr; }

/// The options of a command over fresh settings.
class ParseTest : public testing::Test {
 protected:
  ParseOutcome parse(std::vector<std::string_view> arguments,
                     const char* (*lookup)(const char*) = no_environment) {
    return parse_arguments("run", groups, arguments, lookup);
  }

  std::string error(std::vector<std::string_view> arguments,
                    const char* (*lookup)(const char*) = no_environment) {
    try {
      parse(std::move(arguments), lookup);
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::bad_config);
      return e.what();
    }
    return "no error";
  }

  EngineConfig engine;
  SamplingParams sampling;
  std::vector<OptionGroup> groups = {bind_fields("Engine", engine_fields(), engine),
                                     bind_fields("Sampling", sampling_fields(), sampling)};
};

TEST_F(ParseTest, every_spelling_of_every_flag_sets_its_member) {
  EXPECT_EQ(parse({"-c", "100", "-ctk", "f32", "--kv-cache-dtype=bf16", "-tb", "3", "--temp", "0",
                   "-n64", "--top-k=7"}),
            ParseOutcome::run);
  EXPECT_EQ(engine.n_ctx, 100);
  EXPECT_EQ(engine.cache_type_k, "bf16");
  EXPECT_EQ(engine.n_threads_batch, 3);
  EXPECT_EQ(sampling.temp, 0);
  EXPECT_EQ(sampling.max_tokens, 64);
  EXPECT_EQ(sampling.top_k, 7);
}

TEST_F(ParseTest, every_documented_flag_is_known_to_the_parser) {
  for (const OptionGroup& group : groups)
    for (const Option& option : group.options)
      for (const FlagName& flag : split_flags(option.flags)) {
        std::vector<std::string_view> arguments = {flag.name};
        const std::string value = option.default_value.empty() ? "1" : option.default_value;
        if (!option.is_switch()) arguments.push_back(value);
        const std::string message = error(arguments);
        EXPECT_THAT(message, testing::Not(HasSubstr("unknown"))) << flag.name;
      }
}

TEST_F(ParseTest, values_that_look_like_flags_stay_values) {
  parse({"-n", "-1", "-r", "-ctk", "--stop", "--temp", "-r", "[a,b]", "-r", "-ngl"});
  EXPECT_EQ(sampling.max_tokens, -1);
  EXPECT_THAT(sampling.stop, ElementsAre("-ctk", "--temp", "[a,b]", "-ngl"));
}

TEST_F(ParseTest, switches_can_be_negated_and_the_last_one_wins) {
  parse({"--no-mmap", "--ignore-eos"});
  EXPECT_FALSE(engine.use_mmap);
  EXPECT_TRUE(sampling.ignore_eos);
  parse({"--no-mmap", "--mmap"});
  EXPECT_TRUE(engine.use_mmap);
}

TEST_F(ParseTest, a_flag_beats_the_environment_and_the_environment_beats_the_default) {
  const auto lookup = [](const char* name) -> const char* {
    if (std::string_view(name) == "LLAMA_ARG_CTX_SIZE") return "77";
    if (std::string_view(name) == "LLAMA_ARG_THREADS") return "5";
    return nullptr;
  };
  parse({"-c", "88"}, lookup);
  EXPECT_EQ(engine.n_ctx, 88);
  EXPECT_EQ(engine.n_threads, 5);
}

TEST_F(ParseTest, errors_name_the_flag_or_the_variable) {
  EXPECT_THAT(error({"--foo"}), HasSubstr("unknown flag '--foo'"));
  EXPECT_THAT(error({"-zz"}), HasSubstr("unknown flag '-zz'"));
  EXPECT_THAT(error({"-hf", "repo"}), HasSubstr("unknown flag '-hf'"));
  EXPECT_THAT(error({"-td", "4"}), HasSubstr("unknown flag '-td'"));
  EXPECT_THAT(error({"word"}), HasSubstr("unknown argument 'word'"));
  EXPECT_THAT(error({"-c", "x"}), HasSubstr("--ctx-size"));
  EXPECT_THAT(error({"-c"}), HasSubstr("--ctx-size"));
  EXPECT_THAT(error({"-ctk", "q5_1"}), HasSubstr("--cache-type-k"));
  EXPECT_THAT(error({},
                    [](const char* name) -> const char* {
                      return std::string_view(name) == "LLAMA_ARG_CTX_SIZE" ? "many" : nullptr;
                    }),
              HasSubstr("LLAMA_ARG_CTX_SIZE"));
}

TEST_F(ParseTest, help_and_version_come_first) {
  EXPECT_EQ(parse({"-c", "5", "--help"}), ParseOutcome::help);
  EXPECT_EQ(parse({"--version"}), ParseOutcome::version);
}

TEST(PositionalArguments, fill_their_rows_in_order_and_a_list_takes_the_rest) {
  struct Files {
    std::string input;
    std::vector<std::string> items;
    bool quick = false;
  };
  static const Field<Files> kFields[] = {
      {.name = "input", .member = &Files::input, .flags = "INPUT"},
      {.name = "items", .member = &Files::items, .flags = "ITEM"},
      {.name = "quick", .member = &Files::quick, .flags = "--quick"}};
  const auto parse = [](std::vector<std::string_view> arguments) {
    Files files;
    const std::vector<OptionGroup> groups = {bind_fields<Files>("Files", kFields, files)};
    parse_arguments("test", groups, arguments, [](const char*) -> const char* { return nullptr; });
    return files;
  };
  EXPECT_EQ(parse({"a"}).input, "a");
  EXPECT_TRUE(parse({"a"}).items.empty());
  EXPECT_THAT(parse({"a", "b", "--quick", "c=d"}).items, ElementsAre("b", "c=d"));
}

class RewriteTest : public ParseTest {
 protected:
  RewrittenArguments rewrite(std::string_view command, std::vector<std::string_view> arguments) {
    return rewrite_arguments(command, groups, arguments);
  }
};

TEST_F(RewriteTest, flags_of_several_letters_become_long_flags) {
  EXPECT_THAT(rewrite("run", {"-ctk", "f32", "-np=2", "-t", "1"}).arguments,
              ElementsAre("--cache-type-k", "f32", "--parallel=2", "-t", "1"));
}

TEST_F(RewriteTest, harmless_flags_go_with_their_values_and_leave_a_notice) {
  const RewrittenArguments out =
      rewrite("run", {"-ngl", "99", "-fa", "-c", "5", "-fa", "on", "--no-warmup", "-fa=off"});
  EXPECT_THAT(out.arguments, ElementsAre("-c", "5"));
  EXPECT_EQ(out.notices.size(), 5u);
  EXPECT_THAT(out.notices.front(), HasSubstr("-ngl is ignored"));
}

TEST_F(RewriteTest, a_flag_that_is_harmless_for_one_command_is_not_for_another) {
  EXPECT_THAT(rewrite("chat", {"-cnv"}).arguments, ElementsAre());
  EXPECT_THAT(rewrite("run", {"-cnv"}).arguments, ElementsAre("-cnv"));
}

TEST_F(RewriteTest, nothing_changes_behind_two_dashes) {
  EXPECT_THAT(rewrite("run", {"--", "-ngl", "-ctk"}).arguments, ElementsAre("--", "-ngl", "-ctk"));
}

}  // namespace
}  // namespace caracal::cli
