#pragma once
/// One HTTP request on a handle of libcurl. Only the files of this folder that talk HTTP include
/// it.
#include <curl/curl.h>

#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "files/pull/http.h"

namespace caracal {

struct CurlCleanup {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

/// Sets the library up once in the life of the process.
void init_curl(const std::string& url);

/// A request that is being made: options, where its bytes go, what its callbacks threw. It must
/// stay where it is while libcurl knows it.
class Transfer {
 public:
  /// Gets the bytes of the body; false ends the transfer (CURLE_WRITE_ERROR).
  using Sink = std::function<bool(std::string_view bytes)>;

  /// handle: an idle one to use again, or a fresh one; its options are reset.
  Transfer(CURL* handle, const HttpSettings& settings, const std::string& url,
           const RequestHeaders& headers, Sink sink);
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  void add_header(const std::string& line);
  /// "100-199" or "100-".
  void set_range(const std::string& range);
  /// Asks for the headers; redirects are followed, or are the answer.
  void head_only(bool follow);

  CURLcode perform();
  /// After the transfer: throws what a callback threw.
  void rethrow() const;
  /// Throws the Error for a code that is not CURLE_OK.
  [[noreturn]] void fail(CURLcode code) const;

  CURL* handle() const { return handle_; }
  const std::string& url() const { return url_; }
  long status() const;
  const ResponseHeaders& headers() const { return headers_; }
  /// Where the redirects ended.
  std::string final_url() const;

 private:
  template <class T>
  void set(CURLoption option, T value) {
    curl_easy_setopt(handle_, option, value);
  }
  static size_t on_bytes(char* data, size_t size, size_t n, void* self);
  static size_t on_header(char* data, size_t size, size_t n, void* self);

  CURL* handle_;
  std::string url_;
  Sink sink_;
  std::unique_ptr<curl_slist, CurlCleanup> request_headers_;
  ResponseHeaders headers_;
  std::exception_ptr thrown_;
  char reason_[CURL_ERROR_SIZE] = {};
};

}  // namespace caracal
