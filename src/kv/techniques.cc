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
     .bound = "half a unit in the last place of each stored number: kernels/attend_test.cc",
     .state = "f16 by default"},
    {.id = "kv-q8_0",
     .name = "KV row codec Q8_0: 8-bit codes, an f16 scale per 32 values",
     .paper = "",
     .seam = "kv, kernels/attend",
     .flag = "--cache-type-k q8_0, --cache-type-v q8_0",
     .guarantee = Guarantee::approximate,
     .bound = "1/254 + 2^-11 of the largest of 32 numbers: kernels/attend_test.cc",
     .state = "off by default"},
    {.id = "kv-q4_0",
     .name = "KV row codec Q4_0: 4-bit codes, an f16 scale per 32 values",
     .paper = "",
     .seam = "kv, kernels/attend",
     .flag = "--cache-type-k q4_0, --cache-type-v q4_0",
     .guarantee = Guarantee::approximate,
     .bound = "1/8 + 2^-11 of the largest of 32 numbers: kernels/attend_test.cc",
     .state = "off by default"},
};

}  // namespace

std::span<const TechniqueInfo> kv_techniques() { return kTechniques; }

}  // namespace caracal
