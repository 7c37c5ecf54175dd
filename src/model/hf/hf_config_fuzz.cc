/// libFuzzer target: any config.json gives one Error, or keys and tensors that a GGUF reader takes.
#include <cstddef>
#include <cstdint>

#include "base/error.h"
#include "files/gguf.h"
#include "model/hf/hf_family.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace caracal;
  try {
    const HfConfig config =
        HfConfig::parse({reinterpret_cast<const char*>(data), size}, "config.json");
    GgufHeader header;
    const auto made = write_hf_keys(find_hf_family(config), config, header);
    const std::string image = header.encode();
    const Gguf file = Gguf::parse(std::as_bytes(std::span(image)), "written");
    if (!file.find("general.architecture")) __builtin_trap();
    for (const MadeTensor& tensor : made)
      for (float divisor : tensor.values)
        if (!(divisor > 0)) __builtin_trap();
  } catch (const Error&) {
  }
  return 0;
}
