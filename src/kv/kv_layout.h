#pragma once
#include <cstddef>
#include <cstdint>

namespace caracal {

/// How one layer's KV lies in memory: block after block; in a block all keys, then all values.
/// Values are [n_kv_heads, block_tokens] rows of the codec. Keys are a tile for each head, in which
/// the block's tokens lie side by side: dimension after dimension, each of all tokens
/// (kernels/attend_table.h).
struct KvLayout {
  int32_t block_tokens = 32;
  int32_t n_kv_heads = 0;
  size_t k_row_bytes = 0;  ///< one token of one head
  size_t v_row_bytes = 0;

  size_t k_head_bytes() const { return static_cast<size_t>(block_tokens) * k_row_bytes; }
  size_t v_head_bytes() const { return static_cast<size_t>(block_tokens) * v_row_bytes; }
  size_t block_bytes() const {
    return static_cast<size_t>(n_kv_heads) * (k_head_bytes() + v_head_bytes());
  }
  /// Of a head's tile of keys.
  size_t k_offset(int32_t block, int32_t head) const {
    return static_cast<size_t>(block) * block_bytes() + static_cast<size_t>(head) * k_head_bytes();
  }
  /// Of a token's value.
  size_t v_offset(int32_t block, int32_t head, int32_t slot) const {
    return static_cast<size_t>(block) * block_bytes() +
           static_cast<size_t>(n_kv_heads) * k_head_bytes() +
           static_cast<size_t>(head) * v_head_bytes() + static_cast<size_t>(slot) * v_row_bytes;
  }
};

}  // namespace caracal
