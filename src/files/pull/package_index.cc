#include "files/pull/package_index.h"

#include <algorithm>
#include <charconv>

#include "base/error.h"
#include "base/json.h"

namespace caracal {
namespace {

constexpr uint64_t kMaxPageBytes = 32 << 20;
constexpr std::string_view kAccept =
    "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, "
    "text/html;q=0.1";

/// PEP 503: lower case, runs of -_. become one separator.
std::string normalized(std::string_view name, char separator) {
  std::string out;
  for (char c : name) {
    const bool mark = c == '-' || c == '_' || c == '.';
    if (!mark)
      out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    else if (out.empty() || out.back() != separator)
      out += separator;
  }
  return out;
}

std::string unescape_html(std::string text) {
  for (size_t at = 0; (at = text.find("&amp;", at)) != text.npos; ++at) text.replace(at, 5, "&");
  return text;
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

std::vector<PackageFile> parse_json_page(const HttpPage& page) {
  const Json json = parse_json(page.body, redact_url(page.url));
  std::vector<PackageFile> files;
  for (const Json& item : json.at("files")) {
    PackageFile file;
    file.name = item.at("filename").get<std::string>();
    file.url = resolve_url(page.url, item.at("url").get<std::string>());
    if (item.contains("hashes")) file.sha256 = item["hashes"].value("sha256", "");
    if (item.contains("size") && item["size"].is_number_unsigned())
      file.n_bytes = item["size"].get<uint64_t>();
    files.push_back(std::move(file));
  }
  return files;
}

/// Every <a href="URL#sha256=HEX"> that names a wheel; the format leaves nothing else to look at.
std::vector<PackageFile> parse_html_page(const HttpPage& page) {
  std::vector<PackageFile> files;
  const std::string_view body = page.body;
  for (size_t at = 0; (at = body.find("href=", at)) != body.npos;) {
    at += 5;
    const char quote = at < body.size() ? body[at] : ' ';
    if (quote != '"' && quote != '\'') continue;
    const size_t end = body.find(quote, at + 1);
    if (end == body.npos) break;
    const std::string link = unescape_html(std::string(body.substr(at + 1, end - at - 1)));
    at = end;
    if (link.find(".whl") == link.npos) continue;
    const size_t hash = std::min(link.find('#'), link.size());
    PackageFile file;
    file.url = resolve_url(page.url, link.substr(0, hash));
    const std::string_view path = std::string_view(file.url).substr(0, file.url.find('?'));
    file.name = percent_decoded(path.substr(path.rfind('/') + 1));
    if (const size_t sha = link.find("sha256=", hash); sha != link.npos)
      file.sha256 = link.substr(sha + 7, 64);
    files.push_back(std::move(file));
  }
  return files;
}

}  // namespace

std::vector<PackageFile> parse_project_page(const HttpPage& page) {
  const size_t first = page.body.find_first_not_of(" \t\r\n");
  if (first == page.body.npos || page.body[first] != '{') return parse_html_page(page);
  try {
    return parse_json_page(page);
  } catch (const Json::exception& e) {
    throw_error(ErrorCode::io, redact_url(page.url),
                "expected a project page of the simple repository API, found other JSON ({})",
                e.what());
  }
}

PackageFile find_wheel(const HttpClient& http, std::string_view index_url, std::string_view package,
                       std::string_view version) {
  while (index_url.ends_with('/')) index_url.remove_suffix(1);
  const std::string url = fmt::format("{}/{}/", index_url, normalized(package, '-'));
  const HttpPage page = http.get(url, std::string(kAccept), kMaxPageBytes);
  const std::string prefix = fmt::format("{}-{}-", normalized(package, '_'), version);
  for (PackageFile& file : parse_project_page(page)) {
    const size_t dash = std::min(file.name.find('-'), file.name.size());
    const std::string name = normalized(file.name.substr(0, dash), '_') + file.name.substr(dash);
    if (name.starts_with(prefix) && name.ends_with(".whl")) return std::move(file);
  }
  throw_error(ErrorCode::not_found, redact_url(url), "expected a wheel of {} {}, found none",
              package, version);
}

}  // namespace caracal
