#include "model/techniques.h"

namespace caracal {
namespace {

constexpr TechniqueInfo kTechniques[] = {
    {.id = "rope-linear",
     .name = "Context extension by position interpolation",
     .paper = "Chen et al. 2023, Extending context window of large language models via positional "
              "interpolation",
     .seam = "model/rope_angles",
     .flag = "--rope-scaling linear --rope-scale",
     .guarantee = Guarantee::approximate,
     .bound = "equals the formula (oracle, 2e-3 of the logits' range: engine/parity_test.cc); "
              "quality depends on the model",
     .state = "by file or on request"},
    {.id = "rope-yarn",
     .name = "Context extension by YaRN",
     .paper = "Peng et al. 2023, YaRN: efficient context window extension of large language models",
     .seam = "model/rope_angles",
     .flag = "--rope-scaling yarn --rope-scale, --yarn-*",
     .guarantee = Guarantee::approximate,
     .bound = "equals the formula (oracle, 2e-3 of the logits' range: engine/parity_test.cc); "
              "quality depends on the model",
     .state = "by file or on request"},
    {.id = "rope-longrope",
     .name = "Context extension by LongRoPE: a divisor for each rotated pair",
     .paper = "Ding et al. 2024, LongRoPE: extending LLM context window beyond 2 million tokens",
     .seam = "model/rope_angles",
     .flag = "--ctx-size beyond the original context takes the long divisors",
     .guarantee = Guarantee::approximate,
     .bound = "equals the formula (oracle, 2e-3 of the logits' range: engine/parity_test.cc); "
              "quality depends on the model",
     .state = "by file"},
};

}  // namespace

std::span<const TechniqueInfo> model_techniques() { return kTechniques; }

}  // namespace caracal
