#include "bench/compare/comparison.h"

#include <algorithm>

namespace caracal {
namespace {

double median_of(const EngineSpeed& engine) { return summarize(engine.tokens_per_s).median; }

}  // namespace

void CompareReport::add_side(const std::string& name, const EngineFacts& facts) {
  const auto known = [&](const ComparedSide& s) { return s.name == name && s.facts == facts; };
  if (std::ranges::none_of(sides, known)) sides.push_back({name, facts});
}

double CompareReport::others_share() const {
  double most = 0;
  for (const Comparison& comparison : comparisons) most = std::max(most, comparison.others_share);
  return most;
}

std::optional<double> ratio_to(const Comparison& comparison, const EngineSpeed& engine) {
  const double ours = median_of(comparison.engines.front());
  const double theirs = median_of(engine);
  if (ours <= 0 || theirs <= 0) return std::nullopt;
  return ours / theirs;
}

const EngineSpeed* best_variant(const Comparison& comparison, const std::string& peer) {
  const EngineSpeed* best = nullptr;
  for (const EngineSpeed& engine : comparison.engines) {
    if (engine.engine != peer || engine.tokens_per_s.empty()) continue;
    if (best == nullptr || median_of(engine) > median_of(*best)) best = &engine;
  }
  return best;
}

bool is_best_variant(const Comparison& comparison, const EngineSpeed& engine) {
  return best_variant(comparison, engine.engine) == &engine;
}

double share_of_others(double busy_seconds, double own_seconds, double elapsed, int32_t n_cpus) {
  if (elapsed <= 0 || n_cpus <= 0) return 0;
  return std::clamp((busy_seconds - own_seconds) / elapsed / n_cpus, 0.0, 1.0);
}

}  // namespace caracal
