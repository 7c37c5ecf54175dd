#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>

#include "machine/thread_team.h"
#include "synth/model_shape.h"
#include "synth/type_mix.h"

namespace caracal {

struct SynthOptions {
  ModelShape shape;
  const TypeMix* mix = nullptr;
  bool pure = false;  ///< the mix's base type for every matrix
  uint64_t seed = 1;
};

struct SynthSummary {
  uint64_t n_parameters = 0;
  uint64_t file_bytes = 0;
};

/// Writes a GGUF file of a Llama model with random weights, valid blocks from the generator
/// straight into the file. Matrices are normal with standard deviation 1/sqrt(n_in), those that
/// write to the residual stream 1/sqrt(2 n_layers) of it (Radford et al. 2019, sec. 2.3), norms are
/// close to 1: activations stay finite at any depth. The bytes depend on the options alone, not on
/// team. progress(done, total) counts bytes. Throws Error(bad_config) for a shape that cannot be,
/// Error(io / not_found) for a path that cannot be written or has too little space.
SynthSummary write_synth_model(const std::filesystem::path& path, const SynthOptions& options,
                               ThreadTeam& team,
                               const std::function<void(uint64_t, uint64_t)>& progress = {});

}  // namespace caracal
