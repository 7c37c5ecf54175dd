#pragma once
/// Plain data: instruction-set files include it.
#include <cstddef>
#include <cstdint>

namespace caracal {

/// Every function is serial, allocates nothing, and does the same float operations in the same
/// order for a row whatever else is computed. Sums run over kSumLanes interleaved partial sums,
/// which are then added pairwise, so that reference and vector code agree bit for bit where no exp
/// is involved.
struct SmallKernels {
  const char* name;

  /// Encodes columns [begin, end) of x[n] into a q8_32 record (spec/acts.h); begin and end are
  /// multiples of 32. A group whose values all lie below kSmallestMagnitude becomes zero. A group
  /// with a value that is not finite gets codes 0 and a scale that is not finite, so that every
  /// product with it is NaN.
  void (*quantize_q8_32)(const float* x, int64_t n, int64_t begin, int64_t end, std::byte* record);

  /// out = x / sqrt(mean(x^2) + eps) * weight. out may be x.
  void (*rms_norm)(const float* x, const float* weight, float eps, int64_t n, float* out);

  /// out = (x - mean(x)) / sqrt(var(x) + eps) * weight + bias, var = mean((x - mean)^2). out may be
  /// x.
  void (*layer_norm)(const float* x, const float* weight, const float* bias, float eps, int64_t n,
                     float* out);

  /// out = gate / (1 + exp(-gate)) * up. Relative error of the exponential below 2e-7.
  void (*silu_mul)(const float* gate, const float* up, int64_t n, float* out);

  /// out = gelu(gate) * up in the tanh form (Hendrycks & Gimpel 2016), which is
  /// gate / (1 + exp(-2u)) with u = sqrt(2/pi) * (gate + 0.044715 gate^3).
  void (*gelu_mul)(const float* gate, const float* up, int64_t n, float* out);

  /// out = x * P(N(0,1) <= x) = x/2 * erfc(-x/sqrt(2)), the exact form of Hendrycks & Gimpel 2016;
  /// error below 3e-7 * |x|. out may be x.
  void (*gelu_erf)(const float* x, int64_t n, float* out);

  /// x = cap * tanh(x / cap); absolute error below 4e-7 * cap.
  void (*softcap)(float* x, int64_t n, float cap);

  /// Rotates pairs (2i, 2i+1) of head by cos[i], sin[i].
  void (*rope_neighbours)(float* head, int64_t n_pairs, const float* cos, const float* sin);
  /// Rotates pairs (i, i + n_pairs).
  void (*rope_halves)(float* head, int64_t n_pairs, const float* cos, const float* sin);

  /// x *= factor.
  void (*scale)(float* x, int64_t n, float factor);

  /// The largest of n >= 1 values.
  float (*max)(const float* x, int64_t n);

  /// x = exp(x - max), returns the sum. Values below max - 87 become 0.
  float (*exp_sum)(float* x, int64_t n, float max);
};

inline constexpr int kSumLanes = 8;

/// 127 / magnitude must be finite.
inline constexpr float kSmallestMagnitude = 1e-36f;

}  // namespace caracal
