#pragma once
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "machine/roof_sampler.h"

namespace caracal {

/// One roof as measured once.
struct RoofFigure {
  Roof roof = Roof::read_bandwidth;
  int32_t n_threads = 1;
  double per_second = 0;    ///< bytes, or operations
  std::string instruction;  ///< what found it
};

/// The roofs of a machine with one thread and with all of them.
struct MachineRoofs {
  std::string fingerprint;  ///< of the machine, see machine_fingerprint
  std::string measured_at;  ///< "2026-11-24T16:09:00Z"
  double load_average = 0;  ///< of the minute before: a busy machine measures low
  uint64_t read_bytes = 0;  ///< streamed for the read bandwidth
  std::vector<RoofFigure> figures;

  /// nullptr when it was not measured.
  const RoofFigure* find(Roof roof, int32_t n_threads) const;
};

using RoofProgress = std::function<void(size_t n_done, size_t n_all)>;

/// Takes about six seconds. n_threads: what "all" means. Throws Error(out_of_memory) when there is
/// no room for the buffer that is read.
MachineRoofs measure_roofs(const MachineInfo& machine, CpuFeatures features, int32_t n_threads,
                           const RoofProgress& progress = {});

/// What an earlier run left in `folder`; nothing when it is missing, damaged, or of another
/// machine.
std::optional<MachineRoofs> load_roofs(const std::filesystem::path& folder,
                                       const std::string& fingerprint);
/// Keeps them for load_roofs; makes the folder. Throws Error(io).
void save_roofs(const std::filesystem::path& folder, const MachineRoofs& roofs);

/// load_roofs below the program's cache directory, else measure_roofs and save_roofs; a cache that
/// cannot be written costs a warning. fresh: measures in any case.
MachineRoofs machine_roofs(const MachineInfo& machine, CpuFeatures features, int32_t n_threads,
                           bool fresh, const RoofProgress& progress = {});

}  // namespace caracal
