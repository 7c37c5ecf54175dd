#pragma once
/// The hyper-parameters of one architecture: keys below "<arch>.", with range checks.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "files/gguf.h"
#include "spec/model_config.h"

namespace caracal {

/// Every function throws Error(bad_file) naming file, key, expected and found.
class ArchKeys {
 public:
  /// config.arch is the prefix.
  ArchKeys(const Gguf& file, const ModelConfig& config);

  /// A number from 1 to max; find_ gives nullopt where the file lacks the key.
  std::optional<int32_t> find_count(std::string_view key, int64_t max) const;
  int32_t count(std::string_view key, int64_t max) const;
  /// The key may hold one number per layer; they must agree here.
  std::optional<int32_t> find_uniform_count(std::string_view key, int64_t max) const;
  int32_t uniform_count(std::string_view key, int64_t max) const;
  double number(std::string_view key, double fallback, double min, double max) const;
  std::optional<std::string_view> text(std::string_view key) const;
  const Gguf& file() const { return file_; }
  std::string full(std::string_view key) const { return prefix_ + std::string(key); }
  /// "model.gguf: llama.block_count", for messages.
  std::string where(std::string_view key) const;

 private:
  const Gguf& file_;
  std::string prefix_;
};

}  // namespace caracal
