#pragma once
/// How an engine is set up: memory, threads, numerics. Names follow llama.cpp and vLLM.
#include <cstdint>
#include <span>
#include <string>

#include "spec/field_table.h"
#include "spec/rope_override.h"

namespace caracal {

struct EngineConfig {
  int32_t n_ctx = 0;            ///< tokens of context per sequence; 0: the model's, at most 8192
  int32_t n_batch = 512;        ///< rows of the largest step
  int32_t n_parallel = 1;       ///< sequences that run at the same time
  int32_t n_threads = 0;        ///< decode; 0: what affinity and quota give
  int32_t n_threads_batch = 0;  ///< prefill; 0: as n_threads
  std::string cache_type_k = "f16";
  std::string cache_type_v = "f16";
  int32_t block_tokens = 32;
  std::string softmax = "online";
  float softmax_phi = 0;  ///< unified: what exponentials are relative to
  std::string isa = "auto";
  std::string numerics = "exact";
  std::string linear_shape = "auto";  ///< of matrix products
  bool fuse = true;  ///< operators that need no barrier between them share a region
  bool use_mmap = true;
  bool use_mlock = false;

  std::string rope_scaling = "file";  ///< file: as the model says
  float rope_scale = 0;               ///< 0: as the file says; so for all below
  float rope_freq_base = 0;
  float rope_freq_scale = 0;
  int32_t yarn_orig_ctx = 0;
  float yarn_ext_factor = -1;
  float yarn_attn_factor = -1;
  float yarn_beta_slow = -1;
  float yarn_beta_fast = -1;

  RopeOverride rope_override() const;
};

/// One row per member, in the order of the docs.
std::span<const Field<EngineConfig>> engine_fields();

}  // namespace caracal
