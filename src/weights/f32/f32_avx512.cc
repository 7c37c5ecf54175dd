#include "weights/f32/f32.h"
#include "weights/float_kernels_avx512.h"

namespace caracal {
namespace avx512 {
namespace {

struct Element {
  static constexpr int kColumns = 1;
  static constexpr size_t kBytes = 64;
  static size_t tile_bytes(int64_t n_in) { return float_tile_bytes(4, n_in); }
  static void load(const std::byte* p, __m512* columns) {
    columns[0] = _mm512_loadu_ps(reinterpret_cast<const float*>(p));
  }
};

}  // namespace
}  // namespace avx512

LinearRuns f32_linear_avx512() { return avx512::float_runs<avx512::Element>(); }

}  // namespace caracal
