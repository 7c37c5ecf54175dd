/// The scalar reference: reads like the formulas, and is the oracle for every other table.
#include <algorithm>
#include <bit>
#include <cmath>

#include "kernels/tables.h"

namespace caracal {
namespace {

constexpr int64_t kGroup = 32;  // columns per activation scale

/// Adds the interleaved partial sums pairwise: ((0+4)+(2+6)) + ((1+5)+(3+7)).
float add_lanes(const float* s) {
  const float a = s[0] + s[4], b = s[1] + s[5], c = s[2] + s[6], d = s[3] + s[7];
  return (a + c) + (b + d);
}

/// The largest magnitude; not finite as soon as one value is not.
float largest_magnitude(const float* x) {
  uint32_t largest = 0;  // magnitudes order as their bits do, and infinity and NaN lie on top
  for (int64_t i = 0; i < kGroup; ++i)
    largest = std::max(largest, std::bit_cast<uint32_t>(x[i]) & 0x7fffffffu);
  return std::bit_cast<float>(largest);
}

void quantize_q8_32(const float* x, int64_t n, int64_t begin, int64_t end, std::byte* record) {
  auto* codes = reinterpret_cast<int8_t*>(record);
  auto* scales = reinterpret_cast<float*>(record + n);
  auto* half_sums = reinterpret_cast<int16_t*>(record + n + n / kGroup * 4);
  auto* lane_sums = reinterpret_cast<int16_t*>(record + n + n / kGroup * 8);
  auto* scaled_sums = reinterpret_cast<float*>(record + n + n / kGroup * 12);
  for (int64_t g = begin / kGroup; g < end / kGroup; ++g) {
    const float* values = x + g * kGroup;
    const float max = largest_magnitude(values);
    const bool usable = max >= kSmallestMagnitude && std::isfinite(max);
    const float inverse = 127.0f / max;
    int16_t halves[2] = {}, lanes[2] = {};
    for (int64_t i = 0; i < kGroup; ++i) {
      const auto code = static_cast<int8_t>(usable ? std::nearbyintf(values[i] * inverse) : 0.0f);
      codes[g * kGroup + i] = code;
      halves[i / 16] = static_cast<int16_t>(halves[i / 16] + code);
      lanes[i % 4 / 2] = static_cast<int16_t>(lanes[i % 4 / 2] + code);
    }
    scales[g] = max < kSmallestMagnitude ? 0.0f : max / 127.0f;
    std::copy_n(halves, 2, half_sums + 2 * g);
    std::copy_n(lanes, 2, lane_sums + 2 * g);
    scaled_sums[g] = scales[g] * static_cast<float>(halves[0] + halves[1]);
  }
}

void rms_norm(const float* x, const float* weight, float eps, int64_t n, float* out) {
  float lanes[kSumLanes] = {};
  for (int64_t i = 0; i < n; ++i)
    lanes[i % kSumLanes] = std::fmaf(x[i], x[i], lanes[i % kSumLanes]);
  const float factor = 1.0f / std::sqrt(add_lanes(lanes) / static_cast<float>(n) + eps);
  for (int64_t i = 0; i < n; ++i) out[i] = x[i] * factor * weight[i];
}

void layer_norm(const float* x, const float* weight, const float* bias, float eps, int64_t n,
                float* out) {
  float lanes[kSumLanes] = {};
  for (int64_t i = 0; i < n; ++i) lanes[i % kSumLanes] += x[i];
  const float mean = add_lanes(lanes) / static_cast<float>(n);
  std::fill_n(lanes, kSumLanes, 0.0f);
  for (int64_t i = 0; i < n; ++i)
    lanes[i % kSumLanes] = std::fmaf(x[i] - mean, x[i] - mean, lanes[i % kSumLanes]);
  const float factor = 1.0f / std::sqrt(add_lanes(lanes) / static_cast<float>(n) + eps);
  for (int64_t i = 0; i < n; ++i) out[i] = std::fmaf((x[i] - mean) * factor, weight[i], bias[i]);
}

void silu_mul(const float* gate, const float* up, int64_t n, float* out) {
  for (int64_t i = 0; i < n; ++i) out[i] = gate[i] / (1.0f + std::exp(-gate[i])) * up[i];
}

/// 2u of the tanh form.
float gelu_exponent(float x) { return 1.5957691216057308f * (x + 0.044715f * x * x * x); }

void gelu_mul(const float* gate, const float* up, int64_t n, float* out) {
  for (int64_t i = 0; i < n; ++i)
    out[i] = gate[i] / (1.0f + std::exp(-gelu_exponent(gate[i]))) * up[i];
}

void gelu_erf(const float* x, int64_t n, float* out) {
  for (int64_t i = 0; i < n; ++i) out[i] = 0.5f * x[i] * std::erfc(x[i] * -0.70710678118654752f);
}

void softcap(float* x, int64_t n, float cap) {
  for (int64_t i = 0; i < n; ++i) x[i] = cap * std::tanh(x[i] / cap);
}

void rotate(float& a, float& b, float cos, float sin) {
  const float x = a, y = b;
  a = std::fmaf(x, cos, -(y * sin));
  b = std::fmaf(x, sin, y * cos);
}

void rope_neighbours(float* head, int64_t n_pairs, const float* cos, const float* sin) {
  for (int64_t i = 0; i < n_pairs; ++i) rotate(head[2 * i], head[2 * i + 1], cos[i], sin[i]);
}

void rope_halves(float* head, int64_t n_pairs, const float* cos, const float* sin) {
  for (int64_t i = 0; i < n_pairs; ++i) rotate(head[i], head[i + n_pairs], cos[i], sin[i]);
}

void scale(float* x, int64_t n, float factor) {
  for (int64_t i = 0; i < n; ++i) x[i] *= factor;
}

float max(const float* x, int64_t n) { return *std::max_element(x, x + n); }

float exp_sum(float* x, int64_t n, float max) {
  float lanes[kSumLanes] = {};
  for (int64_t i = 0; i < n; ++i) {
    const float d = x[i] - max;
    x[i] = d < -87.0f ? 0.0f : std::exp(d);
    lanes[i % kSumLanes] += x[i];
  }
  return add_lanes(lanes);
}

}  // namespace

const SmallKernels kSmallKernelsRef = {
    "scalar", quantize_q8_32,  rms_norm,    layer_norm, silu_mul, gelu_mul, gelu_erf,
    softcap,  rope_neighbours, rope_halves, scale,      max,      exp_sum};

}  // namespace caracal
