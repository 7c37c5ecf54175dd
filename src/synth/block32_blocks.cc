/// Blocks of 32 with one scale: w = d * (code - offset), or w = d * code + m.
#include <array>

#include "synth/block_scale.h"
#include "synth/code_table.h"
#include "synth/random_blocks.h"

namespace caracal {
namespace {

constexpr size_t kElements = 32;

/// Codes of elements j and j + 16 share byte j: low halves first.
struct Codes {
  std::array<uint8_t, kElements> code;

  Codes(RandomBits& random, const CodeTable& table) : code(draw_codes<kElements>(random, table)) {}
  void put_nibbles(uint8_t* at) const {
    for (size_t j = 0; j < 16; ++j)
      at[j] = static_cast<uint8_t>((code[j] & 15) | ((code[j + 16] & 15) << 4));
  }
  /// Bit j is the fifth bit of element j.
  void put_fifth_bits(uint8_t* at) const {
    uint32_t bits = 0;
    for (size_t j = 0; j < kElements; ++j) bits |= uint32_t{uint32_t{code[j]} >> 4} << j;
    std::memcpy(at, &bits, sizeof(bits));
  }
};

// f16 d, 16 bytes of nibbles.
void fill_q4_0(std::span<std::byte> out, RandomBits& random, double sigma) {
  static const CodeTable table = CodeTable::linear(16, 8);
  for_each_block<18>(out, random, [&](uint8_t* block, RandomBits& r) {
    put_f16(block, random_scale(r, sigma / table.deviation));
    Codes(r, table).put_nibbles(block + 2);
  });
}

// f16 d, f16 m, 16 bytes of nibbles.
void fill_q4_1(std::span<std::byte> out, RandomBits& random, double sigma) {
  static const CodeTable table = CodeTable::linear(16, 7.5);
  for_each_block<20>(out, random, [&](uint8_t* block, RandomBits& r) {
    const float d = random_scale(r, sigma / table.deviation);
    put_f16(block, d);
    put_f16(block + 2, -7.5f * d);
    Codes(r, table).put_nibbles(block + 4);
  });
}

// f16 d, 4 bytes of fifth bits, 16 bytes of nibbles.
void fill_q5_0(std::span<std::byte> out, RandomBits& random, double sigma) {
  static const CodeTable table = CodeTable::linear(32, 16);
  for_each_block<22>(out, random, [&](uint8_t* block, RandomBits& r) {
    put_f16(block, random_scale(r, sigma / table.deviation));
    const Codes codes(r, table);
    codes.put_fifth_bits(block + 2);
    codes.put_nibbles(block + 6);
  });
}

// f16 d, f16 m, 4 bytes of fifth bits, 16 bytes of nibbles.
void fill_q5_1(std::span<std::byte> out, RandomBits& random, double sigma) {
  static const CodeTable table = CodeTable::linear(32, 15.5);
  for_each_block<24>(out, random, [&](uint8_t* block, RandomBits& r) {
    const float d = random_scale(r, sigma / table.deviation);
    put_f16(block, d);
    put_f16(block + 2, -15.5f * d);
    const Codes codes(r, table);
    codes.put_fifth_bits(block + 4);
    codes.put_nibbles(block + 8);
  });
}

// f16 d, 32 signed bytes of -127 to 127.
void fill_q8_0(std::span<std::byte> out, RandomBits& random, double sigma) {
  static const CodeTable table = CodeTable::linear(255, 127);
  for_each_block<34>(out, random, [&](uint8_t* block, RandomBits& r) {
    put_f16(block, random_scale(r, sigma / table.deviation));
    const Codes codes(r, table);
    for (size_t j = 0; j < kElements; ++j) block[2 + j] = static_cast<uint8_t>(codes.code[j] - 127);
  });
}

}  // namespace

FillBlocks find_block32_fill(TensorType type) {
  switch (type) {
    case TensorType::q4_0:
      return fill_q4_0;
    case TensorType::q4_1:
      return fill_q4_1;
    case TensorType::q5_0:
      return fill_q5_0;
    case TensorType::q5_1:
      return fill_q5_1;
    case TensorType::q8_0:
      return fill_q8_0;
    default:
      return nullptr;
  }
}

}  // namespace caracal
