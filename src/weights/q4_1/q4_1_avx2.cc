#include "weights/block_tiles_avx2.h"
#include "weights/q4_1/q4_1.h"

namespace caracal {
namespace avx2 {
namespace {

struct Block {
  static constexpr BlockShape kShape = kQ4_1Block;

  struct Companions {
    __m256 d, m;
  };
  static Companions load_companions(const std::byte* p) {
    return {load_companion(p), load_companion(p + 16)};
  }

  template <int kRows>
  static void dot(const std::byte* lines, const std::byte* const (&acts)[kRows],
                  __m256i (&isum)[kRows]) {
    dot_nibbles(lines, acts, isum);
  }

  static __m256 add(const Companions& w, __m256i isum, Group group, __m256 acc) {
    acc = _mm256_fmadd_ps(_mm256_cvtepi32_ps(isum), _mm256_mul_ps(w.d, group.scale), acc);
    return _mm256_fmadd_ps(_mm256_cvtepi32_ps(group.sum), _mm256_mul_ps(w.m, group.scale), acc);
  }
};

void run(const LinearArgs& args) noexcept { walk_tiles<BlockKernel<Block>>(args); }

}  // namespace
}  // namespace avx2

LinearRun q4_1_linear_avx2() { return avx2::run; }

}  // namespace caracal
