#include "machine/cgroup.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <string>
#include <string_view>

namespace caracal {
namespace {

namespace fs = std::filesystem;

/// A number in a file of its own; `otherwise` for any other text ("max") and without a file.
template <class T>
T read_number(const fs::path& file, T otherwise) {
  std::string word;
  T value = {};
  if (!(std::ifstream(file) >> word)) return otherwise;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  return error == std::errc() && end == word.data() + word.size() ? value : otherwise;
}

/// Version 2: "QUOTA PERIOD" in microseconds, or "max PERIOD".
double quota_v2(const fs::path& group) {
  std::ifstream file(group / "cpu.max");
  std::string quota;
  double period = 0;
  if (!(file >> quota >> period) || quota == "max" || period <= 0) return INFINITY;
  const double cpus = std::atof(quota.c_str()) / period;
  return cpus > 0 ? cpus : INFINITY;
}

double quota_v1(const fs::path& group) {
  const auto quota = read_number<double>(group / "cpu.cfs_quota_us", -1);
  const auto period = read_number<double>(group / "cpu.cfs_period_us", -1);
  return quota > 0 && period > 0 ? quota / period : INFINITY;
}

CgroupLimits limits_v2(const fs::path& group) {
  return {quota_v2(group), read_number<uint64_t>(group / "memory.max", UINT64_MAX)};
}

/// Version 1 writes "no limit" as a number near 2^63.
uint64_t memory_v1(const fs::path& group) {
  const auto bytes = read_number<uint64_t>(group / "memory.limit_in_bytes", UINT64_MAX);
  return bytes >= uint64_t{1} << 62 ? UINT64_MAX : bytes;
}

/// The group's path in the hierarchy that controls `controller`; version 2 when that is empty.
/// Lines of /proc/self/cgroup: "0::/path", "4:cpu,cpuacct:/path".
std::string own_path(const fs::path& root, std::string_view controller) {
  std::ifstream file(root / "proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    const size_t first = line.find(':');
    const size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
    const bool ours = controller.empty() ? controllers == ",,"
                                         : controllers.find("," + std::string(controller) + ",") !=
                                               std::string::npos;
    if (ours) return line.substr(second + 1);
  }
  return "/";
}

/// Calls visit(folder) for the mount point and every group on the way to `path`. Inside a container
/// the path may belong to the host: folders that are not there just have no files.
template <class Visit>
void walk_down(const fs::path& mount, const std::string& path, Visit visit) {
  fs::path group = mount;
  visit(group);
  for (const fs::path& step : fs::path(path).relative_path()) {
    if (step == ".." || step.empty()) return;
    group /= step;
    visit(group);
  }
}

}  // namespace

CgroupLimits read_cgroup_limits(const fs::path& root) {
  CgroupLimits limits = {INFINITY, UINT64_MAX};
  const fs::path mount = root / "sys/fs/cgroup";
  walk_down(mount, own_path(root, ""), [&](const fs::path& group) {
    const CgroupLimits here = limits_v2(group);
    limits.cpus = std::min(limits.cpus, here.cpus);
    limits.memory_bytes = std::min(limits.memory_bytes, here.memory_bytes);
  });
  walk_down(mount / "cpu", own_path(root, "cpu"),
            [&](const fs::path& group) { limits.cpus = std::min(limits.cpus, quota_v1(group)); });
  walk_down(mount / "memory", own_path(root, "memory"), [&](const fs::path& group) {
    limits.memory_bytes = std::min(limits.memory_bytes, memory_v1(group));
  });
  return limits;
}

}  // namespace caracal
