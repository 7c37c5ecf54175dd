#include "cli/interrupt.h"

namespace caracal::cli {
namespace {

std::atomic<bool> g_interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free);  // a signal handler may touch it

extern "C" void on_interrupt(int) { g_interrupted.store(true, std::memory_order_relaxed); }

}  // namespace

InterruptGuard::InterruptGuard(Mode mode) {
  g_interrupted = false;
  struct sigaction action = {};
  action.sa_handler = on_interrupt;
  sigemptyset(&action.sa_mask);
  // No SA_RESTART: a read that waits for the user returns.
  action.sa_flags = mode == Mode::once ? SA_RESETHAND : 0;
  sigaction(SIGINT, &action, &previous_);
}

InterruptGuard::~InterruptGuard() { sigaction(SIGINT, &previous_, nullptr); }

const std::atomic<bool>& InterruptGuard::flag() const { return g_interrupted; }

void InterruptGuard::clear() { g_interrupted = false; }

}  // namespace caracal::cli
