#include "exec/step_profile.h"

#include <gtest/gtest.h>

#include "exec/executor.h"
#include "exec/plan_builder.h"

namespace caracal {
namespace {

/// Writes its rows of a buffer, after its rows of another.
class AddOneOp final : public Operator {
 public:
  AddOneOp(std::string_view kind, BufferId in, BufferId out, bool within)
      : kind_(kind),
        in_(in),
        out_(out),
        uses_{BufferUse{in, false, within}, BufferUse{out, true, true}} {}
  std::string_view kind() const override { return kind_; }
  TileSpace tiles() const override { return {}; }
  std::span<const BufferUse> uses() const override { return uses_; }
  OperatorCost cost() const override { return {10, 100, Roof::int8_dot}; }
  void run(const StepContext& step, const Tile& tile,
           std::span<std::byte>) const noexcept override {
    for (int32_t r = tile.row_begin; r < tile.row_end; ++r)
      step.floats(out_).row(r)[0] = step.floats(in_).row(r)[0] + 1;
  }

 private:
  std::string_view kind_;
  BufferId in_, out_;
  std::array<BufferUse, 2> uses_;
};

Plan make_plan() {
  PlanBuilder b(8, 8);
  const BufferId x = b.add_buffer("x", 16), y = b.add_buffer("y", 16), z = b.add_buffer("z", 16);
  b.emplace<AddOneOp>("first", x, y, true);
  b.emplace<AddOneOp>("second", y, z, true);
  b.emplace<AddOneOp>("third", z, x, false);
  b.set_outputs(x, x);
  return b.finish();
}

Batch make_batch() {
  const SequenceShape shapes[] = {{4, 3, 1}, {0, 2, 0}};
  return batch_of_shapes(shapes);
}

TEST(StepProfile, every_nanosecond_of_every_thread_is_somebodys) {
  const Plan plan = make_plan();
  const Batch batch = make_batch();
  for (const int32_t n : {1, 2}) {
    ThreadTeam team(n);
    Executor executor(plan, n, {});
    StepProfile profile(plan, n, {.with_trace = true});
    executor.set_profile(&profile);
    for (int step = 0; step < 3; ++step) executor.run(batch, team);
    executor.set_profile(nullptr);
    executor.run(batch, team);

    double busy = 0;
    for (const auto& total : profile.operators()) {
      EXPECT_EQ(total.n_tiles, 15) << total.op->kind();
      EXPECT_EQ(total.cost.ops_of(Roof::int8_dot), 3 * 10 * 5);
      EXPECT_EQ(total.cost.weight_bytes, 3 * 100);
      EXPECT_EQ(total.activation_bytes, 3 * 5 * 2 * 64);
      busy += total.busy_s;
    }
    EXPECT_EQ(profile.n_steps(), 3);
    EXPECT_NEAR(busy + profile.waiting_s(), profile.wall_s() * n, 1e-12);
  }
}

TEST(StepProfile, a_trace_is_in_order_names_chains_and_ends_when_full) {
  const Plan plan = make_plan();
  ASSERT_EQ(plan.regions.size(), 2u);
  const Batch batch = make_batch();
  ThreadTeam team(1);
  Executor executor(plan, 1, {});
  StepProfile profile(plan, 1, {.with_trace = true, .max_events_per_thread = 3});
  executor.set_profile(&profile);
  executor.run(batch, team);
  ASSERT_EQ(profile.chains().size(), 2u);
  EXPECT_EQ(profile.chains()[0].chain->operators.size(), 2u);
  ASSERT_EQ(profile.events(0).size(), 2u);  // a chain's tiles without a gap are one event
  EXPECT_EQ(profile.events(0)[1].chain, 1u);
  EXPECT_LE(profile.events(0)[0].end_ns, profile.events(0)[1].begin_ns);
  EXPECT_FALSE(profile.trace_is_cut());
  executor.run(batch, team);
  EXPECT_EQ(profile.events(0).size(), 3u);
  EXPECT_TRUE(profile.trace_is_cut());
}

TEST(StepCost, shapes_tell_what_a_batch_costs) {
  const Batch batch = make_batch();
  EXPECT_EQ(batch.n_rows(), 5);
  EXPECT_EQ(batch.n_logit_rows(), 1);
  EXPECT_EQ(batch.rows[2].logit_row, 0);
  EXPECT_EQ(batch.rows[2].position, 6);
  std::vector<SequenceShape> shapes;
  append_shapes(batch, shapes);
  ASSERT_EQ(shapes.size(), 2u);
  EXPECT_EQ(shapes[0].context_len, 4);
  EXPECT_EQ(shapes[0].n_logit_rows, 1);
  EXPECT_EQ(shapes[1].n_rows, 2);
  EXPECT_EQ(shapes[1].n_logit_rows, 0);
  const StepCost none = cost_of_rows({10, 100, Roof::int8_dot}, RowCount::logit_rows, Batch{});
  EXPECT_EQ(none.all_ops(), 0);
  EXPECT_EQ(none.read_bytes(), 0);
}

}  // namespace
}  // namespace caracal
