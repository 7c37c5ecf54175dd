/// Any bytes as a template, rendered over a small conversation: an error or a text, soon.
#include <cstdint>
#include <string>

#include "base/error.h"
#include "base/json.h"
#include "text/template/chat_template.h"

namespace {

caracal::TemplateLimits small_limits() {
  caracal::TemplateLimits limits;
  limits.max_steps = 20'000;
  limits.max_output_bytes = 1 << 18;
  limits.max_memory_bytes = 4 << 20;
  return limits;
}

const caracal::Json& conversation() {
  static const caracal::Json input = caracal::Json::parse(R"j({
    "messages": [{"role": "system", "content": "You are terse."},
                 {"role": "user", "content": "Grüße 你好"},
                 {"role": "assistant", "content": null,
                  "tool_calls": [{"function": {"name": "f", "arguments": {"x": 1.5}}}]}],
    "tools": [{"type": "function", "function": {"name": "f", "parameters": {"a": [1, null, true]}}}],
    "a": 1, "s": "text", "l": [3, 1, 2], "d": {"k": "v"}, "now": "2026-01-02T03:04:05"})j");
  return input;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  try {
    const caracal::ChatTemplate parsed(std::string(reinterpret_cast<const char*>(data), size),
                                       small_limits());
    parsed.render(conversation());
  } catch (const caracal::Error&) {
  }
  return 0;
}
