/// libFuzzer target: any image gives one Error or an object that can be walked to its last byte.
#include <cstddef>
#include <cstdint>

#include "base/error.h"
#include "files/gguf.h"

namespace caracal {
namespace {

uint64_t walk_values(const Gguf& gguf) {
  uint64_t sum = 0;
  for (const auto& [key, value] : gguf.metadata()) {
    sum += key.size() + to_text(value).size() + (gguf.find(key) == &value);
    try {
      if (value.type != GgufValue::Type::array) {
        sum += static_cast<uint64_t>(gguf.get_int(key).value_or(0));
      } else if (value.element == GgufValue::Type::string) {
        for (std::string_view text : *gguf.get_strings(key)) sum += text.empty() ? 0 : text.back();
      } else if (value.element == GgufValue::Type::f32) {
        sum += gguf.get_floats(key)->size();
      } else {
        sum += gguf.get_ints(key)->size();
      }
    } catch (const Error&) {  // asked for another type than the file has
    }
  }
  return sum;
}

uint64_t walk_tensors(const Gguf& gguf) {
  uint64_t sum = 0;
  for (const GgufTensor& tensor : gguf.tensors()) {
    if (gguf.find_tensor(tensor.name) != &tensor || tensor.shape.empty()) __builtin_trap();
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
    const Gguf gguf = Gguf::parse(std::as_bytes(std::span(data, size)), "fuzz");
    sink = walk_values(gguf) + walk_tensors(gguf);
  } catch (const Error&) {
  }
  (void)sink;
  return 0;
}
