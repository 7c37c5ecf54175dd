#pragma once
/// In which type a row codec keeps keys and values.
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace caracal {

/// q8_0 and q4_0 are the blocks of GGUF: an f16 scale, then 32 codes of 8 or 4 bits.
enum class KvType : uint8_t { f32, f16, bf16, q8_0, q4_0 };

inline constexpr std::array kAllKvTypes = {KvType::f32, KvType::f16, KvType::bf16, KvType::q8_0,
                                           KvType::q4_0};

/// What a type stores at once.
struct KvBlock {
  int32_t values;
  int32_t bytes;
};

constexpr KvBlock kv_block(KvType type) {
  constexpr KvBlock kBlocks[] = {{1, 4}, {1, 2}, {1, 2}, {32, 34}, {32, 18}};
  return kBlocks[static_cast<size_t>(type)];
}

/// Bytes of a row of n values; n is a multiple of kv_block(type).values.
constexpr size_t kv_row_bytes(KvType type, int64_t n) {
  const KvBlock block = kv_block(type);
  return static_cast<size_t>(n / block.values * block.bytes);
}

constexpr std::string_view name_of(KvType type) {
  constexpr std::string_view kNames[] = {"f32", "f16", "bf16", "q8_0", "q4_0"};
  return kNames[static_cast<size_t>(type)];
}

constexpr std::optional<KvType> find_kv_type(std::string_view name) {
  for (KvType type : kAllKvTypes)
    if (name == name_of(type)) return type;
  return std::nullopt;
}

}  // namespace caracal
