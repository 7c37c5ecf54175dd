#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace caracal {

/// Whole file as bytes. Throws Error(not_found / io / bad_file when larger than max_bytes).
std::string read_file(const std::filesystem::path& path, uint64_t max_bytes = uint64_t{1} << 32);

/// Writes a file so that a reader sees the old content or the new one, never a part: the bytes go
/// to a temporary neighbour, which is flushed and renamed over path by commit(). Without commit()
/// the destructor removes the temporary.
class AtomicFile {
 public:
  explicit AtomicFile(std::filesystem::path path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(std::span<const std::byte> bytes);
  void write(std::string_view text) { write(std::as_bytes(std::span(text))); }
  uint64_t offset() const { return offset_; }
  void commit();

 private:
  std::filesystem::path path_;
  std::filesystem::path temporary_;
  int fd_ = -1;
  uint64_t offset_ = 0;
};

void write_file_atomic(const std::filesystem::path& path, std::string_view text);

/// A whole file in memory, read-only: mapped, or read into memory of our own (for file systems
/// where a map is slow).
class MappedFile {
 public:
  enum class Access { map, read };

  MappedFile() = default;
  /// Throws Error(not_found / io / out_of_memory). An empty file gives an empty span.
  explicit MappedFile(const std::filesystem::path& path, Access access = Access::map);
  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;

  std::span<const std::byte> bytes() const { return {data_, size_}; }
  const std::filesystem::path& path() const { return path_; }
  /// Gives the memory of the whole pages inside the range back. The range must not be read again: a
  /// map would fetch it from the file, but a file that was read is gone.
  void drop(std::span<const std::byte> range) const;

 private:
  std::filesystem::path path_;
  const std::byte* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace caracal
