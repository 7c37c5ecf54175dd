#pragma once
/// Safetensors checkpoints, single or sharded, memory-mapped. docs/formats/hf.md has the layout.
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/file.h"
#include "spec/tensor_type.h"

namespace caracal {

/// An element type of the format: "BF16", 16 bits.
struct SafetensorsType {
  std::string_view name;
  int32_t bits;
  std::optional<TensorType> tensor_type;  ///< the same elements in GGUF's words, if it has them
};
/// Row of the table, or nullptr for a name that the format does not have.
const SafetensorsType* find_safetensors_type(std::string_view name);

struct SafetensorsTensor {
  std::string name;
  const SafetensorsType* type = nullptr;  ///< never null
  std::vector<int64_t> shape;             ///< outermost first; empty for a scalar; 0 may occur
  std::span<const std::byte> data;        ///< inside the map of its shard; any alignment
  int shard = 0;
};

/// An opened checkpoint. Immutable; views stay valid as long as the maps live (here, or where
/// take_maps() brought them). open() and parse() check header length, JSON, names, types, shapes,
/// that each tensor's bytes are as many as its shape says, and that the tensors fill the data
/// section without overlap or gap; they throw one Error(bad_file / unsupported / not_found) naming
/// file, tensor, expected and found. Memory used is bounded by a small multiple of the header.
class Safetensors {
 public:
  /// path: a file NAME.safetensors, or an index NAME.safetensors.index.json, which says in which
  /// shard beside it each tensor lies; tensors of a shard that the index leaves out are left out.
  static Safetensors open(const std::filesystem::path& path,
                          MappedFile::Access access = MappedFile::Access::map);
  /// For tests and fuzzing: parses one image held by the caller.
  static Safetensors parse(std::span<const std::byte> image, std::string_view name);

  /// The file or the index, as printed in messages.
  std::string_view name() const { return name_; }
  /// In the order of their data, shard after shard.
  std::span<const SafetensorsTensor> tensors() const { return tensors_; }
  const SafetensorsTensor* find(std::string_view name) const;
  /// Of all shards together.
  uint64_t file_bytes() const { return file_bytes_; }
  int n_shards() const { return static_cast<int>(maps_.size()); }
  /// Of all shards; tensors point into them. What remains here must not be read afterwards.
  std::vector<MappedFile> take_maps() && { return std::move(maps_); }

 private:
  Safetensors() = default;
  static Safetensors open_index(const std::filesystem::path& path, MappedFile::Access access);
  void add_shard(const std::filesystem::path& path, MappedFile::Access access);
  void index_names();

  std::string name_;
  uint64_t file_bytes_ = 0;
  std::vector<MappedFile> maps_;  // one per shard; empty after parse()
  std::vector<SafetensorsTensor> tensors_;
  std::vector<std::pair<std::string_view, uint32_t>> by_name_;  // sorted
};

}  // namespace caracal
