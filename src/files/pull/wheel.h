#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace caracal {

struct WheelMember {
  std::string name;  ///< path inside the wheel; may be anything
  uint64_t n_bytes = 0;
};

/// A wheel (a zip archive) opened for reading.
class Wheel {
 public:
  /// Throws Error(bad_file) for something else than a zip.
  explicit Wheel(const std::filesystem::path& path);
  ~Wheel();

  const std::filesystem::path& path() const;
  const std::vector<WheelMember>& members() const { return members_; }
  const WheelMember* find(std::string_view name) const;

  /// Feeds a member's bytes to sink, exactly as many as its directory entry says, and checks its
  /// CRC at the end. Throws Error(bad_file) naming the member.
  void read(std::string_view member,
            const std::function<void(std::span<const std::byte>)>& sink) const;
  /// A small member as text; empty when it is not there or larger than max_bytes.
  std::string text(std::string_view member, uint64_t max_bytes = 1 << 20) const;
  /// METADATA of its .dist-info folder.
  std::string metadata() const;

 private:
  struct Archive;
  std::unique_ptr<Archive> archive_;
  std::vector<WheelMember> members_;
};

}  // namespace caracal
