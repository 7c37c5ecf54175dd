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

/// Writes a file so that a reader sees the old content or the new one, never a part: the bytes go to
/// a temporary neighbour, which is flushed and renamed over path by commit(). Without commit() the
/// destructor removes the temporary.
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

/// Read-only memory map of a whole file.
class MappedFile {
 public:
  MappedFile() = default;
  /// Throws Error(not_found / io). An empty file maps to an empty span.
  explicit MappedFile(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;

  std::span<const std::byte> bytes() const { return {data_, size_}; }
  const std::filesystem::path& path() const { return path_; }
  /// Tells the kernel that the pages inside the range are not needed again; they can be read again.
  void drop(std::span<const std::byte> range) const;
  /// Locks the pages in memory (mlock). Returns false when the system refuses.
  bool lock() const;

 private:
  std::filesystem::path path_;
  const std::byte* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace caracal
