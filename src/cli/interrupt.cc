#include "cli/interrupt.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

#include "base/error.h"

namespace caracal::cli {
namespace {

std::atomic<bool> g_interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free);  // a signal handler may touch it

/// Readable once the flag is set: a signal that comes just before a wait, or that another thread
/// takes, ends the wait too.
std::atomic<int> g_wake_fd{-1};

extern "C" void on_interrupt(int) {
  const int saved_errno = errno;
  g_interrupted.store(true, std::memory_order_relaxed);
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t n = ::write(g_wake_fd.load(), &one, sizeof one);
  errno = saved_errno;
}

}  // namespace

InterruptGuard::InterruptGuard(Mode mode) {
  g_interrupted = false;
  g_wake_fd = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (g_wake_fd < 0) throw Error(ErrorCode::io, "eventfd: the system refuses one", "signals");
  struct sigaction action = {};
  action.sa_handler = on_interrupt;
  sigemptyset(&action.sa_mask);
  // No SA_RESTART: a read that waits for the user returns.
  action.sa_flags = mode == Mode::once ? SA_RESETHAND : 0;
  sigaction(SIGINT, &action, &previous_);
}

InterruptGuard::~InterruptGuard() {
  sigaction(SIGINT, &previous_, nullptr);
  ::close(g_wake_fd.exchange(-1));
}

const std::atomic<bool>& InterruptGuard::flag() const { return g_interrupted; }

void InterruptGuard::clear() {
  uint64_t count = 0;
  [[maybe_unused]] const ssize_t n = ::read(g_wake_fd, &count, sizeof count);
  g_interrupted = false;
}

bool InterruptGuard::wait_for_input(int fd) const {
  for (;;) {
    struct pollfd fds[] = {{fd, POLLIN, 0}, {g_wake_fd, POLLIN, 0}};
    const int n = ::poll(fds, 2, -1);
    if (interrupted()) return false;
    if (n > 0 && fds[0].revents != 0) return true;
    if (n < 0 && errno != EINTR) return true;  // the read that follows reports it
  }
}

}  // namespace caracal::cli
