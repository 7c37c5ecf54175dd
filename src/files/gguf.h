#pragma once
/// GGUF v2 and v3 checkpoints, single or split, memory-mapped. docs/formats/gguf.md has the layout.
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/file.h"
#include "spec/tensor_type.h"

namespace caracal {

/// One metadata value. Arrays of numbers and strings are stored flat; arrays of arrays are kept as
/// raw bytes after their nesting was checked (nothing in the field uses them).
struct GgufValue {
  enum class Type : uint32_t {
    u8 = 0, i8, u16, i16, u32, i32, f32, boolean, string, array, u64, i64, f64
  };
  Type type{};
  Type element{};  ///< for arrays
  std::variant<uint64_t, int64_t, double, bool, std::string_view,  // scalars; strings point into the map
               std::vector<uint64_t>, std::vector<int64_t>, std::vector<double>,
               std::vector<std::string_view>>
      value;
};

struct GgufTensor {
  std::string_view name;
  TensorType type{};
  std::vector<int64_t> shape;  ///< outermost first: [n_out, n_in] for a matrix
  std::span<const std::byte> data;  ///< inside the map of its shard
  int shard = 0;
};

/// An opened checkpoint: metadata of the first shard, tensors of all shards. Immutable; views stay
/// valid as long as it lives. open() checks every offset, count, length, nesting, alignment, type,
/// shape and split key before use and throws one Error(bad_file / unsupported) naming file,
/// position, expected and found.
class Gguf {
 public:
  static Gguf open(const std::filesystem::path& path);
  /// For tests and fuzzing: parses one image held by the caller. Splits are refused.
  static Gguf parse(std::span<const std::byte> image, std::string_view name);

  Gguf(Gguf&&) noexcept = default;
  Gguf& operator=(Gguf&&) noexcept = default;

  std::string_view name() const { return name_; }
  uint32_t version() const { return version_; }
  const std::vector<std::pair<std::string_view, GgufValue>>& metadata() const { return metadata_; }
  const GgufValue* find(std::string_view key) const;

  // Typed access: nullopt when the key is absent, Error(bad_file) when its type does not fit.
  // Integers of any width and sign are accepted where the value fits.
  std::optional<int64_t> get_int(std::string_view key) const;
  std::optional<double> get_float(std::string_view key) const;
  std::optional<bool> get_bool(std::string_view key) const;
  std::optional<std::string_view> get_string(std::string_view key) const;
  const std::vector<std::string_view>* get_strings(std::string_view key) const;
  std::optional<std::vector<int64_t>> get_ints(std::string_view key) const;
  std::optional<std::vector<double>> get_floats(std::string_view key) const;

  std::span<const GgufTensor> tensors() const { return tensors_; }
  const GgufTensor* find_tensor(std::string_view name) const;
  uint64_t file_bytes() const { return file_bytes_; }

  /// Pages of this tensor will not be read again (its repacked copy is used).
  void drop(const GgufTensor& tensor) const;
  /// --mlock. False when the system refuses.
  bool lock_memory() const;

 private:
  friend class GgufParser;
  Gguf() = default;
  std::string name_;
  uint32_t version_ = 0;
  uint64_t file_bytes_ = 0;
  std::vector<MappedFile> maps_;
  std::vector<std::pair<std::string_view, GgufValue>> metadata_;
  std::vector<GgufTensor> tensors_;
  std::vector<std::pair<std::string_view, uint32_t>> key_index_;     // sorted by name
  std::vector<std::pair<std::string_view, uint32_t>> tensor_index_;  // sorted by name
};

}  // namespace caracal
