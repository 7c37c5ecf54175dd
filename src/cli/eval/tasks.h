#pragma once
/// One function per task of `caracal eval`, one file per function.
#include "base/json.h"
#include "cli/eval/eval_options.h"
#include "cli/report.h"

namespace caracal::cli {

/// A result, for programs and for people.
struct EvalResult {
  Json json;
  std::string text;

  EvalResult(const Report& report) : json(report.json()), text(report.text()) {}
};

EvalResult eval_ppl(const EvalOptions& options);
EvalResult eval_kl(const EvalOptions& options);
EvalResult eval_choice(const EvalOptions& options);
EvalResult eval_needle(const EvalOptions& options);

}  // namespace caracal::cli
