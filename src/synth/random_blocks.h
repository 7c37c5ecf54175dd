#pragma once
#include <cstddef>
#include <span>

#include "spec/tensor_type.h"
#include "synth/random_bits.h"

namespace caracal {

/// Fills out with whole blocks of one type that decode to normal weights of mean 0 and standard
/// deviation sigma. out: a multiple of the type's block_bytes. Layouts are those of GGUF.
using FillBlocks = void (*)(std::span<std::byte> out, RandomBits& random, double sigma);

/// nullptr for types that are not made here.
FillBlocks find_fill(TensorType type);

// By family of formats; find_fill chooses.
FillBlocks find_float_fill(TensorType type);     ///< F32 F16 BF16
FillBlocks find_block32_fill(TensorType type);   ///< Q4_0 Q4_1 Q5_0 Q5_1 Q8_0
FillBlocks find_k_quant_fill(TensorType type);   ///< Q2_K Q3_K Q4_K Q5_K Q6_K
FillBlocks find_codebook_fill(TensorType type);  ///< IQ4_NL IQ4_XS MXFP4 TQ1_0 TQ2_0

}  // namespace caracal
