#pragma once
/// Multiple choice by log-likelihood, as the field's evaluation harness does it (Gao et al., "A
/// framework for few-shot language model evaluation").
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "eval/continuation.h"
#include "eval/statistics.h"

namespace caracal {

struct ChoiceItem {
  std::string context;
  std::vector<std::string> choices;  ///< two or more
  int32_t label = 0;                 ///< the right one
};

/// One JSON object a line: {"context": text, "choices": [text, ...], "label": index or the choice
/// itself}; other keys and empty lines are passed over. Throws Error(bad_request) that names line
/// and field. name: the file, for messages.
std::vector<ChoiceItem> parse_choice_items(std::string_view jsonl, std::string_view name);

/// An item as the model sees it.
struct ChoiceTokens {
  std::vector<Continuation> choices;
  std::vector<int32_t> n_chars;  ///< characters of each choice
  int32_t label = 0;
};
/// delimiter stands between context and choice where neither brings white space to the seam.
ChoiceTokens encode_choice(const Tokenizer& tokenizer, const ChoiceItem& item,
                           std::string_view delimiter);

/// Index of the largest.
int32_t best_choice(std::span<const double> scores);

/// Share of right answers.
class AccuracyMeter {
 public:
  void add(bool right) { mean_.add(right ? 1 : 0), n_right_ += right ? 1 : 0; }
  double value() const { return static_cast<double>(n_right_) / static_cast<double>(count()); }
  double standard_error() const { return mean_.standard_error(); }
  Interval interval() const { return wilson_interval(n_right_, mean_.count()); }
  int64_t count() const { return mean_.count(); }

 private:
  MeanMeter mean_;
  int64_t n_right_ = 0;
};

struct ChoiceReport {
  AccuracyMeter acc;       ///< the choice of the largest log-likelihood
  AccuracyMeter acc_norm;  ///< of the largest log-likelihood per character
};
/// progress(done, total) counts items. Throws what score_continuation throws.
ChoiceReport measure_choice(std::span<const ChoiceTokens> items, Scorer& scorer,
                            const std::function<void(int64_t, int64_t)>& progress = {});

}  // namespace caracal
