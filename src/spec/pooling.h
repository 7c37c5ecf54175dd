#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace caracal {

/// How the hidden states of a text's tokens become its embedding. The values are GGUF's
/// (<arch>.pooling_type).
enum class Pooling : uint8_t {
  none = 0,  ///< they do not: one vector per token
  mean = 1,  ///< their mean (Reimers & Gurevych 2019)
  cls = 2,   ///< that of the first token
  last = 3,  ///< that of the last token
};

constexpr std::string_view name_of(Pooling pooling) {
  switch (pooling) {
    case Pooling::none:
      return "none";
    case Pooling::mean:
      return "mean";
    case Pooling::cls:
      return "cls";
    case Pooling::last:
      return "last";
  }
  return "none";
}

constexpr std::optional<Pooling> find_pooling(std::string_view name) {
  for (Pooling pooling : {Pooling::none, Pooling::mean, Pooling::cls, Pooling::last})
    if (name_of(pooling) == name) return pooling;
  return std::nullopt;
}

}  // namespace caracal
