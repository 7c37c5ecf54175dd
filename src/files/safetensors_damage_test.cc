/// Damaged and hostile safetensors images: one Error that says where, or a valid object.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "base/error.h"
#include "base/rng.h"
#include "files/safetensors.h"
#include "files/safetensors_samples.h"

namespace caracal {
namespace {

using samples::safetensors_entry;
using samples::safetensors_image;
using testing::HasSubstr;

/// Parses a copy of exactly this size, reads all of it and returns the error, if any.
std::string try_parse(std::string_view image) {
  const auto bytes = std::as_bytes(std::span(image));
  const std::vector<std::byte> copy(bytes.begin(), bytes.end());
  try {
    const Safetensors file = Safetensors::parse(copy, "image");
    size_t sum = 0;
    for (const SafetensorsTensor& tensor : file.tensors())
      sum =
          std::accumulate(tensor.data.begin(), tensor.data.end(), sum,
                          [](size_t total, std::byte b) { return total + static_cast<size_t>(b); });
    return sum == SIZE_MAX ? "never" : "";
  } catch (const Error& e) {
    EXPECT_TRUE(e.code() == ErrorCode::bad_file || e.code() == ErrorCode::unsupported);
    EXPECT_THAT(e.context(), HasSubstr("image"));
    EXPECT_EQ(std::string_view(e.what()).find('\n'), std::string_view::npos);
    return e.what();
  }
}

TEST(SafetensorsDamage, truncation_at_every_byte_is_an_error) {
  for (const auto& [name, image] : samples::safetensors_seeds())
    for (size_t n = 0; n < image.size(); ++n)
      EXPECT_THAT(try_parse(std::string_view(image).substr(0, n)), HasSubstr("expected"))
          << name << " cut at " << n;
}

TEST(SafetensorsDamage, flipped_bits_give_an_error_or_a_valid_object) {
  Rng rng(2025);
  int n_errors = 0;
  for (const auto& [name, image] : samples::safetensors_seeds())
    for (int round = 0; round < 4000; ++round) {
      std::string damaged = image;
      for (uint32_t i = 1 + rng.next_u32() % 3; i > 0; --i)
        damaged[rng.next_u32() % damaged.size()] ^= static_cast<char>(1 << rng.next_u32() % 8);
      n_errors += !try_parse(damaged).empty();
    }
  EXPECT_GT(n_errors, 4000);
}

/// A hostile image and what the message must say.
struct Attack {
  std::string name;
  std::string image;
  std::string says;
};

std::vector<Attack> attacks() {
  const auto header = [](const std::string& entries, size_t data = 24) {
    return safetensors_image("{" + entries + "}", data);
  };
  const auto one = [&](std::string_view dtype, std::string_view shape, std::string_view offsets,
                       size_t data = 24) {
    return header(safetensors_entry("w", dtype, shape, offsets), data);
  };
  const auto with_length = [](uint64_t length) {
    std::string image = safetensors_image("{}", 0);
    std::memcpy(image.data(), &length, 8);
    return image;
  };
  const std::string a = safetensors_entry("a", "F32", "2", "0,8");
  const auto b_at = [&](std::string_view offsets) {
    return header(a + "," + safetensors_entry("b", "F32", "2", offsets), 16);
  };
  return {
      {"length_of_0", with_length(0), "a length of 2 to 2, found 0"},
      {"length_beyond_file", with_length(3), "a length of 2 to 2, found 3"},
      {"length_huge", with_length(UINT64_MAX), "found 18446744073709551615"},
      {"no_object", safetensors_image("[]", 0), "JSON that begins with '{'"},
      {"not_json", header("w:1"), "found a fault at byte"},
      {"not_utf8", header("\"\xff\":{}"), "found a fault at byte"},
      {"trailing_garbage", safetensors_image("{}x", 0), "found a fault at byte"},
      {"deep", safetensors_image("{" + std::string(100000, '['), 0), "found a fault at byte"},
      {"deep_value", header("\"w\":" + std::string(100000, '[')), "found an array"},
      {"deep_shape", header("\"w\":{\"shape\":[[" + std::string(1000, '[')), "found an array"},
      {"deep_object", header("\"w\":{\"dtype\":{\"dtype\":"), "found an object"},
      {"name_twice", header(a + "," + a, 8), "'a' again"},
      {"name_empty", header(safetensors_entry("", "F32", "6", "0,24")), "names of 1 to"},
      {"name_long", header(safetensors_entry(std::string(65536, 'n'), "F32", "6", "0,24")),
       "names of 1 to 65535"},
      {"value_no_object", header("\"w\":3"), "tensor 'w': expected {\"dtype\""},
      {"field_unknown", header("\"w\":{\"strides\":[1]}"), "found 'strides'"},
      {"field_twice", header("\"w\":{\"dtype\":\"F32\",\"dtype\":\"F32\"}"), "found 'dtype'"},
      {"no_dtype", header("\"w\":{\"shape\":[6],\"data_offsets\":[0,24]}"), "no dtype"},
      {"no_shape", header("\"w\":{\"dtype\":\"F32\",\"data_offsets\":[0,24]}"), "no shape"},
      {"no_offsets", header("\"w\":{\"dtype\":\"F32\",\"shape\":[6]}"), "no pair"},
      {"dtype_unknown", one("Q4_0", "6", "0,24"), "a known dtype, found 'Q4_0'"},
      {"dtype_number", header("\"w\":{\"dtype\":1"), "found 1"},
      {"metadata_no_text", header("\"__metadata__\":{\"a\":1}"), "found 1"},
      {"metadata_twice", header("\"__metadata__\":{},\"__metadata__\":{}", 0), "again"},
      {"shape_negative", one("F32", "-6", "0,24"), "found -6"},
      {"shape_fraction", one("F32", "6.0", "0,24"), "found 6"},
      {"shape_text", one("F32", "\"6\"", "0,24"), "found '6'"},
      {"shape_long", one("F32", "1,1,1,1,1,1,1,1,6", "0,24"), "found 6"},
      {"shape_overflow", one("F32", "4294967296,4294967296", "0,24"), "fewer than 2^61 bytes"},
      {"dim_overflow", one("F32", "18446744073709551615", "0,24"), "fewer than 2^61 bytes"},
      {"half_byte", one("F4", "3", "0,2", 2), "whole bytes, found 12 bits"},
      {"offsets_three", one("F32", "6", "0,24,48"), "no pair"},
      {"offsets_backwards", one("F32", "6", "24,0"), "found [24, 0]"},
      {"offsets_short", one("F32", "6", "0,20"), "found [0, 20]"},
      {"offsets_past_end", one("F32", "7", "0,28"), "within 24 bytes of data"},
      {"offsets_wrap", one("F32", "6", "18446744073709551600,8"), "found [18446744073709551600"},
      {"gap_before", one("F32", "6", "8,32", 32), "data_offsets [0, 24]"},
      {"gap", b_at("9,17"), "found [9, 17]"},
      {"overlap", b_at("4,12"), "without overlap or gap"},
      {"data_left_over", one("F32", "6", "0,24", 25), "expected 24 bytes of data"},
      {"name_not_shown_raw", header("\"\\u001b[31m\":1"), "tensor '?[31m'"},
  };
}

class SafetensorsAttack : public testing::TestWithParam<Attack> {};

TEST_P(SafetensorsAttack, gets_one_error_that_says_what) {
  const std::string message = try_parse(GetParam().image);
  EXPECT_THAT(message, HasSubstr("expected "));
  EXPECT_THAT(message, HasSubstr(GetParam().says));
  EXPECT_LT(message.size(), 500u);
}

INSTANTIATE_TEST_SUITE_P(All, SafetensorsAttack, testing::ValuesIn(attacks()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace caracal
