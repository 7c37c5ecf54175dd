#include "synth/synth_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/error.h"
#include "files/sha256.h"
#include "model/model.h"
#include "model/vocab_gguf.h"
#include "synth/vocabulary.h"
#include "text/tokenizer/tokenizer.h"

namespace caracal {
namespace {

namespace fs = std::filesystem;

constexpr ModelShape kSmall = {.name = "small",
                               .n_layers = 2,
                               .d_model = 256,
                               .d_ff = 512,
                               .n_heads = 8,
                               .n_kv_heads = 2,
                               .head_dim = 32,
                               .n_vocab = 2000};

class SynthModel : public testing::Test {
 protected:
  void TearDown() override { fs::remove(path_); }

  SynthSummary write(const SynthOptions& options, int32_t n_threads = 2) const {
    ThreadTeam team(n_threads);
    return write_synth_model(path_, options, team);
  }
  std::string hash(uint64_t seed, int32_t n_threads) const {
    write({.shape = kSmall, .mix = find_type_mix("q4_k_m"), .seed = seed}, n_threads);
    return sha256_of_file(path_);
  }

  fs::path path_ = fs::temp_directory_path() / fmt::format("caracal_synth_{}.gguf", getpid());
};

TEST_F(SynthModel, is_the_same_for_the_same_seed_whatever_the_threads) {
  const std::string first = hash(5, 1);
  EXPECT_EQ(hash(5, 3), first);
  EXPECT_NE(hash(6, 3), first);
}

TEST_F(SynthModel, loads_in_every_type) {
  ThreadTeam team(2);
  for (const TypeMix& mix : type_mixes()) {
    const SynthSummary summary = write({.shape = kSmall, .mix = &mix});
    EXPECT_EQ(summary.file_bytes, fs::file_size(path_)) << mix.name;
    const auto model = Model::load(path_, {}, team);
    EXPECT_EQ(model->file().n_parameters(), summary.n_parameters) << mix.name;
    EXPECT_EQ(model->config().n_kv_heads, 2);
    EXPECT_EQ(model->file().get_int("general.file_type"), mix.file_type);
  }
}

TEST_F(SynthModel, has_a_head_of_its_own_when_it_is_not_tied) {
  ModelShape shape = kSmall;
  shape.tied_head = false;
  write({.shape = shape, .mix = find_type_mix("q8_0")});
  const Gguf file = Gguf::open(path_);
  ASSERT_NE(file.find_tensor("output.weight"), nullptr);
  EXPECT_THAT(file.find_tensor("output.weight")->shape, testing::ElementsAre(2000, 256));
}

TEST_F(SynthModel, vocabulary_encodes_any_text) {
  write({.shape = kSmall, .mix = find_type_mix("q4_0")});
  const auto tokenizer = make_tokenizer(read_vocab(Gguf::open(path_)));
  EXPECT_EQ(tokenizer->n_vocab(), 2000);
  for (std::string_view text :
       {"the rest of the inn", "Zebra, 1984!", "\xc3\xa9t\xc3\xa9 \xe4\xbd\xa0", "\n\t"}) {
    const auto ids = tokenizer->encode(text);
    EXPECT_EQ(ids.front(), 1);
    EXPECT_EQ(tokenizer->decode(ids, {.skip_special = true}), text);
  }
  // Groups of letters are found: less than a token a character.
  EXPECT_LT(tokenizer->encode("the rest of the inn").size(), 12u);
}

TEST_F(SynthModel, vocabulary_has_the_size_asked_for_and_no_piece_twice) {
  GgufHeader header;
  add_vocabulary(header, 40000);
  const std::string image = header.encode();
  const Gguf file = Gguf::parse(std::as_bytes(std::span(image)), "vocabulary");
  auto pieces = *file.get_strings("tokenizer.ggml.tokens");
  EXPECT_EQ(pieces.size(), 40000u);
  std::ranges::sort(pieces);
  EXPECT_EQ(std::ranges::adjacent_find(pieces), pieces.end());
}

TEST_F(SynthModel, impossible_shapes_are_refused_by_name) {
  const auto message = [&](auto change) -> std::string {
    ModelShape shape = kSmall;
    change(shape);
    try {
      write({.shape = shape, .mix = find_type_mix("f32")});
    } catch (const Error& e) {
      return e.what();
    }
    return "no error";
  };
  EXPECT_THAT(message([](ModelShape& s) { s.n_kv_heads = 3; }), testing::HasSubstr("--kv-heads"));
  EXPECT_THAT(message([](ModelShape& s) { s.head_dim = 31; }), testing::HasSubstr("--head-dim"));
  EXPECT_THAT(message([](ModelShape& s) { s.d_ff = 0; }), testing::HasSubstr("--d-ff"));
  EXPECT_THAT(message([](ModelShape& s) { s.n_vocab = 10; }), testing::HasSubstr("--vocab"));
  EXPECT_FALSE(fs::exists(path_));
}

}  // namespace
}  // namespace caracal
