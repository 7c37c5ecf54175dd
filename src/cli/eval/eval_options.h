#pragma once
#include <string>
#include <vector>

#include "cli/common_options.h"
#include "cli/option.h"
#include "eval/needle.h"

namespace caracal::cli {

/// Everything that the tasks of `caracal eval` take.
struct EvalOptions {
  EngineOptions engine;

  std::string task;
  std::string file;
  bool json = false;

  int32_t ctx = 0;  ///< tokens of a window; 0: --ctx-size, or 512
  int32_t windows = 0;

  std::string base_model;
  std::string base_logits;
  std::string save_logits;

  std::string delimiter = " ";

  NeedleOptions needle;
  int64_t seed = 1;
  std::string svg;
};

/// The rows of all tasks, then those of the model and the engine.
void bind(EvalOptions& options, std::vector<OptionGroup>& groups);

}  // namespace caracal::cli
