#include "files/pull/fetch_file.h"

#include "files/pull/part_file.h"

namespace caracal {

namespace fs = std::filesystem;

void fetch_file(const HttpSettings& settings, const DownloadRequest& request,
                const Checksum& expected, const fs::path& target, std::string_view what,
                const TransferProgress& progress) {
  const fs::path part = fs::path(target) += ".part";
  for (bool again = PartFile(part).is_begun();; again = false) {
    download(settings, request, part, progress);
    try {
      check_content(part, expected, what);
      break;
    } catch (const Error& e) {
      if (e.code() == ErrorCode::bad_file) discard_part(part);
      if (e.code() != ErrorCode::bad_file || !again) throw;
    }
  }
  commit_part(part, target);
}

}  // namespace caracal
