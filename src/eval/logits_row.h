#pragma once
/// One row of a logits file: two floats and a 16-bit code per token.
#include <cstddef>
#include <cstdint>
#include <span>

namespace caracal {

/// Codes are padded to an even count, so that rows stay aligned for floats.
constexpr size_t logits_row_bytes(int64_t n_vocab) {
  return 2 * sizeof(float) + 2 * sizeof(uint16_t) * static_cast<size_t>((n_vocab + 1) / 2);
}

/// out: logits_row_bytes(logits.size()) / 2 numbers. Returns the probability of the tokens whose
/// code only says that they lie below the range.
double encode_logits_row(std::span<const float> logits, std::span<uint16_t> out);

/// Code i stands for min_log_prob + scale * code.
struct LogitsRowHead {
  float scale = 0;
  float min_log_prob = 0;

  static LogitsRowHead of(std::span<const std::byte> row);
  bool is_sound() const;
  /// Whether code 0 means "at most this", which it does when the largest range was needed.
  bool floor_is_open() const;
  float log_prob(uint16_t code) const { return min_log_prob + scale * code; }
};
uint16_t logits_row_code(std::span<const std::byte> row, size_t token);

}  // namespace caracal
