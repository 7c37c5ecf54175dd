#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/file.h"
#include "base/float16.h"
#include "base/json.h"
#include "base/rng.h"
#include "base/utf8.h"

namespace caracal {
namespace {

TEST(Float16, every_f16_survives_a_round_trip) {
  for (uint32_t h = 0; h < 0x10000; ++h) {
    const float f = f16_to_f32(static_cast<uint16_t>(h));
    if (std::isnan(f)) continue;
    EXPECT_EQ(f32_to_f16(f), h);
  }
}

TEST(Float16, rounds_to_nearest_even_and_overflows_to_infinity) {
  EXPECT_EQ(f32_to_f16(1.0f + 0x1p-11f), 0x3C00);      // tie, even below
  EXPECT_EQ(f32_to_f16(1.0f + 3 * 0x1p-11f), 0x3C02);  // tie, even above
  EXPECT_EQ(f32_to_f16(65519.0f), 0x7BFF);
  EXPECT_EQ(f32_to_f16(65520.0f), 0x7C00);
  EXPECT_EQ(f32_to_f16(0x1p-25f), 0x0000);
  EXPECT_EQ(f32_to_f16(0x1.8p-25f), 0x0001);
  EXPECT_EQ(f32_to_bf16(1.0f + 0x1p-8f), 0x3F80);
  EXPECT_EQ(f32_to_bf16(1.0f + 3 * 0x1p-8f), 0x3F82);
}

TEST(Rng, philox_matches_the_published_vectors) {
  // Random123 known-answer tests for philox4x32-10, counter and key zero / all ones.
  Rng zero(0, 0);
  EXPECT_EQ(zero.next_u32(), 0x6627e8d5u);
  EXPECT_EQ(zero.next_u32(), 0xe169c58du);
  EXPECT_EQ(zero.next_u32(), 0xbc57ac4cu);
  EXPECT_EQ(zero.next_u32(), 0x9b00dbd8u);
}

TEST(Rng, seek_gives_the_same_draw_whatever_was_drawn_before) {
  Rng a(42, 7), b(42, 7);
  for (int i = 0; i < 10; ++i) a.next_u32();
  b.seek(10);
  EXPECT_EQ(a.next_u32(), b.next_u32());
}

TEST(Utf8, a_prefix_never_ends_inside_a_character) {
  const std::string text = "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80";
  for (size_t n = 0; n <= text.size(); ++n) {
    const std::string_view part(text.data(), n);
    EXPECT_TRUE(is_valid_utf8(part.substr(0, complete_utf8_prefix(part)))) << n;
  }
  EXPECT_EQ(complete_utf8_prefix("\xFF"), 1u);
  EXPECT_EQ(sanitize_utf8("x\xED\xA0\x80y"), "x\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDy");
}

TEST(JsonText, deep_nesting_is_an_error_and_not_a_crash) {
  EXPECT_THROW(parse_json(std::string(100000, '['), "test"), Error);
  EXPECT_EQ(to_text(Json("\xFF")), "\"\xEF\xBF\xBD\"");
}

TEST(JsonText, an_object_of_endless_members_is_an_error_and_not_an_hour) {
  std::string text = "{";
  for (int i = 0; i < 100'000; ++i) text += fmt::format("\"{}\":0,", i);
  EXPECT_THROW(parse_json(text + "\"last\":0}", "test"), Error);
  EXPECT_EQ(parse_json("[{\"a\":1},{\"a\":2}]", "test", {.members = 1}).size(), 2u);
  EXPECT_THROW(parse_json("{\"a\":1,\"b\":2}", "test", {.members = 1}), Error);
}

TEST(AtomicFile, without_commit_nothing_is_left) {
  const auto path = std::filesystem::temp_directory_path() / "caracal_atomic_test";
  std::filesystem::remove(path);
  {
    AtomicFile f(path);
    f.write("half");
  }
  EXPECT_FALSE(std::filesystem::exists(path));
  write_file_atomic(path, "whole");
  EXPECT_EQ(read_file(path), "whole");
  std::filesystem::remove(path);
}

TEST(MappedFile, a_file_that_was_read_equals_one_that_is_mapped) {
  const auto path = std::filesystem::temp_directory_path() / "caracal_mapped_test";
  write_file_atomic(path, std::string(10000, 'x') + "end");
  const MappedFile mapped(path), read(path, MappedFile::Access::read);
  EXPECT_TRUE(std::ranges::equal(mapped.bytes(), read.bytes()));
  EXPECT_EQ(read.bytes().size(), 10003u);
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace caracal
