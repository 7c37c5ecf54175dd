#include "files/pull/pip_config.h"

#include <algorithm>
#include <filesystem>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"

namespace caracal {
namespace {

namespace fs = std::filesystem;
using Options = std::map<std::string, std::string>;

std::string option_name(std::string_view text) {
  std::string name(trimmed(text));
  for (char& c : name)
    c = c == '_' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return name;
}

std::vector<fs::path> config_files() {
  const std::string named = environment("PIP_CONFIG_FILE");
  if (named == "/dev/null") return {};
  const fs::path home = environment("HOME");
  const std::string xdg = environment("XDG_CONFIG_HOME");
  std::vector<fs::path> files{"/etc/pip.conf"};
  if (!home.empty()) files.push_back(home / ".pip/pip.conf");
  if (!xdg.empty() || !home.empty())
    files.push_back((xdg.empty() ? home / ".config" : fs::path(xdg)) / "pip/pip.conf");
  if (const std::string venv = environment("VIRTUAL_ENV"); !venv.empty())
    files.push_back(fs::path(venv) / "pip.conf");
  if (!named.empty()) files.emplace_back(named);
  return files;
}

Options read_options() {
  Options options;
  for (const fs::path& file : config_files()) {
    try {
      for (auto& [name, value] : parse_pip_config(read_file(file, 1 << 20))) options[name] = value;
    } catch (const Error&) {  // absent or unreadable
    }
  }
  for (const char* name : {"index-url", "extra-index-url", "cert", "proxy"}) {
    std::string variable = fmt::format("PIP_{}", name);
    for (char& c : variable)
      c = c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    if (const std::string value = environment(variable.c_str()); !value.empty())
      options[name] = value;
  }
  return options;
}

void append_words(std::vector<std::string>& out, std::string_view text) {
  while (!(text = trimmed(text)).empty()) {
    const size_t end = std::min(text.find_first_of(" \t\n"), text.size());
    out.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

std::string certificates(const Options& options) {
  if (const auto it = options.find("cert"); it != options.end()) return it->second;
  for (const char* name : {"REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"})
    if (const std::string value = environment(name); fs::is_regular_file(value)) return value;
  return {};
}

}  // namespace

std::map<std::string, std::string> parse_pip_config(std::string_view text) {
  Options global, download;
  Options* section = nullptr;    // none of ours
  std::string* value = nullptr;  // of the option that an indented line continues
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::string_view content = trimmed(line);
    if (content.empty() || content[0] == '#' || content[0] == ';') continue;
    if (content[0] == '[') {
      section = content == "[global]" ? &global : content == "[download]" ? &download : nullptr;
      value = nullptr;
    } else if (value && (line[0] == ' ' || line[0] == '\t')) {
      *value += fmt::format(" {}", content);
    } else if (const size_t at = content.find_first_of("=:"); section && at != content.npos) {
      value = &(*section)[option_name(content.substr(0, at))];
      *value = trimmed(content.substr(at + 1));
    }
  }
  for (auto& [name, text_value] : download) global[name] = text_value;
  return global;
}

PipConfig PipConfig::of_this_machine() {
  const Options options = read_options();
  const auto option = [&](const std::string& name) {
    const auto it = options.find(name);
    return it == options.end() ? std::string() : it->second;
  };
  PipConfig config;
  append_words(config.index_urls, option("index-url"));
  if (config.index_urls.empty()) config.index_urls.emplace_back("https://pypi.org/simple");
  append_words(config.index_urls, option("extra-index-url"));
  config.http.ca_file = certificates(options);
  config.http.proxy = option("proxy");
  return config;
}

}  // namespace caracal
