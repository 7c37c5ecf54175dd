#include "weights/block_tiles_avx2.h"
#include "weights/q8_0/q8_0.h"

namespace caracal {
namespace avx2 {
namespace {

struct Block {
  static constexpr BlockShape kShape = kQ8_0Block;

  static __m256 load_companions(const std::byte* p) { return load_companion(p); }

  /// |w| times sign(w) * a: two products of at most 128 * 127 meet in 16 bits: 32512.
  template <int kRows>
  static void dot(const std::byte* lines, const std::byte* const (&acts)[kRows],
                  __m256i (&isum)[kRows]) {
    for (int r = 0; r < kRows; ++r) isum[r] = _mm256_setzero_si256();
#pragma GCC unroll 8
    for (int j = 0; j < 8; ++j) {
      const __m256i w = load_line(lines + 32 * j);
      const __m256i magnitude = _mm256_abs_epi8(w);
      for (int r = 0; r < kRows; ++r) {
        const __m256i a = _mm256_sign_epi8(broadcast_codes(acts[r] + 4 * j), w);
        const __m256i pairs = _mm256_maddubs_epi16(magnitude, a);
        isum[r] = _mm256_add_epi32(isum[r], _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
        keep_in_order(isum[r]);
      }
    }
  }

  static __m256 add(__m256 d, __m256i isum, Group group, __m256 acc) {
    return _mm256_fmadd_ps(_mm256_cvtepi32_ps(isum), _mm256_mul_ps(d, group.scale), acc);
  }
};

void run(const LinearArgs& args) noexcept { walk_tiles<BlockKernel<Block>>(args); }

}  // namespace
}  // namespace avx2

LinearRun q8_0_linear_avx2() { return avx2::run; }

}  // namespace caracal
