#include "model/vocab_hf.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "base/utf8.h"
#include "text/tokenizer/stream_decoder.h"
#include "text/tokenizer/tokenizer.h"

namespace caracal {
namespace {

namespace fs = std::filesystem;

// tests/peer/tokenizers/tokenizer_json.py writes NAME.tokenizer.json and NAME.vectors.json, what
// `tokenizers` gives for it.
constexpr std::string_view kSuffix = ".tokenizer.json";

std::vector<std::string> names_in(const fs::path& dir) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(dir)) {
    const std::string file = entry.path().filename();
    if (file.ends_with(kSuffix)) names.push_back(file.substr(0, file.size() - kSuffix.size()));
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::unique_ptr<const Tokenizer> load(const fs::path& dir, const std::string& name) {
  const std::string file = name + std::string(kSuffix);
  return make_tokenizer(read_hf_vocab(read_file(dir / file), {}, file));
}

std::string stream(const Tokenizer& tokenizer, const std::vector<TokenId>& ids) {
  StreamDecoder decoder(tokenizer, {.skip_special = false, .at_text_start = true});
  std::string text;
  for (const TokenId id : ids) {
    const std::string part = decoder.push(id);
    EXPECT_TRUE(is_valid_utf8(part));
    text += part;
  }
  return text + decoder.flush();
}

// Compares one tokenizer with what was recorded for it; shows the first few differences.
class Comparison {
 public:
  Comparison(const fs::path& dir, const std::string& name)
      : name_(name),
        tokenizer_(load(dir, name)),
        vectors_(read_json_file(dir / (name + ".vectors.json"))) {}

  void run() {
    const size_t n = vectors_["texts"].size();
    ASSERT_GT(n, 0u);
    for (size_t i = 0; i < n; ++i) compare(i);
    EXPECT_EQ(n_wrong_, 0u) << name_;
    std::cout << name_ << ": " << n - n_wrong_ << " of " << n << " equal\n";
  }

 private:
  void compare(size_t i) {
    const std::string text = vectors_["texts"][i];
    const std::vector<TokenId> ids = vectors_["ids"][i];
    const bool equal =
        is_equal(text, "ids", ids,
                 tokenizer_->encode(text, {.add_special = true, .parse_special = true})) &&
        is_equal(text, "plain ids", vectors_["plain_ids"][i].get<std::vector<TokenId>>(),
                 tokenizer_->encode(text, {.add_special = false, .parse_special = false})) &&
        is_equal(text, "text", vectors_["decoded"][i].get<std::string>(),
                 sanitize_utf8(tokenizer_->decode(ids))) &&
        is_equal(text, "text without special tokens", vectors_["skipped"][i].get<std::string>(),
                 sanitize_utf8(tokenizer_->decode(ids, {.skip_special = true}))) &&
        is_equal(text, "streamed text", sanitize_utf8(tokenizer_->decode(ids)),
                 stream(*tokenizer_, ids));
    n_wrong_ += !equal;
  }

  template <class T>
  bool is_equal(const std::string& text, std::string_view what, const T& expected, const T& found) {
    constexpr size_t kShown = 6;
    if (found == expected) return true;
    if (n_wrong_ < kShown)
      ADD_FAILURE() << name_ << ", " << what << " of " << to_text(Json(text)) << "\n expected "
                    << to_text(Json(expected)) << "\n found    " << to_text(Json(found));
    return false;
  }

  std::string name_;
  std::unique_ptr<const Tokenizer> tokenizer_;
  Json vectors_;
  size_t n_wrong_ = 0;
};

TEST(HfTokenizer, every_component_gives_the_recorded_ids_and_text) {
  const fs::path dir = fs::path(CARACAL_SOURCE_DIR) / "tests/goldens/tokenizer_json";
  const auto names = names_in(dir);
  EXPECT_GT(names.size(), 50u);
  for (const std::string& name : names) Comparison(dir, name).run();
}

TEST(HfPeerVectors, match_the_original_library) {
  const char* dir = std::getenv("CARACAL_TOKENIZER_JSON_VECTORS");
  if (!dir)
    GTEST_SKIP() << "set CARACAL_TOKENIZER_JSON_VECTORS (see tests/peer/tokenizers/README.md)";
  const auto names = names_in(dir);
  EXPECT_GT(names.size(), 0u);
  for (const std::string& name : names) Comparison(dir, name).run();
}

}  // namespace
}  // namespace caracal
