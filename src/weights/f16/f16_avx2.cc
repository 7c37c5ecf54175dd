#include "weights/f16/f16.h"
#include "weights/float_tiles_avx2.h"

namespace caracal {
namespace avx2 {
namespace {

struct Element {
  static constexpr size_t kBytes = 2;
  static __m256 load(const std::byte* p) {
    return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
  }
};

void run(const LinearArgs& args) noexcept { walk_tiles<FloatKernel<Element>>(args); }

}  // namespace
}  // namespace avx2

LinearRun f16_linear_avx2() { return avx2::run; }

}  // namespace caracal
