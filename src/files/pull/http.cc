#include "files/pull/http.h"

#include <algorithm>

#include "base/text.h"
#include "files/pull/transfer.h"
#include "files/pull/url.h"

namespace caracal {
namespace {

constexpr int kMaxSameHostRedirects = 5;

bool is_redirect(long status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

}  // namespace

void ResponseHeaders::add(std::string_view line) {
  const size_t colon = line.find(':');
  if (colon == line.npos) return;
  lines_.emplace_back(lower_ascii(line.substr(0, colon)), trimmed(line.substr(colon + 1)));
}

std::string_view ResponseHeaders::find(std::string_view name) const {
  const auto it = std::ranges::find(lines_, name, [](const auto& line) { return line.first; });
  return it == lines_.end() ? std::string_view() : std::string_view(it->second);
}

HttpError::HttpError(const std::string& url, long status, ResponseHeaders headers)
    : Error(status == 404 || status == 410 ? ErrorCode::not_found : ErrorCode::io,
            fmt::format("expected the file, the server answered with status {}", status),
            redact_url(url)),
      status_(status),
      headers_(std::move(headers)) {}

struct HttpClient::Connection {
  std::unique_ptr<CURL, CurlCleanup> handle;
};

HttpClient::HttpClient(HttpSettings settings)
    : settings_(std::move(settings)), connection_(std::make_unique<Connection>()) {
  init_curl({});
  connection_->handle.reset(curl_easy_init());
}

HttpClient::~HttpClient() = default;

HttpPage HttpClient::get(const std::string& url, const std::string& accept, uint64_t max_bytes,
                         const RequestHeaders& headers) const {
  std::string body;
  Transfer transfer(connection_->handle.get(), settings_, url, headers,
                    [&](std::string_view bytes) {
                      if (bytes.size() > max_bytes - body.size())
                        throw_error(ErrorCode::io, redact_url(url),
                                    "expected a page of at most {} bytes, found more", max_bytes);
                      body += bytes;
                      return true;
                    });
  transfer.add_header("Accept: " + accept);
  if (const CURLcode code = transfer.perform(); code != CURLE_OK) transfer.fail(code);
  return {std::move(body), transfer.final_url()};
}

ResponseHeaders HttpClient::head(const std::string& url, HeadOf whose,
                                 const RequestHeaders& headers) const {
  const bool to_the_end = whose == HeadOf::last_host;
  std::string at = url;
  for (int n_redirects = 0;; ++n_redirects) {
    Transfer transfer(connection_->handle.get(), settings_, at, headers,
                      [](std::string_view) { return true; });
    transfer.head_only(to_the_end);
    if (const CURLcode code = transfer.perform(); code != CURLE_OK) transfer.fail(code);
    if (to_the_end || !is_redirect(transfer.status())) return transfer.headers();
    const std::string next = resolve_url(at, std::string(transfer.headers().find("location")));
    if (origin_of(next) != origin_of(at)) return transfer.headers();
    if (n_redirects == kMaxSameHostRedirects)
      throw_error(ErrorCode::io, redact_url(url), "the server redirects in a circle");
    at = next;
  }
}

}  // namespace caracal
