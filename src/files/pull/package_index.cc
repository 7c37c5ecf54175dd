#include "files/pull/package_index.h"

#include <algorithm>
#include <cctype>
#include <tuple>

#include "base/error.h"
#include "base/json.h"
#include "files/pull/package_version.h"
#include "files/pull/url.h"

namespace caracal {
namespace {

constexpr uint64_t kMaxPageBytes = 32 << 20;
constexpr std::string_view kAccept =
    "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, "
    "text/html;q=0.1";

std::string unescape_html(std::string text) {
  for (size_t at = 0; (at = text.find("&amp;", at)) != text.npos; ++at) text.replace(at, 5, "&");
  return text;
}

/// PEP 691: absent and false are no, true, a reason and hashes are yes.
bool is_set(const Json& item, const char* name) {
  const auto it = item.find(name);
  return it != item.end() && !it->is_null() && *it != Json(false);
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
    file.is_yanked = is_set(item, "yanked");
    file.has_metadata = is_set(item, "core-metadata") || is_set(item, "dist-info-metadata");
    files.push_back(std::move(file));
  }
  return files;
}

/// Every <a href="URL#sha256=HEX" data-yanked> that names a wheel.
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
    const std::string_view attributes = body.substr(end, body.find('>', end) - end);
    file.is_yanked = attributes.find("data-yanked") != attributes.npos;
    file.has_metadata = attributes.find("-metadata=") != attributes.npos;
    files.push_back(std::move(file));
  }
  return files;
}

bool is_wheel_of(const PackageFile& file, std::string_view package) {
  const std::string_view name = std::string_view(file.name).substr(0, file.name.find('-'));
  return file.name.ends_with(".whl") && normalized_package(name) == normalized_package(package);
}

/// "1.0" and "1.0.0" are one version; what is no version must be equal as text.
bool same_version(std::string_view a, std::string_view b) {
  const std::optional<PackageVersion> left = parse_package_version(a);
  const std::optional<PackageVersion> right = parse_package_version(b);
  return left && right ? *left == *right : a == b;
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

bool is_safe_name(std::string_view text) {
  const auto is_good = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' || c == '.';
  };
  return !text.empty() && text.front() != '.' && text.front() != '-' &&
         std::ranges::all_of(text, is_good) && text.find("..") == text.npos;
}

std::string normalized_package(std::string_view name, char separator) {
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

std::string PackageFile::version() const {
  const size_t first = std::min(name.find('-'), name.size());
  const size_t second = std::min(name.find('-', first + 1), name.size());
  return second > first ? name.substr(first + 1, second - first - 1) : std::string();
}

PackageFile find_wheel(const HttpClient& http, std::string_view index_url, std::string_view package,
                       std::string_view version) {
  while (index_url.ends_with('/')) index_url.remove_suffix(1);
  const std::string url = fmt::format("{}/{}/", index_url, normalized_package(package));
  const HttpPage page = http.get(url, std::string(kAccept), kMaxPageBytes);
  std::vector<PackageFile> files = parse_project_page(page);
  const auto rank = [&](const PackageFile& file) {
    const std::optional<PackageVersion> parsed = parse_package_version(file.version());
    return std::tuple(!file.is_yanked, parsed && !parsed->is_prerelease(),
                      parsed.value_or(PackageVersion()), file.name.ends_with("-none-any.whl"));
  };
  PackageFile* best = nullptr;
  for (PackageFile& file : files) {
    const bool is_safe = is_safe_relative_path(file.name) && file.name.find('/') == file.name.npos;
    if (!is_safe || !is_wheel_of(file, package)) continue;
    if (!version.empty() && !same_version(file.version(), version)) continue;
    if (!best || rank(file) > rank(*best)) best = &file;
  }
  if (best) return std::move(*best);
  throw_error(ErrorCode::not_found, redact_url(url), "expected a wheel of {}{}{}, found none",
              package, version.empty() ? "" : " ", version);
}

}  // namespace caracal
