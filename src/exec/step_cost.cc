#include "exec/step_cost.h"

namespace caracal {

StepCost& StepCost::operator+=(const StepCost& other) {
  for (size_t i = 0; i < std::size(ops); ++i) ops[i] += other.ops[i];
  weight_bytes += other.weight_bytes;
  kv_bytes += other.kv_bytes;
  return *this;
}

double StepCost::all_ops() const {
  double sum = 0;
  for (double n : ops) sum += n;
  return sum;
}

Roof StepCost::main_arithmetic() const {
  Roof most = Roof::fp32_fma;
  for (const Roof roof : kRoofs)
    if (ops_of(roof) > ops_of(most)) most = roof;
  return most;
}

StepCost cost_of_rows(const OperatorCost& cost, RowCount rows, const Batch& batch) {
  const int32_t n = rows == RowCount::step_rows ? batch.n_rows() : batch.n_logit_rows();
  StepCost step;
  if (n == 0) return step;
  step.ops_of(cost.arithmetic) = cost.flops_per_row * n;
  step.weight_bytes = cost.weight_bytes;
  return step;
}

StepCost Operator::step_cost(const Batch& batch) const {
  return cost_of_rows(cost(), tiles().rows, batch);
}

StepCost step_cost(const Plan& plan, const Batch& batch) {
  StepCost sum;
  for (const auto& op : plan.operators) sum += op->step_cost(batch);
  return sum;
}

double activation_bytes(const Operator& op, std::span<const BufferSpec> buffers,
                        const Batch& batch) {
  double bytes = 0;
  for (const BufferUse& use : op.uses()) {
    const BufferSpec& spec = buffers[index_of(use.buffer)];
    const int32_t n = spec.rows == RowCount::step_rows ? batch.n_rows() : batch.n_logit_rows();
    bytes += static_cast<double>(spec.row_bytes()) * n;
  }
  return bytes;
}

Batch batch_of_shapes(std::span<const SequenceShape> shapes) {
  Batch batch;
  for (const SequenceShape& shape : shapes) {
    const auto sequence = static_cast<int32_t>(batch.sequences.size());
    batch.sequences.push_back(
        {.first_row = batch.n_rows(), .n_rows = shape.n_rows, .context_len = shape.context_len});
    for (int32_t i = 0; i < shape.n_rows; ++i) {
      const bool wanted = i >= shape.n_rows - shape.n_logit_rows;
      batch.rows.push_back({.position = shape.context_len + i,
                            .sequence = sequence,
                            .index = i,
                            .logit_row = wanted ? batch.n_logit_rows() : -1});
      if (wanted) batch.logit_rows.push_back(batch.n_rows() - 1);
    }
  }
  return batch;
}

void append_shapes(const Batch& batch, std::vector<SequenceShape>& shapes) {
  const size_t first = shapes.size();
  for (const BatchSequence& s : batch.sequences) shapes.push_back({s.context_len, s.n_rows, 0});
  for (const int32_t row : batch.logit_rows)
    ++shapes[first + static_cast<size_t>(batch.rows[static_cast<size_t>(row)].sequence)]
          .n_logit_rows;
}

}  // namespace caracal
