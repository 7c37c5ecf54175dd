#pragma once
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/aligned_buffer.h"
#include "machine/machine_info.h"
#include "machine/roof_probe.h"
#include "machine/thread_team.h"

namespace caracal {

/// Bytes that a read probe should stream: far more than the caches hold, at most a quarter of the
/// memory that is free.
size_t read_probe_bytes(const MachineInfo& machine);

/// Measures roofs on the threads that do the work they are compared with. A roof drifts within
/// minutes on a shared machine, so it is sampled right before and after what is measured.
class RoofSampler {
 public:
  static constexpr double kSampleSeconds = 0.3;

  /// features: which instructions may be used. read_bytes: see read_probe_bytes; the memory is
  /// taken at the first sample of the read bandwidth. Throws Error(out_of_memory) then.
  RoofSampler(CpuFeatures features, size_t read_bytes);

  /// Bytes or operations a second, all members of the team together: the median of passes of a few
  /// milliseconds over at least `seconds`. Read bandwidth is the best of the medians of one, two
  /// and four streams a thread; the best pass alone would flatter by 5 to 10 %.
  double sample(Roof roof, ThreadTeam& team, double seconds = kSampleSeconds);

  /// What the sample runs: "vpdpbusd zmm".
  std::string_view instruction(Roof roof) const;
  size_t read_bytes() const { return read_bytes_; }

 private:
  double sample_arithmetic(const ArithmeticProbe& probe, ThreadTeam& team, double seconds);
  double sample_read(ThreadTeam& team, double seconds);
  void prepare_buffer(ThreadTeam& team);

  CpuFeatures features_;
  size_t read_bytes_;
  AlignedBuffer buffer_;
  std::vector<double> rates_;
};

}  // namespace caracal
