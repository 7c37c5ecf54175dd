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
     .name = "Attention in tiles with the online softmax, no n x n buffer (FlashAttention)",
     .paper = "Milakov & Gimelshein 2018, Online normalizer calculation for softmax; Dao et al. "
              "2022, FlashAttention",
     .seam = "mixers/gqa, kernels/attend",
     .flag = "",
     .guarantee = Guarantee::lossless,
     .state = "on by default"},
    {.id = "flash-decoding",
     .name = "Keys of a decoding row split over threads, merged in order (FlashDecoding)",
     .paper = "Dao et al. 2023, Flash-Decoding for long-context inference",
     .seam = "mixers/gqa, exec/sequence_tiles",
     .flag = "",
     .guarantee = Guarantee::lossless,
     .state = "on by default"},
    {.id = "unified-max",
     .name = "Softmax relative to one number, with fallback (FlashDecoding++)",
     .paper = "Hong et al. 2024, FlashDecoding++: faster large language model inference with "
              "asynchronization, flat GEMM optimization, and heuristics",
     .seam = "mixers/gqa, kernels/attend",
     .flag = "--softmax unified, --softmax-phi",
     .guarantee = Guarantee::approximate,
     .bound = "1e-6 of the largest value per attention output: mixers/gqa/attend_op_test.cc",
     .state = "off by default"},
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
