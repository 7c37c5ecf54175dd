#pragma once
/// The inner loops that find the roofs. Everything a loop needs stands in registers that it names
/// itself, in one block of assembly: a loop whose accumulators a compiler spills would measure the
/// store port. tools/check_probes.py holds the object files to that.
#include <span>

#include "machine/cpu_features.h"
#include "machine/roof.h"

namespace caracal {

/// Runs `rounds` >= 1 rounds of multiply-adds on operands that are all one, and returns the sum of
/// all accumulators: the number of multiply-adds done, as long as no accumulator overflows.
using ArithmeticLoop = double (*)(int64_t rounds) noexcept;

struct ArithmeticProbe {
  Roof roof;                     ///< not read_bandwidth
  std::string_view instruction;  ///< "vpdpbusd zmm"
  CpuFeatures needs;
  int64_t ops_per_round;  ///< two for each multiply-add
  ArithmeticLoop run;     ///< nullptr where this build lacks the file
};

/// All of them; of one roof the weakest first.
std::span<const ArithmeticProbe> arithmetic_probes();
/// The last probe of a roof that this build contains and that needs nothing but `features`. Without
/// an instruction for bf16 products that is the one of fp32_fma: kernels widen bf16 then.
const ArithmeticProbe& choose_probe(Roof roof, CpuFeatures features);

inline constexpr int64_t kReadGrain = 256;  ///< bytes; lengths of streams are multiples of it

/// Reads n_streams (1, 2 or 4) equal parts of [data, data + bytes) side by side, prefetching
/// `ahead` bytes before each. data: 64-byte aligned; bytes: a multiple of n_streams * kReadGrain.
/// Returns the sum of the 64-bit words, so that a test can tell that each was read once.
using ReadLoop = uint64_t (*)(const std::byte* data, int64_t bytes, int32_t n_streams,
                              int64_t ahead) noexcept;
ReadLoop choose_read_loop(CpuFeatures features);

}  // namespace caracal
