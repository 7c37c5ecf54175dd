#include "sched/techniques.h"

namespace caracal {
namespace {

constexpr TechniqueInfo kTechniques[] = {
    {.id = "iteration-batching",
     .name = "Iteration-level batching (ORCA), first come first served",
     .paper = "Yu et al. 2022, Orca: a distributed serving system for transformer-based generative "
              "models",
     .seam = "sched",
     .flag = "--parallel",
     .guarantee = Guarantee::lossless,
     .state = "library only"},
    {.id = "chunked-prefill",
     .name = "Chunked prefill beside decoding rows (Sarathi-Serve)",
     .paper = "Agrawal et al. 2024, Taming throughput-latency tradeoff in LLM inference with "
              "Sarathi-Serve",
     .seam = "sched",
     .flag = "--batch-size",
     .guarantee = Guarantee::lossless,
     .state = "on by default"},
};

}  // namespace

std::span<const TechniqueInfo> sched_techniques() { return kTechniques; }

}  // namespace caracal
