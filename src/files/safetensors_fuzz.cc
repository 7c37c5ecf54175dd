/// libFuzzer target: any image, and any index, gives one Error or an object that can be walked to
/// its last byte.
#include <cstddef>
#include <cstdint>

#include "base/error.h"
#include "files/safetensors.h"
#include "files/safetensors_header.h"

namespace caracal {
namespace {

uint64_t walk(const Safetensors& file) {
  uint64_t sum = 0;
  for (const SafetensorsTensor& tensor : file.tensors()) {
    if (file.find(tensor.name) != &tensor || !tensor.type) __builtin_trap();
    for (std::byte b : tensor.data) sum += static_cast<uint64_t>(b);
  }
  return sum;
}

}  // namespace
}  // namespace caracal

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace caracal;
  volatile uint64_t sink = 0;
  try {
    sink = walk(Safetensors::parse(std::as_bytes(std::span(data, size)), "fuzz"));
  } catch (const Error&) {
  }
  try {
    sink = parse_safetensors_index({reinterpret_cast<const char*>(data), size}, "fuzz").size();
  } catch (const Error&) {
  }
  (void)sink;
  return 0;
}
