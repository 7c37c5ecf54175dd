#include "exec/step_profile.h"

#include <algorithm>

#include "base/check.h"

namespace caracal {

StepProfile::StepProfile(const Plan& plan, int32_t n_threads, const Options& options)
    : plan_(plan), threads_(static_cast<size_t>(n_threads)) {
  for (size_t r = 0; r < plan.regions.size(); ++r) {
    first_chains_.push_back(chains_.size());
    for (const Chain& chain : plan.regions[r].chains) {
      chains_.push_back({r, &chain});
      first_slots_.push_back(totals_.size());
      for (const Operator* op : chain.operators) totals_.push_back({.op = op, .region = r});
    }
  }
  for (Recorder& thread : threads_) {
    thread.slots.resize(totals_.size());
    thread.with_trace = options.with_trace;
    if (options.with_trace) thread.events.reserve(options.max_events_per_thread);
  }
}

void StepProfile::Recorder::begin_region(size_t region) noexcept {
  const int64_t now = now_ns();
  waiting_ns += now - last_ns;
  last_ns = now;
  first_chain = profile->first_chains_[region];
}

void StepProfile::Recorder::tile_done(size_t chain_in_region, size_t op) noexcept {
  const int64_t now = now_ns();
  const size_t chain = first_chain + chain_in_region;
  const size_t slot = profile->first_slots_[chain] + op;
  slots[slot].busy_ns += now - last_ns;
  ++slots[slot].n_tiles;
  if (with_trace) {
    if (!events.empty() && events.back().chain == chain && events.back().end_ns == last_ns)
      events.back().end_ns = now;
    else if (events.size() < events.capacity())
      events.push_back({chain, last_ns, now});
    else
      cut = true;
  }
  last_ns = now;
}

void StepProfile::begin_step(const Batch& batch) {
  for (OperatorTotal& total : totals_) {
    total.cost += total.op->step_cost(batch);
    total.activation_bytes += caracal::activation_bytes(*total.op, plan_.buffers, batch);
  }
  step_begin_ns_ = now_ns();
  for (Recorder& thread : threads_) {
    thread.profile = this;
    thread.last_ns = step_begin_ns_;
  }
}

void StepProfile::end_step() {
  const int64_t now = now_ns();
  for (Recorder& thread : threads_) thread.waiting_ns += now - thread.last_ns;
  wall_s_ += static_cast<double>(now - step_begin_ns_) * 1e-9;
  ++n_steps_;
}

std::vector<StepProfile::OperatorTotal> StepProfile::operators() const {
  std::vector<OperatorTotal> totals = totals_;
  for (const Recorder& thread : threads_)
    for (size_t slot = 0; slot < totals.size(); ++slot) {
      totals[slot].busy_s += static_cast<double>(thread.slots[slot].busy_ns) * 1e-9;
      totals[slot].n_tiles += thread.slots[slot].n_tiles;
    }
  return totals;
}

double StepProfile::waiting_s() const {
  int64_t sum = 0;
  for (const Recorder& thread : threads_) sum += thread.waiting_ns;
  return static_cast<double>(sum) * 1e-9;
}

bool StepProfile::trace_is_cut() const {
  return std::ranges::any_of(threads_, [](const Recorder& thread) { return thread.cut; });
}

}  // namespace caracal
