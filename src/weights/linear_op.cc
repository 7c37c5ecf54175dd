#include "weights/linear_op.h"

#include <fmt/format.h>

#include <algorithm>

#include "exec/step_context.h"

namespace caracal {
namespace {

/// Rows of a tile: their encoded activations stay in a core's second-level cache.
constexpr int32_t kRowTile = 128;

/// Outputs per tile: a few dozen tiles per matrix, so that two to many threads share them evenly,
/// and enough weight tiles in each for the streams of a GEMV and the pairs of a GEMM.
int64_t choose_chunk(const LinearWeight& w) {
  const int64_t step = std::max<int64_t>(32, w.kernel->col_tile);
  const int64_t wanted = std::clamp<int64_t>(w.n_out / 32, 64, 512);
  return (wanted + step - 1) / step * step;
}

/// What a kernel multiplies with follows from the activations it takes.
Roof arithmetic_of(ActEncoding acts) {
  switch (acts) {
    case ActEncoding::f32:
      return Roof::fp32_fma;
    case ActEncoding::q8_32:
      return Roof::int8_dot;
  }
  return Roof::fp32_fma;
}

}  // namespace

LinearOp::LinearOp(const LinearWeight& weight, BufferId in, const LinearOutput& out)
    : weight_(weight),
      in_(in),
      out_(out),
      chunk_(choose_chunk(weight)),
      uses_{BufferUse{in, false, false}, BufferUse{out.buffer, true, true}} {}

std::string LinearOp::detail() const {
  return fmt::format("{} {}x{}", weight_.kernel->name, weight_.n_out, weight_.n_in);
}

TileSpace LinearOp::tiles() const {
  return {out_.rows, kRowTile, static_cast<int32_t>((weight_.n_out + chunk_ - 1) / chunk_), chunk_};
}

OperatorCost LinearOp::cost() const {
  return {2.0 * static_cast<double>(weight_.n_out) * static_cast<double>(weight_.n_in),
          static_cast<double>(weight_.data_bytes), arithmetic_of(weight_.kernel->acts)};
}

size_t LinearOp::scratch_bytes() const {
  const size_t product = out_.adds ? static_cast<size_t>(kRowTile * chunk_) * sizeof(float) : 0;
  return kLinearScratchBytes + product;
}

void LinearOp::run(const StepContext& step, const Tile& tile,
                   std::span<std::byte> scratch) const noexcept {
  const auto [begin, end] = columns_of(tiles(), weight_.n_out, tile.part);
  const auto out = step.floats(out_.buffer);
  // An addend is read after the product is known: the product goes to scratch first.
  auto* addend = reinterpret_cast<float*>(scratch.data() + kLinearScratchBytes);
  float* product = out_.adds ? addend - tile.row_begin * chunk_ - begin : out.data;
  const int64_t stride = out_.adds ? chunk_ : out.stride;
  const LinearRuns& runs = weight_.kernel->run;
  const bool many = runs.gemm && tile.row_end - tile.row_begin >= weight_.gemm_rows;
  (many ? runs.gemm : runs.flat)({.weights = weight_.data,
                                  .n_out = weight_.n_out,
                                  .n_in = weight_.n_in,
                                  .acts = step.row(in_, 0),
                                  .acts_stride = act_row_bytes(weight_.kernel->acts, weight_.n_in),
                                  .out = product,
                                  .out_stride = stride,
                                  .row_begin = tile.row_begin,
                                  .row_end = tile.row_end,
                                  .col_begin = begin,
                                  .col_end = end,
                                  .scratch = scratch.data()});
  if (!out_.adds && !weight_.bias && out_.factor == 1.0f) return;
  for (int64_t r = tile.row_begin; r < tile.row_end; ++r) {
    float* result = product + r * stride;
    if (weight_.bias)
      for (int64_t c = begin; c < end; ++c) result[c] += weight_.bias[c];
    if (out_.factor != 1.0f)
      for (int64_t c = begin; c < end; ++c) result[c] *= out_.factor;
    if (out_.adds)
      for (int64_t c = begin; c < end; ++c) out.row(r)[c] += result[c];
  }
}

}  // namespace caracal
