#include "weights/f32/f32.h"
#include "weights/float_kernels_avx2.h"

namespace caracal {
namespace avx2 {
namespace {

struct Element {
  static constexpr int kColumns = 1;
  static constexpr size_t kBytes = 64;
  static size_t tile_bytes(int64_t n_in) { return float_tile_bytes(4, n_in); }
  static void load(const std::byte* p, Column* columns) {
    columns[0] = {{_mm256_loadu_ps(reinterpret_cast<const float*>(p)),
                   _mm256_loadu_ps(reinterpret_cast<const float*>(p) + 8)}};
  }
};

}  // namespace
}  // namespace avx2

LinearRuns f32_linear_avx2() { return avx2::float_runs<avx2::Element>(); }

}  // namespace caracal
