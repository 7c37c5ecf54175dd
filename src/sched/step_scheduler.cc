#include "sched/step_scheduler.h"

#include <algorithm>

namespace caracal {
namespace {

class Budget {
 public:
  explicit Budget(const SchedLimits& limits)
      : block_tokens_(limits.block_tokens), rows_(limits.max_rows), blocks_(limits.n_free_blocks) {}

  /// Takes as many of the wanted rows as rows and blocks allow.
  int32_t take(int32_t wanted, int32_t room) {
    const int32_t reachable = room + blocks_ * block_tokens_;
    const int32_t n = std::min({wanted, rows_, reachable});
    rows_ -= n;
    blocks_ -= (std::max(0, n - room) + block_tokens_ - 1) / block_tokens_;
    return n;
  }

 private:
  int32_t block_tokens_;
  int32_t rows_;
  int32_t blocks_;
};

}  // namespace

void plan_step(std::span<const SchedEntry> entries, const SchedLimits& limits,
               std::vector<StepShare>& out) {
  out.clear();
  Budget budget(limits);
  for (const bool decoding : {true, false})
    for (size_t i = 0; i < entries.size(); ++i) {
      const SchedEntry& entry = entries[i];
      if (entry.decoding != decoding || entry.n_pending == 0) continue;
      const int32_t n = budget.take(entry.n_pending, entry.table_room);
      if (n > 0) out.push_back({static_cast<int32_t>(i), n});
    }
}

}  // namespace caracal
