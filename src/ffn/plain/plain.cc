#include "ffn/plain/plain.h"

#include <array>

#include "exec/step_context.h"
#include "ffn/column_parts.h"
#include "kernels/small_kernels.h"

namespace caracal {
namespace {

class PlainOp final : public Operator {
 public:
  using Loop = void (*)(const float*, int64_t, float*);

  PlainOp(std::string_view kind, Loop loop, BufferId in, BufferId out, int64_t cols)
      : kind_(kind),
        loop_(loop),
        in_(in),
        out_(out),
        cols_(cols),
        parts_(column_parts(cols)),
        uses_{BufferUse{in, false, true}, BufferUse{out, true, true}} {}
  std::string_view kind() const override { return kind_; }
  TileSpace tiles() const override { return {RowCount::step_rows, 1, parts_}; }
  std::span<const BufferUse> uses() const override { return uses_; }
  void run(const StepContext& step, const Tile& tile,
           std::span<std::byte>) const noexcept override {
    const int64_t width = cols_ / parts_;
    const int64_t begin = width * tile.part;
    const auto in = step.floats(in_);
    const auto out = step.floats(out_);
    for (int32_t r = tile.row_begin; r < tile.row_end; ++r)
      loop_(in.row(r) + begin, width, out.row(r) + begin);
  }

 private:
  std::string_view kind_;
  Loop loop_;
  BufferId in_, out_;
  int64_t cols_;
  int32_t parts_;
  std::array<BufferUse, 2> uses_;
};

}  // namespace

void Plain::build(PlanBuilder& builder, const ChannelSpec& spec) const {
  builder.emplace<PlainOp>(name_, small_kernels(spec.features).*kernel_, spec.inputs[0],
                           spec.output, builder.spec(spec.output).cols);
}

}  // namespace caracal
