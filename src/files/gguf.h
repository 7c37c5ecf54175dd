#pragma once
/// GGUF v2 and v3 checkpoints, single or split, memory-mapped. docs/formats/gguf.md has the layout.
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/aligned_buffer.h"
#include "base/file.h"
#include "spec/tensor_type.h"

namespace caracal {

/// Elements of a metadata array of numbers or booleans, as they lie in the file: little-endian,
/// not aligned. Arrays of arrays keep their raw bytes after their nesting was checked (nothing in
/// the field uses them).
struct GgufArray {
  uint64_t count = 0;
  std::span<const std::byte> bytes;
};

/// One metadata value. Views point into the map.
struct GgufValue {
  enum class Type : uint32_t {
    u8 = 0,
    i8,
    u16,
    i16,
    u32,
    i32,
    f32,
    boolean,
    string,
    array,
    u64,
    i64,
    f64
  };
  Type type{};
  Type element{};         ///< for arrays
  uint64_t position = 0;  ///< byte of the value in its file, for messages
  std::variant<uint64_t, int64_t, double, bool, std::string_view,  // scalars
               GgufArray, std::vector<std::string_view>>           // arrays
      value;
};

/// As printed: "u32", "string", "array".
std::string_view name_of(GgufValue::Type type);

/// One line for people: scalars and strings as text, arrays as "[a, b, ... (32000 x string)]" with
/// at most max_items elements; long strings are cut.
std::string to_text(const GgufValue& value, size_t max_items = 8);

struct GgufTensor {
  std::string_view name;
  TensorType type{};
  std::vector<int64_t> shape;       ///< outermost first: [n_out, n_in] for a matrix; never empty
  std::span<const std::byte> data;  ///< inside the map of its shard
  int shard = 0;                    ///< kInMemory: inside memory that was made for it
  static constexpr int kInMemory = -1;

  /// Of the outermost dimension's entries: a matrix's rows.
  size_t row_bytes() const { return data.size() / static_cast<size_t>(shape[0]); }
};

class GgufHeader;
struct GgufImage;

/// Where the bytes of an assembled checkpoint lie: in other files, and in memory for what those do
/// not have in the form that GGUF wants.
struct GgufBacking {
  struct Place {
    std::span<const std::byte> data;
    int shard = 0;  ///< index of the map, or GgufTensor::kInMemory
  };
  std::vector<Place> places;  ///< one per tensor, in the header's order
  std::vector<MappedFile> maps;
  std::vector<AlignedBuffer> memory;
};

/// An opened checkpoint: metadata of the first shard, tensors of all shards. Immutable; views stay
/// valid as long as it (or what it was moved to) lives. open() checks every offset, count, length,
/// nesting, alignment, type, shape and split key before use and throws one Error(bad_file /
/// unsupported) naming file, position, expected and found. Types that the table knows but this
/// version cannot read are accepted here: only who loads such a tensor has to refuse it.
/// The file must not be cut by others while it is open (the map would fault).
class Gguf {
 public:
  /// path: a single file, or any shard `NAME-0000i-of-0000n.gguf` of a split one; all are opened.
  static Gguf open(const std::filesystem::path& path,
                   MappedFile::Access access = MappedFile::Access::map);
  /// For tests and fuzzing: parses one image held by the caller. Splits are refused.
  static Gguf parse(std::span<const std::byte> image, std::string_view name);
  /// A checkpoint of another kind in GGUF's words: what header says, with the tensors' bytes where
  /// backing has them. name: as printed in messages.
  static Gguf assemble(std::string name, const GgufHeader& header, GgufBacking backing);

  Gguf(Gguf&&) noexcept = default;
  Gguf& operator=(Gguf&&) noexcept = default;

  /// The file (first shard), as printed in messages.
  std::string_view name() const { return name_; }
  uint32_t version() const { return version_; }
  /// In file order.
  const std::vector<std::pair<std::string_view, GgufValue>>& metadata() const { return metadata_; }
  const GgufValue* find(std::string_view key) const;

  // Typed access: nullopt (or nullptr) when the key is absent, Error(bad_file) when its type or
  // value does not fit. Integers of any width and sign are accepted where the value fits, floats of
  // both widths; get_ints takes arrays of booleans as 0 and 1.
  std::optional<int64_t> get_int(std::string_view key) const;
  std::optional<double> get_float(std::string_view key) const;
  std::optional<bool> get_bool(std::string_view key) const;
  std::optional<std::string_view> get_string(std::string_view key) const;
  const std::vector<std::string_view>* get_strings(std::string_view key) const;
  std::optional<std::vector<int64_t>> get_ints(std::string_view key) const;
  std::optional<std::vector<double>> get_floats(std::string_view key) const;

  /// In file order, shard after shard.
  std::span<const GgufTensor> tensors() const { return tensors_; }
  const GgufTensor* find_tensor(std::string_view name) const;
  /// Of all shards together; of an assembled one, the files that its tensors lie in.
  uint64_t file_bytes() const { return file_bytes_; }
  /// Elements of all tensors.
  uint64_t n_parameters() const;
  int n_shards() const { return n_shards_; }

  /// Pages of this tensor will not be read again (its repacked copy is used).
  void drop(const GgufTensor& tensor) const;

 private:
  using NameIndex = std::vector<std::pair<std::string_view, uint32_t>>;  // sorted by name

  Gguf() = default;
  static Gguf open_one(const std::filesystem::path& path, MappedFile::Access access);
  void take_image(std::span<const std::byte> image);
  void take_header(GgufImage image);
  /// Takes over the tensors of the next shard of a split.
  void append(Gguf&& shard);
  void index_tensors();
  [[noreturn]] void wrong_value(std::string_view key, const GgufValue& value,
                                std::string_view expected) const;

  std::string name_;
  uint32_t version_ = 0;
  uint64_t file_bytes_ = 0;
  int n_shards_ = 1;
  std::vector<MappedFile> maps_;  // one per shard; empty after parse()
  std::vector<AlignedBuffer> memory_;
  std::vector<std::pair<std::string_view, GgufValue>> metadata_;
  std::vector<GgufTensor> tensors_;
  NameIndex key_index_;
  NameIndex tensor_index_;
};

}  // namespace caracal
