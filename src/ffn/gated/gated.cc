#include "ffn/gated/gated.h"

#include <array>

#include "exec/step_context.h"
#include "ffn/elementwise_tiles.h"
#include "kernels/small_kernels.h"

namespace caracal {
namespace {

class GatedOp final : public Operator {
 public:
  using Loop = void (*)(const float*, const float*, int64_t, float*);

  GatedOp(std::string_view kind, Loop loop, BufferId gate, BufferId up, BufferId out, int64_t cols,
          TileSpace tiles)
      : kind_(kind),
        loop_(loop),
        gate_(gate),
        up_(up),
        out_(out),
        cols_(cols),
        tiles_(tiles),
        uses_{BufferUse{gate, false, true}, BufferUse{up, false, true},
              BufferUse{out, true, true}} {}
  std::string_view kind() const override { return kind_; }
  TileSpace tiles() const override { return tiles_; }
  std::span<const BufferUse> uses() const override { return uses_; }
  void run(const StepContext& step, const Tile& tile,
           std::span<std::byte>) const noexcept override {
    const auto [begin, end] = columns_of(tiles_, cols_, tile.part);
    const auto gate = step.floats(gate_);
    const auto up = step.floats(up_);
    const auto out = step.floats(out_);
    for (int32_t r = tile.row_begin; r < tile.row_end; ++r)
      loop_(gate.row(r) + begin, up.row(r) + begin, end - begin, out.row(r) + begin);
  }

 private:
  std::string_view kind_;
  Loop loop_;
  BufferId gate_, up_, out_;
  int64_t cols_;
  TileSpace tiles_;
  std::array<BufferUse, 3> uses_;
};

}  // namespace

void Gated::build(PlanBuilder& builder, const ChannelSpec& spec) const {
  const int64_t cols = builder.spec(spec.output).cols;
  builder.emplace<GatedOp>(op_, small_kernels(spec.features).*kernel_, spec.inputs[0],
                           spec.inputs[1], spec.output, cols,
                           elementwise_tiles(builder, spec.inputs, cols));
}

}  // namespace caracal
