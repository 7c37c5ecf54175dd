#pragma once
/// In which type a row codec keeps keys and values.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace caracal {

enum class KvType : uint8_t { f32, f16, bf16 };

constexpr size_t element_bytes(KvType type) { return type == KvType::f32 ? 4 : 2; }

constexpr std::string_view name_of(KvType type) {
  switch (type) {
    case KvType::f32:
      return "f32";
    case KvType::f16:
      return "f16";
    case KvType::bf16:
      return "bf16";
  }
  return "f32";
}

constexpr std::optional<KvType> find_kv_type(std::string_view name) {
  for (KvType type : {KvType::f32, KvType::f16, KvType::bf16})
    if (name == name_of(type)) return type;
  return std::nullopt;
}

}  // namespace caracal
