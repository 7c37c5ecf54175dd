#pragma once
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_set>
#include <vector>

#include "base/file.h"
#include "files/gguf.h"
#include "spec/tensor_type.h"

namespace caracal {

/// What stands before the data of a GGUF v3 file: metadata and the list of tensors, in the order of
/// the calls. Throws Error(bad_request) for what no reader would take: a repeated or empty name, a
/// shape that the type's blocks do not divide, an alignment that is not a power of two.
class GgufHeader {
 public:
  /// Who writes the key general.alignment: we do, when it is not the default, or the caller sets it
  /// among the others.
  enum class AlignmentKey : uint8_t { when_needed, from_caller };

  /// alignment: of each tensor's data, 8 to 2 MiB.
  explicit GgufHeader(uint32_t alignment = 32, AlignmentKey key = AlignmentKey::when_needed);

  /// T is bool, float, double or an integer of 8 to 64 bits; the key's type follows from it.
  template <class T>
  void set(std::string_view key, T value) {
    add_key(key, type_of<T>());
    put(value);
  }
  void set_string(std::string_view key, std::string_view value);
  /// Numbers as for set(); spans of bool are not offered by the language, see set_bools().
  template <class T>
  void set_array(std::string_view key, std::span<const T> values) {
    add_array(key, type_of<T>(), values.size());
    for (T value : values) put(value);
  }
  void set_bools(std::string_view key, const std::vector<bool>& values);
  void set_strings(std::string_view key, std::span<const std::string_view> values);
  /// Copies a value of another file as it is.
  void set_value(std::string_view key, const GgufValue& value);

  /// shape: outermost first, 1 to 4 dimensions.
  void add_tensor(std::string_view name, TensorType type, std::span<const int64_t> shape);

  uint32_t alignment() const { return alignment_; }
  size_t n_tensors() const { return tensors_.size(); }
  std::string_view tensor_name(size_t i) const { return tensors_[i].name; }
  uint64_t tensor_bytes(size_t i) const { return tensors_[i].n_bytes; }
  /// Zero bytes that bring n_bytes to the next multiple of the alignment.
  uint64_t padding_after(uint64_t n_bytes) const { return -n_bytes & (alignment_ - 1); }
  /// The file up to the first tensor's data.
  std::string encode() const;

 private:
  struct Tensor {
    std::string name;
    TensorType type;
    std::vector<int64_t> shape;
    uint64_t n_bytes;
  };

  template <class T>
  static constexpr GgufValue::Type type_of() {
    using Type = GgufValue::Type;
    if constexpr (std::is_same_v<T, bool>) return Type::boolean;
    if constexpr (std::is_floating_point_v<T>) return sizeof(T) == 4 ? Type::f32 : Type::f64;
    constexpr Type kSigned[] = {Type::i8, Type::i16, Type::i32, Type::i64};
    constexpr Type kUnsigned[] = {Type::u8, Type::u16, Type::u32, Type::u64};
    constexpr int log2_bytes = sizeof(T) == 1 ? 0 : sizeof(T) == 2 ? 1 : sizeof(T) == 4 ? 2 : 3;
    return std::is_signed_v<T> ? kSigned[log2_bytes] : kUnsigned[log2_bytes];
  }
  template <class T>
  void put(T value) {
    keys_.append(reinterpret_cast<const char*>(&value), sizeof(T));
  }
  void put_string(std::string_view text);
  void add_key(std::string_view key, GgufValue::Type type);
  void add_array(std::string_view key, GgufValue::Type element, uint64_t count);

  uint32_t alignment_;
  uint64_t n_keys_ = 0;
  std::string keys_;  // encoded
  std::vector<Tensor> tensors_;
  std::unordered_set<std::string> names_;  // of keys and tensors, each with a prefix of its own
};

/// Writes a GGUF file aside and renames it into place: readers see no file or a whole one.
class GgufWriter {
 public:
  /// Throws Error(io / not_found) when the folder cannot be written.
  GgufWriter(const std::filesystem::path& path, GgufHeader header);

  /// The next bytes of the tensors' data, in the header's order, cut as the caller likes as long as
  /// no piece reaches over a tensor's end. Padding is ours.
  void write(std::span<const std::byte> bytes);
  /// All tensors must be complete.
  void commit();

 private:
  void pad(uint64_t n_bytes);

  GgufHeader header_;
  AtomicFile file_;
  size_t tensor_ = 0;  // being written
  uint64_t done_ = 0;  // of its bytes
};

}  // namespace caracal
