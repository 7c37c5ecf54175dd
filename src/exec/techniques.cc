#include "exec/techniques.h"

namespace caracal {
namespace {

constexpr TechniqueInfo kTechniques[] = {
    {.id = "static-plan",
     .name =
         "Fused regions: gate, up, activation and rounding are one pass; Q, K and V one region; "
         "8 regions a layer, 5 barriers when a row is decoded",
     .paper = "Aminabadi et al. 2022, DeepSpeed Inference (operator fusion, adapted to CPU "
              "threads); Hong et al. 2024, FlashDecoding++ (seven kernels a block)",
     .seam = "exec",
     .flag = "--no-fuse switches it off",
     .guarantee = Guarantee::lossless,
     .state = "on by default"},
    {.id = "buffer-planning",
     .name = "Step buffers placed by lifetime",
     .paper = "Pisarchyk & Lee 2020, Efficient memory management for deep neural net inference",
     .seam = "exec/plan_builder",
     .flag = "",
     .guarantee = Guarantee::lossless,
     .state = "on by default"},
    {.id = "ragged-batch",
     .name = "Padding-free ragged batch",
     .paper = "Zhai et al. 2023, ByteTransformer: a high-performance transformer boosted for "
              "variable-length inputs",
     .seam = "spec/batch",
     .flag = "",
     .guarantee = Guarantee::lossless,
     .state = "on by default"},
    {.id = "batch-invariance",
     .name = "Batch-invariant arithmetic: the same bits alone, in a batch, with any chunking and "
             "threads",
     .paper = "He et al. 2025, Defeating nondeterminism in LLM inference",
     .seam = "exec, weights, mixers",
     .flag = "--numerics",
     .guarantee = Guarantee::lossless,
     .state = "on by default"},
};

}  // namespace

std::span<const TechniqueInfo> exec_techniques() { return kTechniques; }

}  // namespace caracal
