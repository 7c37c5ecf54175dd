#include "machine/machine_info.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <fstream>

#include "machine/cgroup.h"

namespace caracal {
namespace {

namespace fs = std::filesystem;

/// A file system root with the files of a test in it.
class FakeRoot {
 public:
  FakeRoot()
      : path_(fs::path(testing::TempDir()) /
              testing::UnitTest::GetInstance()->current_test_info()->name()) {
    fs::remove_all(path_);
  }
  ~FakeRoot() { fs::remove_all(path_); }

  void add(const std::string& file, const std::string& text) const {
    fs::create_directories((path_ / file).parent_path());
    std::ofstream(path_ / file) << text;
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

TEST(Cgroup, without_groups_nothing_is_limited) {
  const CgroupLimits limits = read_cgroup_limits(FakeRoot().path());
  EXPECT_TRUE(std::isinf(limits.cpus));
  EXPECT_EQ(limits.memory_bytes, UINT64_MAX);
}

TEST(Cgroup, the_strictest_group_on_the_way_counts) {
  const FakeRoot root;
  root.add("proc/self/cgroup", "0::/outer/inner\n");
  root.add("sys/fs/cgroup/outer/cpu.max", "150000 100000\n");
  root.add("sys/fs/cgroup/outer/memory.max", "max\n");
  root.add("sys/fs/cgroup/outer/inner/cpu.max", "max 100000\n");
  root.add("sys/fs/cgroup/outer/inner/memory.max", "1073741824\n");
  const CgroupLimits limits = read_cgroup_limits(root.path());
  EXPECT_DOUBLE_EQ(limits.cpus, 1.5);
  EXPECT_EQ(limits.memory_bytes, uint64_t{1} << 30);
}

TEST(Cgroup, version_1_is_read_too) {
  const FakeRoot root;
  root.add("proc/self/cgroup", "5:memory:/box\n4:cpu,cpuacct:/box\n");
  root.add("sys/fs/cgroup/cpu/box/cpu.cfs_quota_us", "50000\n");
  root.add("sys/fs/cgroup/cpu/box/cpu.cfs_period_us", "100000\n");
  root.add("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  root.add("sys/fs/cgroup/memory/box/memory.limit_in_bytes", "2097152\n");
  const CgroupLimits limits = read_cgroup_limits(root.path());
  EXPECT_DOUBLE_EQ(limits.cpus, 0.5);
  EXPECT_EQ(limits.memory_bytes, 2u << 20);
}

TEST(Cgroup, damaged_files_limit_nothing) {
  const FakeRoot root;
  root.add("proc/self/cgroup", "0:\nx\n0::/../../etc\n");
  root.add("sys/fs/cgroup/cpu.max", "many 100000\n");
  root.add("sys/fs/cgroup/memory.max", "-1\n");
  const CgroupLimits limits = read_cgroup_limits(root.path());
  EXPECT_TRUE(std::isinf(limits.cpus));
  EXPECT_EQ(limits.memory_bytes, UINT64_MAX);
}

void add_cpu(const FakeRoot& root, int cpu, int core, const std::string& l3_cpus) {
  const std::string base = "sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/";
  root.add(base + "topology/core_id", std::to_string(core));
  root.add(base + "topology/physical_package_id", "0");
  root.add(base + "cache/index0/level", "1");
  root.add(base + "cache/index0/type", "Data");
  root.add(base + "cache/index0/size", "32K");
  root.add(base + "cache/index0/shared_cpu_list", std::to_string(cpu));
  root.add(base + "cache/index3/level", "3");
  root.add(base + "cache/index3/type", "Unified");
  root.add(base + "cache/index3/size", "16384K");
  root.add(base + "cache/index3/shared_cpu_list", l3_cpus);
}

TEST(MachineInfo, reads_what_the_system_says) {
  const FakeRoot root;
  root.add("proc/cpuinfo", "processor\t: 0\nmodel name\t: A CPU @ 3 GHz\n");
  root.add("proc/meminfo", "MemTotal:       16384 kB\nMemAvailable:    8192 kB\n");
  root.add("sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n");
  root.add("sys/devices/system/node/node0/cpulist", "0-3\n");
  root.add("sys/devices/system/node/node0/meminfo", "Node 0 MemTotal:  16384 kB\n");
  root.add("sys/devices/system/cpu/cpufreq/x", "");  // not a CPU
  add_cpu(root, 0, 0, "0-1");
  add_cpu(root, 1, 0, "0-1");
  add_cpu(root, 2, 1, "2-3");
  add_cpu(root, 3, 1, "2-3");
  const MachineInfo info = read_machine_info(root.path());
  EXPECT_EQ(info.cpu_name, "A CPU @ 3 GHz");
  EXPECT_EQ(info.n_cores_online, 2);
  EXPECT_EQ(info.memory_bytes, 16u << 20);
  EXPECT_EQ(info.memory_free, 8u << 20);
  EXPECT_EQ(info.huge_pages, "madvise");
  EXPECT_EQ(info.huge_page_defrag, "absent");
  ASSERT_EQ(info.caches.size(), 2u);
  EXPECT_EQ(info.caches[0].kind, "data");
  EXPECT_EQ(info.caches[0].n_caches, 4);
  EXPECT_EQ(info.caches[1].n_caches, 2);
  EXPECT_EQ(info.last_level_bytes(), 32u << 20);
  ASSERT_EQ(info.numa_nodes.size(), 1u);
  EXPECT_EQ(info.numa_nodes[0].memory_bytes, 16u << 20);
}

TEST(MachineInfo, an_empty_root_gives_an_empty_answer) {
  const MachineInfo info = read_machine_info(FakeRoot().path());
  EXPECT_EQ(info.cpu_name, "");
  EXPECT_EQ(info.last_level_bytes(), 0u);
  EXPECT_GE(info.n_threads, 1);
}

TEST(MachineInfo, the_fingerprint_tells_features_and_threads_apart) {
  const MachineInfo info{.cpu_name = "A", .kernel = "L", .n_threads = 4};
  EXPECT_EQ(machine_fingerprint(info, {}, 2), machine_fingerprint(info, {}, 2));
  EXPECT_NE(machine_fingerprint(info, {}, 2), machine_fingerprint(info, kAvx2Level, 2));
  EXPECT_NE(machine_fingerprint(info, {}, 2), machine_fingerprint(info, {}, 4));
}

TEST(BusyCpuSeconds, idle_time_is_not_busy_and_stolen_time_is) {
  const double tick = 1.0 / static_cast<double>(::sysconf(_SC_CLK_TCK));
  const FakeRoot root;
  root.add("proc/stat", "cpu  1 2 4 1000 2000 8 16 32 0 0\ncpu0 1 2 4 1000 2000 8 16 32 0 0\n");
  EXPECT_DOUBLE_EQ(read_busy_cpu_seconds(root.path()), 63 * tick);
  root.add("proc/stat", "cpu 1 2\n");
  EXPECT_EQ(read_busy_cpu_seconds(root.path()), 0);
  EXPECT_EQ(read_busy_cpu_seconds(root.path() / "nowhere"), 0);
  EXPECT_GT(read_busy_cpu_seconds(), 0);
}

}  // namespace
}  // namespace caracal
