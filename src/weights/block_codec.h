#pragma once
/// Formats whose values are small codes times block scales. Every such format comes down to one
/// unpacked block; what it adds is how a block lies in bytes and how values are fitted to it.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <string_view>

#include "weights/weight_format.h"

namespace caracal {

inline constexpr int kScaleColumns = 16;  ///< columns of one entry of UnpackedBlock::scales
inline constexpr int kMaxBlockColumns = 256;

/// Column k has the value (d * scales[k / 16]) * v - dmin * mins[k / 16], each product rounded to
/// float, where v is what the codec says of codes[k]. Formats with fewer scales repeat them.
struct UnpackedBlock {
  float d = 0;
  float dmin = 0;
  uint8_t codes[kMaxBlockColumns];  ///< as stored, unsigned
  int8_t scales[kMaxBlockColumns / kScaleColumns];
  int8_t mins[kMaxBlockColumns / kScaleColumns];
};

struct BlockCodec {
  int32_t columns;               ///< 32 or 256
  int32_t bytes;                 ///< of a stored block
  int32_t offset = 0;            ///< v = code - offset
  const int8_t* book = nullptr;  ///< v = book[code] instead, where there is one
  bool has_min = false;          ///< false: dmin and mins take no part
  bool fine_scales = false;      ///< integer scales differ within a group of 32 columns
  /// Chooses scales and codes for `columns` finite values; d and dmin may be rounded by store.
  void (*fit)(const float* x, UnpackedBlock& out);
  void (*load)(const std::byte* stored, UnpackedBlock& out);
  void (*store)(const UnpackedBlock& block, std::byte* stored);
  /// The stored block is f16 d, with minima the f16 that is added, and then the bytes that a row
  /// has in the lines of a tile (tile16.h), but for the bits of line_flip: packing copies words.
  bool stored_as_lines = false;
  uint32_t line_flip = 0;
};

/// For formats with d alone, or with d and dmin alone.
inline void use_one_scale(UnpackedBlock& block) {
  std::fill_n(block.scales, std::size(block.scales), int8_t{1});
  std::fill_n(block.mins, std::size(block.mins), int8_t{1});
}

/// v of every column.
void code_values(const BlockCodec& codec, const UnpackedBlock& block, int8_t* values);

/// n a multiple of codec.columns. Values that are not finite count as 0.
void encode_blocks(const BlockCodec& codec, const float* x, int64_t n, std::byte* out);
void decode_blocks(const BlockCodec& codec, const std::byte* stored, int64_t n, float* out);

/// The scalar product, from stored rows and q8_32 activations, and what every kernel of a block
/// format computes. Per group of 32 columns, ascending, with a = the activation group's scale:
///   acc = fma(sum(v * act), (d * scale) * a, acc), and for formats with minima
///   acc = fma(-(dmin * min), a * sum(act), acc)
/// or, with fine scales, s running over the group's two halves,
///   acc = fma(sum over s of scale_s * sum_s(v * act), d * a, acc)
///   acc = fma(sum over s of min_s * sum_s(act), -dmin * a, acc)
/// Sums are integers; every product in brackets is rounded to float. Eight activation rows share
/// an unpacked block.
void linear_blocks_ref(const BlockCodec& codec, const LinearArgs& args);

/// Function pointers for the tables.
template <const BlockCodec& kCodec>
struct BlockFunctions {
  static void encode_row(const float* x, int64_t n, std::byte* out) {
    encode_blocks(kCodec, x, n, out);
  }
  static void decode_row(const std::byte* stored, int64_t n, float* out) {
    decode_blocks(kCodec, stored, n, out);
  }
  static void linear_ref(const LinearArgs& args) noexcept { linear_blocks_ref(kCodec, args); }
};

template <const BlockCodec& kCodec>
LinearKernel ref_kernel(std::string_view name) {
  return {name, {}, ActEncoding::q8_32, 1, nullptr, nullptr, {BlockFunctions<kCodec>::linear_ref}};
}

template <const BlockCodec& kCodec>
WeightFormat block_format(TensorType type, std::string_view name,
                          std::span<const LinearKernel> kernels) {
  return {type, name, BlockFunctions<kCodec>::encode_row, BlockFunctions<kCodec>::decode_row,
          kernels};
}

}  // namespace caracal
