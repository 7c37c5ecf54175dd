#include "spec/tensor_type.h"

#include <gtest/gtest.h>

#include <set>

namespace caracal {
namespace {

TEST(TensorType, each_type_has_one_row_and_whole_bytes) {
  std::set<TensorType> seen;
  for (const TensorTypeInfo& info : tensor_types()) {
    EXPECT_TRUE(seen.insert(info.type).second) << info.name;
    EXPECT_EQ(tensor_type_info(info.type), &info);
    EXPECT_GT(info.block_elements, 0);
    EXPECT_GT(info.block_bytes, 0);
  }
}

TEST(TensorType, an_id_outside_the_table_is_named_where_it_is_known) {
  EXPECT_EQ(foreign_tensor_type(31), "Q4_0_4_4, a layout that GGUF has dropped");
  EXPECT_EQ(foreign_tensor_type(212), "Q4_K_R4 of ik_llama.cpp");
  EXPECT_EQ(foreign_tensor_type(5000), "");
  for (uint32_t id = 0; id < 1000; ++id)
    EXPECT_FALSE(tensor_type_info(id) && !foreign_tensor_type(id).empty()) << id;
}

TEST(TensorType, the_list_of_readable_types_names_them_all) {
  const std::string list = list_readable_types();
  for (const TensorTypeInfo& info : tensor_types())
    if (info.readable) {
      EXPECT_NE(list.find(info.name), std::string::npos) << info.name;
    }
  EXPECT_EQ(list.substr(0, 15), "F32, F16, BF16,");
  EXPECT_EQ(list.substr(list.size() - 9), " or MXFP4");
}

}  // namespace
}  // namespace caracal
