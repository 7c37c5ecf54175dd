#pragma once
/// SEAM: sequence mixers, what lets a token see the ones before it.
#include <cstdint>
#include <span>
#include <string_view>

#include "exec/plan_builder.h"
#include "kv/kv_layout.h"
#include "machine/cpu_features.h"
#include "spec/kv_type.h"
#include "spec/model_config.h"
#include "spec/softmax_kind.h"

namespace caracal {

/// What a layer keeps per sequence.
struct StateSpec {
  enum class Kind { none, paged_kv } kind = Kind::none;
  KvLayout layout;  ///< paged_kv
};

/// What a mixer is built from.
struct MixerSpec {
  const ModelConfig* config = nullptr;
  int32_t layer = 0;
  int32_t kv_group = 0;  ///< which block table of a sequence holds this layer's blocks
  KvType k_type{}, v_type{};
  int32_t block_tokens = 32;
  SoftmaxKind softmax = SoftmaxKind::online;
  float softmax_phi = 0;  ///< unified: what exponentials are relative to
  CpuFeatures features;
  std::span<const BufferId> inputs;       ///< as the family lists them: q, k, v
  const RopeConfig* rope = nullptr;       ///< this layer's; nullptr: none
  BufferId rope_angles = BufferId::none;  ///< [rows, rope->dim]: cos, then sin
  BufferId output = BufferId::none;
};

class SequenceMixer {
 public:
  virtual ~SequenceMixer() = default;
  virtual std::string_view name() const = 0;
  virtual StateSpec state(const MixerSpec& spec) const = 0;
  /// Emits the operators that read spec.inputs and write spec.output.
  virtual void build(PlanBuilder& builder, const MixerSpec& spec) const = 0;
};

/// All mixers; one line per entry.
std::span<const SequenceMixer* const> sequence_mixers();
/// nullptr for an unknown name.
const SequenceMixer* find_sequence_mixer(std::string_view name);

}  // namespace caracal
