#include "weights/f32/f32.h"
#include "weights/float_tiles_avx2.h"

namespace caracal {
namespace avx2 {
namespace {

struct Element {
  static constexpr size_t kBytes = 4;
  static __m256 load(const std::byte* p) {
    return _mm256_loadu_ps(reinterpret_cast<const float*>(p));
  }
};

void run(const LinearArgs& args) noexcept { walk_tiles<FloatKernel<Element>>(args); }

}  // namespace
}  // namespace avx2

LinearRun f32_linear_avx2() { return avx2::run; }

}  // namespace caracal
