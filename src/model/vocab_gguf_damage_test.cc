#include <gtest/gtest.h>

#include <array>
#include <functional>

#include "base/error.h"
#include "files/gguf_samples.h"
#include "model/vocab_gguf.h"
#include "text/tokenizer/tokenizer.h"

namespace caracal {
namespace {

using Strings = std::vector<std::string_view>;
using Types = std::vector<int32_t>;

// The keys of a file, each of which a test may change or drop.
struct Keys {
  std::string_view model = "gpt2";
  std::string_view pre = "gpt-2";
  Strings tokens = {"a", "b", "ab", "<|im_end|>", "<|endoftext|>", "<tool>"};
  Types types = {1, 1, 1, 3, 4, 4};
  Strings merges = {"a b"};
  std::vector<float> scores;
  std::function<void(GgufHeader&)> more = [](GgufHeader&) {};
};

Vocab read(const Keys& keys) {
  GgufHeader header;
  const auto name = [](std::string_view key) { return "tokenizer.ggml." + std::string(key); };
  if (!keys.model.empty()) header.set_string(name("model"), keys.model);
  if (!keys.pre.empty()) header.set_string(name("pre"), keys.pre);
  if (!keys.tokens.empty()) header.set_strings(name("tokens"), keys.tokens);
  if (!keys.types.empty()) header.set_array<int32_t>(name("token_type"), keys.types);
  if (!keys.merges.empty()) header.set_strings(name("merges"), keys.merges);
  if (!keys.scores.empty()) header.set_array<float>(name("scores"), keys.scores);
  keys.more(header);
  const std::string image = samples::image_of(header);
  return read_vocab(Gguf::parse(samples::bytes_of(image), "sample.gguf"));
}

// The reader names the file and the key.
void expect_error(ErrorCode code, std::string_view key, const Keys& keys) {
  try {
    read(keys);
    ADD_FAILURE() << "accepted; expected an error about " << key;
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), code) << e.what();
    EXPECT_NE(std::string_view(e.what()).find(key), std::string_view::npos) << e.what();
    EXPECT_NE(std::string_view(e.what()).find("sample.gguf"), std::string_view::npos) << e.what();
  }
}

TEST(ReadVocab, end_tokens_are_found_by_text_and_lose_the_user_defined_type) {
  Keys keys;
  keys.more = [](GgufHeader& h) { h.set<uint32_t>("tokenizer.ggml.eos_token_id", 1); };
  const Vocab vocab = read(keys);
  EXPECT_EQ(vocab.stop_ids, (std::vector<TokenId>{1, 3, 4}));
  EXPECT_EQ(vocab.types[4], TokenType::control);
  EXPECT_EQ(vocab.types[5], TokenType::user_defined);
}

TEST(ReadVocab, the_end_of_a_harmony_message_does_not_end_the_answer) {
  Keys keys;
  keys.tokens = {"a", "b", "ab", "<|end|>", "<|return|>", "<|call|>"};
  keys.types = {1, 1, 1, 3, 3, 3};
  EXPECT_EQ(read(keys).stop_ids, (std::vector<TokenId>{4, 5}));
}

TEST(ReadVocab, bos_is_added_by_default_where_the_reference_does) {
  const auto with_bos = [](GgufHeader& h) { h.set<uint32_t>("tokenizer.ggml.bos_token_id", 0); };
  Keys keys;
  keys.more = with_bos;
  EXPECT_FALSE(read(keys).add_bos);
  keys.pre = "llama-bpe";
  EXPECT_TRUE(read(keys).add_bos);
  keys.more = [&](GgufHeader& h) {
    with_bos(h);
    h.set<bool>("tokenizer.ggml.add_bos_token", false);
  };
  EXPECT_FALSE(read(keys).add_bos);
  Keys spm{.model = "llama", .scores = std::vector<float>(6, 0.f)};
  EXPECT_TRUE(read(spm).add_bos);
  EXPECT_TRUE(read(spm).add_space_prefix);
  EXPECT_EQ(read(spm).eos, 2);
}

TEST(ReadVocab, a_missing_pre_tokenizer_means_default) {
  Keys keys;
  keys.pre = {};
  EXPECT_EQ(read(keys).pre, "default");
}

TEST(ReadVocab, names_file_and_key_of_what_is_wrong) {
  const auto bad = ErrorCode::bad_file;
  const auto with = [](auto change) {
    Keys keys;
    change(keys);
    return keys;
  };
  const auto more = [&](std::function<void(GgufHeader&)> add) {
    return with([&](Keys& k) { k.more = add; });
  };
  expect_error(bad, "tokenizer.ggml.model", with([](Keys& k) { k.model = {}; }));
  expect_error(ErrorCode::unsupported, "'rwkv'", with([](Keys& k) { k.model = "rwkv"; }));
  expect_error(ErrorCode::unsupported, "'tomorrow'", with([](Keys& k) { k.pre = "tomorrow"; }));
  expect_error(bad, "tokens", with([](Keys& k) { k.tokens = {}; }));
  expect_error(bad, "token_type", with([](Keys& k) { k.types = {1, 1}; }));
  expect_error(bad, "token_type", with([](Keys& k) { k.types[0] = 9; }));
  expect_error(bad, "merges", with([](Keys& k) { k.merges = {}; }));
  expect_error(bad, "scores", with([](Keys& k) { k.scores = {1, 2}; }));
  expect_error(bad, "scores", with([](Keys& k) { k.scores = std::vector<float>(6, 0.f / 0.f); }));
  expect_error(bad, "eos_token_id",
               more([](GgufHeader& h) { h.set<uint32_t>("tokenizer.ggml.eos_token_id", 6); }));
  expect_error(bad, "add_bos_token",
               more([](GgufHeader& h) { h.set<bool>("tokenizer.ggml.add_bos_token", true); }));
  expect_error(bad, "bos_token_id",
               more([](GgufHeader& h) { h.set_string("tokenizer.ggml.bos_token_id", "one"); }));
}

TEST(ReadVocab, merges_of_unknown_pieces_are_refused_by_the_tokenizer) {
  Keys keys;
  keys.merges = {"a b", "b b"};
  EXPECT_THROW(make_tokenizer(read(keys)), Error);
}

}  // namespace
}  // namespace caracal
