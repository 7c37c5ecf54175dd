#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

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

/// "Name: value" lines, sent to the host of the URL and dropped when a redirect leaves it.
using RequestHeaders = std::vector<std::string>;

/// The header lines of one response; names in lower case.
class ResponseHeaders {
 public:
  void clear() { lines_.clear(); }
  void add(std::string_view line);
  /// Empty when there is no such line.
  std::string_view find(std::string_view name) const;

 private:
  std::vector<std::pair<std::string, std::string>> lines_;
};

/// The server answered, but not with what was asked for: not_found for 404 and 410, io otherwise.
class HttpError : public Error {
 public:
  HttpError(const std::string& url, long status, ResponseHeaders headers);
  long status() const { return status_; }
  const ResponseHeaders& headers() const { return headers_; }

 private:
  long status_;
  ResponseHeaders headers_;
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

/// Blocking HTTP and HTTPS client for small answers (download.h fetches files). It keeps its
/// connection open from one request to the next. Redirects stay within these two protocols and
/// never leave https for http. Every failure is one Error: HttpError when the server refuses,
/// Error(io) when nobody answers. Not for several threads at once.
class HttpClient {
 public:
  explicit HttpClient(HttpSettings settings);
  ~HttpClient();

  const HttpSettings& settings() const { return settings_; }

  /// A page of at most max_bytes. accept: the media types wanted.
  HttpPage get(const std::string& url, const std::string& accept, uint64_t max_bytes,
               const RequestHeaders& headers = {}) const;

  /// Whose headers are wanted when a host hands on to another one.
  enum class HeadOf { first_host, last_host };
  /// The headers of url's answer. first_host: redirects are followed within url's own host, the
  /// first one that leads elsewhere is the answer.
  ResponseHeaders head(const std::string& url, HeadOf whose,
                       const RequestHeaders& headers = {}) const;

 private:
  struct Connection;
  HttpSettings settings_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace caracal
