#include "model/vocab_gguf.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>

#include "base/file.h"
#include "base/json.h"
#include "base/test_data.h"
#include "text/tokenizer/stream_decoder.h"
#include "text/tokenizer/tokenizer.h"

namespace caracal {
namespace {

constexpr EncodeOptions kPlain = {.add_special = false, .parse_special = false};

std::unique_ptr<const Tokenizer> load(const std::filesystem::path& path) {
  return make_tokenizer(read_vocab(Gguf::open(path)));
}

std::filesystem::path vocab_path(std::string_view name) {
  return test_data_dir() / "tokenizers" / fmt::format("ggml-vocab-{}.gguf", name);
}

// The strings of a .inp file lie between lines that hold only this.
std::vector<std::string> read_strings(const std::filesystem::path& path) {
  constexpr std::string_view kSeparator = "\n__ggml_vocab_test__\n";
  const std::string all = read_file(path);
  std::vector<std::string> strings;
  for (size_t at = 0; at < all.size();) {
    const size_t end = std::min(all.find(kSeparator, at), all.size());
    strings.push_back(all.substr(at, end - at));
    at = end + kSeparator.size();
  }
  return strings;
}

std::vector<std::vector<TokenId>> read_id_lines(const std::filesystem::path& path) {
  std::ifstream in(path);
  std::vector<std::vector<TokenId>> lines;
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    lines.emplace_back(std::istream_iterator<TokenId>(words), std::istream_iterator<TokenId>());
  }
  return lines;
}

class RecordedVectors : public testing::TestWithParam<const char*> {};

TEST_P(RecordedVectors, match_the_original_tokenizer) {
  CRCL_NEEDS_TEST_DATA();
  const std::filesystem::path path = vocab_path(GetParam());
  const auto tokenizer = load(path);
  const auto strings = read_strings(path.string() + ".inp");
  const auto expected = read_id_lines(path.string() + ".out");
  ASSERT_EQ(strings.size(), expected.size());
  ASSERT_GT(strings.size(), 40u);
  for (size_t i = 0; i < strings.size(); ++i)
    EXPECT_EQ(tokenizer->encode(strings[i], kPlain), expected[i])
        << "string " << i << ": '" << strings[i] << "'";
}

TEST_P(RecordedVectors, decode_gives_the_text_back) {
  CRCL_NEEDS_TEST_DATA();
  if (std::string_view(GetParam()) == "bert-bge") GTEST_SKIP() << "WordPiece loses case and spaces";
  const std::filesystem::path path = vocab_path(GetParam());
  const auto tokenizer = load(path);
  for (const std::string& text : read_strings(path.string() + ".inp"))
    EXPECT_EQ(tokenizer->decode(tokenizer->encode(text, kPlain)), text);
}

INSTANTIATE_TEST_SUITE_P(Vocabularies, RecordedVectors,
                         testing::Values("bert-bge", "deepseek-coder", "falcon", "gpt-2",
                                         "llama-spm", "phi-3", "starcoder"),
                         [](const auto& info) {
                           std::string name = info.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

// tests/peer/tokenizers/make_vectors.py writes NAME.gguf and NAME.json ({"pre", "texts", "ids"})
// from independent tokenizers; CARACAL_TOKENIZER_VECTORS names the folder.
void expect_equal(const Tokenizer& tokenizer, const Json& vectors, const std::string& name) {
  constexpr size_t kShown = 12;
  size_t n_wrong = 0;
  for (size_t i = 0; i < vectors["texts"].size(); ++i) {
    const std::string text = vectors["texts"][i];
    const std::vector<TokenId> expected = vectors["ids"][i];
    const std::vector<TokenId> found = tokenizer.encode(text, kPlain);
    if (found == expected || ++n_wrong > kShown) continue;
    ADD_FAILURE() << name << " string " << i << ": " << to_text(Json(text)) << "\n expected "
                  << to_text(Json(expected)) << "\n found    " << to_text(Json(found));
  }
  EXPECT_EQ(n_wrong, 0u) << name;
  std::cout << name << ": " << vectors["texts"].size() - n_wrong << " of "
            << vectors["texts"].size() << " equal\n";
}

TEST(PeerVectors, match_the_independent_tokenizers) {
  const char* dir = std::getenv("CARACAL_TOKENIZER_VECTORS");
  if (!dir) GTEST_SKIP() << "set CARACAL_TOKENIZER_VECTORS (see tests/peer/tokenizers/README.md)";
  size_t n_files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(dir)) {
    if (entry.path().extension() != ".json") continue;
    const Json vectors = read_json_file(entry.path());
    auto gguf = entry.path();
    const Vocab vocab = read_vocab(Gguf::open(gguf.replace_extension(".gguf")));
    const std::string name = entry.path().stem();
    if (vectors["pre"].empty()) expect_equal(*make_tokenizer(vocab), vectors, name);
    for (const std::string pre : vectors["pre"]) {
      Vocab renamed = vocab;
      renamed.pre = pre;
      expect_equal(*make_tokenizer(std::move(renamed)), vectors, name + " as " + pre);
    }
    ++n_files;
  }
  EXPECT_GT(n_files, 0u);
}

}  // namespace
}  // namespace caracal
