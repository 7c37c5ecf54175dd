#pragma once
#include <atomic>
#include <csignal>

namespace caracal::cli {

/// While one lives, Ctrl-C sets flag() instead of ending the program. At most one at a time.
class InterruptGuard {
 public:
  enum class Mode {
    once,   ///< a second Ctrl-C ends the program
    every,  ///< every Ctrl-C sets the flag
  };
  explicit InterruptGuard(Mode mode);
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

  const std::atomic<bool>& flag() const;
  bool interrupted() const { return flag().load(std::memory_order_relaxed); }
  void clear();

  /// Waits until fd has something to read. False as soon as the flag is set, whenever that was.
  bool wait_for_input(int fd) const;

 private:
  struct sigaction previous_ = {};
};

}  // namespace caracal::cli
