#include "weights/f16/f16.h"
#include "weights/float_kernels_avx2.h"

namespace caracal {
namespace avx2 {
namespace {

struct Element {
  static constexpr int kColumns = 1;
  static constexpr size_t kBytes = 32;
  static size_t tile_bytes(int64_t n_in) { return float_tile_bytes(2, n_in); }
  static void load(const std::byte* p, Column* columns) {
    for (int h = 0; h < kHalves; ++h)
      columns[0].half[h] =
          _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p + 16 * h)));
  }
};

}  // namespace
}  // namespace avx2

LinearRuns f16_linear_avx2() { return avx2::float_runs<avx2::Element>(); }

}  // namespace caracal
