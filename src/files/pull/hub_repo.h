#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "files/pull/hub_config.h"

namespace caracal {

/// One file of a repository.
struct HubFile {
  std::string path;      ///< inside the repository, forward slashes
  uint64_t n_bytes = 0;  ///< 0: not said
  std::string etag;  ///< SHA-256 of a large file, git blob SHA-1 of a small one; empty: not said
};

/// A repository at one commit.
struct HubListing {
  std::string commit;   ///< lower-case hex
  std::string licence;  ///< "apache-2.0", as its card says; empty: it does not
  std::vector<HubFile> files;
};

/// A model repository on the hub. Refusals become one Error that says what to do: name a token,
/// accept the terms, look at the name.
class HubRepo {
 public:
  HubRepo(const HttpClient& http, const HubConfig& config, std::string repo)
      : http_(http), config_(config), repo_(std::move(repo)) {}

  /// GET /api/models/REPO/revision/REVISION?blobs=true.
  HubListing list(const std::string& revision) const;
  /// Fills in what a listing did not say, from the headers of the file's address: X-Linked-Etag and
  /// X-Linked-Size where the content lies elsewhere, else ETag and Content-Length.
  void complete(HubFile& file, const std::string& commit) const;
  std::string url_of(const std::string& path, const std::string& commit) const;

  /// The refusal of the hub, said for people. what: "file x.gguf"; empty: the repository.
  [[noreturn]] void explain(const HttpError& refusal, std::string_view what) const;

 private:
  const HttpClient& http_;
  const HubConfig& config_;
  std::string repo_;
};

/// Reads the answer of list(). Throws Error(io) for something else, and for names that must not
/// become paths.
HubListing parse_hub_listing(std::string_view text, std::string_view url);

}  // namespace caracal
