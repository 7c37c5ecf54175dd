#include <algorithm>
#include <cmath>

#include "decode/sampler/dry_breakers.h"
#include "decode/sampler/steps.h"

namespace caracal {
namespace {

/// "Don't repeat yourself" (p-e-w 2024, text-generation-webui pull request 5677). Where the last n
/// tokens occurred before, followed by t, choosing t would extend the repetition. With the longest
/// such n ≥ allowed length:
///   logit[t] -= multiplier * base^(n - allowed length)
/// Neither the repetition nor t may contain a sequence breaker.
class Dry final : public SamplerStep {
 public:
  Dry(const SamplingParams& params, const SamplerModel& model)
      : window_(window_of(params.dry_penalty_last_n, model)),
        multiplier_(params.dry_multiplier),
        base_(params.dry_base),
        allowed_(params.dry_allowed_length),
        breakers_(params.dry_sequence_breakers, model.token_texts) {}

  void apply(Candidates& candidates, const StepInput& in) noexcept override {
    const std::span<const TokenId> history = in.history.last(window_);
    const auto limit = static_cast<int32_t>(breakers_.n_behind_last(history));
    if (limit < allowed_) return;
    list_extensions(history, limit, in.scratch);
    candidates.edit(in.scratch.values,
                    [this](float logit, int32_t n) { return logit - penalty(n); });
  }
  int32_t history_window() const override { return window_; }

 private:
  /// scratch.values[t] = length of the longest repetition that t would extend, at most limit.
  void list_extensions(std::span<const TokenId> history, int32_t limit,
                       SamplerScratch& scratch) const noexcept {
    scratch.values.clear();
    const std::span<const int32_t> repeated = suffix_matches(history, scratch.lengths);
    for (size_t i = 1; i < history.size(); ++i) {  // i tokens back from the end
      const int32_t n = std::min(repeated[i], limit);
      const TokenId next = history[history.size() - i];
      if (n >= allowed_ && !breakers_.contains_breaker(next)) scratch.values.raise_to(next, n);
    }
  }

  /// out[i] = how many tokens history and history without its last i tokens have in common at their
  /// ends. The Z function (Gusfield 1997, sec. 1.4) of the reversed history, O(n).
  static std::span<const int32_t> suffix_matches(std::span<const TokenId> history,
                                                 std::span<int32_t> out) noexcept {
    const auto n = static_cast<int32_t>(history.size());
    const auto reversed = [&](int32_t i) { return history[static_cast<size_t>(n - 1 - i)]; };
    int32_t left = 0, right = 0;  // the match that reaches furthest is reversed[left, right)
    for (int32_t i = 1; i < n; ++i) {
      int32_t length = i < right ? std::min(right - i, out[static_cast<size_t>(i - left)]) : 0;
      while (i + length < n && reversed(length) == reversed(i + length)) ++length;
      if (i + length > right) left = i, right = i + length;
      out[static_cast<size_t>(i)] = length;
    }
    return out.first(history.size());
  }

  float penalty(int32_t n) const noexcept {
    constexpr double kEnough = 1e30;  // as good as infinite, and still a float
    return static_cast<float>(
        std::min(kEnough, multiplier_ * std::pow(base_, static_cast<double>(n - allowed_))));
  }

  int32_t window_;
  double multiplier_, base_;
  int32_t allowed_;
  DryBreakers breakers_;
};

}  // namespace

StepPtr make_dry(const SamplingParams& params, const SamplerModel& model) {
  if (params.dry_multiplier == 0 || params.dry_penalty_last_n == 0) return nullptr;
  return std::make_unique<Dry>(params, model);
}

}  // namespace caracal
