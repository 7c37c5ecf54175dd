/// Roofs of what the compiler makes of plain loops, for builds and machines without the instruction
/// sets we know. Constants are hidden from the compiler so that it cannot compute ahead.
#include <cstring>

#include "machine/roof_loops.h"

namespace caracal {
namespace {

template <class T>
void hide(T& value) {
  asm volatile("" : "+m"(value));
}

}  // namespace

double roof_fma_ref(int64_t rounds) noexcept {
  float acc[16] = {}, a[16], b[16];
  for (int i = 0; i < 16; ++i) a[i] = b[i] = 1;
  hide(a);
  hide(b);
  for (int64_t r = 0; r < rounds * 4; ++r)
    for (int i = 0; i < 16; ++i) acc[i] = acc[i] + a[i] * b[i];
  double sum = 0;
  for (float v : acc) sum += v;
  return sum;
}

double roof_int8_ref(int64_t rounds) noexcept {
  alignas(64) int8_t a[kRefInt8Adds], b[kRefInt8Adds];
  std::memset(a, 1, sizeof(a));
  std::memset(b, 1, sizeof(b));
  int64_t sum = 0;
  for (int64_t r = 0; r < rounds; ++r) {
    hide(a);
    hide(b);
    int32_t dot = 0;
    for (int64_t i = 0; i < kRefInt8Adds; ++i) dot += int32_t{a[i]} * int32_t{b[i]};
    sum += dot;
  }
  return static_cast<double>(sum);
}

uint64_t roof_read_ref(const std::byte* data, int64_t bytes, int32_t n_streams,
                       int64_t ahead) noexcept {
  const int64_t stream = bytes / n_streams;
  uint64_t sum = 0;
  for (int64_t at = 0; at < stream; at += 64)
    for (int32_t s = 0; s < n_streams; ++s) {
      const std::byte* line = data + s * stream + at;
      __builtin_prefetch(line + ahead);
      uint64_t words[8];
      std::memcpy(words, line, sizeof(words));
      for (uint64_t w : words) sum += w;
    }
  return sum;
}

}  // namespace caracal
