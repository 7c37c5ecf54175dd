#pragma once
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "spec/token.h"

namespace caracal {

/// Remembers where in the output of one encode call a word's tokens lie, so that a frequent word is
/// merged once. Lives as long as the call: nothing is shared between threads.
class WordCache {
 public:
  /// Appends the tokens of word to out: copied from an earlier occurrence, or made by make(out).
  template <class Make>
  void encode(std::string_view word, std::vector<TokenId>& out, Make&& make) {
    if (word.size() > kMaxWordBytes) return make(out);
    if (const auto known = places_.find(word); known != places_.end()) {
      const auto [begin, n] = known->second;
      for (uint32_t i = 0; i < n; ++i) {
        const TokenId id = out[begin + i];  // a copy: the source lies in the vector that grows
        out.push_back(id);
      }
      return;
    }
    const size_t begin = out.size();
    make(out);
    if (places_.size() < kMaxWords)
      places_.emplace(word, Place{begin, static_cast<uint32_t>(out.size() - begin)});
  }

 private:
  static constexpr size_t kMaxWordBytes = 48;
  static constexpr size_t kMaxWords = 1 << 16;
  struct Place {
    size_t begin;
    uint32_t n;
  };
  std::unordered_map<std::string_view, Place> places_;  // keys point into the text
};

}  // namespace caracal
