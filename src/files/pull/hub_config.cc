#include "files/pull/hub_config.h"

#include <algorithm>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"

namespace caracal {
namespace {

namespace fs = std::filesystem;

bool is_true(const char* name) {
  std::string value = environment(name);
  for (char& c : value) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return value == "1" || value == "ON" || value == "YES" || value == "TRUE";
}

/// "~/x" and "~" begin at the home folder.
fs::path expanded(const std::string& path) {
  if (path == "~" || path.starts_with("~/"))
    return fs::path(environment("HOME")) / path.substr(std::min<size_t>(2, path.size()));
  return path;
}

fs::path hub_home() {
  if (const std::string home = environment("HF_HOME"); !home.empty()) return expanded(home);
  if (const std::string xdg = environment("XDG_CACHE_HOME"); !xdg.empty())
    return expanded(xdg) / "huggingface";
  if (const std::string home = environment("HOME"); !home.empty())
    return fs::path(home) / ".cache/huggingface";
  throw_error(ErrorCode::bad_config, "HF_HOME",
              "expected a folder for the hub's cache, found none of HF_HOME, XDG_CACHE_HOME, HOME");
}

fs::path cache_of(const fs::path& home) {
  for (const char* name : {"HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"})
    if (const std::string dir = environment(name); !dir.empty()) return expanded(dir);
  return home / "hub";
}

/// Tokens are printable; blanks and line ends come from files and copying.
std::string cleaned(std::string token) {
  std::erase_if(token, [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 0x7f; });
  return token;
}

std::string token_of(const fs::path& home) {
  if (std::string token = cleaned(environment("HF_TOKEN")); !token.empty()) return token;
  if (is_true("HF_HUB_DISABLE_IMPLICIT_TOKEN")) return {};
  const std::string named = environment("HF_TOKEN_PATH");
  try {
    constexpr uint64_t kMaxBytes = 1 << 14;
    return cleaned(read_file(named.empty() ? home / "token" : expanded(named), kMaxBytes));
  } catch (const Error&) {  // nobody has logged in
    return {};
  }
}

}  // namespace

std::string hub_endpoint() {
  std::string endpoint = environment("HF_ENDPOINT");
  if (endpoint.empty()) endpoint = "https://huggingface.co";
  while (endpoint.ends_with('/')) endpoint.pop_back();
  return endpoint;
}

HubConfig HubConfig::of_this_machine() {
  const fs::path home = hub_home();
  return {.endpoint = hub_endpoint(),
          .token = token_of(home),
          .cache_dir = cache_of(home),
          .offline = is_true("HF_HUB_OFFLINE") || is_true("TRANSFORMERS_OFFLINE")};
}

RequestHeaders HubConfig::headers() const {
  if (token.empty()) return {};
  return {"Authorization: Bearer " + token};
}

}  // namespace caracal
