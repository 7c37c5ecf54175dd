#include "files/pull/wheel.h"

#include <zip.h>

#include <algorithm>

#include "base/error.h"

namespace caracal {
namespace {

constexpr zip_int64_t kMaxMembers = 100'000;

}  // namespace

struct Wheel::Archive {
  std::filesystem::path path;
  zip_t* zip = nullptr;

  ~Archive() { zip_discard(zip); }

  [[noreturn]] void fail(std::string_view member, std::string_view what) const {
    throw_error(ErrorCode::bad_file, path.string(), "member '{}': {}", member, what);
  }

  std::vector<WheelMember> members() const {
    const zip_int64_t n_members = zip_get_num_entries(zip, 0);
    if (n_members > kMaxMembers)
      throw_error(ErrorCode::bad_file, path.string(), "expected a wheel, found {} members",
                  n_members);
    std::vector<WheelMember> members;
    for (zip_int64_t i = 0; i < n_members; ++i) {
      zip_stat_t st;
      if (zip_stat_index(zip, static_cast<zip_uint64_t>(i), 0, &st) != 0 ||
          !(st.valid & ZIP_STAT_SIZE) || !(st.valid & ZIP_STAT_NAME))
        throw_error(ErrorCode::bad_file, path.string(), "expected a zip with names and sizes");
      members.push_back({.name = st.name, .n_bytes = st.size});
    }
    return members;
  }
};

Wheel::Wheel(const std::filesystem::path& path) : archive_(std::make_unique<Archive>()) {
  archive_->path = path;
  int code = 0;
  archive_->zip = zip_open(path.c_str(), ZIP_RDONLY, &code);
  if (archive_->zip) {
    members_ = archive_->members();
    return;
  }
  zip_error_t error;
  zip_error_init_with_code(&error, code);
  const std::string reason = zip_error_strerror(&error);
  zip_error_fini(&error);
  throw_error(ErrorCode::bad_file, path.string(), "expected a wheel (zip), found: {}", reason);
}

Wheel::~Wheel() = default;

const std::filesystem::path& Wheel::path() const { return archive_->path; }

const WheelMember* Wheel::find(std::string_view name) const {
  const auto it = std::ranges::find(members_, name, &WheelMember::name);
  return it == members_.end() ? nullptr : &*it;
}

void Wheel::read(std::string_view member,
                 const std::function<void(std::span<const std::byte>)>& sink) const {
  const WheelMember* entry = find(member);
  if (!entry) archive_->fail(member, "expected in this wheel, found none");
  const auto index = static_cast<zip_uint64_t>(entry - members_.data());
  const std::unique_ptr<zip_file_t, decltype(&zip_fclose)> file(
      zip_fopen_index(archive_->zip, index, 0), &zip_fclose);
  if (!file) archive_->fail(member, zip_strerror(archive_->zip));
  std::vector<std::byte> buffer(1 << 18);
  // The read that finds the end is the one that compares the CRC.
  for (uint64_t done = 0;;) {
    const zip_int64_t n = zip_fread(file.get(), buffer.data(), buffer.size());
    if (n < 0) archive_->fail(member, zip_file_strerror(file.get()));
    if (n == 0 && done < entry->n_bytes) archive_->fail(member, "ends early");
    if (n == 0) return;
    done += static_cast<uint64_t>(n);
    if (done > entry->n_bytes) archive_->fail(member, "longer than its directory entry says");
    sink(std::span(buffer).first(static_cast<size_t>(n)));
  }
}

std::string Wheel::text(std::string_view member, uint64_t max_bytes) const {
  const WheelMember* entry = find(member);
  std::string text;
  if (!entry || entry->n_bytes > max_bytes) return text;
  read(member, [&](std::span<const std::byte> bytes) {
    text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  });
  return text;
}

std::string Wheel::metadata() const {
  for (const WheelMember& member : members_)
    if (member.name.ends_with(".dist-info/METADATA") && std::ranges::count(member.name, '/') == 1)
      return text(member.name);
  return {};
}

}  // namespace caracal
