/// What becomes of config.json: keys as llama.cpp's converter writes them, and what is refused.
#include "model/hf/hf_family.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "files/gguf.h"

namespace caracal {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// A configuration of transformers 4 with room for more members.
std::string config_text(std::string_view architecture, std::string_view more = "") {
  return fmt::format(
      R"({{"architectures":["{}"],"vocab_size":71,"hidden_size":24,"intermediate_size":28,)"
      R"("num_hidden_layers":6,"num_attention_heads":3,"rms_norm_eps":1e-5,)"
      R"("max_position_embeddings":512{}{}}})",
      architecture, more.empty() ? "" : ",", more);
}

/// The keys of a configuration, and the tensors that are made of it.
struct Converted {
  explicit Converted(const std::string& text) {
    const HfConfig config = HfConfig::parse(text, "config.json");
    GgufHeader header;
    made = write_hf_keys(find_hf_family(config), config, header);
    image = header.encode();
  }
  Gguf file() const { return Gguf::parse(std::as_bytes(std::span(image)), "image"); }
  int64_t count(std::string_view key) const { return file().get_int(key).value_or(-1); }
  double number(std::string_view key) const { return file().get_float(key).value_or(-1); }

  std::vector<MadeTensor> made;
  std::string image;
};

std::string error(const std::string& text) {
  try {
    Converted converted(text);
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

std::string rope(std::string_view settings) {
  return config_text("LlamaForCausalLM", fmt::format(R"("rope_scaling":{{{}}})", settings));
}

TEST(HfFamily, a_plain_configuration_gives_the_common_keys) {
  const Converted c(config_text("LlamaForCausalLM", R"("num_key_value_heads":1,"rope_theta":5e5)"));
  EXPECT_EQ(c.file().get_string("general.architecture"), "llama");
  EXPECT_EQ(c.count("llama.vocab_size"), 71);
  EXPECT_EQ(c.count("llama.context_length"), 512);
  EXPECT_EQ(c.count("llama.embedding_length"), 24);
  EXPECT_EQ(c.count("llama.block_count"), 6);
  EXPECT_EQ(c.count("llama.feed_forward_length"), 28);
  EXPECT_EQ(c.count("llama.attention.head_count"), 3);
  EXPECT_EQ(c.count("llama.attention.head_count_kv"), 1);
  EXPECT_EQ(c.count("llama.rope.dimension_count"), 8);
  EXPECT_FLOAT_EQ(c.number("llama.attention.layer_norm_rms_epsilon"), 1e-5f);
  EXPECT_FLOAT_EQ(c.number("llama.rope.freq_base"), 5e5f);
  EXPECT_FALSE(c.file().find("llama.rope.scaling.type"));
  EXPECT_TRUE(c.made.empty());
}

TEST(HfFamily, both_spellings_of_rotary_settings_say_the_same) {
  const Converted older(config_text(
      "LlamaForCausalLM", R"("rope_theta":7e4,"rope_scaling":{"type":"linear","factor":4})"));
  const Converted newer(
      config_text("LlamaForCausalLM",
                  R"("rope_parameters":{"rope_type":"linear","factor":4.0,"rope_theta":70000.0})"));
  EXPECT_EQ(older.image, newer.image);
  EXPECT_EQ(older.file().get_string("llama.rope.scaling.type"), "linear");
  EXPECT_EQ(older.number("llama.rope.scaling.factor"), 4);
}

TEST(HfFamily, yarn_keeps_the_magnitude_that_the_checkpoint_names) {
  const Converted c(rope(R"("rope_type":"yarn","factor":4.0,"attention_factor":1.0,)"
                         R"("original_max_position_embeddings":128,"beta_fast":16)"));
  EXPECT_EQ(c.count("llama.rope.scaling.original_context_length"), 128);
  EXPECT_EQ(c.number("llama.rope.scaling.yarn_beta_fast"), 16);
  // GGUF's factor multiplies 1 + 0.1 ln 4.
  EXPECT_NEAR(c.number("llama.rope.scaling.attn_factor"), 1 / 1.1386294, 1e-6);
}

TEST(HfFamily, llama_3_scaling_becomes_divisors) {
  const Converted c(rope(R"("rope_type":"llama3","factor":8,"low_freq_factor":1,)"
                         R"("high_freq_factor":4,"original_max_position_embeddings":64)"));
  ASSERT_EQ(c.made.size(), 1u);
  EXPECT_EQ(c.made[0].name, "rope_freqs.weight");
  // Wavelengths 6.3, 63, 628, 6283: the first makes more than 4 turns in 64, the last two less
  // than one, the second 1.0186.
  ASSERT_EQ(c.made[0].values.size(), 4u);
  EXPECT_EQ(c.made[0].values[0], 1);
  EXPECT_NEAR(c.made[0].values[1], 1 / ((1 - 0.006197) / 8 + 0.006197), 1e-3);
  EXPECT_EQ(c.made[0].values[2], 8);
  EXPECT_EQ(c.made[0].values[3], 8);
}

TEST(HfFamily, longrope_becomes_two_lists_and_a_magnitude) {
  const Converted c(config_text("Phi3ForCausalLM",
                                R"("original_max_position_embeddings":64,"rope_scaling":{)"
                                R"("type":"su","short_factor":[1,1.5,2,2.5],)"
                                R"("long_factor":[1,2,4,8]})"));
  ASSERT_EQ(c.made.size(), 2u);
  EXPECT_EQ(c.made[0].name, "rope_factors_long.weight");
  EXPECT_THAT(c.made[1].values, ElementsAre(1, 1.5, 2, 2.5));
  EXPECT_NEAR(c.number("phi3.rope.scaling.attn_factor"), std::sqrt(1 + std::log(8) / std::log(64)),
              1e-6);
  EXPECT_EQ(c.count("phi3.attention.sliding_window"), 0);
}

TEST(HfFamily, a_vision_model_brings_its_text_model_with_the_defaults_it_leaves_out) {
  const Converted c(
      R"({"architectures":["Gemma3ForConditionalGeneration"],"text_config":{"hidden_size":2560,)"
      R"("intermediate_size":10240,"num_hidden_layers":34,"sliding_window":1024,)"
      R"("rope_scaling":{"factor":8.0,"rope_type":"linear"}},"vision_config":{"hidden_size":1152}})");
  EXPECT_EQ(c.count("gemma3.attention.head_count"), 8);
  EXPECT_EQ(c.count("gemma3.attention.key_length"), 256);
  EXPECT_EQ(c.count("gemma3.context_length"), 131072);
  EXPECT_EQ(c.number("gemma3.rope.freq_base"), 1e6);
  EXPECT_EQ(c.number("gemma3.rope.scaling.factor"), 8);
  EXPECT_EQ(c.count("gemma3.attention.sliding_window"), 1024);
  EXPECT_FALSE(c.file().find("gemma3.attention.sliding_window_pattern"));
}

TEST(HfFamily, an_encoder_is_not_causal) {
  const Converted c(config_text("BertModel", R"("hidden_act":"gelu","layer_norm_eps":1e-12)"));
  EXPECT_EQ(c.file().get_bool("bert.attention.causal"), false);
  EXPECT_FLOAT_EQ(c.number("bert.attention.layer_norm_epsilon"), 1e-12f);
  EXPECT_EQ(c.count("bert.attention.head_count"), 3);
  EXPECT_FALSE(c.file().find("bert.rope.freq_base"));
}

TEST(HfFamily, a_pattern_of_windows_is_written_where_it_is_not_the_usual_one) {
  const auto layers = [](std::string_view types) {
    return Converted(config_text("Gemma2ForCausalLM",
                                 fmt::format(R"("sliding_window":9,"layer_types":[{}])", types)));
  };
  constexpr std::string_view kLocal = R"("sliding_attention",)", kGlobal = R"("full_attention",)";
  std::string usual, other;
  for (int i = 0; i < 3; ++i) {
    usual += std::string(kLocal) + std::string(kGlobal);
    other += std::string(kGlobal) + std::string(kLocal);
  }
  usual.pop_back();
  other.pop_back();
  EXPECT_FALSE(layers(usual).file().find("gemma2.attention.sliding_window_pattern"));
  EXPECT_THAT(*layers(other).file().get_ints("gemma2.attention.sliding_window_pattern"),
              ElementsAre(0, 1, 0, 1, 0, 1));
}

/// A configuration that cannot be taken, and what the message must say.
struct Refusal {
  std::string name, text, says;
};

std::vector<Refusal> refusals() {
  const auto llama = [](std::string_view more) { return config_text("LlamaForCausalLM", more); };
  return {
      {"architecture", config_text("MambaForCausalLM"),
       "'MambaForCausalLM' is not supported; this version knows: LlamaForCausalLM, Mistral"},
      {"no_architecture", "{}", "architectures: expected the name"},
      {"not_an_object", "[]", "expected a JSON object"},
      {"not_json", "{", "not valid JSON at byte"},
      {"missing", R"({"architectures":["LlamaForCausalLM"]})", "expected a number, found nothing"},
      {"negative", llama(R"("num_key_value_heads":-3)"), "from 1 to 268435456, found -3"},
      {"huge", llama(R"("num_key_value_heads":1e99)"), "num_key_value_heads: expected an integer"},
      {"text", llama(R"("rope_theta":"big")"), "rope_theta: expected a finite number, found 'big'"},
      {"zero_theta", llama(R"("rope_theta":0)"), "rope_theta: expected a positive number"},
      {"activation", llama(R"("hidden_act":"relu2")"), "silu for LlamaForCausalLM, found 'relu2'"},
      {"quantised", llama(R"("quantization_config":{"quant_method":"gptq"})"),
       "weights quantised by 'gptq'"},
      {"uneven_heads", llama(R"("num_attention_heads":5)"),
       "hidden_size: expected a multiple of 5"},
      {"odd_head", llama(R"("head_dim":7)"), "an even number of 7 columns"},
      {"partial", llama(R"("partial_rotary_factor":0.5)"), "partial_rotary_factor: expected 1"},
      {"rope_type", rope(R"("rope_type":"dynamic","factor":2)"),
       "rope_scaling.rope_type: expected default, linear, yarn or llama3, found 'dynamic'"},
      {"longrope_elsewhere", rope(R"("type":"longrope")"), "found 'longrope'"},
      {"rope_factor", rope(R"("type":"linear")"), "factor: expected a number, found nothing"},
      {"rope_factor_0", rope(R"("type":"yarn","factor":0)"), "a positive number, found 0"},
      {"mscale", rope(R"("type":"yarn","factor":2,"mscale":0.7)"), "mscale: expected no such"},
      {"rope_no_object", llama(R"("rope_scaling":"linear")"), "rope_scaling: expected an object"},
      {"divisors",
       config_text("Phi3ForCausalLM", R"("rope_scaling":{"type":"longrope","long_factor":[1]})"),
       "long_factor: expected a list of 4 numbers"},
      {"windows",
       config_text("Qwen2ForCausalLM",
                   R"("use_sliding_window":true,"sliding_window":64,"max_window_layers":2)"),
       "no layer with a window"},
      {"query_scale", config_text("Gemma2ForCausalLM", R"("query_pre_attn_scalar":144)"),
       "query_pre_attn_scalar: expected 8, found 144"},
      {"layer_types",
       config_text("Gemma3ForCausalLM", R"("sliding_window":9,"layer_types":["full_attention"])"),
       "6 entries, one per layer"},
      {"nope", config_text("SmolLM3ForCausalLM", R"("no_rope_layers":[1,1,0,1,1,1])"),
       "every fourth layer without rotation"},
      {"multiplier", config_text("GraniteForCausalLM"), "attention_multiplier: expected a number"},
  };
}

class HfRefusal : public testing::TestWithParam<Refusal> {};

TEST_P(HfRefusal, names_file_key_expected_and_found) {
  const std::string message = error(GetParam().text);
  EXPECT_THAT(message, HasSubstr("config.json"));
  EXPECT_THAT(message, HasSubstr(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(All, HfRefusal, testing::ValuesIn(refusals()),
                         [](const auto& info) { return info.param.name; });

TEST(HfConfig, deep_or_wide_json_is_refused_soon) {
  EXPECT_THAT(error(std::string(100000, '[')), HasSubstr("at most 32 levels deep"));
  std::string wide = "{";
  for (int i = 0; i < 20000; ++i) wide += fmt::format("\"{}\":1,", i);
  EXPECT_THAT(error(wide + "\"x\":1}"), HasSubstr("at most 16384 members"));
}

}  // namespace
}  // namespace caracal
