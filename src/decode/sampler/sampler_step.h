#pragma once
/// SEAM (inside decode/sampler): one step of a sampler chain. One file per step, one line in
/// registry.cc.
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "decode/sampler/candidates.h"
#include "decode/sampler/token_history.h"
#include "spec/sampling_params.h"

namespace caracal {

/// What a chain needs to know about the model.
struct SamplerModel {
  int32_t n_vocab = 0;                     ///< logits per row
  int32_t n_ctx = 0;                       ///< context in tokens; what "the whole context" means
  std::span<const TokenId> stop_ids = {};  ///< the model's end tokens
  /// [n_vocab] the bytes each token stands for, for DRY's sequence breakers; must outlive the
  /// chain. May be empty: breakers then never match.
  std::span<const std::string> token_texts = {};
};

/// Buffers of a chain at work. One per sampling thread serves any number of sequences of a model.
struct SamplerScratch {
  explicit SamplerScratch(const SamplerModel& model)
      : candidates(model.n_vocab),
        values(model.n_vocab),
        lengths(static_cast<size_t>(model.n_ctx)) {}

  Candidates candidates;
  TokenTable<int32_t> values;    ///< per token: occurrences, or length of a repetition
  std::vector<int32_t> lengths;  ///< [n_ctx] per token of the history
};

/// The sequence as a step sees it.
struct StepInput {
  const TokenHistory& history;
  uint64_t seed;
  int64_t position;  ///< index of the token to be chosen, prompt included
  SamplerScratch& scratch;
};

/// A step reads the sequence and edits, scales or truncates the candidates. Given the same
/// candidates, history, seed and position it does the same: a chain can be asked again and rewound.
/// It leaves at least one candidate where it found one.
class SamplerStep {
 public:
  virtual ~SamplerStep() = default;
  virtual void apply(Candidates& candidates, const StepInput& in) noexcept = 0;
  /// Tokens of history the step looks at.
  virtual int32_t history_window() const { return 0; }
  /// The likeliest candidate is the same after the step: greedy decoding can leave the step out.
  virtual bool keeps_best() const { return false; }
  /// The token at `position` is settled; p: its probability at the end of the chain, 0 when
  /// unknown.
  virtual void accept(int64_t /*position*/, float /*p*/) noexcept {}
  /// A new sequence whose first generated token has index `position`.
  virtual void reset(int64_t /*position*/) noexcept {}
};

/// Makes the step, or nullptr where the parameters switch it off.
using MakeStep = std::unique_ptr<SamplerStep> (*)(const SamplingParams&, const SamplerModel&);

}  // namespace caracal
