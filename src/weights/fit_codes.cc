#include "weights/fit_codes.h"

#include <algorithm>
#include <cmath>

#include "weights/encode_block.h"

namespace caracal {
namespace {

struct ScaleMin {
  double scale = 0;
  double min = 0;  ///< never negative
};

constexpr int kTries = 10;          // candidate steps on either side of the plain one
constexpr double kTryStep = 0.1;    // in codes: how much longer or shorter the code range is taken
constexpr int kMaxRefinements = 8;  // alternations of rounding and least squares

/// To the nearest integer, ties to even, for |x| < 2^22: adding the constant leaves no room for
/// fractions. Unlike nearbyint it becomes vector code on every CPU.
float round_small(float x) { return (x + 0x1.8p23f) - 0x1.8p23f; }

/// A code of x in units of step, kept within [low, high].
int nearest_code(float x, double step, int low, int high) {
  if (step == 0 || !std::isfinite(step)) return std::clamp(0, low, high);
  const auto exact = static_cast<float>(x / step);
  return static_cast<int>(
      round_small(std::clamp(exact, static_cast<float>(low), static_cast<float>(high))));
}

uint8_t nearest_entry(float x, double step, const CodeBook& book) {
  const double exact = step != 0 && std::isfinite(step) ? x / step : 0.0;
  return static_cast<uint8_t>(book.nearest(static_cast<float>(exact)));
}

/// Least squares of x against codes, with what it leaves.
struct Fit {
  ScaleMin value;
  double error = 0;
};

/// x is near scale * code + shift with shift <= 0; sum_x, sum_xx of x are given.
Fit solve_scale_min(std::span<const float> x, const float* codes, double sum_x, double sum_xx) {
  double q = 0, qq = 0, xq = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    const double code = codes[i];
    q += code;
    qq += code * code;
    xq += code * x[i];
  }
  const auto n = static_cast<double>(x.size());
  const double determinant = n * qq - q * q;
  double scale = 0, shift = sum_x / n;
  if (determinant > 0) {
    scale = (n * xq - q * sum_x) / determinant;
    shift = (sum_x - scale * q) / n;
  }
  if (shift > 0) {
    scale = qq > 0 ? xq / qq : 0;
    shift = 0;
  }
  return {{scale, -shift}, sum_xx - scale * xq - shift * sum_x};
}

/// codes = x * inverse + offset, rounded and kept within [0, high].
void round_codes(std::span<const float> x, float inverse, float offset, float high, float* codes) {
  for (size_t i = 0; i < x.size(); ++i) {
    const float code = std::min(std::max(x[i] * inverse + (offset + 0.5f), 0.0f), high + 0.5f);
    codes[i] = static_cast<float>(static_cast<int>(code));
  }
}

/// Sums of x against values v of its codes.
struct Products {
  double xv = 0, vv = 0;

  double scale() const { return vv > 0 ? xv / vv : 0; }
  double gain() const { return vv > 0 ? xv * xv / vv : 0; }  ///< squares explained
};

/// Keeps the scale that explains most of x among candidates; candidates are given as 1 / scale.
template <class Round>
class BestScale {
 public:
  BestScale(std::span<const float> x, Round round) : x_(x), round_(round) {}

  bool consider(double inverse) {
    if (!std::isfinite(inverse)) return false;
    Products sums;
    for (float v : x_) {
      const double code = round_(static_cast<float>(v * inverse));
      sums.xv += v * code;
      sums.vv += code * code;
    }
    if (!(sums.gain() > gain_)) return false;
    gain_ = sums.gain();
    scale_ = sums.scale();
    return true;
  }
  double refine() {
    for (int i = 0; i < kMaxRefinements && scale_ != 0 && consider(1 / scale_); ++i) {
    }
    return scale_;
  }

 private:
  std::span<const float> x_;
  Round round_;
  double gain_ = 0, scale_ = 0;
};

float largest_of(std::span<const float> x) {
  float largest = 0;
  for (float v : x)
    if (std::fabs(v) > std::fabs(largest)) largest = v;
  return largest;
}

float round_to_f16(double x) { return f16_to_f32(f32_to_f16(static_cast<float>(x))); }

/// Scales as -max_scale ... max_scale - 1 times an f16 d; the largest one gets -max_scale.
void round_signed_scales(std::span<const double> scales, int max_scale, UnpackedBlock& out) {
  double largest = 0;
  for (double s : scales)
    if (std::fabs(s) > std::fabs(largest)) largest = s;
  out.d = round_to_f16(largest / -max_scale);
  const int each = kMaxBlockColumns / kScaleColumns / static_cast<int>(scales.size());
  for (int s = 0; s < kMaxBlockColumns / kScaleColumns; ++s) {
    out.scales[s] =
        static_cast<int8_t>(nearest_code(static_cast<float>(scales[static_cast<size_t>(s / each)]),
                                         out.d, -max_scale, max_scale - 1));
    out.mins[s] = 0;
  }
}

/// x is near scale * code - min, codes 0 to max_code.
ScaleMin fit_scale_min(std::span<const float> x, int max_code) {
  const auto [low, high] = std::minmax_element(x.begin(), x.end());
  const float bottom = std::min(*low, 0.0f);
  const double range = double{*high} - double{bottom};
  if (!(range > 0)) return {0, -double{bottom}};
  double sum_x = 0, sum_xx = 0;
  for (float v : x) {
    sum_x += v;
    sum_xx += double{v} * double{v};
  }
  std::array<float, kMaxBlockColumns> codes;
  Fit best;
  const auto consider = [&](double scale, double min) {
    const double inverse = 1 / scale;
    if (!(scale > 0) || !std::isfinite(static_cast<float>(inverse))) return false;
    round_codes(x, static_cast<float>(inverse), static_cast<float>(min * inverse),
                static_cast<float>(max_code), codes.data());
    const Fit fit = solve_scale_min(x, codes.data(), sum_x, sum_xx);
    if (!(fit.value.scale > 0) || (best.value.scale > 0 && !(fit.error < best.error))) return false;
    best = fit;
    return true;
  };
  for (int t = -kTries; t <= kTries; ++t)
    consider(range / (max_code + t * kTryStep), -double{bottom});
  for (int i = 0; i < kMaxRefinements && consider(best.value.scale, best.value.min); ++i) {
  }
  return best.value;
}

/// x is near scale * code, codes lowest to -lowest - 1; scale may be negative.
double fit_scale(std::span<const float> x, int lowest) {
  const auto low = static_cast<float>(lowest), high = static_cast<float>(-lowest - 1);
  BestScale best(x, [=](float v) { return round_small(std::clamp(v, low, high)); });
  const double largest = largest_of(x);
  for (int t = -kTries; t <= kTries; ++t) best.consider((lowest + t * kTryStep) / largest);
  return best.refine();
}

/// x is near scale * one of the book's values; scale may be negative.
double fit_book_scale(std::span<const float> x, const CodeBook& book) {
  constexpr int kBookTries = 4, kBookStep = 2;  // in units of the book
  BestScale best(x, [&](float v) { return static_cast<float>(book[book.nearest(v)]); });
  const double largest = largest_of(x);
  for (int end : {book[0], book[15]})
    for (int t = -kBookTries; t <= kBookTries; ++t) best.consider((end + t * kBookStep) / largest);
  return best.refine();
}

}  // namespace

int CodeBook::nearest(float x) const {
  return nearest_[static_cast<size_t>(std::clamp(2 * x + 256, 0.0f, 511.0f))];
}

void fit_scaled_mins(const float* x, int columns, int max_code, int max_scale, UnpackedBlock& out) {
  std::array<ScaleMin, kMaxBlockColumns / kScaleColumns> fits;
  const int n = kMaxBlockColumns / columns;
  double scale = 0, min = 0;
  for (int s = 0; s < n; ++s) {
    ScaleMin& fit = fits[static_cast<size_t>(s)];
    fit = fit_scale_min({x + s * columns, static_cast<size_t>(columns)}, max_code);
    scale = std::max(scale, fit.scale);
    min = std::max(min, fit.min);
  }
  out.d = round_to_f16(scale / max_scale);
  out.dmin = round_to_f16(min / max_scale);
  const double d = out.d, dmin = out.dmin;
  for (int c = 0; c < kMaxBlockColumns; ++c) {
    const int s = c / kScaleColumns;
    if (c % kScaleColumns == 0) {
      const ScaleMin& fit = fits[static_cast<size_t>(c / columns)];
      out.scales[s] =
          static_cast<int8_t>(nearest_code(static_cast<float>(fit.scale), d, 0, max_scale));
      out.mins[s] =
          static_cast<int8_t>(nearest_code(static_cast<float>(fit.min), dmin, 0, max_scale));
    }
    const auto above = static_cast<float>(x[c] + dmin * out.mins[s]);
    out.codes[c] = static_cast<uint8_t>(nearest_code(above, d * out.scales[s], 0, max_code));
  }
}

void fit_signed_scales(const float* x, int lowest, int max_scale, UnpackedBlock& out) {
  std::array<double, kMaxBlockColumns / kScaleColumns> scales;
  for (size_t s = 0; s < scales.size(); ++s)
    scales[s] = fit_scale({x + s * kScaleColumns, size_t{kScaleColumns}}, lowest);
  round_signed_scales(scales, max_scale, out);
  for (int c = 0; c < kMaxBlockColumns; ++c) {
    const double step = double{out.d} * out.scales[c / kScaleColumns];
    out.codes[c] = static_cast<uint8_t>(nearest_code(x[c], step, lowest, -lowest - 1) - lowest);
  }
}

void fit_book_block(const float* x, const CodeBook& book, UnpackedBlock& out) {
  out.d = round_to_f16(fit_book_scale({x, 32}, book));
  use_one_scale(out);
  for (int c = 0; c < 32; ++c) out.codes[c] = nearest_entry(x[c], out.d, book);
}

void fit_book_scales(const float* x, const CodeBook& book, int max_scale, UnpackedBlock& out) {
  constexpr int kColumns = 32;
  std::array<double, kMaxBlockColumns / kColumns> scales;
  for (size_t s = 0; s < scales.size(); ++s)
    scales[s] = fit_book_scale({x + s * kColumns, size_t{kColumns}}, book);
  round_signed_scales(scales, max_scale, out);
  for (int c = 0; c < kMaxBlockColumns; ++c) {
    out.codes[c] = nearest_entry(x[c], double{out.d} * out.scales[c / kScaleColumns], book);
  }
}

}  // namespace caracal
