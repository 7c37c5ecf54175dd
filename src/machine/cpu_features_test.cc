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

TEST(CpuFeatures, names_are_joined_from_left_to_right) {
  const CpuFeatures bf16 = {CpuFeature::avx512bf16};
  EXPECT_EQ(cpu_feature_mask("avx2+avx_vnni").bits, cpu_feature_mask("avx_vnni").bits);
  EXPECT_EQ(cpu_feature_mask("auto-avx512_bf16").bits | bf16.bits, cpu_feature_mask("auto").bits);
  EXPECT_FALSE(cpu_feature_mask("auto-avx512bf16").has(bf16));
  EXPECT_EQ(cpu_feature_mask("avx512_bf16-avx512_bf16").bits, cpu_feature_mask("avx512_vnni").bits);
  EXPECT_EQ(cpu_feature_mask("avx512_vnni-avx512").bits,
            cpu_feature_mask("avx2+avx512_vnni-avx512").bits);
  EXPECT_FALSE(cpu_feature_mask("avx512-avx512bw").has({CpuFeature::avx512bw}));
  EXPECT_TRUE(cpu_feature_mask("avx512-avx512bw").has(kAvx2Level));
  EXPECT_TRUE(cpu_feature_mask("scalar-avx2+avx2").has(kAvx2Level));
  EXPECT_EQ(cpu_feature_mask("avx2-f16c").bits | CpuFeatures{CpuFeature::f16c}.bits,
            kAvx2Level.bits);
}

TEST(CpuFeatures, levels_are_what_kernels_of_their_files_need) {
  EXPECT_EQ(cpu_feature_mask("avx2").bits, kAvx2Level.bits);
  EXPECT_EQ(cpu_feature_mask("avx_vnni").bits, kAvxVnniLevel.bits);
  EXPECT_EQ(cpu_feature_mask("avx512").bits, kAvx512Level.bits);
  EXPECT_EQ(cpu_feature_mask("avx512_vnni").bits, kAvx512VnniLevel.bits);
  EXPECT_EQ(cpu_feature_mask("avx512_bf16").bits, kAvx512Bf16Level.bits);
  EXPECT_EQ(cpu_feature_mask("amx").bits, kAmxLevel.bits);
}

TEST(CpuFeatures, needs_have_the_name_of_the_lowest_level_that_meets_them) {
  EXPECT_EQ(level_name({}), "scalar");
  EXPECT_EQ(level_name({CpuFeature::f16c}), "avx2");
  for (std::string_view level :
       {"scalar", "avx2", "avx_vnni", "avx512", "avx512_vnni", "avx512_bf16", "amx"})
    EXPECT_EQ(level_name(cpu_feature_mask(level)), level);
}

TEST(CpuFeatures, a_list_with_an_odd_or_empty_name_is_refused) {
  for (std::string_view isa : {"", "+", "avx2+", "-avx2", "avx2++avx512", "avx2,avx512", "AVX2",
                               "avx2 + avx512", "auto-avx1024"})
    EXPECT_THROW(cpu_feature_mask(isa), Error) << isa;
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
