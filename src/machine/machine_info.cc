#include "machine/machine_info.h"

#include <fmt/format.h>
#include <sched.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <thread>

#include "base/text.h"
#include "machine/cgroup.h"
#include "machine/thread_team.h"

namespace caracal {
namespace {

namespace fs = std::filesystem;

/// The first line of a file; empty without one.
std::string first_line(const fs::path& file) {
  std::string line;
  std::ifstream stream(file);
  std::getline(stream, line);
  return std::string(trimmed(line));
}

/// What follows "key" and a colon on the first line that begins with it.
std::string value_of(const fs::path& file, std::string_view key) {
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line);) {
    const size_t colon = line.find(':');
    if (colon != std::string::npos && trimmed(line.substr(0, colon)) == key)
      return std::string(trimmed(std::string_view(line).substr(colon + 1)));
  }
  return {};
}

/// "32768K", "24576 kB", "16 M": bytes.
uint64_t parse_bytes(std::string_view text) {
  uint64_t n = 0;
  size_t at = 0;
  for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at)
    n = n * 10 + static_cast<uint64_t>(text[at] - '0');
  const std::string unit = lower_ascii(trimmed(text.substr(at)));
  return n << (unit.starts_with('k') ? 10 : unit.starts_with('m') ? 20 : 0);
}

/// The word in brackets of "always [madvise] never".
std::string chosen_word(const std::string& line) {
  const size_t open = line.find('[');
  const size_t close = line.find(']');
  return open < close && close != std::string::npos ? line.substr(open + 1, close - open - 1)
                                                    : "absent";
}

/// Folders `prefix`N of a folder, in order of N.
std::map<int32_t, fs::path> numbered_folders(const fs::path& folder, std::string_view prefix) {
  std::map<int32_t, fs::path> found;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(prefix)) continue;
    const std::string digits = name.substr(prefix.size());
    if (digits.empty() || digits.size() > 6 ||
        digits.find_first_not_of("0123456789") != std::string::npos)
      continue;
    found[std::stoi(digits)] = entry.path();
  }
  return found;
}

int32_t count_cores(const std::map<int32_t, fs::path>& cpus) {
  std::set<std::string> cores;
  for (const auto& [id, folder] : cpus) {
    const fs::path topology = folder / "topology";
    const std::string core = first_line(topology / "core_id");
    if (!core.empty()) cores.insert(first_line(topology / "physical_package_id") + "/" + core);
  }
  return static_cast<int32_t>(cores.size());
}

/// Every CPU lists the caches it uses; a cache is the same when the same CPUs share it.
std::vector<CacheInfo> read_caches(const std::map<int32_t, fs::path>& cpus) {
  std::map<std::pair<int32_t, std::string>, std::pair<uint64_t, std::set<std::string>>> kinds;
  for (const auto& [id, folder] : cpus)
    for (const auto& [index, cache] : numbered_folders(folder / "cache", "index")) {
      const uint64_t bytes = parse_bytes(first_line(cache / "size"));
      if (bytes == 0) continue;
      auto& kind = kinds[{std::atoi(first_line(cache / "level").c_str()),
                          lower_ascii(first_line(cache / "type"))}];
      kind.first = std::max(kind.first, bytes);
      kind.second.insert(first_line(cache / "shared_cpu_list"));
    }
  std::vector<CacheInfo> caches;
  for (const auto& [key, value] : kinds)
    caches.push_back(
        {key.first, key.second, value.first, static_cast<int32_t>(value.second.size())});
  return caches;
}

std::vector<NumaNode> read_numa_nodes(const fs::path& root) {
  std::vector<NumaNode> nodes;
  for (const auto& [id, folder] : numbered_folders(root / "sys/devices/system/node", "node"))
    nodes.push_back(
        {id, first_line(folder / "cpulist"),
         parse_bytes(value_of(folder / "meminfo", fmt::format("Node {} MemTotal", id)))});
  return nodes;
}

std::string kernel_name() {
  struct utsname name = {};
  ::uname(&name);
  return fmt::format("{} {}", name.sysname, name.release);
}

int32_t count_allowed() {
  cpu_set_t set;
  return ::sched_getaffinity(0, sizeof(set), &set) == 0
             ? CPU_COUNT(&set)
             : static_cast<int32_t>(std::thread::hardware_concurrency());
}

}  // namespace

uint64_t MachineInfo::last_level_bytes() const {
  int32_t last = 0;
  uint64_t bytes = 0;
  for (const CacheInfo& cache : caches) {
    if (cache.kind == "instruction" || cache.level < last) continue;
    if (cache.level > last) bytes = 0;
    last = cache.level;
    bytes += cache.bytes * static_cast<uint64_t>(cache.n_caches);
  }
  return bytes;
}

MachineInfo read_machine_info(const fs::path& root) {
  const auto cpus = numbered_folders(root / "sys/devices/system/cpu", "cpu");
  const CgroupLimits limits = read_cgroup_limits(root);
  const fs::path meminfo = root / "proc/meminfo";
  const fs::path huge = root / "sys/kernel/mm/transparent_hugepage";
  MachineInfo info;
  info.cpu_name = value_of(root / "proc/cpuinfo", "model name");
  info.features = detect_cpu_features();
  info.kernel = kernel_name();
  info.n_cpus_online = static_cast<int32_t>(std::thread::hardware_concurrency());
  info.n_cores_online = count_cores(cpus);
  info.n_cpus_allowed = count_allowed();
  info.cpu_quota = limits.cpus;
  info.n_threads = available_threads();
  info.memory_bytes = parse_bytes(value_of(meminfo, "MemTotal"));
  info.memory_limit = limits.memory_bytes;
  info.memory_free = std::min(parse_bytes(value_of(meminfo, "MemAvailable")), limits.memory_bytes);
  info.page_bytes = static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
  info.huge_pages = chosen_word(first_line(huge / "enabled"));
  info.huge_page_defrag = chosen_word(first_line(huge / "defrag"));
  info.caches = read_caches(cpus);
  info.numa_nodes = read_numa_nodes(root);
  return info;
}

double read_load_average() {
  double load = 0;
  return ::getloadavg(&load, 1) == 1 ? load : 0;
}

double read_busy_cpu_seconds(const std::filesystem::path& root) {
  std::ifstream stat(root / "proc/stat");
  std::string name;
  // proc(5); idle and iowait are no work.
  double user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0;
  stat >> name >> user >> nice >> system >> idle >> iowait >> irq >> softirq >> steal;
  if (!stat || name != "cpu") return 0;
  return (user + nice + system + irq + softirq + steal) /
         static_cast<double>(::sysconf(_SC_CLK_TCK));
}

std::string machine_fingerprint(const MachineInfo& machine, CpuFeatures in_use, int32_t n_threads) {
  return fmt::format("{} | {} | {} of {} threads | {}", machine.cpu_name, to_string(in_use),
                     n_threads, machine.n_threads, machine.kernel);
}

}  // namespace caracal
