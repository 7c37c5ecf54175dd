#pragma once
#include "cli/progress_line.h"
#include "eval/text_scores.h"

namespace caracal::cli {

inline constexpr ProgressUnit kTokens = {"tokens", 1};
inline constexpr ProgressUnit kQuestions = {"questions", 1};

/// Shows on the line what is done; the line must outlive it.
inline EvalProgress progress_on(ProgressLine& line) {
  return [&line](int64_t done, int64_t total) {
    line.update(static_cast<uint64_t>(done), static_cast<uint64_t>(total));
  };
}

}  // namespace caracal::cli
