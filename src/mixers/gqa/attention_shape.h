#pragma once
#include <algorithm>
#include <cstdint>

#include "kernels/attend.h"
#include "kernels/small_kernels.h"
#include "kv/kv_layout.h"
#include "mixers/sequence_mixer.h"

namespace caracal {

/// Queries of a tile: enough that turning a chunk of keys and values into panels is a small part of
/// the work, few enough for the second-level cache.
inline constexpr int32_t kTileQueries = 96;

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
        softmax(spec.softmax),
        phi(spec.softmax_phi),
        k_type(spec.k_type),
        layout(kv),
        small(&small_kernels(spec.features)),
        loops(&attend_loops(spec.features)),
        k_kernels(&attend_kernels(spec.k_type, spec.features)),
        v_kernels(&attend_kernels(spec.v_type, spec.features)) {}

  int32_t queries_per_kv() const { return n_heads / n_kv_heads; }
  /// Rows of a tile at most.
  int32_t tile_rows() const { return std::max(1, kTileQueries / queries_per_kv()); }

  int32_t layer, kv_group;
  int32_t n_heads, n_kv_heads, head_dim, v_head_dim;
  float scale;
  float softcap;   ///< 0: none
  bool causal;     ///< a query sees keys up to its own; otherwise all of its sequence
  int32_t window;  ///< keys a query sees; 0: all
  int32_t rope_dim;
  RopePairs rope_pairs;
  SoftmaxKind softmax;
  float phi;  ///< unified: what exponentials are relative to
  KvType k_type;
  KvLayout layout;
  const SmallKernels* small;
  const AttendLoops* loops;
  const AttendKernels* k_kernels;
  const AttendKernels* v_kernels;
};

}  // namespace caracal
