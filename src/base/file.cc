#include "base/file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/aligned_buffer.h"
#include "base/error.h"

namespace caracal {
namespace {

[[noreturn]] void throw_errno(const std::filesystem::path& path, const char* doing) {
  const int error = errno;
  throw_error(error == ENOENT ? ErrorCode::not_found : ErrorCode::io, path.string(),
              "cannot {}: {}", doing, std::strerror(error));
}

/// A regular file opened for reading.
struct OpenFile {
  explicit OpenFile(const std::filesystem::path& file) : path(file) {
    fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) throw_errno(path, "open");
    struct stat st{};
    if (::fstat(fd, &st) != 0) {
      ::close(fd);
      throw_errno(path, "stat");
    }
    if (!S_ISREG(st.st_mode)) {
      ::close(fd);
      throw_error(ErrorCode::bad_file, path.string(), "expected a regular file");
    }
    size = static_cast<uint64_t>(st.st_size);
  }
  ~OpenFile() { ::close(fd); }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  /// Reads up to size bytes; returns how many there were.
  size_t read_into(char* to) const {
    size_t done = 0;
    while (done < size) {
      const ssize_t n = ::read(fd, to + done, size - done);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) throw_errno(path, "read");
      if (n == 0) break;
      done += static_cast<size_t>(n);
    }
    return done;
  }

  std::filesystem::path path;
  int fd = -1;
  uint64_t size = 0;
};

}  // namespace

std::string read_file(const std::filesystem::path& path, uint64_t max_bytes) {
  const OpenFile file(path);
  if (file.size > max_bytes)
    throw_error(ErrorCode::bad_file, path.string(), "{} bytes found, at most {} expected",
                file.size, max_bytes);
  std::string text(file.size, '\0');
  text.resize(file.read_into(text.data()));
  return text;
}

AtomicFile::AtomicFile(std::filesystem::path path) : path_(std::move(path)) {
  static std::atomic<uint32_t> counter{0};
  temporary_ = path_;
  temporary_ += fmt::format(".{}.{}.part", ::getpid(), counter++);
  fd_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd_ < 0) throw_errno(temporary_, "create");
}

AtomicFile::~AtomicFile() {
  if (fd_ < 0) return;
  ::close(fd_);
  ::unlink(temporary_.c_str());
}

void AtomicFile::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd_, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw_errno(temporary_, "write");
    offset_ += static_cast<uint64_t>(n);
    bytes = bytes.subspan(static_cast<size_t>(n));
  }
}

void AtomicFile::commit() {
  if (::fsync(fd_) != 0) throw_errno(temporary_, "flush");
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) throw_errno(path_, "rename into place");
  ::close(std::exchange(fd_, -1));
}

void write_file_atomic(const std::filesystem::path& path, std::string_view text) {
  AtomicFile file(path);
  file.write(text);
  file.commit();
}

MappedFile::MappedFile(const std::filesystem::path& path, Access access) : path_(path) {
  const OpenFile file(path);
  if (file.size == 0) return;
  const bool map = access == Access::map;
  void* data = ::mmap(nullptr, file.size, map ? PROT_READ : PROT_READ | PROT_WRITE,
                      map ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS, map ? file.fd : -1, 0);
  if (data == MAP_FAILED) throw_errno(path, "map");
  data_ = static_cast<const std::byte*>(data);
  size_ = file.size;
  if (map) return;
  const size_t found = file.read_into(static_cast<char*>(data));
  if (found != file.size) {
    ::munmap(data, size_);
    throw_error(ErrorCode::io, path.string(), "{} bytes expected, {} found while reading", size_,
                found);
  }
}

MappedFile::~MappedFile() {
  if (data_) ::munmap(const_cast<std::byte*>(data_), size_);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : path_(std::move(other.path_)),
      data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

void MappedFile::drop(std::span<const std::byte> range) const { drop_pages(range); }

}  // namespace caracal
