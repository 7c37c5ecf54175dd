#pragma once
#include <string>
#include <vector>

#include "base/file.h"
#include "base/json_fwd.h"
#include "bench/bench_result.h"
#include "bench/operator_shares.h"

namespace caracal {

/// One profiled test, beside the means of the roofs that were sampled right before and after it.
struct ProfiledTest {
  BenchTest test;
  StepProfile profile;
  double seconds;      ///< of the whole run
  MachineRoofs roofs;  ///< with as many threads as the profile

  /// Sampling, scheduling, copying of tokens: on one thread, between the steps.
  double outside_s() const { return seconds - profile.wall_s(); }
};

/// Time, work and shares of the roofs, per kind of operator or per region.
std::string profile_table(const ProfiledTest& profiled, bool by_region);
Json profile_json(const ProfiledTest& profiled, bool by_region);

/// Writes the "JSON Array Format" of Chrome's trace viewer (chrome://tracing, Perfetto): a row per
/// thread, an event for each stretch of tiles of one chain.
void write_chrome_trace(AtomicFile& file, const std::vector<ProfiledTest>& tests);

}  // namespace caracal
