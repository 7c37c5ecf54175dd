#pragma once
#include <string_view>
#include <vector>

#include "engine/scorer.h"
#include "text/tokenizer/tokenizer.h"

namespace caracal {

/// A text that continues another one, as tokens.
struct Continuation {
  std::vector<TokenId> tokens;  ///< context and continuation
  int32_t n_context = 0;        ///< tokens of the context, at least 1; the rest is scored

  int32_t n_scored() const { return static_cast<int32_t>(tokens.size()) - n_context; }
};

/// Encodes context + text as one string and cuts where it leaves the tokens of context alone: a
/// token that reaches over the seam is scored. An empty context becomes BOS, or EOS where the
/// vocabulary has no BOS. Throws Error(bad_request) when nothing is left to score, or the
/// vocabulary has neither.
Continuation make_continuation(const Tokenizer& tokenizer, std::string_view context,
                               std::string_view text);

struct ContinuationScore {
  double log_likelihood = 0;  ///< of all scored tokens together, natural logarithm
  bool is_greedy = true;      ///< each of them is the most likely one: greedy decoding writes it
};

/// Runs the model over it. Contexts that begin like the last one are not computed again. Throws
/// what Scorer::check throws, and Error(bad_file) for logits that are not numbers.
ContinuationScore score_continuation(Scorer& scorer, const Continuation& continuation);

}  // namespace caracal
