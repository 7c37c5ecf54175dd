/// Conformance: how every format of the table stores rows and reads them back.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>

#include "base/json.h"
#include "weights/iq4/iq4.h"
#include "weights/weight_problem.h"

namespace caracal {
namespace {

using Bytes = std::vector<std::byte>;
using Floats = std::vector<float>;

Bytes encode(const WeightFormat& format, const Floats& x) {
  const auto n = static_cast<int64_t>(x.size());
  Bytes stored(row_bytes(format, n));
  format.encode_row(x.data(), n, stored.data());
  return stored;
}

Floats decode(const WeightFormat& format, const Bytes& stored) {
  const TensorTypeInfo& type = type_of(format);
  Floats x(stored.size() / static_cast<size_t>(type.block_bytes) *
           static_cast<size_t>(type.block_elements));
  format.decode_row(stored.data(), static_cast<int64_t>(x.size()), x.data());
  return x;
}

class WeightRowsTest : public testing::TestWithParam<WeightFormat> {
 protected:
  const WeightFormat& format() const { return GetParam(); }
  Floats round_trip(const Floats& x) const { return decode(format(), encode(format(), x)); }
};

struct Loss {
  TensorType type;
  double largest;  ///< error over the largest magnitude of a block
  double mean;     ///< mean squared error of standard normal values
};

/// What the README cards state.
constexpr Loss kLosses[] = {
    {TensorType::f32, 0, 0},
    {TensorType::f16, 0x1p-11, 4.2e-8},
    {TensorType::bf16, 0x1p-8, 2.7e-6},
    {TensorType::q8_0, 0.57 / 127, 2.83e-5},
    {TensorType::q4_0, 1.0 / 8, 7.3e-3},
    {TensorType::q4_1, 1.0 / 15, 6.1e-3},
    {TensorType::q5_0, 1.0 / 16, 1.8e-3},
    {TensorType::q5_1, 0.033, 1.42e-3},
    {TensorType::q2_k, 0.55, 7.2e-2},
    {TensorType::q3_k, 0.28, 2.04e-2},
    {TensorType::q4_k, 0.14, 5.0e-3},
    {TensorType::q5_k, 0.07, 1.28e-3},
    {TensorType::q6_k, 0.04, 2.94e-4},
    {TensorType::iq4_nl, 0.14, 5.36e-3},
    {TensorType::iq4_xs, 0.14, 5.46e-3},
    {TensorType::mxfp4, 0.25, 1.31e-2},
    {TensorType::tq1_0, 0.5, 0.643},
    {TensorType::tq2_0, 0.5, 0.643},
};

const Loss& loss_of(TensorType type) {
  for (const Loss& loss : kLosses)
    if (loss.type == type) return loss;
  throw std::out_of_range("a format without a row in kLosses");
}

/// Blocks of 256 of different character, each normal values put through a function.
constexpr float (*kCharacters[])(float) = {
    [](float v) { return v; },
    [](float v) { return v * v * v; },               // long tails
    [](float v) { return std::fabs(v) + 3.0f; },     // one side, far from zero
    [](float v) { return -std::fabs(v) * 0.05f; },   // the other side
    [](float v) { return v > 1.5f ? v * 40 : v; },   // outliers
    [](float v) { return v > 1 ? v * 1000 : 0.0f; }  // mostly zero
};

TEST_P(WeightRowsTest, a_value_errs_by_no_more_than_its_block_allows) {
  const auto width = static_cast<size_t>(std::max(32, type_of(format()).block_elements));
  uint32_t seed = 3;
  for (auto character : kCharacters)
    for (int repeat = 0; repeat < 20; ++repeat) {
      Floats x = random_floats(256, seed++);
      for (float& v : x) v = character(v);
      const Floats back = round_trip(x);
      for (size_t block = 0; block < x.size(); block += width) {
        double largest = 0;
        for (size_t i = block; i < block + width; ++i)
          largest = std::max(largest, std::fabs(double{x[i]}));
        for (size_t i = block; i < block + width; ++i) {
          const double error = std::fabs(double{x[i]} - double{back[i]});
          ASSERT_LE(error, largest * loss_of(format().type).largest * 1.01) << i;
        }
      }
    }
}

TEST_P(WeightRowsTest, normal_values_lose_what_the_card_says) {
  const Floats x = random_floats(256 * 200, 5);
  const Floats back = round_trip(x);
  double sum = 0;
  for (size_t i = 0; i < x.size(); ++i) sum += std::pow(double{x[i]} - double{back[i]}, 2);
  const double mean = sum / static_cast<double>(x.size()), stated = loss_of(format().type).mean;
  EXPECT_LE(mean, stated * 1.05);
  EXPECT_GE(mean, stated * 0.95);
}

TEST_P(WeightRowsTest, rows_are_stored_and_read_as_the_gguf_package_does) {
  const std::string path = std::string(CARACAL_SOURCE_DIR) + "/tests/goldens/gguf_blocks.json";
  const Json golden = read_json_file(path).at(std::string(format().name));
  const auto bytes = [&](const char* field) {
    const auto hex = golden.at(field).get<std::string>();
    Bytes out(hex.size() / 2);
    for (size_t i = 0; i < out.size(); ++i)
      out[i] = static_cast<std::byte>(std::stoi(hex.substr(2 * i, 2), nullptr, 16));
    return out;
  };
  const auto floats = [&](const char* field) {
    const Bytes from = bytes(field);
    Floats out(from.size() / sizeof(float));
    std::memcpy(out.data(), from.data(), from.size());
    return out;
  };
  const Floats expected = floats("decoded"), found = decode(format(), bytes("random"));
  ASSERT_EQ(found.size(), expected.size());
  const auto same = [](float a, float b) {  // NaN may come in any of its encodings
    return (std::isnan(a) && std::isnan(b)) ||
           std::bit_cast<uint32_t>(a) == std::bit_cast<uint32_t>(b);
  };
  for (size_t i = 0; i < found.size(); ++i)
    EXPECT_TRUE(same(found[i], expected[i])) << i << ": " << found[i] << ", " << expected[i];
  if (golden.contains("encoded")) {  // the package has no encoder for the rest
    EXPECT_EQ(encode(format(), floats("source")), bytes("encoded"));
  }
}

/// The values of a format on which its encoder's search has only one best answer: the largest
/// scale and minimum have the largest integers, and every group of columns uses its outer codes.
struct Grid {
  TensorType type;
  int scale_columns;
  int largest_scale;  ///< integer of the first scale; the others lie between it and its half
  int low, high;      ///< codes
  int largest_min = 0;
};

constexpr Grid kGrids[] = {
    {TensorType::q8_0, 32, 1, -127, 127},  {TensorType::q4_0, 32, 1, -8, 7},
    {TensorType::q4_1, 32, 1, 0, 15, 1},   {TensorType::q5_0, 32, 1, -16, 15},
    {TensorType::q5_1, 32, 1, 0, 31, 1},   {TensorType::q2_k, 16, 15, 0, 3, 15},
    {TensorType::q3_k, 16, -32, -4, 3},    {TensorType::q4_k, 32, 63, 0, 15, 63},
    {TensorType::q5_k, 32, 63, 0, 31, 63}, {TensorType::q6_k, 16, -128, -32, 31},
    {TensorType::iq4_nl, 32, 1, 0, 15},    {TensorType::iq4_xs, 32, -32, 0, 15},
    {TensorType::tq1_0, 256, 1, -1, 1},    {TensorType::tq2_0, 256, 1, -1, 1},
};

Floats grid_values(const Grid& grid, uint32_t seed) {
  std::mt19937 random(seed);
  const float d = 0.0123291015625f, dmin = 0.034149169921875f;  // exact in f16
  const bool is_table = grid.type == TensorType::iq4_nl || grid.type == TensorType::iq4_xs;
  const auto draw = [&](int low, int high) {
    return std::uniform_int_distribution(std::min(low, high), std::max(low, high))(random);
  };
  int scale = 1, min = 0;
  Floats x;
  for (int c = 0; c < 256; ++c) {
    const int at = c % grid.scale_columns;
    if (at == 0) {
      scale = c == 0 ? grid.largest_scale : draw((grid.largest_scale + 1) / 2, grid.largest_scale);
      min = c == 0 ? grid.largest_min : draw(0, grid.largest_min);
      if (grid.largest_scale == 1) scale = 1;
    }
    const int code = at == 0 ? grid.low : at == 1 ? grid.high : draw(grid.low, grid.high);
    const int value = is_table ? kIq4Values[code] : code;
    const float product = (d * static_cast<float>(scale)) * static_cast<float>(value);
    x.push_back(product - dmin * static_cast<float>(min));
  }
  return x;
}

TEST_P(WeightRowsTest, values_on_the_grid_of_a_format_are_kept_exactly) {
  for (const Grid& grid : kGrids)
    if (grid.type == format().type)
      for (uint32_t seed = 0; seed < 50; ++seed) {
        const Floats x = grid_values(grid, seed);
        ASSERT_EQ(round_trip(x), x) << seed;
      }
}

TEST_P(WeightRowsTest, any_number_is_stored_without_harm_and_always_alike) {
  constexpr float kInf = std::numeric_limits<float>::infinity();
  const float odd[] = {kInf, -kInf, std::nanf(""), 3e38f, -3e38f, 1e-45f, -1e-45f, 0.0f, -0.0f};
  Floats x = random_floats(256 * 12, 9);
  for (size_t i = 0; i < x.size(); i += 13) x[i] = odd[i / 13 % std::size(odd)];
  for (size_t i = 0; i < std::size(odd); ++i)  // and blocks of nothing else
    std::fill_n(x.begin() + static_cast<int64_t>(256 * (i + 3)), 256, odd[i]);
  EXPECT_EQ(encode(format(), x), encode(format(), x));
  decode(format(), encode(format(), x));
}

INSTANTIATE_TEST_SUITE_P(Formats, WeightRowsTest,
                         testing::ValuesIn(weight_formats().begin(), weight_formats().end()),
                         [](const auto& format) { return std::string(format.param.name); });

}  // namespace
}  // namespace caracal
