/// Every recorded tokenizer either has a GGUF form that gives the same ids, or is refused by name.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "files/gguf.h"
#include "model/hf_tokenizer/gguf_family.h"
#include "model/hf_tokenizer/read_components.h"
#include "model/vocab_gguf.h"
#include "model/vocab_hf.h"
#include "text/tokenizer/tokenizer.h"

namespace caracal {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::IsSupersetOf;

const fs::path kGoldens = fs::path(CARACAL_SOURCE_DIR) / "tests/goldens/tokenizer_json";

Vocab read(const std::string& name) {
  return read_hf_vocab(read_file(kGoldens / (name + ".tokenizer.json")), {}, name);
}

/// The vocabulary after it went through a GGUF file with three more rows than pieces.
Vocab through_gguf(const Vocab& vocab) {
  GgufHeader header;
  write_gguf_vocab(vocab, static_cast<int32_t>(vocab.pieces.size()) + 3, header);
  const std::string image = header.encode();
  return read_vocab(Gguf::parse(std::as_bytes(std::span(image)), "written"));
}

size_t count_differences(const std::string& name, const Tokenizer& tokenizer) {
  const Json vectors = read_json_file(kGoldens / (name + ".vectors.json"));
  size_t n = 0;
  for (size_t i = 0; i < vectors["texts"].size(); ++i) {
    const std::string text = vectors["texts"][i];
    const std::vector<TokenId> expected = vectors["ids"][i];
    const auto found = tokenizer.encode(text, {.add_special = true, .parse_special = true});
    n += found != expected;
  }
  return n;
}

/// Texts in which the GGUF form is known to differ: its readers do not normalise (NFC), lower the
/// dotted capital I otherwise, and apply SentencePiece's rules to characters where `tokenizers` has
/// grapheme clusters (and takes a mark in the text for one of its own).
const std::map<std::string, size_t> kKnownDifferences = {
    {"bytelevel-nfc-qwen2", 1}, {"bert-accents", 1}, {"unigram-precompiled", 3}};

TEST(WriteGgufVocab, gives_the_same_ids_or_says_what_no_family_does) {
  std::set<std::string> written;
  for (const auto& entry : fs::directory_iterator(kGoldens)) {
    std::string name = entry.path().filename();
    if (!name.ends_with(".tokenizer.json")) continue;
    name = name.substr(0, name.find('.'));
    const Vocab vocab = read(name);
    try {
      const auto tokenizer = make_tokenizer(through_gguf(vocab));
      written.insert(name);
      const auto known = kKnownDifferences.find(name);
      EXPECT_EQ(count_differences(name, *tokenizer),
                known == kKnownDifferences.end() ? 0 : known->second)
          << name;
      EXPECT_EQ(static_cast<size_t>(tokenizer->n_vocab()), vocab.pieces.size() + 3);
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::unsupported) << name << ": " << e.what();
    }
  }
  EXPECT_THAT(written, IsSupersetOf({"bytelevel-gpt2", "bytelevel-llama3", "bytelevel-digits",
                                     "bytelevel-nfc-qwen2", "bytelevel-inside-falcon", "bert",
                                     "unigram-precompiled"}));
  // Merges that were learnt, not taken from a SentencePiece model: scores cannot say them.
  EXPECT_FALSE(written.contains("llama2"));
}

// The pre-tokenizers that tests/peer/tokenizers/families.py proves each family of the table with.
TEST(WriteGgufVocab, every_published_pre_tokenizer_is_recognised) {
  const Json families = read_json_file(kGoldens / "families.json");
  EXPECT_GT(families.size(), 25u);
  for (const Json& family : families) {
    const auto steps = read_pre_tokenizers(JsonNode(family["pre_tokenizer"], "families.json"));
    const std::string_view found = find_gguf_family(steps, family["ignore_merges"].get<bool>());
    EXPECT_THAT(family["names"].get<std::vector<std::string>>(), testing::Contains(found));
  }
}

TEST(WriteGgufVocab, merges_of_a_sentencepiece_model_become_scores) {
  const fs::path dir = fs::path(CARACAL_SOURCE_DIR) / "tests/goldens/hf/qwen2";
  const Vocab vocab = read_hf_vocab(read_file(dir / "tokenizer.json"),
                                    read_file(dir / "tokenizer_config.json"), "qwen2");
  const auto expected = make_tokenizer(vocab), found = make_tokenizer(through_gguf(vocab));
  for (const char* text : {"the hat on an inner the", " a then  other", "ththe", "1-2: Jab!\n"})
    EXPECT_EQ(found->encode(text, {.add_special = true}),
              expected->encode(text, {.add_special = true}))
        << text;
}

TEST(WriteGgufVocab, more_tokens_than_rows_are_refused) {
  GgufHeader header;
  try {
    write_gguf_vocab(read("llama2"), 100, header);
    FAIL();
  } catch (const Error& e) {
    EXPECT_THAT(e.what(), HasSubstr("expected at most 100 tokens"));
  }
}

}  // namespace
}  // namespace caracal
