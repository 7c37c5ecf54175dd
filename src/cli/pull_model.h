#pragma once
#include "files/pull/fetch.h"

namespace caracal::cli {

/// fetch_model with its notice (name, licence, source, size) and a progress bar on standard error.
FetchedModel pull_model(const ModelSource& source, const FetchOptions& options);

}  // namespace caracal::cli
