#include "text/tokenizer/tokenizer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <limits>

#include "base/error.h"
#include "base/rng.h"
#include "base/utf8.h"
#include "text/tokenizer/pre_tokenizer.h"
#include "text/tokenizer/stream_decoder.h"
#include "text/tokenizer/tiny_vocabs.h"
#include "text/tokenizer/unigram.h"
#include "text/tokenizer/wordpiece.h"

namespace caracal {
namespace {

constexpr EncodeOptions kPlain = {.add_special = false, .parse_special = false};

std::vector<std::string> pieces(const Tokenizer& tokenizer, std::string_view text,
                                EncodeOptions options = kPlain) {
  std::vector<std::string> out;
  for (const TokenId id : tokenizer.encode(text, options))
    out.push_back(tokenizer.vocab().pieces[id]);
  return out;
}
using Pieces = std::vector<std::string>;

// Text of random characters from every plane, white space and the vocabularies' own pieces.
std::string random_text(Rng& rng) {
  static constexpr std::string_view kUnits[] = {
      " ", "  ", "\n", "\t", "the", " the", "aaaa", "a", "\u2581", "<0x0A>", "'s", "12", "\u3000"};
  std::string text;
  for (uint32_t n = rng.next_u32() % 24; n > 0; --n) {
    const uint32_t kind = rng.next_u32() % 4;
    if (kind < 2) {
      text += kUnits[rng.next_u32() % std::size(kUnits)];
    } else {
      const uint32_t c = rng.next_u32() % (kind == 2 ? 0x800 : 0x110000);
      if (c < 0xD800 || c > 0xDFFF) append_utf8(text, c);
    }
  }
  return text;
}

std::string random_bytes(Rng& rng) {
  std::string bytes(rng.next_u32() % 24, '\0');
  for (char& c : bytes) c = static_cast<char>(rng.next_u32());
  return bytes;
}

TEST(Tokenizer, byte_level_and_byte_fallback_decode_to_the_text) {
  Vocab without_prefix = tiny::spm_bpe();
  without_prefix.add_space_prefix = false;
  std::vector<std::unique_ptr<const Tokenizer>> tokenizers;
  tokenizers.push_back(make_tokenizer(tiny::spm_bpe()));
  tokenizers.push_back(make_tokenizer(without_prefix));
  for (const PreTokenizer& row : pre_tokenizers())
    if (!row.is_raw_utf8())
      tokenizers.push_back(make_tokenizer(tiny::byte_bpe(std::string(row.name))));
  Rng rng(7);
  for (int i = 0; i < 200; ++i) {
    const std::string text = random_text(rng);
    for (const auto& tokenizer : tokenizers) {
      // A literal U+2581 cannot be told from an escaped space.
      if (tokenizer->vocab().model == TokenizerModel::spm_bpe &&
          text.find("\u2581") != std::string::npos)
        continue;
      ASSERT_EQ(tokenizer->decode(tokenizer->encode(text, kPlain)), text) << tokenizer->vocab().pre;
    }
  }
}

TEST(Tokenizer, bytes_that_are_not_utf8_survive) {
  const auto byte_level = make_tokenizer(tiny::byte_bpe("llama-bpe"));
  const auto spm = make_tokenizer(tiny::spm_bpe());
  Rng rng(8);
  for (int i = 0; i < 500; ++i) {
    const std::string bytes = random_bytes(rng);
    ASSERT_EQ(byte_level->decode(byte_level->encode(bytes, kPlain)), bytes);
    ASSERT_EQ(spm->decode(spm->encode(bytes, kPlain)), bytes);
  }
}

TEST(Tokenizer, merges_go_by_rank_then_place) {
  const auto tokenizer = make_tokenizer(tiny::byte_bpe());
  EXPECT_EQ(pieces(*tokenizer, "the the"), (Pieces{"t", "he", "\u0120the"}));
  EXPECT_EQ(pieces(*tokenizer, "aaaaaaa"), (Pieces{"aaaa", "aa", "a"}));
}

TEST(Tokenizer, special_tokens_in_the_text_stay_text_unless_asked_for) {
  const auto tokenizer = make_tokenizer(tiny::byte_bpe());
  const TokenId end = tokenizer->find("<|end|>");
  const auto plain = tokenizer->encode("a<|end|>", kPlain);
  EXPECT_EQ(std::count(plain.begin(), plain.end(), end), 0);
  EXPECT_EQ(pieces(*tokenizer, "a<|end|>a", {false, true}), (Pieces{"a", "<|end|>", "a"}));
  // Written as text, pieces of type control and byte do not come out of SentencePiece merges
  // either.
  const auto spm = make_tokenizer(tiny::spm_bpe());
  for (const TokenId id : spm->encode("<s></s><0x41>", kPlain)) EXPECT_FALSE(spm->is_special(id));
  EXPECT_EQ(spm->encode("<s>", {false, true}), std::vector<TokenId>{spm->find("<s>")});
}

TEST(Tokenizer, user_defined_tokens_are_always_found) {
  const auto tokenizer = make_tokenizer(tiny::byte_bpe());
  EXPECT_EQ(pieces(*tokenizer, "a<user>a"), (Pieces{"a", "<user>", "a"}));
}

TEST(Tokenizer, special_tokens_may_take_white_space_along) {
  Vocab vocab = tiny::byte_bpe();
  vocab.strip_after = vocab.strip_before = {vocab.eos};
  const auto tokenizer = make_tokenizer(std::move(vocab));
  EXPECT_EQ(pieces(*tokenizer, "a \n<|end|> \t a", {false, true}), (Pieces{"a", "<|end|>", "a"}));
}

TEST(Tokenizer, spm_writes_a_space_first_and_spells_unknown_characters) {
  const auto tokenizer = make_tokenizer(tiny::spm_bpe());
  EXPECT_EQ(pieces(*tokenizer, "the"), Pieces{"\u2581the"});
  EXPECT_EQ(pieces(*tokenizer, "\u00e9"), (Pieces{"\u2581", "<0xC3>", "<0xA9>"}));
  EXPECT_EQ(pieces(*tokenizer, "the", {true, false}), (Pieces{"<s>", "\u2581the"}));
  EXPECT_TRUE(tokenizer->encode("", kPlain).empty());
}

TEST(Tokenizer, spm_without_bytes_gives_one_unk_for_a_run) {
  Vocab vocab = tiny::spm_bpe();
  for (TokenType& type : vocab.types)
    if (type == TokenType::byte) type = TokenType::unused;
  const auto tokenizer = make_tokenizer(vocab);
  EXPECT_EQ(pieces(*tokenizer, "a\u00e9\u00eaa"), (Pieces{"\u2581", "a", "<unk>", "a"}));
  vocab.unk = kNoToken;
  EXPECT_THROW(make_tokenizer(vocab)->encode("\u00e9", kPlain), Error);
}

TEST(Tokenizer, words_that_are_tokens_stay_whole_where_merges_are_ignored) {
  Vocab vocab = tiny::byte_bpe("llama-bpe");
  tiny::add(vocab, "xyz");
  EXPECT_EQ(pieces(*make_tokenizer(vocab), "xyz"), Pieces{"xyz"});
  vocab.pre = "gpt-2";
  EXPECT_EQ(pieces(*make_tokenizer(vocab), "xyz"), (Pieces{"x", "y", "z"}));
}

TEST(Tokenizer, raw_utf8_families_merge_characters_and_spell_unknown_ones) {
  Vocab vocab;
  vocab.model = TokenizerModel::byte_bpe;
  vocab.pre = "gemma4";
  tiny::add_byte_pieces(vocab);
  for (const char* piece : {"\u2581", "\u4e2d", "\u6587", "\u2581\u4e2d", "\u2581\u4e2d\u6587"})
    tiny::add(vocab, piece);
  vocab.merges = {"\u2581 \u4e2d", "\u2581\u4e2d \u6587"};
  const auto tokenizer = make_tokenizer(std::move(vocab));
  EXPECT_EQ(pieces(*tokenizer, "\u4e2d \u4e2d\u6587\u00e9"),
            (Pieces{"\u4e2d", "\u2581\u4e2d\u6587", "<0xC3>", "<0xA9>"}));
  EXPECT_EQ(tokenizer->decode(tokenizer->encode("\u4e2d \u4e2d\xff", kPlain)), "\u4e2d \u4e2d\xff");
}

TEST(Tokenizer, unigram_takes_the_best_sum_of_scores) {
  const auto tokenizer = make_tokenizer(tiny::unigram());
  EXPECT_EQ(pieces(*tokenizer, "the ab"), (Pieces{"\u2581the", "\u2581", "ab"}));
  EXPECT_EQ(pieces(*tokenizer, "\u00e9"), (Pieces{"\u2581", "<0xC3>", "<0xA9>"}));
  const auto bare = make_tokenizer(tiny::unigram(false));
  EXPECT_EQ(pieces(*bare, "\u00e9\u00eaa"), (Pieces{"\u2581", "<unk>", "a"}));
}

TEST(Unigram, extra_white_space_goes_where_the_vocabulary_says_so) {
  Vocab vocab = tiny::unigram();
  vocab.remove_extra_whitespaces = true;
  EXPECT_EQ(Unigram(vocab).normalize("  a   b "), "\u2581a\u2581b");
  vocab.remove_extra_whitespaces = false;
  EXPECT_EQ(Unigram(vocab).normalize(" a"), "\u2581\u2581a");
  EXPECT_EQ(Unigram(vocab).normalize("\xff"), "\u2581\ufffd");
}

TEST(Unigram, a_damaged_charsmap_is_an_error_or_harmless) {
  Vocab vocab = tiny::unigram();
  Rng rng(9);
  for (int i = 0; i < 2000; ++i) {
    vocab.precompiled_charsmap = random_bytes(rng);
    if (vocab.precompiled_charsmap.size() > 4) {
      const char small[4] = {8, 0, 0, 0};
      vocab.precompiled_charsmap.replace(0, 4, small, 4);
    }
    try {
      Unigram(vocab).normalize("the \u00e9 text");
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::bad_file);
    }
  }
}

TEST(WordPiece, covers_words_by_longest_pieces_or_not_at_all) {
  const auto tokenizer = make_tokenizer(tiny::wordpiece());
  EXPECT_EQ(pieces(*tokenizer, "UN\u0301affable, hellos"),
            (Pieces{"\u2581un", "aff", "able", "\u2581,", "\u2581hello", "s"}));
  EXPECT_EQ(pieces(*tokenizer, "unknown"), Pieces{"[UNK]"});
  EXPECT_EQ(pieces(*tokenizer, "hello", {true, false}), (Pieces{"[CLS]", "\u2581hello", "[SEP]"}));
  EXPECT_EQ(pieces(*tokenizer, "hello" + std::string(100, 's')), Pieces{"[UNK]"});
}

TEST(WordPiece, cleans_lowers_strips_accents_and_cuts) {
  const Vocab vocab = tiny::wordpiece();
  EXPECT_EQ(WordPiece(vocab).words("\u00c9t\u00e9\u200b \u4e2d\u6587a-b\x01\xff"),
            (Pieces{"ete", "\u4e2d", "\u6587", "a", "-", "b"}));
}

TEST(StreamDecoder, never_ends_inside_a_character) {
  const auto tokenizer = make_tokenizer(tiny::byte_bpe());
  const std::string text = "a\u00e9\u4e2d\U0001F680 the";
  StreamDecoder stream(*tokenizer);
  std::string all;
  for (const TokenId id : tokenizer->encode(text, kPlain)) {
    const std::string part = stream.push(id);
    EXPECT_TRUE(is_valid_utf8(part));
    all += part;
  }
  EXPECT_EQ(all + stream.flush(), text);
}

TEST(StreamDecoder, unfinished_and_impossible_bytes_become_replacement_characters) {
  const auto tokenizer = make_tokenizer(tiny::byte_bpe());
  StreamDecoder stream(*tokenizer);
  std::string all;
  for (const TokenId id : tokenizer->encode("\xffz\xe4\xb8", kPlain)) all += stream.push(id);
  EXPECT_EQ(all, "\ufffdz");
  EXPECT_EQ(stream.flush(), "\ufffd");
}

TEST(StreamDecoder, leaves_special_tokens_out_and_the_first_space_in) {
  const auto tokenizer = make_tokenizer(tiny::spm_bpe());
  StreamDecoder stream(*tokenizer);
  EXPECT_EQ(stream.push(tokenizer->find("\u2581the")), " the");
  EXPECT_EQ(stream.push(tokenizer->find("</s>")), "");
  EXPECT_EQ(tokenizer->decode(tokenizer->encode("the", {true, false}), {.skip_special = true}),
            "the");
}

TEST(Tokenizer, a_megabyte_of_one_letter_takes_no_quadratic_time) {
  const std::string letters(1'000'000, 'a'), spaces(1'000'000, ' ');
  const auto begin = std::chrono::steady_clock::now();
  for (const Vocab& vocab : {tiny::byte_bpe(), tiny::byte_bpe("gpt-4o"), tiny::spm_bpe(),
                             tiny::unigram(), tiny::wordpiece()}) {
    const auto tokenizer = make_tokenizer(vocab);
    EXPECT_FALSE(tokenizer->encode(letters, kPlain).empty());
    tokenizer->encode(spaces + "a", kPlain);
  }
  // Quadratic time would be hours; the bound leaves room for sanitizers and a busy machine.
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(60));
}

TEST(Tokenizer, contradictions_in_the_vocabulary_are_named) {
  const auto expect_bad = [](void (*damage)(Vocab&)) {
    Vocab vocab = tiny::byte_bpe();
    damage(vocab);
    EXPECT_THROW(make_tokenizer(std::move(vocab)), Error);
  };
  expect_bad([](Vocab& v) { v.pieces.clear(); });
  expect_bad([](Vocab& v) { v.types.pop_back(); });
  expect_bad([](Vocab& v) { v.scores.push_back(0); });
  expect_bad([](Vocab& v) { v.scores[3] = std::numeric_limits<float>::quiet_NaN(); });
  expect_bad([](Vocab& v) { v.eos = 100000; });
  expect_bad([](Vocab& v) { v.add_bos = true; });
  expect_bad([](Vocab& v) { v.stop_ids = {-7}; });
  expect_bad([](Vocab& v) { v.merges.push_back("nospace"); });
  expect_bad([](Vocab& v) { v.merges.push_back("q z"); });
  expect_bad([](Vocab& v) { v.merges.push_back(""); });
  expect_bad([](Vocab& v) { v.pre = "no-such-family"; });
  EXPECT_THROW(make_tokenizer(tiny::byte_bpe())->piece(-1), Error);
  EXPECT_THROW(make_tokenizer(tiny::byte_bpe())->piece(1 << 20), Error);
}

}  // namespace
}  // namespace caracal
