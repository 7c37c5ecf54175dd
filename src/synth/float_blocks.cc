/// Floats straight from the normal distribution.
#include <bit>

#include "base/float16.h"
#include "synth/block_scale.h"
#include "synth/random_blocks.h"

namespace caracal {
namespace {

template <class T, T (*kConvert)(float)>
void fill(std::span<std::byte> out, RandomBits& random, double sigma) {
  const auto scale = static_cast<float>(sigma);
  for (size_t at = 0; at < out.size(); at += sizeof(T)) {
    const T value = kConvert(scale * random.normal());
    std::memcpy(out.data() + at, &value, sizeof(T));
  }
}

float same(float value) { return value; }

}  // namespace

FillBlocks find_float_fill(TensorType type) {
  switch (type) {
    case TensorType::f32:
      return fill<float, same>;
    case TensorType::f16:
      return fill<uint16_t, f32_to_f16>;
    case TensorType::bf16:
      return fill<uint16_t, f32_to_bf16>;
    default:
      return nullptr;
  }
}

}  // namespace caracal
