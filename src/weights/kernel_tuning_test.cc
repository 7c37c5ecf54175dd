#include "weights/kernel_tuning.h"

#include <gtest/gtest.h>

#include <fstream>

#include "weights/weight_problem.h"

namespace caracal {
namespace {

namespace fs = std::filesystem;

class KernelTuningTest : public testing::Test {
 protected:
  void SetUp() override { fs::remove_all(folder); }
  void TearDown() override { fs::remove_all(folder); }

  static LinearWeight weight_of(const LinearKernel& kernel, int64_t n_in) {
    return {.kernel = &kernel, .n_out = 64, .n_in = n_in};
  }
  const LinearKernel& kernel = find_weight_format(TensorType::q4_0)->kernels.back();
  const fs::path folder =
      fs::path(testing::TempDir()) / ("kernel_tuning_" + std::to_string(::getpid()));
};

TEST_F(KernelTuningTest, gemm_begins_where_it_never_loses_again) {
  EXPECT_EQ(find_gemm_rows({{2, 1, 2}, {4, 2, 2}, {8, 4, 3}}), 4);
  EXPECT_EQ(find_gemm_rows({{2, 2, 1}, {4, 2, 3}, {8, 4, 3}}), 8);
  EXPECT_EQ(find_gemm_rows({{2, 1, 2}, {4, 2, 3}}), kNeverGemm);
}

TEST_F(KernelTuningTest, switch_points_survive_in_a_file_of_the_machine) {
  KernelTuning tuning("this machine");
  tuning.set_gemm_rows(weight_of(kernel, 2048), 6);
  tuning.set_gemm_rows(weight_of(kernel, 96), kNeverGemm);
  tuning.save(folder);
  const KernelTuning back = KernelTuning::load(folder, "this machine");
  EXPECT_EQ(back.gemm_rows(weight_of(kernel, 2048)), 6);
  EXPECT_EQ(back.gemm_rows(weight_of(kernel, 96)), kNeverGemm);
  EXPECT_EQ(back.gemm_rows(weight_of(kernel, 64)), std::nullopt);
  EXPECT_EQ(KernelTuning::load(folder, "another machine").size(), 0u);
}

TEST_F(KernelTuningTest, a_damaged_file_is_measured_anew) {
  KernelTuning("m").save(folder);
  for (const auto& entry : fs::directory_iterator(folder)) std::ofstream(entry.path()) << "{\"fo";
  EXPECT_EQ(KernelTuning::load(folder, "m").size(), 0u);
}

TEST_F(KernelTuningTest, every_kernel_with_two_shapes_can_be_timed) {
  for (const WeightFormat& format : weight_formats()) {
    const LinearKernel& chosen = choose_linear_kernel(format, detect_cpu_features());
    if (!chosen.run.gemm) continue;
    const WeightProblem problem(format, 40, 256, 1, 3);  // fewer outputs than a timed call takes
    AlignedBuffer packed(chosen.packed_bytes(40, 256));
    chosen.pack(problem.blob(), 0, 40, packed.data());
    const auto times =
        time_shapes({.kernel = &chosen, .n_out = 40, .n_in = 256, .data = packed.data()}, 1);
    ASSERT_FALSE(times.empty());
    for (const ShapeTimes& t : times) EXPECT_TRUE(t.rows > 1 && t.flat > 0 && t.gemm > 0);
  }
}

}  // namespace
}  // namespace caracal
