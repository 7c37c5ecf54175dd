#pragma once
/// The most likely segmentation of a text under a unigram model (Viterbi; Kudo 2018, sec. 3.2).
#include <algorithm>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "base/utf8.h"
#include "text/tokenizer/byte_trie.h"

namespace caracal {

/// One piece of a segmentation: bytes [begin, end) of the text.
struct Segment {
  uint32_t begin = 0, end = 0;
  TokenId id = kNoToken;  ///< kNoToken: one character that no piece covers
};

/// Replaces out by the segmentation of text with the highest sum of scores, the first one found
/// among equals. Score: the type sums are kept in. scores: by id; unknown: of a character that is
/// no piece. text must be below 4 GiB.
template <class Score, class Scores>
void find_best_path(std::string_view text, const ByteTrie& pieces, const Scores& scores,
                    Score unknown, std::vector<Segment>& out) {
  struct Step {
    Score score = -std::numeric_limits<Score>::infinity();
    uint32_t begin = 0;
    TokenId id = kNoToken;
  };
  std::vector<Step> steps(text.size() + 1);  // by where they end
  steps[0].score = 0;
  const auto offer = [&](size_t end, double score, size_t begin, TokenId id) {
    if (score > steps[end].score)
      steps[end] = {static_cast<Score>(score), static_cast<uint32_t>(begin), id};
  };
  for (size_t begin = 0, next; begin < text.size(); begin = next) {
    next = begin;
    next_code_point(text, next);
    bool covered = false;
    ByteTrie::Node node = ByteTrie::kRoot;
    for (size_t end = begin; end < text.size();) {
      node = pieces.child(node, static_cast<uint8_t>(text[end++]));
      if (node == ByteTrie::kNone) break;
      const TokenId id = pieces.value(node);
      if (id == kNoToken) continue;
      covered = covered || end == next;
      offer(end, double{steps[begin].score} + scores[id], begin, id);
    }
    if (!covered) offer(next, double{steps[begin].score} + unknown, begin, kNoToken);
  }
  out.clear();
  for (auto end = static_cast<uint32_t>(text.size()); end > 0; end = out.back().begin)
    out.push_back({steps[end].begin, end, steps[end].id});
  std::reverse(out.begin(), out.end());
}

}  // namespace caracal
