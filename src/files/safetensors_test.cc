#include "files/safetensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/error.h"
#include "files/safetensors_samples.h"

namespace caracal {
namespace {

namespace fs = std::filesystem;
using samples::safetensors_entry;
using samples::safetensors_image;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(Safetensors, gives_every_tensor_with_its_type_shape_and_bytes) {
  const std::string image = samples::safetensors_seeds().at("several");
  const Safetensors file = Safetensors::parse(std::as_bytes(std::span(image)), "image");
  ASSERT_EQ(file.tensors().size(), 5u);
  const SafetensorsTensor* matrix = file.find("w");
  ASSERT_TRUE(matrix);
  EXPECT_EQ(matrix->type->tensor_type, TensorType::f32);
  EXPECT_THAT(matrix->shape, ElementsAre(2, 3));
  EXPECT_EQ(matrix->data.size(), 24u);
  EXPECT_EQ(matrix->data[0], std::byte{0});
  EXPECT_EQ(file.find("b")->type->tensor_type, TensorType::bf16);
  EXPECT_EQ(file.find("b")->data[0], std::byte{24});
  EXPECT_TRUE(file.find("scalar")->shape.empty());
  EXPECT_EQ(file.find("scalar")->data.size(), 8u);
  EXPECT_TRUE(file.find("none")->data.empty());
  EXPECT_FALSE(file.find("packed")->type->tensor_type);
  EXPECT_EQ(file.find("v"), nullptr);
}

/// Two shards and their index in a folder of their own.
class SafetensorsIndex : public testing::Test {
 protected:
  void SetUp() override {
    dir_ = fs::temp_directory_path() / fmt::format("caracal_shards_{}", ::getpid());
    fs::create_directories(dir_);
    write("m-1.safetensors",
          safetensors_image("{" + safetensors_entry("a", "F32", "2", "0,8") + "," +
                                safetensors_entry("c", "F16", "2", "8,12") + "}",
                            12));
    write("m-2.safetensors",
          safetensors_image("{" + safetensors_entry("b", "BF16", "2", "0,4") + "}", 4));
  }
  void TearDown() override { fs::remove_all(dir_); }

  void write(const std::string& name, std::string_view text) {
    write_file_atomic(dir_ / name, text);
  }
  /// map: the members of weight_map.
  Safetensors open(const std::string& map) {
    write("m.safetensors.index.json",
          R"({"metadata":{"total_size":12,"x":[1,{"y":null}]},"weight_map":{)" + map + "}}");
    return Safetensors::open(dir_ / "m.safetensors.index.json");
  }
  std::string error(const std::string& map) {
    try {
      open(map);
    } catch (const Error& e) {
      return e.what();
    }
    return "";
  }

  fs::path dir_;
};

TEST_F(SafetensorsIndex, joins_the_shards_and_leaves_out_what_it_does_not_name) {
  const Safetensors file = open(R"("b":"m-2.safetensors","a":"m-1.safetensors")");
  ASSERT_EQ(file.tensors().size(), 2u);
  EXPECT_EQ(file.find("a")->shard, 0);
  EXPECT_EQ(file.find("b")->shard, 1);
  EXPECT_EQ(file.find("b")->data[1], std::byte{1});
  EXPECT_EQ(file.find("c"), nullptr);
  EXPECT_EQ(file.n_shards(), 2);
}

TEST_F(SafetensorsIndex, names_what_is_missing) {
  EXPECT_THAT(error(R"("a":"m-1.safetensors","z":"m-2.safetensors")"),
              HasSubstr("expected tensor 'z' in 'm-2.safetensors'"));
  EXPECT_THAT(error(R"("a":"m-3.safetensors")"), HasSubstr("m-3.safetensors: cannot open"));
  EXPECT_THAT(error(""), HasSubstr("expected a weight_map with tensors"));
}

TEST_F(SafetensorsIndex, refuses_what_is_no_plain_name_of_a_shard) {
  for (const char* shard :
       {"../m-1.safetensors", "/etc/m-1.safetensors", "..", "", "a/b.safetensors", "m-1.bin",
        R"(a\\b.safetensors)", "m\\u0000.safetensors", ".safetensors.safetensors"})
    EXPECT_THAT(error(fmt::format(R"("a":"{}")", shard)), HasSubstr("to be plain names")) << shard;
  for (const char* entry : {R"("a":1)", R"("a":null)", R"("a":["m-1.safetensors"])", R"("a":{})"})
    EXPECT_THAT(error(entry), HasSubstr("weight_map: expected")) << entry;
  EXPECT_THAT(error(R"("a":"m-1.safetensors","a":"m-2.safetensors")"), HasSubstr("'a' again"));
}

// The corpus of the fuzz target is what the samples say; CARACAL_WRITE_CORPUS=1 writes it anew.
TEST(SafetensorsFuzzCorpus, holds_the_samples) {
  const fs::path dir = fs::path(CARACAL_SOURCE_DIR) / "tests/fuzz/corpus/safetensors";
  if (std::getenv("CARACAL_WRITE_CORPUS")) {
    fs::create_directories(dir);
    for (const auto& [name, image] : samples::safetensors_seeds())
      write_file_atomic(dir / name, image);
  }
  for (const auto& [name, image] : samples::safetensors_seeds())
    EXPECT_EQ(read_file(dir / name), image) << name;
}

}  // namespace
}  // namespace caracal
