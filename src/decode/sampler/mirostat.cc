#include <algorithm>
#include <array>
#include <cmath>

#include "decode/sampler/steps.h"

namespace caracal {
namespace {

/// Mirostat 2 (Basu et al. 2021, alg. 2 of the paper's repository): drops tokens whose surprise
/// −log2 p exceeds μ, and after each token moves μ by eta times the error of the observed surprise,
/// so that the surprise per token approaches tau. μ starts at 2·tau.
class Mirostat final : public SamplerStep {
 public:
  Mirostat(float tau, float eta, size_t min_keep) : tau_(tau), eta_(eta), min_keep_(min_keep) {
    reset(0);
  }

  bool keeps_best() const override { return true; }
  void reset(int64_t position) noexcept override { mu_at(position) = 2 * tau_; }

  void apply(Candidates& candidates, const StepInput& in) noexcept override {
    const std::span<const Candidate> items = candidates.softmax();
    const double least = std::exp2(-mu_at(in.position));
    size_t n = 0;
    for (const Candidate& c : items) n += c.p >= least;
    candidates.keep_top(std::max(n, min_keep_));
  }

  void accept(int64_t position, float p) noexcept override {
    const double mu = mu_at(position);
    const double error = p > 0 ? -std::log2(static_cast<double>(p)) - tau_ : 0;
    mu_at(position + 1) = mu - eta_ * error;
  }

 private:
  /// μ per position, far enough back to rewind.
  double& mu_at(int64_t position) noexcept {
    return mu_[static_cast<size_t>(position) % mu_.size()];
  }

  double tau_, eta_;
  size_t min_keep_;
  std::array<double, TokenHistory::kMaxRewind + 1> mu_{};
};

}  // namespace

StepPtr make_mirostat(const SamplingParams& params, const SamplerModel&) {
  return std::make_unique<Mirostat>(params.mirostat_tau, params.mirostat_eta,
                                    kept_at_least(params));
}

}  // namespace caracal
