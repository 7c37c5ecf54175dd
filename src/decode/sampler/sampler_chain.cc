#include "decode/sampler/sampler_chain.h"

#include <algorithm>
#include <random>

#include "base/check.h"
#include "base/error.h"
#include "decode/sampler/draws.h"
#include "decode/sampler/registry.h"
#include "decode/sampler/steps.h"

namespace caracal {
namespace {

using Steps = std::vector<StepPtr>;

const SamplerStepInfo& step_named(std::string_view name) {
  if (const SamplerStepInfo* info = find_sampler_step(name)) return *info;
  std::string known;
  for (const SamplerStepInfo& info : sampler_steps()) {
    if (!known.empty()) known += ", ";
    known += info.name;
  }
  throw_error(ErrorCode::bad_config, "--samplers", "expected some of {}, found \"{}\"", known,
              name);
}

Steps listed_steps(const SamplingParams& params, const SamplerModel& model) {
  Steps steps;
  for (const std::string& name : params.samplers) {
    const SamplerStepInfo& info = step_named(name);
    if (params.mirostat != 0 && !info.with_mirostat) continue;
    if (StepPtr step = info.make(params, model)) steps.push_back(std::move(step));
  }
  if (params.mirostat != 0) steps.push_back(make_mirostat(params, model));
  return steps;
}

/// Greedy decoding takes the best of what remains at the end, so steps that keep the best and come
/// last only cost time. What is left changes which candidate is best.
void drop_needless_for_greedy(Steps& steps) {
  while (!steps.empty() && steps.back()->keeps_best()) steps.pop_back();
}

/// Where the list has the temperature, greedy leaves one candidate: nothing behind it matters.
Steps greedy_steps(SamplingParams params, const SamplerModel& model) {
  const auto temperature = std::find_if(
      params.samplers.begin(), params.samplers.end(),
      [](const std::string& name) { return step_named(name).make == make_temperature; });
  for (auto rest = temperature; rest != params.samplers.end(); ++rest) step_named(*rest);
  params.samplers.erase(temperature, params.samplers.end());
  Steps steps = listed_steps(params, model);
  drop_needless_for_greedy(steps);
  return steps;
}

int32_t longest_window(const Steps& steps) {
  int32_t window = 0;
  for (const StepPtr& step : steps) window = std::max(window, step->history_window());
  return window;
}

uint64_t chosen_seed(int64_t seed) {
  if (seed >= 0) return static_cast<uint64_t>(seed);
  std::random_device entropy;
  return (uint64_t{entropy()} << 31) ^ entropy();  // reads back as a non-negative seed
}

const SamplingParams& valid(const SamplingParams& params) {
  validate(params);
  return params;
}

}  // namespace

std::string_view name_of(SampleStatus status) {
  switch (status) {
    case SampleStatus::ok:
      return "ok";
    case SampleStatus::bad_logits:
      return "bad_logits";
    case SampleStatus::no_candidate:
      return "no_candidate";
  }
  return "ok";
}

float Distribution::p_of(TokenId id) const noexcept {
  for (const Candidate& c : items) {
    if (c.id == id) return c.p;
  }
  return 0;
}

const Candidate& Distribution::at(double u) const noexcept {
  double total = 0;
  for (const Candidate& c : items) total += c.p;
  const double target = u * total;  // p was rounded to float: their sum is not quite one
  double mass = 0;
  const Candidate* last_possible = &items.front();
  for (const Candidate& c : items) {
    if (c.p <= 0) continue;
    last_possible = &c;
    mass += c.p;
    if (target < mass) break;
  }
  return *last_possible;
}

SamplerChain::SamplerChain(const SamplingParams& params, const SamplerModel& model)
    : n_vocab_(model.n_vocab),
      n_ctx_(model.n_ctx),
      seed_(chosen_seed(params.seed)),
      greedy_(is_greedy(params)),
      constraints_(valid(params), model),
      steps_(greedy_ ? greedy_steps(params, model) : listed_steps(params, model)),
      history_(longest_window(steps_)) {}

void SamplerChain::reset(std::span<const TokenId> prompt) noexcept {
  history_.reset(prompt);
  prompt_tokens_ = position();
  last_ = {};
  for (const StepPtr& step : steps_) step->reset(position());
}

SampleStatus SamplerChain::narrow(std::span<const float> logits, SamplerScratch& scratch) noexcept {
  CRCL_CHECK_OP(scratch.candidates.n_vocab(), ==, n_vocab_);
  CRCL_CHECK_OP(scratch.lengths.size(), >=, static_cast<size_t>(n_ctx_));
  Candidates& candidates = scratch.candidates;
  if (!candidates.load(logits)) return SampleStatus::bad_logits;
  constraints_.apply(candidates, position() - prompt_tokens_);
  if (candidates.max_logit() == kRemoved) return SampleStatus::no_candidate;
  const StepInput in{history_, seed_, position(), scratch};
  for (const StepPtr& step : steps_) step->apply(candidates, in);
  return SampleStatus::ok;
}

Distribution SamplerChain::distribution(std::span<const float> logits,
                                        SamplerScratch& scratch) noexcept {
  Distribution law;
  law.status = narrow(logits, scratch);
  if (law.status != SampleStatus::ok) return law;
  if (greedy_) scratch.candidates.keep_top(1);
  law.items = scratch.candidates.softmax();
  if (law.items.empty()) law.status = SampleStatus::no_candidate;
  return law;
}

Sampled SamplerChain::pick_best(std::span<const float> logits, SamplerScratch& scratch) noexcept {
  const SampleStatus status = narrow(logits, scratch);
  if (status != SampleStatus::ok) return {kNoToken, status, 0};
  const TokenId best = scratch.candidates.best();
  if (best == kNoToken) return {kNoToken, SampleStatus::no_candidate, 0};
  return {best, status, 1};
}

Sampled SamplerChain::draw(std::span<const float> logits, SamplerScratch& scratch) noexcept {
  const Distribution law = distribution(logits, scratch);
  if (law.status != SampleStatus::ok) return {kNoToken, law.status, 0};
  const Candidate& drawn = law.at(uniform_at(seed_, DrawStream::sample, position()));
  return {drawn.id, law.status, drawn.p};
}

Sampled SamplerChain::sample(std::span<const float> logits, SamplerScratch& scratch) noexcept {
  last_ = greedy_ ? pick_best(logits, scratch) : draw(logits, scratch);
  return last_;
}

void SamplerChain::accept(TokenId token) noexcept {
  accept(token, token == last_.token ? last_.p : 0);
}

void SamplerChain::accept(TokenId token, float p) noexcept {
  for (const StepPtr& step : steps_) step->accept(position(), p);
  history_.push(token);
  last_ = {};
}

void SamplerChain::rewind(int32_t n) noexcept {
  CRCL_CHECK(n >= 0 && n <= TokenHistory::kMaxRewind && n <= position() - prompt_tokens_);
  history_.drop_last(n);
  last_ = {};
}

}  // namespace caracal
