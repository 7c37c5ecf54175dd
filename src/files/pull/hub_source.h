#pragma once
#include "files/pull/fetch.h"
#include "files/pull/hub_config.h"

namespace caracal {

/// Brings what source names into the hub's cache, in the layout of huggingface_hub, so that either
/// program finds what the other fetched. Everything is checked against the hub's own hashes.
/// When the hub cannot be reached, or offline, what the cache has of the revision serves.
FetchedModel fetch_from_hub(const HubSource& source, const HubConfig& config,
                            const HttpSettings& http, const FetchOptions& options,
                            const FetchListener& listener);

}  // namespace caracal
