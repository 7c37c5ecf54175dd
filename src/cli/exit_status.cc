#include "cli/exit_status.h"

namespace caracal::cli {
namespace {

constexpr ExitStatus kStatuses[] = {
    {kSuccess, "success"},
    {kRefused, "the request or a file was refused: it is damaged, unsupported or does not fit"},
    {kUsage, "a flag, an environment variable or their combination cannot be used"},
    {kIo, "a file could not be found, read or written, or the network failed"},
    {kInterrupted, "interrupted"},
};

}  // namespace

std::span<const ExitStatus> exit_statuses() { return kStatuses; }

int exit_status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::bad_config:
      return kUsage;
    case ErrorCode::not_found:
    case ErrorCode::io:
      return kIo;
    case ErrorCode::cancelled:
      return kInterrupted;
    case ErrorCode::bad_file:
    case ErrorCode::bad_request:
    case ErrorCode::unsupported:
    case ErrorCode::out_of_memory:
    case ErrorCode::internal:
      return kRefused;
  }
  return kRefused;
}

}  // namespace caracal::cli
