#include "ffn/plain/plain.h"

#include <array>

#include "exec/step_context.h"
#include "ffn/elementwise_tiles.h"
#include "kernels/small_kernels.h"

namespace caracal {
namespace {

class PlainOp final : public Operator {
 public:
  using Loop = void (*)(const float*, int64_t, float*);

  PlainOp(std::string_view kind, Loop loop, BufferId in, BufferId out, int64_t cols,
          TileSpace tiles)
      : kind_(kind),
        loop_(loop),
        in_(in),
        out_(out),
        cols_(cols),
        tiles_(tiles),
        uses_{BufferUse{in, false, true}, BufferUse{out, true, true}} {}
  std::string_view kind() const override { return kind_; }
  TileSpace tiles() const override { return tiles_; }
  std::span<const BufferUse> uses() const override { return uses_; }
  void run(const StepContext& step, const Tile& tile,
           std::span<std::byte>) const noexcept override {
    const auto [begin, end] = columns_of(tiles_, cols_, tile.part);
    const auto in = step.floats(in_);
    const auto out = step.floats(out_);
    for (int32_t r = tile.row_begin; r < tile.row_end; ++r)
      loop_(in.row(r) + begin, end - begin, out.row(r) + begin);
  }

 private:
  std::string_view kind_;
  Loop loop_;
  BufferId in_, out_;
  int64_t cols_;
  TileSpace tiles_;
  std::array<BufferUse, 2> uses_;
};

}  // namespace

void Plain::build(PlanBuilder& builder, const ChannelSpec& spec) const {
  const int64_t cols = builder.spec(spec.output).cols;
  builder.emplace<PlainOp>(name_, small_kernels(spec.features).*kernel_, spec.inputs[0],
                           spec.output, cols, elementwise_tiles(builder, spec.inputs, cols));
}

}  // namespace caracal
