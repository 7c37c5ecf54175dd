#include "weights/bf16/bf16.h"
#include "weights/float_kernels_avx512.h"

namespace caracal {
namespace avx512 {
namespace {

struct Element {
  static constexpr int kColumns = 2;
  static constexpr size_t kBytes = 64;
  static size_t tile_bytes(int64_t n_in) { return bf16_tile_bytes(n_in); }
  static void load(const std::byte* p, __m512* columns) {
    const __m512i pairs = _mm512_loadu_si512(p);
    columns[0] = _mm512_castsi512_ps(_mm512_slli_epi32(pairs, 16));
    columns[1] = _mm512_castsi512_ps(_mm512_and_si512(pairs, _mm512_set1_epi32(-0x10000)));
  }
};

}  // namespace
}  // namespace avx512

LinearRuns bf16_linear_avx512() { return avx512::float_runs<avx512::Element>(); }

}  // namespace caracal
