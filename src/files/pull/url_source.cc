#include "files/pull/url_source.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "files/pull/fetch_file.h"
#include "files/pull/file_lock.h"
#include "files/pull/shards.h"
#include "files/pull/url.h"

namespace caracal {
namespace {

namespace fs = std::filesystem;

fs::path with_suffix(fs::path path, std::string_view suffix) { return path += suffix; }

/// CACHE/HOST_PORT/PATH: what two hosts call alike stays apart.
fs::path target_of(const std::string& url, const fs::path& cache_dir) {
  const std::string path = percent_decoded(url_path(url));
  std::string host = origin_of(url);
  host.erase(0, host.find("://") + 3);
  std::ranges::replace(host, ':', '_');
  const std::string relative = fmt::format("{}{}", host, path);
  if (path.size() < 2 || !is_safe_relative_path(relative))
    throw_error(ErrorCode::bad_config, redact_url(url), "expected the address of a file");
  return cache_dir / relative;
}

/// Every URL of a split model, in order; else the one.
std::vector<std::string> parts_of(const std::string& url) {
  const size_t query = std::min(url.find('?'), url.size());
  const std::optional<ShardName> shard = parse_shard(std::string_view(url).substr(0, query));
  if (!shard) return {url};
  std::vector<std::string> urls;
  for (int i = 1; i <= shard->count; ++i) urls.push_back(shard_path(*shard, i) + url.substr(query));
  return urls;
}

struct UrlFile {
  std::string url;
  fs::path path;
  uint64_t n_bytes = 0;  ///< as the host says; 0: it does not
  std::string mark;      ///< ETag, or date, and size: the same content while it stays
  bool is_here = false;
};

std::string stored_mark(const fs::path& path) {
  try {
    constexpr uint64_t kMaxBytes = 4096;
    return read_file(with_suffix(path, ".etag"), kMaxBytes);
  } catch (const Error&) {
    return {};
  }
}

[[noreturn]] void explain(const HttpError& refusal) {
  const std::string& url = refusal.context();
  if (refusal.status() == 401 || refusal.status() == 403)
    throw_error(
        ErrorCode::bad_config, url,
        "the host does not let us in (status {}); ~/.netrc may hold a name and password for "
        "it, HF_TOKEN is sent to the hub only",
        refusal.status());
  if (refusal.status() == 404 || refusal.status() == 410)
    throw_error(ErrorCode::not_found, url, "there is no such file on the host (status {})",
                refusal.status());
  throw_error(ErrorCode::io, url, "the host answers with status {}; try again later",
              refusal.status());
}

class UrlFetch {
 public:
  UrlFetch(const UrlSource& source, const HttpSettings& settings, const FetchOptions& options,
           const FetchListener& listener)
      : source_(source), options_(options), listener_(listener), http_(settings) {
    for (std::string& url : parts_of(source.url)) {
      fs::path path = target_of(url, options.cache_dir);
      const bool is_here = fs::is_regular_file(path);
      files_.push_back({.url = std::move(url), .path = std::move(path), .is_here = is_here});
    }
    if (!source.sha256.empty() && files_.size() > 1)
      throw_error(ErrorCode::bad_config, redact_url(source.url),
                  "#sha256= is of one file, this model is split into {}", files_.size());
  }

  FetchedModel run() {
    if (options_.offline)
      require_all_here();
    else
      look();
    check_cached();
    const bool was_cached = std::ranges::all_of(files_, &UrlFile::is_here);
    if (!was_cached) fetch();
    return {.path = files_[0].path, .was_cached = was_cached};
  }

 private:
  void require_all_here() const {
    for (const UrlFile& file : files_)
      if (!file.is_here)
        throw_error(ErrorCode::io, redact_url(file.url),
                    "not in the cache, and offline; unset --offline to fetch it");
  }

  /// A cached file that is not the one asked for is fetched again, or, offline, an error.
  void check_cached() {
    UrlFile& file = files_[0];
    if (source_.sha256.empty() || !file.is_here) return;
    try {
      check_content(file.path, Checksum::sha256(source_.sha256), redact_url(file.url));
    } catch (const Error& error) {
      if (options_.offline || error.code() != ErrorCode::bad_file) throw;
      file.is_here = false;
    }
  }

  /// Asks for sizes and ETags. A host that refuses HEAD, as signed addresses do, is taken at its
  /// GET.
  void look() {
    for (UrlFile& file : files_) {
      try {
        note(file, http_.head(file.url, HttpClient::HeadOf::last_host));
      } catch (const HttpError& refusal) {
        if (refusal.code() == ErrorCode::not_found) explain(refusal);
        file.is_here = false;
      }
    }
  }

  void note(UrlFile& file, const ResponseHeaders& headers) const {
    const std::string_view size = headers.find("content-length");
    std::from_chars(size.data(), size.data() + size.size(), file.n_bytes);
    const std::string_view etag = headers.find("etag");
    file.mark = fmt::format("{} {}", etag.empty() ? headers.find("last-modified") : etag, size);
    const bool is_known = !etag.empty() || !headers.find("last-modified").empty();
    file.is_here = file.is_here && is_known && stored_mark(file.path) == file.mark;
  }

  void fetch() {
    uint64_t total = 0;
    for (const UrlFile& file : files_) total += file.is_here ? 0 : file.n_bytes;
    if (listener_.on_found)
      listener_.on_found({.title = files_[0].path.filename().string(),
                          .licence = "not stated",
                          .source = redact_url(source_.url),
                          .n_bytes = total});
    uint64_t done = 0;
    for (const UrlFile& file : files_) {
      if (file.is_here) continue;
      fetch(file, [&](uint64_t part, uint64_t whole) {
        if (listener_.on_progress)
          listener_.on_progress(done + part, files_.size() > 1 ? total : whole);
      });
      done += file.n_bytes;
    }
  }

  void fetch(const UrlFile& file, const TransferProgress& progress) {
    fs::create_directories(file.path.parent_path());
    const FileLock lock(with_suffix(file.path, ".lock"));
    const Checksum expected =
        source_.sha256.empty() ? Checksum{} : Checksum::sha256(source_.sha256);
    try {
      fetch_file(http_.settings(),
                 {.url = file.url, .n_bytes = file.n_bytes, .connections = options_.connections},
                 expected, file.path, redact_url(file.url), progress);
    } catch (const HttpError& refusal) {
      explain(refusal);
    }
    write_file_atomic(with_suffix(file.path, ".etag"), file.mark);
  }

  const UrlSource& source_;
  const FetchOptions& options_;
  const FetchListener& listener_;
  HttpClient http_;
  std::vector<UrlFile> files_;
};

}  // namespace

FetchedModel fetch_from_url(const UrlSource& source, const HttpSettings& http,
                            const FetchOptions& options, const FetchListener& listener) {
  return UrlFetch(source, http, options, listener).run();
}

}  // namespace caracal
