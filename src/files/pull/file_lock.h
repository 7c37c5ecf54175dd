#pragma once
#include <filesystem>

namespace caracal {

/// Keeps two processes from filling the same part; it goes with the process. The file stays.
class FileLock {
 public:
  /// Throws Error(io) when another process holds it.
  explicit FileLock(const std::filesystem::path& path);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  int fd_;
};

/// A folder that goes when the scope ends.
class ScratchFolder {
 public:
  explicit ScratchFolder(const std::filesystem::path& path);
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace caracal
