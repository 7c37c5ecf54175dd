#include "decode/sampler/registry.h"

#include <algorithm>

#include "decode/sampler/steps.h"

namespace caracal {
namespace {

constexpr SamplerStepInfo kSteps[] = {
    {"penalties", "", true, make_penalties,
     "repetition (Keskar et al. 2019, CTRL, sec. 4.1), frequency and presence penalties"},
    {"dry", "", true, make_dry, "penalises tokens that would extend a repeated sequence"},
    {"top_n_sigma", "", false, make_top_n_sigma,
     "logits within n standard deviations of the highest (Tang et al. 2024)"},
    {"top_k", "", false, make_top_k, "the k likeliest tokens (Fan et al. 2018)"},
    {"typ_p", "typ,typical,typical_p", false, make_typical,
     "locally typical sampling (Meister et al. 2022)"},
    {"top_p", "nucleus", false, make_top_p, "nucleus sampling (Holtzman et al. 2019)"},
    {"min_p", "", false, make_min_p,
     "a floor relative to the likeliest token (Nguyen et al. 2024)"},
    {"xtc", "", false, make_xtc, "excludes top choices: sometimes only the least of them stays"},
    {"temperature", "temp", true, make_temperature, "temperature, dynamic temperature, greedy"},
};

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return (x == '-' ? '_' : x) == (y == '-' ? '_' : y); });
}

}  // namespace

std::span<const SamplerStepInfo> sampler_steps() { return kSteps; }

const SamplerStepInfo* find_sampler_step(std::string_view name) {
  for (const SamplerStepInfo& step : kSteps) {
    if (same_name(name, step.name)) return &step;
    for (const std::string_view alias : split_list(step.aliases, ',')) {
      if (same_name(name, alias)) return &step;
    }
  }
  return nullptr;
}

}  // namespace caracal
