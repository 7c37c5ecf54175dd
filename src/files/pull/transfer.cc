#include "files/pull/transfer.h"

#include <string_view>

#include "files/pull/url.h"

namespace caracal {
namespace {

constexpr long kMaxRedirects = 10;

/// What to do about a failure that people can do something about.
std::string_view advice(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_PROXY:
      return "; HTTPS_PROXY or pip's proxy setting names it";
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
      return "; is the network up, and does HTTPS_PROXY name its proxy?";
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
      return "; SSL_CERT_FILE names the certificates to trust";
    case CURLE_TOO_MANY_REDIRECTS:
      return "; the server leads in a circle";
    case CURLE_UNSUPPORTED_PROTOCOL:
      return "; only https may follow https";
    default:
      return "";
  }
}

}  // namespace

void init_curl(const std::string& url) {
  static const CURLcode kReady = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (kReady != CURLE_OK)
    throw_error(ErrorCode::io, redact_url(url), "cannot set up the HTTP client");
}

Transfer::Transfer(CURL* handle, const HttpSettings& settings, const std::string& url,
                   const RequestHeaders& headers, Sink sink)
    : handle_(handle), url_(url), sink_(std::move(sink)) {
  if (!handle_) throw_error(ErrorCode::io, redact_url(url), "cannot set up the HTTP client");
  curl_easy_reset(handle_);
  set(CURLOPT_URL, url_.c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_REDIR_PROTOCOLS_STR, url_.starts_with("https:") ? "https" : "http,https");
  set(CURLOPT_FOLLOWLOCATION, 1L);
  set(CURLOPT_MAXREDIRS, kMaxRedirects);
  set(CURLOPT_FAILONERROR, 1L);
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_OPTIONAL));
  set(CURLOPT_USERAGENT, "caracal/" CARACAL_VERSION);
  set(CURLOPT_CONNECTTIMEOUT, static_cast<long>(settings.connect_timeout_s));
  set(CURLOPT_LOW_SPEED_LIMIT, 1L);
  set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(settings.stall_timeout_s));
  set(CURLOPT_ERRORBUFFER, reason_);
  set(CURLOPT_WRITEFUNCTION, &Transfer::on_bytes);
  set(CURLOPT_WRITEDATA, this);
  set(CURLOPT_HEADERFUNCTION, &Transfer::on_header);
  set(CURLOPT_HEADERDATA, this);
  if (!settings.ca_file.empty()) set(CURLOPT_CAINFO, settings.ca_file.c_str());
  if (!settings.proxy.empty()) set(CURLOPT_PROXY, settings.proxy.c_str());
  for (const std::string& line : headers) add_header(line);
}

// libcurl sends an Authorization line to the host of the first URL only.
void Transfer::add_header(const std::string& line) {
  curl_slist* list = curl_slist_append(request_headers_.get(), line.c_str());
  if (!list) throw std::bad_alloc();
  (void)request_headers_.release();  // the list begins with the old one
  request_headers_.reset(list);
  set(CURLOPT_HTTPHEADER, list);
}

void Transfer::set_range(const std::string& range) { set(CURLOPT_RANGE, range.c_str()); }

void Transfer::head_only(bool follow) {
  set(CURLOPT_NOBODY, 1L);
  set(CURLOPT_FOLLOWLOCATION, follow ? 1L : 0L);
}

CURLcode Transfer::perform() {
  const CURLcode code = curl_easy_perform(handle_);
  rethrow();
  return code;
}

void Transfer::rethrow() const {
  if (thrown_) std::rethrow_exception(thrown_);
}

void Transfer::fail(CURLcode code) const {
  if (code == CURLE_HTTP_RETURNED_ERROR) throw HttpError(url_, status(), headers_);
  throw_error(ErrorCode::io, redact_url(url_), "{}{}",
              reason_[0] ? reason_ : curl_easy_strerror(code), advice(code));
}

long Transfer::status() const {
  long status = 0;
  curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &status);
  return status;
}

std::string Transfer::final_url() const {
  const char* url = nullptr;
  curl_easy_getinfo(handle_, CURLINFO_EFFECTIVE_URL, &url);
  return url ? url : url_;
}

size_t Transfer::on_bytes(char* data, size_t size, size_t n, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  try {
    return transfer.sink_({data, size * n}) ? size * n : 0;
  } catch (...) {  // an exception must not cross the C library
    transfer.thrown_ = std::current_exception();
    return 0;
  }
}

size_t Transfer::on_header(char* data, size_t size, size_t n, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  const std::string_view line(data, size * n);
  try {
    if (line.starts_with("HTTP/"))  // of the next response, after a redirect
      transfer.headers_.clear();
    else
      transfer.headers_.add(line);
    return size * n;
  } catch (...) {
    transfer.thrown_ = std::current_exception();
    return 0;
  }
}

}  // namespace caracal
