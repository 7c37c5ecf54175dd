#include "files/pull/http.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <exception>
#include <memory>

namespace caracal {
namespace {

constexpr int kMaxAttempts = 5;

using Sink = std::function<void(std::string_view bytes)>;

/// One transfer: a curl handle, where its bytes go, and what its callbacks threw.
class Transfer {
 public:
  Transfer(const HttpSettings& settings, const std::string& url, Sink sink)
      : url_(url), sink_(std::move(sink)) {
    static const CURLcode kReady = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (kReady != CURLE_OK || !handle_)
      throw_error(ErrorCode::io, redact_url(url), "cannot set up the HTTP client");
    set(CURLOPT_URL, url_.c_str());
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    set(CURLOPT_FOLLOWLOCATION, 1L);
    set(CURLOPT_MAXREDIRS, 10L);
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
    if (!settings.ca_file.empty()) set(CURLOPT_CAINFO, settings.ca_file.c_str());
    if (!settings.proxy.empty()) set(CURLOPT_PROXY, settings.proxy.c_str());
  }

  void accept(const std::string& types) {
    headers_.reset(curl_slist_append(nullptr, ("Accept: " + types).c_str()));
    set(CURLOPT_HTTPHEADER, headers_.get());
  }

  void start_at(uint64_t byte) { set(CURLOPT_RESUME_FROM_LARGE, static_cast<curl_off_t>(byte)); }

  void report(const TransferProgress& progress, uint64_t already) {
    progress_ = &progress;
    already_ = already;
    set(CURLOPT_XFERINFOFUNCTION, &Transfer::on_progress);
    set(CURLOPT_XFERINFODATA, this);
    set(CURLOPT_NOPROGRESS, 0L);
  }

  CURLcode run() {
    const CURLcode code = curl_easy_perform(handle_.get());
    if (thrown_) std::rethrow_exception(thrown_);
    return code;
  }

  long status() const {
    long status = 0;
    curl_easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &status);
    return status;
  }

  /// Where the redirects ended.
  std::string final_url() const {
    const char* url = nullptr;
    curl_easy_getinfo(handle_.get(), CURLINFO_EFFECTIVE_URL, &url);
    return url ? url : url_;
  }

  [[noreturn]] void fail(CURLcode code) const {
    const long http = status();
    if (code == CURLE_HTTP_RETURNED_ERROR)
      throw_error(http == 404 || http == 410 ? ErrorCode::not_found : ErrorCode::io,
                  redact_url(url_), "expected the file, the server answered with status {}", http);
    throw_error(ErrorCode::io, redact_url(url_), "{}",
                reason_[0] ? reason_ : curl_easy_strerror(code));
  }

 private:
  template <class T>
  void set(CURLoption option, T value) {
    curl_easy_setopt(handle_.get(), option, value);
  }

  /// Runs what may throw; an exception must not cross the C library.
  template <class F>
  bool guarded(F f) {
    try {
      f();
      return true;
    } catch (...) {
      thrown_ = std::current_exception();
      return false;
    }
  }

  static size_t on_bytes(char* data, size_t size, size_t n, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    return transfer.guarded([&] { transfer.sink_({data, size * n}); }) ? size * n : 0;
  }

  static int on_progress(void* self, curl_off_t total, curl_off_t done, curl_off_t, curl_off_t) {
    auto& transfer = *static_cast<Transfer*>(self);
    if (done == 0) return 0;
    const uint64_t known = total > 0 ? transfer.already_ + static_cast<uint64_t>(total) : 0;
    return transfer.guarded([&] {
      (*transfer.progress_)(transfer.already_ + static_cast<uint64_t>(done), known);
    })
               ? 0
               : 1;
  }

  struct Cleanup {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  };

  std::string url_;
  Sink sink_;
  std::unique_ptr<CURL, Cleanup> handle_{curl_easy_init()};
  std::unique_ptr<curl_slist, Cleanup> headers_;
  const TransferProgress* progress_ = nullptr;
  uint64_t already_ = 0;  // bytes that an earlier transfer brought
  std::exception_ptr thrown_;
  char reason_[CURL_ERROR_SIZE] = {};
};

/// A file that grows at its end.
class PartFile {
 public:
  explicit PartFile(const std::filesystem::path& path)
      : path_(path), fd_(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644)) {
    if (fd_ < 0) fail("create");
    const off_t end = ::lseek(fd_, 0, SEEK_END);
    if (end < 0) fail("seek in");
    size_ = static_cast<uint64_t>(end);
  }
  ~PartFile() { ::close(fd_); }
  PartFile(const PartFile&) = delete;
  PartFile& operator=(const PartFile&) = delete;

  uint64_t size() const { return size_; }

  void append(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t n = ::write(fd_, bytes.data(), bytes.size());
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) fail("write");
      size_ += static_cast<uint64_t>(n);
      bytes.remove_prefix(static_cast<size_t>(n));
    }
  }

  void clear() {
    if (::ftruncate(fd_, 0) != 0 || ::lseek(fd_, 0, SEEK_SET) != 0) fail("empty");
    size_ = 0;
  }

 private:
  [[noreturn]] void fail(const char* doing) const {
    throw LocalFileError(path_, fmt::format("cannot {}: {}", doing, std::strerror(errno)));
  }

  std::filesystem::path path_;
  int fd_;
  uint64_t size_ = 0;
};

/// Failures of the connection, after which asking for the rest makes sense.
bool interrupted(CURLcode code) {
  return code == CURLE_PARTIAL_FILE || code == CURLE_RECV_ERROR || code == CURLE_GOT_NOTHING ||
         code == CURLE_OPERATION_TIMEDOUT || code == CURLE_HTTP2_STREAM || code == CURLE_SEND_ERROR;
}

using UrlHandle = std::unique_ptr<CURLU, decltype(&curl_url_cleanup)>;

std::string text_of(CURLU* url) {
  char* text = nullptr;
  if (curl_url_get(url, CURLUPART_URL, &text, 0) != CURLUE_OK) return {};
  std::string copy(text);
  curl_free(text);
  return copy;
}

}  // namespace

HttpPage HttpClient::get(const std::string& url, const std::string& accept,
                         uint64_t max_bytes) const {
  std::string body;
  Transfer transfer(settings_, url, [&](std::string_view bytes) {
    if (bytes.size() > max_bytes - body.size())
      throw_error(ErrorCode::io, redact_url(url), "expected a page of at most {} bytes, found more",
                  max_bytes);
    body += bytes;
  });
  transfer.accept(accept);
  if (const CURLcode code = transfer.run(); code != CURLE_OK) transfer.fail(code);
  return {std::move(body), transfer.final_url()};
}

void HttpClient::download(const std::string& url, const std::filesystem::path& path,
                          uint64_t max_bytes, const TransferProgress& progress) const {
  PartFile part(path);
  for (int attempt = 1;; ++attempt) {
    const uint64_t before = part.size();
    Transfer transfer(settings_, url, [&](std::string_view bytes) {
      if (bytes.size() > max_bytes - std::min(max_bytes, part.size()))
        throw_error(ErrorCode::io, redact_url(url), "expected at most {} bytes, found more",
                    max_bytes);
      part.append(bytes);
    });
    transfer.start_at(before);
    if (progress) transfer.report(progress, before);
    const CURLcode code = transfer.run();
    // The library passes 416, "nothing after this byte", off as success.
    const bool cannot_resume =
        before > 0 && (code == CURLE_RANGE_ERROR || transfer.status() == 416);
    if (code == CURLE_OK && !cannot_resume) return;
    const bool advanced = interrupted(code) && part.size() > before;
    if (cannot_resume) part.clear();
    if (attempt == kMaxAttempts || !(advanced || cannot_resume)) transfer.fail(code);
  }
}

std::string resolve_url(const std::string& base, const std::string& reference) {
  const UrlHandle url(curl_url(), &curl_url_cleanup);
  if (curl_url_set(url.get(), CURLUPART_URL, base.c_str(), 0) != CURLUE_OK ||
      curl_url_set(url.get(), CURLUPART_URL, reference.c_str(), 0) != CURLUE_OK)
    throw_error(ErrorCode::io, redact_url(base), "expected links to files, found a malformed one");
  return text_of(url.get());
}

std::string redact_url(const std::string& text) {
  const UrlHandle url(curl_url(), &curl_url_cleanup);
  if (curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) return "malformed URL";
  curl_url_set(url.get(), CURLUPART_USER, nullptr, 0);
  curl_url_set(url.get(), CURLUPART_PASSWORD, nullptr, 0);
  return text_of(url.get());
}

}  // namespace caracal
