#include "base/subprocess.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "base/check.h"
#include "base/error.h"

extern char** environ;

namespace caracal {
namespace {

/// How long a wait lasts before cancel is looked at, and, once the program has closed its output,
/// whether it has ended.
constexpr int kPollMs = 100;
constexpr int kEndPollMs = 2;
constexpr int kGraceMs = 1000;  ///< between asking a program to end and killing it

class Pipe {
 public:
  explicit Pipe(const std::string& program) {
    if (::pipe2(fds_, O_CLOEXEC) != 0)
      throw_error(ErrorCode::io, program, "no pipe: {}", std::strerror(errno));
  }
  ~Pipe() {
    close_end(0);
    close_end(1);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  int reader() const { return fds_[0]; }
  int writer() const { return fds_[1]; }
  void close_reader() { close_end(0); }
  void close_writer() { close_end(1); }

 private:
  void close_end(int end) {
    if (fds_[end] >= 0) ::close(fds_[end]);
    fds_[end] = -1;
  }
  int fds_[2] = {-1, -1};
};

class FileActions {
 public:
  FileActions(const Pipe& out, bool join_errors) {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions_, out.writer(), STDOUT_FILENO);
    if (join_errors) ::posix_spawn_file_actions_adddup2(&actions_, STDOUT_FILENO, STDERR_FILENO);
  }
  ~FileActions() { ::posix_spawn_file_actions_destroy(&actions_); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;

  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_;
};

double seconds(const timeval& t) {
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
}

/// A started program; killed by the destructor unless it has been reaped.
class Child {
 public:
  Child(std::vector<std::string>& argv, const FileActions& actions) : program_(argv[0]) {
    std::vector<char*> words;
    for (std::string& word : argv) words.push_back(word.data());
    words.push_back(nullptr);
    const int failed =
        ::posix_spawnp(&pid_, words[0], actions.get(), nullptr, words.data(), environ);
    if (failed != 0)
      throw_error(failed == ENOENT ? ErrorCode::not_found : ErrorCode::io, program_,
                  "the program cannot be started: {}", std::strerror(failed));
  }
  ~Child() {
    if (reaped_) return;
    ::kill(pid_, SIGKILL);
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// True when it has ended, and result says how.
  bool try_reap(ProcessResult& result) {
    int status = 0;
    rusage usage = {};
    const pid_t pid = ::wait4(pid_, &status, WNOHANG, &usage);
    if (pid == 0 || (pid < 0 && errno == EINTR)) return false;
    reaped_ = true;  // also where nothing can be learned: the id is no longer ours
    if (pid < 0)
      throw_error(ErrorCode::io, program_, "its end was not seen: {}", std::strerror(errno));
    if (WIFSIGNALED(status))
      result.signal = WTERMSIG(status);
    else
      result.exit_status = WEXITSTATUS(status);
    result.cpu_seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
    return true;
  }

  /// Asks it to end and gives it a moment.
  void terminate() {
    ::kill(pid_, SIGTERM);
    ProcessResult ignored;
    for (int waited = 0; waited < kGraceMs && !try_reap(ignored); waited += kEndPollMs)
      ::poll(nullptr, 0, kEndPollMs);
  }

 private:
  std::string program_;
  pid_t pid_ = -1;
  bool reaped_ = false;
};

/// Takes what the pipe has now; false at its end.
bool read_some(int fd, std::string& out, size_t max_output, const std::string& program) {
  char buffer[1 << 14];
  const ssize_t n = ::read(fd, buffer, sizeof buffer);
  if (n < 0 && (errno == EINTR || errno == EAGAIN)) return true;
  if (n < 0)
    throw_error(ErrorCode::io, program, "its output cannot be read: {}", std::strerror(errno));
  if (static_cast<size_t>(n) > max_output - out.size())
    throw_error(ErrorCode::io, program,
                "at most {} bytes on its standard output expected, more found", max_output);
  out.append(buffer, static_cast<size_t>(n));
  return n > 0;
}

bool is_readable(int fd, int timeout_ms) {
  pollfd entry = {fd, POLLIN, 0};
  return ::poll(&entry, fd >= 0 ? 1 : 0, timeout_ms) > 0;
}

}  // namespace

std::string describe_end(const ProcessResult& result) {
  if (result.signal == 0) return fmt::format("exit status {}", result.exit_status);
  return fmt::format("signal {} ({})", result.signal, ::strsignal(result.signal));
}

ProcessResult run_process(std::vector<std::string> argv, const ProcessOptions& options) {
  CRCL_CHECK(!argv.empty());
  Pipe out(argv[0]);
  Child child(argv, FileActions(out, options.join_errors));
  out.close_writer();
  ProcessResult result;
  // A grandchild may hold the pipe open for ever: the end of the program counts, not that of the
  // pipe.
  for (;;) {
    if (options.cancel != nullptr && options.cancel->load(std::memory_order_relaxed)) {
      child.terminate();
      throw Error(ErrorCode::cancelled, "interrupted", argv[0]);
    }
    const int patience = out.reader() >= 0 ? kPollMs : kEndPollMs;
    if (is_readable(out.reader(), patience)) {
      if (!read_some(out.reader(), result.output, options.max_output, argv[0])) out.close_reader();
      continue;
    }
    if (child.try_reap(result)) break;
  }
  while (is_readable(out.reader(), 0) &&
         read_some(out.reader(), result.output, options.max_output, argv[0])) {
  }
  return result;
}

}  // namespace caracal
