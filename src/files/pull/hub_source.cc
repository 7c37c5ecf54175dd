#include "files/pull/hub_source.h"

#include <optional>

#include "base/error.h"
#include "base/log.h"
#include "files/pull/fetch_file.h"
#include "files/pull/file_lock.h"
#include "files/pull/hub_cache.h"
#include "files/pull/hub_selection.h"

namespace caracal {
namespace {

namespace fs = std::filesystem;

class HubFetch {
 public:
  HubFetch(const HubSource& source, const HubConfig& config, const HttpSettings& settings,
           const FetchOptions& options, const FetchListener& listener)
      : source_(source),
        config_(config),
        options_(options),
        listener_(listener),
        http_(settings),
        repo_(http_, config_, source.repo),
        cache_(cache_dir(), source.repo) {}

  FetchedModel run() {
    if (options_.offline || config_.offline) {
      if (std::optional<FetchedModel> cached = from_cache()) return *cached;
      throw_error(
          ErrorCode::io, source_.repo,
          "not in the cache {}, and offline; unset HF_HUB_OFFLINE and --offline to fetch it",
          cache_dir().string());
    }
    HubListing listing;
    try {
      listing = repo_.list(source_.revision);
    } catch (const Error& e) {
      if (e.code() == ErrorCode::not_found) throw;
      std::optional<FetchedModel> cached = from_cache();
      if (!cached) throw;
      log::warn("the hub is no help, the cache serves: {}", e.what());
      return *cached;
    }
    HubSelection selection = select_hub_files(listing, source_);
    const bool was_cached = fetch(selection, listing);
    cache_.remember(source_.revision, listing.commit);
    return result(selection, listing.commit, was_cached);
  }

 private:
  const fs::path& cache_dir() const {
    return options_.cache_dir.empty() ? config_.cache_dir : options_.cache_dir;
  }

  /// What was asked for as the cache has it, when it has all of it.
  std::optional<FetchedModel> from_cache() const {
    const std::string commit = cache_.commit_of(source_.revision);
    if (commit.empty()) return {};
    try {
      const HubListing listing{.commit = commit, .files = cache_.files_of(commit)};
      return result(select_hub_files(listing, source_), commit, true);
    } catch (const Error&) {
      return {};
    }
  }

  FetchedModel result(const HubSelection& selection, const std::string& commit,
                      bool was_cached) const {
    const fs::path folder = cache_.snapshot(commit);
    return {.path = selection.entry.empty() ? folder : folder / selection.entry,
            .licence_path = selection.licence.empty() ? fs::path{} : folder / selection.licence,
            .was_cached = was_cached};
  }

  /// True when nothing had to be fetched.
  bool fetch(HubSelection& selection, const HubListing& listing) {
    std::vector<HubFile> absent;
    uint64_t total = 0;
    for (HubFile& file : selection.files) {
      if (cache_.has(listing.commit, file.path)) continue;
      repo_.complete(file, listing.commit);
      total += file.n_bytes;
      absent.push_back(file);
    }
    announce(listing, total);
    uint64_t done = 0;
    for (const HubFile& file : absent) {
      fetch(file, listing.commit, [&](uint64_t part, uint64_t) {
        if (listener_.on_progress) listener_.on_progress(done + part, total);
      });
      done += file.n_bytes;
    }
    return absent.empty();
  }

  void announce(const HubListing& listing, uint64_t n_bytes) const {
    if (!listener_.on_found) return;
    listener_.on_found(
        {.title = source_.repo,
         .licence = listing.licence.empty() ? "not stated" : listing.licence,
         .source = fmt::format("{}/{} at {}", config_.endpoint, source_.repo, listing.commit),
         .n_bytes = n_bytes});
  }

  void fetch(const HubFile& file, const std::string& commit, const TransferProgress& progress) {
    const fs::path blob = cache_.blob(file.etag);
    fs::create_directories(blob.parent_path());
    const FileLock lock(cache_.lock_file(file.etag));
    if (!fs::exists(blob)) {
      const std::string name = fmt::format("{}/{}", source_.repo, file.path);
      try {
        fetch_file(http_.settings(),
                   {.url = repo_.url_of(file.path, commit),
                    .headers = config_.headers(),
                    .n_bytes = file.n_bytes,
                    .connections = options_.connections},
                   Checksum::of_etag(file.etag), blob, name, progress);
      } catch (const HttpError& refusal) {
        repo_.explain(refusal, fmt::format("file {}", file.path));
      }
    }
    cache_.link(commit, file);
    cache_.tag();
  }

  const HubSource& source_;
  const HubConfig& config_;
  const FetchOptions& options_;
  const FetchListener& listener_;
  HttpClient http_;
  HubRepo repo_;
  HubCache cache_;
};

}  // namespace

FetchedModel fetch_from_hub(const HubSource& source, const HubConfig& config,
                            const HttpSettings& http, const FetchOptions& options,
                            const FetchListener& listener) {
  return HubFetch(source, config, http, options, listener).run();
}

}  // namespace caracal
