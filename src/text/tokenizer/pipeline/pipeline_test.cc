// What the recorded tokenizers (tests/goldens/tokenizer_json) cannot show: input that is not UTF-8,
// bounds, long runs.
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/utf8.h"
#include "text/tokenizer/byte_alphabet.h"
#include "text/tokenizer/pipeline/unicode_text.h"
#include "text/tokenizer/stream_decoder.h"
#include "text/tokenizer/tokenizer.h"

namespace caracal {
namespace {

using namespace pipeline;

/// All bytes as pieces, and "\u0120a".
Vocab byte_level() {
  Vocab vocab;
  for (int byte = 0; byte < 256; ++byte)
    vocab.pieces.emplace_back(byte_to_symbol(static_cast<uint8_t>(byte)));
  vocab.pieces.push_back("\u0120a");
  vocab.pipeline.emplace();
  vocab.pipeline->pre_tokenizers = {ByteLevel{false, true}};
  vocab.pipeline->model = Bpe{.merges = {{' ', 'a', 256}}};
  vocab.pipeline->decoders = {ByteLevelDecoder{}};
  return vocab;
}

/// Letters a and b and U+FFFD, without bytes.
Vocab letters() {
  Vocab vocab;
  vocab.pieces = {"[UNK]", "a", "b", "\uFFFD"};
  vocab.pipeline.emplace();
  vocab.pipeline->model = Bpe{.unk = 0};
  vocab.pipeline->decoders = {Fuse{}};
  return vocab;
}

TEST(PipelineTokenizer, byte_level_keeps_bytes_that_are_not_utf8) {
  const auto tokenizer = make_tokenizer(byte_level());
  for (const std::string_view text :
       {"\xFF", "a\xE6\x97 a\x80", "\xE6\x97\xA5 \xC3", " a\xF0\x9F"}) {
    const auto ids = tokenizer->encode(text);
    EXPECT_EQ(tokenizer->decode(ids), text);
    StreamDecoder stream(*tokenizer, {.skip_special = false});
    std::string streamed;
    for (const TokenId id : ids) {
      const std::string part = stream.push(id);
      EXPECT_TRUE(is_valid_utf8(part));
      streamed += part;
    }
    EXPECT_EQ(streamed + stream.flush(), sanitize_utf8(text));
  }
}

TEST(PipelineTokenizer, other_models_see_the_replacement_character) {
  const auto tokenizer = make_tokenizer(letters());
  EXPECT_EQ(tokenizer->encode("a\xFF"
                              "b"),
            (std::vector<TokenId>{1, 3, 2}));
}

TEST(PipelineTokenizer, byte_level_spells_for_models_that_cannot) {
  Vocab vocab;
  vocab.pieces = {"<unk>", "\u0120a", "\u00c3\u00a9"};  // " a" and both bytes of e with acute
  vocab.pipeline.emplace();
  vocab.pipeline->pre_tokenizers = {ByteLevel{false, true}};
  vocab.pipeline->model = Unigram{.scores = {-9, -1, -1}, .unk = 0};
  vocab.pipeline->decoders = {ByteLevelDecoder{}};
  const auto unigram = make_tokenizer(vocab);
  EXPECT_EQ(unigram->encode(" a"), std::vector<TokenId>{1});
  EXPECT_EQ(unigram->encode("\u00e9"), std::vector<TokenId>{2});
  vocab.pipeline->model = WordPiece{.unk = 0};
  const auto wordpiece = make_tokenizer(vocab);
  EXPECT_EQ(wordpiece->encode(" a\u00e9"), std::vector<TokenId>{0});
  EXPECT_EQ(wordpiece->encode(" a"), std::vector<TokenId>{1});
}

TEST(PipelineTokenizer, a_token_with_a_part_of_a_character_waits_in_a_stream) {
  const auto tokenizer = make_tokenizer(byte_level());
  StreamDecoder stream(*tokenizer);
  EXPECT_EQ(stream.push(0xC3), "");
  EXPECT_EQ(stream.push(0xA9), "\u00e9");
}

TEST(PipelineTokenizer, ids_outside_the_vocabulary_are_errors) {
  const auto tokenizer = make_tokenizer(letters());
  EXPECT_THROW(tokenizer->decode(std::vector<TokenId>{4}), Error);
  EXPECT_THROW(tokenizer->piece(-1), Error);
  Vocab vocab = letters();
  vocab.pipeline->prefix = {4};
  EXPECT_THROW(make_tokenizer(vocab), Error);
}

TEST(PipelineTokenizer, text_may_not_grow_without_measure) {
  Vocab vocab = letters();
  for (int i = 0; i < 40; ++i) vocab.pipeline->normalizers.push_back(Replace{{"a", false}, "aa"});
  EXPECT_THROW(make_tokenizer(vocab)->encode("aaaa"), Error);
}

TEST(NormalForm, orders_a_long_run_of_marks_in_little_time) {
  std::string text = "a";
  for (int i = 0; i < 200'000; ++i) text += i % 2 ? "\u0316" : "\u0301";  // classes 220 and 230
  const std::string nfd = normal_form(text, NormalForm::nfd);
  EXPECT_EQ(nfd.size(), text.size());
  EXPECT_TRUE(nfd.starts_with("a\u0316\u0316"));
  EXPECT_EQ(normal_form("e\u0301x", NormalForm::nfc), "\u00e9x");
  EXPECT_EQ(normal_form("\u1112\u1161\u11ab", NormalForm::nfc), "\ud55c");
}

}  // namespace
}  // namespace caracal
