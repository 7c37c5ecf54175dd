#pragma once
/// The work of one step as rooflines count it.
#include <span>

#include "exec/plan.h"
#include "spec/batch.h"

namespace caracal {

/// The cost of one operator in one step over the batch, from its own cost() unless it knows better.
StepCost cost_of_rows(const OperatorCost& cost, RowCount rows, const Batch& batch);

/// All operators of a plan in one step.
StepCost step_cost(const Plan& plan, const Batch& batch);

/// Bytes of activations an operator touches in one step, read and written; most lie in a cache.
double activation_bytes(const Operator& op, std::span<const BufferSpec> buffers,
                        const Batch& batch);

/// How much of a sequence a step works on; enough to count what a step costs.
struct SequenceShape {
  int32_t context_len = 0;
  int32_t n_rows = 0;
  int32_t n_logit_rows = 0;
};
/// A batch of chains with those shapes: tokens and block tables are empty, so it can be counted and
/// not run.
Batch batch_of_shapes(std::span<const SequenceShape> shapes);
/// The shapes of a batch, appended to `shapes`.
void append_shapes(const Batch& batch, std::vector<SequenceShape>& shapes);

}  // namespace caracal
