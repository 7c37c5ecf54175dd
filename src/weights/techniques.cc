#include "weights/techniques.h"

namespace caracal {
namespace {

constexpr TechniqueInfo kTechniques[] = {
    {.id = "weights-4bit",
     .name = "4-bit block weights, 8-bit activations (Q4_0, Q4_1)",
     .paper = "Dettmers & Zettlemoyer 2023, The case for 4-bit precision; GGUF block formats",
     .seam = "weights/q4_0, weights/q4_1",
     .flag = "-m FILE of that type; --numerics reference switches the integer arithmetic off",
     .guarantee = Guarantee::approximate,
     .bound = "kernels equal the scalar reference; logits against float activations: "
              "engine/parity_test.cc",
     .state = "by file"},
    {.id = "weights-8bit",
     .name = "8-bit block weights, 8-bit activations (Q8_0)",
     .paper =
         "Dettmers et al. 2022, 8-bit optimizers via block-wise quantization; GGUF block formats",
     .seam = "weights/q8_0",
     .flag = "-m FILE of that type; --numerics reference switches the integer arithmetic off",
     .guarantee = Guarantee::approximate,
     .bound = "kernels equal the scalar reference; logits against float activations: "
              "engine/parity_test.cc",
     .state = "by file"},
    {.id = "weights-16bit",
     .name = "16-bit weights, float arithmetic (F16, BF16)",
     .paper = "Micikevicius et al. 2018, Mixed precision training; Kalamkar et al. 2019, BFLOAT16",
     .seam = "weights/f16, weights/bf16",
     .flag = "-m FILE of that type",
     .guarantee = Guarantee::lossless,
     .state = "by file"},
};

}  // namespace

std::span<const TechniqueInfo> weight_techniques() { return kTechniques; }

}  // namespace caracal
