#include "eval/continuation.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "eval/log_softmax.h"

namespace caracal {
namespace {

/// In front of a text that has no context.
TokenId start_token(const Vocab& vocab) {
  const TokenId id = vocab.bos != kNoToken ? vocab.bos : vocab.eos;
  if (id == kNoToken)
    throw Error(ErrorCode::bad_request,
                "expected a context, found an empty one, and the vocabulary has neither BOS nor "
                "EOS to stand for it",
                "context");
  return id;
}

/// The text's tokens with what stands at its start, and nothing at its end.
std::vector<TokenId> encode_open(const Tokenizer& tokenizer, std::string_view text) {
  std::vector<TokenId> tokens = tokenizer.encode(text);
  const Vocab& vocab = tokenizer.vocab();
  if (vocab.add_eos && !tokens.empty() && tokens.back() == vocab.eos) tokens.pop_back();
  return tokens;
}

}  // namespace

Continuation make_continuation(const Tokenizer& tokenizer, std::string_view context,
                               std::string_view text) {
  const std::vector<TokenId> before = encode_open(tokenizer, context);
  Continuation out{.tokens = encode_open(tokenizer, std::string(context).append(text))};
  const auto seam = std::ranges::mismatch(before, out.tokens).in2;
  out.n_context = static_cast<int32_t>(seam - out.tokens.begin());
  if (out.n_context == 0) {
    out.tokens.insert(out.tokens.begin(), start_token(tokenizer.vocab()));
    out.n_context = 1;
  }
  if (out.n_scored() == 0)
    throw Error(ErrorCode::bad_request, "expected a text to score, found none", "continuation");
  return out;
}

ContinuationScore score_continuation(Scorer& scorer, const Continuation& continuation) {
  ContinuationScore score;
  const std::span<const TokenId> tokens = continuation.tokens;
  const auto sink = [&](int32_t position, MatrixView<const float> rows) {
    for (int64_t r = 0; r < rows.rows; ++r) {
      const std::span<const float> logits(rows.row(r), static_cast<size_t>(rows.cols));
      const TokenId target = tokens[static_cast<size_t>(position + r + 1)];
      score.log_likelihood += log_prob(logits, target);
      score.is_greedy = score.is_greedy && top_token(logits) == target;
    }
  };
  scorer.score_from(continuation.n_context - 1, tokens.first(tokens.size() - 1), sink);
  if (!std::isfinite(score.log_likelihood))
    throw Error(ErrorCode::bad_file, "the logits are not numbers; is the model damaged?",
                "scoring");
  return score;
}

}  // namespace caracal
