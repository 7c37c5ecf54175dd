#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>

#include "base/error.h"

namespace caracal {

/// How far a transfer is, in bytes; total is 0 while it is unknown.
using TransferProgress = std::function<void(uint64_t done_bytes, uint64_t total_bytes)>;

struct HttpSettings {
  std::string ca_file;  ///< certificates to trust; empty: the system's
  std::string proxy;    ///< empty: what http_proxy, https_proxy and no_proxy say
  int connect_timeout_s = 15;
  int stall_timeout_s = 60;  ///< give up when nothing has come for so long
};

/// Our own disk failed, not the network: code io.
class LocalFileError : public Error {
 public:
  LocalFileError(const std::filesystem::path& path, const std::string& message)
      : Error(ErrorCode::io, message, path.string()) {}
};

struct HttpPage {
  std::string body;
  std::string url;  ///< where redirects led; links are relative to it
};

/// Blocking HTTP and HTTPS client; redirects are followed within these two protocols. Every failure
/// is one Error: not_found for 404 and 410, LocalFileError for the target file, io otherwise.
class HttpClient {
 public:
  explicit HttpClient(HttpSettings settings) : settings_(std::move(settings)) {}

  /// A page of at most max_bytes. accept: the media types wanted.
  HttpPage get(const std::string& url, const std::string& accept, uint64_t max_bytes) const;

  /// Appends to path what is still missing of url's body, from the byte where path ends (a Range
  /// request; a server that knows no ranges makes it start over). An interrupted transfer is taken
  /// up again as long as it advances, a few times; then the part stays for a later call.
  void download(const std::string& url, const std::filesystem::path& path, uint64_t max_bytes,
                const TransferProgress& progress) const;

 private:
  HttpSettings settings_;
};

/// reference as seen from the page at base: "../../files/x.whl#sha256=..." becomes absolute.
std::string resolve_url(const std::string& base, const std::string& reference);
/// Without user name and password, for messages.
std::string redact_url(const std::string& url);

}  // namespace caracal
