#include "weights/techniques.h"

namespace caracal {
namespace {

constexpr TechniqueInfo kTechniques[] = {
    {.id = "gemv",
     .name = "GEMV over packed tiles: four streams of weights, codes unpacked in registers",
     .paper = "NVIDIA 2023, TensorRT-LLM (weight-only GEMV); FastGEMV",
     .seam = "weights (LinearRuns::flat)",
     .flag = "",
     .guarantee = Guarantee::lossless,
     .state = "on by default"},
    {.id = "flat-gemm",
     .name = "Flat GEMM: few rows share each weight that is unpacked; many go over unpacked panels",
     .paper = "Hong et al. 2024, FlashDecoding++: faster large language model inference on GPUs, "
              "sec. 4",
     .seam = "weights (LinearRuns)",
     .flag = "--linear-shape flat|gemm",
     .guarantee = Guarantee::lossless,
     .state = "on by default"},
    {.id = "heuristic-dataflow",
     .name = "Kernel shape chosen by number of rows, from switch points measured on this machine",
     .paper = "Hong et al. 2024, FlashDecoding++: faster large language model inference on GPUs, "
              "sec. 5",
     .seam = "weights/kernel_tuning",
     .flag = "caracal tune kernels; --linear-shape",
     .guarantee = Guarantee::lossless,
     .state = "on by default"},
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
    {.id = "weights-5bit",
     .name = "5-bit block weights, 8-bit activations (Q5_0, Q5_1)",
     .paper = "GGUF block formats",
     .seam = "weights/q5",
     .flag = "-m FILE of that type; --numerics reference switches the integer arithmetic off",
     .guarantee = Guarantee::approximate,
     .bound =
         "kernels equal the scalar reference; rows decode as the gguf package's: weights/*_test.cc",
     .state = "by file"},
    {.id = "weights-k-quants",
     .name = "K-quants: block weights with quantised scales (Q2_K to Q6_K)",
     .paper = "GGUF k-quants; Dettmers et al. 2023, QLoRA (double quantization)",
     .seam = "weights/k_quants",
     .flag = "-m FILE of that type; --numerics reference switches the integer arithmetic off",
     .guarantee = Guarantee::approximate,
     .bound =
         "kernels equal the scalar reference; rows decode as the gguf package's: weights/*_test.cc",
     .state = "by file"},
    {.id = "weights-iq4",
     .name = "4-bit codes into a non-uniform table (IQ4_NL, IQ4_XS)",
     .paper =
         "GGUF; Lloyd 1982, Least squares quantization in PCM; Dettmers et al. 2023, QLoRA (NF4)",
     .seam = "weights/iq4",
     .flag = "-m FILE of that type; --numerics reference switches the integer arithmetic off",
     .guarantee = Guarantee::approximate,
     .bound =
         "kernels equal the scalar reference; rows decode as the gguf package's: weights/*_test.cc",
     .state = "by file"},
    {.id = "weights-mxfp4",
     .name = "Microscaling 4-bit floats (MXFP4)",
     .paper = "OCP Microscaling Formats v1.0; Rouhani et al. 2023, Microscaling data formats for "
              "deep learning",
     .seam = "weights/mxfp4",
     .flag = "-m FILE of that type; --numerics reference switches the integer arithmetic off",
     .guarantee = Guarantee::approximate,
     .bound =
         "kernels equal the scalar reference; rows decode as the gguf package's: weights/*_test.cc",
     .state = "by file"},
    {.id = "weights-ternary",
     .name = "Ternary weights (TQ1_0, TQ2_0)",
     .paper = "Ma et al. 2024, The era of 1-bit LLMs: all large language models are in 1.58 bits",
     .seam = "weights/ternary",
     .flag = "-m FILE of that type; --numerics reference switches the integer arithmetic off",
     .guarantee = Guarantee::approximate,
     .bound =
         "kernels equal the scalar reference; rows decode as the gguf package's: weights/*_test.cc",
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
