#pragma once
#include <string>
#include <vector>

#include "exec/step_profile.h"
#include "machine/machine_roofs.h"

namespace caracal {

/// Time and work of operators of one kind, or of one region.
struct OperatorShare {
  std::string name;  ///< "linear", "attend", ...; "waiting" at barriers; or a region
  int64_t n_tiles = 0;
  double busy_s = 0;      ///< all threads together
  double time_share = 0;  ///< of the time that all threads had
  StepCost work;
  double activation_bytes = 0;
};

/// By kind of operator, the longest first, "waiting" last. The time shares add up to 1.
std::vector<OperatorShare> shares_by_kind(const StepProfile& profile);
/// By region, in the order of the plan: "layer 3: linear+linear".
std::vector<OperatorShare> shares_by_region(const StepProfile& profile);

/// How close the work came to the roofs in the time that it took with all threads: the time it
/// would take at the roof over that time. 0 without such work or such a roof.
struct RoofShares {
  double compute = 0;  ///< all arithmetic, each against its own peak
  double read = 0;     ///< weights, keys and values against the read bandwidth
};
RoofShares roof_shares(const OperatorShare& share, const MachineRoofs& roofs, int32_t n_threads);

}  // namespace caracal
