#pragma once
#include <filesystem>

#include "files/pull/checksum.h"
#include "files/pull/download.h"

namespace caracal {

/// Brings the body of a URL to target: to "TARGET.part" first (download.h), then checked, flushed
/// and renamed. A part that an earlier process left may be of another content: when the whole does
/// not verify, one download from the start decides.
/// what: the file's name for people. Throws what download throws, and Error(bad_file) for content
/// that does not verify, which is removed.
void fetch_file(const HttpSettings& settings, const DownloadRequest& request,
                const Checksum& expected, const std::filesystem::path& target,
                std::string_view what, const TransferProgress& progress);

}  // namespace caracal
