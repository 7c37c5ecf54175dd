#pragma once
#include <cstddef>
#include <cstdint>

namespace caracal {

/// What one template may cost. A template comes with a downloaded model, so it is hostile input.
struct TemplateLimits {
  size_t max_source_bytes = size_t{1} << 20;
  /// Nesting of blocks and of expressions in the source.
  int max_nesting = 200;
  /// Nesting while rendering: every expression, block and macro call counts one.
  int max_depth = 1000;
  /// Evaluated expressions, statements and iterations; long texts count one per 256 bytes.
  uint64_t max_steps = 20'000'000;
  /// Text produced, captured blocks and macro results included.
  size_t max_output_bytes = size_t{64} << 20;
  /// Live values (strings, lists, dicts, the converted input).
  size_t max_memory_bytes = size_t{256} << 20;
};

}  // namespace caracal
