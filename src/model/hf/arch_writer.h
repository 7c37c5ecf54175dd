#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "files/gguf_writer.h"

namespace caracal {

/// Writes keys "<arch>.KEY" with the types that GGUF files use for them.
class ArchWriter {
 public:
  ArchWriter(GgufHeader& header, std::string_view arch) : header_(header), prefix_(arch) {
    prefix_ += '.';
  }
  void count(std::string_view key, int64_t value) {
    header_.set<uint32_t>(full(key), static_cast<uint32_t>(value));
  }
  void number(std::string_view key, double value) {
    header_.set<float>(full(key), static_cast<float>(value));
  }
  void flag(std::string_view key, bool value) { header_.set<bool>(full(key), value); }
  void text(std::string_view key, std::string_view value) { header_.set_string(full(key), value); }
  void flags(std::string_view key, const std::vector<bool>& values) {
    header_.set_bools(full(key), values);
  }

 private:
  std::string full(std::string_view key) const { return prefix_ + std::string(key); }

  GgufHeader& header_;
  std::string prefix_;
};

}  // namespace caracal
