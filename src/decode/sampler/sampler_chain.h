#pragma once
/// From a row of logits to a token: constraints, the steps of --samplers in order, one draw.
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "decode/sampler/constraints.h"
#include "decode/sampler/sampler_step.h"

namespace caracal {

/// Why a chain could not choose; the sequence ends with this reason, its neighbours go on.
enum class SampleStatus : uint8_t {
  ok,
  bad_logits,    ///< a logit is NaN or plus infinity
  no_candidate,  ///< every token is banned or has a logit of minus infinity
};
std::string_view name_of(SampleStatus status);

struct Sampled {
  TokenId token = kNoToken;
  SampleStatus status = SampleStatus::ok;
  float p = 0;  ///< probability the chain gave the token
};

/// The law the chain draws from.
struct Distribution {
  SampleStatus status = SampleStatus::ok;
  std::span<const Candidate> items;  ///< p sums to one; ids not listed have p = 0

  float p_of(TokenId id) const noexcept;
  /// Inverse transform: the item in which u of the mass falls, u in [0, 1). Items must not be
  /// empty.
  const Candidate& at(double u) const noexcept;
};

/// The sampler of one sequence. Steps are chosen once, here; sampling, accepting and rewinding do
/// not allocate. Not thread safe; chains of different sequences may run on different threads, each
/// with its own scratch. The same seed, history and logits give the same token whatever else is in
/// the batch. Temperature 0 is greedy: the likeliest candidate, of equals the one with the lowest
/// id. With mirostat the truncating steps are left out; penalties, dry and temperature run.
class SamplerChain {
 public:
  /// Throws Error(bad_config) naming the flag: a value out of range, an unknown step, an id outside
  /// the vocabulary.
  SamplerChain(const SamplingParams& params, const SamplerModel& model);

  /// A new sequence whose first tokens are given; penalties and DRY see them.
  void reset(std::span<const TokenId> prompt) noexcept;

  /// Chooses the token at position(). logits: [n_vocab], unchanged while this runs. Does not accept
  /// it.
  Sampled sample(std::span<const float> logits, SamplerScratch& scratch) noexcept;
  /// What sample would draw from: p after the chain, as speculative verification needs it. The
  /// items live in scratch until its next use.
  Distribution distribution(std::span<const float> logits, SamplerScratch& scratch) noexcept;

  /// Appends a token to the sequence, sampled or not. Mirostat adapts when it is the one sampled
  /// last.
  void accept(TokenId token) noexcept;
  /// p: the token's probability under distribution(), for tokens that sample did not draw.
  void accept(TokenId token, float p) noexcept;
  /// Takes the last n accepted tokens back; n ≤ TokenHistory::kMaxRewind in a row.
  void rewind(int32_t n) noexcept;

  int64_t position() const { return history_.n_total(); }  ///< index of the next token
  uint64_t seed() const { return seed_; }  ///< the one drawn when the request gave none
  std::span<const TokenId> stop_ids() const { return constraints_.stop_ids(); }
  size_t n_steps() const { return steps_.size(); }

 private:
  SampleStatus narrow(std::span<const float> logits, SamplerScratch& scratch) noexcept;
  Sampled pick_best(std::span<const float> logits, SamplerScratch& scratch) noexcept;
  Sampled draw(std::span<const float> logits, SamplerScratch& scratch) noexcept;

  int32_t n_vocab_;
  int32_t n_ctx_;
  uint64_t seed_;
  bool greedy_;  // the steps end in an argmax
  Constraints constraints_;
  std::vector<std::unique_ptr<SamplerStep>> steps_;
  TokenHistory history_;
  int64_t prompt_tokens_ = 0;
  Sampled last_;  // what sample drew at position()
};

}  // namespace caracal
