#pragma once
#include <cstdint>
#include <filesystem>
#include <string>

#include "files/pull/http.h"

namespace caracal {

struct DownloadRequest {
  std::string url;
  RequestHeaders headers = {};      ///< see RequestHeaders: they do not follow a redirect elsewhere
  uint64_t n_bytes = 0;             ///< what the body must measure; 0: what the host announces
  uint64_t max_bytes = UINT64_MAX;  ///< of a body whose size is not known beforehand
  int connections = 1;              ///< at most so many requests at once
};

/// Brings the body of a URL to a part file (part_file.h) and takes up what an earlier call left.
///
/// One request starts; once the host has said how long the body is and that it knows ranges, the
/// longest piece under way is halved until `connections` of them run. A broken connection, a 429 or
/// a 5xx is taken up again with growing pauses while bytes arrive; what has come stays in the part.
/// Ranges are asked for under If-Range: content that changed meanwhile makes it start over, once.
/// progress is called on this thread; may be empty.
/// Throws HttpError, LocalFileError, Error(io) for a connection that stays broken and
/// Error(bad_file) for a body of another size than expected.
void download(const HttpSettings& settings, const DownloadRequest& request,
              const std::filesystem::path& part, const TransferProgress& progress);

}  // namespace caracal
