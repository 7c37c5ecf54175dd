#include "files/gguf.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/error.h"
#include "base/file.h"
#include "base/test_data.h"
#include "files/gguf_samples.h"
#include "files/gguf_writer.h"

namespace caracal {
namespace {

namespace fs = std::filesystem;
using samples::bytes_of;
using testing::ElementsAre;
using testing::HasSubstr;

/// A folder of its own that goes with the test.
class GgufFiles : public testing::Test {
 protected:
  void SetUp() override {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    dir_ = fs::temp_directory_path() / fmt::format("caracal_{}_{}", info->name(), getpid());
    fs::create_directories(dir_);
  }
  void TearDown() override { fs::remove_all(dir_); }

  fs::path write(std::string_view name, std::string_view image) const {
    write_file_atomic(dir_ / name, image);
    return dir_ / name;
  }

  fs::path dir_;
};

std::string message_of(const fs::path& path) {
  try {
    Gguf::open(path);
  } catch (const Error& e) {
    return e.what();
  }
  return "no error";
}

TEST(GgufMetadata, every_type_survives_writer_and_reader) {
  const std::string image = samples::every_type_image();
  const Gguf gguf = Gguf::parse(bytes_of(image), "image");
  EXPECT_EQ(gguf.version(), 3u);
  EXPECT_EQ(gguf.metadata().size(), 17u);
  EXPECT_EQ(gguf.get_int("u8"), 255);
  EXPECT_EQ(gguf.get_int("i8"), -128);
  EXPECT_EQ(gguf.get_int("u16"), 65535);
  EXPECT_EQ(gguf.get_int("i16"), -32768);
  EXPECT_EQ(gguf.get_int("u32"), 4294967295);
  EXPECT_EQ(gguf.get_int("i32"), INT32_MIN);
  EXPECT_EQ(gguf.get_int("i64"), INT64_MIN);
  EXPECT_EQ(std::get<uint64_t>(gguf.find("u64")->value), UINT64_MAX);
  EXPECT_EQ(gguf.get_float("f32"), double{0.1f});
  EXPECT_EQ(gguf.get_float("f64"), 0.1);
  EXPECT_EQ(gguf.get_bool("bool"), true);
  EXPECT_EQ(gguf.get_string("string"), "caracal");
  EXPECT_THAT(*gguf.get_ints("u16s"), ElementsAre(1, 2, 65535));
  EXPECT_THAT(*gguf.get_ints("i32s"), ElementsAre(-1, 7));
  EXPECT_THAT(*gguf.get_floats("f32s"), ElementsAre(0.5, -2));
  EXPECT_THAT(*gguf.get_ints("bools"), ElementsAre(1, 0, 1));
  EXPECT_THAT(*gguf.get_strings("strings"), ElementsAre("", "a", "\xE2\x82\xAC"));
}

TEST(GgufMetadata, an_absent_key_is_nothing_and_a_wrong_type_an_error) {
  const std::string image = samples::every_type_image();
  const Gguf gguf = Gguf::parse(bytes_of(image), "image");
  EXPECT_EQ(gguf.get_int("absent"), std::nullopt);
  EXPECT_EQ(gguf.get_strings("absent"), nullptr);
  EXPECT_THROW(gguf.get_int("u64"), Error);  // 2^64 - 1 does not fit
  EXPECT_THROW(gguf.get_int("f32"), Error);
  EXPECT_THROW(gguf.get_int("bool"), Error);
  EXPECT_THROW(gguf.get_float("u8"), Error);
  EXPECT_THROW(gguf.get_bool("u8"), Error);
  EXPECT_THROW(gguf.get_string("strings"), Error);
  EXPECT_THROW(gguf.get_strings("string"), Error);
  EXPECT_THROW(gguf.get_ints("f32s"), Error);
  EXPECT_THROW(gguf.get_floats("i32s"), Error);
  try {
    gguf.get_string("i32s");
  } catch (const Error& e) {
    EXPECT_THAT(e.what(), HasSubstr("'i32s': expected a string, found array [-1, 7]"));
  }
}

TEST(GgufMetadata, prints_as_one_short_line) {
  const std::string image = samples::every_type_image();
  const Gguf gguf = Gguf::parse(bytes_of(image), "image");
  EXPECT_EQ(to_text(*gguf.find("f32")), "0.1");
  EXPECT_EQ(to_text(*gguf.find("u64")), "18446744073709551615");
  EXPECT_EQ(to_text(*gguf.find("string")), "'caracal'");
  EXPECT_EQ(to_text(*gguf.find("bools")), "[true, false, true]");
  EXPECT_EQ(to_text(*gguf.find("strings"), 2), "['', 'a', ... (3 x string)]");
}

TEST(GgufMetadata, copied_values_are_the_same_bytes) {
  std::string image = samples::every_type_image();
  const Gguf gguf = Gguf::parse(bytes_of(image), "image");
  GgufHeader copy;
  for (const auto& [key, value] : gguf.metadata()) copy.set_value(key, value);
  EXPECT_EQ(copy.encode(), image);
  image = samples::nested_image(3);
  const Gguf nested = Gguf::parse(bytes_of(image), "image");
  GgufHeader nested_copy;
  nested_copy.set_value("nested", *nested.find("nested"));
  EXPECT_EQ(nested_copy.encode().substr(0, image.size()), image);
}

TEST(GgufTensors, shapes_types_and_bytes_come_back) {
  const std::string image = samples::tensors_image();
  const Gguf gguf = Gguf::parse(bytes_of(image), "image");
  ASSERT_EQ(gguf.tensors().size(), 4u);
  const GgufTensor* matrix = gguf.find_tensor("matrix");
  ASSERT_NE(matrix, nullptr);
  EXPECT_THAT(matrix->shape, ElementsAre(2, 3));
  EXPECT_EQ(matrix->type, TensorType::f32);
  EXPECT_EQ(matrix->data.size(), 24u);
  EXPECT_EQ(matrix->data[23], std::byte{23});
  const GgufTensor* blocks = gguf.find_tensor("blocks");
  EXPECT_EQ(blocks->data.size(), 40u);
  EXPECT_EQ(blocks->data[1], std::byte{33});
  EXPECT_EQ(gguf.find_tensor("later")->type, TensorType::q6_k);  // known, not readable: still opens
  EXPECT_EQ(gguf.find_tensor("absent"), nullptr);
  for (const GgufTensor& tensor : gguf.tensors())
    EXPECT_EQ((tensor.data.data() - bytes_of(image).data()) % 64, 0) << tensor.name;
}

TEST(GgufTensors, version_2_reads_like_version_3) {
  std::string image = samples::tensors_image();
  image[4] = 2;
  const Gguf gguf = Gguf::parse(bytes_of(image), "image");
  EXPECT_EQ(gguf.version(), 2u);
  EXPECT_EQ(gguf.tensors().size(), 4u);
}

TEST_F(GgufFiles, streamed_data_lies_where_the_header_says) {
  GgufHeader header;
  header.add_tensor("a", TensorType::f32, std::array<int64_t, 1>{3});
  header.add_tensor("b", TensorType::i8, std::array<int64_t, 2>{2, 2});
  {
    GgufWriter writer(dir_ / "m.gguf", header);
    writer.write(bytes_of("0123"));  // in pieces
    writer.write(bytes_of("456789ab"));
    writer.write(bytes_of("wxyz"));
    EXPECT_FALSE(fs::exists(dir_ / "m.gguf"));
    writer.commit();
  }
  const Gguf gguf = Gguf::open(dir_ / "m.gguf");
  EXPECT_EQ(std::memcmp(gguf.find_tensor("a")->data.data(), "0123456789ab", 12), 0);
  EXPECT_EQ(std::memcmp(gguf.find_tensor("b")->data.data(), "wxyz", 4), 0);
  EXPECT_EQ(gguf.file_bytes(), fs::file_size(dir_ / "m.gguf"));
}

TEST_F(GgufFiles, an_unfinished_writer_leaves_nothing) {
  {
    GgufHeader header;
    header.add_tensor("a", TensorType::f32, std::array<int64_t, 1>{3});
    GgufWriter writer(dir_ / "m.gguf", std::move(header));
    writer.write(bytes_of("0123"));
  }
  EXPECT_TRUE(fs::is_empty(dir_));
}

TEST(GgufHeader, refuses_what_no_reader_takes) {
  GgufHeader header;
  header.set<uint32_t>("key", 1);
  EXPECT_THROW(header.set<uint32_t>("key", 2), Error);
  EXPECT_THROW(header.set_string("", "x"), Error);
  EXPECT_THROW(header.add_tensor("t", TensorType::q4_0, std::array<int64_t, 2>{1, 33}), Error);
  EXPECT_THROW(header.add_tensor("t", TensorType::f32, std::array<int64_t, 5>{1, 1, 1, 1, 1}),
               Error);
  EXPECT_THROW(
      header.add_tensor("t", TensorType::f32, std::array<int64_t, 2>{INT64_C(1) << 40, 1 << 30}),
      Error);
  EXPECT_THROW(GgufHeader(48), Error);
}

/// Three shards of one, two and zero tensors, as the field's splitter writes them.
struct Split {
  int count = 3;
  int64_t n_tensors = 3;
  std::string shard(int no) const {
    GgufHeader header;
    if (no == 0) header.set_string("general.architecture", "llama");
    header.set<uint16_t>("split.no", static_cast<uint16_t>(no));
    header.set<uint16_t>("split.count", static_cast<uint16_t>(count));
    header.set<int32_t>("split.tensors.count", static_cast<int32_t>(n_tensors));
    const std::vector<std::string> names = no == 0   ? std::vector<std::string>{"a"}
                                           : no == 1 ? std::vector<std::string>{"b", "c"}
                                                     : std::vector<std::string>{};
    for (const std::string& name : names)
      header.add_tensor(name, TensorType::i8, std::array<int64_t, 1>{4});
    return samples::image_of(header);
  }
};

std::string shard_name(int no) { return fmt::format("m-{:05}-of-00003.gguf", no + 1); }

TEST_F(GgufFiles, any_shard_opens_all) {
  for (int i = 0; i < 3; ++i) write(shard_name(i), Split{}.shard(i));
  for (int i = 0; i < 3; ++i) {
    const Gguf gguf = Gguf::open(dir_ / shard_name(i));
    EXPECT_EQ(gguf.n_shards(), 3);
    EXPECT_EQ(gguf.get_string("general.architecture"), "llama");
    EXPECT_EQ(gguf.get_int("split.no"), 0);
    ASSERT_EQ(gguf.tensors().size(), 3u);
    EXPECT_EQ(gguf.find_tensor("c")->shard, 1);
    EXPECT_EQ(gguf.find_tensor("c")->data[1], std::byte{17});
  }
}

TEST_F(GgufFiles, a_missing_shard_is_named) {
  write(shard_name(0), Split{}.shard(0));
  write(shard_name(2), Split{}.shard(2));
  EXPECT_THAT(message_of(dir_ / shard_name(0)), HasSubstr(shard_name(1)));
}

TEST_F(GgufFiles, wrong_split_keys_are_errors) {
  const auto expect = [&](int bad, const Split& split, int no, std::string_view message) {
    for (int i = 0; i < 3; ++i) write(shard_name(i), i == bad ? split.shard(no) : Split{}.shard(i));
    EXPECT_THAT(message_of(dir_ / shard_name(0)), HasSubstr(message));
  };
  expect(1, Split{}, 2, "'split.no': expected 1, found 2");
  expect(2, Split{}, 1, "'split.no': expected 2, found 1");
  expect(1, Split{.count = 4}, 1, "'split.count': expected 3, found 4");
  expect(1, Split{.n_tensors = 9}, 1, "'split.tensors.count': expected 3, found 9");
  expect(0, Split{.count = 4}, 0, "-00001-of-00004.gguf");
  expect(0, Split{.n_tensors = -1}, 0, "'split.tensors.count': expected 0 to");
  expect(0, Split{.count = 2}, 2, "'split.no': expected 0 to 1, found 2");
  for (int i = 0; i < 3; ++i) write(shard_name(i), Split{.n_tensors = 4}.shard(i));
  EXPECT_THAT(message_of(dir_ / shard_name(1)), HasSubstr("as many as the 3 shards hold, found 4"));
}

TEST_F(GgufFiles, a_tensor_in_two_shards_is_an_error) {
  const Split split{.n_tensors = 5};
  for (int i = 0; i < 3; ++i) write(shard_name(i), split.shard(i));
  std::string third = split.shard(1);  // repeats b and c as shard 3
  third[third.find("split.no") + 8 + 4] = 2;
  write(shard_name(2), third);
  EXPECT_THAT(message_of(dir_ / shard_name(0)), HasSubstr("tensor 'b': expected in one shard"));
}

TEST_F(GgufFiles, a_split_key_needs_the_split_name) {
  const fs::path path = write("renamed.gguf", Split{}.shard(0));
  EXPECT_THAT(message_of(path), HasSubstr("one of 3 shards"));
  GgufHeader merged;  // what the field's merge tool leaves behind
  merged.set<uint16_t>("split.no", 0);
  merged.set<uint16_t>("split.count", 0);
  merged.set<int32_t>("split.tensors.count", 0);
  EXPECT_EQ(message_of(write("merged.gguf", merged.encode())), "no error");
  EXPECT_THROW(Gguf::parse(bytes_of(Split{}.shard(0)), "image"), Error);
}

TEST_F(GgufFiles, a_missing_file_a_folder_and_an_empty_file_are_named) {
  EXPECT_THAT(message_of(dir_ / "absent.gguf"), HasSubstr("absent.gguf"));
  EXPECT_THAT(message_of(dir_), HasSubstr("regular file"));
  EXPECT_THAT(message_of(write("empty.gguf", "")), HasSubstr("empty.gguf at byte 0"));
}

TEST(GgufSharedData, the_trained_model_opens) {
  CRCL_NEEDS_TEST_DATA();
  const Gguf gguf = Gguf::open(test_data_dir() / "models" / "stories260K.gguf");
  EXPECT_EQ(gguf.get_int("llama.block_count"), 5);
  EXPECT_EQ(gguf.tensors().size(), 47u);
  EXPECT_EQ(gguf.get_strings("tokenizer.ggml.tokens")->size(), 512u);
  EXPECT_THAT(gguf.find_tensor("blk.0.ffn_gate.weight")->shape, ElementsAre(172, 64));
  gguf.drop(gguf.tensors()[0]);
}

TEST(GgufSharedData, every_vocabulary_opens) {
  CRCL_NEEDS_TEST_DATA();
  int n_files = 0;
  for (const auto& entry : fs::directory_iterator(test_data_dir() / "tokenizers")) {
    if (entry.path().extension() != ".gguf") continue;
    const Gguf gguf = Gguf::open(entry.path());
    EXPECT_GT(gguf.get_strings("tokenizer.ggml.tokens")->size(), 30000u) << entry.path();
    ++n_files;
  }
  EXPECT_EQ(n_files, 7);
}

TEST(Gguf, assembles_a_header_and_bytes_from_elsewhere) {
  GgufHeader header;
  header.set_string("general.architecture", "llama");
  header.add_tensor("from_map", TensorType::f32, std::array<int64_t, 2>{1, 2});
  header.add_tensor("made", TensorType::f16, std::array<int64_t, 1>{4});
  const fs::path path = fs::temp_directory_path() / fmt::format("caracal_backing_{}", ::getpid());
  write_file_atomic(path, "0123456789");
  GgufBacking backing;
  backing.maps.emplace_back(path);
  fs::remove(path);
  backing.memory.emplace_back(8);
  backing.memory[0].data()[3] = std::byte{7};
  backing.places = {{backing.maps[0].bytes().subspan(2, 8), 0},
                    {backing.memory[0].bytes(), GgufTensor::kInMemory}};

  Gguf first = Gguf::assemble("folder", header, std::move(backing));
  const Gguf gguf = std::move(first);
  EXPECT_EQ(gguf.name(), "folder");
  EXPECT_EQ(gguf.get_string("general.architecture"), "llama");
  EXPECT_EQ(gguf.file_bytes(), 10u);
  const GgufTensor* mapped = gguf.find_tensor("from_map");
  ASSERT_TRUE(mapped);
  EXPECT_EQ(mapped->data[0], std::byte{'2'});
  const GgufTensor* made = gguf.find_tensor("made");
  ASSERT_TRUE(made);
  EXPECT_EQ(made->type, TensorType::f16);
  EXPECT_EQ(made->data[3], std::byte{7});
  gguf.drop(*mapped);
  gguf.drop(*made);
}

// The corpus of the fuzz target is what the samples say; CARACAL_WRITE_CORPUS=1 writes it anew.
TEST(GgufFuzzCorpus, holds_the_samples) {
  const fs::path dir = fs::path(CARACAL_SOURCE_DIR) / "tests/fuzz/corpus/gguf";
  if (std::getenv("CARACAL_WRITE_CORPUS")) {
    fs::create_directories(dir);
    for (const auto& [name, image] : samples::fuzz_seeds()) write_file_atomic(dir / name, image);
  }
  for (const auto& [name, image] : samples::fuzz_seeds())
    EXPECT_EQ(read_file(dir / name), image) << name;
}

}  // namespace
}  // namespace caracal
