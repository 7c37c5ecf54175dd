#pragma once
#include <span>
#include <string_view>

#include "base/error.h"

namespace caracal::cli {

inline constexpr int kSuccess = 0;
inline constexpr int kRefused = 1;
inline constexpr int kUsage = 2;
inline constexpr int kIo = 3;
inline constexpr int kInterrupted = 130;

struct ExitStatus {
  int status;
  std::string_view meaning;
};

/// For --help and the manual page.
std::span<const ExitStatus> exit_statuses();
int exit_status_of(ErrorCode code);

}  // namespace caracal::cli
