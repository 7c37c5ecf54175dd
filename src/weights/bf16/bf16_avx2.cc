#include "weights/bf16/bf16.h"
#include "weights/float_kernels_avx2.h"

namespace caracal {
namespace avx2 {
namespace {

struct Element {
  static constexpr int kColumns = 2;
  static constexpr size_t kBytes = 64;
  static size_t tile_bytes(int64_t n_in) { return bf16_tile_bytes(n_in); }
  static void load(const std::byte* p, Column* columns) {
    for (int h = 0; h < kHalves; ++h) {
      const __m256i pairs = load_line(p + 32 * h);
      columns[0].half[h] = _mm256_castsi256_ps(_mm256_slli_epi32(pairs, 16));
      columns[1].half[h] =
          _mm256_castsi256_ps(_mm256_and_si256(pairs, _mm256_set1_epi32(-0x10000)));
    }
  }
};

}  // namespace
}  // namespace avx2

LinearRuns bf16_linear_avx2() { return avx2::float_runs<avx2::Element>(); }

}  // namespace caracal
