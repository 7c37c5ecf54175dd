/// Whole directories: the tiny models as transformers saved them, and damaged ones.
#include "model/hf/hf_checkpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <tuple>

#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "model/open_checkpoint.h"

namespace caracal {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

const fs::path kGoldens = fs::path(CARACAL_SOURCE_DIR) / "tests" / "goldens";

std::vector<std::string> directories() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(kGoldens / "hf"))
    names.push_back(entry.path().filename().string());
  std::ranges::sort(names);
  return names;
}

class HfDirectories : public testing::TestWithParam<std::string> {
 protected:
  const Gguf from_hf_ = open_checkpoint(kGoldens / "hf" / GetParam());
  const Gguf from_gguf_ = open_checkpoint(kGoldens / "models" / (GetParam() + ".gguf"));
};

TEST_P(HfDirectories, hold_the_tensors_of_the_gguf_file_bit_for_bit) {
  ASSERT_EQ(from_hf_.tensors().size(), from_gguf_.tensors().size());
  for (const GgufTensor& expected : from_gguf_.tensors()) {
    const GgufTensor* found = from_hf_.find_tensor(expected.name);
    ASSERT_TRUE(found) << expected.name;
    EXPECT_EQ(found->shape, expected.shape) << expected.name;
    EXPECT_EQ(found->type, expected.type) << expected.name;
    ASSERT_EQ(found->data.size(), expected.data.size()) << expected.name;
    if (std::ranges::equal(found->data, expected.data)) continue;
    // What was stored less 1, or made of decimal numbers, comes back within a rounding.
    for (size_t at = 0; at < expected.data.size(); at += sizeof(float)) {
      float a, b;
      std::memcpy(&a, found->data.data() + at, sizeof(float));
      std::memcpy(&b, expected.data.data() + at, sizeof(float));
      EXPECT_NEAR(a, b, 2e-7f * std::max(1.0f, std::fabs(b))) << expected.name;
    }
    EXPECT_TRUE(expected.name.ends_with("norm.weight") || expected.name.starts_with("rope_"))
        << expected.name;
  }
}

TEST_P(HfDirectories, say_what_the_gguf_file_says) {
  for (const auto& [key, value] : from_gguf_.metadata()) {
    if (!key.starts_with(*from_gguf_.get_string("general.architecture"))) continue;
    const GgufValue* found = from_hf_.find(key);
    // Phi-3's and Gemma's default windows and patterns may be said or left to the reader.
    if (!found) continue;
    EXPECT_EQ(to_text(*found), to_text(value)) << key;
  }
  EXPECT_EQ(from_hf_.get_string("general.architecture"),
            from_gguf_.get_string("general.architecture"));
}

INSTANTIATE_TEST_SUITE_P(All, HfDirectories, testing::ValuesIn(directories()),
                         [](const auto& info) {
                           std::string name = info.param;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

/// A copy of one of the directories that a test may damage.
TEST_P(HfDirectories, have_an_outline_with_the_same_keys_and_shapes) {
  const Gguf outline = open_outline(kGoldens / "hf" / GetParam());
  EXPECT_EQ(outline.metadata().size(), from_hf_.metadata().size());
  ASSERT_EQ(outline.tensors().size(), from_hf_.tensors().size());
  for (size_t i = 0; i < outline.tensors().size(); ++i) {
    const GgufTensor &a = outline.tensors()[i], &b = from_hf_.tensors()[i];
    EXPECT_EQ(std::tie(a.name, a.shape, a.type), std::tie(b.name, b.shape, b.type));
    EXPECT_EQ(a.data.size(), b.data.size()) << a.name;
  }
}

class DamagedDirectory : public testing::Test {
 protected:
  void SetUp() override {
    dir_ = fs::temp_directory_path() / fmt::format("caracal_hf_{}", ::getpid());
    fs::remove_all(dir_);
    fs::copy(kGoldens / "hf" / "qwen2", dir_);
  }
  void TearDown() override { fs::remove_all(dir_); }

  void write(const std::string& name, std::string_view text) {
    write_file_atomic(dir_ / name, text);
  }
  void replace(const std::string& name, std::string_view from, std::string_view to) {
    std::string text = read_file(dir_ / name);
    const size_t at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    write(name, text.replace(at, from.size(), to));
  }
  std::string error() const {
    try {
      open_checkpoint(dir_);
    } catch (const Error& e) {
      return e.what();
    }
    return "";
  }

  fs::path dir_;
};

TEST_F(DamagedDirectory, config_json_names_the_directory_too) {
  EXPECT_EQ(open_checkpoint(dir_ / "config.json").tensors().size(),
            open_checkpoint(dir_).tensors().size());
}

TEST_F(DamagedDirectory, gemma3_may_leave_out_what_the_family_says) {
  fs::remove_all(dir_);
  fs::copy(kGoldens / "hf" / "gemma3", dir_);
  Json config = read_json_file(dir_ / "config.json");
  for (const char* key :
       {"num_attention_heads", "num_key_value_heads", "head_dim", "query_pre_attn_scalar"})
    config.erase(key);
  write("config.json", to_text(config));
  // The defaults are those of the 4B model; shapes are the loader's to check.
  EXPECT_EQ(open_checkpoint(dir_).get_int("gemma3.attention.key_length"), 256);
}

TEST_F(DamagedDirectory, a_snapshot_of_the_hub_is_named_after_its_repository) {
  const fs::path snapshot = dir_ / "models--some-org--Tiny-Qwen" / "snapshots" / "0123abc";
  fs::create_directories(snapshot);
  for (const auto& entry : fs::directory_iterator(kGoldens / "hf" / "qwen2"))
    fs::copy(entry, snapshot);
  EXPECT_EQ(open_checkpoint(snapshot).get_string("general.name"), "Tiny-Qwen");
}

TEST_F(DamagedDirectory, missing_files_are_named) {
  fs::remove(dir_ / "model.safetensors");
  EXPECT_THAT(error(), HasSubstr("expected model.safetensors or model.safetensors.index.json"));
  write("pytorch_model.bin", "x");
  EXPECT_THAT(error(), HasSubstr("save the model as safetensors first"));
  fs::remove(dir_ / "config.json");
  EXPECT_THAT(error(), HasSubstr("a folder with config.json"));
}

TEST_F(DamagedDirectory, weights_and_configuration_must_agree) {
  replace("config.json", "\"num_hidden_layers\": 2", "\"num_hidden_layers\": 1");
  EXPECT_THAT(error(), AllOf(HasSubstr("'model.layers.1."), HasSubstr("no such tensor")));
  replace("config.json", "\"num_hidden_layers\": 1", "\"num_hidden_layers\": 3");
  EXPECT_THAT(error(),
              HasSubstr("'model.layers.2.input_layernorm.weight': this tensor is missing"));
  replace("config.json", "\"num_hidden_layers\": 3", "\"num_hidden_layers\": 2");
  replace("config.json", "\"tie_word_embeddings\": true", "\"tie_word_embeddings\": false");
  EXPECT_THAT(error(), HasSubstr("'lm_head.weight': this tensor is missing"));
}

TEST_F(DamagedDirectory, other_element_types_are_named) {
  replace("model.safetensors", "\"F32\"", "\"I32\"");
  EXPECT_THAT(error(), HasSubstr("expected F32, F16 or BF16, found I32"));
}

TEST_F(DamagedDirectory, modules_stay_inside_the_directory_and_are_known) {
  const auto modules = [](std::string_view type, std::string_view path) {
    return fmt::format(R"([{{"type":"sentence_transformers.models.{}","path":"{}"}}])", type, path);
  };
  for (const char* path : {"../1_Pooling", "/etc", "", ".", "a/b"}) {
    write("modules.json", modules("Pooling", path));
    EXPECT_THAT(error(), HasSubstr("the plain name of a folder")) << path;
  }
  write("modules.json", modules("Dense", "2_Dense"));
  EXPECT_THAT(error(), HasSubstr("expected Transformer, Pooling and Normalize"));
  fs::create_directory(dir_ / "1_Pooling");
  write("1_Pooling/config.json", R"({"pooling_mode_max_tokens":true})");
  write("modules.json", modules("Pooling", "1_Pooling"));
  EXPECT_THAT(error(), HasSubstr("mean, cls or lasttoken"));
  write("1_Pooling/config.json",
        R"({"pooling_mode_cls_token":false,"pooling_mode_mean_tokens":true})");
  EXPECT_EQ(open_checkpoint(dir_).get_int("qwen2.pooling_type"), 1);
}

TEST_F(DamagedDirectory, templates_licence_and_sampling_come_along) {
  write("README.md", "---\ntags:\n- x\nlicense: apache-2.0\n---\n# Model\nlicense: none\n");
  write("generation_config.json", R"({"eos_token_id":[2,7],"top_k":20,"temperature":0.5})");
  replace("tokenizer_config.json", "\"chat_template\": ",
          R"("chat_template": [{"name":"default","template":"A"},{"name":"rag","template":"B"}],)"
          "\"was\": ");
  const Gguf file = open_checkpoint(dir_);
  EXPECT_EQ(file.get_string("general.license"), "apache-2.0");
  EXPECT_EQ(file.get_int("general.sampling.top_k"), 20);
  EXPECT_EQ(file.get_float("general.sampling.temp"), 0.5);
  EXPECT_EQ(file.get_string("tokenizer.chat_template"), "A");
  EXPECT_EQ(file.get_string("tokenizer.chat_template.rag"), "B");
  write("chat_template.jinja", "C");
  EXPECT_EQ(open_checkpoint(dir_).get_string("tokenizer.chat_template"), "C");
}

/// A text model that stands in a larger one, with data that are not aligned.
TEST_F(DamagedDirectory, prefixes_buffers_and_odd_addresses_are_taken) {
  constexpr std::string_view kWord = "language_model.";
  replace("model.safetensors", "\"model.embed_tokens.weight",
          "\"" + std::string(kWord) + "model.embed_tokens.weight");
  std::string image = read_file(dir_ / "model.safetensors");
  uint64_t n_bytes;
  std::memcpy(&n_bytes, image.data(), 8);
  n_bytes += kWord.size();  // an odd number, so data now begin at an odd address
  std::memcpy(image.data(), &n_bytes, 8);
  write("model.safetensors", image);
  const Gguf odd = open_checkpoint(dir_);
  const Gguf even = open_checkpoint(kGoldens / "hf" / "qwen2");
  for (const GgufTensor& tensor : even.tensors()) {
    const GgufTensor* found = odd.find_tensor(tensor.name);
    ASSERT_TRUE(found);
    EXPECT_TRUE(std::ranges::equal(found->data, tensor.data)) << tensor.name;
    EXPECT_EQ(reinterpret_cast<uintptr_t>(found->data.data()) % alignof(float), 0u);
  }
}

}  // namespace
}  // namespace caracal
