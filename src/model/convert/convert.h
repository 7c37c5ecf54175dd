#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string_view>

#include "machine/thread_team.h"
#include "model/convert/target_types.h"

namespace caracal {

struct ConvertReport {
  std::map<TensorType, int> n_tensors;  ///< of the written file
  uint64_t n_bytes = 0;                 ///< of tensors
};

/// Writes a checkpoint (a Hugging Face directory, or a GGUF file to be encoded anew) as one GGUF
/// file. Memory holds one tensor at a time, and only where its form changes; output appears when it
/// is complete. progress(done, total) counts bytes of tensors read.
/// Throws what opening throws; Error(unsupported) for a stored type without a weight format, or for
/// numbers that the target cannot hold (not finite in a block type, beyond 65504 in F16).
ConvertReport convert_checkpoint(const std::filesystem::path& input,
                                 const std::filesystem::path& output, const TargetTypes& types,
                                 ThreadTeam& team,
                                 const std::function<void(uint64_t, uint64_t)>& progress = {});

}  // namespace caracal
