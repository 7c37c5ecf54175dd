#pragma once
#include "exec/operator.h"
#include "mixers/gqa/attention_shape.h"
#include "spec/batch.h"

namespace caracal {

/// Two operations for each multiply-add of q·K and p·V over the keys a row really sees; bytes of
/// the keys and values that at least one row of their sequence sees, once.
StepCost attend_cost(const AttentionShape& shape, const Batch& batch);

}  // namespace caracal
