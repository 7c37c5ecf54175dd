#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace caracal {

/// Bytes [begin, end) of a file.
struct ByteRange {
  uint64_t begin = 0;
  uint64_t end = 0;
  uint64_t size() const { return end - begin; }
};

/// What a server said about the content that a part belongs to.
struct ContentIdentity {
  uint64_t n_bytes = 0;   ///< 0: not announced
  std::string etag;       ///< as sent, quotes included; empty: none
  std::string validator;  ///< for If-Range: a strong ETag or a date; empty: none
};

/// A file under way: bytes that may arrive in any order, and beside it ("NAME.state") which are
/// still missing and which content they belong to, so that a later process can go on.
/// Every failure of the disk is a LocalFileError.
class PartFile {
 public:
  /// Opens path, or creates it. A part without a readable state is empty.
  explicit PartFile(std::filesystem::path path);
  ~PartFile();
  PartFile(const PartFile&) = delete;
  PartFile& operator=(const PartFile&) = delete;

  /// An earlier process left something of a known content.
  bool is_begun() const { return begun_; }
  const ContentIdentity& identity() const { return identity_; }
  /// As the state says. Empty for a complete file.
  const std::vector<ByteRange>& missing() const { return missing_; }

  /// Starts over with this content; checks that the disk has room for it.
  void begin(const ContentIdentity& identity);
  void write(uint64_t at, std::string_view bytes);
  /// Remembers what is missing. Content without validator cannot be taken up later: no state is
  /// kept.
  void save(const std::vector<ByteRange>& missing);

 private:
  void read_state();
  [[noreturn]] void fail(const char* doing) const;

  std::filesystem::path path_;
  int fd_ = -1;
  bool begun_ = false;
  ContentIdentity identity_;
  std::vector<ByteRange> missing_;
};

/// Removes a part and its state.
void discard_part(const std::filesystem::path& path);
/// Flushes a complete part to the disk, renames it to target and removes its state.
void commit_part(const std::filesystem::path& path, const std::filesystem::path& target);

}  // namespace caracal
