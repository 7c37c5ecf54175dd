#pragma once
#include "mixers/sequence_mixer.h"

namespace caracal {

/// Softmax attention with n_heads queries over n_kv_heads keys and values (Ainslie et al. 2023);
/// n_kv_heads = n_heads is multi-head, 1 is multi-query attention. Keys are rotated before they are
/// cached. inputs: q [rows, n_heads*head_dim], k [rows, n_kv_heads*head_dim], v [rows,
/// n_kv_heads*v_head_dim]; output [rows, n_heads*v_head_dim].
class GroupedQueryAttention final : public SequenceMixer {
 public:
  std::string_view name() const override { return "gqa"; }
  StateSpec state(const MixerSpec& spec) const override;
  void build(PlanBuilder& builder, const MixerSpec& spec) const override;
};

}  // namespace caracal
