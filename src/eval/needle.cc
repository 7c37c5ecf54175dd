#include "eval/needle.h"

#include <algorithm>

#include "base/error.h"
#include "base/rng.h"

namespace caracal {
namespace {

constexpr std::string_view kFiller =
    "The river rises early in the hills and takes its time on the way down. Boats come in with the "
    "evening and leave before the market opens. In the north the roads are narrow and the houses "
    "stand close together. Bread is baked twice a day and sold while it is warm. Every spring the "
    "gardeners count the trees and mend the walls. A train passes at noon, and the children wave "
    "to it from the bridge. When the rain stops the whole street smells of wet stone. Old maps of "
    "the town hang in the library beside the stairs. The bell is rung by hand and is never quite "
    "on time. Letters take three days to cross the valley, longer when there is snow. ";

/// Cuts after each full stop or end of line that white space follows; pieces add up to the text.
std::vector<std::string_view> split_sentences(std::string_view text) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    size_t end = text.find_first_of(".!?\n");
    end = end == std::string_view::npos ? text.size() : end + 1;
    while (end < text.size() && (text[end] == ' ' || text[end] == '\n')) ++end;
    out.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return out;
}

std::string make_secret(const NeedleOptions& options, int32_t trial) {
  Rng rng(options.seed);
  rng.seek(4 * static_cast<uint64_t>(trial));
  return fmt::format("{}", 10000 + rng.next_u32() % 90000);
}

class TrialBuilder {
 public:
  TrialBuilder(const Tokenizer& tokenizer, const NeedleOptions& options, int32_t depth,
               int32_t trial)
      : tokenizer_(tokenizer),
        sentences_(split_sentences(options.haystack.empty() ? kFiller : options.haystack)),
        depth_(depth),
        secret_(make_secret(options, trial)) {
    if (sentences_.empty())
      throw Error(ErrorCode::bad_request, "expected filler text, found none", "haystack");
  }

  /// n_sentences of filler around the fact.
  NeedleTrial build(int64_t n_sentences) const {
    const int64_t n_before = (n_sentences * depth_ + 50) / 100;
    std::string prompt = "Somewhere in this text a secret number is hidden.\n\n";
    for (int64_t i = 0; i < n_sentences; ++i) {
      if (i == n_before) add_fact(prompt);
      prompt += sentences_[static_cast<size_t>(i) % sentences_.size()];
    }
    if (n_before >= n_sentences) add_fact(prompt);
    prompt += "\n\nQuestion: What is the secret number?\nAnswer: The secret number is";
    NeedleTrial out{.prompt = std::move(prompt), .answer = " " + secret_};
    out.tokens = make_continuation(tokenizer_, out.prompt, out.answer);
    return out;
  }

 private:
  void add_fact(std::string& prompt) const {
    if (!prompt.ends_with(' ') && !prompt.ends_with('\n')) prompt += ' ';
    prompt += fmt::format("The secret number is {}. Remember it. ", secret_);
  }

  const Tokenizer& tokenizer_;
  std::vector<std::string_view> sentences_;
  int32_t depth_;
  std::string secret_;
};

}  // namespace

NeedleTrial make_needle_trial(const Tokenizer& tokenizer, const NeedleOptions& options,
                              int32_t length, int32_t depth, int32_t trial) {
  const TrialBuilder builder(tokenizer, options, depth, trial);
  const auto fits = [&](const NeedleTrial& t) {
    return static_cast<int64_t>(t.tokens.tokens.size()) <= length;
  };
  NeedleTrial best = builder.build(0);
  if (!fits(best))
    throw_error(ErrorCode::bad_request, "--lengths",
                "expected at least {} tokens, room for the fact and the question, found {}",
                best.tokens.tokens.size(), length);
  // The most sentences that fit lie in [low, high).
  int64_t low = 0, high = 1;
  for (NeedleTrial next; fits(next = builder.build(high)); high *= 2) {
    low = high;
    best = std::move(next);
  }
  while (high - low > 1) {
    const int64_t middle = (low + high) / 2;
    NeedleTrial next = builder.build(middle);
    if (fits(next)) {
      low = middle;
      best = std::move(next);
    } else {
      high = middle;
    }
  }
  return best;
}

std::vector<NeedleCell> measure_needle(const NeedleOptions& options, const Tokenizer& tokenizer,
                                       Scorer& scorer,
                                       const std::function<void(int64_t, int64_t)>& progress) {
  std::vector<NeedleCell> cells;
  const auto total =
      static_cast<int64_t>(options.lengths.size() * options.depths.size()) * options.n_trials;
  int64_t done = 0;
  for (int32_t length : options.lengths)
    for (int32_t depth : options.depths) {
      NeedleCell& cell = cells.emplace_back(NeedleCell{.length = length, .depth = depth});
      for (int32_t t = 0; t < options.n_trials; ++t) {
        const NeedleTrial trial = make_needle_trial(tokenizer, options, length, depth, t);
        const ContinuationScore score = score_continuation(scorer, trial.tokens);
        cell.exact.add(score.is_greedy ? 1 : 0);
        cell.log_likelihood.add(score.log_likelihood);
        if (progress) progress(++done, total);
      }
    }
  return cells;
}

}  // namespace caracal
