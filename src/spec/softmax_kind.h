#pragma once
/// What attention's exponentials are relative to.
#include <cstdint>
#include <optional>
#include <string_view>

namespace caracal {

enum class SoftmaxKind : uint8_t {
  online,   ///< the largest score so far
  unified,  ///< one number for all, where it fits (FlashDecoding++)
};

constexpr std::optional<SoftmaxKind> find_softmax_kind(std::string_view name) {
  if (name == "online") return SoftmaxKind::online;
  if (name == "unified") return SoftmaxKind::unified;
  return std::nullopt;
}

}  // namespace caracal
