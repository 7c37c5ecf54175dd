#include "spec/sampling_params.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "base/error.h"

namespace caracal {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const Field<SamplingParams>& row(std::string_view name) {
  return *find_field(sampling_fields(), name);
}

SamplingParams with(std::string_view name, std::vector<std::string_view> values) {
  SamplingParams params;
  assign(row(name), params, std::span<const std::string_view>(values), shown_name(row(name)));
  return params;
}

template <class F>
std::string error_of(F f) {
  try {
    f();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::bad_config);
    return e.what();
  }
  return "accepted";
}

TEST(SamplingFields, defaults_are_llama_cpps_and_valid) {
  const SamplingParams params;
  EXPECT_NO_THROW(validate(params));
  EXPECT_EQ(print(row("temp"), params), "0.8");
  EXPECT_EQ(print(row("top_p"), params), "0.95");
  EXPECT_EQ(print(row("samplers"), params),
            "penalties;dry;top_n_sigma;top_k;typ_p;top_p;min_p;xtc;temperature");
}

TEST(SamplingFields, every_row_has_its_own_name_flags_and_help) {
  std::set<std::string_view> names, flags, variables;
  for (const Field<SamplingParams>& field : sampling_fields()) {
    EXPECT_TRUE(names.insert(field.name).second) << field.name;
    EXPECT_FALSE(field.help.empty()) << field.name;
    for (const FlagName& flag : split_flags(field.flags)) {
      EXPECT_TRUE(flags.insert(flag.name).second) << flag.name;
    }
    const bool new_variable = field.env.empty() || variables.insert(field.env).second;
    EXPECT_TRUE(new_variable) << field.env;
  }
}

TEST(SamplingFields, every_value_reads_back_as_printed) {
  SamplingParams changed;
  changed.samplers = {"top_k", "temperature"};
  changed.seed = 1234567890123;
  changed.temp = 0.1f + 0.2f;
  changed.mirostat = 2;
  changed.logit_bias = {{5, -1.5f}, {6, -std::numeric_limits<float>::infinity()}, {7, 2.0f}};
  changed.allowed_token_ids = {1, 2, 3};
  changed.ignore_eos = true;
  for (const SamplingParams& params : {SamplingParams(), changed}) {
    for (const Field<SamplingParams>& field : sampling_fields()) {
      if (field.name == "dry_sequence_breakers" || field.name == "stop")
        continue;  // repeated flags
      SamplingParams copy;
      assign(field, copy, print(field, params), field.name);
      EXPECT_EQ(print(field, copy), print(field, params)) << field.name;
    }
  }
}

TEST(SamplingFields, a_scalar_takes_the_last_value_and_a_list_all_of_them) {
  EXPECT_EQ(with("top_k", {"5", "7"}).top_k, 7);
  EXPECT_EQ(with("temp", {"+1.5"}).temp, 1.5f);
  EXPECT_THAT(with("stop", {"a;b", "c"}).stop, ElementsAre("a;b", "c"));
  EXPECT_THAT(with("samplers", {"top_k;;temp"}).samplers, ElementsAre("top_k", "temp"));
  EXPECT_THAT(with("banned_token_ids", {"1,2", "3"}).banned_token_ids, ElementsAre(1, 2, 3));
  EXPECT_THAT(with("dry_sequence_breakers", {"none"}).dry_sequence_breakers, IsEmpty());
  EXPECT_THAT(with("dry_sequence_breakers", {"none", "x"}).dry_sequence_breakers, ElementsAre("x"));
}

TEST(SamplingFields, logit_bias_reads_llama_cpps_notation) {
  const SamplingParams params = with("logit_bias", {"15043+1.5", "3-2,4-inf,5=false"});
  ASSERT_EQ(params.logit_bias.size(), 4u);
  EXPECT_EQ(params.logit_bias[0].token, 15043);
  EXPECT_EQ(params.logit_bias[0].bias, 1.5f);
  EXPECT_EQ(params.logit_bias[1].bias, -2.0f);
  EXPECT_TRUE(std::isinf(params.logit_bias[2].bias));
  EXPECT_TRUE(std::isinf(params.logit_bias[3].bias));
  for (const char* bad : {"x+1", "+1", "5", "5+", "5+inf", "5+nan", "99999999999+1", "5=true"}) {
    EXPECT_THAT(error_of([&] { with("logit_bias", {bad}); }), HasSubstr("--logit-bias: expected"))
        << bad;
  }
}

TEST(SamplingFields, errors_name_the_flag_what_was_expected_and_what_was_found) {
  EXPECT_EQ(error_of([] { with("top_p", {"1.5"}); }),
            "--top-p: expected a number in [0, 1], found \"1.5\"");
  EXPECT_EQ(error_of([] { with("top_k", {"4x"}); }),
            "--top-k: expected a whole number >= -1, found \"4x\"");
  EXPECT_EQ(error_of([] { with("mirostat", {"1"}); }),
            "--mirostat: expected one of 0|2, found \"1\"");
  EXPECT_EQ(error_of([] { with("ignore_eos", {"maybe"}); }),
            "--ignore-eos: expected true or false, found \"maybe\"");
  EXPECT_EQ(error_of([] { with("repeat_penalty", {"0"}); }),
            "--repeat-penalty: expected a number in (0, 10000], found \"0\"");
  for (const char* bad : {"", " 1", "1 ", "nan", "inf", "0x10", "1,5", "99999999999999999999"}) {
    EXPECT_THAT(error_of([&] { with("top_k", {bad}); }), HasSubstr("--top-k: expected")) << bad;
    EXPECT_THAT(error_of([&] { with("top_p", {bad}); }), HasSubstr("--top-p: expected")) << bad;
  }
}

TEST(SamplingParams, validate_refuses_what_no_text_went_through) {
  const auto refused = [](auto edit) {
    SamplingParams params;
    edit(params);
    return error_of([&] { validate(params); });
  };
  EXPECT_THAT(refused([](auto& p) { p.temp = std::nanf(""); }), HasSubstr("--temp: expected"));
  EXPECT_THAT(refused([](auto& p) { p.min_tokens = -1; }), HasSubstr("--min-tokens: expected"));
  EXPECT_THAT(refused([](auto& p) { p.mirostat = 1; }), HasSubstr("--mirostat: expected"));
  EXPECT_THAT(refused([](auto& p) { p.stop_token_ids = {3, -4}; }),
              AllOf(HasSubstr("--stop-token-ids"), HasSubstr("found \"-4\"")));
  EXPECT_THAT(refused([](auto& p) { p.stop = {""}; }), HasSubstr("--stop: expected"));
  EXPECT_THAT(refused([](auto& p) { p.stop.assign(1000, "x"); }), HasSubstr("found 1000"));
  EXPECT_THAT(refused([](auto& p) { p.dry_sequence_breakers = {""}; }), HasSubstr("'none'"));
  EXPECT_THAT(refused([](auto& p) { p.logit_bias = {{1, std::nanf("")}}; }),
              HasSubstr("--logit-bias: expected"));
}

TEST(SamplingFields, the_environment_sets_what_it_names) {
  const std::map<std::string, std::string> environment = {
      {"LLAMA_ARG_TOP_K", "3"}, {"LLAMA_ARG_IGNORE_EOS", "1"}, {"LLAMA_ARG_TEMP", ""}};
  const auto lookup = [&](const char* name) {
    const auto found = environment.find(name);
    return found == environment.end() ? nullptr : found->second.c_str();
  };
  SamplingParams params;
  assign_from_environment(sampling_fields(), params, lookup);
  EXPECT_EQ(params.top_k, 3);
  EXPECT_TRUE(params.ignore_eos);
  EXPECT_EQ(params.temp, 0.8f) << "an empty variable is not set";
  const auto bad = [](const char*) { return "?"; };
  EXPECT_THAT(error_of([&] { assign_from_environment(sampling_fields(), params, bad); }),
              HasSubstr("LLAMA_ARG_"));
}

TEST(SamplingFields, the_docs_have_a_line_per_row) {
  const std::string docs = fields_markdown(sampling_fields());
  EXPECT_EQ(std::count(docs.begin(), docs.end(), '\n'),
            static_cast<ptrdiff_t>(sampling_fields().size()) + 2);
  EXPECT_THAT(docs, HasSubstr("| `--top-k` | `LLAMA_ARG_TOP_K` | `40` | `>= -1` | Keep the k"));
  EXPECT_THAT(docs, HasSubstr("`0\\|2`")) << "a pipe inside a cell is escaped";
}

TEST(FieldTable, negating_flags_are_marked) {
  const std::vector<FlagName> flags = split_flags("--mmap,!--no-mmap");
  ASSERT_EQ(flags.size(), 2u);
  EXPECT_FALSE(flags[0].negates);
  EXPECT_EQ(flags[1].name, "--no-mmap");
  EXPECT_TRUE(flags[1].negates);
}

}  // namespace
}  // namespace caracal
