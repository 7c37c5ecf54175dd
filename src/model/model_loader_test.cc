#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <random>

#include "base/error.h"
#include "base/file.h"
#include "model/model.h"

namespace caracal {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

fs::path tiny(const char* name) {
  return fs::path(CARACAL_SOURCE_DIR) / "tests" / "goldens" / "models" / name;
}

/// A file that exists as long as this does.
class ScratchFile {
 public:
  explicit ScratchFile(std::string_view bytes)
      : path_(fs::temp_directory_path() / fmt::format("caracal_loader_{}.gguf", ::getpid())) {
    write_file_atomic(path_, bytes);
  }
  ~ScratchFile() { fs::remove(path_); }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

std::string load_error(std::string_view bytes) {
  ScratchFile file(bytes);
  ThreadTeam team(1);
  try {
    Model::load(file.path(), {}, team);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

/// bytes with the first occurrence of from replaced by to (of the same length).
std::string patched(std::string bytes, std::string_view from, std::string_view to) {
  const size_t at = bytes.find(from);
  EXPECT_NE(at, std::string::npos);
  EXPECT_EQ(from.size(), to.size());
  return bytes.replace(at, from.size(), to);
}

TEST(ModelLoader, a_missing_tensor_is_named_with_its_expected_shape) {
  const std::string bytes = read_file(tiny("tied-gqa2.gguf"));
  EXPECT_THAT(load_error(patched(bytes, "blk.1.ffn_up.weight", "blk.9.ffn_up.weight")),
              HasSubstr("blk.1.ffn_up.weight: this tensor is missing; expected 44 x"));
}

TEST(ModelLoader, an_unknown_family_lists_the_known_ones) {
  const std::string bytes = read_file(tiny("tied-gqa2.gguf"));
  std::string from("general.architecture");
  from += std::string("\x08\0\0\0\x05\0\0\0\0\0\0\0llama", 17);
  std::string to = from;
  to.replace(to.size() - 5, 5, "lhama");
  EXPECT_THAT(load_error(patched(bytes, from, to)),
              HasSubstr("'lhama' is not supported; this version knows: llama"));
}

TEST(ModelLoader, a_wrong_count_is_an_error_about_that_key_or_tensor) {
  const std::string bytes = read_file(tiny("tied-gqa2.gguf"));
  for (const char* key :
       {"llama.block_count", "llama.embedding_length", "llama.attention.head_count",
        "llama.feed_forward_length", "llama.context_length"})
    for (const char value : {'\0', '\xff'}) {
      std::string damaged = bytes;
      const size_t at = damaged.find(key) + std::string_view(key).size() + 4;  // behind the type
      damaged.replace(at, 4, 4, value);
      EXPECT_NE(load_error(damaged), "") << key << " " << int{value};
    }
}

TEST(ModelLoader, no_flipped_byte_in_the_description_crashes_or_hangs) {
  const std::string bytes = read_file(tiny("tied-gqa2.gguf"));
  const size_t description = bytes.find("output_norm.weight") + 200;
  std::mt19937 random(11);
  int refused = 0;
  for (int round = 0; round < 400; ++round) {
    std::string damaged = bytes;
    for (int flips = 0; flips < 3; ++flips)
      damaged[random() % description] ^= static_cast<char>(1u << (random() % 8));
    refused += !load_error(damaged).empty();
  }
  EXPECT_GT(refused, 100);
}

TEST(ModelConfig, rope_flags_change_what_the_file_says) {
  const Gguf file = Gguf::open(tiny("yarn-rope.gguf"));
  EXPECT_EQ(read_model_config(file).rope.scaling, RopeScaling::yarn);
  const ModelConfig plain = read_model_config(file, {.scaling = "none"});
  EXPECT_EQ(plain.rope.scaling, RopeScaling::none);
  const ModelConfig stretched =
      read_model_config(Gguf::open(tiny("tied-gqa2.gguf")), {.scale = 4.0});
  EXPECT_EQ(stretched.rope.scaling, RopeScaling::linear);
  EXPECT_EQ(stretched.rope.factor, 4.0);
  EXPECT_THROW(read_model_config(file, {.scaling = "ntk"}), Error);
  EXPECT_THROW(read_model_config(file, {.scale = 2.0, .freq_scale = 0.5}), Error);
}

}  // namespace
}  // namespace caracal
