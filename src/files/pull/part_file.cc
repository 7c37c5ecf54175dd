#include "files/pull/part_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>

#include "base/file.h"
#include "base/json.h"
#include "files/pull/http.h"

namespace caracal {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kMaxStateBytes = 1 << 16;
constexpr uint64_t kMega = 1'000'000;

fs::path state_path(fs::path part) { return part += ".state"; }

[[noreturn]] void throw_errno(const fs::path& path, const char* doing) {
  const int error = errno;
  throw LocalFileError(path, fmt::format("cannot {}: {}{}", doing, std::strerror(error),
                                         error == ENOSPC || error == EDQUOT || error == EFBIG
                                             ? "; make room, or choose another --cache-dir"
                                             : ""));
}

void check_room(const fs::path& path, uint64_t n_bytes) {
  std::error_code unknown;
  const fs::space_info space = fs::space(path.parent_path(), unknown);
  if (unknown || space.available >= n_bytes) return;
  throw LocalFileError(path, fmt::format("{} MB are needed, {} MB are free; make room, or choose "
                                         "another --cache-dir",
                                         n_bytes / kMega + 1, space.available / kMega));
}

}  // namespace

PartFile::PartFile(fs::path path)
    : path_(std::move(path)), fd_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644)) {
  if (fd_ < 0) fail("create");
  try {
    read_state();
  } catch (const std::exception&) {  // absent, or not ours: start over
    begun_ = false;
  }
}

PartFile::~PartFile() {
  if (fd_ >= 0) ::close(fd_);
}

void PartFile::read_state() {
  const Json state = parse_json(read_file(state_path(path_), kMaxStateBytes), path_.string());
  identity_ = {.n_bytes = state.at("n_bytes").get<uint64_t>(),
               .etag = state.at("etag").get<std::string>(),
               .validator = state.at("validator").get<std::string>()};
  const uint64_t size = fs::file_size(path_);
  uint64_t n_missing = 0;
  for (const Json& range : state.at("missing")) {
    missing_.push_back({range.at(0).get<uint64_t>(), range.at(1).get<uint64_t>()});
    const ByteRange& added = missing_.back();
    if (added.begin >= added.end || added.end > identity_.n_bytes) return;
    n_missing += added.size();
  }
  begun_ = n_missing < identity_.n_bytes && size <= identity_.n_bytes &&
           (!missing_.empty() || size == identity_.n_bytes);
}

void PartFile::begin(const ContentIdentity& identity) {
  begun_ = false;
  identity_ = identity;
  missing_ = {{0, identity.n_bytes}};
  std::error_code absent;
  fs::remove(state_path(path_), absent);
  if (::ftruncate(fd_, 0) != 0) fail("empty");
  check_room(path_, identity.n_bytes);
}

void PartFile::write(uint64_t at, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(at));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail("write");
    at += static_cast<uint64_t>(n);
    bytes.remove_prefix(static_cast<size_t>(n));
  }
}

void PartFile::save(const std::vector<ByteRange>& missing) {
  if (identity_.validator.empty() || identity_.n_bytes == 0) return;
  Json state;
  state["n_bytes"] = identity_.n_bytes;
  state["etag"] = identity_.etag;
  state["validator"] = identity_.validator;
  state["missing"] = Json::array();
  for (const ByteRange& range : missing)
    state["missing"].push_back(Json::array({range.begin, range.end}));
  // No flush, no failure: without a good state the next process starts over.
  const fs::path state_file = state_path(path_);
  const fs::path fresh = fs::path(state_file) += ".new";
  std::ofstream(fresh) << to_text(state);
  std::error_code ignored;
  fs::rename(fresh, state_file, ignored);
}

void PartFile::fail(const char* doing) const { throw_errno(path_, doing); }

void discard_part(const fs::path& path) {
  std::error_code absent;
  fs::remove(state_path(path), absent);
  fs::remove(path, absent);
}

void commit_part(const fs::path& path, const fs::path& target) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (fd < 0) throw_errno(path, "open");
  const int failed = ::fsync(fd);
  ::close(fd);
  if (failed) throw_errno(path, "flush");
  if (::rename(path.c_str(), target.c_str()) != 0) throw_errno(target, "rename into place");
  std::error_code absent;
  fs::remove(state_path(path), absent);
}

}  // namespace caracal
