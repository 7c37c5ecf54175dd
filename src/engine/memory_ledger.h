#pragma once
#include <cstdint>

#include "model/model.h"
#include "plan/build_plan.h"
#include "spec/engine_config.h"

namespace caracal {

/// Where the memory of an engine (of an encoder: of an embedder) goes, known before a weight is
/// loaded.
struct MemoryLedger {
  uint64_t file_bytes = 0;     ///< of the checkpoint; mapped, not all of it stays resident
  uint64_t mapped_bytes = 0;   ///< weights that are read from the map at every step
  uint64_t packed_bytes = 0;   ///< weights copied into the layout of their kernels
  uint64_t vector_bytes = 0;   ///< norms and biases as floats
  uint64_t kv_bytes = 0;       ///< KV blocks of all sequences at full context
  uint64_t step_bytes = 0;     ///< buffers of the largest step
  uint64_t scratch_bytes = 0;  ///< of all threads
  int32_t n_kv_blocks = 0;

  /// What is resident when every sequence is full; vocabulary and program come on top.
  uint64_t total_bytes() const {
    return mapped_bytes + packed_bytes + vector_bytes + kv_bytes + step_bytes + scratch_bytes;
  }
};

/// The plan that a model is for: an engine's, or the embedder's of an encoder.
PlanOptions usual_plan(const EngineConfig& config, const Model& model);

/// model: from Model::open or Model::load. n_threads: of the larger team.
MemoryLedger memory_ledger(const Model& model, const EngineConfig& config, int32_t n_threads);

}  // namespace caracal
