#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace caracal {

/// "PREFIX-00002-of-00005.gguf", the way both GGUF and safetensors name the parts of a model.
struct ShardName {
  std::string prefix;
  std::string extension;  ///< ".gguf"
  int index = 0;          ///< from 1
  int count = 0;
};

/// Nothing for a file that is no part. At most 99 999 parts.
std::optional<ShardName> parse_shard(std::string_view path);
std::string shard_path(const ShardName& shard, int index);

}  // namespace caracal
