#include "machine/cpu_features.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace caracal {
namespace {

TEST(CpuFeatures, detection_agrees_with_the_compiler) {
#if defined(__x86_64__)
  const CpuFeatures found = detect_cpu_features();
  EXPECT_EQ(found.has({CpuFeature::avx2}), __builtin_cpu_supports("avx2") != 0);
  EXPECT_EQ(found.has({CpuFeature::fma}), __builtin_cpu_supports("fma") != 0);
  EXPECT_EQ(found.has({CpuFeature::bmi2}), __builtin_cpu_supports("bmi2") != 0);
  EXPECT_EQ(found.has({CpuFeature::avx512f}), __builtin_cpu_supports("avx512f") != 0);
  EXPECT_EQ(found.has({CpuFeature::avx512vnni}), __builtin_cpu_supports("avx512vnni") != 0);
#else
  EXPECT_EQ(detect_cpu_features().bits, 0u);
#endif
}

TEST(CpuFeatures, levels_nest_and_scalar_is_empty) {
  EXPECT_EQ(cpu_feature_mask("scalar").bits, 0u);
  const std::string_view ladder[] = {"scalar",      "avx2", "avx512", "avx512_vnni",
                                     "avx512_bf16", "amx",  "auto"};
  for (size_t i = 1; i < std::size(ladder); ++i)
    EXPECT_TRUE(cpu_feature_mask(ladder[i]).has(cpu_feature_mask(ladder[i - 1]))) << ladder[i];
  EXPECT_TRUE(cpu_feature_mask("avx_vnni").has({CpuFeature::avx_vnni}));
  EXPECT_FALSE(cpu_feature_mask("avx512").has({CpuFeature::avx512vnni}));
}

TEST(CpuFeatures, an_unknown_level_is_named_with_the_known_ones) {
  try {
    cpu_feature_mask("avx9");
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::bad_config);
    EXPECT_NE(std::string(e.what()).find("avx9"), std::string::npos);
    EXPECT_NE(std::string(e.what()).find("avx512_vnni"), std::string::npos);
  }
}

TEST(CpuFeatures, prints_names_in_a_fixed_order) {
  EXPECT_EQ(to_string({}), "scalar");
  EXPECT_EQ(to_string(kAvx2Level), "avx2 fma f16c bmi2");
}

}  // namespace
}  // namespace caracal
