#pragma once
/// What the system says of this computer; nothing is measured here.
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "machine/cpu_features.h"

namespace caracal {

/// Caches of one level and kind.
struct CacheInfo {
  int32_t level = 0;
  std::string kind;      ///< "data", "instruction", "unified"
  uint64_t bytes = 0;    ///< of one
  int32_t n_caches = 0;  ///< how many the online CPUs have
};

struct NumaNode {
  int32_t id = 0;
  std::string cpus;  ///< "0-7,16-23"
  uint64_t memory_bytes = 0;
};

struct MachineInfo {
  std::string cpu_name;
  CpuFeatures features;
  std::string kernel;          ///< "Linux 6.1.0-18-amd64"
  int32_t n_cpus_online = 0;   ///< hardware threads
  int32_t n_cores_online = 0;  ///< physical cores they belong to
  int32_t n_cpus_allowed = 0;  ///< by the affinity mask
  double cpu_quota = 0;        ///< by control groups, in CPUs; infinity: none
  int32_t n_threads = 0;       ///< what available_threads() makes of the last two
  uint64_t memory_bytes = 0;   ///< of the computer
  uint64_t memory_limit = 0;   ///< by control groups; UINT64_MAX: none
  uint64_t memory_free = 0;    ///< what can be had now without swapping, within the limit
  uint64_t page_bytes = 0;
  std::string huge_pages;        ///< transparent huge pages: "always", "madvise", "never", "absent"
  std::string huge_page_defrag;  ///< what is done to find one: "always", "defer", ...
  std::vector<CacheInfo> caches;
  std::vector<NumaNode> numa_nodes;

  /// All caches of the last level together; 0: not known.
  uint64_t last_level_bytes() const;
};

/// Reads /proc and /sys below root, "/" but in tests. What cannot be read stays empty or 0.
MachineInfo read_machine_info(const std::filesystem::path& root = "/");

/// Programs that ran or wanted to, mean over the last minute; 0 when it is not known.
double read_load_average();

/// Seconds since boot for which CPUs were busy, all programs and CPUs together; time that the host
/// of a virtual machine gave to others counts as busy. 0 when it is not known.
double read_busy_cpu_seconds(const std::filesystem::path& root = "/");

/// Machines with equal fingerprints have the same roofs: CPU, features in use, threads, kernel.
std::string machine_fingerprint(const MachineInfo& machine, CpuFeatures in_use, int32_t n_threads);

}  // namespace caracal
