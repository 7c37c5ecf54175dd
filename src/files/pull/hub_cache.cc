#include "files/pull/hub_cache.h"

#include <algorithm>
#include <system_error>

#include "base/error.h"
#include "base/file.h"

namespace caracal {
namespace {

namespace fs = std::filesystem;

std::string folder_name(std::string_view repo) {
  std::string name = "models--";
  for (const char c : repo) c == '/' ? name += "--" : name += c;
  return name;
}

}  // namespace

HubCache::HubCache(const fs::path& cache_dir, std::string_view repo)
    : root_(cache_dir / folder_name(repo)), locks_(cache_dir / ".locks" / folder_name(repo)) {}

std::string HubCache::commit_of(std::string_view revision) const {
  std::error_code absent;
  if (fs::is_directory(snapshot(revision), absent)) return std::string(revision);
  try {
    constexpr uint64_t kMaxBytes = 128;
    std::string commit = read_file(root_ / "refs" / revision, kMaxBytes);
    while (!commit.empty() && commit.back() <= ' ') commit.pop_back();
    const bool is_hex = commit.find_first_not_of("0123456789abcdef") == commit.npos;
    return is_hex ? commit : std::string();
  } catch (const Error&) {
    return {};
  }
}

std::vector<HubFile> HubCache::files_of(std::string_view commit) const {
  std::vector<HubFile> files;
  std::error_code error;
  const fs::path folder = snapshot(commit);
  for (fs::recursive_directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error))
    if (std::error_code broken; it->is_regular_file(broken))
      files.push_back({.path = it->path().lexically_relative(folder).generic_string(),
                       .n_bytes = it->file_size(broken)});
  std::ranges::sort(files, {}, &HubFile::path);
  return files;
}

bool HubCache::has(std::string_view commit, std::string_view path) const {
  std::error_code absent;
  return fs::is_regular_file(snapshot(commit) / path, absent);
}

fs::path HubCache::snapshot(std::string_view commit) const { return root_ / "snapshots" / commit; }

fs::path HubCache::blob(std::string_view etag) const { return root_ / "blobs" / etag; }

fs::path HubCache::lock_file(std::string_view etag) const {
  return locks_ / fmt::format("{}.lock", etag);
}

void HubCache::link(std::string_view commit, const HubFile& file) const {
  const fs::path from = snapshot(commit) / file.path;
  const fs::path to = blob(file.etag);
  fs::create_directories(from.parent_path());
  std::error_code failed;
  fs::remove(from, failed);
  fs::create_symlink(to.lexically_relative(from.parent_path()), from, failed);
  if (failed) fs::rename(to, from);
}

void HubCache::remember(std::string_view revision, std::string_view commit) const {
  if (revision == commit) return;
  const fs::path path = root_ / "refs" / revision;
  fs::create_directories(path.parent_path());
  write_file_atomic(path, commit);
}

void HubCache::tag() const {
  const fs::path path = root_.parent_path() / "CACHEDIR.TAG";
  if (!fs::exists(path))
    write_file_atomic(path,
                      "Signature: 8a477f597d28d172789f06886806bc55\n"
                      "# Models in the layout of huggingface_hub; they can be fetched again.\n");
}

}  // namespace caracal
