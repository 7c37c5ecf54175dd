#include "eval/logits_row.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "eval/log_softmax.h"

namespace caracal {
namespace {

constexpr float kMaxRange = 16;  // nats below the largest; the rest is not told apart
constexpr float kMaxCode = 65535;

}  // namespace

double encode_logits_row(std::span<const float> logits, std::span<uint16_t> out) {
  const auto [low, top] = std::ranges::minmax(logits);
  const double log_sum = log_sum_exp(logits);
  const float floor = std::max(low, top - kMaxRange);
  const float range = top - floor;
  const LogitsRowHead head = {.scale = range / kMaxCode,
                              .min_log_prob = static_cast<float>(floor - log_sum)};
  std::memcpy(out.data(), &head, sizeof(head));
  const auto codes = out.subspan(sizeof(head) / sizeof(uint16_t));
  std::ranges::fill(codes, uint16_t{0});
  if (range == 0) return 0;
  const float codes_per_nat = kMaxCode / range;
  double tail = 0;
  for (size_t i = 0; i < logits.size(); ++i) {
    const float code = std::nearbyintf((logits[i] - floor) * codes_per_nat);
    codes[i] = static_cast<uint16_t>(std::clamp(code, 0.0f, kMaxCode));
    if (codes[i] == 0) tail += std::exp(logits[i] - log_sum);
  }
  return head.floor_is_open() ? tail : 0;
}

LogitsRowHead LogitsRowHead::of(std::span<const std::byte> row) {
  LogitsRowHead head;
  std::memcpy(&head, row.data(), sizeof(head));
  return head;
}

bool LogitsRowHead::is_sound() const {
  return std::isfinite(scale) && std::isfinite(min_log_prob) && scale >= 0;
}

bool LogitsRowHead::floor_is_open() const { return scale * kMaxCode > kMaxRange * 0.9999f; }

uint16_t logits_row_code(std::span<const std::byte> row, size_t token) {
  uint16_t code = 0;
  std::memcpy(&code, row.data() + sizeof(LogitsRowHead) + token * sizeof(code), sizeof(code));
  return code;
}

}  // namespace caracal
