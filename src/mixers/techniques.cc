#include "mixers/techniques.h"

namespace caracal {
namespace {

constexpr TechniqueInfo kTechniques[] = {
    {.id = "gqa",
     .name = "Grouped-query attention: queries of a group share each read of K and V",
     .paper = "Ainslie et al. 2023, GQA: training generalized multi-query transformer models",
     .seam = "mixers/gqa",
     .flag = "",
     .guarantee = Guarantee::lossless,
     .state = "by model"},
    {.id = "online-softmax",
     .name = "Attention in one pass with the online softmax, no n x n buffer",
     .paper = "Milakov & Gimelshein 2018, Online normalizer calculation for softmax; Dao et al. "
              "2022, FlashAttention",
     .seam = "mixers/gqa",
     .flag = "",
     .guarantee = Guarantee::lossless,
     .state = "on by default"},
    {.id = "sliding-window",
     .name = "Sliding-window attention: a query reads the last keys only",
     .paper = "Beltagy et al. 2020, Longformer: the long-document transformer; Jiang et al. 2023, "
              "Mistral 7B",
     .seam = "mixers/gqa",
     .flag = "",
     .guarantee = Guarantee::lossless,
     .state = "by model"},
    {.id = "tree-attention",
     .name = "Tree attention: a draft's branches verified in one step",
     .paper = "Miao et al. 2024, SpecInfer: accelerating LLM serving with tree-based speculative "
              "inference",
     .seam = "mixers/gqa, spec/batch",
     .flag = "(library: BatchInput::parents)",
     .guarantee = Guarantee::lossless,
     .state = "library only"},
};

}  // namespace

std::span<const TechniqueInfo> mixer_techniques() { return kTechniques; }

}  // namespace caracal
