#pragma once
#include <filesystem>
#include <string>
#include <string_view>

#include "files/gguf.h"

namespace caracal {

/// The name of one file of a split checkpoint: PREFIX-00002-of-00005.gguf has index 1, count 5.
/// A name of another form stands for itself: index 0, count 1.
struct GgufShardName {
  std::filesystem::path path;
  std::string prefix;  ///< with the folder
  int index = 0;
  int count = 1;

  static GgufShardName of(const std::filesystem::path& path);
  std::filesystem::path path_of(int shard) const;
};

/// Whether a key is about the file's place in a split, not about the model.
inline bool is_split_key(std::string_view key) { return key.starts_with("split."); }

/// What the keys split.no, split.count and split.tensors.count of one file say. A file without
/// split.count, or with 0 (a merged one) or 1, is whole: count 1.
struct GgufSplitKeys {
  int no = 0;
  int count = 1;
  int64_t n_tensors = 0;  ///< of all shards; 0 when whole

  /// Throws Error(bad_file) for a missing key or one out of range.
  static GgufSplitKeys of(const Gguf& file);
};

}  // namespace caracal
