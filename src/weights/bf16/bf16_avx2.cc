#include "weights/bf16/bf16.h"
#include "weights/float_tiles_avx2.h"

namespace caracal {
namespace avx2 {
namespace {

struct Element {
  static constexpr size_t kBytes = 2;
  static __m256 load(const std::byte* p) {
    const __m128i halves = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(halves), 16));
  }
};

void run(const LinearArgs& args) noexcept { walk_tiles<FloatKernel<Element>>(args); }

}  // namespace
}  // namespace avx2

LinearRun bf16_linear_avx2() { return avx2::run; }

}  // namespace caracal
