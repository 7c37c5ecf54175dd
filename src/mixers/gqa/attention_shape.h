#pragma once
#include <cstdint>

#include "kernels/attend.h"
#include "kernels/small_kernels.h"
#include "kv/kv_layout.h"
#include "mixers/sequence_mixer.h"

namespace caracal {

/// What both attention operators need to know of a layer, resolved once at load.
struct AttentionShape {
  AttentionShape(const MixerSpec& spec, const KvLayout& kv)
      : layer(spec.layer),
        kv_group(spec.kv_group),
        n_heads(spec.config->n_heads),
        n_kv_heads(spec.config->n_kv_heads),
        head_dim(spec.config->head_dim),
        v_head_dim(spec.config->v_head_dim),
        scale(spec.config->attn_scale),
        softcap(spec.config->attn_softcap),
        causal(spec.config->causal),
        window(spec.config->layers[static_cast<size_t>(spec.layer)].window),
        rope_dim(spec.rope ? spec.rope->dim : 0),
        rope_pairs(spec.rope ? spec.rope->pairs : RopePairs::halves),
        layout(kv),
        small(&small_kernels(spec.features)),
        k_kernels(&attend_kernels(spec.k_type, spec.features)),
        v_kernels(&attend_kernels(spec.v_type, spec.features)) {}

  int32_t queries_per_kv() const { return n_heads / n_kv_heads; }

  int32_t layer, kv_group;
  int32_t n_heads, n_kv_heads, head_dim, v_head_dim;
  float scale;
  float softcap;   ///< 0: none
  bool causal;     ///< a query sees keys up to its own; otherwise all of its sequence
  int32_t window;  ///< keys a query sees; 0: all
  int32_t rope_dim;
  RopePairs rope_pairs;
  KvLayout layout;
  const SmallKernels* small;
  const AttendKernels* k_kernels;
  const AttendKernels* v_kernels;
};

}  // namespace caracal
