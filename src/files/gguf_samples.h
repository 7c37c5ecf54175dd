#pragma once
/// Tests only: small GGUF images, built by the writer where it agrees to and by hand where not.
#include <array>
#include <cstring>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "files/gguf.h"
#include "files/gguf_writer.h"

namespace caracal::samples {

inline std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

/// Header and data; byte j of tensor i is 16 * i + j.
inline std::string image_of(const GgufHeader& header) {
  std::string image = header.encode();
  for (size_t i = 0; i < header.n_tensors(); ++i) {
    const uint64_t n_bytes = header.tensor_bytes(i);
    for (uint64_t j = 0; j < n_bytes; ++j) image.push_back(static_cast<char>(16 * i + j));
    image.append(header.padding_after(n_bytes), '\0');
  }
  return image;
}

/// One key of every type.
inline void add_every_type(GgufHeader& header) {
  header.set<uint8_t>("u8", 255);
  header.set<int8_t>("i8", -128);
  header.set<uint16_t>("u16", 65535);
  header.set<int16_t>("i16", -32768);
  header.set<uint32_t>("u32", 4294967295u);
  header.set<int32_t>("i32", INT32_MIN);
  header.set<uint64_t>("u64", UINT64_MAX);
  header.set<int64_t>("i64", INT64_MIN);
  header.set<float>("f32", 0.1f);
  header.set<double>("f64", 0.1);
  header.set<bool>("bool", true);
  header.set_string("string", "caracal");
  header.set_array<uint16_t>("u16s", std::array<uint16_t, 3>{1, 2, 65535});
  header.set_array<int32_t>("i32s", std::array<int32_t, 2>{-1, 7});
  header.set_array<float>("f32s", std::array<float, 2>{0.5f, -2});
  header.set_bools("bools", {true, false, true});
  header.set_strings("strings", std::array<std::string_view, 3>{"", "a", "\xE2\x82\xAC"});
}

inline std::string every_type_image() {
  GgufHeader header;
  add_every_type(header);
  return image_of(header);
}

/// A matrix, a vector and a block format, with an alignment of its own.
inline std::string tensors_image() {
  GgufHeader header(64);
  header.set_string("general.architecture", "llama");
  header.add_tensor("matrix", TensorType::f32, std::array<int64_t, 2>{2, 3});
  header.add_tensor("vector", TensorType::f16, std::array<int64_t, 1>{5});
  header.add_tensor("blocks", TensorType::q4_1, std::array<int64_t, 2>{2, 32});
  header.add_tensor("later", TensorType::q6_k, std::array<int64_t, 3>{1, 1, 256});
  return image_of(header);
}

inline std::string empty_image() { return image_of(GgufHeader{}); }

template <class T>
std::string raw(T value) {
  return {reinterpret_cast<const char*>(&value), sizeof(T)};
}
inline std::string raw_string(std::string_view text) {
  return raw(uint64_t{text.size()}) + std::string(text);
}
inline std::string raw_header(uint64_t n_tensors, uint64_t n_keys, uint32_t version = 3) {
  return "GGUF" + raw(version) + raw(n_tensors) + raw(n_keys);
}

/// A key whose value is arrays, depth deep, around one u8.
inline std::string nested_image(int depth) {
  std::string image = raw_header(0, 1) + raw_string("nested") + raw(uint32_t{9});
  for (int i = 1; i < depth; ++i) image += raw(uint32_t{9}) + raw(uint64_t{1});
  return image + raw(uint32_t{0}) + raw(uint64_t{1}) + "\x2a";
}

/// Everything that tests/fuzz/corpus/gguf/ holds, by file name.
inline std::map<std::string, std::string> fuzz_seeds() {
  std::string version_2 = tensors_image();
  version_2[4] = 2;
  return {{"empty", empty_image()},
          {"every_type", every_type_image()},
          {"tensors", tensors_image()},
          {"tensors_v2", version_2},
          {"nested", nested_image(3)}};
}

}  // namespace caracal::samples
