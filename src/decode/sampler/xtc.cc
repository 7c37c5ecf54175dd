#include "decode/sampler/draws.h"
#include "decode/sampler/steps.h"

namespace caracal {
namespace {

/// Exclude top choices (p-e-w 2024, text-generation-webui pull request 6335): with the given
/// chance, of all tokens whose probability reaches the threshold only the least likely one stays.
class Xtc final : public SamplerStep {
 public:
  Xtc(double chance, float threshold, size_t min_keep)
      : chance_(chance), threshold_(threshold), min_keep_(min_keep) {}

  void apply(Candidates& candidates, const StepInput& in) noexcept override {
    if (uniform_at(in.seed, DrawStream::xtc, in.position) >= chance_) return;
    size_t n_top = 0;
    for (const Candidate& c : candidates.softmax()) n_top += c.p >= threshold_;
    if (n_top < 2) return;
    const size_t n_items = candidates.ordered(n_top).size();
    if (n_items - (n_top - 1) >= min_keep_) candidates.drop_first(n_top - 1);
  }

 private:
  double chance_;
  float threshold_;
  size_t min_keep_;
};

}  // namespace

StepPtr make_xtc(const SamplingParams& params, const SamplerModel&) {
  // Two tokens cannot both be likelier than 0.5.
  if (params.xtc_probability <= 0 || params.xtc_threshold > 0.5f) return nullptr;
  return std::make_unique<Xtc>(params.xtc_probability, params.xtc_threshold, kept_at_least(params));
}

}  // namespace caracal
