#include "weights/block_tiles_avx2.h"
#include "weights/q4_0/q4_0.h"

namespace caracal {
namespace avx2 {
namespace {

struct Block {
  static constexpr BlockShape kShape = kQ4_0Block;

  static __m256 load_companions(const std::byte* p) { return load_companion(p); }

  template <int kRows>
  static void dot(const std::byte* lines, const std::byte* const (&acts)[kRows],
                  __m256i (&isum)[kRows]) {
    dot_nibbles(lines, acts, isum);
  }

  static __m256 add(__m256 d, __m256i isum, Group group, __m256 acc) {
    const __m256i centred = _mm256_sub_epi32(isum, _mm256_slli_epi32(group.sum, 3));
    return _mm256_fmadd_ps(_mm256_cvtepi32_ps(centred), _mm256_mul_ps(d, group.scale), acc);
  }
};

void run(const LinearArgs& args) noexcept { walk_tiles<BlockKernel<Block>>(args); }

}  // namespace
}  // namespace avx2

LinearRun q4_0_linear_avx2() { return avx2::run; }

}  // namespace caracal
