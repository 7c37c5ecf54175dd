/// Damaged and hostile images: one Error that says where, or a valid object; never a crash.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "base/error.h"
#include "base/file.h"
#include "base/rng.h"
#include "base/test_data.h"
#include "files/gguf.h"
#include "files/gguf_samples.h"

namespace caracal {
namespace {

using samples::bytes_of;
using samples::raw;
using samples::raw_header;
using samples::raw_string;
using testing::AllOf;
using testing::HasSubstr;

/// Parses, reads all that the object offers (sanitizers watch) and returns the error, if any.
std::string try_parse(std::string_view image) {
  // A copy of exactly this size: one byte further is out of bounds for the sanitizers.
  const std::vector<std::byte> copy(bytes_of(image).begin(), bytes_of(image).end());
  try {
    const Gguf gguf = Gguf::parse(copy, "image");
    size_t sum = 0;
    for (const auto& [key, value] : gguf.metadata()) sum += to_text(value, 1 << 20).size();
    for (const GgufTensor& tensor : gguf.tensors())
      sum +=
          std::accumulate(tensor.data.begin(), tensor.data.end(), size_t{0},
                          [](size_t total, std::byte b) { return total + static_cast<size_t>(b); });
    return sum == 0 && !gguf.tensors().empty() ? "all zero" : "";
  } catch (const Error& e) {
    EXPECT_TRUE(e.code() == ErrorCode::bad_file || e.code() == ErrorCode::unsupported);
    EXPECT_FALSE(e.context().empty());
    return e.what();
  }
}

TEST(GgufDamage, truncation_at_every_byte_is_an_error) {
  for (const auto& [name, image] : samples::fuzz_seeds()) {
    // Only what pads the end may be missing.
    const size_t needed = image.find_last_not_of('\0') + 1;
    for (size_t n = 0; n < needed; ++n)
      EXPECT_THAT(try_parse(std::string_view(image).substr(0, n)), HasSubstr("expected"))
          << name << " cut at " << n;
  }
}

TEST(GgufDamage, a_truncated_model_is_an_error) {
  CRCL_NEEDS_TEST_DATA();
  const std::string image = read_file(test_data_dir() / "models" / "stories260K.gguf");
  for (size_t n = 0; n < image.size(); n += 7919)
    EXPECT_THAT(try_parse(std::string_view(image).substr(0, n)), HasSubstr("expected"));
}

TEST(GgufDamage, flipped_bits_give_an_error_or_a_valid_object) {
  Rng rng(2024);
  int n_errors = 0;
  for (const auto& [name, image] : samples::fuzz_seeds()) {
    for (int round = 0; round < 4000; ++round) {
      std::string damaged = image;
      const uint32_t n_flips = 1 + rng.next_u32() % 4;
      for (uint32_t i = 0; i < n_flips; ++i)
        damaged[rng.next_u32() % damaged.size()] ^= static_cast<char>(1 << rng.next_u32() % 8);
      n_errors += !try_parse(damaged).empty();
    }
  }
  EXPECT_GT(n_errors, 1000);
}

TEST(GgufDamage, spliced_extreme_numbers_give_an_error_or_a_valid_object) {
  constexpr uint64_t kExtremes[] = {0,
                                    1,
                                    0x7f,
                                    0xff,
                                    0x7fffffff,
                                    0xffffffff,
                                    uint64_t{1} << 32,
                                    uint64_t{1} << 61,
                                    INT64_MAX,
                                    uint64_t{1} << 63,
                                    UINT64_MAX,
                                    UINT64_MAX - 31};
  for (const auto& [name, image] : samples::fuzz_seeds())
    for (size_t at = 4; at + 8 <= image.size(); ++at)
      for (uint64_t extreme : kExtremes) {
        std::string damaged = image;
        std::memcpy(damaged.data() + at, &extreme, 8);
        try_parse(damaged);
      }
}

/// A hostile image and what the message must say.
struct Attack {
  std::string name;
  std::string image;
  std::vector<std::string> says;
};

std::string tensor_entry(std::string_view name, std::vector<uint64_t> dims, uint32_t type,
                         uint64_t offset) {
  std::string entry = raw_string(name) + raw(static_cast<uint32_t>(dims.size()));
  for (uint64_t dim : dims) entry += raw(dim);
  return entry + raw(type) + raw(offset);
}

std::string u32_key(std::string_view key, uint32_t value) {
  return raw_string(key) + raw(uint32_t{4}) + raw(value);
}

std::string array_key(uint32_t element, uint64_t count) {
  return raw_string("k") + raw(uint32_t{9}) + raw(element) + raw(count);
}

std::vector<Attack> attacks() {
  const std::string data(256, '\1');
  const auto one_tensor = [&](std::vector<uint64_t> dims, uint32_t type, uint64_t offset) {
    return raw_header(1, 0) + tensor_entry("t", std::move(dims), type, offset) + data;
  };
  const auto aligned_to = [&](uint32_t alignment) {
    return raw_header(0, 1) + u32_key("general.alignment", alignment) + data;
  };
  constexpr uint64_t kHuge = uint64_t{1} << 62;
  return {
      {"magic", "ggjt" + raw_header(0, 0).substr(4), {"at byte 0", "'GGUF'", "'ggjt'"}},
      {"version_0", raw_header(0, 0, 0), {"at byte 4", "version 2 or 3", "GGUF v0"}},
      {"version_1", raw_header(0, 0, 1), {"at byte 4", "version 2 or 3", "GGUF v1"}},
      {"version_4", raw_header(0, 0, 4), {"version 2 or 3", "GGUF v4"}},
      {"big_endian", raw_header(0, 0, 0x03000000), {"little-endian", "big-endian", "version 3"}},
      {"tensor_count", raw_header(kHuge, 0), {"at byte 8", "tensor count"}},
      {"tensor_count_beyond_file", raw_header(1000, 0) + data, {"rest of the file", "1000"}},
      {"key_count", raw_header(0, UINT64_MAX), {"at byte 16", "key count"}},
      {"key_length", raw_header(0, 1) + raw(UINT64_MAX) + data, {"at byte 24", "length"}},
      {"key_empty", raw_header(0, 1) + raw_string("") + data, {"name of 1 to 65535"}},
      {"key_too_long",
       raw_header(0, 1) + raw_string(std::string(65536, 'k')) + data,
       {"name of 1 to 65535", "65536"}},
      {"key_type", raw_header(0, 1) + raw_string("k") + raw(13u) + data, {"0 to 12", "found 13"}},
      {"key_twice", raw_header(0, 2) + u32_key("k", 1) + u32_key("k", 2), {"'k'", "each key once"}},
      {"boolean", raw_header(0, 1) + raw_string("k") + raw(7u) + "\2", {"boolean", "found 2"}},
      {"booleans",
       raw_header(0, 1) + array_key(7, 3) + std::string("\0\1\5", 3),
       {"at byte 51", "found 5"}},
      {"string_length",
       raw_header(0, 1) + raw_string("k") + raw(8u) + raw(kHuge) + data,
       {"length of at most 256"}},
      {"array_count", raw_header(0, 1) + array_key(10, kHuge) + data, {"array length"}},
      {"array_count_beyond_file", raw_header(0, 1) + array_key(10, 33) + data, {"at most 32"}},
      {"array_element_type", raw_header(0, 1) + array_key(99, 1) + data, {"0 to 12", "found 99"}},
      {"strings_count", raw_header(0, 1) + array_key(8, 33) + data, {"at most 32"}},
      {"nested_deep", samples::nested_image(5), {"at most 4 deep"}},
      {"nested_very_deep", samples::nested_image(100000), {"at most 4 deep"}},
      {"alignment_0", aligned_to(0), {"power of two", "found 0"}},
      {"alignment_odd", aligned_to(33), {"power of two", "found 33"}},
      {"alignment_small", aligned_to(4), {"power of two", "found 4"}},
      {"alignment_huge", aligned_to(1u << 31), {"power of two", "found 2147483648"}},
      {"alignment_type",
       raw_header(0, 1) + raw_string("general.alignment") + raw(8u) + raw_string("32"),
       {"type u32", "found string"}},
      {"dims_many", one_tensor({1, 1, 1, 1, 1}, 0, 0), {"'t'", "at most 4 dimensions"}},
      {"dim_zero", one_tensor({0}, 0, 0), {"dimension of at least 1", "found 0"}},
      {"dim_negative", one_tensor({UINT64_MAX}, 0, 0), {"at least 1", "found -1"}},
      {"product_overflow", one_tensor({1u << 31, 1u << 31, 4}, 0, 0), {"fewer than 2^63 elements"}},
      {"bytes_overflow", one_tensor({kHuge}, 0, 0), {"fewer than 2^63 bytes"}},
      {"absurdly_large", one_tensor({1u << 30, 1u << 20}, 0, 0), {"past the end", "truncated"}},
      {"type_unknown", one_tensor({32}, 4, 0), {"known tensor type", "type id 4"}},
      {"type_huge", one_tensor({32}, UINT32_MAX, 0), {"type id 4294967295"}},
      {"block_shape", one_tensor({33}, 2, 0), {"multiple of 32 elements for Q4_0", "found 33"}},
      {"offset_odd", one_tensor({8}, 0, 8), {"multiple of 32", "found 8"}},
      {"offset_past_end", one_tensor({8}, 0, 512), {"past the end"}},
      {"offset_wraps", one_tensor({8}, 0, UINT64_MAX - 31), {"past the end"}},
      {"tensor_twice",
       raw_header(2, 0) + tensor_entry("t", {8}, 0, 0) + tensor_entry("t", {8}, 0, 32) + data,
       {"'t'", "each tensor name once"}},
      {"overlap",
       raw_header(2, 0) + tensor_entry("a", {16}, 0, 0) + tensor_entry("b", {8}, 0, 32) + data,
       {"tensor 'b'", "where 'a' ends"}},
      {"same_place",
       raw_header(2, 0) + tensor_entry("a", {8}, 0, 0) + tensor_entry("b", {8}, 0, 0) + data,
       {"where '"}},
      {"name_not_text",
       raw_header(1, 0) + tensor_entry("\x1b[31m\xff", {33}, 2, 0) + data,
       {"tensor '?[31m\xEF\xBF\xBD'"}},
  };
}

class GgufAttack : public testing::TestWithParam<Attack> {};

TEST_P(GgufAttack, gets_one_error_that_says_where_and_what) {
  const std::string message = try_parse(GetParam().image);
  EXPECT_THAT(message,
              AllOf(HasSubstr("image at byte "), HasSubstr("expected "), HasSubstr("found ")));
  for (const std::string& part : GetParam().says) EXPECT_THAT(message, HasSubstr(part));
  EXPECT_LT(message.size(), 400u);
}

INSTANTIATE_TEST_SUITE_P(All, GgufAttack, testing::ValuesIn(attacks()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace caracal
