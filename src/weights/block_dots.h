#pragma once
/// Products of block formats by vectors that add four products of bytes to each lane (Vector:
/// vector_avxvnni.h, vector_avx512.h, vector_avx512vnni.h). For files of those instruction sets
/// only: everything has internal linkage.
#include <cstring>

#include "spec/acts.h"
#include "weights/gemm_panel.h"
#include "weights/tile_walk_avx2.h"

namespace caracal::dots {
namespace {

/// Calls f.template operator()<q>() for the eight times four columns of a group.
template <class F>
inline void for_quads(F f) {
  f.template operator()<0>();
  f.template operator()<1>();
  f.template operator()<2>();
  f.template operator()<3>();
  f.template operator()<4>();
  f.template operator()<5>();
  f.template operator()<6>();
  f.template operator()<7>();
}

/// Fields of kBits bits at position kShift of every byte, moved to position kTo.
template <class Vector, int kBits, int kShift, int kTo>
inline typename Vector::Int take_field(typename Vector::Int line) {
  if constexpr (kShift > kTo) line = Vector::template shift_right<kShift - kTo>(line);
  if constexpr (kShift < kTo) line = Vector::template shift_left<kTo - kShift>(line);
  return Vector::bit_and(line, Vector::set_bytes(((1 << kBits) - 1) << kTo));
}

/// Codes of columns 4 * kQuad ... 4 * kQuad + 3 of the rows whose part of the group's first line
/// is at `lines` (tile16.h).
template <class Vector, int kBits, int kQuad>
inline typename Vector::Int load_codes(const std::byte* lines) {
  const auto line = [&](int i) {
    return Vector::load(lines + kLineBytes * static_cast<size_t>(i));
  };
  if constexpr (kBits == 8) return line(kQuad);
  constexpr int kLow = kBits >= 4 ? 4 : 2;
  typename Vector::Int codes;
  if constexpr (kLow == 4)
    codes = take_field<Vector, 4, kQuad / 4 * 4, 0>(line(kQuad % 4));
  else
    codes = take_field<Vector, 2, kQuad % 4 * 2, 0>(line(kQuad / 4));
  if constexpr (kBits - kLow == 2)
    codes =
        Vector::bit_or(codes, take_field<Vector, 2, kQuad % 4 * 2, kLow>(line(kLow + kQuad / 4)));
  if constexpr (kBits - kLow == 1)
    codes = Vector::bit_or(codes, take_field<Vector, 1, kQuad, kLow>(line(kLow)));
  return codes;
}

/// What a format is to the kernels. values<Vector, kQuad>(lines): unsigned values of four columns,
/// at most kLargest; a weight's integer is value - kOffset.
template <TileShape kShape_, int kOffset_>
struct CodeBlock {
  static constexpr TileShape kShape = kShape_;
  static constexpr int kOffset = kOffset_;
  static constexpr int kLargest = (1 << kShape.bits) - 1;

  template <class Vector, int kQuad>
  static typename Vector::Int values(const std::byte* lines) {
    return load_codes<Vector, kShape.bits, kQuad>(lines);
  }
};

/// Codes that name entries of a table of 16.
template <TileShape kShape_, const int8_t (&kTable)[16], int kOffset_>
struct TableBlock {
  static constexpr TileShape kShape = kShape_;
  static constexpr int kOffset = kOffset_;
  static constexpr int kLargest = kOffset_ == 128 ? 255 : 2 * kOffset_;

  template <class Vector, int kQuad>
  static typename Vector::Int values(const std::byte* lines) {
    const __m128i table = _mm_add_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(kTable)),
                                       _mm_set1_epi8(static_cast<char>(kOffset)));
    return Vector::look_up(table, load_codes<Vector, 4, kQuad>(lines));
  }
};

/// Where the codes of group `index` of an activation row and their companions lie (spec/acts.h).
struct ActGroup {
  size_t codes, scale, half_sums, scaled_sum;
  ActGroup(int64_t n_in, int64_t index)
      : codes(static_cast<size_t>(index * kGroupColumns)),
        scale(at(n_in, 0, index)),
        half_sums(at(n_in, 1, index)),
        scaled_sum(at(n_in, 3, index)) {}

 private:
  static size_t at(int64_t n_in, int64_t word, int64_t index) {
    return static_cast<size_t>(n_in + (n_in / kActGroup * word + index) * 4);
  }
};

/// Steps and integer scales of one vector of weight rows in one group.
template <class Vector, TileShape kShape>
struct Scales {
  using Float = typename Vector::Float;
  using Int = typename Vector::Int;
  static constexpr size_t kLanes = Vector::kLanes;

  static Float steps(const std::byte* p) {
    return kShape.bf16_steps ? Vector::widen_bf16(p) : Vector::widen_f16(p);
  }
  /// step * integer scale, for formats with at most a scale per 32; part: which kLanes rows.
  static Float product(const std::byte* step, const std::byte* scales, size_t part) {
    const Float d = steps(step + 2 * kLanes * part);
    if constexpr (kShape.scale_columns == 0) return d;
    return Vector::multiply(d, Vector::to_floats(Vector::widen_bytes(scales + kLanes * part)));
  }
  /// Integer scales of columns 0..15 and 16..31 as 16-bit pairs.
  static Int pair(const std::byte* scales, size_t part) {
    return Vector::widen_byte_pairs(scales + 2 * kLanes * part);
  }
};

/// What sums of unsigned values begin with to become those of value - kOffset.
template <class Vector, int kOffset>
inline typename Vector::Int excess(const std::byte* half_sums) {
  if constexpr (kOffset == 0) return Vector::zero();
  return Vector::dot_words(Vector::zero(), Vector::set_words(-kOffset),
                           Vector::broadcast(half_sums));
}

/// GEMV and flat GEMM: one to four activation rows, codes unpacked in registers.
template <class Vector, class Block>
struct FlatKernel {
  using Int = typename Vector::Int;
  using Float = typename Vector::Float;
  static constexpr TileShape kShape = Block::kShape;
  static constexpr bool kFine = kShape.scale_columns == 16;
  static constexpr size_t kParts = kTileRows / Vector::kLanes;
  using Scale = Scales<Vector, kShape>;

  static size_t tile_bytes(int64_t n_in) { return block_tile_bytes(kShape, n_in); }

  /// Sums a row: of columns 0..15 and 16..31 with fine scales; otherwise two where registers allow,
  /// so that a dot product need not wait for the last.
  template <int kRows>
  static constexpr int kSums = kFine || kRows == 1 || Vector::kLanes == 16 ? 2 : 1;

  template <int kRows>
  static void dot(const std::byte* lines, const std::byte* const (&acts)[kRows],
                  Int (&sums)[kRows][2]) {
    for_quads([&]<int kQuad>() {
      const Int w = Block::template values<Vector, kQuad>(lines);
      for (int r = 0; r < kRows; ++r) {
        Int& sum = sums[r][kFine ? kQuad / 4 : kQuad % kSums<kRows>];
        sum = Vector::template dot_bytes<Block::kLargest>(sum, w,
                                                          Vector::broadcast(acts[r] + 4 * kQuad));
      }
    });
  }

  /// Adds group g of a strip, group `index` of the row, to the accumulators of one part.
  template <int kRows>
  static void add_group(const std::byte* strip, const std::byte* lines, int g, size_t part,
                        const ActGroup& at, const std::byte* const (&rows)[kRows],
                        Float (&acc)[kRows]) {
    const std::byte* step = strip + step_offset(kShape, g);
    const std::byte* scales = strip + scale_offset(kShape, g);
    const std::byte* acts[kRows];
    Int sums[kRows][2];
    for (int r = 0; r < kRows; ++r) {
      acts[r] = rows[r] + at.codes;
      sums[r][0] = kFine ? Vector::zero() : excess<Vector, Block::kOffset>(rows[r] + at.half_sums);
      sums[r][1] = Vector::zero();
    }
    dot(lines + part * 4 * Vector::kLanes, acts, sums);
    const Float scale =
        kFine ? Scale::steps(step + 2 * Vector::kLanes * part) : Scale::product(step, scales, part);
    Int pair;
    if constexpr (kFine) pair = Scale::pair(scales, part);
    for (int r = 0; r < kRows; ++r) {
      Int sum;
      if constexpr (kFine)
        sum = weigh_halves(sums[r], pair, rows[r] + at.half_sums);
      else
        sum = kSums<kRows> == 1 ? sums[r][0] : Vector::add(sums[r][0], sums[r][1]);
      const Float act_scale = Vector::broadcast_float(rows[r] + at.scale);
      acc[r] =
          Vector::add_product(Vector::to_floats(sum), Vector::multiply(scale, act_scale), acc[r]);
    }
    if constexpr (kShape.has_min) add_min(strip, g, part, at, rows, acc);
  }

  /// Sums of the two halves of a group, times their integer scales, offsets taken in.
  static Int weigh_halves(const Int (&sums)[2], Int pair, const std::byte* half_sums) {
    Int sum = Vector::add(Vector::multiply(sums[0], Vector::low_words(pair)),
                          Vector::multiply(sums[1], Vector::high_words(pair)));
    if constexpr (Block::kOffset != 0)
      sum = Vector::dot_words(sum, Vector::multiply_words(pair, Vector::set_words(-Block::kOffset)),
                              Vector::broadcast(half_sums));
    return sum;
  }

  template <int kRows>
  static void add_min(const std::byte* strip, int g, size_t part, const ActGroup& at,
                      const std::byte* const (&rows)[kRows], Float (&acc)[kRows]) {
    const std::byte* step = strip + min_step_offset(kShape, g);
    const std::byte* mins = strip + min_offset(kShape, g);
    if constexpr (kFine) {
      const Int pair = Scale::pair(mins, part);
      const Float dmin = Vector::negate(Scale::steps(step + 2 * Vector::kLanes * part));
      for (int r = 0; r < kRows; ++r) {
        const Int sum =
            Vector::dot_words(Vector::zero(), pair, Vector::broadcast(rows[r] + at.half_sums));
        const Float act_scale = Vector::broadcast_float(rows[r] + at.scale);
        acc[r] =
            Vector::add_product(Vector::to_floats(sum), Vector::multiply(dmin, act_scale), acc[r]);
      }
    } else {
      const Float min = Vector::negate(Scale::product(step, mins, part));
      for (int r = 0; r < kRows; ++r)
        acc[r] = Vector::add_product(min, Vector::broadcast_float(rows[r] + at.scaled_sum), acc[r]);
    }
  }

  template <int kTiles, int kRows>
  static void multiply(int64_t n_in, const avx2::RegisterTile<kTiles, kRows>& t) {
    Float acc[kTiles][kParts][kRows];
    for (auto& tile : acc)
      for (auto& part : tile)
        for (Float& sum : part) sum = Vector::zero_floats();
    const int64_t n_groups = n_in / kGroupColumns;
    for (int64_t first = 0; first < n_groups; first += strip_groups(kShape))
      for (int i = 0; i < kTiles; ++i) {
        const std::byte* strip =
            t.weights[i] + static_cast<size_t>(first / strip_groups(kShape)) * strip_bytes(kShape);
        avx2::prefetch(strip, header_bytes(kShape));
        const std::byte* lines = strip + header_bytes(kShape);
        for (int g = 0; g < strip_groups(kShape) && first + g < n_groups;
             ++g, lines += group_bytes(kShape)) {
          avx2::prefetch(lines, group_bytes(kShape));
          for (size_t part = 0; part < kParts; ++part)
            add_group(strip, lines, g, part, ActGroup(n_in, first + g), t.acts, acc[i][part]);
        }
      }
    for (int i = 0; i < kTiles; ++i)
      for (int r = 0; r < kRows; ++r) {
        Float outputs[kParts];
        for (size_t part = 0; part < kParts; ++part) outputs[part] = acc[i][part][r];
        Vector::store_outputs(t.out[i][r], outputs, t.width[i]);
      }
  }
};

/// GEMM: two tiles at a time are unpacked into a GemmPanel for up to kGemmRows activation rows.
template <class Vector, class Block>
struct GemmKernel {
  using Int = typename Vector::Int;
  using Float = typename Vector::Float;
  static constexpr TileShape kShape = Block::kShape;
  static constexpr bool kFine = kShape.scale_columns == 16;
  static constexpr size_t kParts = kTileRows / Vector::kLanes;
  static constexpr int kSlices = Vector::kSlices;
  using Scale = Scales<Vector, kShape>;

  /// Group `index` of the tile becomes group `to` of the panel, from output `column` on.
  static void unpack_group(const std::byte* tile, int64_t index, size_t to, size_t column,
                           GemmPanel& panel) {
    constexpr int kGroups = strip_groups(kShape);
    const std::byte* strip = tile + static_cast<size_t>(index / kGroups) * strip_bytes(kShape);
    const int g = static_cast<int>(index % kGroups);
    const std::byte* lines =
        strip + header_bytes(kShape) + static_cast<size_t>(g) * group_bytes(kShape);
    for (size_t part = 0; part < kParts; ++part) {
      const size_t at = column + Vector::kLanes * part;
      for_quads([&]<int kQuad>() {
        Vector::store(panel.codes[to][kQuad][at],
                      Block::template values<Vector, kQuad>(lines + part * 4 * Vector::kLanes));
      });
      unpack_scales(strip, g, part, to, at, panel);
    }
  }

  static void unpack_scales(const std::byte* strip, int g, size_t part, size_t to, size_t at,
                            GemmPanel& panel) {
    const std::byte* step = strip + step_offset(kShape, g);
    const std::byte* scales = strip + scale_offset(kShape, g);
    const std::byte* min_step = strip + min_step_offset(kShape, g);
    const std::byte* mins = strip + min_offset(kShape, g);
    if constexpr (kFine) {
      constexpr size_t kStep = 2 * Vector::kLanes;
      Vector::store_floats(panel.scale[to] + at, Scale::steps(step + kStep * part));
      Vector::store(panel.scale_pair[to][at], Scale::pair(scales, part));
      if constexpr (kShape.has_min) {
        Vector::store_floats(panel.min[to] + at,
                             Vector::negate(Scale::steps(min_step + kStep * part)));
        Vector::store(panel.min_pair[to][at], Scale::pair(mins, part));
      }
    } else {
      Vector::store_floats(panel.scale[to] + at, Scale::product(step, scales, part));
      if constexpr (kShape.has_min)
        Vector::store_floats(panel.min[to] + at,
                             Vector::negate(Scale::product(min_step, mins, part)));
    }
  }

  /// A register tile: kRows activation rows times kSlices vectors of outputs.
  template <int kRows>
  struct Tile {
    const GemmPanel& panel;
    const std::byte* rows[kRows];
    size_t column;  ///< first output in the panel
    using Sums = Int[kSlices][kRows];

    static constexpr size_t lane(size_t s) { return s * Vector::kLanes; }

    /// Products of quads [first, end) of group g.
    void dot(size_t g, int first, int end, size_t codes, Sums& sums) const {
#pragma GCC unroll 8
      for (int q = first; q < end; ++q) {
        Int w[kSlices];
        for (size_t s = 0; s < kSlices; ++s)
          w[s] = Vector::load(panel.codes[g][q][column + lane(s)]);
        for (int r = 0; r < kRows; ++r) {
          const Int a = Vector::broadcast(rows[r] + codes + 4 * static_cast<size_t>(q));
          for (int s = 0; s < kSlices; ++s)
            sums[s][r] = Vector::template dot_bytes<Block::kLargest>(sums[s][r], w[s], a);
        }
      }
    }

    /// Integer products of group g, offsets taken in.
    void dot_group(size_t g, const ActGroup& at, Sums& sums) const {
      for (int r = 0; r < kRows; ++r) {
        const Int start = excess<Vector, Block::kOffset>(rows[r] + at.half_sums);
        for (int s = 0; s < kSlices; ++s) sums[s][r] = start;
      }
      dot(g, 0, 8, at.codes, sums);
    }

    /// The same where columns 0..15 and 16..31 have integer scales of their own.
    void dot_fine_group(size_t g, const ActGroup& at, Sums& sums) const {
      for (int half = 0; half < 2; ++half) {
        Sums plain;
        for (auto& slice : plain)
          for (Int& sum : slice) sum = Vector::zero();
        dot(g, 4 * half, 4 * half + 4, at.codes, plain);
        for (size_t s = 0; s < kSlices; ++s) {
          const Int pair = Vector::load(panel.scale_pair[g][column + lane(s)]);
          const Int factor = half == 0 ? Vector::low_words(pair) : Vector::high_words(pair);
          const Int offset = Vector::multiply_words(pair, Vector::set_words(-Block::kOffset));
          for (int r = 0; r < kRows; ++r) {
            const Int product = Vector::multiply(plain[s][r], factor);
            if (half == 1)
              sums[s][r] = Vector::add(sums[s][r], product);
            else if (Block::kOffset == 0)
              sums[s][r] = product;
            else
              sums[s][r] =
                  Vector::dot_words(product, offset, Vector::broadcast(rows[r] + at.half_sums));
          }
        }
      }
    }

    void add_group(size_t g, const ActGroup& at, Float (&acc)[kSlices][kRows]) const {
      Sums sums;
      if constexpr (kFine)
        dot_fine_group(g, at, sums);
      else
        dot_group(g, at, sums);
      for (size_t s = 0; s < kSlices; ++s) {
        const Float scale = Vector::load_floats(panel.scale[g] + column + lane(s));
        for (int r = 0; r < kRows; ++r) {
          const Float act_scale = Vector::broadcast_float(rows[r] + at.scale);
          acc[s][r] = Vector::add_product(Vector::to_floats(sums[s][r]),
                                          Vector::multiply(scale, act_scale), acc[s][r]);
        }
        if constexpr (kShape.has_min) add_min(g, s, at, acc[s]);
      }
    }

    void add_min(size_t g, size_t s, const ActGroup& at, Float (&acc)[kRows]) const {
      const Float min = Vector::load_floats(panel.min[g] + column + lane(s));
      for (int r = 0; r < kRows; ++r) {
        if constexpr (kFine) {
          const Int sum =
              Vector::dot_words(Vector::zero(), Vector::load(panel.min_pair[g][column + lane(s)]),
                                Vector::broadcast(rows[r] + at.half_sums));
          const Float act_scale = Vector::broadcast_float(rows[r] + at.scale);
          acc[r] =
              Vector::add_product(Vector::to_floats(sum), Vector::multiply(min, act_scale), acc[r]);
        } else {
          acc[r] =
              Vector::add_product(min, Vector::broadcast_float(rows[r] + at.scaled_sum), acc[r]);
        }
      }
    }
  };

  /// acc += panel, groups [first, first + n_groups) of the rows, times kRows rows from `row` on.
  template <int kRows>
  static void multiply_rows(const GemmPanel& panel, const LinearArgs& a, int64_t first,
                            int64_t n_groups, int64_t row, float (*acc)[kPanelOutputs]) {
    constexpr size_t kWidth = kSlices * Vector::kLanes;
    for (size_t column = 0; column < kPanelOutputs; column += kWidth) {
      Tile<kRows> tile{.panel = panel, .rows = {}, .column = column};
      Float sums[kSlices][kRows];
      for (int r = 0; r < kRows; ++r) {
        tile.rows[r] = a.acts + static_cast<size_t>(row + r) * a.acts_stride;
        for (size_t s = 0; s < kSlices; ++s)
          sums[s][r] = Vector::load_floats(acc[r] + column + s * Vector::kLanes);
      }
      for (int64_t g = 0; g < n_groups; ++g)
        tile.add_group(static_cast<size_t>(g), ActGroup(a.n_in, first + g), sums);
      for (int r = 0; r < kRows; ++r)
        for (size_t s = 0; s < kSlices; ++s)
          Vector::store_floats(acc[r] + column + s * Vector::kLanes, sums[s][r]);
    }
  }

  /// Tiles [tile, tile + n_tiles), one or two, times rows [row, row + n_rows).
  static void multiply_tiles(const LinearArgs& a, int64_t tile, int64_t n_tiles, int64_t row,
                             int64_t n_rows) {
    auto& scratch = *reinterpret_cast<GemmScratch*>(a.scratch);
    const size_t tile_bytes = block_tile_bytes(kShape, a.n_in);
    const std::byte* weights = a.weights + static_cast<size_t>(tile) * tile_bytes;
    std::memset(scratch.acc, 0, static_cast<size_t>(n_rows) * sizeof(scratch.acc[0]));
    const int64_t n_groups = a.n_in / kGroupColumns;
    for (int64_t first = 0; first < n_groups; first += kPanelGroups) {
      const int64_t n = n_groups - first < kPanelGroups ? n_groups - first : kPanelGroups;
      for (int64_t t = 0; t < n_tiles; ++t)
        for (int64_t g = 0; g < n; ++g)
          unpack_group(weights + static_cast<size_t>(t) * tile_bytes, first + g,
                       static_cast<size_t>(g), static_cast<size_t>(t * kTileRows), scratch.panel);
      avx2::for_row_groups<kFine ? Vector::kFineRows : Vector::kRows>(
          n_rows, [&]<int kRows>(int64_t r) {
            multiply_rows<kRows>(scratch.panel, a, first, n, row + r, scratch.acc + r);
          });
    }
    for (int64_t t = 0; t < n_tiles; ++t) {
      const int64_t column = (tile + t) * kTileRows, left = a.col_end - column;
      for (int64_t r = 0; r < n_rows; ++r) {
        Float outputs[kParts];
        for (size_t part = 0; part < kParts; ++part)
          outputs[part] =
              Vector::load_floats(scratch.acc[r] + t * kTileRows + part * Vector::kLanes);
        Vector::store_outputs(a.out + (row + r) * a.out_stride + column, outputs,
                              left < kTileRows ? left : kTileRows);
      }
    }
  }
};

template <class Vector, class Block>
void run_flat(const LinearArgs& args) noexcept {
  avx2::walk_few_rows<FlatKernel<Vector, Block>>(args);
}
template <class Vector, class Block>
void run_gemm(const LinearArgs& args) noexcept {
  avx2::walk_many_rows<GemmKernel<Vector, Block>, 2>(args, kGemmRows);
}

template <class Vector, class Block>
LinearRuns block_runs() {
  return {run_flat<Vector, Block>, run_gemm<Vector, Block>};
}

}  // namespace
}  // namespace caracal::dots
