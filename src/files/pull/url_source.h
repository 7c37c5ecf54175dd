#pragma once
#include "files/pull/fetch.h"

namespace caracal {

/// Brings the file at a URL to CACHE/HOST/PATH; a split GGUF with all its parts. A file that is
/// here is kept while the host shows the same ETag and size, and always offline.
FetchedModel fetch_from_url(const UrlSource& source, const HttpSettings& http,
                            const FetchOptions& options, const FetchListener& listener);

}  // namespace caracal
