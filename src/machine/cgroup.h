#pragma once
#include <cstdint>
#include <filesystem>

namespace caracal {

/// What the control groups of this process allow it.
struct CgroupLimits {
  double cpus;            ///< by quota; infinity: no limit
  uint64_t memory_bytes;  ///< UINT64_MAX: no limit
};

/// Reads version 2, else version 1, of the process's own group and all groups above it; the
/// strictest limit counts. root: of the file system, "/" but in tests. What cannot be read limits
/// nothing.
CgroupLimits read_cgroup_limits(const std::filesystem::path& root);

}  // namespace caracal
