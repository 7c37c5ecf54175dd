#include <gtest/gtest.h>

#include <fstream>

#include "machine/machine_roofs.h"
#include "machine/roof_loops.h"

namespace caracal {
namespace {

namespace fs = std::filesystem;

TEST(RoofProbe, a_loop_does_as_many_operations_as_it_claims) {
  const CpuFeatures here = detect_cpu_features();
  for (const ArithmeticProbe& probe : arithmetic_probes()) {
    if (!probe.run || !here.has(probe.needs)) continue;
    for (const int64_t rounds : {1, 2, 7, 100})
      EXPECT_EQ(2 * probe.run(rounds), static_cast<double>(rounds * probe.ops_per_round))
          << probe.instruction;
  }
}

TEST(RoofProbe, the_best_that_the_features_allow_is_chosen) {
  EXPECT_EQ(choose_probe(Roof::int8_dot, {}).instruction, "compiled loop");
  const ArithmeticProbe& bf16 = choose_probe(Roof::bf16_dot, {});
  EXPECT_EQ(bf16.roof, Roof::fp32_fma);
  if (roof_fma_avx2()) {
    EXPECT_EQ(choose_probe(Roof::fp32_fma, kAvx2Level).instruction, "vfmadd231ps ymm");
    EXPECT_EQ(choose_probe(Roof::int8_dot, cpu_feature_mask("avx_vnni")).instruction,
              "vpdpbusd ymm");
    EXPECT_EQ(choose_probe(Roof::int8_dot, cpu_feature_mask("avx512_vnni")).instruction,
              "vpdpbusd zmm");
    EXPECT_EQ(choose_probe(Roof::int8_dot, cpu_feature_mask("amx")).instruction, "tdpbssd");
    EXPECT_EQ(choose_probe(Roof::bf16_dot, cpu_feature_mask("avx512_bf16")).roof, Roof::bf16_dot);
  }
}

TEST(RoofProbe, every_word_is_read_once_whatever_the_streams) {
  AlignedBuffer buffer(4 * kReadGrain * 12);
  auto* words = reinterpret_cast<uint64_t*>(buffer.data());
  uint64_t sum = 0;
  for (size_t i = 0; i < buffer.size() / 8; ++i) sum += words[i] = i * i + 1;
  for (const ReadLoop loop : {choose_read_loop({}), choose_read_loop(detect_cpu_features())})
    for (const int32_t streams : {1, 2, 4})
      EXPECT_EQ(loop(buffer.data(), static_cast<int64_t>(buffer.size()), streams, 2048), sum);
}

TEST(RoofSampler, gives_a_rate_of_each_roof_on_any_team) {
  RoofSampler sampler(detect_cpu_features(), size_t{4} << 20);
  for (const int32_t n : {2, 1, 3}) {
    ThreadTeam team(n);
    for (const Roof roof : kRoofs) {
      EXPECT_GT(sampler.sample(roof, team, 1e-3), 0) << name_of(roof);
      EXPECT_FALSE(sampler.instruction(roof).empty());
    }
  }
}

TEST(RoofSampler, the_buffer_is_far_larger_than_the_caches_and_leaves_memory_free) {
  MachineInfo machine{.memory_free = uint64_t{64} << 30};
  EXPECT_EQ(read_probe_bytes(machine), size_t{256} << 20);
  machine.caches = {{3, "unified", uint64_t{96} << 20, 1}};
  EXPECT_EQ(read_probe_bytes(machine), size_t{768} << 20);
  machine.memory_free = uint64_t{400} << 20;
  EXPECT_EQ(read_probe_bytes(machine), size_t{100} << 20);
  machine.memory_free = 1;
  EXPECT_GT(read_probe_bytes(machine), 0u);
}

class RoofCache : public testing::Test {
 protected:
  void SetUp() override { fs::remove_all(folder_); }
  void TearDown() override { fs::remove_all(folder_); }

  const fs::path folder_ = fs::path(testing::TempDir()) / "caracal-roofs";
  const MachineRoofs roofs_{.fingerprint = "A | avx2 | 2 of 2 threads | L",
                            .measured_at = "2026-01-01T00:00:00Z",
                            .read_bytes = 256,
                            .figures = {{Roof::int8_dot, 2, 5e11, "vpdpbusd ymm"}}};
};

TEST_F(RoofCache, what_was_saved_is_found_again) {
  save_roofs(folder_ / "machine", roofs_);
  const auto found = load_roofs(folder_ / "machine", roofs_.fingerprint);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->measured_at, roofs_.measured_at);
  ASSERT_TRUE(found->find(Roof::int8_dot, 2));
  EXPECT_EQ(found->find(Roof::int8_dot, 2)->per_second, 5e11);
  EXPECT_EQ(found->find(Roof::int8_dot, 2)->instruction, "vpdpbusd ymm");
  EXPECT_FALSE(found->find(Roof::int8_dot, 1));
}

TEST_F(RoofCache, another_machine_and_damaged_files_are_not_taken) {
  EXPECT_FALSE(load_roofs(folder_, roofs_.fingerprint));
  save_roofs(folder_, roofs_);
  EXPECT_FALSE(load_roofs(folder_, "another"));
  const fs::path file = fs::directory_iterator(folder_)->path();
  for (const char* text :
       {"", "{", "[]", "{\"format\":1}", "{\"format\":2}", "{\"format\":\"x\"}",
        "{\"format\":1,\"fingerprint\":\"A | avx2 | 2 of 2 threads | L\",\"measured_at\":\"\","
        "\"load_average\":0,\"read_bytes\":1,\"roofs\":[{\"roof\":\"speed\",\"threads\":1,\"per_"
        "second\":1,"
        "\"instruction\":\"\"}]}"}) {
    std::ofstream(file) << text;
    EXPECT_FALSE(load_roofs(folder_, roofs_.fingerprint)) << text;
  }
}

}  // namespace
}  // namespace caracal
