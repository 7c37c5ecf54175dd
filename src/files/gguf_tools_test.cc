/// Splitting, merging, editing and hashing GGUF files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>

#include "base/error.h"
#include "base/file.h"
#include "files/gguf_copy.h"
#include "files/gguf_hash.h"
#include "files/gguf_samples.h"
#include "files/gguf_split_writer.h"

namespace caracal {
namespace {

namespace fs = std::filesystem;
using samples::bytes_of;
using testing::ElementsAre;
using testing::HasSubstr;

class GgufTools : public testing::Test {
 protected:
  void SetUp() override { fs::create_directories(dir_); }
  void TearDown() override { fs::remove_all(dir_); }

  fs::path write(std::string_view name, std::string_view image) const {
    write_file_atomic(dir_ / name, image);
    return dir_ / name;
  }
  /// Keys of every type, tensors of several, and an alignment in the middle of the keys.
  static std::string rich_image() {
    GgufHeader header(64, GgufHeader::AlignmentKey::from_caller);
    header.set_string("general.architecture", "llama");
    header.set<uint32_t>("general.alignment", 64);
    samples::add_every_type(header);
    header.add_tensor("matrix", TensorType::f32, std::array<int64_t, 2>{2, 3});
    header.add_tensor("vector", TensorType::f16, std::array<int64_t, 1>{5});
    header.add_tensor("blocks", TensorType::q4_1, std::array<int64_t, 2>{2, 32});
    header.add_tensor("later", TensorType::q6_k, std::array<int64_t, 3>{1, 1, 256});
    return samples::image_of(header);
  }
  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(dir_)) names.push_back(entry.path().filename());
    std::ranges::sort(names);
    return names;
  }

  fs::path dir_ = fs::temp_directory_path() / fmt::format("caracal_gguf_tools_{}", getpid());
};

template <class F>
std::string message_of(F&& f) {
  try {
    f();
  } catch (const Error& e) {
    return e.what();
  }
  return "no error";
}

TEST_F(GgufTools, split_and_merge_give_every_byte_back) {
  const std::string image = rich_image();
  const Gguf whole = Gguf::open(write("whole.gguf", image));
  for (const GgufSplitLimits& limits :
       {GgufSplitLimits{.max_tensors = 1}, GgufSplitLimits{.max_tensors = 3},
        GgufSplitLimits{.max_bytes = 60}, GgufSplitLimits{.first_is_bare = true},
        GgufSplitLimits{}}) {
    const auto parts = split_gguf(whole, (dir_ / "part").string(), limits);
    {
      const Gguf split = Gguf::open(parts.back());
      EXPECT_EQ(split.n_shards(), static_cast<int>(parts.size()));
      EXPECT_EQ(hash_gguf(split).tensors, hash_gguf(whole).tensors);
      EXPECT_EQ(hash_gguf(split).metadata, hash_gguf(whole).metadata);
      GgufCopy(split).write(dir_ / "merged.gguf");
    }
    EXPECT_EQ(read_file(dir_ / "merged.gguf"), image);
    for (const fs::path& part : parts) fs::remove(part);
  }
}

TEST_F(GgufTools, parts_have_the_names_and_keys_of_the_field) {
  const Gguf whole = Gguf::open(write("whole.gguf", rich_image()));
  split_gguf(whole, (dir_ / "model").string(), {.max_tensors = 2});
  EXPECT_THAT(files(),
              ElementsAre("model-00001-of-00002.gguf", "model-00002-of-00002.gguf", "whole.gguf"));
  const std::string second = read_file(dir_ / "model-00002-of-00002.gguf");
  EXPECT_THAT(second,
              HasSubstr("split.no" + samples::raw(uint32_t{2}) + samples::raw(uint16_t{1})));
  EXPECT_THAT(second,
              HasSubstr("split.count" + samples::raw(uint32_t{2}) + samples::raw(uint16_t{2})));
  EXPECT_THAT(second, HasSubstr("split.tensors.count" + samples::raw(uint32_t{5}) +
                                samples::raw(int32_t{4})));
}

TEST_F(GgufTools, a_plan_keeps_its_limits_and_never_cuts_a_tensor) {
  const std::string image = rich_image();
  const Gguf gguf = Gguf::parse(bytes_of(image), "image");
  const auto plan = [&](GgufSplitLimits limits) { return plan_gguf_split(gguf.tensors(), limits); };
  // 24, 10, 40 and 210 bytes.
  EXPECT_THAT(plan({}), ElementsAre(0));
  EXPECT_THAT(plan({.max_tensors = 3}), ElementsAre(0, 3));
  EXPECT_THAT(plan({.max_bytes = 34}), ElementsAre(0, 2, 3));
  EXPECT_THAT(plan({.max_bytes = 1}), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(plan({.max_tensors = 2, .first_is_bare = true}), ElementsAre(0, 0, 2));
}

TEST_F(GgufTools, parts_never_replace_a_file_and_none_is_left_of_a_failure) {
  const Gguf whole = Gguf::open(write("whole.gguf", rich_image()));
  write("model-00002-of-00002.gguf", "mine");
  EXPECT_THAT(message_of([&] { split_gguf(whole, (dir_ / "model").string(), {.max_tensors = 2}); }),
              HasSubstr("expected to be free"));
  EXPECT_THAT(message_of([&] { split_gguf(whole, (dir_ / "no" / "x").string(), {}); }),
              testing::Ne("no error"));
  EXPECT_THAT(files(), ElementsAre("model-00002-of-00002.gguf", "whole.gguf"));
}

TEST_F(GgufTools, edits_change_what_they_name_and_nothing_else) {
  const fs::path path = write("whole.gguf", rich_image());
  const Gguf whole = Gguf::open(path);
  GgufCopy copy(whole);
  copy.set("string", parse_gguf_value("string:another: text", "string"));
  copy.set("new", parse_gguf_value("i16[]:[1,-2,3]", "new"));
  copy.set("words", parse_gguf_value("string[]:[\"a\",\"\\u20ac\"]", "words"));
  copy.rename("u8", "u8.renamed");
  copy.remove("f64");
  copy.write(path);  // over the source: its map stays what it was
  const Gguf changed = Gguf::open(path);
  EXPECT_EQ(changed.get_string("string"), "another: text");
  EXPECT_THAT(*changed.get_ints("new"), ElementsAre(1, -2, 3));
  EXPECT_THAT(*changed.get_strings("words"), ElementsAre("a", "\xe2\x82\xac"));
  EXPECT_EQ(changed.get_int("u8.renamed"), 255);
  EXPECT_EQ(changed.find("u8"), nullptr);
  EXPECT_EQ(changed.find("f64"), nullptr);
  EXPECT_EQ(changed.metadata().size(), whole.metadata().size() + 1);
  EXPECT_EQ(changed.metadata()[2].first, "u8.renamed");
  EXPECT_EQ(hash_gguf(changed).tensors, hash_gguf(whole).tensors);
  EXPECT_NE(hash_gguf(changed).metadata, hash_gguf(whole).metadata);
}

TEST_F(GgufTools, edits_that_cannot_be_are_refused) {
  const std::string image = rich_image();
  const Gguf gguf = Gguf::parse(bytes_of(image), "image");
  GgufCopy copy(gguf);
  EXPECT_THAT(message_of([&] { copy.remove("absent"); }), HasSubstr("'absent'"));
  EXPECT_THAT(message_of([&] { copy.rename("u8", "i8"); }), HasSubstr("'i8': expected to be free"));
  EXPECT_THAT(message_of([&] { copy.set("split.no", make_gguf_string("x")); }), HasSubstr("split"));
  copy.set("general.alignment", parse_gguf_value("u32:7", ""));
  EXPECT_THAT(message_of([&] { copy.write(dir_ / "no.gguf"); }), HasSubstr("power of two"));
  EXPECT_FALSE(fs::exists(dir_ / "no.gguf"));
}

TEST(GgufTypedValue, holds_what_its_type_can) {
  const auto value = [](std::string_view text) { return parse_gguf_value(text, "key"); };
  EXPECT_EQ(std::get<uint64_t>(value("u8:255").value.value), 255u);
  EXPECT_EQ(std::get<uint64_t>(value("u64:18446744073709551615").value.value), UINT64_MAX);
  EXPECT_EQ(std::get<int64_t>(value("i64:-9223372036854775808").value.value), INT64_MIN);
  EXPECT_EQ(std::get<double>(value("f32:0.1").value.value), double{0.1f});
  EXPECT_TRUE(std::isinf(std::get<double>(value("f32:inf").value.value)));
  EXPECT_EQ(std::get<bool>(value("bool:true").value.value), true);
  EXPECT_EQ(std::get<std::string_view>(value("string:").value.value), "");
  EXPECT_EQ(to_text(value("boolean[]:[true,false]").value), "[true, false]");
  for (const char* bad :
       {"u8:256", "u8:-1", "i8:128", "u32:1.5", "u32:", "f32:1e39", "f32:x", "bool:1", "u8",
        "array:1", "u99:1", "u8[]:[256]", "u8[]:1", "u8[]:[\"1\"]", "string[]:[1]", "u8[]:[1"})
    EXPECT_THROW(value(bad), Error) << bad;
}

TEST(GgufHash, does_not_depend_on_the_order_of_keys_and_tensors) {
  const auto image_of = [](bool swapped) {
    GgufHeader header;
    const char* keys[] = {"a", "b"};
    for (int i : {0, 1}) header.set<uint32_t>(keys[swapped ? 1 - i : i], swapped ? 1 - i : i);
    return header.encode();
  };
  const std::string one = image_of(false), other = image_of(true);
  EXPECT_NE(one, other);
  EXPECT_EQ(hash_gguf(Gguf::parse(bytes_of(one), "one")).metadata,
            hash_gguf(Gguf::parse(bytes_of(other), "other")).metadata);
}

}  // namespace
}  // namespace caracal
