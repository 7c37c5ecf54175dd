#include "engine/techniques.h"

#include "exec/techniques.h"
#include "kv/techniques.h"
#include "mixers/techniques.h"
#include "model/techniques.h"
#include "sched/techniques.h"
#include "weights/techniques.h"

namespace caracal {
namespace {

constexpr TechniqueInfo kEngineTechniques[] = {
    {.id = "turn-reuse",
     .name = "KV of earlier turns is kept: a chat turn computes only what is new",
     .paper = "Gim et al. 2024, Prompt Cache (the prefix case)",
     .seam = "engine",
     .flag = "chat",
     .guarantee = Guarantee::lossless,
     .state = "on by default"},
};

}  // namespace

std::vector<TechniqueInfo> techniques() {
  std::vector<TechniqueInfo> all;
  for (const auto table :
       {exec_techniques(), weight_techniques(), kv_techniques(), mixer_techniques(),
        model_techniques(), sched_techniques(), std::span<const TechniqueInfo>(kEngineTechniques)})
    all.insert(all.end(), table.begin(), table.end());
  return all;
}

}  // namespace caracal
