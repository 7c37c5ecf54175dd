#include "ffn/gated/gated.h"

#include <array>

#include "exec/step_context.h"
#include "ffn/column_parts.h"
#include "kernels/small_kernels.h"

namespace caracal {
namespace {

class GatedOp final : public Operator {
 public:
  using Loop = void (*)(const float*, const float*, int64_t, float*);

  GatedOp(std::string_view kind, Loop loop, BufferId gate, BufferId up, BufferId out, int64_t cols)
      : kind_(kind),
        loop_(loop),
        gate_(gate),
        up_(up),
        out_(out),
        cols_(cols),
        parts_(column_parts(cols)),
        uses_{BufferUse{gate, false, true}, BufferUse{up, false, true},
              BufferUse{out, true, true}} {}
  std::string_view kind() const override { return kind_; }
  TileSpace tiles() const override { return {RowCount::step_rows, 1, parts_}; }
  std::span<const BufferUse> uses() const override { return uses_; }
  void run(const StepContext& step, const Tile& tile,
           std::span<std::byte>) const noexcept override {
    const int64_t width = cols_ / parts_;
    const int64_t begin = width * tile.part;
    const auto gate = step.floats(gate_);
    const auto up = step.floats(up_);
    const auto out = step.floats(out_);
    for (int32_t r = tile.row_begin; r < tile.row_end; ++r)
      loop_(gate.row(r) + begin, up.row(r) + begin, width, out.row(r) + begin);
  }

 private:
  std::string_view kind_;
  Loop loop_;
  BufferId gate_, up_, out_;
  int64_t cols_;
  int32_t parts_;
  std::array<BufferUse, 3> uses_;
};

}  // namespace

void Gated::build(PlanBuilder& builder, const ChannelSpec& spec) const {
  builder.emplace<GatedOp>(op_, small_kernels(spec.features).*kernel_, spec.inputs[0],
                           spec.inputs[1], spec.output, builder.spec(spec.output).cols);
}

}  // namespace caracal
