#include "synth/vocabulary.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace caracal {
namespace {

constexpr std::string_view kSpace = "\xe2\x96\x81";                  // U+2581
constexpr std::string_view kLetters = "etaoinshrdlcumwfgypbvkjxqz";  // by frequency in English

enum class PieceType : int32_t { normal = 1, unknown = 2, control = 3, byte = 6 };

class PieceList {
 public:
  explicit PieceList(int32_t n_vocab) : n_vocab_(static_cast<size_t>(n_vocab)) {}

  bool is_full() const { return pieces_.size() >= n_vocab_; }
  void add(std::string piece, PieceType type = PieceType::normal) {
    if (is_full()) return;
    // Merges of pieces with higher scores come first.
    scores_.push_back(type == PieceType::normal ? -static_cast<float>(pieces_.size()) : 0.0f);
    pieces_.push_back(std::move(piece));
    types_.push_back(static_cast<int32_t>(type));
  }

  void write(GgufHeader& header) const {
    const std::vector<std::string_view> views(pieces_.begin(), pieces_.end());
    header.set_strings("tokenizer.ggml.tokens", views);
    header.set_array<float>("tokenizer.ggml.scores", scores_);
    header.set_array<int32_t>("tokenizer.ggml.token_type", types_);
  }

 private:
  size_t n_vocab_;
  std::vector<std::string> pieces_;
  std::vector<float> scores_;
  std::vector<int32_t> types_;
};

void add_characters(PieceList& list) {
  list.add(std::string(kSpace));
  for (char c = '!'; c <= '~'; ++c) list.add(std::string(1, c));
}

/// All groups of n letters, those of frequent letters first.
std::vector<std::string> letter_groups(size_t n) {
  std::vector<std::pair<size_t, std::string>> ranked = {{0, ""}};
  for (size_t i = 0; i < n; ++i) {
    std::vector<std::pair<size_t, std::string>> longer;
    for (const auto& [rank, group] : ranked)
      for (size_t letter = 0; letter < kLetters.size(); ++letter)
        longer.emplace_back(rank + letter, group + kLetters[letter]);
    ranked = std::move(longer);
  }
  std::ranges::stable_sort(ranked, {}, &std::pair<size_t, std::string>::first);
  std::vector<std::string> groups;
  for (auto& [rank, group] : ranked) groups.push_back(std::move(group));
  return groups;
}

/// Groups inside a word and at its start; of n letters each is a group of n - 1 and a letter.
void add_groups(PieceList& list) {
  for (char c = 'A'; c <= 'Z'; ++c) list.add(std::string(kSpace) + c);
  for (char c : kLetters) list.add(std::string(kSpace) + c);
  for (size_t n = 2; !list.is_full(); ++n) {
    for (const std::string& group : letter_groups(n)) {
      list.add(group);
      list.add(std::string(kSpace) + group);
    }
  }
}

}  // namespace

void add_vocabulary(GgufHeader& header, int32_t n_vocab) {
  PieceList list(n_vocab);
  list.add("<unk>", PieceType::unknown);
  list.add("<s>", PieceType::control);
  list.add("</s>", PieceType::control);
  for (int byte = 0; byte < 256; ++byte) list.add(fmt::format("<0x{:02X}>", byte), PieceType::byte);
  add_characters(list);
  add_groups(list);

  header.set_string("tokenizer.ggml.model", "llama");
  header.set_string("tokenizer.ggml.pre", "default");
  list.write(header);
  header.set<uint32_t>("tokenizer.ggml.bos_token_id", 1);
  header.set<uint32_t>("tokenizer.ggml.eos_token_id", 2);
  header.set<uint32_t>("tokenizer.ggml.unknown_token_id", 0);
  header.set<bool>("tokenizer.ggml.add_bos_token", true);
  header.set<bool>("tokenizer.ggml.add_eos_token", false);
}

}  // namespace caracal
