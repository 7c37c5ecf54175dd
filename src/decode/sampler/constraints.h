#pragma once
/// What every chain starts with: which tokens may be chosen at all, and logit biases.
#include <vector>

#include "decode/sampler/sampler_step.h"

namespace caracal {

class Constraints {
 public:
  /// Throws Error(bad_config) for an id outside the vocabulary.
  Constraints(const SamplingParams& params, const SamplerModel& model);

  /// Biases and bans tokens of freshly loaded candidates. n_generated: tokens of the answer so far;
  /// below min_tokens the stop ids are banned.
  void apply(Candidates& candidates, int64_t n_generated) const noexcept;
  /// Ids that end the answer: the request's and, unless ignore_eos, the model's. Sorted, unique.
  std::span<const TokenId> stop_ids() const { return stop_ids_; }

 private:
  std::vector<LogitBias> biases_;  // bans are biases of minus infinity
  std::vector<TokenId> allowed_;   // sorted, unique; empty: all
  std::vector<TokenId> stop_ids_;
  int32_t min_tokens_;
};

}  // namespace caracal
