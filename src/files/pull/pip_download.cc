#include "files/pull/pip_download.h"

#include <vector>

#include "base/error.h"
#include "base/subprocess.h"

namespace caracal {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMostLog = 1 << 24;

std::string last_line(std::string_view text) {
  while (text.ends_with('\n')) text.remove_suffix(1);
  return std::string(text.substr(text.rfind('\n') + 1));  // npos + 1 is 0
}

}  // namespace

fs::path pip_download(std::string_view package, std::string_view version,
                      const std::string& index_url, const fs::path& folder) {
  std::vector<std::string> words{"python3",
                                 "-m",
                                 "pip",
                                 "download",
                                 "--quiet",
                                 "--no-deps",
                                 "--only-binary=:all:",
                                 "--no-input",
                                 "--disable-pip-version-check",
                                 "--dest",
                                 folder.string()};
  if (!index_url.empty()) words.insert(words.end(), {"--index-url", index_url});
  words.push_back("--");  // what follows is never an option
  words.push_back(version.empty() ? std::string(package) : fmt::format("{}=={}", package, version));
  const ProcessResult pip =
      run_process(std::move(words), {.max_output = kMostLog, .join_errors = true});
  if (!pip.succeeded()) {
    const std::string reason = last_line(pip.output);
    throw_error(ErrorCode::io, "pip download", "{}", reason.empty() ? describe_end(pip) : reason);
  }
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == ".whl") return entry.path();
  throw_error(ErrorCode::io, "pip download", "expected a wheel of {} {}, found none", package,
              version);
}

}  // namespace caracal
