#include "kv/techniques.h"

namespace caracal {
namespace {

constexpr TechniqueInfo kTechniques[] = {
    {.id = "paged-kv",
     .name = "KV memory in blocks (PagedAttention)",
     .paper = "Kwon et al. 2023, Efficient memory management for large language model serving with "
              "PagedAttention",
     .seam = "kv",
     .flag = "--block-size",
     .guarantee = Guarantee::lossless,
     .state = "on by default"},
    {.id = "kv-16bit",
     .name = "KV row codecs f16 and bf16",
     .paper = "",
     .seam = "kv, kernels/attend",
     .flag = "--cache-type-k, --cache-type-v",
     .guarantee = Guarantee::approximate,
     .bound = "half a unit in the last place of each stored number: kernels/small_kernels_test.cc",
     .state = "f16 by default"},
};

}  // namespace

std::span<const TechniqueInfo> kv_techniques() { return kTechniques; }

}  // namespace caracal
