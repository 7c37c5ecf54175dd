#include "weights/block_codec.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "spec/acts.h"

namespace caracal {
namespace {

constexpr int64_t kRows = 8;  // activation rows that share an unpacked block
using Values = std::array<int8_t, kMaxBlockColumns>;

int32_t dot_16(const int8_t* w, const int8_t* x) {
  int32_t sum = 0;
  for (int i = 0; i < kScaleColumns; ++i) sum += w[i] * x[i];
  return sum;
}

/// One group of encoded activations.
struct ActGroupView {
  const int8_t* codes;
  float scale;
  const int16_t* half_sums;
  float scaled_sum;
};

float add_group(const UnpackedBlock& block, int g, const int8_t* v, const ActGroupView& x,
                bool has_min, float acc) {
  const float d = block.d * static_cast<float>(block.scales[2 * g]);
  const int32_t sum = dot_16(v, x.codes) + dot_16(v + 16, x.codes + 16);
  acc = std::fma(static_cast<float>(sum), d * x.scale, acc);
  if (!has_min) return acc;
  return std::fma(-(block.dmin * static_cast<float>(block.mins[2 * g])), x.scaled_sum, acc);
}

float add_fine_group(const UnpackedBlock& block, int g, const int8_t* v, const ActGroupView& x,
                     bool has_min, float acc) {
  const int8_t* scales = block.scales + 2 * g;
  const int32_t sum = scales[0] * dot_16(v, x.codes) + scales[1] * dot_16(v + 16, x.codes + 16);
  acc = std::fma(static_cast<float>(sum), block.d * x.scale, acc);
  if (!has_min) return acc;
  const int8_t* mins = block.mins + 2 * g;
  const int32_t min_sum = mins[0] * x.half_sums[0] + mins[1] * x.half_sums[1];
  return std::fma(static_cast<float>(min_sum), -block.dmin * x.scale, acc);
}

/// Adds the groups of one block, whose first column is `column`.
float add_block(const BlockCodec& codec, const UnpackedBlock& block, const Values& values,
                const std::byte* acts, int64_t n_in, int64_t column, float acc) {
  const auto* codes = reinterpret_cast<const int8_t*>(acts) + column;
  for (int g = 0; g < codec.columns / kActGroup; ++g) {
    const int64_t index = column / kActGroup + g;
    const ActGroupView x = {codes + g * kActGroup, q8_scales(acts, n_in)[index],
                            q8_half_sums(acts, n_in) + 2 * index,
                            q8_scaled_sums(acts, n_in)[index]};
    const int8_t* v = values.data() + g * kActGroup;
    acc = codec.fine_scales ? add_fine_group(block, g, v, x, codec.has_min, acc)
                            : add_group(block, g, v, x, codec.has_min, acc);
  }
  return acc;
}

}  // namespace

void code_values(const BlockCodec& codec, const UnpackedBlock& block, int8_t* __restrict values) {
  const int n = codec.columns, offset = codec.offset;
  const int8_t* book = codec.book;
  if (book)
    for (int c = 0; c < n; ++c) values[c] = book[block.codes[c]];
  else
    for (int c = 0; c < n; ++c) values[c] = static_cast<int8_t>(block.codes[c] - offset);
}

void encode_blocks(const BlockCodec& codec, const float* x, int64_t n, std::byte* out) {
  std::array<float, kMaxBlockColumns> finite;
  for (int64_t i = 0; i < n; i += codec.columns, out += codec.bytes) {
    for (int c = 0; c < codec.columns; ++c)
      finite[static_cast<size_t>(c)] = std::isfinite(x[i + c]) ? x[i + c] : 0.0f;
    UnpackedBlock block;
    codec.fit(finite.data(), block);
    codec.store(block, out);
  }
}

void decode_blocks(const BlockCodec& codec, const std::byte* stored, int64_t n, float* out) {
  UnpackedBlock block;
  Values values;
  for (int64_t i = 0; i < n; i += codec.columns, stored += codec.bytes) {
    codec.load(stored, block);
    code_values(codec, block, values.data());
    for (int s = 0; s < codec.columns / kScaleColumns; ++s) {
      const float scale = block.d * static_cast<float>(block.scales[s]);
      const float min = block.dmin * static_cast<float>(block.mins[s]);
      for (int c = s * kScaleColumns; c < (s + 1) * kScaleColumns; ++c) {
        const float product = scale * static_cast<float>(values[static_cast<size_t>(c)]);
        out[i + c] = codec.has_min ? product - min : product;
      }
    }
  }
}

void linear_blocks_ref(const BlockCodec& codec, const LinearArgs& a) {
  const int64_t n_blocks = a.n_in / codec.columns;
  UnpackedBlock block;
  Values values;
  for (int64_t c = a.col_begin; c < a.col_end; ++c)
    for (int64_t r = a.row_begin; r < a.row_end; r += kRows) {
      const int64_t n_rows = std::min(kRows, a.row_end - r);
      const std::byte* acts = a.acts + static_cast<size_t>(r) * a.acts_stride;
      const std::byte* w = a.weights + static_cast<size_t>(c * n_blocks * codec.bytes);
      std::array<float, kRows> acc{};
      for (int64_t b = 0; b < n_blocks; ++b, w += codec.bytes) {
        codec.load(w, block);
        code_values(codec, block, values.data());
        for (int64_t i = 0; i < n_rows; ++i) {
          float& sum = acc[static_cast<size_t>(i)];
          sum = add_block(codec, block, values, acts + static_cast<size_t>(i) * a.acts_stride,
                          a.n_in, b * codec.columns, sum);
        }
      }
      for (int64_t i = 0; i < n_rows; ++i)
        a.out[(r + i) * a.out_stride + c] = acc[static_cast<size_t>(i)];
    }
}

}  // namespace caracal
