#include "files/pull/url.h"

#include <curl/curl.h>

#include <algorithm>
#include <charconv>
#include <memory>

#include "base/error.h"

namespace caracal {
namespace {

using UrlHandle = std::unique_ptr<CURLU, decltype(&curl_url_cleanup)>;

UrlHandle parse(const std::string& text) {
  UrlHandle url(curl_url(), &curl_url_cleanup);
  if (curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) url.reset();
  return url;
}

std::string part(CURLU* url, CURLUPart what, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, what, &text, flags) != CURLUE_OK) return {};
  std::string copy(text);
  curl_free(text);
  return copy;
}

bool is_unreserved(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

}  // namespace

std::string resolve_url(const std::string& base, const std::string& reference) {
  const UrlHandle url = parse(base);
  if (!url || curl_url_set(url.get(), CURLUPART_URL, reference.c_str(), 0) != CURLUE_OK)
    throw_error(ErrorCode::io, redact_url(base), "expected links to files, found a malformed one");
  return part(url.get(), CURLUPART_URL);
}

std::string redact_url(const std::string& text) {
  const UrlHandle url = parse(text);
  if (!url) return "malformed URL";
  for (const CURLUPart secret : {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_QUERY})
    curl_url_set(url.get(), secret, nullptr, 0);
  return part(url.get(), CURLUPART_URL);
}

std::string origin_of(const std::string& text) {
  const UrlHandle url = parse(text);
  if (!url) return {};
  return fmt::format("{}://{}:{}", part(url.get(), CURLUPART_SCHEME),
                     part(url.get(), CURLUPART_HOST),
                     part(url.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT));
}

std::string url_path(const std::string& text) {
  const UrlHandle url = parse(text);
  return url ? part(url.get(), CURLUPART_PATH) : std::string();
}

std::string percent_encoded(std::string_view text, std::string_view keep) {
  std::string out;
  for (const char c : text)
    if (is_unreserved(c) || keep.find(c) != keep.npos)
      out += c;
    else
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  return out;
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    unsigned value = 0;
    const char* digits = text.data() + i + 1;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(digits, digits + 2, value, 16).ptr == digits + 2) {
      out += static_cast<char>(value);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

bool is_safe_relative_path(std::string_view path) {
  constexpr size_t kMaxLength = 1024;
  if (path.empty() || path.size() > kMaxLength) return false;
  const auto is_bad = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\\'; };
  if (std::ranges::any_of(path, is_bad)) return false;
  for (size_t at = 0; at <= path.size();) {
    const size_t end = std::min(path.find('/', at), path.size());
    const std::string_view component = path.substr(at, end - at);
    if (component.empty() || component == "." || component == "..") return false;
    at = end + 1;
  }
  return true;
}

}  // namespace caracal
