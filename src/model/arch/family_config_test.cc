/// What the families read from a file's keys, where the goldens have only one case.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "base/error.h"
#include "files/gguf_writer.h"
#include "model/model.h"

namespace caracal {
namespace {

using testing::ElementsAre;

/// The smallest file that a family's configure function reads.
class File {
 public:
  explicit File(std::string arch, uint32_t n_layers = 4) : arch_(std::move(arch)) {
    header_.set_string("general.architecture", arch_);
    set("block_count", n_layers);
    set("embedding_length", uint32_t{96});
    set("feed_forward_length", uint32_t{8});
    set("attention.head_count", uint32_t{2});
    set("attention.key_length", uint32_t{4});
    set("context_length", uint32_t{64});
    header_.add_tensor("token_embd.weight", TensorType::f32, std::array<int64_t, 2>{1, 8});
  }
  template <class T>
  File& set(std::string_view key, T value) {
    header_.set(arch_ + "." + std::string(key), value);
    return *this;
  }
  File& set_bools(std::string_view key, const std::vector<bool>& values) {
    header_.set_bools(arch_ + "." + std::string(key), values);
    return *this;
  }
  ModelConfig config() const {
    std::string image = header_.encode();
    image.append(64, '\0');
    return read_model_config(Gguf::parse(std::as_bytes(std::span(image)), "file"));
  }
  std::vector<int32_t> windows() const {
    std::vector<int32_t> out;
    for (const LayerConfig& layer : config().layers) out.push_back(layer.window);
    return out;
  }

 private:
  std::string arch_;
  GgufHeader header_;
};

TEST(Windows, lie_on_the_layers_that_the_family_says) {
  const auto windowed = [](const char* arch, uint32_t n_layers) {
    return File(arch, n_layers).set("attention.sliding_window", uint32_t{7}).windows();
  };
  EXPECT_THAT(windowed("llama", 3), ElementsAre(7, 7, 7));
  EXPECT_THAT(windowed("phi3", 2), ElementsAre(7, 7));
  EXPECT_THAT(windowed("gemma2", 4), ElementsAre(7, 0, 7, 0));
  EXPECT_THAT(windowed("gemma3", 7), ElementsAre(7, 7, 7, 7, 7, 0, 7));
}

TEST(Windows, follow_the_pattern_of_the_file) {
  File period("gemma3");
  period.set("attention.sliding_window", uint32_t{7});
  period.set("attention.sliding_window_pattern", uint32_t{3});
  EXPECT_THAT(period.windows(), ElementsAre(7, 7, 0, 7));
  File listed("gemma3", 3);
  listed.set("attention.sliding_window", uint32_t{7});
  listed.set_bools("attention.sliding_window_pattern", {false, true, false});
  EXPECT_THAT(listed.windows(), ElementsAre(0, 7, 0));
  File too_short("gemma3");
  too_short.set("attention.sliding_window", uint32_t{7});
  too_short.set_bools("attention.sliding_window_pattern", {true});
  EXPECT_THROW(too_short.config(), Error);
}

TEST(Windows, of_zero_keys_are_none_and_an_absent_key_is_the_family_default) {
  EXPECT_THAT(File("phi3", 2).set("attention.sliding_window", uint32_t{0}).windows(),
              ElementsAre(0, 0));
  EXPECT_THAT(File("gemma3", 2).windows(), ElementsAre(0, 0));
  EXPECT_THAT(File("gemma2", 2).windows(), ElementsAre(4096, 0));
}

TEST(Windows, under_the_name_of_olmo2_are_refused) {
  EXPECT_THAT(File("olmo2", 2).set("attention.sliding_window", uint32_t{0}).windows(),
              ElementsAre(0, 0));
  const File olmo3 = File("olmo2", 2).set("attention.sliding_window", uint32_t{7});
  EXPECT_THROW(olmo3.config(), Error);
}

TEST(LayerRopes, are_what_the_family_gives_each_layer) {
  const auto ropes = [](const ModelConfig& config) {
    std::vector<LayerRope> out;
    for (const LayerConfig& layer : config.layers) out.push_back(layer.rope);
    return out;
  };
  using enum LayerRope;
  EXPECT_THAT(ropes(File("smollm3", 5).config()), ElementsAre(main, main, main, none, main));
  EXPECT_THAT(ropes(File("granite", 1).config()), ElementsAre(main));
  EXPECT_THAT(ropes(File("granite", 1).set("rope.scaling.finetuned", false).config()),
              ElementsAre(none));
  File gemma3("gemma3", 2);
  gemma3.set("attention.sliding_window", uint32_t{7});
  gemma3.set_bools("attention.sliding_window_pattern", {true, false});
  EXPECT_THAT(ropes(gemma3.config()), ElementsAre(local, main));
}

TEST(AttentionScale, of_the_largest_gemmas_goes_by_the_width_of_the_model) {
  EXPECT_FLOAT_EQ(File("gemma2").config().attn_scale, 0.5f);
  EXPECT_FLOAT_EQ(File("gemma2", 46).config().attn_scale, 1 / std::sqrt(96.0f / 2));
  EXPECT_FLOAT_EQ(File("gemma3", 62).config().attn_scale, 1 / std::sqrt(96.0f / 2));
  EXPECT_FLOAT_EQ(File("granite").set("attention.scale", 0.25f).config().attn_scale, 0.25f);
}

TEST(LogitScale, of_granite_divides) {
  EXPECT_FLOAT_EQ(File("granite").set("logit_scale", 8.0f).config().logit_scale, 0.125f);
}

}  // namespace
}  // namespace caracal
